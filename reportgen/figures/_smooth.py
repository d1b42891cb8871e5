"""A smooth through a cloud of points, and whether the cloud rises or falls."""

from __future__ import annotations

import numpy as np

_SHARE = 0.6667  # of the points, the nearest to each place that count there
_FEWEST = 10  # of them
_PLACES = 40


def local_line(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places along x and the smooth there: lines fitted to the nearest two thirds of the points.

    They weigh by the tricube of their distance (Cleveland 1979, "Robust locally weighted regression and smoothing
    scatterplots", JASA 74:829-836), without his further, robust steps. Places are quantiles of x (n,), n >= 2.
    """
    places = np.unique(np.quantile(x, np.linspace(0, 1, _PLACES)))
    nearest = min(len(x), max(_FEWEST, int(np.ceil(_SHARE * len(x)))))
    return places, np.array([_at(place, x, y, nearest) for place in places])


def _at(place: float, x: np.ndarray, y: np.ndarray, nearest: int) -> float:
    distance = np.abs(x - place)
    reach = float(np.partition(distance, nearest - 1)[nearest - 1])
    if reach <= 0:
        return float(y[distance <= 0].mean())
    weights = np.clip(1 - (distance / reach) ** 3, 0, None) ** 3
    if not weights.any():
        return float(y[distance <= reach].mean())
    # In units of the reach: the squares of large x would overflow.
    offset = (x - place) / reach
    centre, level = np.average(offset, weights=weights), np.average(y, weights=weights)
    spread = float((weights * (offset - centre) ** 2).sum())
    slope = float((weights * (offset - centre) * (y - level)).sum()) / spread if spread > 1e-12 else 0.0
    return float(level - slope * centre)


def rank_correlation(x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Spearman's rank correlation of x and y (n,), n >= 4, and its two-sided p-value by Student's t; 0 and 1 if tied.

    The p-value is that of `scipy.stats.spearmanr`.
    """
    from scipy.special import stdtr

    from reportgen.statistics import midranks

    first, second = midranks(x), midranks(y)
    if not (first.std() > 0 and second.std() > 0):
        return 0.0, 1.0
    rho = float(np.clip(np.corrcoef(first, second)[0, 1], -1, 1))
    degrees = len(x) - 2
    t = rho * np.sqrt(degrees / max(1e-300, (1 - rho) * (1 + rho)))
    return rho, float(min(1.0, 2 * stdtr(degrees, -abs(t))))
