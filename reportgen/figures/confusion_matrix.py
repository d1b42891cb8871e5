"""How often each class was taken for each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.figures._confusions import AS_GIVEN, confused_pairs, confusions, in_bands, order_of, shares_of
from reportgen.figures._data import Plain, class_names, matrix, tested
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import classed, count, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 10
_MOST_CLASSES = 30  # beyond, the matrix is drawn as a density
_MOST_BANDS = 100
_MOST_PAIRS = 20
_WITH_NUMBERS = 12
_ZEROS = 4  # classes up to which an empty cell says 0


def compute(run: Run) -> list[FigureData]:
    prediction = tested(run, "binary", "multiclass")
    names = class_names(run)
    counts = confusions(prediction, len(names))
    order = order_of(counts)
    counts, labels = counts[np.ix_(order, order)], [names[code] for code in order]
    pairs = confused_pairs(counts)
    facts: dict[str, Any] = {"labels": labels, "rows": int(counts.sum()), "right": int(np.trace(counts))}
    facts |= {"pairs": [[labels[one], labels[other], int(counts[one, other])] for one, other in pairs[:_MOST_PAIRS]]}
    if len(labels) > _MOST_CLASSES:
        return [FigureData(_by_class(counts, labels), facts | {"density": matrix(in_bands(counts, _MOST_BANDS), 3)})]
    cells = list(np.ndindex(counts.shape))
    columns: dict[str, Plain] = {
        "actual": [labels[one] for one, _ in cells],
        "predicted": [labels[other] for _, other in cells],
        "rows": [int(counts[cell]) for cell in cells],
    }
    return [FigureData(columns, facts | {"counts": counts.tolist()})]


def _by_class(counts: np.ndarray, labels: list[str]) -> dict[str, Plain]:
    """A row a class, in the order of the drawing: what it is taken for most often."""
    wrong = counts - np.diag(np.diag(counts))
    other = wrong.argmax(axis=1)
    return {
        "class": list(labels),
        "rows": counts.sum(axis=1).tolist(),
        "right": np.diag(counts).tolist(),
        "taken for": [labels[code] if wrong[row, code] else None for row, code in enumerate(other)],
        "times": wrong.max(axis=1).tolist(),
    }


def size(data: FigureData) -> tuple[float, float]:
    classes = len(data.facts["labels"])
    if "density" in data.facts:
        return 4.6, 4.1
    return (2.9, 2.4) if classes == 2 else _many(data.facts["labels"])


def _many(labels: list[str]) -> tuple[float, float]:
    """Inches for three classes or more: with their number the cells become smaller, so that the text need not."""
    classes, longest = len(labels), min(max(map(len, labels)), 20)
    if classes <= 5:
        return 1.6 + 0.42 * classes, 1.2 + 0.32 * classes
    return min(0.8 + 0.06 * longest + 0.3 * classes, 6.5), min(0.8 + 0.26 * classes, 6.0)


def draw(axes: Axes, data: FigureData) -> None:
    if "density" in data.facts:
        _draw_density(axes, data)
        return
    counts = np.array(data.facts["counts"])
    shares = shares_of(counts)
    axes.cells(shares, SERIES[1])
    axes.categories("y", data.facts["labels"])
    axes.categories("x", data.facts["labels"], on_top=True)
    axes.set(xlabel="predicted", ylabel="actual")
    axes.bare()
    if len(counts) <= _WITH_NUMBERS:
        for row, column in np.ndindex(counts.shape):
            if counts[row, column] or len(counts) <= _ZEROS:
                axes.value(column, row, count(int(counts[row, column])), float(shares[row, column]))


def _draw_density(axes: Axes, data: FigureData) -> None:
    image, key = axes.panels(1, 2, widths=(1, 0.03))
    shares = np.array(data.facts["density"], dtype=float)
    high = float(shares.max()) or 1.0
    image.raster(shares, 0, high, diverging=False)
    image.set(xlabel="predicted class", ylabel="actual class")
    image.ticks("x", [])
    image.ticks("y", [])
    key.key(0, high, diverging=False)


def describe(data: FigureData) -> Words:
    facts = data.facts
    wrong = facts["rows"] - facts["right"]
    caption = f"{plural(facts['rows'], 'test row')}; the fuller a cell, the larger its share of the actual class."
    if "density" in facts:
        caption = _of_bands(len(facts["labels"]), len(facts["density"]))
    if len(facts["labels"]) > AS_GIVEN:
        caption += " Classes are ordered so that those taken for each other meet."
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


def _of_bands(classes: int, bands: int) -> str:
    each = f"Each cell is about {round(classes / bands)} by {round(classes / bands)} of {count(classes)} classes"
    each = each if bands < classes else f"Each cell is one of {count(classes)} classes by another"
    return f"{each}: the share of the actual classes' rows that is taken for others; right rows are left out."


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
