"""The rows of a delimited text as bytes: encoding, header, suspicious signs, and what is wrong with a row."""

from __future__ import annotations

import codecs
import csv
import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from reportgen.delimited import suggest_encoding
from reportgen.errors import DataError
from reportgen.text import plural

if TYPE_CHECKING:
    import _csv

_CHUNK = 1 << 20
_LINE_END = re.compile(rb"\r\n|\n|\r")
_ZERO, _NINE, _QUOTE, _SPACE = b'09" '


@dataclass(frozen=True)
class Header:
    """The names as written, in one line each, and the number of bytes before the first row."""

    names: list[str]
    size: int


@dataclass(frozen=True)
class Signs:
    """What the bytes hold that a fast parser would pass over: quotes, a quote out of place, a number like `007`."""

    quotes: bool
    stray_quote: bool
    leading_zero: bool


def as_utf8(data: bytes, codec: str, file: str) -> bytes:
    """The text as UTF-8 without a byte order mark; every byte is checked.

    Raises:
        DataError: a byte that is none of the encoding, with its line and an encoding to try.
    """
    if codec == "utf-8-sig":
        data = data.removeprefix(codecs.BOM_UTF8)
        if not data.isascii():
            _check(data, "utf-8", file)
        return data
    try:
        return data.decode(codec).encode()
    except UnicodeDecodeError as error:
        raise _undecodable(data, error.start, codec, file) from None
    except UnicodeError as error:  # A lone surrogate, or UTF-16 without its mark.
        raise DataError(f"not {codec.upper()} text: {error}", "set another data.options.encoding", file=file) from None


def header(text: bytes, separator: str, file: str) -> Header:
    """The first row that is not empty."""
    names: list[str] = []
    with _long_fields():
        rows = _reader(text, separator)
        try:
            names = next((row for row in rows if row), names)
        except csv.Error as error:
            raise DataError(f"the line of column names cannot be read: {error}", "mend it", file=file, line=1) from None
    if not names:
        raise DataError("the file is empty", "the first line names the columns", file=file)
    ends = _LINE_END.finditer(text)
    end = next((match.end() for number, match in enumerate(ends, start=1) if number == rows.line_num), len(text))
    return Header([" ".join(name.split()) for name in names], end)


def signs(body: memoryview, separator: str) -> Signs:
    """Look through all rows, a piece at a time that fits into the processor's cache."""
    codes = np.frombuffer(body, np.uint8)
    before_field = np.zeros(256, bool)
    before_field[[ord(separator), *b'\n\r"']] = True
    has_quotes = any((codes[start : start + _CHUNK] == _QUOTE).any() for start in range(0, len(codes), _CHUNK))
    return Signs(has_quotes, has_quotes and _stray_quote(codes, separator), _leading_zero(codes, before_field))


def require_closed_quotes(text: bytes, separator: str, file: str) -> None:
    """Raise DataError for a quote that is never closed or closed in the middle of a value; a mere inch mark is fine."""
    for _ in _rows(text, separator, file):
        pass


def fault(text: bytes, width: int, separator: str, file: str) -> DataError | None:
    """What is wrong with the first row that does not have `width` fields, or None where each has."""
    try:
        for line, row in _rows(text, separator, file):
            if len(row) != width:
                found = f"{plural(len(row), 'field')} where the first line names {plural(width, 'column')}"
                return DataError(found, _remedy(len(row), width, separator), file=file, line=line)
    except DataError as error:
        return error
    return None


def _remedy(found: int, width: int, separator: str) -> str:
    if found < width:
        return "add the missing fields, empty ones too"
    if found == width + 1:
        return f"put values that hold {separator!r} in double quotes, or name the extra column"
    return f"put values that hold {separator!r} in double quotes"


def _rows(text: bytes, separator: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty, with the line it begins on; quotes are held to the rules."""
    start = 1
    with _long_fields():
        rows = _reader(text, separator)
        try:
            for row in rows:
                if row:
                    yield start, row
                start = rows.line_num + 1
        except csv.Error as error:
            unclosed = "unexpected end" in str(error)
            what = "a quote that is opened here is never closed" if unclosed else "text follows a closing quote"
            raise DataError(what, 'close it, and write a quote inside a value as ""', file=file, line=start) from None


def _reader(text: bytes, separator: str) -> _csv.Reader:
    lines = io.TextIOWrapper(io.BytesIO(text), encoding="utf-8", newline="")
    return csv.reader(lines, delimiter=separator, strict=True)


@contextmanager
def _long_fields() -> Iterator[None]:
    limit = csv.field_size_limit(sys.maxsize)
    try:
        yield
    finally:
        csv.field_size_limit(limit)


def _check(data: bytes, codec: str, file: str) -> None:
    decoder = codecs.getincrementaldecoder(codec)()
    for start in range(0, len(data), _CHUNK):
        try:
            decoder.decode(data[start : start + _CHUNK], final=start + _CHUNK >= len(data))
        except UnicodeDecodeError:
            # The decoder keeps a part of the piece before, so the position is found anew from there.
            begin = max(0, start - 4)
            while begin and data[begin] & 0xC0 == 0x80:
                begin -= 1
            raise _undecodable(data, begin + _first_bad(data[begin : start + _CHUNK + 4], codec), codec, file) from None


def _first_bad(data: bytes, codec: str) -> int:
    try:
        data.decode(codec)
    except UnicodeDecodeError as error:
        return error.start
    return len(data) - 1


def _undecodable(data: bytes, position: int, codec: str, file: str) -> DataError:
    sample = data[max(0, position - 2000) : position + 2000]
    return DataError(
        f"byte {position + 1:,} (0x{data[position]:02x}) is not {codec.removesuffix('-sig').upper()} text",
        f"set data.options.encoding, perhaps to {suggest_encoding(sample)}",
        file=file,
        line=len(_LINE_END.findall(data, 0, position)) + 1,
    )


def _leading_zero(codes: np.ndarray, before_field: np.ndarray) -> bool:
    """Whether a field seems to begin with a zero and another digit, or with 0x."""
    for start in range(0, len(codes) - 1, _CHUNK):
        piece, after = codes[start : start + _CHUNK], codes[start + 1 : start + _CHUNK + 1]
        digit = (after - _ZERO <= _NINE - _ZERO) | ((after | 32) == ord("x"))
        at = np.flatnonzero((piece[: len(after)] == _ZERO) & digit) + start
        before, two_before = codes[np.maximum(at - 1, 0)], codes[np.maximum(at - 2, 0)]
        # A space begins a field only after a separator, and not between the date and the time of a timestamp.
        spaced = (before == _SPACE) & (before_field[two_before] | (two_before == _SPACE) | (at < 2))
        if (before_field[before] | spaced | (at == 0)).any():
            return True
    return False


def _stray_quote(codes: np.ndarray, separator: str) -> bool:
    """Whether a quote stands where none may: quotes must open after and close before the edge of a field.

    A doubled quote inside a value closes and opens again, so that quotes alternate in every well-formed text.
    """
    edge = np.zeros(257, bool)
    edge[[ord(separator), *b'\n\r"', 256]] = True
    count = 0
    for start in range(0, len(codes), _CHUNK):
        at = np.flatnonzero(codes[start : start + _CHUNK] == _QUOTE) + start
        closing = (np.arange(count, count + len(at)) % 2).astype(bool)
        count += len(at)
        beside = np.where(closing, at + 1, at - 1)
        inside = (beside >= 0) & (beside < len(codes))
        sign = np.where(inside, codes[np.clip(beside, 0, len(codes) - 1)], 256)
        if not edge[sign].all():
            return True
    return count % 2 == 1
