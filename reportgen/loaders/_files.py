"""One table of all files that the experiment names: read one after the other, or sampled together, and joined."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import ModuleType

import numpy as np
import pyarrow as pa

from reportgen import memory, registry
from reportgen.errors import DataError, LimitExceeded
from reportgen.images import Images
from reportgen.loaders._arrow_rows import Positions
from reportgen.loaders._chosen_images import Chosen
from reportgen.loaders._contents import Oversized
from reportgen.loaders._draw import Draw
from reportgen.loaders._joined import Part, joined
from reportgen.loaders._raw import Raw
from reportgen.source import Location
from reportgen.spec import Data
from reportgen.text import plural, quoted

#: A stream needs this much memory, however long it is.
_LEAST = 1 << 26
#: Of the memory that there is, so much is for the rows of a sample; what is made of them takes the rest.
_SHARE = 1 / 8


@dataclass
class Table:
    """The columns of all files, and where the rows of each split begin and end, where they came apart."""

    raw: Raw
    given: Mapping[str, tuple[int, int]]

    def take(self) -> tuple[dict[str, pa.ChunkedArray], Raw]:
        """The columns by name, which are here no more, and all else that is known of the table."""
        table = self.raw.table
        self.raw = replace(self.raw, table=table.schema.empty_table())
        return dict(zip(table.column_names, table.columns, strict=True)), self.raw


def read_files(location: Location, data: Data, seed: int) -> Table:
    """Every file of a location as one table.

    Where `data.sample` is set, or the table does not fit into memory, a random sample of all rows is kept, of which
    each row has the same chance, in their order.

    Raises:
        DataError: a file cannot be read, or its columns are not those of the first.
        LimitExceeded: neither the table nor a sample fits into memory.
    """
    try:
        return _read_files(location, data, seed)
    except MemoryError:
        what = "memory ran out while the table was read"
        raise LimitExceeded(what, "set data.sample, or use fewer columns", file=location.name) from None


def _read_files(location: Location, data: Data, seed: int) -> Table:
    files = [("train", file) for file in location.files()]
    files += [(split, file) for split, found in location.given.items() for file in found.files()]
    if data.sample is not None:
        parts, note = _sampled(files, data, seed, "as data.sample asks")
    else:
        whole = _whole(files, data)
        parts, note = whole or _sampled(files, data, seed, "because the whole table does not fit into memory")
    raw = joined(parts, data)
    return Table(replace(raw, notes=(*raw.notes, note) if note else raw.notes), _ranges(files, parts, location))


def _whole(files: list[tuple[str, Location]], data: Data) -> tuple[list[Part], str] | None:
    """Every file with all its rows; None where they do not fit into memory, and a sample may."""
    try:
        return [_part(file, partial(_unit(file).read, file), data) for _, file in files], ""
    except (Oversized, MemoryError):
        if memory.available() < _LEAST or not all(hasattr(_unit(file), "sample") for _, file in files):
            raise
    # What was read until then is given up before the sample is drawn.
    return None


def _ranges(files: list[tuple[str, Location]], parts: list[Part], location: Location) -> Mapping[str, tuple[int, int]]:
    """The rows of each split in the joined table."""
    own = next((part for part in parts if part.raw.given), None)
    if own is not None and len(parts) > 1:
        what = "the folder keeps train, validation and test apart itself"
        raise DataError(what, "name it alone, or its sub-folders one by one", file=own.file.name, key="data.path")
    if own is not None:
        return _not_empty(own.raw.given, own.raw)
    found: dict[str, tuple[int, int]] = {}
    start = 0
    for (split, _), part in zip(files, parts, strict=True):
        stop = start + part.raw.table.num_rows
        found[split] = (found.get(split, (start, stop))[0], stop)
        start = stop
    return _not_empty(found, parts[0].raw) if location.given else {}


def _not_empty(given: Mapping[str, tuple[int, int]], raw: Raw) -> Mapping[str, tuple[int, int]]:
    for split, (first, last) in given.items():
        if first == last:
            what = f"there is no row of {split}" + (" in the sample" if raw.sampled_from else "")
            raise DataError(what, "give rows, or a larger data.sample", key=f"data.{split}".replace("train", "path"))
    return given


def _unit(file: Location) -> ModuleType:
    unit: ModuleType = registry.load("loaders", file.loader, "read")
    return unit


def _part(file: Location, read: Callable[[Data], Raw], data: Data) -> Part:
    return Part(file, _with_images(read(data), file, data), read)


def _with_images(raw: Raw, file: Location, data: Data) -> Raw:
    """The table with the pictures that its columns name, where the experiment file declares such columns."""
    named = [name for name, kind in data.columns.items() if kind == "image" and name not in raw.images]
    if not named:
        return raw
    if file.path is None:
        what = f"column {quoted(named[0])}: the table lies in no folder in which images could be"
        raise DataError(what, "declare the column text", file=file.name, key=f"data.columns.{named[0]}")
    # Pillow is imported for pictures alone.
    from reportgen.loaders._pictures import with_declared

    return with_declared(raw, data, file.path.parent)


def _sampled(files: list[tuple[str, Location]], data: Data, seed: int, why: str) -> tuple[list[Part], str]:
    draw = Draw(seed, data.sample, memory.available() * _SHARE)
    finishes = [_offered(file, data, draw, number) for number, (_, file) in enumerate(files)]
    draw.close()
    is_whole = draw.is_whole
    parts = [_part(file, finish, data) for (_, file), finish in zip(files, finishes, strict=True)]
    if is_whole:
        return parts, ""
    parts = [replace(part, raw=replace(part.raw, sampled_from=draw.seen)) for part in parts]
    kept = sum(part.raw.table.num_rows for part in parts)
    if data.sample is not None and kept < data.sample:
        why = "as many as fit into memory"
    note = f"A random sample of {plural(kept, 'row')} of {draw.seen:,}, drawn with the seed {seed}, {why}."
    note += " Rows are numbered as they stand in the sample."
    return parts, note


def _offered(file: Location, data: Data, draw: Draw, number: int) -> Callable[[Data], Raw]:
    unit = _unit(file)
    found: Callable[[Data], Raw] | None = unit.sample(file, data, draw, number) if hasattr(unit, "sample") else None
    if found is not None:
        return found
    raw: Raw = unit.read(file, data)
    if raw.table.num_rows:
        draw.add(number, Positions(np.arange(raw.table.num_rows)))
    return lambda _data: _taken(raw, draw, number)


def _taken(raw: Raw, draw: Draw, number: int) -> Raw:
    """The rows that stay of a table that is in memory."""
    rows = np.concatenate([np.empty(0, np.int64), *(batch.rows for batch in draw.kept(number))])
    if len(rows) == raw.table.num_rows:
        return raw
    images: dict[str, Images] = {name: Chosen(found, rows) for name, found in raw.images.items()}
    given = {
        split: (int(np.searchsorted(rows, first)), int(np.searchsorted(rows, last)))
        for split, (first, last) in raw.given.items()
    }
    return replace(raw, table=raw.table.take(rows), images=images, given=given)
