"""How columns of any kind go together, two by two."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from reportgen.dataset import Dataset, Kind
from reportgen.parallel import each
from reportgen.profile import association
from reportgen.profile.rows import Encoded
from reportgen.profile.sample import spread
from reportgen.profile.summaries import Association, Associations, ColumnProfile
from reportgen.profile.target import Target

_MOST_COLUMNS, _MOST_STRONGEST = 40, 200
#: Numbers that are related to each other beyond the columns of the matrix.
_MOST_NUMBERS = 1000
#: Rows looked at: by the work that the matrix product may be (rows x columns squared), but within these bounds.
_WORK, _FEWEST_ROWS, _MOST_ROWS = 2e9, 2000, 20_000
#: Levels told apart, the rarer ones count as one; and the rows that a pair needs.
_MOST_LEVELS, _FEWEST = 200, 5
_RHO, _V, _ETA = "Spearman", "Cramér's V", "correlation ratio"
_NUMBERS = (Kind.NUMERIC, Kind.BOOLEAN, Kind.DATETIME)


def associations(
    dataset: Dataset, target: Target, columns: Sequence[ColumnProfile], encoded: Mapping[str, Encoded]
) -> Associations:
    """The 40 columns most related to the target in a matrix, and the strongest pairs.

    Texts, images, ids and ignored columns are left out. Numbers are related to each other beyond the matrix: the first
    1,000 of them in the same order.

    Args:
        columns: the profiles, in the order of `Dataset.columns`.
        encoded: codes and words of the columns of words.
    """
    names = [column.name for column in sorted(columns, key=_rank) if _has_place(column, encoded, target)]
    if len(names) < 2:
        return Associations()
    numbers = [name for name in names if name not in encoded][:_MOST_NUMBERS]
    most = int(min(_MOST_ROWS, max(_FEWEST_ROWS, _WORK / max(1, len(numbers)) ** 2)))
    rows = spread(dataset.n_rows, most)
    values = dict(zip(numbers, each(lambda name: _numbers(dataset.frame[name], rows), numbers), strict=True))
    shown = names[:_MOST_COLUMNS]
    codes = {name: _codes(encoded[name].codes[rows]) for name in shown if name in encoded}
    rho = _rank_correlations(list(values.values()), len(rows))
    pairs = [*_number_pairs(numbers, rho), *_other_pairs(shown, values, codes)]
    found = {(pair.first, pair.second): pair.value for pair in pairs}
    matrix = [[_cell(found, first, second, values, codes) for second in shown] for first in shown]
    strongest = sorted(pairs, key=lambda pair: -abs(pair.value))[:_MOST_STRONGEST]
    return Associations(tuple(shown), tuple(map(tuple, matrix)), tuple(strongest), len(rows))


def _has_place(column: ColumnProfile, encoded: Mapping[str, Encoded], target: Target) -> bool:
    if column.is_target and (column.name not in encoded or target.codes is not None):
        return True
    return column.kind is Kind.CATEGORICAL if column.name in encoded else column.kind in _NUMBERS


def _rank(column: ColumnProfile) -> float:
    """The target first, then by the strength of the relation to it, an AUC of one half being none."""
    if column.is_target:
        return -2.0
    if column.relation is None:
        return 0.0
    return -column.relation.strength


def _numbers(series: pd.Series, rows: np.ndarray) -> np.ndarray:
    """Numbers, truth values and times as float64 (n,), NaN where they are not finite."""
    picked = series.array[rows]
    if isinstance(series.dtype, np.dtype) and series.dtype.kind == "M":
        stamps = np.asarray(picked)
        return np.where(np.isnat(stamps), np.nan, stamps.view(np.int64).astype(float))
    values = pd.Series(picked).to_numpy("float64", na_value=np.nan)
    return np.where(np.isfinite(values), values, np.nan)


def _codes(codes: np.ndarray) -> np.ndarray:
    """Codes of the commonest levels, all others as one, -1 where missing."""
    members = np.bincount(codes[codes >= 0], minlength=1)
    if np.count_nonzero(members) <= _MOST_LEVELS:
        return codes
    place = np.full(len(members) + 1, _MOST_LEVELS - 1)
    common = np.argsort(-members, kind="stable")[: _MOST_LEVELS - 1]
    place[common] = np.arange(len(common))
    place[-1] = -1
    found: np.ndarray = place[codes]
    return found


def _rank_correlations(columns: Sequence[np.ndarray], n_rows: int) -> np.ndarray:
    """Of numbers with gaps, (k, k); NaN where one is constant or fewer than five rows have both."""
    if not columns:
        return np.empty((0, 0))
    ranks = np.column_stack(each(lambda values: pd.Series(values).rank().to_numpy(), columns))
    seen = (~np.isnan(ranks)).astype(float)
    together = np.full((1, 1), n_rows) if seen.all() else seen.T @ seen
    return np.where(together >= _FEWEST, association.correlations(ranks), np.nan)


def _number_pairs(names: Sequence[str], rho: np.ndarray) -> Iterator[Association]:
    """The pairs of the matrix, and the strongest of the others."""
    first, second = np.triu_indices(len(names), k=1)
    known = np.isfinite(rho[first, second])
    first, second = first[known], second[known]
    others = np.flatnonzero(second >= _MOST_COLUMNS)
    strongest = np.argsort(-np.abs(rho[first[others], second[others]]), kind="stable")[:_MOST_STRONGEST]
    for place in (*np.flatnonzero(second < _MOST_COLUMNS), *others[strongest]):
        i, j = int(first[place]), int(second[place])
        yield Association(names[i], names[j], _RHO, float(rho[i, j]))


def _other_pairs(
    names: Sequence[str], values: Mapping[str, np.ndarray], codes: Mapping[str, np.ndarray]
) -> Iterator[Association]:
    for place, first in enumerate(names):
        for second in names[place + 1 :]:
            if first in codes and second in codes:
                found, measure = _v(codes[first], codes[second]), _V
            elif first in codes or second in codes:
                levels, numbers = (first, second) if first in codes else (second, first)
                found, measure = _eta(codes[levels], values[numbers]), _ETA
            else:
                continue
            if found is not None:
                yield Association(first, second, measure, found)


def _v(first: np.ndarray, second: np.ndarray) -> float | None:
    kept = (first >= 0) & (second >= 0)
    return association.cramers_v(first[kept], second[kept]) if np.count_nonzero(kept) >= _FEWEST else None


def _eta(codes: np.ndarray, values: np.ndarray) -> float | None:
    kept = (codes >= 0) & ~np.isnan(values)
    return association.correlation_ratio(codes[kept], values[kept]) if np.count_nonzero(kept) >= _FEWEST else None


def _cell(
    found: Mapping[tuple[str, str], float],
    first: str,
    second: str,
    values: Mapping[str, np.ndarray],
    codes: Mapping[str, np.ndarray],
) -> float | None:
    if first != second:
        return found.get((first, second), found.get((second, first)))
    known = codes[first][codes[first] >= 0] if first in codes else values[first][~np.isnan(values[first])]
    return 1.0 if len(known) >= _FEWEST and (known != known[0]).any() else None
