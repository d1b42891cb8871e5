"""The head of a delimited text file: its encoding, its separator and its column names, with the standard library alone.

`check` reads no more than this; the CSV loader decides by the same functions, so the two never disagree.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from pathlib import Path

from reportgen.errors import DataError, LimitExceeded
from reportgen.formats import suffixes
from reportgen.packed import unpacked
from reportgen.text import quoted

#: The separators that are looked for, in the order of preference.
SEPARATORS: tuple[str, ...] = (",", ";", "\t", "|")

_SAMPLE_BYTES = 1 << 18
_LONGEST_LINE = 1 << 22
_SAMPLE_ROWS = 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: A first line by which Excel is told the separator.
_TOLD = re.compile(rb"(?i:sep)=([^\w\s\"]|[\t |])(?:\r\n|\n|\r)")
#: How files begin that are called .csv now and then; no text does.
_OTHER_FORMATS = (
    (b"PAR1\x15", "a Parquet file"),
    (b"ARROW1\0", "a Feather file"),
    (b"PK\3\4", "a zip archive or a spreadsheet"),
    (b"\x1f\x8b", "a gzip-compressed file"),
    (b"\xd0\xcf\x11\xe0", "an old spreadsheet"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"%PDF-", "a PDF"),
    *((bytes([0x80, protocol]), "a pickle") for protocol in range(2, 6)),
)


@dataclass(frozen=True)
class Head:
    """The column names (unique, none empty, on one line), the separator and the encoding as a Python codec's name.

    Attributes:
        start: the first lines of the text, in UTF-8.
        whole: whether they are all there are.
    """

    names: tuple[str, ...]
    separator: str
    encoding: str
    start: bytes = field(default=b"", repr=False)
    whole: bool = False


def read_head(path: Path, separator: str | None = None, encoding: str | None = None) -> Head:
    """The names, separator and encoding of a delimited text file, from its first rows.

    Raises:
        DataError: the file is empty, unreadable, not text in that encoding, or its first row is malformed.
        LimitExceeded: the first line does not end within reason.
    """
    start, whole = _start(path)
    _require_text(start, path.name)
    codec = codec_of(start, encoding, path.name)
    text = _decode(start, codec, path.name, whole)
    if not whole:
        text = text.rpartition("\n" if "\n" in text else "\r")[0] or text  # The last line may be cut off.
    lines = text.encode(errors="replace")
    told = _TOLD.match(lines)
    text = text[len(told[0]) if told else 0 :]
    if not text.strip():
        raise DataError("the file is empty", "the first line names the columns", file=path.name)
    separator = separator or (told[1].decode() if told else separator_of(text, path.name, whole=whole))
    names = distinct(_first_row(text, separator, path.name))
    return Head(names, separator, codec, without_told(lines), whole)


def _start(path: Path) -> tuple[bytes, bool]:
    """Enough of the file's bytes to hold its first line, and whether that is all of them."""
    with unpacked(path) as file:
        start = file.read(_SAMPLE_BYTES)
        if len(start) == _SAMPLE_BYTES and b"\n" not in start and b"\r" not in start:
            start += file.read(_LONGEST_LINE)
            if len(start) > _LONGEST_LINE and b"\n" not in start and b"\r" not in start:
                what = f"the first line is longer than {_LONGEST_LINE:,} bytes"
                raise LimitExceeded(what, "give a file with a line of column names", file=path.name)
        return start, not file.read(1)


def _require_text(start: bytes, name: str) -> None:
    found = next((what for mark, what in _OTHER_FORMATS if start.startswith(mark)), None)
    if found is not None:
        fix = "give the file its own suffix, or save the table as CSV"
        raise DataError(f"this is {found}, not text", fix, file=name)


def codec_of(start: bytes, declared: str | None, name: str) -> str:
    """The encoding to read with: the declared one, else by the byte order mark, else strict UTF-8."""
    if declared is not None:
        try:
            codec = codecs.lookup(declared).name
        except (LookupError, ValueError):
            raise DataError(
                f"{quoted(declared)} is not a text encoding", "name one such as cp1252", file=name
            ) from None
        # A mark that is read as data would become part of the first column's name.
        return "utf-8-sig" if codec == "utf-8" else codec
    mark = next((codec for mark, codec in _MARKS if start.startswith(mark)), "utf-8-sig")
    if mark != "utf-8-sig":
        raise DataError(
            f"the text is {mark.upper()}, not UTF-8", f"set data.options.encoding: {mark}", file=name, line=1
        )
    return mark


def without_told(text: bytes) -> bytes:
    """The text with Excel's `sep=;` in its first line blank, so that the numbers of the lines stay."""
    told = _TOLD.match(text)
    return text if told is None else text[len(told[0].rstrip(b"\r\n")) :]


def suggest_encoding(sample: bytes) -> str:
    """The likeliest encoding of bytes that are not UTF-8, to suggest and never to use unasked."""
    if sample[1::2].count(0) > len(sample) // 8:
        return "utf-16-le"
    if sample[::2].count(0) > len(sample) // 8:
        return "utf-16-be"
    for codec in ("gb18030", "shift_jis"):
        text = sample.decode(codec, errors="replace")
        foreign = [character for character in text if character > "\x7f"]
        ideographs = sum("\u3040" <= character <= "\u9fff" for character in foreign)
        # Western text read as Chinese gives a few rare signs between letters, true Chinese hardly anything else.
        if foreign and "\ufffd" not in text and ideographs > 0.9 * len(foreign) and _in_runs(text):
            return "gbk" if codec == "gb18030" else codec
    return "cp1252"


def separator_of(text: str, name: str = "", *, whole: bool = True) -> str:
    """The separator of the sample: the one that cuts its rows into the most fields, all rows alike if any does."""
    if suffixes(name)[0] == ".tsv":
        return "\t"
    best, rank = SEPARATORS[0], (False, 1)
    for separator in SEPARATORS:
        widths = _widths(text, separator, whole)
        found = (len(set(widths)) == 1 and widths[0] > 1, widths[0]) if widths else (False, 0)
        if found > rank:
            best, rank = separator, found
    return best


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """The names made unique and non-empty: a blank one becomes `column 3`, the second `a` becomes `a (2)`."""
    taken = set(names)
    found: dict[str, None] = {}
    for position, name in enumerate(names, start=1):
        wanted = name if name.strip() else f"column {position}"
        unique, count = wanted, 1
        while unique in found or (unique != name and unique in taken):
            count += 1
            unique = f"{wanted} ({count})"
        found[unique] = None
    return tuple(found)


def _in_runs(text: str) -> bool:
    pairs = sum(left > "\x7f" and right > "\x7f" for left, right in pairwise(text))
    return 3 * pairs >= sum(character > "\x7f" for character in text)


def _widths(text: str, separator: str, whole: bool) -> list[int]:
    try:
        rows = [
            row for row in islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), _SAMPLE_ROWS) if row
        ]
    except csv.Error:
        return []
    return [len(row) for row in (rows if whole or not 1 < len(rows) < _SAMPLE_ROWS else rows[:-1])]


def _decode(start: bytes, codec: str, name: str, whole: bool) -> str:
    try:
        return codecs.getincrementaldecoder(codec)("strict").decode(start, final=whole)
    except UnicodeDecodeError as error:
        line = start[: error.start].count(b"\n") + 1
        raise DataError(
            f"byte {error.start + 1} (0x{start[error.start]:02x}) is not {codec.removesuffix('-sig').upper()} text",
            f"set data.options.encoding, perhaps to {suggest_encoding(start)}",
            file=name,
            line=line,
        ) from None
    except (UnicodeError, LookupError) as error:  # Codecs that are none for files, such as idna.
        raise DataError(f"cannot be read as {codec}", "set another data.options.encoding", file=name) from error


def _first_row(text: str, separator: str, name: str) -> list[str]:
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        return [" ".join(name.split()) for name in next(row for row in rows if row)]
    except (csv.Error, TypeError, ValueError) as error:
        raise DataError(f"the line of column names cannot be read: {error}", file=name, line=1) from None
