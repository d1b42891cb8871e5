"""Training a Keras network on JAX with one compiled call for many batches.

keras.Model.fit calls a compiled step for every batch, and compiles it again for the last, smaller one. For small
networks the calls cost more than the arithmetic. Here a loop over the batches is itself compiled, and the last batch is
filled up with rows of weight 0. Network, loss and optimiser stay Keras's own, through its stateless interface.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import jax
import numpy as np

from reportgen.models import _compile_cache
from reportgen.models._keras import dense_layers, forward
from reportgen.models._loop import Rows

_BYTES_PER_CALL = 16 * 2**20
_OPERATIONS_PER_CALL = 1e10  # some tenths of a second, after which a stop can be obeyed
_VALUES_PER_LOOK = 4_000_000


class Trainer:
    """A network in training. See `_loop.Trainer` for what the methods promise.

    Args:
        look_at: rows that `measure` will be asked about each epoch, which decides the size of its compiled block.
    """

    @staticmethod
    def warm_up() -> None:
        """Start the backend and its compiler, before there is anything to train."""
        _compile_cache.enable()
        jax.block_until_ready(jax.jit(lambda x: x + 1.0)(np.float32(0.0)))

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
        self._batch = min(batch_size, len(rows))
        self._batches_per_call = self._affordable_batches()
        self._block = min(
            max(256, look_at), 4096, max(1, _VALUES_PER_LOOK // sum(layer.units for layer in self._layers))
        )
        # Built inside a compiled call: outside, Keras would have JAX compile a program for each of its variables.
        slots = jax.jit(lambda: self._build(optimizer))()
        self._state = (
            [variable.value for variable in network.trainable_variables],
            [variable.value for variable in network.non_trainable_variables],
            slots,
            np.zeros(3, np.float32),
        )
        self._run, self._look = jax.jit(self._train_batches), jax.jit(self._look_at)

    def _build(self, optimizer: Callable[[], Any]) -> list[Any]:
        self._optimizer = optimizer()
        self._optimizer.build(self._network.trainable_variables)
        return [variable.value for variable in self._optimizer.variables]

    def _affordable_batches(self) -> int:
        row_bytes = 4 * (self._rows.X.shape[1] + 2)
        row_operations = 6 * self._network.count_params()
        most = min(_BYTES_PER_CALL / row_bytes, _OPERATIONS_PER_CALL / row_operations) / self._batch
        return min(max(1, int(most)), -(-len(self._rows) // self._batch))

    # Compiled.

    def _train_batches(self, state: Any, n_batches: Any, X: Any, y: Any, weight: Any) -> Any:
        """Take `n_batches` optimiser steps over X (batches, rows, features); adds loss, metric and rows to the sums."""

        def step(number: Any, state: Any) -> Any:
            trainable, other, slots, sums = state
            batch = X[number], y[number], weight[number]
            gradient = jax.value_and_grad(self._batch_loss, has_aux=True)
            (loss, (other, metric)), gradients = gradient(trainable, other, *batch)
            trainable, slots = self._optimizer.stateless_apply(slots, gradients, trainable)
            n_rows = batch[2].sum()
            return trainable, other, slots, sums + jax.numpy.stack([loss * n_rows, metric, n_rows])

        return jax.lax.fori_loop(0, n_batches, step, state)

    def _batch_loss(self, trainable: Any, other: Any, X: Any, y: Any, weight: Any) -> Any:
        output, other = self._network.stateless_call(trainable, other, X, training=True)
        loss = (self._loss(y, output) * weight).sum() / weight.sum()
        return loss, (other, (self._metric(y, output) * weight).sum())

    def _look_at(self, trainable: Any, X: Any, y: Any) -> Any:
        output, inputs, outputs = forward(self._layers, trainable, X)
        return output, self._loss(y, output), self._metric(y, output), inputs, outputs

    # Called.

    def batches(self, order: np.ndarray) -> Iterator[float]:
        self._state = (*self._state[:3], np.zeros(3, np.float32))
        for start in range(0, len(order), self._batches_per_call * self._batch):
            rows = order[start : start + self._batches_per_call * self._batch]
            n_batches = np.int32(-(-len(rows) // self._batch))
            self._state = self._run(self._state, n_batches, *self._packed(rows))
            yield (start + len(rows)) / len(order)

    def _packed(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """X, y and weight of one call; filled up to its fixed size with rows of weight 0."""
        shape = (self._batches_per_call, self._batch)
        missing = shape[0] * shape[1] - len(rows)
        weight = np.ones(len(rows), np.float32)
        if missing:
            rows = np.concatenate([rows, np.full(missing, rows[-1])])
            weight = np.concatenate([weight, np.zeros(missing, np.float32)])
        return self._rows.X[rows].reshape(*shape, -1), self._rows.y[rows].reshape(*shape, 1), weight.reshape(shape)

    def running(self) -> tuple[float, float]:
        loss, metric, n_rows = np.asarray(self._state[3], np.float64)
        return float(loss / n_rows), float(metric / n_rows)

    def measure(self, rows: Rows) -> tuple[float, float]:
        sums = np.zeros(2)
        for count, seen in self._looks(rows):
            sums += [np.asarray(values, np.float64)[:count].sum() for values in seen[1:3]]
        return float(sums[0] / len(rows)), float(sums[1] / len(rows))

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The network's output, (n, n_units of the last layer) float32."""
        rows = Rows(X, np.zeros((len(X), 1), self._rows.y.dtype))
        empty = np.zeros((0, self._layers[-1].units), np.float32)
        return np.concatenate([empty, *(np.asarray(seen[0])[:count] for count, seen in self._looks(rows))])

    def activations(self, X: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """What goes into and comes out of the activation function of each Dense layer, each (n, n_units)."""
        seen = list(self._looks(Rows(X, np.zeros((len(X), 1), self._rows.y.dtype))))
        into = [np.concatenate([np.asarray(s[3][k])[:n] for n, s in seen]) for k in range(len(self._layers))]
        return into, [np.concatenate([np.asarray(s[4][k])[:n] for n, s in seen]) for k in range(len(self._layers))]

    def _looks(self, rows: Rows) -> Iterator[tuple[int, Any]]:
        """(rows that count, what is seen) by blocks of one size, so that one compiled program serves every split."""
        for start in range(0, len(rows), self._block):
            X, y = rows.X[start : start + self._block], rows.y[start : start + self._block]
            missing = ((0, self._block - len(X)), (0, 0))
            yield len(X), self._look(self._state[0], np.pad(X, missing), np.pad(y, missing))

    def weights(self) -> list[Any]:
        return self._state[0]

    def restore(self, weights: list[Any]) -> None:
        self._state = (weights, *self._state[1:])

    def finish(self) -> None:
        """Give the Keras network and optimiser the values that training ended with."""
        variables = (
            self._network.trainable_variables,
            self._network.non_trainable_variables,
            self._optimizer.variables,
        )
        for kind, values in zip(variables, self._state[:3], strict=True):
            for variable, value in zip(kind, values, strict=True):
                variable.assign(value)
