"""Distributions of the columns that tell most about the target, by class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.dataset import Kind
from reportgen.errors import NotApplicable
from reportgen.figures._data import LARGEST, array, class_names, name_of, plain
from reportgen.figures._profiles import (
    COLOURS,
    MOST_CLASSES,
    by_relation,
    profile_of,
    relation_text,
    shown_features,
    strength,
)
from reportgen.figures._time import time_ticks
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import classed, count, listing, percent, shorten, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes
    from reportgen.profile import ColumnProfile

SECTION = "data"
NEEDS = "dataset"
ORDER = 40
_MOST_PANELS = 9
_MOST_LEVELS = 4


def compute(run: Run) -> list[FigureData]:
    profile = profile_of(run)
    # Rows over the table's time have a figure of their own.
    features = [column for column in shown_features(profile) if column.name != profile.time_column]
    varied = [column for column in features if _varies(column)]
    if not varied:
        raise NotApplicable("no column varies")
    if not any(strength(column.relation) >= 0 for column in varied):
        raise NotApplicable("no column could be related to a target: see the table of columns")
    kept = by_relation(varied)[:_MOST_PANELS]
    labels = class_names(run) if 1 < len(profile.series) <= MOST_CLASSES else ("rows",)
    panels = [_panel(column, len(labels)) for column in kept]
    facts = {"panels": panels, "classes": list(labels), "of": len(varied)}
    return [FigureData(_table(panels, list(labels)), facts)]


def _varies(column: ColumnProfile) -> bool:
    """Whether there is more than one bin or level to see."""
    if column.histogram is not None:
        return sum(number > 0 for number in column.histogram.totals) > 1
    return any(not level.pooled for level in column.levels) and len(column.levels) > 1


def _panel(column: ColumnProfile, n_classes: int) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name_of(column.name)}
    found["says"] = relation_text(column.relation) if column.relation else ""
    if column.histogram is None:
        return found | _levels(column, n_classes)
    counts = np.array(column.histogram.counts, dtype=int)
    if len(counts) != n_classes:
        counts = counts.sum(axis=0, keepdims=True)
    edges = np.clip(column.histogram.edges, -LARGEST, LARGEST)
    found |= {"edges": plain(edges), "counts": counts.tolist(), "time": column.kind is Kind.DATETIME}
    quartiles = [column.q25, column.median, column.q75]
    return found | {"quartiles": [_said(value) for value in quartiles if value is not None]}


def _said(value: float | str) -> str:
    return value[:16] if isinstance(value, str) else significant(value)


def _levels(column: ColumnProfile, n_classes: int) -> dict[str, Any]:
    """The largest levels and all others as one, with counts (n_classes, n_levels)."""
    named = [level for level in column.levels if not level.pooled][:_MOST_LEVELS]
    rest = [level for level in column.levels if level not in named]
    split = all(len(level.by_class) == n_classes for level in column.levels) and n_classes > 1
    rows = [list(level.by_class) if split else [level.count] for level in named]
    names = [name_of(level.name) for level in named]
    if rest:
        members = [list(level.by_class) if split else [level.count] for level in rest]
        rows.append(np.sum(members, axis=0).tolist())
        pooled = sum(max(level.pooled, 1) for level in rest)
        names.append(f"{count(pooled)} other{'' if pooled == 1 else 's'}")
    return {"levels": names, "counts": np.transpose(rows).tolist()}


def _table(panels: list[dict[str, Any]], classes: list[str]) -> dict[str, list[Any]]:
    table: dict[str, list[Any]] = {"column": [], "from": [], "to": [], "level": []}
    for panel in panels:
        size = len(panel["counts"][0])
        edges = panel.get("edges", [None] * (size + 1))
        table["column"] += [panel["name"]] * size
        table["from"] += edges[:-1]
        table["to"] += edges[1:]
        table["level"] += panel.get("levels", [None] * size)
        for code, label in enumerate(classes):
            # A column of levels is not counted by class where the target has too many.
            numbers = panel["counts"][code] if code < len(panel["counts"]) else [None] * size
            table.setdefault(f"rows: {label}" if label != "rows" else "rows", []).extend(numbers)
    return table if any(table["level"]) else {name: values for name, values in table.items() if name != "level"}


def size(data: FigureData) -> tuple[float, float]:
    return 5.0, 1.25 * -(-len(data.facts["panels"]) // 3) + 0.1


def draw(axes: Axes, data: FigureData) -> None:
    panels = data.facts["panels"]
    columns = min(3, len(panels))
    for panel, drawn in zip(axes.panels(-(-len(panels) // columns), columns, len(panels)), panels, strict=True):
        panel.set_title(shorten(drawn["name"], 30), loc="left")
        panel.yaxis.set_visible(False)
        panel.bare("left")
        (_draw_levels if "levels" in drawn else _draw_bins)(panel, drawn, data.facts["classes"])


def _draw_bins(panel: Axes, drawn: Mapping[str, Any], classes: list[str]) -> None:
    base = np.zeros(len(drawn["edges"]) - 1)
    for code, (label, counts) in enumerate(zip(classes, drawn["counts"], strict=False)):
        top = base + array(counts)
        panel.bars(drawn["edges"], top, SERIES[code + 1], label, baseline=base)
        base = top
    low, high = drawn["edges"][0], drawn["edges"][-1]
    panel.set(ylim=(0, max(base.max(), 1)), xlim=(low, high))
    panel.few("x", 4)
    if drawn["time"]:
        panel.ticks("x", *time_ticks(low, high, 3))


def _draw_levels(panel: Axes, drawn: Mapping[str, Any], classes: list[str]) -> None:
    """Bars from above, the whole ones first: what the next class covers is left of the one before."""
    stacked = np.cumsum(np.array(drawn["counts"], dtype=float), axis=0)
    for code in range(len(stacked) - 1, -1, -1):
        panel.rows(stacked[code], SERIES[code + 1], classes[code])
    panel.set_xlim(0, 2.2 * max(float(stacked.max()), 1.0))
    panel.xaxis.set_visible(False)
    panel.bare()
    for place, (name, total) in enumerate(zip(drawn["levels"], stacked[-1], strict=True)):
        panel.beside(float(total), place, shorten(name, 14))


def describe(data: FigureData) -> Words:
    facts, panels = data.facts, data.facts["panels"]
    title = f"Column {panels[0]['name']} tells most about the target ({panels[0]['says']})."
    shown = f" {len(panels)} of {facts['of']} columns that vary are shown: those most related to the target."
    chosen = shown if len(panels) < facts["of"] else ""
    legend = "Rows by value or level."
    if facts["classes"] != ["rows"]:
        named = [f"{classed(label)} {colour}" for label, colour in zip(facts["classes"], COLOURS[1:], strict=False)]
        sides = ", from the left where there are levels" if any("levels" in panel for panel in panels) else ""
        legend = f"Rows by value, one class on the other{sides}: {listing(named)}."
    return Words(title, legend + chosen, " ".join(_sentence(panel) for panel in panels))


def _shares(panel: Mapping[str, Any]) -> list[float]:
    totals = np.sum(panel["counts"], axis=0)
    return [float(total) / max(int(totals.sum()), 1) for total in totals]


def _sentence(panel: Mapping[str, Any]) -> str:
    says = f"; {panel['says']}" if panel["says"] else ""
    if "levels" in panel:
        pairs = [f"{name} {percent(share)}" for name, share in zip(panel["levels"], _shares(panel), strict=True)]
        return f"{panel['name']}: {listing(pairs, most=6)}{says}."
    if len(panel["quartiles"]) == 1:
        return f"{panel['name']}: median {panel['quartiles'][0]}{says}."
    if len(panel["quartiles"]) == 3:
        first, median, third = panel["quartiles"]
        return f"{panel['name']}: median {median}, quartiles {first} and {third}{says}."
    rows = int(np.sum(panel["counts"]))
    return f"{panel['name']}: {count(rows)} rows{says}."
