"""Intervals of macro averages: made from the interval of each class, which is honest where a class has few rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import betaincinv

from reportgen import statistics
from reportgen.errors import NotApplicable
from reportgen.metrics._counts import Counts, confused, counted_once, share
from reportgen.metrics._sample import Estimate, Sample, Strategy

_EXACT = 5  # trials


class _Ends(NamedTuple):
    """Of each class (k,) the value and how far its interval reaches below and above."""

    value: np.ndarray
    below: np.ndarray
    above: np.ndarray


def averaged_classes(parts: Callable[[Counts], tuple[np.ndarray, np.ndarray]]) -> Strategy:
    """The interval of a mean of shares, one a class; `parts` gives successes and trials, (..., k) of (..., k).

    The reaches of the classes' Wilson intervals add up in squares (MOVER: Zou and Donner 2008, Statistics in Medicine
    27:1693-1702), as recalls do, which are of different rows, and precisions. A class without a trial, counted as 0,
    may be anything; one of up to five trials gets the exact interval, for one error of one trial does not mean that
    the share is below 0.8. Where a class is hardly ever predicted its precision of 0 by convention still draws the
    mean too low: at 100 rows about 93 % of intervals hold the truth.
    """

    def strategy(sample: Sample, value: float) -> Estimate:
        if sample.clusters is not None:
            return _drawn(sample, value, lambda counts: share(*parts(counts)))
        ends = _ends(*parts(counted_once(sample.prediction)), sample.confidence)
        below, above = (float(np.linalg.norm(reach)) / len(ends.value) for reach in (ends.below, ends.above))
        return Estimate(value - below, value + above, "Wilson, combined")

    return strategy


def averaged_f1(sample: Sample, value: float) -> Estimate:
    """The same for F1, through Jaccard's index of each class; a row that is confused lowers the F1 of two classes.

    So the reaches of two classes are correlated, by the delta method on the confusion matrix: of F_i = 2 h_i / s_i with
    s_i rows there or predicted, cov(F_i, F_j) = (n_ij + n_ji) F_i F_j / (s_i s_j).
    """
    if sample.clusters is not None:
        return _drawn(sample, value, lambda counts: share(2 * counts.hits, counts.actual + counts.predicted))
    counts = counted_once(sample.prediction)
    sums = counts.actual + counts.predicted
    jaccard = _ends(counts.hits, sums - counts.hits, sample.confidence)
    f1 = _f1(jaccard.value)
    below, above = f1 - _f1(jaccard.value - jaccard.below), _f1(jaccard.value + jaccard.above) - f1
    spread = np.sqrt(counts.hits * (2 - 2 * f1) ** 2 + (sums - 2 * counts.hits) * f1**2)
    slope = np.divide(f1, spread, out=np.zeros_like(f1), where=spread > 0)
    one, other, rows = confused(sample.prediction)

    def reach(each: np.ndarray) -> float:
        shared = 2 * float((rows * (each * slope)[one] * (each * slope)[other]).sum())
        return float(np.sqrt((each**2).sum() + shared)) / len(each)

    return Estimate(value - reach(below), value + reach(above), "Wilson, combined")


def _drawn(sample: Sample, value: float, statistic: Callable[[Counts], np.ndarray]) -> Estimate:
    """Of rows that depend on each other, what one class reaches tells of the next: clusters are drawn instead.

    `statistic` maps counts (draws, k) to a value of each class and draw.
    """
    low, high = sample.quantiles(statistic(sample.confusion_draws).mean(axis=-1), value)
    return Estimate(low, high, sample.named("confusion matrix draws"))


def _f1(jaccard: np.ndarray) -> np.ndarray:
    return np.asarray(2 * jaccard / (1 + jaccard))


def _bounds(hits: float, trials: float, confidence: float) -> tuple[float, float]:
    """Wilson's interval; of up to five trials Clopper and Pearson's (1934)."""
    if not 0 < trials <= _EXACT:
        return statistics.wilson(hits, trials, confidence)
    tail, errors = (1 - confidence) / 2, trials - hits
    low = 0.0 if not hits else float(betaincinv(hits, errors + 1, tail))
    return low, 1.0 if not errors else float(betaincinv(hits + 1, errors, 1 - tail))


def _ends(hits: np.ndarray, trials: np.ndarray, confidence: float) -> _Ends:
    if not trials.any():
        raise NotApplicable("there is no case to judge by")
    share = np.divide(hits, trials, out=np.zeros(len(hits)), where=trials > 0)
    bounds = np.array([_bounds(*pair, confidence) for pair in zip(hits, trials, strict=True)])
    return _Ends(share, share - bounds[:, 0], bounds[:, 1] - share)
