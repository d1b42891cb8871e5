"""The epochs of a training: order of rows, history, events, and the ways to end. Knows no framework."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

import numpy as np

from reportgen.spec import Train

Emit = Callable[[Mapping[str, Any]], bool]
_SECONDS_BETWEEN_EVENTS = 0.1


@dataclass(frozen=True)
class Rows:
    """One split as a network takes it: X (n, *input shape), y (n, n_outputs) codes, zeros and ones or scaled values."""

    X: np.ndarray
    y: np.ndarray

    def __len__(self) -> int:
        return len(self.X)


class Trainer(Protocol):
    """A network that can be trained in steps, on whichever backend."""

    def batches(self, order: np.ndarray) -> Iterator[float]:
        """Train on the training rows in this order; yields the share of them that is done, now and then."""

    def running(self) -> tuple[float, float]:
        """Loss and metric over the rows since `batches` began, each batch weighted by its rows as Keras does."""

    def measure(self, rows: Rows) -> tuple[float, float]:
        """Mean loss and metric of rows without training; penalties are in the loss, class weights are not."""

    def snapshot(self) -> Any:
        """Weights and other state as they are now, for `restore`; later training leaves this value alone."""

    def learning_rate(self) -> float:
        """That of the last step."""


class Watch(Protocol):
    """Whoever looks at a training at the end of its epochs."""

    def begin(self) -> None: ...

    def epoch(self, number: int, row: Mapping[str, float]) -> bool:
        """Look at an epoch, counted from 1; whether the training should end."""

    def end(self, number: int) -> None:
        """The training ended with this epoch."""


@dataclass
class Course:
    """How a training went. `history` holds finite values alone; `best` are the weights of `best_epoch`."""

    metric: str
    history: dict[str, list[float]] = field(default_factory=dict)
    ended: Literal["completed", "early", "interrupted", "diverged"] = "completed"
    epoch: int = 0
    best_epoch: int | None = None
    best: Any = None
    _lowest: float = math.inf
    _target: float = math.inf  # the loss that counts as improvement for early stopping
    waited: int = 0

    def record(self, row: Mapping[str, float], trainer: Trainer, min_delta: float) -> None:
        for name, value in row.items():
            self.history.setdefault(name, []).append(value)
        watched = row.get("val_loss", row["loss"])
        if watched < self._lowest:
            self._lowest, self.best_epoch, self.best = watched, self.epoch, trainer.snapshot()
        improved = watched < self._target
        self.waited = 0 if improved else self.waited + 1
        self._target = watched - min_delta if improved else self._target


class _Pulse:
    """Events to the listener, ten a second at most; remembers when it asks to stop."""

    def __init__(self, emit: Emit | None, epochs: int) -> None:
        self._emit, self._epochs, self._last = emit, epochs, -math.inf
        self.stopped = False

    @property
    def due(self) -> bool:
        return self._emit is not None and time.monotonic() - self._last >= _SECONDS_BETWEEN_EVENTS

    def send(self, epoch: int, share: float, values: Mapping[str, float]) -> None:
        if self._emit is not None:
            self._last = time.monotonic()
            self.stopped = not self._emit({"epoch": epoch, "epochs": self._epochs, "share": share, **values})


def train(
    trainer: Trainer,
    plan: Train,
    n_rows: int,
    validation: Rows | None,
    metric: str,
    seed: int,
    emit: Emit | None,
    watch: Watch | None = None,
) -> Course:
    """Run the epochs.

    Every epoch takes all rows in a new order. Early stopping counts epochs whose watched loss (validation, or training
    where there is no validation split) is not below the last improvement by more than `min_delta`, as in
    keras.callbacks.EarlyStopping. An epoch that is cut short is recorded with the rows that it saw; one whose loss is
    not finite ends the training and is left out of the history.

    The history has the learning rate of each epoch's last step, and the seconds that it took with its validation
    unless SOURCE_DATE_EPOCH asks for equal bytes. Events carry `epoch`, `epochs`, `share` of the epoch done, `loss`,
    and `val_loss` once an epoch is whole.
    """
    course, pulse, rng = Course(metric), _Pulse(emit, plan.epochs), np.random.default_rng((seed, 1))
    if watch is not None:
        watch.begin()
    for course.epoch in range(1, plan.epochs + 1):
        began = time.perf_counter()
        whole = _one_epoch(trainer, rng.permutation(n_rows), pulse, course.epoch)
        row = _measured(trainer, validation, metric)
        if not all(map(math.isfinite, row.values())):
            course.ended = "diverged"
            break
        row |= _of_the_epoch(trainer, began)
        if _ends(course, row, trainer, plan, pulse, watch, whole):
            break
    if watch is not None:
        watch.end(course.epoch)
    return course


def _ends(
    course: Course,
    row: dict[str, float],
    trainer: Trainer,
    plan: Train,
    pulse: _Pulse,
    watch: Watch | None,
    whole: bool,
) -> bool:
    """Record an epoch and tell of it; whether it is the last one."""
    stopping = plan.early_stopping
    course.record(row, trainer, stopping.min_delta if stopping else 0.0)
    unwanted = watch is not None and watch.epoch(course.epoch, row)
    last = course.epoch == plan.epochs
    if pulse.due or last:
        pulse.send(course.epoch, 1.0, row)
    if last and whole:
        return True
    if pulse.stopped:
        course.ended = "interrupted"
    elif unwanted or (stopping is not None and course.waited >= stopping.patience):
        course.ended = "early"
    return course.ended != "completed"


def _one_epoch(trainer: Trainer, order: np.ndarray, pulse: _Pulse, epoch: int) -> bool:
    """Whether the epoch ran to its end: it stops at the end of a batch when asked to, or when the loss is lost."""
    for share in trainer.batches(order):
        if share < 1.0 and pulse.due:
            loss, _ = trainer.running()
            if not math.isfinite(loss):
                return False
            pulse.send(epoch, share, {"loss": loss})
            if pulse.stopped:
                return False
    return True


def _measured(trainer: Trainer, validation: Rows | None, metric: str) -> dict[str, float]:
    row = dict(zip(("loss", metric), trainer.running(), strict=True))
    if validation is not None and math.isfinite(row["loss"]):
        row.update(zip(("val_loss", f"val_{metric}"), trainer.measure(validation), strict=True))
    return row


def _of_the_epoch(trainer: Trainer, began: float) -> dict[str, float]:
    # Rates have 32 bits; told is the shortest decimal that stands for one: 0.001, not 0.0010000000475.
    told = {"learning_rate": float(str(np.float32(trainer.learning_rate())))}
    return told if os.environ.get("SOURCE_DATE_EPOCH") else told | {"seconds": time.perf_counter() - began}
