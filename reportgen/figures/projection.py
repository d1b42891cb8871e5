"""All numeric columns at once: the rows along their first two principal components."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, dataset_of, name_of, plain
from reportgen.figures._profiles import (
    by_relation,
    draw_groups,
    groups,
    legend,
    numbers,
    numbers_that_vary,
    profile_of,
    sample,
)
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import fixed, listing, percent

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "data"
NEEDS = "dataset"
ORDER = 55
_FEWEST_COLUMNS, _MOST_COLUMNS = 4, 100
_FEWEST_WITHOUT_TARGET = 6
_TELLING = 2.0  # times the share that two directions of unrelated columns hold
_FEWEST_ROWS, _MOST_ROWS, _MOST_POINTS = 10, 2000, 800
_FARTHEST = 8.0  # standard deviations: one value at 1e18 must not be the first component alone
_NAMED = 3


def compute(run: Run) -> list[FigureData]:
    profile, dataset = profile_of(run), dataset_of(run)
    all_columns = by_relation(numbers_that_vary(profile))
    if len(all_columns) < _FEWEST_COLUMNS:
        raise NotApplicable("fewer than four numeric columns vary")
    if run.task is None and len(all_columns) < _FEWEST_WITHOUT_TARGET:
        raise NotApplicable("few numeric columns and no target")
    if dataset.n_rows < _FEWEST_ROWS:
        raise NotApplicable("fewer than ten rows")
    chosen = all_columns[:_MOST_COLUMNS]
    rows = sample(dataset.n_rows, _MOST_ROWS, run.spec.seed)
    values, varying = _standardised(np.array([numbers(dataset, column.name, rows) for column in chosen]).T)
    if values.shape[1] < _FEWEST_COLUMNS:
        raise NotApplicable("fewer than four numeric columns vary")
    names = [name_of(column.name) for column, varies in zip(chosen, varying, strict=True) if varies]
    places, shares, loadings = _components(values)
    if run.task is None and shares.sum() < _TELLING * 2 / len(names):
        raise NotApplicable("no two directions hold much of the variance")
    found = groups(run, dataset, rows)
    order = np.argsort(-np.abs(loadings[:, 0]), kind="stable")
    drawn = sample(len(rows), _MOST_POINTS, run.spec.seed)
    columns = {
        "column": names,
        "first component": plain(loadings[:, 0], 4),
        "second component": plain(loadings[:, 1], 4),
    }
    facts = {
        "x": plain(places[drawn, 0], 4),
        "y": plain(places[drawn, 1], 4),
        "codes": found.codes[drawn].tolist(),
        "groups": list(found.names),
        "by": found.by,
        "shares": plain(shares),
        "apart": _apart(places, found.codes),
        "leading": [names[place] for place in order[:_NAMED]],
        "columns": len(all_columns),
        "rows": len(rows),
        "of": dataset.n_rows,
    }
    return [FigureData({name: [column[place] for place in order] for name, column in columns.items()}, facts)]


def _standardised(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Columns (n, k) with mean 0 and standard deviation 1, gaps at the mean, far values cut; and which columns vary."""
    known = np.isfinite(values)
    # Scaled first: the squares of large numbers are beyond what a float holds.
    values = values / np.maximum(np.abs(np.where(known, values, 0)).max(axis=0), np.finfo(float).tiny)
    n = np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, values - np.where(known, values, 0).sum(axis=0) / n, 0)
    spread = np.sqrt((centred**2).sum(axis=0) / n)
    varying = spread > 1e-12
    return np.clip(centred[:, varying] / spread[varying], -_FARTHEST, _FARTHEST), varying


def _components(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Places (n, 2) on the first two components, their shares of the variance (2,), and loadings (k, 2).

    The sign of a component is arbitrary: its largest loading is made positive.
    """
    values = values - values.mean(axis=0)
    sizes, components = np.linalg.eigh(values.T @ values)  # from small to large
    first = components[:, :-3:-1]
    largest = np.abs(first.round(9)).argmax(axis=0)
    first = first * np.where(first[largest, [0, 1]] < 0, -1.0, 1.0)
    return values @ first, (sizes / sizes.sum())[:-3:-1], first


def _apart(places: np.ndarray, codes: np.ndarray) -> float | None:
    """Share of the variance of the places that lies between the groups, 0 to 1; None for one group."""
    known = codes >= 0
    places, codes = places[known], codes[known]
    if len(np.unique(codes)) < 2:
        return None
    centred = places - places.mean(axis=0)
    between = sum((codes == code).sum() * (centred[codes == code].mean(axis=0) ** 2).sum() for code in np.unique(codes))
    total = float((centred**2).sum())
    return float(between) / total if total > 0 else None


def size(data: FigureData) -> tuple[float, float]:  # noqa: ARG001
    return 4.6, 3.2


def draw(axes: Axes, data: FigureData) -> None:
    facts = data.facts
    x, y, codes = array(facts["x"]), array(facts["y"]), np.array(facts["codes"], dtype=int)
    several = len(facts["groups"]) > 1
    draw_groups(axes, x, y, codes, facts["groups"])
    axes.set(xlim=axes.reach(x), ylim=axes.reach(y))
    if several:
        axes.aside([(name, SERIES[code + 1]) for code, name in enumerate(facts["groups"])])
    first, second = (percent(share, 0) for share in facts["shares"])
    axes.set(xlabel=f"first component ({first} of the variance)", ylabel=f"second component ({second})")
    axes.few("x", 5)
    axes.few("y", 5)


def describe(data: FigureData) -> Words:
    facts = data.facts
    both = percent(sum(facts["shares"]), 0)
    title = f"Two directions hold {both} of the variance of {facts['columns']} numeric columns."
    apart = facts["apart"]
    if apart is not None:
        how = "lie apart" if apart > 0.4 else "lie partly apart" if apart > 0.15 else "overlap"
        what = "the classes" if not facts["by"] else f"low and high {facts['by'].removeprefix('of ')}"
        title = f"Along two directions that hold {both} of the variance, {what} {how}."
    drawn = sum(code >= 0 for code in facts["codes"])
    caption = (
        f"Principal components of {len(data.columns['column'])} standardised numeric columns, gaps at the mean; the "
        f"first is led by {listing(facts['leading'])}."
    )
    if len(facts["groups"]) > 1:
        caption += f" Colours: {legend(facts['groups'], facts['by'])}."
    if facts["rows"] < facts["of"]:
        caption += f" Computed from {facts['rows']:,} of {facts['of']:,} rows."
    if drawn < min(facts["rows"], facts["of"]):
        caption += f" {drawn:,} rows are drawn."
    told = f"; the groups explain {percent(apart, 0)} of the spread shown" if apart is not None else ""
    alt = (
        f"Rows along two principal components, which hold {percent(facts['shares'][0], 0)} and "
        f"{percent(facts['shares'][1], 0)} of the variance{told}; largest loading of the first: "
        f"{data.columns['column'][0]} {fixed(data.columns['first component'][0], 2)}."
    )
    return Words(title, caption, alt)
