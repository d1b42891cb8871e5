"""Arrow columns of any type brought down to six: boolean, int64, float64, timestamp, string and null."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from reportgen.dataset import Kind
from reportgen.loaders._encoding import encode, is_words


@dataclass(frozen=True)
class Plain:
    """A column of one of the six types, why it was changed, and `ignore` where it cannot be used."""

    values: pa.ChunkedArray | pa.DictionaryArray
    remark: str = ""
    kind: Kind | None = None


def plain(values: pa.ChunkedArray | pa.DictionaryArray) -> Plain:
    """The column in one of the six types; what has no such form is replaced by its type's name and ignored.

    Words come back encoded, see `_encoding.encode`.
    """
    kind = values.type
    test = pa.types
    if is_words(kind):
        return Plain(encode(values))
    if test.is_dictionary(kind):
        return plain(values.cast(kind.value_type))
    if test.is_boolean(kind) or kind in (pa.int64(), pa.null()):
        return Plain(values)
    if test.is_integer(kind):
        return _integers(values)
    if test.is_floating(kind):
        return Plain(_without_nan(values.cast(pa.float64())))
    if test.is_decimal(kind):
        return Plain(values.cast(pa.float64()), "decimal numbers, read as floating-point numbers")
    if test.is_temporal(kind):
        return _temporal(values)
    return _unusable(values)


def _without_nan(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """One form of missing: null."""
    nan = pc.is_nan(values)
    return pc.if_else(nan, pa.scalar(None, pa.float64()), values) if pc.any(nan).as_py() else values


def _integers(values: pa.ChunkedArray) -> Plain:
    try:
        return Plain(values.cast(pa.int64()))
    except pa.ArrowInvalid:
        return Plain(encode(values.cast(pa.string())), "whole numbers beyond 63 bits, kept as they are spelled")


def _temporal(values: pa.ChunkedArray) -> Plain:
    kind = values.type
    if pa.types.is_date(kind):
        return Plain(values.cast(pa.timestamp("s" if pa.types.is_date32(kind) else "ms")))
    if pa.types.is_timestamp(kind):
        remark = "times of several zones or of one, shown in UTC" if kind.tz else ""
        return Plain(values.cast(pa.timestamp(kind.unit)), remark)
    if pa.types.is_time(kind):
        return Plain(encode(values.cast(pa.string())), "times of the day", Kind.CATEGORICAL)
    if pa.types.is_duration(kind):
        seconds = pc.divide(
            values.cast(pa.int64()).cast(pa.float64()), {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}[kind.unit]
        )
        return Plain(seconds, "durations, in seconds")
    return _unusable(values)


def _unusable(values: pa.ChunkedArray) -> Plain:
    what = (
        "nested values"
        if pa.types.is_nested(values.type)
        else "binary values"
        if pa.types.is_binary(values.type)
        else "values"
    )
    shown = pc.if_else(values.is_valid(), pa.scalar(f"({what})"), pa.scalar(None, pa.string()))
    return Plain(encode(shown), f"{what} of the type {str(values.type)[:60]}, which no model here takes", Kind.IGNORE)
