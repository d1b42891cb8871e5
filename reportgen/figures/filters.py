"""The filters of the first convolution."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, fitted_of, matrix, name_of, plain
from reportgen.figures._tiles import across_of, as_pixels, hide, mosaic, packed, small, unpacked
from reportgen.fitted import Filters
from reportgen.results import FigureData, Run, Words
from reportgen.text import count, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "training"
NEEDS = "fitted"
ORDER = 60
_WEAK = 0.1  # of the strongest filter's size, below which a filter is nearly empty


def compute(run: Run) -> list[FigureData]:
    found = [item for item in fitted_of(run).filters if item.tiles.size and np.isfinite(item.tiles).all()]
    if not found:
        raise NotApplicable("the network has no convolution of images")
    return [_drawing(item) for item in found]


def _drawing(item: Filters) -> FigureData:
    tiles = small(np.asarray(item.tiles, dtype=float))
    n, height, width, channels = tiles.shape
    sizes = np.sqrt((np.asarray(item.tiles, dtype=float) ** 2).sum(axis=(1, 2, 3)))
    facts = {
        "layer": name_of(item.layer),
        "filters": item.filters,
        "size": list(item.size),
        "channels": int(item.tiles.shape[-1]),
        "shape": [n, height, width],
        "limit": float(np.abs(tiles).max()),
    }
    if channels == 3:
        # Each filter from its lowest to its highest weight.
        facts["pixels"] = packed(np.stack([as_pixels(tile) for tile in tiles]))
    else:
        facts["tiles"] = matrix(tiles.mean(axis=-1).reshape(n, height * width), 3)
        facts["limit"] = float(np.abs(tiles.mean(axis=-1)).max())
    return FigureData({"filter": list(range(1, n + 1)), "size": plain(sizes, 4)}, facts, part=item.layer)


def size(data: FigureData) -> tuple[float, float]:
    shown, height, width = data.facts["shape"]
    across = across_of(shown)
    side = 0.42 if shown > 16 else 0.55
    wide = min(6.4, 0.7 + across * side)
    return max(wide, 2.2), max(0.9, 0.25 + math.ceil(shown / across) * side * min(3.0, max(0.5, height / width)))


def draw(axes: Axes, data: FigureData) -> None:
    facts = data.facts
    n, height, width = facts["shape"]
    across = across_of(n)
    if "pixels" in facts:
        pixels = unpacked(facts["pixels"], (n, height, width, 3))
        for place, tile in enumerate(pixels):
            row, column = divmod(place, across)
            axes.picture(tile, (column - 0.46, row + 0.46, column + 0.46, row - 0.46))
        axes.set(xlim=(-0.5, across - 0.5), ylim=(math.ceil(n / across) - 0.5, -0.5))
        hide(axes)
        return
    image, key = axes.panels(1, 2, widths=(1, 0.03))
    tiles = np.array([array(row) for row in facts["tiles"]]).reshape(n, height, width)
    limit = facts["limit"] or 1.0
    image.raster(mosaic(tiles, across), -limit, limit)
    hide(image)
    key.key(-limit, limit)


def describe(data: FigureData) -> Words:
    facts, sizes = data.facts, array(data.columns["size"])
    n, largest = len(sizes), float(sizes.max())
    weak = int((sizes < _WEAK * largest).sum())
    title = f"{count(weak)} of {plural(n, 'filter')} {'is' if weak == 1 else 'are'} nearly empty."
    if not weak:
        title = f"All {n} filters of {facts['layer']} hold weights of like size."
        if largest > 3 * float(sizes.min()):
            title = f"Filter {int(sizes.argmax()) + 1} of {facts['layer']} is the strongest, at {significant(largest)}."
    some = f" {n} of {facts['filters']:,} filters are shown." if n < facts["filters"] else ""
    colours = "blue negative, orange positive, one scale round zero"
    if "pixels" in facts:
        colours = "the three channels as red, green and blue, each filter from its lowest weight to its highest"
    elif facts["channels"] > 1:
        colours = f"the mean over {facts['channels']} channels; {colours}"
    caption = f"Weights of the {' × '.join(map(str, facts['size']))} filters of the first convolution; {colours}.{some}"
    alt = (
        f"{n} filters of {facts['layer']}; Euclidean size from {significant(float(sizes.min()))} to "
        f"{significant(largest)}, filter {int(sizes.argmax()) + 1} the largest."
    )
    return Words(title, caption, alt)
