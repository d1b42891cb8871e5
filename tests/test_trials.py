"""Several trainings of one experiment: folds, of which each row is tested once, and seeds on one split."""

from __future__ import annotations

import math
import signal
from collections.abc import Mapping
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from reportgen import api, document, experiment, statistics, training, trials
from reportgen.checks import run_checks
from reportgen.commands._progress import Terminal
from reportgen.document import Document, Table
from reportgen.errors import DataError, NotApplicable, SpecError, TrainingError
from reportgen.figures import trial_curves, trial_scores
from reportgen.fitted import FitJob, FitResult, Fitted
from reportgen.metrics import measure, spreads
from reportgen.models import _baselines
from reportgen.models.sklearn import Model
from reportgen.registry import load
from reportgen.results import Prediction, Run, Trial
from reportgen.sections import _trials
from reportgen.sections._verdict import verdict
from reportgen.session import Session, Stop
from reportgen.spec import Mlp, Split, Train
from reportgen.specfile import decode, read
from tests import runs

ROWS = 90
SPEC = """\
seed: 5
data: {path: table.csv, target: y}
split: {folds: 3, validation: 0}
model: {kind: sklearn, estimator: sklearn.linear_model.LogisticRegression}
report: {sections: [summary, evaluation, findings, record], figures: [trial_scores]}
"""
SEEDS = """\
seed: 5
repeats: 3
data: {path: table.csv, target: y}
split: {validation: 0}
model: {kind: sklearn, estimator: sklearn.ensemble.RandomForestClassifier, params: {n_estimators: 5, max_depth: 2}}
report: {sections: [summary, evaluation], figures: []}
"""


def numbers() -> tuple[np.ndarray, np.ndarray]:
    """Two features on scales of their own, and two classes that overlap."""
    random = np.random.default_rng(0)
    y = np.arange(ROWS) % 2
    X = np.round(np.column_stack([random.normal(y, 1.5), random.normal(size=ROWS) * 100 + 40 * y]), 3)
    return X, y


def written(folder: Path) -> Path:
    """Three folds of a logistic regression on 90 rows; `day` counts them."""
    X, y = numbers()
    rows = [f"{u},{v},{day},{'ab'[label]}" for day, ((u, v), label) in enumerate(zip(X, y, strict=True))]
    (folder / "table.csv").write_text("\n".join(["u,v,day,y", *rows]) + "\n", encoding="utf-8")
    (folder / "x.yaml").write_text(SPEC.replace("target: y", "target: y, columns: {day: ignore}"), encoding="utf-8")
    return folder / "x.yaml"


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return written(tmp_path)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The run of that file."""
    return run(written(tmp_path_factory.mktemp("folds")))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Document:
    """Its report."""
    return report(written(tmp_path_factory.mktemp("report"))).document


@pytest.fixture
def seeds(spec: Path) -> Path:
    """Three forests on one split of the same rows."""
    spec.write_text(SEEDS.replace("target: y", "target: y, columns: {day: ignore}"), encoding="utf-8")
    return spec


def run(spec: Path, *overrides: str, **options: Any) -> Run:
    return experiment.run(read(spec, overrides), Session(inline=True, **options))


def report(spec: Path, *overrides: str, **options: Any) -> api.Report:
    return api.run(spec, overrides=overrides, session=Session(inline=True, **options))


def drawn(made: Run) -> list[tuple[np.ndarray, np.ndarray]]:
    """The rows of each fold: train, test."""
    parts = [plan.drawn.parts for plan in trials.planned(made) if plan.drawn]
    return [(part["train"], part["test"]) for part in parts]


class TestFolds:
    def test_test_every_row_once(self, made: Run) -> None:
        rows = made.predictions["test"].rows
        assert rows is not None
        assert rows.tolist() == list(range(ROWS))

    def test_predict_each_row_by_the_model_that_has_not_seen_it(self, made: Run) -> None:
        prediction = made.predictions["test"]
        assert prediction.fold is not None
        assert prediction.rows is not None
        for number, (train, test) in enumerate(drawn(made), 1):
            assert set(prediction.rows[prediction.fold == number]) == set(test)
            assert not set(train) & set(test)

    def test_give_what_cross_validation_of_a_pipeline_gives(self, made: Run) -> None:
        X, y = numbers()
        pipeline = make_pipeline(StandardScaler(), LogisticRegression(random_state=5))
        expected = cross_val_predict(pipeline, X, y, cv=drawn(made), method="predict_proba")
        prediction = made.predictions["test"]
        np.testing.assert_allclose(prediction.y_score, expected, atol=1e-3)  # it stops earlier on 32-bit features
        assert prediction.y_true.tolist() == y.tolist()
        accuracy = made.score("accuracy")
        assert accuracy is not None
        assert accuracy.value == pytest.approx(accuracy_score(y, expected.argmax(axis=1)))

    def test_have_scores_of_their_own(self, made: Run) -> None:
        X, y = numbers()
        for trial, (train, test) in zip(made.trials, drawn(made), strict=True):
            pipeline = make_pipeline(StandardScaler(), LogisticRegression(random_state=5)).fit(X[train], y[train])
            score = pipeline.predict_proba(X[test])[:, 1]
            assert trial.scores["test"]["roc_auc"] == pytest.approx(roc_auc_score(y[test], score))
            assert trial.scores["train"]["accuracy"] == pytest.approx(pipeline.score(X[train], y[train]))
            assert trial.rows == {"train": len(train), "test": len(test)}

    def test_show_the_first_in_all_that_is_of_one_model(self, spec: Path) -> None:
        made = run(spec, "split.validation=0.2")
        first = drawn(made)[0]
        assert made.splits is not None
        assert made.splits.train.rows.tolist() == first[0].tolist()
        assert made.predictions["train"].y_true.tolist() == made.splits.train.y.tolist()
        assert [trial.name for trial in made.trials] == ["fold 1", "fold 2", "fold 3"]

    def test_fit_the_baselines_on_the_same_rows(self, made: Run) -> None:
        X, y = numbers()
        linear = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        expected = cross_val_predict(linear, X, y, cv=drawn(made), method="predict_proba")
        np.testing.assert_allclose(made.baselines["linear"]["test"].y_score, expected, atol=1e-5)
        assert made.baselines["dummy"]["test"].y_true.tolist() == y.tolist()

    def test_leave_out_a_baseline_that_fails_in_one(self, spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        fit, calls = _baselines.fit_baseline, []

        def fail_once(name: Any, job: FitJob) -> FitResult:
            calls.append(name)
            if calls.count("linear") == 2 and name == "linear":
                raise ValueError("did not converge")
            return fit(name, job)

        monkeypatch.setattr(_baselines, "fit_baseline", fail_once)
        made = run(spec)
        assert set(made.baselines) == {"dummy"}
        assert made.warnings == ("fold 2: the linear baseline failed: ValueError: did not converge",)

    def test_in_time_leave_the_first_span_untested(self, spec: Path) -> None:
        made = run(spec, "data.columns={day: numeric}", "split.by=time", "split.column=day")
        assert made.predictions["test"].rows is not None
        assert made.predictions["test"].rows.tolist() == list(range(22, ROWS))
        assert all(train.max() < test.min() for train, test in drawn(made))

    def test_that_fail_say_which(self, spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        fit, calls = Model.fit, []

        def fail(self: Model, job: FitJob, emit: Any = None) -> FitResult:
            calls.append(job)
            if len(calls) == 3:
                raise TrainingError("out of memory")
            return fit(self, job, emit)

        monkeypatch.setattr(Model, "fit", fail)
        with pytest.raises(TrainingError, match="fold 3: out of memory"):
            run(spec)

    def test_that_are_more_than_rows_are_refused(self, spec: Path) -> None:
        with pytest.raises(DataError, match=r"90 rows cannot make 100 folds"):
            run(spec, "split.folds=100", "split.by=random")

    def test_of_a_forecast_keep_the_order_of_time(self, tmp_path: Path) -> None:
        sales = "\n".join(f"2024-01-{day + 1:02d},{(day * 7) % 11}" for day in range(31))
        (tmp_path / "sales.csv").write_text(f"day,sales\n{sales}\n", encoding="utf-8")
        (tmp_path / "x.yaml").write_text(
            "data: {path: sales.csv, target: sales, forecast: {time: day, window: 2, horizon: 2}}\n"
            "split: {folds: 2, validation: 0}\n"
            "model: {kind: sklearn, estimator: sklearn.linear_model.Ridge}\n",
            encoding="utf-8",
        )
        made = run(tmp_path / "x.yaml")
        prediction = made.predictions["test"]
        assert prediction.rows is not None
        assert prediction.step is not None
        origins = prediction.rows[prediction.step == 1] - 1
        assert (np.diff(origins) == 1).all()
        assert prediction.naive_error is not None
        assert len(prediction.y_true) == len(made.baselines["dummy"]["test"].y_true)


def fold(rows: list[int], y_pred: list[float], **more: Any) -> Prediction:
    return Prediction("test", np.array(rows) * 10.0, np.array(y_pred), None, (), np.array(rows), **more)


class TestPooling:
    def test_puts_the_rows_in_their_order(self) -> None:
        found = trials.pooled([(1, fold([4, 0], [40.5, 0.5])), (3, fold([2], [20.5]))])
        assert found.rows is not None
        assert found.rows.tolist() == [0, 2, 4]
        assert found.y_true.tolist() == [0.0, 20.0, 40.0]
        assert found.y_pred.tolist() == [0.5, 20.5, 40.5]
        assert found.fold is not None
        assert found.fold.tolist() == [1, 3, 1]

    def test_has_no_scores_where_a_fold_has_none(self) -> None:
        scored = replace(fold([0, 1], [0, 1]), y_score=np.eye(2))
        assert trials.pooled([(1, scored), (2, fold([2], [1]))]).y_score is None

    def test_weights_naive_errors_by_forecasts(self) -> None:
        first = fold([1, 2, 3], [0, 0, 0], step=np.array([1, 1, 1]), naive_error=2.0)
        second = fold([4], [0], step=np.array([1]), naive_error=6.0)
        assert trials.pooled([(1, first), (2, second)]).naive_error == pytest.approx((3 * 2 + 6) / 4)


class TestSeeds:
    def test_train_on_the_same_split_with_the_seeds_that_follow(self, seeds: Path) -> None:
        X, y = numbers()
        made = run(seeds)
        assert made.splits is not None
        train, test = made.splits.train.rows, made.splits.test.rows
        assert [trial.seed for trial in made.trials] == [5, 6, 7]
        for trial in made.trials:
            forest = RandomForestClassifier(n_estimators=5, max_depth=2, random_state=trial.seed)
            expected = forest.fit(X[train].astype(np.float32), y[train]).score(X[test].astype(np.float32), y[test])
            assert trial.scores["test"]["accuracy"] == pytest.approx(expected)

    def test_show_the_first_ones_predictions(self, seeds: Path) -> None:
        made, alone = run(seeds), run(seeds, "repeats=1")
        assert made.predictions["test"].fold is None
        np.testing.assert_array_equal(made.predictions["test"].y_score, alone.predictions["test"].y_score)
        assert alone.trials == ()
        assert alone.shown_trial == ""
        assert made.shown_trial == "seed 5, the first of 3"


class TestTheJobOfATrial:
    def job(self, number: int, **train: Any) -> FitJob:
        run = runs.binary()
        assert run.splits is not None
        run = replace(run, spec=run.spec.model_copy(update={"train": Train(**train)}))
        return trials.job(run, run.splits, ".", trials.Plan(f"fold {number}", "fold", number, 3, 42))

    def test_saves_weights_of_the_first_alone(self) -> None:
        assert self.job(1, save_weights="w.npz").train.save_weights == "w.npz"
        assert self.job(2, save_weights="w.npz").train.save_weights is None

    def test_is_that_of_a_network_to_show_for_the_first_alone(self) -> None:
        assert self.job(1).shown
        assert not self.job(2).shown

    def test_writes_events_into_a_folder_each(self) -> None:
        assert self.job(2, tensorboard="logs").train.tensorboard == "logs/fold-2"
        assert self.job(2).train.tensorboard is None


class Scripted(Model):
    """A model whose n-th training ends as it is told to."""

    endings: Mapping[int, str] = {}
    stop: Stop | None = None
    calls = 0

    def fit(self, job: FitJob, emit: Any = None) -> FitResult:
        type(self).calls += 1
        ending: Any = self.endings.get(self.calls)
        if ending == "interrupted" and self.stop is not None:
            self.stop(signal.SIGINT)
        result = super().fit(job)
        if ending is None:
            return result
        fitted = Fitted("mlp", "network", 3, {}, {"loss": (1.0, math.nan)}, ended=ending, epoch=2, epochs=9)
        return FitResult(fitted, {}, {})


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> type[Scripted]:
    monkeypatch.setattr(Scripted, "calls", 0)
    monkeypatch.setattr("reportgen.models.sklearn.Model", Scripted)
    return Scripted


class TestAStop:
    def test_leaves_the_folds_that_are_done(
        self, spec: Path, scripted: type[Scripted], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stop = Stop()
        monkeypatch.setattr(scripted, "endings", {3: "interrupted"})
        monkeypatch.setattr(scripted, "stop", stop)
        made = run(spec, stop=stop)
        assert [trial.name for trial in made.trials] == ["fold 1", "fold 2"]
        assert made.ended == "interrupted"
        assert len(made.predictions["test"].y_true) == len(made.baselines["linear"]["test"].y_true) == 60
        assert str(verdict(made)[0]).startswith("Interrupted after 2 of 3 folds.")
        assert "Over 2 of 3 folds, accuracy is" in " ".join(map(str, verdict(made)))

    def test_gives_a_report_and_its_exit_status(
        self, spec: Path, scripted: type[Scripted], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stop = Stop()
        monkeypatch.setattr(scripted, "endings", {2: "interrupted"})
        monkeypatch.setattr(scripted, "stop", stop)
        made = report(spec, stop=stop)
        assert (made.exit_status, made.document.outcome) == (130, "interrupted")

    def test_between_two_folds_begins_no_other(
        self, spec: Path, scripted: type[Scripted], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stop = Stop(training=True, signal=signal.SIGINT)
        made = run(spec, stop=stop)
        assert scripted.calls == len(made.trials) == 1


class TestADivergedFold:
    def test_is_told_of_and_the_others_stand(
        self, spec: Path, scripted: type[Scripted], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(scripted, "endings", {2: "diverged"})
        made = report(spec)
        assert (made.exit_status, made.document.outcome) == (4, "diverged")
        first = str(made.document.verdict[0])
        assert first.startswith("Training diverged in fold 2 at epoch 2.")
        assert "Of 1 fold there are no predictions." in first
        assert len(made.document.evidence.predictions["test"]["rows"]) == 60

    def test_has_a_course_that_json_can_hold(
        self, spec: Path, scripted: type[Scripted], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(scripted, "endings", {1: "diverged"})
        made = report(spec).document
        assert made.evidence.trials[0]["history"] == {"loss": [1.0, None]}
        assert document.from_json(document.to_json(made)).evidence.trials[0]["ended"] == "diverged"


class TestTheReport:
    def test_carries_every_trial_in_its_evidence(self, page: Document) -> None:
        made = page
        evidence = document.from_json(document.to_json(made)).evidence
        assert [trial["name"] for trial in evidence.trials] == ["fold 1", "fold 2", "fold 3"]
        assert sorted(set(evidence.predictions["test"]["fold"])) == [1, 2, 3]
        accuracy = [trial["scores"]["test"]["accuracy"] for trial in evidence.trials]
        found = {spread["metric"]: spread for spread in evidence.spreads}["accuracy"]
        assert found["mean"] == pytest.approx(np.mean(accuracy))
        assert found["std"] == pytest.approx(np.std(accuracy, ddof=1))

    def test_differs_in_its_content_id_where_a_trial_does(self, page: Document) -> None:
        made = page
        first, *others = made.evidence.trials
        changed = replace(made.evidence, trials=({**first, "seed": 6}, *others))
        assert replace(made, evidence=changed).content_id != made.content_id

    def test_is_the_same_when_made_again(self, spec: Path, page: Document) -> None:
        assert report(spec).document.content_id == page.content_id

    def test_says_mean_and_spread_first(self, made: Run) -> None:
        values = [trial.scores["test"]["accuracy"] for trial in made.trials]
        low, mean, high, std = min(values), np.mean(values), max(values), np.std(values, ddof=1)
        expected = f"accuracy is {mean:.3f} on average, from {low:.3f} to {high:.3f} (standard deviation {std:.3f})."
        assert f"Over 3 folds, {expected}" in [str(text) for text in verdict(made)]

    def test_says_whose_rows_are_scored(self, page: Document) -> None:
        tables = {block.id: block for block in page.blocks() if isinstance(block, Table)}
        assert tables["table-headline"].title == "Test rows of 3 folds, 90 cases."
        assert [column.title for column in tables["table-metrics"].columns][1:3] == ["train, fold 1", "test, all folds"]

    def test_lists_every_fold(self, page: Document) -> None:
        tables = {block.id: block for block in page.blocks() if isinstance(block, Table)}
        assert [row[:3] for row in tables["table-each-trial"].rows] == [("1", 60, 30), ("2", 60, 30), ("3", 60, 30)]

    def test_of_one_training_has_no_such_part(self, seeds: Path) -> None:
        made = report(seeds, "repeats=1").document
        assert not {block.id for block in made.blocks() if isinstance(block, Table)} & {"table-trials"}
        assert made.evidence.trials == ()


def test_the_progress_tells_which_fold_is_trained() -> None:
    stream = StringIO()
    Terminal(stream).epoch({"epoch": 3, "epochs": 6, "trial": "fold", "number": 2, "total": 5})
    assert "fold 2/5" in stream.getvalue()


class TestTheIntervalOfTheMean:
    def test_of_folds_is_corrected_for_shared_rows(self) -> None:
        # s² = 0.001, so the error is sqrt(0.001 (1/5 + 1/4)) = 0.021213; t with 4 degrees is 2.7764 in every table.
        low, high = statistics.trial_interval(np.array([0.80, 0.82, 0.84, 0.86, 0.88]), 0.95, 0.25)
        assert (low, high) == (pytest.approx(0.84 - 0.058897, abs=1e-6), pytest.approx(0.84 + 0.058897, abs=1e-6))

    @given(st.lists(st.floats(0, 1), min_size=2, max_size=20), st.floats(0.5, 0.99))
    def test_of_seeds_is_students(self, values: list[float], confidence: float) -> None:
        sample = np.array(values)
        error = scipy.stats.sem(sample)
        expected = (sample.mean(), sample.mean())
        if error > 1e-12:
            expected = scipy.stats.t.interval(confidence, len(sample) - 1, sample.mean(), error)
        assert statistics.trial_interval(sample, confidence) == pytest.approx(expected, abs=1e-9)

    def test_of_many_random_splits_covers_where_the_plain_one_does_not(self) -> None:
        # Random splits of one sample share rows: scores correlate by n_test / (n_train + n_test), as the paper has it.
        random = np.random.default_rng(0)
        k, share = 10, 0.2
        common, own = random.normal(size=(4000, 1)), random.normal(size=(4000, k))
        scores = np.sqrt(share) * common + np.sqrt(1 - share) * own
        corrected = [statistics.trial_interval(row, 0.95, share / (1 - share)) for row in scores]
        plain = [statistics.trial_interval(row, 0.95) for row in scores]
        covers = [float(np.mean([low <= 0 <= high for low, high in found])) for found in (corrected, plain)]
        assert covers[0] == pytest.approx(0.95, abs=0.01)
        assert covers[1] < 0.8

    def test_ends_where_the_metric_does(self) -> None:
        found = spreads([trial(number, value) for number, value in enumerate([0.9, 1.0, 1.0], 1)], 0.95)[0]
        assert found.metric == "accuracy"
        assert found.high == 1.0
        assert found.low < 0.9

    def test_needs_two_trials_with_a_value(self) -> None:
        assert spreads([trial(1, 0.9), trial(2, None)], 0.95) == ()


class TestTheSpreadByChance:
    def test_has_the_p_value_of_chi_square(self) -> None:
        values = np.array([1.0, 2.0, 4.0, 7.0])
        expected = scipy.stats.chi2.sf(((values - values.mean()) ** 2).sum() / 1.5**2, 3)
        assert statistics.spread_p_value(values, 1.5) == pytest.approx(expected)

    def test_is_nothing_where_there_is_no_error(self) -> None:
        assert statistics.spread_p_value(np.array([1.0, 1.0]), 0.0) == 1.0
        assert statistics.spread_p_value(np.array([1.0, 2.0]), 0.0) == 0.0


def trial(number: int, accuracy: float | None, kind: Any = "fold", **more: Any) -> Trial:
    name = f"fold {number}" if kind == "fold" else f"seed {41 + number}"
    rows = {"train": 320, "test": 80}
    scores = {"train": {"accuracy": 0.95}, "test": {"accuracy": accuracy}}
    return replace(Trial(name, kind, 42, rows, {}, "completed", None, None, scores), **more)


def tried(values: list[float], kind: Any = "seed", n_right: int = 72) -> Run:
    """A run of 80 test rows, `n_right` of them right, with these accuracies over seeds or folds."""
    run = runs.binary()
    truth = np.arange(80) % 2
    predicted = np.where(np.arange(80) < n_right, truth, 1 - truth)
    prediction = Prediction("test", truth, predicted, None, ("benign", "malignant"))
    split = {"split": Split(folds=len(values))} if kind == "fold" else {"repeats": len(values)}
    made = [trial(number, value, kind) for number, value in enumerate(values, 1)]
    run = replace(run, spec=run.spec.model_copy(update=split), predictions={"test": prediction}, trials=tuple(made))
    return experiment.evaluate(replace(run, baselines={}), Session())


class TestStabilityOverSeeds:
    def test_is_two_standard_deviations_over_the_interval(self) -> None:
        run = tried([0.88, 0.90, 0.92])
        score = run.score("accuracy")
        assert score is not None
        verdict = load("checks", "unstable_over_seeds")(run)
        assert verdict.value == pytest.approx(2 * 0.02 / (score.high - score.low))
        assert not verdict.failed

    def test_is_found_wanting_where_the_seed_decides(self) -> None:
        verdict = load("checks", "unstable_over_seeds")(tried([0.60, 0.90, 0.75]))
        assert verdict.failed
        assert "from 0.600 to 0.900 over 3 seeds" in verdict.detail

    @pytest.mark.parametrize("run", [tried([0.1, 0.9]), tried([0.1, 0.5, 0.9], "fold"), runs.binary()])
    def test_is_not_judged_by_two_nor_by_folds(self, run: Run) -> None:
        with pytest.raises(NotApplicable):
            load("checks", "unstable_over_seeds")(run)


class TestStabilityOverFolds:
    def test_is_found_wanting_where_one_fold_is_harder(self) -> None:
        verdict = load("checks", "unstable_over_folds")(tried([0.95, 0.96, 0.4, 0.95, 0.95], "fold", 67))
        assert verdict.failed
        assert "weakest is fold 3" in verdict.detail

    def test_is_silent_on_folds_that_differ_by_chance(self) -> None:
        clean = tried([0.9] * 5, "fold")
        random, alarms = np.random.default_rng(1), 0
        for _ in range(300):
            right = random.random((5, 16)) < 0.9
            low, high = statistics.wilson(float(right.sum()), right.size, 0.95)
            score = replace(clean.scores[0], low=low, high=high)
            made = [trial(number, float(share)) for number, share in enumerate(right.mean(axis=1), 1)]
            run = replace(clean, trials=tuple(made), scores=(score,))
            alarms += load("checks", "unstable_over_folds")(run).failed
        assert alarms <= 6


class TestChecksOfFolds:
    def test_count_the_test_rows_of_all(self, made: Run) -> None:
        assert load("checks", "test_too_small")(made).value == 45

    def test_do_not_take_later_rows_for_lost(self, spec: Path) -> None:
        made = run(spec, "data.columns={day: numeric}", "split.by=time", "split.column=day")
        assert made.splits is not None
        assert len(made.splits.train) + len(made.splits.test) == 45
        assert load("checks", "rows_lost")(made).value == 0

    def test_compare_the_mean_train_score_with_that_of_all_test_rows(self) -> None:
        run = tried([0.8, 0.9], "fold", 60)
        trained = [replace(one, scores={**one.scores, "train": {"accuracy": share}}) for one, share in
                   zip(run.trials, (0.9, 1.0), strict=True)]  # fmt: skip
        scores = (*run.scores, replace(run.scores[0], metric="accuracy", split="train", value=0.9))
        verdict = load("checks", "overfitting")(replace(run, trials=tuple(trained), scores=scores))
        assert verdict.value == pytest.approx(0.95 - 60 / 80)

    def test_all_run(self, made: Run) -> None:
        assert not [one for one in run_checks(made, {}) if one.status == "broken"]


class TestFigures:
    def test_of_scores_hold_every_trial(self) -> None:
        (data,) = trial_scores.compute(tried([0.6, 0.9, 0.75]))
        assert data.columns["metric"][0] == "accuracy"
        assert [data.columns[f"seed {seed}"][0] for seed in (42, 43, 44)] == [0.6, 0.9, 0.75]
        assert data.columns["mean"][0] == 0.75
        assert trial_scores.describe(data).title == "Accuracy lies between 0.600 and 0.900."

    def test_of_curves_take_the_mean_as_far_as_all_went(self) -> None:
        histories = [
            {"loss": (4.0, 2.0, 1.0), "val_loss": (5.0, 4.0, 3.0)},
            {"loss": (2.0, 1.0), "val_loss": (3.0, 2.0)},
        ]
        run = tried([0.8, 0.9])
        run = replace(run, trials=tuple(replace(t, history=h) for t, h in zip(run.trials, histories, strict=True)))
        (data,) = trial_curves.compute(run)
        assert data.facts["means"]["train"] == [[1, 2], [3.0, 1.5]]
        assert data.facts["means"]["validation"] == [[1, 2], [4.0, 3.0]]
        words = trial_curves.describe(data)
        assert words.title == "The validation loss of 2 seeds ends between 2.00 and 3.00."
        assert "as far as the shortest" in words.caption

    def test_are_not_there_for_one_training(self) -> None:
        for unit in (trial_scores, trial_curves):
            with pytest.raises(NotApplicable):
                unit.compute(runs.binary())

    def test_of_many_long_courses_stay_small(self) -> None:
        run = tried([0.9] * 60)
        course = {"loss": tuple(np.linspace(1, 0, 5000))}
        run = replace(run, trials=tuple(replace(one, history=course) for one in run.trials))
        (data,) = trial_curves.compute(run)
        assert len(data.columns["epoch"]) <= 1500
        assert "25 of 60 seeds are drawn" in trial_curves.describe(data).caption
        assert not run.keeps_courses


def test_a_value_that_is_undefined_is_none() -> None:
    one_class = Prediction("test", np.zeros(4, int), np.zeros(4, int), np.tile([0.7, 0.3], (4, 1)), ("a", "b"))
    assert runs.binary().task is not None
    assert measure(one_class, runs.binary().task, ["accuracy", "roc_auc"]) == {"accuracy": 1.0, "roc_auc": None}


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("split: {folds: 5, test: 0.2}", "split.test: each row is in the test split of one fold"),
        ("split: {folds: 5}\nrepeats: 3", "repeats: folds and repeats cannot be told apart"),
        ("split: {folds: 2, validation: 0.5}", "split.validation: a fold has 50"),
        ("split: {folds: 9, by: time, column: d}", "split.folds: the first fold in time has 10"),
        ("repeats: 3\nseed: 4294967294", "seed: 3 seeds from 4294967294 on go beyond 4294967295"),
    ],
)
def test_what_does_not_go_together_is_refused(lines: str, told: str) -> None:
    text = f"data: {{path: t.csv, target: y}}\nmodel: {{kind: mlp}}\n{lines}\n"
    with pytest.raises(SpecError, match=told):
        decode(text, "x.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "data: {path: t.csv, target: y}\nsplit: {folds: 5}",
        "data: {path: t.csv, target: y}\nrepeats: 3",
        "data: {path: t.csv, target: y, test: u.csv}\nmodel: {kind: mlp}\nsplit: {folds: 5}",
        "data: {path: t.csv, target: y}\nmodel: {kind: predictions, prediction: p}\nsplit: {folds: 5}",
        "data: {path: t.csv, target: y}\nmodel: {kind: predictions, prediction: p}\nrepeats: 5",
    ],
)
def test_folds_and_repeats_need_a_model_to_train_on_rows_of_one_table(text: str) -> None:
    with pytest.raises(SpecError):
        decode(text, "x.yaml")


def test_a_sentence_is_made_only_of_trials(made: Run) -> None:
    assert _trials.across(runs.binary()) == ""
    assert _trials.across(made) != ""


@pytest.mark.slow
@pytest.mark.parametrize("task", ["binary", "regression"])
def test_a_network_trained_second_is_what_it_is_when_trained_alone(task: str) -> None:
    from reportgen.models.mlp import Model as Network

    run = runs.binary(rows=120) if task == "binary" else runs.regression(rows=120)
    assert run.splits is not None
    X = {name: part.rows[:, None].astype(np.float32) / 120 for name, part in run.splits.parts.items()}
    wish = {"model": Mlp(kind="mlp", hidden=(4,)), "train": Train(epochs=2)}
    first = replace(training.job(replace(run, spec=run.spec.model_copy(update=wish)), run.splits), X=X)
    first = replace(first, feature_names=("row",))
    second = replace(first, seed=first.seed + 1)
    network, alone = Network(), Network()
    network.fit(first)
    after, fresh = network.fit(second), alone.fit(second)
    np.testing.assert_array_equal(after.y_pred["test"], fresh.y_pred["test"])
    assert after.fitted.history["loss"] == fresh.fitted.history["loss"]
    assert [layer.name for layer in after.fitted.layers] == [layer.name for layer in fresh.fitted.layers]
