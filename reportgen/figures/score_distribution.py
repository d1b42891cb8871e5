"""How the model's scores are spread, for each actual class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.figures._data import array, class_names, plain, scores_of
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import classed, count, fixed, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 45
_BINS = 25
_CLEAR = 0.1  # a score this near to 0 or 1 is clear


def compute(run: Run) -> list[FigureData]:
    """Of the positive class by actual class in a binary task; of the predicted class, right or wrong, in others."""
    prediction, y_score = scores_of(run, "binary", "multiclass")
    names = class_names(run)
    binary = len(names) == 2
    if binary:
        scores, groups, labels = y_score[:, 1], prediction.y_true, [*names]
    else:
        best = y_score.argmax(axis=1)
        scores, groups, labels = y_score.max(axis=1), (prediction.y_true != best).astype(int), ["right", "wrong"]
    edges = np.linspace(0, 1, _BINS + 1)
    scores = np.clip(scores.astype(float), 0, 1)
    counts = [np.histogram(scores[groups == code], edges)[0] for code in (0, 1)]
    clear = (scores < _CLEAR) | (scores > 1 - _CLEAR) if binary else scores > 1 - _CLEAR
    columns = {"from": plain(edges[:-1]), "to": plain(edges[1:]), labels[0]: counts[0].tolist()}
    columns[labels[1] if labels[1] not in columns else f"{labels[1]} (2)"] = counts[1].tolist()
    medians = [float(np.median(scores[groups == code])) if (groups == code).any() else None for code in (0, 1)]
    facts = {
        "labels": labels,
        "counts": [c.tolist() for c in counts],
        "clear": float(clear.mean()),
        "rows": len(scores),
    }
    return [FigureData(columns, facts | {"threshold": run.threshold if binary else None, "medians": medians})]


def draw(axes: Axes, data: FigureData) -> None:
    edges = array([*data.columns["from"], data.columns["to"][-1]])
    base = np.zeros(len(edges) - 1)
    for number, (label, counts) in enumerate(zip(data.facts["labels"], data.facts["counts"], strict=True)):
        top = base + np.array(counts)
        axes.bars(edges, top, SERIES[number + 1], label, baseline=base)
        axes.above(label, SERIES[number + 1])
        base = top
    score = (
        "probability of the predicted class"
        if data.facts["threshold"] is None
        else f"score for {classed(data.facts['labels'][1])}"
    )
    axes.set(xlim=(0, 1), ylim=(0, max(base.max(), 1) * 1.05), xlabel=score, ylabel="rows")
    axes.whole("y")
    if data.facts["threshold"] is not None:
        axes.mark(data.facts["threshold"], f"threshold {data.facts['threshold']:g}")


def describe(data: FigureData) -> Words:
    facts = data.facts
    labels = [classed(label) for label in facts["labels"]]
    title = f"{percent(facts['clear'], 0)} of the scores are clear, within {_CLEAR:g} of 0 or 1."
    caption = f"Test rows by score, {labels[0]} (blue) below and {labels[1]} (orange) above."
    if facts["threshold"] is None:
        title = f"{percent(facts['clear'], 0)} of the predictions are made with a probability above {1 - _CLEAR:g}."
        caption = (
            "Test rows by probability of the predicted class, right ones (blue) below and wrong ones (orange) above."
        )
    parts = (
        f"{label} {count(sum(counts))} rows, median {fixed(median)}"
        for label, counts, median in zip(labels, facts["counts"], facts["medians"], strict=True)
    )
    return Words(title, caption, f"Scores of {plural(facts['rows'], 'test row')}: {'; '.join(parts)}.")
