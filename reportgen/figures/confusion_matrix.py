"""How often each class was taken for each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.figures._data import Plain, class_names, tested
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import classed, count, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 10
_MOST_CLASSES = 30  # beyond, the pairs most often confused are shown instead
_MOST_PAIRS = 20
_WITH_NUMBERS = 12
_ZEROS = 4  # classes up to which an empty cell says 0


def compute(run: Run) -> list[FigureData]:
    prediction = tested(run, "binary", "multiclass")
    labels = class_names(run)
    n_classes = len(labels)
    cells_of_rows = prediction.y_true * n_classes + prediction.y_pred
    counts = np.bincount(cells_of_rows, minlength=n_classes**2).reshape(n_classes, n_classes)
    pairs = _pairs(counts)
    facts: dict[str, Any] = {"labels": list(labels), "rows": int(counts.sum()), "right": int(np.trace(counts))}
    facts |= {"pairs": [[labels[one], labels[other], int(counts[one, other])] for one, other in pairs[:_MOST_PAIRS]]}
    facts["confused"] = len(pairs)
    if len(labels) <= _MOST_CLASSES:
        facts["counts"] = counts.tolist()
        cells = [(one, other) for one in range(len(labels)) for other in range(len(labels))]
    else:
        cells = pairs[:_MOST_PAIRS]
    columns: dict[str, Plain] = {
        "actual": [labels[one] for one, _ in cells],
        "predicted": [labels[other] for _, other in cells],
        "rows": [int(counts[cell]) for cell in cells],
    }
    return [FigureData(columns, facts)]


def _pairs(counts: np.ndarray) -> list[tuple[int, int]]:
    """Cells off the diagonal that hold any row, the fullest first."""
    wrong = counts - np.diag(np.diag(counts))
    order = np.argsort(-wrong, axis=None, kind="stable")[: int((wrong > 0).sum())]
    return [(int(place) // len(counts), int(place) % len(counts)) for place in order]


def size(data: FigureData) -> tuple[float, float]:
    classes = len(data.facts["labels"])
    if "counts" not in data.facts:
        return 4.8, 0.4 + 0.22 * max(len(data.columns["rows"]), 1)
    return (2.9, 2.4) if classes == 2 else _many(data.facts["labels"])


def _many(labels: list[str]) -> tuple[float, float]:
    """Inches for three classes or more: with their number the cells become smaller, so that the text need not."""
    classes, longest = len(labels), min(max(map(len, labels)), 20)
    if classes <= 5:
        return 1.6 + 0.42 * classes, 1.2 + 0.32 * classes
    return min(0.8 + 0.06 * longest + 0.3 * classes, 6.5), min(0.8 + 0.26 * classes, 6.0)


def draw(axes: Axes, data: FigureData) -> None:
    if "counts" not in data.facts:
        _draw_pairs(axes, data)
        return
    counts = np.array(data.facts["counts"])
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.cells(shares, SERIES[1])
    axes.categories("y", data.facts["labels"])
    axes.categories("x", data.facts["labels"], on_top=True)
    axes.set(xlabel="predicted", ylabel="actual")
    axes.bare()
    if len(counts) <= _WITH_NUMBERS:
        for row, column in np.ndindex(counts.shape):
            if counts[row, column] or len(counts) <= _ZEROS:
                axes.value(column, row, count(int(counts[row, column])), shares[row, column])


def _draw_pairs(axes: Axes, data: FigureData) -> None:
    rows = data.columns["rows"]
    axes.rows(rows, SERIES[2], "rows confused")
    named = zip(data.columns["actual"], data.columns["predicted"], strict=True)
    axes.categories("y", [f"{actual} taken for {predicted}" for actual, predicted in named])
    axes.set_xlim(0, 1.15 * max(rows, default=1))
    axes.xaxis.set_visible(False)
    axes.bare()
    for place, number in enumerate(rows):
        axes.beside(number, place, count(number))


def describe(data: FigureData) -> Words:
    facts = data.facts
    wrong = facts["rows"] - facts["right"]
    caption = f"{plural(facts['rows'], 'test row')}; the fuller a cell, the larger its share of the actual class."
    if "counts" not in facts:
        caption = f"The {len(facts['pairs'])} pairs of {len(facts['labels'])} classes most often confused, test set."
    pairs = "; ".join(
        f"{classed(actual)} taken for {classed(predicted)}: {count(number)}"
        for actual, predicted, number in facts["pairs"][:10]
    )
    share = percent(facts["right"] / facts["rows"])
    alt = f"{count(facts['right'])} of {plural(facts['rows'], 'test row')} predicted right ({share})"
    alt += f"; {pairs}." if pairs else "."
    if len(facts["labels"]) == 2:
        return Words(_binary_title(facts), caption, f"Confusion matrix: {_cells(facts)}. {alt}")
    title = "No test row was confused."
    if wrong:
        actual, predicted, number = facts["pairs"][0]
        times = f"{count(number)} of {plural(wrong, 'mistake')}"
        title = f"Most often, {classed(actual)} is taken for {classed(predicted)} ({times})."
    return Words(title, caption, f"Confusion matrix of {len(facts['labels'])} classes: {alt}")


def _binary_title(facts: Mapping[str, Any]) -> str:
    missed, alarms = facts["counts"][1][0], facts["counts"][0][1]
    if missed == alarms == 0:
        return "No case missed, no false alarm."
    return f"{_some(missed)} missed, {_some(alarms).lower()} false alarm{'' if alarms == 1 else 's'}."


def _some(number: int) -> str:
    words = ("None", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
    return words[number].replace("None", "No case") if number < len(words) else count(number)


def _cells(facts: Mapping[str, Any]) -> str:
    labels = [classed(label) if classed(label) == label else f"of {classed(label)}" for label in facts["labels"]]
    return ", ".join(
        f"{count(facts['counts'][row][column])} {labels[row]} predicted {classed(facts['labels'][column])}"
        for row in (0, 1)
        for column in (0, 1)
    )
