"""What every loader returns: the columns as they were read, before anybody decides what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from reportgen.dataset import Kind, Source
from reportgen.errors import DataError
from reportgen.images import Images
from reportgen.spec import Data
from reportgen.text import quoted

#: Kinds whose values are kept as they are spelled.
SPELLED = frozenset({Kind.CATEGORICAL, Kind.TEXT, Kind.ID, Kind.IMAGE})


@dataclass(frozen=True)
class Raw:
    """A table as read.

    Attributes:
        table: columns with unique names; numbers, booleans, dates, timestamps and text as Arrow types.
        source: where it came from.
        notes: what the reader of the report should know about how it was read.
        remarks: column -> why the loader read it as the type it has, where that is not obvious.
        kinds: column -> the kind that the loader knows it to be, where the values alone do not tell.
        images: image column -> its images, one a row; the column itself holds their names.
        sampled_from: rows of the source, where `table` holds a random sample of them.
        undecided: columns of words of a text format, of which all files together decide whether they are numbers,
            dates or words after all.
        decimal: the decimal mark of the undecided columns; None where a comma may be one.
        given: split -> first row and the row after its last, where one file or folder keeps the splits apart.
    """

    table: pa.Table
    source: Source
    notes: tuple[str, ...] = ()
    remarks: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    images: Mapping[str, Images] = field(default_factory=dict)
    sampled_from: int | None = None
    undecided: frozenset[str] = frozenset()
    decimal: str | None = "."
    given: Mapping[str, tuple[int, int]] = field(default_factory=dict)


#: Stands until the file is hashed.
NO_SOURCE = Source("", "", 0, "")


def require_distinct(table: pa.Table, file: str) -> None:
    """Raise DataError where two columns have one name."""
    seen: set[str] = set()
    for name in table.column_names:
        if name in seen:
            raise DataError(f"two columns are called {quoted(name)}", "rename one", file=file)
        seen.add(name)


def spelled_columns(data: Data) -> frozenset[str]:
    """The columns that the experiment file declares to be words, so that `007` and `1.50` stay what they are."""
    return frozenset(name for name, kind in data.columns.items() if Kind(kind) in SPELLED)
