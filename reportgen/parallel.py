"""Independent work on columns, spread over the cores: Arrow and NumPy compute without holding Python's lock."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_Item = TypeVar("_Item")
_Found = TypeVar("_Found")
#: More threads than this gain nothing, since parts of the work do hold the lock.
_MOST = 8
#: Pieces of the work for each core: enough that none waits long for another at the end.
_TURNS = 16


def each(function: Callable[[_Item], _Found], items: Iterable[_Item]) -> list[_Found]:
    """`[function(item) for item in items]`, several at a time; the first error in the order of the items is raised."""
    work = list(items)
    # Handing over costs more than many an item of a thousand does.
    size = len(work) // (_TURNS * cores()) + 1
    pieces = [work[start : start + size] for start in range(0, len(work), size)]
    return [found for piece in _in_threads(lambda piece: [function(item) for item in piece], pieces) for found in piece]


def _in_threads(function: Callable[[_Item], _Found], work: list[_Item]) -> list[_Found]:
    with ThreadPoolExecutor(cores()) as pool:
        try:
            found: Iterable[_Found] = pool.map(function, work)
        except RuntimeError:  # A limit on processes or address space allows no further thread.
            pool.shutdown(cancel_futures=True)
            found = map(function, work)
        return list(found)


def cores() -> int:
    """The cores that this process may use, 8 at most."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(_MOST, allowed)
