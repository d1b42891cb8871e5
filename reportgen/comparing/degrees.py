"""How well the spread of a difference is known: its degrees of freedom, which are few where few rows decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from reportgen.clusters import Clusters
from reportgen.errors import NotApplicable
from reportgen.results import Prediction

#: Rows that the rarest class needs for a test of a metric that weighs the classes, not the rows.
FEWEST = 3


def by_class(truth: np.ndarray, influence: np.ndarray) -> float:
    """Of a difference that every row (n,) adds to, each class varying by itself.

    Satterthwaite 1946, Biometrics Bulletin 2:110-114. Labels (n, labels) have no classes of rows: infinite there.

    Raises:
        NotApplicable: a class has so few rows that what it adds is hardly known.
    """
    if truth.ndim > 1:
        return np.inf
    enough_of_each_class(truth)
    parts, rows = np.bincount(truth, weights=influence**2), np.bincount(truth)
    whole = float(parts.sum())
    return whole**2 / float((parts**2 / np.maximum(rows - 1, 1)).sum()) if whole > 0 else np.inf


def of_clusters(truth: np.ndarray, alike: Clusters) -> float:
    """One less than the clusters, or than those that hold the rarest class; raises as `by_class` does."""
    if truth.ndim > 1:
        return alike.degrees
    enough_of_each_class(truth)
    held = np.bincount(np.unique(np.stack([truth, alike.codes]), axis=1)[0])
    return min(alike.degrees, float(held[held > 0].min()) - 1)


def enough_of_each_class(truth: np.ndarray) -> None:
    """Raise NotApplicable where the rarest class that occurs has fewer than `FEWEST` rows."""
    rows = np.bincount(truth)
    if rows[rows > 0].min() < FEWEST:
        raise NotApplicable(f"a class has fewer than {FEWEST} rows")


def by_weight(metric: str, mine: Prediction, other: Prediction, alike: Clusters | None = None) -> float:
    """Of a resampled metric that weighs the classes, not the rows; infinite for any other metric.

    One less than the rows, or clusters, that matter, counted as (sum u²)² / sum u⁴ of what each adds (Kish 1965, Survey
    Sampling): as many as there are where all add alike, and one where one outweighs them all.

    Raises:
        NotApplicable: as in `by_class`.
    """
    if metric not in _INFLUENCES or mine.y_true.ndim > 1:
        return np.inf
    enough_of_each_class(mine.y_true)
    influence = _INFLUENCES[metric](mine) - _INFLUENCES[metric](other)
    squares = (influence if alike is None else alike.sums(influence)) ** 2
    fourth = float((squares**2).sum())
    return float(squares.sum()) ** 2 / fourth - 1 if fourth > 0 else 0.0


def _of_classes(prediction: Prediction, actual: float, called: float, *, of_seen: bool = False) -> np.ndarray:
    """What each row adds to a share 2 hits / (rows of the class + rows called so), or of one of the two alone (n,).

    With two classes that of the positive one counts, else the mean over all that occur; `of_seen` means the mean over
    those that have rows, of two classes too.
    """
    truth, guess = prediction.y_true, prediction.y_pred
    k = max(len(prediction.labels), 2)
    hits, rows, calls = (np.bincount(codes, minlength=k) for codes in (truth[truth == guess], truth, guess))
    sums = actual * rows + called * calls
    counted = np.arange(k) == 1 if k == 2 and not of_seen else (rows + (0 if of_seen else calls)) > 0
    weights = counted / counted.sum()
    share = np.divide(hits * (actual + called), sums, out=np.zeros(k), where=sums > 0)
    scale = np.divide(weights, sums, out=np.zeros(k), where=sums > 0)
    right = (truth == guess) * (actual + called)
    lost = actual * (share * scale)[truth] + called * (share * scale)[guess]
    return np.asarray(right * scale[truth] - lost)


_INFLUENCES: Mapping[str, Callable[[Prediction], np.ndarray]] = {
    "f1": lambda one: _of_classes(one, 1, 1),
    "precision": lambda one: _of_classes(one, 0, 1),
    "recall": lambda one: _of_classes(one, 1, 0),
    "balanced_accuracy": lambda one: _of_classes(one, 1, 0, of_seen=True),
}
