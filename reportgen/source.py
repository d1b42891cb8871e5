"""Where the data lie: `data.path` resolved and looked at without loading it.

`check` and every loader begin here, so that they agree: paths are relative to the experiment file, the suffix decides
the loader, formats that can execute code are refused by name, and only a regular file is ever opened.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

from reportgen import packed, registry
from reportgen.errors import DataError, LimitExceeded, ReportgenError, SpecError
from reportgen.formats import COMPRESSED, FILE_DATABASES, PICTURES, UNSAFE, choices, database
from reportgen.formats import SUFFIXES as SUFFIXES
from reportgen.formats import suffixes as suffixes
from reportgen.text import quoted

#: The tables that scikit-learn carries with it, one target each.
BUNDLED: tuple[str, ...] = ("breast_cancer", "diabetes", "digits", "iris", "wine")

_MOST_FILES = 10_000
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://|(sql|file|data):", re.IGNORECASE)
_PATTERN = re.compile(r"[*?]|\[.+\]")
_SECRET = re.compile(r"[?&;](password|passwd|pwd|token|secret)=|://[^:/]*:[^@]*@", re.IGNORECASE)
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
        path: the file, the folder of images, or the file of a database that is one; None for a bundled table and for
            another database.
        stamp: the file's identity when it was found (device, inode, size, time of change), for `unchanged`.
        url: of the database, with an absolute path where it is a file.
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

    def files(self) -> tuple[Location, ...]:
        """The files of the table, each on its own; `given` ones apart."""
        return (replace(self, more=(), given={}), *self.more)

    def everything(self) -> tuple[Location, ...]:
        """Every file: those of the table, then those of the splits that are kept apart."""
        return (*self.files(), *(file for location in self.given.values() for file in location.files()))


@dataclass(frozen=True)
class Place:
    """Where a path stands in the experiment file, to report problems there."""

    file: str
    line: int | None = None
    column: int | None = None
    key: str = "data.path"

    def refuse(self, kind: type[ReportgenError], what: str, fix: str = "") -> NoReturn:
        raise kind(what, fix, file=self.file, line=self.line, column=self.column, key=self.key)


def resolve(
    path: str, spec_file: Path, line: int | None = None, column: int | None = None, key: str = "data.path"
) -> Location:
    """Find out what `data.path` names, and that it is there; nothing is read but the directory of a zip file.

    Args:
        path: as written: a file, a pattern or a folder relative to the experiment file, the URL of a database, or
            `sklearn:NAME`.
        spec_file: the experiment file; its folder is where relative paths start.
        line, column, key: where the value stands in that file, for the messages.

    Returns:
        The location; of a pattern the first file, with the others in `more`, sorted by name and numbers by size.

    Raises:
        SpecError: the format is unknown, not supported or can execute code; no such bundled table; a password.
        DataError: the file is missing, not a regular file or may not be read; no file fits a pattern.
    """
    place = Place(str(spec_file), line, column, key)
    if path.startswith("sklearn:"):
        return _bundled(path, place)
    if kind := database(path):
        return _database(path, kind, spec_file, place)
    if scheme := _SCHEME.match(path):
        place.refuse(
            SpecError,
            f"{quoted(scheme[0])} is not read: data is a file beside the experiment file",
            "save the table as a file, or use sklearn:NAME for one of scikit-learn's own",
        )
    if _PATTERN.search(path) and not _exists(spec_file.parent / path):
        first, *more = (_file(name, spec_file, place) for name in _matches(path, spec_file, place))
        return replace(first, more=tuple(more))
    return _file(path, spec_file, place)


def unchanged(location: Location) -> None:
    """Make sure that every file is still the one that was found.

    Raises:
        DataError: one was written to, replaced or removed meanwhile.
    """
    for file in location.everything():
        if file.path is None:
            continue
        try:
            same = _stamp(file.path.stat()) == file.stamp
        except OSError:
            same = False
        if not same:
            raise DataError("the file changed during the run", "run again when nothing writes to it", file=file.name)


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key to sort names by, in which `part-10` follows `part-9`."""
    parts = re.split(r"([0-9]+)", name)
    return tuple((1, int(part), part) if part.isascii() and part.isdigit() else (0, 0, part) for part in parts)


def _matches(pattern: str, spec_file: Path, place: Place) -> list[str]:
    """The regular files of a pattern, in natural order."""
    import glob

    found: list[str] = []
    try:
        # Path.glob takes no absolute pattern.
        for name in glob.iglob(pattern, root_dir=spec_file.parent, recursive=True):  # noqa: PTH207
            if (spec_file.parent / name).is_file():
                found.append(name)
            if len(found) > _MOST_FILES:
                place.refuse(LimitExceeded, f"more than {_MOST_FILES:,} files fit {quoted(pattern)}", "join them")
    except (ValueError, OSError, re.error):
        place.refuse(SpecError, f"{quoted(pattern)} is not a pattern of file names", "write one such as part-*.csv")
    if not found:
        place.refuse(DataError, f"no file fits {quoted(pattern)}", "check the pattern; it is relative to this file")
    return sorted(found, key=natural)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _file(path: str, spec_file: Path, place: Place) -> Location:
    found = spec_file.parent / path
    _refuse_code(path, place)
    if _is_folder(found) and "images" in registry.names("loaders"):
        return _folder(path, found, place)
    status = regular_file(path, found, place)
    loader = _loader(packed.member_name(found) if suffixes(path) == ("", ".zip") else path, path, place)
    return Location(loader, found, found.name, _stamp(status))


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _folder(path: str, found: Path, place: Place) -> Location:
    # A symbolic link to a folder above would be walked for ever; os.walk follows none.
    looked = (name for _, _, names in os.walk(found) for name in names)
    if not any(suffixes(name)[0] in PICTURES for name in looked):
        place.refuse(DataError, f"{quoted(path)} is a folder without images", "name a file, or a folder of images")
    return Location("images", found, found.resolve().name or "images", _stamp(found.stat()))


def _database(url: str, kind: str, spec_file: Path, place: Place) -> Location:
    if "sql" not in registry.names("loaders"):
        place.refuse(SpecError, f"{kind} databases are not supported yet", choices())
    from urllib.parse import unquote  # Takes its time, and is wanted for databases alone.

    if _SECRET.search(unquote(url)):
        fix = "leave it out: the driver finds it in its own settings, such as ~/.pgpass, or in its environment"
        place.refuse(SpecError, "the address holds a password, which would stand in every report", fix)
    if any(ord(sign) < 32 for sign in url):
        place.refuse(SpecError, "the address holds a control character", "write it on one line")
    scheme, _, rest = url.partition("://")
    if kind not in FILE_DATABASES:
        name = rest.partition("?")[0].partition("/")[2].rpartition("/")[2]
        return Location("sql", None, f"{kind}:{name}", url=url)
    name, question, query = rest.removeprefix("/").partition("?")
    if not name or name.startswith(":memory:") or not rest.startswith("/"):
        place.refuse(SpecError, f"the address names no file of {kind}", f"write {kind}:///FILE, beside this file")
    found = spec_file.parent / name
    status = regular_file(name, found, place)
    return Location(
        "sql", found, found.name, _stamp(status), url=f"{scheme}:///{found.resolve().as_posix()}{question}{query}"
    )


def _bundled(path: str, place: Place) -> Location:
    name = path.removeprefix("sklearn:")
    if "sklearn" not in registry.names("loaders"):
        place.refuse(SpecError, "scikit-learn's own tables are not supported", choices())
    if name not in BUNDLED:
        what = f"{quoted(name)} is not one of the tables that scikit-learn carries with it"
        if name == "linnerud":
            what = "'linnerud' has three targets at once, which no task here predicts"
        place.refuse(SpecError, what, registry.suggestion(name, BUNDLED))
    return Location("sklearn", None, path)


def _refuse_code(path: str, place: Place) -> None:
    suffix = suffixes(path)[0]
    if suffix in UNSAFE:
        what = f"{quoted(path)} can execute code when it is opened: it is {UNSAFE[suffix]}"
        place.refuse(SpecError, what, "save the table as CSV or Parquet")


def _loader(name: str, path: str, place: Place) -> str:
    """The loader of a file of that name; `path` is how the experiment file calls it, or the archive that holds it."""
    suffix, compression = suffixes(name)
    loader = SUFFIXES.get(suffix)
    if suffix in (".db", ".sqlite", ".sqlite3"):
        fix = f"write sqlite:///{name} with data.query"
        place.refuse(SpecError, f"{quoted(path)} is a database, which a path does not name", fix)
    if loader is None:
        what = (
            f"the suffix {quoted(suffix)} of {quoted(path)} is unknown" if suffix else f"{quoted(path)} has no suffix"
        )
        place.refuse(SpecError, what, choices())
    if loader not in registry.names("loaders"):
        place.refuse(SpecError, f"{suffix} files are not supported yet", choices())
    if (compression or name != path) and loader not in COMPRESSED:
        place.refuse(SpecError, f"{suffix}{compression} is not supported", f"unpack the file; {choices()}")
    return loader


def _stamp(status: os.stat_result) -> tuple[int, ...]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


def regular_file(path: str, found: Path, place: Place) -> os.stat_result:
    """The status of a file that is to be read.

    Args:
        path: as written, for the messages.
        found: where it lies.

    Raises:
        SpecError, DataError: it is missing, not a regular file or may not be read.
    """
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
