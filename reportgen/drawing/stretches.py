"""Parts of rows as one path of thick lines: a third of what rectangles would take."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.artist import allow_rasterization
from matplotlib.patches import PathPatch
from matplotlib.path import Path


class Stretches(PathPatch):
    """From `x` (n,) as far as `lengths` (n,), along rows with middles `y` (n,), each `thickness` data units thick."""

    def __init__(self, x: Any, y: Any, lengths: Any, thickness: float, colour: str) -> None:
        places = np.column_stack([x, y, np.add(x, lengths), y]).reshape(-1, 2)
        path = Path(places, np.tile(np.array([Path.MOVETO, Path.LINETO], dtype=np.uint8), len(x)))
        path.should_simplify = False  # it would join what is apart
        super().__init__(path, facecolor="none", edgecolor=colour, capstyle="butt", joinstyle="round")
        self._thickness = thickness

    @allow_rasterization  # type: ignore[untyped-decorator]
    def draw(self, renderer: Any) -> None:
        """Draw it as thick as the rows are by then."""
        assert self.axes is not None
        (_, one), (_, other) = self.axes.transData.transform([(0, 0), (0, self._thickness)])
        self.set_linewidth(abs(other - one))
        super().draw(renderer)
