"""Histograms over epochs, of each layer's weights or gradients: an image a layer; drawn alike from a log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import Plain, array, fitted_of, name_of, plain
from reportgen.figures._layers import among, draw_histograms, drawings, grid, grid_size
from reportgen.fitted import LayerCourse
from reportgen.results import FigureData, Run, Words
from reportgen.text import listing, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes


def histograms(run: Run, which: str) -> list[FigureData]:
    """Drawings of the `weight` or the `gradient` histograms; the table has the first and last epoch's middle.

    Facts: `epochs`, `edges` and `counts` of each layer.
    """
    found = [course for course in fitted_of(run).courses if is_whole(course.histogram_epochs, *_seen(course, which))]
    if not found:
        raise NotApplicable("no layer was observed while training")

    def make(courses: Sequence[LayerCourse], total: int) -> FigureData:
        return _drawing(courses, total, which)

    return drawings(found, make)


def _seen(course: LayerCourse, which: str) -> tuple[np.ndarray, np.ndarray]:
    return getattr(course, f"{which}_edges"), np.asarray(getattr(course, f"{which}_counts"))


def is_whole(steps: np.ndarray, edges: np.ndarray, counts: np.ndarray) -> bool:
    """Whether there are counts (n_steps, n_bins) to draw."""
    shaped = len(edges) > 2 and np.shape(counts) == (len(steps), len(edges) - 1) and len(steps) > 0
    return bool(shaped and np.isfinite(edges).all() and edges[-1] > edges[0] and np.nansum(counts) > 0)


def _drawing(courses: Sequence[LayerCourse], total: int, which: str) -> FigureData:
    edges, counts = zip(*(_seen(course, which) for course in courses), strict=True)
    spreads = [[half_width(edge, row) for row in rows] for edge, rows in zip(edges, counts, strict=True)]
    columns: dict[str, Plain] = {
        "layer": [name_of(course.layer) for course in courses],
        "first epoch": [int(course.histogram_epochs[0]) for course in courses],
        "spread": plain([row[0] for row in spreads], 3),
        "last epoch": [int(course.histogram_epochs[-1]) for course in courses],
        "spread then": plain([row[-1] for row in spreads], 3),
    }
    facts = {
        "epochs": [[int(epoch) for epoch in course.histogram_epochs] for course in courses],
        "edges": [plain(edge, 4) for edge in edges],
        "counts": [[[int(count) for count in row] for row in rows] for rows in counts],
        "of": total,
    }
    return FigureData(columns, facts)


def half_width(edges: np.ndarray, counts: np.ndarray) -> float:
    """The interquartile range of what a histogram counts, as far as its bins tell; NaN where it is empty."""
    shares = np.concatenate([[0.0], np.cumsum(counts)]).astype(float)
    if not shares[-1]:
        return float("nan")
    first, third = np.interp([0.25, 0.75], shares / shares[-1], edges)
    return float(third - first)


def size(data: FigureData) -> tuple[float, float]:
    return grid_size(len(data.facts["edges"]))


def draw(axes: Axes, data: FigureData) -> None:
    facts, names = data.facts, next(iter(data.columns.values()))
    panels = grid(axes, names)
    for panel, edges, counts, epochs in zip(panels, facts["edges"], facts["counts"], facts["epochs"], strict=True):
        draw_histograms(panel, edges, counts, epochs)


def describe(data: FigureData, what: str) -> Words:
    """Words of a drawing; `what` is `weights` or `gradients`."""
    found, layers = changes(data), len(data.columns["layer"])
    title = f"The {what} of {plural(layers, 'layer')} over epochs."
    if found:
        name, first, last = found[0]
        how = "spread" if last > first else "draw together"
        span = f"{significant(first)} at first and {significant(last)} at the end"
        title = f"The {what} of {name} {how} most: their middle half spans {span}."
    caption = (
        "Up: the value; right: the epoch. The fuller the colour, the nearer to the fullest bin of the epoch."
        f"{among(layers, data.facts['of'])}"
    )
    told = listing((f"{name} {significant(one)} to {significant(other)}" for name, one, other in found), most=10)
    alt = f"{what.capitalize()} of {plural(layers, 'layer')} by epoch; width of the middle half: {told or 'not known'}."
    return Words(title, caption, alt)


def changes(data: FigureData) -> list[tuple[str, float, float]]:
    """Layer, interquartile range at first and at last, of those that have both, the most changed first."""
    columns = data.columns
    before, after = array(columns["spread"]), array(columns["spread then"])
    known = [
        (name, float(one), float(other))
        for name, one, other in zip(columns["layer"], before, after, strict=True)
        if one > 0 and other > 0
    ]
    return sorted(known, key=lambda item: -abs(np.log(item[2] / item[1])))
