"""Rows with a label and rows that it was predicted for, label by label, and random counts like them."""

from __future__ import annotations

import numpy as np

from reportgen.metrics._counts import CELLS_DRAWN, DRAWS, Counts
from reportgen.results import Prediction
from reportgen.text import listing, quoted


def label_counts(prediction: Prediction) -> Counts:
    """Of each label (n_labels,) the rows where it is rightly predicted, there, and predicted."""
    actual, predicted = prediction.y_true, prediction.y_pred
    there = actual.sum(axis=0)
    return Counts((actual & predicted).sum(axis=0), there, predicted.sum(axis=0), there > 0)


def draw(prediction: Prediction, rng: np.random.Generator) -> Counts:
    """Up to 2,000 counts (draws, n_labels): the weights of the rows are drawn from a Dirichlet distribution.

    The Bayesian bootstrap (Rubin 1981, Annals of Statistics 9:130-134), in which whole rows are weighted, so that
    labels that go together vary together. As in `_counts.draw` a prior stands for errors that were not seen, else a
    flawless model would get an interval of no width: half a row in which each label is right, half a row in which it
    is missed, half a row in which it is predicted and not there. A label that is never there, or never predicted,
    keeps its convention.
    """
    pairs, rows = _patterns(prediction)
    counts = label_counts(prediction)
    seen, taken = counts.actual > 0, counts.predicted > 0
    nothing = np.zeros_like(seen)
    prior = np.stack([[seen & taken, seen & taken], [seen, nothing], [nothing, taken]]).astype(pairs.dtype)
    pairs, shape = np.concatenate([pairs, prior]), np.concatenate([rows, np.full(3, 0.5)])
    drawn = rng.standard_gamma(shape, size=(int(np.clip(CELLS_DRAWN // len(shape), 200, DRAWS)), len(shape)))
    drawn *= rows.sum() / drawn.sum(axis=1, keepdims=True)
    actual, predicted = pairs[:, 0].astype(float), pairs[:, 1].astype(float)
    return Counts(drawn @ (actual * predicted), drawn @ actual, drawn @ predicted, seen)


def _patterns(prediction: Prediction) -> tuple[np.ndarray, np.ndarray]:
    """The different rows of truth and prediction (m, 2, n_labels) int8, and how often each stands there (m,)."""
    both = np.stack([prediction.y_true, prediction.y_pred], axis=1).astype(np.int8)
    packed = np.packbits(both.reshape(len(both), -1), axis=1)
    marks = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, rows = np.unique(marks, return_index=True, return_counts=True)
    return both[first], rows.astype(float)


def unranked(prediction: Prediction) -> str:
    """Says which labels no curve over all thresholds can be drawn of."""
    members = prediction.y_true.sum(axis=0)
    alike = np.flatnonzero((members == 0) | (members == len(prediction.y_true)))
    names = [quoted(prediction.labels[place]) for place in alike]
    return f"averaged without {listing(names, most=3)}, which every row or none of this split has" if names else ""
