"""Receiver operating characteristic: recall against false alarms over all thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.figures._curve import chance, compute_curves, draw_curves, size, whose
from reportgen.figures._cuts import band, cuts, roc_band
from reportgen.figures._data import Plain
from reportgen.results import FigureData, Run, Words
from reportgen.text import classed, fixed, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

__all__ = ["compute", "describe", "draw", "size"]

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 30
_BANDED = 25  # rates at which the band is told


def compute(run: Run) -> list[FigureData]:
    return [compute_curves(run, _curve, "false positive rate", "true positive rate", _band)]


def _curve(y_true: np.ndarray, y_score: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    # Not at the top: the studio loads this module too, and only draws.
    from sklearn.metrics import roc_auc_score, roc_curve

    x, y, _ = roc_curve(y_true, y_score)
    return x, y, float(roc_auc_score(y_true, y_score))


def _band(y_true: np.ndarray, y_score: np.ndarray, confidence: float) -> dict[str, Plain]:
    """Closer where the curve is steep: at the squares of even steps."""
    rates = np.linspace(0, 1, _BANDED) ** 2
    return band(rates, roc_band(cuts(y_true, y_score), confidence, rates))


def draw(axes: Axes, data: FigureData) -> None:
    chance(axes, [0, 1], [0, 1])
    draw_curves(axes, data, (0.5, 0.06))


def describe(data: FigureData) -> Words:
    facts, areas = data.facts, data.facts["areas"]
    if facts["binary"]:
        title = f"ROC AUC is {fixed(areas['model'])}"
        title += f", the linear model's {fixed(areas['linear'])}." if "linear" in areas else "."
    else:
        worst = min(areas, key=areas.get)
        told = "Told worst" if facts["several"] else "Told from the rest worst"
        title = f"{told}: {classed(worst)}, with a ROC AUC of {fixed(areas[worst])}."
    against = f"for {classed(facts['positive'])}" if facts["binary"] else whose(data)
    caption = (
        f"ROC curve {against}, on {plural(facts['rows'], 'test row')}; dashed: chance. Numbers: area under the curve."
    )
    if "band" in facts:
        caption += (
            f" Band: at least {percent(facts['confidence'], 0)} at any one rate, of Wilson intervals of both rates."
        )
    listed = ", ".join(f"{classed(label)} {fixed(area)}" for label, area in areas.items())
    return Words(title, caption, f"ROC curves on the test set; area under the curve: {listed}.")
