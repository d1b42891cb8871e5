"""Loaders: a file is a format.

A loader is a module with

    read(location: source.Location, data: spec.Data) -> Raw

It reads the file once (`_contents`), returns an Arrow table whose columns have unique names, the `Source` with size and
SHA-256, and remarks on what it did (`_raw.Raw`). It raises DataError, with file and line, for what cannot be read as it
stands, and LimitExceeded before memory is taken. What the columns mean is decided here, alike for every format: their
kinds in `_kinds`, the target and its labels in `_target`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reportgen import registry

if TYPE_CHECKING:
    from reportgen.dataset import Dataset
    from reportgen.source import Location
    from reportgen.spec import Data


def load(location: Location, data: Data, spec_file: str = "") -> Dataset:
    """Read a table, find out what its columns are and what is to be predicted.

    Args:
        location: what `source.resolve` found.
        data: the `data` block of the experiment file.
        spec_file: that file's name, for messages about its keys.

    Raises:
        DataError: the table cannot be read, or does not hold what the `data` block says.
        SpecError: `data.positive` is not one of the labels.
        LimitExceeded: the table would not fit into memory.
    """
    from reportgen.loaders import _table

    return _table.describe(registry.load("loaders", location.loader).read(location, data), data, spec_file)
