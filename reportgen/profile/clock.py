"""Times as numbers: ticks, seconds, texts, and steps of the calendar."""

from __future__ import annotations

import math

import numpy as np

HOUR, DAY = 3600, 86_400
WEEK, YEAR = 7 * DAY, 365 * DAY
#: The mean lengths of the Gregorian calendar, in seconds.
MONTH, SOLAR_YEAR = 2_629_746, 31_556_952
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
#: Round widths in seconds up to a week, then in months.
_WIDTHS = (1, 2, 5, 10, 15, 30, *(60 * n for n in (1, 2, 5, 10, 15, 30)), *(HOUR * n for n in (1, 2, 3, 4, 6, 12)))
_DAYS = (DAY, 2 * DAY, WEEK)
_MONTHS = (1, 3, 6, *(12 * factor * size for size in (1, 10, 100, 1000) for factor in (1, 2, 5)))
#: 5 January 1970, from which weeks count, was the first Monday.
_MONDAY = 4 * DAY


def safe(stamps: np.ndarray) -> np.ndarray:
    """Nanoseconds as microseconds where their differences could overflow: before 1824 or after 2116."""
    ticks = stamps.view(np.int64)
    gaps = np.isnat(stamps)
    if second_of(stamps) < 10**9 or not (np.abs(ticks[~gaps]) > 2**62).any():
        return stamps
    return stamps.astype("datetime64[us]")


def second_of(stamps: np.ndarray) -> int:
    """Ticks of a second in the unit of the stamps: s, ms, us or ns."""
    return _PER_SECOND[np.datetime_data(stamps.dtype)[0]]


def seconds_of(stamps: np.ndarray) -> np.ndarray:
    """Seconds since 1970, float64; of a time that is missing any number."""
    found: np.ndarray = stamps.view(np.int64) / second_of(stamps)
    return found


def iso(stamp: np.datetime64, fine: bool = False) -> str:
    """As text to the second, or to the microsecond where `fine`; without a time of day at midnight."""
    text = str(stamp.astype("datetime64[us]" if fine else "datetime64[s]"))
    text = text.rstrip("0").rstrip(".") if fine and "." in text else text
    return text.removesuffix("T00:00:00").replace("T", " ")


def round_width(least: float) -> float:
    """The shortest round width, in seconds, of at least so many: part of a second, minute, hour, day or year."""
    if least <= 1:
        power = 10.0 ** math.floor(math.log10(max(least, 1e-9)) + 1e-9)
        return next((power * size for size in (1, 2, 5) if power * size >= least * (1 - 1e-9)), 10 * power)
    months = (MONTH * size for size in _MONTHS)
    return float(next((width for width in (*_WIDTHS, *_DAYS, *months) if width >= least), least))


def edges_of(first: np.datetime64, last: np.datetime64, most: int, least: float = 0.0) -> np.ndarray:
    """At most `most` bins of a round width that hold both times: their edges, rising, in the unit of the times.

    Args:
        least: seconds that a bin must have.
    """
    second = second_of(np.asarray(first))
    low, high = int(first.view(np.int64)), int(last.view(np.int64))
    # Narrower bins have edges that are no different seconds as float64.
    finest = max(1 / second, 8 * math.ulp(max(abs(low), abs(high)) / second))
    width = round_width(max((high - low) / second / most, finest, least))
    while True:
        if width < MONTH:
            ticks = max(1, round(width * second))
            start = _MONDAY * second if width == WEEK else 0
            before = (low - start) // ticks
            count = (high - start) // ticks - before + 1
            edges = start + ticks * np.arange(before, before + count + 1)
            found = edges.view(first.dtype)
        else:
            found = steps_of(first, last, "M", round(width / MONTH))
        if len(found) - 1 <= most:
            return found
        width = round_width(width * 1.01)


def steps_of(first: np.datetime64, last: np.datetime64, unit: str, size: int) -> np.ndarray:
    """Starts of each `size` calendar units from that which holds `first` to the one after that which holds `last`."""
    low, high = (int(stamp.astype(f"datetime64[{unit}]").view(np.int64)) // size for stamp in (first, last))
    starts = (size * np.arange(low, high + 2)).view(f"datetime64[{unit}]")
    return starts.astype(first.dtype)
