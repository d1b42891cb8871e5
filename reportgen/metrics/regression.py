"""Metrics of predicted numbers."""

from __future__ import annotations

import numpy as np
from sklearn import metrics as sklearn_metrics

from reportgen.errors import NotApplicable
from reportgen.metrics import NUMBERS, metric
from reportgen.metrics._intervals import averaged, no_interval, of_median, ratio
from reportgen.results import Prediction
from reportgen.text import plural

POSITIVE = (0.0, None)


def _error(prediction: Prediction) -> np.ndarray:
    return np.asarray(prediction.y_pred - prediction.y_true)


def _absolute(prediction: Prediction) -> np.ndarray:
    absolute: np.ndarray = np.abs(_error(prediction))
    return absolute


def _squared(prediction: Prediction) -> np.ndarray:
    return np.asarray(_error(prediction) ** 2)


def _root(mean: float) -> float:
    return float(np.sqrt(max(mean, 0.0)))


@metric(
    title="MAE",
    tasks=NUMBERS,
    greater_is_better=False,
    bounds=POSITIVE,
    interval=averaged(_absolute),
    unit="target",
    order=1,
)
def mae(prediction: Prediction) -> float:
    """Mean absolute error; sklearn.metrics.mean_absolute_error."""
    return float(sklearn_metrics.mean_absolute_error(prediction.y_true, prediction.y_pred))


@metric(
    title="RMSE",
    tasks=NUMBERS,
    greater_is_better=False,
    bounds=POSITIVE,
    interval=averaged(_squared, shown=_root),
    unit="target",
    order=2,
)
def rmse(prediction: Prediction) -> float:
    """Root of the mean squared error; sklearn.metrics.root_mean_squared_error."""
    return float(sklearn_metrics.root_mean_squared_error(prediction.y_true, prediction.y_pred))


def _need_spread(prediction: Prediction) -> None:
    if len(prediction.y_true) < 2:
        raise NotApplicable("needs two rows or more")
    if np.ptp(prediction.y_true) == 0:
        raise NotApplicable("all actual values are equal")


def _left_and_there(prediction: Prediction) -> tuple[np.ndarray, np.ndarray]:
    return _squared(prediction), np.asarray((prediction.y_true - prediction.y_true.mean()) ** 2)


@metric(
    title="R²",
    tasks=NUMBERS,
    bounds=(None, 1.0),
    interval=ratio(_left_and_there, shown=lambda part: 1 - part),
    order=3,
)
def r2(prediction: Prediction) -> float:
    """Share of the target's variance that the prediction explains; sklearn.metrics.r2_score."""
    _need_spread(prediction)
    return float(sklearn_metrics.r2_score(prediction.y_true, prediction.y_pred))


@metric(
    title="Mean error (bias)",
    tasks=NUMBERS,
    greater_is_better=False,
    interval=averaged(_error),
    unit="target",
    order=4,
)
def mean_error(prediction: Prediction) -> float:
    """Mean of predicted minus actual: above 0 the model predicts too high, and 0 is best."""
    return float(_error(prediction).mean())


@metric(
    title="Median absolute error",
    tasks=NUMBERS,
    greater_is_better=False,
    bounds=POSITIVE,
    interval=of_median(_absolute),
    unit="target",
    order=5,
)
def median_ae(prediction: Prediction) -> float:
    """The absolute error that half of the rows stay below; sklearn.metrics.median_absolute_error."""
    return float(sklearn_metrics.median_absolute_error(prediction.y_true, prediction.y_pred))


@metric(
    title="Largest error",
    tasks=NUMBERS,
    greater_is_better=False,
    bounds=POSITIVE,
    interval=no_interval("the largest error of a sample says nothing of the largest to come"),
    unit="target",
    order=11,
)
def max_error(prediction: Prediction) -> float:
    """The largest absolute error; sklearn.metrics.max_error."""
    return float(sklearn_metrics.max_error(prediction.y_true, prediction.y_pred))


def _left_and_there_around_bias(prediction: Prediction) -> tuple[np.ndarray, np.ndarray]:
    error = _error(prediction)
    return np.asarray((error - error.mean()) ** 2), _left_and_there(prediction)[1]


@metric(
    title="Explained variance",
    tasks=NUMBERS,
    bounds=(None, 1.0),
    interval=ratio(_left_and_there_around_bias, shown=lambda part: 1 - part),
    order=12,
)
def explained_variance(prediction: Prediction) -> float:
    """As R², but a constant error costs nothing; sklearn.metrics.explained_variance_score."""
    _need_spread(prediction)
    return float(sklearn_metrics.explained_variance_score(prediction.y_true, prediction.y_pred))


@metric(
    title="MSE",
    tasks=NUMBERS,
    greater_is_better=False,
    bounds=POSITIVE,
    interval=averaged(_squared),
    unit="target²",
    order=13,
)
def mse(prediction: Prediction) -> float:
    """Mean squared error; sklearn.metrics.mean_squared_error."""
    return float(sklearn_metrics.mean_squared_error(prediction.y_true, prediction.y_pred))


def _relative(prediction: Prediction) -> np.ndarray:
    return np.asarray(_absolute(prediction) / np.abs(prediction.y_true))


@metric(
    title="MAPE",
    tasks=NUMBERS,
    greater_is_better=False,
    bounds=POSITIVE,
    interval=averaged(_relative),
    unit="share",
    order=14,
)
def mape(prediction: Prediction) -> float:
    """Mean absolute error as a share of the actual value; sklearn.metrics.mean_absolute_percentage_error."""
    zeros = int((prediction.y_true == 0).sum())
    if zeros:
        raise NotApplicable(f"{plural(zeros, 'actual value is', 'actual values are')} zero")
    return float(sklearn_metrics.mean_absolute_percentage_error(prediction.y_true, prediction.y_pred))


def _symmetric(prediction: Prediction) -> np.ndarray:
    size = np.abs(prediction.y_true) + np.abs(prediction.y_pred)
    error = _absolute(prediction)
    shares: np.ndarray = np.divide(2 * error, size, out=np.zeros(len(error)), where=size > 0)
    return shares


@metric(
    title="SMAPE",
    tasks=NUMBERS,
    greater_is_better=False,
    bounds=(0.0, 2.0),
    interval=averaged(_symmetric),
    unit="share",
    order=15,
)
def smape(prediction: Prediction) -> float:
    """Mean of 2 |error| / (|actual| + |predicted|), 0 where both are 0 (Makridakis 1993)."""
    return float(_symmetric(prediction).mean())
