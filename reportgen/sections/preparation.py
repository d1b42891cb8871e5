"""What happened to every row and column before the model saw it."""

from __future__ import annotations

import numpy as np

from reportgen.dataset import Step
from reportgen.document import Block, Cell, Group, Table, TableColumn, Text, para, strong
from reportgen.errors import NotApplicable
from reportgen.results import Run
from reportgen.sections import Gallery
from reportgen.text import count, listing, one_line, plural, shorten

TITLE = "Preparation"
ORDER = 30
_MOST_COLUMNS = 60
_MOST_NAMES = 20


def compose(run: Run, gallery: Gallery) -> list[Block]:  # noqa: ARG001  the contract of a section
    if run.splits is None:
        raise NotApplicable("no model was asked for, so nothing was prepared")
    splits = run.splits
    blocks: list[Block] = [_sentence(run), _ledger(splits.ledger), _parts(run)]
    blocks += [para(note) for note in splits.notes]
    if len(splits.made_from) and set(splits.made_from.values()) != set(splits.feature_names):
        blocks.append(
            Group((_features(run),), "fold", title=f"{plural(len(splits.feature_names), 'prepared feature')}")
        )
    return blocks


def _sentence(run: Run) -> Text:
    assert run.splits is not None
    assert run.dataset is not None
    used = sum(map(len, run.splits.parts.values()))
    lost = run.dataset.n_rows - used
    start = (
        f"All {count(used)} rows were used"
        if not lost
        else f"{count(used)} of {count(run.dataset.n_rows)} rows were used"
    )
    shares = listing(f"{count(len(part))} to {_PURPOSE[name]}" for name, part in run.splits.parts.items())
    return para(strong(f"{start}: {shares}."), " Whatever learns from data learnt from the training rows alone.")


_PURPOSE = {"train": "train", "validation": "watch training", "test": "test"}


def _ledger(steps: tuple[Step, ...]) -> Table:
    return Table(
        id="table-ledger",
        title="The ledger.",
        caption="Rows and columns in and out of every step, and why.",
        columns=(
            TableColumn("step"),
            TableColumn("rows in", "integer", narrow=False),
            TableColumn("rows out", "integer"),
            TableColumn("columns in", "integer", narrow=False),
            TableColumn("columns out", "integer"),
            TableColumn("what changed"),
            TableColumn("why", narrow=False),
            TableColumn("learnt from", narrow=False),
        ),
        rows=tuple(
            (
                step.name,
                step.rows_in,
                step.rows_out,
                step.columns_in,
                step.columns_out,
                step.changed,
                step.why,
                step.fitted_on or "–",
            )
            for step in steps
        ),
    )


def _parts(run: Run) -> Table:
    assert run.splits is not None
    assert run.task is not None
    labels = run.task.labels[:6]
    rows = []
    for name, part in run.splits.parts.items():
        cells: tuple[Cell, ...]
        if run.task.is_classification:
            counts = np.bincount(part.y, minlength=len(run.task.labels))
            cells = tuple(
                f"{count(int(counts[code]))} ({100 * counts[code] / max(len(part), 1):.1f} %)"
                for code in range(len(labels))
            )
        else:
            with np.errstate(over="ignore"):  # Shown as a dash.
                cells = (float(np.mean(part.y)), float(np.std(part.y)))
        rows.append((name, len(part), *cells))
    shown = [TableColumn(one_line(label, 40), "fixed") for label in labels] or [
        TableColumn("mean of the target", "significant"),
        TableColumn("sd", "significant"),
    ]
    more = len(run.task.labels) - len(labels)
    return Table(
        id="table-splits",
        title="The splits.",
        caption=f"Share of each class in its split{f'; {more} more classes are not shown' if more else ''}."
        if labels
        else "The target in each split.",
        columns=(TableColumn("split"), TableColumn("rows", "integer"), *shown),
        rows=tuple(rows),
    )


def _features(run: Run) -> Table:
    assert run.splits is not None
    made: dict[str, list[str]] = {}
    for name in run.splits.feature_names:
        made.setdefault(run.splits.made_from.get(name, name), []).append(name)
    return Table(
        id="table-features",
        title="Prepared features.",
        caption="What each column became.",
        columns=(TableColumn("column"), TableColumn("features", "integer"), TableColumn("their names")),
        rows=tuple(
            (shorten(column, 60), len(names), _names(column, names))
            for column, names in list(made.items())[:_MOST_COLUMNS]
        ),
        total=len(made),
    )


def _names(column: str, names: list[str]) -> str:
    """The features of a column; the levels alone where the name of the column stands before each."""
    start = f"{column}="
    short = [name.removeprefix(start) for name in names] if all(name.startswith(start) for name in names) else names
    return listing((shorten(name, 40) for name in short), most=_MOST_NAMES)
