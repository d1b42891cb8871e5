"""What each metric of the report means, what is the best it can be, and where guessing stands."""

from __future__ import annotations

from typing import Any

from reportgen import registry
from reportgen.document import Block, Cell, Group, Table, TableColumn
from reportgen.results import Run, Score
from reportgen.sections.summary import shown


def blocks(run: Run) -> list[Block]:
    """A row for each metric that was measured, folded; nothing where none was."""
    whole = [score for score in run.scores if (score.split, score.model, score.label) == ("test", "model", None)]
    known = set(registry.names("metrics"))
    rows = tuple(_row(score, registry.load("metrics", score.metric), run) for score in whole if score.metric in known)
    if not rows:
        return []
    naive = run.task is not None and run.task.name == "forecast"
    dummy = (TableColumn("naive" if naive else "guess", "fixed"),) if "dummy" in run.baselines else ()
    columns = (
        TableColumn("metric"),
        TableColumn("what it means"),
        TableColumn("best", "significant"),
        *dummy,
        TableColumn("model", "fixed", strong=True),
        TableColumn("computed by", narrow=False),
    )
    table = Table(id="table-glossary", title="What each metric means, on the test set.", columns=columns, rows=rows)
    return [Group((table,), "fold", title="What the metrics mean")]


def _row(score: Score, unit: Any, run: Run) -> tuple[Cell, ...]:
    meaning, mark, source = unit.summary.rstrip(".").partition("; sklearn.")
    guessed = (shown(run.score(score.metric, model="dummy")),) if "dummy" in run.baselines else ()
    made_by = f"sklearn.{source}" if mark else "reportgen"
    return score.title, f"{meaning}.", _best(score.metric, unit), *guessed, shown(score), made_by


def _best(name: str, unit: Any) -> float | None:
    if name == "mean_error":
        return 0.0
    best: float | None = unit.bounds[1 if unit.greater_is_better else 0]
    return best
