"""The rows of a delimited text as bytes: encoding, header and suspicious signs."""

from __future__ import annotations

import codecs
import csv
import re
from dataclasses import dataclass

import numpy as np

from reportgen.delimited import suggest_encoding, without_told
from reportgen.errors import DataError
from reportgen.loaders._row_faults import long_fields, reader

#: Bytes that are looked at at a time.
PIECE = 1 << 18
_LINE_END = re.compile(rb"\r\n|\n|\r")
_ZERO, _NINE, _MINUS, _QUOTE, _SPACE, _LINE_FEED, _RETURN = b'09-" \n\r'


@dataclass(frozen=True)
class Header:
    """The names as written, in one line each, and the number of bytes before the first row."""

    names: list[str]
    size: int


@dataclass(frozen=True)
class Signs:
    """What the bytes hold that a fast parser would pass over.

    Attributes:
        quotes: there is a quote.
        stray_quote: one stands out of place, or the last one is open.
        leading_zero: a field seems to begin with a zero and another digit, or with 0x.
        codes: positions of the columns with such fields; None where quotes out of place hide them.
        in_quotes: whether each piece of the text begins within quotes, if none is out of place.
    """

    quotes: bool
    stray_quote: bool
    leading_zero: bool
    codes: frozenset[int] | None = frozenset()
    in_quotes: tuple[bool, ...] = ()


def as_utf8(data: bytes, codec: str, file: str) -> bytes:
    """The text as UTF-8 without a byte order mark and a `sep=;` line; every byte is checked.

    Raises:
        DataError: a byte that is none of the encoding, with its line and an encoding to try.
    """
    if codec == "utf-8-sig":
        data = data.removeprefix(codecs.BOM_UTF8)
        if not data.isascii():
            _check(data, "utf-8", file)
        return without_told(data)
    try:
        return without_told(data.decode(codec).encode())
    except UnicodeDecodeError as error:
        raise _undecodable(data, error.start, codec, file) from None
    except UnicodeError as error:  # A lone surrogate, or UTF-16 without its mark.
        raise DataError(f"not {codec.upper()} text: {error}", "set another data.options.encoding", file=file) from None


def header(text: bytes, separator: str, file: str) -> Header:
    """The first row that is not empty."""
    names: list[str] = []
    with long_fields():
        rows = reader(text, separator)
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
    """Look through all rows once, a piece at a time that fits into the processor's cache."""
    text = np.frombuffer(body, np.uint8)
    edge = _signs_of(separator, b'\n\r"')
    n_quotes, stray = 0, False
    zeros: list[np.ndarray] = []
    in_quotes: list[bool] = []
    for start in range(0, len(text), PIECE):
        at = np.flatnonzero(text[start : start + PIECE] == _QUOTE) + start
        stray = stray or (len(at) > 0 and _stray_quote(text, at, n_quotes, edge))
        in_quotes.append(n_quotes % 2 == 1)
        n_quotes += len(at)
        zeros.append(_leading_zeros(text, start, separator, edge))
    found = np.concatenate(zeros) if zeros else np.empty(0, np.int64)
    stray = stray or n_quotes % 2 == 1
    codes = None if stray else frozenset(_columns(text, found, separator) if len(found) else ())
    return Signs(n_quotes > 0, stray, len(found) > 0, codes, tuple(in_quotes))


def has_stray_quote(text: np.ndarray, separator: str) -> bool:
    """Whether a quote stands out of place, or the last one is open."""
    at = np.flatnonzero(text == _QUOTE)
    return len(at) % 2 == 1 or (len(at) > 0 and _stray_quote(text, at, 0, _signs_of(separator, b'\n\r"')))


def delimiters(text: np.ndarray, separator: str) -> np.ndarray:
    """The positions of the separators and line ends outside quotes, in a text that begins with a row."""
    found = np.flatnonzero((text == ord(separator)) | (text == _LINE_FEED) | (text == _RETURN))
    quotes = np.flatnonzero(text == _QUOTE)
    return found[np.searchsorted(quotes, found) % 2 == 0] if len(quotes) else found


def _check(data: bytes, codec: str, file: str) -> None:
    decoder = codecs.getincrementaldecoder(codec)()
    for start in range(0, len(data), PIECE):
        try:
            decoder.decode(data[start : start + PIECE], final=start + PIECE >= len(data))
        except UnicodeDecodeError:
            # The decoder keeps a part of the piece before, so the position is found anew from there.
            begin = max(0, start - 4)
            while begin and data[begin] & 0xC0 == 0x80:
                begin -= 1
            raise _undecodable(data, begin + _first_bad(data[begin : start + PIECE + 4], codec), codec, file) from None


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


def _signs_of(separator: str, others: bytes) -> np.ndarray:
    found = np.zeros(257, bool)
    found[[ord(separator), *others, 256]] = True
    return found


def _leading_zeros(text: np.ndarray, start: int, separator: str, edge: np.ndarray) -> np.ndarray:
    """Where in a piece of the text a field seems to begin with a zero and another digit, or with 0x."""
    piece = text[start : start + PIECE]
    before = text[max(0, start - 1) : start + len(piece) - 1]
    zeros = piece == _ZERO
    # Every sign that may stand before a field comes before the minus, unless it is the separator.
    inside = before < _MINUS
    if ord(separator) > _MINUS:
        inside |= before == ord(separator)
    zeros[len(piece) - len(before) :] &= inside
    at = np.flatnonzero(zeros) + start
    at = at[at < len(text) - 1]
    after = text[at + 1]
    at = at[(after - _ZERO <= _NINE - _ZERO) | ((after | 32) == ord("x"))]
    before, two_before = (np.where(at >= back, text[np.maximum(at - back, 0)].astype(np.int16), 256) for back in (1, 2))
    # A space begins a field only after a separator, and not between the date and the time of a timestamp.
    spaced = (before == _SPACE) & (edge[two_before] | (two_before == _SPACE))
    found: np.ndarray = at[edge[before] | spaced]
    return found


def _columns(text: np.ndarray, positions: np.ndarray, separator: str) -> set[int]:
    """The columns in which the positions lie."""
    found: set[int] = set()
    start, size = 0, PIECE
    while start < len(text):
        marks = delimiters(text[start : start + size], separator)
        ends = np.flatnonzero(text[start + marks] != ord(separator))
        last = start + size >= len(text)
        if not len(ends) and not last:
            size *= 2
            continue
        stop = len(text) if last else start + int(marks[ends[-1]]) + 1
        here = positions[np.searchsorted(positions, start) : np.searchsorted(positions, stop)] - start
        before = np.searchsorted(marks, here)
        row = np.searchsorted(ends, before) - 1
        found.update((before - np.where(row >= 0, ends[np.maximum(row, 0)] + 1 if len(ends) else 0, 0)).tolist())
        start, size = stop, PIECE
    return found


def _stray_quote(text: np.ndarray, at: np.ndarray, n_before: int, edge: np.ndarray) -> bool:
    """Whether a quote stands where none may: quotes must open after and close before the edge of a field.

    A doubled quote inside a value closes and opens again, so that quotes alternate in every well-formed text.
    """
    opening, closing = at[n_before % 2 :: 2], at[1 - n_before % 2 :: 2]
    first, last = opening[:1] == 0, closing[-1:] == len(text) - 1
    return not (
        edge[text[opening[int(first.any()) :] - 1]].all()
        and edge[text[closing[: len(closing) - int(last.any())] + 1]].all()
    )
