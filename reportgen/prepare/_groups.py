"""Rows divided by whole groups."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd

from reportgen.errors import DataError
from reportgen.profile import rows as row_codes
from reportgen.text import plural, quoted

#: So many of the largest groups are placed one by one, where each does most good; the others at random.
_PLACED = 20_000
_CELLS = 20_000_000


def codes(column: pd.Series) -> np.ndarray:
    """The group of each row (n,), from 0; rows without one are a group together, -1."""
    found, _ = pd.factorize(row_codes.bits(column))
    return np.where(column.isna().to_numpy(), -1, found)


def notes(groups: np.ndarray, column: pd.Series) -> list[str]:  # noqa: ARG001
    missing = int((groups < 0).sum())
    return [f"{plural(missing, 'row')} without a group were kept together as one."] if missing else []


def allot(groups: np.ndarray, strata: np.ndarray, shares: Sequence[float], seed: int, name: Hashable) -> np.ndarray:
    """The part of each row (n,), 0 to len(shares) - 1; rows of one group have the same.

    Each group, larger ones first and those of a size in a random order, goes where its rows, weighed by the rarity of
    their class, lead to the least filled part.

    Args:
        groups: the group of each row (n,).
        strata: the class of each row (n,), from 0; all 0 where only the number of rows counts.
        shares: what part of the rows each part should have; they add up to 1.

    Raises:
        DataError: there are fewer groups than parts.
    """
    different, place = np.unique(groups, return_inverse=True)
    if len(different) < len(shares):
        what = f"column {quoted(name)} has {plural(len(different), 'group')}, too few for {len(shares)} splits"
        raise DataError(what, "name a column with more groups, or set split.validation: 0", key="split.column")
    random = np.random.default_rng(seed)
    size = np.bincount(place)
    order = random.permutation(len(size))
    order = order[np.argsort(-np.floor(np.log2(size[order])), kind="stable")]
    totals = np.bincount(strata)
    first = order[: max(len(shares), min(_PLACED, _CELLS // len(totals)))]
    counts = _table(place, strata, first, len(totals))
    part_of = np.empty(len(size), np.int64)
    part_of[first] = _placed(counts, totals, np.array(shares))
    if len(rest := order[len(first) :]):
        part_of[rest] = _spread(size[first], part_of[first], size[rest], np.array(shares))
    return part_of[place]


def _table(place: np.ndarray, strata: np.ndarray, chosen: np.ndarray, n_strata: int) -> np.ndarray:
    """Rows of each class in the chosen groups (n_chosen, n_strata)."""
    rank = np.full(int(place.max()) + 1, -1)
    rank[chosen] = np.arange(len(chosen))
    known = rank[place] >= 0
    cells = rank[place[known]] * n_strata + strata[known]
    found: np.ndarray = np.bincount(cells, minlength=len(chosen) * n_strata).reshape(len(chosen), n_strata)
    return found


def _placed(counts: np.ndarray, totals: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """The part of each group, taken in their order; no part stays empty."""
    rarity = 1 / np.maximum(totals, 1)
    filled = np.zeros((len(shares), counts.shape[1]))
    empty = np.ones(len(shares), bool)
    found = np.empty(len(counts), np.int64)
    for number, group in enumerate(counts * rarity):
        cost = ((filled + group) @ group) / shares
        if empty.sum() >= len(counts) - number:
            cost = np.where(empty, cost, np.inf)
        found[number] = part = int(cost.argmin())
        filled[part] += group
        empty[part] = False
    return found


def _spread(placed: np.ndarray, part_of: np.ndarray, sizes: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """The part of groups in a random order: filled up one part after the other with what it lacks of its share."""
    n_rows = placed.sum() + sizes.sum()
    lacks = np.maximum(shares * n_rows - np.bincount(part_of, weights=placed, minlength=len(shares)), 0.0)
    borders = np.cumsum(lacks / lacks.sum())[:-1] if lacks.sum() else np.zeros(len(shares) - 1)
    found: np.ndarray = np.searchsorted(borders, (np.cumsum(sizes) - sizes / 2) / sizes.sum(), side="right")
    return found
