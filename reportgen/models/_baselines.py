"""What a model has to beat: a guess that ignores the features, a linear model, and boosted trees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import scipy.sparse as sp
import sklearn
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputRegressor
from threadpoolctl import threadpool_limits

from reportgen.errors import NotApplicable
from reportgen.fitted import FitJob, FitResult, Fitted
from reportgen.models import _estimator
from reportgen.models._job import Outputs, by_split, check
from reportgen.text import plural

#: Rows x features x classes that the linear baseline takes; above, it learns from a random part of the rows.
_MOST_VALUES = 20_000_000
#: The same of boosted trees, and how many outputs, each with trees of its own, and features they are fitted for.
_MOST_BOOSTED, _MOST_OUTPUTS, _MOST_FEATURES = 2_000_000, 20, 1_000


def fit_baseline(name: Literal["dummy", "linear", "boosted"], job: FitJob) -> FitResult:
    """Fit a baseline on the training rows and predict every split.

    dummy: class shares as scores and the most frequent class as prediction, of each label where there are several,
    whatever the threshold; the mean for a regression; the value of the season before for a forecast. linear:
    LogisticRegression (L2, C = 1), one a label, or Ridge (alpha = 1) on the same prepared features, or on how often
    each word stands in a text. boosted: HistGradientBoosting with its default parameters on the same prepared features,
    one for each label or step ahead. On large data these learn from a seeded random part of the training rows, which
    `warnings` states.

    Raises:
        NotApplicable: boosted trees do not read such features, or would take too long.
        DataError: there is nothing to learn from.
    """
    check(job)
    if name == "dummy" and job.task.name == "forecast":
        return _naive(job)
    told: list[str] = []
    X, y = job.X["train"], job.y["train"]
    estimator: Any
    if name == "dummy":
        estimator = DummyRegressor() if job.task.is_numeric else DummyClassifier(strategy="prior")
    else:
        estimator = _linear(job) if name == "linear" else _boosted(job)
        rows = _affordable_rows(job, told, _MOST_VALUES if name == "linear" else _MOST_BOOSTED)
        X, y = X[rows], y[rows]
    # One thread: while a network trains on the same cores, threads that wait for each other take many times as long.
    with threadpool_limits(1, "openmp"), _estimator.collected_warnings(told):
        estimator.fit(_readable(X, job).astype(np.float64), y)
        outputs = {split: _outputs(estimator, _readable(X, job), job) for split, X in job.X.items()}
    return _result(estimator, job, outputs, told)


def _linear(job: FitJob) -> Any:
    if job.task.is_numeric:
        return Ridge(random_state=job.seed)
    logistic = LogisticRegression(max_iter=1000)
    # One for each label; of a label that its rows all have, or none, a constant.
    return OneVsRestClassifier(logistic) if job.task.name == "multilabel" else logistic


def _boosted(job: FitJob) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    if job.vocabulary is not None:
        raise NotApplicable("boosted trees do not read counts of words")
    if len(job.feature_names) > _MOST_FEATURES:
        raise NotApplicable(f"boosted trees on {plural(len(job.feature_names), 'feature')} take too long")
    outputs = _outputs_of(job)
    if outputs > _MOST_OUTPUTS:
        raise NotApplicable(f"boosted trees for {outputs:,} outputs take too long")
    if job.task.is_numeric:
        regressor = HistGradientBoostingRegressor(random_state=job.seed)
        return MultiOutputRegressor(regressor) if job.y["train"].ndim == 2 else regressor
    classifier = HistGradientBoostingClassifier(random_state=job.seed)
    return OneVsRestClassifier(classifier) if job.task.name == "multilabel" else classifier


def _outputs_of(job: FitJob) -> int:
    """How many numbers a model learns to tell: classes, labels, or steps ahead."""
    if job.task.name in ("multiclass", "multilabel"):
        return len(job.task.labels)
    return job.y["train"].shape[1] if job.y["train"].ndim == 2 else 1


def _naive(job: FitJob) -> FitResult:
    season = job.task.season
    title = f"seasonal naive, {plural(season, 'step')} back" if season > 1 else "naive: the last value"
    fitted = Fitted(kind="naive", title=title, parameters=0, settings={"season": season})
    return FitResult(fitted, *by_split({split: (None, values) for split, values in job.naive.items()}))


def _readable(X: np.ndarray, job: FitJob) -> np.ndarray | sp.csr_matrix:
    """Features as an estimator takes them: of word numbers how often each stands in a row, 0 for none left out."""
    if job.vocabulary is None:
        return X
    rows, places = np.nonzero(X)
    numbers = X[rows, places].astype(np.int64) - 1
    counts = sp.csr_matrix((np.ones(len(rows)), (rows, numbers)), shape=(len(X), job.vocabulary - 1))
    counts.sum_duplicates()
    return counts


def _affordable_rows(job: FitJob, told: list[str], values: int) -> slice | np.ndarray:
    n_rows, n_features = job.X["train"].shape
    # Ridge solves for all numbers at once; trees are grown for each.
    outputs = 1 if job.task.is_numeric and values == _MOST_VALUES else _outputs_of(job)
    most = max(1000, values // (n_features * outputs))
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
        coefficients=_estimator.coefficients(estimator, job.feature_names) if job.vocabulary is None else {},
        backend=f"scikit-learn {sklearn.__version__}",
        warnings=tuple(told),
    )
    return FitResult(fitted, *by_split(outputs))
