"""What was chosen on the validation rows, what it changes on the test rows, and each baseline beside the model."""

from __future__ import annotations

from reportgen.document import Block, Cell, Table, TableColumn, Text, para, strong
from reportgen.errors import NotApplicable
from reportgen.paired import BASELINES, PairedTest, compare
from reportgen.results import Run
from reportgen.sections.summary import baseline_words, interval, shown, titled
from reportgen.text import fixed, in_sentence, p_value, percent, plural, significant

_AIMS = {"f1": "the highest F1", "youden": "the highest Youden index", "cost": "the lowest cost"}
_METHODS = {"sigmoid": "a sigmoid (Platt 1999)", "isotonic": "isotonic regression"}
_SINGLE = "P-values are of single comparisons."
_ROWS = 1_000  # validation rows below which isotonic regression follows chance
#: What a threshold or new probabilities change, and is shown before and after.
_CHANGED = ("cost", "accuracy", "precision", "recall", "f1", "specificity", "mcc", "ece", "brier", "log_loss")


def decided(run: Run) -> list[Block]:
    """The threshold and the recalibration that were chosen, and the test scores without them; nothing if none was."""
    if run.decision is None:
        return []
    return [_chosen(run), _before_after(run)]


def _chosen(run: Run) -> Text:
    decision = run.decision
    assert decision is not None
    on = plural(decision.rows, "validation row")
    if decision.thresholds:
        on = f"the validation rows of each of {plural(len(decision.thresholds), 'fold')}"
    said = []
    if decision.calibration:
        said.append(f" Probabilities are recalibrated by {_METHODS[decision.calibration]}, fitted on {on}.")
        if decision.calibration == "isotonic" and decision.rows < _ROWS:
            said.append(" On so few rows it follows chance: a sigmoid is the safer choice.")
    if decision.tuned:
        said.append(f" The threshold has {_AIMS[decision.tuned]} on {on}. {_gain(run)}")
    head = "The scores are recalibrated."
    if decision.threshold is not None:
        each = f", the mean of {len(decision.thresholds)} folds" if decision.thresholds else ""
        head = f"Scores from {decision.threshold:.4g} on count as positive{each}."
    return para(strong(head), *said, " No test row was used; scores of the validation rows themselves are flattered.")


def _gain(run: Run) -> str:
    """What the threshold gains on the test rows, in the measure that it was tuned for, where that is shown."""
    assert run.decision is not None
    after, before = (run.score(run.decision.tuned, model=model) for model in ("model", "as made"))
    if after is None or before is None or after.value is None or before.value is None:
        return ""
    name = in_sentence(after.title, start=True)
    return f"{name} on test is {shown(after)} ({interval(after)}); without these choices it is {shown(before)}."


def _before_after(run: Run) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name in _CHANGED:
        before, after = run.score(name, model="as made"), run.score(name)
        if before is not None and after is not None:
            rows.append((titled(after), shown(before), interval(before), shown(after), interval(after)))
    columns = (
        TableColumn("metric"),
        TableColumn("before", "fixed"),
        TableColumn("interval", "fixed", narrow=False),
        TableColumn("after", "fixed", strong=True),
        TableColumn("interval", "fixed", narrow=False),
    )
    title = "Before and after the choices made on validation rows, on the test set."
    return Table(id="table-decision", title=title, columns=columns, rows=tuple(rows))


def compared(run: Run) -> list[Block]:
    """The paired test of the model against every baseline."""
    tests = _tests(run)
    if not tests:
        return []
    columns = (
        TableColumn("baseline"),
        TableColumn("difference", "fixed", strong=True),
        TableColumn(f"{percent(run.spec.evaluate.confidence, 0)} interval", "fixed"),
        TableColumn("p-value", "fixed"),
        TableColumn("method", narrow=False),
    )
    return [
        Table(
            id="table-baselines",
            title="The model against each baseline, on the same test rows.",
            caption=f"Difference in {tests[0].measured}, positive where the model is better. {_SINGLE}",
            columns=columns,
            rows=tuple(map(_row, tests)),
        )
    ]


def _tests(run: Run) -> list[PairedTest]:
    found = []
    for name in BASELINES:
        other = run.baselines.get(name, {}).get("test")
        if other is None or run.task is None or "test" not in run.predictions:
            continue
        words, confidence = baseline_words(name, run), run.spec.evaluate.confidence
        try:
            found.append(compare(run.predictions["test"], other, run.task, words, confidence))
        except NotApplicable:
            continue
    return found


def _row(test: PairedTest) -> tuple[Cell, ...]:
    write = significant if test.measure in ("mae", "cost") else fixed
    return (
        test.other,
        write(test.difference),
        f"{write(test.low)} to {write(test.high)}",
        p_value(test.p_value).removeprefix("p = ").removeprefix("p "),
        test.method,
    )
