"""Correlation of the numeric features that are most related, related ones beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.dataset import Kind
from reportgen.errors import NotApplicable
from reportgen.figures._data import matrix, name_of
from reportgen.figures._matrix import draw_triangle, filled, listed, pair_table, seriation, triangle_size
from reportgen.figures._profiles import profile_of
from reportgen.results import FigureData, Run, Words
from reportgen.text import count, fixed

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "data"
NEEDS = "dataset"
ORDER = 50
_HEAD = ("feature", "with", "correlation")
_MOST_FEATURES = 20
_FEWEST = 10  # rows below which columns correlate by chance
_HIGH = 0.9  # as in the profile, which counts such pairs


def compute(run: Run) -> list[FigureData]:
    profile = profile_of(run)
    if len(profile.correlation_names) < 2:
        raise NotApplicable("fewer than two numeric features vary")
    if profile.n_rows < _FEWEST:
        raise NotApplicable(f"fewer than {_FEWEST} rows")
    mixed = profile.associations.names
    if len(mixed) > 1 and any(profile.column(name).kind is not Kind.NUMERIC for name in mixed):
        raise NotApplicable("the associations show it with columns of other kinds")
    values = filled(profile.correlation)
    strength = np.abs(values - np.diag(np.diag(values)))
    kept = np.sort(np.argsort(-strength.max(axis=1), kind="stable")[:_MOST_FEATURES])
    order = kept[seriation(values[np.ix_(kept, kept)])]
    labels = [name_of(profile.correlation_names[place]) for place in order]
    values = values[np.ix_(order, order)]
    facts = {
        "matrix": matrix(values),
        "labels": labels,
        "features": sum(column.kind is Kind.NUMERIC and not column.is_target for column in profile.columns),
        "high": profile.n_correlated,
        "best": [[name_of(pair.first), name_of(pair.second), pair.r] for pair in profile.correlated[:1]],
        "rows": profile.correlated_rows,
        "of": profile.n_rows,
    }
    return [FigureData(pair_table(labels, values, _HEAD), facts)]


def size(data: FigureData) -> tuple[float, float]:
    return triangle_size(data.facts["labels"])


def draw(axes: Axes, data: FigureData) -> None:
    draw_triangle(axes, data.facts["labels"], filled(data.facts["matrix"]))


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
    return Words(title, caption, f"Correlations of {shown} features, the strongest: {listed(columns, _HEAD)}.")
