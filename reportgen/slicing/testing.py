"""Tests and intervals of rows inside and outside a slice, and the correction for several of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import gammaln, ndtr, stdtr

from reportgen import statistics


class Estimate(NamedTuple):
    value: float
    low: float
    high: float


def is_hits(losses: np.ndarray) -> bool:
    """Whether losses are 0 where a prediction is right and 1 where it is wrong."""
    return bool(((losses == 0.0) | (losses == 1.0)).all())


def scored(losses: np.ndarray) -> np.ndarray:
    """(n,) centred, of variance 1: the losses where they are 0 and 1, else their midranks."""
    values = losses if is_hits(losses) else statistics.midranks(losses)
    spread = float(values.std())
    return np.asarray((values - values.mean()) / (spread or 1.0))


def standardised(sums: np.ndarray, sizes: np.ndarray, n: int, squares: float) -> np.ndarray:
    """Sums of so many of n centred scores, in standard deviations over all ways to choose the rows.

    `squares` is the sum of the squares of all n.
    """
    spread = np.sqrt(sizes * (n - sizes) / (n * (n - 1.0)) * squares)
    return np.asarray(np.divide(sums, spread, out=np.zeros(len(sums)), where=spread > 0))


def hypergeometric_tail(least: int, drawn: int, marked: int, n: int) -> float:
    """The probability of `least` marked or more among `drawn` of n, of which `marked` are."""
    k = np.arange(least, min(drawn, marked) + 1)
    k = k[drawn - k <= n - marked]

    def ways(total: np.ndarray | int, taken: np.ndarray | int) -> np.ndarray:
        return np.asarray(gammaln(total + 1) - gammaln(taken + 1) - gammaln(total - np.asarray(taken) + 1))

    logs = ways(marked, k) + ways(n - marked, drawn - k) - ways(n, drawn)
    return min(1.0, float(np.exp(logs).sum()))


def fisher(hits: int, drawn: int, marked: int, n: int) -> float:
    """The two-sided p-value of `hits` marked rows among `drawn` of n with `marked`: twice the smaller exact tail."""
    upper = hypergeometric_tail(hits, drawn, marked, n)
    lower = hypergeometric_tail(drawn - hits, drawn, n - marked, n)
    return min(1.0, 2 * min(upper, lower))


def welch(first: np.ndarray, second: np.ndarray) -> float:
    """The two-sided p-value of equal means, of two values or more each (Welch 1947)."""
    parts = [float(values.var(ddof=1)) / len(values) for values in (first, second)]
    error = sum(parts)
    difference = abs(float(first.mean() - second.mean()))
    if error == 0.0:
        return 1.0 if difference == 0.0 else 0.0
    sizes = (len(first) - 1, len(second) - 1)
    degrees = error**2 / sum(part**2 / size for part, size in zip(parts, sizes, strict=True))
    return float(2 * stdtr(degrees, -difference / np.sqrt(error)))


def two_sided(losses: np.ndarray, inside: np.ndarray) -> float:
    """That the rows inside err as the others: Fisher's exact test of hits, else the Wilcoxon rank-sum test."""
    n, size = len(losses), int(inside.sum())
    if is_hits(losses):
        return fisher(int(losses[inside].sum()), size, int(losses.sum()), n)
    scores = scored(losses)
    sums, squares = np.array([scores[inside].sum()]), float((scores * scores).sum())
    return float(2 * ndtr(-abs(standardised(sums, np.array([size]), n, squares)[0])))


def holm(p_values: Sequence[float], tests: int) -> list[float]:
    """Adjusted p-values (Holm 1979) of the smallest of `tests`, in the order given; those left out are larger."""
    order = np.argsort(p_values, kind="stable")
    raised = np.asarray(p_values)[order] * (tests - np.arange(len(order)))
    adjusted = np.empty(len(order))
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(raised)) if len(order) else raised
    return [float(value) for value in adjusted]


def with_interval(losses: np.ndarray, hits: bool, confidence: float) -> Estimate:
    """The share of right rows with Wilson's interval, or the mean absolute error with that of a skewed mean."""
    if hits:
        right = len(losses) - float(losses.sum())
        return Estimate(right / len(losses), *statistics.wilson(right, len(losses), confidence))
    low, high = statistics.mean_interval(losses, confidence)
    return Estimate(float(losses.mean()), max(0.0, low), high)


def difference(first: Estimate, second: Estimate) -> Estimate:
    """`first` less `second`, with the interval that their own make (MOVER; of Wilson's it is Newcombe's method 10).

    Newcombe 1998 (Statistics in Medicine 17:873-890); Zou and Donner 2008 (Statistics in Medicine 27:1693-1702).
    """
    value = first.value - second.value
    below = np.hypot(first.value - first.low, second.high - second.value)
    above = np.hypot(first.high - first.value, second.value - second.low)
    return Estimate(value, value - float(below), value + float(above))
