"""The file of records: length, checksum of the length, payload, checksum of the payload.

Checksums are CRC-32C (Castagnoli, RFC 3720 appendix B.4), rotated by 15 bits and offset as TensorFlow's `tfrecord`
guide describes.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from functools import cache
from typing import BinaryIO

import numpy as np

_POLYNOMIAL = 0x82F63B78  # Castagnoli's, bits reversed
_MASK = 0xA282EAD8
#: From so many bytes on, lanes computed side by side are faster than one byte after the other.
_MANY = 2048
_CHUNK = 1 << 20
_HEAD, _FOOT = 12, 4


class Damaged(Exception):
    """The file is not what its checksums say; `at` is the byte where that shows."""

    def __init__(self, at: int) -> None:
        super().__init__(f"damaged at byte {at:,}")
        self.at = at


class Truncated(Exception):
    """The file ends within a record, as after a crash; what came before is whole."""


def crc32c(data: bytes) -> int:
    """CRC-32C of bytes."""
    return _register(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


def masked(data: bytes) -> int:
    """The checksum as it stands in the file."""
    crc = crc32c(data)
    return (((crc >> 15) | (crc << 17)) + _MASK) & 0xFFFFFFFF


def framed(payload: bytes) -> bytes:
    """One record as it stands in the file."""
    length = struct.pack("<Q", len(payload))
    return length + struct.pack("<I", masked(length)) + payload + struct.pack("<I", masked(payload))


def payloads(file: BinaryIO, largest: int, seen: Callable[[bytes], object]) -> Iterator[bytes | None]:
    """The payloads of a file; None for one that is larger than `largest` bytes, which is passed over unchecked.

    Args:
        file: at its first byte.
        seen: is given every byte that was read, to hash them.

    Raises:
        Damaged: a checksum is wrong.
        Truncated: the file ends within a record.
    """
    at = 0
    while head := _take(file, _HEAD, seen):
        length, crc = struct.unpack("<QI", head) if len(head) == _HEAD else (0, -1)
        if crc < 0:
            raise Truncated
        if crc != masked(head[:8]):
            raise Damaged(at)
        if length > largest:
            _pass_over(file, length + _FOOT, seen)
            yield None
        else:
            payload, foot = _take(file, length, seen), _take(file, _FOOT, seen)
            if len(payload) < length or len(foot) < _FOOT:
                raise Truncated
            if struct.unpack("<I", foot)[0] != masked(payload):
                raise Damaged(at + _HEAD)
            yield payload
        at += _HEAD + length + _FOOT


def _take(file: BinaryIO, size: int, seen: Callable[[bytes], object]) -> bytes:
    data = file.read(size)
    seen(data)
    return data


def _pass_over(file: BinaryIO, size: int, seen: Callable[[bytes], object]) -> None:
    while size:
        data = _take(file, min(size, _CHUNK), seen)
        if not data:
            raise Truncated
        size -= len(data)


def _register(data: bytes, register: int) -> int:
    """The shift register after these bytes."""
    if len(data) < _MANY:
        table = _table()
        for byte in data:
            register = table[(register ^ byte) & 0xFF] ^ (register >> 8)
        return register
    length = 1 << len(data).bit_length() // 2  # of few different sizes, since each has a table
    lanes = len(data) // length
    whole = np.frombuffer(data, np.uint8, lanes * length).reshape(lanes, length)
    # A register is linear in its start and its bytes: lanes that start at 0 are joined by shifting what came before.
    shift = _shifts(length)
    for lane in _side_by_side(whole).tolist():
        register = _shifted(register, shift) ^ lane
    return _register(data[lanes * length :], register)


def _side_by_side(lanes: np.ndarray) -> np.ndarray:
    """The registers (n,) of rows of bytes (n, length), each from 0."""
    table = np.array(_table(), np.uint32)
    registers = np.zeros(len(lanes), np.uint32)
    for column in np.ascontiguousarray(lanes.T):
        registers = table[(registers ^ column) & 0xFF] ^ (registers >> 8)
    return registers


def _shifted(register: int, shift: tuple[list[int], ...]) -> int:
    first, second, third, fourth = shift
    return (
        first[register & 0xFF]
        ^ second[(register >> 8) & 0xFF]
        ^ third[(register >> 16) & 0xFF]
        ^ fourth[register >> 24]
    )


@cache
def _shifts(length: int) -> tuple[list[int], ...]:
    """A table for each byte of a register: what it becomes after so many zero bytes."""
    columns = [1 << bit for bit in range(32)]  # of the matrix over GF(2), as it is after 0 bytes
    power = [_register(b"\0", 1 << bit) for bit in range(32)]
    while length:
        if length & 1:
            columns = [_times(power, column) for column in columns]
        power = [_times(power, column) for column in power]
        length >>= 1
    return tuple([_times(columns, byte << 8 * place) for byte in range(256)] for place in range(4))


def _times(columns: list[int], vector: int) -> int:
    product = 0
    for bit, column in enumerate(columns):
        if vector >> bit & 1:
            product ^= column
    return product


@cache
def _table() -> list[int]:
    """What each byte does to the register."""
    found = []
    for byte in range(256):
        register = byte
        for _ in range(8):
            register = (register >> 1) ^ (_POLYNOMIAL if register & 1 else 0)
        found.append(register)
    return found
