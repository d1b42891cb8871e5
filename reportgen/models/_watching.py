"""Who looks at a network at the ends of epochs: the courses of its weights, event files, Keras's callbacks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.fitted import FitJob, LayerCourse
from reportgen.models._callbacks import Callbacks
from reportgen.models._courses import Recorder
from reportgen.models._histograms import spread
from reportgen.models._loop import Rows

if TYPE_CHECKING:
    from reportgen.models._events import Events

_SAMPLE_ROWS = 256  # of which gradients are
_MOST_VALUES = 4_000_000  # of that sample


class Watch:
    """One training watched. See `_loop.Watch` for what the methods promise."""

    def __init__(self, network: Any, trainer: Any, job: FitJob, rows: Rows, callbacks: list[Any]) -> None:
        self._trainer, self._recorder = trainer, Recorder(network, job.train.epochs)
        self._sample, self._recorded = _sample(rows), 0
        self._records = job.shown or job.train.tensorboard is not None
        self._callbacks = Callbacks(callbacks, network, trainer, job.train.epochs) if callbacks else None
        self._events: Events | None = None
        if job.train.tensorboard is not None:
            from reportgen.models._events import Events

            self._events = Events(Path(job.folder) / job.train.tensorboard)

    @property
    def sample_rows(self) -> int:
        """How many rows gradients are taken of, for which the trainer has a program."""
        return len(self._sample)

    def begin(self) -> None:
        if self._callbacks is not None:
            self._callbacks.begin()

    def epoch(self, number: int, row: Mapping[str, float]) -> bool:
        if self._records and self._recorder.wants(number):
            self._record(number)
        if self._events is not None:
            self._events.epoch(number, row)
        return self._callbacks is not None and self._callbacks.epoch(number, row)

    def end(self, number: int) -> None:
        if self._records and self._recorded != number:
            self._record(number)
        if self._callbacks is not None:
            self._callbacks.end()
        if self._events is not None:
            self._events.close()

    def courses(self) -> tuple[LayerCourse, ...]:
        return self._recorder.courses()

    def _record(self, number: int) -> None:
        weights = [np.asarray(values) for values in self._trainer.weights()]
        gradients = [np.asarray(values) for values in self._trainer.gradients(self._sample)]
        self._recorder.epoch(number, weights, gradients)
        self._recorded = number
        if self._events is not None:
            for layer, places in self._recorder.layers.items():
                own = [_flat(values, places) for values in (weights, gradients)]
                self._events.histograms(number, layer, *own)


def _flat(values: list[np.ndarray], places: list[int]) -> np.ndarray:
    return np.concatenate([values[place].reshape(-1) for place in places])


def _sample(rows: Rows) -> Rows:
    """At most 256 rows, evenly spread, fewer where a row is large."""
    chosen = spread(len(rows), min(_SAMPLE_ROWS, max(1, _MOST_VALUES // max(1, rows.X[:1].size))))
    return Rows(rows.X[chosen], rows.y[chosen])
