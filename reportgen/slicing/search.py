"""The search for weak slices.

Every slice that is large enough is tested against the other rows, whatever its errors, and p-values are corrected for
all of them by Holm's step-down method (1979), which holds however slices overlap: searching and testing on the same
rows is then honest, and no row is kept back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy.special import ndtr

from reportgen.mistakes import Mistakes, Slice
from reportgen.slicing.coding import Coded, Searchable
from reportgen.slicing.testing import holm, hypergeometric_tail, is_hits, scored, standardised, with_interval

FEWEST_ROWS, SMALLEST_SHARE = 30, 0.02
_MOST_PAIRED = 30
_MOST_SHOWN, _MOST_TESTED, _SHOWN_WITHOUT_PROOF = 8, 200, 3
SURE = 0.05

#: From the cell of each row (n,) and the number of cells to the rows of each cell and their `z`.
Counter = Callable[[np.ndarray, int], tuple[np.ndarray, np.ndarray]]


class Found(NamedTuple):
    """A slice that was searched: its standardised excess of errors and the codes that make it."""

    z: float
    rows: int
    parts: tuple[tuple[int, int], ...]  # (place of the column, code)


def weakest(losses: np.ndarray, searchable: Searchable, confidence: float, so_far: Mistakes) -> Mistakes:
    """`so_far` with the slices that are shown to be weaker than the rest, or else those that come nearest."""
    coded = searchable.coded
    smallest = max(FEWEST_ROWS, int(np.ceil(SMALLEST_SHARE * len(losses))))
    found = search(losses, coded, smallest)
    tested = sorted(found, key=lambda one: (-one.z, one.parts))[:_MOST_TESTED]
    p_values = holm([p_value(losses, coded, one) for one in tested], len(found))
    proven = _different([(one, p) for one, p in zip(tested, p_values, strict=True) if p <= SURE])[:_MOST_SHOWN]
    shown = proven or _different([*zip(tested, p_values, strict=True)])[:_SHOWN_WITHOUT_PROOF]
    hits = so_far.measure != "mae"
    return replace(
        so_far,
        slices=tuple(_measured(losses, coded, one, hits, confidence, p) for one, p in shown),
        searched=len(found),
        columns=len(coded),
        columns_there=searchable.there,
        ranked=searchable.ranked,
        paired=min(len(coded), _MOST_PAIRED),
        smallest=smallest,
    )


def search(losses: np.ndarray, coded: Sequence[Coded], smallest: int) -> list[Found]:
    """Every slice of one column, and of two of the first thirty, of at least and without at least `smallest` rows.

    `z` is the sum of the errors' scores in the slice, standardised by its permutation variance: of wrong predictions
    (hypergeometric), or of the ranks of absolute errors (Wilcoxon), which no single large error decides.
    """
    counted = _counter(losses)
    single = list(_single(counted, len(losses), coded, smallest))
    large = [np.zeros(len(one.names) + 1, dtype=bool) for one in coded]
    for one in single:
        ((place, cell),) = one.parts
        large[place][cell + 1] = True
    return [*single, *_pairs(counted, coded[:_MOST_PAIRED], large, smallest)]


def _counter(losses: np.ndarray) -> Counter:
    """What counts cells; where errors are 0 and 1 by counting the few wrong rows apart."""
    scores, n = scored(losses), len(losses)
    squares = float((scores * scores).sum())
    wrong = np.flatnonzero(losses)
    low, high = float(scores.min()), float(scores.max())

    def of_hits(cells: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
        rows = np.bincount(cells, minlength=count)
        bad = np.bincount(cells[wrong], minlength=count)
        return rows, standardised(high * bad + low * (rows - bad), rows, n, squares)

    def of_scores(cells: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
        rows = np.bincount(cells, minlength=count)
        return rows, standardised(np.bincount(cells, scores, count), rows, n, squares)

    return of_hits if is_hits(losses) else of_scores


def _single(counted: Counter, n: int, coded: Sequence[Coded], smallest: int) -> Iterator[Found]:
    for place, one in enumerate(coded):
        rows, z = counted(one.codes + 1, len(one.names) + 1)
        for cell in np.flatnonzero((rows >= smallest) & (n - rows >= smallest)).tolist():
            if cell:
                yield Found(float(z[cell]), int(rows[cell]), ((place, cell - 1),))


def _pairs(counted: Counter, coded: Sequence[Coded], large: Sequence[np.ndarray], smallest: int) -> Iterator[Found]:
    """What two `large` slices of different columns share."""
    cells = [one.codes + 1 for one in coded]
    for one, other in combinations(range(len(coded)), 2):
        width = len(large[other])
        rows, z = counted(cells[one] * width + cells[other], len(large[one]) * width)
        taken = np.logical_and.outer(large[one], large[other]).ravel() & (rows >= smallest)
        for cell in np.flatnonzero(taken).tolist():
            parts = (one, cell // width - 1), (other, cell % width - 1)
            yield Found(float(z[cell]), int(rows[cell]), parts)


def members(coded: Sequence[Coded], found: Found) -> np.ndarray:
    """(n,) whether each row is in the slice."""
    return np.asarray(np.logical_and.reduce([coded[place].codes == code for place, code in found.parts]))


def p_value(losses: np.ndarray, coded: Sequence[Coded], found: Found) -> float:
    """One-sided, that the slice errs no more than the rest: Fisher's exact test of hits, else the rank sum's."""
    if not is_hits(losses):
        return float(ndtr(-found.z))
    wrong = int(losses[members(coded, found)].sum())
    return hypergeometric_tail(wrong, found.rows, int(losses.sum()), len(losses))


def _different(found: list[tuple[Found, float]]) -> list[tuple[Found, float]]:
    """The surest first, without slices that share a condition with one that is surer."""
    kept: list[tuple[Found, float]] = []
    seen: set[tuple[int, int]] = set()
    for one, p in sorted(found, key=lambda item: (item[1], -item[0].z, item[0].parts)):
        if not seen & set(one.parts):
            kept.append((one, p))
            seen |= set(one.parts)
    return kept


def _measured(
    losses: np.ndarray, coded: Sequence[Coded], found: Found, hits: bool, confidence: float, p: float
) -> Slice:
    """Accuracy with Wilson's interval, or mean absolute error with that of a mean, of a slice and of the rest."""
    inside = members(coded, found)
    own, rest = with_interval(losses[inside], hits, confidence), with_interval(losses[~inside], hits, confidence)
    columns = tuple(coded[place].column for place, _ in found.parts)
    name = " and ".join(coded[place].names[cell] for place, cell in found.parts)
    return Slice(name, columns, found.rows, *own, rest.value, p)
