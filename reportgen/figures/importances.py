"""The importances that the estimator itself gives its features."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportgen.errors import NotApplicable
from reportgen.figures._data import feature_name, fitted_of, plain
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import fixed, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "explanation"
NEEDS = "fitted"
ORDER = 10
_MOST_FEATURES = 20


def compute(run: Run) -> list[FigureData]:
    importances = fitted_of(run).importances
    total = sum(importances.values())
    if not importances or not total > 0:
        raise NotApplicable("the model gives its features no importances")
    best = sorted(importances, key=lambda name: (-importances[name], name))[:_MOST_FEATURES]
    columns = {
        "feature": [feature_name(run, name) for name in best],
        "importance": plain(importances[name] for name in best),
    }
    return [FigureData(columns, {"features": len(importances), "total": total})]


def size(data: FigureData) -> tuple[float, float]:
    return 4.8, 0.25 + 0.2 * len(data.columns["feature"])


def draw(axes: Axes, data: FigureData) -> None:
    values = data.columns["importance"]
    axes.rows(values, SERIES[1], "importance")
    axes.categories("y", data.columns["feature"])
    axes.set_xlim(0, 1.15 * max(values))
    axes.xaxis.set_visible(False)
    axes.bare()
    for place, value in enumerate(values):
        axes.beside(value, place, fixed(value))


def describe(data: FigureData) -> Words:
    names, values = data.columns["feature"], data.columns["importance"]
    share = sum(values[:3]) / data.facts["total"]
    title = f"Feature {names[0]} matters most to the model ({fixed(values[0])})."
    if len(names) > 5:
        title = f"Three features carry {percent(share, 0)} of the importance, {names[0]} first."
    cut = (
        f" The {len(names)} largest of {data.facts['features']} are shown."
        if len(names) < data.facts["features"]
        else ""
    )
    caption = f"The estimator's own importances; for trees they favour features with many values.{cut}"
    listed = ", ".join(f"{name} {fixed(value)}" for name, value in zip(names, values, strict=True))
    return Words(title, caption, f"Importances of {plural(len(names), 'feature')}: {listed}.")
