"""Precision against recall over all thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.figures._curve import chance, compute_curves, draw_curves, size, who, whose
from reportgen.figures._cuts import band, cuts, wilson_ends
from reportgen.figures._data import Plain
from reportgen.results import FigureData, Run, Words
from reportgen.text import classed, fixed, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

__all__ = ["compute", "describe", "draw", "size"]

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 35


def compute(run: Run) -> list[FigureData]:
    return [compute_curves(run, _curve, "recall", "precision", _band)]


def _curve(y_true: np.ndarray, y_score: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Average precision has no interpolation, so neither has the curve: it is drawn in steps."""
    # Not at the top: the studio loads this module too, and only draws.
    from sklearn.metrics import average_precision_score, precision_recall_curve

    precision, recall, _ = precision_recall_curve(y_true, y_score)
    return recall[::-1], precision[::-1], float(average_precision_score(y_true, y_score))


def _band(y_true: np.ndarray, y_score: np.ndarray, confidence: float) -> dict[str, Plain]:
    """Of the precision at each threshold, whose recall stands below it."""
    found = cuts(y_true, y_score).few()
    hits, alarms = found.hits[1:], found.alarms[1:]
    low, high = wilson_ends(hits, hits + alarms, confidence)
    return band(np.append(0, hits) / found.positives, (np.append(low[0], low), np.append(high[0], high)))


def draw(axes: Axes, data: FigureData) -> None:
    if data.facts["binary"]:
        chance(axes, [0, 1], [data.facts["shares"]["model"]] * 2)
    draw_curves(axes, data, (0.06, 0.06), {"step": "pre"}, drawstyle="steps-pre")


def describe(data: FigureData) -> Words:
    facts, areas = data.facts, data.facts["areas"]
    if facts["binary"]:
        title = f"Average precision is {fixed(areas['model'])}"
        title += f", the linear model's {fixed(areas['linear'])}." if "linear" in areas else "."
        line = f"; dashed: chance, {percent(facts['shares']['model'])} of the rows are {who(facts['positive'])}"
        against = f"for {classed(facts['positive'])}"
    else:
        worst = min(areas, key=areas.get)
        title = f"Hardest to find: {classed(worst)}, with an average precision of {fixed(areas[worst])}."
        against, line = whose(data), ""
    caption = (
        f"Precision-recall curve {against}, on {plural(facts['rows'], 'test row')}{line}. Numbers: average precision."
    )
    if "band" in facts:
        caption += f" Band: {percent(facts['confidence'], 0)} Wilson interval of the precision at each threshold."
    listed = ", ".join(f"{classed(label)} {fixed(area)}" for label, area in areas.items())
    return Words(title, caption, f"Precision-recall curves on the test set; average precision: {listed}.")
