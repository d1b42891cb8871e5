"""Where the model errs: its weakest slices, the slices and groups that were named, and its worst predictions."""

from __future__ import annotations

import math

from reportgen.document import Block, Cell, Interval, Note, Table, TableColumn
from reportgen.mistakes import Mistakes, Slice
from reportgen.results import Run
from reportgen.sections._groups import blocks as groups
from reportgen.sections._named import blocks as named
from reportgen.sections._named import dependent, measure, written
from reportgen.sections._worst import blocks as worst
from reportgen.text import count, p_value, percent, plural

_SURE = 0.05


def blocks(run: Run) -> list[Block]:
    found = run.mistakes
    if found is None:
        return []
    told = [Note(f"Weak slices were not searched: {found.note}.")] if found.note else _slices(run, found)
    return [*named(run, found), *groups(run, found), *told, *worst(run, found)]


def _slices(run: Run, found: Mistakes) -> list[Block]:
    if not found.slices:
        return [Note("No slice of the test rows is large enough to be judged.")]
    proven = found.slices[0].p_value <= _SURE
    ends = [bound for one in found.slices for bound in (one.low, one.high)]
    scale, digits = (0.0, 1.0), 3
    if found.measure == "mae":
        scale = (min(0.0, *ends), max(found.overall, *ends) or 1.0)
        digits = max(0, 2 - math.floor(math.log10(found.overall or 1.0)))
    confidence = percent(run.spec.evaluate.confidence, 0)
    title = "Slices on which the model is weaker." if proven else "No slice is shown to be weaker than the rest."
    first = "" if proven else " These come nearest; they were chosen by their errors, which their intervals leave out."
    caption = (
        f"{count(found.searched)} slices of at least {count(found.smallest)} test rows were searched, of "
        f"{_columns(found)}; p-values are corrected for all of them (Holm). Bars are {confidence} intervals of each "
        f"slice by itself, not corrected for the search; the mark is the value on all rows, "
        f"{written(found.overall, run, found)}.{first}{dependent(found)}"
    )
    columns = (
        TableColumn("slice"),
        TableColumn("rows", "integer"),
        TableColumn(f"{confidence} interval", "interval", digits, scale=scale),
        measure(run, found),
        TableColumn("on all other rows", narrow=False),
        TableColumn("corrected p"),
    )
    rows = tuple(_row(one, run, found) for one in found.slices)
    return [Table(id="table-slices", title=title, caption=caption, columns=columns, rows=rows)]


def _columns(found: Mistakes) -> str:
    """Which columns were searched, and which in pairs."""
    order = "those that matter most to the model" if found.ranked else "the first of the table"
    searched = plural(found.columns, "column")
    if found.columns_cut:
        return f"{searched} of {count(found.columns_there)} ({order}), and of {count(found.paired)} of these in pairs"
    if found.paired == found.columns:
        return f"{searched}, alone and in pairs"
    return f"{searched}, and in pairs of {count(found.paired)} of them ({order})"


def _row(one: Slice, run: Run, found: Mistakes) -> tuple[Cell, ...]:
    bar = Interval(one.value, one.low, one.high, found.overall)
    shown = (written(value, run, found) for value in (one.value, one.rest))
    return one.name, one.rows, bar, *shown, p_value(one.p_value)
