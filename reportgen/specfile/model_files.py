"""What `model.path` names: a file of predictions, a Python file or the folder of a log; found without reading them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

from reportgen import source
from reportgen.errors import DataError, LimitExceeded, ReportgenError, SpecError
from reportgen.formats import database
from reportgen.source import Location, Place, natural
from reportgen.specfile import factory
from reportgen.specfile.schema import Written
from reportgen.text import quoted

_MOST_FILES, _MOST_BYTES = 1000, 2_000_000_000


@dataclass(frozen=True)
class ModelFiles:
    """The files of a model from elsewhere.

    Attributes:
        table: the file of predictions.
        script: the Python file.
        log: run -> its event files in their order; a run is a folder below that of the log, "" for that folder itself.
        name: of the log's folder.
    """

    table: Location | None = None
    script: Path | None = None
    log: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    name: str = ""

    def paths(self) -> tuple[Path, ...]:
        tables = [file.path for file in self.table.everything() if file.path] if self.table else []
        return (*tables, *([self.script] if self.script else []), *(path for run in self.log.values() for path in run))


def find(written: Written, file: str) -> ModelFiles:
    """The files that the model is made of.

    Args:
        file: the experiment file.

    Raises:
        SpecError: a file of the wrong kind; a Python file without the factory, or with one that takes other arguments.
        DataError: a file is missing or may not be read; a folder without event files.
        LimitExceeded: too many event files.
    """
    kind, path = written.get("model", "kind"), written.get("model", "path")
    if path is None or kind not in _FINDERS:
        return ModelFiles()
    mark = written.places["model", "path"][1]
    place = Place(file, mark.line, mark.column, "model.path")
    try:
        return _FINDERS[kind](path, Path(file), place, written)
    except ReportgenError as error:
        # A path from the command line is no part of the file.
        raise type(error).of(
            replace(problem, file=mark.file) if problem.file == file else problem for problem in error.problems
        ) from None


def _table(path: str, spec_file: Path, place: Place, _written: Written) -> ModelFiles:
    if path.startswith("sklearn:") or database(path):
        place.refuse(SpecError, f"{quoted(path)} is no file of predictions", "name a file, such as predictions.csv")
    found = source.resolve(path, spec_file, place.line, place.column, place.key)
    if found.more or found.loader == "images":
        place.refuse(SpecError, f"{quoted(path)} is not one file", "name a single table, such as predictions.csv")
    return ModelFiles(table=found)


def _script(path: str, spec_file: Path, place: Place, written: Written) -> ModelFiles:
    if not path.endswith(".py"):
        place.refuse(SpecError, f"{quoted(path)} is no Python file", "name one that ends in .py")
    found = spec_file.parent / path
    source.regular_file(path, found, place)
    factory.require(found, written)
    return ModelFiles(script=found)


def _log(path: str, spec_file: Path, place: Place, _written: Written) -> ModelFiles:
    folder = spec_file.parent / path
    try:
        exists, is_folder = folder.exists(), folder.is_dir()
    except (OSError, ValueError):
        place.refuse(SpecError, f"{quoted(path)} is not a file name", "name the folder of the log")
    if not exists:
        fix = "check the name; it is relative to the experiment file"
        place.refuse(DataError, f"{quoted(path)} does not exist", fix)
    if not is_folder:
        place.refuse(DataError, f"{quoted(path)} is no folder", "name the folder that holds the event files")
    runs = _runs(folder, path, place)
    if not runs:
        place.refuse(DataError, f"there is no event file in {quoted(path)}", "name the folder of a TensorBoard log")
    return ModelFiles(log=runs, name=folder.resolve().name or "log")


def _runs(folder: Path, path: str, place: Place) -> dict[str, tuple[Path, ...]]:
    """Run -> its event files; links to folders are not followed, since one may lead above."""

    def unreadable(error: OSError) -> NoReturn:
        reason = (error.strerror or "unknown reason").lower()
        place.refuse(DataError, f"{quoted(path)} cannot be read: {reason}", "mend its permissions")

    found: dict[str, tuple[Path, ...]] = {}
    files = size = 0
    for where, _, names in os.walk(folder, onerror=unreadable):
        events = [Path(where) / name for name in sorted(names, key=natural) if "tfevents" in name]
        for event in events:
            size += source.regular_file(event.name, event, place).st_size
        files += len(events)
        if files > _MOST_FILES or size > _MOST_BYTES:
            what = f"{quoted(path)} holds more than {_MOST_FILES:,} event files or {_MOST_BYTES:,} bytes of them"
            place.refuse(LimitExceeded, what, "name the folder of a single run")
        if events:
            run = Path(where).relative_to(folder).as_posix()
            found["" if run == "." else run] = tuple(events)
    return dict(sorted(found.items(), key=lambda item: natural(item[0])))


_FINDERS = {"predictions": _table, "python": _script, "tensorboard": _log}
