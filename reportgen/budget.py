"""Keeps a report within its bytes: a fixed ladder of reductions, and a table of what was reduced and why.

Rung by rung, each with ever smaller limits, until the page fits: fewer points in the figures' data, shorter tables,
rows that unfold to nothing, words instead of the largest drawings, and at last the evidence aside. Text, metrics and
findings are never dropped, nor is anything of the summary. A drawing is not made into a picture: its words stand for
it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import NamedTuple

from reportgen.document import (
    Bars,
    Block,
    Document,
    Evidence,
    Figure,
    Group,
    Interval,
    Note,
    Section,
    Table,
    TableColumn,
    Text,
    carried,
)
from reportgen.text import shorten

#: Tables that are the report: what was measured, decided and recorded.
_KEPT = ("table-metrics", "table-gates", "table-record", "table-reduced", "table-trials")
_FIRST = ("summary",)
_POINTS, _ROWS = (2_000, 500, 100), (400, 100, 40)
_DRAWN = (400_000, 200_000, 100_000, 50_000, 25_000)  # bytes of one drawing
_CELL = {Interval: 450, Bars: 900}  # bytes of a drawn cell
_NEAR = 0.8  # share of the budget below which an estimate is enough


class Reduced(NamedTuple):
    """One thing that was reduced: what it is, and what became of it."""

    what: str
    how: str


@dataclass
class _Rung:
    """One reduction of every block that it is for; `told` says by what key which blocks it changed."""

    change: Callable[[Block], tuple[Block, str] | None]
    told: dict[str, Reduced] = field(default_factory=dict)

    def section(self, section: Section) -> Section:
        if section.key in _FIRST:
            return section
        return replace(section, blocks=tuple(map(self.block, section.blocks)))

    def block(self, block: Block) -> Block:
        if isinstance(block, Group):
            return replace(block, blocks=tuple(map(self.block, block.blocks)))
        changed = self.change(block)
        if changed is None or not isinstance(block, (Figure, Table)):
            return block
        self.told[block.id] = Reduced(f"{type(block).__name__}: {shorten(block.title, 80)}", changed[1])
        return changed[0]


def within(document: Document, most: int, measure: Callable[[Document], int]) -> tuple[Document, str]:
    """The document, reduced as far as needed for its page to have at most so many bytes.

    Args:
        most: bytes.
        measure: the bytes of a document's page.

    Returns:
        The document, and a warning where no rung is left and it is still too large, else "".
    """
    if _estimate(document) < _NEAR * most or measure(document) <= most:
        return document, ""
    told: dict[str, Reduced] = {}
    for step in _ladder():
        document, found = step(document)
        told |= found
        shown = _with_table(document, told, most)
        if found and measure(shown) <= most:
            return shown, ""
    shown = _with_table(document, told, most)
    return shown, f"the page has {measure(shown):,} bytes, more than report.max_bytes, and nothing is left to reduce"


_Step = Callable[[Document], tuple[Document, dict[str, Reduced]]]


def _ladder() -> Iterator[_Step]:
    yield from (_of_blocks(lambda block, n=limit: _fewer_points(block, n)) for limit in _POINTS)  # type: ignore[misc]
    yield from (_of_blocks(lambda block, n=limit: _shorter(block, n)) for limit in _ROWS)  # type: ignore[misc]
    yield _of_blocks(_without_details)
    yield from (_of_blocks(lambda block, n=limit: _in_words(block, n)) for limit in _DRAWN)  # type: ignore[misc]
    yield _without_probabilities
    yield _without_predictions


def _of_blocks(change: Callable[[Block], tuple[Block, str] | None]) -> _Step:
    def step(document: Document) -> tuple[Document, dict[str, Reduced]]:
        rung = _Rung(change)
        changed = replace(document, sections=tuple(map(rung.section, document.sections)))
        return _without_links(changed, _anchors(document) - _anchors(changed)), rung.told

    return step


def _fewer_points(block: Block, most: int) -> tuple[Block, str] | None:
    """Evenly spread rows of a figure's data; the drawing stays."""
    if not isinstance(block, Figure) or not block.data:
        return None
    total = max(map(len, block.data.values()))
    if total <= most:
        return None
    kept = sorted({round(place * (total - 1) / (most - 1)) for place in range(most)})
    data = {name: tuple(values[at] for at in kept if at < len(values)) for name, values in block.data.items()}
    return replace(block, data=data), f"{most:,} evenly spread rows of its data are kept; it was drawn from all"


def _shorter(block: Block, most: int) -> tuple[Block, str] | None:
    """The first rows of a table, and what they unfold to."""
    if not isinstance(block, Table) or len(block.rows) <= most or block.id in _KEPT:
        return None
    total = max(block.total or 0, len(block.rows))
    cut = replace(block, rows=block.rows[:most], details=block.details[:most], total=total)
    return cut, f"the first {most:,} of {total:,} rows are kept"


def _without_details(block: Block) -> tuple[Block, str] | None:
    """A table without what its rows unfold to."""
    if not isinstance(block, Table) or not block.details:
        return None
    shown = f"of {max(block.total or 0, len(block.rows)):,}" if block.total else ""
    how = f"what its {len(block.rows):,} {shown} rows unfold to is left out".replace("  ", " ")
    return replace(block, details=()), how


def _in_words(block: Block, most: int) -> tuple[Block, str] | None:
    """What stands for a large drawing."""
    if not isinstance(block, Figure) or len(block.drawing) <= most:
        return None
    size = f"its drawing of {len(block.drawing):,} bytes is left out; its words are kept"
    return Note(f"{block.title} {block.alt}", "reduced"), size


def _anchors(document: Document) -> set[str]:
    return {f"#{block.id}" for block in document.blocks() if isinstance(block, Figure)}


def _without_links(document: Document, gone: set[str]) -> Document:
    """The document whose texts are plain where they pointed at a figure that is there no more."""
    if not gone:
        return document

    def text(one: Text) -> Text:
        return Text(tuple(replace(span, href="") if span.href in gone else span for span in one.spans))

    def block(one: Block) -> Block:
        if isinstance(one, Group):
            return replace(one, blocks=tuple(map(block, one.blocks)))
        if isinstance(one, Table):
            rows = tuple(tuple(text(cell) if isinstance(cell, Text) else cell for cell in row) for row in one.rows)
            return replace(one, rows=rows)
        return text(one) if isinstance(one, Text) else one

    sections = tuple(replace(section, blocks=tuple(map(block, section.blocks))) for section in document.sections)
    return replace(document, sections=sections, verdict=tuple(map(text, document.verdict)))


def _without_probabilities(document: Document) -> tuple[Document, dict[str, Reduced]]:
    evidence = document.evidence
    if not any(split.get("y_score") for split in evidence.predictions.values()):
        return document, {}
    kept, beside = (
        {name: {**one, "y_score": None} for name, one in predictions.items()}
        for predictions in (evidence.predictions, evidence.baselines)
    )
    changed = _with_evidence(document, replace(evidence, predictions=kept, baselines=beside))
    return changed, {"y_score": Reduced("Evidence: the class probabilities", "left out")}


def _without_predictions(document: Document) -> tuple[Document, dict[str, Reduced]]:
    if not document.evidence.predictions:
        return document, {}
    changed = _with_evidence(document, replace(document.evidence, predictions={}, baselines={}))
    return changed, {"predictions": Reduced("Evidence: the predictions", "left out; every score is kept")}


def _with_evidence(document: Document, evidence: Evidence) -> Document:
    """Other evidence, and the sentence of the Record that tells what there is."""
    sentences = [carried(scored=True, predictions=True, probabilities=whole) for whole in (False, True)]
    now = carried(scored=True, predictions=bool(evidence.predictions), probabilities=False)

    def told(text: str) -> str:
        before = next((sentence for sentence in sentences if sentence in text), "")
        return text.replace(before, now) if before else text

    def block(one: Block) -> Block:
        if not isinstance(one, Text):
            return one
        return Text(tuple(replace(span, text=told(span.text)) for span in one.spans))

    sections = tuple(
        replace(section, blocks=tuple(map(block, section.blocks))) if section.key == "record" else section
        for section in document.sections
    )
    return replace(document, evidence=evidence, sections=sections)


def _with_table(document: Document, told: dict[str, Reduced], most: int) -> Document:
    """The document with the table of what was reduced: in the Record or, where there is none, in the last section."""
    if not told or not document.sections:
        return document
    table = Table(
        "table-reduced",
        f"Reduced to keep the page within {most:,} bytes (report.max_bytes).",
        (TableColumn("what"), TableColumn("what became of it")),
        tuple((one.what, one.how) for one in told.values()),
        "In this order: fewer points, shorter tables, no details of rows, words instead of drawings, evidence aside.",
    )
    keys = [section.key for section in document.sections]
    place = keys.index("record") if "record" in keys else len(keys) - 1
    sections = list(document.sections)
    blocks = sections[place].blocks
    first = 1 if blocks and isinstance(blocks[0], Text) else 0
    sections[place] = replace(sections[place], blocks=(*blocks[:first], table, *blocks[first:]))
    return replace(document, sections=tuple(sections))


def _length(cell: object) -> int:
    """Bytes of a cell in the page and in what it carries."""
    if isinstance(cell, (str, Text)):
        return 60 + 2 * len(str(cell).encode(errors="replace"))
    return _CELL.get(type(cell), 60)


def _estimate(document: Document) -> float:
    """Bytes of the page, roughly and never far too few: what spares measuring most reports."""
    size = 170_000.0 + 2.5 * len(document.look.logo)  # the faces, the style and the scripts; the logo, twice
    for block in document.blocks():
        if isinstance(block, Figure):
            size += 1.4 * len(block.drawing) + 6 * sum(map(len, block.data.values())) + 5_000
        elif isinstance(block, Table):
            size += sum(map(_length, chain.from_iterable(block.rows)))
        else:
            size += 1_500 + 2 * len(repr(block))
    held = document.evidence
    for split in (*held.predictions.values(), *held.baselines.values()):
        rows = len(split.get("y_true") or split.get("y_pred") or ())
        size += 12 * rows + 12 * sum(len(row) if isinstance(row, list) else 1 for row in split.get("y_score") or ())
    return size + 60 * len(held.scores) + len(held.spec) + 2 * len(document.description)
