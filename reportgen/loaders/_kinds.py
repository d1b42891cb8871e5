"""The kind of each column, found in its values and stated, or taken from the experiment file and enforced."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reportgen.dataset import Kind
from reportgen.errors import DataError
from reportgen.loaders._encoding import encode, first_of, is_words, spread
from reportgen.loaders._words import is_boolean, is_missing_word, meaning, to_booleans, to_numbers, without
from reportgen.text import quoted, shorten

#: Fewer rows than this prove nothing by being all different.
_ENOUGH = 20
_ID_NAME = re.compile(
    r"(^|[ _.-])(ids?|uuid|guid|rowid|rownames?|row[ _.-]?(number|nr|no)?|index|idx)$"
    r"|^unnamed: 0$|^column 1$|^__index_level_\d+__$",
    re.IGNORECASE,
)
_CAMEL_ID = re.compile(r"[a-z](Id|ID)$")
#: Words in a value from which a column is a text.
_WORDS = 4.0
_LONG = 50.0
#: Distinct words whose lengths are looked at, evenly spread.
_SHOWN = 10_000
_ANY_NUMBER = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?$|^[+-]?(?i:inf|infinity)$"


@dataclass(frozen=True)
class Kinded:
    """A column's values, in the Arrow type that suits the kind, words encoded; and the reason for the kind."""

    values: pa.ChunkedArray | pa.DictionaryArray
    kind: Kind
    reason: str


def infer(
    name: str, values: pa.ChunkedArray | pa.DictionaryArray, remark: str = "", hint: Kind | None = None
) -> Kinded:
    """The kind that the values show.

    Args:
        values: one of the types of `_arrow.plain`, or encoded words.
        remark: what the loader already knows, added to the reason.
        hint: the kind that the loader already knows.
    """
    if hint is Kind.IMAGE:
        return Kinded(values, hint, remark or "images")
    found = _KINDS.get(values.type.id, _words)(name, values)
    if hint is not None:
        return Kinded(values, hint, remark or found.reason)
    return Kinded(found.values, found.kind, "; ".join(filter(None, (found.reason, remark))))


def declare(
    name: str, values: pa.ChunkedArray | pa.DictionaryArray, kind: Kind, file: str, sensitive: bool = False
) -> Kinded:
    """The values as the kind that the experiment file gives the column.

    Raises:
        DataError: a value is none of that kind; names its row, counted from 1 below the names.
    """
    words = values.dictionary if isinstance(values, pa.DictionaryArray) else values
    converted = _CONVERSIONS[kind](words)
    if isinstance(converted, int):
        value = "the value" if sensitive else quoted(words[converted].as_py())
        row = converted if words is values else first_of(values, np.array([converted]))
        what = f"column {quoted(name)}, row {row + 1:,}: {value} is not {_A[kind]}"
        raise DataError(what, _REMEDIES[kind], file=file, key=f"data.columns.{shorten(name, 60)}")
    if words is not values:
        converted = values if converted is words else spread(converted, values)
    return Kinded(converted, kind, "declared in the experiment file")


def spelled(values: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray | pa.Array:
    """The values as words: whole floats without their `.0`, times in ISO form, true and false."""
    if is_words(values.type):
        return values
    if pa.types.is_dictionary(values.type):
        values = values.cast(values.type.value_type)
    if pa.types.is_floating(values.type) and is_whole(values):
        values = values.cast(pa.int64())
    return values.cast(pa.string())


def is_whole(values: pa.ChunkedArray) -> bool:
    """Whether floats are whole numbers that a float holds exactly; a missing value does not count."""
    values = values.drop_null()
    fits = pc.and_(pc.equal(pc.round(values), values), pc.less(pc.abs(values), 2.0**53))
    return bool(pc.all(fits).as_py())


def first_row(mask: pa.ChunkedArray | pa.Array) -> int | None:
    """The position of the first true value."""
    at = pc.index(mask, True).as_py()
    return None if at < 0 else int(at)


def _is_id_name(name: str) -> bool:
    return bool(_ID_NAME.search(name) or _CAMEL_ID.search(name))


def _all_differ(values: pa.ChunkedArray) -> bool:
    """Whether every row has a whole number of its own."""
    if len(values) < _ENOUGH or values.null_count:
        return False
    numbers = values.to_numpy()
    if (numbers[1:] > numbers[:-1]).all():  # Most ids rise, which takes no sorting to see.
        return True
    ordered = np.sort(numbers)
    return bool((ordered[1:] != ordered[:-1]).all())


def _nothing(_name: str, values: pa.ChunkedArray) -> Kinded:
    return Kinded(values.cast(pa.float64()), Kind.NUMERIC, "no value in any row")


def _numbers(name: str, values: pa.ChunkedArray) -> Kinded:
    whole = pa.types.is_integer(values.type)
    if whole and _is_id_name(name) and _all_differ(values):
        return Kinded(values, Kind.ID, "a whole number of its own in every row, and a name that says so")
    return Kinded(values, Kind.NUMERIC, "whole numbers" if whole else "numbers")


def _boolean(_name: str, values: pa.ChunkedArray) -> Kinded:
    return Kinded(values, Kind.BOOLEAN, "true or false")


def _dates(_name: str, values: pa.ChunkedArray) -> Kinded:
    return Kinded(values, Kind.DATETIME, "dates")


def _words(_name: str, values: pa.ChunkedArray | pa.DictionaryArray) -> Kinded:
    encoded = encode(values)
    words = encoded.dictionary
    if len(words) == 0:
        return Kinded(pa.chunked_array([pa.nulls(len(values), pa.float64())]), Kind.NUMERIC, "no value in any row")
    if is_boolean(words):
        reason = f"words for true and false, such as {quoted(words[0].as_py())}"
        return Kinded(spread(to_booleans(words), encoded), Kind.BOOLEAN, reason)
    n_rows = len(encoded) - encoded.null_count
    shown = words.take(pa.array(np.arange(0, len(words), 1 + len(words) // _SHOWN)))
    mean_words = 1 + pc.mean(pc.count_substring(pc.utf8_trim_whitespace(shown), " ")).as_py()
    is_long = pc.mean(pc.utf8_length(shown)).as_py() > _LONG and mean_words > 1
    if len(words) > 0.5 * n_rows and (is_long or mean_words >= _WORDS):
        of = f" (of {len(shown):,} of them)" if len(shown) < len(words) else ""
        return Kinded(encoded, Kind.TEXT, f"{mean_words:.0f} words in a value on average{of}, {_levels(words)}")
    if len(words) == n_rows and n_rows >= _ENOUGH:
        return Kinded(encoded, Kind.ID, "a different word in every row")
    return Kinded(encoded, Kind.CATEGORICAL, f"words, {_levels(words)}")


def _levels(words: pa.Array) -> str:
    return "all alike" if len(words) == 1 else f"{len(words):,} different ones"


def _as_numbers(values: pa.ChunkedArray) -> pa.ChunkedArray | int:
    if pa.types.is_boolean(values.type):
        return values.cast(pa.int64())
    if is_words(values.type):
        words = pc.unique(values)
        values = without(values, words.filter(is_missing_word(words)))
        bad = first_row(pc.invert(pc.match_substring_regex(pc.utf8_trim_whitespace(values), _ANY_NUMBER)))
        return to_numbers(values) if bad is None else bad
    if pa.types.is_timestamp(values.type):
        return first_row(values.is_valid()) or 0
    return values


def _as_booleans(values: pa.ChunkedArray) -> pa.ChunkedArray | int:
    if pa.types.is_boolean(values.type):
        return values
    plain = pc.utf8_lower(pc.utf8_trim_whitespace(spelled(values)))
    yes = pc.is_in(plain, value_set=pa.array(["true", "yes", "1", "t", "y"]))
    no = pc.is_in(plain, value_set=pa.array(["false", "no", "0", "f", "n"]))
    bad = first_row(pc.and_(values.is_valid(), pc.invert(pc.or_(yes, no))))
    return pc.if_else(values.is_valid(), yes, pa.scalar(None, pa.bool_())) if bad is None else bad


def _as_dates(values: pa.ChunkedArray) -> pa.ChunkedArray | int:
    if pa.types.is_timestamp(values.type):
        return values
    if is_words(values.type):
        found = _read_as_dates(values)
        if pa.types.is_timestamp(found.type):
            return found
        bad = first_row(pc.invert(pc.match_substring_regex(values, r"^\s*[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}")))
        return bad if bad is not None else _first_off_calendar(values)
    return first_row(values.is_valid()) or 0


def _read_as_dates(values: pa.ChunkedArray | pa.Array) -> pa.ChunkedArray:
    return meaning(pa.chunked_array([values]) if isinstance(values, pa.Array) else values).values


def _first_off_calendar(values: pa.ChunkedArray | pa.Array) -> int:
    """The position of the first date that is none, among dates with the year first."""
    return bisect_left(
        range(len(values) - 1), True, key=lambda row: not pa.types.is_timestamp(_read_as_dates(values[: row + 1]).type)
    )


def _as_is(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return values


_KINDS: dict[int, Callable[[str, pa.ChunkedArray], Kinded]] = {
    pa.null().id: _nothing,
    pa.int64().id: _numbers,
    pa.float64().id: _numbers,
    pa.bool_().id: _boolean,
    pa.timestamp("s").id: _dates,
}
_CONVERSIONS: dict[Kind, Callable[[pa.ChunkedArray], pa.ChunkedArray | int]] = {
    Kind.NUMERIC: _as_numbers,
    Kind.BOOLEAN: _as_booleans,
    Kind.DATETIME: _as_dates,
    Kind.CATEGORICAL: spelled,
    Kind.TEXT: spelled,
    Kind.ID: spelled,
    Kind.IMAGE: spelled,
    Kind.IMAGE: spelled,
    Kind.IGNORE: _as_is,
}
_A = {
    Kind.NUMERIC: "a number",
    Kind.BOOLEAN: "true or false",
    Kind.DATETIME: "a date that can be read without guessing",
}
_REMEDIES = {
    Kind.NUMERIC: "mend the value, or name it in data.options.missing if it stands for none",
    Kind.BOOLEAN: "write true and false, yes and no, or 1 and 0; or declare the column categorical",
    Kind.DATETIME: "write dates as 2021-04-30, all in one way; or declare the column categorical",
}
