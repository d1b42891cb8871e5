"""Protocol buffers as they stand in bytes: numbered fields, nothing of what they mean."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LONGEST = 10  # bytes of a varint


class Malformed(Exception):
    """The bytes are no message."""


def fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Field number and value, in their order: numbers as int, everything else as bytes.

    Raises:
        Malformed: a field reaches beyond the end, or is of a kind that no message here has.
    """
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, at = varint(data, at)
            yield number, value
            continue
        if kind == _BYTES:
            size, at = varint(data, at)
        elif kind in (_FIXED64, _FIXED32):
            size = 8 if kind == _FIXED64 else 4
        else:
            raise Malformed
        if size > len(data) - at:
            raise Malformed
        yield number, data[at : at + size]
        at += size


def message(data: bytes) -> dict[int, int | bytes]:
    """The last value of each field; see `fields`."""
    return dict(fields(data))


def number(value: int | bytes | None, default: float = 0.0) -> float:
    """A float or double field as a number.

    Raises:
        Malformed: it is neither.
    """
    if value is None:
        return default
    if isinstance(value, int):
        return float(value)
    if len(value) not in (4, 8):
        raise Malformed
    return float(struct.unpack("<f" if len(value) == 4 else "<d", value)[0])


def signed(value: int | bytes | None) -> int:
    """An int64 field.

    Raises:
        Malformed: it is bytes.
    """
    if isinstance(value, bytes):
        raise Malformed
    return 0 if value is None else value - (1 << 64) if value >= 1 << 63 else value


def blob(value: int | bytes | None) -> bytes:
    """A field of bytes.

    Raises:
        Malformed: it is a number.
    """
    if isinstance(value, int):
        raise Malformed
    return value or b""


def words(value: int | bytes | None) -> str:
    """A field of text; what is not UTF-8 is replaced."""
    return blob(value).decode("utf-8", "replace")


def doubles(data: bytes, kind: str = "<f8") -> np.ndarray:
    """Packed numbers.

    Raises:
        Malformed: a part of one is left over.
    """
    if len(data) % np.dtype(kind).itemsize:
        raise Malformed
    return np.frombuffer(data, kind).astype(float)


def varint(data: bytes, at: int) -> tuple[int, int]:
    """The number that begins at a byte, and the byte after it.

    Raises:
        Malformed: it has no end.
    """
    value = 0
    for place in range(_LONGEST):
        if at + place >= len(data):
            break
        byte = data[at + place]
        value |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at + place + 1
    raise Malformed


def integer(field: int, value: int) -> bytes:
    """A varint field; negative ones as two's complement, as int64 is written."""
    return _written(field << 3 | _VARINT) + _written(value & 0xFFFFFFFFFFFFFFFF)


def double(field: int, value: float) -> bytes:
    """A double field."""
    return _written(field << 3 | _FIXED64) + struct.pack("<d", value)


def embedded(field: int, value: bytes | str) -> bytes:
    """A field of bytes: text, a message or packed numbers."""
    data = value.encode("utf-8", "replace") if isinstance(value, str) else value
    return _written(field << 3 | _BYTES) + _written(len(data)) + data


def _written(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
