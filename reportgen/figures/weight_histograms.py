"""The distribution of each layer's weights over epochs."""

from __future__ import annotations

from reportgen.figures import _course_histograms
from reportgen.results import FigureData, Run, Words

SECTION = "training"
NEEDS = "fitted"
ORDER = 44

size = _course_histograms.size
draw = _course_histograms.draw


def compute(run: Run) -> list[FigureData]:
    return _course_histograms.histograms(run, "weight")


def describe(data: FigureData) -> Words:
    return _course_histograms.describe(data, "weights")
