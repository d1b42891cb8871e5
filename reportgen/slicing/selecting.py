"""Conditions of the experiment file on the rows of the table: which rows hold, and what cannot be asked of a column."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from reportgen.conditions import GIVEN, MISSING, TRUTH, Comparison, Fault, NamedCondition, as_time, parse, unfit
from reportgen.dataset import Column, Dataset, Kind, Task
from reportgen.errors import Problem, SpecError
from reportgen.registry import suggestion
from reportgen.slicing.coding import KINDS, as_numbers, frequent, kind_of
from reportgen.text import listing, quoted

_COMPARED: Mapping[str, Callable[[np.ndarray, float], np.ndarray]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_HIDDEN = "is sensitive, and a slice would show its values"
_INSTEAD = "name it in evaluate.groups, which numbers its groups"


def holds(condition: NamedCondition, dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    """(n,) whether each row fulfils every comparison; a missing value fulfils none but `is missing`."""
    kept = [_compared(one, dataset, rows) for one in condition.comparisons]
    return np.asarray(np.logical_and.reduce(kept))


def _compared(one: Comparison, dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    values, kind = dataset.frame[one.column].iloc[rows], kind_of(dataset, dataset.column(one.column))
    missing = values.isna().to_numpy()
    if one.operator in (MISSING, GIVEN):
        return missing if one.operator == MISSING else ~missing
    compare = _COMPARED[one.operator]
    if kind in (Kind.NUMERIC, Kind.DATETIME):
        return np.asarray(compare(as_numbers(values, kind), _wanted(one, kind)) & ~missing)
    same = _same(values, one.value, kind) & ~missing
    return same if one.operator == "=" else np.asarray(~same & ~missing)


def _wanted(one: Comparison, kind: Kind) -> float:
    if kind is Kind.NUMERIC:
        number = one.number
        assert number is not None  # `require` has seen to it
        return number
    moment = as_time(one.value)
    assert moment is not None
    return float(np.datetime64(moment, "us").astype(np.int64))


def _same(values: pd.Series, value: str, kind: Kind) -> np.ndarray:
    if kind is Kind.BOOLEAN:
        flags = np.asarray(values.fillna(False), dtype=bool)
        return flags if TRUTH[value.lower()] else ~flags
    return np.asarray((values.astype("str") == value).fillna(False), dtype=bool)


def require(dataset: Dataset, task: Task, slices: Sequence[str], groups: Sequence[str]) -> None:
    """Refuse what these data have no answer to, before anything is trained.

    Raises:
        SpecError: names every such key.
    """
    asked = {f"evaluate.slices[{place}]": parse(text) for place, text in enumerate(slices)}
    wrong = [Problem(*told, key=key) for key, condition in asked.items() for told in _faults(condition, dataset)]
    for place, name in enumerate(groups):
        told = _absent(name, dataset) or _no_group(dataset.column(name), dataset, task)
        wrong += [Problem(*told, key=f"evaluate.groups[{place}]")] if told else []
    if not wrong and asked | dict.fromkeys(groups) and task.name == "forecast":
        key = f"evaluate.{'slices' if asked else 'groups'}"
        wrong = [
            Problem("neighbouring forecasts err alike, so that slices of them are not tested", "remove it", key=key)
        ]
    if wrong:
        raise SpecError.of(wrong)


def _faults(condition: NamedCondition, dataset: Dataset) -> list[Fault]:
    absent = [told for told in (_absent(name, dataset) for name in condition.columns) if told]
    if absent:
        return absent
    if condition.column is not None:
        told = _no_slices(dataset.column(condition.column), dataset)
        return [told] if told else []
    return [told for told in (_impossible(one, dataset) for one in condition.comparisons) if told]


def _absent(name: str, dataset: Dataset) -> Fault | None:
    names = tuple(one.name for one in dataset.columns)
    if name in names:
        return None
    hint = suggestion(name, names)
    fix = hint if hint.startswith("did you mean") else f"the columns are {listing(map(quoted, names), most=8)}"
    return f"there is no column {quoted(name)}", fix


def _no_slices(column: Column, dataset: Dataset) -> Fault | None:
    if column.sensitive:
        return f"{quoted(column.name)} {_HIDDEN}", _INSTEAD
    kind = kind_of(dataset, column)
    if kind not in KINDS:
        return f"{quoted(column.name)} is of kind {kind}, which has no levels", "name another column"
    return None


def _no_group(column: Column, dataset: Dataset, task: Task) -> Fault | None:
    if column.name in task.target_columns:
        return f"{quoted(column.name)} is what is predicted", "name the column of the groups"
    kind = kind_of(dataset, column)
    if kind not in KINDS:
        return f"{quoted(column.name)} is of kind {kind}, which has no groups", "name another column"
    return None


def _impossible(one: Comparison, dataset: Dataset) -> Fault | None:
    column = dataset.column(one.column)
    if column.sensitive:
        return f"{quoted(one.column)} {_HIDDEN}", _INSTEAD
    if one.operator in (MISSING, GIVEN):
        return None
    kind = kind_of(dataset, column)
    if kind not in KINDS:
        return (
            f"{quoted(one.column)} is of kind {kind}, which compares with nothing",
            f"write {MISSING}, or leave it out",
        )
    return unfit(one, kind) or (_no_level(one, dataset) if kind is Kind.CATEGORICAL else None)


def _no_level(one: Comparison, dataset: Dataset) -> Fault | None:
    counts = dataset.frame[one.column].astype("str").value_counts()
    if one.value in counts.index:
        return None
    levels = tuple(str(counts.index[place]) for place in frequent(counts.to_numpy()))
    hint = suggestion(one.value, levels) if levels else ""
    shown = f"its values are {listing(map(quoted, levels), most=6)}" if levels else "name another column"
    return f"no row has {quoted(one.value)} in {quoted(one.column)}", hint if hint.startswith("did you mean") else shown
