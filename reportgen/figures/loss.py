"""Training and validation loss by epoch, with the best epoch marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, fitted_of, name_of
from reportgen.figures._history import alt, columns, draw_curves, epochs_shown, numbered, numbers_of
from reportgen.results import FigureData, Run, Words
from reportgen.text import significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "training"
NEEDS = "fitted"
ORDER = 10
#: How far above its lowest value the validation loss must end for the title to speak of overfitting.
_RISE = 0.05


def compute(run: Run) -> list[FigureData]:
    fitted = fitted_of(run)
    if not fitted.history.get("loss"):
        raise NotApplicable("the model is not trained in epochs")
    name = name_of(fitted.loss_name or "loss").replace("_", " ").replace("crossentropy", "cross-entropy")
    numbers, best = numbers_of(fitted, "loss"), fitted.best_epoch
    facts = {
        "name": name,
        "best": numbers[best - 1] if best and best <= len(numbers) else None,
        "ended": fitted.ended,
    }
    return [FigureData(columns(fitted, "loss"), facts)]


def draw(axes: Axes, data: FigureData) -> None:
    draw_curves(axes, data, data.facts["name"].partition(" of ")[0])  # what it is of stands in the caption
    low, high = axes.dataLim.intervaly
    if 0 <= low < high / 3:
        axes.set_ylim(0, 1.04 * high)
    if "validation" in data.columns and data.facts["best"]:
        axes.mark(data.facts["best"], f"lowest validation loss, {numbered(data)[0]} {data.facts['best']:,}")


def describe(data: FigureData) -> Words:
    splits = " and ".join(name for name in ("train", "validation") if name in data.columns)
    caption = f"{data.facts['name'].capitalize()} on {splits}; lower is better.{epochs_shown(data)}"
    return Words(_title(data), caption, alt(data, data.facts["name"]))


def _title(data: FigureData) -> str:
    (axis, numbers), best = numbered(data), data.facts["best"]
    if data.facts["ended"] == "diverged":
        return f"Training diverged at {axis} {numbers[-1]}."
    if "validation" not in data.columns or not best:
        first, last = (significant(data.columns["train"][place]) for place in (0, -1))
        return f"The training loss goes from {first} to {last}."
    if data.facts["ended"] == "early":
        return f"Early stopping ended training; the validation loss was lowest at {axis} {best:,}."
    values = array(data.columns["validation"])
    lowest, final = float(np.nanmin(values)), float(values[-1])
    if best < numbers[-1] and final > lowest + _RISE * abs(lowest):
        return f"The network overfits after {axis} {best:,}."
    if best >= numbers[-1] - max(1, numbers[-1] // 50):
        return "The validation loss was still falling when training ended."
    return f"The validation loss levels out at {significant(lowest)}."
