"""The name that a misspelled one was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_CANDIDATES = 5


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that takes the fewest slips of the pen to write as `name`; None where none is like it."""
    close = get_close_matches(name, list(known), n=_CANDIDATES, cutoff=0.6)
    return min(close, key=lambda one: slips(name, one), default=None)


def slips(one: str, other: str) -> int:
    """Letters to insert, remove, replace or swap with their neighbour (optimal string alignment distance)."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != wanted))
            swapped = i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted
            row.append(min(cost, before[j - 2] + 1) if swapped else cost)
        before, last = last, row
    return last[-1]
