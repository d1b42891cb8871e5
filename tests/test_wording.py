"""The sentences of a report: what they say must be true, agree with each other, and read well."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from reportgen import registry
from reportgen.checks import run_checks
from reportgen.document import Interval, Table, TableColumn
from reportgen.profile import Pair, Profile
from reportgen.profile.summaries import Associations
from reportgen.render.markdown import _Writer, finding
from reportgen.results import FigureData, Finding, Run, Score, Words
from reportgen.sections import data as data_section
from reportgen.sections import evaluation, preparation, summary
from reportgen.spec import Clean
from reportgen.spec import Split as SplitSpec
from reportgen.text import classed, in_sentence, p_value
from tests import runs
from tests.test_checks import DEFECTS, clean_run, three_classes


def words(name: str, run: Run) -> Words:
    unit = registry.load("figures", name)
    found: Words = unit.describe(unit.compute(run)[0])
    return found


@pytest.mark.parametrize(
    ("label", "shown"),
    [("benign", "benign"), ("0", "class 0"), ("-1.5", "class -1.5"), ("yes", "class yes"), ("A", "class A")],
)
def test_a_class_named_by_a_number_an_answer_or_a_letter_is_called_a_class(label: str, shown: str) -> None:
    assert classed(label) == shown


@pytest.mark.parametrize(
    ("title", "within", "at_the_start"),
    [
        ("Recall", "recall", "Recall"),
        ("Recall, macro average", "recall (macro average)", "Recall (macro average)"),
        ("F1", "F1", "F1"),
        ("ROC AUC, macro one-vs-rest", "ROC AUC (macro one-vs-rest)", "ROC AUC (macro one-vs-rest)"),
        ("Cohen's kappa", "Cohen's kappa", "Cohen's kappa"),
    ],
)
def test_a_metric_in_a_sentence(title: str, within: str, at_the_start: str) -> None:
    assert in_sentence(title) == within
    assert in_sentence(title, start=True) == at_the_start


def test_p_values_have_as_many_decimals_as_they_need() -> None:
    assert [p_value(value) for value in (1.0, 0.63, 0.012, 1e-9)] == ["p = 1.00", "p = 0.63", "p = 0.012", "p < 0.001"]


def test_training_that_ended_early_is_not_called_overfitting() -> None:
    run = runs.binary()
    assert run.fitted is not None
    history = {"loss": (0.5, 0.3, 0.2, 0.1), "val_loss": (0.5, 0.3, 0.4, 0.5)}
    ended = replace(run.fitted, history=history, best_epoch=2, ended="early")
    assert words("loss", replace(run, fitted=ended)).title == (
        "Early stopping ended training; the validation loss was lowest at epoch 2."
    )


def test_numbers_as_class_names_do_not_run_into_counts() -> None:
    run = runs.binary(labels=("0", "1"))
    sentence = str(data_section._sentence(run, _profiled(run)))
    assert " of class 0 (" in sentence
    assert "; dashed: chance. " in words("roc", run).caption
    assert words("roc", run).caption.startswith("ROC curve for class 1, ")
    assert "class 0 taken for class 1: " in words("confusion_matrix", run).alt


def _profiled(run: Run) -> Profile:
    assert run.profile is not None
    return run.profile


def test_of_many_classes_the_curves_are_those_told_worst() -> None:
    """Ten classes of which the last is told at random: it must not be left out for being no larger than the others."""
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(10), 20)
    scores = np.eye(10)[y] * 5 + rng.random((200, 10))
    scores[:, 9] = rng.random(200)
    run = runs.multiclass(labels=tuple("abcdefghij"))
    assert run.task is not None
    prediction = replace(run.predictions["test"], y_true=y, y_pred=scores.argmax(axis=1), y_score=scores)
    data = registry.load("figures", "roc").compute(replace(run, predictions={"test": prediction}))[0]
    assert len(data.facts["areas"]) == 8
    assert min(data.facts["areas"], key=data.facts["areas"].get) == "j"


def test_the_strongest_pair_is_that_of_the_findings_though_the_figure_does_not_show_it() -> None:
    run = runs.binary()
    profile = replace(_profiled(run), associations=Associations())  # of numbers alone
    strongest = replace(profile, correlated=(Pair("far", "away", 0.99),), n_correlated=1)
    changed = replace(run, profile=strongest)
    assert words("correlation", changed).title == "One pair of features says nearly the same: far and away (0.990)."


def test_the_weights_of_one_unit_lie_on_their_side() -> None:
    weights = registry.load("figures", "weights")

    def size(rows: int, columns: int) -> tuple[float, float]:
        width, height = weights.size(FigureData({}, {"matrix": np.zeros((rows, columns)).tolist(), "named": False}))
        return width, height

    assert size(32, 1)[0] > 3 * size(32, 1)[1]
    assert size(64, 32)[0] < 3 * size(64, 32)[1]


def test_the_column_of_the_groups_cannot_leak() -> None:
    run = three_classes(clean_run(), np.arange(1500) % 3 + np.random.default_rng(0).normal(0, 0.01, 1500))
    check = registry.load("checks", "leaking_feature")
    assert check(run).subjects == ("length",)
    grouped = run.spec.model_copy(update={"split": SplitSpec(by="group", column="length")})
    assert not check(replace(run, spec=grouped)).failed


def test_rows_that_cleaning_dropped_are_no_longer_a_finding() -> None:
    run = DEFECTS["duplicate_rows"](clean_run())
    check = registry.load("checks", "duplicate_rows")
    assert check(run).failed
    dropped = run.spec.model_copy(update={"clean": Clean(duplicates="drop")})
    assert check(replace(run, spec=dropped)).title == "Sixty rows that repeated an earlier one were dropped"


def test_what_is_found_begins_a_sentence() -> None:
    found = next(one for one in run_checks(DEFECTS["dominant_level"](clean_run())) if one.check == "dominant_level")
    assert found.detail.startswith("It is grade (")


def _finding(check: str, severity: str) -> Finding:
    return Finding(check, "failed", severity, f"{check} is wrong")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("severities", "kept"),
    [
        (["notice"] * 6, 3),
        (["warning", *["notice"] * 5], 3),
        (["warning"] * 4 + ["notice"], 4),
        (["error"] * 7, 5),
    ],
)
def test_the_summary_keeps_what_matters(severities: list[str], kept: int) -> None:
    findings = tuple(_finding(f"check {number}", severity) for number, severity in enumerate(severities))
    assert len(summary._worst(replace(runs.binary(), findings=findings))) == kept


def test_the_summary_does_not_repeat_the_verdict() -> None:
    run = replace(runs.binary(), findings=(_finding("no_better_than_linear", "warning"),), scores=(_score("f1"),))
    assert summary._worst(run) == []


def _score(metric: str, greater_is_better: bool = True) -> Score:
    return Score(metric, "test", 0.5, greater_is_better=greater_is_better, title=metric)


def test_of_a_bias_neither_way_is_better() -> None:
    assert summary.titled(_score("mean_error", greater_is_better=False)) == "mean_error (0 is best)"
    assert summary.titled(_score("mae", greater_is_better=False)) == "mae (lower is better)"


def test_errors_that_cancel_are_zero_not_some_power_of_ten() -> None:
    assert summary.number(-4.59e-16, replace(_score("mean_error"), unit="target")) == "0.000"


def test_why_a_score_has_no_interval_stands_below_the_table() -> None:
    run = replace(runs.binary(), scores=(replace(_score("max_error"), title="Largest error", note="no interval: why"),))
    (note,) = evaluation._notes(run)
    assert note.text == "Largest error: no interval: why."  # type: ignore[union-attr]


def test_predictions_from_elsewhere_are_not_said_to_be_unseen() -> None:
    run = replace(runs.binary(), fitted=None, baselines={})
    assert "the model never saw" in str(evaluation._sentence(runs.binary()))
    assert str(evaluation._sentence(run)).startswith("Measured on the ")
    assert "baselines" not in str(evaluation._sentence(run))


def test_prepared_features_are_listed_by_the_column_they_are_made_of() -> None:
    run = runs.binary()
    assert run.splits is not None
    made = {"size": "size", "city=Oslo": "city", "city=Rome": "city"}
    table = preparation._features(replace(run, splits=replace(run.splits, feature_names=tuple(made), made_from=made)))
    assert table.rows == (("size", 1, "size"), ("city", 2, "Oslo and Rome"))


class TestMarkdown:
    def test_a_check_that_does_not_apply_is_followed_by_one_colon(self) -> None:
        block = registry.load("sections", "findings")._block(
            Finding("bias", "not applicable", "notice", "Bias", "for numbers only")
        )
        assert finding(block) == "- Bias: for numbers only."

    def test_the_drawing_of_an_interval_is_no_column(self) -> None:
        columns = (TableColumn("metric"), TableColumn("", "interval", scale=(0.5, 1)), TableColumn("linear", "fixed"))
        table = Table("t", "Scores.", columns, (("F1", Interval(0.9, 0.8, 1.0), 0.7),))
        assert list(_Writer()._table(table))[1] == "| metric | linear |\n| --- | ---: |\n| F1 | 0.700 |"
