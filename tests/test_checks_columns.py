"""Checks of columns, rows and target: what looks like a defect and is none, and what is shown of the values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from reportgen import registry
from reportgen.checks import Verdict
from reportgen.checks.spelling import _misspelt, _mixture
from reportgen.dataset import Kind
from reportgen.errors import NotApplicable
from reportgen.profile.summaries import ColumnProfile, Spelling
from reportgen.results import Run
from tests.check_defects import DEFECTS, RNG, N, gaps, words
from tests.check_runs import clean_run, column, measured


@pytest.fixture(scope="module")
def clean() -> Run:
    return clean_run()


def verdict(name: str, run: Run) -> Verdict:
    found: Verdict = registry.load("checks", name)(run)
    return found


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        (("Kopenhagen", "Kopenhagem"), True),
        (("north street", "north streat"), True),
        (("group A", "group B"), False),
        (("street 1", "street 2"), False),
        (("class 10", "class 100"), False),
        (("man 1", "men 1"), False),
        (("Åland", "Aland"), True),
        (("over-50", "over 50"), False),
    ],
)
def test_a_misspelling_lies_in_a_long_word(pair: tuple[str, str], expected: bool) -> None:
    assert _misspelt(*pair) is expected


def test_misspellings_are_shown(clean: Run) -> None:
    detail = verdict("near_duplicate_levels", DEFECTS["near_duplicate_levels"](clean)).detail
    assert "'Kopenhagen'" in detail
    assert "'Kopenhagem'" in detail


def test_misspellings_of_a_sensitive_column_are_not_shown(clean: Run) -> None:
    run = DEFECTS["near_duplicate_levels"](clean)
    assert run.profile is not None
    hidden = tuple(replace(one, sensitive=one.name == "town") for one in run.profile.columns)
    found = verdict("near_duplicate_levels", replace(run, profile=replace(run.profile, columns=hidden)))
    assert found.failed
    assert "Kopenhage" not in found.detail


def test_rare_spellings_of_missing_are_counted_and_not_shown(clean: Run) -> None:
    rare = np.where(np.arange(N) < 3, "n/a", RNG.choice(["red", "blue"], N))
    found = verdict("missing_spellings", column("colour", rare, Kind.CATEGORICAL)(clean))
    assert found.value == 3
    assert "n/a" not in found.detail
    assert "'n/a'" in verdict("missing_spellings", DEFECTS["missing_spellings"](clean)).detail


def test_codes_with_digits_are_no_mixed_types(clean: Run) -> None:
    assert not verdict("mixed_types", words("part", *(f"A{i}" for i in range(40)))(clean)).failed


def test_a_last_open_class_is_no_mixed_type(clean: Run) -> None:
    ages = [str(n) for n in range(30)] + ["30+"]
    assert not verdict("mixed_types", words("age", *ages)(clean)).failed


def test_a_mixture_is_what_is_not_of_the_commonest_sort() -> None:
    seen = ColumnProfile("x", Kind.CATEGORICAL, "", 100, 0, 20)
    assert _mixture(seen, Spelling(numbers=12, dates=3)) == pytest.approx(8 / 20)
    assert _mixture(seen, Spelling(numbers=6, dates=3, sampled=10)) == pytest.approx(4 / 10)


def test_blanks_at_the_end_of_a_text_are_no_matter(clean: Run) -> None:
    texts = [f"a note of some length, number {i} " for i in range(N)]
    assert not verdict("special_characters", column("note", texts, Kind.TEXT)(clean)).failed
    assert verdict("special_characters", words("size", "large ", "small")(clean)).failed


def test_gaps_at_random_tell_nothing_of_the_target(clean: Run) -> None:
    assert not verdict("missing_tells_target", gaps("age", RNG.random(N) < 0.2)(clean)).failed


def test_few_gaps_are_not_said_to_fall_together(clean: Run) -> None:
    few = np.arange(N) < 4
    with pytest.raises(NotApplicable, match="5 gaps"):
        verdict("missing_together", gaps("high", few)(gaps("low", few)(clean)))


def test_scales_do_not_matter_where_features_are_scaled(clean: Run) -> None:
    with pytest.raises(NotApplicable, match="scaled"):
        verdict("wide_scales", column("salary", RNG.normal(50_000, 9_000, N))(clean))


def test_few_rows_show_no_tail() -> None:
    few = column("return", np.random.default_rng(0).standard_cauchy(60))(clean_run(n=60))
    for name in ("skew", "heavy_tail", "outliers"):
        with pytest.raises(NotApplicable):
            verdict(name, few)


def test_an_id_that_tells_nothing_is_no_defect(clean: Run) -> None:
    shuffled = [f"R{number}" for number in np.random.default_rng(4).permutation(N)]
    assert not verdict("id_predicts_target", column("record", shuffled, Kind.ID)(clean)).failed


def test_two_percent_of_a_level_each_are_not_rare(clean: Run) -> None:
    assert not verdict("rare_levels", words("make", *(f"m{i}" for i in range(40)))(clean)).failed


def test_three_quarters_of_one_answer_are_no_imbalance(clean: Run) -> None:
    mostly = np.where(np.arange(N) % 4 == 0, "yes", "no")
    assert not verdict("imbalanced_levels", column("smoker", mostly, Kind.CATEGORICAL)(clean)).failed


def test_passed_checks_tell_sizes_and_no_p_values(clean: Run) -> None:
    for name in ("no_better_than_dummy", "no_better_than_linear"):
        found = verdict(name, clean)
        assert found.value is None
        assert "points of accuracy" in found.title


def test_exact_repeats_do_not_hide_near_ones(clean: Run) -> None:
    run = DEFECTS["near_duplicate_rows"](clean)
    assert run.dataset is not None
    frame = run.dataset.frame
    both = pd.concat([frame, frame.iloc[:200]], ignore_index=True)
    found = verdict("near_duplicate_rows", measured(replace(run, dataset=replace(run.dataset, frame=both))))
    assert found.failed
    assert found.value == pytest.approx(60 / len(both))
