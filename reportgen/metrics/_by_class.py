"""Precision, recall and F1 of every class by itself, in one pass over the confusion matrix."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from sklearn.metrics import precision_recall_fscore_support

from reportgen.clusters import Clusters, effective_rows
from reportgen.errors import NotApplicable
from reportgen.metrics._counts import Counts, cluster_counts, weighted_pairs
from reportgen.metrics._sample import Sample
from reportgen.results import Score
from reportgen.statistics import wilson

TITLES = {"precision": "Precision", "recall": "Recall", "f1": "F1"}
_MISSING = {"precision": "never predicted, counted as 0"}


def score_classes(sample: Sample, model: str) -> list[Score]:
    """Three scores a class that occurs in y_true or y_pred, with Wilson's interval (of F1: through Jaccard's index)."""
    prediction = sample.prediction
    actual, predicted, weight = weighted_pairs(prediction)
    codes = np.union1d(actual, predicted)
    values = precision_recall_fscore_support(actual, predicted, labels=codes, zero_division=0, **weight)
    rows, same = weight["sample_weight"], actual == predicted
    size = len(prediction.labels)
    hits = np.bincount(actual[same], rows[same], size)[codes]
    there, taken = np.bincount(actual, rows, size)[codes], np.bincount(predicted, rows, size)[codes]
    trials = {"precision": taken, "recall": there, "f1": there + taken - hits}
    judged = judge(sample, lambda clusters: cluster_counts(prediction, clusters))
    return [
        class_score(
            judged, model, name, prediction.labels[code], float(values[place][i]), (hits[i], trials[name][i]), i
        )
        for i, code in enumerate(codes)
        for place, name in enumerate(TITLES)
    ]


@dataclass(frozen=True)
class Judged:
    """What the intervals of classes are judged by.

    `rows` tells of each score (k,) how many independent rows tell as much as its own, where rows depend on each other;
    `refusal` why there is no interval at all.
    """

    sample: Sample
    rows: Mapping[str, np.ndarray] | None = None
    refusal: str = ""

    def interval(self, name: str, hits: float, trials: float, place: int) -> tuple[float, float]:
        """Wilson's interval of precision or recall; of F1 through Jaccard's index."""
        if self.rows is not None:
            rows = float(self.rows[name][place])
            hits, trials = hits / trials * rows, rows
        low, high = wilson(hits, trials, self.sample.confidence)
        return (2 * low / (1 + low), 2 * high / (1 + high)) if name == "f1" else (low, high)


def judge(sample: Sample, counted: Callable[[Clusters], Counts]) -> Judged:
    """Look at the rows of a sample; `counted` gives the counts (count, k) of each cluster."""
    try:
        clusters = sample.clusters
    except NotApplicable as reason:
        return Judged(sample, refusal=f"no interval: {reason}")
    if clusters is None:
        return Judged(sample)
    counts = counted(clusters)
    trials = {
        "precision": counts.predicted,
        "recall": counts.actual,
        "f1": counts.actual + counts.predicted - counts.hits,
    }
    return Judged(
        sample, {name: effective_rows(counts.hits, tried, sample.confidence) for name, tried in trials.items()}
    )


def class_score(
    judged: Judged, model: str, name: str, label: str, value: float, share: tuple[float, float], place: int
) -> Score:
    """A score of the class at `place`; of a `share`, hits and trials: for F1 these are all rows there or predicted."""
    hits, trials = share
    score = Score(name, judged.sample.prediction.split, value, model=model, title=TITLES[name], label=label)
    if not trials:
        return replace(score, note=_MISSING.get(name, "not in this split, counted as 0"))
    if judged.refusal:
        return replace(score, note=judged.refusal)
    low, high = judged.interval(name, hits, trials, place)
    return replace(score, low=min(low, value), high=max(high, value), method=judged.sample.named("Wilson"))
