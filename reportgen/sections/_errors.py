"""Where the model errs: its weakest slices, and its worst predictions."""

from __future__ import annotations

import math

from reportgen.document import Block, Cell, Interval, Note, Table, TableColumn
from reportgen.mistakes import Mistakes, Slice, Worst
from reportgen.results import Prediction, Run
from reportgen.text import count, fixed, one_line, p_value, percent, significant

_SURE = 0.05


def blocks(run: Run) -> list[Block]:
    found = run.mistakes
    if found is None:
        return []
    told = [Note(f"Weak slices were not searched: {found.note}.")] if found.note else _slices(run, found)
    return [*told, *_worst(run, found)]


def _slices(run: Run, found: Mistakes) -> list[Block]:
    if not found.slices:
        return [Note("No slice of the test rows is large enough to be judged.")]
    proven = found.slices[0].p_value <= _SURE
    ends = [bound for one in found.slices for bound in (one.low, one.high)]
    scale, digits, head = (0.0, 1.0), 3, TableColumn(found.measure)
    if found.measure == "mae":
        scale = (min(0.0, *ends), max(found.overall, *ends) or 1.0)
        digits, head = max(0, 2 - math.floor(math.log10(scale[1]))), _mean_error(run)
    confidence = percent(run.spec.evaluate.confidence, 0)
    title = "Slices on which the model is weaker." if proven else "No slice is shown to be weaker than the rest."
    first = "" if proven else " These come nearest."
    caption = (
        f"{count(found.searched)} slices of at least {count(found.smallest)} test rows were searched, of "
        f"{count(found.columns)} columns, and of the first {count(found.paired)} in pairs; p-values are corrected "
        f"for all of them (Holm). Bars are {confidence} intervals of each slice by "
        f"itself, not corrected for the search, marks the value on all rows, {_number(found.overall, found)}.{first}"
    )
    columns = (
        TableColumn("slice"),
        TableColumn("rows", "integer"),
        TableColumn(f"{confidence} interval", "interval", digits, scale=scale),
        head,
        TableColumn("on all other rows", narrow=False),
        TableColumn("corrected p"),
    )
    return [
        Table(
            id="table-slices",
            title=title,
            caption=caption,
            columns=columns,
            rows=tuple(_row(one, found) for one in found.slices),
        )
    ]


def _mean_error(run: Run) -> TableColumn:
    score = run.score("mae")
    return TableColumn("MAE", unit=score.unit if score else "")


def _row(one: Slice, found: Mistakes) -> tuple[Cell, ...]:
    bar = Interval(one.value, one.low, one.high, found.overall)
    return one.name, one.rows, bar, _number(one.value, found), _number(one.rest, found), p_value(one.p_value)


def _number(value: float, found: Mistakes) -> str:
    return significant(value) if found.measure == "mae" else fixed(value)


def _worst(run: Run, found: Mistakes) -> list[Block]:
    if not found.worst:
        return [Note("No test row was predicted wrongly.")]
    test = run.predictions["test"]
    several, steps = test.y_true.ndim == 2, test.step is not None
    loss = "absolute error" if found.measure == "mae" else "1 - probability of the truth"
    columns = [TableColumn("row"), TableColumn("truth"), TableColumn("prediction")]
    columns += [TableColumn("steps ahead", "integer")] * steps
    columns += [TableColumn(loss, "significant")] * (found.measure == "mae" or test.y_score is not None)
    rows = tuple(_case(one, test, several)[: len(columns)] for one in found.worst)
    first = "Rows are counted from 1, as in the table that was read." if test.rows is not None else "In order."
    return [Table(id="table-worst", title="The worst predictions.", caption=first, columns=tuple(columns), rows=rows)]


def _case(one: Worst, test: Prediction, several: bool) -> tuple[Cell, ...]:
    said = tuple(_told(values[one.place], test.labels, several) for values in (test.y_true, test.y_pred))
    row = one.place if one.row is None else one.row
    step = () if one.step is None else (one.step,)
    return (count(row + 1), *said, *step, one.loss)


def _told(value: object, labels: tuple[str, ...], several: bool) -> str:
    if several:
        held = [one_line(label, 30) for label, flag in zip(labels, value, strict=True) if flag]  # type: ignore[call-overload]
        return ", ".join(held[:5]) + (" …" if len(held) > 5 else "") or "none"
    return one_line(labels[int(value)], 60) if labels else significant(float(value))  # type: ignore[call-overload,arg-type]
