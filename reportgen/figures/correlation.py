"""Rank correlation of the numeric features that are most related, related ones beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from reportgen.dataset import Kind
from reportgen.errors import NotApplicable
from reportgen.figures._data import array, dataset_of, matrix, name_of, thin
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import fixed, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "data"
NEEDS = "dataset"
ORDER = 30
_MOST_FEATURES = 20
_MOST_ROWS = 5000
_MOST_COLUMNS = 200
_HIGH = 0.9


def compute(run: Run) -> list[FigureData]:
    dataset = dataset_of(run)
    names = [column.name for column in dataset.features if column.kind is Kind.NUMERIC][:_MOST_COLUMNS]
    rows = thin(dataset.n_rows, _MOST_ROWS)
    frame = dataset.frame.iloc[rows][names].astype(float).replace([np.inf, -np.inf], np.nan)
    related = frame.loc[:, frame.nunique() > 1].corr(method="spearman", min_periods=3).dropna(axis=0, how="all")
    if len(related) < 2:
        raise NotApplicable("fewer than two numeric features vary")
    values = np.nan_to_num(related.to_numpy())
    strength = np.abs(values - np.diag(np.diag(values)))
    high = int((np.triu(strength, 1) > _HIGH).sum())
    kept = np.sort(np.argsort(-strength.max(axis=1), kind="stable")[:_MOST_FEATURES])
    values = values[np.ix_(kept, kept)]
    order = _clustered(values)
    labels = [name_of(related.index[kept[place]]) for place in order]
    facts = {"matrix": matrix(values[np.ix_(order, order)]), "labels": labels, "features": len(names), "high": high}
    return [FigureData(_pairs(labels, values[np.ix_(order, order)]), facts | {"rows": len(rows), "of": dataset.n_rows})]


def _clustered(values: np.ndarray) -> np.ndarray:
    """The order of the leaves of an average-linkage tree over 1 - |r|."""
    if len(values) < 3:
        return np.arange(len(values))
    distance = 1 - np.abs(values)
    np.fill_diagonal(distance, 0)
    tree = linkage(
        squareform(np.clip((distance + distance.T) / 2, 0, None), checks=False), "average", optimal_ordering=True
    )
    return np.asarray(leaves_list(tree))


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
    axes.cells(np.clip(below, 0, 1), SERIES[2])
    axes.cells(np.clip(-below, 0, 1), SERIES[1])
    numbers = range(1, len(values) + 1)
    axes.categories("y", [f"{label}  {number}" for number, label in zip(numbers, data.facts["labels"], strict=True)])
    axes.categories("x", numbers)
    axes.bare()
    if len(values) <= 10:
        for row, column in zip(*np.tril_indices(len(values), -1), strict=True):
            axes.value(float(column), float(row), f"{values[row, column]:.2f}", abs(values[row, column]))


def describe(data: FigureData) -> Words:
    columns, high = data.columns, data.facts["high"]
    best, pair = columns["correlation"][0], f"{columns['feature'][0]} and {columns['with'][0]}"
    title = f"No two features correlate above {_HIGH:g}; most related are {pair} ({fixed(best, 2)})."
    if high:
        say = "say" if high > 1 else "says"
        title = f"{plural(high, 'pair')} of features {say} nearly the same, above all {pair} ({fixed(best, 3)})."
    shown = len(data.facts["labels"])
    cut = (
        f" The {shown} most related of {data.facts['features']} numeric features are shown."
        if shown < data.facts["features"]
        else ""
    )
    part = (
        f" From {data.facts['rows']:,} of {data.facts['of']:,} rows." if data.facts["rows"] < data.facts["of"] else ""
    )
    caption = f"Spearman rank correlation, orange positive, blue negative, the fuller the stronger.{cut}{part}"
    named = zip(columns["feature"], columns["with"], columns["correlation"], strict=True)
    pairs = "; ".join(f"{one} and {other} {fixed(value, 2)}" for one, other, value in list(named)[:8])
    return Words(title, caption, f"Rank correlations of {shown} features, the strongest: {pairs}.")
