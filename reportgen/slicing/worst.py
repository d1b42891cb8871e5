"""What each row costs, and the predictions furthest from the truth."""

from __future__ import annotations

import numpy as np

from reportgen.dataset import Task
from reportgen.mistakes import Worst
from reportgen.results import Prediction


def row_losses(prediction: Prediction, task: Task) -> np.ndarray:
    """(n,) absolute errors of numbers, else 1.0 where the prediction is wrong (of several labels: any of them)."""
    if task.is_numeric:
        return np.asarray(np.abs(np.asarray(prediction.y_pred, dtype=float) - prediction.y_true))
    wrong = prediction.y_pred != prediction.y_true
    return np.asarray(wrong.any(axis=1) if wrong.ndim == 2 else wrong, dtype=float)


def worst(prediction: Prediction, task: Task, most: int) -> tuple[Worst, ...]:
    """The predictions with the largest loss, worst first; of classes those that are wrong."""
    losses = row_losses(prediction, task)
    ranked = _missed(prediction, losses)
    order = np.argsort(-np.where(np.isfinite(ranked), ranked, np.inf), kind="stable")
    taken = order[losses[order] != 0][:most].tolist()
    rows, steps = prediction.rows, prediction.step
    return tuple(
        Worst(
            place,
            None if rows is None else int(rows[place]),
            float(ranked[place]),
            None if steps is None else int(steps[place]),
        )
        for place in taken
    )


def _missed(prediction: Prediction, losses: np.ndarray) -> np.ndarray:
    """1 - the probability of the truth, where there is one."""
    scores, truth = prediction.y_score, prediction.y_true
    if scores is None:
        return losses
    if truth.ndim == 2:
        return np.asarray(np.abs(truth - scores).max(axis=1))
    return np.asarray(1 - scores[np.arange(len(truth)), truth])
