"""Images as a column of a table: their sizes without decoding, and pixels of chosen rows where somebody wants them."""

from __future__ import annotations

import io
import os
import struct
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image, ImageOps

from reportgen import parallel
from reportgen.errors import DataError
from reportgen.text import quoted

#: The decoders that a picture is ever given to; Pillow would try others, some of which start programs.
FORMATS: tuple[str, ...] = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM")
#: What a damaged picture makes Pillow raise; beside these it has a class of its own for one that is too large.
DAMAGE = (
    *(
        OSError,
        EOFError,
        ValueError,
        SyntaxError,
        LookupError,
        TypeError,
        AttributeError,
        ArithmeticError,
        RuntimeError,
    ),
    *(AssertionError, struct.error, zlib.error, Image.DecompressionBombError),
)

_DEEP = {"I;16": 1.0, "I;16L": 1.0, "I;16B": 1.0, "I;16N": 1.0}
_WHITE = (255, 255, 255, 255)


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


@dataclass(frozen=True, slots=True)
class ImageFile:
    """A file that holds an image: its place and identity (size in bytes, time of change in ns), and its shape."""

    path: Path
    stamp: tuple[int, int]
    shape: tuple[int, int, int]  # height, width, channels


@dataclass(frozen=True)
class FileImages:
    """Images in files, decoded when they are wanted; None stands for a row without one."""

    files: Sequence[ImageFile | None]

    def __len__(self) -> int:
        return len(self.files)

    def shapes(self) -> np.ndarray:
        shapes = [(0, 0, 0) if file is None else file.shape for file in self.files]
        return np.array(shapes, np.int32).reshape(-1, 3)

    def read(self, rows: np.ndarray, size: tuple[int, int], channels: int) -> np.ndarray:
        """As `Images.read`; a file whose pixels turn out to be damaged counts as none.

        Raises:
            DataError: a file changed since it was found.
        """
        wanted = np.asarray(rows, np.intp)
        pixels = np.zeros((len(wanted), *size, channels), np.uint8)

        def fill(place: int) -> None:
            file = self.files[wanted[place]]
            if file is not None:
                _decode(file, pixels[place])

        with quietly():
            parallel.each(fill, range(len(wanted)))
        return pixels


@dataclass(frozen=True)
class PixelImages:
    """Images as they lie in an array, (n, height, width) or (n, height, width, channels), of any type of number.

    uint8 values are taken as they are, true and false as white and black. Other numbers are scaled from `low`..`high`
    to 0..255; what is not finite becomes 0.
    """

    pixels: np.ndarray
    low: float = 0.0
    high: float = 255.0

    @classmethod
    def of(cls, pixels: np.ndarray) -> PixelImages:
        """The array with the range that its values show: 0 to 1, 0 to 255, or from the least to the greatest."""
        if pixels.dtype == np.bool_:
            return cls(pixels, 0.0, 1.0)
        if pixels.dtype == np.uint8 or pixels.size == 0:
            return cls(pixels)
        low, high = _ends(pixels)
        if low >= 0.0 and high <= 1.0:
            return cls(pixels, 0.0, 1.0)
        if 127.0 < high <= 255.0 and low >= 0.0:
            return cls(pixels)
        return cls(pixels, low, high)

    def __len__(self) -> int:
        return len(self.pixels)

    def shapes(self) -> np.ndarray:
        height, width, *rest = self.pixels.shape[1:]
        return np.tile(np.array([height, width, *(rest or [1])], np.int32), (len(self), 1))

    def read(self, rows: np.ndarray, size: tuple[int, int], channels: int) -> np.ndarray:
        wanted = np.asarray(rows, np.intp)
        found = np.zeros((len(wanted), *size, channels), np.uint8)

        def fill(place: int) -> None:
            shown = Image.fromarray(self._bytes(wanted[place]))
            found[place] = _fitted(shown, size, channels)

        parallel.each(fill, range(len(wanted)))
        return found

    def _bytes(self, row: int) -> np.ndarray:
        """One image as uint8, without a last axis of length 1."""
        image = self.pixels[row]
        if image.dtype != np.uint8:
            # Halved, since the least and the greatest number may differ by more than a float holds.
            half = self.high / 2 - self.low / 2
            with np.errstate(all="ignore"):
                scaled = (image.astype(np.float64) / 2 - self.low / 2) / half * 255.0
            image = np.nan_to_num(scaled, nan=0.0, posinf=255.0, neginf=0.0).clip(0.0, 255.0).round().astype(np.uint8)
        return np.ascontiguousarray(image[..., 0] if image.ndim == 3 and image.shape[2] == 1 else image)


def shape_of(image: Image.Image, data: bytes) -> tuple[int, int, int]:
    """Height, width (as shown, after the orientation that the file asks for) and channels; nothing is decoded."""
    width, height = image.size
    # Of a PNG, asking for the orientation decodes the picture unless it has none.
    if (image.format != "PNG" or b"eXIf" in data) and image.getexif().get(0x0112, 1) in (5, 6, 7, 8):
        width, height = height, width
    channels = 3 if image.mode == "P" else len(image.getbands())
    return height, width, channels


@contextmanager
def quietly() -> Iterator[None]:
    """What Pillow says of odd pictures is told by this package in its own words, if at all."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _decode(file: ImageFile, into: np.ndarray) -> None:
    """The pixels of a file, written into (height, width, channels) uint8."""
    data = _bytes(file)
    height, width, channels = into.shape
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            # A JPEG is decoded at an eighth to a half of its size where that is enough.
            image.draft(None, (2 * width, 2 * height))
            into[:] = _fitted(ImageOps.exif_transpose(image), (height, width), channels)
    except DAMAGE:
        into[:] = 0


def _bytes(file: ImageFile) -> bytes:
    try:
        with file.path.open("rb") as stream:
            status = os.fstat(stream.fileno())
            if (status.st_size, status.st_mtime_ns) == file.stamp:
                return stream.read()
    except OSError:
        pass
    what = f"the image {quoted(file.path.name)} changed during the run"
    raise DataError(what, "run again when nothing writes to it", file=file.path.parent.name)


def _fitted(image: Image.Image, size: tuple[int, int], channels: int) -> np.ndarray:
    """An image of any mode as (height, width, channels) uint8: on white where it is transparent, antialiased."""
    plain = _opaque(image).convert("L" if channels == 1 else "RGB")
    if plain.size != size[::-1]:
        plain = plain.resize(size[::-1], Image.Resampling.BILINEAR, reducing_gap=3.0)
    return np.asarray(plain).reshape(*size, channels)


def _opaque(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        return _shallow(image)
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        shown = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", shown.size, _WHITE), shown)
    return image


def _shallow(image: Image.Image) -> Image.Image:
    """Grey values of 16 or 32 bits, or of fractions, brought to 8: Pillow's own conversion cuts them off at 255."""
    values = np.asarray(image)
    if image.mode in _DEEP or (image.mode == "I" and values.size and 255 < values.max() <= 65535 and values.min() >= 0):
        return Image.fromarray((values.astype(np.uint32) // 257).astype(np.uint8))
    return Image.fromarray(PixelImages.of(values[np.newaxis])._bytes(0))


def _ends(pixels: np.ndarray) -> tuple[float, float]:
    """The least and the greatest finite value, (0, 0) where there is none; looked for one block of images at a time."""
    low, high = np.inf, -np.inf
    for start in range(0, len(pixels), 256):
        block = pixels[start : start + 256]
        finite = block[np.isfinite(block)] if block.dtype.kind == "f" else block
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    return (low, high) if low <= high else (0.0, 0.0)
