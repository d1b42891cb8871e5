"""Checks of the evaluation: whether the model is any good, and whether these rows can tell."""

from __future__ import annotations

import numpy as np

from reportgen import statistics
from reportgen.checks import Verdict, check, failed, passed
from reportgen.clusters import clusters
from reportgen.errors import NotApplicable
from reportgen.paired import PairedTest, compare
from reportgen.results import Prediction, Run, Score
from reportgen.text import count, fixed, in_sentence, p_value, percent, plural, significant

#: A mean error must be this unlikely by chance before it is called a bias.
SURE = 0.001
#: The metric that a model is judged by where one must do.
FIRST = {"binary": "accuracy", "multiclass": "accuracy", "multilabel": "subset_accuracy"}
_NAMES = {"roc_auc": "ROC AUC", "ece": "the calibration error", "r2": "R²"}


def _test(run: Run) -> Prediction:
    if "test" not in run.predictions or run.task is None:
        raise NotApplicable("nothing was predicted for a test set")
    return run.predictions["test"]


def _against(run: Run, name: str, words: str) -> PairedTest:
    model, other = _test(run), run.baselines.get(name, {}).get("test")
    if other is None:
        raise NotApplicable(f"the {name} baseline was not fitted")
    assert run.task is not None
    return compare(model, other, run.task, words, run.spec.evaluate.confidence)


def _counted(test: PairedTest) -> str:
    if test.model_right is None or test.other_right is None:
        measure = test.measured.removeprefix("the ")
        return (
            f"Its {measure} is {significant(abs(test.difference))} "
            f"{'below' if test.difference >= 0 else 'above'} that of {test.other} ({p_value(test.p_value)})."
        )
    right = "right" if test.measure == "accuracy" else "right in every label"
    return (
        f"The model is {right} on {count(test.model_right)} of {plural(test.n, 'test case')}, {test.other} on "
        f"{count(test.other_right)} ({test.method.partition(';')[0]}, {p_value(test.p_value)})."
    )


def _by(test: PairedTest) -> str:
    """`, by 12.3 points of accuracy`, or that the ranking alone is better."""
    if test.difference <= 0:
        return " at ranking"
    if test.model_right is not None:
        return f", by {fixed(100 * test.difference, 1)} points of {test.measure}"
    return f", by {significant(test.difference)} in {test.measured}"


@check(
    group="evaluation",
    severity="error",
    threshold=0.05,
    unit="p-value",
    title="Against the dummy",
    meaning="A model that guessing equals has learnt nothing that helps on new rows.",
    remedy="Look for a mistake in features, target or training before anything else.",
    rank=7,
)
def no_better_than_dummy(run: Run, threshold: float) -> Verdict:
    """The p-value that the model is better than always guessing the same, on the test rows; ranking well counts too."""
    words = "guessing" if run.task is None or run.task.name != "forecast" else "the naive forecast"
    test = _against(run, "dummy", words)
    auc = run.score("roc_auc")
    ranks = auc is not None and auc.low is not None and auc.low > 0.5
    if ranks or (test.difference > 0 and test.p_value <= threshold):
        return passed(f"The model is better than {words}{_by(test)}")
    return failed(f"The model is not shown to be better than {words}", test.p_value, _counted(test))


@check(
    group="evaluation",
    severity="notice",
    threshold=0.05,
    unit="p-value",
    title="Against a linear model",
    meaning="What a linear model does as well needs no more than a linear model, which is simpler to explain.",
    remedy="Take the simpler model, or show the difference on more test rows.",
    rank=31,
)
def no_better_than_linear(run: Run, threshold: float) -> Verdict:
    """The p-value that the model differs from the linear baseline, on the test rows."""
    if run.fitted is not None and run.fitted.coefficients:
        raise NotApplicable("the model is itself linear")
    test = _against(run, "linear", "the linear model")
    if test.p_value > threshold:
        hits = test.model_right is not None
        unit = f"points of {test.measure}" if hits else f"in {test.measured}"
        least = fixed(100 * test.resolvable, 1) if hits else significant(test.resolvable, 2)
        detail = f"{_counted(test)} Differences under {least} {unit} cannot be told from chance on these rows."
        return failed("A difference from the linear model is not shown", test.p_value, detail)
    if test.difference < 0:
        title = "The model is worse than a linear model"
        return failed(title, test.p_value, _counted(test), severity="warning")
    return passed(f"The model is better than a linear model{_by(test)}")


@check(
    group="evaluation",
    severity="notice",
    threshold=0.05,
    unit="p-value",
    title="Against a strong baseline",
    meaning="Boosted trees of default settings take seconds to fit: a model that needs more work should do better.",
    remedy="Take the boosted trees, tune the model, or show the difference on more test rows.",
    rank=32,
)
def no_better_than_boosted(run: Run, threshold: float) -> Verdict:
    """The p-value that the model differs from boosted trees of default settings, on the test rows."""
    if run.fitted is not None and "GradientBoosting" in run.fitted.title:
        raise NotApplicable("the model is itself of boosted trees")
    test = _against(run, "boosted", "boosted trees")
    if test.p_value > threshold:
        title = "A difference from boosted trees of default settings is not shown"
        return failed(title, test.p_value, _counted(test))
    if test.difference < 0:
        title = "The model is worse than boosted trees of default settings"
        return failed(title, test.p_value, _counted(test), severity="warning")
    return passed(f"The model is better than boosted trees of default settings{_by(test)}")


def _score(run: Run, metric: str) -> tuple[float, Score]:
    score = run.score(metric)
    if score is None and metric in ("roc_auc", "ece") and run.task is not None and not run.task.is_classification:
        raise NotApplicable("for classes only" if run.task.is_numeric else f"{_NAMES[metric]} is for classes only")
    if score is None:
        raise NotApplicable(f"{_NAMES.get(metric, metric)} was not computed for the test set")
    if score.value is None:
        raise NotApplicable(score.note)
    return score.value, score


def _interval(run: Run, metric: str) -> tuple[float, float, Score]:
    _, score = _score(run, metric)
    if score.low is None or score.high is None:
        raise NotApplicable(f"{in_sentence(score.title)} has no interval")
    return score.low, score.high, score


@check(
    group="evaluation",
    severity="warning",
    threshold=0.7,
    unit="ROC AUC",
    title="Ranking",
    meaning="The model often scores the wrong one of two rows higher: no threshold makes that good.",
    remedy="Better features help more than another model.",
    rank=11,
)
def low_auc(run: Run, threshold: float) -> Verdict:
    """ROC AUC on the test set below the threshold."""
    value, score = _score(run, "roc_auc")
    if value >= threshold:
        return passed(f"{in_sentence(score.title, start=True)} is {fixed(value)}", value)
    detail = (
        f"Of two rows of different classes, the model puts the wrong one first {percent(1 - value, 0)} of the time."
    )
    return failed(f"{in_sentence(score.title, start=True)} is only {fixed(value)}", value, detail)


@check(
    group="evaluation",
    severity="warning",
    threshold=0.05,
    unit="calibration error, lower end of its interval",
    title="Calibration",
    meaning="The probabilities are not the frequencies they claim to be; a decision by expected cost goes wrong.",
    remedy="Recalibrate on the validation rows (Platt or isotonic), train shorter, or regularise.",
    rank=15,
)
def miscalibrated(run: Run, threshold: float) -> Verdict:
    """Calibration error on the test set that is above the threshold beyond doubt."""
    low, high, score = _interval(run, "ece")
    ends = f"{fixed(low)} to {fixed(high)}"
    if low > threshold:
        detail = f"Probability and frequency are {fixed(score.value)} apart on average (interval {ends})."
        return failed("The probabilities are not to be taken at their word", low, detail)
    return passed(f"Probability and frequency are {fixed(score.value)} apart on average ({ends})", low)


@check(
    group="evaluation",
    severity="notice",
    threshold=0.15,
    unit="width of the interval",
    title="Width of the interval",
    meaning="So wide an interval holds both a good and a mediocre model: the test decides little.",
    remedy="More test rows: four times as many halve the interval.",
    rank=19,
)
def wide_interval(run: Run, threshold: float) -> Verdict:
    """The width of the interval of accuracy, subset accuracy for several labels, or of R² for numbers."""
    if run.task is None:
        raise NotApplicable("there is no target")
    low, high, score = _interval(run, FIRST.get(run.task.name, "r2"))
    width = high - low
    said = f"{score.title} lies between {fixed(low)} and {fixed(high)}"
    if width > threshold:
        return failed("The interval is too wide to decide much", width, f"{said}: {fixed(width)} wide.")
    return passed(said, width)


def _by_chance(prediction: Prediction, error: np.ndarray, run: Run) -> float:
    """The p-value of no bias; the errors of a forecast, or of a group's rows, depend on each other."""
    if prediction.step is None or run.task is None:
        alike = clusters(prediction)
        if alike is not None:
            return statistics.t_test(alike.means(error), alike.degrees)
        return statistics.t_test(error)
    by_origin = error.reshape(-1, len(np.unique(prediction.step))).mean(axis=1)
    if len(by_origin) < 2:
        raise NotApplicable("needs two origins or more")
    length = statistics.block_length(len(by_origin), int(prediction.step.max()), run.task.season)
    return statistics.long_run_t_test(by_origin, length)[0]


@check(
    group="evaluation",
    severity="warning",
    threshold=0.2,
    unit="share of the error's standard deviation",
    title="Bias",
    meaning="The model is too high, or too low, on the whole: sums and means of its predictions are wrong.",
    remedy="Look whether train and test differ or another loss than the squared error was used; correct the mean.",
    rank=13,
)
def biased_error(run: Run, threshold: float) -> Verdict:
    """The mean error in standard deviations of the error, where chance does not explain it."""
    prediction = _test(run)
    if prediction.labels:
        raise NotApplicable("for numbers only")
    error = np.asarray(prediction.y_pred - prediction.y_true, dtype=float)
    if len(error) < 2 or not np.isfinite(error).all():
        raise NotApplicable("needs two finite predictions or more")
    mean, spread = float(error.mean()), float(error.std(ddof=1))
    share = abs(mean) / spread if spread else float(mean != 0)
    way = "high" if mean > 0 else "low"
    if share > threshold and _by_chance(prediction, error, run) < SURE:
        detail = f"The mean error is {significant(mean)}, {percent(share, 0)} of its standard deviation."
        return failed(f"The model predicts too {way}", share, detail)
    return passed(f"The mean error is {significant(mean)}", share)
