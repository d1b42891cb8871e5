"""How strongly each column alone goes with the target, strongest first."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from reportgen.errors import NotApplicable
from reportgen.figures._data import class_names, name_of, plain, target_name
from reportgen.figures._profiles import profile_of, relation_text, strength
from reportgen.profile.summaries import SIGNS
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import classed, listing, one_line, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes
    from reportgen.profile import ColumnProfile, Relation

SECTION = "data"
NEEDS = "dataset"
ORDER = 30
_MOST_COLUMNS = 20
_WEAK = 0.1
_NAMES = {
    "AUC": "AUC, as 2 AUC − 1",
    "Cramér's V": "Cramér's V",
    "Spearman": "Spearman's rank correlation ρ",
    "correlation ratio": "correlation ratio η",
}


def compute(run: Run) -> list[FigureData]:
    profile = profile_of(run)
    if run.task is None:
        raise NotApplicable("there is no target")
    found = [entry for column in profile.columns if not column.is_target for entry in _entries(column)]
    if len(found) < 2:
        raise NotApplicable("fewer than two columns can be related to the target")
    found.sort(key=lambda entry: -strength(entry[1]))
    shown = found[:_MOST_COLUMNS]
    names = dict(zip(run.task.labels, class_names(run), strict=True))
    columns = {
        "column": [name for name, _ in shown],
        "measure": [one_line(relation.name, 30) for _, relation in shown],
        "value": plain(relation.value for _, relation in shown),
        "strength": plain(strength(relation) for _, relation in shown),
        "of class": [names.get(relation.label) for _, relation in shown],
    }
    facts = {
        "target": target_name(run),
        "texts": [relation_text(relation) for _, relation in shown],
        "classes": len(names),
        "several": run.task.name == "multilabel",
        "columns": len(found),
        "rows": profile.related_rows,
        "of": profile.n_rows,
    }
    return [FigureData(columns, facts)]


def _entries(column: ColumnProfile) -> list[tuple[str, Relation]]:
    """The column's relation, and that of being missing where it tells something."""
    found, name = [], name_of(column.name)
    if column.relation is not None and strength(column.relation) >= 0:
        of = column.relation.of if not column.sensitive else ""
        found.append((f"{name}: {one_line(of, 40)}" if of else name, column.relation))
    if column.missing_relation is not None and strength(column.missing_relation) >= _WEAK:
        found.append((f"{name} is missing", column.missing_relation))
    return found


def size(data: FigureData) -> tuple[float, float]:
    return 4.8, 0.3 + 0.2 * len(data.columns["column"])


def draw(axes: Axes, data: FigureData) -> None:
    values = data.columns["strength"]
    axes.rows(values, SERIES[1], "strength")
    axes.categories("y", data.columns["column"])
    axes.set_xlim(0, 1.25)
    axes.xaxis.set_visible(False)
    axes.bare()
    for place, (value, text) in enumerate(zip(values, data.facts["texts"], strict=True)):
        axes.beside(value, place, text)


def describe(data: FigureData) -> Words:
    facts, columns = data.facts, data.columns
    best, label = facts["texts"][0], columns["of class"][0]
    of = f" for {classed(label)}" if label and (facts["several"] or facts["classes"] > 2) else ""
    title = f"Column {columns['column'][0]} alone goes best with {facts['target']} ({best}{of})."
    if columns["strength"][0] < _WEAK:
        title = f"No column alone tells {facts['target']}; the best is {columns['column'][0]} ({best})."
    caption = f"From 0, none, to 1: {listing(_measures(columns['measure']))}.{_part(data)}"
    pairs = (f"{name} {text}" for name, text in zip(columns["column"], facts["texts"], strict=True))
    shown = plural(len(columns["column"]), "column")
    return Words(title, caption, f"Relation of {shown} to {facts['target']}: {', '.join(pairs)}.")


def _measures(names: Iterable[str]) -> list[str]:
    found = [_NAMES.get(name, f"{name} {SIGNS.get(name, '')}".strip()) for name in dict.fromkeys(names)]
    return [*found[:-1], f"{found[-1]}; different measures compare only roughly"] if len(found) > 1 else found


def _part(data: FigureData) -> str:
    facts, shown = data.facts, len(data.columns["column"])
    cut = f" The {shown} strongest of {facts['columns']:,} are shown." if shown < facts["columns"] else ""
    return cut + (f" From {facts['rows']:,} of {facts['of']:,} rows." if facts["rows"] < facts["of"] else "")
