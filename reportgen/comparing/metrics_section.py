"""Metrics side by side, every difference with its test, and the smallest one that the test set resolves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from reportgen.comparing.results import Comparison
from reportgen.comparing.sharing import Shared
from reportgen.comparing.testing import Difference
from reportgen.comparing.words import number, reasons, signed
from reportgen.document import Block, Cell, Group, Note, Table, TableColumn, Text, para, strong
from reportgen.results import Score
from reportgen.text import in_sentence, listing, p_value, percent, plural

TITLE = "Metrics"
_WIDE = 4  # reports up to which each has a column
_MOST_COLUMNS = 6  # metrics side by side
_MOST_REASONS = 10


def compose(comparison: Comparison) -> list[Block]:
    """Every metric of every report; then what was tested, a test set at a time."""
    blocks: list[Block] = [*_said(comparison)]
    if comparison.metrics():
        blocks.append(side_by_side(comparison))
    for shared in comparison.sharing.sets:
        blocks += _tests(comparison, shared)
    return blocks


def _said(comparison: Comparison) -> Iterator[Block]:
    """Who was tested on the same rows, and why others were not."""
    for place, shared in enumerate(comparison.sharing.sets):
        n = len(shared.predictions[0].y_true)
        who = (
            "The reports share"
            if len(shared.places) == len(comparison.reports)
            else f"{_who(comparison, shared)} share"
        )
        which = "one test set" if not place else "another test set"
        proof = "the hash of the data, the positions of the rows and their true values agree"
        yield para(strong(f"{who} {which}"), f" of {plural(n, 'prediction')}: {proof}.")
    told = list(reasons(comparison))
    for sentence in told[:_MOST_REASONS]:
        yield Note(f"Not tested against the others. {sentence}")
    if len(told) > _MOST_REASONS:
        yield Note(f"{plural(len(told) - _MOST_REASONS, 'report')} more could not be tested, for reasons like these.")


def _who(comparison: Comparison, shared: Shared) -> str:
    return listing((comparison.name(place) for place in shared.places), most=4)


def side_by_side(comparison: Comparison) -> Table:
    """The metrics on the test rows: a column a report where they are few, else a row each, the best first."""
    return _by_metric(comparison) if len(comparison.reports) <= _WIDE else _by_report(comparison)


def _by_metric(comparison: Comparison) -> Table:
    columns = [TableColumn("metric")]
    for report in comparison.reports:
        columns += [TableColumn(report.name, "fixed", strong=True), TableColumn("interval", "fixed", narrow=False)]
    rows = []
    for metric in comparison.metrics():
        cells: list[Cell] = []
        for report in comparison.reports:
            score = report.score(metric)
            cells += [shown(score), interval(score)]
        rows.append((titled(comparison.score(metric)), *cells))
    caption = "Each interval is of one report by itself; whether a difference is real is told by the tests below."
    return Table("table-compared", "Test rows, every metric.", tuple(columns), tuple(rows), caption)


def _by_report(comparison: Comparison) -> Table:
    metrics = comparison.metrics()[:_MOST_COLUMNS]
    columns = (TableColumn("report"), *(TableColumn(titled(comparison.score(one)), "fixed") for one in metrics))
    order = ranked(comparison, metrics[0])
    rows = tuple(
        (comparison.name(place), *(shown(comparison.reports[place].score(one)) for one in metrics)) for place in order
    )
    rest = [in_sentence(comparison.score(one).title) for one in comparison.metrics()[_MOST_COLUMNS:]]
    more = f" {listing(rest, most=20)} stand in each report." if rest else ""
    title = f"Test rows, {plural(len(order), 'report')} by {in_sentence(comparison.score(metrics[0]).title)}."
    return Table("table-compared", title, columns, rows, f"The best first.{more}")


def ranked(comparison: Comparison, metric: str) -> list[int]:
    """The places of the reports, the best by a metric first and those without a value last."""

    def key(place: int) -> tuple[bool, float]:
        score = comparison.reports[place].score(metric)
        if score is None or score.value is None:
            return True, 0.0
        return False, -score.value if score.greater_is_better else score.value

    return sorted(range(len(comparison.reports)), key=key)


def _tests(comparison: Comparison, shared: Shared) -> list[Block]:
    every = comparison.of(shared)
    if not every:
        return [Note(f"No metric of {_who(comparison, shared)} could be tested.")]
    suffix = "" if shared is comparison.main else f"-{comparison.sharing.sets.index(shared) + 1}"
    if len(shared.places) == 2:
        return [_pair(comparison, shared, every, suffix)]
    metrics = list(dict.fromkeys(one.metric for one in every))
    tables = [_ranking(comparison, [one for one in every if one.metric == metric], suffix) for metric in metrics]
    return [_corrected(shared, len(metrics)), tables[0], *(_folded(table) for table in tables[1:])]


def _folded(table: Table) -> Group:
    return Group((table,), "fold", title=table.title.rstrip("."))


def _corrected(shared: Shared, metrics: int) -> Text:
    k = len(shared.places)
    pairs = k * (k - 1) // 2
    made = f"{plural(pairs, 'pair')} and {plural(metrics, 'metric')}"
    return para(
        "The best of each metric is tested against every other. Because it was chosen by these very rows, p-values are "
        f"corrected as if all of {made} had been tested (Holm)."
    )


def _pair(comparison: Comparison, shared: Shared, every: Sequence[Difference], suffix: str) -> Table:
    first, second = (comparison.name(place) for place in shared.places)
    confidence = percent(shared.confidence, 0)
    columns = (
        TableColumn("metric"),
        TableColumn("difference", "fixed", strong=True),
        TableColumn(f"{confidence} interval", "fixed"),
        TableColumn("p", "fixed"),
        TableColumn("p, corrected", "fixed", strong=True),
        TableColumn("better"),
        TableColumn("resolvable", "fixed", narrow=False),
        TableColumn("method", narrow=False),
    )
    rows = tuple((titled(comparison.score(one.metric)), *_cells(one, comparison), one.method) for one in every)
    total = plural(len(comparison.differences), "test")
    caption = (
        f"{second} minus {first}, on the same rows. Corrected: Holm, over {total}. "
        "Resolvable: the smallest difference that the test would call significant by itself on these rows."
    )
    return Table(f"table-tests{suffix}", f"Differences, {second} against {first}.", columns, rows, caption)


def _cells(one: Difference, comparison: Comparison) -> tuple[Cell, ...]:
    score = comparison.score(one.metric)
    better = comparison.name(one.better) if one.real and one.better is not None else "not shown"
    return (
        signed(one.value, score),
        f"{signed(one.low, score)} to {signed(one.high, score)}",
        chance(one.p_value),
        chance(one.adjusted),
        better,
        number(one.resolvable, score) if one.resolves else "–",
    )


def _ranking(comparison: Comparison, rows: Sequence[Difference], suffix: str) -> Table:
    """A metric: every report against the best, the nearest first."""
    score, best = comparison.score(rows[0].metric), rows[0].reference
    columns = (
        TableColumn("report"),
        TableColumn("value", "fixed", strong=True),
        TableColumn("from the best", "fixed"),
        TableColumn(f"{percent(rows[0].confidence, 0)} interval", "fixed"),
        TableColumn("p", "fixed", narrow=False),
        TableColumn("p, corrected", "fixed", strong=True),
        TableColumn("resolvable", "fixed", narrow=False),
    )
    reached = comparison.reports[best].score(rows[0].metric)
    head: tuple[Cell, ...] = (comparison.name(best), shown(reached), "the best", "–", "–", "–", "–")
    ordered = sorted(rows, key=lambda one: (-one.value if one.greater_is_better else one.value, one.model))
    body = (
        (
            comparison.name(one.model),
            shown(comparison.reports[one.model].score(one.metric)),
            *_against(one, score),
        )
        for one in ordered
    )
    return Table(
        f"table-tests-{rows[0].metric.replace('_', '-')}{suffix}",
        f"{titled(score)}: every report against {comparison.name(best)}.",
        columns,
        (head, *body),
        caption=f"{rows[0].method[0].upper()}{rows[0].method[1:]}. Resolvable: the smallest difference that this test "
        "would call significant by itself.",
    )


def _against(one: Difference, score: Score) -> tuple[Cell, ...]:
    return (
        signed(one.value, score),
        f"{signed(one.low, score)} to {signed(one.high, score)}",
        chance(one.p_value),
        chance(one.adjusted),
        number(one.resolvable, score) if one.resolves else "–",
    )


def chance(value: float) -> str:
    """A p-value in a table: `0.63`, `0.012`, `< 0.001`."""
    return p_value(value).removeprefix("p ").removeprefix("= ")


def shown(score: Score | None) -> str:
    return "–" if score is None or score.value is None else number(score.value, score)


def interval(score: Score | None) -> str:
    if score is None or score.low is None or score.high is None:
        return "–"
    return f"{number(score.low, score)} to {number(score.high, score)}"


def titled(score: Score) -> str:
    """The metric's title, and which way is better where that is not up."""
    if score.greater_is_better:
        return score.title
    return f"{score.title} ({'0 is best' if score.metric == 'mean_error' else 'lower is better'})"
