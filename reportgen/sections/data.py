"""What is in the table: shape, kinds, one line a column that unfolds, gaps, associations, rows, time."""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.dataset import Task
from reportgen.document import Block, Group, Note, Text, em, para, strong
from reportgen.errors import NotApplicable
from reportgen.profile import Profile
from reportgen.results import Run
from reportgen.sections import Gallery, _columns, _relations, _rows
from reportgen.sections._words import kind, number
from reportgen.text import classed, count, listing, one_line, percent, plural, significant

TITLE = "Data"
ORDER = 20


def compose(run: Run, gallery: Gallery) -> list[Block]:
    if run.profile is None or run.dataset is None:
        raise NotApplicable("nothing was profiled")
    profile = run.profile
    blocks: list[Block] = [*_sentence(run, profile), *_rows.origin(run.dataset)]
    blocks += [Note(text) for text in run.dataset.notes]
    if profile.columns:
        blocks += _columns.tables(run, profile)
    blocks += gallery.pair("class_balance", "label_balance", "target_distribution")
    blocks += gallery.take("column_distributions", "target_relation", "target_forms")
    blocks += gallery.take("text_lengths", "text_terms", "image_samples", "image_sizes")
    parts = (
        ("Missing values", _relations.missing(profile), ("missing_values", "missing_matrix", "missing_together")),
        (
            "How columns go together",
            _relations.pairs(profile),
            ("associations", "correlation", "pair_plot", "projection"),
        ),
        ("Rows", [] if _target_alone(profile) else _rows.counted(profile), ()),
        ("Time", _rows.time(profile), ("time_coverage", "series_over_time")),
    )
    for title, tables, figures in parts:
        blocks += _part(title, tables, gallery.take(*figures))
    return [*blocks, *_part("Rows as they are", _rows.samples(run), []), *gallery.rest("data")]


def _part(title: str, tables: Sequence[Block], figures: Sequence[Block]) -> list[Block]:
    """A titled part: its sentence, the figures, then its tables; nothing where there is nothing."""
    first = list(tables[:1]) if tables and isinstance(tables[0], Text) else []
    found = (*first, *figures, *tables[len(first) :])
    return [Group(found, title=title)] if found else []


def _sentence(run: Run, profile: Profile) -> list[Block]:
    kinds = [kind(column) for column in profile.columns]
    what = listing((f"{count(kinds.count(name))} {name}" for name in dict.fromkeys(kinds)), most=8)
    missing = (
        f"{percent(profile.missing_share)} of all cells are missing" if profile.missing_cells else "nothing is missing"
    )
    repeated = (
        f"{plural(profile.duplicate_rows, 'row repeats', 'rows repeat')} an earlier one"
        if profile.duplicate_rows
        else "no row repeats another"
    )
    head = f"{plural(profile.n_rows, 'row')}, {plural(profile.n_columns, 'column')} ({what}); {missing}, {repeated}."
    if not run.spec.model:
        head = ""  # the first page has told it
    if run.task is None:
        return [para(strong(head))] if head else []
    if _target_alone(profile):
        head = f"{plural(profile.n_rows, 'row')}, of which the target alone is known."
    if run.task.name == "multilabel":
        return [para(*((strong(head), " ") if head else ()), *_labels(run.task, profile))]
    target = f" has {_target(run, profile)}. {_stated(run.task, bool(profile.class_counts))}".rstrip()
    said = (strong(head), " ") if head else ()
    return [para(*said, "The target ", em(one_line(run.task.target, 60)), target)]


def _target_alone(profile: Profile) -> bool:
    """Whether the table has no column but the target, as beside predictions made elsewhere."""
    return all(column.is_target for column in profile.columns)


def _labels(task: Task, profile: Profile) -> list[str]:
    """`Each row has any of 3 labels: 120 rows ill (30 %), ...`, rarest last."""
    rows = sorted(profile.class_counts.items(), key=lambda item: -item[1])
    known = max(profile.n_rows - max(profile.column(name).missing for name in task.targets), 1)
    shares = (f"{one_line(label, 60)} in {count(size)} ({percent(size / known, 0)})" for label, size in rows)
    return [f"A row may have any of {plural(len(rows), 'label')}: {listing(shares, most=6)}. {_stated(task, False)}"]


def _stated(task: Task, classed: bool) -> str:
    """How the task was found; the number of classes is not said twice."""
    counted, _, more = task.stated.partition("; ")
    stated = more if classed and counted.startswith("the target has ") else task.stated
    text = stated.replace(
        "declared in the experiment file", f"the task, {task.name}, is declared in the experiment file"
    )
    return f"{text[0].upper()}{text[1:].rstrip('.')}." if text else ""


def _target(run: Run, profile: Profile) -> str:
    if profile.class_counts:
        total = sum(profile.class_counts.values())
        sizes = [
            f"{count(size)} {_of(one_line(label, 60))} ({percent(size / max(total, 1), 0)})"
            for label, size in sorted(profile.class_counts.items(), key=lambda item: -item[1])
        ]
        return listing(sizes, most=6)
    assert run.task is not None
    target = profile.column(run.task.target)
    return f"a mean of {significant(target.mean)}, from {number(target.min)} to {number(target.max)}"


def _of(label: str) -> str:
    return label if classed(label) == label else f"of {classed(label)}"
