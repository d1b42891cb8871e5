"""Which inputs move a network's output: gradients with respect to pixels, alone and along a path from a reference."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from reportgen.explained import Attribution
from reportgen.fitted import FitJob
from reportgen.models._histograms import spread

#: X (n, ...) and the place of an output -> that output of each row (n,), and its gradient with respect to X (n, ...).
Slope = Callable[[np.ndarray, int], tuple[np.ndarray, np.ndarray]]
STEPS = 32  # of the path, at the middle of each
_BLOCK = 64  # rows at once, always as many, so that one compiled program serves all
_FEWEST_ROWS, _MOST_ROWS = 5, 16  # of a class; a mean of fewer would tell of single rows
_MOST_CLASSES = 10
_SMALLEST_SIDE = 4
_MOST_CHANNELS = 4


def is_image(shape: tuple[int, ...]) -> bool:
    """Whether a row of this shape is an image, the channels last."""
    return len(shape) == 3 and min(shape[:2]) >= _SMALLEST_SIDE and shape[2] <= _MOST_CHANNELS


def attributions(
    slope: Slope, X: np.ndarray, reference: np.ndarray, job: FitJob, split: str, samples: int, affordable: float
) -> Iterator[Attribution]:
    """Saliency and integrated gradients of image rows X, means over rows of a class, or single rows where allowed.

    Args:
        X: (n, height, width, channels), the rows of `split`.
        reference: (height, width, channels) where the path to each row starts.
        samples: rows that may be shown; with one or more each class is shown by one row.
        affordable: for how many rows gradients may be taken, about.
    """
    groups = list(_groups(job, split, samples))[:_MOST_CLASSES]
    most = int(np.clip(affordable / (STEPS + 1) / max(1, len(groups)), _FEWEST_ROWS, _MOST_ROWS))
    for number, (output, rows) in enumerate(groups):
        single = number < samples
        if not single and len(rows) < _FEWEST_ROWS:
            continue
        chosen = rows[:1] if single else rows[spread(len(rows), most)]
        yield _attribution(slope, X[chosen], reference, output, job, split)


def _groups(job: FitJob, split: str, samples: int) -> Iterator[tuple[int | None, np.ndarray]]:
    """Each output that is explained, and the rows of that class or with that label; all rows where it is a number."""
    y = job.y[split]
    if job.task.is_numeric:
        yield None, np.arange(len(y))
        return
    for code in range(len(job.task.labels)):
        rows = np.flatnonzero(y[:, code] == 1 if y.ndim == 2 else y == code)
        if len(rows) >= (1 if samples else _FEWEST_ROWS):
            yield code, rows


def _attribution(
    slope: Slope, X: np.ndarray, reference: np.ndarray, output: int | None, job: FitJob, split: str
) -> Attribution:
    toward = toward_class(slope, output, job)
    after, gradient = toward(X)
    before, path = integrated(toward, X, reference)
    of = "rows" if output is None else "rows with this label" if job.task.name == "multilabel" else "rows of this class"
    return Attribution(
        output=output,
        rows=len(X),
        image=X.mean(axis=0),
        saliency=np.abs(gradient).max(axis=-1).mean(axis=0),
        integrated=path.sum(axis=-1).mean(axis=0),
        start=before,
        end=float(after.mean()),
        whose=f"one of the {split} {of}" if len(X) == 1 else f"the mean of {len(X)} {split} {of}",
        reference="the mean of the training rows",
    )


Toward = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


def toward_class(slope: Slope, output: int | None, job: FitJob) -> Toward:
    """The probability of a class and its gradient; of two classes the network gives that of the last alone."""
    if job.task.name != "binary":
        return lambda X: slope(X, output or 0)
    if output:
        return lambda X: slope(X, 0)

    def other(X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        values, gradient = slope(X, 0)
        return 1.0 - values, -gradient

    return other


def integrated(toward: Toward, X: np.ndarray, reference: np.ndarray) -> tuple[float, np.ndarray]:
    """The output on the reference, and integrated gradients (n, ...) along the straight path from it to each row.

    Sundararajan, Taly and Yan (2017), "Axiomatic attribution for deep networks", by the midpoint rule: each row's sum
    is, up to the rule's error, its output less that on the reference.
    """
    total = np.zeros(X.shape)
    for step in range(STEPS):
        share = (step + 0.5) / STEPS
        total += toward((reference + share * (X - reference)).astype(X.dtype))[1]
    before = float(toward(reference[None].astype(X.dtype))[0][0])
    return before, (X - reference) * total / STEPS


def in_blocks(slope: Slope) -> Slope:
    """The same for any number of rows, by blocks of one size."""

    def blocked(X: np.ndarray, output: int) -> tuple[np.ndarray, np.ndarray]:
        found = []
        for start in range(0, len(X), _BLOCK):
            part = X[start : start + _BLOCK]
            padded = np.concatenate([part, np.repeat(part[-1:], _BLOCK - len(part), axis=0)])
            found.append([np.asarray(values, float)[: len(part)] for values in slope(padded, output)])
        values, gradients = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return values, gradients

    return blocked
