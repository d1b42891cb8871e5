"""Expected calibration error and its interval."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from reportgen.metrics._sample import Estimate, Sample
from reportgen.results import Prediction
from reportgen.statistics import normal_quantile, t_quantile

BINS = 10
DRAWS = 1000


class _Gaps(NamedTuple):
    """Per row (n,): the bin of its probability, outcome minus probability, and the probability."""

    bins: np.ndarray
    gap: np.ndarray
    believed: np.ndarray


def _gaps(prediction: Prediction) -> _Gaps:
    """Of the positive class in a binary task; else of the predicted class, as Guo et al. 2017 do."""
    assert prediction.y_score is not None
    if len(prediction.labels) == 2:
        believed, happened = prediction.y_score[:, 1], prediction.y_true == 1
    else:
        best = prediction.y_score.argmax(1)
        believed, happened = prediction.y_score[np.arange(len(best)), best], prediction.y_true == best
    believed = np.clip(np.asarray(believed, dtype=np.float64), 0.0, 1.0)
    return _Gaps(np.minimum((believed * BINS).astype(np.int64), BINS - 1), happened - believed, believed)


def calibration_error(prediction: Prediction) -> float:
    """The sum over bins of |sum of (outcome - probability)| / n."""
    bins, gap, _ = _gaps(prediction)
    return float(np.abs(np.bincount(bins, weights=gap, minlength=BINS)).sum() / len(gap))


def calibration_interval(sample: Sample, value: float) -> Estimate:
    """The true errors under which what is found would be neither among the smallest nor the largest 2.5 %.

    On few rows the error is biased upwards: gaps that are chance alone add to it. So it is inverted: the gaps of the
    bins are taken as so many times as large as they are found, normal noise of their covariance is drawn over them, and
    the interval ends at those multiples under which the error found lies on either quantile. At 100 rows that holds the
    true error in 94 to 97 % of samples, where the percentiles of a bootstrap do in 91 %. The cost does not grow with
    the rows.
    """
    sample.need_rows(50)
    gaps = _gaps(sample.prediction)
    sums = np.bincount(gaps.bins, weights=gaps.gap, minlength=BINS)
    noise = sample.rng("ece").multivariate_normal(np.zeros(BINS), _covariance(sample, gaps), DRAWS, method="eigh")
    tail, n = (1 - sample.confidence) / 2, len(gaps.gap)
    low, high = (_multiple(sums, noise, value * n, level) * value for level in (1 - tail, tail))
    return Estimate(max(0.0, min(low, value)), min(1.0, max(high, value)), sample.named("inverted simulation"))


def _covariance(sample: Sample, gaps: _Gaps) -> np.ndarray:
    """Of the bins' sums of gaps (BINS, BINS); of a few rows that all went one way at least what they were given."""
    sums = np.bincount(gaps.bins, weights=gaps.gap, minlength=BINS)
    if sample.clusters is not None:
        count = sample.clusters.count
        within = sample.clusters.sums(np.where(gaps.bins[:, None] == np.arange(BINS), gaps.gap[:, None], 0.0))
        widened = (t_quantile(sample.confidence, sample.degrees) / normal_quantile(sample.confidence)) ** 2
        return np.asarray(np.cov(within, rowvar=False) * count * widened)
    seen = np.bincount(gaps.bins, weights=gaps.gap**2, minlength=BINS)
    given = np.bincount(gaps.bins, weights=gaps.believed * (1 - gaps.believed), minlength=BINS)
    return np.asarray(np.diag(np.maximum(seen, given)) - np.outer(sums, sums) / len(gaps.gap))


def _multiple(sums: np.ndarray, noise: np.ndarray, found: float, level: float) -> float:
    """How many times the gaps must be as large for this quantile of their noisy error to be what is found; 0 if none.

    By bisection on the same noise, under which the quantile grows with the gaps.
    """

    def reached(multiple: float) -> float:
        return float(np.quantile(np.abs(multiple * sums + noise).sum(axis=1), level))

    low, high = 0.0, 1.0
    if reached(low) >= found or not sums.any():
        return 0.0
    while reached(high) < found:
        high *= 2
    for _ in range(12):
        middle = (low + high) / 2
        low, high = (middle, high) if reached(middle) < found else (low, middle)
    return (low + high) / 2
