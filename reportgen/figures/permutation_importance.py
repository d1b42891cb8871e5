"""How much worse the model becomes when a column is shuffled, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.explained import Importances
from reportgen.figures._data import array, feature_name, plain
from reportgen.results import FigureData, Run, Words
from reportgen.svg import RULE, SERIES, SOFT
from reportgen.text import listing, percent, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "explanation"
NEEDS = "explained"
ORDER = 2
_MOST_COLUMNS = 20
_TOGETHER = 0.8  # Of columns that go together so strongly one stands in for the other.
_LOSSES = {
    "log_loss": "log loss",
    "error_rate": "share of wrong predictions",
    "mean_absolute_error": "mean absolute error",
}


def compute(run: Run) -> list[FigureData]:
    found = run.explained.importances if run.explained else None
    if found is None:
        raise NotApplicable("no columns were shuffled")
    shown = [one for one in found.columns if np.isfinite([one.value, one.low, one.high]).all()][:_MOST_COLUMNS]
    if not shown:
        raise NotApplicable("the loss is not finite")
    columns = {
        "column": [feature_name(run, one.column) for one in shown],
        "rise": plain(one.value for one in shown),
        "low": plain(one.low for one in shown),
        "high": plain(one.high for one in shown),
        "spread of repeats": plain(one.std for one in shown),
    }
    facts = {
        "loss": _LOSSES[found.loss],
        "before": found.before,
        "split": found.split,
        "rows": found.rows,
        "of": found.of_rows,
        "repeats": found.repeats,
        "columns": found.looked_at,
        "measured": len(found.columns),
        "confidence": run.spec.evaluate.confidence,
        "together": together(run, found),
    }
    return [FigureData(columns, facts)]


def together(run: Run, found: Importances) -> list[list[str]]:
    """Pairs of shown columns that stand in for each other, the strongest first, as shown."""
    names = {one.column for one in found.columns[:_MOST_COLUMNS]}
    pairs = run.profile.associations.strongest if run.profile else ()
    strong = [pair for pair in pairs if {pair.first, pair.second} <= names and abs(pair.value) >= _TOGETHER]
    return [[feature_name(run, pair.first), feature_name(run, pair.second)] for pair in strong]


def size(data: FigureData) -> tuple[float, float]:
    return 4.8, 0.6 + 0.2 * len(data.columns["column"])


def draw(axes: Axes, data: FigureData) -> None:
    values, low, high = (array(data.columns[name]) for name in ("rise", "low", "high"))
    rows = np.arange(len(values))
    axes.axvline(0, color=SOFT, linewidth=0.6)
    axes.hlines(rows, low, high, color=SERIES[1], linewidth=1.2)
    axes.points(values, rows, SERIES[1], "rise of the loss", size=5, alpha=1.0)
    axes.categories("y", data.columns["column"])
    first, last = axes.reach(np.concatenate([low, high, [0.0]]))
    axes.set(xlim=(first, last), ylim=(len(rows) - 0.5, -0.5), xlabel=f"rise of the {data.facts['loss']}")
    axes.hlines(rows, first, last, color=RULE, linewidth=0.4, zorder=0.4)
    axes.bare("left")


def describe(data: FigureData) -> Words:
    facts, names = data.facts, data.columns["column"]
    values, low, high = (data.columns[name] for name in ("rise", "low", "high"))
    certain = [name for name, bound in zip(names, low, strict=True) if bound > 0]
    title = "No column makes a clear difference when it is shuffled alone."
    if low[0] > 0:
        title = f"Without {names[0]} the {facts['loss']} rises most, by {significant(values[0])}."
    elif certain:
        title = f"The {facts['loss']} clearly rises without {listing(certain, most=3)}."
    part = f"{facts['rows']:,} of {facts['of']:,}" if facts["rows"] < facts["of"] else f"the {facts['rows']:,}"
    caption = (
        f"Rise of the {facts['loss']} (now {significant(facts['before'])}) when a column is shuffled among "
        f"{part} {facts['split']} rows, the mean of {plural(facts['repeats'], 'shuffle')}; lines are "
        f"{percent(facts['confidence'], 0)} intervals over the rows.{_cut(data)}{_together(facts['together'])}"
    )
    listed = "; ".join(
        f"{name} {significant(value)} ({significant(first)} to {significant(last)})"
        for name, value, first, last in list(zip(names, values, low, high, strict=True))[:12]
    )
    return Words(title, caption, f"Rise of the loss by shuffled column: {listed}.")


def _cut(data: FigureData) -> str:
    facts, shown = data.facts, len(data.columns["column"])
    if shown == facts["columns"]:
        return ""
    chosen = f", {facts['measured']} of them in full, after a first look with one shuffle" * (
        facts["measured"] < facts["columns"]
    )
    return f" The {shown} largest of {facts['columns']:,} columns are shown{chosen}."


def _together(pairs: list[list[str]]) -> str:
    if not pairs:
        return ""
    told = listing((f"{first} and {second}" for first, second in pairs), most=2, joiner="as well as")
    return f" Columns that go together stand in for each other, which makes each look less important: {told}."
