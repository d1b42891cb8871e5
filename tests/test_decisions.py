"""Decisions: costs, thresholds and recalibration are chosen on the validation rows, and on nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen import registry
from reportgen.dataset import Task
from reportgen.decisions import best_threshold, calibration, decided, require
from reportgen.errors import NotApplicable, SpecError
from reportgen.paired import strongest
from reportgen.results import Prediction, Run
from reportgen.spec import Spec

BINARY = Task("binary", "y", ("no", "yes"), "given")
COSTS = {"false_positive": 1.0, "false_negative": 20.0}


def prediction(split: str, y_true: list[int], scores: list[float]) -> Prediction:
    score = np.array(scores)
    return Prediction(
        split, np.array(y_true), (score >= 0.5).astype(int), np.column_stack([1 - score, score]), BINARY.labels
    )


def spec(**evaluate: object) -> Spec:
    return Spec.model_validate({"data": {"path": "a.csv", "target": "y"}, "evaluate": evaluate})


VALIDATION = prediction("validation", [0, 0, 1, 0, 1, 1], [0.05, 0.1, 0.2, 0.3, 0.6, 0.9])
TEST = prediction("test", [0, 1, 0, 1], [0.02, 0.18, 0.4, 0.8])


def _worth(y_true: np.ndarray, y_pred: np.ndarray, tuned: str) -> float:
    tp, fp = ((y_pred == 1) & (y_true == 1)).sum(), ((y_pred == 1) & (y_true == 0)).sum()
    positives, negatives = (y_true == 1).sum(), (y_true == 0).sum()
    if tuned == "f1":
        return float(2 * tp / (tp + fp + positives))
    return float(tp / positives - fp / negatives) if tuned == "youden" else -float(fp + 20 * (positives - tp))


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 20)), min_size=2, max_size=40).filter(
        lambda rows: len({truth for truth, _ in rows}) == 2
    ),
    st.sampled_from(["f1", "youden", "cost"]),
)
def test_the_tuned_threshold_is_as_good_as_the_best_of_a_search(rows: list[tuple[bool, int]], tuned: str) -> None:
    y_true, scores = np.array([int(truth) for truth, _ in rows]), np.array([score / 20 for _, score in rows])
    found = best_threshold(y_true, scores, tuned, (1.0, 20.0))
    searched = max(_worth(y_true, (scores >= t).astype(int), tuned) for t in np.arange(-1, 43) / 40)
    assert _worth(y_true, (scores >= found).astype(int), tuned) == pytest.approx(searched)


def test_of_equally_good_thresholds_the_one_nearest_to_a_half_is_taken() -> None:
    assert best_threshold(np.array([0, 1]), np.array([0.1, 0.9]), "f1") == 0.5


def test_dear_misses_lower_the_threshold() -> None:
    # By hand: from 0.2 on one false positive costs 1; from 0.6 on one miss costs 20.
    said, decision, told = decided(
        spec(threshold="tuned", costs=COSTS), BINARY, {"validation": VALIDATION, "test": TEST}
    )
    assert decision is not None
    assert not told
    assert (decision.tuned, decision.rows) == ("cost", 6)
    assert 0.1 < (decision.threshold or 0) <= 0.2
    assert said["test"].y_pred.tolist() == [0, 1, 1, 1]


def test_the_test_rows_choose_nothing() -> None:
    wanted = spec(threshold="tuned", costs=COSTS, calibration="sigmoid")
    other = prediction("test", [1, 0, 1, 0], [0.9, 0.7, 0.2, 0.1])
    first, second = (decided(wanted, BINARY, {"validation": VALIDATION, "test": test})[1] for test in (TEST, other))
    assert first is not None
    assert second is not None
    assert first.threshold == second.threshold


def test_the_mean_cost_is_counted_by_hand() -> None:
    made = replace(TEST, costs=(1.0, 20.0))  # one false negative at 0.18; nothing else is wrong
    assert registry.load("metrics", "cost")(made) == pytest.approx(20 / 4)


def test_without_costs_there_is_no_mean_cost() -> None:
    with pytest.raises(NotApplicable):
        registry.load("metrics", "cost")(TEST)


def test_a_guess_is_cut_by_cost_alone() -> None:
    flat = prediction("validation", [0, 0, 0, 1], [0.25] * 4)
    said = {"validation": flat, "test": replace(flat, split="test")}
    by_cost, _, _ = decided(spec(threshold="tuned", costs=COSTS), BINARY, said, guesses=True)
    by_f1, _, _ = decided(spec(threshold="tuned"), BINARY, said, guesses=True)
    assert by_cost["test"].y_pred.tolist() == [1, 1, 1, 1]
    assert by_f1["test"].y_pred.tolist() == [0, 0, 0, 0]


def test_one_class_in_validation_leaves_the_scores_and_says_so() -> None:
    single = prediction("validation", [0, 0], [0.1, 0.2])
    said, decision, told = decided(spec(threshold="tuned"), BINARY, {"validation": single, "test": TEST})
    assert decision is None
    assert "one class alone" in told[0]
    assert said["test"].y_pred.tolist() == TEST.y_pred.tolist()


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_recalibration_undoes_a_distortion(method: str) -> None:
    rng = np.random.default_rng(3)
    truth = rng.uniform(size=4000)
    y_true = (rng.uniform(size=4000) < truth).astype(int)
    odds = 3 * np.log(truth / (1 - truth)) + 1  # overconfident, and shifted
    believed = 1 / (1 + np.exp(-odds))
    score = np.column_stack([1 - believed, believed])
    mended = calibration(method, y_true, score)(score)
    assert np.abs(believed - truth).mean() > 0.1
    assert np.abs(mended[:, 1] - truth).mean() < 0.04
    assert mended.sum(axis=1) == pytest.approx(np.ones(4000))


@pytest.mark.parametrize("key", [{"costs": COSTS}, {"threshold": "tuned"}])
def test_a_task_of_three_classes_has_no_costs_and_no_tuned_threshold(key: dict[str, object]) -> None:
    with pytest.raises(SpecError, match="two classes"):
        require(Task("multiclass", "y", ("a", "b", "c"), "given"), spec(**key).evaluate)


def test_the_strongest_baseline_is_the_cheapest_where_there_are_costs() -> None:
    truth = prediction("test", [1, 0, 0, 0], [0.1] * 4)  # never positive: one miss
    alarms = prediction("test", [1, 0, 0, 0], [0.9] * 4)  # always positive: three false alarms
    plain = Run(spec(), baselines={"linear": {"test": alarms}, "dummy": {"test": truth}})
    dear = {name: {"test": replace(one["test"], costs=(1.0, 20.0))} for name, one in plain.baselines.items()}
    assert strongest(plain) == "dummy"
    assert strongest(replace(plain, baselines=dear)) == "linear"
