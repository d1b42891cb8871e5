"""Delimited text as a stream: checked piece by piece, cut into rows, and thinned out."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from reportgen.delimited import Head, suggest_encoding, without_told
from reportgen.errors import DataError, LimitExceeded
from reportgen.loaders import _row_faults, _text_rows
from reportgen.loaders._draw import Draw
from reportgen.packed import unpacked
from reportgen.source import Location

_PIECE = 1 << 23
#: One row must fit into this, as into the parser's block.
_LONGEST_ROW = 1 << 22
_LINE_FEED, _RETURN, _SPACE = b"\n\r "


@dataclass(frozen=True)
class Lines:
    """Whole rows: their bytes, and the length of each with its line end."""

    codes: np.ndarray
    lengths: np.ndarray

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def nbytes(self) -> int:
        return self.codes.nbytes + self.lengths.nbytes

    @property
    def text(self) -> bytes:
        """The rows; the last one of a file may lack its line end, and gets one."""
        found = self.codes.tobytes()
        return found if found.endswith((b"\n", b"\r")) or not found else found + b"\n"

    def keep(self, mask: np.ndarray) -> Lines:
        return Lines(self.codes[np.repeat(mask, self.lengths)], self.lengths[mask])


def utf8(location: Location, codec: str) -> Iterator[bytes]:
    """The text of a file as UTF-8 without a byte order mark, in pieces that need not end with a row.

    Raises:
        DataError: a byte that is none of the encoding, with its line and an encoding to try; the file is damaged.
    """
    assert location.path is not None
    decoder = codecs.getincrementaldecoder(codec)()
    position, lines = 0, 1
    with unpacked(location.path) as file:
        while data := file.read(_PIECE):
            waiting = len(decoder.getstate()[0])
            try:
                text = decoder.decode(data).encode()
            except UnicodeDecodeError as error:
                raise _undecodable(error, position - waiting, lines, codec, location.name) from None
            except UnicodeError as error:  # A lone surrogate, or UTF-16 without its mark.
                what = f"not {codec.upper()} text: {error}"
                raise DataError(what, "set another data.options.encoding", file=location.name) from None
            lines += text.count(b"\n")
            yield text if position else without_told(text)
            position += len(data)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise _undecodable(error, position - len(error.object), lines, codec, location.name) from None


def draw_rows(pieces: Iterable[bytes], head: Head, draw: Draw, number: int, file: str) -> bytes:
    """Every row of a text offered to a draw.

    Returns:
        The line of column names, as the text has it.

    Raises:
        DataError: quotes out of place, or a row with more or fewer fields than names: with its line.
        LimitExceeded: a row is unreasonably long.
    """
    header = b""
    line = 1
    for block in _whole_rows(pieces, head.separator, file):
        text = block
        if not header and text.strip(b"\r\n"):
            size = _text_rows.header(text, head.separator, file).size
            header, text = text[:size], text[size:]
            line += _line_ends(header)
        if header and text:
            rows = _cut(text, head.separator, len(head.names), line, file)
            if len(rows):
                draw.add(number, rows)
        line += _line_ends(text)
    if not header:
        raise DataError("the file is empty", "the first line names the columns", file=file)
    return header if header.endswith((b"\n", b"\r")) else header + b"\n"


def whole_lines(location: Location) -> Iterator[bytes]:
    """The UTF-8 text of a file in pieces that end with a line. Raises as `utf8` does."""
    rest = b""
    for piece in utf8(location, "utf-8-sig"):
        whole, end, rest = (rest + piece).rpartition(b"\n")
        if end:
            yield whole + end
        if len(rest) > _PIECE + _LONGEST_ROW:
            limit = f"a line is longer than {_LONGEST_ROW // 1_000_000} MB"
            raise LimitExceeded(limit, "write one record a line", file=location.name)
    if rest:
        yield rest


def lines(text: bytes) -> Lines:
    """The lines of a text that are not blank."""
    codes = np.frombuffer(text, np.uint8)
    stops = np.flatnonzero(codes == _LINE_FEED) + 1
    if not len(stops) or stops[-1] < len(codes):
        stops = np.append(stops, len(codes))
    lengths = np.diff(stops, prepend=0)
    inked = np.add.reduceat(codes > _SPACE, stops - lengths) > 0
    return Lines(codes[np.repeat(inked, lengths)], lengths[inked])


def _whole_rows(pieces: Iterable[bytes], separator: str, file: str) -> Iterator[bytes]:
    """The pieces cut anew, after the last line end of each that is outside quotes."""
    rest = b""
    for piece in pieces:
        rest += piece
        end = _last_end(rest, separator)
        if end:
            yield rest[:end]
            rest = rest[end:]
        if len(rest) > _PIECE + _LONGEST_ROW:
            limit = f"a row is longer than {_LONGEST_ROW // 1_000_000} MB"
            raise LimitExceeded(limit, "look for a quote that is not closed, or shorten the row", file=file)
    if rest:
        yield rest


def _last_end(text: bytes, separator: str) -> int:
    """The length of the whole rows at the start of the text; a line end that may be half of two does not count."""
    size = len(text) - text.endswith(b"\r")
    end = max(text.rfind(b"\n", 0, size), text.rfind(b"\r", 0, size))
    if text.count(b'"', 0, end + 1) % 2 == 0:
        return end + 1
    # The last line end stands inside quotes.
    codes = np.frombuffer(text, np.uint8)[:size]
    marks = _text_rows.delimiters(codes, separator)
    ends = marks[codes[marks] != ord(separator)]
    return int(ends[-1]) + 1 if len(ends) else 0


def _cut(text: bytes, separator: str, width: int, line: int, file: str) -> Lines:
    """The rows of a text that begins and ends with one; `line` is where it begins in the file."""
    codes = np.frombuffer(text, np.uint8)
    if _text_rows.has_stray_quote(codes, separator):
        return _cut_slowly(text, separator, width, line, file)
    marks = _text_rows.delimiters(codes, separator)
    is_end = codes[marks] != ord(separator)
    ends = np.flatnonzero(is_end)
    stops = marks[ends] + 1
    fields = np.diff(ends, prepend=-1)
    if not len(stops) or stops[-1] < len(codes):
        fields = np.append(fields, len(marks) - (ends[-1] if len(ends) else -1))
        stops = np.append(stops, len(codes))
    starts = np.concatenate([[0], stops[:-1]])
    lengths = stops - starts
    # An empty line is no row, and of \r\n the second sign alone is one, too.
    blank = (fields == 1) & (lengths == 1) & np.isin(codes[starts], (_LINE_FEED, _RETURN))
    if (fields[~blank] != width).any():
        raise _fault(text, width, separator, line, file)
    return Lines(codes[np.repeat(~blank, lengths)], lengths[~blank])


def _cut_slowly(text: bytes, separator: str, width: int, line: int, file: str) -> Lines:
    """Rows in which a quote stands for itself, such as an inch mark, cut by the strict parser."""
    fault = _row_faults.fault(text, width, separator, file)
    if fault is not None:
        raise _fault(text, width, separator, line, file)
    stops = np.cumsum([0, *(len(one) for one in text.splitlines(keepends=True))])
    rows = csv.reader(io.StringIO(text.decode(), newline=""), delimiter=separator, strict=True)
    found = [(rows.line_num, bool(row)) for row in rows]
    ends = stops[[end for end, _ in found]]
    lengths = np.diff(ends, prepend=0)
    kept = np.array([is_row for _, is_row in found], bool)
    return Lines(np.frombuffer(text, np.uint8)[np.repeat(kept, lengths)], lengths[kept])


def _fault(text: bytes, width: int, separator: str, line: int, file: str) -> DataError:
    fault = _row_faults.fault(text, width, separator, file)
    if fault is None:
        return DataError("a row cannot be told from the next", "mend the quotes in it", file=file, line=line)
    problem = fault.problems[0]
    return DataError(problem.what, problem.fix, file=file, line=(problem.line or 1) + line - 1)


def _line_ends(text: bytes) -> int:
    return text.count(b"\n") + text.count(b"\r") - text.count(b"\r\n")


def _undecodable(error: UnicodeDecodeError, before: int, lines: int, codec: str, file: str) -> DataError:
    sample = error.object[max(0, error.start - 2000) : error.start + 2000]
    return DataError(
        f"byte {before + error.start + 1:,} (0x{error.object[error.start]:02x}) is not "
        f"{codec.removesuffix('-sig').upper()} text",
        f"set data.options.encoding, perhaps to {suggest_encoding(sample)}",
        file=file,
        line=lines + error.object[: error.start].count(b"\n"),
    )
