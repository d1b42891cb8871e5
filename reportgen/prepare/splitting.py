"""Rows -> train, validation and test: at random, by class, by group or by time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupShuffleSplit, train_test_split

from reportgen.dataset import Dataset, Task
from reportgen.errors import DataError, SpecError
from reportgen.profile import rows as row_codes
from reportgen.registry import suggestion
from reportgen.spec import Split
from reportgen.text import plural, quoted


@dataclass(frozen=True)
class Drawn:
    """Positions in `Dataset.frame` by split name, how they were drawn, why so, and what did not go as asked."""

    parts: Mapping[str, np.ndarray]
    how: str
    why: str
    notes: tuple[str, ...] = ()


def draw(dataset: Dataset, rows: np.ndarray, split: Split, seed: int) -> Drawn:
    """Divide the rows.

    The test split is what scikit-learn's `train_test_split` draws with the same share, seed and classes; the validation
    split is then drawn from the rest, its share again of all rows.

    Args:
        rows: positions in `Dataset.frame` that may be used.

    Raises:
        SpecError: the way of drawing does not fit the task, or lacks its column.
        DataError: the column is missing or has gaps, or a split would be empty.
    """
    assert dataset.task is not None
    by = split.by if split.by != "auto" else _automatic(dataset.task, split)
    if by == "time":
        drawn = _by_time(rows, _column(dataset, split, by), split)
    elif by == "group":
        drawn = _by_group(rows, _column(dataset, split, by), split, seed)
    elif by == "stratified":
        if not dataset.task.is_classification:
            raise SpecError("a regression has no classes to stratify by", "set split.by: random", key="split.by")
        drawn = _by_class(rows, _natural_codes(dataset)[rows], split, seed)
    else:
        drawn = _at_random(rows, split, seed)
    _require_rows(drawn)
    return drawn


def _automatic(task: Task, split: Split) -> str:
    if split.column is not None:
        raise SpecError("a column was named, but not what for", "set split.by: group or time", key="split.column")
    return "stratified" if task.is_classification else "random"


def sizes(n_rows: int, split: Split) -> tuple[int, int]:
    """Rows for test and validation: shares of all rows, rounded up as scikit-learn rounds."""
    return math.ceil(split.test * n_rows), math.ceil(split.validation * n_rows)


def _at_random(rows: np.ndarray, split: Split, seed: int) -> Drawn:
    n_test, n_validation = sizes(len(rows), split)
    if n_test + n_validation >= len(rows):
        raise _empty("train", len(rows))
    rest, test = train_test_split(rows, test_size=n_test, random_state=seed)
    parts = {"train": rest, "test": test}
    if n_validation:
        train, validation = train_test_split(rest, test_size=n_validation, random_state=seed)
        parts = {"train": train, "validation": validation, "test": test}
    return Drawn(parts, "at random", "every row has the same chance to be in the test split")


def _by_class(rows: np.ndarray, codes: np.ndarray, split: Split, seed: int) -> Drawn:
    n_test, n_validation = sizes(len(rows), split)
    if n_test + n_validation >= len(rows):
        raise _empty("train", len(rows))
    notes: list[str] = []
    rest, test, rest_codes = _stratified(rows, codes, n_test, seed, "test", notes)
    parts = {"train": rest, "test": test}
    if n_validation:
        train, validation, _ = _stratified(rest, rest_codes, n_validation, seed, "validation", notes)
        parts = {"train": train, "validation": validation, "test": test}
    return Drawn(
        parts, "stratified by class", "every split has the classes in the proportion of the whole", tuple(notes)
    )


def _stratified(
    rows: np.ndarray, codes: np.ndarray, size: int, seed: int, name: str, notes: list[str]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The rest, the rows drawn, and the codes of the rest. What cannot be stratified is drawn at random, and noted."""
    members = np.bincount(codes)
    lone = np.flatnonzero(members == 1)
    strata = np.where(np.isin(codes, lone), members.argmax(), codes)
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


def _by_group(rows: np.ndarray, column: pd.Series, split: Split, seed: int) -> Drawn:
    groups = row_codes.bits(column.iloc[rows])
    missing = int(column.iloc[rows].isna().sum())
    notes = [f"{plural(missing, 'row')} without a group were kept together as one."] if missing else []
    n_groups = len(np.unique(groups))
    n_test, n_validation = sizes(n_groups, split)
    if n_test + n_validation >= n_groups:
        n_splits = 3 if n_validation else 2
        what = f"column {quoted(column.name)} has {plural(n_groups, 'group')}, too few for {n_splits} splits"
        raise DataError(what, "name a column with more groups, or set split.validation: 0", key="split.column")
    rest, test = _whole_groups(rows, groups, n_test, seed)
    parts = {"train": rows[rest], "test": rows[test]}
    if n_validation:
        train, validation = _whole_groups(rows[rest], groups[rest], n_validation, seed)
        parts = {"train": rows[rest][train], "validation": rows[rest][validation], "test": rows[test]}
    why = "no group is in two splits, so that the test shows how the model does on groups that it has never seen"
    return Drawn(parts, f"whole groups of column {quoted(column.name)}", why, tuple(notes))


def _whole_groups(rows: np.ndarray, groups: np.ndarray, n_groups: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rest, drawn = next(GroupShuffleSplit(1, test_size=n_groups, random_state=seed).split(rows, groups=groups))
    return rest, drawn


def _by_time(rows: np.ndarray, column: pd.Series, split: Split) -> Drawn:
    times = column.iloc[rows]
    if isinstance(times.dtype, pd.StringDtype | pd.BooleanDtype):
        what = f"column {quoted(column.name)} holds words, which have no order in time"
        raise DataError(what, "name a column of dates or numbers", key="split.column")
    if times.isna().any():
        row = int(rows[int(np.argmax(times.isna().to_numpy()))]) + 1
        raise DataError(
            f"column {quoted(column.name)}, row {row:,}: no time", "fill it, or remove the row", key="split.column"
        )
    order = np.argsort(times.to_numpy(), kind="stable")
    n_test, n_validation = sizes(len(rows), split)
    n_train = len(rows) - n_test - n_validation
    if n_train <= 0:
        raise _empty("train", len(rows))
    train, validation, test = np.split(rows[order], [n_train, n_train + n_validation])
    parts = {"train": train, "validation": validation, "test": test} if n_validation else {"train": train, "test": test}
    notes = _shared_moments(times.to_numpy()[order], (n_train, n_train + n_validation))
    why = "the model learns from earlier rows and is tested on later ones"
    return Drawn(parts, f"in the order of column {quoted(column.name)}", why, notes)


def _shared_moments(times: np.ndarray, borders: tuple[int, ...]) -> tuple[str, ...]:
    if any(times[border - 1] == times[border] for border in borders):
        return ("Rows of one moment stand on both sides of a border between splits.",)
    return ()


def _natural_codes(dataset: Dataset) -> np.ndarray:
    """Class codes in the order in which the labels sort, (n,): as scikit-learn would number the column's own values."""
    assert dataset.task is not None
    labels = dataset.task.labels
    try:
        ordered = sorted(labels, key=float)
    except ValueError:
        ordered = sorted(labels)
    return row_codes.class_codes(dataset.frame[dataset.task.target], tuple(ordered))


def _column(dataset: Dataset, split: Split, by: str) -> pd.Series:
    if split.column is None:
        raise SpecError(f"no column to split by {by}", "set split.column", key="split.column")
    names = tuple(column.name for column in dataset.columns)
    if split.column not in names:
        what = f"there is no column {quoted(split.column)} in {quoted(dataset.source.name)}"
        raise DataError(what, suggestion(split.column, names), key="split.column")
    if dataset.task is not None and split.column == dataset.task.target:
        raise SpecError("the target cannot decide who is in which split", "name another column", key="split.column")
    return dataset.frame[split.column]


def _require_rows(drawn: Drawn) -> None:
    for name, part in drawn.parts.items():
        if len(part) == 0:
            raise _empty(name, sum(map(len, drawn.parts.values())))


def _empty(name: str, n_rows: int) -> DataError:
    what = f"the {name} split is empty, with {plural(n_rows, 'row')} to divide"
    return DataError(what, "give more rows, or make split.test and split.validation smaller", key="split")
