"""Checks of what is not there: missing and infinite values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.special import chdtri

from reportgen.checks import Verdict, check, failed, passed
from reportgen.checks._table import FALSE_ALARM, above, exceeding, features, profiled
from reportgen.checks._words import named, several
from reportgen.dataset import Kind
from reportgen.errors import NotApplicable
from reportgen.results import Run
from reportgen.text import fixed, percent, plural

#: A share of missing values above this is a warning, below it a notice.
MANY_MISSING = 0.2
#: Fewer gaps than this fall together by chance.
ENOUGH_GAPS = 5


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
    words = ("column has many gaps", "columns have many gaps", "No column has many gaps")
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
    unit="phi coefficient of being missing",
    title="Missing together",
    meaning="Columns with gaps in the same rows come from one source that sometimes failed, and fail together again.",
    remedy="Find that source; one yes/no column says as much as all their gaps.",
    rank=79,
)
def missing_together(run: Run, threshold: float) -> Verdict:
    """Pairs of columns that are missing in the same rows, where there are gaps enough to tell."""
    seen = {one.name: one.missing for one in features(run)}
    table = profiled(run).missing
    places = [i for i, name in enumerate(table.names) if seen.get(name, 0) >= ENOUGH_GAPS]
    pairs = [
        (phi, table.names[i], table.names[j])
        for at, i in enumerate(places)
        for j in places[:at]
        if (phi := table.matrix[i][j]) is not None
    ]
    if not pairs:
        raise NotApplicable(f"fewer than two columns have {ENOUGH_GAPS} gaps or more")
    found = sorted((pair for pair in pairs if pair[0] > threshold), key=lambda pair: (-pair[0], pair[1:]))
    if not found:
        return passed("No two columns are missing together", max(pairs)[0])
    names = tuple(dict.fromkeys(name for _, first, second in found for name in (second, first)))
    detail = f"They are {named(names)}; {named(found[0][:0:-1])} go together most."
    return failed(several(len(names), "column is", "columns are missing in the same rows"), found[0][0], detail, names)


@check(
    group="columns",
    severity="notice",
    threshold=0.2,
    unit="strength of the relation, 0 to 1",
    title="Missing values and the target",
    meaning="That a value is missing tells the target: filling the gap hides it, and its cause may be a leak.",
    remedy="Find out why it is missing; clean: {missing: {indicator: true}} keeps what the gap tells.",
    rank=34,
)
def missing_tells_target(run: Run, threshold: float) -> Verdict:
    """Columns whose gaps go with the target beyond chance: Cramér's V, or correlation ratio."""
    if run.task is None:
        raise NotApplicable("there is no target")
    gaps = [one for one in features(run) if min(one.missing, one.count) >= ENOUGH_GAPS]
    related = [(one, one.missing_relation) for one in gaps if one.missing_relation is not None]
    if not related:
        raise NotApplicable(f"no column has {ENOUGH_GAPS} gaps or more")
    rows, freedom = related[0][0].count + related[0][0].missing, max(1, len(run.task.labels) - 1)
    least = float(np.sqrt(chdtri(freedom, FALSE_ALARM / len(related)) / rows))
    strengths = [(found.strength if found.strength > least else 0.0, one.name) for one, found in related]
    words = (
        "column's gaps tell the target",
        "columns' gaps tell the target",
        "Whether a value is missing tells little of the target",
    )
    return exceeding(strengths, threshold, words, fixed)
