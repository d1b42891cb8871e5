"""Training a Keras network on any backend, batch by batch, with Keras's own training step."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from reportgen.models._keras import dense_layers, forward, keras
from reportgen.models._loop import Rows

_ROWS_PER_LOOK = 1024


class Trainer:
    """A network in training. See `_loop.Trainer` for what the methods promise."""

    @staticmethod
    def warm_up() -> None:
        """Start the backend, before there is anything to train."""
        keras.ops.zeros((1,))

    def __init__(
        self,
        network: Any,
        optimizer: Callable[[], Any],
        loss: Callable[..., Any],
        metric: Callable[..., Any],
        rows: Rows,
        batch_size: int,
        look_at: int,
    ) -> None:
        self._network, self._loss, self._metric, self._rows = network, loss, metric, rows
        self._layers = dense_layers(network)
        self._batch, self._block = min(batch_size, len(rows)), max(_ROWS_PER_LOOK, min(look_at, 4 * _ROWS_PER_LOOK))
        network.compile(optimizer(), loss=loss, metrics=[metric])
        self._sums = np.zeros(3)

    def batches(self, order: np.ndarray) -> Iterator[float]:
        self._sums = np.zeros(3)
        for start in range(0, len(order), self._batch):
            rows = order[start : start + self._batch]
            loss, metric = self._network.train_on_batch(self._rows.X[rows], self._rows.y[rows])  # of this batch alone
            self._sums += np.array([loss, metric, 1.0]) * len(rows)
            yield (start + len(rows)) / len(order)
            if not math.isfinite(loss):
                return

    def running(self) -> tuple[float, float]:
        loss, metric, n_rows = self._sums
        return float(loss / n_rows), float(metric / n_rows)

    def measure(self, rows: Rows) -> tuple[float, float]:
        sums = np.zeros(2)
        for start in range(0, len(rows), self._block):
            block = Rows(rows.X[start : start + self._block], rows.y[start : start + self._block])
            output = self._forward(block.X)[0]
            for place, of_row in enumerate((self._loss, self._metric)):
                sums[place] += _array(of_row(keras.ops.convert_to_tensor(block.y), output)).sum(dtype=np.float64)
        return float(sums[0] / len(rows)), float(sums[1] / len(rows))

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The network's output, (n, n_units of the last layer) float32."""
        parts = [_array(self._forward(X[start : start + self._block])[0]) for start in range(0, len(X), self._block)]
        return np.concatenate([np.zeros((0, self._layers[-1].units), np.float32), *parts])

    def activations(self, X: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """What goes into and comes out of the activation function of each Dense layer, each (n, n_units)."""
        _, inputs, outputs = self._forward(X)
        return [_array(values) for values in inputs], [_array(values) for values in outputs]

    def _forward(self, X: np.ndarray) -> tuple[Any, list[Any], list[Any]]:
        weights = [variable.value for variable in self._network.trainable_variables]
        return forward(self._layers, weights, keras.ops.convert_to_tensor(X))

    def weights(self) -> list[np.ndarray]:
        return [np.array(_array(variable.value)) for variable in self._network.trainable_variables]

    def restore(self, weights: list[np.ndarray]) -> None:
        for variable, value in zip(self._network.trainable_variables, weights, strict=True):
            variable.assign(value)

    def finish(self) -> None:
        """Nothing is left to do: the network was trained in place."""


def _array(tensor: Any) -> np.ndarray:
    return keras.ops.convert_to_numpy(tensor)  # type: ignore[no-any-return]
