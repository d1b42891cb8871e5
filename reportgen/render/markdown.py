"""Document -> Markdown text, as GitHub reads it: numbers and words, no drawing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reportgen.document import (
    Bars,
    Block,
    Cell,
    Chart,
    Code,
    Detail,
    Document,
    Figure,
    FindingBlock,
    Group,
    KeyFigures,
    Markdown,
    Note,
    Span,
    Table,
    TableColumn,
    Text,
    is_link,
)
from reportgen.render import cells
from reportgen.render.words import NOTES, is_plain, paragraphs, sentence, when
from reportgen.text import visible

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~&#$!{}])")
_LEADING = re.compile(r"^( *)(?:(=|[-+](?=[-+\s]|$))|(\d+)([.)])(?=\s|$))", re.MULTILINE)
_UNFIT = re.compile(r"[<>\\\s]")  # in the address of a link


def escape(text: str) -> str:
    """Text with every character escaped that Markdown or HTML would read; line starts are left to `escape_lines`."""
    return _SPECIAL.sub(r"\\\1", visible(text))


def escape_lines(text: str) -> str:
    """Lines of which none begins a list or underlines a heading."""
    return _LEADING.sub(lambda match: f"{match[1]}{match[3] or ''}\\{match[2] or match[4]}", text)


def line(text: str) -> str:
    """Text on one line, escaped wherever it stands."""
    return escape_lines(escape(" ".join(text.split())))


def code_span(text: str) -> str:
    """Text in backticks, on one line; pipes are escaped because the span may stand in a table."""
    shown = " ".join(visible(text).split()).replace("|", "\\|")
    ticks = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def fence(text: str, language: str = "") -> str:
    """A code block whose fence is longer than any in it."""
    shown = visible(text).rstrip("\n")
    ticks = "`" * (1 + max(2, *map(len, re.findall("`+", shown)), 2))
    name = language if re.fullmatch(r"[A-Za-z0-9+-]{0,20}", language) else ""
    return f"{ticks}{name}\n{shown}\n{ticks}"


def to_markdown(document: Document) -> str:
    """The report in GitHub-flavoured Markdown; every special character of the data is escaped."""
    return "\n\n".join(piece for piece in _Writer().document(document) if piece) + "\n"


class _Writer:
    """Walks a document and numbers its figures and tables in their order."""

    def __init__(self) -> None:
        self._figures = 0
        self._tables = 0

    def document(self, document: Document) -> Iterator[str]:
        yield f"# {line(document.title)}"
        yield prose(document.description)
        yield by_line(document)
        yield from map(spans, document.verdict)
        number = 0
        for section in document.sections:
            number += section.key != "summary"
            yield f"## {f'{number} ' if section.key != 'summary' else ''}{line(section.title)}"
            yield from self.blocks(section.blocks)

    def blocks(self, blocks: tuple[Block, ...]) -> Iterator[str]:
        for block in blocks:
            match block:
                case Text():
                    yield spans(block)
                case Markdown():
                    yield prose(block.source)
                case KeyFigures():
                    yield "\n".join(_key_figure(item.label, item.value, item.note) for item in block.items)
                case Table():
                    yield from self._table(block)
                case Chart():
                    yield chart(block)
                case Figure():
                    yield from self._figure(block)
                case FindingBlock():
                    yield finding(block)
                case Code():
                    yield f"**{line(block.title)}**" if block.title else ""
                    yield fence(block.source, block.language)
                case Note():
                    yield f"*{NOTES[block.kind]}* {line(block.text)}"
                case Group():
                    yield f"### {line(block.title)}" if block.title else ""
                    yield from self.blocks(block.blocks)

    def _figure(self, figure: Figure) -> Iterator[str]:
        self._figures += 1
        yield f"**Figure {self._figures}. {line(figure.title)}** {line(figure.caption)}"
        yield f"> {line(figure.alt)}"

    def _table(self, table: Table) -> Iterator[str]:
        self._tables += 1
        shown, total = len(cells.printed(table)), max(table.total or 0, len(table.rows))
        more = f"{shown:,} of {total:,} shown." if shown < total else ""
        words = (f"**Table {self._tables}. {line(table.title)}**", line(table.caption), more)
        yield " ".join(word for word in words if word)
        yield "\n".join(_rows(table))
        for row, blocks in zip(cells.printed(table), table.details, strict=False):
            if blocks:
                yield f"**{line(str(row[0]))}**"
                yield from map(detail, blocks)


def _rows(table: Table) -> Iterator[str]:
    # An interval without a title is a drawing of what another column says.
    told = [column for column in table.columns if column.title or column.format != "interval"]
    yield "| " + " | ".join(_heading(column) for column in told) + " |"
    ends = ("---" if column.format in ("text", "code", "bars") else "---:" for column in told)
    yield "| " + " | ".join(ends) + " |"
    for row in cells.printed(table):
        cells_told = zip(row, table.columns, strict=False)
        yield "| " + " | ".join(_cell(cell, column) for cell, column in cells_told if column in told) + " |"


def _heading(column: TableColumn) -> str:
    unit = f" ({line(column.unit)})" if column.unit else ""
    return f"{line(column.title)}{unit}"


def _cell(cell: Cell, column: TableColumn) -> str:
    if isinstance(cell, Text):
        return spans(cell)
    text = cells.shown(cell, column)
    shown = code_span(text) if column.format == "code" and isinstance(cell, str) and text else line(text)
    return f"**{shown}**" if column.strong and shown else shown


def _key_figure(label: str, value: str, note: str) -> str:
    return f"- {line(label)}: **{line(value)}**{_noted(note)}"


def detail(block: Detail) -> str:
    """What a row unfolds to, close together: key figures on one line."""
    match block:
        case Text():
            return spans(block)
        case KeyFigures():
            return " · ".join(f"{line(item.label)} **{line(item.value)}**{_noted(item.note)}" for item in block.items)
        case Chart():
            return chart(block)
        case Note():
            return f"*{NOTES[block.kind]}* {line(block.text)}"


def chart(block: Chart) -> str:
    """A chart on one line: counts by name, or the shape of the distribution between the ends of its axis."""
    head = f"{line(block.title)}: " if block.title else ""
    if block.form != "axis":
        return head + line(cells.told(block))
    ends = (line(block.labels[0]), line(block.labels[-1])) if block.labels else ("", "")
    return f"{head}{ends[0]} {cells.sparkline(Bars(block.series))} {ends[1]}".strip()


def _noted(note: str) -> str:
    return f" ({line(note)})" if note else ""


def spans(text: Text) -> str:
    """A paragraph on one line."""
    return escape_lines("".join(map(_span, text.spans)))


def _span(span: Span) -> str:
    if span.style == "code":
        shown = code_span(span.text)
    else:
        text = re.sub(r"\s+", " ", span.text)
        bare = text.strip()
        # Emphasis is only read where its marks touch the words.
        mark = {"plain": "", "em": "*"}.get(span.style, "**") if bare else ""
        shown = text.replace(bare, f"{mark}\0{mark}", 1).replace("\0", escape(bare)) if bare else text
    address = span.href if is_link(span.href) and not span.href.startswith("#") else ""
    return f"[{shown}](<{_UNFIT.sub('', visible(address))}>)" if address else shown


def prose(source: str) -> str:
    """The user's own Markdown, with raw HTML and images as text."""
    if is_plain(source):
        return "\n\n".join(map(line, paragraphs(source)))
    from reportgen.render.prose import to_markdown as rewritten

    return rewritten(source)


def by_line(document: Document) -> str:
    """Authors, seed and content id."""
    parts = [line(", ".join(document.authors))] if document.authors else []
    parts += [line(made)] if (made := when(document.stamp)) else []
    parts += [f"seed {document.seed}"] if document.seed is not None else []
    return " · ".join([*parts, f"content {code_span(document.content_id[:8])}"])


def finding(block: FindingBlock) -> str:
    """One check's verdict: a paragraph where it failed, a line of a list where it did not."""
    if block.status not in ("failed", "broken"):
        return f"- {line(block.title)}" + (f": {line(block.detail)}" if block.detail else "")
    word = block.severity.capitalize() if block.status == "failed" else "Could not run"
    parts = [f"**{word}: {line(sentence(block.title))}**", line(block.detail)]
    if block.value is not None:
        limit = f"threshold {cells.brief(block.threshold)}" if block.threshold is not None else ""
        about = "; ".join(filter(None, (limit, line(block.unit))))
        parts.append(f"Value {cells.brief(block.value)}{f' ({about})' if about else ''}.")
    parts += [line(block.meaning), f"Remedy: {line(block.remedy)}" if block.remedy else ""]
    return " ".join(part for part in parts if part)
