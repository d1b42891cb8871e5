"""The ways to find a metric's confidence interval, to be named in `@metric(interval=...)`.

`proportion`, `ranked`, `ranked_by_class`, `counted`, `labelled`, `averaged`, `ratio` and `no_interval` are told what
the metric is made of; what is told nothing gets `bootstrapped`, which needs the metric alone. Where rows depend on each
other (`reportgen.clusters`) each takes the groups, or the blocks in time, as cases instead of the rows.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reportgen import statistics
from reportgen.clusters import effective_rows, quantile_interval
from reportgen.errors import NotApplicable
from reportgen.metrics._counts import Counts
from reportgen.metrics._ranked import macro as macro
from reportgen.metrics._ranked import ranked as ranked
from reportgen.metrics._ranked import ranked_by_class as ranked_by_class
from reportgen.metrics._sample import Estimate, Sample, Strategy, rows_of
from reportgen.results import Prediction

RESAMPLES = 400
_MOST_LEFT_OUT = 50  # clusters, one after the other
ROWS_RESAMPLED = 2_000_000  # at most, over all resamples, but never fewer than 100 resamples


def proportion(parts: Callable[[Prediction], tuple[float, float]], shown: Callable[[float], float] = float) -> Strategy:
    """Wilson's interval of a share: `parts` gives (successes, trials), `shown` maps the share to the metric."""

    def strategy(sample: Sample, value: float) -> Estimate:
        pairs = np.array([parts(part) for part in sample.cluster_parts], dtype=float)
        successes, trials = pairs.sum(axis=0)
        if trials == 0:
            raise NotApplicable("there is no case to judge by")
        if sample.clusters is not None:
            rows = float(effective_rows(pairs[:, :1], pairs[:, 1:], sample.confidence)[0])
            successes, trials = successes / trials * rows, rows
        low, high = statistics.wilson(successes, trials, sample.confidence)
        return Estimate(min(shown(low), value), max(shown(high), value), sample.named("Wilson"))

    return strategy


def counted(statistic: Callable[[Counts], np.ndarray]) -> Strategy:
    """Quantiles of the metric over random confusion matrices; `statistic` maps counts (draws, k) to (draws,)."""

    def strategy(sample: Sample, value: float) -> Estimate:
        low, high = sample.quantiles(statistic(sample.confusion_draws), value)
        return Estimate(low, high, sample.named("confusion matrix draws"))

    return strategy


def labelled(statistic: Callable[[Counts], np.ndarray]) -> Strategy:
    """Quantiles of the metric over random weights of the rows; `statistic` maps counts (draws, labels) to (draws,)."""

    def strategy(sample: Sample, value: float) -> Estimate:
        sample.need_rows()
        low, high = sample.quantiles(statistic(sample.label_draws), value)
        return Estimate(low, high, sample.named("Bayesian bootstrap"))

    return strategy


def averaged(rows: Callable[[Prediction], np.ndarray], shown: Callable[[float], float] = float) -> Strategy:
    """The skewness-corrected t interval of a mean over rows; `rows` gives the (n,) terms, `shown` maps the mean."""

    def strategy(sample: Sample, value: float) -> Estimate:
        sample.need_rows()
        terms, degrees = rows(sample.prediction), None
        lowest = 0.0 if terms.min() >= 0 else -np.inf
        if sample.clusters is not None:
            terms, degrees = sample.clusters.means(terms), sample.degrees
        low, high = statistics.mean_interval(terms, sample.confidence, degrees)
        low = max(low, lowest)
        return Estimate(min(shown(low), value), max(shown(high), value), sample.named("skewness-corrected t"))

    return strategy


def ratio(parts: Callable[[Prediction], tuple[np.ndarray, np.ndarray]], shown: Callable[[float], float]) -> Strategy:
    """The delta-method interval of a ratio of two means over rows; `shown` maps it to the metric and decreases."""

    def strategy(sample: Sample, value: float) -> Estimate:
        sample.need_rows(3)
        top, bottom = parts(sample.prediction)
        if not top.any():
            raise NotApplicable("every prediction is exact, which leaves no spread to judge by")
        degrees = None
        if sample.clusters is not None:
            jackknifed = _jackknifed(sample, parts)
            if jackknifed is not None:
                low, high = jackknifed
                return Estimate(min(shown(high), value), max(shown(low), value), sample.named("jackknife"))
            top, bottom, degrees = sample.clusters.sums(top), sample.clusters.sums(bottom), sample.degrees
        low, high = statistics.ratio_interval(top, bottom, sample.confidence, degrees)
        return Estimate(min(shown(high), value), max(shown(low), value), sample.named("delta method"))

    return strategy


def _jackknifed(
    sample: Sample, parts: Callable[[Prediction], tuple[np.ndarray, np.ndarray]]
) -> tuple[float, float] | None:
    """The interval of a ratio from leaving out each of few clusters, on the logarithm; None where that cannot be.

    Unlike the delta method it takes off the bias of a variance round a mean that few clusters tell (Efron 1982).
    """
    alike = sample.clusters
    if alike is None or alike.count > _MOST_LEFT_OUT:
        return None
    everything = np.arange(len(alike.codes))
    kept = (everything[alike.codes != one] for one in range(alike.count))
    pairs = (parts(rows_of(sample.prediction, rows)) for rows in (everything, *kept))
    whole, *others = (np.log(top.mean() / bottom.mean()) for top, bottom in pairs)
    values = alike.count * whole - (alike.count - 1) * np.array(others)
    if not np.isfinite(values).all():
        return None
    half = statistics.t_quantile(sample.confidence, alike.degrees) * float(values.std(ddof=1)) / np.sqrt(alike.count)
    return float(np.exp(values.mean() - half)), float(np.exp(values.mean() + half))


def of_median(rows: Callable[[Prediction], np.ndarray]) -> Strategy:
    """The distribution-free interval of a median over rows, by order statistics."""

    def strategy(sample: Sample, value: float) -> Estimate:
        values = rows(sample.prediction)
        if sample.clusters is not None:
            bounds = quantile_interval(values, sample.clusters, value, sample.confidence)
            return Estimate(min(bounds[0], value), max(bounds[1], value), sample.named("inverted test of the share"))
        found = statistics.median_interval(values, sample.confidence)
        if found is None:
            raise NotApplicable("too few rows for an interval of the median")
        return Estimate(min(found[0], value), max(found[1], value), "order statistics")

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
        count = int(np.clip(ROWS_RESAMPLED // len(sample.prediction.y_true), 100, RESAMPLES))
        drawn = (rows_of(sample.prediction, rows) for rows in sample.resamples(name, count))
        values = _finite(np.array([_defined(function, one) for one in drawn]))
        return Estimate(*sample.quantiles(values, value), sample.named("bootstrap"))

    return strategy


def _finite(values: np.ndarray) -> np.ndarray:
    found: np.ndarray = values[np.isfinite(values)]
    if len(found) < 0.9 * len(values):
        raise NotApplicable("the metric is undefined on too many resamples of these rows")
    return found


def _defined(function: Callable[[Prediction], float], prediction: Prediction) -> float:
    try:
        return float(function(prediction))
    except NotApplicable:
        return float("nan")
