"""Metrics of predicted classes: made from the confusion matrix alone."""

from __future__ import annotations

import numpy as np
from sklearn import metrics as sklearn_metrics

from reportgen.errors import NotApplicable
from reportgen.metrics import metric
from reportgen.metrics._counts import Counts, counted_once, share, weighted_pairs
from reportgen.metrics._intervals import counted, proportion
from reportgen.metrics._macro import averaged_classes, averaged_f1
from reportgen.metrics._sample import Estimate, Sample, Strategy
from reportgen.results import Prediction
from reportgen.text import listing, quoted

CORRELATION = (-1.0, 1.0)
SHARE = (0.0, 1.0)


def _right(prediction: Prediction) -> tuple[float, float]:
    return float((prediction.y_true == prediction.y_pred).sum()), len(prediction.y_true)


@metric(title="Accuracy", bounds=SHARE, interval=proportion(_right), order=1)
def accuracy(prediction: Prediction) -> float:
    """Share of the rows whose class is right; sklearn.metrics.accuracy_score."""
    actual, predicted, weight = weighted_pairs(prediction)
    return float(sklearn_metrics.accuracy_score(actual, predicted, **weight))


def _averaging(prediction: Prediction) -> dict[str, object]:
    """scikit-learn's arguments: the positive class (code 1) of a binary task, the macro average of any other."""
    return {"average": "binary" if len(prediction.labels) == 2 else "macro", "zero_division": 0}


def _by_task(binary: Strategy, multiclass: Strategy) -> Strategy:
    def strategy(sample: Sample, value: float) -> Estimate:
        return (binary if len(sample.prediction.labels) == 2 else multiclass)(sample, value)

    return strategy


def _never(prediction: Prediction, codes: np.ndarray, what: str) -> str:
    """Says which classes make a ratio 0 by convention, because nothing was there to divide by."""
    wanted = np.arange(len(prediction.labels)) if len(prediction.labels) > 2 else np.array([1])
    missing = [quoted(prediction.labels[code]) for code in np.setdiff1d(wanted, codes)]
    return f"{listing(missing, most=3)} {what}" if missing else ""


def _unpredicted(prediction: Prediction) -> str:
    return _never(prediction, np.unique(prediction.y_pred), "never predicted, counted as 0")


def _absent(prediction: Prediction) -> str:
    if len(prediction.labels) > 2:
        return _never(prediction, np.unique(prediction.y_true), "not in this split")
    return _never(prediction, np.unique(prediction.y_true), "not in this split, counted as 0")


def _hits_of_predicted(prediction: Prediction) -> tuple[float, float]:
    taken = prediction.y_pred == 1
    return float((prediction.y_true[taken] == 1).sum()), float(taken.sum())


def _precisions(counts: Counts) -> tuple[np.ndarray, np.ndarray]:
    return counts.hits, counts.predicted


@metric(
    title={"binary": "Precision", "multiclass": "Precision, macro average"},
    bounds=SHARE,
    interval=_by_task(proportion(_hits_of_predicted), averaged_classes(_precisions)),
    order=2,
    remark=_unpredicted,
)
def precision(prediction: Prediction) -> float:
    """Of the rows predicted to be of a class, the share that is; sklearn.metrics.precision_score."""
    actual, predicted, weight = weighted_pairs(prediction)
    return float(sklearn_metrics.precision_score(actual, predicted, **_averaging(prediction), **weight))


def _hits_of_actual(prediction: Prediction) -> tuple[float, float]:
    there = prediction.y_true == 1
    return float((prediction.y_pred[there] == 1).sum()), float(there.sum())


def _recalls(counts: Counts) -> tuple[np.ndarray, np.ndarray]:
    return counts.hits, counts.actual


@metric(
    title={"binary": "Recall", "multiclass": "Recall, macro average"},
    bounds=SHARE,
    interval=_by_task(proportion(_hits_of_actual), averaged_classes(_recalls)),
    order=3,
    remark=_absent,
)
def recall(prediction: Prediction) -> float:
    """Of the rows of a class, the share that is found; sklearn.metrics.recall_score."""
    actual, predicted, weight = weighted_pairs(prediction)
    return float(sklearn_metrics.recall_score(actual, predicted, **_averaging(prediction), **weight))


def _hits_of_either(prediction: Prediction) -> tuple[float, float]:
    """Jaccard's index is a share of the rows that are or are called positive, and F1 = 2 J / (1 + J)."""
    there, taken = prediction.y_true == 1, prediction.y_pred == 1
    return float((there & taken).sum()), float((there | taken).sum())


@metric(
    title={"binary": "F1", "multiclass": "F1, macro average"},
    bounds=SHARE,
    interval=_by_task(proportion(_hits_of_either, shown=lambda share: 2 * share / (1 + share)), averaged_f1),
    order=4,
    remark=_unpredicted,
)
def f1(prediction: Prediction) -> float:
    """Harmonic mean of precision and recall; sklearn.metrics.f1_score."""
    actual, predicted, weight = weighted_pairs(prediction)
    return float(sklearn_metrics.f1_score(actual, predicted, **_averaging(prediction), **weight))


def _rejected(prediction: Prediction) -> tuple[float, float]:
    there = prediction.y_true == 0
    return float((prediction.y_pred[there] == 0).sum()), float(there.sum())


def _specificities(counts: Counts) -> tuple[np.ndarray, np.ndarray]:
    """Of each class that occurs the rows of others, and how many of them are not taken for it."""
    others = counts.actual.sum(axis=-1, keepdims=True) - counts.actual
    rejected = others - (counts.predicted - counts.hits)
    return rejected[..., counts.seen], others[..., counts.seen]


@metric(
    title={"binary": "Specificity", "multiclass": "Specificity, macro average"},
    bounds=SHARE,
    interval=_by_task(proportion(_rejected), averaged_classes(_specificities)),
    order=12,
)
def specificity(prediction: Prediction) -> float:
    """Of the rows not of a class, the share not taken for it; sklearn.metrics.recall_score with pos_label=0.

    Of the positive class in a binary task, else the mean over the classes that occur.
    """
    if len(prediction.labels) == 2:
        if not (prediction.y_true == 0).any():
            raise NotApplicable(f"{quoted(prediction.labels[0])} is not in this split")
        actual, predicted, weight = weighted_pairs(prediction)
        return float(sklearn_metrics.recall_score(actual, predicted, pos_label=0, zero_division=0, **weight))
    _need_two_classes(prediction)
    return float(np.mean(share(*_specificities(counted_once(prediction)))))


def _recalls_of_seen(counts: Counts) -> tuple[np.ndarray, np.ndarray]:
    return counts.hits[..., counts.seen], counts.actual[..., counts.seen]


def _need_two_classes(prediction: Prediction) -> None:
    if len(np.unique(prediction.y_true)) < 2:
        raise NotApplicable("only one class occurs in this split")


@metric(title="Balanced accuracy", bounds=SHARE, interval=averaged_classes(_recalls_of_seen), order=11, remark=_absent)
def balanced_accuracy(prediction: Prediction) -> float:
    """Mean recall of the classes that occur; sklearn.metrics.balanced_accuracy_score."""
    _need_two_classes(prediction)
    actual, predicted, weight = weighted_pairs(prediction)
    return float(sklearn_metrics.balanced_accuracy_score(actual, predicted, **weight))


def _correlation(counts: Counts) -> np.ndarray:
    """Gorodkin 2004, from the margins: cov(true, predicted) / sqrt(cov(true, true) cov(predicted, predicted))."""
    n = counts.actual.sum(-1)
    shared = counts.hits.sum(-1) * n - (counts.actual * counts.predicted).sum(-1)
    spread = (n**2 - (counts.actual**2).sum(-1)) * (n**2 - (counts.predicted**2).sum(-1))
    return share(shared, np.sqrt(np.maximum(spread, 0)))


@metric(title="Matthews correlation", bounds=CORRELATION, interval=counted(_correlation), order=13)
def mcc(prediction: Prediction) -> float:
    """Correlation of actual and predicted class, 0 for guessing; sklearn.metrics.matthews_corrcoef."""
    _need_two_classes(prediction)
    actual, predicted, weight = weighted_pairs(prediction)
    return float(sklearn_metrics.matthews_corrcoef(actual, predicted, **weight))


def _agreement(counts: Counts) -> np.ndarray:
    n = counts.actual.sum(-1)
    by_chance = (counts.actual * counts.predicted).sum(-1) / n**2
    return share(counts.hits.sum(-1) / n - by_chance, 1 - by_chance)


@metric(title="Cohen's kappa", bounds=CORRELATION, interval=counted(_agreement), order=14)
def cohen_kappa(prediction: Prediction) -> float:
    """Agreement beyond chance, 0 for guessing; sklearn.metrics.cohen_kappa_score."""
    _need_two_classes(prediction)
    actual, predicted, weight = weighted_pairs(prediction)
    return float(sklearn_metrics.cohen_kappa_score(actual, predicted, **weight))
