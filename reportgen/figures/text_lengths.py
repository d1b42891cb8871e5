"""How long the texts of a column are, in characters and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportgen.dataset import Kind
from reportgen.errors import NotApplicable
from reportgen.figures._data import name_of, plain
from reportgen.figures._profiles import profile_of, shown_features
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import count, fixed, listing, one_line, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes
    from reportgen.profile import ColumnProfile, Histogram

SECTION = "data"
NEEDS = "dataset"
ORDER = 60
_MOST_COLUMNS = 2
_MOST_SCRIPTS = 3


def compute(run: Run) -> list[FigureData]:
    """One drawing a column of text."""
    found = [column for column in shown_features(profile_of(run)) if column.kind is Kind.TEXT]
    if not found:
        raise NotApplicable("no column holds text")
    usable = [column for column in found if column.text and _varies(column.text.lengths)]
    if not usable:
        raise NotApplicable("no text has a length that varies")
    return [_drawing(column, len(usable)) for column in usable[:_MOST_COLUMNS]]


def _drawing(column: ColumnProfile, of: int) -> FigureData:
    text = column.text
    assert text is not None
    both = {"characters": text.lengths, "words": text.word_counts}
    parts = {name: histogram for name, histogram in both.items() if histogram and _varies(histogram)}
    name = name_of(column.name)
    scripts = [[one_line(script, 30), share] for script, share in list(text.scripts.items())[:_MOST_SCRIPTS]]
    facts = {
        "name": name,
        "panels": {unit: [plain(found.edges), list(found.totals)] for unit, found in parts.items()},
        "rows": column.count,
        "shortest": text.shortest,
        "median": text.median,
        "longest": text.longest,
        "words": text.mean_words,
        "empty": text.empty,
        "scripts": scripts,
        "of": of,
    }
    return FigureData(_table(parts), facts, part=name)


def _varies(histogram: Histogram | None) -> bool:
    return histogram is not None and sum(number > 0 for number in histogram.totals) > 1


def _table(parts: dict[str, Histogram]) -> dict[str, list[float | int | str | None]]:
    return {
        "of": [unit for unit, found in parts.items() for _ in found.totals],
        "from": [edge for found in parts.values() for edge in plain(found.edges[:-1])],
        "to": [edge for found in parts.values() for edge in plain(found.edges[1:])],
        "rows": [number for found in parts.values() for number in found.totals],
    }


def size(data: FigureData) -> tuple[float, float]:
    return 2.6 * len(data.facts["panels"]), 1.5


def draw(axes: Axes, data: FigureData) -> None:
    panels = data.facts["panels"]
    for panel, (unit, (edges, rows)) in zip(axes.panels(1, len(panels)), panels.items(), strict=True):
        panel.bars(edges, rows, SERIES[1], "rows")
        panel.set(xlabel=unit, xlim=(edges[0], edges[-1]), ylim=(0, 1.05 * max(rows)))
        panel.few("x", 5)
        panel.yaxis.set_visible(False)
        panel.bare("left")


def describe(data: FigureData) -> Words:
    facts = data.facts
    name, median = facts["name"], f"{facts['median']:,.10g}"
    title = f"Half of the texts of {name} have at most {median} characters, the longest {count(facts['longest'])}."
    scripts = listing(f"{percent(share, 0)} {script}" for script, share in facts["scripts"])
    caption = f"Rows by length of {name}, {fixed(facts['words'], 1)} words on average."
    caption += f" Letters: {scripts}." if scripts else ""
    caption += f" {plural(facts['empty'], 'text')} of blanks alone." if facts["empty"] else ""
    caption += f" {_MOST_COLUMNS} of {facts['of']} columns of text are shown." if facts["of"] > _MOST_COLUMNS else ""
    alt = (
        f"Lengths of {plural(facts['rows'], 'text')} of {name}: from {count(facts['shortest'])} to "
        f"{count(facts['longest'])} characters, median {median}; {fixed(facts['words'], 1)} words on average."
    )
    return Words(title, caption, alt)
