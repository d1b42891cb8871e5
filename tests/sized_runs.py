"""Runs with a learning curve, with weak slices and with gaps between groups, without any training or search."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reportgen.mistakes import Gap, Group, Grouping, Mistakes, Rate, Slice
from reportgen.results import LearningCurve, Run, Score, TrainedSize


def sized(share: float, rows: int, train: float, test: float, p: float | None = None, **more: Any) -> TrainedSize:
    """A size with these accuracies, intervals of 0.05 to both sides."""
    scores = tuple(
        Score("accuracy", split, number, number - 0.05, number + 0.05, title="Accuracy")
        for split, number in (("train", train), ("test", test))
    )
    return TrainedSize(share, rows, scores, p_value=p, **more)


def with_sizes(run: Run, *sizes: TrainedSize) -> Run:
    """The same run with these sizes, or with half of its 200 rows and all."""
    made = sizes or (sized(0.5, 100, 0.99, 0.8, 0.01), sized(1.0, 200, 0.95, 0.9))
    return replace(run, learning_curve=LearningCurve("accuracy", "rows drawn at random", made))


def with_slices(run: Run, *p_values: float) -> Run:
    """The same run, of which 30 slices were searched, with a slice for each p-value."""
    found = tuple(
        Slice(f"radius below {12 + n}", ("radius",), 40, 5.0 + n, 4.0, 7.0, 2.0, p)
        for n, p in enumerate(p_values or (0.01, 0.03))
    )
    return replace(run, mistakes=Mistakes("mae", 2.5, (), found, searched=30))


def with_groups(run: Run) -> Run:
    """The same run, of which the groups north and south are called positive in 0.6 and 0.4 of 50 rows."""
    evaluate = run.spec.evaluate.model_copy(update={"groups": ("city",)})
    groups = (Group("north", 50, (Rate(50, 0.6, 0.46, 0.72),)), Group("south", 50, (Rate(50, 0.4, 0.28, 0.54),)))
    gap = Gap("selection rate", 1, 0, 0.2, 0.0, 0.4, 0.05)
    found = Mistakes("accuracy", 0.9, (), groupings=(Grouping("city", False, ("selection rate",), groups, (gap,)),))
    return replace(run, spec=run.spec.model_copy(update={"evaluate": evaluate}), mistakes=found)
