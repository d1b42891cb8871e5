"""Where the data lie, of everything that an experiment file names: lists of files, and splits kept apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from reportgen import source
from reportgen.errors import ReportgenError, SpecError
from reportgen.source import Location, Place
from reportgen.specfile.schema import Written, dotted
from reportgen.text import quoted


def locate(written: Written, file: str) -> Location:
    """Everything that `data.path`, `data.validation` and `data.test` name.

    Args:
        file: the experiment file.

    Raises:
        SpecError, DataError: as `source.resolve` does; a file named twice; a bundled table among files.
    """
    location = _joined(_named(written, file, "path"))
    given = {}
    for split in ("validation", "test"):
        if written.get("data", split) is not None:
            found = _named(written, file, split)
            given[split] = (_joined(found), found[0][1])
    return _apart(location, given)


def _named(written: Written, file: str, key: str) -> list[tuple[Location, Place]]:
    value = written.get("data", key)
    paths = (
        [(("data", key), value)]
        if isinstance(value, str)
        else [(("data", key, position), name) for position, name in enumerate(value)]
    )
    found = []
    for path, name in paths:
        mark = written.places[path][1]
        try:
            location = source.resolve(name, Path(file), mark.line, mark.column, dotted(path))
        except ReportgenError as error:
            # A path from the command line is no part of the file.
            raise type(error).of(replace(problem, file=mark.file) for problem in error.problems) from None
        found.append((location, Place(mark.file, mark.line, mark.column, dotted(path))))
    return found


def _joined(found: Sequence[tuple[Location, Place]]) -> Location:
    """Several files as one table, in their order.

    Raises:
        SpecError: a bundled table among them, or one file named twice.
    """
    files = [(file, place) for location, place in found for file in location.files()]
    if len(files) > 1:
        for file, place in files:
            if file.loader == "sklearn":
                place.refuse(SpecError, f"{quoted(file.name)} is a table of its own", "name files, or it alone")
    _require_different(files)
    return replace(files[0][0], more=tuple(file for file, _ in files[1:]))


def _apart(location: Location, given: Mapping[str, tuple[Location, Place]]) -> Location:
    """The table with the files of its validation and test rows.

    Raises:
        SpecError: a file stands in two of them, or a bundled table in any.
    """
    for found, place in given.values():
        if "sklearn" in (location.loader, found.loader):
            place.refuse(SpecError, "a bundled table has no files kept apart", "remove it; split: draws the rows")
    here = Place("")
    everything = [(file, place) for found, place in given.values() for file in found.files()]
    _require_different([*((file, here) for file in location.files()), *everything])
    return replace(location, given={split: found for split, (found, _) in given.items()})


def _require_different(files: Sequence[tuple[Location, Place]]) -> None:
    seen: set[tuple[object, str]] = set()
    for file, place in files:
        identity = (file.stamp[:2], file.url) if file.stamp else (file.name, file.url)
        # A database may hold the rows of every split, told apart by nothing that stands here.
        if identity in seen:
            place.refuse(SpecError, f"{quoted(file.name)} is named twice: its rows would count twice", "name it once")
        seen.add(identity)
