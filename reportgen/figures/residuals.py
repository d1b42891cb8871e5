"""Residuals against predicted values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.figures._data import MOST_POINTS, array, case_of, plain, sampled, target_name, thin, values_of
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES, SOFT
from reportgen.text import plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 20
_BINS = 8
_CHANGE = 1.5  # ratio of the spread in the upper to that in the lower third of predictions that the title speaks of


def compute(run: Run) -> list[FigureData]:
    y_true, y_pred = values_of(run)
    residual = y_true - y_pred
    order = np.argsort(y_pred, kind="stable")
    groups = [group for group in np.array_split(order, min(_BINS, max(len(order) // 10, 1))) if len(group)]
    centres = [float(np.median(y_pred[group])) for group in groups]
    middles = [float(np.median(residual[group])) for group in groups]
    third = max(len(order) // 3, 1)
    spreads = [float(np.std(residual[part])) for part in (order[:third], order[-third:])]
    facts = {"target": target_name(run), "rows": len(residual), "centres": plain(centres), "middles": plain(middles)}
    facts["case"] = case_of(run)
    facts |= {"spreads": plain(spreads), "mean": float(residual.mean()), "largest": float(np.abs(residual).max())}
    shown = thin(len(residual), MOST_POINTS)
    return [FigureData({"predicted": plain(y_pred[shown]), "residual": plain(residual[shown])}, facts)]


def draw(axes: Axes, data: FigureData) -> None:
    axes.axhline(0, color=SOFT, linewidth=0.6, dashes=(3, 3))
    axes.points(
        array(data.columns["predicted"]),
        array(data.columns["residual"]),
        SERIES[1],
        f"{data.facts['case']}s",
        alpha=0.45,
    )
    if len(data.facts["centres"]) > 1:
        axes.line(array(data.facts["centres"]), array(data.facts["middles"]), SERIES[2], "median", end=False)
    axes.set(xlabel=f"predicted {data.facts['target']}", ylabel="actual − predicted")
    axes.set_xlim(*axes.reach(array(data.columns["predicted"])))


def describe(data: FigureData) -> Words:
    facts = data.facts
    low, high = facts["spreads"]
    title = "The errors are about as large for low as for high predictions."
    if low and high and high > _CHANGE * low:
        title = (
            f"The errors grow with the prediction: {high / low:.1f} times as wide in the upper third as in the lower."
        )
    elif low and high and low > _CHANGE * high:
        title = (
            f"The errors shrink with the prediction: {low / high:.1f} times as wide in the lower third as in the upper."
        )
    shown = sampled(len(data.columns["residual"]), facts["rows"], facts["case"])
    caption = f"Residuals of the {facts['case']}s; orange: median along the predictions.{shown}"
    alt = (
        f"Residuals of {plural(facts['rows'], facts['case'])} against predicted {facts['target']}: mean "
        f"{significant(facts['mean'])}, largest {significant(facts['largest'])}; standard deviation "
        f"{significant(low)} in the lower third of predictions, {significant(high)} in the upper."
    )
    return Words(title, caption, alt)
