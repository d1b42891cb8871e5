"""The blocks that a report is made of, as plain data: text, tables, small charts, figures, findings and groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Union


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style. `href` is a fragment (`#id`) or an http, https or mailto address."""

    text: str
    style: Literal["plain", "strong", "em", "code", "pass", "fail"] = "plain"
    href: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    spans: tuple[Span, ...]

    def __str__(self) -> str:
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Markdown:
    """Text of the user's, in Markdown; raw HTML in it is shown as text."""

    source: str


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One number worth a line: `label`, the shown `value`, and what qualifies it."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class KeyFigures:
    items: tuple[KeyFigure, ...]


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its interval and, as a thin mark, a reference; drawn as a bar on the column's `scale`."""

    value: float
    low: float
    high: float
    reference: float | None = None


@dataclass(frozen=True, slots=True)
class Bars:
    """A small distribution: counts (n_bins,) of one or more stacked series, drawn as a sparkline."""

    series: tuple[tuple[int, ...], ...]


Cell = Union[str, int, float, None, Text, Interval, Bars]


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: `format` decides alignment and how numbers are shown.

    text, code: left; integer: `1,234`; fixed: `digits` decimals; significant: `digits` significant digits;
    percent: a share as `12.3 %`; share: the same with a small bar from 0 to 1; interval, bars: small drawings (`scale`
    gives the ends of the axis).
    """

    title: str
    format: Literal["text", "code", "integer", "fixed", "significant", "percent", "share", "interval", "bars"] = "text"
    digits: int = 3
    unit: str = ""
    scale: tuple[float, float] | None = None
    strong: bool = False
    narrow: bool = True  # False: may be left out on a phone


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the first cell names its row. `total` is the number of rows before the table was cut.

    `details` are the blocks that a row unfolds to, in the order of `rows` and at most as many, () where there are none.
    """

    id: str
    title: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    total: int | None = None
    legend: tuple[str, ...] = ()  # names of the stacked series of `bars` columns
    details: tuple[tuple[Detail, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """Counts as bars, which the outputs draw: the shape of one column, with no numbers of its own to download.

    `series` (n_series, n_bars) are stacked. On an axis bars stand side by side and `labels` are its two ends; columns
    have a label each; rows lie one below the other, each with its label, its count and its share of `total`.
    """

    title: str
    series: tuple[tuple[int, ...], ...]
    labels: tuple[str, ...]
    form: Literal["axis", "columns", "rows"] = "axis"
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing, the numbers it was drawn from, and the words that stand for it.

    `drawing` is SVG text as `svg.rewrite` leaves it. `data` maps column names to equally long lists. `axes` lists the
    boxes (x, y, width, height in SVG units), limits and scales, with the series drawn in each.
    """

    id: str
    title: str  # what to see
    caption: str  # what it is
    alt: str
    drawing: str
    width: float  # in points
    height: float
    data: Mapping[str, tuple[Union[str, int, float, None], ...]] = field(default_factory=dict)
    axes: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class FindingBlock:
    """One check's verdict as shown."""

    id: str
    status: Literal["failed", "passed", "not applicable", "broken", "off"]
    severity: Literal["error", "warning", "notice"]
    title: str
    detail: str = ""
    value: float | None = None
    threshold: float | None = None
    meaning: str = ""
    remedy: str = ""
    link: str = ""  # "#finding-…" where the summary points at the full entry
    unit: str = ""  # of value and threshold


@dataclass(frozen=True, slots=True)
class Code:
    """Text shown as written, in a fixed-width face."""

    source: str
    language: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A remark of the report about itself: something not applicable, broken, reduced or interrupted."""

    text: str
    kind: Literal["remark", "not applicable", "broken", "reduced", "interrupted"] = "remark"


@dataclass(frozen=True, slots=True)
class Group:
    """Blocks that belong together: in a row side by side, or folded under a title."""

    blocks: tuple[Block, ...]
    layout: Literal["pair", "fold", "plain"] = "plain"
    title: str = ""


#: What a row of a table may unfold to.
Detail = Union[Text, KeyFigures, Chart, Note]
Block = Union[Text, Markdown, KeyFigures, Table, Chart, Figure, FindingBlock, Code, Note, Group]


# Text from pieces: `para(strong("Both gates passed."), " F1 is 0.976.")`.


def para(*pieces: str | Span) -> Text:
    return Text(tuple(Span(piece) if isinstance(piece, str) else piece for piece in pieces))


def strong(text: str) -> Span:
    return Span(text, "strong")


def em(text: str) -> Span:
    return Span(text, "em")


def code(text: str) -> Span:
    return Span(text, "code")


def link(text: str, href: str) -> Span:
    return Span(text, "plain", href)
