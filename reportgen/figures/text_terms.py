"""The words that stand in the most texts of a column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reportgen.errors import NotApplicable
from reportgen.figures._data import name_of, plain
from reportgen.figures._profiles import profile_of, shown_features
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import count, listing, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes
    from reportgen.profile import ColumnProfile

SECTION = "data"
NEEDS = "dataset"
ORDER = 61
_MOST_COLUMNS = 2
_MOST_TERMS = 15
_FEWEST_TERMS = 3
_FEWEST_MEMBERS = 5


def compute(run: Run) -> list[FigureData]:
    """One drawing a column of text."""
    found = [_drawing(column) for column in shown_features(profile_of(run)) if column.text and column.text.terms]
    found = [data for data in found if len(data.columns["word"]) >= _FEWEST_TERMS]
    if not found:
        raise NotApplicable("no column has words that repeat over its rows")
    return found[:_MOST_COLUMNS]


def _drawing(column: ColumnProfile) -> FigureData:
    text = column.text
    assert text is not None
    terms = [term for term in text.terms if term.count >= _FEWEST_MEMBERS and not term.pooled][:_MOST_TERMS]
    rows = max(text.sampled, *(term.count for term in terms), 1)
    columns: dict[str, list[Any]] = {
        "word": [name_of(term.name) for term in terms],
        "rows": [term.count for term in terms],
        "share": plain(term.count / rows for term in terms),
    }
    name = name_of(column.name)
    facts = {"name": name, "distinct": text.distinct_terms, "rows": rows, "of": column.count}
    return FigureData(columns, facts, part=name)


def size(data: FigureData) -> tuple[float, float]:
    return 3.7, 0.25 + 0.2 * len(data.columns["word"])


def draw(axes: Axes, data: FigureData) -> None:
    shares = data.columns["share"]
    axes.rows(shares, SERIES[1], "share of rows")
    axes.categories("y", data.columns["word"])
    axes.set_xlim(0, 1.35 * max(shares))
    axes.xaxis.set_visible(False)
    axes.bare()
    for place, share in enumerate(shares):
        axes.beside(share, place, percent(share))


def describe(data: FigureData) -> Words:
    facts, terms, shares = data.facts, data.columns["word"], data.columns["share"]
    title = f"The commonest word of {facts['name']} is “{terms[0]}”, in {percent(shares[0])} of the rows."
    caption = f"Share of the rows of {facts['name']} in which a word stands; {count(len(terms))} of "
    caption += f"{plural(facts['distinct'], 'word')}."
    if facts["rows"] < facts["of"]:
        caption += f" From {facts['rows']:,} of {facts['of']:,} rows."
    pairs = [f"{term} {percent(share)}" for term, share in zip(terms, shares, strict=True)]
    alt = f"Words in the most of {plural(facts['rows'], 'row')} of {facts['name']}: {listing(pairs, most=_MOST_TERMS)}."
    return Words(title, caption, alt)
