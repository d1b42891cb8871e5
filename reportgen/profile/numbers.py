"""A column of numbers: sorted once, from which its quantiles, runs, extremes and heaping follow."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from reportgen.profile import relations
from reportgen.profile.histogram import Histogram, bin_edges, counted, histogram
from reportgen.profile.moments import moments, quantiles
from reportgen.profile.summaries import Level
from reportgen.profile.target import Target

#: Values that are counted apart instead of sorted: the widest range, and the fewest values for which that is faster.
_WIDEST, _FEWEST_TO_COUNT = 2**19, 2000
#: Powers of ten that make whole numbers of decimals as people write them.
_DECIMALS = (1.0, 10.0, 100.0, 1000.0)
_FEWEST_MEMBERS, _MOST_FREQUENT, _MOST_EXTREME = 5, 10, 5
#: The fewest values that show heaping, and the least distance of their 5th and 95th percentile: where the last digit of
#: a number is a matter of chance.
_FEWEST_HEAPED, _BROAD = 100, 20


@dataclass(frozen=True)
class Ordered:
    """Finite values (n >= 1) in rising order, and the different ones (k,) with their members (k,)."""

    values: np.ndarray
    different: np.ndarray
    members: np.ndarray


def numbers(series: pd.Series, target: Target, shown: bool = True) -> dict[str, Any]:
    """Summaries of a numeric column (n,), as `ColumnProfile` names them.

    Args:
        shown: False where counts alone are wanted.
    """
    present, known = _present(series)
    finite, kept = _finite(present, known)
    infinite = len(present) - len(finite)
    found: dict[str, Any] = {"missing": len(series) - len(present), "count": len(present), "infinite": infinite}
    distinct_infinities = len(np.unique(present[np.isinf(present)])) if infinite else 0
    if len(finite) == 0:
        return found | {"distinct": distinct_infinities}
    found["order"] = order = order_of(present)
    ordered = _ordered(finite, "" if infinite else order)
    found["distinct"] = len(ordered.different) + distinct_infinities
    found["most_frequent"] = int(ordered.members.max())
    if not shown:
        return found
    found |= _spread(finite, ordered)
    found["histogram"] = _histogram(finite, kept, ordered, found, target)
    if not target.is_known:
        return found
    return found | {"relation": relations.of_sample(_sampled(series, target), target)}


def order_of(values: np.ndarray) -> str:
    """How values (n,) stand: "strictly increasing" and so on; "" for neither, for a constant and for fewer than two."""
    if len(values) < 2 or values[0] == values[-1]:
        return ""
    rising = bool(values[0] < values[-1])
    for end in (min(1000, len(values)), len(values)):  # Nearly every column is told by its first values.
        before, after = (values[: end - 1], values[1:end]) if rising else (values[1:end], values[: end - 1])
        if not (before <= after).all():
            return ""
    strictly = "" if (before == after).any() else "strictly "
    return f"{strictly}{'increasing' if rising else 'decreasing'}"


def _present(series: pd.Series) -> tuple[np.ndarray, np.ndarray | None]:
    """The values that are there, int64 where they are whole numbers, and where they are; None for everywhere."""
    if series.dtype == np.float64:
        values = series.to_numpy()
        known = ~np.isnan(values)
    elif isinstance(series.dtype, pd.Int64Dtype):
        values, known = series.to_numpy("int64", na_value=0), series.notna().to_numpy()
    elif series.dtype == np.int64:
        return series.to_numpy(), None
    else:
        values = series.to_numpy("float64", na_value=np.nan)
        known = ~np.isnan(values)
    return (values, None) if known.all() else (values[known], known)


def _finite(present: np.ndarray, known: np.ndarray | None) -> tuple[np.ndarray, np.ndarray | None]:
    """The finite values, and where they are in the rows; None for everywhere."""
    if present.dtype == np.int64:
        return present, known
    finite = np.isfinite(present)
    if finite.all():
        return present, known
    if known is None:
        return present[finite], finite
    known = known.copy()
    known[known] = finite
    return present[finite], known


def _sampled(series: pd.Series, target: Target) -> np.ndarray:
    found: np.ndarray
    if isinstance(series.dtype, np.dtype):
        found = series.to_numpy()[target.sample].astype(np.float64, copy=False)
    else:
        found = series.array[target.sample].to_numpy("float64", na_value=np.nan)
    return found


def _ordered(finite: np.ndarray, order: str) -> Ordered:
    if "increasing" in order:
        return _runs(finite)
    if "decreasing" in order:
        return _runs(finite[::-1])
    found = _counted_apart(finite) if len(finite) >= _FEWEST_TO_COUNT else None
    if found is None:
        return _runs(np.sort(finite))
    different, members = found
    return Ordered(np.repeat(different, members), different, members)


def _runs(ordered: np.ndarray) -> Ordered:
    starts = np.ones(len(ordered) + 1, bool)
    np.not_equal(ordered[1:], ordered[:-1], out=starts[1:-1])
    bounds = np.flatnonzero(starts)
    return Ordered(ordered, ordered[bounds[:-1]], np.diff(bounds))


def _counted_apart(finite: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Different values and their members where they are whole numbers, or decimals, of a narrow range."""
    low, high = finite.min(), finite.max()
    scale = 1.0 if finite.dtype == np.int64 else _scale(finite, max(abs(low), abs(high)))
    if scale is None or (float(high) - float(low)) * scale > min(_WIDEST, 4 * len(finite)):
        return None
    if finite.dtype == np.int64:
        members = np.bincount(finite - low)
        places = np.flatnonzero(members)
        return places + low, members[places]
    scaled = np.rint(finite * scale)
    if not np.array_equal(scaled / scale, finite):
        return None
    first = round(float(low) * scale)
    scaled -= first
    members = np.bincount(scaled.astype(np.int32))
    places = np.flatnonzero(members)
    return (places + first) / scale, members[places]


def _scale(finite: np.ndarray, largest: float) -> float | None:
    """The power of ten that makes whole numbers of a thousand of the values."""
    sample = finite[:: -(-len(finite) // 1000)]
    for scale in _DECIMALS if largest < 1e12 else ():
        if np.array_equal(np.rint(sample * scale) / scale, sample):
            return scale
    return None


def _spread(finite: np.ndarray, ordered: Ordered) -> dict[str, Any]:
    values, different = ordered.values, ordered.different
    low, high = different[0].item() + 0, different[-1].item() + 0  # -0.0 is shown as 0.0
    whole = finite.dtype == np.int64 or bool((different == np.floor(different)).all())
    found: dict[str, Any] = {"min": low, "max": high, "whole": whole, **quantiles(values), **moments(finite, low, high)}
    below, above = np.searchsorted(values, 0, "left"), np.searchsorted(values, 0, "right")
    found |= {"negative": int(below), "zeros": int(above - below), "heaped": _heaped(ordered, found)}
    found["smallest"] = tuple((different[:_MOST_EXTREME] + 0).tolist())
    found["largest"] = tuple((different[: -_MOST_EXTREME - 1 : -1] + 0).tolist())
    return found | {"frequent": _frequent(ordered)}


def _frequent(ordered: Ordered) -> tuple[Level, ...]:
    places = np.flatnonzero(ordered.members >= _FEWEST_MEMBERS)
    if len(places) == 0:
        return ()
    places = places[np.argsort(-ordered.members[places], kind="stable")[:_MOST_FREQUENT]]
    values, members = (ordered.different[places] + 0).tolist(), ordered.members[places].tolist()
    return tuple(Level(_spelled(value), count) for value, count in zip(values, members, strict=True))


def _spelled(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else str(value)


def _heaped(ordered: Ordered, found: dict[str, Any]) -> float:
    """(s - 1/5) / (1 - 1/5), with s the share of multiples of 5, as in Whipple's index; see `ColumnProfile`."""
    p05, p95 = found["p05"], found["p95"]
    if not found["whole"] or p95 - p05 < _BROAD or max(abs(p05), abs(p95)) > 2**53:
        return 0.0
    different, members = ordered.different, ordered.members
    # A decade is whole only within the percentiles, and zero stands for none more often than for a rounded value.
    first, last = math.ceil(p05 / 5) * 5 - 2, math.floor(p95 / 5) * 5 + 2
    inner = slice(*np.searchsorted(different, (first, last + 1)).tolist())
    different, members = different[inner], members[inner]
    if first <= 0 <= last:
        away = np.abs(different) > 2
        different, members = different[away], members[away]
    total, fives = int(members.sum()), int(members[different % 5 == 0].sum())
    # Where all are multiples of five, five is the unit of what was counted.
    return 0.0 if total < _FEWEST_HEAPED or fives == total else max(0.0, (fives / total - 0.2) / 0.8)


def _histogram(
    finite: np.ndarray, kept: np.ndarray | None, ordered: Ordered, found: dict[str, Any], target: Target
) -> Histogram:
    edges = bin_edges(ordered.values, found["q25"], found["q75"])
    codes = target.series_codes
    if codes is None:
        return counted(ordered.values, edges)
    return histogram(finite, edges, codes if kept is None else codes[kept], len(target.series))
