"""Which labels come together, as they are and as they are predicted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, class_names, label_of, matrix, tested
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import percent, plural, shorten

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 22
_MOST_LABELS = 12
_WITH_NUMBERS = 7
_MOST_PAIRS = 100
#: The gap of a pair from which the title tells of it.
_TELLING = 0.02


def compute(run: Run) -> list[FigureData]:
    prediction = tested(run, "multilabel")
    actual, predicted = prediction.y_true.astype(float), prediction.y_pred.astype(float)
    commonest = np.argsort(-actual.sum(axis=0), kind="stable")
    kept = np.sort(commonest[: min(_MOST_LABELS, int((actual.sum(axis=0) > 0).sum()))])
    if len(kept) < 2:
        raise NotApplicable("fewer than two labels are in the test set")
    names = [class_names(run)[place] for place in kept]
    both = [flags[:, kept].T @ flags[:, kept] for flags in (actual, predicted)]
    one, other = np.triu_indices(len(kept), 1)
    rows = [shared[one, other] / len(actual) for shared in both]
    order = np.argsort(-np.abs(rows[1] - rows[0]), kind="stable")[:_MOST_PAIRS]
    columns: dict[str, list[Any]] = {
        "label": [names[one[place]] for place in order],
        "with": [names[other[place]] for place in order],
        "rows with both": [round(float(rows[0][place]), 4) for place in order],
        "predicted with both": [round(float(rows[1][place]), 4) for place in order],
    }
    facts = {
        "labels": names,
        "of": len(prediction.labels),
        "rows": len(actual),
        "actual": matrix(_given(both[0])),
        "predicted": matrix(_given(both[1])),
    }
    return [FigureData(columns, facts)]


def _given(both: np.ndarray) -> np.ndarray:
    """Of the rows with the label of a row (k, k), the share that has that of a column; NaN where there are none."""
    members = np.diag(both)[:, None]
    shares: np.ndarray = np.divide(both, members, out=np.full_like(both, np.nan), where=members > 0)
    np.fill_diagonal(shares, np.nan)
    return shares


def size(data: FigureData) -> tuple[float, float]:
    labels = len(data.facts["labels"])
    return min(6.5, 2.4 + 0.62 * labels), 0.9 + 0.27 * labels


def draw(axes: Axes, data: FigureData) -> None:
    labels = data.facts["labels"]
    first, second = axes.panels(1, 2)
    for panel, part, title in ((first, "actual", "as they are"), (second, "predicted", "as predicted")):
        shares = np.array([array(row) for row in data.facts[part]])
        panel.set_title(title, loc="left")
        panel.cells(shares, SERIES[1])
        panel.categories("y", [f"{label}  {number}" for number, label in enumerate(labels, 1)])
        panel.categories("x", range(1, len(labels) + 1))
        panel.bare()
        if len(labels) <= _WITH_NUMBERS:
            _write(panel, shares)
    second.categories("y", range(1, len(labels) + 1))


def _write(panel: Axes, shares: np.ndarray) -> None:
    for row, column in np.ndindex(shares.shape):
        if np.isfinite(shares[row, column]):
            panel.value(column, row, f"{100 * shares[row, column]:.0f}", float(shares[row, column]))


def describe(data: FigureData) -> Words:
    facts, columns = data.facts, data.columns
    pairs = list(zip(*columns.values(), strict=True))
    shown, of = len(facts["labels"]), facts["of"]
    caption = (
        "Of the test rows with the label of a line, the percentage that has the label of a column too; "
        f"{plural(facts['rows'], 'row')}.{f' The {shown} commonest of {of} labels.' if shown < of else ''}"
    )
    return Words(_title(pairs), caption, f"Rows with both labels, as they are and as predicted: {_listed(pairs)}.")


def _title(pairs: Sequence[tuple[str, str, float, float]]) -> str:
    one, other, actual, predicted = pairs[0]
    if abs(predicted - actual) < _TELLING:
        return "Labels are predicted together about as often as they come together."
    way = "too seldom" if predicted < actual else "too often"
    return (
        f"{shorten(one, 40)} and {shorten(other, 40)} are predicted together {way}: in {percent(predicted, 0)} of the "
        f"rows, where {percent(actual, 0)} have both."
    )


def _listed(pairs: Sequence[tuple[str, str, float, float]]) -> str:
    told = (
        f"{label_of(one)} and {label_of(other)} {percent(actual)}, predicted {percent(predicted)}"
        for one, other, actual, predicted in pairs[:10]
    )
    return "; ".join(told)
