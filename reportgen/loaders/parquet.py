"""Apache Parquet.

The footer is looked at first: a file may claim more rows than memory could hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq

from reportgen import memory
from reportgen.errors import DataError
from reportgen.loaders._arrow_rows import draw_batches, drawn
from reportgen.loaders._contents import contents, digest, require
from reportgen.loaders._draw import Draw
from reportgen.loaders._raw import NO_SOURCE, Raw, require_distinct
from reportgen.packed import GROWTH
from reportgen.source import Location
from reportgen.spec import Data

#: Bytes that a value takes as an Arrow and as a pandas column.
_PER_VALUE = 16
#: Bytes a value below which a column of words must be stored as codes.
_CODED = 5.0
_BATCH = 1 << 16


def read(location: Location, _data: Data) -> Raw:
    """Read a Parquet file whole.

    Raises:
        DataError: the file is damaged, cut off or not Parquet, or two columns have one name.
        LimitExceeded: the rows that the file claims to hold would not fit into memory.
    """
    found = contents(location, factor=2.0)
    with _told(location.name):
        footer = pq.read_metadata(pa.BufferReader(found.data))
        require_plausible(footer, len(found.data), location.name)
        require(_needed(footer), location.name)
        table = pq.ParquetFile(pa.BufferReader(found.data), read_dictionary=_coded_columns(footer)).read()
    require_distinct(table, location.name)
    return Raw(table, found.source)


def sample(location: Location, _data: Data, draw: Draw, number: int) -> Callable[[Data], Raw]:
    """Stream a Parquet file through a draw of rows; every page is unpacked, and the whole file hashed.

    Args:
        number: of the file within the draw.

    Returns:
        What gives the columns, for kinds as declared, once all files have been drawn from.

    Raises:
        DataError, LimitExceeded: as `read` does.
    """
    digested = digest(location)
    with _told(location.name), pq.ParquetFile(location.path) as file:
        assert location.path is not None
        require_plausible(file.metadata, location.path.stat().st_size, location.name)
        schema = file.schema_arrow
        require_distinct(schema.empty_table(), location.name)
        draw_batches(file.iter_batches(_BATCH), draw, number)
    return lambda _data: replace(Raw(drawn(draw, number, schema), NO_SOURCE), source=digested.result())


def require_plausible(footer: pq.FileMetaData, size: int, name: str) -> None:
    """Raise LimitExceeded where a small file claims more rows than memory could hold: nobody's data are so alike."""
    if _needed(footer) > GROWTH * size:
        memory.require(_needed(footer), "the table", "use fewer rows or columns", file=name)


def _needed(footer: pq.FileMetaData) -> int:
    return int(footer.num_rows * max(1, footer.num_columns) * _PER_VALUE)


def _coded_columns(footer: pq.FileMetaData) -> list[str]:
    """The columns of words that the file holds as codes and distinct words."""
    found = []
    for position in range(footer.num_columns):
        column = footer.schema.column(position)
        if column.physical_type == "BYTE_ARRAY" and column.logical_type.type == "STRING":
            chunks = [footer.row_group(group).column(position) for group in range(footer.num_row_groups)]
            size = sum(chunk.total_uncompressed_size for chunk in chunks)
            if size < _CODED * sum(chunk.num_values for chunk in chunks):
                found.append(column.path)
    return found


@contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except MemoryError:  # Arrow's own is an ArrowException, too.
        raise
    except (pa.ArrowException, OSError, ValueError) as error:
        what = f"not a Parquet file that can be read: {(str(error).splitlines() or ['damaged'])[0]}"
        raise DataError(what, "write the file again", file=name) from error
