"""A random sample of the rows of a stream, all equally likely to be kept, whatever the stream's length.

Each row draws a number from the seed; those with the smallest numbers stay. The bound falls while rows arrive, so that
never many more are held than are wanted (Fan, Muller and Rezucha 1962 draw by order of random keys likewise).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol, Self

import numpy as np


class Batch(Protocol):
    """Rows that can be thinned out."""

    @property
    def nbytes(self) -> int: ...

    def __len__(self) -> int: ...

    def keep(self, mask: np.ndarray) -> Self:
        """The rows where the mask (n,) is true."""
        ...


@dataclass
class Draw:
    """Rows of one or more files as they come; see the module.

    Attributes:
        seed: of the random numbers, which depend on nothing else but the number of the row.
        n_rows: rows to keep of all; None for as many as there is room for.
        room: bytes that the kept rows may take.
        seen: rows that have come so far.
    """

    seed: int
    n_rows: int | None
    room: float
    seen: int = 0
    _bound: float = 1.0
    _held: list[tuple[int, Batch, np.ndarray]] = field(default_factory=list)
    _random: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        self._random = np.random.default_rng([self.seed, 0x5A3])

    def add(self, file: int, batch: Batch) -> None:
        """Take note of further rows of a file."""
        keys = self._random.random(len(batch))
        self.seen += len(batch)
        self._hold(file, batch, keys)
        if self.n_rows is not None and self._count() > 2 * self.n_rows + 10_000:
            self._lower(self.n_rows)
        while self._bytes() > self.room and self._count() > 1:
            self._lower(self._count() // 2)

    def close(self) -> None:
        """Keep exactly as many rows as are wanted, where there are more."""
        if self.n_rows is not None and self._count() > self.n_rows:
            self._lower(self.n_rows)

    def kept(self, file: int) -> list[Any]:
        """The rows of a file that stay, in their order."""
        return [batch for number, batch, _ in self._held if number == file]

    def take(self, file: int) -> list[Any]:
        """The rows of a file that stay, which are not held here any longer."""
        found = self.kept(file)
        self._held = [one for one in self._held if one[0] != file]
        return found

    @property
    def is_whole(self) -> bool:
        """Whether every row is kept; to be asked before any is taken."""
        return self._count() == self.seen

    def _hold(self, file: int, batch: Batch, keys: np.ndarray) -> None:
        mask = keys < self._bound
        if mask.any():
            self._held.append((file, batch if mask.all() else batch.keep(mask), keys[mask]))

    def _count(self) -> int:
        return sum(len(keys) for _, _, keys in self._held)

    def _bytes(self) -> int:
        return sum(batch.nbytes for _, batch, _ in self._held)

    def _lower(self, count: int) -> None:
        """Keep the `count` rows with the smallest numbers."""
        keys = np.concatenate([keys for _, _, keys in self._held])
        self._bound = float(np.partition(keys, count)[count])
        held, self._held = self._held, []
        for file, batch, its_keys in held:
            self._hold(file, batch, its_keys)
