"""Rows that have each of several labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import class_names, dataset_of, label_of
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import count, fixed, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "data"
NEEDS = "dataset"
ORDER = 11
_MOST_LABELS = 30


def compute(run: Run) -> list[FigureData]:
    dataset = dataset_of(run)
    if run.task is None or run.task.name != "multilabel":
        raise NotApplicable("this is not a multilabel task")
    from reportgen.profile.rows import label_codes  # as its callers do: the process that draws needs none of it

    flags = label_codes(dataset.frame, run.task.targets)
    known = flags[flags[:, 0] >= 0]
    if not len(known):
        raise NotApplicable("no row has all its labels")
    members, names = known.sum(axis=0, dtype=int), class_names(run)
    order = np.argsort(-members, kind="stable")[:_MOST_LABELS]
    columns: dict[str, list[Any]] = {
        "label": [names[place] for place in order],
        "rows": members[order].tolist(),
        "share": [round(float(members[place]) / len(known), 4) for place in order],
    }
    for name, part in (run.splits.parts if run.splits else {}).items():
        columns[name] = part.y.sum(axis=0)[order].tolist()
    facts = {
        "labels": len(names),
        "rows": len(known),
        "unknown": len(flags) - len(known),
        "none": int((known.sum(axis=1, dtype=int) == 0).sum()),
        "mean": float(known.sum(axis=1, dtype=int).mean()),
    }
    return [FigureData(columns, facts)]


def size(data: FigureData) -> tuple[float, float]:
    return 4.8, 0.25 + 0.24 * len(data.columns["label"])


def draw(axes: Axes, data: FigureData) -> None:
    rows = data.columns["rows"]
    axes.rows(rows, SERIES[1], "rows")
    axes.categories("y", data.columns["label"])
    axes.set_xlim(0, 1.3 * max(*rows, 1))
    axes.xaxis.set_visible(False)
    axes.bare()
    for place, (number, share) in enumerate(zip(rows, data.columns["share"], strict=True)):
        axes.beside(number, place, f"{count(number)}  ({percent(share)})")


def describe(data: FigureData) -> Words:
    facts, names, shares = data.facts, data.columns["label"], data.columns["share"]
    title = (
        f"A row has {fixed(facts['mean'], 1)} labels on average: {percent(shares[0], 0)} have {label_of(names[0])}, "
        f"{percent(shares[-1], 0)} {label_of(names[-1])}."
    )
    cut = f" The {len(names)} commonest of {facts['labels']} labels." if len(names) < facts["labels"] else ""
    without = f" {plural(facts['none'], 'row has', 'rows have')} none of them." if facts["none"] else ""
    unknown = f" {plural(facts['unknown'], 'row')} with a label that is not known not counted."
    caption = f"Rows that have each label, in the table as read.{cut}{without}{unknown if facts['unknown'] else ''}"
    rows = zip(names, data.columns["rows"], shares, strict=True)
    listed = (f"{label_of(name)} {count(number)} ({percent(share)})" for name, number, share in rows)
    return Words(title, caption, f"Rows of {count(facts['rows'])} that have each label: {', '.join(listed)}.")
