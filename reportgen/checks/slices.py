"""Checks of where the model errs: weak slices of the rows, and groups that it does not treat alike."""

from __future__ import annotations

from reportgen.checks import Verdict, check, failed, passed
from reportgen.errors import NotApplicable
from reportgen.mistakes import Gap, Grouping, Mistakes, Slice
from reportgen.results import Run
from reportgen.text import count, fixed, one_line, p_value, percent, plural, significant

#: At 5 % one experiment in twenty without any weak slice would be warned of one.
_SURE = 0.01
_ALIKE = "the test rows depend on each other, and the tests of slices take them as independent"


def _mistakes(run: Run) -> Mistakes:
    if run.mistakes is None:
        raise NotApplicable("there are no predictions of a test set")
    if run.mistakes.dependent:
        raise NotApplicable(_ALIKE)
    return run.mistakes


@check(
    group="evaluation",
    severity="warning",
    threshold=0.1,
    unit="accuracy, or share of the mean absolute error",
    title="Weak slices",
    meaning="On these rows the model is not as good as its score: whoever uses it on many of them is misled.",
    remedy="Collect more such rows, add columns that tell them apart, or decide on them without the model.",
    rank=18,
)
def weak_slice(run: Run, threshold: float) -> Verdict:
    """How much lower accuracy is on a slice that the search proved weaker; of numbers, the share of error in excess."""
    found = _mistakes(run)
    if not found.searched:
        raise NotApplicable(found.note or "no slice is large enough to be judged")
    there = {column.name for column in run.dataset.columns} if run.dataset else set()
    proven = [one for one in found.slices if one.p_value <= _SURE and there.issuperset(one.columns)]
    if not proven:
        return passed(f"None of {plural(found.searched, 'slice')} is weaker than the rest beyond doubt")
    worst = max(proven, key=lambda one: _fall(one, found))
    fall = _fall(worst, found)
    if fall <= threshold:
        return passed(f"The slices that are weaker are so by {percent(fall)} at most", fall)
    weak = sum(_fall(one, found) > threshold for one in proven)
    detail = (
        f"On its {count(worst.rows)} test rows {_shown(worst.value, found)}, on all others {_shown(worst.rest, found)} "
        f"({p_value(worst.p_value)}, corrected for {count(found.searched)} slices). {_others(weak - 1)}"
    )
    title = f"The model is weaker where {one_line(worst.name, 160)}"
    # Larger values often have larger errors, which need not be a fault.
    return failed(title, fall, detail.rstrip(), worst.columns, "notice" if found.measure == "mae" else None)


def _fall(one: Slice, found: Mistakes) -> float:
    if found.measure != "mae":
        return one.rest - one.value
    return 1 - one.rest / one.value if one.value else 0.0


def _shown(value: float, found: Mistakes) -> str:
    if found.measure == "mae":
        return f"the mean absolute error is {significant(value)}"
    return f"{found.measure} is {fixed(value)}"


def _others(more: int) -> str:
    return f"{plural(more, 'more slice is', 'more slices are')} as weak." if more else ""


@check(
    group="evaluation",
    severity="warning",
    threshold=0.1,
    unit="difference of rates, or share of the mean absolute error",
    title="Groups treated alike",
    meaning="Two groups are not treated alike, whatever the cause: in law and in practice that may rule the model out.",
    remedy="Ask whether the groups differ in what is predicted; else mend the data, or set a threshold for each group.",
    rank=10,
)
def unfair_gap(run: Run, threshold: float) -> Verdict:
    """The largest gap between two groups of a column of `evaluate.groups` that is beyond doubt."""
    if not run.spec.evaluate.groups:
        raise NotApplicable("evaluate.groups names no column")
    found = _mistakes(run)
    there = {column.name for column in run.dataset.columns} if run.dataset else set()
    gaps = [(gap, one) for one in found.groupings if one.column in there for gap in one.gaps]
    if not gaps:
        raise NotApplicable(found.note or "no column has two groups that are large enough")
    sure = [(gap, one) for gap, one in gaps if gap.p_value <= _SURE]
    if not sure:
        return passed("No gap between groups is beyond doubt")
    gap, one = max(sure, key=lambda each: _size(each[0], found))
    size = _size(gap, found)
    if size <= threshold:
        return passed(f"The largest gap between groups is {_number(gap.value, gap)}, in {gap.measure}", size)
    return failed(_title(gap, one), size, _detail(gap, one, sure), (one.column,))


def _size(gap: Gap, found: Mistakes) -> float:
    """The gap itself, of numbers as a share of the mean absolute error on all test rows."""
    return gap.value if gap.is_share else gap.value / found.overall if found.overall else 0.0


def _title(gap: Gap, one: Grouping) -> str:
    return f"The groups of {one_line(one.column, 60)} differ by {_number(gap.value, gap)} in {gap.measure}"


def _detail(gap: Gap, one: Grouping, sure: list[tuple[Gap, Grouping]]) -> str:
    low, high = (one.groups[place] for place in (gap.low_group, gap.high_group))
    place = one.measures.index(gap.measure)
    said = [
        f"{_number(rate.value, gap)} ({group.name})"
        for group in (low, high)
        if (rate := group.rates[place]) is not None
    ]
    more = f" {plural(len(sure) - 1, 'more gap is', 'more gaps are')} beyond doubt." if len(sure) > 1 else ""
    ends = f"{_number(gap.low, gap)} to {_number(gap.high, gap)}"
    return f"{' against '.join(said)}; interval {ends} ({p_value(gap.p_value)}, corrected).{more}"


def _number(value: float, gap: Gap) -> str:
    return fixed(value) if gap.is_share else significant(value)
