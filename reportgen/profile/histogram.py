"""Histograms that stay finite and readable: few bins, robust to a far outlier, to infinities and to a constant."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

_MOST_BINS = 20
#: Values farther than this many interquartile ranges outside the quartiles are counted in the outermost bins.
_REACH = 5.0
#: Values looked at together: few enough to stay near the core.
_BLOCK = 2**15
#: Values of which a search for each is faster than arithmetic with them all.
_FEW = 500


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts of finite values.

    `edges` (n_bins + 1,) rise; bin i holds edges[i] <= value < edges[i + 1], the last one its upper edge too. `counts`
    holds one tuple (n_bins,) for each series: the classes in the order of the labels, or one for all. `outside` values
    lie beyond the edges and are counted in the outermost bins.
    """

    edges: tuple[float, ...]
    counts: tuple[tuple[int, ...], ...]
    outside: int = 0

    @property
    def totals(self) -> tuple[int, ...]:
        """Counts of all series together, (n_bins,)."""
        return tuple(sum(column) for column in zip(*self.counts, strict=True))


def bin_edges(ordered: np.ndarray, q25: float, q75: float) -> np.ndarray:
    """Edges for sorted finite values (n >= 1), at most 21.

    Whole numbers of a narrow range have a bin each; else between the square root of n and 20 equal bins span the
    values, or the quartiles and five times their distance where values lie farther out.
    """
    low, high = float(ordered[0]), float(ordered[-1])
    if high - low < _MOST_BINS and _whole(ordered):
        return np.arange(low, high + 2) - 0.5
    if low == high:
        half = max(0.5, abs(low) * 1e-6)
        return np.clip([low - half, low + half], -sys.float_info.max, sys.float_info.max)
    reach = _REACH * (q75 - q25)
    if 0 < reach < math.inf:
        low, high = max(low, q25 - reach), min(high, q75 + reach)
    n_bins = min(_MOST_BINS, max(5, math.isqrt(len(ordered) - 1) + 1))
    # Halves, because the distance of two finite numbers may be infinite.
    edges = 2 * np.linspace(low / 2, high / 2, n_bins + 1)
    return edges if (edges[1:] > edges[:-1]).all() else np.array([low, high])


def counted(ordered: np.ndarray, edges: np.ndarray) -> Histogram:
    """Count sorted finite values (n,): what `histogram` finds, without a look at every value."""
    inner = [0, *np.searchsorted(ordered, edges[1:-1], "left").tolist(), len(ordered)]
    outside = np.searchsorted(ordered, edges[0], "left") + len(ordered) - np.searchsorted(ordered, edges[-1], "right")
    counts = tuple(after - before for before, after in pairwise(inner))
    return Histogram(tuple(edges.tolist()), (counts,), int(outside))


def histogram(values: np.ndarray, edges: np.ndarray, codes: np.ndarray | None = None, n_series: int = 1) -> Histogram:
    """Count finite values (n,) in equal bins.

    Args:
        codes: the series of each value (n,), 0 … n_series - 1; a negative one is left out.
    """
    n_bins, outside = len(edges) - 1, 0
    counts = np.zeros((n_series + 1) * n_bins, np.int64)
    for start in range(0, len(values), _BLOCK):
        block = values[start : start + _BLOCK]
        bins = _bins(block, edges)
        outside += int(np.count_nonzero((block < edges[0]) | (block > edges[-1])))
        if codes is not None:
            bins += np.where(codes[start : start + _BLOCK] < 0, n_series, codes[start : start + _BLOCK]) * n_bins
        counts += np.bincount(bins, minlength=len(counts))
    table = counts[: n_series * n_bins].reshape(n_series, n_bins).tolist()
    return Histogram(tuple(edges.tolist()), tuple(map(tuple, table)), outside)


def _bins(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    n_bins = len(edges) - 1
    # Halves, because the distance of two finite numbers may be infinite.
    low, width = float(edges[0]) / 2, (float(edges[-1]) / 2 - float(edges[0]) / 2) / n_bins
    if len(values) < _FEW or not 1e-300 < width < 1e300:
        return np.clip(np.searchsorted(edges, values, side="right") - 1, 0, n_bins - 1)
    with np.errstate(over="ignore"):
        bins = np.clip((values / 2 - low) / width, 0, n_bins - 1).astype(np.intp)
    # Rounding may put a value beside its edge; the edges decide.
    bins -= values < edges[bins]
    bins = np.clip(bins, 0, n_bins - 1)
    bins += (values >= edges[bins + 1]) & (bins < n_bins - 1)
    return bins


def _whole(ordered: np.ndarray) -> bool:
    return bool(abs(ordered[0]) < 2**52 and abs(ordered[-1]) < 2**52 and (ordered == np.floor(ordered)).all())
