"""Metrics of class probabilities: how well they rank, and how far they can be believed."""

from __future__ import annotations

import numpy as np
from sklearn import metrics as sklearn_metrics

from reportgen.metrics import metric
from reportgen.metrics._calibration import calibration_error, calibration_interval
from reportgen.metrics._intervals import averaged, one_against_rest, proportion, ranked
from reportgen.metrics._label_counts import unranked
from reportgen.results import Prediction
from reportgen.statistics import auc_ranking, average_precision_ranking, perfect_auc_bound, perfect_precision_bound
from reportgen.text import plural

SHARE = (0.0, 1.0)
SMALLEST = np.finfo(np.float64).eps  # as scikit-learn clips a probability before it takes the logarithm
TOP = 3
SORTED = (2, 100)  # one sort of all rows a class: with more classes only when asked for


def _score(prediction: Prediction) -> np.ndarray:
    """The probabilities (n, k) in double precision, rows summing to 1 to the last digit."""
    assert prediction.y_score is not None  # `needs="score"` has seen to it
    score = np.asarray(prediction.y_score, dtype=np.float64)
    total = score.sum(1, keepdims=True)
    normal: np.ndarray = np.divide(score, total, out=np.full_like(score, 1 / score.shape[1]), where=total > 0)
    return normal


def _left_out(prediction: Prediction) -> str:
    if prediction.y_true.ndim == 2:
        return unranked(prediction)
    absent = len(prediction.labels) - len(np.unique(prediction.y_true))
    if len(prediction.labels) == 2 or not absent:
        return ""
    return f"averaged without {plural(absent, 'class', 'classes')} that no row of this split has"


@metric(
    title={
        "binary": "ROC AUC",
        "multiclass": "ROC AUC, macro one-vs-rest",
        "multilabel": "ROC AUC, macro over the labels",
    },
    needs="score",
    bounds=SHARE,
    interval=ranked(auc_ranking, "delong", perfect_auc_bound),
    order=5,
    classes=SORTED,
    remark=_left_out,
)
def roc_auc(prediction: Prediction) -> float:
    """Chance that a row of the class scores above one that is not; sklearn.metrics.roc_auc_score."""
    positive, score = one_against_rest(prediction)
    return float(sklearn_metrics.roc_auc_score(positive, score, average="macro"))


@metric(
    title={"binary": "PR AUC", "multiclass": "PR AUC, macro one-vs-rest"},
    needs="score",
    bounds=SHARE,
    interval=ranked(average_precision_ranking, "jackknife", perfect_precision_bound),
    order=15,
    classes=SORTED,
    remark=_left_out,
)
def pr_auc(prediction: Prediction) -> float:
    """Average precision over all thresholds; sklearn.metrics.average_precision_score."""
    positive, score = one_against_rest(prediction)
    return float(sklearn_metrics.average_precision_score(positive, score, average="macro"))


def _surprise(prediction: Prediction) -> np.ndarray:
    score = _score(prediction)[np.arange(len(prediction.y_true)), prediction.y_true]
    return np.asarray(-np.log(np.clip(score, SMALLEST, 1 - SMALLEST)))


@metric(
    title="Log loss",
    needs="score",
    greater_is_better=False,
    bounds=(0.0, None),
    interval=averaged(_surprise),
    order=16,
)
def log_loss(prediction: Prediction) -> float:
    """Mean of -log(probability of the actual class), in nats; sklearn.metrics.log_loss."""
    return float(
        sklearn_metrics.log_loss(prediction.y_true, _score(prediction), labels=np.arange(len(prediction.labels)))
    )


def _squared_distance(prediction: Prediction) -> np.ndarray:
    score = _score(prediction)
    if len(prediction.labels) == 2:
        return np.asarray((score[:, 1] - prediction.y_true) ** 2)
    return np.asarray(((score - (prediction.y_true[:, None] == np.arange(score.shape[1]))) ** 2).sum(1))


@metric(
    title="Brier score",
    needs="score",
    greater_is_better=False,
    bounds=(0.0, 2.0),
    interval=averaged(_squared_distance),
    order=6,
)
def brier(prediction: Prediction) -> float:
    """Mean squared distance of the probabilities to what happened; sklearn.metrics.brier_score_loss.

    Of the positive class in a binary task (0 to 1), summed over the classes in any other (0 to 2).
    """
    score = _score(prediction)
    if len(prediction.labels) == 2:
        return float(sklearn_metrics.brier_score_loss(prediction.y_true, score[:, 1], pos_label=1))
    return float(sklearn_metrics.brier_score_loss(prediction.y_true, score, labels=np.arange(score.shape[1])))


@metric(
    title="Calibration error",
    needs="score",
    greater_is_better=False,
    bounds=SHARE,
    interval=calibration_interval,
    order=17,
)
def ece(prediction: Prediction) -> float:
    """Mean gap between probability and frequency over ten equal bins (Naeini et al. 2015)."""
    return calibration_error(prediction)


def _among_top(prediction: Prediction) -> tuple[float, float]:
    score = _score(prediction)
    best = np.argsort(score, axis=1, kind="stable")[:, ::-1][:, :TOP]
    return float((best == prediction.y_true[:, None]).any(1).sum()), len(score)


@metric(
    title="Top-3 accuracy",
    tasks=("multiclass",),
    needs="score",
    bounds=SHARE,
    interval=proportion(_among_top),
    order=18,
    classes=(TOP + 2, 1_000_000),
)
def top_3_accuracy(prediction: Prediction) -> float:
    """Share of the rows whose class is among the three most probable; sklearn.metrics.top_k_accuracy_score."""
    labels = np.arange(len(prediction.labels))
    return float(sklearn_metrics.top_k_accuracy_score(prediction.y_true, _score(prediction), k=TOP, labels=labels))
