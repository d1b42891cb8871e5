"""Which columns are features, and which rows can be used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from reportgen.dataset import Column, Dataset, Kind
from reportgen.errors import DataError
from reportgen.prepare.ledger import Ledger
from reportgen.prepare.staging import codes
from reportgen.profile import rows as row_codes
from reportgen.spec import Spec
from reportgen.text import listing, plural, quoted

_SHOWN = 5


def features(dataset: Dataset, spec: Spec, ledger: Ledger) -> list[Column]:
    """The columns that a model may learn from.

    Raises:
        DataError: there is none.
    """
    assert dataset.task is not None
    group = spec.split.column if spec.split.by == "group" else None
    apart = {
        "the target": set(dataset.task.target_columns),
        "ids, which name rows and do not describe them": _of_kind(dataset, Kind.ID),
        "declared or found to be of no use": _of_kind(dataset, Kind.IGNORE),
        "the group, which decides the split": {group} if group else set(),
    }
    how = {Kind.TEXT: spec.preprocess.text, Kind.DATETIME: spec.preprocess.datetime, Kind.IMAGE: spec.preprocess.image}
    for kind, choice in how.items():
        if choice == "drop":
            apart[f"{kind.value} columns, dropped by preprocess.{kind.value}"] = _of_kind(dataset, kind)
    left = list(dataset.columns)
    for why, names in apart.items():
        found = [column.name for column in left if column.name in names]
        left = [column for column in left if column.name not in names]
        if found:
            ledger.add("set apart", columns_named(found), why, columns=len(left))
    if not left:
        raise DataError(
            "no column is left to learn from", "declare a kind for one under data.columns", file=dataset.source.name
        )
    return left


def clean(dataset: Dataset, columns: Sequence[Column], spec: Spec, ledger: Ledger) -> tuple[np.ndarray, list[str]]:
    """Positions of the rows that stay, in their order, and what the reader should know about them.

    Rows that repeat an earlier one are removed from the whole table; where the splits came in files of their own, from
    the training file alone, since a test that somebody fixed is not ours to change.

    Raises:
        DataError: no row is left.
    """
    assert dataset.task is not None
    stays = np.all([_known(dataset.frame[name]) for name in dataset.task.target_columns], axis=0)
    notes: list[str] = []
    _enter(ledger, "missing target", ~stays, "a row without a target teaches and tests nothing", dataset, stays)
    if spec.clean.duplicates == "drop":
        repeated, notes = _repeated(dataset, stays)
        stays = stays & ~repeated
        where = "of train " if dataset.given else ""
        why = f"clean.duplicates: drop removes rows {where}that repeat an earlier one{' of train' if where else ''}"
        _enter(ledger, "duplicates", repeated, why, dataset, stays)
    if spec.clean.missing == "drop":
        whole = stays.copy()
        for column in columns:
            whole &= ~_missing(dataset, column)
        why = "clean.missing: drop removes rows with a gap"
        _enter(ledger, "missing values", stays & ~whole, why, dataset, whole)
        stays = whole
    return np.flatnonzero(stays), notes


def columns_named(names: Sequence[str]) -> str:
    """`2 columns: 'a' and 'b'`."""
    return f"{plural(len(names), 'column')}: {listing(map(quoted, names), most=_SHOWN)}"


def by_split(dataset: Dataset, rows: np.ndarray) -> str:
    """`: 3 of train and 1 of test` where the splits came in files of their own."""
    counts = {name: int(((first <= rows) & (rows < end)).sum()) for name, (first, end) in dataset.given.items()}
    return f": {listing(f'{count:,} of {name}' for name, count in counts.items() if count)}" if counts else ""


def _of_kind(dataset: Dataset, kind: Kind) -> set[str]:
    return {column.name for column in dataset.columns if column.kind is kind}


def _known(series: pd.Series) -> np.ndarray:
    """Which values are there, and finite."""
    known: np.ndarray = np.isfinite(series.to_numpy()) if series.dtype == np.float64 else series.notna().to_numpy()
    return known


def _missing(dataset: Dataset, column: Column) -> np.ndarray:
    if column.kind is Kind.IMAGE:
        absent: np.ndarray = dataset.images[column.name].shapes()[:, 0] == 0
        return absent
    return ~_known(dataset.frame[column.name])


def _repeated(dataset: Dataset, stays: np.ndarray) -> tuple[np.ndarray, list[str]]:
    marks = row_codes.fingerprints(_bits(dataset), dataset.n_rows)
    if not dataset.given:
        return _repeats(marks, stays), []
    first, end = dataset.given.get("train", (0, 0))
    in_train = np.zeros(dataset.n_rows, bool)
    in_train[first:end] = True
    known = pd.Index(marks[stays & in_train]).unique()
    again = {
        name: int(pd.Index(marks[low:high][stays[low:high]]).isin(known).sum())
        for name, (low, high) in dataset.given.items()
        if name != "train"
    }
    notes = [
        f"{plural(count, f'{name} row repeats', f'{name} rows repeat')} a row of train; a given split is left as it is."
        for name, count in again.items()
        if count
    ]
    return _repeats(marks, stays & in_train), notes


def _repeats(marks: np.ndarray, among: np.ndarray) -> np.ndarray:
    """Which of these rows repeat an earlier one of them: boolean (n,)."""
    found = np.zeros(len(marks), bool)
    found[among] = row_codes.repeats(marks[among])
    return found


def _bits(dataset: Dataset) -> Iterable[np.ndarray]:
    for name in dataset.frame.columns:
        if name in dataset.encoded:
            yield codes(dataset, name).codes.astype(np.int64)
        else:
            yield row_codes.bits(dataset.frame[name])


def _enter(ledger: Ledger, name: str, removed: np.ndarray, why: str, dataset: Dataset, stays: np.ndarray) -> None:
    rows = np.flatnonzero(removed)
    if len(rows):
        ledger.remove(name, rows, f"{plural(len(rows), 'row')} removed{by_split(dataset, rows)}", why)
    if not stays.any():
        raise DataError(
            f"no row is left: {why}", "mend the data, or change clean", file=dataset.source.name, key="clean"
        )
