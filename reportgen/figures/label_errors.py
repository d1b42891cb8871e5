"""A small confusion matrix of each label: its rows found and missed, the others rightly and wrongly given it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.figures._data import class_names, label_of, tested
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import count, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 11
_MOST_LABELS = 20
_CELLS = ("found", "missed", "falsely given", "rightly not")


def compute(run: Run) -> list[FigureData]:
    prediction = tested(run, "multilabel")
    actual, predicted, names = prediction.y_true == 1, prediction.y_pred == 1, class_names(run)
    cells = (actual & predicted, actual & ~predicted, ~actual & predicted, ~actual & ~predicted)
    counts = np.stack([cell.sum(axis=0) for cell in cells], axis=1)
    wrong = counts[:, 1] + counts[:, 2]
    order = np.argsort(-wrong, kind="stable")[:_MOST_LABELS]
    columns: dict[str, list[Any]] = {"label": [names[place] for place in order]}
    columns |= {cell: counts[order, place].tolist() for place, cell in enumerate(_CELLS)}
    facts = {
        "rows": len(actual),
        "labels": len(names),
        "wrong": int(wrong.sum()),
        "right": int((actual == predicted).all(axis=1).sum()),
    }
    return [FigureData(columns, facts)]


def size(data: FigureData) -> tuple[float, float]:
    return 4.0, 0.55 + 0.26 * len(data.columns["label"])


def draw(axes: Axes, data: FigureData) -> None:
    counts = _counts(data)
    # Of the rows with the label, and of those without it: each pair of cells is a whole.
    halves = (counts[:, :2], counts[:, 2:])
    shares = np.hstack([half / np.maximum(half.sum(axis=1, keepdims=True), 1) for half in halves])
    axes.cells(shares, SERIES[1])
    axes.categories("y", data.columns["label"])
    axes.categories("x", _CELLS, on_top=True)
    axes.bare()
    for row, column in np.ndindex(counts.shape):
        axes.value(column, row, count(int(counts[row, column])), float(shares[row, column]))


def _counts(data: FigureData) -> np.ndarray:
    return np.array([data.columns[cell] for cell in _CELLS]).T


def describe(data: FigureData) -> Words:
    facts, names, counts = data.facts, data.columns["label"], _counts(data)
    decisions = facts["rows"] * facts["labels"]
    title = "No label of a test row is wrong."
    if facts["wrong"]:
        missed, given = int(counts[0, 1]), int(counts[0, 2])
        title = f"Most mistakes are on {label_of(names[0])}: {count(missed)} missed, {count(given)} falsely given."
    cut = f" The {len(names)} labels with most mistakes, of {facts['labels']}." if len(names) < facts["labels"] else ""
    caption = (
        f"{plural(facts['rows'], 'test row')}; the fuller a cell, the larger its share of the rows with the label "
        f"(left pair) or without it (right pair).{cut}"
    )
    listed = (f"{label_of(name)} {_told(row)}" for name, row in zip(names, counts, strict=True))
    share = percent(1 - facts["wrong"] / max(decisions, 1))
    alt = f"{share} of {count(decisions)} decisions are right, {count(facts['right'])} rows in every label. "
    return Words(title, caption, f"{alt}By label: {'; '.join(listed)}.")


def _told(row: np.ndarray) -> str:
    return ", ".join(f"{count(int(number))} {cell}" for cell, number in zip(_CELLS, row, strict=True))
