"""Figures: a file is a figure.

A figure is a module with

    SECTION = "training"        the section that shows it
    NEEDS = "fitted"            what it is made from: dataset, splits, fitted, explained or scores
    ORDER = 10                  its place among the section's figures

    compute(run) -> list[FigureData]      plain numbers, one item a drawing; raises NotApplicable with the reason
    draw(axes, data) -> None              matplotlib, on given axes (drawing.axes.Axes); no pyplot
    describe(data) -> Words               title (what to see), caption (what it is), alt: numbers come from the data
    size(data) -> (width, height)         in inches; optional
"""

from __future__ import annotations

_TITLES = {
    "det": "Detection error trade-off",
    "ks": "Kolmogorov-Smirnov gap",
    "precision_recall": "Precision-recall curve",
    "predicted_actual": "Predicted against actual",
    "qq": "Q-Q plot",
    "rec_curve": "REC curve",
    "roc": "ROC curve",
    "scale_location": "Scale-location plot",
    "top_k": "Top-k accuracy",
}


def figure_title(name: str) -> str:
    """What a figure is called where it is not shown: its key in words, where that is a title."""
    return _TITLES.get(name) or name.replace("_", " ").capitalize()
