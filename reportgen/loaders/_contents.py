"""The bytes of a data file, read once: limited in size, hashed, and unpacked where they are compressed."""

from __future__ import annotations

import hashlib
import os
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from reportgen import memory
from reportgen.dataset import Source
from reportgen.errors import DataError, LimitExceeded
from reportgen.source import Location

#: A gzip file may grow this many times once it is larger than `_GROWTH_FREE`; text seldom grows more than 20 times.
_GROWTH = 200
_GROWTH_FREE = 1 << 24
_CHUNK = 1 << 20


@dataclass(frozen=True)
class Contents:
    """What a file holds, unpacked, and where it came from."""

    data: bytes
    source: Source


def contents(location: Location, *, factor: float) -> Contents:
    """Read a file.

    Args:
        factor: how many times its unpacked size the table will need in memory.

    Raises:
        DataError: the file is empty, cannot be read, is damaged, or changes while it is read.
        LimitExceeded: the table would not fit into memory, or a compressed file grows beyond reason.
    """
    path = location.path
    if path is None:
        raise ValueError("a bundled table has no file")
    fix = "use fewer rows or columns, or a machine with more memory"
    memory.require(factor * path.stat().st_size, "the table", fix, file=location.name)
    packed = _read(path, location.name)
    if not packed:
        raise DataError("the file is empty", "give a file with a line of column names and rows", file=location.name)
    with ThreadPoolExecutor(1) as pool:
        digest = pool.submit(hashlib.sha256, packed)
        data = (
            _unpacked(packed, location.name, int(memory.available() / factor))
            if path.suffix.lower() == ".gz"
            else packed
        )
        sha256 = digest.result().hexdigest()
    return Contents(data, Source(location.name, location.loader, len(packed), sha256))


def _read(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            data = file.read()
            after = os.fstat(file.fileno())
    except OSError as error:
        what = f"cannot be read: {(error.strerror or type(error).__name__).lower()}"
        raise DataError(what, "name another file, or mend its permissions", file=name) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(data) != before.st_size:
        raise DataError("the file changed while it was read", "run again when nothing writes to it", file=name)
    return data


def _unpacked(packed: bytes, name: str, limit: int) -> bytes:
    """All members of a gzip file; the limits are held chunk by chunk, before the memory is taken."""
    parts: list[bytes] = []
    total, rest = 0, packed
    while rest.strip(b"\0"):
        unpacker = zlib.decompressobj(wbits=31)
        while not unpacker.eof:
            try:
                part = unpacker.decompress(rest, _CHUNK)
            except zlib.error as error:
                raise DataError("the compressed file is damaged", "pack it again with gzip", file=name) from error
            if not part and not unpacker.eof:
                raise DataError("the compressed file is cut off", "copy or pack it again", file=name)
            rest = unpacker.unconsumed_tail
            total += len(part)
            _hold(total, len(packed), limit, name)
            parts.append(part)
        rest = unpacker.unused_data
    return b"".join(parts)


def _hold(total: int, packed: int, limit: int, name: str) -> None:
    if total > _GROWTH_FREE and total > _GROWTH * packed:
        raise LimitExceeded(
            f"the file grows more than {_GROWTH} times when it is unpacked",
            "unpack it by hand if you trust it",
            file=name,
        )
    if total > limit:
        raise LimitExceeded("the unpacked table does not fit into memory", "use fewer rows or columns", file=name)
