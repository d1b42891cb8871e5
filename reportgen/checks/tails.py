"""Checks of the errors one by one: whether a few of them make up the whole."""

from __future__ import annotations

import numpy as np

from reportgen.checks import Verdict, check, failed, passed
from reportgen.errors import NotApplicable
from reportgen.results import Run
from reportgen.text import percent, plural, significant

#: Of how many test errors the worst hundredth can be told.
_FEWEST = 100
_WORST = 0.01
#: The squares of larger errors would overflow.
_LARGEST = 1e150


@check(
    group="evaluation",
    severity="notice",
    threshold=0.3,
    unit="share of the squared error",
    title="Tail of the error",
    meaning="A few rows decide RMSE and R²: on other rows these would come out otherwise, whatever the model.",
    remedy="Look at the worst predictions; judge by MAE, or train with the Huber loss.",
    rank=36,
)
def heavy_tailed_error(run: Run, threshold: float) -> Verdict:
    """The share of the squared error in the worst hundredth of the rows: 8 % of normal errors, 16 % of Laplace's."""
    prediction = run.predictions.get("test")
    if prediction is None or run.task is None or not run.task.is_numeric:
        raise NotApplicable("no numbers were predicted for a test set")
    with np.errstate(over="ignore", invalid="ignore"):
        error = np.abs(np.asarray(prediction.y_pred - prediction.y_true, dtype=float))
    if len(error) < _FEWEST or not (error < _LARGEST).all():
        raise NotApplicable(f"needs {_FEWEST} finite errors or more")
    squares = np.sort(error**2)[::-1]
    if squares[0] == 0.0:
        raise NotApplicable("there is no error")
    worst = int(np.ceil(_WORST * len(squares)))
    share = float(squares[:worst].sum() / squares.sum())
    told = f"{plural(worst, 'row')} of {len(squares):,} make up {percent(share, 0)} of the squared error"
    if share <= threshold:
        return passed(f"The worst {told}", share)
    root, rest = np.sqrt(squares.mean()), np.sqrt(squares[worst:].mean())
    detail = f"The worst {told}: RMSE is {significant(float(root))}, without them {significant(float(rest))}."
    return failed(f"A hundredth of the rows makes up {percent(share, 0)} of the squared error", share, detail)
