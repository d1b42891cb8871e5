"""What happened to every row and column before the model saw it."""

from __future__ import annotations

import numpy as np

from reportgen.dataset import Lack, Step
from reportgen.document import Block, Cell, Group, Table, TableColumn, Text, para, strong
from reportgen.errors import NotApplicable
from reportgen.results import Run
from reportgen.sections import Gallery
from reportgen.text import count, listing, one_line, percent, plural, quoted, shorten

TITLE = "Preparation"
ORDER = 30
_MOST_COLUMNS = 60
_MOST_NAMES = 20
#: Steps of the ledger in sight; classes with a column each; places where a split lacks something.
_MOST_STEPS, _MOST_CLASSES, _MOST_LACKS = 25, 6, 100
_MOST_SENTENCES, _FOLDED_FROM = 2, 12


def compose(run: Run, gallery: Gallery) -> list[Block]:  # noqa: ARG001  the contract of a section
    if run.splits is None:
        raise NotApplicable("no model was asked for, so nothing was prepared")
    splits = run.splits
    blocks: list[Block] = [_sentence(run), *_ledger(splits.ledger), _parts(run), *_classes(run)]
    blocks += [para(note) for note in splits.notes]
    blocks += _lacks(splits.lacks)
    if len(splits.feature_names) and set(splits.made_from.values()) != set(splits.feature_names):
        title = plural(len(splits.feature_names), "prepared feature")
        blocks.append(Group((_features(run),), "fold", title=title))
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
    if run.task is not None and run.task.name == "forecast":
        start = f"A forecast is made from {count(used)} of {count(run.dataset.n_rows)} rows"
    shares = listing(f"{count(len(part))} to {_PURPOSE[name]}" for name, part in run.splits.parts.items())
    if not run.splits.feature_names:
        return para(strong(f"{start}: {shares}."), " The predictions were made elsewhere: nothing was prepared here.")
    return para(strong(f"{start}: {shares}."), " Whatever learns from data learnt from the training rows alone.")


_PURPOSE = {"train": "train", "validation": "watch training", "test": "test"}


def _ledger(steps: tuple[Step, ...]) -> list[Block]:
    """The first steps, and those beyond under a fold."""
    blocks: list[Block] = [_steps(steps[:_MOST_STEPS], "table-ledger", "The ledger.")]
    if rest := steps[_MOST_STEPS:]:
        last = steps[-1]
        title = (
            f"{plural(len(rest), 'more step')}, which end with {plural(last.rows_out, 'row')} and "
            f"{plural(last.columns_out, 'column')}"
        )
        blocks.append(Group((_steps(rest, "table-ledger-rest", "The ledger, continued."),), "fold", title=title))
    return blocks


def _steps(steps: tuple[Step, ...], key: str, title: str) -> Table:
    return Table(
        id=key,
        title=title,
        caption="Rows and columns into and out of every step, one number where none came or went, and why.",
        columns=(
            TableColumn("step"),
            TableColumn("rows", "integer"),
            TableColumn("columns", "integer"),
            TableColumn("what changed"),
            TableColumn("why", narrow=False),
            TableColumn("learnt from", narrow=False),
        ),
        rows=tuple(
            (
                step.name,
                _change(step.rows_in, step.rows_out),
                _change(step.columns_in, step.columns_out),
                step.changed,
                step.why,
                step.fitted_on or "–",
            )
            for step in steps
        ),
    )


def _change(before: int, after: int) -> str:
    """`606 → 605`, or `605` where nothing changed."""
    return count(after) if before == after else f"{count(before)} → {count(after)}"


def _parts(run: Run) -> Table:
    """Rows of each split, with the share of each class or the spread of the target."""
    assert run.splits is not None
    assert run.task is not None
    shown, more = _shown(run)
    heads = [TableColumn(one_line(run.task.labels[code], 40), "fixed") for code in shown]
    several = run.task.name == "multilabel"
    if more and not several:
        heads.append(TableColumn(f"{count(len(more))} others", "fixed"))
    rows = []
    for name, part in run.splits.parts.items():
        cells: tuple[Cell, ...]
        if run.task.labels:
            members = _members(part.y, len(run.task.labels))
            counts = [*members[shown].tolist(), *([int(members[more].sum())] if more and part.y.ndim == 1 else [])]
            cells = tuple(f"{count(number)} ({percent(number / max(len(part), 1))})" for number in counts)
        else:
            with np.errstate(over="ignore"):  # Shown as a dash.
                cells = (float(np.mean(part.y)), float(np.std(part.y)))
        rows.append((name, len(part), *cells))
    heads = heads or [TableColumn("mean of the target", "significant"), TableColumn("sd", "significant")]
    what, many = ("label", "labels") if several else ("class", "classes")
    commonest = f"; the {len(shown)} commonest of {count(len(run.task.labels))} {many}" if more else ""
    return Table(
        id="table-splits",
        title="The splits.",
        caption=f"Share of each {what} in its split{commonest}." if shown else "The target in each split.",
        columns=(TableColumn("split"), TableColumn("rows", "integer"), *heads),
        rows=tuple(rows),
    )


def _members(y: np.ndarray, n_labels: int) -> np.ndarray:
    """Rows of each class, or with each of several labels (n_labels,)."""
    return y.sum(axis=0) if y.ndim == 2 else np.bincount(y, minlength=n_labels)


def _shown(run: Run) -> tuple[list[int], list[int]]:
    """Classes with a column of their own in the table of splits, in the order of the labels; and all others."""
    assert run.splits is not None
    assert run.task is not None
    every = range(len(run.task.labels))
    if len(every) <= _MOST_CLASSES:
        return list(every), []
    members = _members(np.concatenate([part.y for part in run.splits.parts.values()]), len(every))
    chosen = set(np.argsort(-members, kind="stable")[: _MOST_CLASSES - 1].tolist())
    return sorted(chosen), [code for code in every if code not in chosen]


def _classes(run: Run) -> list[Block]:
    """The counts of every class, under a fold, where the table of splits cannot hold them."""
    assert run.splits is not None
    assert run.task is not None
    labels = run.task.labels
    if len(labels) <= _MOST_CLASSES:
        return []
    what, many = ("label", "labels") if run.task.name == "multilabel" else ("class", "classes")
    members = {name: _members(part.y, len(labels)) for name, part in run.splits.parts.items()}
    order = np.argsort(-np.sum(list(members.values()), axis=0), kind="stable")
    table = Table(
        id="table-split-classes",
        title=f"The {many}.",
        caption=f"Rows of each {what} in each split, the commonest {what} first.",
        columns=(TableColumn(what), *(TableColumn(name, "integer") for name in members)),
        rows=tuple(
            (shorten(labels[code], 60), *(int(counts[code]) for counts in members.values()))
            for code in order[:_MOST_COLUMNS]
        ),
        total=len(labels),
    )
    return [Group((table,), "fold", title=f"Rows of the {count(len(labels))} {many} in each split")]


def _lacks(lacks: tuple[Lack, ...]) -> list[Block]:
    """A sentence each, or a table where there are several."""
    if len(lacks) <= _MOST_SENTENCES:
        return [para(_sentence_on(lack)) for lack in lacks]
    ordered = sorted(lacks, key=lambda lack: (lack.rows > 0, -lack.rows))  # What is not there at all comes first.
    table = Table(
        id="table-lacks",
        title="What the splits lack.",
        caption="Classes and levels that are in one split and not in another, and the rows that it touches.",
        columns=(TableColumn("column"), TableColumn("split"), TableColumn("what"), TableColumn("rows", "integer")),
        rows=tuple((shorten(lack.column, 60), lack.split, lack.what, lack.rows) for lack in ordered[:_MOST_LACKS]),
        total=len(lacks),
    )
    if len(lacks) <= _FOLDED_FROM:
        return [table]
    return [Group((table,), "fold", title=f"What the splits lack, in {plural(len(lacks), 'place')}")]


def _sentence_on(lack: Lack) -> str:
    rows = f", in {plural(lack.rows, 'row')}" if lack.rows else ""
    return f"Column {quoted(lack.column)}, {lack.split}: {lack.what}{rows}."


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
