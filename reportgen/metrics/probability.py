"""Metrics of class probabilities: how well they rank, and how far they can be believed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sklearn import metrics as sklearn_metrics

from reportgen.metrics import metric
from reportgen.metrics._actual import classes_before_actual, probability_of_actual, squared_distance
from reportgen.metrics._calibration import calibration_error, calibration_interval
from reportgen.metrics._intervals import averaged, macro, proportion, ranked, ranked_by_class
from reportgen.metrics._label_counts import unranked
from reportgen.results import Prediction
from reportgen.statistics import auc_ranking, average_precision_ranking, perfect_auc_bound, perfect_precision_bound
from reportgen.text import plural

SHARE = (0.0, 1.0)
SMALLEST = np.finfo(np.float64).eps  # as scikit-learn clips a probability before it takes the logarithm
TOP, TOP_MANY = 3, 5


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
    interval=ranked(auc_ranking, "DeLong", perfect_auc_bound),
    order=5,
    remark=_left_out,
)
def roc_auc(prediction: Prediction) -> float:
    """Chance that a row of the class scores above one that is not; sklearn.metrics.roc_auc_score."""
    return macro(auc_ranking)(prediction)


@metric(
    title={"binary": "PR AUC", "multiclass": "PR AUC, macro one-vs-rest"},
    needs="score",
    bounds=SHARE,
    interval=ranked_by_class(average_precision_ranking, "jackknife", perfect_precision_bound),
    order=15,
    remark=_left_out,
)
def pr_auc(prediction: Prediction) -> float:
    """Average precision over all thresholds; sklearn.metrics.average_precision_score."""
    return macro(average_precision_ranking)(prediction)


def _surprise(prediction: Prediction) -> np.ndarray:
    return np.asarray(-np.log(np.clip(probability_of_actual(prediction), SMALLEST, 1 - SMALLEST)))


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
    likely = probability_of_actual(prediction)
    return float(sklearn_metrics.log_loss(np.ones(len(likely), int), np.stack([1 - likely, likely], 1), labels=[0, 1]))


def _squared_distance(prediction: Prediction) -> np.ndarray:
    distance = squared_distance(prediction)
    return distance / 2 if len(prediction.labels) == 2 else distance


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
    return float(_squared_distance(prediction).mean())


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


def _among_top(most: int) -> Callable[[Prediction], tuple[float, float]]:
    def parts(prediction: Prediction) -> tuple[float, float]:
        before = classes_before_actual(prediction)
        return float(np.count_nonzero(before < most)), len(before)

    return parts


_among_three, _among_five = _among_top(TOP), _among_top(TOP_MANY)


@metric(
    title="Top-3 accuracy",
    tasks=("multiclass",),
    needs="score",
    bounds=SHARE,
    interval=proportion(_among_three),
    order=18,
    classes=(TOP + 2, 1_000_000),
)
def top_3_accuracy(prediction: Prediction) -> float:
    """Share of the rows whose class is among the three most probable; sklearn.metrics.top_k_accuracy_score."""
    hits, rows = _among_three(prediction)
    return hits / rows


@metric(
    title="Top-5 accuracy",
    tasks=("multiclass",),
    needs="score",
    bounds=SHARE,
    interval=proportion(_among_five),
    order=19,
    classes=(TOP_MANY + 1, 1_000_000),
)
def top_5_accuracy(prediction: Prediction) -> float:
    """Share of the rows whose class is among the five most probable; sklearn.metrics.top_k_accuracy_score."""
    hits, rows = _among_five(prediction)
    return hits / rows
