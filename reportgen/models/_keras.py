"""Keras as it is used here: imported short and quietly, its networks, losses and optimisers by their names."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from reportgen.dataset import Task
from reportgen.errors import OutputError, SpecError
from reportgen.spec import Mlp, Train

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
logging.getLogger("jax._src.xla_bridge").setLevel(logging.ERROR)


@contextlib.contextmanager
def _light_import() -> Iterator[None]:
    """Import Keras without what it would only load for its own wrappers, and without collecting garbage meanwhile.

    Keras takes scikit-learn, matplotlib and pandas where it finds them, and does without where it does not: together
    they are half of its import time. They are out of sight only where no other thread could want them. Nor is Keras to
    read and write its settings file in the home folder: results would depend on it.
    """
    alone = threading.active_count() == 1
    hidden = [name for name in ("matplotlib", "pandas", "sklearn") if alone and name not in sys.modules]
    collecting, no_home = gc.isenabled(), "KERAS_HOME" not in os.environ
    gc.disable()
    os.environ.setdefault("KERAS_HOME", os.devnull)
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
        if no_home:
            del os.environ["KERAS_HOME"]
        if collecting:
            gc.enable()
        gc.freeze()


try:
    with _light_import():
        import keras as keras
except (ImportError, ValueError) as error:
    name = os.environ["KERAS_BACKEND"]
    raise OutputError(
        f"the network backend {name} cannot be loaded: {error}",
        fix=f"pip install 'reportgen[{name}]', or unset KERAS_BACKEND" if name != "jax" else "pip install jax",
    ) from error

ON_JAX = keras.config.backend() == "jax"

#: Loss by task; the first is what `auto` means. Class targets are codes, hence the sparse form.
LOSSES: dict[str, dict[str, Callable[..., Any]]] = {
    "binary": {"binary_crossentropy": keras.losses.binary_crossentropy},
    "multiclass": {"categorical_crossentropy": keras.losses.sparse_categorical_crossentropy},
    "regression": {
        "mean_squared_error": keras.losses.mean_squared_error,
        "mean_absolute_error": keras.losses.mean_absolute_error,
        "huber": keras.losses.huber,
    },
}
_OPTIMIZERS = {
    "adam": keras.optimizers.Adam,
    "adamw": keras.optimizers.AdamW,
    "nadam": keras.optimizers.Nadam,
    "adamax": keras.optimizers.Adamax,
    "adagrad": keras.optimizers.Adagrad,
    "adadelta": keras.optimizers.Adadelta,
    "rmsprop": keras.optimizers.RMSprop,
    "sgd": keras.optimizers.SGD,
    "lion": keras.optimizers.Lion,
}


def loss_name(train: Train, task: Task) -> str:
    """The loss of this training.

    Raises:
        SpecError: `train.loss` does not fit the task.
    """
    fitting = list(LOSSES[task.name])
    if train.loss == "auto":
        return fitting[0]
    if train.loss not in fitting:
        raise SpecError(
            f"{train.loss} does not fit a {task.name} task",
            fix=f"choose auto or {' or '.join(fitting)}",
            key="train.loss",
        )
    return train.loss


def metric(task: Task, threshold: float, scale: float) -> tuple[str, Callable[..., Any]]:
    """The metric watched beside the loss: its name, and its value for each row as Keras computes it.

    `scale` is the standard deviation that the target was divided by: absolute errors come in the target's unit.
    """

    def accuracy(y_true: Any, y_pred: Any) -> Any:
        if task.name == "binary":
            return keras.ops.reshape(keras.metrics.binary_accuracy(y_true, y_pred, threshold=threshold), (-1,))
        return keras.metrics.sparse_categorical_accuracy(y_true, y_pred)

    def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
        return keras.losses.mean_absolute_error(y_true, y_pred) * scale

    return ("accuracy", accuracy) if task.is_classification else ("mean_absolute_error", mean_absolute_error)


def optimizer(train: Train) -> Any:
    """A fresh Keras optimiser."""
    return _OPTIMIZERS[train.optimizer](learning_rate=train.learning_rate)


class Drawn(keras.initializers.Initializer):  # type: ignore[misc]
    """Glorot's uniform distribution (Glorot and Bengio 2010, equation 16), drawn by NumPy; zeros for biases.

    The initial weights are the same on every backend, and JAX need not compile a generator for each shape.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Any:
        limit = np.sqrt(6.0 / sum(shape)) if len(shape) > 1 else 0.0
        return _on_device(self._rng.uniform(-limit, limit, shape).astype(dtype or "float32"))


def _on_device(values: np.ndarray) -> Any:
    if not ON_JAX:
        return keras.ops.convert_to_tensor(values)
    import jax

    return jax.device_put(values)  # Unlike jax.numpy.asarray, this compiles nothing.


def network(model: Mlp, task: Task, n_features: int, seed: int) -> Any:
    """The untrained network: hidden Dense layers with Dropout, and the last layer that the task asks for."""
    rng = np.random.default_rng((seed, 0))
    drawn = {"kernel_initializer": Drawn(rng), "bias_initializer": Drawn(rng), "dtype": "float32"}
    layers: list[Any] = [keras.layers.Input((n_features,), name="input")]
    for number, units in enumerate(model.hidden, 1):
        layers.append(keras.layers.Dense(units, activation=model.activation, name=f"hidden_{number}", **drawn))
        if model.dropout:
            noise = int(rng.integers(2**31))
            layers.append(keras.layers.Dropout(model.dropout, seed=noise, name=f"dropout_{number}", dtype="float32"))
    units, activation = {
        "binary": (1, "sigmoid"),
        "multiclass": (len(task.labels), "softmax"),
        "regression": (1, "linear"),
    }[task.name]
    layers.append(keras.layers.Dense(units, activation=activation, name="output", **drawn))
    return keras.Sequential(layers, name="network")


def dense_layers(network: Any) -> list[Any]:
    """The layers that have a kernel, from the input to the output."""
    return [layer for layer in network.layers if isinstance(layer, keras.layers.Dense)]


def forward(layers: list[Any], weights: Any, X: Any) -> tuple[Any, list[Any], list[Any]]:
    """The output of Dense layers, and what went into and came out of each activation function.

    Pre-activations are x W + b. `weights` are kernel and bias of each layer in turn. Dropout does nothing here, as in
    every prediction.
    """
    inputs, outputs = [], []
    for layer, kernel, bias in zip(layers, weights[::2], weights[1::2], strict=True):
        inputs.append(keras.ops.add(keras.ops.matmul(X, kernel), bias))
        outputs.append(layer.activation(inputs[-1]))
        X = outputs[-1]
    return X, inputs, outputs
