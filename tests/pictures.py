"""Small folders of pictures, drawn the same way every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

#: Class -> what is drawn on a grey ground.
SHAPES = ("bar", "disc", "square")


def picture(shape: str, seed: int, size: tuple[int, int] = (24, 32)) -> Image.Image:
    """A light bar, disc or square somewhere on dark noise; `size` is (height, width), the mode RGB."""
    rng = np.random.default_rng([seed, SHAPES.index(shape)])
    height, width = size
    drawn = Image.fromarray(rng.integers(0, 60, (height, width, 3), np.uint8))
    pen = ImageDraw.Draw(drawn)
    left, top = (int(rng.integers(1, max(2, extent - 12))) for extent in (width, height))
    colour = tuple(int(value) for value in rng.integers(170, 255, 3))
    if shape == "bar":
        pen.rectangle((left, 0, left + 3, height), fill=colour)
    elif shape == "disc":
        pen.ellipse((left, top, left + 10, top + 10), fill=colour)
    else:
        pen.rectangle((left, top, left + 10, top + 10), fill=colour)
    return drawn


def draw(
    folder: Path, per_class: int = 8, shapes: tuple[str, ...] = SHAPES, suffix: str = ".png", first: int = 0
) -> Path:
    """A sub-folder a class with pictures `1.png`, `2.png`...; gives back the folder."""
    for shape in shapes:
        (folder / shape).mkdir(parents=True)
        for number in range(per_class):
            picture(shape, first + number).save(folder / shape / f"{number + 1}{suffix}")
    return folder


def draw_splits(folder: Path, counts: dict[str, int]) -> Path:
    """`draw` below a folder for each split, every picture another one."""
    first = 0
    for split, count in counts.items():
        draw(folder / split, count, first=first)
        first += count
    return folder
