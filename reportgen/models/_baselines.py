"""What a model has to beat: a guess that ignores the features, and a linear model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import sklearn
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LogisticRegression, Ridge

from reportgen.models import _estimator
from reportgen.models._job import Outputs, by_split, check
from reportgen.results import FitJob, FitResult, Fitted
from reportgen.text import plural

#: Rows x features x classes that the linear baseline takes; above, it learns from a random part of the rows.
_MOST_VALUES = 20_000_000


def fit_baseline(name: Literal["dummy", "linear"], job: FitJob) -> FitResult:
    """Fit a baseline on the training rows and predict every split.

    dummy: class shares as scores and the most frequent class as prediction, whatever the threshold; the mean for a
    regression. linear: LogisticRegression (L2, C = 1) or Ridge (alpha = 1) on the same prepared features; on large data
    it learns from a seeded random part of the training rows, which `warnings` states.

    Raises:
        DataError: there is nothing to learn from.
    """
    check(job)
    told: list[str] = []
    X, y = job.X["train"], job.y["train"]
    estimator: Any
    if name == "dummy":
        estimator = DummyClassifier(strategy="prior") if job.task.is_classification else DummyRegressor()
    else:
        estimator = LogisticRegression(max_iter=1000) if job.task.is_classification else Ridge(random_state=job.seed)
        rows = _affordable_rows(job, told)
        X, y = X[rows], y[rows]
    with _estimator.collected_warnings(told):
        estimator.fit(X.astype(np.float64), y)
        outputs = {split: _outputs(estimator, X, job) for split, X in job.X.items()}
    return _result(estimator, job, outputs, told)


def _affordable_rows(job: FitJob, told: list[str]) -> slice | np.ndarray:
    n_rows, n_features = job.X["train"].shape
    outputs = len(job.task.labels) if job.task.name == "multiclass" else 1
    most = max(1000, _MOST_VALUES // (n_features * outputs))
    if n_rows <= most:
        return slice(None)
    told.append(f"learnt from {most:,} of {plural(n_rows, 'training row')}, drawn at random")
    return np.sort(np.random.default_rng(job.seed).choice(n_rows, most, replace=False))


def _outputs(estimator: Any, X: np.ndarray, job: FitJob) -> Outputs:
    score, predicted = _estimator.predict(estimator, X, job)
    if isinstance(estimator, DummyClassifier):
        predicted = np.asarray(estimator.predict(X)).astype(np.int64)
    return score, predicted


def _result(estimator: Any, job: FitJob, outputs: Mapping[str, Outputs], told: list[str]) -> FitResult:
    fitted = Fitted(
        kind="sklearn",
        title=type(estimator).__name__,
        parameters=_estimator.parameter_count(estimator),
        settings=_estimator.settings(estimator),
        coefficients=_estimator.coefficients(estimator, job.feature_names),
        backend=f"scikit-learn {sklearn.__version__}",
        warnings=tuple(told),
    )
    return FitResult(fitted, *by_split(outputs))
