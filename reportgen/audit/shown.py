"""What the report shows of its numbers, made again: tables, the verdict, and the figures of the evaluation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from itertools import zip_longest
from typing import Any

from reportgen import registry
from reportgen.audit._check import Check, apart, differs
from reportgen.document import Block, Document, Figure, Group, Interval, Table, Text
from reportgen.errors import NotApplicable
from reportgen.results import FigureData, Run, Words
from reportgen.sections import _trials as trials
from reportgen.sections import evaluation, record, summary
from reportgen.sections._verdict import verdict as said
from reportgen.text import listing, plural, slug

_LOST = "the report carries no predictions"


def tables(run: Run, document: Document) -> Check:
    """Every table that is made of scores, cell by cell."""
    shown = {block.id: block for block in document.blocks() if isinstance(block, Table)}
    if "test" not in run.predictions:
        return Check("tables", skipped=(_LOST,))
    made = {table.id: table for table in _made(run) if table.id in shown}
    wrong = [text for name, table in made.items() for text in _cells(shown[name], table)]
    others = [name for name in _of_scores(document) if name not in made]
    skipped = (f"{listing(others, most=12)}: made of the data, which a report does not carry",) if others else ()
    return Check("tables", len(made), f"{listing(made, most=12)}: made again", tuple(wrong), skipped)


def _made(run: Run) -> Iterator[Table]:
    yield summary.headline(run)
    yield from _tables(evaluation.measured(run))
    if run.trials:
        yield from trials.tables(run)
    if run.provenance is not None:
        yield record.table(run.provenance)


def _tables(blocks: Sequence[Block]) -> Iterator[Table]:
    for block in blocks:
        if isinstance(block, Table):
            yield block
        elif isinstance(block, Group):
            yield from _tables(block.blocks)


def _of_scores(document: Document) -> list[str]:
    """The tables of numbers in the sections on the model's quality."""
    sections = (section for section in document.sections if section.key in ("evaluation", "explanation"))
    return [table.id for section in sections for table in _tables(section.blocks)]


def _cells(shown: Table, made: Table) -> Iterator[str]:
    rows = made.rows
    if shown.total is not None and made.total is None:  # shortened to keep the report within its bytes
        rows = rows[: len(shown.rows)]
    heads = [column.title for column in made.columns]
    if (shown.title, shown.caption, shown.columns) != (made.title, made.caption, made.columns):
        for what in ("title", "caption"):
            if getattr(shown, what) != getattr(made, what):
                yield apart(f"{made.id}, its {what}", getattr(shown, what), getattr(made, what))
        if shown.columns != made.columns:
            yield f"{made.id}: its columns are not {listing(heads, most=9)}"
    if len(shown.rows) != len(rows):
        yield apart(f"{made.id}, rows", len(shown.rows), len(rows))
    for stated, found in zip(shown.rows, rows, strict=False):
        for head, one, other in zip_longest(heads, stated, found):
            if _unlike(one, other):
                yield apart(f"{made.id}, {_text(found[0])}, {head or 'bar'}", _text(one), _text(other))


def _unlike(stated: Any, found: Any) -> bool:
    """Whether two cells are not the same; numbers are compared within the tolerance."""
    if isinstance(stated, (Interval, Text)) and type(stated) is type(found):
        return _unlike(astuple(stated), astuple(found))
    if isinstance(stated, (tuple, list)) and isinstance(found, (tuple, list)):
        return len(stated) != len(found) or any(map(_unlike, stated, found))
    return differs(stated, found)


def _text(cell: Any) -> Any:
    return cell if isinstance(cell, (int, float)) or cell is None else str(cell)


def verdict(run: Run, document: Document) -> Check:
    """The sentences at the head of the report."""
    if "test" not in run.predictions:
        return Check("verdict", skipped=(_LOST,))
    shown, made = (list(map(str, texts)) for texts in (document.verdict, said(run)))
    if shown == made:
        return Check("verdict", len(made), plural(len(made), "paragraph") + " made again")
    pairs = enumerate(zip_longest(shown, made), 1)
    wrong = tuple(apart(f"paragraph {place}", one, other) for place, (one, other) in pairs if one != other)
    return Check("verdict", len(made), differences=wrong)


# Figures.


def figures(run: Run, document: Document) -> Check:
    """The numbers and the words of the figures that are made of predictions and scores."""
    shown = {block.id: block for block in document.blocks() if isinstance(block, Figure)}
    names = [name for name in registry.names("figures") if any(_is_of(name, key) for key in shown)]
    made = 0
    wrong: list[str] = []
    for name in names:
        unit = registry.load("figures", name, "NEEDS", "SECTION")
        if (unit.SECTION, unit.NEEDS) != ("evaluation", "scores"):
            continue
        for data, words in _drawn(unit, run):
            anchor = f"figure-{slug(name)}" + (f"-{slug(data.part)}" if data.part else "")
            if anchor in shown:
                made += 1
                wrong += _differing(shown[anchor], data, words)
    left = len(shown) - made
    skipped = (f"{plural(left, 'figure')} of the data, the training or the model's inside",) if left else ()
    return Check("figures", made, f"numbers and words of {plural(made, 'figure')} made again", tuple(wrong), skipped)


def _is_of(name: str, anchor: str) -> bool:
    return f"{anchor}-".startswith(f"figure-{slug(name)}-")


def _drawn(unit: Any, run: Run) -> list[tuple[FigureData, Words]]:
    """What the figure draws, and its words; nothing where it needs more than a report carries."""
    try:
        return [(data, unit.describe(data)) for data in unit.compute(run)]
    except (NotApplicable, AssertionError, AttributeError, KeyError, IndexError, ValueError, TypeError):
        return []


def _differing(shown: Figure, data: FigureData, words: Words) -> Iterator[str]:
    for what in ("title", "caption", "alt"):
        if getattr(shown, what) != getattr(words, what):
            yield apart(f"{shown.id}, its {what}", getattr(shown, what), getattr(words, what))
    if list(shown.data) != list(data.columns):
        yield f"{shown.id}: its data are not {listing(data.columns, most=9)}"
    elif _is_thinned(shown.data, data.columns):
        if not _are_among(list(zip_longest(*shown.data.values())), list(zip_longest(*data.columns.values()))):
            yield f"{shown.id}: its rows are not among those computed again"
    else:
        for name, values in data.columns.items():
            if _unlike(list(shown.data[name]), list(values)):
                yield f"{shown.id}: the numbers of {name} are not those computed again"


def _is_thinned(shown: Mapping[str, Sequence[Any]], made: Mapping[str, Sequence[Any]]) -> bool:
    """Whether the report keeps evenly spread rows of the data alone, to be within its bytes."""
    return 1 < max(map(len, shown.values()), default=0) < max(map(len, made.values()), default=0)


def _are_among(kept: Sequence[Any], rows: Sequence[Any]) -> bool:
    """Whether rows are some of others in the same order, with the first and the last, which are always kept."""
    if _unlike(kept[0], rows[0]) or _unlike(kept[-1], rows[-1]):
        return False
    left = iter(rows)
    return all(any(not _unlike(row, other) for other in left) for row in kept)
