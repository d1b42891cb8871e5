"""Share of missing values in each column that has any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reportgen.errors import NotApplicable
from reportgen.figures._data import name_of, plain
from reportgen.figures._profiles import profile_of
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import count, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "data"
NEEDS = "dataset"
ORDER = 20
_MOST_COLUMNS = 20


def compute(run: Run) -> list[FigureData]:
    profile = profile_of(run)
    with_gaps = sorted((column for column in profile.columns if column.missing), key=lambda column: -column.missing)
    if not with_gaps:
        raise NotApplicable("no value is missing")
    if len(with_gaps) > 1 and len({percent(column.missing_share) for column in with_gaps}) == 1:
        raise NotApplicable("all columns with gaps lack the same share of their values: see the table of columns")
    shown = with_gaps[:_MOST_COLUMNS]
    columns: dict[str, list[Any]] = {
        "column": [name_of(column.name) for column in shown],
        "missing": [column.missing for column in shown],
        "share": plain(column.missing_share for column in shown),
    }
    return [FigureData(columns, {"columns": len(with_gaps), "rows": profile.n_rows, "of": profile.n_columns})]


def size(data: FigureData) -> tuple[float, float]:
    return 4.8, 0.25 + 0.22 * len(data.columns["column"])


def draw(axes: Axes, data: FigureData) -> None:
    shares = data.columns["share"]
    axes.rows(shares, SERIES[1], "share missing")
    axes.categories("y", data.columns["column"])
    axes.set_xlim(0, 1.25 * max(shares))
    axes.xaxis.set_visible(False)
    axes.bare()
    for place, (share, number) in enumerate(zip(shares, data.columns["missing"], strict=True)):
        text = f"{percent(share)}  ({count(number)})"
        axes.beside(share, place, text)


def describe(data: FigureData) -> Words:
    names, shares = data.columns["column"], data.columns["share"]
    title = f"Column {names[0]} lacks {percent(shares[0])} of its values."
    cut = f" The {len(names)} columns with most are shown." if len(names) < data.facts["columns"] else ""
    caption = f"Missing values in {data.facts['columns']} of {plural(data.facts['of'], 'column')}.{cut}"
    pairs = ", ".join(f"{name} {percent(share)}" for name, share in zip(names, shares, strict=True))
    return Words(title, caption, f"Share of missing values among {plural(data.facts['rows'], 'row')}: {pairs}.")
