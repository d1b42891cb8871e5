"""Images: how many are readable, how large, of what colour, and whether their brightness tells the target."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reportgen.images import Images
from reportgen.profile import relations
from reportgen.profile.histogram import Histogram, histogram
from reportgen.profile.sample import spread
from reportgen.profile.summaries import ImageProfile, Relation
from reportgen.profile.target import Target

#: Images that are decoded, and the height and width they are scaled to for their mean grey value.
_SAMPLE, _SCALED = 500, (32, 32)
_MOST_SIZES = 10
_EDGES = np.linspace(0.0, 255.0, 16)


def images(column: Images, target: Target) -> tuple[ImageProfile | None, Relation | None]:
    """A column of images in numbers, and how the brightness of 500 of them goes with the target.

    (None, None) where no image can be read.
    """
    shapes = np.asarray(column.shapes()).reshape(-1, 3)
    readable = np.flatnonzero((shapes > 0).all(axis=1))
    if len(readable) == 0:
        return None, None
    sizes, members = np.unique(shapes[readable], axis=0, return_counts=True)
    common = np.argsort(-members, kind="stable")[:_MOST_SIZES]
    areas = sizes[:, 0].astype(np.int64) * sizes[:, 1]
    channels, of_channels = np.unique(shapes[readable, 2], return_counts=True)
    brightness, n_sampled, relation = _brightness(column, readable, target)
    found = ImageProfile(
        readable=len(readable),
        sizes=tuple((*map(int, sizes[place]), int(members[place])) for place in common),  # type: ignore[misc]
        n_sizes=len(sizes),
        smallest=_size(sizes[areas.argmin()]),
        largest=_size(sizes[areas.argmax()]),
        channels=dict(zip(channels.tolist(), of_channels.tolist(), strict=True)),
        brightness=brightness,
        sampled=n_sampled,
    )
    return found, relation


def _size(shape: np.ndarray) -> tuple[int, int]:
    return int(shape[0]), int(shape[1])


def _brightness(column: Images, readable: np.ndarray, target: Target) -> tuple[Histogram, int, Relation | None]:
    rows = readable[spread(len(readable), _SAMPLE)]
    means = column.read(rows, _SCALED, 1).reshape(len(rows), -1).mean(axis=1, dtype=np.float64)
    sampled = target.at(rows)
    counted = histogram(means, _EDGES, sampled.series_codes, len(target.series) or 1)
    relation = relations.of_numbers(means, sampled)
    return counted, len(rows), None if relation is None else replace(relation, of="brightness")
