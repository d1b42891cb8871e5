"""Residuals of a forecast along the time of the test set."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import MOST_POINTS, array, plain, sampled, target_name, thin
from reportgen.figures._forecast import ahead, courses, ends, moments, places, time_axis, time_name, written
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES, SOFT
from reportgen.text import plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 25
_FEWEST = 9  # forecasts, so that a third holds three
_CHANGE = 1.5  # ratio of the errors of the last to those of the first third that the title speaks of


def compute(run: Run) -> list[FigureData]:
    found = ends(courses(run))
    if len(found[0].rows) < _FEWEST:
        raise NotApplicable(f"fewer than {_FEWEST} forecasts")
    table: dict[str, list[float | int | str | None]] = {"step": [], "time": [], "residual": []}
    kind = ""
    for course in found:
        kept = thin(len(course.rows), MOST_POINTS // len(found))
        x, kind = moments(run, course.rows)
        table["step"] += [course.step] * len(kept)
        table["time"] += written(x[kept], kind)
        table["residual"] += plain((course.actual - course.predicted)[kept])
    thirds = np.array_split(np.abs(found[-1].actual - found[-1].predicted), 3)
    facts = {
        "target": target_name(run),
        "time": time_name(run, kind),
        "kind": kind,
        "thirds": plain(third.mean() for third in thirds),
        "steps": [course.step for course in found],
        "rows": sum(len(course.rows) for course in found),
    }
    return [FigureData(table, facts)]


def size(data: FigureData) -> tuple[float, float]:  # noqa: ARG001
    return 5.0, 2.2


def draw(axes: Axes, data: FigureData) -> None:
    every = {name: np.array(values) for name, values in data.columns.items()}
    x = places(every["time"].tolist(), data.facts["kind"])
    axes.axhline(0, color=SOFT, linewidth=0.6, dashes=(3, 3))
    for number, step in reversed(list(enumerate(data.facts["steps"], start=1))):
        at = every["step"] == step
        axes.points(x[at], array(every["residual"][at].tolist()), SERIES[number], ahead(step), alpha=0.6)
    for number, step in enumerate(data.facts["steps"], start=1):
        axes.above(ahead(step), SERIES[number])
    axes.set(ylabel="actual − predicted")
    time_axis(axes, x, data.facts["kind"])


def describe(data: FigureData) -> Words:
    facts = data.facts
    first, middle, last = facts["thirds"]
    title = "The errors are about as large at the end of the test set as at its beginning."
    if first and last > _CHANGE * first:
        title = f"The errors grow along the test set, {last / first:.1f} times from its first to its last third."
    elif last and first > _CHANGE * last:
        title = f"The errors shrink along the test set, {first / last:.1f} times from its first to its last third."
    shown = sampled(len(data.columns["residual"]), facts["rows"], "forecast")
    alt = (
        f"Residuals of {plural(facts['rows'], 'test forecast')} of {facts['target']} along {facts['time']}; mean "
        f"absolute error {ahead(facts['steps'][-1])} in thirds of the test set: {significant(first)}, "
        f"{significant(middle)}, {significant(last)}."
    )
    return Words(title, f"Residuals by the time of the value that is forecast.{shown}", alt)
