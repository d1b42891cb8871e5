"""What is wrong with a row of a delimited text, told with the standard library alone: `check` asks too."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING

from reportgen.delimited import Head
from reportgen.errors import DataError
from reportgen.text import plural

if TYPE_CHECKING:
    import _csv


def require_closed_quotes(text: bytes, separator: str, file: str) -> None:
    """Raise DataError for a quote that is never closed or closed in the middle of a value; a mere inch mark is fine."""
    for _ in _rows(text, separator, file):
        pass


def fault(text: bytes, width: int, separator: str, file: str, whole: bool = True) -> DataError | None:
    """What is wrong with the first row that does not have `width` fields, or None where each has."""
    try:
        for line, row in _rows(text, separator, file, whole):
            if len(row) != width:
                found = f"{plural(len(row), 'field')} where the first line names {plural(width, 'column')}"
                return DataError(found, _remedy(len(row), width, separator, text), file=file, line=line)
    except DataError as error:
        return error
    return None


def require_rows(head: Head, file: str) -> None:
    """Raise DataError where already the first rows of a file show that reading it will fail."""
    found = fault(head.start, len(head.names), head.separator, file, head.whole)
    if found is not None:
        raise found
    if head.whole and len(list(islice(_rows(head.start, head.separator, file), 2))) < 2:
        raise no_row(file)


def no_row(file: str) -> DataError:
    return DataError("the file has column names but no row", "give rows below the names", file=file, line=1)


def _remedy(found: int, width: int, separator: str, text: bytes) -> str:
    if text.lstrip().startswith((b"# ", b"##")):
        return "the first line names the columns: delete the comment above it"
    if found > width == 1:
        return "the first line names the columns: delete what stands above it"
    if found < width:
        return "add the missing fields, empty ones too"
    if found == width + 1:
        return f"put values that hold {separator!r} in double quotes, or name the extra column"
    return f"put values that hold {separator!r} in double quotes"


def _rows(text: bytes, separator: str, file: str, whole: bool = True) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty, with the line it begins on; quotes are held to the rules.

    Args:
        whole: the text is that of the file, so that a quote which is open at its end was never closed.
    """
    start = 1
    with long_fields():
        rows = reader(text, separator)
        try:
            for row in rows:
                if row:
                    yield start, row
                start = rows.line_num + 1
        except csv.Error as error:
            unclosed = "unexpected end" in str(error)
            if unclosed and not whole:
                return
            what = "a quote that is opened here is never closed" if unclosed else "text follows a closing quote"
            raise DataError(what, 'close it, and write a quote inside a value as ""', file=file, line=start) from None


def reader(text: bytes, separator: str) -> _csv.Reader:
    lines = io.TextIOWrapper(io.BytesIO(text), encoding="utf-8", newline="")
    return csv.reader(lines, delimiter=separator, strict=True)


@contextmanager
def long_fields() -> Iterator[None]:
    limit = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(limit)
