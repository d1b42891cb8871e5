"""The learning rate by epoch, where it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, fitted_of, plain, thin
from reportgen.figures._history import axis_of, numbered, numbers_of
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
    fitted = fitted_of(run)
    name = "learning_rate" if "learning_rate" in fitted.history else "lr"
    rates = np.asarray(fitted.history.get(name, ()), dtype=float)
    if len(np.unique(rates[np.isfinite(rates)])) < 2:
        raise NotApplicable("the learning rate does not change")
    shown = thin(len(rates), 400)
    changes = int((np.diff(rates) != 0).sum())
    numbers = numbers_of(fitted, name)
    columns = {axis_of(fitted): [numbers[place] for place in shown], "learning rate": plain(rates[shown])}
    return [FigureData(columns, {"changes": changes})]


def draw(axes: Axes, data: FigureData) -> None:
    rates = array(data.columns["learning rate"])
    axis, numbers = numbered(data)
    # A rate holds from one epoch's end to the next; where it changes at each, steps would only make the line jagged.
    stepwise: dict[str, Any] = {"drawstyle": "steps-pre"} if 2 * data.facts["changes"] < len(rates) else {}
    axes.line(array(numbers), rates, SERIES[1], "learning rate", **stepwise)
    axes.set(xlabel=axis, ylabel="learning rate")
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
    axis, numbers = numbered(data)
    alt = (
        f"Learning rate over {numbers[-1]} {axis}s: {first} at first, {last} at the end, "
        f"{plural(data.facts['changes'], 'change')}; lowest {min(rates):.3g}, highest {max(rates):.3g}."
    )
    return Words(title, f"Step size of the optimiser at the end of each {axis}.", alt)
