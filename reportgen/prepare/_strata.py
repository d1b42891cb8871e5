"""Rows divided so that every part has the classes, or the tenths of a number, in the proportion of the whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from sklearn.model_selection import train_test_split

from reportgen.dataset import Dataset
from reportgen.prepare import _chance
from reportgen.profile import rows as row_codes
from reportgen.text import plural

#: A regression is stratified by so many quantile bins, fewer where that leaves less than so many rows in each.
_BINS, _MEMBERS = 10, 5


def codes(dataset: Dataset) -> Callable[[np.ndarray], np.ndarray]:
    """From rows to the strata that they belong to."""
    assert dataset.task is not None
    target = dataset.frame[dataset.task.target]
    if not dataset.task.is_classification:
        return lambda rows: _tenths(target.to_numpy("float64")[rows])
    found = row_codes.class_codes(target, _natural(dataset.task.labels))
    return lambda rows: found[rows]


def divide(
    rows: np.ndarray, codes: np.ndarray, shares: Mapping[str, float], n_base: int, seed: int
) -> tuple[dict[str, np.ndarray], list[str]]:
    """Parts of the rows by name, each drawn from what the one before has left; what could not be done as asked."""
    notes: list[str] = []
    parts = {}
    for name, size in _chance.sizes(len(rows), shares, n_base).items():
        rows, parts[name], codes = _cut(rows, codes, size, seed, name, notes)
    return {"train": rows, **parts}, notes


def allot(codes: np.ndarray, n_folds: int, seed: int) -> np.ndarray:
    """The fold of each row (n,); the sizes of the folds, and of a class in them, differ by one at most."""
    shuffled = np.random.default_rng(seed).permutation(len(codes))
    by_class = shuffled[np.argsort(codes[shuffled], kind="stable")]
    fold_of = np.empty(len(codes), np.int64)
    fold_of[by_class] = np.arange(len(codes)) % n_folds
    return fold_of


def _cut(
    rows: np.ndarray, codes: np.ndarray, size: int, seed: int, name: str, notes: list[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The rest, the rows drawn, and the codes of the rest. What cannot be stratified is drawn at random, and noted."""
    members = np.bincount(codes)
    lone = np.flatnonzero(members == 1)
    strata = np.where(np.isin(codes, lone), members.argmax(), codes) if len(lone) else codes
    n_strata = len(np.unique(strata))
    feasible = min(size, len(rows) - size) >= n_strata
    if not feasible:
        classes = plural(n_strata, "class", "classes")
        notes.append(f"The {name} split was drawn at random: {classes} do not fit into {plural(size, 'row')}.")
    elif len(lone):
        one = plural(len(lone), "class has", "classes have")
        notes.append(f"{one} a single row when the {name} split is drawn; its place was left to chance.")
    rest, drawn, rest_codes, _ = train_test_split(
        rows, codes, test_size=size, random_state=seed, stratify=strata if feasible else None
    )
    return rest, drawn, rest_codes


def _natural(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Labels in the order in which they sort: as scikit-learn would number the column's own values."""
    try:
        return tuple(sorted(labels, key=float))
    except ValueError:
        return tuple(sorted(labels))


def _tenths(values: np.ndarray) -> np.ndarray:
    """The quantile bin of each value; equal values share one."""
    n_bins = max(1, min(_BINS, len(values) // _MEMBERS))
    ordered = np.sort(values)
    borders = ordered[(np.arange(1, n_bins) * len(values)) // n_bins]
    return np.searchsorted(np.unique(borders), values, side="right")
