"""Rows with a label and rows that it was predicted for, label by label, and random counts like them."""

from __future__ import annotations

import numpy as np

from reportgen.clusters import Clusters
from reportgen.metrics._counts import CELLS_DRAWN, DRAWS, PRODUCTS, Counts
from reportgen.results import Prediction
from reportgen.text import listing, quoted


def label_counts(prediction: Prediction) -> Counts:
    """Of each label (n_labels,) the rows where it is rightly predicted, there, and predicted."""
    actual, predicted = prediction.y_true, prediction.y_pred
    there = actual.sum(axis=0)
    return Counts((actual & predicted).sum(axis=0), there, predicted.sum(axis=0), there > 0)


def draw(prediction: Prediction, rng: np.random.Generator, clusters: Clusters | None = None) -> Counts:
    """Up to 2,000 counts (draws, n_labels): the weights of the rows are drawn from a Dirichlet distribution.

    The Bayesian bootstrap (Rubin 1981, Annals of Statistics 9:130-134), in which whole rows are weighted, so that
    labels that go together vary together. As in `_counts.draw` a prior stands for errors that were not seen, else a
    flawless model would get an interval of no width: half a row in which each label is right, half a row in which it
    is missed, half a row in which it is predicted and not there. A label that is never there, or never predicted,
    keeps its convention. Rows that depend on each other are weighted by whole clusters, and the prior
    stands for what none of them shows.
    """
    if clusters is not None:
        return _draw_clusters(prediction, rng, clusters)
    pairs, rows = _patterns(prediction)
    prior, seen = _unseen(prediction)
    pairs, shape = np.concatenate([pairs, prior.astype(pairs.dtype)]), np.concatenate([rows, np.full(3, 0.5)])
    drawn = rng.standard_gamma(shape, size=(int(np.clip(CELLS_DRAWN // len(shape), 200, DRAWS)), len(shape)))
    drawn *= rows.sum() / drawn.sum(axis=1, keepdims=True)
    actual, predicted = pairs[:, 0].astype(float), pairs[:, 1].astype(float)
    return Counts(drawn @ (actual * predicted), drawn @ actual, drawn @ predicted, seen)


def _unseen(prediction: Prediction) -> tuple[np.ndarray, np.ndarray]:
    """Truth and prediction (3, 2, n_labels) of what a prior stands for, and which labels are there (n_labels,)."""
    counts = label_counts(prediction)
    seen, taken = counts.actual > 0, counts.predicted > 0
    nothing = np.zeros_like(seen)
    return np.stack([[seen & taken, seen & taken], [seen, nothing], [nothing, taken]]), seen


def cluster_counts(prediction: Prediction, clusters: Clusters) -> Counts:
    """Of each cluster and label (count, n_labels) the rows where it is rightly predicted, there, and predicted."""
    actual, predicted = prediction.y_true, prediction.y_pred
    hits, there, taken = (clusters.sums(flags) for flags in (actual & predicted, actual, predicted))
    return Counts(hits, there, taken, np.asarray(actual.any(axis=0)))


def _draw_clusters(prediction: Prediction, rng: np.random.Generator, clusters: Clusters) -> Counts:
    counts, (prior, seen) = cluster_counts(prediction, clusters), _unseen(prediction)
    draws = int(np.clip(PRODUCTS // (3 * clusters.count * len(seen)), 200, DRAWS))
    weights = np.concatenate(
        [rng.standard_exponential((draws, clusters.count)), rng.standard_gamma(0.5, (draws, 3))], axis=1
    )
    n = len(prediction.y_true)
    weights *= clusters.count / weights.sum(axis=1, keepdims=True)
    hits, actual, predicted = (part.sum(axis=0) for part in (counts.hits, counts.actual, counts.predicted))
    without = np.stack([hits == 0, hits == actual, hits == predicted])  # what no row shows
    prior = prior & without[:, None]
    unseen = prior.astype(float) * n / clusters.count
    return Counts(
        weights @ np.concatenate([counts.hits, unseen[:, 0] * prior[:, 1]]),
        weights @ np.concatenate([counts.actual, unseen[:, 0]]),
        weights @ np.concatenate([counts.predicted, unseen[:, 1]]),
        seen,
    )


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
