"""The learning rate by epoch, where it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, fitted_of, plain, thin
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "training"
NEEDS = "fitted"
ORDER = 30
_WIDE_RANGE = 30  # ratio of largest to smallest from which the axis is logarithmic


def compute(run: Run) -> list[FigureData]:
    history = fitted_of(run).history
    rates = np.asarray(history.get("learning_rate", history.get("lr", ())), dtype=float)
    if len(np.unique(rates[np.isfinite(rates)])) < 2:
        raise NotApplicable("the learning rate does not change")
    shown = thin(len(rates), 400)
    changes = int((np.diff(rates) != 0).sum())
    return [
        FigureData({"epoch": [int(i) + 1 for i in shown], "learning rate": plain(rates[shown])}, {"changes": changes})
    ]


def draw(axes: Axes, data: FigureData) -> None:
    rates = array(data.columns["learning rate"])
    axes.line(array(data.columns["epoch"]), rates, SERIES[1], "learning rate", drawstyle="steps-post")
    axes.set(xlabel="epoch", ylabel="learning rate")
    axes.whole("x")
    positive = rates[rates > 0]
    if len(positive) == len(rates) and positive.max() > _WIDE_RANGE * positive.min():
        axes.set_yscale("log")
    else:
        axes.set_ylim(0, None)


def describe(data: FigureData) -> Words:
    rates = [rate for rate in data.columns["learning rate"] if rate is not None]
    first, last = f"{rates[0]:.3g}", f"{rates[-1]:.3g}"
    title = f"The learning rate goes from {first} to {last}."
    alt = (
        f"Learning rate over {data.columns['epoch'][-1]} epochs: {first} at first, {last} at the end, "
        f"{plural(data.facts['changes'], 'change')}; lowest {min(rates):.3g}, highest {max(rates):.3g}."
    )
    return Words(title, "Step size of the optimiser at each epoch.", alt)
