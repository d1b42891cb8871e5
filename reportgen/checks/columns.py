"""Checks of the columns, one by one and against each other, all from the profile."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from reportgen.checks import Verdict, check, failed, passed
from reportgen.checks._table import ENOUGH_ROWS, above, commonest, counts_rows, features, profiled, share, with_levels
from reportgen.checks._words import named, several
from reportgen.dataset import Kind
from reportgen.errors import NotApplicable
from reportgen.results import Run
from reportgen.text import fixed, one_line, percent

if TYPE_CHECKING:
    from reportgen.profile import Profile

#: The reason of a kind that the experiment file gives.
_DECLARED = "declared in the experiment file"


@check(
    group="columns",
    severity="notice",
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
    changing = with_levels(run)
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
    candidates = [
        one for one in named_rows if one.count >= ENOUGH_ROWS and (one.kind is Kind.CATEGORICAL or counts_rows(one))
    ]
    words = ("column looks like an id", "columns look like ids", "No column looks like an id")
    verdict = above(candidates, lambda one: share(one.distinct, one.count), threshold, words, percent)
    return replace(verdict, value=verdict.value or 0.0)


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
            groups[
                one.kind, one.count, one.distinct, one.most_frequent, one.mean, one.min, one.max, one.entropy
            ].append(one.name)
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


@check(
    group="columns",
    severity="notice",
    threshold=0,
    unit="columns",
    title="Unsupported kinds",
    meaning="A column of a kind that no model here takes, such as lists or bytes, is left out.",
    remedy="Turn it into numbers, words or dates; or declare it: data.columns: {NAME: ignore}.",
    rank=66,
)
def unsupported_kind(run: Run, threshold: float) -> Verdict:
    """Columns that are left out because of what they hold, and not because the experiment file says so."""
    left = [one for one in profiled(run).columns if one.kind is Kind.IGNORE and one.reason != _DECLARED]
    if len(left) <= threshold:
        return passed("Every column is of a kind that can be used", len(left))
    detail = (
        f"{'It is' if len(left) == 1 else 'They are'} {named(one.name for one in left)}: {one_line(left[0].reason)}."
    )
    title = several(len(left), "column is left out for its kind", "columns are left out for their kinds")
    return failed(title, len(left), detail, tuple(one.name for one in left))
