"""What comes out of the last hidden layer, in a plane."""

from __future__ import annotations

import numpy as np

from reportgen.fitted import Embedding
from reportgen.models._layers_table import Place

MOST_ROWS = 500
_FEWEST_ROWS = 3


def last_layer(found: list[Place]) -> Place | None:
    """The output layer: the last one with weights, which must read a layer that is not the input itself."""
    weighty = [place for place in found if getattr(place.layer, "weights", [])]
    return weighty[-1] if len(weighty) > 1 else None


def embedding(layer: str, split: str, hidden: np.ndarray, y: np.ndarray) -> Embedding | None:
    """The first two principal components of what the layer gives, (n, ...); None where it does not vary.

    Each component points to where its largest loading is positive.
    """
    values = hidden.reshape(len(hidden), -1).astype(np.float64)
    if len(values) < _FEWEST_ROWS or values.shape[1] < 2 or not np.isfinite(values).all():
        return None
    largest = np.abs(values).max()
    centred = (values - values.mean(axis=0)) / (largest or 1.0)
    points, shares = _components(centred)
    if not shares[0]:
        return None
    return Embedding(
        layer=layer,
        split=split,
        points=(points * largest).astype(np.float32),
        explained=shares,
        y=y,
        width=values.shape[1],
    )


def _components(centred: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
    """Scores (n, 2) and shares of variance, from the rows' products: there may be many more columns than rows."""
    squares, left = np.linalg.eigh(centred @ centred.T)
    squares, left = np.maximum(squares[::-1], 0.0), left[:, ::-1]
    total = float(squares.sum())
    if total <= 1e-20:
        return np.zeros((len(centred), 2)), (0.0, 0.0)
    loadings = centred.T @ left[:, :2]
    signs = np.sign(loadings[np.abs(loadings).argmax(axis=0), [0, 1]])
    points = left[:, :2] * np.sqrt(squares[:2]) * np.where(signs == 0, 1.0, signs)
    return points, (float(squares[0] / total), float(squares[1] / total))
