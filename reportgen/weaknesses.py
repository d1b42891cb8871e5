"""What the experiment file asks of a model's errors, and where on the test rows the model errs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from reportgen.results import Run

if TYPE_CHECKING:
    from reportgen.mistakes import Mistakes


def require(state: Run) -> None:
    """Refuse slices and groups of columns and values that there are not; raises SpecError."""
    asked = state.spec.evaluate
    if state.task is None or state.dataset is None or not (asked.slices or asked.groups):
        return
    from reportgen.slicing import require as refuse

    refuse(state.dataset, state.task, asked.slices, asked.groups)


def find(state: Run) -> Mistakes | None:
    """Where the model errs on the test rows; None where there are no predictions of them."""
    test, asked = state.predictions.get("test"), state.spec.evaluate
    if state.task is None or test is None or not len(test.y_true):
        return None
    from reportgen.metrics import score_prediction
    from reportgen.slicing import FURTHER, Wishes, mistakes

    names = FURTHER.get(state.task.name, ())
    score = partial(score_prediction, task=state.task, names=names, confidence=asked.confidence, seed=state.spec.seed)
    importances = state.explained.importances if state.explained else None
    ranked = [one.column for one in importances.columns] if importances else []
    return mistakes(
        test, state.task, state.dataset, asked.confidence, Wishes(ranked, asked.slices, asked.groups, score)
    )
