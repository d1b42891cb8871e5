"""How good the model is, and how sure that is: every metric on every split, each class, and the figures of the task."""

from __future__ import annotations

from reportgen.clusters import clusters
from reportgen.document import Block, Cell, Note, Table, TableColumn, Text, link, para, strong
from reportgen.errors import NotApplicable
from reportgen.results import Run, Score
from reportgen.sections import Gallery
from reportgen.sections import _decisions as decisions
from reportgen.sections._classes import blocks as classes
from reportgen.sections._errors import blocks as errors
from reportgen.sections._glossary import blocks as glossary
from reportgen.sections._trials import blocks as across_trials
from reportgen.sections.summary import cases, interval, shown, titled
from reportgen.text import one_line, percent

TITLE = "Evaluation"
ORDER = 60
_FEW = 20  # groups, or blocks
_OF_FOLDS = "Each test row is predicted by the model of the fold that has not seen it, and all are measured together."


def compose(run: Run, gallery: Gallery) -> list[Block]:
    if not run.scores:
        raise NotApplicable("there are no predictions")
    last = across_trials(run, gallery)
    return [_sentence(run), *measured(run), *gallery.rest("evaluation"), *errors(run), *last]


def measured(run: Run) -> list[Block]:
    """What is made of predictions and scores alone, so that an audit can make it again."""
    blocks: list[Block] = [
        *decisions.decided(run),
        _metrics(run),
        *glossary(run),
        *_notes(run),
        *decisions.compared(run),
    ]
    per_class = [score for score in run.scores if score.label is not None]
    if per_class and run.task is not None and run.task.name == "forecast":
        blocks.append(_steps(run, per_class))
    elif per_class:
        blocks += classes(run, per_class)
    return blocks


def _sentence(run: Run) -> Text:
    return para(
        strong(f"Measured on {_cases(run)}."),
        f" Intervals are at {percent(run.spec.evaluate.confidence, 0)}; the method stands beside each.",
        _of_what(run),
        *((" The ", link("Summary", "#summary"), " has the main ones beside the baselines.") if run.baselines else ()),
    )


def _of_what(run: Run) -> str:
    """Why intervals take groups or blocks in time as cases, where they do."""
    alike = run.splits.dependence if run.splits else None
    if run.task is not None and run.task.name == "forecast":
        what, why = "blocks of them", "Forecasts near each other in time err alike"
    elif alike is None:
        return ""
    elif alike.kind == "group":
        what, why = "groups", f"Rows of one group of {one_line(alike.column, 60)} are alike"
    else:
        what, why = "blocks of them", f"Rows near each other in {one_line(alike.column, 60)} are alike"
    said = f" {why} and tell less than as many independent ones, so that intervals and tests count whole {what}."
    return f"{said}{_few(run)}"


def _few(run: Run) -> str:
    """That clusters are few, where they are."""
    try:
        found = clusters(run.predictions["test"], run.task.season if run.task else 1)
    except NotApplicable as reason:
        return f" There are {reason}, so that no interval is given."
    if found is None or found.count >= _FEW:
        return ""
    return f" There are only {found.told}, and intervals from so few are rough."


def _cases(run: Run) -> str:
    """The test rows; of predictions that were made elsewhere, nobody knows what the model saw."""
    tested = cases(run.predictions["test"])
    return (
        f"{tested} that the model never saw"
        if run.fitted and run.fitted.kind != "predictions"
        else f"the {tested} given"
    )


def _metrics(run: Run) -> Table:
    splits = [name for name in ("train", "validation", "test") if name in run.predictions]
    names = dict.fromkeys(score.metric for score in run.scores if score.label is None and score.model == "model")
    rows = []
    for name in names:
        test = run.score(name)
        if test is None:
            continue
        cells: list[Cell] = [shown(run.score(name, split)) for split in splits]
        rows.append((titled(test), *cells, interval(test), test.method or "–"))
    columns = (
        TableColumn("metric"),
        *(TableColumn(_split(name, run), "fixed", strong=name == "test") for name in splits),
        TableColumn("interval on test", "fixed"),
        TableColumn("method", narrow=False),
    )
    return Table(
        id="table-metrics",
        title="Every metric, on every split." if len(splits) > 1 else "Every metric.",
        columns=columns,
        rows=tuple(rows),
        caption=_of_folds(run),
    )


def _of_folds(run: Run) -> str:
    test = run.predictions["test"]
    if test.fold is None:
        return ""
    ranked = " Metrics that rank rows then compare scores of different models; their means over the folds stand below."
    return f"{_OF_FOLDS}{ranked if test.y_score is not None else ''}"


def _split(name: str, run: Run) -> str:
    """The split, and of folds whose it is."""
    if run.predictions["test"].fold is None:
        return name
    return "test, all folds" if name == "test" else f"{name}, fold 1"


def _notes(run: Run) -> list[Block]:
    """Why a value or an interval is missing, or how else to read it."""
    test = (score for score in run.scores if (score.split, score.model, score.label) == ("test", "model", None))
    return [Note(f"{score.title}: {score.note.rstrip('.')}.") for score in test if score.note]


def _steps(run: Run, scores: list[Score]) -> Table:
    names = dict.fromkeys(score.metric for score in scores)
    labels = list(dict.fromkeys(score.label for score in scores))
    units = {score.metric: score for score in scores}
    rows = []
    for label in labels:
        cells: list[Cell] = []
        for name in names:
            score = run.score(name, label=label)
            cells += [shown(score), interval(score) if score else "–"]
        rows.append((str(label).removeprefix("step "), *cells))
    columns = [TableColumn("steps ahead", "fixed")]
    for name in names:
        columns += [TableColumn(units[name].title, "fixed"), TableColumn("interval", "fixed", narrow=False)]
    steps = run.predictions["test"].step
    horizon = int(steps.max()) if steps is not None else len(labels)
    some = f" {len(labels)} of {horizon:,} steps are shown." if len(labels) < horizon else ""
    return Table(
        id="table-steps",
        title="Each step ahead, on the test set.",
        caption=f"Of R², higher is better, of the others lower.{some}",
        columns=tuple(columns),
        rows=tuple(rows),
    )
