"""The confusion matrix by its margins, and random matrices like it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from reportgen.results import Prediction

DRAWS = 2000
CELLS_DRAWN = 8_000_000  # at most, over all draws: bounds the cost with a thousand classes


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


def draw(prediction: Prediction, rng: np.random.Generator) -> Counts:
    """Up to 2,000 matrices from the Dirichlet posterior of the cells' probabilities, scaled to the number of rows.

    A plain multinomial bootstrap never draws an error that was not seen: a flawless classifier would get an interval of
    no width. The prior gives 1/k to every class's hit and to one of its errors: two rows in all, and Jeffreys' prior
    in the binary case. Source: Caelen 2017, "A Bayesian interpretation of the confusion matrix", Annals of Mathematics
    and Artificial Intelligence 81:429-450.
    """
    actual, predicted, rows = _pairs(prediction)
    seen, guessed = np.unique(actual), np.unique(predicted)
    classes = np.union1d(seen, guessed)
    # A class that is never predicted keeps its convention: no hits, precision 0.
    hit = np.intersect1d(seen, guessed)
    neighbour = np.roll(classes, -1)[np.searchsorted(classes, seen)]
    prior = np.full(len(hit) + len(seen), 1 / len(classes))
    shape = np.concatenate([rows, prior])
    drawn = rng.standard_gamma(shape, size=(int(np.clip(CELLS_DRAWN // len(shape), 200, DRAWS)), len(shape)))
    drawn *= rows.sum() / drawn.sum(1, keepdims=True)
    return _margins(np.concatenate([actual, hit, seen]), np.concatenate([predicted, hit, neighbour]), drawn, classes)


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
