"""Paired tests of models on one test set, and Holm's correction over all that were made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from scipy.special import ndtr, stdtr

from reportgen import paired, statistics
from reportgen.clusters import Clusters, clusters
from reportgen.comparing.degrees import by_class, by_weight, of_clusters
from reportgen.comparing.resampling import STATISTICS, Resamples, Weighted, once
from reportgen.comparing.sharing import Shared
from reportgen.errors import NotApplicable
from reportgen.metrics._ranked import one_by_one
from reportgen.results import Prediction, Score
from reportgen.statistics import Ranking, auc_ranking, average_precision_ranking

#: The metrics that are tested, by task: those of a report's first page that have a better and a worse.
TESTED = {
    "binary": ("accuracy", "roc_auc", "f1", "precision", "recall", "brier", "cost"),
    "multiclass": ("accuracy", "roc_auc", "f1", "balanced_accuracy"),
    "multilabel": ("subset_accuracy", "f1_micro", "f1_macro", "jaccard", "mean_average_precision", "hamming_loss"),
    "regression": ("mae", "rmse", "median_ae", "r2"),
    "forecast": ("mae", "rmse", "r2"),
}
#: What `paired.compare` tests, and the metric that is.
_MEASURES = {"accuracy": "accuracy", "subset_accuracy": "subset accuracy", "mae": "mae", "cost": "cost"}
_RANKINGS = {
    "roc_auc": (auc_ranking, "DeLong test"),
    "pr_auc": (average_precision_ranking, "jackknife of the rows"),
    "mean_average_precision": (average_precision_ranking, "jackknife of the rows"),
}
_CLOSE = 1e-9


@dataclass(frozen=True)
class Difference:
    """A model against a reference on the same rows by one metric; both are places in the list of reports.

    `value`, `low` and `high` are of model minus reference. `adjusted` is the p-value after Holm's correction over all
    tests of the comparison. `resolvable` is the smallest difference that this test would call significant by itself.
    """

    metric: str
    model: int
    reference: int
    value: float
    low: float
    high: float
    p_value: float
    resolvable: float
    method: str
    greater_is_better: bool
    confidence: float
    adjusted: float = 1.0

    @property
    def real(self) -> bool:
        """Whether the difference stands after the correction."""
        return self.adjusted <= 1 - self.confidence

    @property
    def resolves(self) -> bool:
        """Whether there is a difference that the test could call significant, and that is known."""
        return 0 < self.resolvable < np.inf

    @property
    def better(self) -> int | None:
        """The place of the report that does better; None where both do alike."""
        if self.value == 0:
            return None
        return self.model if (self.value > 0) == self.greater_is_better else self.reference


class Scored(Protocol):
    """Whatever has scores on the test rows."""

    def score(self, metric: str) -> Score | None: ...


def tested(shared: Shared, reports: Sequence[Scored]) -> list[Difference]:
    """Every metric: of two models the second against the first, of more each against the one that does best."""
    court = _Court(shared)
    found = []
    for metric in TESTED[shared.task.name]:
        scores = {place: reports[place].score(metric) for place in shared.places}
        usable = {place: score for place, score in scores.items() if score is not None and score.value is not None}
        reference = _reference(usable, two=len(shared.places) == 2)
        for place, score in usable.items():
            if place != reference and reference is not None:
                found += court.judge(metric, place, reference, (score, usable[reference]))
    return found


def _reference(usable: dict[int, Score], *, two: bool) -> int | None:
    """Of two the first, else the best; of several that are as good the first."""
    if len(usable) < 2 or two:
        return next(iter(usable), None)

    def worse(place: int) -> float:
        score = usable[place]
        value = 0.0 if score.value is None else score.value
        return -value if score.greater_is_better else value

    return min(usable, key=worse)


def corrected(circles: Sequence[tuple[Shared, Sequence[Difference]]]) -> list[Difference]:
    """The differences with Holm's p-values (Holm 1979, Scandinavian Journal of Statistics 6:65-70).

    Which model is the best is seen on the very rows that are tested, so that every pair of models counts as a test
    that was made, whether it is shown or not; those that are not shown are taken to have come out at 1.
    """
    made = 0
    for shared, found in circles:
        k = len(shared.places)
        made += k * (k - 1) // 2 * len({one.metric for one in found})
    every = sorted((one for _, found in circles for one in found), key=lambda one: one.p_value)
    result, reached = {}, 0.0
    for place, one in enumerate(every):
        reached = max(reached, min(1.0, (made - place) * one.p_value))
        result[id(one)] = reached
    return [replace(one, adjusted=result[id(one)]) for _, found in circles for one in found]


class _Court:
    """Tests pairs of one test set; what is needed of a model by itself is computed once."""

    def __init__(self, shared: Shared) -> None:
        self._task, self._confidence = shared.task, shared.confidence
        self._predictions = dict(zip(shared.places, _depending(shared.predictions), strict=True))
        first = self._predictions[shared.places[0]]
        self._n = len(first.y_true)
        self._few = ""
        self._alike = self._clusters(first)
        self._resamples = Resamples(self._n, self._alike, shared.seed)
        self._rankings: dict[tuple[str, int], Ranking | None] = {}
        self._drawn: dict[tuple[str, int], np.ndarray | None] = {}
        self._weighted: dict[int, Weighted] = {}

    def _clusters(self, first: Prediction) -> Clusters | None:
        try:
            return clusters(first, self._task.season)
        except NotApplicable as reason:
            self._few = str(reason)
            return None

    def judge(self, metric: str, model: int, reference: int, scores: tuple[Score, Score]) -> list[Difference]:
        """The test of a metric, one or none."""
        if self._few or self._n < 2:
            return []
        try:
            if metric in _MEASURES:
                return [self._by_rows(metric, model, reference)]
            if metric in _RANKINGS:
                return [self._by_ranking(metric, model, reference)]
            return [self._by_resampling(metric, model, reference, scores)]
        except NotApplicable:
            return []

    def _by_rows(self, metric: str, model: int, reference: int) -> Difference:
        mine, other = self._predictions[model], self._predictions[reference]
        if metric != "cost":  # Costs, where both have the same, would be tested in place of right rows.
            mine, other = replace(mine, costs=None), replace(other, costs=None)
        elif mine.costs is None or mine.costs != other.costs:
            raise NotApplicable("the costs of mistakes differ")
        found = paired.compare(mine, other, self._task, confidence=self._confidence)
        up = metric in ("accuracy", "subset_accuracy")
        value, low, high = (
            (found.difference, found.low, found.high) if up else (-found.difference, -found.high, -found.low)
        )
        return self._difference(
            metric, (model, reference), (value, low, high), found.p_value, found.resolvable, found.method, up=up
        )

    def _by_ranking(self, metric: str, model: int, reference: int) -> Difference:
        mine, other = (self._ranking(metric, place) for place in (model, reference))
        influence = mine.influence - other.influence
        truth = self._predictions[model].y_true
        if self._alike is None:
            error, degrees = float(np.linalg.norm(influence)), by_class(truth, influence)
        else:
            count, degrees = self._alike.count, of_clusters(truth, self._alike)
            error = float(np.linalg.norm(self._alike.sums(influence)) * np.sqrt(count / (count - 1)))
        return self._of_error(
            metric, (model, reference), mine.value - other.value, error, degrees, _RANKINGS[metric][1]
        )

    def _ranking(self, metric: str, place: int) -> Ranking:
        key = (metric, place)
        if key not in self._rankings:
            self._rankings[key] = _ranked(self._predictions[place], metric)
        found = self._rankings[key]
        if found is None:
            raise NotApplicable("there are no class probabilities")
        return found

    def _by_resampling(self, metric: str, model: int, reference: int, scores: tuple[Score, Score]) -> Difference:
        drawn = [self._values(metric, place, score) for place, score in zip((model, reference), scores, strict=True)]
        error = float((drawn[0] - drawn[1]).std(ddof=1))
        mine, other = scores
        assert mine.value is not None
        assert other.value is not None
        method = f"paired bootstrap, {len(drawn[0]):,} resamples"
        difference = self._of_error(
            metric, (model, reference), mine.value - other.value, error, self._degrees(metric, model, reference), method
        )
        return replace(difference, greater_is_better=mine.greater_is_better)

    def _values(self, metric: str, place: int, score: Score) -> np.ndarray:
        """The metric over the resamples (draws,); raises NotApplicable where it is not what the report printed."""
        key = (metric, place)
        if key not in self._drawn:
            self._drawn[key] = self._computed(metric, place, score)
        found = self._drawn[key]
        if found is None:
            raise NotApplicable("the metric cannot be resampled")
        return found

    def _computed(self, metric: str, place: int, score: Score) -> np.ndarray | None:
        prediction, statistic = self._predictions[place], STATISTICS[metric]
        if score.value is None or (prediction.y_score is None and metric in ("brier", "log_loss")):
            return None
        with np.errstate(all="ignore"):
            whole = float(statistic(Weighted(prediction, once(self._n)))[0])
            if not abs(whole - score.value) <= _CLOSE * max(1.0, abs(score.value)):
                return None
            values = statistic(self._weighted.setdefault(place, Weighted(prediction, self._resamples.weights)))
        return values if np.isfinite(values).all() else None

    def _degrees(self, metric: str, model: int, reference: int) -> float:
        """One less than the rows, or clusters, on which the two differ: of few the spread is hardly known."""
        mine, other = self._predictions[model], self._predictions[reference]
        differ = mine.y_pred != other.y_pred
        if mine.y_score is not None and other.y_score is not None and mine.y_score.shape == other.y_score.shape:
            differ = differ.reshape(self._n, -1).any(axis=1) | (mine.y_score != other.y_score).any(axis=1)
        differ = differ.reshape(self._n, -1).any(axis=1)
        weighed = by_weight(metric, mine, other, self._alike)
        if self._alike is None:
            return min(weighed, float(differ.sum()) - 1)
        return min(weighed, self._alike.degrees, float((self._alike.sums(differ.astype(float)) > 0).sum()) - 1)

    def _of_error(
        self, metric: str, pair: tuple[int, int], value: float, error: float, degrees: float, method: str
    ) -> Difference:
        """Student's t, or the normal distribution, of a difference and its standard error."""
        if degrees < 1 or error <= 0:
            half, p = (0.0 if value == 0 else np.inf), 1.0
        else:
            half = statistics.t_quantile(self._confidence, degrees) * error
            ratio = -abs(value) / error
            p = float(2 * (ndtr(ratio) if np.isinf(degrees) else stdtr(degrees, ratio)))
        told = method if self._alike is None else f"{method}, {self._alike.told}"
        return self._difference(metric, pair, (value, value - half, value + half), p, half, told, up=True)

    def _difference(
        self,
        metric: str,
        pair: tuple[int, int],
        bounds: tuple[float, float, float],
        p: float,
        resolvable: float,
        method: str,
        *,
        up: bool,
    ) -> Difference:
        return Difference(metric, *pair, *bounds, p, resolvable, method, up, self._confidence)


def _depending(predictions: Sequence[Prediction]) -> list[Prediction]:
    """The same, all with the groups or moments that any of them knows: the rows depend on each other for all."""
    known = next((one for one in predictions if one.group is not None or one.moment is not None), predictions[0])
    return [replace(one, group=known.group, moment=known.moment) for one in predictions]


def _ranked(prediction: Prediction, metric: str) -> Ranking | None:
    """The metric and what each row adds to it: of several classes or labels the mean."""
    if prediction.y_score is None or not np.isfinite(prediction.y_score).all():
        return None
    found = [_RANKINGS[metric][0](positive, score) for positive, score in one_by_one(prediction)]
    return Ranking(float(np.mean([one.value for one in found])), np.mean([one.influence for one in found], axis=0))
