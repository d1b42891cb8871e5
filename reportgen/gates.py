"""The gates of `expect`: an expression over scores and a bound, parsed once and judged when the scores are there.

A score is the model's on a split, or a baseline's on test; with a label it is that of one class or label on test, or of
a forecast so many steps ahead (`test.mae[step 3]`).

expression = [sign] term { sign term }        sign = "+" | "-"
term       = place "." metric [ "[" label "]" ] | number
place      = "train" | "validation" | "test" | "dummy" | "linear" | "boosted"
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
BASELINES: tuple[str, ...] = ("dummy", "linear", "boosted")

_NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?"
_SCORE = r"(?P<place>\w+)\s*\.\s*(?P<metric>\w+)(?:\[(?P<label>[^\[\]]+)\])?"
_TERM = re.compile(rf"\s*(?P<sign>[-+])?\s*(?:(?P<number>{_NUMBER})|{_SCORE})\s*")
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
    """A number, or a score named by split, metric, model and label, with its sign (+1 or -1)."""

    sign: int
    number: float = 0.0
    split: str = ""
    metric: str = ""
    model: str = "model"
    label: str | None = None

    @property
    def name(self) -> str:
        """`test.f1`, `linear.f1`, `test.f1[malignant]`, or an empty string for a number."""
        return score_name(self.split, self.metric, self.model, self.label) if self.split else ""


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


def score_name(split: str, metric: str, model: str = "model", label: str | None = None) -> str:
    """How a score is named in an expression; a baseline has no other split than test."""
    place = split if model == "model" else model
    return f"{place}.{metric}" + (f"[{label}]" if label is not None else "")


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
    place, label = match["place"], match["label"].strip() if match["label"] else None
    if place in BASELINES:
        return Term(sign, split="test", metric=match["metric"], model=place, label=label)
    if place not in SPLITS:
        fix = suggestion(place, (*SPLITS, *BASELINES))
        raise GateError(f"{quoted(place)} is not a split or a baseline", fix)
    return Term(sign, split=place, metric=match["metric"], label=label)
