"""A decision tree as a table of rules, and what stands instead where a model is made of many trees."""

from __future__ import annotations

import math

import numpy as np

from reportgen.dataset import Kind, Splits
from reportgen.document import Block, Cell, Note, Table, TableColumn
from reportgen.fitted import Condition, Rule
from reportgen.results import Run
from reportgen.text import count, one_line, percent, plural, significant

_MOST_CONDITIONS = 8


def rules(run: Run) -> list[Block]:
    """The rules of a tree, those of most rows first; nothing of another model."""
    if run.fitted is None or not run.fitted.rules or run.task is None or run.splits is None:
        return []
    return [_table(run, run.splits, run.fitted.rules)]


def many_trees(run: Run) -> list[Block]:
    """Why no tree is shown of a model that is made of many."""
    if run.fitted is None or run.fitted.trees in (None, 1):
        return []
    relied = run.explained is not None and run.explained.importances is not None
    above = " What they rely on together stands above." if relied else ""
    return [Note(f"The model is {count(run.fitted.trees or 0)} trees; no single one of them says what it says.{above}")]


def _table(run: Run, splits: Splits, found: tuple[Rule, ...]) -> Table:
    assert run.task is not None
    total = sum(rule.rows for rule in found)
    labels = _labels(run)
    ordered = sorted(found, key=lambda rule: -rule.rows)
    outcome = [TableColumn("class", strong=True), TableColumn("its share", "percent")] if labels else []
    columns = (
        TableColumn("where"),
        TableColumn("training rows", "integer", narrow=False),
        TableColumn("of all", "share"),
        *(outcome or [TableColumn("prediction", "significant", strong=True)]),
    )
    return Table(
        id="table-rules",
        title=_title(ordered[0], total, labels),
        caption=_caption(found),
        columns=columns,
        rows=tuple((_where(run, splits, rule), rule.rows, rule.rows / total, *_says(rule, labels)) for rule in ordered),
    )


def _title(first: Rule, total: int, labels: tuple[str, ...]) -> str:
    what = f"says {_says(first, labels)[0]} of" if labels else f"predicts {significant(first.value[0])} for"
    return f"The tree as rules: the largest {what} {percent(first.rows / total, 0)} of the training rows."


def _caption(found: tuple[Rule, ...]) -> str:
    cut = sum(rule.leaves > 1 for rule in found)
    text = "A row meets exactly one of them."
    if not cut:
        return text
    leaves = sum(rule.leaves for rule in found)
    return (
        f"{text} The tree has {count(leaves)} leaves; rules that stand for several of them ({count(cut)} of "
        f"{count(len(found))}) tell what holds of their rows on the whole."
    )


def _says(rule: Rule, labels: tuple[str, ...]) -> tuple[Cell, ...]:
    if not labels:
        return (rule.value[0],)
    best = int(np.argmax(rule.value))
    return labels[best], rule.value[best]


def _labels(run: Run) -> tuple[str, ...]:
    """The classes as shown; numbered where the target is sensitive; none of numbers."""
    assert run.task is not None
    names = tuple(one_line(label, 40) for label in run.task.labels)
    return tuple(f"class {number}" for number in range(1, len(names) + 1)) if _hidden(run, run.task.target) else names


def _where(run: Run, splits: Splits, rule: Rule) -> str:
    said = [_condition(run, splits, one) for one in rule.conditions]
    more = f" and {plural(len(said) - _MOST_CONDITIONS, 'condition')} more" if len(said) > _MOST_CONDITIONS else ""
    return " and ".join(said[:_MOST_CONDITIONS]) + more or "always"


def _condition(run: Run, splits: Splits, one: Condition) -> str:
    """`age > 41.5` in the column's own unit, `city=Oslo` of a level, or in the unit of the prepared feature."""
    source = splits.made_from.get(one.feature, one.feature)
    if _hidden(run, source):
        return f"{one_line(source, 40)} {'above' if one.above else 'up to'} a bound"
    name = one_line(one.feature, 60)
    X = splits.train.X[:, splits.feature_names.index(one.feature)]
    if np.isin(X, (0.0, 1.0)).all():
        return name if one.above else f"not {name}"
    own = _in_own_unit(run, splits, one, X) if source == one.feature else None
    sign = ">" if one.above else "≤"
    return (
        f"{name} {sign} {significant(one.bound if own is None else own)}{'' if own is not None else ' (as prepared)'}"
    )


def _in_own_unit(run: Run, splits: Splits, one: Condition, X: np.ndarray) -> float | None:
    """The bound half-way between the column's values on either side of it; scaling keeps their order."""
    if run.dataset is None or run.dataset.column(one.feature).kind is not Kind.NUMERIC:
        return None
    own = run.dataset.frame[one.feature].to_numpy(dtype=float, na_value=np.nan)[splits.train.rows]
    above, known = one.bound < X, np.isfinite(own)
    if not (above & known).any() or not (~above & known).any():
        return None
    low, high = float(own[~above & known].max()), float(own[above & known].min())
    return (low + high) / 2 if low < high and math.isfinite(low + high) else None


def _hidden(run: Run, name: str) -> bool:
    return run.dataset is not None and any(c.sensitive for c in run.dataset.columns if c.name == name)
