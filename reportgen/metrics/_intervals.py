"""The ways to find a metric's confidence interval, to be named in `@metric(interval=...)`.

`proportion`, `ranked`, `counted`, `labelled`, `averaged`, `ratio` and `no_interval` are told what the metric is made
of; what is told nothing gets `bootstrapped`, which needs the metric alone. Forecasts are resampled in blocks
(`_blocks`), whatever the metric is made of: their errors depend on each other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from reportgen import statistics
from reportgen.errors import NotApplicable
from reportgen.metrics._counts import Counts
from reportgen.metrics._sample import Estimate, Sample, Strategy
from reportgen.results import Prediction
from reportgen.statistics import Ranking

RESAMPLES = 400
ROWS_RESAMPLED = 2_000_000  # at most, over all resamples, but never fewer than 100 resamples


def proportion(parts: Callable[[Prediction], tuple[float, float]], shown: Callable[[float], float] = float) -> Strategy:
    """Wilson's interval of a share: `parts` gives (successes, trials), `shown` maps the share to the metric."""

    def strategy(sample: Sample, value: float) -> Estimate:
        successes, trials = parts(sample.prediction)
        if trials == 0:
            raise NotApplicable("there is no case to judge by")
        low, high = statistics.wilson(successes, trials, sample.confidence)
        return Estimate(min(shown(low), value), max(shown(high), value), "wilson")

    return strategy


def counted(statistic: Callable[[Counts], np.ndarray]) -> Strategy:
    """Quantiles of the metric over random confusion matrices; `statistic` maps counts (draws, k) to (draws,)."""

    def strategy(sample: Sample, value: float) -> Estimate:
        low, high = sample.quantiles(statistic(sample.confusion_draws), value)
        return Estimate(low, high, "confusion matrix draws")

    return strategy


def labelled(statistic: Callable[[Counts], np.ndarray]) -> Strategy:
    """Quantiles of the metric over random weights of the rows; `statistic` maps counts (draws, labels) to (draws,)."""

    def strategy(sample: Sample, value: float) -> Estimate:
        sample.need_rows()
        low, high = sample.quantiles(statistic(sample.label_draws), value)
        return Estimate(low, high, "Bayesian bootstrap")

    return strategy


def averaged(rows: Callable[[Prediction], np.ndarray], shown: Callable[[float], float] = float) -> Strategy:
    """The skewness-corrected t interval of a mean over rows; `rows` gives the (n,) terms, `shown` maps the mean."""

    def strategy(sample: Sample, value: float) -> Estimate:
        sample.need_rows()
        terms = rows(sample.prediction)
        if sample.is_in_time:
            return _of_blocks(sample, np.array([shown(mean) for mean in sample.block_means(terms)]), value)
        low, high = statistics.mean_interval(terms, sample.confidence)
        if terms.min() >= 0:
            low = max(low, 0.0)
        return Estimate(min(shown(low), value), max(shown(high), value), "skewness-corrected t")

    return strategy


def ratio(parts: Callable[[Prediction], tuple[np.ndarray, np.ndarray]], shown: Callable[[float], float]) -> Strategy:
    """The delta-method interval of a ratio of two means over rows; `shown` maps it to the metric and decreases."""

    def strategy(sample: Sample, value: float) -> Estimate:
        sample.need_rows(3)
        top, bottom = parts(sample.prediction)
        if not top.any():
            raise NotApplicable("every prediction is exact, which leaves no spread to judge by")
        if sample.is_in_time:
            shares = sample.block_means(top) / sample.block_means(bottom)
            return _of_blocks(sample, np.array([shown(share) for share in shares]), value)
        low, high = statistics.ratio_interval(top, bottom, sample.confidence)
        return Estimate(min(shown(high), value), max(shown(low), value), "delta method")

    return strategy


def ranked(
    ranking: Callable[[np.ndarray, np.ndarray], Ranking],
    method: str,
    flawless: Callable[[int, int, float], float],
) -> Strategy:
    """The logit interval of a ranking metric: binary, or the macro average over the classes that occur.

    A flawless ranking has no spread to judge by; there `flawless` gives the lower end from the number of positive and
    negative rows and the confidence.
    """

    def strategy(sample: Sample, value: float) -> Estimate:
        positive, score = one_against_rest(sample.prediction)
        found = [ranking(positive[:, i], score[:, i]) for i in range(positive.shape[1])]
        error = float(np.linalg.norm(np.mean([one.influence for one in found], axis=0)))
        if 0 < value < 1 and error > 0:
            return Estimate(*statistics.logit_interval(value, error, sample.confidence), method)
        if 0 < value < 1:
            raise NotApplicable("every row has the same score")
        rarest = int(min(positive.sum(0).min(), (~positive).sum(0).min()))
        bound = flawless(rarest, len(positive) - rarest, sample.confidence)
        low, high = (bound, 1.0) if value == 1 else (0.0, 1 - bound)
        return Estimate(low, high, "bound for a flawless ranking")

    return strategy


def one_against_rest(prediction: Prediction) -> tuple[np.ndarray, np.ndarray]:
    """Which rows are of a class (n, m) and their scores for it (n, m): the positive class, or each that occurs.

    Of several labels those that some rows have and others have not.

    Raises:
        NotApplicable: only one class occurs, or no row.
    """
    if prediction.y_true.ndim == 2:
        return _labels(prediction)
    codes = np.unique(prediction.y_true)
    if len(codes) < 2:
        raise NotApplicable("only one class occurs in this split" if len(codes) else "no row in this split")
    if prediction.y_score is None:
        raise NotApplicable("the model gives no class probabilities")
    if len(prediction.labels) == 2:
        codes = np.array([1])
    return prediction.y_true[:, None] == codes, prediction.y_score[:, codes]


def _labels(prediction: Prediction) -> tuple[np.ndarray, np.ndarray]:
    if prediction.y_score is None:
        raise NotApplicable("the model gives no probabilities")
    positive = prediction.y_true == 1
    told = positive.any(axis=0) & ~positive.all(axis=0)
    if not told.any():
        raise NotApplicable("no label that some rows of this split have and others have not")
    return positive[:, told], prediction.y_score[:, told]


def of_median(rows: Callable[[Prediction], np.ndarray]) -> Strategy:
    """The distribution-free interval of a median over rows, by order statistics."""

    def strategy(sample: Sample, value: float) -> Estimate:
        if sample.is_in_time:
            return bootstrapped(lambda prediction: float(np.median(rows(prediction))), "median")(sample, value)
        bounds = statistics.median_interval(rows(sample.prediction), sample.confidence)
        if bounds is None:
            raise NotApplicable("too few rows for an interval of the median")
        return Estimate(min(bounds[0], value), max(bounds[1], value), "order statistics")

    return strategy


def no_interval(why: str) -> Strategy:
    """For a metric that has no interval; says why."""

    def strategy(_sample: Sample, _value: float) -> Estimate:
        raise NotApplicable(why)

    return strategy


def bootstrapped(function: Callable[[Prediction], float], name: str) -> Strategy:
    """Percentiles of the metric itself over resampled rows (Efron 1979): slow, but asks nothing of the metric."""

    def strategy(sample: Sample, value: float) -> Estimate:
        sample.need_rows()
        n, rng = len(sample.prediction.y_true), sample.rng(name)
        count = int(np.clip(ROWS_RESAMPLED // n, 100, RESAMPLES))
        if sample.is_in_time:
            drawn = (sample.blocks.entries(starts) for starts in sample.blocks.starts(rng, count))
        else:
            drawn = (rng.integers(0, n, n) for _ in range(count))
        values = np.array([_defined(function, _rows(sample.prediction, rows)) for rows in drawn])
        if sample.is_in_time:
            return _of_blocks(sample, values, value)
        return Estimate(*sample.quantiles(_finite(values, "rows"), value), "bootstrap")

    return strategy


def _of_blocks(sample: Sample, values: np.ndarray, value: float) -> Estimate:
    """The interval from the metric's values over draws of blocks."""
    return Estimate(*sample.blocks.quantiles(_finite(values, "origins"), value), sample.blocks.method)


def _finite(values: np.ndarray, of: str) -> np.ndarray:
    found: np.ndarray = values[np.isfinite(values)]
    if len(found) < 0.9 * len(values):
        raise NotApplicable(f"the metric is undefined on too many resamples of these {of}")
    return found


def _defined(function: Callable[[Prediction], float], prediction: Prediction) -> float:
    try:
        return float(function(prediction))
    except NotApplicable:
        return float("nan")


def _rows(prediction: Prediction, rows: np.ndarray) -> Prediction:
    score = None if prediction.y_score is None else prediction.y_score[rows]
    step = None if prediction.step is None else prediction.step[rows]
    true, predicted = prediction.y_true[rows], prediction.y_pred[rows]
    return replace(prediction, y_true=true, y_pred=predicted, y_score=score, rows=None, step=step)
