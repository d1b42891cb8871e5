"""What builders of networks share: the input, layers with their initial weights and penalty, the last layer."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from reportgen.errors import SpecError
from reportgen.fitted import FitJob
from reportgen.models import _objectives
from reportgen.models._initial import draw_with
from reportgen.models._keras import keras
from reportgen.text import plural


class Parts:
    """Makes the parts of one network for a job.

    `parts.layer(keras.layers.Dense, 64, activation=…, name=…)` is a layer whose kernel is drawn by `model.initializer`
    and penalised by `model.regularizer` unless its arguments say otherwise, computing in 32 bits. All that is drawn
    comes from the job's seed, in the order of building.
    """

    def __init__(self, job: FitJob) -> None:
        self.job, self.rng = job, np.random.default_rng((job.seed, 0))

    def input(self) -> Any:
        """The Keras input; word numbers are whole numbers, all else is 32-bit floating point."""
        return keras.layers.Input(input_shape(self.job), dtype=input_type(self.job), name="input")

    def layer(self, kind: Callable[..., Any], /, *arguments: Any, **named: Any) -> Any:
        """A layer of this class, not yet built."""
        return self.drawn(kind(*arguments, **{**self.defaults(kind), "dtype": "float32", **named}))

    def drawn(self, layer: Any) -> Any:
        """The layer, not yet built, made to draw its weights from the job's seed: for wrappers like Bidirectional."""
        return draw_with(layer, self.rng)

    def noise(self) -> int:
        """A seed for a layer that draws while training, such as Dropout."""
        return int(self.rng.integers(2**31))

    def activation(self) -> Any:
        """The function of `model.activation`."""
        return _objectives.made("activations", self.job.model.activation, "model.activation")

    def output(self) -> Any:
        """The last layer that the task asks for, named output."""
        return self.layer(keras.layers.Dense, units(self.job), activation=last_activation(self.job), name="output")

    def defaults(self, kind: Callable[..., Any]) -> dict[str, Any]:
        """What a layer of this class gets where its arguments do not say otherwise."""
        model, taken = self.job.model, inspect.signature(kind.__init__).parameters
        found: dict[str, Any] = {}
        if "kernel_initializer" in taken:
            found["kernel_initializer"] = _objectives.made("initializers", model.initializer, "model.initializer")
        if "kernel_regularizer" in taken and model.regularizer is not None:
            found["kernel_regularizer"] = _objectives.made("regularizers", model.regularizer, "model.regularizer")
        return found


def input_shape(job: FitJob) -> tuple[int, ...]:
    """The shape that a row is put into: the one asked for, that of the image, words or window, or (n_features,).

    Raises:
        SpecError: `model.input_shape` holds another number of values than there are features.
    """
    n_features, wanted = len(job.feature_names), getattr(job.model, "input_shape", None)
    if wanted is None:
        return job.shape or (n_features,)
    if math.prod(wanted) != n_features:
        what = (
            f"{list(wanted)} holds {plural(math.prod(wanted), 'value')}, and there are {plural(n_features, 'feature')}"
        )
        raise SpecError(what, "make the product of its sides the number of features", key="model.input_shape")
    return tuple(wanted)


def input_type(job: FitJob) -> str:
    return "float32" if job.vocabulary is None else "int32"


def units(job: FitJob) -> int:
    """How many numbers come out of the network."""
    if job.task.name in ("multiclass", "multilabel"):
        return len(job.task.labels)
    return int(job.y["train"].shape[1]) if job.task.name == "forecast" else 1


def last_activation(job: FitJob) -> str:
    """The function at the network's end, by its Keras name; softplus where the loss takes no negative number."""
    if job.task.is_numeric:
        return "softplus" if _objectives.needs_positive(job) else "linear"
    return "softmax" if job.task.name == "multiclass" else "sigmoid"


def check_output(network: Any, job: FitJob) -> None:
    """Refuse a network whose output is not that of the task.

    Raises:
        SpecError: the number of outputs is another.
    """
    shape = getattr(network, "output_shape", None)
    if isinstance(shape, (list, Mapping)) or (isinstance(shape, tuple) and shape and isinstance(shape[0], tuple)):
        raise SpecError("the network has several outputs, and one is needed", "let it end in one layer", key="model")
    if shape is not None and tuple(shape[1:]) != (units(job),):
        found = " x ".join(str(side) for side in shape[1:]) or "no"
        what = f"the network gives {found} numbers a row, and a {job.task.name} task needs {units(job)}"
        raise SpecError(what, f"end with a Dense layer of {plural(units(job), 'unit')}", key="model")
