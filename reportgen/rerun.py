"""Runs the experiment in a report again, and tells what is not as it was.

The report may come from anybody: what would run code, ask a database or write files wants to be trusted, and a file of
data is opened only to take its hash, until that is the recorded one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from reportgen import api, provenance, source
from reportgen.codec import decode
from reportgen.document import Document, content
from reportgen.errors import DataError, UsageError
from reportgen.formats import database
from reportgen.results import Score
from reportgen.session import Session
from reportgen.source import Location
from reportgen.specfile import Draft, draft_of
from reportgen.text import listing, one_line, quoted

_WRITES = ("save_weights", "tensorboard")
_FOLDERS = ("images", "sql", "sklearn")  # loaders of what is no file


@dataclass(frozen=True)
class Experiment(Draft):
    """The experiment of a report. `table` is the file of the data where it is not the one that `data.path` names."""

    table: Path | None = None
    table_name: str = ""  # as the report calls it
    shown_logo: str = ""  # that of the report; its file is not read again

    def logo(self) -> str:
        return self.shown_logo

    def locate(self) -> Location:
        if self.table is None:
            return super().locate()
        found = source.resolve(self.table.name, self.table.parent / "experiment.yaml", key="--data")
        return replace(found, name=self.table_name)


@dataclass(frozen=True)
class Change:
    """A number or a word that is not as it was; None where there was none, or is none now."""

    name: str
    before: Any
    after: Any


def taken_out(document: Document, folder: Path, data: Path | None = None, trusted: bool = False) -> Experiment:
    """The experiment of a report, ready to run.

    Args:
        folder: where relative paths begin, such as the folder of the report.
        data: the file of the data, or the folder where relative paths begin instead.
        trusted: whether what it names may run code, ask a database and write files.

    Raises:
        DataError: the report is damaged, carries no experiment file, or the data are not those that it was made from.
        UsageError: it wants to be trusted, or `data` cannot stand for several files.
        SpecError: it cannot be read by this version.
    """
    held = document.evidence
    _require_sound(document)
    if not held.spec:
        raise DataError("the report was made from Python and carries no experiment file", "run the program again")
    start = data if data is not None and data.is_dir() else folder
    found = draft_of(held.spec, str(start / _last(held.spec_name)), held.overrides)
    table = data if data is not None and not data.is_dir() else None
    name = str(held.provenance.get("data_name", ""))
    made = Experiment(found.file, found.text, found.written, found.overrides, table, name, document.look.logo)
    if table is not None:
        _require_one_file(made)
    if not trusted:
        _require_harmless(made)
    _require_data(made, held.provenance)
    return made


def _require_sound(document: Document) -> None:
    """Raise DataError where what a new run is held against is no record of a run."""
    held = document.evidence
    try:
        if held.provenance:
            decode(provenance.Provenance, held.provenance, "evidence.provenance")
        decode(tuple[Score, ...], list(held.scores), "evidence.scores")
    except ValueError as error:
        raise DataError(f"a damaged report: {error}", "make the report again") from error


def _last(name: str) -> str:
    """The last part of a name that anybody may have written."""
    last = PurePosixPath(PureWindowsPath(name).name).name
    return last if last not in ("", ".", "..") and len(last) <= 100 else "experiment.yaml"


def _require_one_file(made: Experiment) -> None:
    written = made.written
    if not isinstance(written.get("data", "path"), str) or written.get("data", "test") is not None:
        raise UsageError("the experiment reads several files", "give the folder that they lie in", key="--data")


def _require_harmless(made: Experiment) -> None:
    """Raise UsageError for what a stranger's report may not do."""
    reasons = list(_reasons(made))
    if reasons:
        what = f"this experiment {listing(reasons, most=5)}"
        raise UsageError(what, "read it, and add --trust if you trust whoever made the report")


def _reasons(made: Experiment) -> Iterator[str]:
    written, kind = made.written, made.written.get("model", "kind")
    if kind == "python":
        yield f"runs the code in {quoted(written.get('model', 'path'))}"
    yield from _asked_of_data(made)
    weights = written.get("train", "initial_weights")
    model = written.get("model", "path") if kind == "tensorboard" else None
    yield from (f"reads {quoted(path)}" for path in (model, weights) if path is not None and _leads_out(str(path)))
    for key in _WRITES:
        if written.get("train", key):
            yield f"writes {quoted(written.get('train', key))}"


def _asked_of_data(made: Experiment) -> Iterator[str]:
    """What is no file whose hash would be held against the recorded one: databases, and folders elsewhere."""
    for key in ("path", "validation", "test") if made.has_data else ():
        replaced = key == "path" and made.table is not None
        for path in _paths(made.written.get("data", key)):
            if database(path):
                yield "asks a database"
            elif not replaced and _leads_out(path) and (Path(made.file).parent / path).is_dir():
                yield f"reads the folder {quoted(path)}"


def _paths(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


def _leads_out(path: str) -> bool:
    """Whether a path leads out of the folder that it begins in."""
    return Path(path).is_absolute() or ".." in PurePosixPath(path.replace("\\", "/")).parts


def _require_data(made: Experiment, recorded: Mapping[str, Any]) -> None:
    """Raise DataError where a file is not the one that the report was made from."""
    files = recorded.get("data_files") or {}
    found = [file for file in made.locate().everything() if file.loader not in _FOLDERS] if made.has_data else []
    table = made.model_files().table
    for file in found:
        expected = files.get(file.name) if files else recorded.get("data_sha256")
        _require_hash(file, expected, "--data")
    for file in table.everything() if table else ():
        _require_hash(file, recorded.get("model_sha256"), "model.path")


def _require_hash(file: Location, expected: Any, key: str) -> None:
    assert file.path is not None
    try:
        with file.path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise DataError(f"cannot be read: {reason}", "mend its permissions", file=file.name) from error
    if digest != expected:
        what = f"not the file that the report was made from: SHA-256 {digest[:12]}…, recorded {one_line(expected, 12)}…"
        fix = "give that file with --data" if key == "--data" else "put that file back"
        raise DataError(what, fix, file=file.path.name)


def environment(document: Document) -> tuple[Change, ...]:
    """What is installed here and was not, or the other way round, when the report was made."""
    recorded = document.evidence.provenance
    before = {**recorded.get("packages", {})}
    here = provenance.packages()
    facts = [
        Change("Python", recorded.get("python"), provenance.python()),
        Change("platform", recorded.get("platform"), provenance.system()),
        *(Change(name, before.get(name), here.get(name)) for name in dict.fromkeys((*before, *here))),
    ]
    return tuple(fact for fact in facts if fact.before != fact.after)


def again(made: Experiment, document: Document, session: Session) -> api.Report:
    """Run the experiment; its record names the commit of the experiment file, which is that of the report.

    Raises:
        DataError: the data are not those that the report was made from, which of folders only loading tells.
        ReportgenError: as `api.run` does.
    """
    recorded = document.evidence.provenance
    session.commit = (recorded.get("commit"), recorded.get("dirty"))
    report = api.execute(made, session)
    now, before = report.document.evidence.provenance.get("data_sha256"), recorded.get("data_sha256")
    if now != before:
        what = f"not the data that the report was made from: SHA-256 {one_line(now, 12)}…, {one_line(before, 12)}…"
        raise DataError(what, "give their folder with --data")
    return report


def scores(before: Document, after: Document, tolerance: float = 1e-9) -> tuple[Change, ...]:
    """The values and intervals that are not as they were."""
    first, second = _by_name(before), _by_name(after)
    names = {key: name for key, (name, _) in (*second.items(), *first.items())}
    nothing = ("", None)
    keys = dict.fromkeys((*first, *second))
    found = (Change(names[key], first.get(key, nothing)[1], second.get(key, nothing)[1]) for key in keys)
    return tuple(one for one in found if _differs(one.before, one.after, tolerance))


def _differs(before: Any, after: Any, tolerance: float) -> bool:
    if before is None or after is None:
        return before is not after
    return not abs(before - after) <= tolerance * max(1.0, abs(before), abs(after))


def _by_name(document: Document) -> dict[tuple[str | None, ...], tuple[str, float | None]]:
    """Every value and end of an interval with a name that says what it is; two names may look alike, no two keys do."""
    found: dict[tuple[str | None, ...], tuple[str, float | None]] = {}
    for score in document.evidence.scores:
        of = (score["model"], score["split"], score["metric"], score.get("label"))
        label = f"[{one_line(of[3], 60)}]" if of[3] is not None else ""
        place = of[1] if of[0] == "model" else f"{of[0]}, {of[1]}"
        name = one_line(f"{place}.{of[2]}{label}", 160)
        for end, told in (("value", ""), ("low", ", lower end"), ("high", ", upper end")):
            found[*of, end] = (f"{name}{told}", score.get(end))
    return found


def parts(before: Document, after: Document) -> tuple[str, ...]:
    """The parts of the report that are not as they were, by their names."""
    first, second = content(before), content(after)
    sections = {one["key"]: one for one in first.pop("sections")}, {one["key"]: one for one in second.pop("sections")}
    held = first.pop("evidence"), second.pop("evidence")
    named = [name for name in first if first[name] != second[name]]
    keys = dict.fromkeys((*sections[0], *sections[1]))
    named += [f"section {name}" for name in keys if sections[0].get(name) != sections[1].get(name)]
    return (*named, *(f"evidence: {name}" for name in held[0] if held[0][name] != held[1][name]))
