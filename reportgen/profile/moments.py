"""Moments and quantiles of finite numbers, safe where their powers would over- or underflow."""

from __future__ import annotations

import math

import numpy as np


def shape(finite: np.ndarray, ordered: np.ndarray) -> dict[str, object]:
    """Summaries of finite values (n >= 1), as `ColumnProfile` names them.

    Args:
        finite: the values in any order.
        ordered: the same, sorted.
    """
    largest = max(abs(float(ordered[0])), abs(float(ordered[-1])))
    scale = largest if largest and not 1e-70 < largest < 1e70 else 1.0
    q25, median, q75 = (quantile(ordered, q) for q in (0.25, 0.5, 0.75))
    reach = 1.5 * (q75 / 2 - q25 / 2) * 2
    outliers = (
        np.searchsorted(ordered, q25 - reach, "left") + len(ordered) - np.searchsorted(ordered, q75 + reach, "right")
    )
    found: dict[str, object] = {"q25": q25, "median": median, "q75": q75, "outliers": int(outliers)}
    found |= {"zeros": int((finite == 0).sum()), "negative": int((finite < 0).sum())}
    mean = float((finite / scale).mean())
    if ordered[0] == ordered[-1]:
        return found | {"mean": float(ordered[0]), "std": 0.0 if len(ordered) > 1 else None}
    away = finite / scale - mean
    squares = away * away
    m2, m3, m4 = float(squares.mean()), float((squares * away).mean()), float((squares * squares).mean())
    std = math.sqrt(m2 * len(finite) / (len(finite) - 1)) * scale
    return found | {"mean": mean * scale, "std": std, "skewness": m3 / m2**1.5, "kurtosis": m4 / m2**2 - 3}


def quantile(ordered: np.ndarray, q: float) -> float:
    """The quantile of sorted values (n >= 1) with linear interpolation, as numpy and pandas define it by default."""
    position = q * (len(ordered) - 1)
    below = math.floor(position)
    low, high = float(ordered[below]), float(ordered[min(below + 1, len(ordered) - 1)])
    share = position - below
    return low * (1 - share) + high * share
