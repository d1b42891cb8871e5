"""What the XML of a sheet says before anybody takes memory for its cells: its extent, its errors, its formulas.

calamine makes room for every cell between the first and the last one, and shows an error, or a formula without a stored
result, as an empty cell. Both are found here.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

#: Attributes in quotes may hold any sign but their quote.
_ATTRIBUTES = rb"""((?:[^<>"']|"[^"]*"|'[^']*')*)"""
_ATTRIBUTE = re.compile(rb"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_NO_TAGS = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.DOTALL)
_TAG = re.compile(rb"<(?:\w+:)?(row|c)(?=[\s/>])" + _ATTRIBUTES + rb">")
_REFERENCE = re.compile(rb"\$?([A-Za-z]{1,7})\$?([0-9]{1,9})")
_ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s([^>]*)>\s*<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_SHARED = re.compile(
    rb"""\st\s*=\s*["']s["'][^>]*>\s*(?:<(?:\w+:)?f[^>]*>(?:[^<]*</(?:\w+:)?f>)?\s*)?<(?:\w+:)?v>\s*([0-9]{1,9})\s*<"""
)
_ODS_TAG = re.compile(rb"<(/?)table:(table|table-row|table-cell|covered-table-cell)(?=[\s/>])" + _ATTRIBUTES + rb">")
_BLOCK = 1 << 24
_FEW = 1_000_000


@dataclass
class Survey:
    """A sheet's XML in numbers; `rows` and `columns` reach from the first cell with a value to the last.

    `errors` and `uncalculated` are the names of cells, such as C7; `merged` are 0-based corners, (row, column) each.
    """

    name: str = ""
    rows: int = 0
    columns: int = 0
    filled: int = 0
    errors: list[str] = field(default_factory=list)
    uncalculated: list[str] = field(default_factory=list)
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)

    @property
    def cells(self) -> int:
        return self.rows * self.columns


def longest_text(xml: bytes) -> int:
    """Bytes of the longest run without a tag, a cell's text among them."""
    longest, last = 0, -1
    for start in range(0, len(xml), _BLOCK):
        at = start + np.flatnonzero(np.frombuffer(xml, np.uint8, min(_BLOCK, len(xml) - start), start) == ord("<"))
        if len(at):
            longest = max(longest, int(at[0]) - last, int(np.diff(at).max(initial=0)))
            last = int(at[-1])
    return max(longest, len(xml) - last)


def cell_name(row: int, column: int) -> str:
    """`C7` of (6, 2)."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"


def survey(xml: bytes) -> Survey:
    """A sheet of an .xlsx file."""
    found = Survey(errors=list(_errors(xml)), uncalculated=list(_uncalculated(xml)))
    found.rows, found.columns, found.filled = _outermost(xml)
    # Formatted cells without a value reach far out in many a workbook, and take no room.
    if not found.rows or (found.cells > _FEW and 2 * found.filled < found.cells):
        found.rows, found.columns, found.filled = _walked(xml)
    return found


def shared_lengths(xml: bytes) -> np.ndarray:
    """The length in bytes of each shared string, its tags included."""
    ends = np.array([match.end() for match in re.finditer(rb"</(?:\w+:)?si>|<(?:\w+:)?si\s*/>", xml)], np.int64)
    return np.diff(ends, prepend=0)


def shared_uses(xml: bytes) -> np.ndarray:
    """The position of the shared string of every cell that has one."""
    found = _SHARED.findall(xml)
    return np.array(found, dtype="S9").astype(np.int64)


def survey_ods(xml: bytes) -> list[Survey]:
    """The tables of an .ods file, in their order."""
    sheets: list[Survey] = []
    row = column = repeated = first = 0
    corner: tuple[int, int] | None = None
    for match in _ODS_TAG.finditer(_NO_TAGS.sub(b"", xml)):
        closing, tag = match[1], match[2]
        if tag == b"table" and not closing:
            row, corner = 0, None
            sheets.append(Survey(text_of(_attributes(match[3]).get(b"table:name", b""))))
        elif not sheets:
            continue
        elif tag == b"table-row":
            if closing:
                row += repeated
            else:
                found = _attributes(match[3])
                column, repeated = 0, _number(found, b"table:number-rows-repeated")
                row += repeated if match[3].rstrip().endswith(b"/") else 0
        elif not closing:
            found = _attributes(match[3])
            first, column = column, column + _number(found, b"table:number-columns-repeated")
            corner = _note_ods_cell(sheets[-1], found, (row, first), (row + repeated, column), corner)
    return sheets


def _note_ods_cell(
    sheet: Survey,
    found: dict[bytes, bytes],
    start: tuple[int, int],
    end: tuple[int, int],
    corner: tuple[int, int] | None,
) -> tuple[int, int] | None:
    """Add a cell, or several alike, to the survey; gives back the first cell with a value."""
    (row, column), (last_row, last_column) = start, end
    across, down = (_number(found, b"table:number-%s-spanned" % way) for way in (b"columns", b"rows"))
    if across > 1 or down > 1:
        sheet.merged.append((start, (row + down - 1, column + across - 1)))
    if not any(key.endswith(b"value-type") for key in found):
        return corner
    if found.get(b"calcext:value-type") == b"error":
        sheet.errors.append(cell_name(row, column))
    corner = (min(row, corner[0]), min(column, corner[1])) if corner else start
    sheet.rows = max(sheet.rows, last_row - corner[0])
    # calamine keeps the columns before the first value of a later row: count from the left edge.
    sheet.columns = max(sheet.columns, last_column)
    sheet.filled += (last_row - row) * (last_column - column)
    return corner


def _outermost(xml: bytes) -> tuple[int, int, int]:
    """The greatest row and column of all references and their number; zeros where something is not as usual.

    Usual is: double quotes, no prefix, a reference in every tag. Then an `r="` after a blank is one.
    """
    ends = (b" ", b">", b"/", b"\t", b"\n", b"\r")
    rows, cells = (sum(xml.count(b"<" + tag + end) for end in ends) for tag in (b"row", b"c"))
    if b"='" in xml or b"<!" in xml or b":c " in xml or b":row" in xml or re.search(rb"=\s+[\"']", xml):
        return 0, 0, 0
    greatest_row = greatest_column = n_cells = n_rows = 0
    for start in range(0, len(xml), _BLOCK):
        block = np.frombuffer(xml[start : start + _BLOCK + 32] + bytes(32), np.uint8)
        marks = (block[1:-2] == ord("r")) & (block[2:-1] == ord("=")) & (block[3:] == ord('"')) & (block[:-3] <= 32)
        at = np.flatnonzero(marks[: min(_BLOCK, len(xml) - start)]) + 4
        column, row, letters = _references(block, at)
        if (row < 0).any():
            return 0, 0, 0
        greatest_row = max(greatest_row, int(row.max(initial=0)))
        greatest_column = max(greatest_column, int(column.max(initial=0)))
        n_cells += int((letters > 0).sum())
        n_rows += int((letters == 0).sum())
    if (n_cells, n_rows) != (cells, rows):
        return 0, 0, 0
    return greatest_row, greatest_column, cells


def _references(block: np.ndarray, at: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Column and row, from 1, of the references that begin at `at`, and their letters; row -1 for what is none."""
    column, row, letters = (np.zeros(len(at), np.int64) for _ in range(3))
    reading = np.ones(len(at), bool)
    for place in range(4):
        sign = block[at + place] | 0x20
        reading &= (sign >= ord("a")) & (sign <= ord("z"))
        column = np.where(reading, column * 26 + sign - 96, column)
        letters += reading
    reading = np.ones(len(at), bool)
    for place in range(9):
        digit = block[at + letters + place].astype(np.int64) - 48
        reading &= (digit >= 0) & (digit <= 9)
        row = np.where(reading, row * 10 + digit, row)
    ended = (row > 0) & ~reading & (letters < 4)
    return column, np.where(ended, row, -1), letters


def _walked(xml: bytes) -> tuple[int, int, int]:
    """Rows, columns and number of the cells with a value, tag by tag as calamine counts them."""
    row = column = filled = 0
    first_row = first_column = 1 << 60
    last_row = last_column = -1
    for match in _TAG.finditer(_NO_TAGS.sub(b"", xml)):
        attributes = match[2]
        reference = _attributes(attributes).get(b"r")
        if match[1] == b"row":
            row = int(reference) if reference and reference.isdigit() else row + 1
            column = 0
            continue
        parts = _REFERENCE.fullmatch(reference) if reference else None
        column = _column(parts[1]) if parts else column + 1
        row = int(parts[2]) if parts else max(row, 1)
        if not attributes.rstrip().endswith(b"/"):
            filled += 1
            first_row, last_row = min(first_row, row), max(last_row, row)
            first_column, last_column = min(first_column, column), max(last_column, column)
    return (last_row - first_row + 1, last_column - first_column + 1, filled) if filled else (0, 0, 0)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _errors(xml: bytes) -> Iterator[str]:
    if b'"e"' in xml or b"'e'" in xml:
        for match in _ERROR.finditer(xml):
            start = xml.rfind(b"<", 0, match.start())
            tag = xml[start : xml.find(b">", match.end())]
            if re.match(rb"<(?:\w+:)?c\s", tag):
                yield _reference(tag)


def _uncalculated(xml: bytes) -> Iterator[str]:
    if b"<f" in xml or b":f" in xml:
        for match in _FORMULA.finditer(xml):
            if _attributes(match[1]).get(b"t") != b"str":
                yield _reference(match[1])


def _reference(tag: bytes) -> str:
    return _attributes(tag).get(b"r", b"").decode("ascii", "replace")


def tags(xml: bytes, name: str) -> list[dict[str, str]]:
    """The attributes of every tag of that name, of any prefix; attributes without theirs."""
    pattern = re.compile(rb"<(?:\w+:)?" + name.encode() + rb"(?=[\s/>])" + _ATTRIBUTES + rb">")
    return [
        {
            key.rpartition(b":")[2].decode("ascii", "replace"): text_of(value)
            for key, value in _attributes(match[1]).items()
        }
        for match in pattern.finditer(_NO_TAGS.sub(b"", xml))
    ]


def text_of(value: bytes) -> str:
    return html.unescape(value.decode("utf-8", "replace"))


def _attributes(text: bytes) -> dict[bytes, bytes]:
    return {match[1]: match[2] if match[2] is not None else match[3] for match in _ATTRIBUTE.finditer(text)}


def _number(found: dict[bytes, bytes], key: bytes) -> int:
    value = found.get(key, b"1")
    return int(value) if value.isdigit() and len(value) < 10 else 1 if not value.isdigit() else 10**9
