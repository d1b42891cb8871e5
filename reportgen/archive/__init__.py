"""A folder of reports that needs no server: each under its experiment and content id, with a static index page.

    DIR/index.html                                  the page, made by `write_index`
    DIR/<experiment>/<content id>/entry.json        what the page and the list show of a report
    DIR/<experiment>/<content id>/report-<hash>.html   the report as it was given

What has been added is never changed: the entry is written once and last, or takes its name together with the report.
So readers need no lock, writers do not wait for each other, and adding costs the same however many reports there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from reportgen import api, provenance, registry
from reportgen.archive.entry import ENTRY, entry_of, from_bytes, sha256
from reportgen.archive.entry import Entry as Entry
from reportgen.document import Document
from reportgen.errors import DataError, Problem, ReportgenError, UsageError
from reportgen.text import quoted

INDEX = "index.html"
_ENTRIES_AT_ONCE = 500


class Folder(Protocol):
    """Where an archive lies. Places are `<experiment>/<content id>`, files in them have plain names."""

    @property
    def name(self) -> str:
        """As the user wrote it, for messages."""
        ...

    def prepare(self) -> None:
        """Make sure that it can be written, making the folder itself where it is missing."""
        ...

    def listing(self) -> Mapping[str, Mapping[str, int]]:
        """Place -> name of a file -> its bytes, of everything that could be a report."""
        ...

    def has(self, place: str) -> bool:
        """Whether a report stands there, whole."""
        ...

    def store(self, place: str, files: Mapping[str, bytes]) -> bool:
        """Put files at a place that appears whole or not at all; False where a report stands there already."""
        ...

    def read(self, paths: list[str]) -> Mapping[str, bytes | None]:
        """The bytes of files, None for one that cannot be read."""
        ...

    def replace(self, name: str, data: bytes) -> None:
        """Write a file at the top of the archive, in place of an older one."""
        ...

    def exclusive(self) -> AbstractContextManager[None]:
        """Hold the archive's index alone."""
        ...


@dataclass(frozen=True, slots=True)
class Added:
    """A report that was to be added: its entry, and whether it is new."""

    entry: Entry
    path: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Contents:
    """What an archive holds, oldest first, and what in it cannot be used."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]


def opened(name: str) -> Folder:
    """The archive at a path, or at a URL that fsspec knows, such as `s3://bucket/folder`."""
    scheme, separator, rest = name.partition("://")
    if not separator or scheme == "file":
        from reportgen.archive.local import LocalFolder

        return LocalFolder(Path(rest if separator else name), name)
    from reportgen.archive.remote import RemoteFolder

    return RemoteFolder(name)


def existing(name: str) -> Folder:
    """As `opened`, of an archive to read.

    Raises:
        DataError: there is no such folder.
    """
    path = name.removeprefix("file://")
    if "://" not in path and not Path(path).is_dir():
        raise DataError("there is no such folder", "add a report with: reportgen archive add", file=name)
    return opened(name)


def add(folder: Folder, source: Path) -> Added:
    """Store a report file (.html, .pdf, .json), as it is.

    Raises:
        UsageError: no report of this format can be read.
        DataError: the file is no report, or it is there already, and damaged.
        OutputError: the archive cannot be written; nothing has changed there.
    """
    unit = api.output(source)
    if not hasattr(unit, "read"):
        raise UsageError(f"{quoted(source.name)} cannot be read back", "give the report's .html, .pdf or .json")
    data = api.file_bytes(source)
    return add_document(folder, unit.read(data, source.name), data, source.suffix.lower())


def add_document(folder: Folder, document: Document, data: bytes | None = None, suffix: str = ".html") -> Added:
    """Store a report whose file holds `data`, or its page where there is no file. Raises as `add` does."""
    data = registry.load("outputs", "html").to_bytes(document) if data is None else data
    entry = entry_of(document, data, suffix, _now())
    is_new = folder.store(entry.place, {entry.file: data, ENTRY: entry.to_bytes()})
    if not is_new:
        entry = _standing(folder, entry.place)
    return Added(entry, entry.path, is_new)


def contents(folder: Folder) -> Contents:
    """Every entry whose report is there, oldest first; reads the entries alone, not the reports."""
    listing = folder.listing()
    whole = [place for place, files in listing.items() if ENTRY in files]
    entries: list[Entry] = []
    problems: list[Problem] = []
    for at in range(0, len(whole), _ENTRIES_AT_ONCE):
        found = _read(folder, whole[at : at + _ENTRIES_AT_ONCE])
        problems += found.problems
        for entry in found.entries:
            if problem := _fault(entry, listing[entry.place], folder.name):
                problems.append(problem)
            else:
                entries.append(entry)
    entries.sort(key=lambda entry: (entry.created or entry.added, entry.added, entry.id))
    return Contents(tuple(entries), tuple(sorted(problems, key=lambda problem: problem.file)))


def write_index(folder: Folder) -> Contents:
    """Make the index page anew and return what it shows.

    Raises:
        ArchiveBusy: another process is making it.
        OutputError: it cannot be written; the old one stands.
    """
    with folder.exclusive():
        found = contents(folder)
        folder.replace(INDEX, index_page(found.entries))
        return found


def index_page(entries: tuple[Entry, ...]) -> bytes:
    """The page of these entries."""
    from reportgen.archive.page import to_html  # loads the templates

    return to_html(entries).encode(errors="backslashreplace")


def verify(folder: Folder) -> Iterator[Problem | Entry]:
    """Read every report and its entry: each entry whose report is as it was added, and what is wrong with others."""
    found = contents(folder)
    yield from found.problems
    for entry in found.entries:
        yield _verified(folder, entry) or entry


def unfinished(folder: Folder) -> list[str]:
    """Places without an entry: what a writer that was stopped has left in an object store, or is just writing."""
    return sorted(place for place, files in folder.listing().items() if ENTRY not in files)


def _now() -> str:
    """The moment in ISO 8601, UTC; SOURCE_DATE_EPOCH where it is set."""
    epoch = provenance.source_date_epoch()
    moment = datetime.now(UTC) if epoch is None else datetime.fromtimestamp(epoch, UTC)
    return moment.isoformat(timespec="seconds")


def _standing(folder: Folder, place: str) -> Entry:
    """The entry at a place where a report stands. Raises DataError where that is not as it was added."""
    found = _read(folder, [place])
    if found.problems:
        raise DataError.of(found.problems)
    (entry,) = found.entries
    data = folder.read([entry.path])[entry.path]
    if data is None or sha256(data) != entry.sha256:
        what, fix = "stands in the archive, but damaged", "remove its folder, and add the report again"
        raise DataError(what, fix, file=f"{folder.name}/{entry.path}")
    return entry


def _read(folder: Folder, places: list[str]) -> Contents:
    paths = {f"{place}/{ENTRY}": place for place in places}
    entries: list[Entry] = []
    problems: list[Problem] = []
    for path, data in folder.read(list(paths)).items():
        try:
            entry = from_bytes(data or b"", path)
            if entry.place != paths[path]:
                raise DataError("the entry belongs to another place", "add the report again", file=path)
            entries.append(entry)
        except ReportgenError as error:
            problems += _beside(error, folder.name)
    return Contents(tuple(entries), tuple(problems))


def _fault(entry: Entry, files: Mapping[str, int], folder: str) -> Problem | None:
    """What can be seen of a report without reading it."""
    path = f"{folder}/{entry.path}"
    if entry.file not in files:
        return Problem("the report is missing", "remove its folder, and add the report again", file=path)
    if files[entry.file] != entry.size:
        what = f"the report has {files[entry.file]:,} bytes, and had {entry.size:,} when it was added"
        return Problem(what, "remove its folder, and add the report again", file=path)
    return None


def _verified(folder: Folder, entry: Entry) -> Problem | None:
    path = f"{folder.name}/{entry.path}"
    data = folder.read([entry.path])[entry.path]
    if data is None:
        return Problem("the report cannot be read", "check its permissions", file=path)
    if sha256(data) != entry.sha256:
        return Problem("the report is not as it was added", "remove its folder, and add the report again", file=path)
    try:
        unit = api.output(Path(entry.file))
        anew = entry_of(unit.read(data, entry.file), data, Path(entry.file).suffix, entry.added)
    except ReportgenError as error:
        return _beside(error, folder.name, entry.path)[0]
    if anew.added_by == entry.added_by and anew != entry:
        what = "the entry says something else than its report"
        return Problem(what, "remove its folder, and add the report again", file=f"{folder.name}/{entry.place}/{ENTRY}")
    return None


def _beside(error: ReportgenError, folder: str, path: str = "") -> list[Problem]:
    """The problems of a file in the archive, with the archive's name before the file's."""
    return [Problem(one.what, one.fix, f"{folder}/{path or one.file}") for one in error.problems]
