"""Databases: the rows of one SELECT, through SQLAlchemy, without writing anything."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc

from reportgen import memory
from reportgen.dataset import Kind, Source
from reportgen.delimited import distinct
from reportgen.errors import DataError, LimitExceeded, OutputError, SpecError
from reportgen.loaders._cells import groups, spelled_out, spelling, typed
from reportgen.loaders._raw import Raw, spelled_columns
from reportgen.loaders._statement import is_ordered, require_reading
from reportgen.loaders._words import Meaning, meaning
from reportgen.source import Location
from reportgen.spec import Data
from reportgen.text import listing, one_line, plural, quoted

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

_CHUNK = 10_000
#: Room that the table will need later, as a multiple of its Arrow columns.
_MEMORY = 3.0
_NOT_READ = "(values)"
#: Of decimal numbers, in Arrow.
_MOST_DIGITS = 76
#: How a connection is told to read only, by kind of database; of others the transaction is rolled back at the end.
_READING: dict[str, dict[str, Any]] = {
    "postgresql": {"execution_options": {"postgresql_readonly": True}},
    "duckdb": {"connect_args": {"read_only": True}},
}
_HOST = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b|\b[0-9a-f]*:[0-9a-f]*:[0-9a-f:]+\b", re.IGNORECASE)


@dataclass
class _Fetched:
    """The rows so far: the chunks of every column, and the hash over them."""

    names: tuple[str, ...]
    written: tuple[str, ...]
    chunks: list[list[Meaning]] = field(default_factory=list)
    size: int = 0
    digest: Any = field(default_factory=hashlib.sha256)


def read(location: Location, data: Data) -> Raw:
    """Run `data.query` and fetch its rows; nothing is written, and a file of SQLite is opened for reading only.

    The SHA-256 is that of JSON in UTF-8: a line with the list of column names, then a line for each row with the list
    of its values in the order in which they came; no blanks, escapes for all but ASCII, dates and times in ISO form,
    decimals as they are spelled, bytes in hexadecimal. The size is that of these lines.

    Raises:
        SpecError: there is no query, it does more than read, or the address is none.
        OutputError: SQLAlchemy or the driver of the database is not installed.
        DataError: the database refuses, or gives no rows.
        LimitExceeded: the rows would not fit into memory.
    """
    if data.query is None:
        raise SpecError("a database needs a query", "write data.query: SELECT ...", key="data.query")
    query = require_reading(data.query)
    with _connected(location) as connection:
        found = _fetched(connection, query, location.name)
    if not found.chunks:
        raise DataError("the query gives no row", "mend data.query", file=location.name, key="data.query")
    spelled = spelled_columns(data)
    columns = {
        name: _whole(chunks, name in spelled)
        for name, chunks in zip(found.names, zip(*found.chunks, strict=True), strict=True)
    }
    return Raw(
        pa.table({name: column.values for name, column in columns.items()}),
        Source(location.name, "sql", found.size, found.digest.hexdigest()),
        (*_name_notes(found), *_order_notes(query)),
        {name: column.remark for name, column in columns.items() if column.remark},
        {name: column.kind for name, column in columns.items() if column.kind},
    )


@contextmanager
def _connected(location: Location) -> Iterator[Connection]:
    try:
        from sqlalchemy import exc
        from sqlalchemy.engine import make_url
    except ImportError as error:
        what = "reading a database needs SQLAlchemy, which cannot be imported"
        raise OutputError(what, "pip install 'reportgen[sql]'") from error
    url = None
    try:
        url = make_url(location.url)
        engine = _engine(url, location)
        try:
            with engine.connect() as connection:
                yield connection
                connection.rollback()
        finally:
            engine.dispose()
    except exc.NoSuchModuleError as error:
        what = f"{quoted(url.drivername if url else '')} is no database that SQLAlchemy knows"
        raise SpecError(what, "check the part before ://, or install its dialect", key="data.path") from error
    except ImportError as error:
        what = f"the driver {quoted(error.name or 'of the database')} is not installed"
        fix = f"pip install {error.name}, or name another driver in the address" if error.name else "install it"
        raise OutputError(what, fix) from error
    except exc.ArgumentError as error:
        what = "the address of the database cannot be understood"
        raise SpecError(what, "write it as dialect://host/database", key="data.path") from error
    except (exc.SQLAlchemyError, exc.DBAPIError) as error:
        raise DataError(
            f"the database says: {_said(error, url)}", "check data.path and data.query", file=location.name
        ) from None


def _engine(url: URL, location: Location) -> Engine:
    from sqlalchemy import create_engine, pool

    kind = url.get_backend_name()
    if "plugin" in url.query or (url.query and kind == "sqlite"):
        what = "the address holds options that are not taken: " + listing(map(quoted, url.query))
        raise SpecError(what, "leave them out", key="data.path")
    if kind == "sqlite":
        return create_engine("sqlite://", creator=lambda: _sqlite(location, url), poolclass=pool.NullPool)
    return create_engine(url, poolclass=pool.NullPool, **_READING.get(kind, {}))


def _sqlite(location: Location, url: URL) -> Any:
    """A connection that cannot write, to a file that is there."""
    import sqlite3

    path = location.path or Path(url.database or "")
    if not path.is_file():
        raise DataError("there is no such database", "check data.path", file=location.name)
    return sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True)


def _said(error: Exception, url: URL | None) -> str:
    """The first line of what the database said, without host, user, password or any value."""
    said = str(getattr(error, "orig", None) or error).strip().split("\n")[0].partition(" with text ")[0]
    secrets = [] if url is None else [url.password, url.username, url.host, str(Path(url.database or "").parent) + "/"]
    for secret in secrets:
        if secret and len(str(secret)) > 1:
            said = said.replace(str(secret), "…")
    return one_line(_HOST.sub("…", said), limit=200) or type(error).__name__


def _fetched(connection: Connection, query: str, file: str) -> _Fetched:
    """All rows, a chunk at a time, while there is room."""
    # A driver that is given no parameters takes `%` and `:name` in the query for what they are.
    options = {"stream_results": True, "no_parameters": True}
    result = connection.exec_driver_sql(query, execution_options=options)
    if not result.returns_rows:
        raise DataError("the query gives no table", "write a SELECT", file=file, key="data.query")
    written = tuple(" ".join(str(name).split()) for name in result.keys())  # noqa: SIM118  (no mapping)
    found = _Fetched(distinct(written), written)
    encode = json.JSONEncoder(separators=(",", ":"), default=_canonical).encode
    _hash(found, encode(written) + "\n")
    held = 0
    while rows := result.fetchmany(_CHUNK):
        columns = [typed([_plain(value) for value in column]) for column in zip(*rows, strict=True)]
        held += sum(column.values.nbytes for column in columns)
        _hold(_MEMORY * held, file)
        _hash(found, "".join([encode(tuple(row)) + "\n" for row in rows]))
        found.chunks.append(columns)
    return found


def _hold(needed: float, file: str) -> None:
    # What is held is taken already; of what is free, the later steps need as much again and more.
    if needed > memory.available():
        what = f"the rows fetched so far need {memory.size(needed)} of memory, more than there is"
        raise LimitExceeded(what, "add a LIMIT to data.query, or select fewer columns", file=file, key="data.query")


def _hash(found: _Fetched, text: str) -> None:
    data = text.encode()
    found.digest.update(data)
    found.size += len(data)


def _canonical(value: object) -> str:
    """What JSON has no form for."""
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    return spelling(value)


def _plain(value: Any) -> Any:
    """A value of one of the types that `_cells.typed` takes; those of the database's own become their name."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytearray | memoryview):
        return bytes(value)
    kinds = groups((value,))
    if "others" in kinds.values():
        return str(value) if type(value).__name__ == "UUID" else _NOT_READ
    return value


def _whole(chunks: Sequence[Meaning], spelled: bool) -> Meaning:
    """The chunks of a column as one, of the type that all have, or as words."""
    arrays = [chunk.values for chunk in chunks]
    types = {array.type for array in arrays if not pa.types.is_null(array.type)}
    kind = _common(types, arrays)
    if kind is None:
        shown = listing(sorted("words" if pa.types.is_string(one) else str(one) for one in types))
        words = pa.chunked_array([spelled_out(array.to_pylist()) for array in arrays], pa.string())
        return Meaning(words, f"values of {plural(len(types), 'type')}, {shown}, so read as words")
    values = pa.chunked_array([part for array in arrays for part in array.cast(kind).chunks], kind)
    remark = next((chunk.remark for chunk in chunks if chunk.remark), "")
    if remark and len(chunks) > 1:  # Its row numbers are those of a chunk.
        remark = "values of several types" + (", so read as words" if pa.types.is_string(kind) else "")
    return _of_words(values) if pa.types.is_string(kind) and not spelled and not remark else Meaning(values, remark)


def _of_words(values: pa.ChunkedArray) -> Meaning:
    """Words that are all dates are dates, since SQLite has no other way to keep them."""
    if values.null_count < len(values) and values.drop_null().unique().to_pylist() == [_NOT_READ]:
        return Meaning(values, "values of a type of the database's own, which no model here takes", Kind.IGNORE)
    found = meaning(values)
    return found if pa.types.is_timestamp(found.values.type) else Meaning(values)


def _common(types: set[pa.DataType], arrays: list[pa.ChunkedArray]) -> pa.DataType | None:
    """The one type that holds the values of all; None where that is none but words."""
    if len(types) <= 1:
        return next(iter(types), pa.null())
    if all(map(pa.types.is_decimal, types)):
        scale = max(kind.scale for kind in types)
        digits = scale + max(kind.precision - kind.scale for kind in types)
        return pa.decimal256(digits, scale) if digits <= _MOST_DIGITS else None
    if types == {pa.int64(), pa.float64()}:
        whole = [array for array in arrays if pa.types.is_integer(array.type)]
        return (
            pa.float64()
            if all(pc.all(pc.less(pc.abs(array), 1 << 53)).as_py() is not False for array in whole)
            else None
        )
    if all(pa.types.is_date(kind) or _is_naive(kind) for kind in types):
        return pa.timestamp("us")
    return None


def _is_naive(kind: pa.DataType) -> bool:
    return bool(pa.types.is_timestamp(kind) and kind.tz is None)


def _name_notes(found: _Fetched) -> list[str]:
    changed = [quoted(name) for name, written in zip(found.names, found.written, strict=True) if name != written]
    if not changed:
        return []
    shown = listing(changed, most=3)
    return [f"{plural(len(changed), 'column')} had no name or the name of another; called {shown} here."]


def _order_notes(query: str) -> list[str]:
    if is_ordered(query):
        return []
    return ["The query has no ORDER BY: the database may give its rows in another order the next time."]
