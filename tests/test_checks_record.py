"""Checks of the report itself, of the preparation, of the errors one by one; and the order of all findings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from reportgen import registry
from reportgen.checks import Check, Verdict, rank, run_checks
from reportgen.dataset import Step
from reportgen.errors import NotApplicable
from reportgen.gallery import Gallery
from reportgen.metrics import score_prediction
from reportgen.mistakes import Mistakes, Slice
from reportgen.results import FigureData, Finding, Run
from reportgen.sections import summary
from tests import runs
from tests.check_runs import clean_regression, clean_run, fitted, part


def unit(name: str) -> Check:
    found: Check = registry.load("checks", name)
    return found


@pytest.fixture(scope="module")
def clean() -> Run:
    return clean_run()


class TestFigures:
    @pytest.mark.parametrize("make", [runs.binary, runs.multiclass, runs.regression, runs.multilabel])
    def test_what_is_drawn_agrees_with_what_is_measured(self, make: Callable[[], Run]) -> None:
        run = scored(make)
        verdict = unit("figure_disagrees")(replace(run, drawn=drawn(run)))
        assert not verdict.failed, verdict
        assert "all agree" in verdict.title

    def test_a_curve_of_another_model_is_found(self) -> None:
        run = scored(runs.binary)
        wrong = drawn(run)["roc"][0]
        columns = {**wrong.columns, "true positive rate": [0.9 * y for y in wrong.columns["true positive rate"]]}
        verdict = unit("figure_disagrees")(replace(run, drawn={"roc": [replace(wrong, columns=columns)]}))
        assert verdict.failed
        assert verdict.subjects == ("roc_auc",)

    def test_an_error_that_is_no_number_is_no_agreement(self) -> None:
        run = scored(runs.regression)
        data = drawn(run)["residual_histogram"][0]
        broken = replace(data, facts={**data.facts, "mean": float("nan")})
        assert unit("figure_disagrees")(replace(run, drawn={"residual_histogram": [broken]})).failed

    def test_errors_that_are_all_the_same_agree_with_themselves(self) -> None:
        def constant() -> Run:
            run = runs.regression()
            test = run.predictions["test"]
            return replace(run, predictions={**run.predictions, "test": replace(test, y_pred=test.y_true + 0.1)})

        run = scored(constant)
        assert not unit("figure_disagrees")(replace(run, drawn=drawn(run))).failed

    def test_the_gallery_tells_the_numbers_of_what_it_made(self) -> None:
        run = runs.binary()
        gallery = Gallery(("confusion_matrix",), inline=True, strict=True)
        gallery.observe("scored", run)
        assert set(gallery.drawn()) == {"confusion_matrix"}
        assert gallery.drawn()["confusion_matrix"][0].facts["rows"] == len(run.predictions["test"].y_true)
        gallery.close()


def scored(make: Callable[[], Run]) -> Run:
    run = make()
    assert run.task is not None
    return replace(run, scores=tuple(score_prediction(run.predictions["test"], run.task, "auto")))


def drawn(run: Run) -> dict[str, list[FigureData]]:
    found = {}
    for name in ("confusion_matrix", "label_errors", "roc", "residual_histogram"):
        try:
            found[name] = registry.load("figures", name).compute(run)
        except NotApplicable:
            continue
    return found


class TestPreparation:
    def test_a_scale_of_all_rows_is_told_from_one_of_the_training_rows(self, clean: Run) -> None:
        assert clean.splits is not None
        parts = clean.splits.parts
        raw = {name: one.X[:, :5] for name, one in parts.items()}  # numbers
        honest = StandardScaler().fit(raw["train"])
        # Rows that differ from the training rows, as later ones do.
        cheating = StandardScaler().fit(np.concatenate([raw["train"], raw["test"] + raw["train"].std(axis=0)]))
        for scaler, expected in ((honest, False), (cheating, True)):
            X = np.hstack([scaler.transform(raw["train"]), parts["train"].X[:, 5:]]).astype(np.float32)
            scaled = part("train", X=lambda _, X=X: X)(clean)
            assert unit("fitted_outside_train")(scaled).failed is expected

    def test_a_wrong_spread_is_told_as_one(self, clean: Run) -> None:
        assert clean.splits is not None
        train = clean.splits.train
        wide = replace(clean.splits, parts={**clean.splits.parts, "train": replace(train, X=1.5 * train.X)})
        verdict = unit("fitted_outside_train")(replace(clean, splits=wide))
        assert "the standard deviation of" in verdict.detail
        assert "1.50, and should be 1" in verdict.detail

    def test_without_training_rows_nothing_was_learnt(self, clean: Run) -> None:
        assert clean.splits is not None
        rest = replace(clean.splits, parts={"test": clean.splits.test})
        with pytest.raises(NotApplicable, match="nothing was prepared"):
            unit("fitted_outside_train")(replace(clean, splits=rest))

    def test_a_step_that_learnt_from_the_test_rows_is_named(self, clean: Run) -> None:
        assert clean.splits is not None
        step = Step("numeric columns", 9, 9, 5, 5, "5 columns", "", fitted_on="test")
        verdict = unit("fitted_outside_train")(replace(clean, splits=replace(clean.splits, ledger=(step,))))
        assert verdict.failed
        assert "numeric columns" in verdict.title


class TestTails:
    def with_errors(self, errors: np.ndarray) -> Verdict:
        run = clean_regression()
        test = run.predictions["test"]
        n = len(errors)
        said = replace(test, y_true=np.zeros(n), y_pred=errors, rows=np.arange(n))
        return unit("heavy_tailed_error")(replace(run, predictions={"test": said}))

    def test_the_share_of_the_worst_hundredth_is_what_it_is(self) -> None:
        errors = np.ones(200)
        errors[[5, 17]] = 10.0  # squares: 198 of 1 and two of 100
        verdict = self.with_errors(errors)
        assert verdict.value == pytest.approx(200 / 398)
        assert verdict.failed
        assert "2 rows of 200 make up 50\u202f% of the squared error" in verdict.detail

    def test_normal_errors_have_the_share_that_theory_says(self) -> None:
        verdict = self.with_errors(np.random.default_rng(0).normal(size=200_000))
        assert verdict.value == pytest.approx(0.0845, abs=0.002)  # 2 (z phi(z) + 0.005), z = 2.576
        assert not verdict.failed

    def test_few_errors_have_no_tail_to_speak_of(self) -> None:
        with pytest.raises(NotApplicable, match="100 finite errors"):
            self.with_errors(np.ones(99))


def test_the_work_of_a_prediction_is_told_in_seconds_of_a_known_speed(clean: Run) -> None:
    verdict = unit("slow_prediction")(fitted(operations=2e8)(clean))
    assert verdict.failed
    assert "0.20 s for each row" in verdict.detail


class TestWeakSlices:
    @pytest.mark.parametrize(("p", "fall", "failed"), [(0.009, 0.2, True), (0.03, 0.2, False), (0.001, 0.05, False)])
    def test_a_slice_is_warned_of_where_it_is_weaker_beyond_doubt_and_by_much(
        self, clean: Run, p: float, fall: float, failed: bool
    ) -> None:
        """At 5 % one experiment in twenty without a weak slice would be warned of one."""
        assert clean.dataset is not None
        column = clean.dataset.columns[0].name
        one = Slice(f"{column} below 1", (column,), 90, 0.9 - fall, 0.6, 0.8, 0.9, p)
        found = Mistakes("accuracy", 0.88, (), (one,), searched=200)
        verdict = unit("weak_slice")(replace(clean, mistakes=found))
        assert verdict.failed is failed
        assert verdict.severity is None


# The order of findings


def finding(check: str, severity: str, value: float = 2.0, threshold: float = 1.0) -> Finding:
    return Finding(check, "failed", severity, check, value=value, threshold=threshold)  # type: ignore[arg-type]


def order(*findings: Finding) -> list[str]:
    return [one.check for one in rank(findings)]


def test_a_leak_comes_before_no_better_than_guessing_before_a_weakness_before_a_look() -> None:
    found = ("constant", "miscalibrated", "no_better_than_dummy", "row_overlap", "leaking_feature")
    assert order(*(finding(name, "error") for name in found)) == list(reversed(found))


def test_severity_comes_before_what_is_invalidated() -> None:
    assert order(finding("leaking_feature", "notice"), finding("skew", "warning")) == ["skew", "leaking_feature"]


def test_of_two_that_weigh_the_same_the_one_further_beyond_its_threshold_comes_first() -> None:
    pair = ("unstable_over_folds", "unstable_over_seeds")
    assert unit(pair[0]).rank == unit(pair[1]).rank
    near, far = finding(pair[0], "warning", 1.6, 1.5), finding(pair[1], "warning", 5.0, 0.5)
    assert order(near, far) == [pair[1], pair[0]]
    assert order(replace(near, value=15.1), far) == list(pair)  # 10.07 times beyond, and 10


def test_below_a_lower_bound_is_beyond_it_too() -> None:
    pair = ("learning_rate_too_high", "learning_rate_too_low")
    assert unit(pair[0]).rank == unit(pair[1]).rank
    high, low = finding(pair[0], "notice", 0.2, 0.1), finding(pair[1], "notice", 0.1, 0.5)
    assert order(high, low) == [pair[1], pair[0]]


def test_every_rank_has_its_meaning() -> None:
    for name in registry.names("checks"):
        assert 1 <= unit(name).rank < 100
        assert unit(name).severity != "error" or unit(name).rank < 30


# The first page


def shown(run: Run) -> str:
    return str(summary.compose(run, Gallery((), inline=True)))


def test_where_nothing_failed_the_first_page_says_what_was_checked() -> None:
    run = scored(runs.binary)
    passed = tuple(one for one in run_checks(run) if one.status == "passed")
    told = shown(replace(run, findings=passed))
    assert f"None of {len(passed)} checks found anything to report." in told
    assert "columns (" in told


def test_the_first_page_says_what_a_finding_means_and_how_many_more_there_are() -> None:
    run = runs.binary()
    names = ("test_too_small", "drift", "miscalibrated", "overfitting", "label_drift", "low_auc", "skew")
    found = rank(replace(finding(name, "warning"), meaning=f"{name} matters.") for name in names)
    told = shown(replace(run, findings=found))
    assert [name for name in names if f"{name} matters." in told] == [
        name for name in names if name not in order(*found)[5:]
    ]
    assert "2 warnings more" in told
