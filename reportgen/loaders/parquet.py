"""Apache Parquet.

The footer is looked at first: a file may claim more rows than memory could hold.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from reportgen import memory
from reportgen.errors import DataError
from reportgen.loaders._contents import contents
from reportgen.loaders._raw import Raw, require_distinct
from reportgen.source import Location
from reportgen.spec import Data

#: Bytes that a value takes as an Arrow and as a pandas column.
_PER_VALUE = 16
_MOST_COLUMNS = 100_000


def read(location: Location, _data: Data) -> Raw:
    """Read a Parquet file whole.

    Raises:
        DataError: the file is damaged, cut off or not Parquet, or two columns have one name.
        LimitExceeded: the rows that the file claims to hold would not fit into memory.
    """
    found = contents(location, factor=2.0)
    try:
        file = pq.ParquetFile(pa.BufferReader(found.data))
        claimed = file.metadata.num_rows * max(1, file.metadata.num_columns) * _PER_VALUE
        memory.require(claimed, "the table", "use fewer rows or columns", file=location.name)
        table = file.read()
    except (pa.ArrowException, OSError, ValueError) as error:
        what = f"not a Parquet file that can be read: {str(error).splitlines()[0]}"
        raise DataError(what, "write the file again", file=location.name) from error
    require_distinct(table, location.name)
    return Raw(table, found.source)
