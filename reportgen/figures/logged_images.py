"""The images of a TensorBoard log, those of its last step."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from reportgen.errors import NotApplicable
from reportgen.figures._data import Plain, fitted_of, name_of
from reportgen.figures._tiles import hide, packed, unpacked
from reportgen.images import DAMAGE
from reportgen.results import FigureData, Run, Words
from reportgen.text import listing, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "training"
NEEDS = "fitted"
ORDER = 72
_MOST = 12
_SIDE = 96  # pixels of the longer side
_LARGEST = 50_000_000  # pixels of an image that is opened


def compute(run: Run) -> list[FigureData]:
    """One drawing, only where the experiment file asks for samples: an image of a log may show a row of the data."""
    logged = fitted_of(run).logged
    if logged is None or not logged.images:
        raise NotApplicable("there is no log with images")
    if not run.spec.report.samples:
        raise NotApplicable("images of a log are shown only where report.samples asks for them")
    read = {tag: pixels for tag, data in logged.images.items() if (pixels := _read(data)) is not None}
    if not read:
        raise NotApplicable("no image of the log can be read")
    shown = list(read)[: min(_MOST, run.spec.report.samples)]
    sizes = [read[tag][1] for tag in shown]
    images = [read[tag][0] for tag in shown]
    facts = {
        "pixels": [packed(image) for image in images],
        "shapes": [list(image.shape) for image in images],
        "of": len(logged.images),
    }
    columns: dict[str, Plain] = {
        "tag": [name_of(tag) for tag in shown],
        "width": [width for width, _ in sizes],
        "height": [height for _, height in sizes],
    }
    return [FigureData(columns, facts)]


def _read(data: bytes) -> tuple[np.ndarray, tuple[int, int]] | None:
    """Pixels (height, width, 1 or 3) uint8 of a PNG, made small, and its own width and height; None if damaged."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG",)) as opened:
            size = opened.size
            if size[0] * size[1] > _LARGEST:
                return None
            image = opened.convert("L" if opened.mode in ("1", "L", "I", "I;16", "F") else "RGB")
            image.thumbnail((_SIDE, _SIDE))
            pixels = np.asarray(image, dtype=np.uint8)
    except DAMAGE:
        return None
    return pixels.reshape(*pixels.shape[:2], -1), size


def size(data: FigureData) -> tuple[float, float]:
    shown = len(data.columns["tag"])
    return 0.2 + 1.55 * min(shown, 4), 0.2 + 1.7 * math.ceil(shown / 4)


def draw(axes: Axes, data: FigureData) -> None:
    names = data.columns["tag"]
    columns = min(len(names), 4)
    panels = axes.panels(math.ceil(len(names) / columns), columns, len(names))
    for panel, name, pixels, shape in zip(panels, names, data.facts["pixels"], data.facts["shapes"], strict=True):
        height, width, _ = shape
        panel.picture(unpacked(pixels, shape), (0, 0, width, height))
        edge = max(height, width)
        panel.set(xlim=((width - edge) / 2, (width + edge) / 2), ylim=((height - edge) / 2, (height + edge) / 2))
        panel.set_title(name if len(name) <= 20 else f"…{name[-19:]}")  # the end of a tag tells it from others
        hide(panel)


def describe(data: FigureData) -> Words:
    shown, total = len(data.columns["tag"]), data.facts["of"]
    title = f"{plural(shown, 'image')} of the log."
    if shown < total:
        title = f"{shown} of {plural(total, 'image')} of the log."
    rows = zip(data.columns["tag"], data.columns["width"], data.columns["height"], strict=True)
    told = listing((f"{tag} {width} × {height} pixels" for tag, width, height in rows), most=_MOST)
    return Words(
        title, "Each as it was at its last step, made smaller; report.samples asks for them.", f"Images: {told}."
    )
