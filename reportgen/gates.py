"""The gates of `expect`: an expression over scores and a bound, parsed once and judged when the scores are there.

expression = [sign] term { sign term }        sign = "+" | "-"
term       = split "." metric | number        split = "train" | "validation" | "test"
bound      = (">=" | "<=" | ">" | "<") number
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from reportgen.registry import suggestion
from reportgen.text import quoted

SPLITS: tuple[str, ...] = ("train", "validation", "test")

_NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?"
_TERM = re.compile(rf"\s*(?P<sign>[-+])?\s*(?:(?P<number>{_NUMBER})|(?P<split>\w+)\s*\.\s*(?P<metric>\w+))\s*")
_BOUND = re.compile(rf"\s*(?P<comparison>>=|<=|>|<)\s*(?P<limit>[-+]?{_NUMBER})\s*")
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = MappingProxyType(
    {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}
)
_LONGEST = 300
#: Differences of scores are equal to the bound up to this share of the terms: 1.0 - 0.95 is not above 0.05.
_TOLERANCE = 1e-12


class GateError(ValueError):
    """An expression or bound that cannot be read: what is wrong, how to mend it, and which of the two it is."""

    def __init__(self, what: str, fix: str, in_bound: bool = False) -> None:
        super().__init__(what)
        self.what, self.fix, self.in_bound = what, fix, in_bound


class Outcome(NamedTuple):
    """The value of a gate's expression (None where a score is missing, and `note` says which) and whether it holds."""

    value: float | None
    passed: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A number, or a score named by split and metric, with its sign (+1 or -1)."""

    sign: int
    number: float = 0.0
    split: str = ""
    metric: str = ""

    @property
    def name(self) -> str:
        """`test.f1`, or an empty string for a number."""
        return f"{self.split}.{self.metric}" if self.split else ""


@dataclass(frozen=True, slots=True)
class Condition:
    """One gate: the expression and bound as written, and what they mean."""

    expression: str
    bound: str
    terms: tuple[Term, ...]
    comparison: str
    limit: float

    @property
    def scores(self) -> tuple[tuple[str, str], ...]:
        """The (split, metric) pairs that must be known, in order, each once."""
        return tuple(dict.fromkeys((term.split, term.metric) for term in self.terms if term.split))

    def evaluate(self, values: Mapping[str, float | None]) -> Outcome:
        """Judge the gate on scores by name, such as `{"test.f1": 0.94}`; a missing or undefined score fails it."""
        found: list[float] = []
        for term in self.terms:
            value = values.get(term.name) if term.split else term.number
            if value is None or not math.isfinite(value):
                return Outcome(None, False, f"{term.name} has no value")
            found.append(term.sign * value)
        total = math.fsum(found)
        slack = _TOLERANCE * max(abs(self.limit), math.fsum(abs(value) for value in found))
        if abs(total - self.limit) <= slack:
            total = self.limit
        return Outcome(total, _COMPARISONS[self.comparison](total, self.limit))


def parse(expression: str, bound: str) -> Condition:
    """Read one line of `expect`.

    Raises:
        GateError: the expression or the bound does not follow the grammar, or names no known split.
    """
    if len(expression) > _LONGEST:
        raise GateError(f"an expression of more than {_LONGEST} characters", "shorten it")
    terms = _terms(expression)
    match = _BOUND.fullmatch(bound) if len(bound) <= _LONGEST else None
    if match is None or not math.isfinite(float(match["limit"])):
        raise GateError(f"needs a bound, found {quoted(bound)}", 'write one such as ">= 0.93", with the quotes', True)
    if not any(term.split for term in terms):
        raise GateError(f"{quoted(expression)} names no score", "name one such as test.f1")
    return Condition(expression, bound, terms, match["comparison"], float(match["limit"]))


def _terms(expression: str) -> tuple[Term, ...]:
    terms: list[Term] = []
    position = 0
    while position < len(expression) or not terms:
        match = _TERM.match(expression, position)
        if match is None or (terms and not match["sign"]):
            raise GateError(
                f"{quoted(expression)} cannot be read from {quoted(expression[position:], 20)} on",
                "join terms such as test.f1 or 0.05 by + or -",
            )
        terms.append(_term(match))
        position = match.end()
    return tuple(terms)


def _term(match: re.Match[str]) -> Term:
    sign = -1 if match["sign"] == "-" else 1
    if match["number"]:
        if not math.isfinite(float(match["number"])):
            raise GateError(f"{quoted(match['number'])} is too large", "write a smaller number")
        return Term(sign, number=float(match["number"]))
    if match["split"] not in SPLITS:
        raise GateError(f"{quoted(match['split'])} is not a split", suggestion(match["split"], SPLITS))
    return Term(sign, split=match["split"], metric=match["metric"])
