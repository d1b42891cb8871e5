"""Checks of categorical columns: how many levels, how they are spelt, and whether they are levels at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from reportgen.checks import Verdict, check
from reportgen.checks._table import ENOUGH_ROWS, above, commonest, features, share
from reportgen.dataset import Kind
from reportgen.results import Run
from reportgen.text import percent, plural

if TYPE_CHECKING:
    from reportgen.profile import ColumnProfile

_NUMBER = re.compile(r"\s*[+-]?(0|[1-9]\d*)([.,]\d+)?([eE][+-]?\d+)?\s*")


@check(
    group="columns",
    severity="notice",
    threshold=0.7,
    unit="share of the commonest level",
    title="Dominant levels",
    meaning="Where one level takes most rows, little is learnt of the others.",
    remedy="Pool the rare levels, or look whether the commonest stands for a missing value.",
    rank=82,
)
def dominant_level(run: Run, threshold: float) -> Verdict:
    """Categorical columns with three levels or more of which one takes most rows."""
    several_levels = [one for one in features(run, Kind.CATEGORICAL) if one.distinct > 2]
    words = ("column has a dominant level", "columns have a dominant level", "No level dominates its column")
    return above(several_levels, commonest, threshold, words, percent)


@check(
    group="columns",
    severity="notice",
    threshold=50,
    unit="levels",
    title="Many levels",
    meaning="One-hot coding makes a feature of every level, and most of them rest on a handful of rows.",
    remedy="Group the levels, or declare the column text or id.",
    rank=70,
)
def high_cardinality(run: Run, threshold: float) -> Verdict:
    """Categorical columns with more levels than the threshold."""
    words = ("column has very many levels", "columns have very many levels", "No column has very many levels")
    return above(
        features(run, Kind.CATEGORICAL), lambda one: one.distinct, threshold, words, lambda number: f"{int(number):,}"
    )


def _levels(run: Run, column: ColumnProfile) -> list[str]:
    assert run.dataset is not None
    return [str(level) for level in run.dataset.frame[column.name].dropna().unique()]


@check(
    group="columns",
    severity="warning",
    threshold=0,
    unit="levels",
    title="Spellings of one level",
    meaning="Levels that differ in case or blanks alone are one level written in several ways, and are learnt apart.",
    remedy="Write each level in one way.",
    rank=24,
)
def case_variants(run: Run, threshold: float) -> Verdict:
    """Levels that equal another but for case and surrounding or repeated blanks."""
    columns = features(run, Kind.CATEGORICAL)
    variants = {one.name: _variants(_levels(run, one)) for one in columns}
    words = (
        "column has levels that differ in spelling alone",
        "columns have levels that differ in spelling alone",
        "No level is written in several ways",
    )
    return above(columns, lambda one: variants[one.name], threshold, words, lambda number: plural(int(number), "level"))


def _variants(levels: Iterable[str]) -> int:
    """How many levels are another spelling of an earlier one."""
    levels = list(levels)
    return len(levels) - len({" ".join(level.casefold().split()) for level in levels})


@check(
    group="columns",
    severity="warning",
    threshold=0.9,
    unit="share of the levels",
    title="Numbers as text",
    meaning="A few words keep a column of numbers from being read as numbers: order and distance are lost.",
    remedy="Name those words in data.options.missing, or declare the column numeric.",
    rank=22,
)
def numbers_as_text(run: Run, threshold: float) -> Verdict:
    """Categorical columns whose levels are nearly all numbers."""
    candidates = [one for one in features(run, Kind.CATEGORICAL) if one.distinct >= ENOUGH_ROWS]
    numeric = {one.name: _numeric_share(_levels(run, one)) for one in candidates}
    words = ("column of numbers is held as text", "columns of numbers are held as text", "No number is held as text")
    verdict = above(candidates, lambda one: numeric[one.name], threshold, words, percent)
    return replace(verdict, value=verdict.value or 0.0)


def _numeric_share(levels: list[str]) -> float:
    """Codes with leading zeros, such as post codes, are no numbers."""
    return share(sum(_NUMBER.fullmatch(level) is not None for level in levels), len(levels))
