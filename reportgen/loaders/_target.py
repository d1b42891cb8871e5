"""What is to be predicted: the task, its labels in their order, and the target column made fit for it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from reportgen import registry
from reportgen.dataset import Kind, Task
from reportgen.errors import DataError, SpecError
from reportgen.loaders._encoding import counts, encode
from reportgen.loaders._kinds import Kinded, declare, is_whole, spelled
from reportgen.loaders._words import NUMBER
from reportgen.spec import Data, Forecast
from reportgen.text import listing, plural, quoted

_MOST_CLASSES = 1000
#: Whole numbers are taken for classes up to this many, when each has some members.
_FEW = 20
_MEMBERS = 5
#: Words of which so many are numbers were meant to be numbers, mistakes apart.
_MOSTLY = 0.9
_EXACT = 2.0**53
_POSITIVE = ("true", "yes", "1", "1.0", "+1", "positive", "pos", "y", "t")


@dataclass(frozen=True)
class Target:
    """The task and the target column: labels as words in a classification, float64 in a regression."""

    task: Task
    column: Kinded


def find_target(
    name: str, read: pa.ChunkedArray | pa.DictionaryArray, column: Kinded, data: Data, file: str, spec_file: str
) -> Target:
    """The task that the target's values and the experiment file name.

    Args:
        read: the target as it was read, so that labels keep their spelling.
        column: the target with its kind.

    Raises:
        DataError: the values do not fit the task, or no task fits them.
        SpecError: `data.positive` is not one of the labels, or the task has none.
    """
    if len(read) == read.null_count:
        raise DataError(
            f"the target {quoted(name)} has no value in any row", "name another column", file=file, key="data.target"
        )
    if column.kind in (Kind.DATETIME, Kind.IGNORE):
        held = "dates" if column.kind is Kind.DATETIME else "nested or binary values"
        what = f"the target {quoted(name)} holds {held}"
        raise DataError(what, "name a column of classes or numbers", file=file, key="data.target")
    if data.forecast is not None:
        return _forecast(name, column, data, data.forecast, file, spec_file)
    task, stated = (data.task, "declared in the experiment file") if data.task else _inferred(name, column, file)
    if task == "regression":
        return _regression(name, column, data, stated, file, spec_file)
    return _classification(name, read, task, data, stated, file, spec_file)


def natural_order(labels: list[str]) -> list[str]:
    """Labels that are all numbers by size, others by spelling."""
    try:
        return sorted(labels, key=lambda label: (float(label), label))
    except ValueError:
        return sorted(labels)


def _inferred(name: str, column: Kinded, file: str) -> tuple[str, str]:
    is_coded = isinstance(column.values, pa.DictionaryArray)
    values = column.values if is_coded else column.values.drop_null()
    count = len(values.dictionary) if is_coded else pc.count_distinct(values).as_py()
    if column.kind is Kind.NUMERIC:
        if pa.types.is_floating(values.type) and not is_whole(values):
            return "regression", "the target holds numbers with fractions"
        if count > _FEW or (count > 2 and count * _MEMBERS > len(values)):
            return "regression", f"the target holds {count:,} different numbers"
    elif _mostly_numbers(values) and count > _FEW:
        declare(name, column.values, Kind.NUMERIC, file)
    elif count == len(values) - values.null_count and count > 2:
        what = f"the target {quoted(name)} has a different word in every row"
        raise DataError(what, "name a column whose values repeat, or one of numbers", file=file, key="data.target")
    if count == 2:
        return "binary", "the target has two different values"
    return "multiclass", f"the target has {count:,} different values"


def _mostly_numbers(values: pa.ChunkedArray | pa.DictionaryArray) -> bool:
    if not isinstance(values, pa.DictionaryArray):
        return False
    numbers = pc.match_substring_regex(values.dictionary, NUMBER).to_numpy(zero_copy_only=False)
    return bool(counts(values)[numbers].sum() >= _MOSTLY * (len(values) - values.null_count))


def _regression(name: str, column: Kinded, data: Data, stated: str, file: str, spec_file: str) -> Target:
    if data.positive is not None:
        raise SpecError("a regression has no positive label", "leave it out", file=spec_file, key="data.positive")
    numbers = declare(name, column.values, Kind.NUMERIC, file).values
    floats = numbers.cast(pa.float64(), safe=False)
    rounded = pa.types.is_integer(numbers.type) and pc.any(pc.greater_equal(pc.abs(floats), _EXACT)).as_py()
    reason = "the target, a number" + ("; whole numbers of more than 15 digits are rounded" if rounded else "")
    return Target(Task("regression", name, (), stated), Kinded(floats, Kind.NUMERIC, reason))


def _forecast(name: str, column: Kinded, data: Data, wish: Forecast, file: str, spec_file: str) -> Target:
    stated = f"the experiment file asks for forecasts of {plural(wish.horizon, 'step')}"
    found = _regression(name, column, data, stated, file, spec_file)
    return replace(found, task=replace(found.task, name="forecast", time=wish.time, season=wish.season))


def _classification(
    name: str,
    read: pa.ChunkedArray | pa.DictionaryArray,
    task: str,
    data: Data,
    stated: str,
    file: str,
    spec_file: str,
) -> Target:
    words = encode(spelled(read))
    members = dict(zip(words.dictionary.to_pylist(), counts(words).tolist(), strict=True))
    labels = natural_order(list(members))
    _check_labels(name, labels, len(words) - words.null_count, task, file)
    if task == "binary":
        positive, why = _positive(labels, members, data, spec_file)
        labels = [*(label for label in labels if label != positive), positive]
        stated = f"{stated}; {quoted(positive)} counts as positive, {why}"
    elif data.positive is not None:
        raise SpecError("only a binary task has a positive label", "leave it out", file=spec_file, key="data.positive")
    reason = f"the target, {plural(len(labels), 'class', 'classes')}"
    return Target(Task(task, name, tuple(labels), stated), Kinded(words, Kind.CATEGORICAL, reason))


def _check_labels(name: str, labels: list[str], n_rows: int, task: str, file: str) -> None:
    target = f"the target {quoted(name)}"
    if len(labels) == 1:
        what, fix = f"{target} is {quoted(labels[0])} in every row", "add rows of another class, or name another target"
    elif task == "binary" and len(labels) > 2:
        what = (
            f"{target} has {len(labels):,} different values ({listing(map(quoted, labels), most=3)}), a binary task two"
        )
        fix = "set data.task: multiclass, or mend the values"
    elif len(labels) > _MOST_CLASSES:
        what = f"{target} has {len(labels):,} classes, more than {_MOST_CLASSES:,}"
        fix = "name another target" + (", or set data.task: regression" if _numeric(labels) else "")
    elif len(labels) == n_rows and n_rows > 2:
        what, fix = f"{target} has a class of its own in every row", "name a target whose values repeat"
    else:
        return
    raise DataError(what, fix, file=file, key="data.target")


def _numeric(labels: list[str]) -> bool:
    return bool(pc.all(pc.match_substring_regex(pa.array(labels), NUMBER)).as_py())


def _positive(labels: list[str], members: dict[str, int], data: Data, spec_file: str) -> tuple[str, str]:
    if data.positive is not None:
        for label in labels:
            if _same(label, data.positive):
                return label, "as declared"
        what = f"{quoted(data.positive)} is not one of the labels {listing(map(quoted, labels))}"
        fix = registry.suggestion(str(data.positive), tuple(labels))
        raise SpecError(what, fix, file=spec_file, key="data.positive")
    usual = [label for label in labels if label.strip().lower() in _POSITIVE]
    if len(usual) == 1:
        return usual[0], "by its name"
    if members[labels[0]] != members[labels[1]]:
        return min(labels, key=lambda label: members[label]), "as the rarer of the two"
    return labels[1], "as the second of two equally frequent ones"


def _same(label: str, declared: str | float | bool) -> bool:
    if isinstance(declared, bool):
        return label.strip().lower() in (("true", "yes", "1") if declared else ("false", "no", "0"))
    if isinstance(declared, str):
        return label == declared
    try:
        return float(label) == declared
    except ValueError:
        return False
