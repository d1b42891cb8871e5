"""Which columns are missing in the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import matrix, name_of
from reportgen.figures._matrix import draw_triangle, filled, listed, pair_table, pairs, seriation, triangle_size
from reportgen.figures._profiles import profile_of
from reportgen.results import FigureData, Run, Words
from reportgen.text import count, fixed, listing, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "data"
NEEDS = "dataset"
ORDER = 22
_HEAD = ("column", "with", "phi")
_NOTABLE = 0.3
_FEWEST = 5  # gaps of a column; fewer may meet by chance


def compute(run: Run) -> list[FigureData]:
    profile = profile_of(run)
    together = profile.missing
    if len(together.names) < 2:
        raise NotApplicable("fewer than two columns have gaps")
    often = np.array([profile.column(name).missing >= _FEWEST for name in together.names])
    values = filled(together.matrix)
    off = np.abs(values - np.diag(np.diag(values))) * often[:, None]
    off = np.where(often, off.max(axis=0), 0)
    kept = np.flatnonzero(off >= _NOTABLE)
    if not len(kept):
        raise NotApplicable(f"no two columns are missing together (phi below {_NOTABLE:g})")
    order = kept[seriation(values[np.ix_(kept, kept)])]
    labels = [name_of(together.names[place]) for place in order]
    values = values[np.ix_(order, order)]
    facts = {
        "matrix": matrix(values),
        "labels": labels,
        "columns": len(together.names),
        "rows": profile.n_rows,
        "complete": together.complete,
        "patterns": [[[name_of(name) for name in names], rows] for names, rows in together.patterns if len(names) > 1][
            :5
        ],
    }
    return [FigureData(pair_table(labels, values, _HEAD), facts)]


def size(data: FigureData) -> tuple[float, float]:
    return triangle_size(data.facts["labels"])


def draw(axes: Axes, data: FigureData) -> None:
    draw_triangle(axes, data.facts["labels"], filled(data.facts["matrix"]))


def describe(data: FigureData) -> Words:
    facts, labels = data.facts, data.facts["labels"]
    values = filled(facts["matrix"])
    one, other = pairs(values, 1)[0]
    phi = float(values[one, other])
    how = "often lack their values in the same rows" if phi > 0 else "seldom lack their values in the same row"
    if phi > 0.95:
        how = "lack their values in the same rows"
    title = f"Columns {labels[one]} and {labels[other]} {how} (phi {fixed(phi, 2)})."
    cut = f" The {len(labels)} of {facts['columns']} columns with gaps that go together are shown."
    complete = f" {percent(facts['complete'] / facts['rows'])} of the rows have no gap."
    caption = (
        "Phi coefficient of being missing; orange: in the same rows, blue: in different ones, the fuller the stronger."
        + complete
        + (cut if len(labels) < facts["columns"] else "")
    )
    sets = "; ".join(f"{listing(names)} in {plural(rows, 'row')}" for names, rows in facts["patterns"])
    alt = f"Columns missing together among {count(facts['rows'])} rows, by phi: {listed(data.columns, _HEAD)}."
    return Words(title, caption, alt + (f" Commonest sets: {sets}." if sets else ""))
