"""Runs whose model has been explained, with numbers made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from reportgen.explained import Attribution, Dependence, Explained, Importance, Importances, WordAttribution
from reportgen.results import Run


def importance(column: str, value: float, half: float = 0.01) -> Importance:
    return Importance(column, value, value - half, value + half, half / 4)


def ranked(*columns: Importance, before: float = 0.2, loss: str = "log_loss") -> Importances:
    """Measured on 100 of 300 validation rows with ten shuffles."""
    return Importances(loss, before, "validation", 100, 300, 10, columns, len(columns))


def relying(run: Run, *columns: Importance, before: float = 0.2) -> Run:
    """The same run with these importances."""
    return replace(run, explained=Explained(ranked(*columns, before=before)))


def explained(run: Run) -> Run:
    """The run with importances of its columns, the dependence on a number and on a category, and two images."""
    assert run.task is not None
    assert run.dataset is not None
    names = [column.name for column in run.dataset.features]
    loss = "mean_absolute_error" if run.task.is_numeric else "log_loss"
    columns = (importance(name, 0.5 / (place + 1), 0.1) for place, name in enumerate(names))
    classes = len(run.task.labels)
    several = tuple(range(classes)) if classes > 2 else ()
    outputs = () if run.task.is_numeric else several or (1,)
    pictures = (attribution(None if run.task.is_numeric else code, seed=code) for code in range(2))
    made = Explained(
        importances=ranked(*columns, loss=loss),
        dependences=(
            dependence(names[0], tuple(np.linspace(-2, 2, 9).tolist()), outputs),
            dependence(names[-1], ("Oslo", "Rome", "Bonn"), outputs, shares=(0.5, 0.3, 0.2)),
        ),
        attributions=tuple(pictures),
        words=tuple(
            WordAttribution(None if run.task.is_numeric else 0, number, 60, 7 + number, value, word)
            for number, value, word in ((2, 0.3, "masked"), (3, -0.04, "the"), (4, 0.01, "if"))
        ),
        notes=("only half of it could be told",),
        split="validation",
    )
    return replace(run, explained=made)


def dependence(
    column: str, grid: tuple[float | str, ...], outputs: tuple[int, ...], shares: tuple[float, ...] = ()
) -> Dependence:
    """A rising line, of single rows too where there is one output."""
    random = np.random.default_rng(3)
    rising = np.linspace(0.2, 0.7, len(grid))
    average = np.column_stack([rising / (place + 1) for place in range(max(1, len(outputs)))])
    curves = rising + 0.05 * random.normal(size=(6, 1)) if len(outputs) < 2 else np.empty((0, len(grid)))
    kind = "levels" if shares else "numeric"
    return Dependence(column, "validation", 100, average, curves, outputs, grid, kind, shares)


def attribution(output: int | None, seed: int = 0) -> Attribution:
    random = np.random.default_rng(seed)
    path = random.normal(size=(8, 6)) / 48
    return Attribution(
        output=output,
        rows=12,
        image=random.random((8, 6, 1)),
        saliency=random.random((8, 6)),
        integrated=path,
        start=0.1,
        end=0.1 + float(path.sum()),
        whose="the mean of 12 validation rows of this class",
        reference="the mean of the training rows",
    )
