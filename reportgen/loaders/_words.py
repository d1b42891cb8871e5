"""What a column of words means: numbers or dates with some other spelling of missing, or words after all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reportgen.dataset import Kind
from reportgen.loaders._encoding import counts, encode, first_of, spread
from reportgen.text import listing, plural, quoted

#: Spellings of a missing value, in lower case: believed in a column of numbers or dates, never in one of words.
MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "?", "-", "--", "."})
TRUE, FALSE = frozenset({"true", "yes"}), frozenset({"false", "no"})

#: A number without a leading zero that would make it a code.
NUMBER = r"^[+-]?(?:(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?|(?i:inf|infinity))$"
_NUMBER_COMMA = NUMBER.replace(r"\.", ",")
_WHOLE = r"^[+-]?[0-9]{1,18}$"
_CODE = r"^[+-]?0[0-9]"
_ISO_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)?$"
_ZONED_DATE = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(?:Z|[+-][0-9]{2}:?[0-9]{2})$"
_CLOCK = r"(?:[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)?$"
_YEAR_FIRST = r"^[0-9]{4}(?:-[0-9]{1,2}-|/[0-9]{1,2}/|\.[0-9]{1,2}\.)[0-9]{1,2}" + _CLOCK
_YEAR_LAST = r"^(?P<first>[0-9]{1,2})(?P<mark>[/.-])(?P<second>[0-9]{1,2})(?P<again>[/.-])(?P<year>[0-9]{4})" + _CLOCK
#: What turns the two above into ISO dates, one after the other; RE2 takes the first digit alone as a group's number.
_YEAR_FIRST_TO_ISO = ((r"^([0-9]{4})[/.]([0-9]{1,2})[/.]", r"\1-\2-"),)
_PARTS = r"^([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})"
_PADDED = (
    (r"^([0-9]{4})-([0-9])-", r"\1-0\2-"),
    (r"^([0-9]{4}-[0-9]{2})-([0-9])($|[T ])", r"\1-0\2\3"),
    (r"^([0-9-]{10}[T ])([0-9]):", r"\10\2:"),
)
_THOUSANDS = r"^[+-]?[0-9]{1,3}(,[0-9]{3})*$"
_ZONES = "times of which some have a zone and some have none"
_COMMA = "look like numbers with a decimal comma: set data.options.decimal"
#: A column is taken for numbers with mistakes when this share of its rows are numbers.
_MOSTLY = 0.9
_SAMPLE = 200


@dataclass(frozen=True)
class Meaning:
    """The values, converted or as they were; why; and the kind where these words settle it."""

    values: pa.ChunkedArray | pa.DictionaryArray
    remark: str = ""
    kind: Kind | None = None


@dataclass(frozen=True)
class _Reading:
    """What distinct words mean: one converted value a word, None where they stay words."""

    words: pa.Array | None = None
    remark: str = ""
    kind: Kind | None = None


def meaning(values: pa.ChunkedArray | pa.DictionaryArray, decimal: str | None = ".") -> Meaning:
    """Numbers or dates where every value is one or a spelling of missing; else the words, with a remark on their look.

    Args:
        values: words, plain or as `_encoding.encode` gives them.
        decimal: with "," numbers are written `1,5`; with None they are where nothing speaks against it.
    """
    encoded = encode(values)
    found = _meaning(encoded.dictionary, encoded, decimal)
    return Meaning(values if found.words is None else spread(found.words, encoded), found.remark, found.kind)


def _meaning(words: pa.Array, encoded: pa.DictionaryArray, decimal: str | None) -> _Reading:
    sample = pc.utf8_trim_whitespace(words.slice(0, _SAMPLE))
    sample = sample.filter(pc.invert(is_missing_word(sample)))
    if decimal == "," and _share(sample, _NUMBER_COMMA) >= 0.5:
        return _meaning(pc.replace_substring(words, ",", "."), encoded, ".")
    if decimal is None and _share(sample, _NUMBER_COMMA) == 1.0 and _share(sample, NUMBER) < 1.0:
        return _comma_numbers(words, encoded, sample)
    for pattern, convert in (
        (NUMBER, _numbers),
        (_ISO_DATE, _iso_dates),
        (_YEAR_FIRST, _year_first),
        (_YEAR_LAST, _year_last),
    ):
        if _share(sample, pattern) >= 0.5:
            return convert(words, encoded)
    if _share(sample, _ZONED_DATE) >= 0.5:
        return _Reading(None, _ZONES, Kind.CATEGORICAL)
    if _share(sample, _CODE) > 0:
        return _Reading(None, "codes with leading zeros, kept as they are spelled")
    if _share(sample, _NUMBER_COMMA) >= _MOSTLY:
        return _Reading(None, _COMMA, Kind.CATEGORICAL)
    return _Reading()


def to_numbers(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """int64 where every value is a whole number of up to 18 digits, else float64."""
    values = pc.replace_substring_regex(pc.utf8_trim_whitespace(values), r"^\+", "")
    whole = pc.all(pc.match_substring_regex(values, _WHOLE)).as_py()
    return values.cast(pa.int64() if whole and len(values) > values.null_count else pa.float64())


def without(values: pa.ChunkedArray, words: pa.Array) -> pa.ChunkedArray:
    """The values with every one of `words` missing."""
    if len(words) == 0:
        return values
    return pc.if_else(pc.is_in(values, value_set=words.cast(values.type)), pa.scalar(None, values.type), values)


def is_missing_word(words: pa.Array) -> pa.Array:
    """Which of the words are conventional spellings of a missing value."""
    plain = pc.utf8_lower(pc.utf8_trim_whitespace(words))
    return pc.is_in(plain, value_set=pa.array(sorted(MISSING), plain.type))


def is_boolean(words: pa.Array) -> bool:
    """Whether distinct words are true and false, or yes and no, in any mixture of upper and lower case."""
    if not 0 < len(words) <= 8:
        return False
    plain = set(pc.utf8_lower(pc.utf8_trim_whitespace(words)).to_pylist())
    return plain <= TRUE | FALSE


def _share(words: pa.Array, pattern: str) -> float:
    return pc.mean(pc.match_substring_regex(words, pattern)).as_py() if len(words) else 0.0


def _numbers(words: pa.Array, encoded: pa.DictionaryArray) -> _Reading:
    trimmed = pc.utf8_trim_whitespace(words)
    if pc.any(pc.match_substring_regex(trimmed, _CODE)).as_py():
        return _Reading(None, "codes with leading zeros, kept as they are spelled")
    other = pc.invert(pc.match_substring_regex(trimmed, NUMBER))
    missing = pc.and_(other, is_missing_word(words))
    strange = pc.and_not(other, missing)
    if pc.any(strange).as_py():
        rows = _n_rows(strange, encoded)
        if rows > (1 - _MOSTLY) * (len(encoded) - encoded.null_count):
            return _Reading()
        what = f"numbers but for {_where(strange, encoded, rows)}, so read as words"
        return _Reading(None, what, Kind.CATEGORICAL)
    if pc.any(pc.match_substring_regex(trimmed, r"^[+-]?[0-9]{19,}$")).as_py():
        return _Reading(None, "whole numbers beyond 64 bits, kept as they are spelled")
    if _would_round(trimmed.filter(pc.invert(missing))):
        what = "whole numbers beyond what a float holds, beside fractions, kept as they are spelled"
        return _Reading(None, what, Kind.CATEGORICAL)
    return _Reading(to_numbers(_but(words, missing)), _gaps(words, missing, encoded))


def _comma_numbers(words: pa.Array, encoded: pa.DictionaryArray, sample: pa.Array) -> _Reading:
    """Numbers with a decimal comma, unless every one could as well be whole with a comma between thousands."""
    if _share(sample, _THOUSANDS) == 1.0:
        return _Reading(None, _COMMA, Kind.CATEGORICAL)
    found = _meaning(pc.replace_substring(words, ",", "."), encoded, ".")
    if found.words is None:
        return _Reading(None, _COMMA, Kind.CATEGORICAL)
    return _Reading(found.words, _joined("written with a decimal comma", found.remark))


def _iso_dates(words: pa.Array, encoded: pa.DictionaryArray) -> _Reading:
    other = pc.invert(pc.match_substring_regex(pc.utf8_trim_whitespace(words), _ISO_DATE))
    missing = pc.and_(other, is_missing_word(words))
    strange = pc.and_not(other, missing)
    if pc.any(strange).as_py():
        if _share(pc.utf8_trim_whitespace(words.filter(strange)), _YEAR_FIRST) == 1.0:
            return _year_first(words, encoded)
        if _share(words.filter(strange), _ZONED_DATE) == 1.0:
            return _Reading(None, _ZONES, Kind.CATEGORICAL)
        what = f"dates but for {_where(strange, encoded, _n_rows(strange, encoded))}, so read as words"
        return _Reading(None, what, Kind.CATEGORICAL)
    dates = pc.utf8_trim_whitespace(_but(words, missing))
    for unit in ("s", "ms", "us", "ns"):
        try:
            return _Reading(dates.cast(pa.timestamp(unit)), _gaps(words, missing, encoded))
        except pa.ArrowInvalid:
            continue
    return _Reading(None, "look like dates, but one is not in the calendar", Kind.CATEGORICAL)


def _year_first(words: pa.Array, encoded: pa.DictionaryArray) -> _Reading:
    """Dates such as 2012/1/31, which nobody writes with the day in the middle."""
    return _iso_dates(_as_iso(words, _YEAR_FIRST_TO_ISO), encoded)


def _year_last(words: pa.Array, encoded: pa.DictionaryArray) -> _Reading:
    """Dates with the year last: believed where some value shows which number is the day."""
    trimmed = pc.utf8_trim_whitespace(words)
    other = pc.invert(pc.match_substring_regex(trimmed, _YEAR_LAST))
    parts = pc.extract_regex(trimmed.filter(pc.invert(other)), _YEAR_LAST)
    first, second = (pc.max(parts.field(name).cast(pa.int64())).as_py() for name in ("first", "second"))
    marks = pc.unique(pc.binary_join_element_wise(parts.field("mark"), parts.field("again"), ""))
    strange = pc.and_not(other, is_missing_word(words))
    if pc.any(strange).as_py() or len(marks) > 1 or len(set(marks[0].as_py())) > 1 or (first > 12 and second > 12):
        return _Reading(None, "dates in more than one spelling, so read as words", Kind.CATEGORICAL)
    if first <= 12 and second <= 12:
        return _Reading(None, "dates whose day and month cannot be told apart", Kind.CATEGORICAL)
    found = _iso_dates(_as_iso(words, ((_PARTS, r"\3-\2-\1" if first > 12 else r"\3-\1-\2"),)), encoded)
    remark = f"written with the {'day' if first > 12 else 'month'} first"
    return found if found.words is None else _Reading(found.words, _joined(remark, found.remark))


def _as_iso(words: pa.Array, order: Sequence[tuple[str, str]]) -> pa.Array:
    """Dates with their parts in the order of ISO 8601, and with all its digits."""
    found = pc.utf8_trim_whitespace(words)
    for pattern, replacement in (*order, *_PADDED):
        found = pc.replace_substring_regex(found, pattern, replacement)
    return found


def _joined(*remarks: str) -> str:
    return "; ".join(filter(None, remarks))


def _would_round(trimmed: pa.Array) -> bool:
    """Whether some words are whole numbers that change as floats, and others are no whole numbers."""
    is_whole = pc.match_substring_regex(trimmed, _WHOLE)
    if pc.all(is_whole).as_py():
        return False
    try:
        trimmed.filter(is_whole).cast(pa.int64()).cast(pa.float64())
    except pa.ArrowInvalid:
        return True
    return False


def _but(words: pa.Array, missing: pa.Array) -> pa.Array:
    return pc.if_else(missing, pa.scalar(None, words.type), words) if pc.any(missing).as_py() else words


def _n_rows(chosen: pa.Array, encoded: pa.DictionaryArray) -> int:
    """The rows that hold one of the chosen words."""
    return int(counts(encoded)[chosen.to_numpy(zero_copy_only=False)].sum())


def _where(strange: pa.Array, encoded: pa.DictionaryArray, count: int) -> str:
    """The rows that hold strange words, by number: the words themselves may be private."""
    first = first_of(encoded, np.flatnonzero(strange.to_numpy(zero_copy_only=False))) + 1
    return f"row {first:,}" if count == 1 else f"{count:,} rows, row {first:,} the first"


def _gaps(words: pa.Array, missing: pa.Array, encoded: pa.DictionaryArray) -> str:
    spellings = sorted(words.filter(missing).to_pylist())
    if not spellings:
        return ""
    rows = _n_rows(missing, encoded)
    return f"{listing(map(quoted, spellings))} in {plural(rows, 'row')} read as missing"


def to_booleans(values: pa.ChunkedArray) -> pa.ChunkedArray:
    """Booleans of words for which `is_boolean` holds; missing stays missing."""
    yes = pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(values)), value_set=pa.array(sorted(TRUE)))
    return pc.if_else(values.is_valid(), yes, pa.scalar(None, pa.bool_()))
