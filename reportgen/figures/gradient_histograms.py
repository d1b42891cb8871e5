"""The distribution of each layer's gradients over epochs."""

from __future__ import annotations

from reportgen.figures import _course_histograms
from reportgen.results import FigureData, Run, Words

SECTION = "training"
NEEDS = "fitted"
ORDER = 36

size = _course_histograms.size
draw = _course_histograms.draw


def compute(run: Run) -> list[FigureData]:
    return _course_histograms.histograms(run, "gradient")


def describe(data: FigureData) -> Words:
    return _course_histograms.describe(data, "gradients")
