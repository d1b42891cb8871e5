"""What was tried, did it work, how sure are we, what is wrong with it: one screen."""

from __future__ import annotations

import math
from collections import Counter

from reportgen.document import (
    Block,
    Cell,
    FindingBlock,
    Group,
    Interval,
    KeyFigure,
    KeyFigures,
    Table,
    TableColumn,
    link,
    para,
    strong,
)
from reportgen.paired import strongest
from reportgen.results import Finding, Prediction, Run, Score
from reportgen.sections import Gallery
from reportgen.text import count, fixed, listing, percent, plural, significant

TITLE = "Summary"
ORDER = 0

#: The metrics of the first page, for each task; the verdict is about the first.
HEADLINE = {
    "binary": ("accuracy", "precision", "recall", "f1", "roc_auc", "brier", "cost"),
    "multiclass": ("accuracy", "balanced_accuracy", "precision", "recall", "f1", "roc_auc"),
    "multilabel": ("subset_accuracy", "f1_micro", "f1_macro", "jaccard", "mean_average_precision", "hamming_loss"),
    "regression": ("r2", "rmse", "mae", "median_ae", "mean_error"),
    "forecast": ("mase", "mae", "rmse", "r2", "mean_error"),
}
#: The figures of the first page, best pair first.
_FIGURES = (
    "loss",
    "forecast_over_time",
    "confusion_matrix",
    "label_errors",
    "predicted_actual",
    "residuals",
    "roc",
    "class_balance",
    "label_balance",
    "target_distribution",
    "correlation",
)
#: The one of the first page where there is no model.
_DATA_FIGURES = (
    "target_relation",
    "target_distribution",
    "class_balance",
    "label_balance",
    "associations",
    "correlation",
    "missing_matrix",
    "missing_values",
    "time_coverage",
    "image_samples",
    "text_lengths",
)
_NOTHING = 1e-12  # a sum of numbers that cancel each other leaves as much
_MOST_FINDINGS = 5
_MOST_CURVES = 6
_MOST_NOTICES = 3  # findings up to which notices fill up


def compose(run: Run, gallery: Gallery) -> list[Block]:
    blocks: list[Block] = [headline(run) if run.scores else _shape(run) if run.dataset else _curves(run)]
    if worst := _worst(run):
        blocks.append(Group((*map(_short, worst), *_others(run, worst)), title="What matters most"))
    elif run.scores:
        blocks += _silent(run)
    if run.fitted is not None:
        return [*blocks, *gallery.pair(*_FIGURES)]
    return [*blocks, *next((figure[:1] for name in _DATA_FIGURES if (figure := gallery.take(name))), [])]


def _worst(run: Run) -> list[Finding]:
    """The findings that matter most and that the verdict has not told: every grave one, notices where those are few."""
    found = _untold(run)
    grave = [item for item in found if item.severity != "notice"][:_MOST_FINDINGS]
    notices = [item for item in found if item.severity == "notice"]
    kept = {item.check for item in (*grave, *notices[: max(_MOST_NOTICES - len(grave), 0)])}
    return [item for item in found if item.check in kept]


def _untold(run: Run) -> list[Finding]:
    """The findings that the verdict has not told."""
    said = ("diverged", f"no_better_than_{strongest(run)}")
    return [item for item in run.findings if item.status == "failed" and not (run.scores and item.check in said)]


def _others(run: Run, told: list[Finding]) -> list[Block]:
    """How many more findings there are, and how grave."""
    shown = {item.check for item in told}
    others = [item.severity for item in _untold(run) if item.check not in shown]
    if not others:
        return []
    graded = listing(plural(others.count(grade), grade) for grade in ("error", "warning", "notice") if grade in others)
    return [para(f"{graded[0].upper()}{graded[1:]} more: see ", link("Findings", "#findings"), ".")]


def _silent(run: Run) -> list[Block]:
    """What was checked, where no check found anything."""
    ran = Counter(item.group for item in run.findings if item.status in ("passed", "failed"))
    if not ran or any(item.status == "failed" for item in run.findings):
        return []
    groups = listing((f"{name} ({number})" for name, number in ran.items()), most=10)
    head = strong(f"None of {plural(ran.total(), 'check')} found anything to report.")
    return [para(head, f" They looked at: {groups}. See ", link("Findings", "#findings"), ".")]


def headline(run: Run) -> Table:
    """The model's test scores with their intervals, beside the baselines."""
    assert run.task is not None
    wanted = HEADLINE[run.task.name] if run.spec.evaluate.metrics == "auto" else run.spec.evaluate.metrics
    scores = [score for name in wanted if (score := run.score(name)) is not None]
    baselines = tuple(name for name in ("boosted", "linear", "dummy") if name in run.baselines)
    low = _axis_start(scores)
    confidence = percent(run.spec.evaluate.confidence, 0)
    drawn = not run.task.is_numeric
    columns = (
        TableColumn("metric"),
        TableColumn(_model_word(run), "fixed", strong=True),
        TableColumn(f"{confidence} interval", "fixed"),
        *((TableColumn("", "interval", scale=(low, 1.0), narrow=False),) if drawn else ()),
        *(TableColumn(_baseline_word(name, run), "fixed") for name in baselines),
    )
    return Table(
        id="table-headline",
        title=_tested(run),
        caption=_caption(low, run) if drawn else "",
        columns=columns,
        rows=tuple(_row(score, run, baselines, drawn) for score in scores),
    )


def shown(score: Score | None) -> str:
    """A score as printed: three decimals for shares and coefficients, three significant digits for the rest."""
    if score is None or score.value is None:
        return "–"
    return number(score.value, score)


def number(value: float, score: Score) -> str:
    if abs(value) < _NOTHING:
        return fixed(0.0)
    return significant(value) if score.unit or abs(value) >= 10 else fixed(value)


def interval(score: Score) -> str:
    """`0.956 to 1.000`, or why there is none."""
    if score.low is None or score.high is None:
        return "–"
    return f"{number(score.low, score)} to {number(score.high, score)}"


def sentence(text: str) -> str:
    """The text with a full stop where it has no end of its own."""
    return text if text.endswith((".", "!", "?", ":", "…")) else f"{text}."


def titled(score: Score) -> str:
    """The metric's title, and which way is better where that is not up."""
    if score.greater_is_better:
        return score.title
    return f"{score.title} ({'0 is best' if score.metric == 'mean_error' else 'lower is better'})"


def cases(prediction: Prediction) -> str:
    """`114 cases`, `199 forecasts of 7 steps`."""
    n = len(prediction.y_true)
    if prediction.step is None:
        return plural(n, "case")
    steps = len(set(prediction.step.tolist()))
    return f"{plural(n // max(steps, 1), 'forecast')} of {plural(steps, 'step')}"


def _tested(run: Run) -> str:
    """Whose scores the table shows."""
    tested = cases(run.predictions["test"])
    if run.predictions["test"].fold is not None:
        return f"Test rows of {plural(len(run.trials), 'fold')}, {tested}."
    return f"Test set, {tested}, {run.shown_trial}." if run.shown_trial else f"Test set, {tested}."


def _baseline_word(name: str, run: Run) -> str:
    if name == "linear":
        return linear_word(run)
    if run.task is None or run.task.name != "forecast":
        return name
    return "seasonal naive" if run.task.season > 1 else "last value"


def linear_word(run: Run) -> str:
    """What the linear baseline is called for this task."""
    return "logistic" if run.task and not run.task.is_numeric else "linear"


def baseline_words(name: str, run: Run) -> str:
    """What a baseline is called in a sentence."""
    guess = "the naive forecast" if run.task and run.task.name == "forecast" else "always guessing the same"
    return {"linear": f"{linear_word(run)} regression", "boosted": "boosted trees"}.get(name, guess)


def _row(score: Score, run: Run, baselines: tuple[str, ...], drawn: bool) -> tuple[Cell, ...]:
    others = tuple(shown(run.score(score.metric, model=name)) for name in baselines)
    bar = (_bar(score, run),) if drawn else ()
    return (titled(score), shown(score), interval(score), *bar, *others)


def _bar(score: Score, run: Run) -> Interval | None:
    if not score.greater_is_better or score.value is None or score.low is None or score.high is None:
        return None
    reference = run.score(score.metric, model="linear")
    return Interval(score.value, score.low, score.high, reference.value if reference else None)


def _axis_start(scores: list[Score]) -> float:
    """Where the interval axis begins: at 0.5, or lower where an interval reaches lower."""
    lows = [score.low for score in scores if score.low is not None and score.greater_is_better]
    return min(0.5, math.floor(10 * min(lows, default=0.5)) / 10)


def _caption(low: float, run: Run) -> str:
    text = f"Mark: value; bar: interval, from {low:g} to 1"
    return text + (f"; thin mark: {linear_word(run)} regression." if "linear" in run.baselines else ".")


def _model_word(run: Run) -> str:
    if run.fitted is None:
        return "value"
    return "network" if run.fitted.history else "model"


def _short(finding: Finding) -> FindingBlock:
    return FindingBlock(
        id=f"summary-{finding.check}",
        status=finding.status,
        severity=finding.severity,
        title=sentence(finding.title),
        detail=finding.detail,
        meaning=finding.meaning,
        link=f"#finding-{finding.check}",
    )


def _curves(run: Run) -> KeyFigures:
    """Where the curves of a log end, where there is neither a table nor a score."""
    assert run.fitted is not None
    history = {name: values for name, values in run.fitted.history.items() if values and name != "seconds"}
    ends = [(name, values[-1]) for name, values in history.items()][:_MOST_CURVES]
    return KeyFigures(tuple(KeyFigure(f"last {_spelt(name)}", significant(value)) for name, value in ends))


def _spelt(curve: str) -> str:
    """`validation loss` of `val_loss`."""
    words = f"validation {curve.removeprefix('val_')}" if curve.startswith("val_") else curve
    return words.replace("_", " ")


def _shape(run: Run) -> KeyFigures:
    """The table in a line, where no model was asked for."""
    assert run.dataset is not None
    profile = run.profile
    items = [KeyFigure("rows", count(run.dataset.n_rows)), KeyFigure("columns", count(len(run.dataset.columns)))]
    if profile is not None:
        items += [
            KeyFigure("missing cells", percent(profile.missing_share) if profile.missing_cells else "none"),
            *([KeyFigure("complete rows", count(profile.missing.complete))] if profile.missing_cells else []),
            KeyFigure("duplicate rows", count(profile.duplicate_rows) if profile.duplicate_rows else "none"),
        ]
    return KeyFigures(tuple(items))
