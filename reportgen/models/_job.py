"""What every model asks of its job before it starts, and how scores become decisions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from reportgen.dataset import Task
from reportgen.errors import DataError
from reportgen.fitted import FitJob
from reportgen.text import plural, quoted


def check(job: FitJob) -> None:
    """Refuse a job that no model can learn from.

    Raises:
        DataError: no training row or feature, parts that do not fit together, values that are not finite as 32-bit
            numbers, class codes outside the labels, or one class only.
    """
    if not len(job.X["train"]):
        raise DataError("there are no training rows", fix="keep more rows, or lower split.test", key="split")
    if not job.feature_names:
        raise DataError("there is no feature to learn from", fix="keep a column beside the target", key="data.columns")
    for split, X in job.X.items():
        _check_features(split, X, job.feature_names)
    for split, y in job.y.items():
        if len(y) != len(job.X[split]):
            raise DataError(f"the {split} split has {plural(len(job.X[split]), 'row')} but {len(y):,} targets")
        _check_target(y, job.task)
    _check_classes(job)


def _check_features(split: str, X: np.ndarray, names: tuple[str, ...]) -> None:
    if X.ndim != 2 or X.shape[1] != len(names):
        raise DataError(f"the {split} split has shape {X.shape}, but there are {plural(len(names), 'feature')}")
    if not len(X):
        return
    largest = np.finfo(np.float32).max
    with np.errstate(invalid="ignore"):  # A comparison with a missing value is false, which is wanted.
        fits = (X.min(axis=0) >= -largest) & (X.max(axis=0) <= largest)
    if not fits.all():
        name = names[int(np.flatnonzero(~fits)[0])]
        raise DataError(
            f"the feature {quoted(name)} has values in {split} rows that are not finite 32-bit numbers",
            fix="leave the column out, or mend its infinite and extreme values",
            key="data.columns",
        )


def _check_target(y: np.ndarray, task: Task) -> None:
    if task.name == "multilabel":
        if y.ndim != 2 or y.shape[1] != len(task.labels) or not np.isin(y, (0, 1)).all():
            raise DataError("the target does not have a 0 or a 1 for each label in each row", key="data.target")
    elif not task.is_classification:
        if not np.isfinite(y).all():
            raise DataError("the target has values that are not finite", fix="drop those rows", key="data.target")
    elif len(y) and (y.min() < 0 or y.max() >= len(task.labels)):
        raise DataError(
            f"the target has class codes outside its {plural(len(task.labels), 'label')}", key="data.target"
        )


def _check_classes(job: FitJob) -> None:
    if not job.task.is_classification:
        return
    present = np.unique(job.y["train"])
    if len(present) == 1:
        label = job.task.labels[int(present[0])]
        raise DataError(
            f"all training rows have the class {quoted(label)}, so there is nothing to tell apart",
            fix="use data with at least two classes",
            key="data.target",
        )


def decide(y_score: np.ndarray, task: Task, threshold: float) -> np.ndarray:
    """Class codes (n,) from scores (n, n_classes): the threshold for two classes, the largest score for more.

    Of a multilabel task zeros and ones (n, n_labels): the threshold for each label.
    """
    if task.name == "multilabel":
        return (y_score >= threshold).astype(np.int64)
    if task.name == "binary":
        return (y_score[:, 1] >= threshold).astype(np.int64)
    return np.asarray(y_score.argmax(axis=1), np.int64)


Outputs = tuple[np.ndarray | None, np.ndarray]


def by_split(outputs: Mapping[str, Outputs]) -> tuple[dict[str, np.ndarray | None], dict[str, np.ndarray]]:
    """`{split: (y_score, y_pred)}` as the two mappings of a `FitResult`."""
    return {name: score for name, (score, _) in outputs.items()}, {name: pred for name, (_, pred) in outputs.items()}
