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


def each(function: Callable[[_Item], _Found], items: Iterable[_Item]) -> list[_Found]:
    """`[function(item) for item in items]`, several at a time; the first error in the order of the items is raised."""
    with ThreadPoolExecutor(cores()) as pool:
        return list(pool.map(function, items))


def cores() -> int:
    """The cores that this process may use, 8 at most."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(_MOST, allowed)
