"""How good the model is, and how sure that is: every metric on every split, each class, and the figures of the task."""

from __future__ import annotations

from reportgen.document import Block, Cell, Table, TableColumn, Text, link, para, strong
from reportgen.errors import NotApplicable
from reportgen.results import Run, Score
from reportgen.sections import Gallery
from reportgen.sections.summary import interval, shown
from reportgen.text import percent, plural

TITLE = "Evaluation"
ORDER = 60
_MOST_CLASSES = 40


def compose(run: Run, gallery: Gallery) -> list[Block]:
    if not run.scores:
        raise NotApplicable("there are no predictions")
    blocks: list[Block] = [_sentence(run), _metrics(run)]
    per_class = [score for score in run.scores if score.label is not None]
    if per_class:
        blocks.append(_classes(run, per_class))
    return blocks + gallery.rest("evaluation")


def _sentence(run: Run) -> Text:
    return para(
        strong(f"Measured on {plural(len(run.predictions['test'].y_true), 'case')} that the model never saw."),
        f" Intervals are at {percent(run.spec.evaluate.confidence, 0)}; the method stands beside each. The ",
        link("Summary", "#summary"),
        " shows the first of these beside the baselines.",
    )


def _metrics(run: Run) -> Table:
    splits = [name for name in ("train", "validation", "test") if name in run.predictions]
    names = dict.fromkeys(score.metric for score in run.scores if score.label is None and score.model == "model")
    rows = []
    for name in names:
        test = run.score(name)
        if test is None:
            continue
        title = test.title if test.greater_is_better else f"{test.title} (lower is better)"
        cells: list[Cell] = [shown(run.score(name, split)) for split in splits]
        rows.append((title, *cells, interval(test), test.method or "–", test.note))
    noted = any(row[-1] for row in rows)
    columns = (
        TableColumn("metric"),
        *(TableColumn(name, "fixed", strong=name == "test") for name in splits),
        TableColumn("interval on test", "fixed"),
        TableColumn("method", narrow=False),
        TableColumn("note", narrow=False),
    )
    return Table(
        id="table-metrics",
        title="Every metric, on every split.",
        columns=columns if noted else columns[:-1],
        rows=tuple(row if noted else row[:-1] for row in rows),
    )


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
        rows.append((str(label), int((truth == codes[str(label)]).sum()), *cells))
    columns = [TableColumn("class"), TableColumn("cases", "integer")]
    for name in names:
        columns += [TableColumn(titles[name], "fixed"), TableColumn("interval", "fixed", narrow=False)]
    return Table(
        id="table-classes",
        title="Each class, on the test set.",
        columns=tuple(columns),
        rows=tuple(rows),
        total=len(labels),
    )
