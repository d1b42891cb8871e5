"""Metrics over bootstrap resamples of one test set, drawn once, so that any two models can be compared in pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from reportgen.clusters import Clusters
from reportgen.metrics._actual import probability_of_actual, squared_distance
from reportgen.metrics._counts import Counts, share
from reportgen.results import Prediction

RESAMPLES = 2_000
_CELLS = 5_000_000  # weights, at most; but never fewer than 500 resamples
_SMALLEST = np.finfo(np.float64).eps
_DENSE = 5_000_000  # rows times classes up to which a matrix of them is made


class Resamples:
    """How often each row stands in samples drawn with replacement, of whole clusters if there are any."""

    def __init__(self, n: int, alike: Clusters | None, seed: int) -> None:
        self._n, self._alike, self._seed = n, alike, seed

    @cached_property
    def weights(self) -> np.ndarray:
        """(draws, n)."""
        draws = int(np.clip(_CELLS // max(self._n, 1), 500, RESAMPLES))
        rng = np.random.default_rng([self._seed, 20_250])
        units = self._n if self._alike is None else self._alike.count
        drawn = rng.multinomial(units, np.full(units, 1 / units), size=draws)
        found: np.ndarray = drawn if self._alike is None else drawn[:, self._alike.codes]
        return found.astype(float)


def once(n: int) -> np.ndarray:
    """The weights of every row as it is, (1, n)."""
    return np.ones((1, n))


@dataclass(frozen=True)
class Weighted:
    """A prediction with weights (draws, n) of its rows."""

    prediction: Prediction
    weights: np.ndarray

    @cached_property
    def counts(self) -> Counts:
        """The margins of the confusion matrix under each weighting, (draws, k) over all classes."""
        actual, predicted = self.prediction.y_true, self.prediction.y_pred
        seen = np.bincount(actual, minlength=self._classes) > 0
        return Counts(self._summed(actual, actual == predicted), self._summed(actual), self._summed(predicted), seen)

    @property
    def _classes(self) -> int:
        return max(len(self.prediction.labels), 1)

    def _summed(self, codes: np.ndarray, among: np.ndarray | None = None) -> np.ndarray:
        """The weights of the rows of each class."""
        rows = np.arange(len(codes)) if among is None else np.flatnonzero(among)
        weights, k = self.weights if among is None else self.weights[:, rows], self._classes
        if len(rows) * k > _DENSE:
            return np.stack([np.bincount(codes[rows], weights=row, minlength=k) for row in weights])
        return np.asarray(weights @ (codes[rows, None] == np.arange(k)).astype(float))


#: The metric under each weighting (draws,).
Statistic = Callable[[Weighted], np.ndarray]


def _mean_of(
    terms: Callable[[Prediction], np.ndarray], shown: Callable[[np.ndarray], np.ndarray] | None = None
) -> Statistic:
    """The weighted mean of the rows' terms (n,)."""

    def statistic(of: Weighted) -> np.ndarray:
        mean = of.weights @ terms(of.prediction) / of.weights.sum(axis=1)
        return np.asarray(shown(mean) if shown else mean, dtype=float)

    return statistic


def _by_class(parts: Callable[[Counts], tuple[np.ndarray, np.ndarray]], *, of_seen: bool = False) -> Statistic:
    """A share of each class: that of the positive one of two, else the mean over those that occur."""

    def statistic(of: Weighted) -> np.ndarray:
        prediction, counts = of.prediction, of.counts
        each = share(*parts(counts))
        if len(prediction.labels) == 2 and not of_seen:
            return np.asarray(each[:, 1])
        called = np.bincount(prediction.y_pred, minlength=each.shape[1]) > 0
        return np.asarray(each[:, counts.seen if of_seen else counts.seen | called].mean(axis=1))

    return statistic


def _specificity(of: Weighted) -> np.ndarray:
    counts = of.counts
    others = counts.actual.sum(axis=1, keepdims=True) - counts.actual
    each = share(others - (counts.predicted - counts.hits), others)
    return np.asarray(each[:, 1] if len(of.prediction.labels) == 2 else each[:, counts.seen].mean(axis=1))


def _mcc(of: Weighted) -> np.ndarray:
    counts = of.counts
    n = counts.actual.sum(axis=1)
    shared = counts.hits.sum(axis=1) * n - (counts.actual * counts.predicted).sum(axis=1)
    spread = (n**2 - (counts.actual**2).sum(axis=1)) * (n**2 - (counts.predicted**2).sum(axis=1))
    return share(shared, np.sqrt(np.maximum(spread, 0)))


def _kappa(of: Weighted) -> np.ndarray:
    counts = of.counts
    n = counts.actual.sum(axis=1)
    chance = (counts.actual * counts.predicted).sum(axis=1) / n**2
    return share(counts.hits.sum(axis=1) / n - chance, 1 - chance)


def _surprise(prediction: Prediction) -> np.ndarray:
    return np.asarray(-np.log(np.clip(probability_of_actual(prediction), _SMALLEST, 1 - _SMALLEST)))


def _brier(prediction: Prediction) -> np.ndarray:
    """scikit-learn's: half the squared distance with two classes, so that it is (y - p)² of the positive one."""
    distance = squared_distance(prediction)
    return distance / 2 if len(prediction.labels) == 2 else distance


def _error(prediction: Prediction) -> np.ndarray:
    return np.asarray(prediction.y_pred - prediction.y_true, dtype=float)


def _r2(of: Weighted) -> np.ndarray:
    prediction, weights = of.prediction, of.weights
    # Around a middle value, so that the squares do not cancel each other.
    centred = np.asarray(prediction.y_true - prediction.y_true.mean(), dtype=float)
    total = weights.sum(axis=1)
    spread = weights @ centred**2 - (weights @ centred) ** 2 / total
    return np.asarray(
        1 - np.divide(weights @ _error(prediction) ** 2, spread, out=np.ones(len(total)), where=spread > 0)
    )


def _median_error(of: Weighted) -> np.ndarray:
    prediction, weights = of.prediction, of.weights
    errors = np.abs(_error(prediction))
    order = np.argsort(errors, kind="stable")
    reached = np.cumsum(weights[:, order], axis=1)
    half = reached[:, -1:] / 2
    low, high = np.argmax(reached >= half, axis=1), np.argmax(reached > half, axis=1)
    return np.asarray((errors[order][low] + errors[order][high]) / 2)


def _symmetric(prediction: Prediction) -> np.ndarray:
    size = np.abs(prediction.y_true) + np.abs(prediction.y_pred)
    found: np.ndarray = np.divide(2 * np.abs(_error(prediction)), size, out=np.zeros(len(size)), where=size > 0)
    return found


def _overlap(prediction: Prediction) -> np.ndarray:
    actual, predicted = prediction.y_true == 1, prediction.y_pred == 1
    both, either = (actual & predicted).sum(axis=1), (actual | predicted).sum(axis=1)
    return np.where(either > 0, both / np.maximum(either, 1), 1.0)


def _label_f1(*, pooled: bool) -> Statistic:
    """F1 of all labels together, or its mean over those that are there or predicted."""

    def statistic(of: Weighted) -> np.ndarray:
        prediction, weights = of.prediction, of.weights
        actual, predicted = prediction.y_true.astype(float), prediction.y_pred.astype(float)
        hits, sums = weights @ (actual * predicted), weights @ actual + weights @ predicted
        if pooled:
            return share(2 * hits.sum(axis=1), sums.sum(axis=1))
        occurs = (prediction.y_true | prediction.y_pred).any(axis=0)
        return np.asarray(share(2 * hits, sums)[:, occurs].mean(axis=1))

    return statistic


def _scaled(prediction: Prediction) -> np.ndarray:
    return np.asarray(np.abs(_error(prediction)) / (prediction.naive_error or np.nan))


#: What a metric is made of, where a resample need not go through the metric itself; the names are those of the metrics.
STATISTICS: dict[str, Statistic] = {
    "precision": _by_class(lambda counts: (counts.hits, counts.predicted)),
    "recall": _by_class(lambda counts: (counts.hits, counts.actual)),
    "f1": _by_class(lambda counts: (2 * counts.hits, counts.actual + counts.predicted)),
    "balanced_accuracy": _by_class(lambda counts: (counts.hits, counts.actual), of_seen=True),
    "specificity": _specificity,
    "mcc": _mcc,
    "cohen_kappa": _kappa,
    "log_loss": _mean_of(_surprise),
    "brier": _mean_of(_brier),
    "r2": _r2,
    "mse": _mean_of(lambda prediction: _error(prediction) ** 2),
    "rmse": _mean_of(lambda prediction: _error(prediction) ** 2, np.sqrt),
    "median_ae": _median_error,
    "mape": _mean_of(lambda prediction: np.abs(_error(prediction)) / np.abs(prediction.y_true)),
    "smape": _mean_of(_symmetric),
    "mase": _mean_of(_scaled),
    "hamming_loss": _mean_of(lambda prediction: (prediction.y_true != prediction.y_pred).mean(axis=1)),
    "jaccard": _mean_of(_overlap),
    "f1_micro": _label_f1(pooled=True),
    "f1_macro": _label_f1(pooled=False),
}
