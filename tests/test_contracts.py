"""Figures and metrics cannot disagree; and no metric, and no figure of the evaluation, is at a loss for words.

Every figure of the section Evaluation is listed here: with the metrics that its data imply, recomputed from nothing but
these data, or with the reason why they imply none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest
from scipy.integrate import trapezoid

from reportgen import registry
from reportgen.errors import NotApplicable
from reportgen.metrics import score_prediction
from reportgen.results import FigureData, Prediction, Run, Score
from tests import runs

RUNS: dict[str, Callable[[], Run]] = {
    "binary": runs.binary,
    "costs": runs.costly,
    "multiclass": runs.multiclass,
    "many classes": lambda: runs.multiclass(labels=tuple("abcdefgh")),
    "regression": runs.regression,
    "forecast": runs.forecast,
    "multilabel": runs.multilabel,
}


class Implied(NamedTuple):
    """A metric as a figure's data tell it; `digits` is the accuracy to which they are rounded."""

    metric: str
    value: float
    label: str | None = None
    digits: float = 1e-9


def column(data: FigureData, name: str) -> np.ndarray:
    return np.array(data.columns[name], dtype=float)


def confusion_matrix(data: FigureData, _run: Run) -> Iterator[Implied]:
    counts = np.zeros((len(data.facts["labels"]),) * 2)
    place = {label: number for number, label in enumerate(data.facts["labels"])}
    for actual, predicted, rows in zip(*(data.columns[name] for name in ("actual", "predicted", "rows")), strict=True):
        counts[place[actual], place[predicted]] = rows
    recall, precision = np.diag(counts) / counts.sum(1), np.diag(counts) / counts.sum(0)
    yield Implied("accuracy", np.trace(counts) / counts.sum())
    yield Implied("balanced_accuracy", float(recall.mean()))
    binary = len(counts) == 2
    yield Implied("recall", float(recall[1] if binary else recall.mean()))
    yield Implied("precision", float(precision[1] if binary else precision.mean()))
    if binary:
        yield Implied("specificity", float(recall[0]))
    for label, number in place.items():
        yield Implied("recall", float(recall[number]), label)
        yield Implied("precision", float(precision[number]), label)


def _curves(data: FigureData, x: str, y: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    names = np.array(data.columns["curve"])
    return {name: (column(data, x)[names == name], column(data, y)[names == name]) for name in dict.fromkeys(names)}


def _areas(data: FigureData, name: str, average: str, areas: dict[str, float]) -> Iterator[Implied]:
    for label, area in areas.items():
        assert area == pytest.approx(data.facts["areas"][label], abs=1e-3)  # what stands beside the curve
    shown = areas["model"] if data.facts["binary"] else float(np.mean(list(areas.values())))
    yield Implied(name if not data.facts["several"] else average, shown, digits=1e-3)


def roc(data: FigureData, _run: Run) -> Iterator[Implied]:
    curves = _curves(data, "false positive rate", "true positive rate")
    yield from _areas(data, "roc_auc", "roc_auc", {name: float(trapezoid(y, x)) for name, (x, y) in curves.items()})


def precision_recall(data: FigureData, _run: Run) -> Iterator[Implied]:
    curves = _curves(data, "recall", "precision")
    areas = {name: float((np.diff(x) * y[1:]).sum()) for name, (x, y) in curves.items()}
    yield from _areas(data, "pr_auc", "mean_average_precision", areas)


def calibration(data: FigureData, _run: Run) -> Iterator[Implied]:
    rows, gap = column(data, "rows"), np.abs(column(data, "predicted") - column(data, "observed"))
    yield Implied("ece", float((rows * gap).sum() / rows.sum()), digits=2e-4)


def threshold_scan(data: FigureData, _run: Run) -> Iterator[Implied]:
    """The curves are drawn as steps: each point holds for thresholds from the one before it up to its own."""
    here = int(np.searchsorted(column(data, "threshold"), data.facts["used"]))
    for metric, name in (("precision", "precision"), ("recall", "recall"), ("f1", "F1")):
        yield Implied(metric, float(column(data, name)[here]), digits=1e-4)
    if "cost" in data.columns:
        yield Implied("cost", _cost(data), digits=1e-4)


def _cost(data: FigureData) -> float:
    return float(column(data, "cost")[int(np.searchsorted(column(data, "threshold"), data.facts["used"]))])


def cost_curve(data: FigureData, _run: Run) -> Iterator[Implied]:
    yield Implied("cost", _cost(data), digits=1e-5)
    assert data.facts["used_cost"] == pytest.approx(_cost(data), abs=1e-5)


def _area_of_gain(data: FigureData, taken: np.ndarray, share: np.ndarray) -> float:
    """The share found is taken over all rows, of which positive ones are a part: area = p / 2 + (1 - p) AUC."""
    positive = data.facts["shares"]["model"]
    return float((trapezoid(share, taken) - positive / 2) / (1 - positive))


def cumulative_gain(data: FigureData, _run: Run) -> Iterator[Implied]:
    taken, share = _curves(data, "share of rows taken", "share found")["model"]
    yield Implied("roc_auc", _area_of_gain(data, taken, share), digits=1e-3)


def lift(data: FigureData, _run: Run) -> Iterator[Implied]:
    """Its points are thinned to 60, so that a little of the area is lost."""
    taken, times = _curves(data, "share of rows taken", "lift")["model"]
    yield Implied("roc_auc", _area_of_gain(data, taken, times * taken), digits=5e-3)


def det(data: FigureData, _run: Run) -> Iterator[Implied]:
    alarms, missed = _curves(data, "false positive rate", "false negative rate")["model"]
    yield Implied("roc_auc", float(trapezoid(1 - missed, alarms)), digits=1e-3)


def ks(data: FigureData, run: Run) -> Iterator[Implied]:
    """Below the threshold used are the negative rows that are rejected, and the positive ones that are missed."""
    here = int(np.searchsorted(column(data, "score"), run.threshold))
    yield Implied("specificity", float(column(data, "negative below")[here]), digits=1e-4)
    yield Implied("recall", float(1 - column(data, "positive below")[here]), digits=1e-4)


def confidence_coverage(data: FigureData, _run: Run) -> Iterator[Implied]:
    assert data.columns["coverage"][-1] == 1
    yield Implied("accuracy", float(column(data, "accuracy")[-1]), digits=1e-4)


def top_k(data: FigureData, run: Run) -> Iterator[Implied]:
    shares = column(data, "model")
    yield Implied("accuracy", float(shares[0]), digits=1e-5)
    for k in (3, 5):
        if len(run.predictions["test"].labels) > k:
            yield Implied(f"top_{k}_accuracy", float(shares[k - 1]), digits=1e-5)


def baseline_agreement(data: FigureData, run: Run) -> Iterator[Implied]:
    both, model, other, neither = (column(data, name) for name in list(data.columns)[1:])
    rows = both + model + other + neither
    yield Implied("accuracy", float((both + model).sum() / rows.sum()))
    binary = len(run.predictions["test"].labels) == 2
    recalls = (both + model) / rows
    yield Implied("recall", float(recalls[1] if binary else recalls.mean()))
    for place, label in enumerate(data.columns["class"]):
        yield Implied("recall", float(recalls[place]), str(label))


def per_class(data: FigureData, _run: Run) -> Iterator[Implied]:
    for place, label in enumerate(data.columns["class"]):
        for metric, name in (("precision", "precision"), ("recall", "recall"), ("f1", "F1")):
            yield Implied(metric, float(column(data, name)[place]), str(label), 1e-4)


def label_errors(data: FigureData, _run: Run) -> Iterator[Implied]:
    found, missed, false = (column(data, name) for name in ("found", "missed", "falsely given"))
    yield Implied("f1_micro", float(2 * found.sum() / (2 * found + missed + false).sum()))
    yield Implied("f1_macro", float((2 * found / (2 * found + missed + false)).mean()))
    yield Implied("hamming_loss", float((missed + false).sum() / (data.facts["rows"] * len(found))))
    yield Implied("subset_accuracy", data.facts["right"] / data.facts["rows"])


def predicted_actual(data: FigureData, _run: Run) -> Iterator[Implied]:
    actual, predicted = column(data, "actual"), column(data, "predicted")
    yield from _errors(actual - predicted)
    spread = ((actual - actual.mean()) ** 2).sum()
    yield Implied("r2", float(1 - ((actual - predicted) ** 2).sum() / spread), digits=1e-4)


def residuals(data: FigureData, _run: Run) -> Iterator[Implied]:
    yield from _errors(column(data, "residual"))


def _errors(residual: np.ndarray) -> Iterator[Implied]:
    """Six digits of actual and predicted values, that are near 50 here."""
    yield Implied("mae", float(np.abs(residual).mean()), digits=1e-4)
    yield Implied("rmse", float(np.sqrt((residual**2).mean())), digits=1e-4)
    yield Implied("median_ae", float(np.median(np.abs(residual))), digits=2e-4)
    yield Implied("max_error", float(np.abs(residual).max()), digits=2e-4)
    yield Implied("mean_error", float(-residual.mean()), digits=1e-4)


def residual_histogram(data: FigureData, _run: Run) -> Iterator[Implied]:
    rows, width = column(data, "rows"), column(data, "to") - column(data, "from")
    middle = (column(data, "to") + column(data, "from")) / 2
    yield Implied("mean_error", float(-(rows * middle).sum() / rows.sum()), digits=float(width.max() / 2))
    yield Implied("mean_error", -data.facts["mean"])
    yield Implied("rmse", float(np.hypot(data.facts["mean"], data.facts["spread"])))


def error_by_decile(data: FigureData, run: Run) -> Iterator[Implied]:
    rows = [len(part) for part in np.array_split(np.arange(data.facts["rows"]), 10)]
    yield Implied("mae", float(np.average(column(data, "model"), weights=rows)), digits=1e-5)
    assert sum(rows) == len(run.predictions["test"].y_true)


def error_by_horizon(data: FigureData, _run: Run) -> Iterator[Implied]:
    for place, step in enumerate(data.columns["step"]):
        yield Implied("mae", float(column(data, "model")[place]), f"step {step}", 1e-5)


def rec_curve(data: FigureData, _run: Run) -> Iterator[Implied]:
    """The area above the curve, a step at a time, and where it ends."""
    tolerance, share = _curves(data, "tolerance", "share")["model"]
    yield Implied("mae", float((np.diff(tolerance) * (1 - share[:-1])).sum() + tolerance[0]), digits=1e-4)
    yield Implied("max_error", float(tolerance[-1]), digits=1e-4)


def scale_location(data: FigureData, _run: Run) -> Iterator[Implied]:
    error = data.facts["rmse"] * column(data, "root of scaled error") ** 2
    yield Implied("mae", float(error.mean()), digits=1e-4)
    yield Implied("rmse", float(np.sqrt((error**2).mean())), digits=1e-4)
    yield Implied("max_error", float(error.max()), digits=1e-4)


def error_by_feature(data: FigureData, run: Run) -> Iterator[Implied]:
    """The groups of a column that hold every row make up the whole."""
    names, rows, error = np.array(data.columns["column"]), column(data, "rows"), column(data, "error")
    whole = [name for name in dict.fromkeys(names) if rows[names == name].sum() == data.facts["all"]]
    numeric = run.task is not None and run.task.is_numeric
    means = [np.average(error[names == name], weights=rows[names == name]) for name in whole]
    for mean in (*means, data.facts["overall"]):
        yield Implied("mae" if numeric else "accuracy", float(mean if numeric else 1 - mean), digits=1e-5)


CONTRACTS: dict[str, Callable[[FigureData, Run], Iterator[Implied]]] = {
    function.__name__: function
    for function in (
        confusion_matrix,
        roc,
        precision_recall,
        calibration,
        threshold_scan,
        cost_curve,
        cumulative_gain,
        lift,
        det,
        ks,
        confidence_coverage,
        top_k,
        baseline_agreement,
        per_class,
        label_errors,
        predicted_actual,
        residuals,
        residual_histogram,
        error_by_decile,
        error_by_horizon,
        rec_curve,
        scale_location,
        error_by_feature,
    )
}
EXEMPT = {
    "confused_pairs": "it shows the fullest cells of the confusion matrix alone",
    "group_gaps": "it shows the rows of each group apart; tests/test_groups.py recomputes the metrics of these",
    "score_distribution": "its bins of scores do not meet the threshold",
    "qq": "it shows standardised residuals at quantiles, not all of them",
    "label_pairs": "no metric is made from pairs of labels",
    "forecast_over_time": "it shows the first and the last step alone",
    "residuals_over_time": "it shows the first and the last step alone",
    "learning_curve": "it shows the scores themselves",
    "slices": "it shows some rows, chosen for their errors",
    "trial_curves": "it shows histories, not predictions",
    "trial_scores": "it shows the scores themselves",
}


def evaluation_figures() -> list[str]:
    return [name for name in registry.names("figures") if registry.load("figures", name).SECTION == "evaluation"]


def test_every_figure_of_the_evaluation_is_held_to_the_metrics_or_exempt_by_reason() -> None:
    left = set(evaluation_figures()) - set(CONTRACTS) - set(EXEMPT)
    assert not left, "list the figure in CONTRACTS with the metrics that its data imply, or in EXEMPT with the reason"
    assert not set(CONTRACTS) & set(EXEMPT)


@cache
def measured(name: str) -> tuple[Run, dict[tuple[str, str | None], Score]]:
    run = RUNS[name]()
    assert run.task is not None
    found = score_prediction(run.predictions["test"], run.task, per_class=True)
    return run, {(score.metric, score.label): score for score in found}


def pairs() -> Iterator[tuple[str, str]]:
    for figure in CONTRACTS:
        for name in RUNS:
            try:
                registry.load("figures", figure).compute(measured(name)[0])
            except NotApplicable:
                continue
            yield figure, name


@pytest.mark.parametrize(("figure", "name"), list(pairs()))
def test_a_figure_says_what_the_metrics_say(figure: str, name: str) -> None:
    run, scores = measured(name)
    (data,) = registry.load("figures", figure).compute(run)
    implied = list(CONTRACTS[figure](data, run))
    assert implied
    for one in implied:
        score = scores[one.metric, one.label]
        assert score.value == pytest.approx(one.value, abs=one.digits), one


DEGENERATE = ("one class", "one row", "constant scores", "nothing right", "constant truth", "infinite", "not a number")


def spoilt(prediction: Prediction, how: str) -> Prediction:
    """A prediction that leaves something undefined."""
    y_true, y_pred, score = prediction.y_true.copy(), prediction.y_pred.copy(), prediction.y_score
    if how == "one row":
        kept = slice(0, 1)
        step = None if prediction.step is None else prediction.step[kept]
        one = None if score is None else score[kept]
        rows = None if prediction.rows is None else prediction.rows[kept]
        return replace(prediction, y_true=y_true[kept], y_pred=y_pred[kept], y_score=one, rows=rows, step=step)
    if how in ("one class", "constant truth"):
        y_true[:] = y_true[0]
    if how == "constant scores":
        y_pred[:] = y_pred[0]
        score = None if score is None else np.full_like(score, 1 / score.shape[1])
    if how == "nothing right":
        y_pred = (y_true + 1) % max(len(prediction.labels), 2) if score is not None else y_true + 1
        y_pred = 1 - y_true if y_true.ndim == 2 else y_pred
    if how in ("infinite", "not a number"):
        spoils = np.inf if how == "infinite" else np.nan
        if score is None:
            y_pred[0] = spoils
        else:
            score = score.copy()
            score[0, 0] = spoils
    return replace(prediction, y_true=y_true, y_pred=y_pred, y_score=score)


@pytest.mark.parametrize("how", DEGENERATE)
@pytest.mark.parametrize("name", RUNS)
def test_no_metric_is_undefined_without_a_word(name: str, how: str) -> None:
    run = measured(name)[0]
    assert run.task is not None
    found = score_prediction(spoilt(run.predictions["test"], how), run.task, per_class=True, strict=True)
    assert found
    for score in found:
        if score.value is None:
            assert score.note, score
            continue
        assert np.isfinite(score.value), score
        assert (score.low is None) == (score.high is None), score
        if score.low is None or score.high is None:
            assert score.note, score
        else:
            assert score.low <= score.value <= score.high, score
            assert score.method, score


@pytest.mark.parametrize("how", DEGENERATE)
@pytest.mark.parametrize("name", RUNS)
def test_a_figure_of_a_degenerate_case_is_whole_or_says_why_there_is_none(name: str, how: str) -> None:
    run = measured(name)[0]
    run = replace(run, predictions={**run.predictions, "test": spoilt(run.predictions["test"], how)})
    for figure in evaluation_figures():
        module = registry.load("figures", figure)
        try:
            found = module.compute(run)
        except NotApplicable:  # It cannot be made without a reason.
            continue
        for data in found:
            json.dumps([dict(data.columns), dict(data.facts)], allow_nan=False)
            words = module.describe(data)
            assert words.title
            assert "nan" not in f" {words.title} {words.caption} {words.alt} ".split()
