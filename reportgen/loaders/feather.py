"""Feather (the Arrow file format); version 1, which pandas wrote before 2020, is not read."""

from __future__ import annotations

import pyarrow as pa

from reportgen.errors import DataError
from reportgen.loaders._contents import contents
from reportgen.loaders._raw import Raw, require_distinct
from reportgen.source import Location
from reportgen.spec import Data


def read(location: Location, _data: Data) -> Raw:
    """Read a Feather file whole.

    Raises:
        DataError: the file is damaged, cut off or not Feather, or two columns have one name.
        LimitExceeded: the table would not fit into memory.
    """
    # Columns may be compressed, seldom below a third.
    found = contents(location, factor=6.0)
    try:
        with pa.ipc.open_file(pa.BufferReader(found.data)) as file:
            table = file.read_all()
        table.validate(full=True)
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        what = f"not a Feather file that can be read: {str(error).splitlines()[0]}"
        raise DataError(what, "write the file again", file=location.name) from error
    require_distinct(table, location.name)
    return Raw(table, found.source)
