"""The distribution of what reaches each activation function, and of what comes out of each layer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from reportgen.fitted import Activation, Outputs
from reportgen.models._histograms import counts, evenly, robust_edges
from reportgen.models._keras import ON_JAX, keras
from reportgen.models._recording import Function, as_array

_CURVE_POINTS = 121
_PROBES = 32  # inputs at which a function is compared with what it gave in the network
_MOST_VALUES = 100_000  # that a histogram counts
_OUTPUT_BINS = 40
#: Bounds that an activation function approaches without leaving them.
_BOUNDS = {
    "sigmoid": (0.0, 1.0),
    "hard_sigmoid": (0.0, 1.0),
    "sparse_sigmoid": (0.0, 1.0),
    "softmax": (0.0, 1.0),
    "tanh": (-1.0, 1.0),
    "hard_tanh": (-1.0, 1.0),
    "softsign": (-1.0, 1.0),
}
#: Functions that give exactly zero for all inputs below some number, and have no slope there.
_RESTING = frozenset({"relu", "relu6", "hard_silu", "threshold", "sparse_plus"})
#: Functions of a whole vector that are functions of the margin of each of its numbers, and which.
_OF_MARGINS = {"softmax": keras.activations.sigmoid, "log_softmax": keras.activations.log_sigmoid}
#: The commonest functions as NumPy has them: compiling them takes longer than the whole rest of a small network.
_IN_NUMPY: dict[Callable[..., Any], Callable[[np.ndarray], np.ndarray]] = {
    keras.activations.relu: lambda x: np.maximum(x, 0.0),
    keras.activations.tanh: np.tanh,
    keras.activations.sigmoid: lambda x: 0.5 + 0.5 * np.tanh(0.5 * x),
}


@dataclass(frozen=True)
class _Taken:
    """A part of what went into and came out of a function, and the places at which its curve is drawn."""

    function: Function
    z: np.ndarray
    a: np.ndarray
    edges: np.ndarray

    @property
    def grid(self) -> np.ndarray:
        return np.linspace(self.edges[0], self.edges[-1], _CURVE_POINTS, dtype=np.float32)

    @property
    def probes(self) -> np.ndarray:
        return np.linspace(0, self.z.size - 1, _PROBES).astype(int)

    @property
    def points(self) -> np.ndarray:
        return np.concatenate([self.grid, self.z[self.probes]], dtype=np.float32, casting="same_kind")


def activations(
    shown: Sequence[Function], into: Sequence[np.ndarray], out: Sequence[np.ndarray]
) -> tuple[Activation, ...]:
    """One `Activation` a function, from what went into and came out of it, each (n_samples, ..., n_units).

    Softmax is no function of one number, so its input here is the margin z_k - log(sum over j != k of exp(z_j)), of
    which softmax is exactly the logistic function. Functions whose inputs are not all finite are left out, and those
    that are no function of one number at all, which shows where they give other values alone than in the network:
    sparsemax, or PReLU, whose slope differs from unit to unit.
    """
    found = []
    for function, z, a in zip(shown, into, out, strict=True):
        taken = _taken(function, np.asarray(z, np.float32), np.asarray(a, np.float32))
        if taken is not None:
            found.append((taken, np.asarray(a), len(z)))
    curves = _curves([taken for taken, _, _ in found])
    return tuple(
        _activation(taken, a, rows, curve)
        for (taken, a, rows), curve in zip(found, curves, strict=True)
        if curve is not None
    )


def _taken(function: Function, z: np.ndarray, a: np.ndarray) -> _Taken | None:
    if z.size == 0 or z.shape != a.shape or not np.isfinite(z).all():
        return None
    if function.function in _OF_MARGINS:
        if z.shape[-1] < 2 or getattr(function.layer, "axis", -1) not in (-1, z.ndim - 1):
            return None
        z = margins(z.reshape(-1, z.shape[-1])).reshape(z.shape)
    part = evenly(z, _MOST_VALUES)
    return _Taken(function, part, evenly(a, _MOST_VALUES), robust_edges(part))


def _activation(taken: _Taken, a: np.ndarray, rows: int, curve: np.ndarray) -> Activation:
    function = taken.function.function
    low, high = _BOUNDS.get(function, (-np.inf, np.inf))
    near = 0.01  # of a bound, in the unit of the output
    axis = 1 if getattr(taken.function.layer, "data_format", "") == "channels_first" and a.ndim > 2 else a.ndim - 1
    others = tuple(side for side in range(a.ndim) if side != axis)
    saturated = (taken.a <= low + near) | (taken.a >= high - near)
    return Activation(
        layer=taken.function.name,
        function=function,
        edges=taken.edges,
        counts=counts(taken.z, taken.edges),
        curve_x=taken.grid,
        curve_y=curve,
        dead=float((a == 0).all(axis=others).mean()) if function in _RESTING else None,
        saturated=float(saturated.mean()) if function in _BOUNDS else None,
        units=a.shape[axis],
        samples=rows,
    )


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


def _curves(found: list[_Taken]) -> list[np.ndarray | None]:
    """Each function over its grid, as Keras computes it; None where it is no function of one number."""
    alike: dict[int, tuple[Callable[..., Any], list[_Taken]]] = {}
    for taken in found:
        function = _alone(taken.function)
        alike.setdefault(id(function), (function, []))[1].append(taken)
    groups = [group for _, group in alike.values()]
    given = _evaluated(
        [function for function, _ in alike.values()],
        [np.concatenate([taken.points for taken in group])[:, None] for group in groups],
    )
    curves = {}
    for group, values in zip(groups, given, strict=True):
        size = _CURVE_POINTS + _PROBES
        for place, taken in enumerate(group):
            own = None if values is None else values[place * size : (place + 1) * size]
            curves[taken.function.name] = None if own is None or not _agrees(taken, own) else own[:_CURVE_POINTS]
    return [curves[taken.function.name] for taken in found]


def _alone(function: Function) -> Callable[..., Any]:
    """The function of one number."""
    own: Callable[..., Any] | None = _OF_MARGINS.get(function.function)
    return own or function.called


def _agrees(taken: _Taken, values: np.ndarray) -> bool:
    """Whether the function gave in the network what it gives alone."""
    seen = taken.a[taken.probes].astype(np.float64)
    reach = max(1e-6, float(np.abs(seen).max(initial=0.0)))
    return bool(np.isfinite(values).all() and np.abs(values[_CURVE_POINTS:] - seen).max() <= 1e-2 * reach)


def _evaluated(functions: list[Callable[..., Any]], points: list[np.ndarray]) -> list[np.ndarray | None]:
    """What functions make of points (n, 1), each (n,); None for one that takes no such points."""
    known = [_IN_NUMPY.get(function) for function in functions]
    others = [number for number, formula in enumerate(known) if formula is None]
    computed = iter(_by_keras([functions[number] for number in others], [points[number] for number in others]))
    given = [next(computed) if formula is None else formula(x) for formula, x in zip(known, points, strict=True)]
    return [
        None if values is None or values.shape != x.shape else values[:, 0].astype(np.float32)
        for values, x in zip(given, points, strict=True)
    ]


def _by_keras(functions: list[Callable[..., Any]], points: list[np.ndarray]) -> list[np.ndarray | None]:
    def evaluate(given: list[Any]) -> list[Any]:
        return [_tried(function, x) for function, x in zip(functions, given, strict=True)]

    if not functions:
        return []
    if ON_JAX:
        import jax

        values = jax.jit(evaluate)(points)
    else:
        values = evaluate([keras.ops.convert_to_tensor(x) for x in points])
    return [None if value is None else as_array(value) for value in values]


def _tried(function: Callable[..., Any], points: Any) -> Any | None:
    try:
        return function(points)
    except Exception:  # a function of the user's own may want anything
        return None


def outputs(layer: str, values: np.ndarray) -> Outputs | None:
    """What came out of a layer, (n_samples, ...); None where it is not all finite."""
    part = evenly(np.asarray(values, np.float32), _MOST_VALUES)
    if part.size == 0 or not np.isfinite(part).all():
        return None
    edges = robust_edges(part, _OUTPUT_BINS)
    wide = part.astype(np.float64)
    return Outputs(layer, edges, counts(part, edges), float(wide.mean()), float(wide.std()), float((part == 0).mean()))
