"""Training a Keras network on JAX with one compiled call for many batches.

keras.Model.fit calls a compiled step for every batch, and compiles it again for the last, smaller one. For small
networks the calls cost more than the arithmetic. Here a loop over the batches is itself compiled, and the last batch is
filled up with rows of weight 0. Network, loss and optimiser stay Keras's own, through its stateless interface.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import jax
import numpy as np

from reportgen.models import _compile_cache, _costs
from reportgen.models._keras import keras
from reportgen.models._loop import Rows
from reportgen.models._objectives import Objectives

_BYTES_PER_CALL = 16 * 2**20
_OPERATIONS_PER_CALL = 1e10  # some tenths of a second, after which a stop can be obeyed
_FEWEST_PER_LOOK = 256
State = tuple[list[Any], list[Any], list[Any], Any]  # trainable weights, other state, the optimiser's, sums


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

    def __init__(self, network: Any, objectives: Objectives, rows: Rows, batch_size: int, look_at: int) -> None:
        self._network, self._objectives, self._rows = network, objectives, rows
        self._batch = min(batch_size, len(rows))
        self._exact, self._exact_looks = _costs.mixes_rows(network), _costs.penalises_outputs(network)
        self._batches_per_call = self._affordable_batches()
        self._block = _costs.rows_of_a_look(network, rows.X, look_at, _FEWEST_PER_LOOK)
        # Built inside a compiled call: outside, Keras would have JAX compile a program for each of its variables.
        slots = jax.jit(self._build)()
        self._state: State = (
            [variable.value for variable in network.trainable_variables],
            [variable.value for variable in network.non_trainable_variables],
            slots,
            np.zeros(3, np.float32),
        )
        # The state is given away to each call, so that it is in memory once.
        self._run, self._look = jax.jit(self._train_batches, donate_argnums=0), jax.jit(self._look_at)
        self._slope, self._rate = jax.jit(jax.grad(self._sample_loss)), jax.jit(self._scheduled)
        self._input_slope = jax.jit(jax.grad(self._one_output, argnums=2, has_aux=True))

    def _build(self) -> list[Any]:
        self.optimizer = self._objectives.optimizer()
        self.optimizer.build(self._network.trainable_variables)
        rate = self.optimizer.learning_rate
        self._rate_variable = rate if isinstance(rate, keras.Variable) else None
        return [variable.value for variable in self.optimizer.variables]

    def _affordable_batches(self) -> int:
        row_bytes = self._rows.X[:1].nbytes + self._rows.y[:1].nbytes + 4
        row_operations = max(1, _costs.operations_of_a_row(self._network))
        if _costs.convolves(self._network):
            return 1  # Inside a loop, XLA computes convolutions ten to thirty times slower.
        most = min(_BYTES_PER_CALL / row_bytes, _OPERATIONS_PER_CALL / row_operations) / self._batch
        return min(max(1, int(most)), -(-len(self._rows) // self._batch))

    # Compiled.

    def _train_batches(self, state: State, n_batches: Any, X: Any, y: Any, weight: Any) -> Any:
        """Take `n_batches` optimiser steps over X (batches, rows, ...); adds loss, metric and rows to the sums."""

        def step(number: Any, state: State) -> Any:
            trainable, other, slots, sums = state
            batch = X[number], y[number], weight[number]
            gradient = jax.value_and_grad(self._batch_loss, has_aux=True)
            (loss, (other, metric)), gradients = gradient(trainable, other, *batch)
            trainable, slots = self.optimizer.stateless_apply(slots, gradients, trainable)
            n_rows = batch[2].sum()
            return trainable, other, slots, sums + jax.numpy.stack([loss * n_rows, metric, n_rows])

        return step(0, state) if len(X) == 1 else jax.lax.fori_loop(0, n_batches, step, state)

    def _batch_loss(self, trainable: Any, other: Any, X: Any, y: Any, weight: Any) -> Any:
        output, other, penalties = self._call(trainable, other, X, training=True)
        loss = (self._objectives.trained(y, output) * weight).sum() / weight.sum() + sum(penalties)
        return loss, (other, (self._objectives.metric(y, output) * weight).sum())

    def _call(self, trainable: Any, other: Any, X: Any, *, training: bool) -> Any:
        """Output, other variables and penalties; a `call` of the user's own need not ask whether this is training."""
        asked = {"training": training} if self._network._call_has_training_arg else {}
        return self._network.stateless_call(trainable, other, X, **asked, return_losses=True)

    def _sample_loss(self, trainable: Any, other: Any, X: Any, y: Any) -> Any:
        output, _, penalties = self._call(trainable, other, X, training=False)
        return self._objectives.trained(y, output).mean() + sum(penalties)

    def _look_at(self, trainable: Any, other: Any, X: Any, y: Any) -> Any:
        output, _, penalties = self._call(trainable, other, X, training=False)
        return output, self._objectives.loss(y, output) + sum(penalties), self._objectives.metric(y, output)

    def _one_output(self, trainable: Any, other: Any, X: Any, place: Any) -> Any:
        values = self._call(trainable, other, X, training=False)[0][:, place]
        return values.sum(), values  # A row's output depends on the row alone.

    def _scheduled(self, step: Any) -> Any:
        with keras.StatelessScope(state_mapping=[(self.optimizer.iterations, step)]):
            return self.optimizer.learning_rate

    # Called.

    def batches(self, order: np.ndarray) -> Iterator[float]:
        self._state = (*self._state[:3], np.zeros(3, np.float32))
        whole = len(order) - (len(order) % self._batch if self._exact else 0)
        for start in range(0, whole, self._batches_per_call * self._batch):
            rows = order[start : min(whole, start + self._batches_per_call * self._batch)]
            self._state = self._run(self._state, *self._packed(rows, self._batches_per_call, self._batch))
            yield (start + len(rows)) / len(order)
        if whole < len(order):
            self._state = self._run(self._state, *self._packed(order[whole:], 1, len(order) - whole))
            yield 1.0

    def _packed(self, rows: np.ndarray, most: int, batch: int) -> tuple[Any, np.ndarray, np.ndarray, np.ndarray]:
        """How many batches, X, y and weight of one call; filled up to `most` batches with rows of weight 0."""
        n_batches, missing = np.int32(-(-len(rows) // batch)), most * batch - len(rows)
        weight = np.ones(len(rows), np.float32)
        if missing:
            rows = np.concatenate([rows, np.full(missing, rows[-1])])
            weight = np.concatenate([weight, np.zeros(missing, np.float32)])
        parts = (self._rows.X[rows], self._rows.y[rows], weight)
        X, y, weight = (values.reshape(most, batch, *values.shape[1:]) for values in parts)
        return n_batches, X, y, weight

    def running(self) -> tuple[float, float]:
        loss, metric, n_rows = np.asarray(self._state[3], np.float64)
        return float(loss / n_rows), float(metric / n_rows)

    def measure(self, rows: Rows) -> tuple[float, float]:
        sums = np.zeros(2)
        for count, seen in self._looks(rows):
            sums += [np.asarray(values, np.float64)[:count].sum() for values in seen[1:]]
        return float(sums[0] / len(rows)), float(sums[1] / len(rows))

    def predict(self, X: np.ndarray) -> np.ndarray:
        """The network's output, (n, n_outputs) float32."""
        rows = Rows(X, np.zeros((len(X), *self._rows.y.shape[1:]), self._rows.y.dtype))
        return np.concatenate([np.asarray(seen[0])[:count] for count, seen in self._looks(rows)])

    def gradients(self, rows: Rows) -> list[Any]:
        """Of the loss on these rows, as in prediction, in the order of the trainable variables."""
        return self._slope(*self._state[:2], rows.X, rows.y)  # type: ignore[no-any-return]

    def slope(self, X: np.ndarray, output: int) -> tuple[np.ndarray, np.ndarray]:
        """One output of each row (n,), and its gradient with respect to X (n, ...)."""
        gradient, values = self._input_slope(*self._state[:2], X, output)
        return np.asarray(values), np.asarray(gradient)

    def learning_rate(self) -> float:
        if self._rate_variable is not None:
            return float(self._slot(self._rate_variable))
        return float(self._rate(np.asarray(self._slot(self.optimizer.iterations)) - 1))

    def _slot(self, variable: Any) -> Any:
        return next(slot for own, slot in zip(self.optimizer.variables, self._state[2], strict=True) if own is variable)

    def _looks(self, rows: Rows) -> Iterator[tuple[int, Any]]:
        """(rows that count, what is seen) by blocks of one size, so that one compiled program serves every split."""
        for start in range(0, len(rows), self._block):
            block = [values[start : start + self._block] for values in (rows.X, rows.y)]
            missing = 0 if self._exact_looks else self._block - len(block[0])
            padded = (np.pad(values, ((0, missing), *((0, 0),) * (values.ndim - 1))) for values in block)
            yield len(block[0]), self._look(*self._state[:2], *padded)

    def weights(self) -> list[Any]:
        """In the order of the trainable variables; the next call takes them back."""
        return self._state[0]

    def snapshot(self) -> tuple[list[np.ndarray], list[np.ndarray]]:
        trainable, other = ([np.array(value) for value in values] for values in self._state[:2])
        return trainable, other

    def restore(self, snapshot: tuple[list[Any], list[Any]]) -> None:
        self._state = (*snapshot, *self._state[2:])

    def finish(self, *, averaged: bool = False) -> None:
        """Give the Keras network and optimiser the values that training ended with.

        Args:
            averaged: take the moving averages of the weights instead, where the optimiser keeps such.
        """
        with self.in_keras():
            if averaged:
                self.optimizer.finalize_variable_values(self._network.trainable_variables)

    @contextlib.contextmanager
    def in_keras(self) -> Iterator[None]:
        """The network and the optimiser hold the values of now; what is changed in them is taken over."""
        kinds = (self._network.trainable_variables, self._network.non_trainable_variables, self.optimizer.variables)
        for kind, values in zip(kinds, self._state[:3], strict=True):
            for variable, value in zip(kind, values, strict=True):
                variable.assign(value)
        yield
        trainable, other, slots = ([variable.value for variable in kind] for kind in kinds)
        self._state = (trainable, other, slots, self._state[3])
