"""Accuracy by epoch on train and validation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportgen.errors import NotApplicable
from reportgen.figures._data import fitted_of
from reportgen.figures._history import alt, columns, draw_curves, epochs_shown
from reportgen.results import FigureData, Run, Words
from reportgen.text import fixed

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "training"
NEEDS = "fitted"
ORDER = 15
_GAP = 0.02  # of accuracy at the end, from which the title speaks of a gap


def compute(run: Run) -> list[FigureData]:
    fitted = fitted_of(run)
    if not fitted.history.get("accuracy"):
        raise NotApplicable("no accuracy was recorded while training")
    return [FigureData(columns(fitted, "accuracy"))]


def draw(axes: Axes, data: FigureData) -> None:
    draw_curves(axes, data, "accuracy")
    low, high = axes.get_ylim()
    axes.set_ylim(low, min(high, 1 + 0.04 * (1 - low)))


def describe(data: FigureData) -> Words:
    train = data.columns["train"][-1]
    validation = data.columns.get("validation", [None])[-1]
    title = f"Accuracy on train ends at {fixed(train)}."
    if train is not None and validation is not None:
        ahead = "ahead of" if train > validation else "behind"
        title = f"Train ends {fixed(abs(train - validation))} {ahead} validation."
        if abs(train - validation) < _GAP:
            title = f"Train and validation end together, at {fixed(train)} and {fixed(validation)}."
    return Words(
        title, f"Share of rows classified correctly; higher is better.{epochs_shown(data)}", alt(data, "accuracy")
    )
