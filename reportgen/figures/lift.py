"""How much more frequent the positive class is among the rows of the highest scores than among all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.figures._curve import chance, compute_curves, draw_band, lines, size, write_names
from reportgen.figures._cuts import band, cuts, kept, wilson_ends
from reportgen.figures._data import Plain
from reportgen.results import FigureData, Run, Words
from reportgen.text import classed, fixed, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

__all__ = ["compute", "describe", "draw", "size"]

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 91
_TOLD = 0.1  # share of the rows for which the words and the numbers tell the lift
_MOST_POINTS = 60


def compute(run: Run) -> list[FigureData]:
    found = compute_curves(run, _curve, "share of rows taken", "lift", _band, ("binary",))
    return [FigureData(found.columns, found.facts, fold="More curves")]


def _curve(y_true: np.ndarray, y_score: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """The number is that of the first tenth; rows of one score are taken as any order gives on average."""
    found = cuts(y_true, y_score)
    taken, share = (found.hits + found.alarms) / found.rows, found.hits / found.positives
    some = kept(len(taken) - 1, _MOST_POINTS) + 1
    lifts = share[some] / taken[some]
    return np.append(0, taken[some]), np.append(lifts[0], lifts), float(np.interp(_TOLD, taken, share)) / _TOLD


def _band(y_true: np.ndarray, y_score: np.ndarray, confidence: float) -> dict[str, Plain]:
    found = cuts(y_true, y_score).few()
    base, called = found.positives / found.rows, found.hits + found.alarms
    low, high = (ends / base for ends in wilson_ends(found.hits[1:], called[1:], confidence))
    low[-1] = high[-1] = 1.0  # of all rows the lift is 1, whatever the rows
    return band(called / found.rows, (np.append(low[0], low), np.append(high[0], high)))


def draw(axes: Axes, data: FigureData) -> None:
    base = data.facts["shares"]["model"]
    best = np.geomspace(base, 1, 8)
    chance(axes, [0, 1], [1, 1])
    chance(axes, [0, *best], [1 / base, *(1 / best)])
    draw_band(axes, data)
    labels = []
    for line in lines(data):
        axes.line(line.x, line.y, line.colour, line.label, **line.style)
        labels.append((f"{fixed(data.facts['areas'][line.label], 2)}\u00a0\u00a0{line.label}", line.colour))
    axes.set(xlim=(-0.01, 1.01), ylim=(0, 1.08 / base), xlabel=data.facts["x"], ylabel=data.facts["y"])
    axes.ticks("x", [0, 0.25, 0.5, 0.75, 1])
    write_names(axes, labels, (0.06, 0.06))


def describe(data: FigureData) -> Words:
    facts, lifts = data.facts, data.facts["areas"]
    positive, base = classed(facts["positive"]), facts["shares"]["model"]
    title = (
        f"Among the {percent(_TOLD, 0)} of rows that score highest, {positive} is {fixed(lifts['model'], 2)} times as "
        f"frequent as among all ({fixed(min(1 / base, 1 / _TOLD), 2)} is possible)."
    )
    caption = (
        f"Lift: share of {positive} among the rows of the highest scores, divided by that among all "
        f"{plural(facts['rows'], 'test row')} ({percent(base)}); dashed: random order, and the best one. Numbers: in "
        f"the first {percent(_TOLD, 0)}. Band: {percent(facts['confidence'], 0)} Wilson interval at each "
        f"threshold, the share among all taken as it is."
    )
    listed = ", ".join(f"{label} {fixed(value, 2)}" for label, value in lifts.items())
    return Words(title, caption, f"Lift on the test set; in the first {percent(_TOLD, 0)} of the rows: {listed}.")
