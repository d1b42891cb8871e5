"""Where the model and the strongest baseline disagree, and which of them is right, by class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import class_names, tested
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import classed, count, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 55
_MOST_CLASSES = 20
_COLOURS = {"only the model": SERIES[1], "only the baseline": SERIES[2], "both wrong": SERIES[0]}
_PARTS = ("both right", *_COLOURS)
_NAMES = {"linear": "linear model", "boosted": "boosted trees", "dummy": "dummy"}


def compute(run: Run) -> list[FigureData]:
    prediction = tested(run, "binary", "multiclass")
    from reportgen.paired import strongest  # brings SciPy, which the process that draws does without

    name = strongest(run)
    if name is None:
        raise NotApplicable("there is no baseline")
    other = run.baselines[name]["test"]
    if not np.array_equal(other.y_true, prediction.y_true):
        raise NotApplicable("the baseline did not predict the same rows")
    right, other_right = prediction.y_pred == prediction.y_true, other.y_pred == prediction.y_true
    kind = np.where(right, np.where(other_right, 0, 1), np.where(other_right, 2, 3))
    names = class_names(run)
    counts = np.bincount(prediction.y_true * 4 + kind, minlength=4 * len(names)).reshape(-1, 4)
    there = np.flatnonzero(counts.sum(axis=1))
    shown = there if len(there) <= _MOST_CLASSES else _most_disputed(counts, there)
    columns: dict[str, list[Any]] = {"class": [names[code] for code in shown]}
    columns |= {part: counts[shown, place].tolist() for place, part in enumerate(_PARTS)}
    facts = {"baseline": _NAMES[name], "all": counts.sum(axis=0).tolist(), "classes": len(there)}
    return [FigureData(columns, facts)]


def _most_disputed(counts: np.ndarray, there: np.ndarray) -> np.ndarray:
    disputed = counts[there][:, 1:3].sum(axis=1)
    return np.asarray(there[np.argsort(-disputed, kind="stable")[:_MOST_CLASSES]])


def size(data: FigureData) -> tuple[float, float]:
    return 4.8, 0.75 + 0.26 * len(data.columns["class"])


def draw(axes: Axes, data: FigureData) -> None:
    """Without the rows that both tell right, beside which the others would hardly be seen."""
    counts = np.array([data.columns[part] for part in _PARTS], dtype=float)
    ends = np.cumsum(counts[1:] / counts.sum(axis=0), axis=0)
    # The longest bars first, each over the one before.
    for part, end in reversed(list(zip(_COLOURS, ends, strict=True))):
        axes.rows(end, _COLOURS[part], part)
    for part, colour in _COLOURS.items():
        axes.above(part, colour)
    axes.categories("y", data.columns["class"])
    axes.set(xlim=(0, 1.05 * float(ends.max()) or 1.0), xlabel="share of the class")
    axes.bare("left")


def describe(data: FigureData) -> Words:
    facts = data.facts
    name, (both, model, baseline, neither) = facts["baseline"], facts["all"]
    rows, disputed = sum(facts["all"]), model + baseline
    if not disputed:
        title = f"The model and the {name} are right in the same {plural(both, 'row')} out of {count(rows)}."
    else:
        title = (
            f"Where one of the two is right, in {plural(disputed, 'row')}, it is the model {_times(model)} "
            f"and the {name} {_times(baseline)}."
        )
    cut = (
        f" The {len(data.columns['class'])} of {facts['classes']} classes with the most such rows are shown."
        if len(data.columns["class"]) < facts["classes"]
        else ""
    )
    caption = (
        f"Test rows of each class that only the model, only the strongest baseline (the {name}) or neither tells "
        f"right; both are right in {percent(both / rows)} of {count(rows)}, neither in {percent(neither / rows)}.{cut}"
    )
    listed = [_listed(*row) for row in zip(*data.columns.values(), strict=True)][:12]
    return Words(title, caption, f"Model and {name} on {plural(rows, 'test row')}: {'; '.join(listed)}.")


def _listed(label: str, *numbers: int) -> str:
    told = ", ".join(f"{part} {count(number)}" for part, number in zip(_PARTS, numbers, strict=True))
    return f"{classed(label)}: {told}"


def _times(number: int) -> str:
    return ("never", "once")[number] if number < 2 else f"{count(number)} times"
