"""Matrices and pictures as small images inside an SVG."""

from __future__ import annotations

import base64
import struct
import zlib
from typing import Any

import numpy as np
from matplotlib.artist import Artist, allow_rasterization

#: Red, green and blue at the ends and stops of the scale round zero: blue below, orange above, unlike in grey too.
_DIVERGING = ((8, 64, 110), (77, 146, 195), (246, 245, 241), (226, 142, 76), (150, 58, 0))
#: The one colour of a scale from nothing, laid on the page the more thickly the larger the value: on a dark page the
#: smallest values stay the faintest.
_SEQUENTIAL = (32, 116, 184)
_FAINTEST = 0.06
_LEVELS = 63  # colours: as fine as the eye tells apart, and a report has many images
_PIXELS = 400  # of the longer side, up to which a value takes several


class _Embedded(Artist):
    """A PNG at `box`: left, bottom, right and top in data units; enlarged without smoothing by whoever shows it."""

    def __init__(self, png: bytes, box: tuple[float, float, float, float]) -> None:
        super().__init__()
        self._png, self._box = png, box

    @allow_rasterization  # type: ignore[untyped-decorator]
    def draw(self, renderer: Any) -> None:
        assert self.axes is not None
        (x0, y0), (x1, y1) = self.axes.transData.transform([self._box[:2], self._box[2:]])
        renderer.writer.element(
            "image",
            attrib={
                "xlink:href": "data:image/png;base64," + base64.b64encode(self._png).decode(),
                "x": f"{x0:.2f}", "y": f"{renderer.height - y1:.2f}",
                "width": f"{x1 - x0:.2f}", "height": f"{y1 - y0:.2f}",
                "preserveAspectRatio": "none", "image-rendering": "optimizeSpeed",
            },
        )  # fmt: skip


class Image(_Embedded):
    """A matrix as an indexed PNG, some pixels a value."""

    def __init__(
        self, matrix: Any, low: float, high: float, colours: tuple[bytes, bytes], box: tuple[float, float, float, float]
    ) -> None:
        share = (matrix - low) / (high - low) if high > low else np.full(matrix.shape, 0.5)
        index = np.where(np.isfinite(share), np.rint(np.clip(np.nan_to_num(share), 0, 1) * (_LEVELS - 1)) + 1, 0)
        # WeasyPrint smooths every image: the larger a value in pixels, the narrower the smoothed rim.
        times = int(np.clip(_PIXELS // max(*matrix.shape, 1), 1, 8))
        super().__init__(_indexed(index.astype(np.uint8).repeat(times, axis=0).repeat(times, axis=1), colours), box)


class Picture(_Embedded):
    """Pixels (height, width, channels) uint8, one channel for grey or three for red, green and blue, as they are."""

    def __init__(self, pixels: np.ndarray, box: tuple[float, float, float, float]) -> None:
        height, width, channels = pixels.shape
        super().__init__(_png(pixels.reshape(height, width * channels), width, 2 if channels == 3 else 0), box)


def palette(diverging: bool) -> tuple[bytes, bytes]:
    """Colours of three bytes and their opacities of one; the first stands for a missing value and is transparent."""
    if not diverging:
        return bytes(3) + bytes(_SEQUENTIAL) * _LEVELS, bytes(1) + _bytes(np.linspace(255 * _FAINTEST, 255, _LEVELS))
    places = np.linspace(0, len(_DIVERGING) - 1, _LEVELS)
    channels = [np.interp(places, range(len(_DIVERGING)), stops) for stops in zip(*_DIVERGING, strict=True)]
    return bytes(3) + _bytes(np.column_stack(channels)), bytes(1)


def _bytes(values: Any) -> bytes:
    return bytes(np.rint(values).astype(np.uint8).tobytes())


def _indexed(index: Any, colours: tuple[bytes, bytes]) -> bytes:
    """An indexed PNG; colours without an opacity are opaque."""
    return _png(index, index.shape[1], 3, (b"PLTE", colours[0]), (b"tRNS", colours[1]))


def _png(samples: Any, width: int, colour_type: int, *described: tuple[bytes, bytes]) -> bytes:
    """A PNG of eight bits a sample (https://www.w3.org/TR/png/): 0 grey, 2 red, green and blue, 3 indexed."""
    rows = len(samples)
    lines = np.hstack([np.zeros((rows, 1), dtype=np.uint8), samples]).tobytes()
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, rows, 8, colour_type, 0, 0, 0)),
        *described,
        (b"IDAT", zlib.compress(lines, 9)),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
