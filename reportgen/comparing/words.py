"""What is real, in a sentence or two, and why reports could not be tested against each other."""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.comparing.results import Comparison
from reportgen.comparing.sharing import Shared
from reportgen.comparing.testing import Difference
from reportgen.document import Text, para, strong
from reportgen.results import Score
from reportgen.text import fixed, in_sentence, listing, p_value, plural, significant

_MOST_NAMED = 5


def verdict(comparison: Comparison) -> tuple[Text, ...]:
    """Which difference is real, and who could not be compared."""
    found = [_claim(comparison, shared) for shared in comparison.sharing.sets[:3]]
    if not found:
        found = [para(strong("Nothing was tested."), f" {_no_circle(comparison)}")]
    elif alone := _alone(comparison):
        found.append(para(alone))
    return tuple(found)


def _claim(comparison: Comparison, shared: Shared) -> Text:
    every = comparison.of(shared)
    if not every:
        return para(strong("No metric could be tested"), f" of {_who(comparison, shared)}.")
    return _of_two(comparison, shared, every) if len(shared.places) == 2 else _of_many(comparison, every)


def _of_two(comparison: Comparison, shared: Shared, every: list[Difference]) -> Text:
    """One sentence on what is real, and one on how large a difference would have been seen."""
    real = [one for one in every if one.real]
    first, second = (comparison.name(place) for place in shared.places)
    if shared.alike:
        n = len(shared.predictions[0].y_true)
        return para(strong(f"{first} and {second} predict the same"), f" of every one of {plural(n, 'case')}.")
    if not real:
        head = f"A difference between {first} and {second} is not shown."
        return para(strong(head), f" {_nearest(comparison, every)}")
    sides = {one.better for one in real}
    if len(sides) > 1:
        better = [
            f"{comparison.name(side)} in {listing(_titles(comparison, [one for one in real if one.better == side]))}"
            for side in shared.places
            if side in sides
        ]
        return para(strong("Each is better in something."), f" {listing(better, joiner='and')}.")
    best = next(iter(sides))
    other = next(place for place in shared.places if place != best)
    assert best is not None
    titles = listing(_titles(comparison, real), most=8)
    head = f"{comparison.name(best)} is better than {comparison.name(other)} in {titles}."
    return para(strong(head), f" {_difference(comparison, real[0])} {_of_tests(comparison)}")


def _difference(comparison: Comparison, one: Difference) -> str:
    """`Accuracy differs by 0.035 (0.010 to 0.060), p = 0.004 after correction`."""
    score = comparison.score(one.metric)
    low, high = (one.low, one.high) if one.value >= 0 else (-one.high, -one.low)
    return (
        f"{in_sentence(score.title, start=True)} differs by {number(abs(one.value), score)} "
        f"({number(low, score)} to {number(high, score)}), {p_value(one.adjusted)} after correction."
    )


def _of_tests(comparison: Comparison) -> str:
    total = len(comparison.differences)
    return f"P-values are corrected for {plural(total, 'test')} by Holm's method." if comparison.is_pair else ""


def _nearest(comparison: Comparison, every: list[Difference]) -> str:
    """What was seen of the first metric, and what would have had to be."""
    one = every[0]
    score = comparison.score(one.metric)
    seen = f"{in_sentence(score.title, start=True)} differs by {number(abs(one.value), score)}"
    asked = f"; this test set resolves {number(one.resolvable, score)} or more" if one.resolves else ""
    return f"{seen}, {p_value(one.adjusted)} after correction{asked}."


def _of_many(comparison: Comparison, every: list[Difference]) -> Text:
    """The best by the first metric, whom it beats for certain, and who may be as good."""
    metric = every[0].metric
    rows = [one for one in every if one.metric == metric]
    best = comparison.name(rows[0].reference)
    beaten = [one for one in rows if one.real]
    title, tried = in_sentence(comparison.score(metric).title), len(rows)
    elsewhere = _elsewhere(comparison, [one for one in every if one.metric != metric])
    if not beaten:
        head = f"No difference in {title} is shown among {plural(tried + 1, 'report')}."
        return para(strong(head), f" {best} has the best value, and each of the others may be as good.{elsewhere}")
    head = f"{best} is better in {title} than {len(beaten)} of {plural(tried, 'other')}."
    rest = [comparison.name(one.model) for one in rows if not one.real]
    alike = f" {listing(rest, most=_MOST_NAMED)} may be as good." if rest else ""
    return para(strong(head), f"{alike}{elsewhere}")


def _elsewhere(comparison: Comparison, others: list[Difference]) -> str:
    """In which other metrics the best is better than some."""
    found = []
    for metric in dict.fromkeys(one.metric for one in others):
        rows = [one for one in others if one.metric == metric]
        if beaten := sum(one.real for one in rows):
            title = in_sentence(comparison.score(metric).title)
            found.append(f"{comparison.name(rows[0].reference)} in {title} than {beaten} of {len(rows)}")
    return f" Better are also {listing(found, most=8)}." if found else ""


def _titles(comparison: Comparison, found: list[Difference]) -> list[str]:
    return [in_sentence(comparison.score(one.metric).title) for one in found]


def _who(comparison: Comparison, shared: Shared) -> str:
    return listing((comparison.name(place) for place in shared.places), most=_MOST_NAMED)


def _no_circle(comparison: Comparison) -> str:
    told = list(reasons(comparison))
    return " ".join(
        ["The reports share no test set, so that their numbers stand side by side without a test.", *told[:3]]
    )


def _alone(comparison: Comparison) -> str:
    told = list(reasons(comparison))
    if not told:
        return ""
    more = f" {plural(len(told) - 2, 'report')} more: see Metrics." if len(told) > 2 else ""
    return f"Not tested: {' '.join(told[:2])}{more}"


def reasons(comparison: Comparison) -> Iterator[str]:
    """A sentence for each report that no other could be tested against."""
    for place, why in sorted(comparison.sharing.reasons.items()):
        yield f"{comparison.name(place)}: {why}."


def number(value: float, score: Score) -> str:
    """A value or a difference as a report prints the metric."""
    if value in (float("inf"), float("-inf")):
        return "∞" if value > 0 else "−∞"
    return significant(value) if score.unit or abs(value) >= 10 else fixed(value)


def signed(value: float, score: Score) -> str:
    shown = number(value, score)
    return f"+{shown}" if value > 0 else shown
