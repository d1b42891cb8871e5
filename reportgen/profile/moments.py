"""Moments and quantiles of finite numbers, safe where their powers would over- or underflow."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

#: Values looked at together: few enough to stay near the core, and to be no work for threads of their own.
_BLOCK = 2**13


def quantiles(ordered: np.ndarray) -> dict[str, Any]:
    """Quantiles of sorted finite values (n >= 1), the median absolute deviation and outliers, as `ColumnProfile` names
    them.
    """
    p05, q25, median, q75, p95 = (quantile(ordered, q) for q in (0.05, 0.25, 0.5, 0.75, 0.95))
    reach = 1.5 * (q75 / 2 - q25 / 2) * 2
    inside = np.searchsorted(ordered, q75 + reach, "right") - np.searchsorted(ordered, q25 - reach, "left")
    found: dict[str, Any] = {"p05": p05, "q25": q25, "median": median, "q75": q75, "p95": p95}
    return found | {"outliers": len(ordered) - int(inside), "mad": median_deviation(ordered, median)}


def moments(finite: np.ndarray, low: float, high: float) -> dict[str, Any]:
    """Mean, standard deviation, skewness and kurtosis of finite values (n >= 1) between `low` and `high`.

    None where a value has no such number: of a constant, or beyond the largest float.
    """
    largest = max(abs(low), abs(high))
    scale = float(largest) if largest and not 1e-70 < largest < 1e70 else 1.0
    if low == high:
        return {"mean": float(low), "std": 0.0 if len(finite) > 1 else None}
    mean = _mean(finite, scale)
    # Distances from the mean as shares of the largest, whose powers neither over- nor underflow.
    reach = max(high / scale - mean, mean - low / scale)
    if reach <= 0:
        return {"mean": mean * scale, "std": 0.0}
    n, sums = len(finite), np.zeros(4)
    for start in range(0, n, _BLOCK):
        block = finite[start : start + _BLOCK]
        away = ((block if scale == 1.0 else block / scale) - mean) / reach
        squares = away * away
        sums += (away.sum(), squares.sum(), squares @ away, squares @ squares)
    m1, m2, m3, m4 = (sums / n).tolist()
    # The mean is rounded; its error moves the second moment by its square, and the third by three times the second.
    m3, m2 = m3 - 3 * m1 * m2, m2 - m1 * m1
    std = math.sqrt(m2 * n / (n - 1)) * reach * scale
    found = {"mean": mean * scale, "std": std, "skewness": m3 / m2**1.5, "kurtosis": m4 / m2**2 - 3}
    return {name: value if math.isfinite(value) else None for name, value in found.items()}


def _mean(finite: np.ndarray, scale: float) -> float:
    return float(finite.mean(dtype=np.float64) if scale == 1.0 else (finite / scale).mean())


def quantile(ordered: np.ndarray, q: float) -> float:
    """The quantile of sorted values (n >= 1) with linear interpolation, as numpy and pandas define it by default."""
    position = q * (len(ordered) - 1)
    below = math.floor(position)
    low, high = float(ordered[below]), float(ordered[min(below + 1, len(ordered) - 1)])
    share = position - below
    between = low + (high - low) * share
    if not math.isfinite(between):
        between = low * (1 - share) + high * share
    return min(max(low, between), high)


def median_deviation(ordered: np.ndarray, centre: float) -> float | None:
    """The median distance of sorted values (n >= 1) from their median; None beyond the largest float."""
    n = len(ordered)
    low, high = (_nearest(ordered, centre, position) for position in ((n - 1) // 2, n // 2))
    found = low / 2 + high / 2 if low != high else low
    return found if math.isfinite(found) else None


def _nearest(ordered: np.ndarray, centre: float, position: int) -> float:
    """The distance at `position` of all distances from the centre in rising order.

    The `position + 1` nearest values stand side by side, so that the window is found by halving: going up, its lower
    end comes nearer to the centre and its upper end goes away.
    """

    def ends(start: int) -> tuple[float, float]:
        return centre - float(ordered[start]), float(ordered[start + position]) - centre

    low, high = 0, len(ordered) - 1 - position
    while low < high:
        middle = (low + high) // 2
        below, above = ends(middle)
        low, high = (middle + 1, high) if above < below else (low, middle)
    found = max(ends(low))
    return min(found, max(ends(low - 1))) if low else found
