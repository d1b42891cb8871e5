"""Compressed files as a stream of what they hold: gzip, zip, Zstandard, bzip2 and xz; nothing is unpacked to disk."""

from __future__ import annotations

import importlib
import sys
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, cast

from reportgen.errors import DataError, LimitExceeded, ReportgenError
from reportgen.formats import COMPRESSED, PACKED, SUFFIXES, suffixes
from reportgen.text import quoted

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

#: A packed file may grow this many times once it is larger than `GROWTH_FREE`; text seldom grows more than 20 times.
GROWTH = 200
GROWTH_FREE = 1 << 24

_MOST_MEMBERS = 10_000
_ENCRYPTED = 0x1
_DAMAGE = (OSError, zlib.error, RuntimeError, NotImplementedError, ValueError)
#: The same of modules that are imported only where they are needed.
_NAMES_OF_DAMAGE = frozenset({"BadZipFile", "LZMAError"})
#: What archivers on other systems add to an archive.
_NO_DATA = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")


def is_packed(path: Path) -> bool:
    return path.suffix.lower() in PACKED


@contextmanager
def unpacked(path: Path) -> Iterator[BinaryIO]:
    """The bytes that a file holds, unpacked while they are read where its name ends in .gz, .zip, .zst, .bz2 or .xz.

    Raises:
        DataError: the file is damaged or cut off, is locked by a password, or holds no single table.
        LimitExceeded: it grows beyond reason.
    """
    with ExitStack() as opened:
        with _told(path.name):
            stream: BinaryIO = opened.enter_context(path.open("rb"))
            if is_packed(path):
                stream = opened.enter_context(_opened(path, stream))
        yield cast(BinaryIO, _Measured(stream, path))


def member_name(path: Path) -> str:
    """The name of the one table that a zip file holds. Raises as `unpacked` does."""
    with _told(path.name), path.open("rb") as file, _archive(file) as archive:
        return PurePosixPath(_member(archive, path.name).filename).name


class _Measured:
    """A stream that tells damage in words, and holds the growth of what it unpacks to reason."""

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        self._stream, self._name = stream, path.name
        self._most = max(GROWTH_FREE, GROWTH * path.stat().st_size) if is_packed(path) else sys.maxsize
        self._total = 0

    def read(self, size: int = -1) -> bytes:
        with _told(self._name):
            data = self._stream.read(size)
        self._total += len(data)
        if self._total > self._most:
            what = f"the file grows more than {GROWTH} times when it is unpacked"
            raise LimitExceeded(what, "unpack it by hand if you trust it", file=self._name)
        return data


def _opened(path: Path, file: BinaryIO) -> BinaryIO:
    """The stream of what a packed file holds; the unpackers are imported where a file needs them."""
    suffix = path.suffix.lower()
    if suffix == ".zip":
        archive = _archive(file)
        return cast(BinaryIO, archive.open(_member(archive, path.name)))
    if suffix == ".zst":
        return _zstandard(file)
    module, name = {".gz": ("gzip", "open"), ".bz2": ("bz2", "BZ2File"), ".xz": ("lzma", "LZMAFile")}[suffix]
    return cast(BinaryIO, getattr(importlib.import_module(module), name)(file, mode="rb"))


def _zstandard(file: BinaryIO) -> BinaryIO:
    import pyarrow as pa

    return cast(BinaryIO, pa.CompressedInputStream(pa.PythonFile(file, mode="r"), "zstd"))


def _archive(file: BinaryIO) -> ZipFile:
    import zipfile

    return zipfile.ZipFile(file)


def _member(archive: ZipFile, name: str) -> ZipInfo:
    """The one file in an archive, or the one table among several."""
    members = [one for one in archive.infolist()[:_MOST_MEMBERS] if not one.is_dir() and not _is_litter(one.filename)]
    tables = [one for one in members if SUFFIXES.get(suffixes(one.filename)[0]) in COMPRESSED]
    found = members if len(members) == 1 else tables
    if len(found) != 1:
        what = f"the zip file holds {len(found)} tables" if members else "the zip file is empty"
        raise DataError(what, "pack one table, or unpack the file and name what you want", file=name)
    if found[0].flag_bits & _ENCRYPTED:
        raise DataError("the zip file is locked by a password", "unpack it and name the table", file=name)
    if suffixes(found[0].filename)[1]:
        what = f"{quoted(found[0].filename)} in the zip file is packed itself"
        raise DataError(what, "pack the table once", file=name)
    return found[0]


def _is_litter(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(parts) and (parts[0] in _NO_DATA or parts[-1] in _NO_DATA or parts[-1].startswith("._"))


@contextmanager
def _told(name: str) -> Iterator[None]:
    """What the unpackers raise, in words; each has its own errors for each kind of damage."""
    try:
        yield
    except ReportgenError:
        raise
    except Exception as error:
        if isinstance(error, EOFError) or "runcated" in str(error):
            raise DataError("the compressed file is cut off", "copy or pack it again", file=name) from error
        if isinstance(error, OSError) and error.errno is not None:
            what = f"cannot be read: {(error.strerror or type(error).__name__).lower()}"
            raise DataError(what, "name another file, or mend its permissions", file=name) from error
        if isinstance(error, _DAMAGE) or type(error).__name__ in _NAMES_OF_DAMAGE:
            raise DataError("the compressed file is damaged", "copy or pack it again", file=name) from error
        raise
