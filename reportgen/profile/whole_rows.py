"""Rows compared as wholes: repeated, nearly repeated, contradicting and empty ones.

Columns are compared one after the other, those with the most different values first, and rows that no other row agrees
with are left out on the way: a table with an id is done before it began.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reportgen.dataset import Dataset, Kind
from reportgen.profile import rows
from reportgen.profile.rows import Encoded
from reportgen.profile.summaries import ColumnProfile

#: Distinct words whose plain form costs next to nothing.
_FEW_WORDS = 10_000


@dataclass(frozen=True)
class WholeRows:
    """Counts of rows, as `Profile` defines them."""

    duplicate: int
    conflicting: int
    empty: int
    near_duplicate: int


@dataclass(frozen=True)
class Alike:
    """Rows that agree with another one so far: their places (m,), None for all rows, and fingerprints (m,)."""

    places: np.ndarray | None
    marks: np.ndarray

    @property
    def repeats(self) -> int:
        """Rows that repeat an earlier one."""
        return len(self.marks) - len(np.unique(self.marks))


def whole_rows(dataset: Dataset, columns: Sequence[ColumnProfile], encoded: Mapping[str, Encoded]) -> WholeRows:
    """Compare the rows.

    Args:
        columns: the profiles, which tell how many different values there are.
        encoded: codes and words of the columns of words.
    """
    every = Alike(None, np.zeros(dataset.n_rows, np.uint64))
    exactly, nearly = _Exactly(dataset.frame, encoded), _Nearly(dataset.frame, encoded)
    targets = [column for column in columns if column.is_target] if dataset.features else []
    features = {column.name for column in dataset.features} if targets else set()
    shared = _narrowed(every, [column for column in columns if column.name in features], exactly)
    duplicate = _narrowed(shared, [column for column in columns if column.name not in features], exactly).repeats
    near = _narrowed(every, columns, nearly).repeats - duplicate if any(map(nearly.cost, columns)) else 0
    conflicting = 0
    if targets and len(shared.marks):
        known = dataset.frame[[column.name for column in targets]].notna().all(axis=1).to_numpy()
        conflicting = _conflicts(shared, _combined(targets, exactly, shared), known)
    return WholeRows(duplicate, conflicting, _empty(dataset, columns), near)


class _Exactly:
    """Values as integers that are equal where the values are."""

    def __init__(self, frame: pd.DataFrame, encoded: Mapping[str, Encoded]) -> None:
        self._frame, self._encoded = frame, encoded
        self._is_float = dict(zip(frame, frame.dtypes == np.float64, strict=True))

    def cost(self, _column: ColumnProfile) -> int:
        """What it takes to compare a column: 0 for nothing, which is compared exactly."""
        return 0

    def codes(self, column: ColumnProfile, places: np.ndarray | None) -> np.ndarray:
        """The values at some rows, None for all, as int64 (m,)."""
        if column.name in self._encoded:
            found = self._encoded[column.name].codes
            return (found if places is None else found[places]).astype(np.int64)
        series = self._frame[column.name]
        return rows.bits(series if places is None else series.iloc[places])


class _Nearly(_Exactly):
    """Values that are equal but for case and blanks of words and the seventh significant digit of numbers."""

    def cost(self, column: ColumnProfile) -> int:
        if column.name in self._encoded:
            if column.distinct > _FEW_WORDS:
                return 3
            return int(column.spelling is None or column.spelling.case_variants > 0)
        exact = column.kind in (Kind.BOOLEAN, Kind.DATETIME) or (column.whole and _below(column, 10**6))
        return 0 if exact or not self._is_float[column.name] else 2

    def codes(self, column: ColumnProfile, places: np.ndarray | None) -> np.ndarray:
        if self.cost(column) == 0:
            return super().codes(column, places)
        if column.name in self._encoded:
            return _plain_codes(self._encoded[column.name], places)
        values = self._frame[column.name].to_numpy()
        return rows.six_digits(values if places is None else values[places])


def _narrowed(alike: Alike, columns: Sequence[ColumnProfile], compared: _Exactly) -> Alike:
    """Of the rows those that agree with another in these columns too."""
    if not columns:
        return alike
    left: float = len(alike.marks)
    # Two gaps are equal, so that one gap is a value of its own and more are one for them all.
    distinct = {column.name: column.distinct + (column.missing > 0) for column in columns}
    if any(distinct[column.name] == column.count + column.missing and compared.cost(column) == 0 for column in columns):
        return Alike(np.empty(0, np.int64), np.empty(0, np.uint64))
    for column in sorted(columns, key=lambda column: (compared.cost(column), -distinct[column.name])):
        if len(alike.marks) == 0:
            break
        alike = Alike(alike.places, rows.mixed(alike.marks, compared.codes(column, alike.places)))
        left /= max(1, distinct[column.name])
        if left <= 1:  # So many combinations that every row could be different.
            alike = _shared(alike)
            left = len(alike.marks)
    return _shared(alike)


def _shared(alike: Alike) -> Alike:
    shared = pd.Series(alike.marks).duplicated(keep=False).to_numpy()
    if shared.all():
        return alike
    places = np.flatnonzero(shared) if alike.places is None else alike.places[shared]
    return Alike(places, alike.marks[shared])


def _below(column: ColumnProfile, limit: float) -> bool:
    return column.infinite == 0 and all(
        isinstance(end, int | float) and abs(end) < limit for end in (column.min, column.max)
    )


def _plain_codes(encoded: Encoded, places: np.ndarray | None) -> np.ndarray:
    """Codes of the words in small letters and without blanks."""
    codes, words = encoded
    if places is not None and len(places) < len(words):
        used, codes = np.unique(codes[places], return_inverse=True)
        gap = used[:1] == -1
        codes, words = codes - int(gap.sum()), words.take(pa.array(used[used >= 0]))
    elif places is not None:
        codes = codes[places]
    plain = pc.dictionary_encode(rows.plainly(words)).indices.to_numpy(zero_copy_only=False)
    found: np.ndarray = np.append(plain.astype(np.int64), -1)[codes]
    return found


def _combined(targets: Sequence[ColumnProfile], compared: _Exactly, shared: Alike) -> np.ndarray:
    """Codes (m,) of the target in the shared rows, equal where it is; of several columns where all of them are."""
    first, *others = (compared.codes(column, shared.places) for column in targets)
    if not others:
        return first
    return rows.fingerprints([first, *others], len(first)).view(np.int64)


def _conflicts(shared: Alike, codes: np.ndarray, known: np.ndarray) -> int:
    """Rows that agree with another in every feature and differ from it in the target, where it is known.

    Args:
        codes: the target of the shared rows (m,).
        known: whether there is a target, of all rows (n,).
    """
    known = known if shared.places is None else known[shared.places]
    return int(rows.conflicts(shared.marks[known], codes[known]).sum())


def _empty(dataset: Dataset, columns: Sequence[ColumnProfile]) -> int:
    """Rows without a value in any feature."""
    features = {column.name for column in dataset.features}
    gaps = {column.name: column.missing for column in columns if column.name in features}
    if not gaps or min(gaps.values()) == 0:
        return 0
    empty = np.ones(dataset.n_rows, bool)
    for name in sorted(gaps, key=lambda name: gaps[name]):
        empty &= dataset.frame[name].isna().to_numpy()
        if not empty.any():
            break
    return int(empty.sum())
