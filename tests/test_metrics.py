"""Metrics: by hand, by contract, and where they are undefined."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen import registry
from reportgen.dataset import Task
from reportgen.errors import InternalError, UsageError
from reportgen.metrics import Metric, auto, metric, score_prediction
from reportgen.metrics import _scoring as scoring
from reportgen.results import Prediction, Score

BINARY = Task("binary", "diagnosis", ("benign", "malignant"))
MULTICLASS = Task("multiclass", "species", ("a", "b", "c"))
NUMBERS = Task("regression", "price")
TASKS = {task.name: task for task in (BINARY, MULTICLASS, NUMBERS)}

#: Four rows true negative, one false positive, two false negative, three true positive.
CONFUSED = Prediction(
    "test",
    np.repeat([0, 1], 5),
    np.array([0, 0, 0, 0, 1, 0, 0, 1, 1, 1]),
    np.c_[1 - np.linspace(0.05, 0.95, 10), np.linspace(0.05, 0.95, 10)],
    BINARY.labels,
)
THREE = Prediction(
    "test",
    np.array([0, 0, 1, 1, 2, 2]),
    np.array([0, 1, 1, 1, 2, 0]),
    np.array([[0.8, 0.1, 0.1], [0.3, 0.6, 0.1], [0.2, 0.7, 0.1], [0.1, 0.5, 0.4], [0.1, 0.2, 0.7], [0.5, 0.2, 0.3]]),
    MULTICLASS.labels,
)
FOUR = Prediction("test", np.array([1.0, 2.0, 3.0, 6.0]), np.array([2.0, 2.0, 1.0, 5.0]), None, ())


def value(name: str, prediction: Prediction) -> float:
    return float(registry.load("metrics", name)(prediction))


def scored(name: str, prediction: Prediction, task: Task) -> Score:
    return score_prediction(prediction, task, [name])[0]


@pytest.mark.parametrize(
    ("name", "by_hand"),
    [
        ("accuracy", 7 / 10),
        ("precision", 3 / 4),
        ("recall", 3 / 5),
        ("f1", 2 * 3 / (4 + 5)),
        ("specificity", 4 / 5),
        ("balanced_accuracy", (4 / 5 + 3 / 5) / 2),
        ("mcc", (3 * 4 - 1 * 2) / (4 * 5 * 5 * 6) ** 0.5),
        ("cohen_kappa", (0.7 - 0.5) / (1 - 0.5)),  # by chance: 0.5 * 0.4 + 0.5 * 0.6
        ("roc_auc", 1.0),
        ("pr_auc", 1.0),
        ("log_loss", -2 * np.log([0.95, 0.85, 0.75, 0.65, 0.55]).sum() / 10),
        ("brier", 2 * (0.05**2 + 0.15**2 + 0.25**2 + 0.35**2 + 0.45**2) / 10),
        ("ece", 2 * (0.05 + 0.15 + 0.25 + 0.35 + 0.45) / 10),  # every row has a bin of its own
    ],
)
def test_binary_metrics_by_hand(name: str, by_hand: float) -> None:
    assert value(name, CONFUSED) == pytest.approx(by_hand)


@pytest.mark.parametrize(
    ("name", "by_hand"),
    [
        ("accuracy", 4 / 6),
        ("precision", (1 / 2 + 2 / 3 + 1) / 3),
        ("recall", (1 / 2 + 1 + 1 / 2) / 3),
        ("f1", (2 / 4 + 4 / 5 + 2 / 3) / 3),
        ("balanced_accuracy", (1 / 2 + 1 + 1 / 2) / 3),
        ("specificity", (3 / 4 + 3 / 4 + 1) / 3),
        ("mcc", (4 * 6 - 12) / ((36 - 12) * (36 - 14)) ** 0.5),
        ("cohen_kappa", (4 / 6 - 12 / 36) / (1 - 12 / 36)),
        ("roc_auc", 7 / 8),  # for each class one pair of eight is out of order
        ("pr_auc", (1 + 2 / 3) / 2),  # for each class its rows are first and third
        ("log_loss", -np.log([0.8, 0.3, 0.7, 0.5, 0.7, 0.3]).mean()),
        ("brier", (0.06 + 0.86 + 0.14 + 0.42 + 0.14 + 0.78) / 6),
        ("ece", (abs(1 - 0.8) + abs(0 - 0.6) + abs(2 - 1.4) + abs(1 - 1.0)) / 6),  # by probability: 0.8, 0.6, 0.7, 0.5
    ],
)
def test_multiclass_metrics_by_hand(name: str, by_hand: float) -> None:
    assert value(name, THREE) == pytest.approx(by_hand)


@pytest.mark.parametrize(
    ("name", "by_hand"),
    [
        ("mae", 1.0),
        ("mse", 6 / 4),
        ("rmse", 1.5**0.5),
        ("r2", 1 - 6 / 14),
        ("mape", (1 + 0 + 2 / 3 + 1 / 6) / 4),
        ("smape", (2 / 3 + 0 + 4 / 4 + 2 / 11) / 4),
        ("median_ae", 1.0),
        ("max_error", 2.0),
        ("mean_error", -0.5),
        ("explained_variance", 1 - (6 / 4 - 0.25) / (14 / 4)),
    ],
)
def test_regression_metrics_by_hand(name: str, by_hand: float) -> None:
    assert value(name, FOUR) == pytest.approx(by_hand)


def test_top_3_accuracy_counts_the_three_most_probable_classes() -> None:
    labels = tuple("abcde")
    score = np.array([[0.4, 0.3, 0.2, 0.06, 0.04]] * 4)
    prediction = Prediction("test", np.array([0, 1, 2, 3]), np.zeros(4, dtype=np.int64), score, labels)
    assert value("top_3_accuracy", prediction) == pytest.approx(3 / 4)


def test_top_5_accuracy_counts_the_five_most_probable_classes() -> None:
    score = np.array([[0.3, 0.25, 0.2, 0.15, 0.06, 0.04]] * 3)
    prediction = Prediction("test", np.array([0, 4, 5]), np.zeros(3, dtype=np.int64), score, tuple("abcdef"))
    assert value("top_5_accuracy", prediction) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("name", "by_hand"),
    [
        ("precision_weighted", (3 * 1 + 2 * 1 / 2 + 1 * 1 / 2) / 6),
        ("recall_weighted", (3 * 2 / 3 + 2 * 1 / 2 + 1 * 1) / 6),
        ("f1_weighted", (3 * 4 / 5 + 2 * 2 / 4 + 1 * 2 / 3) / 6),
    ],
)
def test_weighted_averages_by_hand(name: str, by_hand: float) -> None:
    uneven = replace(THREE, y_true=np.array([0, 0, 0, 1, 1, 2]), y_pred=np.array([0, 0, 1, 1, 2, 2]))
    assert value(name, uneven) == pytest.approx(by_hand)


def test_the_weighted_recall_is_the_accuracy_and_shown_only_when_asked_for() -> None:
    assert "recall_weighted" not in auto(MULTICLASS, True)
    recall, accuracy = (scored(name, THREE, MULTICLASS) for name in ("recall_weighted", "accuracy"))
    assert (recall.value, recall.low, recall.high) == (accuracy.value, accuracy.low, accuracy.high)


def test_every_metric_has_a_case_by_hand_above() -> None:
    # The others in test_forecast and test_multilabel.
    units = {name: registry.load("metrics", name) for name in registry.names("metrics")}
    by_hand = {
        "top_3_accuracy",
        "top_5_accuracy",
        "mase",
        *(name for name, unit in units.items() if unit.tasks == ("multilabel",)),
    }
    for test in (
        test_binary_metrics_by_hand,
        test_multiclass_metrics_by_hand,
        test_weighted_averages_by_hand,
        test_regression_metrics_by_hand,
    ):
        by_hand |= {case[0] for case in test.pytestmark[0].args[1]}  # type: ignore[attr-defined]
    by_hand |= {"cost"}  # in test_decisions.py: it needs costs
    assert by_hand == set(registry.names("metrics"))


# The contract that every metric keeps


def cases(task: Task, n: int, seed: int) -> Prediction:
    rng = np.random.default_rng(seed)
    if not task.is_classification:
        y = rng.normal(50, 10, n)
        return Prediction("test", y, y + rng.normal(0, 4, n), None, ())
    k = len(task.labels)
    y = rng.integers(0, k, n)
    raw = np.exp(rng.normal(size=(n, k)) + 1.5 * np.eye(k)[y])
    score = raw / raw.sum(1, keepdims=True)
    return Prediction("test", y, score.argmax(1), score, task.labels)


FIVE = Task("multiclass", "grade", tuple("abcde"))
UNITS = [
    pytest.param(registry.load("metrics", name), task, id=f"{name}-{task.name}{len(task.labels)}")
    for name in registry.names("metrics")
    for task in (BINARY, MULTICLASS, FIVE, NUMBERS)
    if registry.load("metrics", name).applies(task, task.is_classification)
]


@pytest.mark.parametrize(("unit", "task"), UNITS)
def test_a_metric_says_what_it_is(unit: Metric, task: Task) -> None:
    assert unit.titles[task.name]
    assert unit.summary.endswith(".")
    assert unit.name in registry.names("metrics")


@pytest.mark.parametrize(("unit", "task"), UNITS)
def test_a_metric_keeps_its_bounds_and_its_interval_holds_the_value(unit: Metric, task: Task) -> None:
    floor, ceiling = (
        bound if bound is not None else default for bound, default in zip(unit.bounds, (-1e9, 1e9), strict=True)
    )
    for seed, n in enumerate((2, 7, 30, 300)):
        score = score_prediction(cases(task, n, seed), task, [unit.name], strict=True)[0]
        if score.value is None:
            assert score.note
            continue
        assert floor <= score.value <= ceiling
        if score.low is None or score.high is None:
            assert score.note
        else:
            assert score.method
            assert floor <= score.low <= score.value <= score.high <= ceiling


@pytest.mark.parametrize(("unit", "task"), UNITS)
def test_the_order_of_the_rows_does_not_matter(unit: Metric, task: Task) -> None:
    prediction = cases(task, 60, 3)
    order = np.random.default_rng(0).permutation(60)
    shuffled = replace(
        prediction,
        y_true=prediction.y_true[order],
        y_pred=prediction.y_pred[order],
        y_score=None if prediction.y_score is None else prediction.y_score[order],
    )
    first, second = (score_prediction(each, task, [unit.name])[0] for each in (prediction, shuffled))
    assert first.value == pytest.approx(second.value)
    if first.low is not None:
        assert first.low == pytest.approx(second.low, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(("unit", "task"), UNITS)
def test_a_perfect_prediction_gets_the_best_value(unit: Metric, task: Task) -> None:
    prediction = cases(task, 60, 4)
    score = np.eye(len(task.labels))[prediction.y_true] if task.labels else None
    perfect = replace(prediction, y_pred=prediction.y_true, y_score=score)
    assert unit(perfect) == pytest.approx(1.0 if unit.greater_is_better else 0.0, abs=1e-9)


@pytest.mark.parametrize(("unit", "task"), UNITS)
def test_a_better_model_scores_better(unit: Metric, task: Task) -> None:
    good = cases(task, 400, 5)
    rng = np.random.default_rng(6)
    if good.y_score is None:
        bad = replace(good, y_pred=good.y_pred + 20 + rng.normal(0, 40, 400))
    else:
        lost = rng.permutation(400)
        bad = replace(good, y_pred=good.y_pred[lost], y_score=good.y_score[lost])
    if unit.greater_is_better:
        assert unit(bad) < unit(good)
    else:
        assert abs(unit(bad)) > abs(unit(good))


@pytest.mark.parametrize(("unit", "task"), UNITS)
@pytest.mark.parametrize("kind", ["empty", "one row", "one class", "all alike", "not finite"])
def test_what_is_undefined_has_no_value_and_says_why(unit: Metric, task: Task, kind: str) -> None:
    prediction = degenerate(cases(task, 30, 8), kind)
    score = score_prediction(prediction, task, [unit.name], strict=True)[0]
    if score.value is None:
        assert score.note
    else:
        assert np.isfinite(score.value)
    if score.value is not None and score.low is None:
        assert "no interval" in score.note
    for end in (score.low, score.high):
        assert end is None or np.isfinite(end)


def degenerate(prediction: Prediction, kind: str) -> Prediction:
    rows = {"empty": slice(0, 0), "one row": slice(0, 1)}.get(kind, slice(None))
    y_true, y_pred = prediction.y_true[rows], prediction.y_pred[rows]
    y_score = None if prediction.y_score is None else prediction.y_score[rows].copy()
    if kind == "one class":
        y_true = np.full_like(y_true, y_true[0])
    if kind == "all alike":
        y_pred = np.full_like(y_pred, y_pred[0])
        y_score = None if y_score is None else np.full_like(y_score, 1 / y_score.shape[1])
    if kind == "not finite":
        if y_score is None:
            y_pred = np.full_like(y_pred, np.inf)
        else:
            y_score[0] = np.nan
    return replace(prediction, y_true=y_true, y_pred=y_pred, y_score=y_score)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=30))
def test_any_confusion_has_values_inside_the_bounds_or_a_reason(pairs: list[tuple[int, int]]) -> None:
    y_true, y_pred = (np.array(column) for column in zip(*pairs, strict=True))
    for score in score_prediction(Prediction("test", y_true, y_pred, None, MULTICLASS.labels), MULTICLASS, strict=True):
        if score.value is None:
            assert score.note
        else:
            assert -1 <= score.value <= 1
            assert score.low is not None
            assert score.high is not None
            assert score.low <= score.value <= score.high


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300)), min_size=2, max_size=20))
def test_any_numbers_have_finite_scores_or_a_reason(pairs: list[tuple[float, float]]) -> None:
    y_true, y_pred = (np.array(column) for column in zip(*pairs, strict=True))
    for score in score_prediction(Prediction("test", y_true, y_pred, None, ()), NUMBERS, strict=True):
        assert score.note if score.value is None else np.isfinite(score.value)
        assert score.low is None or np.isfinite(score.low)


# What is said where a value is missing or holds by convention only


def test_one_class_in_the_split_has_no_area() -> None:
    score = scored("roc_auc", degenerate(cases(BINARY, 30, 1), "one class"), BINARY)
    assert (score.value, score.note) == (None, "only one class occurs in this split")


def test_a_class_that_is_never_predicted_is_named() -> None:
    never = replace(CONFUSED, y_pred=np.zeros(10, dtype=np.int64))
    score = scored("precision", never, BINARY)
    assert score.value == 0
    assert score.low is None
    assert score.note.startswith("'malignant' never predicted, counted as 0")


def test_equal_targets_have_no_r2() -> None:
    score = scored("r2", replace(FOUR, y_true=np.ones(4)), NUMBERS)
    assert (score.value, score.note) == (None, "all actual values are equal")


def test_zero_targets_have_no_percentage_error() -> None:
    score = scored("mape", replace(FOUR, y_true=np.array([0.0, 0.0, 1.0, 2.0])), NUMBERS)
    assert (score.value, score.note) == (None, "2 actual values are zero")


def test_constant_scores_have_an_area_of_a_half_and_no_interval() -> None:
    score = scored("roc_auc", replace(CONFUSED, y_score=np.full((10, 2), 0.5)), BINARY)
    assert (score.value, score.low) == (0.5, None)
    assert score.note == "no interval: every row has the same score"


def test_a_model_without_probabilities_has_no_area() -> None:
    assert scored("roc_auc", replace(CONFUSED, y_score=None), BINARY).note == "the model gives no class probabilities"


def test_a_metric_of_another_task_says_so() -> None:
    assert scored("r2", CONFUSED, BINARY).note == "for regression and forecast tasks only"


# Scoring


def test_the_first_page_gets_the_metrics_that_people_ask_for() -> None:
    assert auto(BINARY, True)[:6] == ("accuracy", "precision", "recall", "f1", "roc_auc", "brier")
    assert "roc_auc" not in auto(BINARY, False)
    assert auto(NUMBERS, False)[:3] == ("mae", "rmse", "r2")
    assert "top_3_accuracy" not in auto(MULTICLASS, True)
    assert "top_3_accuracy" in auto(FIVE, True)


def test_scores_repeat_for_the_same_seed_and_draw_anew_for_another() -> None:
    prediction = cases(MULTICLASS, 80, 1)
    first, again, other = (score_prediction(prediction, MULTICLASS, ["mcc"], seed=seed)[0] for seed in (1, 1, 2))
    assert first == again
    assert first.low != other.low


def test_more_confidence_makes_every_interval_wider() -> None:
    prediction = cases(BINARY, 120, 2)
    narrow, wide = (score_prediction(prediction, BINARY, confidence=level) for level in (0.8, 0.99))
    for one, other in zip(narrow, wide, strict=True):
        assert one.low is not None
        assert other.low is not None
        assert one.high is not None
        assert other.high is not None
        assert other.low <= one.low, one.metric  # Both may end at 0, as of the calibration error.
        assert other.high - other.low > one.high - one.low, one.metric


def test_a_score_carries_model_split_unit_and_title() -> None:
    score = score_prediction(FOUR, NUMBERS, ["rmse"], model="dummy")[0]
    assert (score.model, score.split, score.unit, score.title) == ("dummy", "test", "units of price", "RMSE")
    assert not score.greater_is_better


def test_multiclass_titles_name_their_average() -> None:
    assert scored("f1", THREE, MULTICLASS).title == "F1, macro average"
    assert scored("f1", CONFUSED, BINARY).title == "F1"


def test_every_class_gets_its_own_precision_recall_and_f1() -> None:
    scores = score_prediction(THREE, MULTICLASS, ["accuracy"], per_class=True)
    found = {(score.metric, score.label): score.value for score in scores}
    assert found["accuracy", None] == pytest.approx(4 / 6)
    assert found["precision", "b"] == pytest.approx(2 / 3)
    assert found["recall", "c"] == pytest.approx(1 / 2)
    assert found["f1", "a"] == pytest.approx(2 / 4)
    assert len(scores) == 1 + 3 * 3


def test_an_unknown_metric_gets_a_suggestion() -> None:
    with pytest.raises(UsageError, match="did you mean 'accuracy'"):
        score_prediction(CONFUSED, BINARY, ["acuracy"])


@metric(title="Broken")
def broken(prediction: Prediction) -> float:
    """Raises."""
    raise ZeroDivisionError("no")


@metric(title="Zero-one loss", greater_is_better=False, bounds=(0, 1))
def zero_one(prediction: Prediction) -> float:
    """Share of the rows whose class is wrong."""
    return float((prediction.y_true != prediction.y_pred).mean())


def test_a_metric_that_fails_loses_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    load = registry.load
    monkeypatch.setattr(
        scoring.registry, "load", lambda family, name: broken if name == "broken" else load(family, name)
    )
    first, second = score_prediction(CONFUSED, BINARY, ["broken", "accuracy"])
    assert (first.value, first.note) == (None, "failed: ZeroDivisionError: no")
    assert second.value == pytest.approx(0.7)
    with pytest.raises(InternalError, match="broken failed"):
        score_prediction(CONFUSED, BINARY, ["broken"], strict=True)


def test_a_function_alone_makes_a_metric_with_an_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scoring.registry, "load", lambda family, name: zero_one)
    score = score_prediction(cases(BINARY, 100, 9), BINARY, ["zero_one"])[0]
    assert score.method == "bootstrap"
    assert score.low is not None
    assert score.high is not None
    assert score.value is not None
    assert 0 <= score.low < score.value < score.high <= 1


def test_a_thousand_classes_do_not_take_long() -> None:
    labels = tuple(f"c{i}" for i in range(1000))
    rng = np.random.default_rng(0)
    y = rng.integers(0, 1000, 5000)
    prediction = Prediction("test", y, np.where(rng.random(5000) < 0.8, y, (y + 1) % 1000), None, labels)
    scores = score_prediction(prediction, Task("multiclass", "kind", labels), per_class=True)
    assert {score.metric for score in scores} >= {"accuracy", "f1", "mcc"}
    assert all(score.value is not None for score in scores)


@pytest.mark.parametrize("name", ["precision_weighted", "recall_weighted", "f1_weighted"])
def test_weighted_averages_of_one_class_always_right_have_the_interval_of_the_accuracy(name: str) -> None:
    y = np.zeros(30, int)
    (score,) = score_prediction(Prediction("test", y, y, None, MULTICLASS.labels), MULTICLASS, [name])
    # Wilson's lower end of 30 in 30 is n / (n + z²).
    assert (score.value, score.high) == (1.0, 1.0)
    assert score.low == pytest.approx(30 / (30 + 1.959964**2), rel=1e-6)
