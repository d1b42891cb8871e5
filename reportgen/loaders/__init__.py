"""Loaders: a file is a format.

A loader is a module with

    read(location: source.Location, data: spec.Data) -> Raw

It reads the file once (`_contents`), returns an Arrow table whose columns have unique names, the `Source` with size and
SHA-256, and remarks on what it did (`_raw.Raw`). It raises DataError, with file and line, for what cannot be read as it
stands, and LimitExceeded before memory is taken. A loader that can read in parts has

    sample(location, data, draw: _draw.Draw, number: int) -> Callable[[Data], Raw] | None

too, which offers every row to a draw and returns what makes the columns of those that stay, or None for a file that has
to be read whole. Several files are read one after the other, or sampled together, in `_files`, and joined in `_joined`.
What the columns mean is decided here, alike for every format: their kinds in `_kinds`, the target and its labels in
`_target`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportgen import memory

if TYPE_CHECKING:
    from reportgen.dataset import Dataset
    from reportgen.source import Location
    from reportgen.spec import Data


def load(location: Location, data: Data, spec_file: str = "", seed: int = 42) -> Dataset:
    """Read a table, find out what its columns are and what is to be predicted.

    Args:
        location: what `source.resolve` found; of several files the rows are joined, and those of `given` splits follow.
        data: the `data` block of the experiment file.
        spec_file: that file's name, for messages about its keys.
        seed: of the sample that is drawn where `data.sample` asks for one or the table does not fit into memory.

    Raises:
        DataError: the table cannot be read, or does not hold what the `data` block says.
        SpecError: `data.positive` is not one of the labels.
        LimitExceeded: not even a sample of the table would fit into memory.
    """
    memory.spare_addresses()  # Arrow asks once, when it is imported.
    from reportgen.loaders._ahead import import_meanwhile
    from reportgen.loaders._files import read_files

    # What describes the columns, and then the table: pandas and SciPy.
    import_meanwhile(location, "reportgen.loaders._table", "reportgen.profile.table")
    table = read_files(location, data, seed)
    from reportgen.loaders import _table

    return _table.described(table, data, spec_file)
