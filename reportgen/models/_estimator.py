"""A scikit-learn estimator fitted to a job, and what a report shows of it."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from reportgen.fitted import FitJob
from reportgen.models import _labels
from reportgen.models._job import Outputs, decide
from reportgen.text import one_line

_MOST_WARNINGS = 10
_STEPS_OF_A_SECOND, _MOST_PREDICTIONS = 1e8, 200_000.0


@contextlib.contextmanager
def collected_warnings(into: list[str]) -> Iterator[None]:
    """Put the distinct warnings of a block into a list, each on one line, instead of on the console."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    for warning in caught:
        line = f"{warning.category.__name__}: {one_line(warning.message, 300)}"
        if line not in into and len(into) < _MOST_WARNINGS:
            into.append(line)


def predict(estimator: Any, X: np.ndarray, job: FitJob) -> Outputs:
    """`y_score` (n, n_classes) and `y_pred` (n,).

    Scores are `predict_proba` with a column for every class of the task, those that the training rows lack at 0; None
    where the estimator gives no probabilities (a decision function is none). Two classes are told apart by the job's
    threshold where there are scores, else by the estimator. Of a forecast `y_pred` is (n, horizon), of a multilabel
    task (n, n_labels).
    """
    if job.task.is_numeric:
        return None, np.asarray(estimator.predict(X), np.float64).reshape(X.shape[0], *job.y["train"].shape[1:])
    several = job.task.name == "multilabel"
    score = (_labels.probabilities if several else _probabilities)(estimator, X, len(job.task.labels))
    if score is not None:
        return score, decide(score, job.task, job.threshold)
    return None, np.asarray(estimator.predict(X)).astype(np.int64)


def _probabilities(estimator: Any, X: np.ndarray, n_classes: int) -> np.ndarray | None:
    if not hasattr(estimator, "predict_proba"):
        return None
    found = np.asarray(estimator.predict_proba(X), np.float64)
    total = found.sum(axis=1, keepdims=True)
    if not (np.isfinite(total).all() and (total > 0).all() and (found >= 0).all()):
        return None
    score = np.zeros((X.shape[0], n_classes))
    score[:, estimator.classes_.astype(int)] = found / total
    return score


def affordable_predictions(estimator: Any, X: np.ndarray) -> float:
    """Rows that a second or so is enough to predict, estimated and not measured: the same on every machine."""
    return min(_MOST_PREDICTIONS, _STEPS_OF_A_SECOND / operations_of_a_row(estimator, *X.shape))


def operations_of_a_row(estimator: Any, n_rows: int, n_features: int) -> float:
    """Comparisons or products that a prediction takes, about, by what the estimator has learnt."""
    inner = estimator[-1] if hasattr(estimator, "steps") else estimator
    members = getattr(inner, "estimators_", None)
    if isinstance(members, np.ndarray):  # of gradient boosting, (stages, classes)
        return 10.0 * members.size
    if isinstance(members, list) and members:
        return len(members) * operations_of_a_row(members[0], n_rows, n_features)
    if hasattr(inner, "tree_"):
        return 10.0 * float(inner.tree_.max_depth + 1)
    if hasattr(inner, "support_vectors_"):
        return float(inner.support_vectors_.shape[0] * n_features)
    if any(hasattr(inner, name) for name in ("_fit_X", "X_train_")):  # neighbours, Gaussian processes
        return float(n_rows * n_features)
    return 300.0 + float(np.size(inner.coef_)) if hasattr(inner, "coef_") else 3000.0


def coefficients(estimator: Any, names: tuple[str, ...]) -> dict[str, tuple[float, ...]]:
    """Feature -> one coefficient, or one a class; empty where the estimator has none of this form."""
    found = _labels.coefficients(estimator)
    if found is not None and found.shape[-1] == len(names):
        return dict(zip(names, (tuple(map(float, column)) for column in found.T), strict=True))
    found = _array(getattr(estimator, "coef_", None))
    if found is None or found.ndim not in (1, 2) or found.shape[-1] != len(names):
        return {}
    rows = np.atleast_2d(found)
    n_classes = len(getattr(estimator, "classes_", ()))
    if len(rows) not in (1, n_classes):  # One row a pair of classes says nothing about a single class.
        return {}
    return {name: tuple(float(value) for value in rows[:, place]) for place, name in enumerate(names)}


def importances(estimator: Any, names: tuple[str, ...]) -> dict[str, float]:
    """Feature -> the estimator's own importance; empty where it has none."""
    found = _array(getattr(estimator, "feature_importances_", None))
    if found is None or found.shape != (len(names),):
        return {}
    return dict(zip(names, map(float, found), strict=True))


def parameter_count(estimator: Any) -> int | None:
    """Fitted numbers of a linear model or a scikit-learn network, None for others."""
    if hasattr(estimator, "coefs_"):
        return sum(int(part.size) for part in (*estimator.coefs_, *estimator.intercepts_))
    found = _array(getattr(estimator, "coef_", None))
    if found is None or found.dtype == object:
        return None
    return int(found.size + np.size(getattr(estimator, "intercept_", ())))


def _array(values: Any) -> np.ndarray | None:
    if values is None:
        return None
    return np.asarray(values.toarray() if hasattr(values, "toarray") else values)


def settings(estimator: Any) -> Mapping[str, str]:
    """Every parameter of the estimator as text."""
    shown = {
        name: value if isinstance(value, str) else repr(value)
        for name, value in estimator.get_params(deep=False).items()
    }
    return {name: one_line(value, 200) for name, value in shown.items()}
