"""The table of the classes, or of several labels, with their scores: as many rows as there are classes."""

from __future__ import annotations

import numpy as np

from reportgen.document import Block, Cell, Group, Table, TableColumn
from reportgen.results import Run, Score
from reportgen.sections.summary import interval, shown
from reportgen.text import count, fixed, in_sentence, one_line

#: Classes up to which their table stands open, in the order of the labels; beyond, those told worst stand first.
OPEN = 40
_BY = "f1"

Scores = dict[str, dict[str, Score]]  # label -> metric -> score


def blocks(run: Run, scores: list[Score]) -> list[Block]:
    """The table of the classes that occur, with every score of one class on the test rows; folded where it is long."""
    by_class: Scores = {}
    for score in scores:
        by_class.setdefault(str(score.label), {})[score.metric] = score
    several = run.predictions["test"].y_true.ndim == 2
    one, many = ("label", "labels") if several else ("class", "classes")
    if len(by_class) <= OPEN:
        return [_table(run, by_class, one, "")]
    ordered = dict(sorted(by_class.items(), key=lambda item: _place(item[1])))
    return [
        Group(
            (_table(run, ordered, one, f"All {count(len(ordered))}, lowest F1 first."),),
            "fold",
            title=f"Scores of all {count(len(ordered))} {many}",
        )
    ]


def _place(scores: dict[str, Score]) -> float:
    value = scores[_BY].value if _BY in scores else None
    return value if value is not None else 2.0


def _table(run: Run, by_class: Scores, one: str, caption: str) -> Table:
    cases, names = _cases(run), _names(run)
    titles = {name: score.title for scores in by_class.values() for name, score in scores.items()}
    columns = [TableColumn(one), TableColumn("cases", "integer")]
    for title in titles.values():
        columns += [TableColumn(in_sentence(title), "fixed"), TableColumn("interval", "fixed", narrow=False)]
    rows = []
    for label, scores in by_class.items():
        cells: list[Cell] = []
        for metric in titles:
            cells += _cells(scores.get(metric), short=one == "label")
        rows.append((names[label], cases[label], *cells))
    return Table("table-classes", f"Each {one}, on the test set.", tuple(columns), tuple(rows), caption)


def _names(run: Run) -> dict[str, str]:
    """The classes as shown: numbered where the target is sensitive."""
    assert run.task is not None
    target = run.task.target
    hidden = run.dataset is not None and any(c.sensitive for c in run.dataset.columns if c.name == target)
    return {
        label: f"class {number}" if hidden else one_line(label, 60) for number, label in enumerate(run.task.labels, 1)
    }


def _cases(run: Run) -> dict[str, int]:
    """Test rows of each class, or that have each label."""
    assert run.task is not None
    truth, labels = run.predictions["test"].y_true, run.task.labels
    found = truth.sum(axis=0) if truth.ndim == 2 else np.bincount(truth, minlength=len(labels))
    return dict(zip(labels, map(int, found), strict=True))


def _cells(score: Score | None, *, short: bool) -> list[Cell]:
    if score is None:
        return ["–", "–"]
    if not short or score.low is None or score.high is None:
        return [shown(score), interval(score)]
    return [shown(score), f"{fixed(score.low, 2)} to {fixed(score.high, 2)}"]  # four of them stand side by side
