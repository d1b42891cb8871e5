"""How a column differs between two parts of the rows: size, chance, and the usual measures in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from reportgen import statistics
from reportgen.text import fixed, percent

#: The chi-square distribution holds where so many members of a level are expected in each part (Cochran 1954).
_EXPECTED = 5
_BINS = 20


@dataclass(frozen=True, slots=True)
class Difference:
    """A column's difference: its size 0 to 1, the p-value that chance makes it, and words for it, made when asked."""

    name: str
    size: float
    p: float
    told: Callable[[], str]

    def none(self) -> Difference:
        """The same column, taken not to differ."""
        return replace(self, size=0.0)


def numbers(name: str, train: np.ndarray, test: np.ndarray) -> Difference:
    """Kolmogorov-Smirnov of the finite values, with Wasserstein's and Jensen-Shannon distance in words."""
    gap = _gaps(name, ~np.isfinite(train), ~np.isfinite(test))
    train, test = train[np.isfinite(train)], test[np.isfinite(test)]
    if min(len(train), len(test)) == 0:
        return gap
    size, p = statistics.kolmogorov_smirnov(train, test)

    def told() -> str:
        distance = fixed(wasserstein(train, test), 2)
        return f"Wasserstein {distance} standard deviations, Jensen-Shannon {_shannon(*_binned(train, test))}"

    return _clearer(Difference(name, size, p, told), gap)


def categories(name: str, train: pd.Series, test: pd.Series) -> Difference:
    """Cramér's V of part and level, levels with few rows taken together, with Jensen-Shannon distance in words."""
    gap = _gaps(name, train.isna().to_numpy(), test.isna().to_numpy())
    codes, levels = pd.factorize(pd.concat([train, test], ignore_index=True))
    both = (codes[: len(train)], codes[len(train) :])
    pair = np.stack([np.bincount(one[one >= 0], minlength=len(levels)).astype(float) for one in both])
    if pair.sum(1).min() == 0:
        return gap
    counts = _pooled(pair)
    if counts.shape[1] < 2:
        return gap
    size, p = statistics.chi_square(counts)
    return _clearer(Difference(name, size, p, lambda: f"Jensen-Shannon {_shannon(*pair)}"), gap)


def _shannon(first: np.ndarray, second: np.ndarray) -> str:
    return fixed(jensen_shannon(first, second), 2)


def _clearer(values: Difference, gap: Difference) -> Difference:
    """Whichever chance explains less; of two that it does not explain, the larger."""
    surely = max(values.p, gap.p) < 1e-9
    return max(values, gap, key=lambda one: one.size if surely else -one.p)


def _gaps(name: str, train: np.ndarray, test: np.ndarray) -> Difference:
    """How being missing differs: Cramér's V of part and gap."""
    counts = np.array([[gaps.sum(), (~gaps).sum()] for gaps in (train, test)], dtype=float)
    if (counts.sum(0) * counts.sum(1).min() / max(counts.sum(), 1) < _EXPECTED).any():
        return Difference(name, 0.0, 1.0, str)
    size, p = statistics.chi_square(counts)

    def told() -> str:
        return f"missing in {percent(train.mean())} of train and {percent(test.mean())} of test"

    return Difference(name, size, p, told)


def _pooled(counts: np.ndarray) -> np.ndarray:
    """Counts (2, k) with the levels as one of which fewer than five members are expected in a part; empty ones gone."""
    expected = counts.sum(0) * counts.sum(1).min() / max(counts.sum(), 1)
    few = expected < _EXPECTED
    rest = counts[:, few].sum(1, keepdims=True)
    enough = rest.sum() * counts.sum(1).min() / max(counts.sum(), 1) >= _EXPECTED
    return np.concatenate([counts[:, ~few], rest], axis=1) if enough else counts[:, ~few]


def wasserstein(first: np.ndarray, second: np.ndarray) -> float:
    """The 1-Wasserstein distance of two samples in standard deviations of both; 0 where all values are equal.

    The integral of |F - G| (Vallender 1974).
    """
    both = np.sort(np.concatenate([first, second]))
    scale = float(np.abs(both).max()) or 1.0
    spread = float((both / scale).std())
    if spread == 0:
        return 0.0
    gaps = [np.searchsorted(np.sort(one), both[:-1], "right") / len(one) for one in (first, second)]
    return float((np.abs(gaps[0] - gaps[1]) * np.diff(both / scale)).sum()) / spread


def _binned(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Counts of both samples in twenty bins of equally many of their values."""
    edges = np.unique(np.quantile(np.concatenate([first, second]), np.linspace(0, 1, _BINS + 1)[1:-1], method="lower"))
    pair = [np.bincount(np.searchsorted(edges, one), minlength=len(edges) + 1).astype(float) for one in (first, second)]
    return pair[0], pair[1]


def jensen_shannon(first: np.ndarray, second: np.ndarray) -> float:
    """The Jensen-Shannon distance of two tables of counts (k,), with logarithms to base 2: 0 to 1 (Lin 1991)."""
    p, q = first / first.sum(), second / second.sum()
    middle = (p + q) / 2
    divergence = sum(float((part[part > 0] * np.log2(part[part > 0] / middle[part > 0])).sum()) for part in (p, q)) / 2
    return float(np.sqrt(max(0.0, min(1.0, divergence))))
