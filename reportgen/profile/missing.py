"""Gaps: which columns have them in the same rows, and whether they tell the target."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from reportgen.dataset import Dataset
from reportgen.parallel import each
from reportgen.profile import association
from reportgen.profile.relations import to_any
from reportgen.profile.summaries import ColumnProfile, MissingTogether, Relation
from reportgen.profile.target import Target

_MOST_COLUMNS, _MOST_PATTERNS, _MOST_BANDS = 40, 20, 50
_FEWEST = 5


def missing_together(dataset: Dataset, columns: Sequence[ColumnProfile]) -> MissingTogether:
    """Which columns are missing in the same rows.

    Args:
        columns: the profiles, whose `missing` says where to look.
    """
    gappy = sorted((column for column in columns if column.missing), key=lambda column: -column.missing)
    names, n_rows = [column.name for column in gappy], dataset.n_rows
    if not names:
        return MissingTogether(complete=n_rows)
    packed = np.stack(each(lambda name: _packed(dataset.frame[name]), names))
    marks, bands = _scanned(packed, n_rows)
    patterns, n_patterns, complete = _patterns(marks, packed, names)
    counts = np.array([column.missing for column in gappy[:_MOST_COLUMNS]], float)
    matrix = _phi(packed[:_MOST_COLUMNS], counts, n_rows)
    return MissingTogether(tuple(names[:_MOST_COLUMNS]), matrix, patterns, n_patterns, complete, bands)


def missing_relation(missing: np.ndarray, target: Target) -> Relation | None:
    """How being missing (n,) boolean, neither everywhere nor nowhere, goes with the target.

    Cramér's V with classes, the correlation ratio with numbers, of all rows; None where fewer than five rows with a
    target are missing or known. Of several labels that which they tell best.
    """
    if target.several:
        return to_any(target, lambda one: missing_relation(missing, one))
    if target.codes is not None:
        totals = np.array([*target.class_counts.values()])
        inside = np.bincount(target.codes[missing] + 1, minlength=len(totals) + 1)[1:]
        if not _FEWEST <= inside.sum() <= totals.sum() - _FEWEST:
            return None
        value, name = association.presence_v(inside[None, :], totals)[0], "Cramér's V"
    elif target.values is not None:
        n_known, n_missing = target.n_values, np.count_nonzero(np.isfinite(target.values[missing]))
        if not _FEWEST <= n_missing <= n_known - _FEWEST:
            return None
        total, members = target.centred[missing].sum(), np.array([float(n_missing)])
        value = association.ratio_of_sums(np.array([total]), members, target.spread, n_known)[0]
        name = "correlation ratio"
    else:
        return None
    return Relation(name, float(value)) if np.isfinite(value) else None


def _packed(series: pd.Series) -> np.ndarray:
    """Where values are missing, a bit a row: (n / 64 rounded up,) uint64."""
    packed = np.packbits(series.isna().to_numpy())
    return np.pad(packed, (0, -len(packed) % 8)).view(np.uint64)


def _scanned(packed: np.ndarray, n_rows: int) -> tuple[np.ndarray, tuple[tuple[float, ...], ...]]:
    """A mark for each set of missing columns (n,) uint64, 0 where none is, and the missing share by part of the rows.

    A random number for each column: two of 10**6 different sets share a mark with a probability of 3e-8.
    """
    marks = np.zeros(n_rows, np.uint64)
    of_columns = np.random.default_rng(0).integers(1, 2**64 - 1, len(packed), np.uint64)
    n_bands = min(_MOST_BANDS, n_rows)
    bands: list[tuple[float, ...]] = []
    # The first row of each part, rounded up, so that row r lies in part r * n_bands // n_rows.
    starts = -(-np.arange(n_bands + 1) * n_rows // n_bands)
    for bits, mark in zip(packed, of_columns, strict=True):
        rows = np.flatnonzero(np.unpackbits(bits.view(np.uint8)).view(bool))
        marks[rows] ^= mark
        if len(bands) < _MOST_COLUMNS:
            bands.append(tuple((np.diff(np.searchsorted(rows, starts)) / np.diff(starts)).tolist()))
    return marks, tuple(bands)


def _phi(packed: np.ndarray, counts: np.ndarray, n_rows: int) -> tuple[tuple[float | None, ...], ...]:
    both = np.array([np.bitwise_count(packed & bits).sum(axis=1, dtype=np.int64) for bits in packed], float)
    spread = np.sqrt(counts * (n_rows - counts))
    with np.errstate(divide="ignore", invalid="ignore"):
        phi = (n_rows * both - np.outer(counts, counts)) / np.outer(spread, spread)
    phi = np.clip(phi, -1.0, 1.0)
    return tuple(tuple(value if np.isfinite(value) else None for value in row) for row in phi.tolist())


def _patterns(
    marks: np.ndarray, packed: np.ndarray, names: Sequence[str]
) -> tuple[tuple[tuple[tuple[str, ...], int], ...], int, int]:
    """The commonest sets of missing columns with their rows, how many sets there are, and rows without a gap."""
    gappy = np.flatnonzero(marks)
    codes, kinds = pd.factorize(marks[gappy])
    members = np.bincount(codes, minlength=len(kinds))
    firsts = np.empty(len(kinds), np.int64)
    firsts[codes[::-1]] = gappy[::-1]  # the last one written stays
    patterns = []
    for kind in np.lexsort((firsts, -members))[:_MOST_PATTERNS]:
        byte, bit = divmod(int(firsts[kind]), 8)
        inside = packed.view(np.uint8)[:, byte] & (128 >> bit) > 0
        patterns.append((tuple(name for name, there in zip(names, inside, strict=True) if there), int(members[kind])))
    return tuple(patterns), len(kinds), len(marks) - len(gappy)
