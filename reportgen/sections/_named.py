"""The slices that the experiment file names, and how their numbers are written."""

from __future__ import annotations

from reportgen.document import Block, Cell, Note, Table, TableColumn
from reportgen.mistakes import Mistakes, NamedSlice
from reportgen.results import Run, Score
from reportgen.sections.summary import number, shown
from reportgen.text import fixed, in_sentence, p_value, percent, significant

_SURE = 0.05
_DEPENDENT = (
    " Test rows depend on each other here, which intervals and p-values leave out: they are surer than they should be."
)


def blocks(run: Run, found: Mistakes) -> list[Block]:
    """The table of the named slices; why there is none where they were asked for."""
    if not run.spec.evaluate.slices:
        return []
    if not found.named:
        why = found.note or "no level of the columns has five test rows"
        return [Note(f"The named slices were not measured: {why}.")]
    confidence = percent(run.spec.evaluate.confidence, 0)
    test = "the rank-sum test of absolute errors" if found.measure == "mae" else "Fisher's exact test"
    columns = (
        TableColumn("slice"),
        TableColumn("rows"),
        measure(run, found),
        TableColumn("interval", narrow=False),
        TableColumn("on all other rows", narrow=False),
        TableColumn("difference", strong=True),
        TableColumn("interval", narrow=False),
        TableColumn("corrected p"),
    )
    caption = (
        f"Slices that the experiment file names, on the test rows. Intervals are at {confidence}, of each slice by "
        f"itself; that of a difference is made of both (Newcombe 1998). P-values are two-sided, of {test} against all "
        f"other rows, corrected for the slices of this table (Holm). A slice of fewer than five rows is not "
        f"measured.{dependent(found)}"
    )
    rows = tuple(_row(one, run, found) for one in found.named)
    told: list[Block] = [Table(id="table-named", title=_title(found), caption=caption, columns=columns, rows=rows)]
    return [*told, *_further(found, confidence)]


def _further(found: Mistakes, confidence: str) -> list[Block]:
    """Other metrics of the same slices."""
    measured = [one for one in found.named if one.scores]
    if not measured:
        return []
    columns = [TableColumn("slice"), *(TableColumn(in_sentence(score.title)) for score in measured[0].scores)]
    rows = [(one.name, *map(_score, one.scores)) for one in measured]
    title = "Other metrics of the named slices."
    caption = f"In brackets {confidence} intervals of each slice by itself."
    return [Table(id="table-named-metrics", title=title, caption=caption, columns=tuple(columns), rows=tuple(rows))]


def _title(found: Mistakes) -> str:
    sure = [one for one in found.named if one.p_value is not None and one.p_value <= _SURE]
    sign = -1.0 if found.measure == "mae" else 1.0
    weaker = [one for one in sure if one.difference is not None and sign * one.difference < 0]
    if weaker:
        worst = min(weaker, key=lambda one: sign * (one.difference or 0.0))
        return f"Named slices: the model is weakest where {worst.name}."
    return "Named slices: none is shown to be weaker than the other rows."


def _row(one: NamedSlice, run: Run, found: Mistakes) -> tuple[Cell, ...]:
    if one.value is None or one.p_value is None:
        rows = "fewer than 5" if one.rows < 5 else f"{one.rows:,}"
        return one.name, rows, *(["–"] * 6)
    cells = [_signed(one.difference, run, found), _ends(one.difference_low, one.difference_high, run, found)]
    return (
        one.name,
        f"{one.rows:,}",
        written(one.value, run, found),
        _ends(one.low, one.high, run, found),
        written(one.rest, run, found),
        *cells,
        p_value(one.p_value),
    )


def _score(score: Score) -> str:
    if score.low is None or score.high is None:
        return shown(score)
    return f"{shown(score)} ({fixed(score.low, 2)} to {fixed(score.high, 2)})"


def measure(run: Run, found: Mistakes) -> TableColumn:
    """The column of what the slices are measured by."""
    if found.measure != "mae":
        return TableColumn(found.measure)
    score = run.score("mae")
    return TableColumn("MAE", unit=score.unit if score else "")


def written(value: float | None, run: Run, found: Mistakes) -> str:
    """A value of the measure as the metrics of the report write it."""
    if value is None or found.measure != "mae":
        return fixed(value)
    score = run.score("mae")
    return number(value, score) if score else significant(value)


def _signed(value: float | None, run: Run, found: Mistakes) -> str:
    shown = written(value, run, found)
    return f"+{shown}" if value is not None and value > 0 and shown[0].isdigit() else shown


def _ends(low: float | None, high: float | None, run: Run, found: Mistakes) -> str:
    write = _signed if low is not None and low < 0 else written
    return f"{write(low, run, found)} to {write(high, run, found)}"


def dependent(found: Mistakes) -> str:
    """That the rows are not independent, where they are known not to be."""
    return _DEPENDENT if found.dependent else ""
