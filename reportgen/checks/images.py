"""Checks of columns of images."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reportgen.checks import Verdict, check
from reportgen.checks._table import exceeding, features, share
from reportgen.dataset import Kind
from reportgen.errors import NotApplicable
from reportgen.results import Run
from reportgen.text import percent, plural

if TYPE_CHECKING:
    from reportgen.profile.summaries import ColumnProfile, ImageProfile


def _images(run: Run) -> Iterator[tuple[ColumnProfile, ImageProfile]]:
    known = [(one, one.images) for one in features(run, Kind.IMAGE)]
    seen = [(one, images) for one, images in known if images is not None]
    if not seen:
        raise NotApplicable("no image was looked at")
    return iter(seen)


def _readable(run: Run) -> Iterator[tuple[ColumnProfile, ImageProfile]]:
    found = [(one, images) for one, images in _images(run) if images.readable]
    if not found:
        raise NotApplicable("no image can be read")
    return iter(found)


@check(
    group="columns",
    severity="warning",
    threshold=0,
    unit="images",
    title="Unreadable images",
    meaning="An image that cannot be read is a black square to the model.",
    remedy="Mend or remove the files.",
    rank=20,
)
def unreadable_images(run: Run, threshold: float) -> Verdict:
    """Images that are there and cannot be read."""
    words = (
        "column has images that cannot be read",
        "columns have images that cannot be read",
        "Every image can be read",
    )
    unread = [(float(one.count - images.readable), one.name) for one, images in _images(run)]
    return exceeding(unread, threshold, words, lambda number: plural(int(number), "image"))


@check(
    group="columns",
    severity="notice",
    threshold=0.05,
    unit="share of the images that have another size",
    title="Sizes of images",
    meaning="Images of other sizes are stretched to one, and their shapes change with them.",
    remedy="Crop or pad the images to one shape, and set preprocess.image_size to it.",
    rank=76,
)
def mixed_image_sizes(run: Run, threshold: float) -> Verdict:
    """The share of the images that are not of the commonest height and width."""
    words = ("column mixes images of several sizes", "columns mix images of several sizes", "The images have one size")
    others = []
    for one, images in _readable(run):
        members: dict[tuple[int, int], int] = {}
        for height, width, _, rows in images.sizes:
            members[height, width] = members.get((height, width), 0) + rows
        others.append((1 - share(max(members.values(), default=0), images.readable), one.name))
    return exceeding(others, threshold, words, percent)


@check(
    group="columns",
    severity="notice",
    threshold=0,
    unit="share of the images with other channels",
    title="Channels of images",
    meaning="Where grey and colour images are mixed, the model may learn which is which and not what they show.",
    remedy="Convert all images to grey, or all to colour.",
    rank=77,
)
def mixed_image_channels(run: Run, threshold: float) -> Verdict:
    """The share of the images that have not the commonest number of channels."""
    words = (
        "column mixes images of several channels",
        "columns mix images of several channels",
        "The images have the same channels",
    )
    others = [(1 - share(max(i.channels.values(), default=0), i.readable), one.name) for one, i in _readable(run)]
    return exceeding(others, threshold, words, percent)
