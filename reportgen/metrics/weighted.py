"""Averages over the classes, or over several labels, each weighted by its rows."""

from __future__ import annotations

import numpy as np
from sklearn import metrics as sklearn_metrics

from reportgen.errors import NotApplicable
from reportgen.metrics import metric
from reportgen.metrics._counts import Counts, share, weighted_pairs
from reportgen.metrics._intervals import averaged, counted, labelled, proportion
from reportgen.metrics._sample import Estimate, Sample
from reportgen.results import Prediction

SHARE = (0.0, 1.0)
MULTICLASS = ("multiclass",)


def _by_rows(values: np.ndarray, counts: Counts) -> np.ndarray:
    """The mean of `values` (draws, k) over the classes, weighted by the rows of each in the same draw."""
    return share((values * counts.actual).sum(axis=-1), counts.actual.sum(axis=-1))


def _precision_terms(prediction: Prediction) -> np.ndarray:
    """What each row brings to the mean, (n,): its class's precision, and how its prediction changes that of another.

    The linear part of sum_c (a_c / n) (h_c / p_c) with a_c actual, p_c predicted rows and h_c hits (delta method); the
    terms average to the metric itself.
    """
    actual, predicted, size = prediction.y_true, prediction.y_pred, len(prediction.labels)
    right = (actual == predicted).astype(float)
    there, taken = (np.bincount(codes, minlength=size).astype(float) for codes in (actual, predicted))
    precision = share(np.bincount(predicted, right, size), taken)
    return np.asarray(precision[actual] + share(there, taken)[predicted] * (right - precision[predicted]))


def _right(prediction: Prediction) -> tuple[float, float]:
    return float((prediction.y_true == prediction.y_pred).sum()), len(prediction.y_true)


def _of_precision(sample: Sample, value: float) -> Estimate:
    """Of terms without spread, as where every row is right, that of the accuracy, which the metric then is."""
    terms = _precision_terms(sample.prediction)
    return (averaged(_precision_terms) if np.ptp(terms) > 0 else proportion(_right))(sample, value)


@metric(title="Precision, weighted average", tasks=MULTICLASS, bounds=SHARE, interval=_of_precision, order=20)
def precision_weighted(prediction: Prediction) -> float:
    """Mean precision of the classes, weighted by their rows; sklearn.metrics.precision_score(average="weighted")."""
    actual, predicted, weight = weighted_pairs(prediction)
    return float(sklearn_metrics.precision_score(actual, predicted, average="weighted", zero_division=0, **weight))


def _is_accuracy(_prediction: Prediction) -> str:
    return "weighted by the rows it is the accuracy"


@metric(
    title="Recall, weighted average",
    tasks=MULTICLASS,
    bounds=SHARE,
    interval=proportion(_right),
    order=21,
    classes=(0, 0),
    remark=_is_accuracy,
)
def recall_weighted(prediction: Prediction) -> float:
    """Mean recall of the classes, weighted by their rows; sklearn.metrics.recall_score(average="weighted").

    It is the accuracy, and shown where it is asked for.
    """
    actual, predicted, weight = weighted_pairs(prediction)
    return float(sklearn_metrics.recall_score(actual, predicted, average="weighted", zero_division=0, **weight))


def _f1(counts: Counts) -> np.ndarray:
    return _by_rows(share(2 * counts.hits, counts.actual + counts.predicted), counts)


_f1_of_accuracy, _f1_of_classes, _f1_of_labels = proportion(_right), counted(_f1), labelled(_f1)


def _f1_interval(sample: Sample, value: float) -> Estimate:
    """Of a single class, always right or always wrong, that of the accuracy: its draws are all the same."""
    if sample.prediction.y_true.ndim == 2:
        return _f1_of_labels(sample, value)
    one = np.ptp(sample.prediction.y_true) == 0 and np.ptp(sample.prediction.y_pred) == 0
    return (_f1_of_accuracy if one else _f1_of_classes)(sample, value)


@metric(title="F1, weighted average", tasks=("multiclass", "multilabel"), bounds=SHARE, interval=_f1_interval, order=11)
def f1_weighted(prediction: Prediction) -> float:
    """Mean F1 of the classes or labels, weighted by their rows; sklearn.metrics.f1_score(average="weighted")."""
    if prediction.y_true.ndim == 2:
        if not prediction.y_true.any():
            raise NotApplicable("no row of this split has a label")
        return float(
            sklearn_metrics.f1_score(prediction.y_true, prediction.y_pred, average="weighted", zero_division=0)
        )
    actual, predicted, weight = weighted_pairs(prediction)
    return float(sklearn_metrics.f1_score(actual, predicted, average="weighted", zero_division=0, **weight))
