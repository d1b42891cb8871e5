"""Several labels a row: how they are read, split, learnt, measured, judged and shown."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu
from sklearn import metrics as sklearn_metrics
from tables import dataset, load, rows

from reportgen import api, registry
from reportgen.checks import Verdict, run_checks
from reportgen.checks._ignoring import without
from reportgen.dataset import Dataset, Kind, Task
from reportgen.document import Table
from reportgen.errors import DataError, NotApplicable, SpecError
from reportgen.fitted import FitJob
from reportgen.metrics import auto, score_prediction
from reportgen.metrics._intervals import bootstrapped
from reportgen.metrics._sample import Sample
from reportgen.models._baselines import fit_baseline
from reportgen.models.sklearn import Model
from reportgen.paired import compare
from reportgen.prepare import prepare
from reportgen.profile import profile
from reportgen.results import Prediction, Run, Score
from reportgen.spec import Data, SklearnModel, Spec, Split, Train
from reportgen.specfile import decode

NAMES = ("a", "b", "c")
TASK = Task("multilabel", "a, b and c", NAMES, targets=NAMES)


def table(flags: Any, **columns: Any) -> Dataset:
    """Columns a, b, c … of flags (n, n_labels), None where unknown, beside features."""
    flags = np.asarray(flags, dtype=object)
    names = tuple("abcdefgh"[: flags.shape[1]])
    labels = {name: pd.array(flags[:, place].tolist(), "boolean") for place, name in enumerate(names)}
    frame = pd.DataFrame({**(columns or {"x": np.arange(len(flags), dtype=float)}), **labels})
    kinds = {name: Kind.BOOLEAN if name in labels else Kind.NUMERIC for name in frame}
    return dataset(frame, kinds, task=Task("multilabel", "several", names, targets=names))


def spec(**blocks: Any) -> Spec:
    return Spec(data=Data(path="table.csv", target=NAMES), **blocks)


def prediction(y_true: Any, y_pred: Any, y_score: Any = None, labels: tuple[str, ...] = NAMES) -> Prediction:
    score = None if y_score is None else np.asarray(y_score, dtype=float)
    return Prediction("test", np.array(y_true, np.int64), np.array(y_pred, np.int64), score, labels)


def drawn(n: int = 300, n_labels: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Flags and scores (n, n_labels) that go together."""
    rng = np.random.default_rng(seed)
    score = rng.random((n, n_labels))
    return (score + rng.normal(0, 0.3, (n, n_labels)) > 0.6).astype(np.int64), score


def value(name: str, found: Prediction, task: Task = TASK) -> Score:
    return score_prediction(found, task, [name])[0]


class TestReading:
    LINES = rows("x,sun,rain,wind", "1,1,yes,true", "2,0,no,false", "3,1,yes,", "4,0,no,true")

    def test_a_list_of_columns_is_a_multilabel_target(self, tmp_path: Path) -> None:
        found = load(tmp_path, self.LINES, target=("sun", "rain", "wind"))
        assert found.task is not None
        assert (found.task.name, found.task.labels, found.task.targets) == ("multilabel",) + 2 * (
            ("sun", "rain", "wind"),
        )
        assert [column.name for column in found.features] == ["x"]

    def test_one_and_zero_yes_and_no_true_and_false_are_alike(self, tmp_path: Path) -> None:
        frame = load(tmp_path, self.LINES, target=("sun", "rain", "wind")).frame
        assert frame["sun"].tolist() == frame["rain"].tolist() == [True, False, True, False]
        assert frame["wind"].isna().tolist() == [False, False, True, False]

    def test_another_value_is_refused_with_its_row(self, tmp_path: Path) -> None:
        lines = rows("x,sun,rain", "1,1,0", "2,0,maybe", "3,1,1")
        with pytest.raises(DataError, match=r"table.csv: data.target: column 'rain', row 2: 'maybe' is not true") as no:
            load(tmp_path, lines, target=("sun", "rain"))
        assert "write 1 and 0" in no.value.problems[0].fix

    def test_a_label_that_is_the_same_everywhere_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(DataError, match="the target 'rain' is no in every row"):
            load(tmp_path, rows("x,sun,rain", "1,1,0", "2,0,0"), target=("sun", "rain"))
        with pytest.raises(DataError, match="the target 'rain' has no value in any row"):
            load(tmp_path, rows("x,sun,rain", "1,1,", "2,0,"), target=("sun", "rain"))

    @pytest.mark.parametrize(
        ("data", "key", "words"),
        [
            ("target: [sun]", "data.target", "a list of one column"),
            ("target: [sun, rain, sun]", "data.target[2]", "listed twice"),
            ("target: [sun, rain], task: binary", "data.task", "several targets make a multilabel task"),
            ("target: sun, task: multilabel", "data.target", "needs a list of columns"),
            ("target: [sun, rain], positive: 1", "data.positive", "positive in each"),
            ("target: [sun, rain], columns: {rain: text}", "data.columns.rain", "cannot be of kind text"),
            ("target: [sun, rain], sensitive: [sun]", "data.sensitive[0]", "cannot be sensitive"),
        ],
    )
    def test_what_does_not_go_together_is_told_from_the_file_alone(self, data: str, key: str, words: str) -> None:
        with pytest.raises(SpecError) as refused:
            decode(f"data: {{path: t.csv, {data}}}\nmodel: {{kind: mlp}}\n", "e.yaml")
        (problem,) = refused.value.problems
        assert problem.key == key
        assert words in problem.what
        assert problem.fix

    def test_rows_of_several_labels_are_not_stratified(self) -> None:
        with pytest.raises(SpecError, match=r"split\.by: the rows of several targets have no classes to stratify by"):
            decode("data: {path: t.csv, target: [a, b]}\nsplit: {by: stratified}\nmodel: {kind: mlp}\n", "e.yaml")


class TestPreparing:
    def test_y_has_a_column_for_each_label(self) -> None:
        flags = [[i % 2, i % 3 == 0, i % 5 == 0] for i in range(60)]
        splits = prepare(table(flags), spec())
        assert splits.train.y.dtype == np.int64
        for part in splits.parts.values():
            assert part.y.tolist() == [[int(flag) for flag in flags[row]] for row in part.rows]
        assert splits.feature_names == ("x",)

    def test_a_row_with_an_unknown_label_is_left_out(self) -> None:
        flags = [[i % 2, i % 3 == 0, i % 5 == 0] for i in range(60)]
        flags[7][1] = None
        splits = prepare(table(flags), spec())
        assert 7 not in np.concatenate([part.rows for part in splits.parts.values()])
        assert any(step.name == "missing target" for step in splits.ledger)

    def test_a_label_that_no_training_row_has_is_an_error(self) -> None:
        flags = [[i % 2, i % 3 == 0, False] for i in range(40)]
        with pytest.raises(DataError, match="no training row has the label 'c'"):
            prepare(table(flags), spec())

    def test_a_label_that_a_test_lacks_is_told(self) -> None:
        flags = [[i % 2, i % 3 == 0, i in (1, 2)] for i in range(40)]
        apart = replace(table(flags), given={"train": (0, 30), "test": (30, 40)})
        lacks = prepare(apart, spec(split=Split(validation=0.0))).lacks
        assert [(lack.split, lack.column, lack.what) for lack in lacks] == [
            ("test", "c", "no row has the label, so that nothing is said of a row with it")
        ]


class TestMetrics:
    TRUE = ((1, 0, 1), (0, 1, 0), (0, 0, 0), (1, 1, 0))
    PRED = ((1, 0, 0), (0, 1, 0), (0, 0, 0), (1, 0, 1))

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("subset_accuracy", 2 / 4),
            ("hamming_loss", 3 / 12),
            ("jaccard", (1 / 2 + 1 + 1 + 1 / 3) / 4),
            ("precision_micro", 3 / 4),
            ("recall_micro", 3 / 5),
            ("f1_micro", 6 / 9),
            ("f1_macro", (1 + 2 / 3 + 0) / 3),
            ("f1_weighted", (2 * 1 + 2 * 2 / 3 + 1 * 0) / 5),
            ("jaccard_macro", (1 + 1 / 2 + 0) / 3),
        ],
    )
    def test_by_hand(self, name: str, expected: float) -> None:
        assert value(name, prediction(self.TRUE, self.PRED)).value == pytest.approx(expected)

    def test_the_mean_average_precision_by_hand(self) -> None:
        # Label a: the right one first. Label b: the right one second of two.
        found = prediction([[1, 0], [0, 1]], [[1, 0], [0, 1]], [[0.9, 0.8], [0.1, 0.3]], ("a", "b"))
        task = replace(TASK, labels=("a", "b"), targets=("a", "b"))
        assert value("mean_average_precision", found, task).value == pytest.approx((1 + 1 / 2) / 2)
        assert value("roc_auc", found, task).value == pytest.approx((1 + 0) / 2)

    def test_how_high_the_own_labels_rank_by_hand(self) -> None:
        found = prediction([[1, 0, 1]], [[1, 0, 1]], [[0.9, 0.8, 0.1]])
        # First of one, and second of three.
        assert value("label_ranking", found).value == pytest.approx((1 + 2 / 3) / 2)

    @given(st.integers(0, 10_000), st.integers(2, 5), st.integers(2, 40))
    @settings(max_examples=25, deadline=None)
    def test_the_terms_of_the_intervals_average_to_the_metrics(self, seed: int, n_labels: int, n: int) -> None:
        rng = np.random.default_rng(seed)
        labels = tuple("abcdefgh"[:n_labels])
        flags, other = rng.integers(0, 2, (2, n, n_labels))
        found = prediction(flags, other, rng.integers(0, 4, (n, n_labels)) / 3, labels)
        from reportgen.metrics import multilabel

        terms = {
            "hamming_loss": multilabel._wrong(found),
            "jaccard": multilabel._overlap(found),
        }
        assert registry.load("metrics", "label_ranking")(found) == pytest.approx(
            sklearn_metrics.label_ranking_average_precision_score(found.y_true, found.y_score)
        )
        for name, each in terms.items():
            assert registry.load("metrics", name)(found) == pytest.approx(each.mean())

    @pytest.mark.parametrize("average", ["micro", "macro", "weighted"])
    def test_f1_is_scikit_learns_where_every_label_occurs(self, average: str) -> None:
        flags, score = drawn()
        found = prediction(flags, score > 0.5, score)
        expected = sklearn_metrics.f1_score(flags, score > 0.5, average=average)
        assert value(f"f1_{average}", found).value == pytest.approx(expected)

    def test_every_metric_has_an_interval_that_holds_its_value(self) -> None:
        flags, score = drawn()
        found = score_prediction(prediction(flags, score > 0.5, score), TASK)
        assert [one.metric for one in found] == list(auto(TASK, has_scores=True))
        for one in found:
            assert one.low is not None
            assert one.high is not None
            assert one.value is not None
            assert one.low <= one.value <= one.high
            assert one.low < one.high

    @pytest.mark.parametrize("name", ["f1_micro", "f1_macro", "precision_micro", "recall_micro", "jaccard_macro"])
    def test_intervals_from_weighted_rows_are_those_of_resampled_rows(self, name: str) -> None:
        flags, score = drawn(400)
        found = prediction(flags, score > 0.5, score)
        one = value(name, found)
        resampled = bootstrapped(registry.load("metrics", name), name)(Sample(found, 0.95, 0), one.value or 0.0)
        assert one.low == pytest.approx(resampled.low, abs=0.015)
        assert one.high == pytest.approx(resampled.high, abs=0.015)

    def test_a_flawless_model_has_an_interval_of_some_width(self) -> None:
        flags, _ = drawn(50)
        one = value("f1_macro", prediction(flags, flags))
        assert one.value == one.high == 1.0
        assert one.low is not None
        assert 0.8 < one.low < 0.99

    def test_a_label_that_no_row_has_is_left_out_and_named(self) -> None:
        flags, score = drawn()
        flags[:, 2] = 0
        found = prediction(flags, (score > 0.5) & [True, True, False], score)
        one = value("f1_macro", found)
        assert one.value == pytest.approx(sklearn_metrics.f1_score(flags[:, :2], found.y_pred[:, :2], average="macro"))
        assert "'c', which no row has or is given" in one.note
        assert "'c'" in value("roc_auc", found).note

    def test_without_any_label_there_is_a_reason_instead_of_a_value(self) -> None:
        nothing = prediction(np.zeros((4, 3)), np.zeros((4, 3)), np.full((4, 3), 0.2))
        for name in ("f1_micro", "f1_macro", "f1_weighted", "recall_micro", "precision_micro", "roc_auc"):
            one = value(name, nothing)
            assert one.value is None
            assert one.note
        assert value("subset_accuracy", nothing).value == 1.0

    def test_each_label_has_scores_of_its_own(self) -> None:
        flags, score = drawn()
        found = score_prediction(prediction(flags, score > 0.5, score), TASK, ["f1_macro"], per_class=True)
        by_label = {(one.metric, one.label): one for one in found}
        for place, label in enumerate(NAMES):
            expected = sklearn_metrics.precision_recall_fscore_support(
                flags[:, place], score[:, place] > 0.5, average="binary"
            )
            for name, wanted in zip(("precision", "recall", "f1"), expected, strict=False):
                assert by_label[name, label].value == pytest.approx(wanted)
            area = by_label["roc_auc", label]
            assert area.value == pytest.approx(sklearn_metrics.roc_auc_score(flags[:, place], score[:, place]))
            assert area.method == "DeLong"

    def test_a_label_that_is_the_same_everywhere_has_no_area(self) -> None:
        flags, score = drawn()
        flags[:, 0] = 0
        found = score_prediction(prediction(flags, score > 0.5, score), TASK, ["f1_macro"], per_class=True)
        (area,) = (one for one in found if (one.metric, one.label) == ("roc_auc", "a"))
        assert area.value is None
        assert area.note == "no row of this split has the label"

    def test_metrics_of_classes_are_refused_by_name(self) -> None:
        from reportgen.metrics import require

        with pytest.raises(SpecError, match="f1 is for binary and multiclass tasks, and this is a multilabel task"):
            require(TASK, {"evaluate.metrics[0]": "f1"})


def job(estimator: str, n: int = 200, threshold: float = 0.5, **params: Any) -> FitJob:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(n, 4)).astype(np.float32)
    y = (X[:, :3] + 0.5 * rng.normal(size=(n, 3)) > 0.4).astype(np.int64)
    half = n // 2
    return FitJob(
        model=SklearnModel(kind="sklearn", estimator=f"sklearn.{estimator}", params=params),
        train=Train(),
        task=TASK,
        feature_names=("p", "q", "r", "s"),
        X={"train": X[:half], "test": X[half:]},
        y={"train": y[:half], "test": y[half:]},
        seed=5,
        threshold=threshold,
    )


class TestModels:
    @pytest.mark.parametrize(
        "estimator",
        [
            "ensemble.RandomForestClassifier",
            "linear_model.LogisticRegression",
            "neighbors.KNeighborsClassifier",
            "neural_network.MLPClassifier",
            "tree.DecisionTreeClassifier",
            "naive_bayes.GaussianNB",
        ],
    )
    def test_probabilities_come_in_one_form(self, estimator: str) -> None:
        asked = job(estimator)
        result = Model().fit(asked)
        score, predicted = result.y_score["test"], result.y_pred["test"]
        assert score is not None
        assert score.shape == predicted.shape == (100, 3)
        assert ((score >= 0) & (score <= 1)).all()
        assert predicted.tolist() == (score >= 0.5).astype(int).tolist()
        assert sklearn_metrics.roc_auc_score(asked.y["test"], score) > 0.6

    def test_what_takes_several_labels_learns_them_together(self) -> None:
        result = Model().fit(job("tree.DecisionTreeClassifier"))
        assert result.fitted.title == "DecisionTreeClassifier"
        assert result.fitted.settings["labels"] == "3 labels learnt together"

    def test_what_does_not_is_fitted_for_each_label(self) -> None:
        from sklearn.linear_model import LogisticRegression

        asked = job("linear_model.LogisticRegression")
        result = Model().fit(asked)
        assert result.fitted.title == "3 x LogisticRegression, one a label"
        assert "MultiOutputClassifier" in result.fitted.settings["labels"]
        assert result.fitted.settings["C"] == "1.0"
        alone = LogisticRegression(random_state=5).fit(asked.X["train"], asked.y["train"][:, 1])
        score = result.y_score["test"]
        assert score is not None
        assert score[:, 1] == pytest.approx(alone.predict_proba(asked.X["test"])[:, 1])
        assert result.fitted.coefficients["q"][1] == pytest.approx(alone.coef_[0, 1])

    def test_without_probabilities_the_estimator_decides(self) -> None:
        result = Model().fit(job("svm.LinearSVC", threshold=0.7))
        assert result.y_score["test"] is None
        assert result.y_pred["test"].shape == (100, 3)
        assert any("evaluate.threshold was not used" in told for told in result.fitted.warnings)

    def test_the_threshold_holds_for_each_label(self) -> None:
        result = Model().fit(job("linear_model.LogisticRegression", threshold=0.8))
        score = result.y_score["test"]
        assert score is not None
        assert result.y_pred["test"].tolist() == (score >= 0.8).astype(int).tolist()

    def test_a_regressor_is_refused(self) -> None:
        with pytest.raises(SpecError, match="Ridge is no classifier, but the task is multilabel"):
            Model().fit(job("linear_model.Ridge"))

    def test_classes_of_labels_cannot_be_weighted_by_name(self) -> None:
        with pytest.raises(SpecError, match="several labels have no classes to weight") as refused:
            Model().fit(job("linear_model.LogisticRegression", class_weight={"a": 2}))
        assert refused.value.problems[0].key == "model.params.class_weight"

    def test_the_dummy_gives_the_share_of_each_label(self) -> None:
        asked = job("linear_model.LogisticRegression")
        result = fit_baseline("dummy", asked)
        score = result.y_score["test"]
        assert score is not None
        assert score == pytest.approx(np.tile(asked.y["train"].mean(axis=0), (100, 1)))
        assert not result.y_pred["test"].any()

    def test_the_linear_baseline_is_a_logistic_regression_for_each_label(self) -> None:
        from sklearn.linear_model import LogisticRegression

        asked = job("tree.DecisionTreeClassifier")
        score = fit_baseline("linear", asked).y_score["test"]
        assert score is not None
        alone = LogisticRegression(max_iter=1000).fit(asked.X["train"].astype(float), asked.y["train"][:, 2])
        assert score[:, 2] == pytest.approx(alone.predict_proba(asked.X["test"].astype(float))[:, 1], abs=1e-6)


class TestPaired:
    def test_rows_right_in_every_label_are_compared(self) -> None:
        flags, _ = drawn(40)
        wrong = flags.copy()
        wrong[:10, 1] ^= 1
        found = compare(prediction(flags, flags), prediction(flags, wrong), TASK, "other")
        assert (found.measure, found.model_right, found.other_right) == ("subset accuracy", 40, 30)
        assert found.difference == pytest.approx(0.25)
        assert found.p_value == pytest.approx(2 * 0.5**10)  # ten rows, all for one side


def judged(found: Dataset, check: str, *ignored: str) -> Verdict:
    """The verdict of one check on this table."""
    run = Run(spec(), dataset=found, profile=profile(found), splits=prepare(found, spec()))
    unit = registry.load("checks", check)
    return unit(without(run, ignored, unit.group))


class TestChecks:
    def flags(self, n: int = 400) -> np.ndarray:
        return np.random.default_rng(8).random((n, 3)) < [0.4, 0.5, 0.3]

    def noise(self, n: int = 400) -> np.ndarray:
        return np.random.default_rng(9).normal(size=n)

    def test_clean_labels_raise_no_alarm(self) -> None:
        found = table(self.flags(), x=self.noise())
        run = Run(spec(), dataset=found, profile=profile(found), splits=prepare(found, spec()))
        failed = [one.check for one in run_checks(run, strict=True) if one.status == "failed"]
        assert failed == ["test_too_small"]

    def test_a_rare_label_is_found(self) -> None:
        flags = self.flags()
        flags[:, 2] = np.arange(400) % 40 == 0
        finding = judged(table(flags, x=self.noise()), "class_imbalance")
        assert (finding.failed, finding.value, finding.subjects) == (True, pytest.approx(39), ("c",))
        assert judged(table(flags, x=self.noise()), "rare_class").subjects == ("c",)

    def test_a_label_can_be_passed_over(self) -> None:
        flags = self.flags()
        flags[:, 2] = np.arange(400) % 40 == 0
        assert not judged(table(flags, x=self.noise()), "class_imbalance", "c").failed

    def test_a_feature_that_tells_one_label_is_a_leak(self) -> None:
        flags = self.flags()
        finding = judged(table(flags, x=self.noise(), y=flags[:, 1] + 0.1 * self.noise()), "leaking_feature")
        assert (finding.failed, finding.subjects) == (True, ("y",))
        assert "with the label b" in finding.detail

    def test_a_file_sorted_by_a_label_is_found(self) -> None:
        flags = self.flags()
        flags[:, 0] = np.arange(400) > 250
        finding = judged(table(flags, x=self.noise()), "index_leakage")
        assert finding.failed
        assert not judged(table(self.flags(), x=self.noise()), "index_leakage").failed

    def test_equal_features_with_other_labels_contradict(self) -> None:
        flags, values = self.flags(), np.random.default_rng(9).normal(size=(400, 3))
        flags[1:20:2], values[1:20:2] = ~flags[0:20:2], values[0:20:2]
        finding = judged(table(flags, **dict(zip("xyz", values.T, strict=True))), "conflicting_labels")
        assert (finding.failed, finding.value) == (True, pytest.approx(20 / 400))
        assert "labels differ" in finding.detail

    def test_labels_that_differ_between_the_parts_are_found(self) -> None:
        found = table(self.flags(), x=self.noise())
        splits = prepare(found, spec())
        test = replace(splits.test, y=np.column_stack([splits.test.y[:, :2], np.ones(len(splits.test), np.int64)]))
        run = Run(spec(), dataset=found, splits=replace(splits, parts={**splits.parts, "test": test}))
        finding = registry.load("checks", "label_drift")(run)
        assert finding.failed
        assert "100.0\u202f% of test have the label c" in finding.detail


class TestProfile:
    def test_a_column_is_related_to_the_label_that_it_tells_best(self) -> None:
        rng = np.random.default_rng(2)
        flags = rng.random((200, 3)) < 0.4
        x = rng.normal(size=200) - 2.0 * flags[:, 1]
        found = profile(table(flags, x=x)).column("x").relation
        assert found is not None
        area = mannwhitneyu(x[~flags[:, 1]], x[flags[:, 1]]).statistic / (flags[:, 1].sum() * (~flags[:, 1]).sum())
        assert (found.name, found.label, found.value) == ("AUC", "b", pytest.approx(area))

    def test_every_target_is_one_and_is_counted(self) -> None:
        flags = [[True, False, None], [True, True, False], [False, True, True], [True, False, True]]
        seen = profile(table(flags))
        assert [column.name for column in seen.columns if column.is_target] == ["a", "b", "c"]
        assert seen.class_counts == {"a": 2, "b": 2, "c": 2}  # of the three rows whose labels are all known


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> api.Report:
    return api.run(experiment(tmp_path_factory.mktemp("labels")), strict=True, reproducible=True)


def experiment(
    folder: Path, model: str = "{kind: sklearn, estimator: sklearn.linear_model.LogisticRegression}", more: str = ""
) -> Path:
    rng = np.random.default_rng(1)
    X = rng.normal(size=(240, 3)).round(3)
    y = X + 0.6 * rng.normal(size=(240, 3)) > [0.2, 0.5, 0.8]
    frame = pd.DataFrame(X, columns=["alpha", "beta", "gamma"])
    frame["sport"] = y[:, 0].astype(int)
    frame["music"] = np.where(y[:, 1], "yes", "no")
    frame["<b>travel"] = np.where(y[:, 2], "true", "false")
    frame.to_csv(folder / "habits.csv", index=False)
    text = f"data: {{path: habits.csv, target: [sport, music, <b>travel]}}\nmodel: {model}\n{more}"
    (folder / "habits.yaml").write_text(text)
    return folder / "habits.yaml"


class TestReport:
    def test_the_verdict_counts_rows_right_in_every_label(self, report: api.Report, tmp_path: Path) -> None:
        report.save(tmp_path / "r.md")
        text = (tmp_path / "r.md").read_text()
        right = re.search(r"\*\*(\d+) of 48 test cases are right in every one of 3 labels\.\*\*", text)
        assert right is not None
        flags = report.document.evidence.predictions["test"]
        assert int(right[1]) == sum(a == b for a, b in zip(flags["y_true"], flags["y_pred"], strict=True))

    def test_each_label_has_a_line_in_the_table(self, report: api.Report) -> None:
        (evaluation,) = (section for section in report.document.sections if section.key == "evaluation")
        (shown,) = (one for one in evaluation.blocks if isinstance(one, Table) and one.id == "table-classes")
        assert [row[0] for row in shown.rows] == ["sport", "music", "<b>travel"]

    def test_the_figures_of_labels_are_there_and_none_is_of_classes(self, report: api.Report, tmp_path: Path) -> None:
        report.save(tmp_path / "r.html")
        text = (tmp_path / "r.html").read_text()
        shown = set(re.findall(r'id="figure-([a-z-]+)"', text))
        assert {"label-balance", "label-errors", "label-pairs", "per-class", "roc", "precision-recall"} <= shown
        assert not shown & {"confusion-matrix", "class-balance", "target-distribution", "calibration"}
        assert "<b>travel" not in text

    def test_it_reads_back_as_it_was_written(self, report: api.Report, tmp_path: Path) -> None:
        report.save(tmp_path / "r.html")
        report.save(tmp_path / "r.md")
        api.read(tmp_path / "r.html").save(tmp_path / "again.md")
        assert (tmp_path / "again.md").read_bytes() == (tmp_path / "r.md").read_bytes()

    @pytest.mark.slow
    def test_the_same_file_gives_the_same_bytes(self, report: api.Report, tmp_path: Path) -> None:
        report.save(tmp_path / "r.html")
        api.run(experiment(tmp_path), strict=True, reproducible=True).save(tmp_path / "again.html")
        assert (tmp_path / "again.html").read_bytes() == (tmp_path / "r.html").read_bytes()

    @pytest.mark.slow
    def test_a_network_ends_in_a_sigmoid_for_each_label(self, tmp_path: Path) -> None:
        path = experiment(tmp_path, "{kind: mlp, hidden: [8]}", "train: {epochs: 30, learning_rate: 0.02}\n")
        found = api.run(path, strict=True).document.evidence
        score = np.array(found.predictions["test"]["y_score"])
        flags = np.array(found.predictions["test"]["y_true"])
        assert score.shape == flags.shape == (48, 3)
        assert sklearn_metrics.roc_auc_score(flags, score, average="macro") > 0.8
        assert np.array(found.predictions["test"]["y_pred"]).tolist() == (score >= 0.5).astype(int).tolist()

    @pytest.mark.slow
    def test_gates_name_the_metrics_of_labels(self, tmp_path: Path) -> None:
        path = experiment(tmp_path, more='expect: {test.f1_macro: ">= 0.3", test.hamming_loss: "<= 0.01"}\n')
        assert api.run(path).document.outcome == "gates failed"


class TestPredictionsMadeElsewhere:
    def test_a_matrix_of_zeros_and_ones_is_a_multilabel_task(self) -> None:
        flags, score = drawn(60)
        found = api.report(flags, score > 0.5, score, labels=["x", "y", "z"]).document
        values = {one["metric"]: one["value"] for one in found.evidence.scores if one["label"] is None}
        assert values["subset_accuracy"] == pytest.approx((flags == (score > 0.5)).all(axis=1).mean())
        assert found.evidence.labels == ("x", "y", "z")

    @pytest.mark.parametrize(
        ("y_true", "y_pred", "words"),
        [
            ([[1, 0], [0, 2]], [[1, 0], [0, 1]], "y_true holds other values than 0 and 1"),
            ([[1, 0], [0, 1]], [[1, 0, 0], [0, 1, 0]], r"y_true has shape \(2, 2\) and y_pred \(2, 3\)"),
            ([[1], [0]], [[1], [0]], "y_true has 2 dimensions"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, y_true: Any, y_pred: Any, words: str) -> None:
        with pytest.raises(DataError, match=words):
            api.report(y_true, y_pred)


def test_figures_of_one_class_a_row_do_not_apply() -> None:
    flags, score = drawn(60)
    run = Run(spec(), dataset=table(flags.astype(bool)), predictions={"test": prediction(flags, score > 0.5, score)})
    for name in ("confusion_matrix", "calibration", "score_distribution", "threshold_scan", "predicted_actual"):
        with pytest.raises(NotApplicable):
            registry.load("figures", name).compute(run)


def test_the_errors_of_a_label_are_counted() -> None:
    actual, given = [[1, 0], [1, 0], [0, 1], [0, 1], [0, 1]], [[1, 0], [0, 1], [1, 1], [0, 0], [0, 1]]
    found = table(np.array(actual, dtype=bool))
    run = Run(spec(), dataset=found, predictions={"test": prediction(actual, given, labels=("a", "b"))})
    (data,) = registry.load("figures", "label_errors").compute(run)
    assert data.columns == {
        "label": ["a", "b"],
        "found": [1, 2],
        "missed": [1, 1],
        "falsely given": [1, 1],
        "rightly not": [2, 1],
    }


def test_labels_that_come_together_are_counted() -> None:
    actual, given = [[1, 1], [1, 1], [1, 0], [0, 1]], [[1, 1], [1, 0], [1, 0], [0, 1]]
    found = table(np.array(actual, dtype=bool))
    run = Run(spec(), dataset=found, predictions={"test": prediction(actual, given, labels=("a", "b"))})
    (data,) = registry.load("figures", "label_pairs").compute(run)
    assert data.columns == {
        "label": ["a"],
        "with": ["b"],
        "rows with both": [0.5],
        "predicted with both": [0.25],
    }
    assert data.facts["actual"] == [[None, pytest.approx(2 / 3, abs=1e-3)], [pytest.approx(2 / 3, abs=1e-3), None]]
