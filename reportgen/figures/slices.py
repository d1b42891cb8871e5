"""The weakest slices of the test rows with their intervals, beside all other rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures import _forest as forest
from reportgen.figures._data import ALIKE, Plain, array, name_of, plain, target_name
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import count, fixed, p_value, percent, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 90
_SURE = 0.05


def compute(run: Run) -> list[FigureData]:
    found = run.mistakes
    if found is None or not found.slices:
        raise NotApplicable(found.note if found and found.note else "no slices of the test rows were searched")
    columns: dict[str, Plain] = {
        "slice": [name_of(one.name) for one in found.slices],
        "rows": [one.rows for one in found.slices],
        "value": plain(one.value for one in found.slices),
        "low": plain(one.low for one in found.slices),
        "high": plain(one.high for one in found.slices),
        "all other rows": plain(one.rest for one in found.slices),
        "corrected p": plain((one.p_value for one in found.slices), 3),
    }
    facts = {
        "measure": found.measure,
        "target": target_name(run),
        "overall": found.overall,
        "searched": found.searched,
        "dependent": found.dependent,
        "confidence": run.spec.evaluate.confidence,
    }
    proven = any(one.p_value <= _SURE for one in found.slices)
    return [FigureData(columns, facts, fold="" if proven else "Slices that come nearest to being weaker")]


def size(data: FigureData) -> tuple[float, float]:
    return 5.2, 0.1 + forest.height(data.columns["slice"], [""])


def draw(axes: Axes, data: FigureData) -> None:
    value, low, high = (array(data.columns[name]) for name in ("value", "low", "high"))
    rest = array(data.columns["all other rows"])
    places = forest.draw_rows(axes, data.columns["slice"], [""] * len(value), (value, low, high))
    axes.points(rest, places, SERIES[2], "all other rows", size=4.5, alpha=1.0, square=True)
    axes.above("slice", SERIES[1])
    axes.above("all other rows", SERIES[2])
    limits = axes.reach(np.concatenate([low, high, rest, [data.facts["overall"]]]))
    forest.rule(axes, places, (max(0.0, limits[0]), limits[1]), data.facts["overall"])
    mae = data.facts["measure"] == "mae"
    axes.set_xlabel(f"mean absolute error of {data.facts['target']}" if mae else data.facts["measure"])


def describe(data: FigureData) -> Words:
    columns, facts = data.columns, data.facts
    names, p_values = columns["slice"], columns["corrected p"]
    proven = sum(p <= _SURE for p in p_values)
    title = f"None of {plural(facts['searched'], 'slice')} is shown to be weaker than the other rows."
    if proven:
        measure = "MAE" if facts["measure"] == "mae" else facts["measure"]
        title = (
            f"Where {names[0]}, {measure} is {_number(data, 'value', 0)}, on all other rows "
            f"{_number(data, 'all other rows', 0)}."
        )
    caption = (
        f"{'The weakest slices' if proven else 'The slices that come nearest'} of {count(facts['searched'])} searched, "
        f"with {percent(facts['confidence'], 0)} intervals of each by itself; dashed: all test rows, "
        f"{_shown(data, facts['overall'])}.{' ' + ALIKE if facts['dependent'] else ''}"
    )
    listed = (
        f"{name} {_number(data, 'value', place)}, others {_number(data, 'all other rows', place)}, "
        f"{p_value(p_values[place])}"
        for place, name in enumerate(names)
    )
    return Words(title, caption, f"Slices of the test rows: {'; '.join(listed)}.")


def _number(data: FigureData, column: str, place: int) -> str:
    return _shown(data, data.columns[column][place])


def _shown(data: FigureData, value: float) -> str:
    return significant(value) if data.facts["measure"] == "mae" else fixed(value)
