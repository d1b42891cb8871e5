"""The verdict: two or three sentences, made from the numbers, that stand before any table."""

from __future__ import annotations

from reportgen.document import Span, Text, em, para, strong
from reportgen.errors import NotApplicable
from reportgen.fitted import Fitted
from reportgen.gates import Term, parse
from reportgen.paired import PairedTest, compare, strongest
from reportgen.results import Gate, Prediction, Run, Score
from reportgen.sections._trials import across, how_trials_ended
from reportgen.sections._words import kind
from reportgen.sections.summary import HEADLINE, baseline_words, cases, interval, shown
from reportgen.text import count, fixed, in_sentence, listing, one_line, p_value, plural, significant

_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
_BOUNDS = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}


def verdict(run: Run) -> tuple[Text, ...]:
    """What was asked, what came out, and whether the difference from a simple model is real."""
    spread = across(run)
    found = [*_ended(run), *_gates(run), *([para(spread)] if spread else []), *_comparison(run)]
    if not run.gates and run.scores:
        found.insert(len(_ended(run)), _headline(run))
    return tuple(found or (_data(run) if run.dataset else _log(run)))


def _ended(run: Run) -> list[Text]:
    fitted = run.fitted
    if fitted is None or run.ended == "completed":
        return []
    if run.trials and fitted.ended != "interrupted":
        return [how_trials_ended(run)]
    if fitted.ended == "interrupted":
        return [
            para(
                Span(f"Interrupted {_when(fitted)}.", "fail"),
                " What follows describes the model as it was then."
                if run.predictions
                else " There is no model to describe.",
            )
        ]
    return [
        para(
            Span(f"Training diverged {_when(fitted)}.", "fail"),
            " The loss was no longer a finite number.",
            "" if run.predictions else " There is no model to describe.",
        )
    ]


def _when(fitted: Fitted) -> str:
    return "in training" if fitted.epoch is None else f"at epoch {count(fitted.epoch)} of {count(fitted.epochs or 0)}"


def _gates(run: Run) -> list[Text]:
    if not run.gates:
        return []
    failed = [gate for gate in run.gates if not gate.passed]
    total = len(run.gates)
    if failed:
        head = Span(f"{_number(len(failed))} of {total} gates failed." if total > 1 else "The gate failed.", "fail")
    else:
        head = Span({1: "The gate passed.", 2: "Both gates passed."}.get(total, f"All {total} gates passed."), "pass")
    return [para(head, " " + " ".join(_gate(gate, run) for gate in (failed or run.gates)[:4]))]


def _gate(gate: Gate, run: Run) -> str:
    """A gate in words: F1 on test is 0.976, asked for at least 0.93."""
    condition = parse(gate.expression, gate.bound)
    asked = f"asked for {_BOUNDS[condition.comparison]} {condition.limit:g}"
    what = " ".join(_term(term, first, run) for first, term in enumerate(condition.terms))
    if gate.value is None:
        return f"{what} has no value, {asked}."
    first, *others = condition.terms
    alike = [(term.metric, term.label) for term in others] == [(first.metric, first.label)]
    if alike and (first.sign, others[0].sign) == (1, -1):
        other = others[0].split if others[0].model == "model" else f"the {others[0].model} baseline"
        higher = f"{fixed(abs(gate.value))} {'above' if gate.value >= 0 else 'below'} {other}"
        return f"{_term(first, 0, run)} is {higher}, {asked}."
    return f"{what} is {fixed(gate.value)}, {asked}."


def _term(term: Term, position: int, run: Run) -> str:
    score = run.score(term.metric, term.split, term.model, term.label) if term.split else None
    what = f"{term.number:g}"
    if term.split:
        what = in_sentence(score.title, start=True) if score else term.metric
        what += f" of {one_line(term.label, 40)}" if term.label is not None else ""
        what += f" on {term.split}" if term.model == "model" else f" of the {term.model} baseline"
    sign = {1: "plus ", -1: "minus "}[term.sign] if position or term.sign < 0 else ""
    return f"{sign}{what}"


def _headline(run: Run) -> Text:
    assert run.task is not None
    score = run.score(HEADLINE[run.task.name][0])
    prediction = run.predictions["test"]
    n = len(prediction.y_true)
    if score is None or score.value is None:
        return para(strong(f"{plural(n, 'test case')} were predicted."))
    if run.task.is_classification:
        right = int((prediction.y_true == prediction.y_pred).sum())
        return para(
            strong(f"{count(right)} of {plural(n, 'test case')} are right."),
            f" Accuracy is {_within(score)}.{_other(run)}",
        )
    if run.task.name == "forecast":
        return _forecast(run, score, prediction)
    if run.task.name == "multilabel":
        return _labels(run, score, prediction)
    return para(
        strong(f"The model explains {max(score.value, 0) * 100:.0f} % of the variance of {_named(run.task.target)}."),
        f" R² is {_within(score)} on {plural(n, 'test case')}.{_other(run)}",
    )


def _within(score: Score) -> str:
    """`0.976 (0.957 to 0.990)`, or the value alone where it has no interval."""
    return f"{shown(score)} ({interval(score)})" if score.low is not None and score.high is not None else shown(score)


def _labels(run: Run, score: Score, prediction: Prediction) -> Text:
    right = int((prediction.y_true == prediction.y_pred).all(axis=1).sum())
    tested, labels = plural(len(prediction.y_true), "test case"), plural(len(prediction.labels), "label")
    return para(
        strong(f"{count(right)} of {tested} are right in every one of {labels}."),
        f" Subset accuracy is {_within(score)}.{_other(run)}",
    )


def _forecast(run: Run, score: Score, prediction: Prediction) -> Text:
    assert run.task is not None
    error = run.score("mae")
    off = f"off by {shown(error)} on average" if error else "measured"
    season = f"{plural(run.task.season, 'step')} before"
    return para(
        strong(f"The forecasts of {_named(run.task.target)} are {off}, on {cases(prediction)}."),
        f" MASE is {_within(score)}, where 1 is the mean difference of a training value from that {season}.",
    )


def _named(target: str) -> str:
    """The target in a sentence; the column of that name is simply the target."""
    return "the target" if target.casefold() in ("target", "y") else one_line(target, 60)


def _other(run: Run) -> str:
    assert run.task is not None
    name, word = {
        "binary": ("roc_auc", "ROC AUC"),
        "multiclass": ("f1", "macro F1"),
        "multilabel": ("f1_macro", "macro F1"),
        "regression": ("mae", "the mean absolute error"),
    }[run.task.name]
    score = run.score(name)
    if score is None or score.value is None:
        return ""
    sentence = f"{word} is {_within(score)}."
    return f" {sentence[0].upper()}{sentence[1:]}"


def _comparison(run: Run) -> list[Text]:
    baseline = strongest(run)
    if baseline is None or run.task is None or "test" not in run.predictions:
        return []
    word = baseline_words(baseline, run)
    try:
        test = compare(
            run.predictions["test"], run.baselines[baseline]["test"], run.task, word, run.spec.evaluate.confidence
        )
    except NotApplicable:
        return []
    where = "these rows" if run.predictions["test"].fold is not None else "this test set"
    told = _hits(test, where) if test.model_right is not None else _errors(test, run, where)
    return [para(strong(_claim(test)), f" {told}")]


def _claim(test: PairedTest) -> str:
    if not test.significant:
        return f"A difference from {test.other} is not shown."
    return f"The model is {'better' if test.difference > 0 else 'worse'} than {test.other}."


def _hits(test: PairedTest, where: str) -> str:
    right = "right in every label" if test.measure == "subset accuracy" else "right"
    counts = (
        f"The model is {right} on {count(test.model_right or 0)} of {plural(test.n, 'test case')}, "
        f"{test.other} on {count(test.other_right or 0)}"
    )
    if test.significant:
        return f"{counts} ({test.method.partition(';')[0]}, {p_value(test.p_value)})."
    return (
        f"{counts}. On {where}, differences under {100 * test.resolvable:.1f} points of {test.measure} "
        f"cannot be told from chance ({test.method.partition(';')[0]}, {p_value(test.p_value)})."
    )


def _errors(test: PairedTest, run: Run, where: str) -> str:
    model, other = run.score(test.measure), run.score(test.measure, model=strongest(run) or "dummy")
    name = test.measured.removeprefix("the ")
    means = f"They differ by {significant(abs(test.difference))} in {test.measured}"
    if model and other and model.value is not None and other.value is not None:
        means = f"The {name} is {shown(model)}, that of {test.other} {shown(other)}"
    if test.significant:
        return f"{means} ({test.method}, {p_value(test.p_value)})."
    return (
        f"{means}. Differences under {significant(test.resolvable, 2)} cannot be told from chance on {where} "
        f"({p_value(test.p_value)})."
    )


def _number(value: int) -> str:
    return _NUMBERS[value] if value < len(_NUMBERS) else count(value)


# Of a log alone.


def _log(run: Run) -> list[Text]:
    """How many steps of what a log holds, and where its loss was lowest."""
    assert run.fitted is not None
    history = run.fitted.history
    curves = {name: values for name, values in history.items() if name != "seconds"}
    steps = max(map(len, curves.values()), default=0)
    head = strong(f"{plural(len(curves), 'curve')} of at most {plural(steps, 'step')}.")
    found = [para(head, " ", in_sentence(run.fitted.title).capitalize(), " by another program; nothing was trained.")]
    watched = "val_loss" if "val_loss" in history else "loss"
    if run.fitted.best_epoch is None or watched not in history:
        return found
    name = "validation loss" if watched == "val_loss" else "loss"
    values = history[watched]
    lowest, last = values[run.fitted.best_epoch - 1], values[-1]
    where = f" at value {run.fitted.best_epoch:,} of {len(values):,}, and ends at {significant(last)}"
    if run.fitted.best_epoch == len(values):
        where = " at the end"
    return [*found, para(f"The {name} is lowest, {significant(lowest)},{where}.")]


# Of data alone.


def _data(run: Run) -> list[Text]:
    """What the report is on, what was checked, and which column tells the target best."""
    assert run.dataset is not None
    kinds = [kind(column) for column in run.dataset.columns]
    words = listing((f"{count(kinds.count(name))} {name}" for name in dict.fromkeys(kinds)), most=8)
    head = strong(f"{plural(run.dataset.n_rows, 'row')} and {plural(len(kinds), 'column')}.")
    source = (
        f" By kind: {words}. No model was asked for: this is a report on the data of ",
        em(run.dataset.source.name),
    )
    return [para(head, *source, ".", *_checked(run)), *_telling(run)]


def _checked(run: Run) -> list[str]:
    ran = [item for item in run.findings if item.status in ("passed", "failed")]
    failed = [item.severity for item in ran if item.status == "failed"]
    if not ran:
        return []
    if not failed:
        return [f" None of {plural(len(ran), 'check')} found anything to report."]
    grades = [grade for grade in ("error", "warning", "notice") if grade in failed]
    graded = listing(plural(failed.count(grade), grade) for grade in grades)
    return [f" {count(len(failed))} of {plural(len(ran), 'check')} found something: {graded}."]


def _telling(run: Run) -> list[Text]:
    features = [column for column in run.profile.columns if column.relation] if run.profile else []
    if run.task is None or not features:
        return []
    best, *others = sorted(features, key=lambda column: -column.relation.strength if column.relation else 0.0)
    assert best.relation is not None
    of = f"Of {plural(len(features), 'column')}, " if others else ""
    told = f"{_named(run.task.target)} best" if others else _named(run.task.target)
    return [
        para(
            of,
            em(one_line(best.name, 60)),
            f" alone tells {told} ({best.relation.name} {fixed(best.relation.value, 2)}).",
        )
    ]
