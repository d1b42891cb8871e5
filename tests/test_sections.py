"""What the sections say of a run: the verdict's sentences, the record, the findings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from reportgen.document import Block, FindingBlock, Group, Note, Text
from reportgen.errors import NotApplicable
from reportgen.metrics import score_prediction
from reportgen.profile import profile
from reportgen.provenance import Provenance
from reportgen.results import Finding, Gate, Prediction, Run, Status
from reportgen.sections import evaluation, findings, record, summary, training
from reportgen.sections._verdict import verdict
from tests import runs

PROVENANCE = Provenance(42, "0" * 64, "example.csv", "csv", 12_345, "1" * 64, "CPython 3.11", "Linux", {"numpy": "2.0"})


class NoFigures:
    """A gallery without a figure, or with notes on those that are not there."""

    def __init__(self, *missing: Note) -> None:
        self._missing = list(missing)

    def take(self, *names: str) -> list[Block]:
        return []

    def pair(self, *names: str) -> list[Block]:
        return []

    def rest(self, section: str) -> list[Block]:
        return []

    def missing(self) -> list[Note]:
        return self._missing


def said(right: Mapping[str, int], of: int = 100, **changed: Any) -> Run:
    """A binary run in which each model is right on so many of the first test cases, with its scores."""
    run = runs.binary()
    assert run.task is not None
    truth = np.arange(of) % 2

    def prediction(hits: int) -> dict[str, Prediction]:
        y_pred = np.where(np.arange(of) < hits, truth, 1 - truth)
        return {"test": Prediction("test", truth, y_pred, None, run.task.labels if run.task else ())}

    made = {model: prediction(hits) for model, hits in right.items()}
    scores = [
        score
        for model, by_split in made.items()
        for score in score_prediction(by_split["test"], run.task, ("accuracy", "f1"), model=model)
    ]
    model = made.pop("model")
    return replace(run, predictions=model, baselines=made, scores=tuple(scores), **changed)


def words(run: Run) -> list[str]:
    return [str(paragraph) for paragraph in verdict(run)]


class TestTheVerdict:
    def test_opens_with_what_is_right_where_nothing_was_asked_for(self) -> None:
        assert words(said({"model": 90}))[0].startswith("90 of 100 test cases are right. Accuracy is 0.900 (")

    def test_says_that_a_difference_is_shown(self) -> None:
        # 30 cases only the model gets right, none the other way round: p = 2 x 0.5^30.
        paragraph = words(said({"model": 90, "linear": 60}))[-1]
        assert paragraph.startswith("The model is better than logistic regression.")
        assert "The model is right on 90 of 100 test cases, logistic regression on 60" in paragraph
        assert "p < 0.001" in paragraph

    def test_says_that_a_model_is_worse(self) -> None:
        assert words(said({"model": 60, "linear": 90}))[-1].startswith("The model is worse than logistic regression.")

    def test_says_what_these_rows_cannot_tell(self) -> None:
        # Three cases: p = 2 x 0.5^3 = 0.25; the smallest that 3 discordant rows could show is more than all of them.
        paragraph = words(said({"model": 90, "linear": 87}))[-1]
        assert "logistic regression is not shown." in paragraph
        assert "cannot be told from chance" in paragraph
        assert "p = 0.25" in paragraph

    def test_compares_with_guessing_where_there_is_no_linear_model(self) -> None:
        assert "always guessing the same" in words(said({"model": 90, "dummy": 50}))[-1]

    def test_compares_with_nothing_where_there_is_no_baseline(self) -> None:
        assert len(words(said({"model": 90}))) == 1

    @pytest.mark.parametrize(
        ("passed", "head"),
        [
            ((True,), "The gate passed."),
            ((False,), "The gate failed."),
            ((True, True), "Both gates passed."),
            ((True, True, True), "All 3 gates passed."),
            ((False, True, True), "One of 3 gates failed."),
            ((False,) * 10, "10 of 10 gates failed."),
        ],
    )
    def test_opens_with_the_gates_where_there_are_any(self, passed: tuple[bool, ...], head: str) -> None:
        gates = tuple(Gate("test.accuracy", ">= 0.85" if one else ">= 0.95", 0.9, one) for one in passed)
        run = said({"model": 90}, gates=gates)
        assert words(run)[0].startswith(f"{head} Accuracy on test is 0.900, asked for at least 0.")
        assert verdict(run)[0].spans[0].style == ("pass" if all(passed) else "fail")

    def test_names_the_failed_gates_alone(self) -> None:
        gates = (Gate("test.accuracy", ">= 0.5", 0.9, True), Gate("test.f1", ">= 0.95", 0.9, False))
        assert words(said({"model": 90}, gates=gates))[0] == (
            "One of 2 gates failed. F1 on test is 0.900, asked for at least 0.95."
        )

    def test_reads_a_gap_between_splits_as_a_gap(self) -> None:
        gate = Gate("train.accuracy - test.accuracy", "<= 0.05", 0.08, False)
        assert "is 0.080 above test, asked for at most 0.05." in words(said({"model": 90}, gates=(gate,)))[0]

    def test_says_of_a_gate_without_a_value_that_it_has_none(self) -> None:
        gate = Gate("test.roc_auc", ">= 0.9", None, False, "test.roc_auc has no value")
        assert words(said({"model": 90}, gates=(gate,)))[0].endswith("on test has no value, asked for at least 0.9.")

    def test_of_a_regression_tells_the_variance_and_the_errors(self) -> None:
        run = runs.regression()
        assert run.task is not None
        scores = tuple(
            score
            for model, by_split in {"model": run.predictions, **run.baselines}.items()
            for score in score_prediction(by_split["test"], run.task, ("r2", "mae"), model=model)
        )
        found = words(replace(run, scores=scores))
        assert found[0].startswith("The model explains 9")
        assert "% of the variance of price." in found[0]
        assert found[1].startswith("The model is better than linear regression. The mean absolute error is ")

    @pytest.mark.parametrize(
        ("ended", "epoch", "head"),
        [
            ("interrupted", 3, "Interrupted at epoch 3 of 40."),
            ("interrupted", None, "Interrupted in training."),
            ("diverged", 1, "Training diverged at epoch 1 of 40."),
        ],
    )
    def test_opens_with_a_training_that_did_not_end_well(self, ended: Any, epoch: int | None, head: str) -> None:
        run = said({"model": 90, "linear": 60})
        assert run.fitted is not None
        run = replace(run, fitted=replace(run.fitted, ended=ended, epoch=epoch))
        assert words(run)[0].startswith(head)
        assert len(words(run)) == 3
        nothing = replace(run, predictions={}, scores=())
        assert words(nothing)[0].endswith("There is no model to describe.")
        assert len(words(nothing)) == 1

    def test_on_data_alone_counts_rows_and_kinds(self) -> None:
        run = runs.binary(rows=120)
        assert words(replace(run, fitted=None, predictions={}, baselines={}))[0].startswith(
            "120 rows and 8 columns. By kind: 6 numeric and 2 categorical. No model was asked for"
        )


class TestTheSummary:
    def test_shows_the_stronger_baseline_first(self) -> None:
        table = summary.headline(said({"model": 90, "linear": 87, "dummy": 50}))
        assert [column.title for column in table.columns][-2:] == ["logistic", "dummy"]
        assert [row[0] for row in table.rows] == ["Accuracy", "F1"]

    def test_of_data_alone_shows_their_shape(self) -> None:
        run = replace(runs.binary(rows=120), fitted=None, predictions={}, baselines={})
        (shape,) = summary.compose(run, NoFigures())
        assert [(item.label, item.value) for item in shape.items][:2] == [("rows", "120"), ("columns", "8")]  # type: ignore[union-attr]


class TestTheRecord:
    def carried(self, run: Run) -> str:
        blocks = record.compose(replace(run, provenance=PROVENANCE), NoFigures())
        return str(next(block for block in blocks if isinstance(block, Text)))

    def test_says_that_it_carries_the_predictions(self) -> None:
        assert "It carries the experiment file, the predictions and every score;" in self.carried(runs.binary())

    def test_says_that_more_than_20_000_predictions_are_left_out(self) -> None:
        assert "not the predictions" in self.carried(runs.regression(rows=20_001))

    def test_says_that_nothing_was_trained(self) -> None:
        run = replace(runs.binary(), fitted=None, predictions={}, baselines={}, provenance=PROVENANCE)
        table = next(block for block in record.compose(run, NoFigures()) if getattr(block, "id", "") == "table-record")
        assert ("backend", "none: nothing was trained") in table.rows  # type: ignore[union-attr]

    def test_shows_every_warning_and_why_a_figure_is_not_there(self) -> None:
        run = replace(runs.binary(), provenance=PROVENANCE, warnings=("it did not converge",))
        missing = Note("Roc: needs scores.", "not applicable")
        blocks = record.compose(run, NoFigures(missing))
        assert Note("it did not converge") in blocks
        assert any(isinstance(block, Group) and missing in block.blocks for block in blocks)

    def test_needs_a_run(self) -> None:
        with pytest.raises(NotApplicable):
            record.compose(runs.binary(), NoFigures())


class TestTheFindings:
    def composed(self, *statuses: Status) -> list[Block]:
        found = tuple(Finding(f"c{at}", status, "warning", f"Title {at}", "why") for at, status in enumerate(statuses))
        return findings.compose(replace(runs.binary(), findings=found), NoFigures())

    @pytest.mark.parametrize(
        ("statuses", "sentence"),
        [
            (("passed", "passed"), "No check found anything to report. 2 checks ran."),
            (("passed", "off", "not applicable"), "No check found anything to report. 1 check ran."),
            (("failed", "passed", "off"), "1 of 2 checks found something."),
            (("broken", "passed"), "1 check stopped before an answer."),
            (("failed", "broken"), "1 check stopped before an answer."),
        ],
    )
    def test_count_the_checks_that_ran(self, statuses: tuple[Status, ...], sentence: str) -> None:
        assert sentence in str(self.composed(*statuses)[0])

    def test_show_what_failed_or_broke_and_fold_the_rest(self) -> None:
        blocks = self.composed("failed", "broken", "passed", "not applicable", "off")
        assert [block.id for block in blocks if isinstance(block, FindingBlock)] == ["finding-c0", "finding-c1"]
        assert sum(isinstance(block, Group) for block in blocks) == 3


class TestTheTraining:
    def test_of_a_model_without_epochs_does_not_apply(self) -> None:
        with pytest.raises(NotApplicable):
            training.compose(runs.sklearn_model(runs.binary()), NoFigures())

    @pytest.mark.parametrize(("ended", "kinds"), [("completed", []), ("early", []), ("interrupted", ["interrupted"])])
    def test_is_marked_where_it_was_cut_short(self, ended: Any, kinds: list[str]) -> None:
        run = runs.binary()
        assert run.fitted is not None
        run = replace(run, fitted=replace(run.fitted, ended=ended, epoch=20))
        assert [block.kind for block in training.compose(run, NoFigures()) if isinstance(block, Note)] == kinds


def test_the_evaluation_without_predictions_does_not_apply() -> None:
    with pytest.raises(NotApplicable):
        evaluation.compose(replace(runs.binary(), scores=()), NoFigures())


def test_every_class_has_a_line_with_its_cases() -> None:
    run = runs.multiclass(rows=150)
    assert run.task is not None
    scores = score_prediction(run.predictions["test"], run.task, ("accuracy",), per_class=True)
    blocks = evaluation.compose(replace(run, scores=scores, profile=profile(run.dataset)), NoFigures())  # type: ignore[arg-type]
    table = next(block for block in blocks if getattr(block, "id", "") == "table-classes")
    truth = run.predictions["test"].y_true
    assert [row[:2] for row in table.rows] == [  # type: ignore[union-attr]
        (label, int((truth == code).sum())) for code, label in enumerate(run.task.labels)
    ]
