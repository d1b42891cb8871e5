"""A learning curve: the model trained afresh on nested parts of its training rows."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from reportgen import experiment, learning_curve
from reportgen.dataset import Column, Dataset, Kind, Source, Task
from reportgen.errors import NotApplicable, SpecError
from reportgen.figures import learning_curve as figure
from reportgen.fitted import FitJob, FitResult
from reportgen.models.sklearn import Model
from reportgen.prepare.nested import how, nested
from reportgen.results import FigureData, LearningCurve, Run, TrainedSize
from reportgen.session import Session, Silent
from reportgen.spec import Split
from reportgen.specfile import decode, read
from tests import runs
from tests.sized_runs import sized, with_sizes

ROWS = 400
SPEC = """\
seed: 5
data: {path: table.csv, target: y}
split: {validation: 0, test: 0.25}
model: {kind: sklearn, estimator: sklearn.linear_model.LogisticRegression}
evaluate: {learning_curve: [0.5, 0.2, 1.0], explain: "off", baselines: []}
report: {sections: [evaluation], figures: [learning_curve]}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    y = np.arange(ROWS) % 2
    table = pd.DataFrame({"u": random.normal(y, 1.5), "v": 100 * random.normal(y, 2), "y": np.array(["a", "b"])[y]})
    table.round(3).to_csv(tmp_path / "table.csv", index=False)
    (tmp_path / "x.yaml").write_text(SPEC, encoding="utf-8")
    return tmp_path / "x.yaml"


def run(spec: Path, *overrides: str, **options: Any) -> Run:
    return experiment.run(read(spec, overrides), Session(inline=True, **options))


def curve(made: Run) -> LearningCurve:
    assert made.learning_curve is not None
    return made.learning_curve


def value(size: TrainedSize, split: str) -> float:
    score = size.score(split)
    assert score is not None
    assert score.value is not None
    return score.value


class TestTrainings:
    def test_each_size_is_scored_on_its_own_rows_and_on_the_same_test_rows(self, spec: Path) -> None:
        """By scikit-learn alone, from the table and the rows."""
        made = run(spec)
        assert made.splits is not None
        assert made.dataset is not None
        X, y = made.dataset.frame[["u", "v"]].to_numpy(float), (made.dataset.frame["y"] == "b").to_numpy(int)
        train, test = made.splits.train.rows, made.splits.test.rows
        parts = nested(made.dataset, train, made.spec.split, [0.2, 0.5], made.spec.seed)
        for rows, size in zip([*parts, train], curve(made).sizes, strict=True):
            scaler = StandardScaler().fit(X[rows])
            model = LogisticRegression().fit(scaler.transform(X[rows]), y[rows])
            assert size.rows == len(rows)
            assert value(size, "train") == pytest.approx(model.score(scaler.transform(X[rows]), y[rows]))
            assert value(size, "test") == pytest.approx(model.score(scaler.transform(X[test]), y[test]))

    def test_sizes_go_from_small_to_large_and_end_with_the_training_that_the_report_shows(self, spec: Path) -> None:
        made = run(spec)
        sizes = curve(made).sizes
        assert [(size.share, size.rows) for size in sizes] == [(0.2, 60), (0.5, 150), (1.0, 300)]
        shown = made.score("accuracy")
        last = sizes[-1].score("test")
        assert shown is not None
        assert last is not None
        assert (last.value, last.low, last.high) == (shown.value, shown.low, shown.high)

    def test_it_is_off_by_default(self, spec: Path) -> None:
        spec.write_text(SPEC.replace("learning_curve: [0.5, 0.2, 1.0], ", ""), encoding="utf-8")
        assert run(spec).learning_curve is None

    def test_auto_is_a_tenth_a_quarter_and_a_half(self, spec: Path) -> None:
        made = run(spec, "evaluate.learning_curve=auto")
        assert [size.share for size in curve(made).sizes] == [0.1, 0.25, 0.5, 1.0]

    def test_is_measured_by_the_first_metric_that_is_named(self, spec: Path) -> None:
        made = run(spec, "evaluate.metrics=[roc_auc, accuracy]")
        assert curve(made).metric == "roc_auc"
        assert {score.metric for size in curve(made).sizes for score in size.scores} == {"roc_auc"}

    def test_two_runs_are_the_same(self, spec: Path) -> None:
        assert run(spec).learning_curve == run(spec).learning_curve

    def test_too_few_rows_are_told_of(self, spec: Path) -> None:
        made = run(spec, "evaluate.learning_curve=[0.01, 0.5]")
        assert [size.share for size in curve(made).sizes] == [0.5, 1.0]
        assert "the learning curve is without 1 % of the rows: they are fewer than 10" in _plain(made.warnings)

    def test_a_size_that_fails_loses_nothing_else(self, spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        fit = Model.fit

        def fails_on_60(model: Model, job: FitJob, emit: Any = None) -> FitResult:
            if len(job.X["train"]) == 60:
                raise RuntimeError("out of luck")
            return fit(model, job, emit)

        monkeypatch.setattr(Model, "fit", fails_on_60)
        made = run(spec)
        assert [size.rows for size in curve(made).sizes] == [150, 300]
        assert "the learning curve is without 20 % of the rows: out of luck" in _plain(made.warnings)

    def test_a_size_that_diverged_without_predictions_is_left_out(
        self, spec: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fit = Model.fit

        def diverges_on_60(model: Model, job: FitJob, emit: Any = None) -> FitResult:
            found = fit(model, job, emit)
            return FitResult(found.fitted, {}, {}) if len(job.X["train"]) == 60 else found

        monkeypatch.setattr(Model, "fit", diverges_on_60)
        made = run(spec)
        assert [size.rows for size in curve(made).sizes] == [150, 300]
        assert any("training diverged" in text for text in made.warnings)

    def test_nothing_of_a_size_is_shown_saved_or_logged(self, spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        jobs: list[FitJob] = []
        fit = Model.fit

        def watched(model: Model, job: FitJob, emit: Any = None) -> FitResult:
            jobs.append(job)
            return fit(model, job, emit)

        monkeypatch.setattr(Model, "fit", watched)
        run(spec)
        assert [job.shown for job in jobs] == [True, False, False]
        assert all(job.samples == 0 and job.seed == 5 for job in jobs[1:])
        assert all(job.train.save_weights is None and job.train.tensorboard is None for job in jobs[1:])

    def test_a_wish_to_stop_leaves_out_what_is_not_trained_yet(self, spec: Path) -> None:
        session = Session(inline=True)

        class Impatient(Silent):
            def epoch(self, event: Mapping[str, Any]) -> None:
                if event.get("trial") == "size" and event["number"] == 2:
                    session.stop(signal.SIGINT)

        session.progress = Impatient()
        made = experiment.run(read(spec, ()), session)
        assert [size.share for size in curve(made).sizes] == [0.2, 1.0]
        assert "the learning curve is without 50 % of the rows: interrupted" in _plain(made.warnings)
        assert made.findings


def _plain(texts: tuple[str, ...]) -> str:
    return "\n".join(texts).replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.slow
def test_a_network_is_trained_on_each_size_and_not_watched(spec: Path) -> None:
    made = run(spec, "model={kind: mlp, hidden: [4]}", "train.epochs=3", "evaluate.learning_curve=[0.5]")
    assert [size.rows for size in curve(made).sizes] == [150, 300]
    assert made.fitted is not None
    assert made.fitted.courses  # of the training that the report shows


@pytest.mark.slow
def test_a_forecast_learns_from_the_latest_part_of_its_history(tmp_path: Path) -> None:
    days = pd.date_range("2024-01-01", periods=300, freq="D")
    sales = 10 + np.sin(np.arange(300)) + np.random.default_rng(0).normal(size=300) / 5
    pd.DataFrame({"day": days, "sales": sales.round(3)}).to_csv(tmp_path / "table.csv", index=False)
    text = """\
data: {path: table.csv, target: sales, forecast: {time: day, window: 14, horizon: 2, season: 7}}
model: {kind: sklearn, estimator: sklearn.linear_model.Ridge}
evaluate: {learning_curve: [0.5], explain: "off"}
report: {figures: []}
"""
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    made = run(tmp_path / "x.yaml")
    half, whole = curve(made).sizes
    assert half.rows == -(-whole.rows // 2)
    assert curve(made).metric == "mase"
    assert "latest" in curve(made).how


def dataset(target: str = "label", **columns: Any) -> Dataset:
    frame = pd.DataFrame(columns)
    described = tuple(Column(name, Kind.NUMERIC, "by its values") for name in frame)
    labels = tuple(sorted(set(columns[target]))) if target == "label" else ()
    task = Task("binary" if labels else "regression", target, labels, "as declared")
    return Dataset(frame, described, Source("t.csv", "csv", 1, "0" * 64), task)


class TestNested:
    @given(
        st.lists(st.sampled_from("ab"), min_size=20, max_size=60).filter(lambda labels: len(set(labels)) == 2),
        st.integers(0, 5),
    )
    def test_each_part_lies_within_the_next_and_keeps_the_classes(self, labels: list[str], seed: int) -> None:
        data = dataset(label=pd.Series(labels, dtype="str"))
        rows = np.arange(len(labels))
        small, large, whole = nested(data, rows, Split(), [0.25, 0.5, 1.0], seed)
        assert set(small) < set(large) < set(whole) == set(rows.tolist())
        share = np.mean(np.array(labels) == "a")
        for part in (small, large):
            found = np.sum(np.array(labels)[part] == "a")
            assert abs(found - share * len(part)) <= 1

    def test_groups_stay_whole(self) -> None:
        data = dataset("y", y=np.arange(40.0), group=np.repeat(np.arange(10), 4))
        for part in nested(data, np.arange(40), Split(by="group", column="group"), [0.1, 0.25, 0.5], 0):
            groups, counts = np.unique(part // 4, return_counts=True)
            assert set(counts) == {4}
            assert len(groups) in (1, 3, 5)

    def test_of_rows_in_time_the_latest_are_taken(self) -> None:
        data = dataset("y", y=np.zeros(8), day=np.array([8, 7, 6, 5, 4, 3, 2, 1]))
        (part,) = nested(data, np.arange(8), Split(by="time", column="day"), [0.5], 0)
        assert part.tolist() == [0, 1, 2, 3]

    def test_says_how(self) -> None:
        data = dataset("y", y=np.zeros(8))
        assert how(data, Split()) == "rows drawn at random"
        assert how(data, Split(by="group", column="farm")) == "whole groups of column 'farm', drawn at random"


class TestRules:
    @pytest.mark.parametrize(
        ("text", "key", "what"),
        [
            ("model: {kind: predictions}", "evaluate.learning_curve", "made elsewhere"),
            ("repeats: 3\nmodel: {kind: mlp}", "evaluate.learning_curve", "one seed, and repeats"),
            ("split: {folds: 3}\nmodel: {kind: mlp}", "evaluate.learning_curve", "split.folds asks for several"),
        ],
    )
    def test_one_training_of_ones_own(self, text: str, key: str, what: str) -> None:
        with pytest.raises(SpecError) as caught:
            decode(f"data: {{path: x.csv, target: y}}\n{text}\nevaluate: {{learning_curve: auto}}\n", "x.yaml")
        (problem,) = caught.value.problems
        assert problem.key == key
        assert what in problem.what

    @pytest.mark.parametrize(
        ("shares", "key"),
        [
            ("[0.5, 0.5]", "evaluate.learning_curve[1]"),
            ("[1.0]", "evaluate.learning_curve"),
            ("[0.5, 1.5]", "evaluate.learning_curve[1]"),
            ("[0, 0.5]", "evaluate.learning_curve[0]"),
            ("[]", "evaluate.learning_curve"),
        ],
    )
    def test_shares_are_different_parts_of_the_rows(self, shares: str, key: str) -> None:
        text = f"data: {{path: x.csv, target: y}}\nmodel: {{kind: mlp}}\nevaluate: {{learning_curve: {shares}}}\n"
        with pytest.raises(SpecError) as caught:
            decode(text, "x.yaml")
        assert caught.value.problems[0].key == key


def drawn(*sizes: TrainedSize) -> FigureData:
    (data,) = figure.compute(with_sizes(runs.binary(), *sizes))
    return data


class TestFigure:
    def test_shows_each_size_with_its_intervals(self) -> None:
        data = drawn(sized(0.5, 100, 0.99, 0.8), sized(1.0, 200, 0.95, 0.9))
        assert data.columns["rows"] == [100, 200]
        assert data.columns["test"] == [0.8, 0.9]
        assert data.columns["test low"] == [0.75, 0.85]
        assert data.columns["train high"] == [1.04, 1.0]

    @pytest.mark.parametrize(
        ("before", "p", "begin"),
        [
            (0.8, 0.01, "More rows may still help: test accuracy goes from 0.800 with 50"),
            (0.88, 0.4, "The last rows made no clear difference: test accuracy goes from 0.880 with 50"),
            (0.95, 0.01, "Test accuracy goes from 0.950 with 50"),
            (0.8, None, "Test accuracy goes from 0.800 with 50"),
        ],
    )
    def test_the_title_tells_what_the_last_rows_were_worth(self, before: float, p: float | None, begin: str) -> None:
        data = drawn(sized(0.5, 100, 0.99, before, p), sized(1.0, 200, 0.95, 0.9))
        assert figure.describe(data).title.startswith(begin)

    def test_the_caption_says_how_the_rows_were_drawn_and_which_trainings_diverged(self) -> None:
        data = drawn(sized(0.5, 100, 0.99, 0.8, ended="diverged"), sized(1.0, 200, 0.95, 0.9))
        caption = figure.describe(data).caption
        assert "prepared and trained afresh" in caption
        assert "rows drawn at random" in caption
        assert "Of 100 rows training diverged" in caption

    def test_one_size_is_no_curve(self) -> None:
        with pytest.raises(NotApplicable):
            drawn(sized(1.0, 200, 0.95, 0.9))


def test_the_metric_of_each_task() -> None:
    tasks = {"binary": "accuracy", "multiclass": "accuracy", "multilabel": "subset_accuracy", "regression": "mae"}
    for name, expected in {**tasks, "forecast": "mase"}.items():
        assert learning_curve.metric(getattr(runs, name)()) == expected
