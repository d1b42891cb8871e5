"""What an archive keeps of a report beside the report itself: all that a list, a filter and the index page need."""

from __future__ import annotations

import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, TypeGuard

from reportgen import gates
from reportgen.archive.settings import Setting, settings
from reportgen.document import Document, encoded
from reportgen.errors import DataError
from reportgen.text import shorten, slug

ENTRY = "entry.json"
FORMAT = 1  # raised when an older reader could not use a newer entry
_LARGEST = 1_000_000  # bytes of an entry
_MOST_METRICS = 500
_ID = re.compile("[0-9a-f]{32}")
_SHA256 = re.compile("[0-9a-f]{64}")
_FILE = re.compile(r"report-[0-9a-f]{12}\.(html|pdf|json)")
#: Names that Windows keeps for devices.
_RESERVED = re.compile("con|prn|aux|nul|com[0-9]|lpt[0-9]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A report in an archive.

    `metrics` are named as in gates: `test.f1`, `linear.f1`; `params` are the keys of the experiment file. `created` is
    when the report was made, "" where it does not say; `added` is when it came here, `added_by` the reportgen that read
    it then, since another version may give it another content id.
    """

    id: str
    file: str
    sha256: str
    size: int  # bytes
    title: str
    experiment: str
    outcome: str
    created: str
    added: str
    added_by: str
    seed: int | None
    seconds: float | None
    data: str
    data_sha256: str
    commit: str
    reportgen: str
    metrics: Mapping[str, float]
    params: Mapping[str, Setting]

    @property
    def place(self) -> str:
        """Its folder within the archive."""
        return f"{folder_name(self.experiment)}/{self.id}"

    @property
    def path(self) -> str:
        """Its report within the archive."""
        return f"{self.place}/{self.file}"

    def to_bytes(self) -> bytes:
        """The entry as JSON in UTF-8."""
        return encoded(json.dumps({"format": FORMAT, **asdict(self)}, ensure_ascii=False, allow_nan=False, indent=1))


def entry_of(document: Document, data: bytes, suffix: str, added: str) -> Entry:
    """The entry of a report whose file holds `data`."""
    evidence, digest = document.evidence, sha256(data)
    origin = evidence.provenance
    versions = origin.get("packages")
    return Entry(
        id=document.content_id,
        file=f"report-{digest[:12]}{suffix}",
        sha256=digest,
        size=len(data),
        title=shorten(document.title, 300),
        experiment=_experiment(document),
        outcome=document.outcome,
        created=shorten(document.stamp.created, 40),
        added=added,
        added_by=_version(),
        seed=document.seed,
        seconds=_total(document.stamp.seconds.values()),
        data=_text(origin.get("data_name")),
        data_sha256=_text(origin.get("data_sha256")),
        commit=_text(origin.get("commit")),
        reportgen=_text(versions.get("reportgen")) if isinstance(versions, Mapping) else "",
        metrics=dict(list(_metrics(evidence.scores))[:_MOST_METRICS]),
        params=settings(evidence.spec, evidence.overrides),
    )


def from_bytes(data: bytes, name: str) -> Entry:
    """The entry in a file.

    Raises:
        DataError: it is damaged, of a newer format, or names what no entry of ours names.
    """
    try:
        plain = json.loads(data) if len(data) <= _LARGEST else None
        if not isinstance(plain, dict):
            raise _damaged(name)
        written = plain.pop("format")
        if type(written) is int and written > FORMAT:
            raise DataError("written by a newer reportgen", "update reportgen", file=name)
        if written != FORMAT or plain.keys() != {field.name for field in fields(Entry)}:
            raise _damaged(name)
        entry = Entry(**plain)
        if not _is_sound(entry):
            raise _damaged(name)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise _damaged(name) from error
    return entry


@cache
def folder_name(experiment: str) -> str:
    """The name of an experiment's folder: safe on every disk, and another one where letters were lost in it."""
    plain = unicodedata.normalize("NFC", experiment)
    name = slug(plain)
    if _RESERVED.fullmatch(name):
        name += "-x"
    lossless = re.sub("[^a-z0-9]+", "-", plain.casefold()).strip("-") == name
    only_signs_lost = not any(sign.isalnum() and not sign.isascii() for sign in plain)
    return name if lossless and only_signs_lost else f"{name}-{sha256(encoded(plain))[:8]}"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@cache
def _version() -> str:
    try:
        return version("reportgen")
    except PackageNotFoundError:  # run from a folder
        return ""


def _experiment(document: Document) -> str:
    """What reports over time belong together by: their title, or the name of the experiment file where it has none."""
    title = document.title.strip()
    name = document.evidence.spec_name.rpartition(".")[0] or document.evidence.spec_name
    return shorten(unicodedata.normalize("NFC", name if title in ("", "Experiment") else title), 300)


def _metrics(scores: tuple[Mapping[str, Any], ...]) -> Iterator[tuple[str, float]]:
    """Every score that is not of one class alone, as gates name it."""
    for score in scores:
        value = score.get("value")
        split, metric, model = (str(score.get(key) or "model") for key in ("split", "metric", "model"))
        if score.get("label") is None and _is_finite(value):
            yield shorten(gates.score_name(split, metric, model), 80), float(value)


def _total(seconds: Iterable[float]) -> float | None:
    """The sum of what is known; None where nothing is, or where it is no time at all."""
    known = [float(value) for value in seconds if _is_finite(value)]
    try:
        return round(math.fsum(known), 3) if known else None
    except OverflowError:
        return None


def _text(value: object) -> str:
    return shorten(value, 120) if isinstance(value, str) else ""


def _is_finite(value: object) -> TypeGuard[float]:
    """Whether it is a number that a page can show: JSON also knows NaN, infinity, and integers beyond every float."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def _is_setting(value: object) -> bool:
    return value is None or isinstance(value, (str, bool)) or _is_finite(value)


def _is_sound(entry: Entry) -> bool:
    """Whether every value is of its type, and no name leads out of the archive."""
    texts = (
        "title",
        "experiment",
        "outcome",
        "created",
        "added",
        "added_by",
        "data",
        "data_sha256",
        "commit",
        "reportgen",
    )
    return (
        all(isinstance(getattr(entry, name), str) for name in (*texts, "id", "file", "sha256"))
        and bool(_ID.fullmatch(entry.id) and _FILE.fullmatch(entry.file) and _SHA256.fullmatch(entry.sha256))
        and type(entry.size) is int
        and (entry.seed is None or type(entry.seed) is int)
        and (entry.seconds is None or _is_finite(entry.seconds))
        and isinstance(entry.metrics, dict)
        and all(_is_finite(value) for value in entry.metrics.values())
        and isinstance(entry.params, dict)
        and all(_is_setting(value) for value in entry.params.values())
    )


def _damaged(name: str) -> DataError:
    return DataError("a damaged entry", "remove its folder, and add the report again", file=name)
