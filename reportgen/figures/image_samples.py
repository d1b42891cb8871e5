"""Some of the images, by class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.dataset import Dataset, Kind
from reportgen.errors import NotApplicable
from reportgen.figures._data import class_names, dataset_of, name_of
from reportgen.figures._profiles import profile_of, shown_features, words
from reportgen.figures._tiles import packed, unpacked
from reportgen.results import FigureData, Run, Words
from reportgen.text import count, listing, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "data"
NEEDS = "dataset"
ORDER = 66
_MOST_CLASSES = 10
_MOST_ACROSS = 10
_PIXELS = 40_000  # of all images together: what the report has to carry
_SIDES = (16, 64)  # pixels of an image


def compute(run: Run) -> list[FigureData]:
    """One drawing of the first column of images, only where the experiment file asks for samples."""
    wanted = run.spec.report.samples
    if not wanted:
        raise NotApplicable("samples are shown only where report.samples asks for them")
    dataset = dataset_of(run)
    column = next(
        (c for c in shown_features(profile_of(run)) if c.kind is Kind.IMAGE and c.name in dataset.images), None
    )
    if column is None:
        raise NotApplicable("no column holds images that may be shown")
    images = dataset.images[column.name]
    shapes = np.asarray(images.shapes())
    readable = np.flatnonzero((shapes[:, :2] > 0).all(axis=1))
    if not len(readable):
        raise NotApplicable("no image can be read")
    grid = _grid(run, dataset, readable, wanted)
    drawn = [row for _, rows in grid for row in rows]
    channels = 3 if (shapes[drawn, 2] >= 3).any() else 1
    side = int(np.clip((_PIXELS / len(drawn)) ** 0.5, *_SIDES))
    pixels = np.asarray(images.read(np.array(drawn), (side, side), channels), dtype=np.uint8)
    facts = {
        "name": name_of(column.name),
        "rows": [[label, len(rows)] for label, rows in grid],
        "side": side,
        "channels": channels,
        "pixels": packed(pixels),
        "of": len(readable),
        "target": name_of(run.task.target) if run.task and run.task.is_classification else "",
    }
    columns: dict[str, list[Any]] = {
        "class": [label for label, rows in grid for _ in rows],
        "row": [row + 1 for row in drawn],
        "height": shapes[drawn, 0].tolist(),
        "width": shapes[drawn, 1].tolist(),
    }
    return [FigureData(columns, facts)]


def _grid(run: Run, dataset: Dataset, readable: np.ndarray, wanted: int) -> list[tuple[str, list[int]]]:
    """Lines of the grid: a label and rows of the table, drawn at random; a line a class where there are classes."""
    random = np.random.default_rng(run.spec.seed)
    if run.task is None or not run.task.is_classification:
        rows = np.sort(random.choice(readable, min(wanted, len(readable)), replace=False)).tolist()
        return [("", rows[start : start + _MOST_ACROSS]) for start in range(0, len(rows), _MOST_ACROSS)]
    found = np.array(words(dataset, run.task.target, readable), dtype=object)
    members = [(name, readable[found == label]) for label, name in zip(run.task.labels, class_names(run), strict=True)]
    largest = sorted((item for item in members if len(item[1])), key=lambda item: -len(item[1]))
    kept = largest[: min(_MOST_CLASSES, wanted)]
    each = min(max(1, wanted // max(len(kept), 1)), _MOST_ACROSS)
    return [(name, np.sort(random.choice(rows, min(each, len(rows)), replace=False)).tolist()) for name, rows in kept]


def size(data: FigureData) -> tuple[float, float]:
    rows = data.facts["rows"]
    across = max(number for _, number in rows)
    longest = max(len(label) for label, _ in rows)
    named = 0.2 + 0.065 * min(longest, 24)
    return min(named + 0.5 * max(across, 3), 6.2), 0.1 + 0.5 * len(rows)


def draw(axes: Axes, data: FigureData) -> None:
    facts = data.facts
    side, channels = facts["side"], facts["channels"]
    pixels = unpacked(facts["pixels"], (-1, side, side, channels))
    labels, numbers = zip(*facts["rows"], strict=True)
    first = 0
    for line, number in enumerate(numbers):
        for place, picture in enumerate(pixels[first : first + number]):
            axes.picture(picture, (place - 0.47, line + 0.47, place + 0.47, line - 0.47))
        first += number
    axes.set(xlim=(-0.5, max(*numbers, 3) - 0.5), ylim=(len(numbers) - 0.5, -0.5))
    if any(labels):
        axes.categories("y", labels)
    else:
        axes.yaxis.set_visible(False)
    axes.xaxis.set_visible(False)
    axes.bare()


def describe(data: FigureData) -> Words:
    facts = data.facts
    shown = len(data.columns["row"])
    by_class = [label for label, _ in facts["rows"] if label]
    title = f"{count(shown)} of {plural(facts['of'], 'image')} in column {facts['name']}."
    if by_class:
        title = f"{count(shown)} of {plural(facts['of'], 'image')} in column {facts['name']}, by class."
    caption = f"Drawn at random and scaled to {facts['side']} × {facts['side']} pixels, as report.samples asks."
    caption += (
        f" One line for each {'of the largest classes' if len(by_class) == _MOST_CLASSES else 'class'}."
        if by_class
        else ""
    )
    lines = listing((f"{number} of {label}" for label, number in facts["rows"] if label), most=_MOST_CLASSES)
    return Words(title, caption, f"{plural(shown, 'image')}{': ' + lines if lines else ''}.")
