"""Share of the positive cases that is found as rows are taken in the order of their score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.figures._curve import chance, compute_curves, draw_curves, size, who
from reportgen.figures._cuts import band, cuts, wilson_ends
from reportgen.figures._data import Plain
from reportgen.results import FigureData, Run, Words
from reportgen.text import percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

__all__ = ["compute", "describe", "draw", "size"]

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 90
_TOLD = 0.2  # share of the rows for which the words and the numbers say what is found


def compute(run: Run) -> list[FigureData]:
    found = compute_curves(run, _curve, "share of rows taken", "share found", _band, ("binary",))
    return [FigureData(found.columns, found.facts, fold="More curves")]


def _curve(y_true: np.ndarray, y_score: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Rows of one score are taken together; within them the straight line is what any order gives on average."""
    found = cuts(y_true, y_score)
    taken, share = (found.hits + found.alarms) / found.rows, found.hits / found.positives
    return taken, share, float(np.interp(_TOLD, taken, share))


def _band(y_true: np.ndarray, y_score: np.ndarray, confidence: float) -> dict[str, Plain]:
    found = cuts(y_true, y_score).few()
    return band((found.hits + found.alarms) / found.rows, wilson_ends(found.hits, found.positives, confidence))


def draw(axes: Axes, data: FigureData) -> None:
    chance(axes, [0, 1], [0, 1])
    chance(axes, [0, data.facts["shares"]["model"], 1], [0, 1, 1])
    draw_curves(axes, data, (0.5, 0.06))


def describe(data: FigureData) -> Words:
    facts, found = data.facts, data.facts["areas"]
    positive, share = who(facts["positive"]), facts["shares"]["model"]
    title = (
        f"The {percent(_TOLD, 0)} of rows that score highest hold {percent(found['model'])} of those that are "
        f"{positive} ({percent(min(_TOLD / share, 1))} is possible)."
    )
    caption = (
        f"Cumulative gain: share found of the rows that are {positive} as {plural(facts['rows'], 'test row')} are "
        f"taken, highest score first; dashed: random order, and the best one. Numbers: in the first "
        f"{percent(_TOLD, 0)}. Band: {percent(facts['confidence'], 0)} Wilson interval at each threshold."
    )
    listed = ", ".join(f"{label} {percent(value)}" for label, value in found.items())
    return Words(title, caption, f"Cumulative gain on the test set; found in the first {percent(_TOLD, 0)}: {listed}.")
