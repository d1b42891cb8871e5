"""Images of several files as one column, and images of some rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reportgen.images import Images


@dataclass(frozen=True)
class Chosen:
    """The images of some rows; see `reportgen.images.Images`."""

    images: Images
    rows: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    def shapes(self) -> np.ndarray:
        found: np.ndarray = self.images.shapes()[self.rows]
        return found

    def read(self, rows: np.ndarray, size: tuple[int, int], channels: int) -> np.ndarray:
        return self.images.read(self.rows[rows], size, channels)


@dataclass(frozen=True)
class Joined:
    """The images of several files, one after the other; see `reportgen.images.Images`."""

    parts: Sequence[Images]

    def __len__(self) -> int:
        return sum(len(part) for part in self.parts)

    def shapes(self) -> np.ndarray:
        return np.concatenate([part.shapes() for part in self.parts])

    def read(self, rows: np.ndarray, size: tuple[int, int], channels: int) -> np.ndarray:
        rows = np.asarray(rows)
        found = np.zeros((len(rows), *size, channels), np.uint8)
        start = 0
        for part in self.parts:
            here = (rows >= start) & (rows < start + len(part))
            if here.any():
                found[here] = part.read(rows[here] - start, size, channels)
            start += len(part)
        return found
