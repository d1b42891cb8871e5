"""What the channels of a convolution answer to one image."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, fitted_of, matrix, name_of, plain
from reportgen.figures._tiles import across_of, as_pixels, hide, mosaic, packed, picture, small
from reportgen.fitted import FeatureMaps
from reportgen.results import FigureData, Run, Words
from reportgen.text import count, one_line, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "training"
NEEDS = "fitted"
ORDER = 62
_SIDE = 32  # of a map, in values
_IMAGE = 1.3  # width of the image, in inches


def compute(run: Run) -> list[FigureData]:
    found = [item for item in fitted_of(run).maps if item.maps.size and np.isfinite(item.maps).all()]
    if not found:
        raise NotApplicable("the network has no convolution of images")
    return [_drawing(item) for item in found]


def _drawing(item: FeatureMaps) -> FigureData:
    maps = small(np.asarray(item.maps, dtype=float), _SIDE)
    image = as_pixels(small(np.asarray(item.image, dtype=float)[None])[0])
    n, height, width = maps.shape
    means, peaks = item.maps.mean(axis=(1, 2)), item.maps.max(axis=(1, 2))
    facts = {
        "layer": name_of(item.layer),
        "shown": one_line(item.shown, 120),
        "channels": item.channels,
        "shape": [n, height, width],
        "maps": matrix(maps.reshape(n, height * width), 3),
        "image": packed(image),
        "image shape": list(image.shape),
        "silent": int((np.abs(item.maps).max(axis=(1, 2)) == 0).sum()),
    }
    columns = {"channel": list(range(1, n + 1)), "mean": plain(means, 4), "largest": plain(peaks, 4)}
    return FigureData(columns, facts, part=item.layer)


def size(data: FigureData) -> tuple[float, float]:
    shown, height, width = data.facts["shape"]
    across = across_of(shown)
    tall = math.ceil(shown / across) * 0.62 * min(2.0, max(0.5, height / width))
    return min(6.4, 2.1 + 0.62 * across), max(1.3, 0.4 + tall)


def draw(axes: Axes, data: FigureData) -> None:
    facts = data.facts
    n, height, width = facts["shape"]
    across = across_of(n)
    before, image, key = axes.panels(1, 3, widths=(_IMAGE, 0.62 * across, 0.07))
    picture(before, facts["image"], facts["image shape"], _IMAGE, max(size(data)[1] - 0.3, 0.5))
    before.set_title("what it sees")
    hide(before)
    maps = np.array([array(row) for row in facts["maps"]]).reshape(n, height, width)
    low, high = float(maps.min()), float(maps.max())
    diverging = low < 0
    limit = max(abs(low), abs(high)) or 1.0
    bounds = (-limit if diverging else 0.0, limit)
    image.raster(mosaic(maps, across), *bounds, diverging=diverging)
    image.set_title("what its channels answer")
    hide(image)
    key.key(*bounds, diverging=diverging)


def describe(data: FigureData) -> Words:
    facts = data.facts
    n = len(data.columns["channel"])
    peaks = array(data.columns["largest"])
    strongest = int(peaks.argmax()) + 1
    silent = facts["silent"]
    title = f"Channel {strongest} of {facts['layer']} answers most, up to {significant(float(peaks.max()))}."
    if silent:
        say = "says" if silent == 1 else "say"
        title = f"{count(silent)} of {plural(n, 'channel')} of {facts['layer']} {say} nothing to this image."
    some = f"; {n} of {facts['channels']:,} channels" if n < facts["channels"] else ""
    caption = f"Left: {facts['shown']}. Right: what {facts['layer']} makes of it, a map a channel{some}."
    alt = (
        f"Maps of {plural(n, 'channel')} of {facts['layer']}; channel {strongest} is the strongest, {silent} are zero "
        "everywhere."
    )
    return Words(title, caption, alt)
