"""What several trainings come to, folds or seeds: one sentence, mean and spread of every metric, and each by itself."""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.document import Block, Cell, Group, Span, Table, TableColumn, Text, para, strong
from reportgen.results import Run, Spread, Trial
from reportgen.sections import Gallery
from reportgen.sections.summary import HEADLINE, number, titled
from reportgen.text import count, in_sentence, listing, one_line, percent, plural

_FIGURES = ("trial_scores", "trial_curves")
_MOST_METRICS = 5  # of each training in a table
_WAY = {
    "fold": "Each fold's test rows are predicted by its own model. Interval of the mean: Student's t, corrected for "
    "the training rows that folds share (Nadeau and Bengio 2003).",
    "seed": "The split is the same, weights and the order of the rows are drawn anew. Interval of the mean: Student's "
    "t over the seeds; what another test set would change is not in it.",
}


def across(run: Run) -> str:
    """Mean and spread of the main metric in one sentence; "" where there is one training."""
    spread = run.spread(HEADLINE[run.task.name][0]) if run.task else None
    score = run.score(spread.metric) if spread else None
    if spread is None or score is None:
        return ""
    mean, low, high, std = (
        number(value, score) for value in (spread.mean, spread.smallest, spread.largest, spread.std)
    )
    return (
        f"Over {trained(run)}, {in_sentence(score.title)} is {mean} on average, from {low} to {high} "
        f"(standard deviation {std})."
    )


def trained(run: Run) -> str:
    """`5 folds`, or `3 of 5 folds` where not all could be trained."""
    n, kind = len(run.trials), run.trials[0].kind
    return plural(n, kind) if n == run.planned_trials else f"{n} of {plural(run.planned_trials, kind)}"


def how_trials_ended(run: Run) -> Text:
    """Which trainings are missing, or diverged."""
    kind = run.trials[0].kind
    if run.ended == "interrupted":
        head = Span(f"Interrupted after {len(run.trials)} of {plural(run.planned_trials, kind)}.", "fail")
        return para(head, " What follows describes those that were trained.")
    gone = [trial for trial in run.trials if trial.ended == "diverged"]
    where = listing(f"{trial.name} at epoch {trial.epoch or 0}" for trial in gone)
    lost = sum("test" not in trial.scores for trial in gone)
    without = f" Of {plural(lost, kind)} there are no predictions." if lost else ""
    return para(Span(f"Training diverged in {where}.", "fail"), f" The loss was no longer a finite number.{without}")


def blocks(run: Run, gallery: Gallery) -> list[Block]:
    """The part of the evaluation that compares the trainings."""
    if not run.trials:
        return []
    kind = run.trials[0].kind
    *spread, each = tables(run)
    found = [_opening(run), *spread, *gallery.row(*_FIGURES), Group((each,), "fold", title=f"Every {kind}")]
    return [Group(tuple(found), title=f"Across the {kind}s")]


def tables(run: Run) -> list[Table]:
    """The table of each training, and before it, where there are two or more, that of what they come to."""
    kind = run.trials[0].kind
    return [*([_spreads(run, kind)] if run.spreads else []), _each(run, kind)]


def _opening(run: Run) -> Text:
    said = across(run)
    return para(strong(said)) if said else para(f"{trained(run)} were trained: too few to tell of a spread.")


def _spreads(run: Run, kind: str) -> Table:
    columns = (
        TableColumn("metric"),
        TableColumn("mean", "fixed", strong=True),
        TableColumn("sd", "fixed"),
        TableColumn("smallest", "fixed", narrow=False),
        TableColumn("largest", "fixed", narrow=False),
        TableColumn(f"{percent(run.spec.evaluate.confidence, 0)} interval", "fixed"),
    )
    rows = [row for spread in run.spreads if (row := _spread(run, spread))]
    return Table("table-trials", f"Test scores over {trained(run)}.", columns, tuple(rows), _WAY[kind])


def _spread(run: Run, spread: Spread) -> tuple[Cell, ...] | None:
    score = run.score(spread.metric)
    if score is None:
        return None
    values = (spread.mean, spread.std, spread.smallest, spread.largest)
    interval = f"{number(spread.low, score)} to {number(spread.high, score)}"
    return (titled(score), *(number(value, score) for value in values), interval)


def _each(run: Run, kind: str) -> Table:
    """A row a training: its rows, its epochs, and the metrics of the first page."""
    assert run.task is not None
    known = [spread.metric for spread in run.spreads]
    metrics = ([name for name in HEADLINE[run.task.name] if name in known] or known)[:_MOST_METRICS]
    splits = [name for name in ("train", "test") if kind == "fold"]
    in_epochs = any(trial.epoch is not None for trial in run.trials)
    titles = [in_sentence(score.title) for name in metrics if (score := run.score(name))]
    columns = (
        TableColumn(kind),
        *(TableColumn(name, "integer", narrow=False) for name in splits),
        *((TableColumn("epochs"), TableColumn("best", "integer", narrow=False)) if in_epochs else ()),
        *(TableColumn(title, "fixed") for title in titles),
    )
    rows = tuple(_row(run, trial, splits, metrics, in_epochs) for trial in run.trials)
    caption = "Best: the epoch of the lowest loss, of validation where it was watched." if in_epochs else ""
    return Table("table-each-trial", f"Every {kind}, scores on its test rows.", columns, rows, caption)


def _row(run: Run, trial: Trial, splits: Sequence[str], metrics: Sequence[str], in_epochs: bool) -> tuple[Cell, ...]:
    scores = [(run.score(name), trial.scores.get("test", {}).get(name)) for name in metrics]
    epochs = (_epochs(trial), trial.best_epoch) if in_epochs else ()
    return (
        one_line(trial.name.removeprefix(f"{trial.kind} "), 20),
        *(trial.rows.get(name) for name in splits),
        *epochs,
        *(number(value, score) if score and value is not None else "–" for score, value in scores),
    )


def _epochs(trial: Trial) -> str:
    how = {"early": ", stopped early", "interrupted": ", interrupted", "diverged": ", diverged"}
    return f"{count(trial.epoch or 0)}{how.get(trial.ended, '')}"
