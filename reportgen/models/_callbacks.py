"""Keras's callbacks at the ends of epochs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reportgen.errors import SpecError
from reportgen.fitted import FitJob
from reportgen.models import _objectives
from reportgen.models._keras import keras
from reportgen.specfile import keras_names


def callbacks(job: FitJob, metric: str) -> list[Any]:
    """The callbacks of `train.callbacks`.

    Batches run many at a time inside the backend, so a callback sees the ends of epochs alone.

    Raises:
        SpecError: a name or an argument that Keras does not have, a callback that would run code, write files or send
            data, or one that watches what is not measured.
    """
    found = []
    for place, value in enumerate(job.train.callbacks):
        key = f"train.callbacks[{place}]"
        callback = _objectives.made("callbacks", value, key)
        _check_watched(callback, job, metric, key)
        _check_rate(callback, job, key)
        if getattr(callback, "mode", None) == "auto":  # Keras would ask metrics of its own, of which there are none.
            callback.mode = "max" if callback.monitor.endswith("accuracy") else "min"
        found.append(callback)
    return found


def _check_watched(callback: Any, job: FitJob, metric: str, key: str) -> None:
    watched = getattr(callback, "monitor", None)
    measured = ["loss", metric]
    if len(job.X.get("validation", ())):
        measured += [f"val_{name}" for name in measured]
    if watched is not None and watched not in measured:
        what = f"{type(callback).__name__} watches {watched}, which is not measured"
        raise SpecError(what, f"set its monitor to {' or '.join(measured)}", key=key)


def _check_rate(callback: Any, job: FitJob, key: str) -> None:
    if isinstance(callback, keras.callbacks.ReduceLROnPlateau) and not isinstance(job.train.learning_rate, float):
        what = f"the schedule {keras_names.written(job.train.learning_rate).name} sets the learning rate already"
        raise SpecError(what, "make train.learning_rate a number, or remove the callback", key=key)


class Callbacks:
    """A list of callbacks around one training; the network is compiled as far as they look at it."""

    def __init__(self, found: list[Any], network: Any, trainer: Any, epochs: int) -> None:
        self._network, self._trainer = network, trainer
        if getattr(network, "optimizer", None) is None:
            network.optimizer = trainer.optimizer
        network.stop_training = False
        self._list = keras.callbacks.CallbackList(found, model=network, epochs=epochs, verbose=0, add_history=False)

    def begin(self) -> None:
        with self._trainer.in_keras():
            self._list.on_train_begin()

    def epoch(self, number: int, row: Mapping[str, float]) -> bool:
        """Tell them of an epoch, counted from 1; whether one of them wants to stop."""
        with self._trainer.in_keras():
            self._list.on_epoch_begin(number - 1)
            self._list.on_epoch_end(number - 1, dict(row))
        return bool(self._network.stop_training)

    def end(self) -> None:
        with self._trainer.in_keras():
            self._list.on_train_end()
