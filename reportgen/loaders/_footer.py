"""The column names of a Parquet or Feather file, from its footer; without pandas, which starts slowly."""

from __future__ import annotations

import pyarrow as pa

from reportgen.errors import DataError
from reportgen.source import Location


def names(location: Location) -> tuple[str, ...]:
    """The names in their order.

    Raises:
        DataError: the file is damaged, cut off or of another format.
    """
    path = str(location.path)
    try:
        if location.loader == "parquet":
            import pyarrow.parquet as pq

            return tuple(pq.read_schema(path).names)
        with pa.OSFile(path) as opened, pa.ipc.open_file(opened) as file:
            return tuple(file.schema.names)
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        what = (
            f"not a {location.loader.capitalize()} file that can be read: {(str(error).splitlines() or ['damaged'])[0]}"
        )
        raise DataError(what, "write the file again", file=location.name) from error
