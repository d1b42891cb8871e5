"""How columns of different kinds go together, related ones beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.dataset import Kind
from reportgen.errors import NotApplicable
from reportgen.figures._data import matrix, name_of
from reportgen.figures._matrix import draw_triangle, filled, listed, pair_table, pairs, seriation, triangle_size
from reportgen.figures._profiles import profile_of
from reportgen.results import FigureData, Run, Words
from reportgen.text import fixed

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "data"
NEEDS = "dataset"
ORDER = 50
_HEAD = ("column", "with", "association")
_RANKED = (Kind.NUMERIC, Kind.DATETIME, Kind.BOOLEAN)
_WEAK = 0.3
_FEWEST = 10  # rows below which columns go together by chance


def compute(run: Run) -> list[FigureData]:
    profile = profile_of(run)
    found = profile.associations
    if len(found.names) < 2:
        raise NotApplicable("fewer than two columns can be associated")
    if profile.n_rows < _FEWEST:
        raise NotApplicable(f"fewer than {_FEWEST} rows")
    kinds = [profile.column(name).kind for name in found.names]
    if all(kind is Kind.NUMERIC for kind in kinds):
        raise NotApplicable("all columns are numeric: see their correlation")
    values = filled(found.matrix)
    if np.nanmax(np.abs(values - np.diag(np.diag(values)))) < _WEAK:
        raise NotApplicable(f"no two columns go together (association below {_WEAK:g})")
    order = seriation(values)
    values = values[np.ix_(order, order)]
    unranked = [kinds[place] not in _RANKED for place in order]
    labels = [name_of(found.names[place]) + ("*" if kinds[place] not in _RANKED else "") for place in order]
    plain_labels = [name_of(found.names[place]) for place in order]
    columns = pair_table(plain_labels, values, _HEAD)
    places = pairs(values)
    facts = {
        "matrix": matrix(values),
        "labels": labels,
        "unranked": unranked,
        "columns": profile.n_columns,
        "rows": found.rows,
        "of": profile.n_rows,
        "best": _measure(unranked[places[0][0]], unranked[places[0][1]]),
    }
    columns["measure"] = [_measure(unranked[one], unranked[other]) for one, other in places]
    return [FigureData(columns, facts)]


def _measure(one: bool, other: bool) -> str:
    return "Cramér's V" if one and other else "correlation ratio" if one or other else "Spearman"


def size(data: FigureData) -> tuple[float, float]:
    return triangle_size(data.facts["labels"])


def draw(axes: Axes, data: FigureData) -> None:
    category = np.array(data.facts["unranked"], dtype=bool)
    unsigned = category[:, None] | category[None, :]
    draw_triangle(axes, data.facts["labels"], filled(data.facts["matrix"]), unsigned, "association")


def describe(data: FigureData) -> Words:
    facts, columns = data.facts, data.columns
    one, other, value = (columns[name][0] for name in _HEAD)
    title = f"Strongest together are {one} and {other} ({facts['best']} {fixed(value, 2)})."
    shown = len(facts["labels"])
    caption = (
        "Rank correlation, orange positive, blue negative; green: with a category (*), Cramér's V of two and the "
        "correlation ratio with a number. The fuller the stronger."
    )
    if shown < facts["columns"]:
        caption += f" {shown} of {facts['columns']:,} columns are shown."
    if facts["rows"] < facts["of"]:
        caption += f" From {facts['rows']:,} of {facts['of']:,} rows."
    alt = f"Associations of {shown} columns, the strongest: {listed(columns, _HEAD)}."
    return Words(title, caption, alt)
