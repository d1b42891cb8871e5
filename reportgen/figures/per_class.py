"""Precision, recall and F1 of each class, or of each of several labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import class_names, plain, tested
from reportgen.results import FigureData, Run, Words
from reportgen.svg import RULE, SERIES
from reportgen.text import classed, fixed

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 20
_MOST_CLASSES = 30
_COLOURS = {"precision": SERIES[1], "recall": SERIES[2], "F1": SERIES[3]}


def compute(run: Run) -> list[FigureData]:
    prediction = tested(run, "multiclass", "multilabel")
    # Not at the top: the studio loads this module too, and only draws.
    from sklearn.metrics import precision_recall_fscore_support

    names = class_names(run)
    found = precision_recall_fscore_support(
        prediction.y_true, prediction.y_pred, labels=range(len(names)), zero_division=0.0
    )
    precision, recall, f1, support = (np.asarray(values) for values in found)
    there = np.flatnonzero(support > 0)
    order = there[np.argsort(f1[there], kind="stable")][:_MOST_CLASSES]
    columns = {
        "class": [names[code] for code in order],
        "precision": plain(precision[order], 4),
        "recall": plain(recall[order], 4),
        "F1": plain(f1[order], 4),
        "rows": support[order].astype(int).tolist(),
    }
    if not len(there):
        raise NotApplicable("no test row has a label")
    what = "label" if prediction.y_true.ndim == 2 else "class"
    return [FigureData(columns, {"classes": len(there), "median": float(np.median(f1[there])), "what": what})]


def size(data: FigureData) -> tuple[float, float]:
    return 4.8, 0.85 + 0.22 * len(data.columns["class"])


def draw(axes: Axes, data: FigureData) -> None:
    rows = np.arange(len(data.columns["class"]))
    axes.hlines(rows, 0, 1, color=RULE, linewidth=0.5, zorder=0.5)
    for place, (name, colour) in enumerate(_COLOURS.items()):
        axes.points(data.columns[name], rows + 0.16 * (place - 1), colour, name, size=5, alpha=0.95)
        axes.above(name, colour)
    axes.categories("y", data.columns["class"])
    axes.set(xlim=(-0.02, 1.02), ylim=(len(rows) - 0.5, -0.7))
    axes.bare("left")


def describe(data: FigureData) -> Words:
    names, f1 = data.columns["class"], data.columns["F1"]
    median, what = fixed(data.facts["median"]), data.facts["what"]
    title = f"Hardest: {classed(names[0])}, with an F1 of {fixed(f1[0])}; the median {what} has {median}."
    cut = (
        f" The {len(names)} hardest of {data.facts['classes']} {'labels' if what == 'label' else 'classes'} are shown."
        if len(names) < data.facts["classes"]
        else ""
    )
    listed = (
        f"{classed(name)}: precision {fixed(p)}, recall {fixed(r)}, F1 {fixed(f)}, {rows} rows"
        for name, p, r, f, rows in zip(*data.columns.values(), strict=True)
    )
    caption = f"Precision, recall and F1 of each {what} on the test set, lowest F1 first.{cut}"
    return Words(title, caption, f"Scores by {what}: {'; '.join(list(listed)[:12])}.")
