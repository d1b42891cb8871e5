"""Training a Keras network on any backend, batch by batch, with Keras's own training step."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from reportgen.models import _costs
from reportgen.models._keras import keras
from reportgen.models._loop import Rows
from reportgen.models._objectives import Objectives

_FEWEST_PER_LOOK = 1024


class Trainer:
    """A network in training. See `_loop.Trainer` for what the methods promise."""

    @staticmethod
    def warm_up() -> None:
        """Start the backend, before there is anything to train."""
        keras.ops.zeros((1,))

    def __init__(self, network: Any, objectives: Objectives, rows: Rows, batch_size: int, look_at: int) -> None:
        self._network, self._objectives, self._rows = network, objectives, rows
        self._batch = min(batch_size, len(rows))
        self._block = _costs.rows_of_a_look(network, rows.X, look_at, _FEWEST_PER_LOOK)
        self.optimizer = objectives.optimizer()
        network.compile(self.optimizer, loss=objectives.trained, metrics=[objectives.metric])
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
            with _no_gradients():
                output, penalty = self._output(block)
                y = keras.ops.convert_to_tensor(block.y)
                sums[0] += _array(self._objectives.loss(y, output)).sum(dtype=np.float64) + penalty * len(block)
                sums[1] += _array(self._objectives.metric(y, output)).sum(dtype=np.float64)
        return float(sums[0] / len(rows)), float(sums[1] / len(rows))

    def _output(self, rows: Rows) -> tuple[Any, float]:
        output = self._network(keras.ops.convert_to_tensor(rows.X), training=False)
        return output, float(sum(float(_array(penalty)) for penalty in self._network.losses))

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The network's output, (n, n_outputs) float32."""
        with _no_gradients():
            blocks = (X[start : start + self._block] for start in range(0, len(X), self._block))
            return np.concatenate(
                [_array(self._network(keras.ops.convert_to_tensor(rows), training=False)) for rows in blocks]
            )

    def gradients(self, rows: Rows) -> list[np.ndarray]:
        """Of the loss on these rows, as in prediction, in the order of the trainable variables."""
        variables = [variable.value for variable in self._network.trainable_variables]
        found = _GRADIENTS[keras.config.backend()](self, rows, variables)
        return [
            np.zeros(tuple(variable.shape), np.float32) if gradient is None else _array(gradient)
            for variable, gradient in zip(variables, found, strict=True)
        ]

    def _sample_loss(self, rows: Rows) -> Any:
        output = self._network(keras.ops.convert_to_tensor(rows.X), training=False)
        of_rows = self._objectives.trained(keras.ops.convert_to_tensor(rows.y), output)
        return keras.ops.mean(of_rows) + sum(self._network.losses)

    def _on_torch(self, rows: Rows, variables: list[Any]) -> Any:
        import torch

        return torch.autograd.grad(self._sample_loss(rows), variables, allow_unused=True)

    def _on_tensorflow(self, rows: Rows, variables: list[Any]) -> Any:
        import tensorflow as tf  # type: ignore[import-untyped, unused-ignore]

        with tf.GradientTape() as tape:
            loss = self._sample_loss(rows)
        return [
            None if gradient is None else tf.convert_to_tensor(gradient) for gradient in tape.gradient(loss, variables)
        ]

    def _on_jax(self, rows: Rows, variables: list[Any]) -> Any:
        import jax

        def loss(values: list[Any]) -> Any:
            with keras.StatelessScope(state_mapping=list(zip(self._network.trainable_variables, values, strict=True))):
                return self._sample_loss(rows)

        return jax.grad(loss)(variables)

    def slope(self, X: np.ndarray, output: int) -> tuple[np.ndarray, np.ndarray]:
        """One output of each row (n,), and its gradient with respect to X (n, ...)."""
        values, gradient = _SLOPES[keras.config.backend()](self, keras.ops.convert_to_tensor(X), output)
        return _array(values), _array(gradient)

    def _one_output(self, X: Any, place: int) -> Any:
        return self._network(X, training=False)[:, place]

    def _slope_on_torch(self, X: Any, place: int) -> Any:
        import torch

        X = X.detach().requires_grad_()
        values = self._one_output(X, place)
        return values.detach(), torch.autograd.grad(values.sum(), X)[0]

    def _slope_on_tensorflow(self, X: Any, place: int) -> Any:
        import tensorflow as tf  # type: ignore[import-untyped, unused-ignore]

        with tf.GradientTape() as tape:
            tape.watch(X)
            values = self._one_output(X, place)
        return values, tape.gradient(values, X)

    def _slope_on_jax(self, X: Any, place: int) -> Any:
        import jax

        def summed(X: Any) -> Any:
            values = self._one_output(X, place)
            return values.sum(), values

        gradient, values = jax.grad(summed, has_aux=True)(X)
        return values, gradient

    def learning_rate(self) -> float:
        rate = self.optimizer.learning_rate
        if not isinstance(rate, keras.Variable):
            with keras.StatelessScope(state_mapping=[(self.optimizer.iterations, self.optimizer.iterations.value - 1)]):
                rate = self.optimizer.learning_rate
        return float(_array(rate))

    def weights(self) -> list[np.ndarray]:
        """In the order of the trainable variables."""
        return self.snapshot()[0]

    def snapshot(self) -> tuple[list[np.ndarray], list[np.ndarray]]:
        kinds = (self._network.trainable_variables, self._network.non_trainable_variables)
        trainable, other = ([np.array(_array(variable.value)) for variable in kind] for kind in kinds)
        return trainable, other

    def restore(self, snapshot: tuple[list[np.ndarray], list[np.ndarray]]) -> None:
        kinds = (self._network.trainable_variables, self._network.non_trainable_variables)
        for kind, values in zip(kinds, snapshot, strict=True):
            for variable, value in zip(kind, values, strict=True):
                variable.assign(value)

    def finish(self, *, averaged: bool = False) -> None:
        """Take the moving averages of the weights, where the optimiser keeps such and they are wanted."""
        if averaged:
            self.optimizer.finalize_variable_values(self._network.trainable_variables)

    @contextlib.contextmanager
    def in_keras(self) -> Iterator[None]:
        """The network and the optimiser hold the values of now; what is changed in them is taken over."""
        yield


_GRADIENTS = {"torch": Trainer._on_torch, "tensorflow": Trainer._on_tensorflow, "jax": Trainer._on_jax}
_SLOPES = {
    "torch": Trainer._slope_on_torch,
    "tensorflow": Trainer._slope_on_tensorflow,
    "jax": Trainer._slope_on_jax,
}


def _array(tensor: Any) -> np.ndarray:
    return keras.ops.convert_to_numpy(tensor)  # type: ignore[no-any-return]


def _no_gradients() -> contextlib.AbstractContextManager[Any]:
    if keras.config.backend() != "torch":
        return contextlib.nullcontext()
    import torch

    return torch.no_grad()  # type: ignore[no-any-return]
