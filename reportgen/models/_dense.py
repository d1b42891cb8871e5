"""The end of a convolutional or recurrent network: hidden Dense layers, and the last one that the task asks for."""

from __future__ import annotations

from typing import Any

from reportgen.models._building import Parts
from reportgen.models._keras import keras


def ending(parts: Parts, x: Any) -> Any:
    """The network's output from what came before, (batch, n): `model.hidden` with Dropout, then the last layer."""
    for number, width in enumerate(parts.job.model.hidden, 1):
        dense = parts.layer(keras.layers.Dense, width, activation=parts.activation(), name=f"hidden_{number}")
        x = dropped(parts, dense(x), f"dropout_{number}")
    return parts.output()(x)


def dropped(parts: Parts, x: Any, name: str) -> Any:
    """A layer's outputs with `model.dropout`."""
    rate = parts.job.model.dropout
    return parts.layer(keras.layers.Dropout, rate, seed=parts.noise(), name=name)(x) if rate else x
