"""Predicted against actual values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.figures._curve import chance
from reportgen.figures._data import MOST_POINTS, array, case_of, plain, sampled, target_name, thin, values_of
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import fixed, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 10


def compute(run: Run) -> list[FigureData]:
    y_true, y_pred = values_of(run)
    # Not at the top: the studio loads this module too, and only draws, and most reports are on classes.
    from sklearn.metrics import r2_score

    shown = thin(len(y_true), MOST_POINTS)
    varies = len(y_true) > 1 and np.ptp(y_true) > 0
    facts = {
        "target": target_name(run),
        "rows": len(y_true),
        "case": case_of(run),
        "r2": float(r2_score(y_true, y_pred)) if varies else None,
        "typical": float(np.median(np.abs(y_pred - y_true))),
        "range": plain([y_true.min(), y_true.max(), y_pred.min(), y_pred.max()]),
    }
    return [FigureData({"actual": plain(y_true[shown]), "predicted": plain(y_pred[shown])}, facts)]


def size(data: FigureData) -> tuple[float, float]:  # noqa: ARG001
    return 3.3, 3.0


def draw(axes: Axes, data: FigureData) -> None:
    actual, predicted = array(data.columns["actual"]), array(data.columns["predicted"])
    low, high = (float(limit) for limit in axes.reach(np.concatenate([actual, predicted])))
    chance(axes, [low, high], [low, high])
    axes.points(actual, predicted, SERIES[1], f"{data.facts['case']}s", alpha=0.5)
    axes.set(xlim=(low, high), ylim=(low, high), xlabel=f"actual {data.facts['target']}", ylabel="predicted")
    axes.few("x", 5)
    axes.few("y", 5)


def describe(data: FigureData) -> Words:
    facts = data.facts
    title = f"Half of the predictions lie within {significant(facts['typical'])} of the actual {facts['target']}."
    part = sampled(len(data.columns["actual"]), facts["rows"], facts["case"])
    caption = f"{facts['case'].capitalize()}s; dashed: perfect.{part}"
    low, high, least, most = (significant(value) for value in facts["range"])
    alt = (
        f"Predicted against actual {facts['target']}, {plural(facts['rows'], facts['case'])}: actual from {low} to "
        f"{high}, predicted from {least} to {most}; R² {fixed(facts['r2'])}, median error "
        f"{significant(facts['typical'])}."
    )
    return Words(title, caption, alt)
