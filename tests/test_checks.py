"""Checks: each finds its defect, says so in a sentence, and is silent where there is none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reportgen import registry
from reportgen.checks import Check, Verdict, check, failed, passed, rank, run_checks
from reportgen.checks import _running as running
from reportgen.checks._words import in_words, several
from reportgen.dataset import Column, Kind, Task
from reportgen.errors import InternalError, NotApplicable, UsageError
from reportgen.profile import profile
from reportgen.results import Finding, Run
from reportgen.spec import Data, Spec
from tests.check_defects import DEFECTS, NUMBERS_ONLY, RNG, STEPS, N
from tests.check_runs import chained, clean_regression, clean_run, column, fitted, history, measured


@pytest.fixture(scope="module")
def clean() -> Run:
    return clean_run()


@pytest.fixture(scope="module")
def clean_numbers() -> Run:
    return clean_regression()


NAMES = registry.names("checks")


@pytest.mark.parametrize("name", NAMES)
def test_a_check_says_what_it_means_and_what_to_do(name: str) -> None:
    unit: Check = registry.load("checks", name)
    assert unit.name == name
    assert unit.group in ("columns", "rows", "time", "split", "target", "training", "evaluation", "record")
    assert unit.severity in ("error", "warning", "notice")
    for text in (unit.meaning, unit.remedy, unit.summary):
        assert text.endswith(".")
        assert len(text) < 130
    assert unit.title
    assert unit.unit
    assert np.isfinite(unit.threshold)


def test_every_check_has_a_defect_here() -> None:
    assert set(DEFECTS) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_check_finds_its_defect(name: str, clean: Run, clean_numbers: Run) -> None:
    unit: Check = registry.load("checks", name)
    verdict = unit(DEFECTS[name](clean_numbers if name in NUMBERS_ONLY else clean))
    assert verdict.failed, verdict
    assert not verdict.title[0].islower()
    assert not verdict.title.endswith(".")
    assert verdict.detail == "" or verdict.detail.endswith(".")
    assert verdict.value is not None


@pytest.mark.parametrize("name", NAMES)
def test_a_check_is_silent_without_a_defect(name: str, clean: Run, clean_numbers: Run) -> None:
    unit: Check = registry.load("checks", name)
    for run in (clean, clean_numbers):
        try:
            verdict = unit(run)
        except NotApplicable:
            continue
        assert not verdict.failed, verdict
        assert verdict.title


#: Checks that fail below their threshold, and those whose verdict is not the comparison of two numbers alone.
LEAST = {"test_too_small", "rare_class", "low_auc", "constant", "underfitting"}
NOT_A_NUMBER = {"diverged", "no_better_than_boosted", "no_better_than_dummy", "no_better_than_linear"}


@pytest.mark.parametrize("name", sorted({*NAMES} - NOT_A_NUMBER))
def test_a_more_lenient_threshold_silences_a_check(name: str, clean: Run, clean_numbers: Run) -> None:
    unit: Check = registry.load("checks", name)
    run = DEFECTS[name](clean_numbers if name in NUMBERS_ONLY else clean)
    value = unit(run).value
    assert value is not None
    step = 0.01 * abs(value) + 1e-9
    assert not unit(run, value - step if name in LEAST else value + step).failed


@pytest.mark.parametrize("name", NAMES)
def test_a_run_without_anything_is_no_defect(name: str) -> None:
    with pytest.raises(NotApplicable) as reason:
        registry.load("checks", name)(Run(spec=Spec(data=Data(path="x.csv"))))
    assert str(reason.value)


@pytest.mark.slow
def test_fewer_than_one_check_in_a_hundred_raises_a_false_alarm() -> None:
    findings = [
        finding
        for seed in range(25)
        for make in (clean_run, clean_regression)
        for finding in run_checks(make(seed, 1200))
    ]
    ran = [finding for finding in findings if finding.status in ("passed", "failed", "broken")]
    alarms = [finding.check for finding in ran if finding.status != "passed"]
    assert len(ran) > 1500
    assert len(alarms) < len(ran) / 100, alarms


# What is found, in words


def finding(name: str, run: Run) -> Finding:
    return next(one for one in run_checks(DEFECTS[name](run)) if one.check == name)


def test_a_finding_carries_value_threshold_meaning_and_remedy(clean: Run) -> None:
    found = finding("missing_values", clean)
    assert found.status == "failed"
    assert found.severity == "notice"
    assert found.value == pytest.approx(0.1, abs=0.02)
    assert found.threshold == 0.05
    assert found.subjects == ("age",)
    assert found.meaning
    assert found.remedy
    assert found.group == "columns"


def test_many_missing_values_are_a_warning(clean: Run) -> None:
    run = column("age", np.where(np.arange(N) < 600, np.nan, 1.0 * np.arange(N)))(clean)
    assert registry.load("checks", "missing_values")(run).severity == "warning"


def test_a_small_test_set_says_what_one_case_moves(clean: Run) -> None:
    found = finding("test_too_small", clean)
    assert found.title == "The test set is small"
    assert "the interval of recall runs from" in found.detail
    assert "one missed case moves it by" in found.detail


def test_correlated_pairs_are_counted_in_words(clean: Run) -> None:
    run = clean
    for i in range(7):
        run = column(f"copy {i}", lambda frame: frame["height"] + RNG.normal(0, 0.5, N))(run)
    verdict = registry.load("checks", "high_correlation")(run)
    assert verdict.title == "Twenty-eight pairs of columns say nearly the same"  # of eight columns


def test_training_that_went_on_too_long_names_the_epoch(clean: Run) -> None:
    found = finding("trained_too_long", clean)
    assert found.title == "Training went on too long"
    assert found.detail.startswith("Validation loss was lowest at epoch 16 of 60")


def test_early_stopping_is_not_training_too_long(clean: Run) -> None:
    run = fitted(ended="early", best_epoch=16)(DEFECTS["trained_too_long"](clean))
    assert not registry.load("checks", "trained_too_long")(run).failed


def test_a_jittery_validation_loss_is_not_training_too_long(clean: Run) -> None:
    jitter = 0.3 + 0.05 * np.random.default_rng(2).standard_normal(60)
    assert not registry.load("checks", "trained_too_long")(history(STEPS[::-1], jitter)(clean)).failed


def test_an_estimator_that_did_not_converge_is_reported(clean: Run) -> None:
    run = fitted(warnings=("lbfgs failed to converge after 100 iterations",), history={})(clean)
    assert registry.load("checks", "not_converged")(run).failed


def test_a_model_worse_than_the_linear_one_is_a_warning(clean: Run) -> None:
    run = replace(
        clean, predictions=clean.baselines["linear"], baselines={**clean.baselines, "linear": clean.predictions}
    )
    verdict = registry.load("checks", "no_better_than_linear")(run)
    assert (verdict.title, verdict.severity) == ("The model is worse than a linear model", "warning")


def test_a_linear_model_is_not_compared_with_itself(clean: Run) -> None:
    with pytest.raises(NotApplicable, match="itself linear"):
        registry.load("checks", "no_better_than_linear")(fitted(coefficients={"height": (1.0,)})(clean))


def three_classes(run: Run, values: np.ndarray) -> Run:
    """The same table with a target of three classes and a column of these values."""
    assert run.dataset is not None
    frame = run.dataset.frame.copy()
    frame["state"] = pd.Series(np.array(["a", "b", "c"])[np.arange(N) % 3], dtype="str")
    frame["length"] = values
    columns = (*run.dataset.columns, Column("length", Kind.NUMERIC, "numbers"))
    task = Task("multiclass", "state", ("a", "b", "c"))
    dataset = replace(run.dataset, frame=frame, columns=columns, task=task)
    return replace(run, dataset=dataset, profile=profile(dataset))


def test_telling_one_of_three_classes_is_no_leak(clean: Run) -> None:
    telling = np.where(np.arange(N) % 3 == 0, 10.0, 0.0) + RNG.normal(0, 2, N)
    run = three_classes(clean, telling)
    assert run.profile is not None
    relation = run.profile.column("length").relation
    assert relation is not None
    assert relation.value > 0.995
    assert not registry.load("checks", "leaking_feature")(run).failed


def test_telling_all_three_classes_is_a_leak(clean: Run) -> None:
    verdict = registry.load("checks", "leaking_feature")(
        three_classes(clean, np.arange(N) % 3 + RNG.normal(0, 0.01, N))
    )
    assert verdict.subjects == ("length",)


def test_levels_of_a_column_that_is_no_feature_do_not_count(clean: Run) -> None:
    run = DEFECTS["new_levels"](clean)
    assert run.splits is not None
    apart = replace(run.splits, made_from={"height": "height"})
    with pytest.raises(NotApplicable):
        registry.load("checks", "new_levels")(replace(run, splits=apart))


def test_rows_that_repeat_by_chance_are_no_defect(clean: Run) -> None:
    assert clean.dataset is not None
    frame = clean.dataset.frame[["city", "member", "state"]]
    columns = tuple(one for one in clean.dataset.columns if one.name in frame.columns)
    run = measured(replace(clean, dataset=replace(clean.dataset, frame=frame, columns=columns)))
    for name in ("duplicate_rows", "conflicting_labels"):
        with pytest.raises(NotApplicable, match="by chance"):
            registry.load("checks", name)(run)


def test_hostile_names_are_cut_and_made_visible(clean: Run) -> None:
    hostile = "\u202e<script>\n" + "x" * 500
    verdict = registry.load("checks", "skew")(column(hostile, np.exp(RNG.normal(0, 2, N)))(clean))
    assert verdict.subjects == (hostile,)
    assert "<U+202E>" in verdict.detail
    assert len(verdict.detail) < 100
    assert "\n" not in verdict.detail


def test_values_of_sensitive_columns_are_not_shown(clean: Run) -> None:
    run = DEFECTS["case_variants"](clean)
    text = " ".join(f"{one.title} {one.detail}" for one in run_checks(run))
    assert "oslo" not in text.lower()


@pytest.mark.parametrize(
    ("number", "words"), [(0, "no"), (13, "thirteen"), (21, "twenty-one"), (90, "ninety"), (1204, "1,204")]
)
def test_small_numbers_are_words(number: int, words: str) -> None:
    assert in_words(number) == words


def test_a_sentence_follows_its_number() -> None:
    assert several(1, "column is", "columns are") == "One column is"
    assert several(2, "column is", "columns are") == "Two columns are"


# Running


def test_what_voids_the_result_comes_before_what_deserves_a_look(clean: Run) -> None:
    run = chained(DEFECTS["skew"], DEFECTS["leaking_feature"], DEFECTS["missing_values"], DEFECTS["trained_too_long"])(
        clean
    )
    names = [one.check for one in rank(run_checks(run))]
    assert names == ["leaking_feature", "missing_values", "trained_too_long", "skew", "outliers", "heavy_tail"]


def test_findings_are_in_the_order_of_their_rank(clean: Run) -> None:
    findings = run_checks(chained(DEFECTS["skew"], DEFECTS["leaking_feature"])(clean))
    assert findings[: len(rank(findings))] == rank(findings)
    assert {one.check for one in findings} == set(NAMES)


def test_a_check_can_be_switched_off_or_given_a_threshold(clean: Run) -> None:
    run = DEFECTS["missing_values"](clean)
    found = {one.check: one for one in run_checks(run, {"missing_values": 0.5, "skew": "off"})}
    assert (found["missing_values"].status, found["missing_values"].threshold) == ("passed", 0.5)
    assert found["skew"].status == "off"


def test_a_lower_correlation_can_be_asked_for(clean: Run) -> None:
    run = column("weight", lambda frame: (frame["height"] - 170) / 10 + RNG.normal(0, 0.7, N))(clean)
    assert not registry.load("checks", "high_correlation")(run).failed
    assert registry.load("checks", "high_correlation")(run, 0.7).subjects == ("weight", "height")


def test_an_unknown_check_gets_a_suggestion(clean: Run) -> None:
    with pytest.raises(UsageError, match="did you mean 'skew'"):
        run_checks(clean, {"skew_": 1.0})


@check(group="rows", severity="notice", threshold=1000, title="Size", meaning="Few rows.", remedy="Collect more.")
def few_rows(run: Run, threshold: float) -> Verdict:
    """Fewer rows than the threshold."""
    assert run.dataset is not None
    n = run.dataset.n_rows
    return failed(f"There are only {n} rows", n) if n < threshold else passed(f"There are {n} rows", n)


@check(group="rows", severity="notice", threshold=1, title="Broken", meaning="None.", remedy="None.")
def broken(run: Run, threshold: float) -> Verdict:
    """Fails."""
    raise ZeroDivisionError("no")


def test_a_check_is_one_function(clean: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running.registry, "names", lambda family: ("few_rows",))
    monkeypatch.setattr(running.registry, "load", lambda family, name: few_rows)
    (found,) = run_checks(clean, {"few_rows": 2000})
    assert (found.status, found.title, found.meaning) == ("failed", "There are only 1500 rows", "Few rows.")


def test_a_check_that_fails_is_shown_as_broken(clean: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running.registry, "names", lambda family: ("broken",))
    monkeypatch.setattr(running.registry, "load", lambda family, name: broken)
    (found,) = run_checks(clean)
    assert (found.status, found.detail) == ("broken", "ZeroDivisionError: no")
    with pytest.raises(InternalError, match="broken failed"):
        run_checks(clean, strict=True)
