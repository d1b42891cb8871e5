"""Filters of the first convolution, and what convolutions make of one image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from reportgen.fitted import FeatureMaps, Filters
from reportgen.models._histograms import spread
from reportgen.models._keras import keras
from reportgen.models._layers_table import Place
from reportgen.models._matrices import block_means
from reportgen.models._recording import as_array

_CONVOLUTIONS = (
    keras.layers.Conv2D,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv2D,
    keras.layers.Conv2DTranspose,
)
_MOST_FILTERS, _MOST_FILTER_VALUES = 64, 6000
_MOST_LAYERS, _MOST_MAPS, _MOST_MAP_VALUES = 3, 16, 4500  # values of one layer's maps
_LARGEST_SIDE = 48  # of an image as shown
_FEWEST_ROWS = 5  # of which a mean tells nothing of any one
_MOST_MEAN_VALUES = 4_000_000  # that are averaged


def shown(found: list[Place]) -> list[Place]:
    """The convolutions whose maps are shown: the first, the last and one between."""
    own = [place for place in found if isinstance(place.layer, _CONVOLUTIONS)]
    return [own[number] for number in spread(len(own), _MOST_LAYERS)]


def filters(found: list[Place]) -> tuple[Filters, ...]:
    """The filters of the first convolution, () where it looks at one pixel at a time."""
    first = next((place for place in found if isinstance(place.layer, keras.layers.Conv2D)), None)
    if first is None or max(first.layer.kernel_size) < 2:
        return ()
    kernel = as_array(first.layer.kernel.value).astype(np.float32)
    tiles = kernel.transpose(3, 0, 1, 2)
    most = min(_MOST_FILTERS, max(1, _MOST_FILTER_VALUES // tiles[0].size))
    return (Filters(first.name, tiles[:most].copy(), len(tiles), (kernel.shape[0], kernel.shape[1])),)


def image_of(X: Mapping[str, np.ndarray], samples: int) -> tuple[np.ndarray, str] | None:
    """The row whose maps are shown, of the shape of the rows, and what it is.

    It is the mean of training rows, unless rows may be shown. None where they are too few for their mean to hide each.
    """
    if samples > 0:
        split = next(name for name in ("test", "validation", "train") if len(X.get(name, ())))
        return np.asarray(X[split][0]), f"the first {split} row"
    rows = X["train"]
    part = rows[spread(len(rows), max(_FEWEST_ROWS, _MOST_MEAN_VALUES // max(1, rows[:1].size)))]
    if len(part) < _FEWEST_ROWS:
        return None
    return part.mean(axis=0, dtype=np.float64).astype(rows.dtype), f"the mean of {len(part):,} training rows"


def to_show(image: np.ndarray, layer: Any) -> np.ndarray:
    """An image (height, width, channels), small enough to be shown."""
    upright = np.moveaxis(image, 0, -1) if layer.data_format == "channels_first" else image
    return _small(upright, _LARGEST_SIDE, (0, 1))


def feature_maps(place: Place, image: np.ndarray, answer: np.ndarray, what: str) -> FeatureMaps | None:
    """What a convolution gives for the image, (height, width, channels) or as its data format has it.

    Args:
        image: as `to_show` gives it.
    """
    layer: Any = place.layer
    if answer.ndim != 3 or not np.isfinite(answer).all():
        return None
    first = layer.data_format == "channels_first"
    maps = answer if first else np.moveaxis(answer, -1, 0)
    side = next(side for side in (64, 48, 32, 24, 16) if 4 * _cells(maps, side) <= _MOST_MAP_VALUES or side == 16)
    most = min(_MOST_MAPS, max(1, _MOST_MAP_VALUES // max(1, _cells(maps, side))))
    return FeatureMaps(
        layer=place.name,
        image=image,
        maps=_small(maps[:most], side, (1, 2)),
        channels=len(maps),
        shown=what,
    )


def _cells(maps: np.ndarray, side: int) -> int:
    return int(min(maps.shape[1], side) * min(maps.shape[2], side))


def _small(values: np.ndarray, side: int, axes: tuple[int, int]) -> np.ndarray:
    for axis in axes:
        values = block_means(values, axis, side)
    return np.array(values, np.float32)
