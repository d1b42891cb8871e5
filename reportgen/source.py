"""Where the data lies: `data.path` resolved and looked at without loading it, and the head of a delimited text file.

`check` and every loader begin here, so that they agree: paths are relative to the experiment file, the suffix decides
the loader, formats that can execute code are refused by name, and only a regular file is ever opened.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import NoReturn

from reportgen import registry
from reportgen.errors import DataError, ReportgenError, SpecError
from reportgen.text import listing, quoted

#: Suffix -> the loader unit that reads it.
SUFFIXES: Mapping[str, str] = MappingProxyType(
    {
        ".csv": "csv",
        ".tsv": "csv",
        ".txt": "csv",
        ".parquet": "parquet",
        ".pq": "parquet",
        ".json": "json",
        ".jsonl": "json",
        ".ndjson": "json",
        ".feather": "feather",
        ".xlsx": "xlsx",
    }
)
#: Suffix -> what such a file is; opening one can run the code of whoever made it.
UNSAFE: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys((".pkl", ".pickle", ".p", ".dill"), "a pickle"),
        ".joblib": "a joblib dump, which is a pickle",
        **dict.fromkeys((".h5", ".hdf5", ".hdf", ".he5"), "an HDF5 file, which may hold pickles"),
        **dict.fromkeys((".pt", ".pth", ".ckpt"), "a PyTorch file, which is a pickle"),
        **dict.fromkeys((".npy", ".npz"), "a NumPy file, which may hold pickles"),
        ".keras": "a Keras model, which may hold functions",
        **dict.fromkeys((".rds", ".rda", ".rdata"), "an R data file, which may hold promises of code"),
        **dict.fromkeys((".py", ".ipynb", ".sh"), "a program"),
    }
)
#: The loaders that also read a gzip-compressed file.
COMPRESSED: frozenset[str] = frozenset({"csv"})
#: The tables that scikit-learn carries with it, one target each.
BUNDLED: tuple[str, ...] = ("breast_cancer", "diabetes", "digits", "iris", "wine")

_COMPRESSION = frozenset({".gz", ".bz2", ".xz", ".zip", ".zst"})
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://|(sql|file|data):", re.IGNORECASE)
_KINDS = (
    (stat.S_ISDIR, "is a folder"),
    (stat.S_ISFIFO, "is a pipe (FIFO)"),
    (stat.S_ISSOCK, "is a socket"),
    (stat.S_ISCHR, "is a device"),
    (stat.S_ISBLK, "is a device"),
)


@dataclass(frozen=True)
class Location:
    """What is to be loaded: the loader's name, where it lies, and its name without a folder, user or password.

    Attributes:
        path: the file, or the folder of images; None for a bundled table and for a database.
        stamp: the file's identity when it was found (device, inode, size, time of change), for `unchanged`.
        url: of the database.
        more: further files of the same table, in their order.
        given: the files of the splits "validation" and "test", where they are kept apart.
    """

    loader: str
    path: Path | None
    name: str
    stamp: tuple[int, ...] = field(default=(), compare=False)
    url: str = ""
    more: tuple[Location, ...] = ()
    given: Mapping[str, Location] = field(default_factory=dict)


@dataclass(frozen=True)
class _Place:
    """Where `data.path` stands in the experiment file, to report problems there."""

    file: str
    line: int | None
    column: int | None

    def refuse(self, kind: type[ReportgenError], what: str, fix: str = "") -> NoReturn:
        raise kind(what, fix, file=self.file, line=self.line, column=self.column, key="data.path")


def resolve(path: str, spec_file: Path, line: int | None = None, column: int | None = None) -> Location:
    """Find out what `data.path` names, and that it is there; nothing is read.

    Args:
        path: as written: relative to the experiment file, or `sklearn:NAME`.
        spec_file: the experiment file; its folder is where relative paths start.
        line, column: where the value stands in that file, for the messages.

    Raises:
        SpecError: the format is unknown, not supported or can execute code; no such bundled table.
        DataError: the file is missing, not a regular file or may not be read.
    """
    place = _Place(str(spec_file), line, column)
    if path.startswith("sklearn:"):
        return _bundled(path, place)
    if scheme := _SCHEME.match(path):
        place.refuse(
            SpecError,
            f"{quoted(scheme[0])} is not read: data is a file beside the experiment file",
            "save the table as a file, or use sklearn:NAME for one of scikit-learn's own",
        )
    _refuse_code(path, place)
    found = spec_file.parent / path
    status = _regular_file(path, found, place)
    return Location(_loader(path, place), found, found.name, _stamp(status))


def unchanged(location: Location) -> None:
    """Make sure that the file is still the one that was found.

    Raises:
        DataError: it was written to, replaced or removed meanwhile.
    """
    if location.path is None:
        return
    try:
        same = _stamp(location.path.stat()) == location.stamp
    except OSError:
        same = False
    if not same:
        raise DataError("the file changed during the run", "run again when nothing writes to it", file=location.name)


def supported() -> tuple[str, ...]:
    """The suffixes that the installed loaders read."""
    loaders = registry.names("loaders")
    return tuple(suffix for suffix, loader in SUFFIXES.items() if loader in loaders)


def suffixes(name: str) -> tuple[str, str]:
    """The suffix that names the format and the one that names the compression, lower case, `""` where absent."""
    path = PurePosixPath(name.lower())
    return (PurePosixPath(path.stem).suffix, path.suffix) if path.suffix in _COMPRESSION else (path.suffix, "")


def _bundled(path: str, place: _Place) -> Location:
    name = path.removeprefix("sklearn:")
    if "sklearn" not in registry.names("loaders"):
        place.refuse(SpecError, "scikit-learn's own tables are not supported", _choices())
    if name not in BUNDLED:
        what = f"{quoted(name)} is not one of the tables that scikit-learn carries with it"
        if name == "linnerud":
            what = "'linnerud' has three targets at once, which no task here predicts"
        place.refuse(SpecError, what, registry.suggestion(name, BUNDLED))
    return Location("sklearn", None, path)


def _refuse_code(path: str, place: _Place) -> None:
    suffix = suffixes(path)[0]
    if suffix in UNSAFE:
        what = f"{quoted(path)} can execute code when it is opened: it is {UNSAFE[suffix]}"
        place.refuse(SpecError, what, "save the table as CSV or Parquet")


def _loader(path: str, place: _Place) -> str:
    suffix, compression = suffixes(path)
    loader = SUFFIXES.get(suffix)
    if loader is None:
        what = (
            f"the suffix {quoted(suffix)} of {quoted(path)} is unknown" if suffix else f"{quoted(path)} has no suffix"
        )
        place.refuse(SpecError, what, _choices())
    if loader not in registry.names("loaders"):
        place.refuse(SpecError, f"{suffix} files are not supported yet", _choices())
    if compression and not (compression == ".gz" and loader in COMPRESSED):
        place.refuse(SpecError, f"{suffix}{compression} is not supported", f"unpack the file; {_choices()}")
    return loader


def _choices() -> str:
    gzipped = sorted(f"{suffix}.gz" for suffix in supported() if SUFFIXES[suffix] in COMPRESSED)
    return f"use one of {listing([*supported(), *gzipped], most=30, joiner='or')}"


def _stamp(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def _regular_file(path: str, found: Path, place: _Place) -> os.stat_result:
    try:
        status = found.stat()
    except ValueError:  # A NUL or a lone surrogate, which no file system takes.
        place.refuse(SpecError, f"{quoted(path)} is not a file name", "name a file beside the experiment file")
    except (FileNotFoundError, NotADirectoryError):
        place.refuse(DataError, f"{quoted(path)} does not exist", _nearest(path, found))
    except OSError as error:
        what = f"{quoted(path)} cannot be read: {(error.strerror or 'unknown reason').lower()}"
        place.refuse(DataError, what, "name another file, or mend its permissions")
    if not stat.S_ISREG(status.st_mode):
        kind = next((words for test, words in _KINDS if test(status.st_mode)), "is not a regular file")
        place.refuse(DataError, f"{quoted(path)} {kind}", "name a file")
    if not os.access(found, os.R_OK):
        place.refuse(DataError, f"{quoted(path)} may not be read: permission denied", "change its permissions")
    return status


def _nearest(path: str, found: Path) -> str:
    try:
        beside = tuple(entry.name for entry in found.parent.iterdir() if suffixes(entry.name)[0] in SUFFIXES)
    except OSError:
        return f"the folder of {quoted(path)} is not there either; paths are relative to the experiment file"
    hint = registry.suggestion(found.name, beside) if beside else ""
    return hint if hint.startswith("did you mean") else "check the name; paths are relative to the experiment file"
