"""Image files as rows of a table: found in a folder or named in a column, looked at by their headers, and hashed."""

from __future__ import annotations

import hashlib
import io
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
from PIL import Image

from reportgen import memory, parallel
from reportgen.errors import DataError, LimitExceeded
from reportgen.formats import PICTURES, suffixes
from reportgen.images import DAMAGE, FORMATS, FileImages, ImageFile, quietly, shape_of
from reportgen.loaders._raw import Raw
from reportgen.source import natural
from reportgen.spec import Data
from reportgen.text import listing, plural, quoted, shorten

_MOST_FILES = 2_000_000
_DEEPEST = 30
_SHOWN = 3
#: Files up to this size are read without a look at the memory.
_SMALL = 1 << 24


@dataclass(frozen=True)
class Found:
    """The pictures below a folder, in natural order of their names, and how many other things lie there."""

    names: tuple[str, ...]  # relative to the folder, with `/`
    others: int = 0
    links: int = 0


@dataclass(frozen=True)
class Looked:
    """A file looked at: its image (None where it cannot be read), size in bytes and SHA-256 of its bytes."""

    image: ImageFile | None
    size: int
    sha256: str


def find(folder: Path, name: str) -> Found:
    """The pictures in a folder and the folders in it; hidden ones, links to elsewhere and other files are left out.

    Raises:
        DataError: a folder cannot be read.
        LimitExceeded: there are more files, or deeper folders, than any data set has.
    """
    names: list[str] = []
    others = links = 0
    for entry, inner in _walk(folder, "", name, 0):
        if not entry.is_file() or not _is_picture(entry.name):
            others += 1
        elif entry.is_symlink() and not _is_within(Path(entry.path), folder):
            links += 1
        else:
            names.append(inner)
        if len(names) + others + links > _MOST_FILES:
            raise LimitExceeded(f"more than {_MOST_FILES:,} files", "name a folder of fewer images", file=name)
    return Found(tuple(sorted(names, key=natural)), others, links)


def look(folder: Path, names: list[str | None], file: str) -> list[Looked | None]:
    """The files of that names, several at a time; None where there is no file.

    Raises:
        LimitExceeded: a picture claims more pixels than are decoded here, or a file does not fit into memory.
    """

    def one(name: str | None) -> Looked | None:
        return None if name is None else _look(folder / name, name, file)

    with quietly():
        return parallel.each(one, names)


def images(looked: list[Looked | None]) -> FileImages:
    """The pictures as a column."""
    return FileImages([None if found is None else found.image for found in looked])


def with_declared(raw: Raw, data: Data, folder: Path) -> Raw:
    """The table with its columns that are declared to be images: names of files relative to the folder of the table.

    A name without an image that can be read becomes missing, and a note says how many there are.

    Raises:
        DataError: a name leads out of the folder.
        LimitExceeded: as `look`.
    """
    for name, kind in data.columns.items():
        if kind == "image" and name in raw.table.column_names and name not in raw.images:
            raw = _declared(raw, name, folder)
    return raw


def _declared(raw: Raw, column: str, folder: Path) -> Raw:
    written = raw.table[column].cast(pa.string()).to_pylist()
    names = [(name and name.strip()) or None for name in written]
    for row, name in enumerate(names, start=1):
        if name is not None and not _stays(name, folder):
            what = f"column {quoted(column)}, row {row:,}: the name of the image leads out of the folder of the table"
            fix = "keep the images in that folder or below"
            raise DataError(what, fix, file=raw.source.name, key=f"data.columns.{shorten(column, 60)}")
    once: dict[str, Looked | None] = dict.fromkeys(name for name in names if name is not None)
    once.update(zip(once, look(folder, list(once), raw.source.name), strict=True))
    looked = [None if name is None else once[name] for name in names]
    shown = [name if found and found.image else None for name, found in zip(names, looked, strict=True)]
    absent = sum(name is not None and found is None for name, found in zip(names, looked, strict=True))
    notes = [f"Column {quoted(column)}: {sentence}" for sentence in unreadable(once)]
    if absent:
        notes.append(f"Column {quoted(column)}: no image file in {plural(absent, 'row')}, read as missing.")
    position = raw.table.column_names.index(column)
    return replace(
        raw,
        table=raw.table.set_column(position, column, pa.array(shown, pa.string())),
        notes=(*raw.notes, *notes),
        images={**raw.images, column: images(looked)},
        undecided=raw.undecided - {column},
    )


def unreadable(looked: dict[str, Looked | None]) -> list[str]:
    """A sentence on the files that are there and hold no picture, the first of them by name."""
    bad = [name for name, found in looked.items() if found is not None and found.image is None]
    if not bad:
        return []
    shown = listing((quoted(as_text(name)) for name in bad), most=_SHOWN)
    return [f"{plural(len(bad), 'image')} cannot be read or {'is' if len(bad) == 1 else 'are'} cut off: {shown}."]


def _walk(folder: Path, inner: str, file: str, depth: int) -> Iterator[tuple[os.DirEntry[str], str]]:
    """The files below a folder with their names relative to the first one; folders that are links are not entered."""
    if depth > _DEEPEST:
        raise LimitExceeded(f"folders are nested more than {_DEEPEST} deep", "move the images up", file=file)
    try:
        with os.scandir(folder) as found:
            entries = [entry for entry in found if not entry.name.startswith(".")]
    except OSError as error:
        what = f"the folder {quoted(inner or file)} cannot be read: {(error.strerror or 'unknown reason').lower()}"
        raise DataError(what, "mend its permissions, or name another folder", file=file) from error
    for entry in entries:
        name = inner + entry.name
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), f"{name}/", file, depth + 1)
        else:
            yield entry, name


def _look(path: Path, name: str, file: str) -> Looked | None:
    data = None
    try:
        # A pipe that is called .png would be waited for.
        with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as stream:
            status = os.fstat(stream.fileno())
            if stat.S_ISREG(status.st_mode):
                fix = "leave the file out"
                if status.st_size > _SMALL:
                    memory.require(2 * status.st_size, f"the image {quoted(name)}", fix, file=file, share=0.5)
                data = stream.read()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, ValueError):
        return None
    except OSError:
        return Looked(None, 0, hashlib.sha256().hexdigest())
    if data is None:
        return None
    shape = _shape(data, name, file)
    stamp = (status.st_size, status.st_mtime_ns)
    return Looked(ImageFile(path, stamp, shape) if shape else None, len(data), hashlib.sha256(data).hexdigest())


def _shape(data: bytes, name: str, file: str) -> tuple[int, int, int] | None:
    """Height, width and channels; None where this is no picture or not the whole of one."""
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            return shape_of(image, data) if _is_whole(data, image.format or "") else None
    except Image.DecompressionBombError:
        what = f"the image {quoted(name)} claims more than {2 * (Image.MAX_IMAGE_PIXELS or 0):,} pixels"
        raise LimitExceeded(what, "leave the file out, or make the image smaller", file=file) from None
    except DAMAGE:
        return None


def _is_whole(data: bytes, kind: str) -> bool:
    """Whether a picture's end is there, by the marks of its format; of TIFF there is none."""
    if kind in ("JPEG", "MPO"):
        return b"\xff\xd9" in data[-65536:]
    if kind == "PNG":
        return b"IEND" in data[-65536:]
    if kind == "GIF":
        return b"\x3b" in data[-64:]
    if kind == "WEBP":
        return len(data) >= 8 + int.from_bytes(data[4:8], "little")
    if kind == "BMP":
        return len(data) >= int.from_bytes(data[2:6], "little")
    return True


def _is_picture(name: str) -> bool:
    return suffixes(name)[0] in PICTURES


def _is_within(path: Path, folder: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return False


def _stays(name: str, folder: Path) -> bool:
    """Whether a name from the data lies in the folder, also where links lead."""
    if name.startswith("/") or ".." in name.split("/"):
        return False
    try:
        return (folder / name).resolve().is_relative_to(folder.resolve())
    except ValueError:  # A NUL, which no file system takes: there is no such file.
        return True
    except (OSError, RuntimeError):
        return False


def as_text(name: str) -> str:
    """A file name as text: bytes in it that are no UTF-8 become U+FFFD."""
    return os.fsencode(name).decode("utf-8", "replace")
