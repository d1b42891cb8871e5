"""Correlation of the numeric features that are most related, related ones beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.dataset import Kind
from reportgen.errors import NotApplicable
from reportgen.figures._data import array, matrix, name_of
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import count, fixed

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "data"
NEEDS = "dataset"
ORDER = 30
_MOST_FEATURES = 20
_HIGH = 0.9  # as in the profile, which counts such pairs


def compute(run: Run) -> list[FigureData]:
    if run.profile is None or len(run.profile.correlation_names) < 2:
        raise NotApplicable("fewer than two numeric features vary")
    profile = run.profile
    values = np.array([[r or 0.0 for r in row] for row in profile.correlation])
    strength = np.abs(values - np.diag(np.diag(values)))
    kept = np.sort(np.argsort(-strength.max(axis=1), kind="stable")[:_MOST_FEATURES])
    order = kept[_ordered(strength[np.ix_(kept, kept)])]
    labels = [name_of(profile.correlation_names[place]) for place in order]
    values = values[np.ix_(order, order)]
    facts = {
        "matrix": matrix(values),
        "labels": labels,
        "features": sum(column.kind is Kind.NUMERIC and not column.is_target for column in profile.columns),
        "high": profile.n_correlated,
        "best": [[name_of(pair.first), name_of(pair.second), pair.r] for pair in profile.correlated[:1]],
        "rows": profile.related_rows,
        "of": profile.n_rows,
    }
    return [FigureData(_pairs(labels, values), facts)]


def _ordered(strength: np.ndarray) -> np.ndarray:
    """Features in an order that puts related ones beside each other, strength (n, n).

    By the Fiedler vector of the graph whose edges are the correlations (Atkins, Boman and Hendrickson 1998, "A spectral
    algorithm for seriation").
    """
    laplacian = np.diag(strength.sum(axis=1)) - strength
    _, vectors = np.linalg.eigh(laplacian)
    fiedler = vectors[:, 1] if len(vectors) > 2 else np.zeros(len(vectors))
    # The sign of an eigenvector is arbitrary; the first feature decides it.
    signed = fiedler if fiedler[0] <= 0 else -fiedler
    return np.argsort(signed.round(9), kind="stable")


def _pairs(labels: list[str], values: np.ndarray) -> dict[str, list[Any]]:
    """The pairs, the most related first."""
    one, other = np.triu_indices(len(labels), 1)
    found = values[one, other]
    order = np.argsort(-np.abs(found), kind="stable")[:100]
    return {
        "feature": [labels[one[place]] for place in order],
        "with": [labels[other[place]] for place in order],
        "correlation": [round(float(found[place]), 4) for place in order],
    }


def size(data: FigureData) -> tuple[float, float]:
    side = 0.5 + 0.19 * len(data.facts["labels"])
    return max(3.6, side + 1.6), max(1.4, side)


def draw(axes: Axes, data: FigureData) -> None:
    values = np.array([array(row) for row in data.facts["matrix"]])
    below = np.where(np.tri(len(values), k=-1, dtype=bool), values, 0)
    below = below[:, :-1]  # the last column of the triangle is empty
    axes.cells(np.clip(below, 0, 1), SERIES[2])
    axes.cells(np.clip(-below, 0, 1), SERIES[1])
    axes.categories("y", [f"{label}  {number}" for number, label in enumerate(data.facts["labels"], 1)])
    axes.categories("x", range(1, len(values)))
    axes.bare()
    if len(values) <= 10:
        for row, column in zip(*np.tril_indices(len(values), -1), strict=True):
            axes.value(float(column), float(row), fixed(values[row, column], 2), abs(values[row, column]))


def describe(data: FigureData) -> Words:
    columns, high = data.columns, data.facts["high"]
    best, pair = columns["correlation"][0], f"{columns['feature'][0]} and {columns['with'][0]}"
    title = f"No two features correlate above {_HIGH:g}; most related are {pair} ({fixed(best, 2)})."
    if high:
        first, second, best = data.facts["best"][0]  # of all features, also of those that are not shown
        pair = f"{first} and {second}"
        title = f"{count(high)} pairs of features say nearly the same, above all {pair} ({fixed(best, 3)})."
        if high == 1:
            title = f"One pair of features says nearly the same: {pair} ({fixed(best, 3)})."
    shown = len(data.facts["labels"])
    cut = (
        f" The {shown} most related of {data.facts['features']} numeric features are shown."
        if shown < data.facts["features"]
        else ""
    )
    part = (
        f" From {data.facts['rows']:,} of {data.facts['of']:,} rows." if data.facts["rows"] < data.facts["of"] else ""
    )
    caption = f"Pearson correlation, orange positive, blue negative, the fuller the stronger.{cut}{part}"
    named = zip(columns["feature"], columns["with"], columns["correlation"], strict=True)
    pairs = "; ".join(f"{one} and {other} {fixed(value, 2)}" for one, other, value in list(named)[:8])
    return Words(title, caption, f"Correlations of {shown} features, the strongest: {pairs}.")
