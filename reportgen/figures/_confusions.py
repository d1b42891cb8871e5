"""Which classes are taken for which: counts, the order in which confusions meet, and the pairs confused most often."""

from __future__ import annotations

import numpy as np

from reportgen.results import Prediction

#: Classes up to which they stay in the order of the labels: all of them are seen at once.
AS_GIVEN = 10
_APART = 1 - 1e-12  # from which two clusters have no confusion in common


def confusions(prediction: Prediction, n_classes: int) -> np.ndarray:
    """Rows by actual and predicted class (k, k)."""
    cells = prediction.y_true * n_classes + prediction.y_pred
    return np.bincount(cells, minlength=n_classes**2).reshape(n_classes, n_classes)


def order_of(counts: np.ndarray) -> np.ndarray:
    """Positions (k,) in an order that puts classes that are taken for each other side by side; of few as they are.

    By clustering with average linkage (Sokal and Michener 1958); how alike two classes are is the mean of the shares
    of their rows that are taken for the other. Of two clusters the one with the first label is first, whether they are
    joined or have nothing in common.
    """
    k = len(counts)
    if k <= AS_GIVEN:
        return np.arange(k)
    from scipy.cluster.hierarchy import linkage  # here: the process that draws does without

    shares = shares_of(counts)
    distance = 1 - ((shares + shares.T) / 2)[np.triu_indices(k, 1)]
    members = {code: [code] for code in range(k)}
    for place, (one, other, apart, _) in enumerate(linkage(distance, "average")):
        if apart > _APART:
            break
        first, second = sorted((members.pop(int(one)), members.pop(int(other))), key=lambda codes: codes[0])
        members[k + place] = [*first, *second]
    return np.array([code for codes in sorted(members.values()) for code in codes])


def shares_of(counts: np.ndarray) -> np.ndarray:
    """Shares of each actual class's rows (k, k); zeros for a class without rows."""
    found: np.ndarray = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    return found


def confused_pairs(counts: np.ndarray) -> list[tuple[int, int]]:
    """Actual and predicted class of the cells off the diagonal that hold any row, the fullest first."""
    wrong = counts - np.diag(np.diag(counts))
    order = np.argsort(-wrong, axis=None, kind="stable")[: int((wrong > 0).sum())]
    return [(int(place) // len(counts), int(place) % len(counts)) for place in order]


def in_bands(counts: np.ndarray, most: int) -> np.ndarray:
    """Shares of the rows of neighbouring actual classes that are taken for others, by bands (m, m), m <= `most`."""
    k, m = len(counts), min(len(counts), most)
    starts = np.unique(np.arange(k) * m // k, return_index=True)[1]
    wrong = counts - np.diag(np.diag(counts))
    rows = np.add.reduceat(counts.sum(axis=1), starts)
    found: np.ndarray = np.add.reduceat(np.add.reduceat(wrong, starts, axis=0), starts, axis=1)
    return found / np.maximum(rows, 1)[:, None]
