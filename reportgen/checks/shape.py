"""Checks of the shape of numeric columns: tails, heaps, zeros and scales."""

from __future__ import annotations

from reportgen.checks import Verdict, check, failed, passed
from reportgen.checks._table import above, features, measured, share
from reportgen.checks._words import named
from reportgen.dataset import Kind
from reportgen.errors import NotApplicable
from reportgen.results import Run
from reportgen.text import fixed, percent, significant


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
    severity="notice",
    threshold=10,
    unit="excess kurtosis g2",
    title="Heavy tails",
    meaning="A few values lie so far out that they make up most of the variance; means and scales rest on them.",
    remedy="Look at the extreme values; preprocess: {numeric: quantile} keeps their order alone.",
    rank=83,
)
def heavy_tail(run: Run, threshold: float) -> Verdict:
    """Numeric columns with a large excess kurtosis; that of a normal distribution is 0, of an exponential one 6."""
    words = ("column has heavy tails", "columns have heavy tails", "No column has heavy tails")
    return above(measured(run), lambda one: one.kurtosis or 0.0, threshold, words, lambda size: fixed(size, 1))


@check(
    group="columns",
    severity="notice",
    threshold=0.2,
    unit="share of the values beyond what is expected",
    title="Heaped values",
    meaning="Numbers pile up at multiples of 5 or 10: they were rounded or guessed, and are less exact than they look.",
    remedy="Ask how the values were taken; widen what counts as equal, or treat them as classes.",
    rank=84,
)
def heaping(run: Run, threshold: float) -> Verdict:
    """Numeric columns of which too many values are multiples of 5 or 10."""
    words = ("column is heaped at round numbers", "columns are heaped at round numbers", "No column is heaped")
    return above(measured(run), lambda one: one.heaped, threshold, words, percent)


@check(
    group="columns",
    severity="warning",
    threshold=1000,
    unit="largest standard deviation for one of the smallest",
    title="Scales",
    meaning="Unscaled, the column with the largest numbers decides distances, penalties and first steps.",
    remedy="Set preprocess: {numeric: standard}.",
    rank=33,
)
def wide_scales(run: Run, threshold: float) -> Verdict:
    """The largest standard deviation of a numeric feature over the smallest, where features are not scaled."""
    spread = [(one.std, one.name) for one in features(run, Kind.NUMERIC) if one.std]
    if run.splits is None or run.spec.preprocess.numeric != "none":
        raise NotApplicable("numbers are not shown to a model" if run.splits is None else "the features are scaled")
    if len(spread) < 2:
        raise NotApplicable("fewer than two numeric columns change")
    (small, narrow), (large, wide) = min(spread), max(spread)
    ratio = large / small
    if ratio <= threshold:
        return passed(f"The scales of the columns differ {significant(ratio)}-fold at most", ratio)
    detail = (
        f"The standard deviation of {named([wide])} is {significant(large)}, that of {named([narrow])} "
        f"{significant(small)}."
    )
    return failed("The columns have very different scales, and are not scaled", ratio, detail, (wide, narrow))
