"""Whether a classifier can tell two parts of the rows apart: a ridge regression, cross-validated and permuted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reportgen.errors import NotApplicable

#: Rows of each part, terms of the classifier, folds, and permutations of the labels.
_ROWS, _TERMS, _FOLDS, _PERMUTED = 1000, 100, 5, 40
#: The fewest rows of a part from which something can be learnt.
_ENOUGH = 50
#: The penalty, in rows; and standard deviations above the permuted ones from which the AUC is no chance.
_PENALTY, _SURE = 10.0, 4.0


@dataclass(frozen=True, slots=True)
class Told:
    """The AUC of the true labels, the largest of the permuted ones, whether it stands out, and the rows used."""

    auc: float
    shuffled: float
    sure: bool
    rows: int


def told_apart(train: np.ndarray, test: np.ndarray, seed: int) -> Told:
    """Tell rows of `train` from rows of `test`, both (n, d), by values, squares and products of standardised features.

    A ridge regression on the labels -1 and 1 ranks like linear discriminant analysis. It is fitted on four fifths of at
    most 1,000 rows of each part and judged on the last, five times; the true labels and 40 permutations of them share
    each fold's factorisation, so that the null distribution costs next to nothing.

    Raises:
        NotApplicable: too few rows.
    """
    rng = np.random.default_rng(seed)
    size = min(_ROWS, len(train), len(test))
    if size < _ENOUGH:
        raise NotApplicable(f"needs {_ENOUGH} rows of train and of test")
    order = rng.permutation(2 * size)  # Ties of the scores are broken by position, which must tell nothing.
    X = np.concatenate([_drawn(part, size, rng) for part in (train, test)])[order]
    terms = _terms(X, rng)
    if terms.shape[1] == 0:
        raise NotApplicable("no feature changes")
    labels = np.repeat([-1.0, 1.0], size)[order]
    targets = np.stack([labels, *(rng.permutation(labels) for _ in range(_PERMUTED))], axis=1)
    folds = rng.permutation(2 * size) % _FOLDS
    areas = _areas(_predicted(terms, targets, folds), targets)
    null, auc = areas[1:], float(areas[0])
    stands_out = (auc - float(null.mean())) > _SURE * float(null.std(ddof=1))
    return Told(auc, float(null.max()), stands_out and auc > float(null.max()), 2 * size)


def _drawn(part: np.ndarray, size: int, rng: np.random.Generator) -> np.ndarray:
    return part[np.sort(rng.choice(len(part), size, replace=False))]


def _terms(X: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Standardised features within four deviations, their squares and products, (n, k), 100 at most: drawn if more."""
    X = np.nan_to_num(X.astype(float), posinf=0.0, neginf=0.0)
    X = X[:, rng.permutation(X.shape[1])[:_TERMS]]
    spread = X.std(axis=0)
    X = (X - X.mean(axis=0))[:, spread > 0] / spread[spread > 0]
    X = np.clip(X, -4, 4)
    first, second = np.triu_indices(X.shape[1])
    room = rng.permutation(len(first))[: _TERMS - X.shape[1]]
    products = X[:, first[room]] * X[:, second[room]]
    return np.concatenate([X, products - products.mean(axis=0)], axis=1)


def _predicted(X: np.ndarray, Y: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """Predictions (n, m) of every target from rows of the other folds."""
    found = np.empty_like(Y)
    gram, cross = X.T @ X, X.T @ Y
    penalty = _PENALTY * np.eye(X.shape[1])
    for fold in range(_FOLDS):
        here = folds == fold
        left = gram - X[here].T @ X[here] + penalty
        found[here] = X[here] @ np.linalg.solve(left, cross - X[here].T @ Y[here])
    return found


def _areas(scores: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """ROC AUC of each column of scores (n, m)."""
    n, m = scores.shape
    ranks = np.empty_like(scores)
    np.put_along_axis(ranks, scores.argsort(axis=0), np.arange(1.0, n + 1)[:, None] * np.ones(m), axis=0)
    positive = targets > 0
    members = positive.sum(axis=0)
    found: np.ndarray = ((ranks * positive).sum(axis=0) - members * (members + 1) / 2) / (members * (n - members))
    return found
