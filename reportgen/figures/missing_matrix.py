"""Where in the table values are missing: the share of each column in parts of the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, matrix, name_of, plain
from reportgen.figures._profiles import profile_of
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import count, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "data"
NEEDS = "dataset"
ORDER = 21
_MOST_COLUMNS = 20
#: Gaps are uneven where the fullest and the emptiest part differ so much, and far beyond what chance does.
_RANGE, _TIMES_CHANCE = 0.2, 3.0


def compute(run: Run) -> list[FigureData]:
    profile = profile_of(run)
    together = profile.missing
    bands = np.array(together.bands, dtype=float)
    if not bands.size:
        raise NotApplicable("no value is missing")
    unevenness = np.array([_unevenness(row, profile.n_rows / bands.shape[1]) for row in bands])
    if not unevenness.any():
        raise NotApplicable("gaps are spread evenly over the rows")
    kept = np.sort(np.argsort(-unevenness, kind="stable")[:_MOST_COLUMNS])
    most = int(unevenness.argmax())
    columns = {
        "column": [name_of(together.names[place]) for place in kept],
        "share missing": plain(bands[kept].mean(axis=1)),
        "least in a part": plain(bands[kept].min(axis=1)),
        "most in a part": plain(bands[kept].max(axis=1)),
    }
    facts = {
        "bands": matrix(bands[kept]),
        "rows": profile.n_rows,
        "columns": len(bands),
        "block": [name_of(together.names[most]), *_block(bands[most], profile.n_rows)],
    }
    return [FigureData(columns, facts)]


def _unevenness(shares: np.ndarray, rows: float) -> float:
    """The range of the shares missing in parts of `rows` rows each, or 0 where chance alone may make it."""
    mean, span = float(shares.mean()), float(np.ptp(shares))
    if span < _RANGE or not 0 < mean < 1:
        return 0.0
    chi_square = float(((shares - mean) ** 2).sum()) * rows / (mean * (1 - mean))
    return span if chi_square > _TIMES_CHANCE * len(shares) else 0.0


def _block(shares: np.ndarray, rows: int) -> list[float]:
    """First and last row, from 1, of the longest run of parts with more than the mean of both extremes; its share."""
    high = np.r_[False, shares > (shares.min() + shares.max()) / 2, False]
    starts, ends = np.flatnonzero(~high[:-1] & high[1:]), np.flatnonzero(high[:-1] & ~high[1:])
    longest = int((ends - starts).argmax())
    first, after = int(starts[longest]), int(ends[longest])
    places = [round(rows * part / len(shares)) for part in (first, after)]
    return [places[0] + 1, places[1], float(shares[first:after].mean())]


def size(data: FigureData) -> tuple[float, float]:
    return 5.0, 0.5 + 0.2 * len(data.columns["column"])


def draw(axes: Axes, data: FigureData) -> None:
    values = np.array([array(row) for row in data.facts["bands"]])
    axes.cells(values, SERIES[1])
    axes.categories("y", data.columns["column"])
    parts, rows = values.shape[1], data.facts["rows"]
    places = np.linspace(0, parts, 5)
    axes.ticks("x", (places - 0.5).tolist(), [count(round(rows * place / parts)) for place in places])
    axes.set_xlabel("row")
    axes.bare("left")


def describe(data: FigureData) -> Words:
    name, first, last, share = data.facts["block"]
    title = f"Column {name} lacks {percent(share)} of its values in rows {count(first)} to {count(last)}."
    shown = len(data.columns["column"])
    cut = f" The {shown} of {data.facts['columns']} columns with the most uneven gaps are shown."
    parts = len(data.facts["bands"][0])
    caption = f"Share missing in {parts} equal parts of the rows, in their order; the fuller, the more is missing."
    rows = zip(*data.columns.values(), strict=True)
    said = "; ".join(
        f"{name} {percent(mean)}, by part {percent(low)} to {percent(high)}" for name, mean, low, high in rows
    )
    alt = f"Share missing along {plural(data.facts['rows'], 'row')}: {said}."
    return Words(title, caption + (cut if shown < data.facts["columns"] else ""), alt)
