"""What the templates ask for: chapters, anchors, numbers of figures and tables, columns, and how the stamp reads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any, Literal, NamedTuple

from reportgen.document import (
    Block,
    Cell,
    Chart,
    Document,
    Figure,
    FindingBlock,
    Group,
    Section,
    Stamp,
    Table,
    TableColumn,
    is_link,
)
from reportgen.render import cells
from reportgen.render.layers import Layers
from reportgen.render.words import paragraphs
from reportgen.svg import SERIES
from reportgen.text import slug

Medium = Literal["page", "print"]

BLOCK_ID = "reportgen-document"  # of the element that holds the document
_RESERVED = ("main", "stamp", BLOCK_ID)
_SHORT = 320  # characters up to which a description is set large, above the by-line
_DATA_ROWS = 12
_PRINTED_DETAILS = 8  # rows of a table that are printed unfolded
_TAG = re.compile("<[^>]*>")
_ID = re.compile(r"""(\sid\s*=\s*["']|\shref\s*=\s*["']#|url\(#)([A-Za-z][A-Za-z0-9-]*)""")


class Column(NamedTuple):
    """A table's column: its classes, and for intervals the axis with its ends as text."""

    of: TableColumn
    title: str
    look: str
    drawn: bool
    scale: tuple[float, float]
    ends: tuple[str, ...]

    @property
    def headed(self) -> bool:
        return bool(self.title or self.drawn)


class Chapter(NamedTuple):
    """A section with its anchor, its number (None for the summary) and its count of failed findings."""

    section: Section
    anchor: str
    number: int | None
    failed: int
    template: str


class Shown(NamedTuple):
    """A figure or table with its number and anchor."""

    number: int
    anchor: str


class Unfolded(NamedTuple):
    """What a row of a table unfolds to, under the row's name."""

    name: str
    anchor: str
    blocks: tuple[Block, ...]

    @property
    def sides(self) -> tuple[list[Block], list[Block]]:
        """On paper: what is drawn, and what is written beside it."""
        drawn: list[Block] = [block for block in self.blocks if isinstance(block, Chart)]
        return drawn, [block for block in self.blocks if not isinstance(block, Chart)]


@dataclass
class Page:
    """One rendering: what has been numbered and which ids are taken."""

    document: Document
    medium: Medium
    layers: Layers = field(default_factory=Layers)
    figures: int = 0
    tables: int = 0
    chapters: list[Chapter] = field(default_factory=list)
    _taken: set[str] = field(default_factory=lambda: set(_RESERVED))
    _findings: dict[str, int] = field(default_factory=dict)
    _bars: dict[tuple[str, ...], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        numbers = iter(range(1, len(self.document.sections) + 1))
        for section in self.document.sections:
            number = None if section.key == "summary" else next(numbers)
            found = [block for block in _findings(section.blocks) if _kind(block) == "failed"]
            self._findings.update({block.id: at for at, block in enumerate(found, 1)})
            failed = sum(block.status == "failed" for block in found)
            template = self._template(section.key)
            self.chapters.append(Chapter(section, self.anchor(section.key), number, failed, template))

    @property
    def printed(self) -> bool:
        return self.medium == "print"

    @property
    def language(self) -> str:
        """The `lang` of the page; English where the document's is no language tag."""
        tag = self.document.language
        return tag if re.fullmatch("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}", tag) else "en"

    @property
    def kick(self) -> str:
        """What sort of report it is, from the chapters it has."""
        if any(section.key == "differences" for section in self.document.sections):
            return "Comparison"
        trained = any(section.key in ("model", "training", "evaluation") for section in self.document.sections)
        about_data = any(section.key == "data" for section in self.document.sections)
        return "Data report" if about_data and not trained else "Experiment report"

    @property
    def short(self) -> bool:
        """Whether the description is one short paragraph."""
        return len(self.document.description) <= _SHORT and len(paragraphs(self.document.description)) == 1

    def _template(self, key: str) -> str:
        """The section's own template where it has one. A key from a stranger's file names no other file."""
        own = f"sections/{key}.html.jinja"
        known = key.isascii() and key.isidentifier() and self.layers.file(own)
        return own if known else "sections/_section.html.jinja"

    @property
    def logo_kind(self) -> str:
        """`line` where the logo takes the colour of the text, else `solid`; on a dark page that wants light paper."""
        return "line" if "currentColor" in self.document.look.logo else "solid"

    def anchor(self, name: str) -> str:
        """An id for an element: the name with everything unfit replaced, and a number where it is taken."""
        plain = _plain_id(name)
        free = plain
        number = 1
        while free in self._taken:
            number += 1
            free = f"{plain}-{number}"
        self._taken.add(free)
        return free

    def href(self, address: str) -> str:
        """An address that may be linked to, or nothing."""
        if address.startswith("#"):
            return "#" + _plain_id(address[1:])
        return address if is_link(address) else ""

    def finding_number(self, address: str) -> int | None:
        """The number of the finding that a summary's link points at."""
        return self._findings.get(address.removeprefix("#"))

    def figure(self, block: Figure) -> Shown:
        self.figures += 1
        return Shown(self.figures, self.anchor(block.id))

    def table(self, block: Table) -> Shown:
        self.tables += 1
        return Shown(self.tables, self.anchor(block.id))

    def own_ids(self, svg: str) -> str:
        """The drawing; where another on the page has its ids, with ids of its own."""
        names = {match[2] for tag in _TAG.findall(svg) for match in _ID.finditer(tag)}
        suffix, number = "", 1
        while any(name + suffix in self._taken for name in names):
            number += 1
            suffix = f"-{number}"
        self._taken.update(name + suffix for name in names)
        return _TAG.sub(lambda tag: _ID.sub(rf"\1\2{suffix}", tag[0]), svg) if suffix else svg

    def twin(self, paths: tuple[str, ...]) -> tuple[str, bool]:
        """The id of these bars and whether the page has drawn them already, so that it need not again."""
        if self.printed or not any(paths):
            return "", False
        drawn = paths in self._bars
        return (self._bars[paths] if drawn else self._bars.setdefault(paths, self.anchor("bars"))), drawn

    def shares(self, group: Group) -> str:
        """How the two figures of a pair share a line, by their widths."""
        widths = [block.width for block in group.blocks if isinstance(block, Figure)]
        if len(widths) != 2 or min(widths) <= 0:
            return "even"
        ratio = widths[0] / widths[1]
        return "first" if ratio > 1.25 else "second" if ratio < 0.8 else "even"

    @staticmethod
    def data(figure: Figure) -> tuple[list[tuple[Any, ...]], int]:
        """The first rows of a figure's data, and how many there are."""
        return list(islice(zip(*figure.data.values(), strict=False), _DATA_ROWS)), min(map(len, figure.data.values()))

    def details(self, table: Table) -> list[Unfolded]:
        """What the rows of a table unfold to; on paper that of the first rows, which stands below the table."""
        most = _PRINTED_DETAILS if self.printed else len(table.rows)
        return [
            Unfolded(str(row[0]) if row else "", self.anchor(f"{table.id}-{slug(str(row[0]) if row else '')}"), blocks)
            for row, blocks in islice(zip(table.rows, table.details, strict=False), most)
        ]

    def rows(self, table: Table) -> tuple[tuple[Cell, ...], ...]:
        """The rows that are shown: on paper, of a very long table, the first."""
        return cells.printed(table) if self.printed else table.rows

    @staticmethod
    def columns(table: Table) -> list[Column]:
        return [_column(table, at) for at in range(len(table.columns))]

    @staticmethod
    def kind(value: Cell) -> str:
        return type(value).__name__

    @staticmethod
    def hue(number: int) -> int:
        """The series colour of the n-th series; after seven they begin again."""
        return (number - 1) % (len(SERIES) - 1) + 1


def _column(table: Table, at: int) -> Column:
    column = table.columns[at]
    drawn = column.format == "interval"
    number = column.format not in ("text", "code", "bars")
    look = [
        ("n", number),
        ("v", column.strong),
        ("opt", not column.narrow),
        ("g", drawn and not column.title),
        ("i", drawn),
        ("b", column.format == "bars"),
    ]
    scale = cells.axis(table, at)
    ends = tuple(cells.brief(end) for end in scale) if drawn else ()
    return Column(column, column.title, " ".join(name for name, on in look if on), drawn, scale, ends)


def _plain_id(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", name)[:100] or "x"


def _findings(blocks: Sequence[Block]) -> Iterator[FindingBlock]:
    for block in blocks:
        if isinstance(block, FindingBlock):
            yield block
        else:
            yield from _findings(getattr(block, "blocks", ()))


def arranged(blocks: Sequence[Block]) -> list[tuple[str, Any]]:
    """Blocks with their kind; neighbouring findings that are shown alike come as one list."""
    out: list[tuple[str, Any]] = []
    for kind, run in groupby(blocks, _kind):
        if kind in ("short", "failed", "passed", "not applicable", "off"):
            out.append((kind, list(run)))
        else:
            out += [(kind, block) for block in run]
    return out


def _kind(block: Block) -> str:
    if not isinstance(block, FindingBlock):
        return type(block).__name__
    return "short" if block.link else "failed" if block.status == "broken" else block.status


def stamped(stamp: Stamp) -> str:
    """The stamp as JSON, for the one element that shows it."""
    return json.dumps({"created": stamp.created, "seconds": dict(stamp.seconds)})
