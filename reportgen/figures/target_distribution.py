"""Distribution of the target of a regression."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, histogram, plain, splits_of, target_name
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import count, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "data"
NEEDS = "splits"
ORDER = 10


def compute(run: Run) -> list[FigureData]:
    parts = splits_of(run).parts
    if run.task is None or run.task.is_classification:
        raise NotApplicable("this is not a regression task")
    values = np.concatenate([np.asarray(part.y, dtype=float) for part in parts.values()])
    values = values[np.isfinite(values)]
    if not len(values):
        raise NotApplicable("no target value is a finite number")
    counts, edges = histogram(values)
    quartiles = dict(zip(("first", "median", "third"), plain(np.quantile(values, [0.25, 0.5, 0.75])), strict=True))
    facts = {
        "target": target_name(run),
        "rows": len(values),
        "low": float(values.min()),
        "high": float(values.max()),
        **quartiles,
    }
    return [FigureData({"from": plain(edges[:-1]), "to": plain(edges[1:]), "rows": counts.tolist()}, facts)]


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
    alt = (
        f"Histogram of {facts['target']} over {plural(facts['rows'], 'row')}: from {significant(facts['low'])} to "
        f"{significant(facts['high'])}, median {median}, quartiles {first} and {third}; "
        f"the fullest bin holds {count(max(data.columns['rows']))}."
    )
    return Words(title, "Rows by target value, all splits together.", alt)
