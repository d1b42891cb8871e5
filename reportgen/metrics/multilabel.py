"""Metrics of several labels a row: of whole rows, over all labels together, and averaged over the labels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sklearn import metrics as sklearn_metrics

from reportgen.errors import NotApplicable
from reportgen.metrics import LABELS, metric
from reportgen.metrics._counts import Counts, share
from reportgen.metrics._intervals import averaged, labelled, macro, proportion, ranked_by_class
from reportgen.metrics._label_counts import unranked
from reportgen.results import Prediction
from reportgen.statistics import average_precision_ranking, perfect_precision_bound
from reportgen.text import listing, plural, quoted

SHARE = (0.0, 1.0)


def _right(prediction: Prediction) -> tuple[float, float]:
    return float((prediction.y_true == prediction.y_pred).all(axis=1).sum()), len(prediction.y_true)


@metric(title="Subset accuracy", tasks=LABELS, bounds=SHARE, interval=proportion(_right), order=1)
def subset_accuracy(prediction: Prediction) -> float:
    """Share of the rows whose labels are all right; sklearn.metrics.accuracy_score."""
    return float(sklearn_metrics.accuracy_score(prediction.y_true, prediction.y_pred))


def _wrong(prediction: Prediction) -> np.ndarray:
    return np.asarray((prediction.y_true != prediction.y_pred).mean(axis=1))


@metric(title="Hamming loss", tasks=LABELS, greater_is_better=False, bounds=SHARE, interval=averaged(_wrong), order=6)
def hamming_loss(prediction: Prediction) -> float:
    """Share of all yes and no that are wrong; sklearn.metrics.hamming_loss."""
    return float(sklearn_metrics.hamming_loss(prediction.y_true, prediction.y_pred))


def _overlap(prediction: Prediction) -> np.ndarray:
    actual, predicted = prediction.y_true == 1, prediction.y_pred == 1
    both, either = (actual & predicted).sum(axis=1), (actual | predicted).sum(axis=1)
    return np.where(either > 0, both / np.maximum(either, 1), 1.0)


def _empty_rows(prediction: Prediction) -> str:
    empty = int((~(prediction.y_true | prediction.y_pred).any(axis=1)).sum())
    if not empty:
        return ""
    return f"{plural(empty, 'row')} without any label, for which none was predicted, counted as 1"


@metric(
    title="Jaccard, mean over rows",
    tasks=LABELS,
    bounds=SHARE,
    interval=averaged(_overlap),
    order=5,
    remark=_empty_rows,
)
def jaccard(prediction: Prediction) -> float:
    """Labels that are there and predicted, of those that are either; sklearn.metrics.jaccard_score(average="samples").

    The mean over the rows; 1 for a row that has no label and is given none (zero_division=1).
    """
    return float(
        sklearn_metrics.jaccard_score(prediction.y_true, prediction.y_pred, average="samples", zero_division=1)
    )


def _occurring(prediction: Prediction) -> list[int]:
    """Positions of the labels that a row of the split has, or is given.

    Raises:
        NotApplicable: there is none.
    """
    found = np.flatnonzero((prediction.y_true | prediction.y_pred).any(axis=0)).tolist()
    if not found:
        raise NotApplicable("no row of this split has a label or is given one")
    return found


def _left_out(prediction: Prediction) -> str:
    absent = np.delete(prediction.labels, _occurring(prediction))
    return (
        f"averaged without {listing(map(quoted, absent), most=3)}, which no row has or is given" if len(absent) else ""
    )


def _never(prediction: Prediction, what: str, flags: np.ndarray) -> str:
    names = [quoted(prediction.labels[place]) for place in _occurring(prediction) if not flags[:, place].any()]
    return f"{listing(names, most=3)} {what}, counted as 0" if names else ""


def _f1_remark(prediction: Prediction) -> str:
    told = (_never(prediction, "never predicted", prediction.y_pred), _left_out(prediction))
    return "; ".join(filter(None, told))


def _macro(statistic: Callable[[Counts], np.ndarray]) -> Callable[[Counts], np.ndarray]:
    """The mean over the labels that are there or predicted, of counts (draws, n_labels)."""

    def over_labels(counts: Counts) -> np.ndarray:
        occurring = counts.seen | (counts.predicted.max(axis=0) > 0)
        return np.asarray(statistic(counts)[:, occurring].mean(axis=1))

    return over_labels


def _f1(counts: Counts) -> np.ndarray:
    return share(2 * counts.hits, counts.actual + counts.predicted)


def _jaccard(counts: Counts) -> np.ndarray:
    return share(counts.hits, counts.actual + counts.predicted - counts.hits)


def _pooled(counts: Counts) -> Counts:
    """All labels as if they were one, (draws,)."""
    return Counts(counts.hits.sum(axis=1), counts.actual.sum(axis=1), counts.predicted.sum(axis=1), counts.seen)


def _micro_f1(counts: Counts) -> np.ndarray:
    return _f1(_pooled(counts))


def _micro_precision(counts: Counts) -> np.ndarray:
    pooled = _pooled(counts)
    return share(pooled.hits, pooled.predicted)


def _micro_recall(counts: Counts) -> np.ndarray:
    pooled = _pooled(counts)
    return share(pooled.hits, pooled.actual)


def _averaged_f1(prediction: Prediction, average: str) -> float:
    places = _occurring(prediction)
    return float(
        sklearn_metrics.f1_score(prediction.y_true, prediction.y_pred, labels=places, average=average, zero_division=0)
    )


@metric(title="F1, micro average", tasks=LABELS, bounds=SHARE, interval=labelled(_micro_f1), order=2)
def f1_micro(prediction: Prediction) -> float:
    """Harmonic mean of micro precision and recall; sklearn.metrics.f1_score(average="micro")."""
    return _averaged_f1(prediction, "micro")


@metric(
    title="F1, macro average", tasks=LABELS, bounds=SHARE, interval=labelled(_macro(_f1)), order=3, remark=_f1_remark
)
def f1_macro(prediction: Prediction) -> float:
    """Mean of the F1 of each label that occurs; sklearn.metrics.f1_score(average="macro")."""
    return _averaged_f1(prediction, "macro")


@metric(title="Precision, micro average", tasks=LABELS, bounds=SHARE, interval=labelled(_micro_precision), order=12)
def precision_micro(prediction: Prediction) -> float:
    """Of all labels that are given, the share that is right; sklearn.metrics.precision_score(average="micro")."""
    if not prediction.y_pred.any():
        raise NotApplicable("no label is ever predicted")
    return float(sklearn_metrics.precision_score(prediction.y_true, prediction.y_pred, average="micro"))


@metric(title="Recall, micro average", tasks=LABELS, bounds=SHARE, interval=labelled(_micro_recall), order=13)
def recall_micro(prediction: Prediction) -> float:
    """Of all labels that are there, the share that is found; sklearn.metrics.recall_score(average="micro")."""
    if not prediction.y_true.any():
        raise NotApplicable("no row of this split has a label")
    return float(sklearn_metrics.recall_score(prediction.y_true, prediction.y_pred, average="micro"))


@metric(
    title="Jaccard, macro average",
    tasks=LABELS,
    bounds=SHARE,
    interval=labelled(_macro(_jaccard)),
    order=14,
    remark=_left_out,
)
def jaccard_macro(prediction: Prediction) -> float:
    """Mean of the Jaccard index of each label that occurs; sklearn.metrics.jaccard_score(average="macro")."""
    places = _occurring(prediction)
    return float(
        sklearn_metrics.jaccard_score(
            prediction.y_true, prediction.y_pred, labels=places, average="macro", zero_division=0
        )
    )


@metric(
    title="Mean average precision",
    tasks=LABELS,
    needs="score",
    bounds=SHARE,
    interval=ranked_by_class(average_precision_ranking, "jackknife", perfect_precision_bound),
    order=4,
    remark=unranked,
)
def mean_average_precision(prediction: Prediction) -> float:
    """Mean over the labels of the average precision; sklearn.metrics.average_precision_score(average="macro")."""
    return macro(average_precision_ranking)(prediction)


def _ranking_precision(prediction: Prediction) -> np.ndarray:
    """Of each row the mean, over its labels, of the share of right ones among labels that score as high or higher."""
    assert prediction.y_score is not None
    actual, score = prediction.y_true == 1, np.asarray(prediction.y_score, dtype=np.float64)
    order = np.argsort(-score, axis=1, kind="stable")
    there, ordered = np.take_along_axis(actual, order, 1), np.take_along_axis(score, order, 1)
    # Equal scores share the last of their places.
    last = np.ones(there.shape, bool)
    last[:, :-1] = ordered[:, :-1] != ordered[:, 1:]
    places = np.where(last, np.arange(there.shape[1]), there.shape[1])
    places = np.minimum.accumulate(places[:, ::-1], axis=1)[:, ::-1]
    precision = np.take_along_axis(np.cumsum(there, axis=1), places, 1) / (places + 1)
    members = there.sum(axis=1)
    mean = (precision * there).sum(axis=1) / np.maximum(members, 1)
    return np.where((members == 0) | (members == there.shape[1]), 1.0, mean)


@metric(
    title="Label ranking precision",
    tasks=LABELS,
    needs="score",
    bounds=SHARE,
    interval=averaged(_ranking_precision),
    order=15,
)
def label_ranking(prediction: Prediction) -> float:
    """How high a row's own labels rank among all; sklearn.metrics.label_ranking_average_precision_score.

    1 where each of its labels scores above all others; a row that has no label, or all of them, counts as 1. The
    same value without scikit-learn's loop over rows, which takes seconds for 100,000 of them.
    """
    return float(_ranking_precision(prediction).mean())
