"""Rows divided at random."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from sklearn.model_selection import train_test_split

from reportgen.errors import DataError
from reportgen.text import plural


def divide(rows: np.ndarray, shares: Mapping[str, float], n_base: int, seed: int) -> dict[str, np.ndarray]:
    """Parts of the rows by name, each drawn from what the one before has left; the rest is train."""
    parts = {}
    for name, size in sizes(len(rows), shares, n_base).items():
        rows, parts[name] = train_test_split(rows, test_size=size, random_state=seed)
    return {"train": rows, **parts}


def allot(n_rows: int, n_folds: int, seed: int) -> np.ndarray:
    """The fold of each row (n_rows,); sizes differ by one at most."""
    fold_of = np.empty(n_rows, np.int64)
    fold_of[np.random.default_rng(seed).permutation(n_rows)] = np.arange(n_rows) % n_folds
    return fold_of


def sizes(n_rows: int, shares: Mapping[str, float], n_base: int) -> dict[str, int]:
    """Rows of each part but train: shares of `n_base` rows, rounded up as scikit-learn rounds.

    Raises:
        DataError: no row is left to train on.
    """
    found = {name: math.ceil(share * n_base) for name, share in shares.items()}
    if sum(found.values()) >= n_rows:
        raise empty("train", n_rows)
    return found


def empty(name: str, n_rows: int) -> DataError:
    what = f"the {name} split is empty, with {plural(n_rows, 'row')} to divide"
    return DataError(what, "give more rows, or make split.test and split.validation smaller", key="split")
