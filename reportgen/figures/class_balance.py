"""Rows of each class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import class_names, target_name
from reportgen.figures._profiles import profile_of
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import classed, count, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "data"
NEEDS = "dataset"
ORDER = 10
_MOST_CLASSES = 30


def compute(run: Run) -> list[FigureData]:
    profile = profile_of(run)
    if run.task is None or not run.task.is_classification:
        raise NotApplicable("this is not a classification task")
    names = class_names(run)
    total = np.array(list(profile.class_counts.values()), dtype=int)
    if total.sum() == 0:
        raise NotApplicable("no row has a class")
    parts = run.splits.parts if run.splits and not run.spec.split.folds else {}
    counts = {name: np.bincount(part.y.astype(int), minlength=len(names)) for name, part in parts.items()}
    order = np.argsort(-total, kind="stable")
    kept, others = order[:_MOST_CLASSES], order[_MOST_CLASSES:]

    def column(values: np.ndarray) -> list[Any]:
        return [int(values[place]) for place in kept] + ([int(values[others].sum())] if len(others) else [])

    labels = [names[place] for place in kept] + ([f"{count(len(others))} other classes"] if len(others) else [])
    columns = {"class": labels, "rows": column(total), **{name: column(values) for name, values in counts.items()}}
    facts = {"target": target_name(run), "others": len(others), "unknown": profile.n_rows - int(total.sum())}
    return [FigureData(columns, facts | {"middle": float(np.median(total)), "least": int(total.min())})]


def size(data: FigureData) -> tuple[float, float]:
    return 4.8, 0.25 + 0.24 * len(data.columns["class"])


def draw(axes: Axes, data: FigureData) -> None:
    rows = data.columns["rows"]
    # The others together would leave no room for the bars of single classes: they are told in words alone.
    bars = [*rows[:-1], 0] if data.facts["others"] else rows
    axes.rows(bars, SERIES[1], "rows")
    axes.categories("y", data.columns["class"])
    axes.set_xlim(0, 1.25 * max(bars))
    axes.xaxis.set_visible(False)
    axes.bare()
    for place, number in enumerate(rows):
        text = f"{count(number)}  ({percent(number / sum(rows))})"
        axes.beside(bars[place], place, text)


def describe(data: FigureData) -> Words:
    labels, rows = [classed(label) for label in data.columns["class"]], data.columns["rows"]
    shown = len(rows) - bool(data.facts["others"])
    shares = [number / sum(rows) for number in rows]
    largest, least = percent(shares[0]), percent(shares[shown - 1])
    title = f"Of all rows, {largest} are {_of(labels[0])} and {least} {_of(labels[shown - 1])}."
    if shown == 1 and not data.facts["others"]:
        title = f"Every row is {_of(labels[0])}."
    elif max(shares[:shown]) < 1.1 * min(shares[:shown]):
        title = f"The {shown} classes are about equally large." if not data.facts["others"] else title
    elif shown > 2:
        title = f"Largest is class {labels[0].removeprefix('class ')}, with {largest} of the rows."
    unknown = f" {plural(data.facts['unknown'], 'row')} without a class not counted." if data.facts["unknown"] else ""
    pairs = (
        f"{label} {count(number)} ({percent(share)})" for label, number, share in zip(labels, rows, shares, strict=True)
    )
    alt = f"Rows of each class of {data.facts['target']}: {', '.join(pairs)}."
    rest = ""
    if data.facts["others"]:
        middle, few = plural(int(data.facts["middle"]), "row"), count(data.facts["least"])
        rest = f" Half of all {count(shown + data.facts['others'])} classes have {middle} or fewer, the smallest {few}."
    caption = f"Rows of each class of {data.facts['target']} in the table as read.{rest}{unknown}"
    return Words(title, caption, alt)


def _of(label: str) -> str:
    return f"of {label}" if label.startswith("class ") else label
