"""A finished TensorBoard log that some other program wrote; nothing is trained."""

from __future__ import annotations

import hashlib
import io
import math
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from reportgen.dataset import Source
from reportgen.eventfile.events import Buckets
from reportgen.fitted import Fitted, Logged
from reportgen.models import _event_log, _log_names
from reportgen.models._event_log import EventLog
from reportgen.text import listing, plural, quoted

_BINS = 40
_LARGEST_IMAGE, _SHOWN_SIDE = 16_000_000, 512  # pixels
_PICTURES = ("PNG", "JPEG", "GIF", "BMP")


def read(name: str, files: Mapping[str, Sequence[Path]]) -> tuple[Fitted, Source]:
    """What a log tells of a training, and the files that it was read from.

    Args:
        name: of the folder.
        files: run -> its event files in their order; a run is a folder below that one, "" for the folder itself.

    Raises:
        DataError: a file is damaged or no event file, or nothing is in any.
    """
    log = _event_log.read(files)
    told = list(log.notes)
    scalars = {run: {tag: kept.steps() for tag, kept in tags.scalars.items()} for run, tags in log.runs.items()}
    thinned = sum(kept.offered > len(kept.steps()) for tags in log.runs.values() for kept in tags.scalars.values())
    if thinned:
        told.append(f"of {plural(thinned, 'scalar')} evenly spread steps are shown, as there are too many")
    named, groups = _log_names.history(scalars)
    if len(groups) > 1:
        told.append(f"curves without the name of a run are those of {quoted(groups[0]) if groups[0] else 'the folder'}")
    diverged = _diverged(named)
    shown = _log_names.aligned(dict(_finite(named, told)))
    history = {tag: tuple(steps.values()) for tag, steps in shown.items()}
    fitted = Fitted(
        kind="tensorboard",
        title=f"training logged in {name}",
        parameters=None,
        settings=_settings(log),
        history=history,
        logged=Logged(_histograms(log), dict(_images(log, told)), {tag: tuple(steps) for tag, steps in shown.items()}),
        ended="diverged" if diverged else "completed",
        epoch=len(history["loss"]) if "loss" in history else None,
        epochs=len(history["loss"]) if "loss" in history else None,
        best_epoch=_best(history),
        warnings=tuple(told),
    )
    return fitted, _source(name, log.files)


def _source(name: str, files: list[Source]) -> Source:
    """The log as one source; see `dataset.Source`."""
    lines = "\n".join(f"{file.name} {file.sha256}" for file in files)
    digest = files[0].sha256 if len(files) == 1 else hashlib.sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()
    return Source(name, "tensorboard", sum(file.size for file in files), digest, tuple(files))


def _diverged(named: Mapping[str, Mapping[int, float]]) -> bool:
    """Whether the last loss of the training was no finite number."""
    values = list(named.get("loss", {}).values())
    return bool(values) and not math.isfinite(values[-1])


def _finite(named: Mapping[str, Mapping[int, float]], told: list[str]) -> Iterator[tuple[str, Mapping[int, float]]]:
    for tag, steps in named.items():
        finite = {step: value for step, value in steps.items() if math.isfinite(value)}
        if len(finite) < len(steps):
            told.append(f"{plural(len(steps) - len(finite), 'value')} of {quoted(tag)}, not finite, left out")
        if finite:
            yield tag, finite


def _best(history: Mapping[str, tuple[float, ...]]) -> int | None:
    watched = history.get("val_loss") or history.get("loss")
    return None if not watched or "loss" not in history else 1 + int(np.argmin(watched))


def _settings(log: EventLog) -> dict[str, Any]:
    steps = [step for tags in log.runs.values() for kept in tags.scalars.values() for step in kept.steps()]
    runs = [run or "(the folder itself)" for run in log.runs]
    found = {
        "runs": listing(runs, most=10),
        "event_files": len(log.files),
        "events": log.events,
        "scalars": sum(len(tags.scalars) for tags in log.runs.values()),
        "histograms": sum(len(tags.histograms) for tags in log.runs.values()),
        "images": sum(len(tags.images) for tags in log.runs.values()),
    }
    return {**found, "steps": f"{min(steps)} to {max(steps)}"} if steps else found


def _full(run: str, tag: str, log: EventLog) -> str:
    return f"{run}/{tag}" if run and len(log.runs) > 1 else tag


def _histograms(log: EventLog) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    found = {}
    for run, tags in log.runs.items():
        for tag, kept in tags.histograms.items():
            steps = {step: item for step, item in kept.steps().items() if _usable(item)}
            if steps:
                edges = _edges(list(steps.values()))
                counts = np.array([_spread(item, edges) for item in steps.values()])
                found[_full(run, tag, log)] = (np.array(list(steps)), edges, counts)
    return found


def _usable(item: Buckets) -> bool:
    """Whether a histogram counts anything, between finite limits that are in order."""
    numbers = np.concatenate([item.left, item.right, item.counts])
    return bool(
        len(item.counts)
        and np.isfinite(numbers).all()
        and (np.abs(numbers) < 1e300).all()
        and (item.left <= item.right).all()
        and (item.counts >= 0).all()
        and item.counts.sum() > 0
    )


def _edges(items: list[Buckets]) -> np.ndarray:
    """Bins that all steps share."""
    low = min(item.left[item.counts > 0].min() for item in items)
    high = max(item.right[item.counts > 0].max() for item in items)
    if low == high:
        margin = abs(low) * 0.05 or 0.5
        low, high = low - margin, high + margin
    return np.linspace(low, high, _BINS + 1)


def _spread(item: Buckets, edges: np.ndarray) -> np.ndarray:
    """The counts in other bins, each bucket spread evenly over its width; (b,) with the same sum."""
    wide = item.right > item.left
    known = np.zeros(len(edges))
    for left, right, count in zip(item.left[wide], item.right[wide], item.counts[wide], strict=True):
        known += count * np.clip((edges - left) / (right - left), 0.0, 1.0)
    counts = np.diff(known)
    places = np.clip(np.searchsorted(edges, item.left[~wide], side="right") - 1, 0, len(counts) - 1)
    np.add.at(counts, places, item.counts[~wide])
    return counts


def _images(log: EventLog, told: list[str]) -> Iterator[tuple[str, bytes]]:
    for run, tags in log.runs.items():
        for tag, data in tags.images.items():
            try:
                yield _full(run, tag, log), _png(data)
            except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
                reason = "is too large" if isinstance(error, Image.DecompressionBombError) else "cannot be read"
                told.append(f"the image {quoted(tag)} {reason} and is left out")


def _png(data: bytes) -> bytes:
    """The picture drawn anew as a small PNG, without whatever else its file holds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data), formats=_PICTURES) as picture:
            if picture.width * picture.height > _LARGEST_IMAGE:
                raise Image.DecompressionBombError
            drawn = picture.convert("L" if picture.mode in ("1", "L") else "RGB")
    drawn.thumbnail((_SHOWN_SIDE, _SHOWN_SIDE))
    kept = io.BytesIO()
    drawn.save(kept, "PNG", optimize=True)
    return kept.getvalue()
