"""Workbooks: one sheet of an .xlsx, .xlsm, .xls or .ods file, cell by cell as typed there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from reportgen.delimited import distinct
from reportgen.errors import DataError
from reportgen.loaders._cells import spelling, typed, whole
from reportgen.loaders._contents import contents
from reportgen.loaders._raw import Raw, spelled_columns
from reportgen.loaders._sheet_xml import cell_name
from reportgen.loaders._words import Meaning, meaning
from reportgen.loaders._workbook import Sheet, open_sheet
from reportgen.source import Location
from reportgen.spec import Data
from reportgen.text import listing, plural, quoted

_DIGITS = re.compile("[0-9]+$")
_NO_ROW = "the sheet has column names but no row"


@dataclass(frozen=True)
class _Table:
    """The cells below the names, column by column, None where empty; positions are those in the sheet, from 0."""

    names: tuple[str, ...]
    columns: list[Sequence[Any]]
    notes: list[str]


def read(location: Location, data: Data) -> Raw:
    """Read a sheet: its first row that is not empty names the columns; rows and columns without any value are no part.

    A cell keeps its type: `007` typed as text stays text. Formulas count with the result that was stored with them.
    Error cells such as #DIV/0! are missing, and counted but in an .xls workbook, where they look like empty ones.

    Raises:
        DataError: this is no workbook, it is damaged or encrypted, it has no such sheet, the sheet is empty, or the
            names stand in merged cells.
        LimitExceeded: the sheet would not fit into memory.
    """
    found = contents(location, factor=1.0)
    sheet = open_sheet(found.data, location.name, data.options.sheet)
    table = _table(sheet, location.name)
    spelled = spelled_columns(data)
    missing = frozenset(data.options.missing)
    meanings = {
        name: _meaning(values, name in spelled, missing)
        for name, values in zip(table.names, table.columns, strict=True)
    }
    return Raw(
        pa.table({name: found.values for name, found in meanings.items()}),
        found.source,
        tuple(filter(None, (sheet.told, *table.notes, *_cell_notes(sheet)))),
        {name: found.remark for name, found in meanings.items() if found.remark},
        {name: found.kind for name, found in meanings.items() if found.kind},
    )


def _table(sheet: Sheet, file: str) -> _Table:
    rows = [[None if cell == "" else cell for cell in row] for row in sheet.rows]
    # A row of nothing but errors is a row all the same.
    told = {int(digits[0]) - 1 - sheet.start[0] for cell in sheet.errors if (digits := _DIGITS.search(cell))}
    filled = [place for place, row in enumerate(rows) if place in told or any(cell is not None for cell in row)]
    if not filled:
        raise DataError(f"the sheet {quoted(sheet.name)} is empty", "name another sheet: data.options.sheet", file=file)
    top, body = filled[0], filled[1:]
    _require_single_names(sheet, top, file)
    if not body:
        raise DataError(_NO_ROW, "give rows below the names", file=file)
    written = ["" if cell is None else " ".join(spelling(cell).split()) for cell in rows[top]]
    columns = list(zip(*(rows[position] for position in body), strict=True))
    kept = [place for place, name in enumerate(written) if name or any(cell is not None for cell in columns[place])]
    names = distinct([written[place] for place in kept])
    notes = [
        *_empty_notes(sheet, top, body),
        *_name_notes(sheet, top, kept, written, names),
        *_merged_notes(sheet, top),
    ]
    return _Table(names, [columns[place] for place in kept], notes)


def _require_single_names(sheet: Sheet, top: int, file: str) -> None:
    row = sheet.start[0] + top
    for first, last in sheet.merged:
        if first[0] <= row <= last[0]:
            what = f"the column names stand in merged cells, {cell_name(*first)} to {cell_name(*last)}"
            fix = "unmerge them, and give every column a name of its own in one row"
            raise DataError(what, fix, file=file, line=row + 1)


def _meaning(values: Sequence[Any], spelled: bool, missing: frozenset[str]) -> Meaning:
    found = whole(typed(values, missing))
    if not pa.types.is_string(found.values.type) or found.remark or spelled:
        return found
    # Words that are all dates are dates; numbers that were typed as text were meant to be codes.
    read = meaning(found.values)
    if pa.types.is_timestamp(read.values.type):
        return read
    if pa.types.is_string(read.values.type):
        return Meaning(found.values, read.remark, read.kind)
    return Meaning(found.values, "numbers in cells of text, kept as they are spelled")


def _empty_notes(sheet: Sheet, top: int, body: list[int]) -> list[str]:
    notes = []
    above = sheet.start[0] + top
    if above:
        notes.append(f"The column names stand in row {above + 1:,} of the sheet, below {plural(above, 'empty row')}.")
    kept = set(body)
    gaps = [position for position in range(top + 1, body[-1]) if position not in kept]
    if gaps:
        first = sheet.start[0] + gaps[0] + 1
        many = len(gaps) > 1
        where = f"row {first:,} of the sheet" + (" the first" if many else "")
        notes.append(f"{plural(len(gaps), 'empty row')} between others left out, {where}.")
    return notes


def _name_notes(sheet: Sheet, top: int, kept: list[int], written: list[str], names: tuple[str, ...]) -> list[str]:
    changed = [
        f"{quoted(name)} ({cell_name(sheet.start[0] + top, sheet.start[1] + place)})"
        for place, name in zip(kept, names, strict=True)
        if written[place] != name
    ]
    if not changed:
        return []
    return [
        f"{plural(len(changed), 'column')} had no name or the name of another; called {listing(changed, most=3)} here."
    ]


def _merged_notes(sheet: Sheet, top: int) -> list[str]:
    below = [first for first, _ in sheet.merged if first[0] > sheet.start[0] + top]
    if not below:
        return []
    where = f"{cell_name(*min(below))}{' the first' if len(below) > 1 else ''}"
    merged = f"{plural(len(below), 'range')} of merged cells, {where}"
    return [f"{merged}: the value counts for the first cell, the others are missing."]


def _cell_notes(sheet: Sheet) -> list[str]:
    notes = []
    if sheet.errors:
        notes.append(f"{_counted(sheet.errors, 'cell holds an error', 'cells hold an error')}, read as missing.")
    if sheet.uncalculated:
        formulas = _counted(sheet.uncalculated, "formula has no stored result", "formulas have no stored result")
        notes.append(f"{formulas}, read as missing: open the workbook in its program and save it.")
    return notes


def _counted(cells: list[str], one: str, many: str) -> str:
    """`1 cell holds an error, C7`, `3 cells hold an error, C7 the first`."""
    first = f"{cells[0]}{' the first' if len(cells) > 1 else ''}" if cells[0] else "one in the sheet"
    return f"{plural(len(cells), one, many)}, {first}"
