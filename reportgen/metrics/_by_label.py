"""Precision, recall, F1 and ROC AUC of every label by itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.metrics._by_class import TITLES, class_score, judge
from reportgen.metrics._intervals import ranked
from reportgen.metrics._label_counts import cluster_counts, label_counts
from reportgen.metrics._sample import Sample
from reportgen.results import Prediction, Score
from reportgen.statistics import auc_ranking, perfect_auc_bound


def score_labels(sample: Sample, model: str) -> list[Score]:
    """Four scores a label, three where the model gives no probabilities."""
    counts, scores = label_counts(sample.prediction), []
    hits, there, taken = counts.hits, counts.actual, counts.predicted
    parts = {"precision": (hits, taken), "recall": (hits, there), "f1": (hits, there + taken - hits)}
    judged = judge(sample, lambda clusters: cluster_counts(sample.prediction, clusters))
    for place, label in enumerate(sample.prediction.labels):
        for name in TITLES:
            found, trials = (float(part[place]) for part in parts[name])
            share = found / trials if trials else 0.0
            value = 2 * share / (1 + share) if name == "f1" else share
            scores.append(class_score(judged, model, name, label, value, (found, trials), place))
        if sample.prediction.y_score is not None:
            scores.append(_area(sample, model, place, label))
    return scores


def _area(sample: Sample, model: str, place: int, label: str) -> Score:
    score = Score("roc_auc", sample.prediction.split, None, model=model, title="ROC AUC", label=label)
    assert sample.prediction.y_score is not None
    actual, believed = sample.prediction.y_true[:, place], sample.prediction.y_score[:, place]
    if len(np.unique(actual)) < 2:
        return replace(score, note=f"{'every' if actual.all() else 'no'} row of this split has the label")
    alone = replace(sample, prediction=_one(sample.prediction, actual, believed))
    value = auc_ranking(actual == 1, believed).value
    score = replace(score, value=value)
    try:
        found = ranked(auc_ranking, "DeLong", perfect_auc_bound)(alone, value)
    except NotApplicable as reason:
        return replace(score, note=f"no interval: {reason}")
    return replace(score, low=found.low, high=found.high, method=found.method)


def _one(prediction: Prediction, actual: np.ndarray, believed: np.ndarray) -> Prediction:
    """A label as a binary task."""
    score = np.stack([1 - believed, believed], axis=1)
    return replace(prediction, y_true=actual, y_score=score, labels=("no", "yes"))
