"""Intervals of macro averages: made from the interval of each class, which is honest where a class has few rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from reportgen import statistics
from reportgen.errors import NotApplicable
from reportgen.metrics._counts import Counts, confused, counted_once
from reportgen.metrics._sample import Estimate, Sample, Strategy


class _Ends(NamedTuple):
    """Of each class (k,) the value and how far its Wilson interval reaches below and above."""

    value: np.ndarray
    below: np.ndarray
    above: np.ndarray


def averaged_classes(parts: Callable[[Counts], tuple[np.ndarray, np.ndarray]]) -> Strategy:
    """The interval of a mean of shares, one a class; `parts` gives successes and trials (k,).

    The reaches of the classes' Wilson intervals add up in squares (MOVER: Zou and Donner 2008, Statistics in Medicine
    27:1693-1702), as recalls do, which are of different rows, and precisions. A class without a trial, counted as 0,
    may be anything.
    """

    def strategy(sample: Sample, value: float) -> Estimate:
        ends = _ends(*parts(counted_once(sample.prediction)), sample.confidence)
        below, above = (float(np.linalg.norm(reach)) / len(ends.value) for reach in (ends.below, ends.above))
        return Estimate(value - below, value + above, "Wilson, combined")

    return strategy


def averaged_f1(sample: Sample, value: float) -> Estimate:
    """The same for F1, through Jaccard's index of each class; a row that is confused lowers the F1 of two classes.

    So the reaches of two classes are correlated, by the delta method on the confusion matrix: of F_i = 2 h_i / s_i with
    s_i rows there or predicted, cov(F_i, F_j) = (n_ij + n_ji) F_i F_j / (s_i s_j).
    """
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


def _f1(jaccard: np.ndarray) -> np.ndarray:
    return np.asarray(2 * jaccard / (1 + jaccard))


def _ends(hits: np.ndarray, trials: np.ndarray, confidence: float) -> _Ends:
    if not trials.any():
        raise NotApplicable("there is no case to judge by")
    share = np.divide(hits, trials, out=np.zeros(len(hits)), where=trials > 0)
    bounds = np.array([statistics.wilson(*pair, confidence) for pair in zip(hits, trials, strict=True)])
    return _Ends(share, share - bounds[:, 0], bounds[:, 1] - share)
