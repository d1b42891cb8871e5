"""Training and validation loss by epoch, with the best epoch marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, fitted_of, name_of
from reportgen.figures._history import alt, columns, draw_curves, epochs_shown
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
    return [
        FigureData(columns(fitted.history, "loss"), {"name": name, "best": fitted.best_epoch, "ended": fitted.ended})
    ]


def draw(axes: Axes, data: FigureData) -> None:
    draw_curves(axes, data, data.facts["name"].partition(" of ")[0])  # what it is of stands in the caption
    low, high = axes.dataLim.intervaly
    if 0 <= low < high / 3:
        axes.set_ylim(0, 1.04 * high)
    if "validation" in data.columns and data.facts["best"]:
        axes.mark(data.facts["best"], f"lowest validation loss, epoch {data.facts['best']}")


def describe(data: FigureData) -> Words:
    splits = " and ".join(name for name in ("train", "validation") if name in data.columns)
    caption = f"{data.facts['name'].capitalize()} on {splits}; lower is better.{epochs_shown(data)}"
    return Words(_title(data), caption, alt(data, data.facts["name"]))


def _title(data: FigureData) -> str:
    if data.facts["ended"] == "diverged":
        return f"Training diverged at epoch {data.columns['epoch'][-1]}."
    best, epochs = data.facts["best"], data.columns["epoch"]
    if "validation" not in data.columns or not best:
        first, last = (significant(data.columns["train"][place]) for place in (0, -1))
        return f"The training loss goes from {first} to {last}."
    if data.facts["ended"] == "early":
        return f"Early stopping ended training; the validation loss was lowest at epoch {best}."
    values = array(data.columns["validation"])
    lowest, final = float(np.nanmin(values)), float(values[-1])
    if best < epochs[-1] and final > lowest + _RISE * abs(lowest):
        return f"The network overfits after epoch {best}."
    if best >= epochs[-1] - max(1, epochs[-1] // 50):
        return "The validation loss was still falling when training ended."
    return f"The validation loss levels out at {significant(lowest)}."
