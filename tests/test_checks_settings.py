"""What the experiment file says of a check: its threshold, its severity, and what it passes over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from reportgen.checks import run_checks
from reportgen.results import Finding, Run
from reportgen.spec import CheckSettings
from tests.check_defects import DEFECTS, RNG, N
from tests.check_runs import chained, clean_run, column, measured


@pytest.fixture(scope="module")
def clean() -> Run:
    return clean_run()


def judged(run: Run, name: str, **settings: Any) -> Finding:
    return next(one for one in run_checks(run, {name: CheckSettings(**settings)}) if one.check == name)


def test_threshold_and_severity_can_be_set_together(clean: Run) -> None:
    run = DEFECTS["missing_values"](clean)
    found = judged(run, "missing_values", threshold=0.01, severity="error")
    assert (found.status, found.severity, found.threshold) == ("failed", "error", 0.01)
    assert judged(run, "missing_values", threshold=0.5).status == "passed"


def test_a_severity_that_was_set_outdoes_one_that_depends_on_the_value(clean: Run) -> None:
    run = column("age", np.where(np.arange(N) < 600, np.nan, 1.0 * np.arange(N)))(clean)
    assert judged(run, "missing_values", severity="notice").severity == "notice"


@pytest.mark.parametrize(
    ("name", "ignored"),
    [
        ("missing_values", "age"),
        ("missing_together", "low pressure"),
        ("high_correlation", "inches"),
        ("duplicate_columns", "height again"),
        ("missing_spellings", "colour"),
        ("unsupported_kind", "tags"),
        ("mixed_image_channels", "photo"),
        ("time_gaps", "at"),
        ("seasonal", "demand"),
        ("drift", "angle"),
        ("group_overlap", "patient_id"),
        ("leaking_feature", "outcome"),
        ("id_predicts_target", "record"),
        ("class_imbalance", "ill"),
        ("rare_class", "ill"),
        ("dead_units", "dense_1"),
    ],
)
def test_a_check_judges_as_if_what_it_ignores_were_not_there(name: str, ignored: str, clean: Run) -> None:
    run = DEFECTS[name](clean)
    assert judged(run, name).status == "failed"
    found = judged(run, name, ignore=(ignored,))
    assert found.status in ("passed", "not applicable")
    assert ignored not in found.title
    assert f"Passed over, as the experiment file asks: {ignored}." in found.detail


def test_what_else_is_wrong_is_found_still(clean: Run) -> None:
    run = chained(DEFECTS["missing_values"], column("size", np.where(RNG.random(N) < 0.3, np.nan, 1.0)))(clean)
    assert judged(run, "missing_values", ignore=("age",)).subjects == ("size",)


def test_rows_are_compared_anew_without_an_ignored_column(clean: Run) -> None:
    """Rows that differ in their number alone are duplicates, once that is passed over."""
    assert clean.dataset is not None
    frame = pd.concat([clean.dataset.frame, clean.dataset.frame.iloc[:60]], ignore_index=True)
    run = measured(replace(clean, dataset=replace(clean.dataset, frame=frame)))
    numbered = column("number", np.arange(N + 60))(run)
    assert judged(numbered, "duplicate_rows").status == "passed"
    assert judged(numbered, "duplicate_rows", ignore=("number",)).status == "failed"


def test_a_name_that_nothing_has_is_told_with_its_key(clean: Run) -> None:
    run = DEFECTS["missing_values"](clean)
    found = judged(run, "missing_values", ignore=("agee",))
    assert found.status == "failed"
    assert found.detail.endswith("checks.missing_values.ignore: agee is no column, class or layer here.")


def test_the_target_is_never_ignored_as_a_column(clean: Run) -> None:
    found = judged(clean, "class_imbalance", ignore=("state",))
    assert found.status == "passed"
    assert "state is no column" in found.detail


def test_where_all_columns_are_ignored_nothing_is_judged(clean: Run) -> None:
    found = judged(clean, "case_variants", ignore=("city",))
    assert (found.status, found.title) == ("not applicable", "Spellings of one level")
    assert found.detail.startswith("There is no categorical column. Passed over")


def test_ignoring_leaves_the_run_as_it_was(clean: Run) -> None:
    assert clean.dataset is not None
    before = tuple(clean.dataset.frame.columns)
    judged(clean, "missing_values", ignore=("height",))
    assert tuple(clean.dataset.frame.columns) == before


def test_a_strange_name_is_cut_and_shown_on_one_line(clean: Run) -> None:
    found = judged(clean, "skew", ignore=("a\nb" + "x" * 99,))
    assert "\n" not in found.detail
    assert len(found.detail) < 200
