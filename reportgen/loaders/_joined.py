"""Several tables as one: the same columns in whatever order, and types that are made alike without changing a value."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from reportgen.dataset import Source
from reportgen.errors import DataError
from reportgen.images import Images
from reportgen.loaders._arrow import plain
from reportgen.loaders._chosen_images import Joined
from reportgen.loaders._encoding import is_words
from reportgen.loaders._kinds import spelled
from reportgen.loaders._raw import Raw, spelled_columns
from reportgen.source import Location
from reportgen.spec import Data
from reportgen.text import listing, quoted

#: Loaders of text, in which a number may be a code: a column can be read again as it is spelled.
_TEXT = frozenset({"csv"})
_EXACT = 2**53


@dataclass(frozen=True)
class Part:
    """A file, what it holds, and how to read it anew with other declared kinds."""

    file: Location
    raw: Raw
    again: Callable[[Data], Raw]


def joined(parts: Sequence[Part], data: Data) -> Raw:
    """The rows of all parts, in their order.

    Raises:
        DataError: a file lacks a column of the first or has one more; or a column holds words here and something else
            there, in files whose types are their own.
    """
    if len(parts) == 1:
        return parts[0].raw
    names = parts[0].raw.table.column_names
    for part in parts[1:]:
        _require_same_columns(parts[0], part)
    parts = _spelled_again(parts, names, data)
    raws = [part.raw for part in parts]
    remarks: dict[str, str] = {}
    columns = {name: _column(name, parts, data, remarks) for name in names}
    undecided = frozenset(name for name in names if any(name in raw.undecided for raw in raws))
    marks = {raw.decimal for raw in raws if raw.undecided}
    return replace(
        raws[0],
        table=pa.table(columns),
        source=_source([raw.source for raw in raws]),
        notes=tuple(dict.fromkeys(note for raw in raws for note in raw.notes)),
        remarks={name: text for raw in reversed(raws) for name, text in raw.remarks.items()} | remarks,
        kinds={name: kind for raw in reversed(raws) for name, kind in raw.kinds.items()},
        images=_images(raws),
        undecided=frozenset(name for name in undecided if is_words(columns[name].type)),
        decimal=marks.pop() if len(marks) == 1 else ".",
    )


def _require_same_columns(first: Part, part: Part) -> None:
    names, others = first.raw.table.column_names, part.raw.table.column_names
    missing = [name for name in names if name not in set(others)]
    added = [name for name in others if name not in set(names)]
    if missing or added:
        what = f"there is no column {quoted(missing[0])}" if missing else f"there is a column {quoted(added[0])}"
        other = f", which {quoted(first.file.name)} " + ("has" if missing else "lacks")
        raise DataError(what + other, "give files with the same columns", file=part.file.name)


def _spelled_again(parts: Sequence[Part], names: list[str], data: Data) -> list[Part]:
    """The parts, in which columns that are words in one text file are words in every text file."""
    text = [part for part in parts if part.file.loader in _TEXT]
    found = [name for name in names if len({_family(part, name) for part in text} - {""}) > 1]
    found += [name for name in names if name not in found and _would_round([part.raw.table[name] for part in text])]
    if not found:
        return list(parts)
    declared = data.model_copy(update={"columns": {**data.columns, **dict.fromkeys(found, "text")}})
    return [_reread(part, found, declared) if part.file.loader in _TEXT else part for part in parts]


def _family(part: Part, name: str) -> str:
    """What a column holds, as far as its type tells; `""` for one without a value."""
    values = part.raw.table[name]
    if values.null_count == len(values):
        return ""
    if is_words(values.type):
        return "words"
    return "times" if pa.types.is_temporal(values.type) else "numbers"


def _reread(part: Part, found: list[str], declared: Data) -> Part:
    if all(is_words(part.raw.table[name].type) for name in found):
        return part
    raw = part.again(declared)
    table = part.raw.table
    for name in found:
        table = table.set_column(table.column_names.index(name), name, raw.table[name])
    return replace(part, raw=replace(part.raw, table=table, undecided=part.raw.undecided | set(found)))


def _column(name: str, parts: Sequence[Part], data: Data, remarks: dict[str, str]) -> pa.ChunkedArray:
    columns = [part.raw.table[name] for part in parts]
    if name in spelled_columns(data):
        columns = [values if pa.types.is_null(values.type) else spelled(values) for values in columns]
    if len({values.type for values in columns}) > 1:
        columns = _alike(name, columns, parts, remarks)
    chunks = [chunk for values in columns for chunk in _chunks(values)]
    return pa.chunked_array(chunks, columns[0].type)


def _chunks(values: pa.ChunkedArray | pa.Array) -> list[pa.Array]:
    return values.chunks if isinstance(values, pa.ChunkedArray) else [values]


def _alike(name: str, columns: list[pa.ChunkedArray], parts: Sequence[Part], remarks: dict[str, str]) -> list[pa.Array]:
    """The columns in one type that holds every value as it is."""
    if all(is_words(values.type) or values.null_count == len(values) for values in columns):
        return [values.cast(pa.string()) for values in columns]
    reduced = [plain(values) for values in columns]
    told = next((one.remark for one in reduced if one.remark), None)
    if told is not None:
        remarks[name] = told
    columns = [one.values for one in reduced]
    kinds = {values.type for values in columns if values.null_count < len(values)}
    wanted = kinds.pop() if len(kinds) == 1 else _common(kinds)
    if wanted is None or _would_round(columns):
        position = next(at for at, values in enumerate(columns) if values.type != columns[0].type)
        here, there = (_A.get(str(columns[at].type).partition("[")[0], "words") for at in (position, 0))
        what = f"column {quoted(name)} holds {here}, and {there} in {quoted(parts[0].file.name)}"
        fix = f"write one type in all files, or set data.columns: {{{name}: categorical}}"
        raise DataError(what, fix, file=parts[position].file.name)
    return [_cast(values, wanted) for values in columns]


def _cast(values: pa.ChunkedArray | pa.Array, kind: pa.DataType) -> pa.ChunkedArray:
    if values.null_count == len(values):
        return pa.chunked_array([pa.nulls(len(values), kind)])
    return values.cast(kind)


def _common(kinds: set[pa.DataType]) -> pa.DataType | None:
    if all(pa.types.is_integer(kind) or pa.types.is_floating(kind) for kind in kinds):
        return pa.float64()
    if all(pa.types.is_timestamp(kind) for kind in kinds):
        return pa.timestamp(max((kind.unit for kind in kinds), key=["s", "ms", "us", "ns"].index))
    return None


def _would_round(columns: Sequence[pa.ChunkedArray]) -> bool:
    """Whether some columns are whole numbers beyond what a float holds, and others fractions."""
    if not any(pa.types.is_floating(values.type) and values.null_count < len(values) for values in columns):
        return False
    whole = [values for values in columns if pa.types.is_integer(values.type)]
    ends = [pc.min_max(values).as_py() for values in whole]
    return any(max(abs(end["min"] or 0), abs(end["max"] or 0)) > _EXACT for end in ends)


def _images(raws: Sequence[Raw]) -> Mapping[str, Images]:
    names = raws[0].images.keys()
    for raw in raws[1:]:
        if raw.images.keys() != names:
            raise DataError("some files hold images and some do not", "give one sort", file=raw.source.name)
    return {name: Joined([raw.images[name] for raw in raws]) for name in names}


def _source(files: Sequence[Source]) -> Source:
    lines = "".join(f"{file.name} {file.sha256}\n" for file in files)
    return Source(
        listing([file.name for file in files], most=3),
        listing(dict.fromkeys(file.format for file in files)),
        sum(file.size for file in files),
        hashlib.sha256(lines.encode()).hexdigest(),
        tuple(files),
    )


_A = {
    "int64": "whole numbers",
    "double": "numbers",
    "bool": "true and false",
    "timestamp": "dates",
    "null": "nothing",
    "dictionary<values=string, indices=int32, ordered=0>": "words",
}
