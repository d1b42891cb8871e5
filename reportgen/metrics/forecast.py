"""Metrics of forecasts alone."""

from __future__ import annotations

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.metrics import metric
from reportgen.metrics._intervals import averaged
from reportgen.results import Prediction


def _scaled(prediction: Prediction) -> np.ndarray:
    if prediction.naive_error is None:
        raise NotApplicable("the training rows hold no two values a season apart")
    if prediction.naive_error == 0:
        raise NotApplicable("every value of the training rows is that of the season before")
    return np.asarray(np.abs(prediction.y_pred - prediction.y_true) / prediction.naive_error)


@metric(
    title="MASE",
    tasks=("forecast",),
    greater_is_better=False,
    bounds=(0.0, None),
    interval=averaged(_scaled),
    order=0,
)
def mase(prediction: Prediction) -> float:
    """Mean absolute error over that of the seasonal naive forecast in the training rows (Hyndman and Koehler 2006)."""
    return float(_scaled(prediction).mean())
