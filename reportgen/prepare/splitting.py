"""Rows -> train, validation and test, or folds: at random, by class, by group, by time, or as the files give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from reportgen.dataset import Dataset, Task
from reportgen.errors import DataError, SpecError
from reportgen.prepare import _chance, _groups, _strata, _times
from reportgen.registry import suggestion
from reportgen.spec import Split
from reportgen.text import listing, plural, quoted

ORDER = ("train", "validation", "test")
#: Divides rows: (rows, share of each part but train, the rows that the shares are of) -> parts, notes.
Divide = Callable[[np.ndarray, Mapping[str, float], int], tuple[dict[str, np.ndarray], list[str]]]
#: (rows, number of folds) -> the fold of each row, from 0; -1 is never tested.
Allot = Callable[[np.ndarray, int], np.ndarray]


@dataclass(frozen=True)
class Drawn:
    """Positions in `Dataset.frame` by split name, how they were drawn, why so, and what did not go as asked."""

    parts: Mapping[str, np.ndarray]
    how: str
    why: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Way:
    how: str
    why: str
    divide: Divide
    allot: Allot
    times: Callable[[np.ndarray], np.ndarray] | None = None  # from rows to their places in time, where those decide


def draw(dataset: Dataset, rows: np.ndarray, split: Split, seed: int) -> Drawn:
    """Divide the rows.

    Drawn at random or by class the test split is what scikit-learn's `train_test_split` draws with the same share, seed
    and classes; the validation split is then drawn from the rest, its share again of all rows. Parts that came in files
    of their own stay what they are; what they lack is drawn from the training file, its shares of that file's rows.

    Args:
        rows: positions in `Dataset.frame` that may be used.

    Raises:
        SpecError: the way of drawing does not fit the task, or lacks its column.
        DataError: the column is missing or has gaps, or a split would be empty.
    """
    given = {name: rows[(first <= rows) & (rows < end)] for name, (first, end) in dataset.given.items()}
    _require_rows(given)
    shares = {name: share for name, share in (("test", split.test), ("validation", split.validation)) if share}
    wanted = {name: share for name, share in shares.items() if name not in given}
    if not wanted:
        return Drawn(_in_order(given), "as the files give them", "the experiment names a file for each")
    way = _way(dataset, split, seed)
    pool = given.pop("train", rows)
    drawn, notes = way.divide(pool, wanted, len(pool))
    _require_rows(drawn)
    if not given:
        return Drawn(_in_order(drawn), way.how, way.why, tuple(notes))
    how = f"{listing(given)} as given, {listing(wanted)} drawn from the training file, {way.how}"
    why = f"the experiment names a file for {listing(given)} and none for {listing(wanted)}"
    return Drawn(_in_order({**drawn, **given}), how, why, tuple(notes))


def folds(dataset: Dataset, rows: np.ndarray, split: Split, n_folds: int, seed: int) -> tuple[Drawn, ...]:
    """Divide the rows `n_folds` times, for cross-validation.

    The test rows of the folds are disjoint and together all rows. By time they are consecutive spans after a first one,
    and each fold trains on all that came before its own; later rows are in no part of it. The validation split is drawn
    from a fold's training rows, its share of all rows; `split.test` plays no part.

    Raises:
        SpecError, DataError: as in `draw`; also for fewer rows, groups or moments than folds.
    """
    way = _way(dataset, split, seed)
    if n_folds < 2 or len(rows) < n_folds + (way.times is not None):
        what = f"{plural(len(rows), 'row')} cannot make {plural(n_folds, 'fold')}"
        raise DataError(what, "ask for at least 2 folds, and fewer than rows", key="split")
    if way.times is not None:
        rows = rows[np.argsort(way.times(rows), kind="stable")]
    fold_of = way.allot(rows, n_folds)
    found = []
    for fold in range(n_folds):
        earlier = fold_of < fold if way.times is not None else fold_of != fold
        parts = {"train": rows[earlier]}
        notes: list[str] = []
        if split.validation:
            parts, notes = way.divide(parts["train"], {"validation": split.validation}, len(rows))
        parts["test"] = rows[fold_of == fold]
        _require_rows(parts)
        how = f"fold {fold + 1} of {n_folds}, {way.how}"
        found.append(Drawn(_in_order(parts), how, way.why, tuple(notes)))
    return tuple(found)


def _way(dataset: Dataset, split: Split, seed: int) -> _Way:
    assert dataset.task is not None
    by = split.by if split.by != "auto" else _automatic(dataset.task, split)
    if by == "time":
        return _in_time(_column(dataset, split, by))
    if by == "group":
        return _by_group(dataset, _column(dataset, split, by), seed)
    if by == "stratified":
        if dataset.task.name == "multilabel":
            what = "the rows of several labels have no classes to stratify by"
            raise SpecError(what, "set by: random, or by: group", key="split.by")
        return _by_class(dataset, seed)

    def divide(rows: np.ndarray, shares: Mapping[str, float], n_base: int) -> tuple[dict[str, np.ndarray], list[str]]:
        return _chance.divide(rows, shares, n_base, seed), []

    def allot(rows: np.ndarray, n_folds: int) -> np.ndarray:
        return _chance.allot(len(rows), n_folds, seed)

    return _Way("at random", "every row has the same chance to be in the test split", divide, allot)


def _automatic(task: Task, split: Split) -> str:
    if task.time is not None:
        return "time"
    if split.column is not None:
        raise SpecError("a column was named, but not what for", "set split.by: group or time", key="split.column")
    return "stratified" if task.is_classification else "random"


def _by_class(dataset: Dataset, seed: int) -> _Way:
    codes = _strata.codes(dataset)

    def divide(rows: np.ndarray, shares: Mapping[str, float], n_base: int) -> tuple[dict[str, np.ndarray], list[str]]:
        return _strata.divide(rows, codes(rows), shares, n_base, seed)

    def allot(rows: np.ndarray, n_folds: int) -> np.ndarray:
        return _strata.allot(codes(rows), n_folds, seed)

    assert dataset.task is not None
    if dataset.task.is_classification:
        why = "every split has the classes in the proportion of the whole"
        return _Way("stratified by class", why, divide, allot)
    why = "every split has small and large targets in the proportion of the whole"
    return _Way("stratified by the target's tenths", why, divide, allot)


def _by_group(dataset: Dataset, column: pd.Series, seed: int) -> _Way:
    assert dataset.task is not None
    classes = _strata.codes(dataset) if dataset.task.is_classification else None
    of_frame = _groups.codes(column)

    def strata(rows: np.ndarray) -> np.ndarray:
        return np.zeros(len(rows), np.int64) if classes is None else classes(rows)

    def divide(rows: np.ndarray, shares: Mapping[str, float], n_base: int) -> tuple[dict[str, np.ndarray], list[str]]:
        of_rows = {name: share * n_base / max(len(rows), 1) for name, share in shares.items()}
        parts = {"train": 1 - sum(of_rows.values()), **of_rows}
        if parts["train"] <= 0:
            raise _chance.empty("train", len(rows))
        place = _groups.allot(of_frame[rows], strata(rows), list(parts.values()), seed, column.name)
        notes = _groups.notes(of_frame[rows], column)
        return {name: rows[place == number] for number, name in enumerate(parts)}, notes

    def allot(rows: np.ndarray, n_folds: int) -> np.ndarray:
        return _groups.allot(of_frame[rows], strata(rows), [1 / n_folds] * n_folds, seed, column.name)

    why = "no group is in two splits, so that the test shows how the model does on groups that it has never seen"
    kept = ", the shares of the classes kept as far as they allow" if classes is not None else ""
    return _Way(f"whole groups of column {quoted(column.name)}{kept}", why, divide, allot)


def _in_time(column: pd.Series) -> _Way:
    times = _times.moments(column)

    def divide(rows: np.ndarray, shares: Mapping[str, float], n_base: int) -> tuple[dict[str, np.ndarray], list[str]]:
        return _times.divide(rows, times(rows), shares, n_base, str(column.name))

    def allot(rows: np.ndarray, n_folds: int) -> np.ndarray:
        return _times.allot(times(rows), n_folds, str(column.name))

    why = "the model learns from earlier rows and is tested on later ones"
    return _Way(f"in the order of column {quoted(column.name)}", why, divide, allot, times)


def _column(dataset: Dataset, split: Split, by: str) -> pd.Series:
    if dataset.task is not None and dataset.task.time is not None:
        return dataset.frame[dataset.task.time]
    if split.column is None:
        raise SpecError(f"no column to split by {by}", "set split.column", key="split.column")
    names = tuple(column.name for column in dataset.columns)
    if split.column not in names:
        what = f"there is no column {quoted(split.column)} in {quoted(dataset.source.name)}"
        raise DataError(what, suggestion(split.column, names), key="split.column")
    if dataset.task is not None and split.column in dataset.task.target_columns:
        raise SpecError("the target cannot decide who is in which split", "name another column", key="split.column")
    return dataset.frame[split.column]


def _in_order(parts: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: parts[name] for name in ORDER if name in parts}


def _require_rows(parts: Mapping[str, np.ndarray]) -> None:
    for name, part in parts.items():
        if len(part) == 0:
            raise _chance.empty(name, sum(map(len, parts.values())))
