"""The worst predictions, with columns of the table where rows may be shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reportgen.dataset import Column, Kind
from reportgen.document import Block, Cell, Note, Table, TableColumn
from reportgen.mistakes import Mistakes, Worst
from reportgen.results import Prediction, Run
from reportgen.text import count, one_line, plural, significant

_MOST_COLUMNS, _MOST_LETTERS = 3, 40


def blocks(run: Run, found: Mistakes) -> list[Block]:
    if not found.worst:
        return [Note("No test row was predicted wrongly.")]
    test, features = run.predictions["test"], _features(run)
    several, steps = test.y_true.ndim == 2, test.step is not None
    loss = "absolute error" if found.measure == "mae" else "1 - probability of the truth"
    columns = [TableColumn("row"), TableColumn("truth"), TableColumn("prediction")]
    columns += [TableColumn("steps ahead", "integer")] * steps
    columns += [TableColumn(loss, "significant")] * (found.measure == "mae" or test.y_score is not None)
    rows = [_case(one, test, several)[: len(columns)] for one in found.worst]
    columns += [TableColumn(one_line(feature.name, 60), narrow=False) for feature in features]
    if features:
        rows = [
            (*row, *_values(run, features, one if place < run.spec.report.samples else None))
            for place, (row, one) in enumerate(zip(rows, found.worst, strict=True))
        ]
    return [
        Table(
            id="table-worst",
            title="The worst predictions.",
            caption=_caption(run, test, len(features)),
            columns=tuple(columns),
            rows=tuple(rows),
        )
    ]


def _caption(run: Run, test: Prediction, features: int) -> str:
    first = "Rows are counted from 1, as in the table that was read." if test.rows is not None else "In order."
    if not features:
        return first
    order = " that matter most to the model" if run.explained and run.explained.importances else ""
    return f"{first} The last {plural(features, 'column')} are those of the table{order}, as read."


def _features(run: Run) -> list[Column]:
    """The columns that may be shown, the most important first; none unless the experiment file lets rows be shown."""
    test = run.predictions["test"]
    if not run.spec.report.samples or run.dataset is None or test.rows is None or test.step is not None:
        return []
    usable = [one for one in run.dataset.features if not one.sensitive and one.kind is not Kind.IMAGE]
    found = run.explained.importances if run.explained else None
    rank = {one.column: place for place, one in enumerate(found.columns)} if found else {}
    return sorted(usable, key=lambda one: rank.get(one.name, len(rank)))[:_MOST_COLUMNS]


def _values(run: Run, features: list[Column], one: Worst | None) -> Iterator[Cell]:
    """The row's values as read; nothing for rows beyond those that may be shown."""
    assert run.dataset is not None
    for feature in features:
        values = run.dataset.frame[feature.name]
        if one is None or one.row is None:
            yield ""
        else:
            yield "missing" if values.isna().iat[one.row] else _value(values.iat[one.row], feature.kind)


def _value(value: Any, kind: Kind) -> str:
    if kind is Kind.NUMERIC:
        return f"{float(value):.6g}"
    if kind is Kind.DATETIME:
        return str(value).removesuffix(" 00:00:00")
    return one_line(value, _MOST_LETTERS)


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
