"""One sheet of a workbook as rows of cells, opened only when it is known to fit into memory."""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from reportgen import memory, registry
from reportgen.errors import DataError, LimitExceeded
from reportgen.loaders._sheet_xml import (
    Survey,
    longest_text,
    shared_lengths,
    shared_uses,
    survey,
    survey_ods,
    tags,
)
from reportgen.loaders._zipped import Archive
from reportgen.text import one_line, plural, quoted

#: Bytes that calamine and Python take for a cell, and signs that a cell may hold.
_PER_CELL = 100
_LONGEST_CELL = 1_000_000
#: A larger sheet must be filled to a hundredth: else some cell lies far from the table.
_SPARSE = 20_000_000
#: Words that take less room than this need no look.
_FEW_BYTES = 1 << 28
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WRONG = (
    (b"\x89PNG", "a picture"),
    (b"%PDF-", "a PDF"),
    (b"<", "a web page or XML"),
    (b"PAR1", "a Parquet file"),
    (b"\x1f\x8b", "a gzip-compressed file"),
)


@dataclass(frozen=True)
class Sheet:
    """Cells as bool, int, float, str, date, datetime, time or timedelta, "" where empty.

    `start` is the 0-based row and column of the first of them. `merged` are ranges of cells, first and last, in the
    same numbers. `told` is a sentence on how the sheet was chosen, if there was a choice.
    """

    name: str
    rows: list[list[Any]]
    start: tuple[int, int]
    merged: list[tuple[tuple[int, int], tuple[int, int]]]
    errors: list[str]
    uncalculated: list[str]
    told: str = ""


def open_sheet(data: bytes, file: str, wanted: str | int | None) -> Sheet:
    """The sheet of that name or number (from 1); the first visible one if none is named.

    Raises:
        DataError: this is no workbook, it is damaged or encrypted, or it has no such sheet.
        LimitExceeded: the sheet would not fit into memory.
    """
    _require_workbook(data, file)
    archive = Archive(data, "workbook", file, folded=True) if data.startswith(b"PK") else None
    tables = _ods_tables(archive) if archive else None
    _require_room(tables or [], file)
    if archive and tables is None:
        _check_parts(archive)
    with _told(file), CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        name, told = _chosen(book, file, wanted)
        found = _surveyed(archive, tables, name)
        _require_room([found], file)
        sheet = book.get_sheet_by_name(name)
        rows = sheet.to_python()
        return Sheet(name, rows, sheet.start or (0, 0), _merged(sheet, found), found.errors, found.uncalculated, told)


def _merged(sheet: CalamineSheet, found: Survey) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return found.merged or sheet.merged_cell_ranges or []


def _surveyed(archive: Archive | None, tables: list[Survey] | None, name: str) -> Survey:
    if archive is None:
        return Survey(name)
    if tables is not None:
        return next((table for table in tables if table.name == name), Survey(name))
    parts = _sheet_parts(archive)
    part = parts.get(name)
    if part is None:
        raise archive.damaged(f"there is no part for the sheet {quoted(name)}")
    xml = archive.read(part)[0]
    _require_text(xml, archive)
    found = survey(xml)
    found.name = name
    _require_shared_room(archive, xml)
    return found


def _require_workbook(data: bytes, file: str) -> None:
    if data.startswith((b"PK\3\4", b"PK\5\6")):
        return
    if data.startswith(_OLD):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise _encrypted(file)
        return
    what = next((what for start, what in _WRONG if data.startswith(start)), "text or something else")
    raise DataError(f"this is no workbook but {what}", "give the file its own suffix, or save it as .xlsx", file=file)


def _encrypted(file: str) -> DataError:
    return DataError("the workbook is encrypted", "save it without a password", file=file)


@contextmanager
def _told(file: str) -> Iterator[None]:
    """What calamine says, in one line; a panic of its Rust code is no Exception."""
    try:
        yield
    except PasswordError:
        raise _encrypted(file) from None
    except CalamineError as error:
        raise _damaged(file, str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged(file, "") from None


def _damaged(file: str, why: str) -> DataError:
    what = "the workbook is damaged" + (f": {one_line(why)}" if why else "")
    return DataError(what, "save it again with the program that made it", file=file)


def _chosen(book: CalamineWorkbook, file: str, wanted: str | int | None) -> tuple[str, str]:
    """The sheet's name, and what the reader should know about the choice."""
    sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    names = [sheet.name for sheet in sheets]
    if not names:
        raise DataError("the workbook has no sheet of cells", "save a table in it", file=file)
    if wanted is None:
        name = next((sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible), names[0])
        others = plural(len(names) - 1, "other sheet")
        return name, f"The sheet {quoted(name)} was read; the workbook has {others}." if len(names) > 1 else ""
    if isinstance(wanted, str) and wanted in names:
        return wanted, ""
    if isinstance(wanted, int) and 1 <= wanted <= len(names):
        return names[wanted - 1], ""
    called = f"number {wanted}" if isinstance(wanted, int) else quoted(wanted)
    what = f"there is no sheet {called}: the workbook has {plural(len(names), 'sheet')}"
    fix = registry.suggestion(str(wanted), tuple(names))
    raise DataError(what, fix, file=file, key="data.options.sheet")


def _require_room(found: list[Survey], file: str) -> None:
    for sheet in found:
        if sheet.cells > _SPARSE and sheet.filled < sheet.cells // 100:
            what = (
                f"the sheet {quoted(sheet.name)} spans {sheet.rows:,} rows and {sheet.columns:,} columns, "
                f"and {plural(sheet.filled, 'cell')} of these hold something"
            )
            raise LimitExceeded(what, "delete the cells far from the table", file=file)
    cells = sum(sheet.cells for sheet in found)
    if cells:
        fix = "delete cells far from the table, or save the table as CSV"
        memory.require(cells * _PER_CELL, f"the sheet of {cells:,} cells", fix, file=file)


def _ods_tables(archive: Archive) -> list[Survey] | None:
    """The sheets of an OpenDocument workbook, which calamine reads all at once; None where it is none."""
    if "content.xml" not in archive.parts:
        return None
    if "meta-inf/manifest.xml" in archive.parts and b"encryption-data" in archive.read("META-INF/manifest.xml")[0]:
        raise _encrypted(archive.file)
    xml = archive.read("content.xml")[0]
    _require_text(xml, archive)
    return survey_ods(xml)


def _check_parts(archive: Archive) -> None:
    """Read every part that calamine will read beside the sheet, so that none is larger than it says."""
    read = [name for name in archive.parts if re.search(r"(^|/)(workbook|styles|sharedstrings|\.rels)\b", name)]
    read = [name for name in read if name.endswith((".xml", ".rels")) and "worksheets/" not in name]
    for part in read:
        _require_text(archive.read(part)[0], archive)


def _require_text(xml: bytes, archive: Archive) -> None:
    if b"\0" in xml or b"<!DOCTYPE" in xml:
        raise archive.damaged("a part of it is no plain XML")
    if longest_text(xml) > _LONGEST_CELL:
        what = f"a cell holds more than {_LONGEST_CELL:,} characters"
        raise LimitExceeded(what, "leave the column out of the workbook", file=archive.file)


def _require_shared_room(archive: Archive, sheet: bytes) -> None:
    """Words are kept once in a workbook and once a cell in memory."""
    if "xl/sharedstrings.xml" not in archive.parts:
        return
    lengths = shared_lengths(archive.read("xl/sharedStrings.xml")[0])
    if len(lengths) == 0 or int(lengths.max()) * sheet.count(b"<") < _FEW_BYTES:
        return
    used = shared_uses(sheet)
    total = int(lengths[used[used < len(lengths)]].sum())
    memory.require(3 * total, "the words of the sheet", "use fewer rows", file=archive.file)


def _sheet_parts(archive: Archive) -> dict[str, str]:
    """Sheet name -> the part of the archive that holds it."""
    book = _targets(archive, "_rels/.rels", "", "officeDocument").popitem()[1]
    folder, _, name = book.rpartition("/")
    targets = _targets(archive, f"{folder}/_rels/{name}.rels".lstrip("/"), folder, "")
    sheets = tags(archive.read(book)[0], "sheet")
    return {sheet["name"]: targets[sheet["id"]] for sheet in sheets if "name" in sheet and sheet.get("id") in targets}


def _targets(archive: Archive, part: str, folder: str, kind: str) -> dict[str, str]:
    """The parts that one is related to, by the id of the relation. Raises DataError where there is none."""
    found = {
        link.get("Id", ""): posixpath.normpath(posixpath.join("/", folder, link["Target"])).lstrip("/")
        for link in tags(archive.read(part)[0], "Relationship")
        if "Target" in link and link.get("Type", "").endswith(kind)
    }
    if not found:
        raise archive.damaged("it names no sheet")
    return found
