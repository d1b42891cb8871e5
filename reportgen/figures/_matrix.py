"""How matrices of pairs are drawn: related columns beside each other, the half below the diagonal, strongest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.figures._data import Plain, array
from reportgen.svg import SERIES
from reportgen.text import fixed

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

_WITH_NUMBERS = 10
_MOST_PAIRS = 100
_SIGNED = 0.25  # from which a cell without its number says that it is negative


def filled(values: Sequence[Sequence[float | None]]) -> np.ndarray:
    """A matrix (k, k) with zeros for what is unknown."""
    found: np.ndarray = np.nan_to_num(np.array([array(row) for row in values]).reshape(len(values), -1))
    return found


def seriation(values: np.ndarray) -> np.ndarray:
    """Positions (k,) in an order that puts related columns beside each other; values (k, k) from -1 to 1.

    By the Fiedler vector of the graph whose edges are the sizes (Atkins, Boman and Hendrickson 1998, "A spectral
    algorithm for seriation").
    """
    strength = np.abs(values - np.diag(np.diag(values)))
    laplacian = np.diag(strength.sum(axis=1)) - strength
    _, vectors = np.linalg.eigh(laplacian)
    fiedler = vectors[:, 1] if len(vectors) > 2 else np.zeros(len(vectors))
    # The sign of an eigenvector is arbitrary; the first column decides it.
    signed = fiedler if not len(fiedler) or fiedler[0] <= 0 else -fiedler
    return np.argsort(signed.round(9), kind="stable")


def pairs(values: np.ndarray, most: int = _MOST_PAIRS) -> list[tuple[int, int]]:
    """The pairs of different columns, the strongest first."""
    one, other = np.triu_indices(len(values), 1)
    order = np.argsort(-np.abs(values[one, other]), kind="stable")[:most]
    return [(int(one[place]), int(other[place])) for place in order]


def pair_table(labels: Sequence[str], values: np.ndarray, head: tuple[str, str, str]) -> dict[str, Plain]:
    """The strongest pairs as a table."""
    found = pairs(values)
    columns = (
        [labels[one] for one, _ in found],
        [labels[other] for _, other in found],
        [round(float(values[pair]), 4) for pair in found],
    )
    return dict(zip(head, columns, strict=True))


def triangle_size(labels: Sequence[str]) -> tuple[float, float]:
    """Inches: with their number the cells become smaller, so that forty columns fit on a page."""
    several = len(labels)
    if several <= _WITH_NUMBERS:
        return 1.8 + 0.42 * several, 0.45 + 0.24 * several
    side = several * (0.19 if several <= 20 else 0.155)
    return side + 1.9, side + 0.5


def draw_triangle(
    axes: Axes, labels: Sequence[str], values: np.ndarray, unsigned: np.ndarray | None = None, what: str = "correlation"
) -> None:
    """The half below the diagonal: orange positive, blue negative, green where `unsigned` (k, k) says so."""
    half = np.where(np.tri(len(values), k=-1, dtype=bool), values, 0)[:, :-1]  # its last column is empty
    apart = np.zeros(half.shape, dtype=bool) if unsigned is None else unsigned[:, :-1]
    axes.cells(np.where(apart, 0, np.clip(half, 0, 1)), SERIES[2])
    axes.cells(np.where(apart, 0, np.clip(-half, 0, 1)), SERIES[1])
    axes.cells(np.where(apart, np.clip(half, 0, 1), 0), SERIES[3])
    axes.categories("y", [f"{label}  {number}" for number, label in enumerate(labels, 1)])
    axes.categories("x", range(1, len(values)))
    axes.bare()
    below = np.where(np.tri(len(values), k=-1, dtype=bool), values, np.nan)[:, :-1]
    axes.tell(below, what, labels[:-1], labels)
    for row, column in zip(*np.tril_indices(len(values), -1), strict=True):
        value = float(values[row, column])
        if len(values) <= _WITH_NUMBERS:
            axes.value(float(column), float(row), fixed(value, 2), abs(value))
        elif value <= -_SIGNED:
            axes.value(float(column), float(row), "−", abs(value))


def listed(columns: Mapping[str, Sequence[Any]], head: tuple[str, str, str], most: int = 8) -> str:
    """`a and b 0.93; a and c −0.70`, for those who cannot see the drawing."""
    named = zip(*(columns[name][:most] for name in head), strict=True)
    return "; ".join(f"{one} and {other} {fixed(value, 2)}" for one, other, value in named)
