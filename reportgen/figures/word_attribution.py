"""Which words a network that learns word vectors relies on, class by class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.explained import WordAttribution
from reportgen.figures._data import array, class_names, name_of, plain
from reportgen.figures._signed import draw_signed
from reportgen.results import FigureData, Run, Words
from reportgen.text import classed, count, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "explanation"
NEEDS = "explained"
ORDER = 7


def compute(run: Run) -> list[FigureData]:
    found = [one for one in run.explained.words if np.isfinite(one.value)] if run.explained else []
    if not found:
        raise NotApplicable("the model learns no word vectors")
    outputs = dict.fromkeys(one.output for one in found)
    return [_drawing(run, [one for one in found if one.output == output]) for output in outputs]


def _drawing(run: Run, words: list[WordAttribution]) -> FigureData:
    ordered = sorted(words, key=lambda one: (-one.value, one.word))
    output = ordered[0].output
    columns = {
        "word": [name_of(one.word) for one in ordered],
        "lowers the loss by": plain((one.value for one in ordered), 4),
        "rows that hold it": [one.holding for one in ordered],
    }
    of = "" if output is None else classed(class_names(run)[output])
    facts = {"of": of, "rows": ordered[0].rows, "split": run.explained.split if run.explained else ""}
    return FigureData(columns, facts, part="all" if output is None else f"class {output + 1}")


def size(data: FigureData) -> tuple[float, float]:
    return 3.5, 0.3 + 0.2 * len(data.columns["word"])


def draw(axes: Axes, data: FigureData) -> None:
    values = array(data.columns["lowers the loss by"])
    draw_signed(axes, data.columns["word"], values, ("towards", "away"), room=0.25, digits=2)


def describe(data: FigureData) -> Words:
    facts, names, values = data.facts, data.columns["word"], data.columns["lowers the loss by"]
    of = f" of {facts['of']}" if facts["of"] else ""
    title = f"No common word helps to tell the rows{of}."
    if values[0] > 0:
        title = f"The word {names[0]} helps most to tell the rows{of}."
    caption = (
        f"By how much each word lowers the loss of {plural(facts['rows'], facts['split'] + ' row')}{of}, on average: "
        "integrated gradients from word vectors of zero. Orange helps, blue misleads; words in five rows or more."
    )
    listed = ", ".join(
        f"{name} {significant(value, 2)} ({count(rows)} rows)"
        for name, value, rows in zip(*data.columns.values(), strict=True)
    )
    return Words(title, caption, f"Words and by how much they lower the loss: {listed}.")
