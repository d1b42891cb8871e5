"""The report as plain data: what every output renders from, and all that an archive keeps.

A `Document` holds text, numbers and drawings, no frame and no model; it goes to JSON and back without loss. What comes
back from JSON may have been written by anybody, so `from_json` checks every type, link and drawing.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from reportgen import logo as logos
from reportgen.blocks import Bars as Bars
from reportgen.blocks import Block as Block
from reportgen.blocks import Cell as Cell
from reportgen.blocks import Chart as Chart
from reportgen.blocks import Code as Code
from reportgen.blocks import Detail as Detail
from reportgen.blocks import Figure as Figure
from reportgen.blocks import FindingBlock as FindingBlock
from reportgen.blocks import Group as Group
from reportgen.blocks import Interval as Interval
from reportgen.blocks import KeyFigure as KeyFigure
from reportgen.blocks import KeyFigures as KeyFigures
from reportgen.blocks import Markdown as Markdown
from reportgen.blocks import Note as Note
from reportgen.blocks import Span as Span
from reportgen.blocks import Table as Table
from reportgen.blocks import TableColumn as TableColumn
from reportgen.blocks import Text as Text
from reportgen.blocks import code as code
from reportgen.blocks import em as em
from reportgen.blocks import link as link
from reportgen.blocks import para as para
from reportgen.blocks import strong as strong
from reportgen.codec import decode, to_plain
from reportgen.errors import DataError
from reportgen.svg import check_drawing

FORMAT = 1  # raised when an older reader could not show a newer document


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter: `key` is its unit's name and its anchor."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an auditor needs: the experiment as written, what it ran with, and what the model said."""

    spec: str = ""
    spec_name: str = "experiment.yaml"
    overrides: tuple[str, ...] = ()  # changes to single keys from the command line
    task: Mapping[str, Any] = field(default_factory=dict)  # name, target, season, confidence of the intervals
    model: Mapping[str, Any] = field(default_factory=dict)  # kind, title, how training ended, history of each curve
    predictions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # split -> rows, y_true, y_pred, y_score
    baselines: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # the same of test, where it differs
    labels: tuple[str, ...] = ()
    decision: Mapping[str, Any] = field(default_factory=dict)  # of two classes: threshold, and costs or None
    scores: tuple[Mapping[str, Any], ...] = ()
    trials: tuple[Mapping[str, Any], ...] = ()  # of several trainings: rows, history and scores of each
    spreads: tuple[Mapping[str, Any], ...] = ()  # what they come to, a metric each
    gates: tuple[Mapping[str, Any], ...] = ()  # as judged
    provenance: Mapping[str, Any] = field(default_factory=dict)


def carried(*, scored: bool, predictions: bool, probabilities: bool) -> str:
    """What the evidence of a report holds, in words; `probabilities` is true where none are missing."""
    if not scored:
        return "the experiment file"
    if not predictions:
        return "the experiment file and every score, but not the predictions, which are too many"
    lost = "" if probabilities else ", but not the class probabilities, which are too many"
    return f"the experiment file, the predictions and every score{lost}"


@dataclass(frozen=True, slots=True)
class Stamp:
    """All that differs between two equal runs: when, and how long. Not part of the content id."""

    created: str = ""  # ISO 8601, UTC
    seconds: Mapping[str, float] = field(default_factory=dict)  # stage -> seconds; empty in reproducible runs


@dataclass(frozen=True, slots=True)
class Look:
    """How the report is dressed, whatever it says. Not part of the content id."""

    theme: str = "plain"
    logo: str = ""  # SVG that `check_drawing` accepts, or the address `data:image/png;base64,…`
    logo_alt: str = ""
    footer: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A report."""

    title: str
    sections: tuple[Section, ...]
    description: str = ""  # Markdown
    authors: tuple[str, ...] = ()
    seed: int | None = None
    outcome: Literal["done", "gates passed", "gates failed", "interrupted", "diverged"] = "done"
    verdict: tuple[Text, ...] = ()
    evidence: Evidence = field(default_factory=Evidence)
    language: str = "en"
    format: int = FORMAT
    stamp: Stamp = field(default_factory=Stamp)
    look: Look = field(default_factory=Look)

    @property
    def content_id(self) -> str:
        """32 hexadecimal digits that are equal for equal results: SHA-256 of all but stamp and look."""
        return content_hash(content(self))

    def blocks(self) -> Iterator[Block]:
        """Every block, groups opened, in the order of the report."""
        for section in self.sections:
            yield from _walk(section.blocks)


def _walk(blocks: tuple[Block, ...]) -> Iterator[Block]:
    for block in blocks:
        yield block
        if isinstance(block, Group):
            yield from _walk(block.blocks)
        elif isinstance(block, Table):
            for blocks in block.details:
                yield from _walk(blocks)


# To JSON and back.

_TAGGED = frozenset(kind.__name__ for kind in (*get_args(Block), Interval, Bars))
_LINKS = ("#", "http://", "https://", "mailto:")
_ID = "content_id"
_BESIDE = ("stamp", "look")  # of a document's fields, those that are no content
_PNG = re.compile(r"data:image/png;base64,[A-Za-z0-9+/]+={0,2}")
_MOST_DIGITS = 17  # of a number in a table; a float has no more


def to_json(document: Document) -> str:
    """The document as JSON: keys in their order, no NaN, readable by `from_json` and by anything else.

    Its content id stands first, for an audit to tell whether anything else was changed by hand.
    """
    plain: dict[str, Any] = to_plain(document, _TAGGED)
    hashed = {name: value for name, value in plain.items() if name not in _BESIDE}
    return dumps({_ID: content_hash(hashed), **plain})


def content(document: Document) -> dict[str, Any]:
    """The document as plain values without stamp and look: what its content id is the hash of."""
    plain: dict[str, Any] = to_plain(document, _TAGGED)
    return {name: value for name, value in plain.items() if name not in _BESIDE}


def look(document: Document) -> dict[str, Any]:
    """How the document is dressed, as plain values."""
    return dict(to_plain(document.look, _TAGGED))


def content_hash(plain: dict[str, Any]) -> str:
    """The content id of what `content` gave; the order of keys does not matter."""
    return hashlib.sha256(encoded(dumps(plain, ordered=True))).hexdigest()[:32]


def encoded(text: str) -> bytes:
    """JSON text in UTF-8; half a surrogate pair, which UTF-8 has no bytes for, becomes its JSON escape."""
    return text.encode(errors="backslashreplace")


def from_json(text: str | bytes, name: str = "report") -> Document:
    """The document in a JSON text.

    Raises:
        DataError: it is not JSON, not a report, of a newer format, or holds a drawing or link that is not allowed.
    """
    try:
        plain = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError("not a readable JSON report", fix="give a file that reportgen wrote", file=name) from error
    return from_plain(plain, name)


def from_plain(plain: Any, name: str = "report") -> Document:
    """The document in plain values, as they come out of its JSON.

    Raises:
        DataError: as `from_json`.
    """
    if not isinstance(plain, dict) or type(plain.get("format")) is not int or "sections" not in plain:
        raise DataError("JSON, but not a report", fix="give a file that reportgen wrote", file=name)
    plain.pop(_ID, None)
    if plain["format"] > FORMAT:
        what = f"written in format {plain['format']}, newer than this reportgen reads"
        raise DataError(what, fix="update reportgen", file=name)
    try:
        document: Document = decode(Document, plain, "report")
        for section in document.sections:
            check_links(section.blocks)
        _check_ids(document)
        check_logo(document.look.logo)
        for block in document.blocks():
            _check_shape(block)
    except (ValueError, TypeError, RecursionError) as error:
        raise DataError(f"a damaged report: {error}", fix="make the report again", file=name) from error
    return document


def stated_id(text: str | bytes) -> str:
    """The content id that stands in a JSON text which `from_json` has read; "" where none does."""
    return str(json.loads(text).get(_ID) or "")


def dumps(plain: Any, ordered: bool = False) -> str:
    """Plain values as compact JSON; columns of a figure's data have an order, so keys keep theirs unless `ordered`."""
    return json.dumps(plain, sort_keys=ordered, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def check_links(blocks: tuple[Block, ...]) -> None:
    """Raise ValueError for a link other than a fragment, http, https or mailto."""
    for block in _walk(blocks):
        hrefs = [span.href for text in _texts(block) for span in text.spans]
        hrefs += [block.link] if isinstance(block, FindingBlock) else []
        for href in hrefs:
            if href and not is_link(href):
                raise ValueError("a link that is neither a fragment nor http, https or mailto")


def _texts(block: Block) -> list[Text]:
    if isinstance(block, Table):
        return [cell for row in block.rows for cell in row if isinstance(cell, Text)]
    return [block] if isinstance(block, Text) else []


def _check_ids(document: Document) -> None:
    """Raise ValueError where two blocks have one id; the summary's short findings only point at theirs."""
    named = [block for block in document.blocks() if isinstance(block, (Table, Figure, FindingBlock))]
    ids = [block.id for block in named if not (isinstance(block, FindingBlock) and block.link)]
    if len(set(ids)) < len(ids):
        raise ValueError("two blocks with the same id")


def _check_shape(block: Block) -> None:
    """Raise ValueError for what no output could show."""
    if isinstance(block, Figure):
        check_drawing(block.drawing, block.id)
    if isinstance(block, Table) and not all(0 <= column.digits <= _MOST_DIGITS for column in block.columns):
        raise ValueError(f"a column with a number of digits that is not between 0 and {_MOST_DIGITS}")
    if isinstance(block, Table) and len(block.details) > len(block.rows):
        raise ValueError("more details than rows")


def check_logo(logo: str) -> None:
    """Raise ValueError for a logo that is neither a drawing that may stand in a page nor an embedded PNG, nor none."""
    if logo.startswith("<svg"):
        check_drawing(logo, logos.PREFIX)
    elif logo and not _PNG.fullmatch(logo):
        raise ValueError("a logo that is neither a drawing nor an embedded PNG")


def is_link(href: str) -> bool:
    """Whether an address may stand in a report: a fragment, http, https or mailto."""
    return href.startswith(_LINKS)
