"""A convolutional Keras network, for images and windows of a series."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from reportgen.errors import DataError, SpecError
from reportgen.fitted import FitJob
from reportgen.models._building import Parts, input_shape
from reportgen.models._dense import ending
from reportgen.models._keras import keras
from reportgen.models._network import Network
from reportgen.specfile.inputs import too_small

#: Numbers that Dense layers read of the last convolution at most; above, each filter gives its mean.
_MOST_FLAT = 4096
_FLAT = "flatten"


class Model(Network):
    """Convolutions that keep the size, each pooled; then Dense layers, and at the end what the task asks for.

    An image (height, width, channels) is read by two-dimensional filters, a sequence (steps, channels) by
    one-dimensional ones. Where the last convolution gives more than 4,096 numbers, the Dense layers read the mean of
    each filter over all places (GlobalAveragePooling), else every number (Flatten).
    """

    kind = "cnn"

    def build(self, job: FitJob) -> Any:
        """The untrained network.

        Raises:
            DataError: a row is neither an image nor a sequence.
            SpecError: pooling would leave nothing.
        """
        axes, parts = _axes(job), Parts(job)
        entrance = x = parts.input()
        for number, filters in enumerate(job.model.filters, 1):
            x = _convolved(parts, x, number, filters, axes)
        if math.prod(x.shape[1:]) <= _MOST_FLAT:
            x = parts.layer(keras.layers.Flatten, name=_FLAT)(x)
        else:
            x = parts.layer(_class("GlobalAveragePooling", axes), name="filter_means")(x)
        return keras.Model(entrance, ending(parts, x), name="network")

    def title(self, job: FitJob) -> str:
        return f"convolutional network of {'-'.join(map(str, job.model.filters))} filters"

    def settings(self, job: FitJob) -> Mapping[str, Any]:
        flat = any(layer.name == _FLAT for layer in self.network.layers)
        read = "every number of the last convolution" if flat else "the mean of each filter of the last convolution"
        return {**super().settings(job), "dense_layers_read": read}


def _axes(job: FitJob) -> int:
    """How many axes the filters have: 2 for images, 1 for sequences."""
    shape = input_shape(job)
    if len(shape) not in (2, 3):
        raise DataError(
            f"a convolutional network reads images or sequences, and a row has the shape {list(shape)}",
            "set model.input_shape: [height, width, channels], or use a model of another kind",
            key="model.kind",
        )
    for key, what, fix in too_small(shape, len(job.model.filters), job.model.pool):
        raise SpecError(what, fix, key=f"model.{key}")
    return len(shape) - 1


def _convolved(parts: Parts, x: Any, number: int, filters: int, axes: int) -> Any:
    """One convolution with what goes with it: normalisation before its activation, and pooling."""
    model, normal = parts.job.model, parts.job.model.batch_normalization
    x = parts.layer(
        _class("Conv", axes),
        filters,
        model.kernel,
        padding="same",
        use_bias=not normal,
        activation=None if normal else parts.activation(),
        name=f"convolution_{number}",
    )(x)
    if normal:
        x = parts.layer(keras.layers.BatchNormalization, name=f"normalization_{number}")(x)
        x = parts.layer(keras.layers.Activation, parts.activation(), name=f"activation_{number}")(x)
    return x if model.pool == 1 else parts.layer(_class("MaxPooling", axes), model.pool, name=f"pooling_{number}")(x)


def _class(name: str, axes: int) -> Any:
    return getattr(keras.layers, f"{name}{axes}D")
