"""Kernels of a trained network as matrices small enough to be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from reportgen.fitted import WeightMatrix
from reportgen.models._histograms import spread
from reportgen.models._keras import keras
from reportgen.models._layers_table import Place
from reportgen.models._recording import as_array

_LARGEST_SIDE = 128
_SIDES = (128, 112, 96, 80, 64, 56, 48, 40, 32, 24, 16)
_MOST_MATRICES = 24
_MOST_CELLS, _FEWER_CELLS, _FEW_MATRICES = 33_000, 20_000, 4  # of all matrices, as many as two of 128 x 128
_CONVOLUTIONS = tuple(
    kind
    for name, kind in vars(keras.layers).items()
    if isinstance(kind, type) and "Conv" in name and "LSTM" not in name
)


@dataclass(frozen=True)
class _Kernel:
    """A kernel as a matrix (n_inputs, n_units), and whether its rows or columns stand in an order that says something.

    They do where they are places of a filter, or the gates of a recurrent layer.
    """

    name: str
    values: np.ndarray
    rows_placed: bool
    columns_placed: bool


def matrices(found: list[Place]) -> tuple[WeightMatrix, ...]:
    """The kernels of the layers, at most 24: the first, the last and evenly spread ones between them.

    The more there are, the smaller each is shown, so that together they keep to a size. Rows of the first kernel and
    columns of the last stay in their order: they have names.
    """
    kernels = [kernel for place in found for kernel in _kernels(place)]
    chosen = [kernels[number] for number in spread(len(kernels), _MOST_MATRICES)]
    side = _side([kernel.values.shape for kernel in chosen])
    return tuple(
        weight_matrix(
            kernel.name,
            kernel.values,
            side,
            ordered=(number > 0 and not kernel.rows_placed, kernel is not kernels[-1] and not kernel.columns_placed),
        )
        for number, kernel in enumerate(chosen)
    )


def _kernels(place: Place) -> Iterator[_Kernel]:
    weights = [w for w in getattr(place.layer, "weights", []) if len(w.shape) > 1 and "bias" not in w.name]
    names = [w.name for w in weights]
    for weight in weights:
        values = as_array(weight.value)
        if values.size and values.dtype.kind not in "biu":  # bfloat16 is of a kind of its own
            own = weight.name if names.count(weight.name) == 1 else _within(weight.path, place.layer.name)
            yield _Kernel(
                place.name if len(weights) == 1 else f"{place.name} {own}",
                _flat(values.astype(np.float32, copy=False), weight.name),
                rows_placed=isinstance(place.layer, _CONVOLUTIONS),
                columns_placed="recurrent" in " ".join(names),
            )


def _within(path: str, layer: str) -> str:
    """What tells a weight from its like in one layer: `forward kernel`, `query kernel`."""
    parts = path.split("/")
    inside = parts[parts.index(layer) + 1 :] if layer in parts else parts
    words = [next((way for way in ("forward", "backward") if part.startswith(f"{way}_")), part) for part in inside]
    return " ".join(word for word in words if not word.endswith("_cell"))


def _flat(values: np.ndarray, name: str) -> np.ndarray:
    if "depthwise" in name and values.ndim > 2:  # (places, channels, filters a channel): each channel has its own
        return values.reshape(-1, values.shape[-2] * values.shape[-1])
    return values.reshape(-1, values.shape[-1])


def _side(shapes: list[tuple[int, ...]]) -> int:
    """The side beyond which matrices become block means, so that all together have at most so many cells."""
    most = _MOST_CELLS if len(shapes) <= _FEW_MATRICES else _FEWER_CELLS
    for side in _SIDES:
        if sum(min(rows, side) * min(columns, side) for rows, columns in shapes) <= most:
            return side
    return _SIDES[-1]


def weight_matrix(
    layer: str, kernel: np.ndarray, side: int = _LARGEST_SIDE, ordered: tuple[bool, bool] = (False, False)
) -> WeightMatrix:
    """A kernel (n_inputs, n_units), as block means where it is larger than `side` x `side`.

    An input counts as zero where none of its weights reaches a thousandth of the largest of the matrix.

    Args:
        ordered: whether to look for an order of the rows, and of the columns, in which similar ones meet.
    """
    sizes = np.abs(kernel)
    values = block_means(block_means(kernel, 0, side), 1, side).astype(np.float32, copy=False)
    with np.errstate(all="ignore"):  # NaN and infinity are what they are
        return WeightMatrix(
            layer=layer,
            shape=(kernel.shape[0], kernel.shape[1]),
            values=values,
            mean=float(kernel.mean(dtype=np.float64)),
            std=float(kernel.std(dtype=np.float64)),
            smallest=float(kernel.min()),
            largest=float(kernel.max()),
            zero_inputs=int((sizes.max(axis=1) <= 1e-3 * sizes.max()).sum()),
            order=similar_together(values) if ordered[0] else None,
            unit_order=similar_together(values.T) if ordered[1] else None,
        )


def block_means(values: np.ndarray, axis: int, most: int = _LARGEST_SIDE) -> np.ndarray:
    """Means of at most `most` blocks of nearly equal size along an axis."""
    size = values.shape[axis]
    if size <= most:
        return values
    edges = np.linspace(0, size, most + 1).astype(int)
    counts = np.diff(edges).reshape([-1 if side == axis else 1 for side in range(values.ndim)])
    return np.asarray(np.add.reduceat(values, edges[:-1], axis=axis, dtype=np.float64) / counts)


def similar_together(rows: np.ndarray) -> np.ndarray | None:
    """An order of the rows in which those of like direction meet, (n,) int32; None where there is none to find.

    Each row is scaled to length 1 and seen in the plane of the first two principal directions; the order is that of the
    angles there, begun after the widest gap (Friendly 2002, "Corrgrams", The American Statistician 56(4)). Rows of
    zeros come last.
    """
    lengths = np.linalg.norm(rows.astype(np.float64), axis=1, keepdims=True)
    if min(rows.shape) < 2 or len(rows) < 3 or not np.isfinite(lengths).all() or not lengths.any():
        return None
    left, sizes, right = np.linalg.svd(rows / np.where(lengths > 0, lengths, 1.0), full_matrices=False)
    signs = np.sign(right[[0, 1], np.abs(right[:2]).argmax(axis=1)])  # else the library's whim decides
    angles = np.arctan2(left[:, 1] * sizes[1] * signs[1], left[:, 0] * sizes[0] * signs[0])
    angles[lengths[:, 0] == 0.0] = np.inf
    order = np.argsort(angles, kind="stable")
    alive = int(np.isfinite(angles).sum())
    around = angles[order[:alive]]
    start = int(np.diff(around, prepend=around[-1] - 2 * np.pi).argmax())
    return np.concatenate([np.roll(order[:alive], -start), order[alive:]]).astype(np.int32)
