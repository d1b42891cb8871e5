"""Small images: made small, as text, and side by side in one drawing."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

_LARGEST_SIDE = 64


def small(images: np.ndarray, most: int = _LARGEST_SIDE) -> np.ndarray:
    """Images (n, height, width, …) as every second, third … pixel, where a side is longer than `most`."""
    step = max(1, math.ceil(max(images.shape[1:3]) / most))
    return images[:, ::step, ::step]


def packed(pixels: np.ndarray) -> str:
    """Bytes of uint8 as the facts of a figure hold them."""
    return base64.b64encode(pixels.tobytes()).decode()


def unpacked(text: str, shape: Sequence[int]) -> np.ndarray:
    """The other way."""
    return np.frombuffer(base64.b64decode(text), dtype=np.uint8).reshape(shape)


def mosaic(images: np.ndarray, across: int) -> np.ndarray:
    """Images (n, height, width) in rows of `across`, with a gap of NaN between them."""
    n, height, width = images.shape
    gap = max(1, round(max(height, width) / 12))
    down = math.ceil(n / across)
    found = np.full((down * (height + gap) - gap, across * (width + gap) - gap), np.nan)
    for place, image in enumerate(images):
        row, column = divmod(place, across)
        top, left = row * (height + gap), column * (width + gap)
        found[top : top + height, left : left + width] = image
    return found


def across_of(count: int, widest: int = 8) -> int:
    """How many images stand in a row."""
    return min(count, widest) if count <= widest else min(widest, math.ceil(math.sqrt(2 * count)))


def hide(axes: Axes) -> None:
    """Without axes, as images stand, and with square pixels, in the upper left of the room there is."""
    axes.set_aspect("equal", anchor="NW")
    axes.xaxis.set_visible(False)
    axes.yaxis.set_visible(False)
    axes.bare()


def picture(panel: Axes, text: str, shape: Sequence[int], wide: float, tall: float) -> None:
    """A packed image at the top of a panel of that many inches, as wide as it or as tall, in its own proportions."""
    height, width, _ = shape
    scale = max(width / wide, height / tall)
    panel.picture(unpacked(text, shape), (0, 0, width, height))
    panel.set(xlim=(0, scale * wide), ylim=(height - scale * tall, height))


def as_pixels(image: np.ndarray) -> np.ndarray:
    """An image (height, width, channels) from its darkest to its brightest as uint8, one channel or three."""
    channels = image[..., :3] if image.shape[-1] >= 3 else image[..., :1]
    finite = channels[np.isfinite(channels)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    shares = (np.nan_to_num(channels, nan=low, posinf=high, neginf=low) - low) / ((high - low) or 1.0)
    return np.asarray(np.rint(255 * np.clip(shares, 0, 1)), dtype=np.uint8)
