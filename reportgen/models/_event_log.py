"""The event files of a log -> what each run says of each tag, in bounded memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from reportgen.dataset import Source
from reportgen.errors import DataError
from reportgen.eventfile.events import Buckets, Decoder, Value
from reportgen.eventfile.framing import Damaged, Truncated, payloads
from reportgen.eventfile.wire import Malformed
from reportgen.text import listing, plural, quoted

#: Tags of each sort that are taken from a log; steps of a scalar and of a histogram, twice as many at most.
MOST_SCALARS, MOST_HISTOGRAMS, MOST_IMAGES = 200, 24, 12
_MOST_STEPS, _MOST_HISTOGRAM_STEPS = 1000, 6
_LARGEST_RECORD = 32_000_000
_KEY = "model.path"

T = TypeVar("T")


@dataclass
class Thinned(Generic[T]):
    """A value a step, evenly thinned where there are many; the last one stays. A step that comes again replaces."""

    most: int
    _kept: dict[int, T] = field(default_factory=dict)
    _last: dict[int, T] = field(default_factory=dict)
    _stride: int = 1
    offered: int = 0

    def add(self, step: int, value: T) -> None:
        if self.offered % self._stride == 0 or step in self._kept:
            self._kept[step] = value
        self.offered += 1
        self._last = {step: value}
        if len(self._kept) > 2 * self.most:
            self._stride *= 2
            self._kept = dict(sorted(self._kept.items())[::2])

    def steps(self) -> dict[int, T]:
        """The values in the order of their steps."""
        return dict(sorted({**self._kept, **self._last}.items()))


@dataclass
class Tags:
    """What one run wrote, by tag; `images` are files, of the last step each."""

    scalars: dict[str, Thinned[float]] = field(default_factory=dict)
    histograms: dict[str, Thinned[Buckets]] = field(default_factory=dict)
    images: dict[str, bytes] = field(default_factory=dict)


@dataclass
class EventLog:
    """A whole log: what each run wrote, the files with their hashes, and what the reader should know."""

    runs: dict[str, Tags] = field(default_factory=dict)
    files: list[Source] = field(default_factory=list)
    events: int = 0
    notes: list[str] = field(default_factory=list)
    _left: dict[str, int] = field(
        default_factory=lambda: {"scalars": MOST_SCALARS, "histograms": MOST_HISTOGRAMS, "images": MOST_IMAGES}
    )
    _refused: dict[str, set[tuple[str, str]]] = field(default_factory=dict)

    def add(self, run: str, value: Value) -> None:
        tags = self.runs[run]
        if isinstance(value.content, float):
            self._take("scalars", run, value.tag, tags.scalars, lambda: Thinned(_MOST_STEPS), value)
        elif isinstance(value.content, Buckets):
            made: Callable[[], Thinned[Buckets]] = lambda: Thinned(_MOST_HISTOGRAM_STEPS)  # noqa: E731
            self._take("histograms", run, value.tag, tags.histograms, made, value)
        elif value.tag in tags.images or self._may("images", run, value.tag):
            tags.images[value.tag] = value.content

    def _take(self, sort: str, run: str, tag: str, into: dict, make: Callable[[], Thinned], value: Value) -> None:  # type: ignore[type-arg]
        if tag not in into and self._may(sort, run, tag):
            into[tag] = make()
        if tag in into:
            into[tag].add(value.step, value.content)

    def _may(self, sort: str, run: str, tag: str) -> bool:
        """Whether there is room for one tag more of a sort."""
        if self._left[sort]:
            self._left[sort] -= 1
            return True
        refused = self._refused.setdefault(sort, set())
        if len(refused) < 10_000:
            refused.add((run, tag))
        return False

    def close(self) -> None:
        for sort, tags in self._refused.items():
            self.notes.append(f"the log has {plural(len(tags), 'tag')} of {sort} more than are shown")


def read(files: Mapping[str, Sequence[Path]]) -> EventLog:
    """Everything in the event files.

    Args:
        files: run -> its files in their order.

    Raises:
        DataError: a file is damaged, is no event file or cannot be read; or nothing is in any.
    """
    log = EventLog()
    for run, paths in files.items():
        log.runs[run] = Tags()
        decoder = Decoder()
        for path in paths:
            _read_file(path, run, decoder, log)
    log.close()
    if not any(tags.scalars or tags.histograms or tags.images for tags in log.runs.values()):
        names = listing((quoted(file.name) for file in log.files), most=3)
        fix = "name the folder of a log that holds some"
        raise DataError(f"there are no scalars, histograms or images in {names}", fix, key=_KEY)
    return log


def _read_file(path: Path, run: str, decoder: Decoder, log: EventLog) -> None:
    digest, size, skipped = hashlib.sha256(), 0, 0

    def seen(data: bytes) -> None:
        nonlocal size
        size += len(data)
        digest.update(data)

    name = f"{run}/{path.name}" if run else path.name
    try:
        with path.open("rb") as file:
            for payload in payloads(file, _LARGEST_RECORD, seen):
                log.events += 1
                skipped += payload is None
                for value in decoder.values(payload) if payload is not None else ():
                    log.add(run, value)
    except Truncated:
        log.notes.append(f"{quoted(name)} ends in the middle of a record; what stands before it was read")
    except (Damaged, Malformed) as error:
        raise _damaged(error, name, log.events) from error
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise DataError(f"{quoted(name)} cannot be read: {reason}", "mend its permissions", key=_KEY) from error
    if skipped:
        log.notes.append(
            f"{plural(skipped, 'record')} of {quoted(name)} of more than {_LARGEST_RECORD:,} bytes passed over"
        )
    log.files.append(Source(name, "tensorboard", size, digest.hexdigest()))


def _damaged(error: Damaged | Malformed, name: str, events: int) -> DataError:
    if isinstance(error, Damaged) and error.at == 0:
        return DataError(f"{quoted(name)} is no event file", "take it out of the folder", key=_KEY)
    where = f"at byte {error.at:,}" if isinstance(error, Damaged) else f"in record {events:,}"
    return DataError(f"{quoted(name)} is damaged {where}", "restore it, or take it out of the folder", key=_KEY)
