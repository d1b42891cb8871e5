"""Forecast and actual values along the time of the test set, one step ahead and as far ahead as the horizon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.figures._data import array, plain, target_name
from reportgen.figures._forecast import ahead, courses, ends, moments, places, time_axis, time_name, written
from reportgen.results import FigureData, Run, Words
from reportgen.svg import INK, SERIES
from reportgen.text import plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 5
#: Of a longer test set the last so many steps are shown: thinned, a series would look like another one.
_MOST_STEPS = 365


def compute(run: Run) -> list[FigureData]:
    found = ends(courses(run))
    table: dict[str, list[float | int | str | None]] = {"step": [], "time": [], "actual": [], "forecast": []}
    kind = ""
    for course in found:
        kept = slice(-_MOST_STEPS, None)
        x, kind = moments(run, course.rows[kept])
        table["step"] += [course.step] * len(x)
        table["time"] += written(x, kind)
        table["actual"] += plain(course.actual[kept])
        table["forecast"] += plain(course.predicted[kept])
    errors = [float(np.abs(course.predicted - course.actual).mean()) for course in found]
    facts = {
        "target": target_name(run),
        "time": time_name(run, kind),
        "kind": kind,
        "errors": plain(errors),
        "steps": [course.step for course in found],
        "of": len(found[0].rows),
    }
    return [FigureData(table, facts)]


def size(data: FigureData) -> tuple[float, float]:
    return 5.0, 1.55 * len(data.facts["steps"]) + 0.3


def draw(axes: Axes, data: FigureData) -> None:
    steps = data.facts["steps"]
    every = {name: np.array(values) for name, values in data.columns.items()}
    for panel, step in zip(axes.panels(len(steps), 1), steps, strict=True):
        at = every["step"] == step
        x = places(every["time"][at].tolist(), data.facts["kind"])
        actual, forecast = array(every["actual"][at].tolist()), array(every["forecast"][at].tolist())
        panel.line(x, actual, INK, "actual", end=True, linewidth=0.8)
        panel.line(x, forecast, SERIES[1], "forecast", end=True, linewidth=1.2)
        panel.set_title(ahead(step), loc="left")
        panel.set(ylabel=data.facts["target"], ylim=panel.reach(np.concatenate([actual, forecast])))
        panel.few("y", 4)
        time_axis(panel, x, data.facts["kind"])


def describe(data: FigureData) -> Words:
    facts = data.facts
    first, last = facts["errors"][0], facts["errors"][-1]
    title = f"One step ahead the forecasts are off by {significant(first)} on average."
    if len(facts["steps"]) > 1:
        title = (
            f"The forecasts are off by {significant(first)} on average one step ahead, "
            f"{ahead(facts['steps'][-1])} by {significant(last)}."
        )
    shown = data.columns["step"].count(facts["steps"][0])
    some = f" The last {shown:,} of {facts['of']:,} forecasts are shown." if shown < facts["of"] else ""
    values = array(data.columns["actual"])
    alt = (
        f"Actual and forecast {facts['target']} along {facts['time']}, {plural(shown, 'forecast')} from "
        f"{data.columns['time'][0]} on: actual from {significant(float(np.nanmin(values)))} to "
        f"{significant(float(np.nanmax(values)))}; mean absolute error "
        + ", ".join(f"{ahead(s)} {significant(e)}" for s, e in zip(facts["steps"], facts["errors"], strict=True))
        + "."
    )
    return Words(title, f"Test set, by the time of the value that is forecast.{some}", alt)
