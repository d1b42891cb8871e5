"""How the model treats the groups of a column: every rate of each group, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import ALIKE, Plain, array, name_of, plain, target_name
from reportgen.mistakes import Grouping, Rate
from reportgen.results import FigureData, Run, Words
from reportgen.svg import RULE, SERIES
from reportgen.text import fixed, percent, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 92
_SURE = 0.05
_MOST_GROUPS = 6


def compute(run: Run) -> list[FigureData]:
    if not run.spec.evaluate.groups:
        raise NotApplicable("evaluate.groups names no column")
    found = run.mistakes
    there = [one for one in found.groupings if one.gaps] if found else []
    if found is None or not there:
        raise NotApplicable(found.note if found and found.note else "no column has two groups of five test rows")
    return [_data(run, one, found.dependent) for one in there]


def _data(run: Run, one: Grouping, dependent: bool) -> FigureData:
    rows = [
        (gap.measure, place, rate)
        for gap in one.gaps
        for place, rate in _shown(one, gap.measure, (gap.low_group, gap.high_group))
    ]
    columns: dict[str, Plain] = {
        "measure": [measure for measure, _, _ in rows],
        "group": [name_of(one.groups[place].name) for _, place, _ in rows],
        "rows": [rate.rows for _, _, rate in rows],
        "value": plain(rate.value for _, _, rate in rows),
        "low": plain(rate.low for _, _, rate in rows),
        "high": plain(rate.high for _, _, rate in rows),
    }
    facts = {
        "column": name_of(one.column),
        "shares": one.gaps[0].is_share,
        "target": target_name(run),
        "groups": len(one.groups),
        "gaps": [_told(one, place) for place in range(len(one.gaps))],
        "dependent": dependent,
        "confidence": run.spec.evaluate.confidence,
    }
    return FigureData(columns, facts, part=name_of(one.column))


def _told(one: Grouping, place: int) -> list[str | float]:
    """Measure, gap, lower and higher group, corrected p."""
    gap = one.gaps[place]
    low, high = (name_of(one.groups[group].name) for group in (gap.low_group, gap.high_group))
    return [gap.measure, float(gap.value), low, high, float(gap.p_value)]


def _shown(one: Grouping, measure: str, ends: tuple[int, int]) -> list[tuple[int, Rate]]:
    """The groups of a measure; of many groups the two that are furthest apart."""
    number = one.measures.index(measure)
    rates = [(place, group.rates[number]) for place, group in enumerate(one.groups)]
    few = len(one.groups) <= _MOST_GROUPS
    return [(place, rate) for place, rate in rates if rate is not None and (few or place in ends)]


def size(data: FigureData) -> tuple[float, float]:
    return 5.0, 0.7 + 0.19 * len(_lines(data))


def _lines(data: FigureData) -> list[tuple[str, int | None]]:
    """The lines from the top: a measure, or a group with its place in the columns."""
    lines: list[tuple[str, int | None]] = []
    for place, (measure, group) in enumerate(zip(data.columns["measure"], data.columns["group"], strict=True)):
        if place == 0 or measure != data.columns["measure"][place - 1]:
            lines.append((measure, None))
        lines.append((group, place))
    return lines


def draw(axes: Axes, data: FigureData) -> None:
    lines = _lines(data)
    rows = np.array([line for line, (_, place) in enumerate(lines) if place is not None])
    heads = [line for line, (_, place) in enumerate(lines) if place is None]
    value, low, high = (array(data.columns[name]) for name in ("value", "low", "high"))
    limits = (0.0, 1.0) if data.facts["shares"] else axes.reach(np.concatenate([low, high, [0.0]]))
    axes.hlines(rows, *limits, color=RULE, linewidth=0.4, zorder=0.4)
    axes.hlines(rows, low, high, color=SERIES[1], linewidth=1.2)
    axes.points(value, rows, SERIES[1], "group", size=5, alpha=1.0)
    axes.categories("y", [name if place is not None else "" for name, place in lines])
    for line in heads:
        axes.say(limits[0], line + 0.15, lines[line][0], va="center", ha="left")
    axes.set(xlim=limits, ylim=(len(lines) - 0.4, -0.8))
    axes.set_xlabel("share of the rows" if data.facts["shares"] else f"error of {data.facts['target']}")
    axes.bare("left")


def describe(data: FigureData) -> Words:
    facts = data.facts
    write = fixed if facts["shares"] else significant
    sure = [gap for gap in facts["gaps"] if gap[4] <= _SURE]
    title = f"Between the groups of {facts['column']} no gap is beyond chance."
    if sure:
        measure, value, low, high, _ = max(sure, key=lambda gap: float(gap[1]))
        title = f"{measure[0].upper()}{measure[1:]} differs by {write(value)} between {low} and {high}."
    few = f" Of {plural(facts['groups'], 'group')} the two furthest apart." if facts["groups"] > _MOST_GROUPS else ""
    caption = (
        f"The groups of {facts['column']} on the test rows, with {percent(facts['confidence'], 0)} intervals of each "
        f"by itself.{few}{' ' + ALIKE if facts['dependent'] else ''}"
    )
    listed = (f"{measure} {write(value)} apart, lower in {low}" for measure, value, low, _, _ in facts["gaps"])
    return Words(title, caption, f"Largest gaps between two groups: {'; '.join(listed)}.")
