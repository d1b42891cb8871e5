"""How good the model is, and how sure that is: every metric on every split, each class, and the figures of the task."""

from __future__ import annotations

from reportgen.document import Block, Cell, Note, Table, TableColumn, Text, link, para, strong
from reportgen.errors import NotApplicable
from reportgen.results import Run, Score
from reportgen.sections import Gallery
from reportgen.sections.summary import interval, shown, titled
from reportgen.text import in_sentence, one_line, percent, plural

TITLE = "Evaluation"
ORDER = 60
_MOST_CLASSES = 40
#: Methods that bear a name.
_METHODS = {"wilson": "Wilson", "delong": "DeLong"}


def compose(run: Run, gallery: Gallery) -> list[Block]:
    if not run.scores:
        raise NotApplicable("there are no predictions")
    blocks: list[Block] = [_sentence(run), _metrics(run), *_notes(run)]
    per_class = [score for score in run.scores if score.label is not None]
    if per_class:
        blocks.append(_classes(run, per_class))
    return blocks + gallery.rest("evaluation")


def _sentence(run: Run) -> Text:
    return para(
        strong(f"Measured on {_cases(run)}."),
        f" Intervals are at {percent(run.spec.evaluate.confidence, 0)}; the method stands beside each.",
        *((" The ", link("Summary", "#summary"), " has the main ones beside the baselines.") if run.baselines else ()),
    )


def _cases(run: Run) -> str:
    """The test rows; of predictions that were made elsewhere, nobody knows what the model saw."""
    cases = plural(len(run.predictions["test"].y_true), "case")
    return f"{cases} that the model never saw" if run.fitted else f"the {cases} given"


def _metrics(run: Run) -> Table:
    splits = [name for name in ("train", "validation", "test") if name in run.predictions]
    names = dict.fromkeys(score.metric for score in run.scores if score.label is None and score.model == "model")
    rows = []
    for name in names:
        test = run.score(name)
        if test is None:
            continue
        cells: list[Cell] = [shown(run.score(name, split)) for split in splits]
        method = _METHODS.get(test.method, test.method)
        rows.append((titled(test), *cells, interval(test), method or "–"))
    columns = (
        TableColumn("metric"),
        *(TableColumn(name, "fixed", strong=name == "test") for name in splits),
        TableColumn("interval on test", "fixed"),
        TableColumn("method", narrow=False),
    )
    return Table(
        id="table-metrics",
        title="Every metric, on every split." if len(splits) > 1 else "Every metric.",
        columns=columns,
        rows=tuple(rows),
    )


def _notes(run: Run) -> list[Block]:
    """Why a value or an interval is missing, or how else to read it."""
    test = (score for score in run.scores if (score.split, score.model, score.label) == ("test", "model", None))
    return [Note(f"{score.title}: {score.note.rstrip('.')}.") for score in test if score.note]


def _classes(run: Run, scores: list[Score]) -> Table:
    names = dict.fromkeys(score.metric for score in scores)
    labels = list(dict.fromkeys(score.label for score in scores))
    titles = {score.metric: score.title for score in scores}
    truth = run.predictions["test"].y_true
    assert run.task is not None
    codes = {label: code for code, label in enumerate(run.task.labels)}
    rows = []
    for label in labels[:_MOST_CLASSES]:
        cells: list[Cell] = []
        for name in names:
            score = run.score(name, label=label)
            cells += [shown(score), interval(score) if score else "–"]
        rows.append((one_line(label, 60), int((truth == codes[str(label)]).sum()), *cells))
    columns = [TableColumn("class"), TableColumn("cases", "integer")]
    for name in names:
        columns += [TableColumn(in_sentence(titles[name]), "fixed"), TableColumn("interval", "fixed", narrow=False)]
    return Table(
        id="table-classes",
        title="Each class, on the test set.",
        columns=tuple(columns),
        rows=tuple(rows),
        total=len(labels),
    )
