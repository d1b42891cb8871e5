"""The confusion matrix by its margins, and random matrices like it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from reportgen.clusters import Clusters
from reportgen.results import Prediction

DRAWS = 2000
CELLS_DRAWN = 8_000_000  # at most, over all draws: bounds the cost with a thousand classes
PRODUCTS = 1_000_000_000  # the same of clusters: draws x clusters x classes


@dataclass(frozen=True)
class Counts:
    """Rows by class: `hits`, `actual` and `predicted` (..., k) for the k classes that occur; leading axis: draws.

    `seen` (k,) tells which of them occur in y_true, and not in y_pred alone.
    """

    hits: np.ndarray
    actual: np.ndarray
    predicted: np.ndarray
    seen: np.ndarray


def share(top: np.ndarray, bottom: np.ndarray) -> np.ndarray:
    """The quotient, 0 where nothing was to be divided: scikit-learn's zero_division=0."""
    quotient: np.ndarray = np.divide(top, bottom, out=np.zeros_like(top), where=bottom > 0)
    return quotient


def weighted_pairs(prediction: Prediction) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    """`y_true`, `y_pred` and `sample_weight` of the distinct pairs, to be handed to scikit-learn.

    Gives the same values as all rows do, at the price of the cells of the confusion matrix.
    """
    actual, predicted, rows = _pairs(prediction)
    return actual, predicted, {"sample_weight": rows}


def _pairs(prediction: Prediction) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    k = max(len(prediction.labels), 1)
    rows = np.bincount(prediction.y_true * k + prediction.y_pred)
    cells = np.flatnonzero(rows)
    return cells // k, cells % k, rows[cells]


def counted_once(prediction: Prediction) -> Counts:
    """The confusion matrix as it is, over the classes that occur in y_true or y_pred: (k,) each."""
    actual, predicted, rows = _pairs(prediction)
    found = _margins(actual, predicted, rows[None].astype(float), np.union1d(actual, predicted))
    return Counts(found.hits[0], found.actual[0], found.predicted[0], found.seen)


def confused(prediction: Prediction) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The cells off the diagonal: both classes, as positions among those that occur, and the rows (m,) of each."""
    actual, predicted, rows = _pairs(prediction)
    classes, wrong = np.union1d(actual, predicted), actual != predicted
    places = (np.searchsorted(classes, codes[wrong]) for codes in (actual, predicted))
    return *places, rows[wrong]


def draw(prediction: Prediction, rng: np.random.Generator, clusters: Clusters | None = None) -> Counts:
    """Up to 2,000 matrices from the Dirichlet posterior of the cells' probabilities, scaled to the number of rows.

    A plain multinomial bootstrap never draws an error that was not seen: a flawless classifier would get an interval of
    no width. The prior gives 1/k to every class's hit and to one of its errors: two rows in all, and Jeffreys' prior
    in the binary case. Source: Caelen 2017, "A Bayesian interpretation of the confusion matrix", Annals of Mathematics
    and Artificial Intelligence 81:429-450. Rows that depend on each other are weighted by whole clusters (Rubin's
    Bayesian bootstrap 1981), and the prior stands for what none of them shows.
    """
    actual, predicted, rows = _pairs(prediction)
    classes, (there, called) = np.union1d(actual, predicted), _unseen(actual, predicted)
    prior = np.full(len(there), 1 / len(classes))
    if clusters is not None:
        return _draw_clusters(cluster_counts(prediction, clusters), (there, called, prior), rng, classes)
    shape = np.concatenate([rows, prior])
    drawn = rng.standard_gamma(shape, size=(int(np.clip(CELLS_DRAWN // len(shape), 200, DRAWS)), len(shape)))
    drawn *= rows.sum() / drawn.sum(1, keepdims=True)
    return _margins(np.concatenate([actual, there]), np.concatenate([predicted, called]), drawn, classes)


def _unseen(actual: np.ndarray, predicted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The cells that a prior stands for: of each class its hit and one of its errors."""
    seen, guessed = np.unique(actual), np.unique(predicted)
    classes = np.union1d(seen, guessed)
    # A class that is never predicted keeps its convention: no hits, precision 0.
    hit = np.intersect1d(seen, guessed)
    neighbour = np.roll(classes, -1)[np.searchsorted(classes, seen)]
    return np.concatenate([hit, seen]), np.concatenate([hit, neighbour])


def _draw_clusters(
    counts: Counts, prior: tuple[np.ndarray, np.ndarray, np.ndarray], rng: np.random.Generator, classes: np.ndarray
) -> Counts:
    count, k = counts.hits.shape
    draws = int(np.clip(PRODUCTS // (3 * count * k), 200, DRAWS))
    weights = rng.standard_exponential((draws, count))
    n = float(counts.actual.sum())
    there, called, shape = (part[_without_a_case(counts, prior, classes)] for part in prior)
    beside = _margins(there, called, rng.standard_gamma(shape, (draws, len(shape))) * (n / count), classes)
    hits, actual, predicted = (
        weights @ seen + unseen
        for seen, unseen in (
            (counts.hits, beside.hits),
            (counts.actual, beside.actual),
            (counts.predicted, beside.predicted),
        )
    )
    scale = n / actual.sum(axis=1, keepdims=True)
    return Counts(hits * scale, actual * scale, predicted * scale, counts.seen)


def _without_a_case(
    counts: Counts, prior: tuple[np.ndarray, np.ndarray, np.ndarray], classes: np.ndarray
) -> np.ndarray:
    """Which cells of the prior stand for what no row shows: the hit of a class, or its errors.

    Clusters are few, so that a prior that counts as two of them would move what the rows show well enough.
    """
    there, called, _ = prior
    hits, actual = counts.hits.sum(axis=0), counts.actual.sum(axis=0)
    place = np.searchsorted(classes, there)
    return np.asarray(np.where(there == called, hits[place] == 0, hits[place] == actual[place]))


def cluster_counts(prediction: Prediction, clusters: Clusters) -> Counts:
    """The margins of each cluster's confusion matrix, (count, k) for the classes that occur anywhere."""
    classes = np.union1d(prediction.y_true, prediction.y_pred)
    k = len(classes)
    actual, predicted = (np.searchsorted(classes, codes) for codes in (prediction.y_true, prediction.y_pred))

    def counted(codes: np.ndarray, among: np.ndarray | slice = slice(None)) -> np.ndarray:
        cells = clusters.codes[among] * k + codes[among]
        return np.bincount(cells, minlength=clusters.count * k).reshape(-1, k).astype(float)

    right = np.flatnonzero(actual == predicted)
    seen = np.isin(classes, prediction.y_true)
    return Counts(counted(actual, right), counted(actual), counted(predicted), seen)


def _margins(actual: np.ndarray, predicted: np.ndarray, rows: np.ndarray, classes: np.ndarray) -> Counts:
    same = actual == predicted
    return Counts(
        hits=_by_class(rows[:, same], actual[same], classes),
        actual=_by_class(rows, actual, classes),
        predicted=_by_class(rows, predicted, classes),
        seen=np.isin(classes, actual),
    )


def _by_class(rows: np.ndarray, codes: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Sums of the columns of `rows` (draws, cells) that share a code: (draws, k)."""
    sums = np.zeros((len(rows), len(classes)))
    if len(codes):
        order = np.argsort(codes, kind="stable")
        present, start = np.unique(codes[order], return_index=True)
        sums[:, np.searchsorted(classes, present)] = np.add.reduceat(rows[:, order], start, axis=1)
    return sums
