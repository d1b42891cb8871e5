"""A Keras network that the user's file made, plain or compiled."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from reportgen.errors import SpecError
from reportgen.fitted import FitJob, FitResult
from reportgen.models import _building, _network, _output_given, _script
from reportgen.models._keras import keras
from reportgen.models._loop import Course, Emit
from reportgen.models._objectives import Objectives, objectives
from reportgen.specfile import keras_names
from reportgen.text import listing, one_line, plural, quoted

_LOOKED_AT = 64  # rows that the untrained network is tried on
_KEY = "model.path"
_BY_COMPILE = ("optimizer", "learning_rate", "loss")


class Network(_network.Network):
    """The network as it came. What it was compiled with stands above the keys of `train`, which is said."""

    kind = "python"

    def __init__(self, made: Any) -> None:
        super().__init__()
        self._made, self._told = made, list[str]()
        self._loss: Any = None  # a function of the user's own

    def fit(self, job: FitJob, emit: Emit | None = None) -> FitResult:
        """Train as any network is; see `_network.Network.fit`."""
        written = job.train.model_fields_set
        if getattr(self._made, "compiled", False):
            job = self._as_compiled(job)
        try:
            return super().fit(job, emit)
        except SpecError as error:
            problem = error.problems[0]
            name = problem.key.removeprefix("train.").partition(".")[0]
            if not problem.key.startswith("train.") or name not in _BY_COMPILE or name in written:
                raise
            raise SpecError(f"as compiled: {problem.what}", "compile it otherwise", key=_KEY) from error

    def build(self, job: FitJob) -> Any:
        """The network, built, of one input that takes a row and one output that suits the task.

        Raises:
            SpecError: it does not read a row, or what it gives is no prediction of this task.
        """
        network, shape = self._made, _building.input_shape(job)
        if len(getattr(network, "inputs", None) or [None]) != 1:
            raise SpecError("the network has several inputs", "let it read a row at once", key=_KEY)
        own = _own_shape(network)
        if own is not None and math.prod(own) != len(job.feature_names):
            features = plural(len(job.feature_names), "feature")
            what = f"the network reads {list(own)}, which is {math.prod(own)} values, and a row has {features}"
            raise SpecError(what, "let its input be input_shape, which the function can ask for", key=_KEY)
        rows = np.ascontiguousarray(job.X["train"][:_LOOKED_AT], _building.input_type(job))
        try:
            output = np.asarray(keras.ops.convert_to_numpy(network(rows.reshape(len(rows), *(own or shape)))))
        except Exception as error:
            what = f"the network cannot read rows of shape {list(own or shape)}: {one_line(error, 200)}"
            raise SpecError(what, "let it take such rows, or set model.input_shape", key=_KEY) from error
        _require_predictions(output, job)
        if job.task.is_numeric and own is not None:
            # A standardised target has any sign: a network that ends in ReLU would never learn it.
            _output_given.require(network.layers[-1], output, job, _KEY)
        return network

    def title(self, job: FitJob) -> str:
        return f"network of {plural(len(self.network.layers), 'layer')} from {Path(job.model.path).name}"

    def settings(self, job: FitJob) -> Mapping[str, Any]:
        return _script.settings(job)

    def objectives(self, job: FitJob) -> Objectives:
        found = objectives(job, self._scale.std)
        optimizer = getattr(self._made, "optimizer", None)
        if getattr(self._made, "compiled", False) and optimizer is not None:
            kind, config = type(optimizer), optimizer.get_config()
            found = replace(found, optimizer=lambda: kind.from_config(config))
        if self._loss is not None:
            found = replace(found, loss=self._loss, loss_name=getattr(self._loss, "__name__", "own loss"))
        return found

    def _settings(self, kept: int | None) -> dict[str, Any]:
        found = super()._settings(kept)
        if not getattr(self._made, "compiled", False):
            return found
        optimizer = self._objectives.optimizer()
        rate = optimizer.get_config().get("learning_rate")
        told = rate if isinstance(rate, float) else type(optimizer._learning_rate).__name__
        return {**found, "optimizer": optimizer.name, "learning_rate": told, "loss": self._objectives.loss_name}

    def _warnings(self, course: Course, kept: int | None, validated: bool) -> Iterator[str]:
        yield from self._told
        yield from super()._warnings(course, kept, validated)

    def _as_compiled(self, job: FitJob) -> FitJob:
        """The job with the loss of `compile`; what the experiment file says otherwise is told."""
        given = [name for name in _BY_COMPILE if name in job.train.model_fields_set]
        if given:
            keys = listing((f"train.{name}" for name in given), joiner="and")
            self._told.append(f"{keys} did not count: {job.model.factory} compiled the network with its own")
        loss = getattr(self._made, "loss", None)
        train = job.train.model_copy(update={"optimizer": "adam", "learning_rate": 0.001})
        if loss is None:
            return replace(job, train=train.model_copy(update={"loss": "auto"}))
        found = _named_loss(loss)
        if found is None:
            self._loss = loss.call if isinstance(loss, keras.losses.Loss) else loss
            return replace(job, train=train.model_copy(update={"loss": "auto"}))
        return replace(job, train=train.model_copy(update={"loss": found}))


def _own_shape(network: Any) -> tuple[int, ...] | None:
    """The shape that the network says it reads, without the batch axis; None where it says nothing definite."""
    inputs = getattr(network, "inputs", None)
    if not inputs or None in inputs[0].shape[1:]:
        return None
    return tuple(inputs[0].shape[1:])


def _named_loss(loss: Any) -> Any:
    """A loss of Keras as an experiment file would name it; None for a function of the user's own.

    Raises:
        SpecError: the loss reads something else than probabilities, or there are several.
    """
    if isinstance(loss, str):
        return loss
    if isinstance(loss, (list, tuple, Mapping)):
        raise SpecError("the network is compiled with several losses", "compile it with one", key=_KEY)
    if not isinstance(loss, keras.losses.Loss):
        name = getattr(loss, "__name__", "")
        return name if getattr(keras.losses, name, None) is loss else None
    config = loss.get_config()
    if config.get("from_logits"):
        what = f"{type(loss).__name__} reads logits, and scores are probabilities"
        raise SpecError(what, "end in sigmoid or softmax, and leave from_logits out", key=_KEY)
    name = type(loss).__name__
    if keras_names.spelled("losses", name) is None:
        return None
    known = keras_names.names("losses")[name]
    plain = type(loss)().get_config()
    changed = {key: value for key, value in config.items() if key in known and plain.get(key) != value}
    return {name: {key: value for key, value in changed.items() if key not in ("reduction", "name", "dtype")}}


def _require_predictions(output: np.ndarray, job: FitJob) -> None:
    """See that what comes out of the untrained network are numbers, or probabilities, of this task."""
    wanted = _building.units(job)
    if output.shape[1:] != (wanted,):
        found = " x ".join(map(str, output.shape[1:])) or "no"
        what = f"the network gives {found} numbers a row, and this {job.task.name} task needs {wanted}"
        raise SpecError(what, f"end with a Dense layer of {plural(wanted, 'unit')}", key=_KEY)
    if job.task.is_numeric:
        return
    outside = (output < 0) | (output > 1)
    sums = np.abs(output.sum(axis=1) - 1) > 1e-3
    if outside.any() or (job.task.name == "multiclass" and sums.any()):
        last = _building.last_activation(job)
        what = f"the network gives {output.flat[int(outside.argmax())]:.4g}, and scores are probabilities"
        if not outside.any():
            what = f"the outputs of a row sum to {output.sum(axis=1)[int(sums.argmax())]:.4g}, not to 1"
        raise SpecError(what, f"end with the activation {quoted(last)}", key=_KEY)
