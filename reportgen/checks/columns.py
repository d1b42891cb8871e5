"""Checks of the columns, one by one and against each other, all from the profile."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from reportgen.checks import Verdict, check, failed, passed
from reportgen.checks._table import ENOUGH_ROWS, above, commonest, features, measured, profiled, share
from reportgen.checks._words import named, several
from reportgen.dataset import Kind
from reportgen.errors import NotApplicable
from reportgen.results import Run
from reportgen.text import fixed, one_line, percent, plural

if TYPE_CHECKING:
    from reportgen.profile import ColumnProfile, Profile

#: A share of missing values above this is a warning, below it a notice.
MANY_MISSING = 0.2


@check(
    group="columns",
    severity="warning",
    threshold=1,
    unit="different values",
    title="Constant columns",
    meaning="A column that never changes can explain nothing.",
    remedy="Leave it out: data.columns: {NAME: ignore}.",
    rank=60,
)
def constant(run: Run, threshold: float) -> Verdict:
    """Columns with no more different values than the threshold."""
    found = [one for one in features(run) if one.distinct <= threshold]
    if not found:
        return passed("Every column changes", min(one.distinct for one in features(run)))
    empty = [one.name for one in found if one.count == 0]
    start = "It is" if len(found) == 1 else "They are"
    detail = f"{start} {named(one.name for one in found)}." + (f" Without any value: {named(empty)}." if empty else "")
    title = several(len(found), "column never changes", "columns never change")
    return failed(title, found[0].distinct, detail, tuple(one.name for one in found))


@check(
    group="columns",
    severity="notice",
    threshold=0.95,
    unit="share of the commonest value",
    title="Quasi-constant columns",
    meaning="A column with nearly one value tells only the few other rows apart.",
    remedy="Look whether those few rows matter; leave the column out if not.",
    rank=72,
)
def quasi_constant(run: Run, threshold: float) -> Verdict:
    """Columns of which one value takes nearly all rows."""
    changing = [one for one in features(run) if one.distinct > 1]
    words = ("column is nearly constant", "columns are nearly constant", "No column is nearly constant")
    return above(changing, commonest, threshold, words, percent)


@check(
    group="columns",
    severity="warning",
    threshold=0.95,
    unit="share of different values",
    title="Id-like columns",
    meaning="A value of its own for every row names the row: a model can only learn it by heart.",
    remedy="Declare it: data.columns: {NAME: id}.",
    rank=26,
)
def id_like(run: Run, threshold: float) -> Verdict:
    """Words that nearly all differ, and whole numbers that count the rows."""
    named_rows = features(run, Kind.CATEGORICAL, Kind.NUMERIC)
    candidates = [one for one in named_rows if one.count >= ENOUGH_ROWS and _names_rows(one)]
    words = ("column looks like an id", "columns look like ids", "No column looks like an id")
    verdict = above(candidates, lambda one: share(one.distinct, one.count), threshold, words, percent)
    return replace(verdict, value=verdict.value or 0.0)


def _names_rows(column: ColumnProfile) -> bool:
    """Words may; numbers only where they are whole and follow each other nearly without a gap."""
    if column.kind is Kind.CATEGORICAL:
        return True
    low, high = column.min, column.max
    if not column.whole or not isinstance(low, int | float) or not isinstance(high, int | float):
        return False
    return high - low + 1 <= 1.1 * column.count


@check(
    group="columns",
    severity="notice",
    threshold=0.05,
    unit="share of the rows",
    title="Missing values",
    meaning="What stands in for a missing value is a guess, and why it is missing may itself tell something.",
    remedy="Find out why values are missing; choose clean.missing with that in mind.",
    rank=25,
)
def missing_values(run: Run, threshold: float) -> Verdict:
    """Columns with more missing values than the threshold; a warning above 20 %."""
    words = ("column has gaps", "columns have gaps", "No column has many gaps")
    verdict = above(features(run), lambda one: one.missing_share, threshold, words, percent)
    many = verdict.failed and verdict.value is not None and verdict.value > MANY_MISSING
    return replace(verdict, severity="warning") if many else verdict


@check(
    group="columns",
    severity="warning",
    threshold=0,
    unit="values",
    title="Infinite values",
    meaning="An infinite value is a division by zero or an overflow upstream, and spoils every mean.",
    remedy="Mend the source, or make it a missing value.",
    rank=20,
)
def infinite_values(run: Run, threshold: float) -> Verdict:
    """Numeric columns with infinite values."""
    words = ("column holds infinite values", "columns hold infinite values", "No value is infinite")
    numeric = features(run, Kind.NUMERIC)
    return above(numeric, lambda one: one.infinite, threshold, words, lambda number: plural(int(number), "value"))


@check(
    group="columns",
    severity="notice",
    threshold=0.9,
    unit="|Pearson's r|",
    title="Correlated columns",
    meaning="Columns that say nearly the same share their importance between them, and coefficients become unstable.",
    remedy="Keep one of each group, or judge their importance together.",
    rank=35,
)
def high_correlation(run: Run, threshold: float) -> Verdict:
    """Pairs of numeric features with a correlation above the threshold."""
    if len(features(run, Kind.NUMERIC)) < 2:
        raise NotApplicable("there are fewer than two numeric columns")
    profile = profiled(run)
    pairs = _pairs(profile, threshold, {one.name for one in features(run)})
    if not pairs:
        return passed(f"No two columns correlate above {threshold:g}")
    seen = dict.fromkeys(name for _, first, second in pairs for name in (first, second))
    size, first, second = pairs[0]
    # The profile keeps the strongest pairs; where there are more, their number is known all the same.
    number = len(pairs) + (profile.n_correlated - len(profile.correlated) if threshold <= 0.9 else 0)
    detail = f"The correlation of {named([first, second])} is {fixed(size)}" + (
        f", that of the others above {threshold:g}." if number > 1 else "."
    )
    title = several(number, "pair of columns says nearly the same", "pairs of columns say nearly the same")
    return failed(title, size, detail, tuple(seen))


def _pairs(profile: Profile, threshold: float, wanted: set[str]) -> list[tuple[float, str, str]]:
    """(|r|, first, second) above the threshold, strongest first."""
    found = [(abs(pair.r), pair.first, pair.second) for pair in profile.correlated]
    if threshold < 0.9:  # Below what the profile lists, its matrix knows the pairs of the first columns.
        names, matrix = profile.correlation_names, profile.correlation
        listed = {(first, second) for _, first, second in found}
        for i, first in enumerate(names):
            for j, second in enumerate(names[:i]):
                r = matrix[i][j]
                if r is not None and not {(first, second), (second, first)} & listed:
                    found.append((abs(r), second, first))
    kept = [pair for pair in found if pair[0] > threshold and {pair[1], pair[2]} <= wanted]
    return sorted(kept, key=lambda pair: (-pair[0], pair[1], pair[2]))


@check(
    group="columns",
    severity="notice",
    threshold=2,
    unit="|g1|",
    title="Skewed columns",
    meaning="A long tail lets few rows decide what a linear model or a scaled network learns from the column.",
    remedy="Take the logarithm, or preprocess: {numeric: robust}.",
    rank=80,
)
def skew(run: Run, threshold: float) -> Verdict:
    """Numeric columns whose moment coefficient of skewness is large."""
    words = ("column is strongly skewed", "columns are strongly skewed", "No column is strongly skewed")
    return above(measured(run), lambda one: abs(one.skewness or 0.0), threshold, words, lambda size: fixed(size, 1))


@check(
    group="columns",
    severity="notice",
    threshold=0.05,
    unit="share of the values",
    title="Outliers",
    meaning="Values far outside the middle half are errors, another population, or the tail that matters most.",
    remedy="Look at them; preprocess: {numeric: robust} lets them count less.",
    rank=81,
)
def outliers(run: Run, threshold: float) -> Verdict:
    """Numeric columns with many values outside 1.5 interquartile ranges (Tukey 1977)."""
    spread = [one for one in measured(run) if one.q25 is not None and one.q75 is not None and one.q25 < one.q75]
    words = ("column has many outliers", "columns have many outliers", "No column has many outliers")
    return above(spread, lambda one: share(one.outliers, one.count - one.infinite), threshold, words, percent)


@check(
    group="columns",
    severity="notice",
    threshold=0.5,
    unit="share of zeros",
    title="Zero-inflated columns",
    meaning="A column of mostly zeros mixes two questions: whether there is anything, and how much.",
    remedy="Ask whether zero stands for missing; else add a yes/no column beside it.",
    rank=78,
)
def zero_inflated(run: Run, threshold: float) -> Verdict:
    """Numeric columns of which most values are zero."""
    words = ("column is mostly zero", "columns are mostly zero", "No column is mostly zero")
    return above(measured(run), lambda one: share(one.zeros, one.count), threshold, words, percent)


@check(
    group="columns",
    severity="warning",
    threshold=0,
    unit="columns",
    title="Duplicate columns",
    meaning="A copy adds nothing, counts twice, and hides which of the two matters.",
    remedy="Leave all but one out: data.columns: {NAME: ignore}.",
    rank=62,
)
def duplicate_columns(run: Run, threshold: float) -> Verdict:
    """Columns that repeat another one in every row."""
    groups: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for one in features(run):
        if one.distinct > 1:
            groups[one.kind, one.count, one.distinct, one.most_frequent, one.skewness, one.zeros].append(one.name)
    assert run.dataset is not None
    frame = run.dataset.frame
    copies = [
        (name, original)
        for group in groups.values()
        for i, name in enumerate(group)
        if (original := next((first for first in group[:i] if frame[first].equals(frame[name])), None)) is not None
    ]
    if len(copies) <= threshold:
        return passed("No column repeats another", len(copies))
    detail = f"{named(f'{one_line(name, 40)} is {one_line(original, 40)} again' for name, original in copies)}."
    title = several(len(copies), "column is a copy of another", "columns are copies of others")
    return failed(title, len(copies), detail, tuple(name for name, _ in copies))
