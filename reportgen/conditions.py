"""The named slices of `evaluate.slices`: columns, and conditions on the values of rows, parsed and never run as code.

slice      = name | condition
condition  = comparison { "and" comparison }
comparison = name ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) value | name "is" ["not"] "missing"
name       = words or quoted                  value = words or quoted
quoted     = "`" … "`" | '"' … '"'            the quote itself is written twice

Words are what stands between spaces, operators and quotes; several make one name with single spaces, as in
`mean radius > 15`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from reportgen.text import quoted

MISSING, GIVEN = "is missing", "is not missing"
ORDERS: tuple[str, ...] = ("<", "<=", ">", ">=")
OPERATORS: tuple[str, ...] = ("=", "!=", *ORDERS)
#: What stands for true and false in a column of truth values.
TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
#: What cannot be, and how to mend it.
Fault = tuple[str, str]
_LONGEST, _MOST_COMPARISONS = 500, 8
_TOKEN = re.compile(
    r'\s*(?:(?P<operator>[<>=!]+)|`(?P<back>(?:[^`]|``)*)`|"(?P<double>(?:[^"]|"")*)"|(?P<word>[^\s<>=!`"]+))'
)
_SAYS = "write a column, or a comparison such as age >= 60; names with odd characters go between backquotes"


class ConditionError(ValueError):
    """A slice that cannot be read: what is wrong, and how to mend it."""

    def __init__(self, what: str, fix: str) -> None:
        super().__init__(what)
        self.what, self.fix = what, fix


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a row's value of one column must be; `value` is "" for `is missing` and `is not missing`."""

    column: str
    operator: str
    value: str = ""

    @property
    def number(self) -> float | None:
        """The value as a finite number, or None."""
        return as_number(self.value)

    @property
    def is_order(self) -> bool:
        return self.operator in ORDERS

    def __str__(self) -> str:
        value = f" {_written(self.value)}" if self.operator in OPERATORS else ""
        return f"{_written(self.column)} {self.operator}{value}"


@dataclass(frozen=True, slots=True)
class NamedCondition:
    """A slice as the experiment file names it: one column alone, or comparisons that must all hold."""

    column: str | None
    comparisons: tuple[Comparison, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column it names, each once."""
        named = (self.column,) if self.column is not None else tuple(one.column for one in self.comparisons)
        return tuple(dict.fromkeys(named))

    def __str__(self) -> str:
        return _written(self.column) if self.column is not None else " and ".join(map(str, self.comparisons))


def parse(text: str) -> NamedCondition:
    """The slice that a text names.

    Raises:
        ConditionError: the text does not follow the grammar, or orders values that have no order.
    """
    if len(text) > _LONGEST:
        raise ConditionError(f"a slice of more than {_LONGEST} characters", "shorten it")
    tokens = list(_tokens(text))
    if not tokens:
        raise ConditionError("an empty slice", _SAYS)
    if all(token.kind != "operator" for token in tokens) and not _is_missing(tokens):
        return NamedCondition(_name(tokens, text))
    parts = list(_parts(tokens))
    if len(parts) > _MOST_COMPARISONS:
        raise ConditionError(f"a slice of more than {_MOST_COMPARISONS} comparisons", "leave some out")
    return NamedCondition(None, tuple(_comparison(part, text) for part in parts))


def as_number(text: str) -> float | None:
    """A finite number as Python writes it, without underscores; else None."""
    try:
        number = float(text) if "_" not in text else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def as_time(text: str) -> datetime | None:
    """A date or a time in ISO 8601, or None; one with a zone as UTC without it."""
    try:
        found = datetime.fromisoformat(text)
        offset = found.utcoffset()
        return found if offset is None else found.replace(tzinfo=None) - offset
    except (ValueError, OverflowError):
        return None


def unfit(one: Comparison, kind: str) -> Fault | None:
    """Why a column of this kind (see `dataset.Kind`) cannot be so compared; None where it can."""
    name, value = quoted(one.column), quoted(one.value)
    if one.operator in (MISSING, GIVEN):
        return None
    if kind in ("text", "image", "id"):
        return f"{name} is of kind {kind}, which compares with nothing", f"write {MISSING}, or leave it out"
    if one.is_order and kind in ("categorical", "boolean"):
        return f"{name} is {kind}, and its values have no order", "compare with = or !="
    if kind == "numeric" and one.number is None:
        return f"{name} is numeric, and {value} is no number", "give a number"
    if kind == "datetime" and as_time(one.value) is None:
        return f"{name} holds dates, and {value} is none", "write a date such as 2024-12-31"
    if kind == "boolean" and one.value.lower() not in TRUTH:
        return f"{name} is true or false, and {value} is neither", "write true or false"
    return None


class _Token(NamedTuple):
    kind: str  # operator | quoted | word
    text: str
    at: int  # from 1


def _tokens(text: str) -> Iterator[_Token]:
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            at = position + len(text[position:]) - len(text[position:].lstrip())
            raise ConditionError(f"the quote at character {at + 1} is not closed", f"close it with {text[at]}")
        position, kind = match.end(), str(match.lastgroup)
        found, at = match[kind], match.start(kind) + 1
        if kind == "operator" and found not in OPERATORS:
            fix = "write =" if found == "==" else f"write one of {', '.join(OPERATORS)}"
            raise ConditionError(f"{quoted(found)} at character {at} is no comparison", fix)
        quote = {"back": "`", "double": '"'}.get(kind)
        yield _Token("quoted", found.replace(quote * 2, quote), at - 1) if quote else _Token(kind, found, at)


def _parts(tokens: list[_Token]) -> Iterator[list[_Token]]:
    """The tokens between one `and` and the next."""
    part: list[_Token] = []
    for token in tokens:
        if token[:2] == ("word", "and"):
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _is_missing(tokens: list[_Token]) -> bool:
    """Whether `is missing` ends one of the parts."""
    return any(_ending(part) for part in _parts(tokens))


def _ending(part: list[_Token]) -> str:
    """`is missing` or `is not missing` where the part ends so after a name, else ""."""
    words = [token.text if token.kind == "word" else "" for token in part]
    return next((end for end in (GIVEN, MISSING) if words[1:][-len(end.split()) :] == end.split()), "")


def _comparison(part: list[_Token], text: str) -> Comparison:
    places = [place for place, token in enumerate(part) if token.kind == "operator"]
    end = _ending(part)
    if end and not places:
        return Comparison(_name(part[: -len(end.split())], text), end)
    if not part:
        raise ConditionError(f"{quoted(text)} lacks a comparison beside an and", _SAYS)
    if len(places) != 1:
        first = part[places[1]] if places else part[0]
        what = "a second comparison without an and" if places else f"{quoted(first.text)} is compared with nothing"
        raise ConditionError(f"{what} at character {first.at}", "write age >= 60 and age < 70")
    (place,) = places
    sign = part[place]
    if place + 1 == len(part):
        raise ConditionError(f"there is no value after {sign.text} at character {sign.at}", 'write one, or "" for none')
    column, value = _name(part[:place], text, sign), _words(part[place + 1 :])
    if sign.text in ORDERS and as_number(value) is None and as_time(value) is None:
        what = f"{quoted(value)} at character {part[place + 1].at} has no place in an order"
        raise ConditionError(what, f"give a number or a date after {sign.text}, or compare with = or !=")
    return Comparison(column, sign.text, value)


def _name(part: list[_Token], text: str, before: _Token | None = None) -> str:
    if not part:
        where = f"before {before.text} at character {before.at}" if before else f"in {quoted(text)}"
        raise ConditionError(f"there is no column {where}", _SAYS)
    name = _words(part)
    if not name:
        raise ConditionError(f"an empty name at character {part[0].at}", _SAYS)
    return name


def _words(part: list[_Token]) -> str:
    """A single quoted text, or words with single spaces."""
    if len(part) > 1 and any(token.kind == "quoted" for token in part):
        at = next(token.at for token in part if token.kind == "quoted")
        raise ConditionError(f"a quoted text beside other words at character {at}", "put all of it between the quotes")
    return " ".join(token.text for token in part)


def _written(text: str) -> str:
    """The text so that it is read back as itself."""
    tokens = [match["word"] for match in _TOKEN.finditer(text)]
    reserved = {"and", "is", "not", "missing"}
    plain = None not in tokens and " ".join(filter(None, tokens)) == text and not reserved & set(text.split())
    return text if plain and text else "`" + text.replace("`", "``") + "`"
