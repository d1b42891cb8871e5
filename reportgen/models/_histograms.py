"""Histograms that outliers cannot flatten, over parts of many values."""

from __future__ import annotations

import math

import numpy as np


def robust_edges(values: np.ndarray, bins: int = 60) -> np.ndarray:
    """Edges of bins over the middle 99 % of the values, zero always among them; the rest goes to the outer bins.

    Single precision, as the values are: nothing finite becomes infinite.
    """
    low, high = np.quantile(values.astype(np.float64), [0.005, 0.995])
    low, high = min(low, 0.0), max(high, 0.0)
    margin = 0.05 * (high - low) or 1.0
    most = float(np.finfo(np.float32).max)
    return np.linspace(max(low - margin, -most), min(high + margin, most), bins + 1).astype(np.float32)


def counts(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """How many values lie between the edges (n_bins + 1,), those beyond them in the outer bins; (n_bins,) int32."""
    return np.histogram(np.clip(values, edges[0], edges[-1]), edges)[0].astype(np.int32)


def evenly(values: np.ndarray, most: int) -> np.ndarray:
    """At most `most` of the values, evenly spread over all of them, (n,).

    The step shares no divisor with the size of a row, so that it does not hit the same units in each.
    """
    step = -(-values.size // most)
    row = values.size // max(1, len(values)) if values.ndim > 1 else 1
    while step > 1 and math.gcd(step, row) > 1:
        step += 1
    return values.reshape(-1)[::step]


def spread(n: int, most: int) -> list[int]:
    """At most `most` positions out of n, evenly spread, the first and the last among them."""
    return sorted({round(place) for place in np.linspace(0, n - 1, min(n, most))}) if n else []
