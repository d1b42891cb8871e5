"""Feather (the Arrow file format); version 1, which pandas wrote before 2020, is not read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pyarrow as pa

from reportgen.errors import DataError
from reportgen.loaders._arrow_rows import draw_batches, drawn
from reportgen.loaders._contents import contents, digest, require
from reportgen.loaders._draw import Draw
from reportgen.loaders._raw import NO_SOURCE, Raw, require_distinct
from reportgen.source import Location
from reportgen.spec import Data

#: Columns may be compressed, seldom below a third.
_MEMORY = 6.0


def read(location: Location, _data: Data) -> Raw:
    """Read a Feather file whole.

    Raises:
        DataError: the file is damaged, cut off or not Feather, or two columns have one name.
        LimitExceeded: the table would not fit into memory.
    """
    found = contents(location, factor=_MEMORY)
    with _told(location.name), pa.ipc.open_file(pa.BufferReader(found.data)) as file:
        table = file.read_all()
        table.validate(full=True)
    require_distinct(table, location.name)
    return Raw(table, found.source)


def sample(location: Location, _data: Data, draw: Draw, number: int) -> Callable[[Data], Raw]:
    """Stream a Feather file through a draw of rows; every batch is checked, and the whole file hashed.

    Args:
        number: of the file within the draw.

    Returns:
        What gives the columns, for kinds as declared, once all files have been drawn from.

    Raises:
        DataError: as `read` does.
        LimitExceeded: one batch of the file would not fit into memory.
    """
    assert location.path is not None
    digested = digest(location)
    with _told(location.name), pa.OSFile(str(location.path)) as opened, pa.ipc.open_file(opened) as file:
        require(_MEMORY * location.path.stat().st_size / max(1, file.num_record_batches), location.name)
        schema = file.schema
        require_distinct(schema.empty_table(), location.name)
        draw_batches(_checked(file), draw, number)
    return lambda _data: replace(Raw(drawn(draw, number, schema), NO_SOURCE), source=digested.result())


def _checked(file: pa.ipc.RecordBatchFileReader) -> Iterator[pa.RecordBatch]:
    for number in range(file.num_record_batches):
        batch = file.get_batch(number)
        batch.validate(full=True)
        yield batch


@contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except MemoryError:  # Arrow's own is an ArrowException, too.
        raise
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        what = f"not a Feather file that can be read: {(str(error).splitlines() or ['damaged'])[0]}"
        raise DataError(what, "write the file again", file=name) from error
