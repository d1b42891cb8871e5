"""Which test rows changed sides: counts and positions, no values."""

from __future__ import annotations

import numpy as np

from reportgen.comparing.results import Comparison
from reportgen.comparing.sharing import Shared
from reportgen.document import Block, Cell, Group, Note, Table, TableColumn, Text, para, strong
from reportgen.results import Prediction
from reportgen.text import listing, percent, plural

TITLE = "Rows that changed sides"
_MOST_POSITIONS = 200
_MOST_EXTREME = 5


def compose(comparison: Comparison) -> list[Block]:
    """Of two reports who is right on which rows; of more each against the first report's or the best's."""
    shared = comparison.main
    if shared is None:
        return []
    if shared.task.is_numeric:
        return _nearer(comparison, shared) if len(shared.places) == 2 else []
    right = np.stack([_right(prediction) for prediction in shared.predictions])
    rows = _positions(shared.predictions[0])
    if len(shared.places) == 2:
        return _of_two(comparison, shared, right, rows)
    return _of_many(comparison, shared, right, rows)


def _right(prediction: Prediction) -> np.ndarray:
    found = prediction.y_pred == prediction.y_true
    return np.asarray(found.all(axis=1) if found.ndim == 2 else found)


def _positions(prediction: Prediction) -> np.ndarray:
    assert prediction.rows is not None
    return prediction.rows


def _of_two(comparison: Comparison, shared: Shared, right: np.ndarray, rows: np.ndarray) -> list[Block]:
    first, second = (comparison.name(place) for place in shared.places)
    parts = (
        (f"right in {second} alone", ~right[0] & right[1]),
        (f"right in {first} alone", right[0] & ~right[1]),
        ("right in both", right[0] & right[1]),
        ("wrong in both", ~right[0] & ~right[1]),
    )
    changed = int((right[0] != right[1]).sum())
    n = len(rows)
    table = Table(
        "table-sides",
        "Rows by who is right.",
        (TableColumn(""), TableColumn("rows", "integer", strong=True), TableColumn("share", "share")),
        tuple((name, int(flags.sum()), float(flags.mean())) for name, flags in parts),
    )
    head = para(
        strong(f"{changed:,} of {plural(n, 'test row')} changed sides."), " The others are right, or wrong, in both."
    )
    listed = [_listed(name, rows[flags]) for name, flags in parts if name != "right in both"]
    return [head, table, *(group for group in listed if group is not None)]


def _listed(name: str, rows: np.ndarray) -> Group | None:
    """The positions of rows in the source, counted from 0, folded."""
    if not len(rows):
        return None
    shown = ", ".join(f"{row}" for row in np.sort(rows)[:_MOST_POSITIONS].tolist())
    more = f" and {len(rows) - _MOST_POSITIONS:,} more" if len(rows) > _MOST_POSITIONS else ""
    told = para(f"Positions in the data, counted from 0: {shown}{more}.")
    return Group((told,), "fold", title=f"{plural(len(rows), 'row')} {name}")


def _of_many(comparison: Comparison, shared: Shared, right: np.ndarray, rows: np.ndarray) -> list[Block]:
    """Every report against the one that is right most often, and the rows that all, or none, get right."""
    best = int(right.sum(axis=1).argmax())
    name = comparison.name(shared.places[best])
    cells: list[tuple[Cell, ...]] = []
    order = sorted(range(len(right)), key=lambda one: (-int(right[one].sum()), one))
    for one in order:
        alone, lost = int((right[one] & ~right[best]).sum()), int((~right[one] & right[best]).sum())
        cells.append((comparison.name(shared.places[one]), int(right[one].sum()), alone, lost))
    columns = (
        TableColumn("report"),
        TableColumn("right", "integer", strong=True),
        TableColumn(f"right where {name} is wrong", "integer"),
        TableColumn(f"wrong where {name} is right", "integer"),
    )
    table = Table("table-sides", f"Rows that changed sides against {name}.", columns, tuple(cells))
    none, every = np.asarray(~right.any(axis=0)), np.asarray(right.all(axis=0))
    listed = _listed("that no report gets right", rows[none])
    return [_agreed(none, every, len(rows)), table, *([listed] if listed else [])]


def _agreed(none: np.ndarray, every: np.ndarray, n: int) -> Text:
    split = n - int(none.sum()) - int(every.sum())
    return para(
        strong(f"The reports disagree on {split:,} of {plural(n, 'test row')}."),
        f" {int(every.sum()):,} are right in all of them, {int(none.sum()):,} in none.",
    )


def _nearer(comparison: Comparison, shared: Shared) -> list[Block]:
    """Of two models that predict numbers: which of them is nearer, and where that differs most."""
    first, second = (comparison.name(place) for place in shared.places)
    with np.errstate(all="ignore"):
        errors = [np.abs(prediction.y_pred - prediction.y_true) for prediction in shared.predictions]
        gain = np.asarray(errors[0] - errors[1])
    if not np.isfinite(gain).all():
        return [Note("An error is not a finite number, so that rows are not compared.")]
    n, better, worse = len(gain), int((gain > 0).sum()), int((gain < 0).sum())
    head = para(
        strong(f"{second} is nearer on {better:,} of {plural(n, 'prediction')}, {first} on {worse:,}."),
        f" That is {percent(better / n, 0)} against {percent(worse / n, 0)}.",
    )
    rows = _positions(shared.predictions[0])
    parts = (
        (f"{second} gains most", np.argsort(-gain, kind="stable")),
        (f"{first} gains most", np.argsort(gain, kind="stable")),
    )
    most = [f"where {name}: {_first(rows[order[gain[order] != 0]])}" for name, order in parts if gain[order[0]]]
    return [head, para(f"Positions in the data, counted from 0, {'; '.join(most)}.")] if most else [head]


def _first(rows: np.ndarray) -> str:
    """The first five different ones."""
    return listing(list(dict.fromkeys(rows.tolist()))[:_MOST_EXTREME], most=_MOST_EXTREME)
