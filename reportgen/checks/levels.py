"""Checks of the levels of categorical columns: how many there are, and how the rows lie on them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reportgen.checks import Verdict, check
from reportgen.checks._table import above, commonest, features, share, with_levels
from reportgen.dataset import Kind
from reportgen.results import Run
from reportgen.text import fixed, percent

if TYPE_CHECKING:
    from reportgen.profile import ColumnProfile

#: Levels from which there are very many.
MANY_LEVELS = 50


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
    several_levels = with_levels(run, Kind.CATEGORICAL, least=3)
    words = ("column has a dominant level", "columns have a dominant level", "No level dominates its column")
    return above(several_levels, commonest, threshold, words, percent)


@check(
    group="columns",
    severity="notice",
    threshold=MANY_LEVELS,
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


@check(
    group="columns",
    severity="notice",
    threshold=0.01,
    unit="share of the rows in rare levels",
    title="Rare levels",
    meaning="A level with less than 1 % of the rows teaches nothing that holds, and may be absent from train or test.",
    remedy="Pool the rare levels into one.",
    rank=73,
)
def rare_levels(run: Run, threshold: float) -> Verdict:
    """Categorical columns with many rows in levels of less than 1 % each; those of very many levels are told apart."""
    few = [one for one in with_levels(run, Kind.CATEGORICAL) if one.distinct <= MANY_LEVELS]
    words = ("column has rare levels", "columns have rare levels", "Few rows have a rare level")
    return above(few, lambda one: share(one.rare_rows, one.count), threshold, words, percent)


@check(
    group="columns",
    severity="notice",
    threshold=0.5,
    unit="1 minus entropy by its largest value",
    title="Imbalanced levels",
    meaning="Most rows are of few of the levels, so that the column tells little, and the others are hardly learnt.",
    remedy="Pool the small levels, or look whether they matter.",
    rank=85,
)
def imbalanced_levels(run: Run, threshold: float) -> Verdict:
    """Categorical and boolean columns whose levels have very unequal shares, by more than chance makes of few rows."""
    words = ("column has unequal levels", "columns have unequal levels", "The levels of each column have fair shares")
    return above(with_levels(run, Kind.CATEGORICAL, Kind.BOOLEAN), _imbalance, threshold, words, fixed)


def _imbalance(column: ColumnProfile) -> float:
    """1 - H / log k, less twice its standard error, which is below 1 / sqrt(n) for two levels and more."""
    return max(0.0, 1 - column.entropy - 2 / math.sqrt(column.count)) if column.entropy is not None else 0.0
