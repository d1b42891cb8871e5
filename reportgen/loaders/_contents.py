"""The bytes of a data file, read once: limited in size, hashed, and unpacked where they are compressed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reportgen import memory
from reportgen.dataset import Source
from reportgen.errors import DataError, LimitExceeded
from reportgen.packed import is_packed, unpacked
from reportgen.source import Location

_CHUNK = 1 << 20
_FIX = "use fewer rows or columns, or a machine with more memory"


class Oversized(LimitExceeded):
    """The table does not fit into memory; a sample of its rows may."""


@dataclass(frozen=True)
class Contents:
    """What a file holds, unpacked, and where it came from; the hash is computed meanwhile."""

    data: bytes
    digested: Future[Source]

    @property
    def source(self) -> Source:
        """Waits for the hash. Raises DataError where the file changed while it was read."""
        return self.digested.result()


def contents(location: Location, *, factor: float) -> Contents:
    """Read a file.

    Args:
        factor: how many times its unpacked size the table will need in memory.

    Raises:
        DataError: the file is empty, cannot be read, is damaged, or changes while it is read.
        LimitExceeded: the table would not fit into memory, or a compressed file grows beyond reason.
    """
    path = _path(location)
    require(factor * path.stat().st_size, location.name)
    if is_packed(path):
        digested = digest(location)
        return Contents(_unpacked(path, int(memory.available() / factor)), digested)
    data = _read(path, location.name)
    if not data:
        raise DataError("the file is empty", "give a file with a line of column names and rows", file=location.name)
    return Contents(data, _apart(lambda: _source(location, len(data), hashlib.sha256(data).hexdigest())))


def require(needed: float, name: str) -> None:
    """Raise Oversized where so many bytes cannot be had."""
    try:
        memory.require(needed, "the table", _FIX, file=name)
    except LimitExceeded as error:
        raise Oversized.of(error.problems) from None


def digest(location: Location) -> Future[Source]:
    """Size and SHA-256 of the file as it lies there, read in a thread of its own."""

    def read() -> Source:
        with same_file(location) as file_path, file_path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
            return _source(location, file.tell(), found)

    return _apart(read)


@contextmanager
def same_file(location: Location) -> Iterator[Path]:
    """The file's path; raises DataError where the file changes within the block, or cannot be read."""
    path = _path(location)
    try:
        before = path.stat()
        yield path
        after = path.stat()
    except OSError as error:
        if error.errno is None:
            raise
        what = f"cannot be read: {(error.strerror or type(error).__name__).lower()}"
        raise DataError(what, "name another file, or mend its permissions", file=location.name) from error
    if (before.st_ino, before.st_size, before.st_mtime_ns) != (after.st_ino, after.st_size, after.st_mtime_ns):
        raise _changed(location.name)


def _source(location: Location, size: int, sha256: str) -> Source:
    return Source(location.name, location.loader, size, sha256)


def _apart(work: Callable[[], Source]) -> Future[Source]:
    pool = ThreadPoolExecutor(1)
    future = pool.submit(work)
    pool.shutdown(wait=False)
    return future


def _path(location: Location) -> Path:
    if location.path is None:
        raise ValueError("a bundled table has no file")
    return location.path


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
        raise _changed(name)
    return data


def _changed(name: str) -> DataError:
    return DataError("the file changed while it was read", "run again when nothing writes to it", file=name)


def _unpacked(path: Path, limit: int) -> bytes:
    """The unpacked bytes; the limits are held piece by piece, before the memory is taken."""
    parts: list[bytes] = []
    total = 0
    with unpacked(path) as file:
        while part := file.read(_CHUNK):
            total += len(part)
            # The pieces are joined at the end, which takes as much again for a moment.
            if total > limit:
                raise Oversized("the unpacked table does not fit into memory", _FIX, file=path.name)
            parts.append(part)
    if not total:
        raise DataError("the file is empty", "give a file with a line of column names and rows", file=path.name)
    return b"".join(parts)
