"""Images as a column of a table: their sizes without decoding, and pixels of chosen rows where somebody wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np


class Images(Protocol):
    """The images of one column, one a row of the table as loaded."""

    def __len__(self) -> int: ...

    def shapes(self) -> np.ndarray:
        """Height, width and channels of each image, (n, 3) int32; zeros where there is none or it cannot be read."""
        ...

    def read(self, rows: np.ndarray, size: tuple[int, int], channels: int) -> np.ndarray:
        """Pixels of the images of `rows`, scaled to `size` (height, width): (n, height, width, channels) uint8.

        `channels` is 1 (grey) or 3 (red, green, blue). Where there is no image the pixels are 0.
        """
        ...
