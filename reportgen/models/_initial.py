"""Initial weights drawn by NumPy: the same on every backend, and no program to compile for each shape."""

from __future__ import annotations

import contextlib
import math
import random
from collections.abc import Iterator
from typing import Any

import numpy as np

from reportgen.models._keras import ON_JAX, keras

_OF_TWO_SIDES = 0.87962566103423978  # the standard deviation of a standard normal cut off at -2 and 2


class Drawn(keras.initializers.Initializer):  # type: ignore[misc]
    """What a Keras initialiser describes, drawn by NumPy.

    Args:
        like: the initialiser; one that draws nothing, or in a way of its own, is left to Keras.
    """

    def __init__(self, rng: np.random.Generator, like: Any) -> None:
        self._rng, self._like = rng, like

    def __call__(self, shape: tuple[int, ...], dtype: Any = None, **more: Any) -> Any:
        values = _values(self._like, tuple(shape), self._rng)
        if values is None:
            return self._like(shape, dtype=dtype, **more)
        return _on_device(values.astype(dtype or "float32"))

    def get_config(self) -> dict[str, Any]:
        """What attention layers make the initialisers of their inner layers from."""
        return {"rng": self._rng, "like": self._like}


def draw_with(layer: Any, rng: np.random.Generator) -> Any:
    """Let a layer that is not built yet, and the layers inside it, draw their weights from `rng`; returns the layer."""
    for own in layer._flatten_layers() if isinstance(layer, keras.layers.Layer) else ():
        for name, value in list(vars(own).items()):
            if name.endswith("_initializer") and isinstance(value, keras.initializers.Initializer):
                setattr(own, name, value if isinstance(value, Drawn) else Drawn(rng, value))
    return layer


@contextlib.contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Whatever Keras draws without a seed of its own follows from this one; Python's and NumPy's states stay."""
    of_python, of_numpy = random.getstate(), np.random.get_state()
    keras.utils.clear_session(free_memory=False)  # Names of layers and Keras's own source of seeds begin anew.
    random.seed(seed)
    np.random.seed(seed % 2**32)
    if keras.config.backend() == "torch":
        import torch

        torch.manual_seed(seed)
    try:
        yield
    finally:
        random.setstate(of_python)
        np.random.set_state(of_numpy)


def _on_device(values: np.ndarray) -> Any:
    if not ON_JAX:
        return keras.ops.convert_to_tensor(values)
    import jax

    return jax.device_put(values)  # Unlike jax.numpy.asarray, this compiles nothing.


def _values(like: Any, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray | None:
    kinds = keras.initializers
    if isinstance(like, kinds.VarianceScaling) and getattr(like, "input_axes", None) is None:
        return _scaled(like, shape, rng)
    if isinstance(like, kinds.Zeros):
        return rng.uniform(-0.0, 0.0, shape)
    if isinstance(like, kinds.Ones):
        return np.ones(shape)
    if isinstance(like, kinds.RandomUniform):
        return rng.uniform(like.minval, like.maxval, shape)
    if isinstance(like, kinds.TruncatedNormal):
        return np.asarray(like.mean + _cut(shape, like.stddev, rng))
    if isinstance(like, kinds.RandomNormal):
        return rng.normal(like.mean, like.stddev, shape)
    return _orthogonal(shape, float(like.gain), rng) if isinstance(like, kinds.Orthogonal) and len(shape) > 1 else None


def _scaled(like: Any, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Glorot's (2010, equation 16), He's (2015) and LeCun's (1998) distributions: a variance of scale / n."""
    inputs, outputs = _fans(shape)
    n = {"fan_in": inputs, "fan_out": outputs}.get(like.mode, (inputs + outputs) / 2)
    variance = like.scale / max(1.0, n)
    if like.distribution == "uniform":
        limit = np.sqrt(3.0 * like.scale / max(1.0, n))
        return rng.uniform(-limit, limit, shape)
    if like.distribution == "untruncated_normal":
        return rng.normal(0.0, math.sqrt(variance), shape)
    return _cut(shape, math.sqrt(variance) / _OF_TWO_SIDES, rng)


def _fans(shape: tuple[int, ...]) -> tuple[float, float]:
    """How many numbers a unit reads, and how many units read a number; of a filter times the places under it."""
    if len(shape) < 2:
        return (float(shape[0]), float(shape[0])) if shape else (1.0, 1.0)
    places = math.prod(shape[:-2])
    return float(shape[-2] * places), float(shape[-1] * places)


def _cut(shape: tuple[int, ...], std: float, rng: np.random.Generator) -> np.ndarray:
    """Normal values; those beyond two standard deviations are drawn again."""
    values = rng.normal(size=shape)
    while (far := np.abs(values) > 2.0).any():
        values[far] = rng.normal(size=int(far.sum()))
    return values * std


def _orthogonal(shape: tuple[int, ...], gain: float, rng: np.random.Generator) -> np.ndarray:
    """Orthonormal rows or columns, whichever are fewer (Saxe et al. 2014)."""
    rows, columns = math.prod(shape[:-1]), shape[-1]
    q, r = np.linalg.qr(rng.normal(size=(max(rows, columns), min(rows, columns))))
    q = q * np.sign(np.diag(r))
    return np.asarray(gain * (q.T if rows < columns else q).reshape(shape))
