"""What a report shows of a trained network: layers, kernels and activations, as small summaries."""

from __future__ import annotations

from typing import Any

import numpy as np

from reportgen.models._keras import ON_JAX, keras
from reportgen.results import Activation, Layer, WeightMatrix

SAMPLE = 1000
_LARGEST_SIDE = 128
_BINS = 60
_CURVE_POINTS = 121
#: Bounds that an activation function approaches without leaving them.
_BOUNDS = {"sigmoid": (0.0, 1.0), "hard_sigmoid": (0.0, 1.0), "softmax": (0.0, 1.0), "tanh": (-1.0, 1.0)}


def layers(network: Any) -> tuple[Layer, ...]:
    """A row for the input and for each layer."""
    width = network.input_shape[-1]
    rows = [Layer("input", "Input", (width,), 0)]
    for layer in network.layers:
        if isinstance(layer, keras.layers.Dense):
            detail = f"{width} x {layer.units} weights, {layer.units} biases"
            activation, width = layer.activation.__name__, layer.units
            rows.append(Layer(layer.name, "Dense", (width,), layer.count_params(), activation, detail))
        else:
            rows.append(Layer(layer.name, "Dropout", (width,), 0, detail=f"rate {layer.rate:g}"))
    return tuple(rows)


def weight_matrix(layer: str, kernel: np.ndarray) -> WeightMatrix:
    """A kernel (n_inputs, n_units), as block means where it is larger than 128 x 128.

    An input counts as zero where none of its weights reaches a thousandth of the largest of the matrix.
    """
    sizes = np.abs(kernel)
    return WeightMatrix(
        layer=layer,
        shape=(kernel.shape[0], kernel.shape[1]),
        values=block_means(block_means(kernel, 0), 1),
        mean=float(kernel.mean(dtype=np.float64)),
        std=float(kernel.std(dtype=np.float64)),
        smallest=float(kernel.min()),
        largest=float(kernel.max()),
        zero_inputs=int((sizes.max(axis=1) <= 1e-3 * sizes.max()).sum()),
    )


def block_means(values: np.ndarray, axis: int, most: int = _LARGEST_SIDE) -> np.ndarray:
    """Means of at most `most` blocks of nearly equal size along an axis."""
    size = values.shape[axis]
    if size <= most:
        return values
    edges = np.linspace(0, size, most + 1).astype(int)
    counts = np.diff(edges).reshape([-1 if side == axis else 1 for side in range(values.ndim)])
    return np.asarray(np.add.reduceat(values, edges[:-1], axis=axis, dtype=np.float64) / counts)


def activations(dense: list[Any], into: list[np.ndarray], out: list[np.ndarray]) -> tuple[Activation, ...]:
    """One `Activation` a Dense layer, from what went into and came out of its function, each (n_samples, n_units).

    Softmax is no function of one number, so its input here is the margin z_k - log(sum over j != k of exp(z_j)), of
    which softmax is exactly the logistic function. Layers whose inputs are not all finite are left out.
    """
    shown = [
        (layer, margins(z) if layer.activation.__name__ == "softmax" else z, a)
        for layer, z, a in zip(dense, into, out, strict=True)
    ]
    shown = [(layer, z, a) for layer, z, a in shown if np.isfinite(z).all()]
    edges = [robust_edges(z) for _, z, _ in shown]
    grids = [np.linspace(edge[0], edge[-1], _CURVE_POINTS) for edge in edges]
    curves = _curves([layer.activation for layer, _, _ in shown], grids)
    return tuple(
        _activation(layer, z, a, edge, grid, curve)
        for (layer, z, a), edge, grid, curve in zip(shown, edges, grids, curves, strict=True)
    )


def _activation(
    layer: Any, z: np.ndarray, a: np.ndarray, edges: np.ndarray, grid: np.ndarray, curve: np.ndarray
) -> Activation:
    function = layer.activation.__name__
    low, high = _BOUNDS.get(function, (-np.inf, np.inf))
    near = 0.01  # of a bound, in the unit of the output
    return Activation(
        layer=layer.name,
        function=function,
        edges=edges,
        counts=np.histogram(np.clip(z, edges[0], edges[-1]), edges)[0],
        curve_x=grid,
        curve_y=curve,
        dead=float((a == 0).all(axis=0).mean()) if function == "relu" else None,
        saturated=float(((a <= low + near) | (a >= high - near)).mean()) if function in _BOUNDS else None,
        units=layer.units,
        samples=len(z),
    )


def robust_edges(z: np.ndarray) -> np.ndarray:
    """Edges of 60 bins over the middle 99 % of the values, zero always among them; the rest goes to the outer bins."""
    low, high = np.quantile(z.astype(np.float64), [0.005, 0.995])
    low, high = min(low, 0.0), max(high, 0.0)
    margin = 0.05 * (high - low) or 1.0
    return np.linspace(low - margin, high + margin, _BINS + 1)


def margins(z: np.ndarray) -> np.ndarray:
    """z_k - log(sum over j != k of exp(z_j)) for each column k of (n_samples, n_units) logits."""
    shifted = z.astype(np.float64) - z.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    others = exponentials.sum(axis=1, keepdims=True) - exponentials
    # The largest logit's rest is what cancellation would lose, so it is summed on its own.
    rows, largest = np.arange(len(z)), shifted.argmax(axis=1)
    without = exponentials.copy()
    without[rows, largest] = 0.0
    others[rows, largest] = without.sum(axis=1)
    return np.asarray(shifted - np.log(np.maximum(others, np.finfo(np.float64).tiny)))


def _curves(functions: list[Any], grids: list[np.ndarray]) -> list[np.ndarray]:
    """Each function over its grid, as Keras computes it."""
    own = [keras.activations.sigmoid if function is keras.activations.softmax else function for function in functions]

    def evaluate(points: list[Any]) -> list[Any]:
        return [function(x) for function, x in zip(own, points, strict=True)]

    points = [grid.astype(np.float32) for grid in grids]
    if ON_JAX:
        import jax

        return [np.asarray(curve, np.float64) for curve in jax.jit(evaluate)(points)]
    return [
        keras.ops.convert_to_numpy(y).astype(np.float64)
        for y in evaluate([keras.ops.convert_to_tensor(x) for x in points])
    ]
