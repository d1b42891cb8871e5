"""Columns of images, against values computed by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tables import dataset

from reportgen.dataset import Kind, Task
from reportgen.profile import ColumnProfile, profile
from reportgen.profile.images import images
from reportgen.profile.target import Target

RGB = (8, 6, 3)


class Grey:
    """Images of one grey value each: those of `shapes`, of which zeros cannot be read."""

    def __init__(self, shapes: list[tuple[int, int, int]], values: np.ndarray) -> None:
        self._shapes, self._values = np.array(shapes, np.int32).reshape(-1, 3), values
        self.n_read = 0

    def __len__(self) -> int:
        return len(self._shapes)

    def shapes(self) -> np.ndarray:
        return self._shapes

    def read(self, rows: np.ndarray, size: tuple[int, int], channels: int) -> np.ndarray:
        self.n_read += len(rows)
        pixels = np.ones((len(rows), *size, channels))
        return (pixels * self._values[rows, None, None, None]).astype(np.uint8)


def column(pictures: Grey, target: pd.Series | None = None, task: Task | None = None) -> ColumnProfile:
    frame = pd.DataFrame({"a": pd.Series([f"{row}.png" for row in range(len(pictures))], dtype="str")})
    kinds = {"a": Kind.IMAGE}
    if target is not None:
        frame["y"], kinds["y"] = target, Kind.CATEGORICAL
    return profile(dataset(frame, kinds, task=task, images={"a": pictures})).column("a")


def test_sizes_and_channels_by_hand() -> None:
    shapes = [RGB, (4, 20, 1), RGB, (0, 0, 0), (10, 2, 3), RGB]
    found = column(Grey(shapes, np.zeros(6))).images

    assert found is not None
    assert found.readable == 5
    assert found.sizes[0] == (8, 6, 3, 3)
    assert (found.n_sizes, len(found.sizes)) == (3, 3)
    # Areas 48, 80 and 20.
    assert (found.smallest, found.largest) == ((10, 2), (4, 20))
    assert found.channels == {1: 1, 3: 4}


def test_brightness_is_the_mean_grey_value() -> None:
    found = column(Grey([RGB] * 4, np.array([0, 16, 20, 255]))).images

    assert found is not None
    assert found.brightness is not None
    # Bins 17 grey values wide.
    assert found.brightness.totals[:2] == (2, 1)
    assert found.brightness.totals[-1] == 1
    assert found.sampled == 4


def test_only_ten_sizes_are_listed() -> None:
    found = column(Grey([(height, 5, 3) for height in range(1, 31)], np.zeros(30))).images

    assert found is not None
    assert (len(found.sizes), found.n_sizes) == (10, 30)


def test_five_hundred_images_are_read_evenly() -> None:
    pictures = Grey([RGB] * 3000, np.arange(3000) // 12)
    found = column(pictures).images

    assert found is not None
    assert found.brightness is not None
    assert found.sampled == pictures.n_read == 500
    assert sum(found.brightness.totals) == 500
    assert np.ptp(found.brightness.totals[:14]) <= 2


def test_brightness_is_related_to_the_classes_of_the_images_read() -> None:
    values = np.where(np.arange(1200) % 3 == 0, 200, 100)
    target = pd.Series(np.where(np.arange(1200) % 3 == 0, "sun", "rain"), dtype="str")
    found = column(Grey([RGB] * 1200, values), target, Task("binary", "y", ("rain", "sun")))

    assert found.relation is not None
    assert (found.relation.name, found.relation.value, found.relation.of) == ("AUC", 1.0, "brightness")
    assert found.images is not None
    assert found.images.brightness is not None
    rain, sun = (sum(counts) for counts in found.images.brightness.counts)
    assert rain + sun == 500
    assert sun == pytest.approx(500 / 3, abs=10)


def test_brightness_and_a_number() -> None:
    values = np.arange(100.0)
    target = Target(("y",), slice(None, None, 7), values=-(values**2))
    _, relation = images(Grey([RGB] * 100, values), target)

    assert relation is not None
    assert (relation.name, relation.value, relation.of) == ("Spearman", pytest.approx(1.0), "brightness")


@pytest.mark.parametrize("shapes", [[], [(0, 0, 0)] * 3])
def test_without_a_readable_image_there_is_nothing(shapes: list[tuple[int, int, int]]) -> None:
    assert images(Grey(shapes, np.zeros(len(shapes))), Target((), slice(None))) == (None, None)
