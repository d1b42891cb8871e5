"""Values that carry their own type, cell by cell, as a column of one type: of a workbook, of a database."""

from __future__ import annotations

import datetime as dt
import decimal
import numbers
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reportgen.loaders._words import MISSING, Meaning
from reportgen.text import listing, plural

#: Type of a value -> what it is; the word is the subject of remarks.
_GROUPS: dict[type, str] = {
    bool: "true or false",
    int: "numbers",
    float: "numbers",
    decimal.Decimal: "numbers",
    dt.date: "dates",
    dt.datetime: "dates",
    dt.time: "times",
    dt.timedelta: "durations",
    str: "words",
    bytes: "bytes",
}
_EXACT = 2.0**53


def groups(values: Sequence[Any]) -> dict[type, str]:
    """The types that the values have, missing ones apart, and what each is; what has no such word is "others"."""
    return {kind: _group(kind) for kind in set(map(type, values)) if kind is not type(None)}


def typed(values: Sequence[Any], missing: frozenset[str] = frozenset()) -> Meaning:
    """A column of one type: None is missing, and so is a word that spells it among numbers or dates.

    Numbers that are all whole become int64. Values of several types are spelled out as words, and the remark says so.

    Args:
        values: of the types bool, int, float, Decimal, date, datetime, time, timedelta, str, bytes or None.
        missing: further spellings of a missing value, of numbers as well as words.
    """
    if missing:
        values = [None if value is None or spelling(value) in missing else value for value in values]
    found = set(groups(values).values())
    remark = ""
    if "words" in found and len(found) == 2:
        gaps = [isinstance(value, str) and value.strip().lower() in MISSING for value in values]
        if sum(gaps) == sum(isinstance(value, str) for value in values):
            remark = f"words for missing in {plural(sum(gaps), 'row')}"
            values = [None if gap else value for value, gap in zip(values, gaps, strict=True)]
            found.discard("words")
    if len(found) > 1:
        return Meaning(pa.chunked_array([spelled_out(values)]), _mixture(values))
    return _of_one_group(values, found.pop() if found else "", remark)


def spelled_out(values: Sequence[Any]) -> pa.Array:
    """Every value as a word: whole floats without their `.0`, times in ISO form, true and false."""
    return pa.array([None if value is None else spelling(value) for value in values], pa.string())


def spelling(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _EXACT else repr(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _of_one_group(values: Sequence[Any], group: str, remark: str) -> Meaning:
    if group == "numbers":
        return _numbers(values, remark)
    if group == "dates" and any(type(value) is dt.datetime for value in values):
        values = [_at_midnight(value) for value in values]
    try:
        array = pa.array(values)
    except (pa.ArrowException, OverflowError, ValueError, TypeError):
        return Meaning(pa.chunked_array([spelled_out(values)]), f"{group} that a column cannot hold, kept as words")
    return Meaning(pa.chunked_array([array]), remark)


def _numbers(values: Sequence[Any], remark: str) -> Meaning:
    kinds = set(map(type, values))
    if decimal.Decimal in kinds and not kinds & {int, float}:
        try:
            return Meaning(pa.chunked_array([pa.array(values)]), remark)
        except (pa.ArrowException, ValueError, OverflowError):  # NaN, or more digits than Arrow has.
            pass
    if kinds <= {int, type(None)}:
        try:
            return Meaning(pa.chunked_array([pa.array(values, pa.int64())]), remark)
        except OverflowError:
            return Meaning(
                pa.chunked_array([spelled_out(values)]), "whole numbers beyond 64 bits, kept as they are spelled"
            )
    if any(type(value) is int and abs(value) > _EXACT for value in values):
        return Meaning(
            pa.chunked_array([spelled_out(values)]), "numbers that no one type holds, kept as they are spelled"
        )
    floats = pa.array([None if value is None else float(value) for value in values], pa.float64())
    return Meaning(pa.chunked_array([floats]), remark)


def whole(found: Meaning) -> Meaning:
    """Floats that are all whole numbers as int64: a workbook knows no other numbers."""
    values = found.values
    if not pa.types.is_floating(values.type) or values.null_count == len(values):
        return found
    if not pc.all(pc.equal(pc.round(values), values)).as_py():
        return found
    if pc.max(pc.abs(values)).as_py() >= _EXACT:
        what = "whole numbers of more than 15 digits, which a workbook rounds"
        return Meaning(values, "; ".join(filter(None, (what, found.remark))))
    return Meaning(values.cast(pa.int64()), found.remark)


def _group(kind: type) -> str:
    known = _GROUPS.get(kind)
    if known is None and issubclass(kind, numbers.Integral | decimal.Decimal):
        return "numbers"
    return known or "others"


def _at_midnight(value: Any) -> Any:
    return dt.datetime.combine(value, dt.time()) if type(value) is dt.date else value


def _mixture(values: Sequence[Any]) -> str:
    """`numbers in 12 rows and words in 3, row 17 the first of these, so read as words`."""
    members: dict[str, int] = {}
    first: dict[str, int] = {}
    for row, value in enumerate(values, start=1):
        if value is not None:
            group = _group(type(value))
            members[group] = members.get(group, 0) + 1
            first.setdefault(group, row)
    ranked = sorted(members, key=lambda group: (-members[group], first[group]))
    shown = listing(f"{group} in {plural(members[group], 'row')}" for group in ranked)
    return f"{shown}, row {first[ranked[1]]:,} the first of another type, so read as words"
