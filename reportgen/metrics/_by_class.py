"""Precision, recall and F1 of every class by itself, in one pass over the confusion matrix."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import precision_recall_fscore_support

from reportgen.metrics._counts import weighted_pairs
from reportgen.metrics._sample import Sample
from reportgen.results import Score
from reportgen.statistics import wilson

TITLES = {"precision": "Precision", "recall": "Recall", "f1": "F1"}


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
    return [
        class_score(sample, model, name, prediction.labels[code], float(values[place][i]), hits[i], trials[name][i])
        for i, code in enumerate(codes)
        for place, name in enumerate(TITLES)
    ]


def class_score(sample: Sample, model: str, name: str, label: str, value: float, hits: float, trials: float) -> Score:
    """A score of one class: `hits` of `trials` are right; for F1 the trials are all rows there or predicted."""
    known = trials > 0
    low, high = wilson(hits, trials, sample.confidence)
    if name == "f1":
        low, high = 2 * low / (1 + low), 2 * high / (1 + high)
    missing = "never predicted, counted as 0" if name == "precision" else "not in this split, counted as 0"
    return Score(
        metric=name,
        split=sample.prediction.split,
        value=value,
        low=min(low, value) if known else None,
        high=max(high, value) if known else None,
        method="wilson" if known else "",
        model=model,
        title=TITLES[name],
        note="" if known else missing,
        label=label,
    )
