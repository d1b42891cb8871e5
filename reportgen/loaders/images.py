"""A folder of images: one sub-folder a class, below train, validation and test where the splits are given."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from reportgen.dataset import Kind, Source
from reportgen.errors import DataError
from reportgen.loaders import _pictures
from reportgen.loaders._raw import Raw
from reportgen.source import Location
from reportgen.spec import Data
from reportgen.text import listing, plural, quoted

_SPLITS = {
    "train": "train",
    "training": "train",
    "validation": "validation",
    "val": "validation",
    "valid": "validation",
}
_SPLITS["test"] = "test"
_ORDER = ("train", "validation", "test")


def read(location: Location, _data: Data) -> Raw:
    """The names of the images (column `image`, relative to the folder) and of their sub-folders (column `label`).

    The SHA-256 is that of the lines `NAME SHA-256`, sorted, each with a line end, of every image file; the size is the
    sum of theirs. No pixel is decoded.

    Raises:
        DataError: there is no folder, none of its files is an image, or it cannot be read.
        LimitExceeded: an image claims more pixels than are decoded here.
    """
    folder = location.path
    if folder is None or not folder.is_dir():
        raise DataError("there is no such folder", "name a folder of images", file=location.name)
    found = _pictures.find(folder, location.name)
    if not found.names:
        fix = "name a folder of PNG, JPEG, GIF, BMP, TIFF or WebP files"
        raise DataError("the folder holds no image", fix, file=location.name)
    rows = _arranged(found.names)
    looked = _pictures.look(folder, list(rows.names), location.name)
    files = dict(zip(rows.names, looked, strict=True))
    if not any(file is not None and file.image is not None for file in looked):
        raise DataError("none of the images can be read", "check how they were written", file=location.name)
    notes = [
        *_pictures.unreadable(files),
        *_left_out(found),
        *_beside(found, rows),
        *_unlabelled(rows),
        *_empty(folder, rows),
    ]
    shown = [_pictures.as_text(name) if file and file.image else None for name, file in files.items()]
    columns = {"image": pa.array(shown, pa.string())}
    if any(rows.labels):
        columns["label"] = pa.array(rows.labels, pa.string())
    return Raw(
        pa.table(columns),
        _source(location, files),
        tuple(notes),
        kinds={"image": Kind.IMAGE} | ({"label": Kind.CATEGORICAL} if "label" in columns else {}),
        images={"image": _pictures.images(looked)},
        given=rows.given,
    )


@dataclass(frozen=True)
class _Rows:
    names: tuple[str, ...]
    labels: tuple[str | None, ...]
    given: Mapping[str, tuple[int, int]]


def _arranged(names: tuple[str, ...]) -> _Rows:
    """The names by split, the label of each, and where the splits begin and end."""
    tops = {name.partition("/")[0] for name in names if "/" in name}
    parts = {_SPLITS.get(top.lower(), "") for top in tops}
    # Two folders of one split, or one that is none, and these names are classes such as any other.
    if "" in parts or "train" not in parts or len(parts) < 2 or len(parts) < len(tops):
        return _Rows(names, tuple(_label(name) for name in names), {})
    by_split: dict[str, list[str]] = {split: [] for split in _ORDER if split in parts}
    for name in names:
        top, below, _ = name.partition("/")
        if below:
            by_split[_SPLITS[top.lower()]].append(name)
    arranged = [name for part in by_split.values() for name in part]
    labels = tuple(_label(name.partition("/")[2]) for name in arranged)
    given, start = {}, 0
    for split, part in by_split.items():
        given[split] = (start, start + len(part))
        start += len(part)
    return _Rows(tuple(arranged), labels, given)


def _label(name: str) -> str | None:
    top, below, _ = name.partition("/")
    return _pictures.as_text(top) if below else None


def _left_out(found: _pictures.Found) -> list[str]:
    notes = []
    if found.others:
        notes.append(f"{plural(found.others, 'file')} in the folder {_is(found.others)} no image and left out.")
    if found.links:
        notes.append(f"{plural(found.links, 'link')} to images outside the folder {_is(found.links)} not followed.")
    return notes


def _beside(found: _pictures.Found, rows: _Rows) -> list[str]:
    count = len(found.names) - len(rows.names)
    return [f"{plural(count, 'image')} beside the folders of the splits {_is(count)} left out."] if count else []


def _unlabelled(rows: _Rows) -> list[str]:
    count = sum(label is None for label in rows.labels)
    if not 0 < count < len(rows.labels):
        return []
    return [
        f"{plural(count, 'image')} {'lies' if count == 1 else 'lie'} in no sub-folder and so {_has(count)} no label."
    ]


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _has(count: int) -> str:
    return "has" if count == 1 else "have"


def _empty(folder: os.PathLike[str], rows: _Rows) -> list[str]:
    """A class without an image is no class here, which its maker may not have meant."""
    kept = {name.partition("/")[0] for name in rows.names}
    with os.scandir(folder) as entries:
        folders = [
            entry.name
            for entry in entries
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".") and entry.name not in kept
        ]
    if not folders:
        return []
    shown = listing((quoted(_pictures.as_text(name)) for name in sorted(folders)), most=3)
    return [f"{plural(len(folders), 'sub-folder')} without an image: {shown}."]


def _source(location: Location, files: Mapping[str, _pictures.Looked | None]) -> Source:
    lines = sorted(os.fsencode(f"{name} {file.sha256}\n") for name, file in files.items() if file)
    size = sum(file.size for file in files.values() if file)
    return Source(location.name, "images", size, hashlib.sha256(b"".join(lines)).hexdigest())
