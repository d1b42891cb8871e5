"""NumPy archives (.npz): arrays of one length become the columns of a table; arrays of objects are never opened."""

from __future__ import annotations

import io
import math
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

import numpy as np
import pyarrow as pa

from reportgen import memory
from reportgen.dataset import Kind
from reportgen.delimited import distinct
from reportgen.errors import DataError, LimitExceeded, SpecError
from reportgen.images import PixelImages
from reportgen.loaders._contents import contents
from reportgen.loaders._raw import Raw
from reportgen.loaders._zipped import Archive
from reportgen.source import Location
from reportgen.spec import Data
from reportgen.text import listing, plural, quoted

#: Arrays that name the columns of a matrix.
_NAMES = ("feature_names", "columns", "column_names")
_ANY_SPLIT = "train|training|validation|valid|val|test"
_SPLIT_LAST = re.compile(rf"(?:(.+)[ _.-])?({_ANY_SPLIT})", re.IGNORECASE)
_SPLIT_FIRST = re.compile(rf"({_ANY_SPLIT})[ _.-](.+)", re.IGNORECASE)
_SPLITS = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "valid": "validation",
    "val": "validation",
}
_SPLITS["test"] = "test"
_ORDER = ("train", "validation", "test")
_MOST_COLUMNS = 100_000
#: No header of an array of plain numbers is longer.
_HEADER = 65_536
_MAGIC = b"\x93NUMPY"
_MIXED = "save arrays whose first axes are of one length, one entry a row"


@dataclass(frozen=True)
class _Header:
    """What the header of an array says, and where its values begin."""

    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype
    offset: int

    @property
    def size(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize


def read(location: Location, _data: Data) -> Raw:
    """Read an archive of arrays whose first axes are of one length n.

    An array (n,) is a column of its name; (n, k) are k columns, called by the array `feature_names` or `columns` where
    that has k words; (n, height, width) and (n, height, width, channels) are a column of images. Arrays called
    `x_train`, `y_train`, `x_test` and the like are one table with its splits given.

    Raises:
        SpecError: an array holds Python objects, which could execute code.
        DataError: the archive is damaged, or its arrays make no table.
        LimitExceeded: what the headers claim would not fit into memory.
    """
    found = contents(location, factor=1.0)
    if not found.data.startswith(b"PK"):
        _refuse_other(found.data, location.name)
    arrays, others = _arrays(Archive(found.data, "archive of arrays", location.name))
    single = [name for name, array in arrays.items() if array.ndim == 0]
    tables, given = _joined({name: array for name, array in arrays.items() if array.ndim}, location.name)
    names, tables = _named(tables)
    _require_one_length(tables, location.name)
    columns = _distinct(
        [column for name, array in tables.items() for column in _columns(name, array, names, location.name)]
    )
    return Raw(
        pa.table({column.name: column.values for column in columns}),
        found.source,
        tuple(_left_out(single, "single value") + _left_out(others, "part without an array", "parts without an array")),
        {column.name: column.remark for column in columns if column.remark},
        {column.name: column.kind for column in columns if column.kind},
        {column.name: column.images for column in columns if column.images is not None},
        given=given,
    )


def _arrays(archive: Archive) -> tuple[dict[str, np.ndarray], list[str]]:
    """The arrays by name in the order of the archive, and the parts that are none."""
    headers, others = {}, []
    for part, entry in archive.parts.items():
        start = archive.start(part, _HEADER)
        if start.startswith(_MAGIC):
            headers[part] = _header(start, entry.filename, archive)
        else:
            _refuse_pickle(start, entry.filename, archive.file)
            others.append(entry.filename)
    if not headers:
        raise DataError("the archive holds no array", "write it with numpy.savez", file=archive.file)
    # Words of no length take no room in the file, but do in a table.
    total = sum(max(header.size, math.prod(header.shape)) for header in headers.values())
    memory.require(3 * total, "the table", "save fewer rows or columns", file=archive.file)
    found = {}
    for part, header in headers.items():
        name = archive.parts[part].filename
        if header.size + header.offset != archive.parts[part].file_size:
            raise archive.damaged(f"the array {quoted(name)} is not as long as it says")
        found[name.removesuffix(".npy")] = _values(archive.read(part, growth=math.inf)[0], header)
    return found, others


def _values(data: bytes, header: _Header) -> np.ndarray:
    if header.size == 0:
        return np.zeros(header.shape, header.dtype)
    flat = np.frombuffer(data, header.dtype, offset=header.offset)
    array = flat.reshape(header.shape[::-1]).T if header.fortran else flat.reshape(header.shape)
    return array.astype(header.dtype.newbyteorder("="), copy=False)


def _header(start: bytes, name: str, archive: Archive) -> _Header:
    stream = io.BytesIO(start)
    try:
        version = np.lib.format.read_magic(stream)
        read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Of headers that Python 2 wrote.
            shape, fortran, dtype = read_header(stream, max_header_size=_HEADER)
    except Exception as error:  # Whatever Python's own tokenizer and parser raise, which NumPy lets through.
        raise archive.damaged(f"the header of {quoted(name)} cannot be read") from error
    if dtype.hasobject:
        what = f"the array {quoted(name)} can execute code when it is opened: it holds Python objects, as pickles"
        fix = "save numbers or fixed-width words, such as names.astype(str)"
        raise SpecError(what, fix, file=archive.file, key="data.path")
    if any(extent < 0 for extent in shape):
        raise archive.damaged(f"the header of {quoted(name)} cannot be read")
    if dtype.names is not None or dtype.subdtype is not None:
        raise DataError(f"the array {quoted(name)} holds records", "save each field as an array", file=archive.file)
    return _Header(shape, fortran, dtype, stream.tell())


def _refuse_other(data: bytes, file: str) -> NoReturn:
    _refuse_pickle(data[:16], file, file)
    what = "this is a single array (.npy)" if data.startswith(_MAGIC) else "this is no NumPy archive"
    raise DataError(what, "write one with numpy.savez", file=file)


def _refuse_pickle(start: bytes, name: str, file: str) -> None:
    if start[:1] == b"\x80" and start[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        what = f"{quoted(name)} can execute code when it is opened: it is a pickle"
        raise SpecError(what, "save arrays of numbers or words", file=file, key="data.path")


def _joined(arrays: dict[str, np.ndarray], file: str) -> tuple[dict[str, np.ndarray], dict[str, tuple[int, int]]]:
    """Arrays called `x_train`, `x_test` one below the other as `x`, and where the splits begin and end."""
    by_name: dict[str, dict[str, np.ndarray]] = {}
    for name, array in arrays.items():
        if name not in _NAMES:
            stem, split = _stem(name)
            by_name.setdefault(stem, {})[split] = array
    parts = [tuple(split for split in _ORDER if split in found) for found in by_name.values()]
    if not parts or len(set(parts)) > 1 or len(parts[0]) < 2 or parts[0][0] != "train":
        return arrays, {}
    given, start = {}, 0
    for split in parts[0]:
        tables = {f"{stem} of {split}": found[split] for stem, found in by_name.items()}
        _require_one_length(tables, file)
        length = len(next(iter(tables.values())))
        given[split], start = (start, start + length), start + length
    joined = {stem: _below(stem, [found[split] for split in parts[0]], file) for stem, found in by_name.items()}
    return joined | {name: array for name, array in arrays.items() if name in _NAMES}, given


def _stem(name: str) -> tuple[str, str]:
    """`x_train` and `train_x` as (`x`, `train`); what names no split with `""`."""
    for pattern, stem, split in ((_SPLIT_LAST, 1, 2), (_SPLIT_FIRST, 2, 1)):
        if found := pattern.fullmatch(name):
            return found[stem] or "values", _SPLITS[found[split].lower()]
    return name, ""


def _below(name: str, arrays: list[np.ndarray], file: str) -> np.ndarray:
    try:
        return np.concatenate(arrays)
    except (ValueError, TypeError):
        what = f"the arrays {quoted(name)} of the splits differ in shape or type"
        raise DataError(what, "save them alike", file=file) from None


def _named(tables: dict[str, np.ndarray]) -> tuple[dict[int, list[str]], dict[str, np.ndarray]]:
    """The names of the columns of matrices, by their number of columns, and the arrays without those."""
    widths = [array.shape[1] for array in tables.values() if array.ndim == 2]
    names: dict[int, list[str]] = {}
    for name in _NAMES:
        array = tables.get(name)
        if array is not None and array.ndim == 1 and array.dtype.kind in "US" and widths.count(len(array)) == 1:
            names[len(array)] = [" ".join(word.split()) for word in _words(name, array, "")]
            tables = {other: values for other, values in tables.items() if other != name}
    return names, tables


def _require_one_length(tables: Mapping[str, np.ndarray], file: str) -> None:
    lengths = {len(array) for array in tables.values()}
    if not lengths:
        raise DataError("the archive holds single values alone", _MIXED, file=file)
    if len(lengths) > 1:
        shown = listing((f"{quoted(name)} {array.shape}" for name, array in tables.items()), most=6)
        raise DataError(f"the arrays are of different lengths: {shown}", _MIXED, file=file)


@dataclass(frozen=True)
class _Column:
    name: str
    values: pa.Array
    remark: str = ""
    kind: Kind | None = None
    images: PixelImages | None = None


def _columns(name: str, array: np.ndarray, names: Mapping[int, list[str]], file: str) -> list[_Column]:
    if array.ndim > 2:
        return [_image_column(name, array, file)]
    if array.ndim == 1 or array.shape[1] == 1:
        return [_column(name, array.reshape(-1), file)]
    width = array.shape[1]
    if width > _MOST_COLUMNS:
        what = f"the array {quoted(name)} has {width:,} columns"
        raise LimitExceeded(what, f"save {_MOST_COLUMNS:,} columns at most", file=file)
    called = names.get(width) or [f"{name} {position}" for position in range(1, width + 1)]
    return [_column(called[position], array[:, position], file) for position in range(width)]


def _image_column(name: str, array: np.ndarray, file: str) -> _Column:
    if array.ndim > 4 or array.dtype.kind not in "buif" or (array.ndim == 4 and array.shape[3] not in (1, 3, 4)):
        what = f"the array {quoted(name)} is neither a column, a matrix nor images: its shape is {array.shape}"
        raise DataError(what, "save images as (n, height, width) or (n, height, width, channels)", file=file)
    if 0 in array.shape[1:]:
        raise DataError(f"the images of {quoted(name)} have no pixel: their shape is {array.shape}", file=file)
    names = pa.array([f"{name} {row}" for row in range(1, len(array) + 1)], pa.string())
    pixels = PixelImages.of(array)
    scaled = array.dtype != np.uint8 and (pixels.low, pixels.high) != (0.0, 255.0)
    remark = (
        f"images whose values from {pixels.low:g} to {pixels.high:g} are shown from black to white" if scaled else ""
    )
    return _Column(name, names, remark, Kind.IMAGE, pixels)


def _column(name: str, array: np.ndarray, file: str) -> _Column:
    kind = array.dtype.kind
    if kind in "US":
        return _Column(name, pa.array(_words(name, array, file), pa.string()))
    if kind in "Mm":
        return _Column(name, pa.array(_times(array)))
    if kind in "buif":
        values = array.astype(np.float64) if kind == "f" and array.itemsize not in (4, 8) else array
        return _Column(name, pa.array(np.ascontiguousarray(values)))
    what = "complex numbers" if kind == "c" else "bytes"
    return _Column(name, pa.array([f"({what})"] * len(array)), f"{what}, which no model here takes", Kind.IGNORE)


def _words(name: str, array: np.ndarray, file: str) -> list[str]:
    try:
        found: list[str] = [word.decode() for word in array.tolist()] if array.dtype.kind == "S" else array.tolist()
        "".join(found).encode()
    except UnicodeError:
        what = f"the array {quoted(name)} holds words that are not UTF-8 text"
        raise DataError(what, "save it as words of Unicode, with astype(str)", file=file) from None
    return found


def _times(array: np.ndarray) -> np.ndarray:
    """Times and durations in a unit that Arrow has."""
    unit = np.datetime_data(array.dtype)[0]
    if unit in ("D", "s", "ms", "us", "ns") and not (unit == "D" and array.dtype.kind == "m"):
        plain = unit
    else:
        plain = (
            "D" if unit in ("Y", "M", "W") and array.dtype.kind == "M" else "ns" if unit in ("ps", "fs", "as") else "s"
        )
    return np.ascontiguousarray(array.astype(f"{array.dtype.kind}8[{plain}]"))


def _distinct(columns: list[_Column]) -> list[_Column]:
    names = distinct([column.name for column in columns])
    return [replace(column, name=name) for column, name in zip(columns, names, strict=True)]


def _left_out(names: list[str], singular: str, many: str | None = None) -> list[str]:
    return [f"{plural(len(names), singular, many)} left out: {listing(map(quoted, names))}."] if names else []
