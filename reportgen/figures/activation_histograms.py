"""What comes out of each layer, as a histogram."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, fitted_of, name_of, plain
from reportgen.figures._layers import among, drawings, grid, grid_size
from reportgen.fitted import Outputs
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import listing, percent, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "training"
NEEDS = "fitted"
ORDER = 52
_WIDER = 2.0  # times, from which the title speaks of a layer that is wider than another
_MANY_ZEROS = 0.5


def compute(run: Run) -> list[FigureData]:
    found = [item for item in fitted_of(run).outputs if item.counts.sum() > 0 and np.isfinite(item.edges).all()]
    if not found:
        raise NotApplicable("no layer's outputs were observed")
    return drawings(found, _drawing)


def _drawing(items: Sequence[Outputs], total: int) -> FigureData:
    columns = {
        "layer": [name_of(item.layer) for item in items],
        "mean": plain([item.mean for item in items], 4),
        "standard deviation": plain([item.std for item in items], 4),
        "exactly zero": plain([item.zeros for item in items], 4),
    }
    facts = {
        "edges": [plain(item.edges, 4) for item in items],
        "shares": [plain(item.counts / item.counts.sum(), 3) for item in items],
        "of": total,
    }
    return FigureData(columns, facts)


def size(data: FigureData) -> tuple[float, float]:
    return grid_size(len(data.columns["layer"]), 1.3)


def draw(axes: Axes, data: FigureData) -> None:
    panels = grid(axes, data.columns["layer"])
    for panel, edges, shares in zip(panels, data.facts["edges"], data.facts["shares"], strict=True):
        heights = array(shares)
        panel.bars(array(edges), heights, SERIES[1], "outputs")
        panel.set(xlim=(edges[0], edges[-1]), ylim=(0, 1.04 * float(heights.max())))
        panel.few("x", 4)
        panel.yaxis.set_visible(False)
        panel.bare("left")


def describe(data: FigureData) -> Words:
    columns = data.columns
    caption = (
        "Outputs of each layer on a fixed sample of training rows; the height is the share of a bin, far values are "
        f"counted in the outer bins.{among(len(columns['layer']), data.facts['of'])}"
    )
    rows = zip(columns["layer"], columns["mean"], columns["standard deviation"], columns["exactly zero"], strict=True)
    told = listing(
        (f"{name} {significant(mean)} ± {significant(sd)}, {percent(zeros)} zero" for name, mean, sd, zeros in rows), 10
    )
    return Words(_title(data), caption, f"Mean and standard deviation of the outputs: {told}.")


def _title(data: FigureData) -> str:
    names = data.columns["layer"]
    zeros, spreads = array(data.columns["exactly zero"]), array(data.columns["standard deviation"])
    if np.isfinite(zeros).any() and np.nanmax(zeros) >= _MANY_ZEROS:
        most = int(np.nanargmax(zeros))
        return f"{percent(float(zeros[most]), 0)} of the outputs of {names[most]} are exactly zero."
    known = np.isfinite(spreads) & (spreads > 0)
    if known.sum() < 2:
        return f"The outputs of {names[0]} have standard deviation {significant(float(spreads[0]))}."
    low, high = int(np.where(known, spreads, np.inf).argmin()), int(np.where(known, spreads, -np.inf).argmax())
    if spreads[high] < _WIDER * spreads[low]:
        several = f"all {len(names)}" if len(names) > 2 else "both"
        return f"The outputs of {several} layers are of like spread."
    times = significant(float(spreads[high] / spreads[low]), 2)
    return f"The outputs of {names[high]} spread {times} times as wide as those of {names[low]}."
