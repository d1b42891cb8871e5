"""The numeric columns most related to the target, two by two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, dataset_of, histogram, limits, name_of, plain
from reportgen.figures._profiles import (
    by_relation,
    draw_groups,
    groups,
    legend,
    numbers,
    numbers_that_vary,
    profile_of,
    sample,
    strength,
    unlike,
)
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import fixed, listing, shorten

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes
    from reportgen.profile import ColumnProfile, Profile

SECTION = "data"
NEEDS = "dataset"
ORDER = 45
_MOST_COLUMNS = 3
_MOST_ROWS = 600  # from which the correlations are
_MOST_POINTS = 300  # drawn of them
_BINS = 15
_DIGITS = 4
_NOTABLE = 0.3
_FEWEST = 10  # rows below which the points show no shape


def compute(run: Run) -> list[FigureData]:
    profile, dataset = profile_of(run), dataset_of(run)
    chosen = unlike(profile, _candidates(profile), _MOST_COLUMNS)
    if len(chosen) < 2:
        raise NotApplicable("fewer than two numeric columns vary")
    if dataset.n_rows < _FEWEST:
        raise NotApplicable(f"fewer than {_FEWEST} rows")
    rows = sample(dataset.n_rows, _MOST_ROWS, run.spec.seed)
    found = groups(run, dataset, rows)
    values = np.array([numbers(dataset, column.name, rows) for column in chosen])
    names = [name_of(column.name) for column in chosen]
    ranges = [limits(row[np.isfinite(row)]) for row in values]
    values = np.array([np.clip(row, *reach) for row, reach in zip(values, ranges, strict=True)])
    codes, points = (of_rows[..., :: -(-len(rows) // _MOST_POINTS)] for of_rows in (found.codes, values))
    facts = {
        "names": names,
        "points": [plain(row, _DIGITS) for row in points],
        "codes": codes.tolist(),
        "groups": list(found.names),
        "by": found.by,
        "rows": int((codes >= 0).sum()),
        "of": dataset.n_rows,
        "related": any(strength(column.relation) >= 0 for column in chosen),
    }
    table = _pairs(names, values)
    if run.task is None and max(abs(r or 0.0) for r in table["rank correlation"]) < _NOTABLE:
        raise NotApplicable(f"no two numeric columns go together (rank correlation below {_NOTABLE:g})")
    return [FigureData(table, facts)]


def _candidates(profile: Profile) -> list[ColumnProfile]:
    """The most related to the target first; without a target those that go together most, then the others."""
    columns = numbers_that_vary(profile)
    if any(strength(column.relation) >= 0 for column in columns):
        return by_relation(columns)
    strongest = dict.fromkeys(profile.correlation_names, 0.0)
    for name, row in zip(profile.correlation_names, profile.correlation, strict=True):
        others = [abs(r or 0.0) for other, r in zip(profile.correlation_names, row, strict=True) if other != name]
        strongest[name] = max(others, default=0.0)
    return sorted(columns, key=lambda column: -strongest.get(column.name, 0.0))


def _pairs(names: list[str], values: np.ndarray) -> dict[str, list[Any]]:
    """Rank correlation of each pair among the rows shown."""
    found: dict[str, list[Any]] = {"column": [], "with": [], "rank correlation": []}
    for one in range(len(names)):
        for other in range(one):
            found["column"].append(names[one])
            found["with"].append(names[other])
            found["rank correlation"].append(_rank_correlation(values[one], values[other]))
    return found


def _rank_correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    known = np.isfinite(one) & np.isfinite(other)
    ranks = [_ranks(one[known]), _ranks(other[known])]
    if known.sum() < 3 or not all(np.ptp(rank) > 0 for rank in ranks):
        return None
    return round(float(np.corrcoef(ranks[0], ranks[1])[0, 1]), 4)


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 0, ties at their mean rank."""
    _, codes, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts + 1) / 2)[codes], dtype=float)


def size(data: FigureData) -> tuple[float, float]:
    side = 1.6 * len(data.facts["names"])
    return side + 0.2, side * 0.88 + 0.2


def draw(axes: Axes, data: FigureData) -> None:
    names, points = data.facts["names"], [array(row) for row in data.facts["points"]]
    codes = np.array(data.facts["codes"], dtype=int)
    panels = axes.panels(len(names), len(names))
    for place, panel in enumerate(panels):
        row, column = divmod(place, len(names))
        if column > row:
            panel.remove()
            continue
        if column == row:
            _draw_bars(panel, points[row], codes, data.facts["groups"])
        else:
            _draw_points(panel, points[column], points[row], codes, data.facts["groups"])
        _draw_names(panel, names, row, column)


def _draw_names(panel: Axes, names: list[str], row: int, column: int) -> None:
    panel.few("x", 3)
    panel.few("y", 3)
    if row == len(names) - 1:
        panel.set_xlabel(shorten(names[column], 30))
    else:
        panel.xaxis.set_visible(False)
    if column == 0 and row:
        panel.set_ylabel(shorten(names[row], 30))
    if column or not row:
        panel.yaxis.set_visible(False)


def _draw_bars(panel: Axes, values: np.ndarray, codes: np.ndarray, names: list[str]) -> None:
    _, edges = histogram(values[codes >= 0], _BINS)
    base = np.zeros(len(edges) - 1)
    for code, name in enumerate(names):
        part = values[(codes == code) & np.isfinite(values)]
        top = base + np.histogram(np.clip(part, edges[0], edges[-1]), bins=edges)[0]
        panel.bars(edges, top, SERIES[code + 1], name, baseline=base)
        base = top
    panel.set(xlim=panel.reach(edges[[0, -1]]), ylim=(0, max(float(base.max()), 1.0)))
    panel.bare("left")


def _draw_points(panel: Axes, x: np.ndarray, y: np.ndarray, codes: np.ndarray, names: list[str]) -> None:
    draw_groups(panel, x, y, codes, names)
    panel.set(xlim=panel.reach(x), ylim=panel.reach(y))


def describe(data: FigureData) -> Words:
    facts, columns = data.facts, data.columns
    known = [(abs(r), one, other, r) for one, other, r in zip(*columns.values(), strict=True) if r is not None]
    title = "These columns do not vary together."
    if known:
        size, one, other, r = max(known, key=lambda item: item[0])
        how = "go together most" if size >= _NOTABLE else "are all but unrelated, as are the others"
        title = f"Of these columns, {one} and {other} {how} (rank correlation {fixed(r, 2)})."
    chosen = "most related to the target" if facts["related"] else "that go together most"
    several = len(facts["groups"]) > 1
    colours = f" Colours: {legend(facts['groups'], facts['by'])}." if several else ""
    part = f" {facts['rows']:,} of {facts['of']:,} rows are shown." if facts["rows"] < facts["of"] else ""
    caption = (
        f"The {len(facts['names'])} numeric columns {chosen}, without what correlates by 0.9 with one before it; "
        f"bars: rows by value.{colours}{part}"
    )
    pairs = "; ".join(f"{one} and {other} {fixed(r, 2)}" for one, other, r in zip(*columns.values(), strict=True))
    return Words(title, caption, f"Pair plot of {listing(facts['names'])}; rank correlations: {pairs}.")
