"""Precision against recall over all thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.figures._curve import chance, compute_curves, draw_curves, size, whose
from reportgen.results import FigureData, Run, Words
from reportgen.text import classed, fixed, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

__all__ = ["compute", "describe", "draw", "size"]

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 35


def compute(run: Run) -> list[FigureData]:
    return [compute_curves(run, _curve, "recall", "precision")]


def _curve(y_true: np.ndarray, y_score: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Average precision has no interpolation, so neither has the curve: it is drawn in steps."""
    # Not at the top: the studio loads this module too, and only draws.
    from sklearn.metrics import average_precision_score, precision_recall_curve

    precision, recall, _ = precision_recall_curve(y_true, y_score)
    return recall[::-1], precision[::-1], float(average_precision_score(y_true, y_score))


def draw(axes: Axes, data: FigureData) -> None:
    if data.facts["binary"]:
        chance(axes, [0, 1], [data.facts["shares"]["model"]] * 2)
    draw_curves(axes, data, (0.06, 0.06), drawstyle="steps-pre")


def describe(data: FigureData) -> Words:
    facts, areas = data.facts, data.facts["areas"]
    if facts["binary"]:
        title = f"Average precision is {fixed(areas['model'])}"
        title += f", the linear model's {fixed(areas['linear'])}." if "linear" in areas else "."
        line = f"; dashed: chance, {percent(facts['shares']['model'])} of the rows are {_of(facts['positive'])}"
        against = f"for {classed(facts['positive'])}"
    else:
        worst = min(areas, key=areas.get)
        title = f"Hardest to find: {classed(worst)}, with an average precision of {fixed(areas[worst])}."
        against, line = whose(data), ""
    caption = (
        f"Precision-recall curve {against}, on {plural(facts['rows'], 'test row')}{line}. Numbers: average precision."
    )
    listed = ", ".join(f"{classed(label)} {fixed(area)}" for label, area in areas.items())
    return Words(title, caption, f"Precision-recall curves on the test set; average precision: {listed}.")


def _of(label: str) -> str:
    return label if classed(label) == label else f"of {classed(label)}"
