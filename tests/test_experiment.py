"""The stages of a run in this process: what a failure loses, and what an interrupt ends."""

from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reportgen import api, experiment
from reportgen.errors import DataError, InternalError, Interrupted, ReportgenError, Terminated, TrainingError
from reportgen.fitted import FitJob, FitResult, Fitted
from reportgen.models import _baselines
from reportgen.results import Run
from reportgen.session import Session, Stop
from reportgen.specfile import read
from tests import runs

SPEC = """\
data: {path: table.csv, target: y}
split: {test: 0.25, validation: 0.25}
model: {kind: sklearn, estimator: sklearn.linear_model.LogisticRegression}
report: {sections: [summary, training, evaluation, findings, record], figures: [loss]}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A logistic regression on 80 rows of two classes."""
    random = np.random.default_rng(0)
    rows = [f"{random.normal(number % 2):.3f},{random.normal():.3f},{'ab'[number % 2]}" for number in range(80)]
    (tmp_path / "table.csv").write_text("\n".join(["u,v,y", *rows]) + "\n", encoding="utf-8")
    (tmp_path / "x.yaml").write_text(SPEC, encoding="utf-8")
    return tmp_path / "x.yaml"


class Ended:
    """A model whose training ends as it is told to, before anything was learnt."""

    how: Any = "diverged"

    def fit(self, job: FitJob, emit: Any = None) -> FitResult:
        epoch = 1 if self.how == "diverged" else None
        fitted = Fitted("mlp", "network 2-1", 3, ended=self.how, epoch=epoch, epochs=epoch and 10)
        return FitResult(fitted, {}, {})


def run(spec: Path, **options: Any) -> Run:
    return experiment.run(read(spec), Session(inline=True, **options))


def report(spec: Path, *overrides: str, **options: Any) -> api.Report:
    return api.run(spec, overrides=overrides, session=Session(inline=True, **options))


class TestARun:
    def test_holds_the_predictions_of_the_model_and_of_both_baselines(self, spec: Path) -> None:
        made = run(spec)
        assert {name: len(part.y_true) for name, part in made.predictions.items()} == {
            "train": 40,
            "validation": 20,
            "test": 20,
        }
        assert set(made.baselines) == {"dummy", "linear"}

    def test_scores_the_model_on_every_split_and_the_baselines_on_test(self, spec: Path) -> None:
        found = {(score.model, score.split) for score in run(spec).scores}
        assert found == {
            ("model", "train"),
            ("model", "validation"),
            ("model", "test"),
            ("dummy", "test"),
            ("linear", "test"),
        }

    def test_tells_an_observer_each_stage_once(self, spec: Path) -> None:
        stages: list[str] = []
        run(spec, observe=lambda stage, _: stages.append(stage))
        assert stages == ["profiled", "fitted", "scored"]

    def test_counts_the_seconds_of_each_stage(self, spec: Path) -> None:
        session = Session(inline=True)
        experiment.run(read(spec), session)
        assert list(session.seconds) == ["load", "prepare", "train", "evaluate", "explain", "check"]

    def test_on_data_alone_scores_nothing(self, spec: Path) -> None:
        spec.write_text("data: {path: table.csv}\n", encoding="utf-8")
        made = run(spec)
        assert (made.fitted, made.scores, dict(made.predictions)) == (None, (), {})
        assert made.profile is not None


class TestABaselineThatFails:
    @pytest.fixture(autouse=True)
    def broken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        fit = _baselines.fit_baseline

        def fail(name: Any, job: FitJob) -> FitResult:
            if name == "linear":
                raise ValueError("did not converge")
            return fit(name, job)

        monkeypatch.setattr(_baselines, "fit_baseline", fail)

    def test_is_a_warning_and_loses_nothing_else(self, spec: Path) -> None:
        made = run(spec)
        assert set(made.baselines) == {"dummy"}
        assert made.warnings == ("the linear baseline failed: ValueError: did not converge",)
        assert made.score("accuracy") is not None

    def test_is_an_error_in_a_strict_session(self, spec: Path) -> None:
        with pytest.raises(ValueError, match="did not converge"):
            run(spec, strict=True)


def test_what_a_baseline_has_to_say_is_passed_on(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_baselines, "_MOST_VALUES", 1)
    rows = [f"{number % 7},{number % 5},{'ab'[number % 2]}" for number in range(2400)]
    (spec.parent / "table.csv").write_text("\n".join(["u,v,y", *rows]) + "\n", encoding="utf-8")
    assert run(spec).warnings == ("the linear baseline: learnt from 1,000 of 1,200 training rows, drawn at random",)


class TestATrainingWithoutAModel:
    @pytest.mark.parametrize(
        ("how", "status", "words"),
        [("diverged", 4, "Training diverged at epoch 1 of 10."), ("interrupted", 130, "Interrupted in training.")],
    )
    def test_gives_a_marked_report_without_scores(
        self, spec: Path, monkeypatch: pytest.MonkeyPatch, how: str, status: int, words: str
    ) -> None:
        monkeypatch.setattr(Ended, "how", how)
        monkeypatch.setattr("reportgen.models.sklearn.Model", Ended)
        made = report(spec, "expect={test.f1: '>= 0.5'}")
        assert (made.exit_status, made.document.outcome) == (status, how)
        assert str(made.document.verdict[0]).startswith(f"{words} ")
        assert "There is no model to describe." in str(made.document.verdict[0])
        assert "has no value" in str(made.document.verdict[1])
        assert made.document.evidence.scores == ()
        assert made.warnings == ()

    def test_that_failed_is_the_error_that_it_was(self, spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object, **__: object) -> None:
            raise TrainingError("out of memory")

        monkeypatch.setattr("reportgen.models.sklearn.Model.fit", fail)
        with pytest.raises(TrainingError, match="out of memory"):
            run(spec)


class TestAStop:
    def test_ends_what_runs_where_nothing_trains(self) -> None:
        with pytest.raises(Interrupted):
            Stop()(signal.SIGINT)
        with pytest.raises(Terminated):
            Stop()(signal.SIGTERM)

    def test_while_training_is_a_wish_and_the_second_one_an_order(self) -> None:
        stop = Stop(training=True)
        stop(signal.SIGTERM)
        assert stop.signal == signal.SIGTERM
        with pytest.raises(Interrupted):
            stop(signal.SIGINT)

    @pytest.mark.parametrize(
        "place",
        [
            "reportgen.profile.profile",
            "reportgen.models._baselines.fit_baseline",
            "reportgen.sections._verdict.compare",
            "reportgen.figures.loss.compute",
            "reportgen.checks.overlap.fingerprints",
        ],
    )
    def test_is_forgiven_nowhere(self, spec: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
        def interrupt(*_: object, **__: object) -> None:
            Stop()(signal.SIGINT)

        monkeypatch.setattr(place, interrupt)
        with pytest.raises(Interrupted):
            report(spec)


def test_a_check_that_breaks_is_a_warning(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("no way")

    monkeypatch.setattr("reportgen.checks.overlap.fingerprints", fail)
    assert [line for line in report(spec).warnings if "ZeroDivisionError" in line]
    with pytest.raises(InternalError, match="no way"):
        report(spec, strict=True)


def test_a_malformed_date_is_told_of_before_the_data_are_read(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    (spec.parent / "table.csv").write_text("", encoding="utf-8")
    with pytest.raises(ReportgenError, match="SOURCE_DATE_EPOCH"):
        report(spec)


def test_data_that_change_while_they_are_read_are_refused(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from reportgen import loaders

    load = loaders.load

    def load_and_append(*args: Any) -> Any:
        dataset = load(*args)
        with (spec.parent / "table.csv").open("a", encoding="utf-8") as table:
            table.write("1,2,a\n")
        return dataset

    monkeypatch.setattr(loaders, "load", load_and_append)
    with pytest.raises(DataError, match="changed during the run"):
        run(spec)


def test_a_run_without_data_has_no_profile() -> None:
    bare = replace(runs.binary(), dataset=None, profile=None)
    assert experiment.profile(bare, Session(inline=True)).profile is None


@pytest.mark.parametrize(
    ("expression", "bound", "passed"),
    [("test.accuracy", ">= 0.5", True), ("test.accuracy", "> 1", False), ("test.r2", "> 0", False)],
)
def test_a_gate_is_judged_on_the_scores_of_the_model(spec: Path, expression: str, bound: str, passed: bool) -> None:
    made = run(spec)
    judged = experiment.judge(replace(made, spec=made.spec.model_copy(update={"expect": {expression: bound}})))
    assert [gate.passed for gate in judged] == [passed]
