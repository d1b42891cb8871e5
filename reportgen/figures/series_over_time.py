"""How numeric columns run along the table's time: their means in equal steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import LARGEST, array, name_of, plain, thin
from reportgen.figures._profiles import profile_of
from reportgen.figures._time import time_ticks
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import duration, every, fixed, listing, shorten, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes
    from reportgen.profile import ColumnProfile

SECTION = "data"
NEEDS = "dataset"
ORDER = 16
_MOST_COLUMNS = 6
_FEWEST_STEPS = 3
_MOST_ROWS = 200  # of the table under the figure
_STRONG = 0.4
_DRIFTS = 0.01


def compute(run: Run) -> list[FigureData]:
    profile = profile_of(run)
    if profile.time_column is None:
        raise NotApplicable("no column orders the table in time")
    time = profile.column(profile.time_column).time
    found = [column for column in profile.columns if column.season and not column.sensitive]
    usable = [column for column in found if np.isfinite(_means(column)).sum() >= _FEWEST_STEPS]
    if time is None or len(time.edges) < 2 or not usable:
        raise NotApplicable("no numeric column has values along the time")
    if not any(_moves(column) for column in usable):
        raise NotApplicable("no numeric column has a season or a trend along the time")
    ordered = sorted(
        usable, key=lambda column: (not column.is_target, -(column.season.strength if column.season else 0))
    )
    panels: list[dict[str, Any]] = []
    for column in ordered[:_MOST_COLUMNS]:
        season = column.season
        assert season is not None
        panels.append(
            {
                "name": name_of(column.name),
                "means": plain(_means(column)),
                "strength": season.strength,
                "period": season.period,
                "p": season.p_stationary,
            }
        )
    low, high = time.edges[0], time.edges[-1]
    facts = {
        "panels": panels,
        "of": len(usable),
        "time": name_of(profile.time_column),
        "limits": plain([low, high], 12),
    }
    return [FigureData(_table(panels, low, high), facts)]


def _moves(column: ColumnProfile) -> bool:
    """Whether it repeats, or is not stationary."""
    season = column.season
    assert season is not None
    drifts = season.p_stationary is not None and season.p_stationary <= _DRIFTS
    return drifts or (season.period is not None and season.strength >= _STRONG)


def _means(column: ColumnProfile) -> np.ndarray:
    """Of a size that can be drawn."""
    means = array(column.season.means if column.season else ())
    return np.where(np.abs(means) < LARGEST, means, np.nan)


def _table(panels: list[dict[str, Any]], low: float, high: float) -> dict[str, list[Any]]:
    """Means by column and step, evenly thinned where they are many."""
    table: dict[str, list[Any]] = {"column": [], "middle of step": [], "mean": []}
    for panel in panels:
        steps = len(panel["means"])
        for place in thin(steps, _MOST_ROWS // len(panels)):
            table["column"].append(panel["name"])
            middle = low + (high - low) * (place + 0.5) / steps
            table["middle of step"].append(str(np.datetime64(int(middle), "s")).replace("T", " "))
            table["mean"].append(panel["means"][place])
    return table


def size(data: FigureData) -> tuple[float, float]:
    panels = len(data.facts["panels"])
    return 5.0, 1.1 * -(-panels // (1 if panels == 1 else 2)) + 0.35


def draw(axes: Axes, data: FigureData) -> None:
    panels, (low, high) = data.facts["panels"], data.facts["limits"]
    columns = 1 if len(panels) == 1 else 2
    for panel, drawn in zip(axes.panels(-(-len(panels) // columns), columns, len(panels)), panels, strict=True):
        steps = len(drawn["means"])
        x = low + (high - low) * (np.arange(steps) + 0.5) / steps
        panel.line(x, array(drawn["means"]), SERIES[1], drawn["name"], linewidth=0.8)
        panel.set_title(shorten(drawn["name"], 40), loc="left")
        panel.set(xlim=(low, high), ylim=panel.reach(array(drawn["means"])))
        panel.ticks("x", *time_ticks(low, high, 4))
        panel.few("y", 3)


def describe(data: FigureData) -> Words:
    facts, panels = data.facts, data.facts["panels"]
    strongest = max(panels, key=lambda panel: panel["strength"] if panel["period"] else 0.0)
    title = f"No period explains much of any column along {facts['time']}."
    if strongest["period"] and strongest["strength"] >= _STRONG:
        title = (
            f"Column {strongest['name']} repeats {every(strongest['period'])} "
            f"(season strength {fixed(strongest['strength'], 2)})."
        )
    elif drifting := [panel["name"] for panel in panels if panel["p"] is not None and panel["p"] <= _DRIFTS]:
        title = f"The level of {listing(drifting, most=3)} changes along {facts['time']}."
    cut = f" {len(panels)} of {facts['of']} numeric columns are shown." if len(panels) < facts["of"] else ""
    steps = max(len(panel["means"]) for panel in panels)
    caption = (
        f"Means in {steps} equal steps of {facts['time']}; season strength is the share of variance beside the trend "
        f"that the best period explains.{cut}"
    )
    return Words(title, caption, " ".join(_sentence(panel) for panel in panels))


def _sentence(panel: Mapping[str, Any]) -> str:
    known = array([mean for mean in panel["means"] if mean is not None])
    said = f"{panel['name']}: means from {significant(float(known.min()))} to {significant(float(known.max()))}"
    if panel["period"]:
        said += f", season strength {fixed(panel['strength'], 2)} with period {duration(panel['period'])}"
    if panel["p"] is not None:
        said += f", test of stationarity p = {fixed(panel['p'], 2)}"
    return f"{said}."
