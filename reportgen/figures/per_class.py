"""Precision, recall and F1 of each class, or of each of several labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import class_names, plain, tested
from reportgen.results import FigureData, Run, Words
from reportgen.svg import RULE, SERIES
from reportgen.text import classed, count, fixed

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 20
_MOST_CLASSES = 30
_FEWEST_ROWS = 5  # of a class, where there are many: the F1 of fewer says little
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
    judged = there[support[there] >= _FEWEST_ROWS] if len(there) > _MOST_CLASSES else there
    judged = judged if len(judged) else there
    order = judged[np.argsort(f1[judged], kind="stable")][:_MOST_CLASSES]
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
    facts = {"classes": len(there), "judged": len(judged), "what": what, "median": float(np.median(f1[there]))}
    return [FigureData(columns, facts | {"deciles": np.quantile(f1[there], [0.1, 0.9]).tolist()})]


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
    listed = (
        f"{classed(name)}: precision {fixed(p)}, recall {fixed(r)}, F1 {fixed(f)}, {rows} rows"
        for name, p, r, f, rows in zip(*data.columns.values(), strict=True)
    )
    caption = f"Precision, recall and F1 of each {what} on the test set, lowest F1 first.{_rest(data)}"
    return Words(title, caption, f"Scores by {what}: {'; '.join(list(listed)[:12])}.")


def _rest(data: FigureData) -> str:
    """Which of many classes are shown, and how all of them fare."""
    facts, shown = data.facts, len(data.columns["class"])
    if shown == facts["classes"]:
        return ""
    many = "labels" if facts["what"] == "label" else "classes"
    enough = f" with {_FEWEST_ROWS} test rows or more" if facts["judged"] < facts["classes"] else ""
    low, high = (fixed(value) for value in facts["deciles"])
    return (
        f" The {shown} hardest of {count(facts['judged'])} {many}{enough} are shown; of all {count(facts['classes'])} "
        f"a tenth have an F1 of {low} or less, a tenth of {high} or more."
    )
