"""Each further metric that was recorded while training, by epoch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportgen.errors import NotApplicable
from reportgen.figures._data import fitted_of, name_of
from reportgen.figures._history import alt, columns, draw_curves, epochs_shown
from reportgen.results import FigureData, Run, Words
from reportgen.text import significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "training"
NEEDS = "fitted"
ORDER = 20
_ELSEWHERE = ("loss", "accuracy", "learning_rate", "lr", "seconds")


def compute(run: Run) -> list[FigureData]:
    history = fitted_of(run).history
    names = [name for name in history if not name.startswith("val_") and name not in _ELSEWHERE and len(history[name])]
    if not names:
        raise NotApplicable("no further metric was recorded while training")
    return [FigureData(columns(history, name), {"name": name_of(name).replace("_", " ")}, part=name) for name in names]


def draw(axes: Axes, data: FigureData) -> None:
    draw_curves(axes, data, data.facts["name"])


def describe(data: FigureData) -> Words:
    split = "validation" if "validation" in data.columns else "train"
    ends = data.columns[split][-1]
    title = f"{data.facts['name'].capitalize()} on {split} ends at {significant(ends)}."
    caption = f"{data.facts['name'].capitalize()} by epoch.{epochs_shown(data)}"
    return Words(title, caption, alt(data, data.facts["name"]))
