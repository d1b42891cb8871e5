"""What the model predicts on average as one column changes and all else stays, with single rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.explained import Dependence
from reportgen.figures._data import array, class_names, feature_name, matrix, name_of, plain, target_name
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES, SOFT
from reportgen.text import classed, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "explanation"
NEEDS = "explained"
ORDER = 4


def compute(run: Run) -> list[FigureData]:
    found = run.explained.dependences if run.explained else ()
    usable = [one for one in found if np.isfinite(one.average).all() and len(one.grid) > 1 and _has_a_scale(one)]
    if not usable:
        raise NotApplicable("no column can be varied on its own")
    return [_drawing(run, one) for one in usable]


def _has_a_scale(one: Dependence) -> bool:
    """Whether an axis can reach from one end of the grid to the other: from -1e308 to 1e308 none can."""
    return one.kind == "levels" or float(one.grid[-1]) / 4 - float(one.grid[0]) / 4 < 1e307


def _drawing(run: Run, one: Dependence) -> FigureData:
    assert run.task is not None
    levels = one.kind == "levels"
    classes = class_names(run) if run.task.labels else ()
    names = [classes[code] for code in one.outputs] if len(one.outputs) > 1 else ["average"]
    columns: dict[str, Any] = {
        "value": [name_of(value) for value in one.grid] if levels else plain(map(float, one.grid))
    }
    columns |= {
        _free(name, place, names): plain(values)
        for place, (name, values) in enumerate(zip(names, one.average.T, strict=True))
    }
    if levels:
        columns["share of training rows"] = plain(one.shares, 3)
    of = f"probability of {classed(classes[one.outputs[0]])}" if len(one.outputs) == 1 else "probability"
    facts = {
        "column": feature_name(run, one.column),
        "levels": levels,
        "names": names,
        "of": of if one.outputs else f"predicted {target_name(run)}",
        "outputs": len(run.task.labels),
        "curves": matrix(one.curves, 3) if len(one.curves) else [],
        "rows": one.rows,
        "split": one.split,
    }
    return FigureData(columns, facts, part=one.column)


def _free(name: str, place: int, names: list[str]) -> str:
    """A column of the figure's table; no two are called the same."""
    return f"{name} ({place + 1})" if names.count(name) > 1 or name == "value" else name


def size(data: FigureData) -> tuple[float, float]:
    if data.facts["levels"]:
        return 3.4, 0.65 + 0.24 * len(data.columns["value"])
    return 3.4, 2.1


def _averages(data: FigureData) -> list[tuple[str, np.ndarray]]:
    """Of each output its name and its averages along the grid."""
    columns = list(data.columns.values())[1 : 1 + len(data.facts["names"])]
    return [(name, array(values)) for name, values in zip(data.facts["names"], columns, strict=True)]


def draw(axes: Axes, data: FigureData) -> None:
    (_draw_levels if data.facts["levels"] else _draw_numbers)(axes, data)


def _draw_numbers(axes: Axes, data: FigureData) -> None:
    grid, curves = array(data.columns["value"]), [array(row) for row in data.facts["curves"]]
    averages = _averages(data)
    if curves:
        gap = [np.nan]
        x, y = (
            np.concatenate([part for row in rows for part in (row, gap)]) for rows in ([grid] * len(curves), curves)
        )
        axes.line(x, y, SOFT, "single rows", linewidth=0.5, alpha=0.35)
    for place, (name, values) in enumerate(averages):
        axes.line(grid, values, SERIES[1 + place % (len(SERIES) - 1)], name, end=len(averages) > 1)
    everything = np.concatenate([*(values for _, values in averages), *curves])
    low, high = axes.reach(everything)
    axes.vlines(grid, low, low + 0.035 * (high - low), color=SOFT, linewidth=0.8)
    axes.set(xlim=(grid[0], grid[-1]), ylim=(low, high), xlabel=data.facts["column"], ylabel=data.facts["of"])


def _draw_levels(axes: Axes, data: FigureData) -> None:
    rows = np.arange(len(data.columns["value"]))
    curves, averages = [array(row) for row in data.facts["curves"]], _averages(data)
    if curves:
        axes.points(np.concatenate(curves), np.tile(rows, len(curves)), SOFT, "single rows", size=2.5, alpha=0.35)
    for place, (name, values) in enumerate(averages):
        colour = SERIES[1 + place % (len(SERIES) - 1)]
        axes.points(values, rows, colour, name, size=5, alpha=1.0)
        if len(averages) > 1:
            axes.above(name, colour)
    axes.categories("y", data.columns["value"])
    low, high = axes.reach(np.concatenate([*(values for _, values in averages), *curves]))
    axes.set(xlim=(low, high), ylim=(len(rows) - 0.5, -0.5), xlabel=f"{data.facts['of']}, by {data.facts['column']}")
    axes.bare("left")


def describe(data: FigureData) -> Words:
    facts, grid = data.facts, data.columns["value"]
    shown = [str(value) if facts["levels"] else significant(value) for value in grid]
    name, values = max(_averages(data), key=lambda item: float(item[1].max() - item[1].min()))
    of = facts["of"] if len(facts["names"]) == 1 else f"probability of {classed(name)}"
    alt = f"Average {of} by {facts['column']}: " + ", ".join(
        f"{value} {significant(float(mean))}" for value, mean in list(zip(shown, values, strict=True))[:20]
    )
    return Words(_title(data, of, shown, values), _caption(data), f"{alt}.")


def _title(data: FigureData, of: str, shown: list[str], values: np.ndarray) -> str:
    column, low, high = data.facts["column"], int(values.argmin()), int(values.argmax())
    ends = (significant(float(values[low])), significant(float(values[high])))
    if ends[0] == ends[1]:
        return f"Column {column} does not move the {of}."
    if data.facts["levels"]:
        return f"The {of} is highest at {column} {shown[high]} ({ends[1]}), lowest at {shown[low]} ({ends[0]})."
    steps = np.diff(values)
    first, last = significant(float(values[0])), significant(float(values[-1]))
    if (steps >= 0).all() or (steps <= 0).all():
        way = "rises" if values[-1] > values[0] else "falls"
        return f"As {column} grows the {of} {way} from {first} to {last}."
    return f"The {of} is lowest at {column} {shown[low]} ({ends[0]}), highest at {shown[high]} ({ends[1]})."


def _caption(data: FigureData) -> str:
    facts = data.facts
    marks = "points" if facts["levels"] else "lines"
    single = f" Thin {marks} are {len(facts['curves'])} single rows." if facts["curves"] else ""
    more = facts["outputs"] > len(facts["names"]) > 1
    part = f" {len(facts['names'])} of {facts['outputs']} classes are shown, the commonest." if more else ""
    at = "" if facts["levels"] else " Ticks stand at quantiles of the training rows."
    return (
        f"What the model says on average when {facts['column']} alone is changed in "
        f"{plural(facts['rows'], facts['split'] + ' row')}; where columns go together such rows need not exist."
        f"{single}{at}{part}"
    )
