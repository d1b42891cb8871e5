"""What a row costs a network: numbers kept, operations, and whether rows of a batch know of each other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from reportgen.models._keras import keras

_CONVOLUTIONS = tuple(
    kind
    for name, kind in vars(keras.layers).items()
    if isinstance(kind, type) and ("Conv" in name or "Pooling" in name)
)
_OPERATIONS_OF_A_SECOND, _MOST_PREDICTIONS = 1e9, 200_000.0
_LENGTH = 64  # of an axis that may have any
_VALUES_PER_LOOK, _ROWS_PER_LOOK = 4_000_000, 4096


def mixes_rows(network: Any) -> bool:
    """Whether what comes out for a row while training may depend on the other rows of its batch."""
    return penalises_outputs(network) or any(
        isinstance(layer, keras.layers.BatchNormalization) for layer in _layers(network)
    )


def penalises_outputs(network: Any) -> bool:
    """Whether the loss may hold a mean over the rows of a batch; only Keras's own layers are known not to add one."""
    return any(
        not type(layer).__module__.startswith("keras.")
        or isinstance(layer, keras.layers.ActivityRegularization)
        or getattr(layer, "activity_regularizer", None) is not None
        for layer in (network, *_layers(network))
    )


def convolves(network: Any) -> bool:
    return any(isinstance(layer, _CONVOLUTIONS) for layer in _layers(network))


def operations_of_a_row(network: Any) -> float:
    """Multiplications and additions of a training step, about: 6 a weight at each place where it is used."""
    return 6.0 * sum(  # type: ignore[no-any-return]
        math.prod(weight.shape) * _places(layer)
        for layer in _layers(network)
        if not isinstance(layer, keras.layers.Embedding)
        for weight in getattr(layer, "_trainable_variables", ())
    )


def affordable_predictions(network: Any, trained_on: float) -> float:
    """Rows that a second or so is enough to predict, or a tenth of a training over so many rows, epochs counted.

    Estimated and not measured, so that what is done does not depend on the machine.
    """
    training = max(1.0, operations_of_a_row(network))
    return min(_MOST_PREDICTIONS, max(_OPERATIONS_OF_A_SECOND / (training / 3), 0.3 * trained_on))


def rows_of_a_look(network: Any, X: np.ndarray, look_at: int, fewest: int) -> int:
    """How many rows of X to predict at once: `look_at` between a fewest and a most, less where memory asks for it."""
    sizes = [math.prod(shape) for layer in _layers(network) for shape in _shapes(layer)]
    affordable = _VALUES_PER_LOOK // max(1, math.prod(X.shape[1:]) + sum(sizes))
    return min(max(fewest, look_at), _ROWS_PER_LOOK, max(1, affordable))


def _places(layer: Any) -> int:
    """At how many pixels or steps a layer does the same."""
    return max((math.prod(shape[:-1]) for shape in _shapes(layer, "input", "output") if shape), default=1)


def _shapes(layer: Any, *sides: str) -> Iterator[tuple[int, ...]]:
    for side in sides or ("output",):
        try:
            shapes = [tensor.shape for tensor in keras.tree.flatten(getattr(layer, side))]
        except (AttributeError, ValueError):
            continue  # It is not part of a graph of layers.
        yield from (tuple(_LENGTH if length is None else length for length in shape[1:]) for shape in shapes)


def _layers(network: Any) -> Iterator[Any]:
    return iter(network._flatten_layers(include_self=False))
