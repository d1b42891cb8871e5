"""Where a model errs: its weakest slices by search, the slices and groups that were named, and the worst predictions.

Rows are taken to be independent of each other; `Mistakes.dependent` says where they are known not to be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from reportgen.conditions import parse
from reportgen.dataset import Dataset, Task
from reportgen.mistakes import Mistakes
from reportgen.results import Prediction
from reportgen.slicing.coding import Coded as Coded
from reportgen.slicing.coding import code as code
from reportgen.slicing.groups import groupings
from reportgen.slicing.named import Scorer, named
from reportgen.slicing.search import FEWEST_ROWS, weakest
from reportgen.slicing.selecting import require as require
from reportgen.slicing.testing import holm as holm
from reportgen.slicing.testing import scored as scored
from reportgen.slicing.worst import row_losses, worst

#: Metrics of a named slice beside its accuracy or mean absolute error, by task.
FURTHER: Mapping[str, tuple[str, ...]] = {
    "binary": ("precision", "recall", "f1"),
    "multiclass": ("balanced_accuracy", "f1"),
    "multilabel": ("f1_macro",),
    "regression": ("r2",),
}


@dataclass(frozen=True)
class Wishes:
    """What is looked for beyond the search.

    `ranked` are columns in the order in which they matter to the model, `slices` and `groups` what the experiment file
    names. `score` measures a slice by further metrics.
    """

    ranked: Sequence[str] = ()
    slices: Sequence[str] = ()
    groups: Sequence[str] = ()
    score: Scorer | None = None
    n_worst: int = 10


def mistakes(
    prediction: Prediction, task: Task, dataset: Dataset | None, confidence: float, wishes: Wishes = Wishes()
) -> Mistakes:
    """What the model gets wrong on the rows of `prediction`, at least one."""
    losses = row_losses(prediction, task)
    measure = {"multilabel": "subset accuracy"}.get(task.name, "mae" if task.is_numeric else "accuracy")
    overall = float(losses.mean()) if task.is_numeric else 1 - float(losses.mean())
    found = Mistakes(measure, overall, worst(prediction, task, wishes.n_worst), dependent=_dependent(prediction))
    why = _not_sliced(prediction, task, dataset, losses)
    if why:
        return replace(found, note=why)
    assert dataset is not None
    assert prediction.rows is not None
    conditions = [parse(text) for text in wishes.slices]
    hits = measure != "mae"
    found = replace(
        found,
        named=named(prediction, losses, hits, dataset, conditions, confidence, wishes.score),
        groupings=groupings(prediction, task, dataset, wishes.groups, confidence),
    )
    if len(losses) < 2 * FEWEST_ROWS:
        return replace(found, note=f"slices need {2 * FEWEST_ROWS} test rows or more")
    return weakest(losses, code(dataset, task, prediction.rows, wishes.ranked), confidence, found)


def _not_sliced(prediction: Prediction, task: Task, dataset: Dataset | None, losses: np.ndarray) -> str:
    if task.name == "forecast":
        return "neighbouring forecasts err alike, so that no test of chance holds for slices of them"
    if dataset is None or prediction.rows is None:
        return "there is no table of the columns"
    return "" if np.isfinite(losses).all() else "some predictions are not finite"


def _dependent(prediction: Prediction) -> bool:
    return prediction.group is not None or prediction.moment is not None
