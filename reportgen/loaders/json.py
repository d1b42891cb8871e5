"""JSON: a list of records, or one record a line; plain or compressed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NoReturn

import pyarrow as pa

from reportgen.errors import DataError, LimitExceeded
from reportgen.loaders import _text_stream
from reportgen.loaders._contents import contents, digest
from reportgen.loaders._draw import Draw
from reportgen.loaders._raw import NO_SOURCE, Raw, spelled_columns
from reportgen.loaders._words import meaning
from reportgen.source import Location
from reportgen.spec import Data
from reportgen.text import quoted

#: The text, the Python objects of its records, and their columns.
_MEMORY = 12.0
#: Whole numbers beyond this change as floats.
_EXACT = 2**53


def read(location: Location, data: Data) -> Raw:
    """Read records whose keys name the columns; a key that a record lacks is missing there.

    Raises:
        DataError: the text is not UTF-8 or not JSON, a record is no object, or one column holds values of several
            types: with the line or the record.
        LimitExceeded: the table would not fit into memory, or values are nested too deeply.
    """
    found = contents(location, factor=_MEMORY)
    return replace(_parsed(found.data, data, location.name), source=found.source)


def sample(location: Location, _data: Data, draw: Draw, number: int) -> Callable[[Data], Raw] | None:
    """Stream a file of one record a line through a draw of rows.

    The whole file is hashed and must be UTF-8 text; only the records that are kept are parsed, and their names are the
    columns.

    Args:
        number: of the file within the draw.

    Returns:
        What gives the columns, for kinds as declared, once all files have been drawn from; None for a list of records,
        which is not read in parts.

    Raises:
        DataError: as `read` does.
        LimitExceeded: a record is unreasonably long.
    """
    digested = digest(location)
    first = True
    for text in _text_stream.whole_lines(location):
        if first and text.lstrip()[:1] == b"[":
            return None
        first = False
        if len(rows := _text_stream.lines(text)):
            draw.add(number, rows)
    found: list[bytes] = []

    def finish(data: Data) -> Raw:
        found[:] = found or [b"".join(batch.text for batch in draw.take(number))]
        return replace(_parsed(found[0], data, location.name), source=digested.result())

    return finish


def _parsed(content: bytes, data: Data, file: str) -> Raw:
    try:
        records = _records(content.decode("utf-8-sig"), file)
    except UnicodeDecodeError as error:
        what = f"byte {error.start + 1:,} (0x{content[error.start]:02x}) is not UTF-8 text"
        raise DataError(what, "write the file again as UTF-8", file=file) from None
    except RecursionError:
        raise LimitExceeded("values are nested too deeply", "write flat records", file=file) from None
    names = list(dict.fromkeys(name for record in records for name in record))
    try:
        columns = {name: _column(name, [record.get(name) for record in records], data, file) for name in names}
        dates = {name: _dates(values) for name, values in columns.items() if name not in spelled_columns(data)}
        return Raw(
            pa.table(columns | {name: values for name, values in dates.items() if values is not None}), NO_SOURCE
        )
    except UnicodeEncodeError:
        what = "an escape such as \\ud800 stands for half a character"
        raise DataError(what, "write the character itself, in UTF-8", file=file) from None


def _records(text: str, file: str) -> list[dict[str, Any]]:
    """The records of a list, or of lines."""
    is_list = text.lstrip()[:1] == "["
    line = 1
    records: list[Any] = []
    try:
        if is_list:
            records = _parse(text)
        else:
            for line, content in enumerate(text.split("\n"), start=1):  # noqa: B007  (the line that failed)
                if content.strip():
                    records.append(_parse(content))
    except json.JSONDecodeError as error:
        raise _refused(error.msg, file, error.lineno if is_list else line) from None
    except ValueError as error:
        raise _refused(str(error), file, None if is_list else line) from None
    for number, record in enumerate(records, start=1):
        if not isinstance(record, dict):
            raise DataError(f"record {number:,} is no object of names and values", "write records", file=file)
    return records


def _parse(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_record, parse_constant=_refuse)


def _refused(what: str, file: str, line: int | None) -> DataError:
    return DataError(f"not JSON: {what}", "give a list of records, or one record a line", file=file, line=line)


def _record(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"a record has the name {quoted(next(name for name in names if names.count(name) > 1))} twice")
    return record


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON value; write null")


def _column(name: str, values: list[Any], data: Data, file: str) -> pa.Array:
    kinds = {type(value) for value in values if value is not None}
    if kinds == {int, float}:
        exact = all(abs(value) <= _EXACT for value in values if type(value) is int)
        values = [value if value is None else float(value) if exact else str(value) for value in values]
    try:
        return pa.array(values)
    except OverflowError:
        if not kinds <= {int}:
            return _nested(values)
        return pa.array([value if value is None else str(value) for value in values])
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        first = _first(values)
        other = next((row for row, value in enumerate(values, 1) if value is not None and type(value) is not first), 0)
        if not other:
            return _nested(values)
        shown = "" if name in data.sensitive else f": {quoted(values[other - 1])}"
        what = f"column {quoted(name)} changes its type in record {other:,}{shown}"
        raise DataError(what, "write values of one type, and null for missing ones", file=file) from None


def _nested(values: list[Any]) -> pa.Array:
    """Lists or records whose parts are of several types: no column holds them, and that they are nested is enough."""
    return pa.array([None if value is None else [] for value in values])


def _dates(values: pa.Array) -> pa.ChunkedArray | None:
    """Words that are all dates, as dates: JSON has no other way to write them."""
    if not pa.types.is_string(values.type):
        return None
    found = meaning(pa.chunked_array([values])).values
    return found if pa.types.is_timestamp(found.type) else None


def _first(values: list[Any]) -> type:
    return next(type(value) for value in values if value is not None)
