"""Times as numbers of seconds since 1970: where ticks stand on their axis, and how times are written."""

from __future__ import annotations

import numpy as np

#: Steps between ticks as numpy knows them, and how many characters of the ISO text tell them.
_STEPS = (
    *(("s", step, 19) for step in (1, 5, 15, 30)),
    *(("m", step, 16) for step in (1, 5, 15, 30)),
    *(("h", step, 16) for step in (1, 3, 6, 12)),
    *(("D", step, 10) for step in (1, 2, 7, 14)),
    *(("M", step, 7) for step in (1, 2, 3, 6)),
    *(("Y", step, 4) for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)),
)
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "D": 86_400.0, "M": 2_629_746.0, "Y": 31_556_952.0}
_FARTHEST = 2.5e11  # seconds: the year 9,900, and as far before 1970


def time_ticks(low: float, high: float, most: int = 5) -> tuple[list[float], list[str]]:
    """Round times between two, at most so many, in seconds since 1970, and what stands there; wide labels are fewer."""
    low, high = max(low, -_FARTHEST), min(high, _FARTHEST)
    if not high > low:
        return ([low], [_iso(low, 16)]) if np.isfinite(low) else ([], [])
    for unit, step, characters in _STEPS:
        fitting = most if characters <= 7 else max(2, most - 2) if characters <= 10 else 2
        if (high - low) / (_SECONDS[unit] * step) <= fitting:
            places = _places(low, high, unit, step)
            if places:
                return places, [_iso(place, characters) for place in places]
    return [low, high], [_iso(low, 10), _iso(high, 10)]


def _places(low: float, high: float, unit: str, step: int) -> list[float]:
    first = np.datetime64(int(np.floor(low)), "s").astype(f"datetime64[{unit}]").astype(np.int64)
    last = np.datetime64(int(np.ceil(high)), "s").astype(f"datetime64[{unit}]").astype(np.int64)
    # Years are counted from 1970, which is no multiple of 20, and days from a Thursday.
    shift = 1970 if unit == "Y" else -4 if unit == "D" and step % 7 == 0 else 0
    begin = -(-(first + shift) // step) * step - shift
    units = np.arange(begin, last + 1, step).astype(f"datetime64[{unit}]")
    seconds = units.astype("datetime64[s]").astype(np.int64).astype(float)
    return [float(second) for second in seconds if low <= second <= high]


def _iso(seconds: float, characters: int) -> str:
    return str(np.datetime64(int(seconds), "s"))[:characters].replace("T", " ")


def seconds_of(iso: str) -> float:
    """Seconds since 1970 of an ISO text."""
    return float(np.datetime64(iso.replace(" ", "T"), "us").astype(np.int64)) / 1e6
