"""Gaps between groups: rates by hand and by scikit-learn, the gap that is told, and what must stay hidden."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from reportgen.dataset import Column, Dataset, Kind, Source, Task
from reportgen.errors import NotApplicable, SpecError
from reportgen.figures import group_gaps
from reportgen.mistakes import Grouping
from reportgen.results import Prediction, Run
from reportgen.sections import _groups
from reportgen.slicing import Wishes, mistakes, require
from tests import runs

BINARY = Task("binary", "y", ("no", "yes"))


def grouped(labels: list[str], sensitive: bool = False) -> Dataset:
    frame = pd.DataFrame({"sex": pd.Series(labels, dtype="str"), "y": pd.Series(["no"] * len(labels), dtype="str")})
    columns = (Column("sex", Kind.CATEGORICAL, "", sensitive), Column("y", Kind.CATEGORICAL, ""))
    return Dataset(frame, columns, Source("", "", 0, ""), BINARY)


def judged(dataset: Dataset, y_true: np.ndarray, y_pred: np.ndarray, task: Task = BINARY) -> Grouping:
    labels = () if task.is_numeric else task.labels
    told = Prediction("test", y_true, y_pred, None, labels, np.arange(len(y_true)))
    (found,) = mistakes(told, task, dataset, 0.95, Wishes(groups=["sex"])).groupings
    return found


def biased(n: int = 600, seed: int = 1) -> tuple[Dataset, np.ndarray, np.ndarray]:
    """Of two groups, one is called positive far less often than it is."""
    rng = np.random.default_rng(seed)
    sex = rng.choice(["f", "m"], n)
    y = (rng.random(n) < 0.5).astype(np.int64)
    called = np.where(rng.random(n) < np.where(sex == "f", 0.4, 0.95), y, 0)
    return grouped(sex.tolist()), y, called


def test_rates_by_hand() -> None:
    """f: 3 of 6 called positive, 2 of them rightly, 5 are positive; m: 4 of 6, all rightly, 6 are positive."""
    y_true = np.array([1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1])
    y_pred = np.array([1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 0, 0])
    found = judged(grouped(["f"] * 6 + ["m"] * 6), y_true, y_pred)
    assert found.measures[:2] == ("selection rate", "true positive rate")
    values = {group.name: [rate and rate.value for rate in group.rates] for group in found.groups}
    assert values["f"] == [pytest.approx(3 / 6), pytest.approx(2 / 5), None, None, pytest.approx(2 / 6)]
    assert values["m"] == [pytest.approx(4 / 6), pytest.approx(4 / 6), None, None, pytest.approx(4 / 6)]


def test_rates_are_the_metrics_of_the_rows_of_the_group() -> None:
    dataset, y, called = biased()
    sex = dataset.frame["sex"].to_numpy()
    for group in judged(dataset, y, called).groups:
        own, said = y[sex == group.name], called[sex == group.name]
        expected = [
            said.mean(),
            metrics.recall_score(own, said),
            1 - metrics.recall_score(own, said, pos_label=0),
            metrics.precision_score(own, said),
            metrics.accuracy_score(own, said),
        ]
        assert [rate.value for rate in group.rates if rate] == pytest.approx(expected)
        assert all(rate.low <= rate.value <= rate.high for rate in group.rates if rate)


def test_a_planted_gap_is_beyond_chance() -> None:
    gaps = {gap.measure: gap for gap in judged(*biased()).gaps}
    told = gaps["true positive rate"]
    assert told.p_value < 1e-6
    assert told.low > 0.3
    assert told.low <= told.value <= told.high


@pytest.mark.slow
def test_without_a_gap_one_is_told_in_no_more_than_one_of_twenty() -> None:
    rng, alarms = np.random.default_rng(7), 0
    for _ in range(300):
        dataset = grouped(rng.choice([*"abcd"], 300).tolist())
        y = (rng.random(300) < 0.5).astype(np.int64)
        found = judged(dataset, y, np.where(rng.random(300) < 0.8, y, 1 - y))
        alarms += any(gap.p_value <= 0.05 for gap in found.gaps)
    assert alarms <= 26  # the 99.7 % point of 300 draws at 5 %


def test_a_small_group_with_an_extreme_rate_does_not_hide_a_gap_that_is_sure() -> None:
    dataset, y, called = biased()
    frame = dataset.frame.copy()
    frame.loc[:5, "sex"] = "x"
    y[:6], called[:6] = 1, 0
    found = judged(replace(dataset, frame=frame), y, called)
    told = next(gap for gap in found.gaps if gap.measure == "true positive rate")
    assert {found.groups[told.low_group].name, found.groups[told.high_group].name} >= {"m"}
    assert told.p_value <= 0.05


def test_numbers_are_compared_by_mean_errors() -> None:
    rng = np.random.default_rng(4)
    sex = np.array(["f", "m"] * 100)
    error = rng.normal(np.where(sex == "m", 2.0, 0.0), 1.0)
    found = judged(grouped(sex.tolist()), np.zeros(200), error, Task("regression", "y"))
    assert found.measures == ("MAE", "mean error")
    means = {group.name: group.rates[1].value for group in found.groups if group.rates[1]}
    assert means == {name: pytest.approx(error[sex == name].mean()) for name in ("f", "m")}
    assert found.gaps[1].value == pytest.approx(means["m"] - means["f"])
    assert found.gaps[1].p_value < 1e-6


def test_classes_are_compared_by_accuracy_and_recalls() -> None:
    y = np.arange(120) % 3
    task = Task("multiclass", "y", ("a", "b", "c"))
    wrong = np.where((np.arange(120) < 60) & (y == 2), 0, y)
    found = judged(grouped(["f"] * 60 + ["m"] * 60), y, wrong, task)
    assert found.measures == ("accuracy", "recall of a", "recall of b", "recall of c")
    women = found.groups[0]
    assert women.name == "f"
    assert [rate.value for rate in women.rates if rate] == pytest.approx([2 / 3, 1.0, 1.0, 0.0])


def test_groups_of_a_sensitive_column_are_numbered_and_small_ones_left_out() -> None:
    labels = ["secret"] * 30 + ["hidden"] * 20 + ["rare"] * 4
    y = np.arange(54) % 2
    found = judged(grouped(labels, sensitive=True), y, y)
    assert [(group.name, group.rows) for group in found.groups] == [("group 1", 30), ("group 2", 20)]
    assert found.left_out == 4
    assert not {"secret", "hidden", "rare"} & set(str(found).replace("'", " ").split())


def test_one_group_alone_has_no_gap() -> None:
    y = np.arange(20) % 2
    assert judged(grouped(["f"] * 20), y, y).gaps == ()


@pytest.mark.parametrize(("name", "what"), [("sax", "there is no column 'sax'"), ("y", "'y' is what is predicted")])
def test_a_column_that_cannot_be_a_group_is_refused_by_key(name: str, what: str) -> None:
    with pytest.raises(SpecError) as refused:
        require(grouped(["f"] * 4), BINARY, [], ["sex", name])
    (problem,) = refused.value.problems
    assert (problem.key, problem.what) == ("evaluate.groups[1]", what)


def compared(labels: tuple[str, ...] = ("benign", "malignant")) -> Run:
    """A run that compares the levels of a column."""
    run = runs.binary(labels=labels)
    assert run.task is not None
    evaluate = run.spec.evaluate.model_copy(update={"groups": ("city",), "slices": ("city", "radius > 0")})
    test = run.predictions["test"]
    if test.rows is None:
        assert run.splits is not None
        test = replace(test, rows=run.splits.test.rows)
    found = mistakes(test, run.task, run.dataset, 0.95, Wishes(groups=["city"], slices=["city", "radius > 0"]))
    return replace(run, spec=run.spec.model_copy(update={"evaluate": evaluate}), mistakes=found)


def test_the_figure_shows_what_the_metrics_of_each_group_are() -> None:
    run = compared()
    (data,) = group_gaps.compute(run)
    test, splits = run.predictions["test"], run.splits
    assert splits is not None
    assert run.dataset is not None
    city = run.dataset.frame["city"].iloc[splits.test.rows].to_numpy()
    shown = list(zip(*(data.columns[name] for name in ("measure", "group", "value")), strict=True))
    accuracies = [(group, value) for measure, group, value in shown if measure == "accuracy"]
    assert accuracies
    for group, value in accuracies:
        inside = city == group
        assert value == pytest.approx(metrics.accuracy_score(test.y_true[inside], test.y_pred[inside]), abs=1e-5)
    words = group_gaps.describe(data)
    assert words.title.endswith(".")
    assert "nan" not in words.alt


def test_without_groups_there_is_no_figure_and_no_table() -> None:
    run = runs.binary()
    with pytest.raises(NotApplicable):
        group_gaps.compute(run)
    found = compared().mistakes
    assert found is not None
    assert _groups.blocks(run, replace(found, groupings=())) == []
