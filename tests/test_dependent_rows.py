"""Rows that depend on each other: intervals and tests take groups, or blocks in time, as cases."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t, ttest_1samp

from reportgen.clusters import clusters, effective_rows
from reportgen.dataset import Dependence, Task
from reportgen.errors import NotApplicable, SpecError
from reportgen.metrics import compare, score_prediction
from reportgen.results import Prediction, Score
from reportgen.specfile import decode
from reportgen.trials import pooled

BINARY = Task("binary", "y", ("no", "yes"))
THREE = Task("multiclass", "y", ("a", "b", "c"))
NUMBERS = Task("regression", "y")
LABELS = Task("multilabel", "y", ("a", "b"))


def numbers(errors: np.ndarray, **alike: np.ndarray) -> Prediction:
    y = np.linspace(0, 10, len(errors))
    return Prediction("test", y, y + errors, None, (), **alike)


def classes(rng: np.random.Generator, group: np.ndarray, apart: float = 1.0) -> Prediction:
    """Outcomes that go together within a group."""
    shared = rng.normal(0, 1.5, group.max() + 1)[group]
    logit = rng.normal(0, apart, len(group))
    y = (rng.random(len(group)) < 1 / (1 + np.exp(-logit - shared))).astype(np.int64)
    p = 1 / (1 + np.exp(-logit))
    return Prediction("test", y, (p > 0.5).astype(np.int64), np.c_[1 - p, p], BINARY.labels, group=group)


def score(prediction: Prediction, task: Task, metric: str) -> Score:
    (found,) = score_prediction(prediction, task, [metric], strict=True)
    return found


class TestClusters:
    def test_are_the_groups(self) -> None:
        found = clusters(numbers(np.zeros(8), group=np.array([7, 7, 3, 9, 9, 9, 1, 4])))
        assert found is not None
        assert found.count == 5
        assert sorted(found.sizes.tolist()) == [1, 1, 1, 2, 3]
        assert found.told == "5 groups"

    def test_are_none_where_rows_are_independent(self) -> None:
        assert clusters(numbers(np.zeros(8))) is None

    def test_are_refused_below_five(self) -> None:
        with pytest.raises(NotApplicable, match="fewer than 5 groups"):
            clusters(numbers(np.zeros(8), group=np.arange(8) % 4))

    @given(st.lists(st.integers(0, 30), min_size=40, max_size=300))
    def test_in_time_are_consecutive_and_keep_a_moment_together(self, moments: list[int]) -> None:
        moment = np.array(moments)
        try:
            found = clusters(numbers(np.zeros(len(moment)), moment=moment))
        except NotApplicable:
            assert len(set(moments)) < 40
            return
        assert found is not None
        order = np.argsort(moment, kind="stable")
        assert (np.diff(found.codes[order]) >= 0).all()
        assert all(len(set(found.codes[moment == one])) == 1 for one in set(moments))
        assert found.sizes.min() > 0

    def test_of_very_many_groups_are_a_thousand_of_nearly_equal_size(self) -> None:
        rng = np.random.default_rng(1)
        group = rng.integers(0, 6_000, 30_000)
        found = clusters(numbers(np.zeros(30_000), group=group))
        assert found is not None
        assert found.count == 1_000
        assert found.sizes.max() - found.sizes.min() <= 6
        assert len(np.unique(np.c_[group, found.codes], axis=0)) == len(np.unique(group))  # No group is torn.

    def test_of_unequal_size_have_fewer_degrees_of_freedom(self) -> None:
        even = clusters(numbers(np.zeros(60), group=np.arange(60) // 6))
        uneven = clusters(numbers(np.zeros(60), group=np.r_[np.zeros(51, int), np.arange(1, 10)]))
        assert even is not None
        assert uneven is not None
        assert even.degrees == pytest.approx(9)
        assert uneven.degrees == 1  # 60² / (51² + 9) - 1 is below one.

    @settings(deadline=None)
    @given(st.integers(0, 99))
    def test_means_vary_as_the_linearised_mean_does(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        group, values = np.r_[np.arange(6), rng.integers(0, 6, 40)], rng.normal(size=46)
        found = clusters(numbers(values, group=group))
        assert found is not None
        means = found.means(values)
        assert means.mean() == pytest.approx(values.mean())
        # The sandwich variance of a mean: sum over groups of (sum of deviations)² / n², times G / (G - 1).
        deviations = [(values[group == one] - values.mean()).sum() for one in range(6)]
        sandwich = 6 / 5 * sum(one**2 for one in deviations) / 46**2
        assert means.var(ddof=1) / 6 == pytest.approx(sandwich)


class TestIntervalsOfGroups:
    def test_of_a_mean_of_equal_groups_is_that_of_the_groups_means(self) -> None:
        means = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
        found = score(numbers(np.repeat(means, 20), group=np.repeat(np.arange(5), 20)), NUMBERS, "mean_error")
        half = t.ppf(0.975, 4) * math.sqrt(2.5 / 5)  # Symmetric means: Student's interval of five values.
        assert (found.low, found.high) == pytest.approx((3 - half, 3 + half), abs=1e-6)
        assert found.method == "skewness-corrected t, 5 groups"

    def test_of_groups_that_are_all_right_or_all_wrong_counts_each_once(self) -> None:
        right = np.repeat([1, 1, 1, 1, 1, 1, 0, 0, 0, 0], 10)
        y = np.ones(100, np.int64)
        found = score(
            Prediction("test", y, right, None, BINARY.labels, group=np.repeat(np.arange(10), 10)), BINARY, "accuracy"
        )
        # Ten groups, 6 right: variance 10/9 x 0.24 / 10, so 9 effective rows; times (1.96 / t(9))² they are 6.755.
        rows = 9 * (1.959964 / t.ppf(0.975, 9)) ** 2
        z2 = 1.959964**2
        centre = (0.6 + z2 / (2 * rows)) / (1 + z2 / rows)
        half = math.sqrt(z2 * (0.24 / rows + z2 / (4 * rows**2))) / (1 + z2 / rows)
        assert (found.low, found.high) == pytest.approx((centre - half, centre + half), abs=1e-6)
        assert found.method == "Wilson, 10 groups"

    def test_of_a_flawless_share_is_as_wide_as_that_of_so_many_groups(self) -> None:
        rows = effective_rows(np.full((20, 1), 50.0), np.full((20, 1), 50.0), 0.95)
        assert rows[0] == pytest.approx(20 * (1.959964 / t.ppf(0.975, 19)) ** 2)

    def test_of_groups_that_are_all_the_same_never_counts_more_than_the_rows(self) -> None:
        hits = np.full((30, 1), 5.0)
        assert effective_rows(hits, 2 * hits, 0.95)[0] == pytest.approx(300 * (1.959964 / t.ppf(0.975, 29)) ** 2)

    def test_of_an_area_sums_what_the_rows_of_a_group_add(self) -> None:
        rng = np.random.default_rng(2)
        group = np.arange(120) % 12
        prediction = classes(rng, group)
        assert prediction.y_score is not None
        positive, believed = prediction.y_true == 1, prediction.y_score[:, 1]
        wins = (believed[positive][:, None] > believed[~positive]).astype(float)
        area = wins.mean()
        # Obuchowski 1997: placements less the area, over the rows of their kind, summed by group.
        added = np.empty(120)
        added[positive] = (wins.mean(axis=1) - area) / positive.sum()
        added[~positive] = (wins.mean(axis=0) - area) / (~positive).sum()
        sums = np.array([added[group == one].sum() for one in range(12)])
        error = math.sqrt(12 / 11 * (sums**2).sum())
        half = t.ppf(0.975, 11) * error / (area * (1 - area))
        found = score(prediction, BINARY, "roc_auc")
        logits = [math.log(end / (1 - end)) for end in (found.low or 0, found.high or 0)]
        centre = math.log(area / (1 - area))
        assert logits == pytest.approx([centre - half, centre + half], rel=0.02)  # DeLong takes n - 1 for n.

    @pytest.mark.slow
    @pytest.mark.parametrize("metric", ["accuracy", "f1", "mcc", "balanced_accuracy", "roc_auc", "pr_auc", "brier"])
    def test_is_as_wide_as_drawing_whole_groups_makes_it(self, metric: str) -> None:
        rng = np.random.default_rng(4)
        group = rng.integers(0, 80, 800)
        prediction = classes(rng, group)
        rows = [np.flatnonzero(group == one) for one in range(80)]

        def drawn() -> float:
            kept = np.concatenate([rows[one] for one in rng.integers(0, 80, 80)])
            assert prediction.y_score is not None
            one = Prediction(
                "test", prediction.y_true[kept], prediction.y_pred[kept], prediction.y_score[kept], BINARY.labels
            )
            return float(score(one, BINARY, metric).value or 0.0)

        low, high = np.quantile([drawn() for _ in range(150)], [0.025, 0.975])
        found = score(prediction, BINARY, metric)
        assert found.low is not None
        assert found.high is not None
        assert found.high - found.low == pytest.approx(high - low, rel=0.3)

    def test_every_metric_of_every_task_says_how_many(self) -> None:
        rng = np.random.default_rng(6)
        group = rng.integers(0, 12, 240)
        y = rng.integers(0, 3, 240)
        p = rng.dirichlet(np.ones(3), 240)
        labels = rng.integers(0, 2, (240, 2))
        tried = [
            (classes(rng, group), BINARY),
            (Prediction("test", y, p.argmax(1), p, THREE.labels, group=group), THREE),
            (Prediction("test", labels, 1 - labels[::-1], rng.random((240, 2)), LABELS.labels, group=group), LABELS),
            (numbers(rng.normal(size=240), group=group), NUMBERS),
        ]
        for prediction, task in tried:
            for found in score_prediction(prediction, task, per_class=True, strict=True):
                assert found.low is None or found.method.endswith(", 12 groups"), found.metric

    def test_are_refused_with_a_reason_where_groups_are_few(self) -> None:
        rng = np.random.default_rng(6)
        for found in score_prediction(classes(rng, np.arange(200) % 4), BINARY, per_class=True, strict=True):
            assert found.value is not None
            assert found.low is None
            assert "fewer than 5 groups" in found.note, found.metric

    def test_cover_the_truth_where_rows_of_a_group_are_alike(self) -> None:
        rng, group = np.random.default_rng(8), np.repeat(np.arange(12), 15)
        found, plain = [], []
        for _ in range(300):
            errors = rng.normal(size=12)[group] + rng.normal(size=180)
            found.append(score(numbers(errors, group=group), NUMBERS, "mean_error"))
            plain.append(score(numbers(errors), NUMBERS, "mean_error"))
        assert np.mean([one.low <= 0 <= one.high for one in found]) >= 0.91  # type: ignore[operator]
        assert np.mean([one.low <= 0 <= one.high for one in plain]) < 0.7  # type: ignore[operator]


class TestPairedTests:
    def test_of_numbers_is_a_t_test_of_the_groups_mean_gains(self) -> None:
        rng = np.random.default_rng(1)
        group, y = np.repeat(np.arange(8), 10), np.zeros(80)
        model = Prediction("test", y, rng.normal(0, 1, 80), None, (), group=group)
        other = Prediction("test", y, rng.normal(0, 1.5, 80), None, (), group=group)
        gains = (np.abs(other.y_pred) - np.abs(model.y_pred)).reshape(8, 10).mean(axis=1)
        found = compare(model, other, NUMBERS)
        expected = ttest_1samp(gains, 0.0)
        assert found.p_value == pytest.approx(expected.pvalue)
        assert (found.low, found.high) == pytest.approx(tuple(expected.confidence_interval(0.95)))
        assert found.method == "paired t-test, 8 groups"

    def test_of_classes_counts_rows_and_tests_groups(self) -> None:
        group, y = np.repeat(np.arange(6), 20), np.zeros(120, np.int64)
        other = np.repeat([1, 0, 0, 0, 0, 0], 20)  # One group alone decides.
        said = [Prediction("test", y, one, None, BINARY.labels, group=group) for one in (y, other)]
        found = compare(said[0], said[1], BINARY)
        assert (found.only_model_right, found.only_other_right) == (20, 0)
        assert found.difference == pytest.approx(1 / 6)
        assert found.p_value == pytest.approx(ttest_1samp([1, 0, 0, 0, 0, 0], 0).pvalue)
        alone = compare(*(Prediction("test", y, one.y_pred, None, BINARY.labels) for one in said), BINARY)
        assert alone.significant
        assert not found.significant

    def test_of_few_groups_is_refused(self) -> None:
        one = numbers(np.ones(8), group=np.arange(8) % 2)
        with pytest.raises(NotApplicable, match="fewer than 5 groups"):
            compare(one, one, NUMBERS)


class TestWhereItComesFrom:
    def test_a_prediction_takes_the_groups_of_its_rows(self) -> None:
        made = Prediction("test", np.zeros(2), np.zeros(2), None, (), np.array([3, 1]))
        found = made.depending(Dependence("group", "g", np.array([9, 8, 7, 6])))
        assert found.group is not None
        assert found.group.tolist() == [6, 8]
        assert found.moment is None

    def test_folds_keep_the_groups_beside_their_rows(self) -> None:
        parts = [
            Prediction("test", np.zeros(2), np.zeros(2), None, (), np.array(rows), group=np.array(rows) * 10)
            for rows in ([4, 0], [3, 1])
        ]
        found = pooled([*enumerate(parts, 1)])
        assert found.group is not None
        assert found.group.tolist() == [0, 10, 30, 40]

    @pytest.mark.parametrize(("by", "ending"), [("group", "12 groups"), ("time", "blocks in time")])
    def test_predictions_made_elsewhere_may_say_so(self, by: str, ending: str, tmp_path: Path) -> None:
        from reportgen.experiment import load, read_model
        from reportgen.results import Run
        from reportgen.session import Session
        from reportgen.specfile import read

        rng = np.random.default_rng(1)
        table = pd.DataFrame({"y": rng.normal(size=120), "who": np.arange(120) % 12})
        table.assign(y_pred=table["y"] + rng.normal(size=120)).to_csv(tmp_path / "t.csv", index=False)
        (tmp_path / "e.yaml").write_text(
            f"data: {{path: t.csv, target: y}}\nsplit: {{by: {by}, column: who}}\nmodel: {{kind: predictions}}\n"
        )
        draft, session = read(tmp_path / "e.yaml"), Session()
        state = load(Run(draft.spec(), draft.text), draft.locate(), "e.yaml", session)
        state = read_model(state, draft.model_files(), "e.yaml", session)
        assert state.task is not None
        (found,) = score_prediction(state.predictions["test"], state.task, ["mae"])
        assert found.method.endswith(ending)

    @pytest.mark.parametrize("split", ["{test: 0.3}", "{by: group, column: g, folds: 3}", "{by: random}"])
    def test_predictions_made_elsewhere_are_not_split_again(self, split: str) -> None:
        with pytest.raises(SpecError) as refused:
            decode(f"data: {{path: t.csv, target: y}}\nsplit: {split}\nmodel: {{kind: predictions}}\n", "e.yaml")
        assert refused.value.problems[0].key.startswith("split")
