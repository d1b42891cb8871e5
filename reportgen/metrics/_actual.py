"""What the probabilities say of each row's actual class, found in blocks of rows.

With a thousand classes the probabilities fill hundreds of megabytes: every copy of them costs more than the metric.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from reportgen.results import Prediction

_CELLS = 250_000  # probabilities looked at together


def normalised(score: np.ndarray) -> np.ndarray:
    """Probabilities (n, k) in double precision, rows summing to 1 to the last digit; all alike where a row has none."""
    double = np.asarray(score, dtype=np.float64)
    total = double.sum(1, keepdims=True)
    found: np.ndarray = np.divide(double, total, out=np.full_like(double, 1 / double.shape[1]), where=total > 0)
    return found


def probability_of_actual(prediction: Prediction) -> np.ndarray:
    """The probability of each row's actual class, (n,)."""
    parts = [normalised(score)[np.arange(len(truth)), truth] for truth, score in _blocks(prediction)]
    return np.concatenate(parts) if parts else np.zeros(0)


def squared_distance(prediction: Prediction) -> np.ndarray:
    """The squared distance of each row's probabilities to what happened, (n,): the sum over the classes, 0 to 2."""
    return np.concatenate(
        [_distance(truth, normalised(score)) for truth, score in _blocks(prediction)] or [np.zeros(0)]
    )


def _distance(truth: np.ndarray, score: np.ndarray) -> np.ndarray:
    score[np.arange(len(truth)), truth] -= 1
    return np.asarray(np.einsum("ij,ij->i", score, score))


def classes_before_actual(prediction: Prediction) -> np.ndarray:
    """How many classes stand before the actual one in each row's order of probability, (n,).

    Of equal probabilities the last class stands first, as in sklearn.metrics.top_k_accuracy_score.
    """
    return np.concatenate([_before(truth, score) for truth, score in _blocks(prediction)] or [np.zeros(0, int)])


def _before(truth: np.ndarray, score: np.ndarray) -> np.ndarray:
    own = score[np.arange(len(truth)), truth][:, None]
    tied = (score == own) & (np.arange(score.shape[1]) > truth[:, None])
    return np.asarray(np.count_nonzero(score > own, axis=1) + np.count_nonzero(tied, axis=1))


def _blocks(prediction: Prediction) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Actual classes (m,) and probabilities (m, k) of a few rows at a time."""
    assert prediction.y_score is not None  # `needs="score"` has seen to it
    step = max(1, _CELLS // prediction.y_score.shape[1])
    for first in range(0, len(prediction.y_true), step):
        yield prediction.y_true[first : first + step], prediction.y_score[first : first + step]
