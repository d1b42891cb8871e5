"""Distribution of the target of a regression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, plain, target_name
from reportgen.figures._profiles import profile_of
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import count, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "data"
NEEDS = "dataset"
ORDER = 10


def compute(run: Run) -> list[FigureData]:
    profile = profile_of(run)
    if run.task is None or not run.task.is_numeric:
        raise NotApplicable("this is not a regression task")
    column = profile.column(run.task.target)
    if column.sensitive:
        raise NotApplicable("the target is sensitive")
    if column.histogram is None or not sum(column.histogram.totals):
        raise NotApplicable("no target value is a finite number")
    edges = plain(column.histogram.edges)
    values = plain(array([column.q25, column.median, column.q75, column.min, column.max]))
    facts = {
        "target": target_name(run),
        "rows": column.count - column.infinite,
        "outside": column.histogram.outside,
        **dict(zip(("first", "median", "third", "low", "high"), values, strict=True)),
    }
    return [FigureData({"from": edges[:-1], "to": edges[1:], "rows": list(column.histogram.totals)}, facts)]


def draw(axes: Axes, data: FigureData) -> None:
    edges = [*data.columns["from"], data.columns["to"][-1]]
    axes.bars(edges, data.columns["rows"], SERIES[1], "rows")
    axes.set(xlabel=data.facts["target"], ylabel="rows", ylim=(0, 1.12 * max(array(data.columns["rows"]))))
    axes.set_xlim(edges[0], edges[-1])
    axes.whole("y")
    axes.mark(data.facts["median"], f"median {significant(data.facts['median'])}")


def describe(data: FigureData) -> Words:
    facts = data.facts
    first, median, third = (significant(facts[key]) for key in ("first", "median", "third"))
    title = f"Half of the values of {facts['target']} lie between {first} and {third}."
    if facts["low"] == facts["high"]:
        title = f"Every value of {facts['target']} is {median}."
    outside = plural(facts["outside"], "value beyond the axis stands", "values beyond the axis stand")
    beyond = f" {outside} in the outermost bars." if facts["outside"] else ""
    alt = (
        f"Histogram of {facts['target']} over {plural(facts['rows'], 'row')}: from {significant(facts['low'])} to "
        f"{significant(facts['high'])}, median {median}, quartiles {first} and {third}; "
        f"the fullest bin holds {count(max(data.columns['rows']))}."
    )
    return Words(title, f"Rows by target value, in the table as read.{beyond}", alt)
