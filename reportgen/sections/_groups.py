"""How the model treats the groups of a column: each group's rates, and the largest gaps between two of them."""

from __future__ import annotations

from reportgen.document import Block, Cell, Note, Table, TableColumn
from reportgen.mistakes import Gap, Grouping, Mistakes, Rate
from reportgen.results import Run
from reportgen.sections._named import dependent
from reportgen.text import fixed, one_line, p_value, percent, plural, significant, slug

_SURE = 0.05


def blocks(run: Run, found: Mistakes) -> list[Block]:
    """Two tables for each column of `evaluate.groups`; why there are none where they were asked for."""
    if run.spec.evaluate.groups and not found.groupings:
        return [Note(f"The groups were not compared: {found.note or 'there is no table of the columns'}.")]
    told: list[Block] = []
    for place, one in enumerate(found.groupings, 1):
        name = f"{slug(one.column)}-{place}"
        told += [_groups(one, name, run), *_gaps(one, name, run, found)]
    return told


def _groups(one: Grouping, name: str, run: Run) -> Table:
    small = f" {plural(one.left_out, 'row')} of groups of fewer than five are left out." if one.left_out else ""
    hidden = " The column is sensitive: its groups are numbered." if one.numbered else ""
    confidence = percent(run.spec.evaluate.confidence, 0)
    return Table(
        id=f"table-groups-{name}",
        title=f"The groups of {one_line(one.column, 60)}, on the test rows.",
        caption=f"In brackets {confidence} intervals of each group by itself; a rate of fewer than five rows is left "
        f"out.{hidden}{small}",
        columns=(
            TableColumn("group"),
            TableColumn("rows", "integer"),
            *(TableColumn(measure) for measure in one.measures),
        ),
        rows=tuple((group.name, group.rows, *map(_rate, group.rates, _shares(one))) for group in one.groups),
    )


def _shares(one: Grouping) -> list[bool]:
    """Whether each measure is a share; without a gap nothing says otherwise but its name."""
    return [measure not in ("MAE", "mean error") for measure in one.measures]


def _rate(rate: Rate | None, is_share: bool) -> str:
    if rate is None:
        return "–"
    if is_share:
        return f"{fixed(rate.value)} ({fixed(rate.low, 2)} to {fixed(rate.high, 2)})"
    return f"{significant(rate.value)} ({significant(rate.low)} to {significant(rate.high)})"


def _gaps(one: Grouping, name: str, run: Run, found: Mistakes) -> list[Block]:
    column = one_line(one.column, 60)
    if not one.gaps:
        return [Note(f"The groups of {column} were not compared: fewer than two are large enough.")]
    sure = [gap for gap in one.gaps if gap.p_value <= _SURE]
    title = f"Gaps between the groups of {column}: none is beyond chance."
    if sure:
        widest = max(sure, key=lambda gap: (gap.is_share, gap.value))
        title = f"Gaps between the groups of {column}: {widest.measure} differs by {_number(widest.value, widest)}."
    test = "Fisher's exact test" if one.gaps[0].is_share else "Welch's t-test"
    pairs = len(one.groups) * (len(one.groups) - 1) // 2
    raised = f", at a level raised for {pairs} pairs (Bonferroni)" if pairs > 1 else ""
    caption = (
        f"Of each measure the largest gap beyond chance, else the largest. Its "
        f"{percent(run.spec.evaluate.confidence, 0)} interval is made of those of both groups (Newcombe 1998; Zou and "
        f"Donner 2008){raised}. P-values are of "
        f"{test}, corrected for every pair, measure and "
        f"column (Holm).{dependent(found)}"
    )
    columns = (
        TableColumn("measure"),
        TableColumn("largest gap", strong=True),
        TableColumn("interval"),
        TableColumn("lower in", narrow=False),
        TableColumn("higher in", narrow=False),
        TableColumn("corrected p"),
    )
    rows = tuple(_gap(gap, one) for gap in one.gaps)
    return [Table(id=f"table-gaps-{name}", title=title, caption=caption, columns=columns, rows=rows)]


def _gap(gap: Gap, one: Grouping) -> tuple[Cell, ...]:
    ends = f"{_number(gap.low, gap)} to {_number(gap.high, gap)}"
    low, high = (one.groups[place].name for place in (gap.low_group, gap.high_group))
    return gap.measure, _number(gap.value, gap), ends, low, high, p_value(gap.p_value)


def _number(value: float, gap: Gap) -> str:
    return fixed(value) if gap.is_share else significant(value)
