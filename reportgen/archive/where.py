"""Choosing entries by conditions: `metrics.test.f1 > 0.9 and params.train.epochs = 20`; see `reportgen.conditions`."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import fields

from reportgen.archive.entry import Entry
from reportgen.archive.settings import Setting
from reportgen.conditions import GIVEN, MISSING, Comparison, ConditionError, as_number, as_time, parse
from reportgen.errors import UsageError
from reportgen.registry import suggestion
from reportgen.text import quoted

_ORDERS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_PLAIN = tuple(field.name for field in fields(Entry) if field.name not in ("metrics", "params"))


def chosen(entries: Sequence[Entry], condition: str) -> list[Entry]:
    """The entries for which a condition holds; one that lacks the value is left out.

    Raises:
        UsageError: the condition cannot be read, or names what no entry has.
    """
    try:
        parsed = parse(condition)
    except ConditionError as error:
        raise UsageError(f"--where: {error.what.replace('slice', 'condition')}", "write test.f1 > 0.9") from error
    if not parsed.comparisons:
        raise UsageError(f"--where: {quoted(condition)} compares nothing", "write test.f1 > 0.9")
    for name in parsed.columns:
        require(entries, name)
    return [entry for entry in entries if all(_holds(entry, one) for one in parsed.comparisons)]


def require(entries: Sequence[Entry], name: str) -> None:
    """Raise UsageError where there are entries, and none of them can have a value of that name."""
    known = {known for entry in entries for known in (*entry.metrics, *entry.params)} | set(_PLAIN)
    if entries and _bare(name) not in known:
        raise UsageError(f"no report has {quoted(name)}", suggestion(_bare(name), tuple(sorted(known))))


def value(entry: Entry, name: str) -> Setting:
    """The value of a metric, a parameter or a field of the entry; None where it has none."""
    bare = _bare(name)
    if bare in entry.metrics and not name.startswith("params."):
        return entry.metrics[bare]
    if bare in entry.params and not name.startswith("metrics."):
        return entry.params[bare]
    found: Setting = getattr(entry, name) if name in _PLAIN else None
    return found


def _bare(name: str) -> str:
    return name.removeprefix("metrics.").removeprefix("params.")


def _holds(entry: Entry, one: Comparison) -> bool:
    found = value(entry, one.column)
    if one.operator in (MISSING, GIVEN):
        return (found in (None, "")) == (one.operator == MISSING)
    if found is None:
        return False
    if one.operator in _ORDERS:
        return _in_order(found, one)
    return _is_equal(found, one) == (one.operator == "=")


def _in_order(found: Setting, one: Comparison) -> bool:
    """Numbers as numbers, dates as dates; what is neither has no order."""
    compare, limit = _ORDERS[one.operator], one.number
    number = as_number(str(found))
    if limit is not None and number is not None:
        return bool(compare(number, limit))
    moment, until = as_time(str(found)), as_time(one.value)
    return moment is not None and until is not None and bool(compare(moment, until))


def _is_equal(found: Setting, one: Comparison) -> bool:
    number = as_number(str(found))
    if one.number is not None and number is not None:
        return number == one.number
    return str(found).casefold() == one.value.casefold()


def in_order(entries: Sequence[Entry], name: str) -> list[Entry]:
    """The entries by a value: numbers before texts, those that lack it last."""
    return sorted(entries, key=lambda entry: _rank(value(entry, name)))


def _rank(found: Setting) -> tuple[int, float, str]:
    if found in (None, ""):
        return 2, 0.0, ""
    return (0, float(found), "") if isinstance(found, (int, float)) else (1, 0.0, str(found).casefold())
