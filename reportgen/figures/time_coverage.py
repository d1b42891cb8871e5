"""Rows over time, with gaps, and by hour, weekday and month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, name_of, plain
from reportgen.figures._profiles import profile_of
from reportgen.figures._time import seconds_of, time_ticks
from reportgen.results import FigureData, Run, Words
from reportgen.svg import BAND, SERIES
from reportgen.text import count, duration, listing, one_line, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes
    from reportgen.profile.summaries import TimeProfile

SECTION = "data"
NEEDS = "dataset"
ORDER = 15
_UNEVEN = 1.5  # times the mean that the fullest hour, weekday or month must hold to be worth a drawing
_FEWEST = 100  # rows below which the fullest one says little
_CYCLES = {
    "hour": ("by_hour", [str(hour) for hour in range(24)]),
    "weekday": ("by_weekday", ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]),
    "month": ("by_month", ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]),
}


def compute(run: Run) -> list[FigureData]:
    """The rows over the table's time column, and its cycles where one of them is uneven."""
    profile = profile_of(run)
    if profile.time_column is None:
        raise NotApplicable("no column orders the table in time")
    time = profile.column(profile.time_column).time
    if time is None or len(time.edges) < 2 or not sum(time.coverage):
        raise NotApplicable("the time column has no values that may be shown")
    name = name_of(profile.time_column)
    edges = plain(time.edges, 12)
    facts = {
        "name": name,
        "edges": edges,
        "first": one_line(time.first, 20),
        "last": one_line(time.last, 20),
        "gaps": [
            [seconds_of(start), seconds_of(end), one_line(start, 20), one_line(end, 20)] for start, end, _ in time.gaps
        ],
        "n_gaps": time.n_gaps,
        "step": time.step,
        "irregular": time.irregular,
        "rows": sum(time.coverage),
    }
    columns: dict[str, list[Any]] = {
        "from": [_text(edge) for edge in edges[:-1]],
        "to": [_text(edge) for edge in edges[1:]],
    }
    drawings = [FigureData(columns | {"rows": list(time.coverage)}, facts)]
    cycles = _cycles(time)
    if any(max(counts) > _UNEVEN * sum(counts) / len(counts) for counts in cycles.values() if sum(counts) >= _FEWEST):
        table: dict[str, list[Any]] = {
            "of": [cycle for cycle, counts in cycles.items() for _ in counts],
            "at": [label for cycle in cycles for label in _CYCLES[cycle][1]],
            "rows": [number for counts in cycles.values() for number in counts],
        }
        drawings.append(FigureData(table, {"name": name, "cycles": cycles}, part="cycles"))
    return drawings


def _text(seconds: float) -> str:
    return str(np.datetime64(int(seconds), "s")).replace("T", " ")


def _cycles(time: TimeProfile) -> dict[str, list[int]]:
    found = {cycle: list(getattr(time, field)) for cycle, (field, _) in _CYCLES.items()}
    return {cycle: counts for cycle, counts in found.items() if len(counts) == len(_CYCLES[cycle][1]) and sum(counts)}


def size(data: FigureData) -> tuple[float, float]:
    return (5.0, 1.4) if "cycles" in data.facts else (5.0, 1.7)


def draw(axes: Axes, data: FigureData) -> None:
    if "cycles" in data.facts:
        _draw_cycles(axes, data)
        return
    edges, rows = data.facts["edges"], data.columns["rows"]
    for start, end, *_ in data.facts["gaps"]:
        axes.axvspan(start, end, color=BAND, linewidth=0)
    axes.bars(edges, rows, SERIES[1], "rows")
    axes.set(xlim=(edges[0], edges[-1]), ylim=(0, 1.08 * max(rows)), ylabel="rows")
    axes.ticks("x", *time_ticks(edges[0], edges[-1]))
    axes.few("y", 4)


def _draw_cycles(axes: Axes, data: FigureData) -> None:
    cycles = data.facts["cycles"]
    widths = [len(counts) ** 0.5 for counts in cycles.values()]
    for panel, (cycle, counts) in zip(axes.panels(1, len(cycles), widths=widths), cycles.items(), strict=True):
        edges = np.arange(len(counts) + 1) - 0.5
        panel.bars(edges, counts, SERIES[1], "rows", baseline=0)
        panel.set(xlim=(edges[0], edges[-1]), ylim=(0, 1.05 * max(counts)))
        panel.set_title(f"by {cycle}", loc="left")
        labels = _CYCLES[cycle][1]
        if cycle == "hour":
            panel.ticks("x", [0, 6, 12, 18], ["0", "6", "12", "18"])
        else:
            panel.ticks("x", range(len(labels)), [label[0] for label in labels])
        panel.yaxis.set_visible(False)
        panel.bare("left")


def describe(data: FigureData) -> Words:
    return _cycle_words(data) if "cycles" in data.facts else _coverage_words(data)


def _coverage_words(data: FigureData) -> Words:
    facts, rows = data.facts, data.columns["rows"]
    title = f"The rows run from {facts['first']} to {facts['last']} without a gap."
    if facts["gaps"]:
        start, end, first, last = max(facts["gaps"], key=lambda gap: gap[1] - gap[0])
        title = f"The longest gap lasts {duration(end - start)}, from {first} to {last}."
    gaps = f"; shaded: {_gaps(facts)}" if facts["gaps"] else ""
    caption = f"Rows by {facts['name']}, from {facts['first']} to {facts['last']}{gaps}."
    if facts["step"] is not None:
        others = f"{percent(facts['irregular'])} of the steps differ" if facts["irregular"] else "as all steps are"
        caption += f" Usual step {duration(facts['step'])}, {others}."
    fullest = int(array(rows).argmax())
    alt = (
        f"{plural(facts['rows'], 'row')} by {facts['name']} in {len(rows)} equal spans from {facts['first']} to "
        f"{facts['last']}; most, {count(rows[fullest])}, from {data.columns['from'][fullest]}; "
        f"{plural(facts['n_gaps'], 'gap')}."
    )
    return Words(title, caption, alt)


def _gaps(facts: Any) -> str:
    shown = len(facts["gaps"])
    every = plural(facts["n_gaps"], "gap")
    return every if shown == facts["n_gaps"] else f"the {shown} longest of {every}"


def _cycle_words(data: FigureData) -> Words:
    facts, cycles = data.facts, data.facts["cycles"]
    peaks = []
    for cycle, counts in cycles.items():
        place = int(array(counts).argmax())
        label = f"{place}:00" if cycle == "hour" else _CYCLES[cycle][1][place]
        peaks.append((max(counts) * len(counts) / sum(counts), cycle, label, max(counts) / sum(counts)))
    times, cycle, label, share = max(peaks)
    title = f"Of all rows, {percent(share)} fall on {label}, {times:.1f} times as many as on a mean {cycle}."
    names = [f"{cycle}: most at {label} ({percent(share)})" for _, cycle, label, share in peaks]
    return Words(
        title, f"Rows by {listing(cycles)} of {facts['name']}.", f"Rows of {facts['name']} by {'; by '.join(names)}."
    )
