"""Delimited text: CSV, TSV and the like, plain or compressed.

pyarrow parses: it is fast and never shifts a column. What it would read too freely (codes with leading zeros, numbers
beyond 64 bits, quotes out of place) is found in the bytes, and what it refuses is explained with the line of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from reportgen import delimited
from reportgen.errors import DataError, LimitExceeded, SpecError
from reportgen.formats import suffixes
from reportgen.loaders import _row_faults, _text_rows, _text_stream, _text_types
from reportgen.loaders._contents import contents, digest
from reportgen.loaders._draw import Draw
from reportgen.loaders._encoding import is_words
from reportgen.loaders._raw import NO_SOURCE, Raw, spelled_columns
from reportgen.source import Location
from reportgen.spec import Data, ReadOptions
from reportgen.text import listing, plural, quoted, shorten

#: The bytes, the Arrow columns and the pandas columns of one file.
MEMORY = 3.0
#: One row must fit into a block.
_BLOCK = 1 << 22
#: Columns of more distinct words than this in one block are encoded afterwards.
_MOST_LEVELS = 2000
_LONGEST_VALUE = 1_000_000
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


@dataclass(frozen=True)
class _Rows:
    """The text below the header, and how it is to be parsed; columns are called by their position."""

    text: bytes
    body: memoryview
    names: tuple[str, ...]
    separator: str
    options: ReadOptions
    signs: _text_rows.Signs
    file: str

    @property
    def decimal(self) -> str | None:
        """The decimal mark as declared; None where a comma may be one, because it does not separate fields."""
        return (
            None if "decimal" not in self.options.model_fields_set and self.separator != "," else self.options.decimal
        )

    def parse(self, types: Mapping[str, pa.DataType], only: list[str] | None = None) -> pa.Table:
        """The columns as pyarrow reads them; words are never taken for missing or boolean values."""
        return arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(self.body)),
            read_options=arrow_csv.ReadOptions(
                column_names=[str(position) for position in range(len(self.names))], block_size=_BLOCK
            ),
            parse_options=arrow_csv.ParseOptions(delimiter=self.separator, newlines_in_values=self.signs.quotes),
            convert_options=arrow_csv.ConvertOptions(
                check_utf8=False,  # Every byte was checked before.
                null_values=["", *self.options.missing],
                strings_can_be_null=True,
                true_values=[],
                false_values=[],
                decimal_point=self.options.decimal,
                column_types=types,
                include_columns=only or [],
                auto_dict_encode=True,
                auto_dict_max_cardinality=_MOST_LEVELS,
            ),
        )


def read(location: Location, data: Data) -> Raw:
    """Read a delimited text file whose first line names the columns.

    Raises:
        DataError: the file is empty, not text in its encoding, or a row does not fit the header: with the line.
        LimitExceeded: the table would not fit into memory, or one row or value is unreasonably long.
    """
    _check_options(data.options)
    assert location.path is not None
    found = contents(location, factor=MEMORY)
    head = delimited.read_head(location.path, data.options.sep, data.options.encoding)
    text = _text_rows.as_utf8(found.data, head.encoding, location.name)
    header = _text_rows.header(text, head.separator, location.name)
    raw = parsed(text, header, head.separator, data, location.name)
    del text
    return replace(raw, source=found.source)


def sample(location: Location, data: Data, draw: Draw, number: int) -> Callable[[Data], Raw]:
    """Stream a delimited text file through a draw of rows.

    Of every row the encoding, the quotes and the number of fields are checked, and the whole file is hashed; what the
    values mean, and their length, is found in the rows that are kept.

    Args:
        number: of the file within the draw.

    Returns:
        What gives the columns, for kinds as declared, once all files have been drawn from.

    Raises:
        DataError, LimitExceeded: as `read` does.
    """
    _check_options(data.options)
    assert location.path is not None
    digested = digest(location)
    head = delimited.read_head(location.path, data.options.sep, data.options.encoding)
    pieces = _text_stream.utf8(location, head.encoding)
    header = _text_stream.draw_rows(pieces, head, draw, number, location.name)
    names = _text_rows.header(header, head.separator, location.name)

    found: list[bytes] = []

    def finish(data: Data) -> Raw:
        found[:] = found or [b"".join([header, *(batch.text for batch in draw.take(number))])]
        text = found[0]
        return replace(parsed(text, names, head.separator, data, location.name), source=digested.result())

    return finish


def parsed(text: bytes, header: _text_rows.Header, separator: str, data: Data, file: str) -> Raw:
    """The columns of a text whose every byte was checked, without a source."""
    _require_separator(header.names, separator, file)
    body = memoryview(text)[header.size :]
    signs = _text_rows.signs(body, separator)
    if signs.stray_quote:
        _row_faults.require_closed_quotes(text, separator, file)
    rows = _Rows(text, body, delimited.distinct(header.names), separator, data.options, signs, file)
    spelled = spelled_columns(data)
    columns = dict(zip(rows.names, _table(rows, spelled).columns, strict=True))
    words = [name for name, values in columns.items() if is_words(values.type)]
    for name in words:
        _require_short(name, columns[name], file)
    return Raw(
        pa.table(columns),
        NO_SOURCE,
        (*_separator_notes(separator, data.options, file), *_name_notes(header.names, rows.names)),
        undecided=frozenset(words) - spelled,
        decimal=rows.decimal,
    )


def _require_short(name: str, values: pa.ChunkedArray, file: str) -> None:
    """Raise LimitExceeded where a value is of no length that a table has."""
    for chunk in values.chunks:
        words = chunk.dictionary if pa.types.is_dictionary(chunk.type) else chunk
        if (pc.max(pc.binary_length(words)).as_py() or 0) > _LONGEST_VALUE:
            what = f"a value of column {quoted(name)} has more than {_LONGEST_VALUE:,} characters"
            raise LimitExceeded(what, "leave the column out of the file", file=file)


def _check_options(options: ReadOptions) -> None:
    separator = options.sep
    if separator is not None and (len(separator) != 1 or not separator.isascii() or separator in '"\r\n'):
        raise SpecError(
            f"{quoted(separator)} cannot separate fields", "give one ASCII character", key="data.options.sep"
        )
    if separator == options.decimal:
        raise SpecError(
            "the separator is the decimal mark too", "set another data.options.sep", key="data.options.decimal"
        )


def _require_separator(names: list[str], separator: str, file: str) -> None:
    other = next((sign for sign in delimited.SEPARATORS if sign != separator and sign in names[0]), None)
    if len(names) == 1 and other is not None:
        shown = {"\t": "\\t"}.get(other, other)
        raise DataError(
            f"one column only, and its name {quoted(names[0])} holds a {_NAMES[other]}",
            f'set data.options: {{sep: "{shown}"}}',
            file=file,
            line=1,
        )


def _table(rows: _Rows, spelled: frozenset[str]) -> pa.Table:
    if not rows.body[:_BLOCK].tobytes().strip():
        raise _row_faults.no_row(rows.file)
    codes = rows.signs.codes or frozenset()
    types = {
        str(position): pa.string() for position, name in enumerate(rows.names) if name in spelled or position in codes
    }
    try:
        table = _parsed_at_once(rows, types)
        again = [name for name in table.column_names if name not in types and _loses_spelling(table[name], rows.signs)]
        words = rows.parse(dict.fromkeys(again, pa.string()), again) if again else None
    except pa.ArrowInvalid as error:
        raise _explained(error, rows) from error
    if words is not None:
        for name in again:
            table = table.set_column(int(name), name, words[name])
    # The parser's own pieces, which the allocator would keep.
    pa.default_memory_pool().release_unused()
    return table


def _parsed_at_once(rows: _Rows, types: Mapping[str, pa.DataType]) -> pa.Table:
    """The table; of a long text the types are supposed first, since a parser that must find them keeps all it has seen.

    The result is the same: where a value does not fit, the types are found after all.
    """
    if len(rows.body) > _text_types.LONG:
        some = _text_types.spread_rows(rows.body, rows.separator, rows.signs)
        if some.strip():
            found = replace(rows, body=memoryview(some)).parse(types)
            with suppress(pa.ArrowInvalid):
                return rows.parse(_text_types.supposed(found.schema))
    return rows.parse(types)


def _loses_spelling(values: pa.ChunkedArray, signs: _text_rows.Signs) -> bool:
    """Whether what pyarrow made a number or a time may have been more than that."""
    # Where codes hide, no one knows in which columns.
    hidden = signs.leading_zero and signs.codes is None
    if pa.types.is_integer(values.type):
        return hidden
    if pa.types.is_floating(values.type):
        # Whole numbers of more than 64 bits, or beside fractions, arrive as floats, and rounded.
        ends = pc.min_max(values).as_py()
        return hidden or max(abs(ends["min"] or 0.0), abs(ends["max"] or 0.0)) >= 2.0**53
    return bool(pa.types.is_time(values.type))


def _explained(error: pa.ArrowInvalid, rows: _Rows) -> DataError | LimitExceeded:
    if "straddl" in str(error):
        limit = f"a row is longer than {_BLOCK // 1_000_000} MB"
        return LimitExceeded(limit, "look for a quote that is not closed, or shorten the row", file=rows.file)
    fault = _row_faults.fault(rows.text, len(rows.names), rows.separator, rows.file)
    return fault or DataError(f"cannot be read: {str(error).splitlines()[0]}", "mend the file", file=rows.file)


def _separator_notes(separator: str, options: ReadOptions, file: str) -> list[str]:
    usual = "\t" if suffixes(file)[0] == ".tsv" else ","
    if options.sep is not None or separator == usual:
        return []
    sign = _NAMES.get(separator, quoted(separator))
    return [f"The fields of {shorten(file)} are separated by the {sign}, as its rows show."]


def _name_notes(written: list[str], names: tuple[str, ...]) -> list[str]:
    notes = []
    changed = [new for old, new in zip(written, names, strict=True) if old != new]
    if changed:
        shown = listing((quoted(name) for name in changed), most=3)
        notes.append(f"{plural(len(changed), 'column')} had no name or the name of another; called {shown} here.")
    if all(_is_number(name) for name in written):
        notes.append("Every column name is a number: if the first line is data, put a line of names above it.")
    return notes


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
