"""Compare: what differs between reports, which difference is real, and what proves that the test rows are the same."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest
from scipy.stats import t as student

from reportgen import api, registry
from reportgen.cli import main
from reportgen.clusters import Clusters
from reportgen.comparing import compare, compare_documents
from reportgen.comparing.degrees import _INFLUENCES, by_class, by_weight, of_clusters
from reportgen.comparing.reading import gathered as reports_of
from reportgen.comparing.reading import named
from reportgen.comparing.resampling import STATISTICS, Weighted
from reportgen.comparing.results import Comparison, measured
from reportgen.comparing.sharing import Shared
from reportgen.comparing.testing import Difference, corrected
from reportgen.comparing.testing import tested as differences_of
from reportgen.dataset import Task
from reportgen.document import Block, Document, Figure, Group, Section, Table, Text, from_json, para, to_json
from reportgen.errors import DataError, UsageError
from reportgen.evidence import gathered
from reportgen.metrics import score_prediction
from reportgen.metrics._sample import rows_of
from reportgen.provenance import Provenance
from reportgen.results import Prediction, Run
from tests import runs
from tests.benchmarks import comparisons

SPEC = "data: {path: table.csv, target: y}\nmodel: {kind: mlp, hidden: [8]}\n"
DATA = "a" * 64
KINDS: dict[str, Callable[[], Run]] = {
    "binary": runs.binary,
    "multiclass": runs.multiclass,
    "regression": runs.regression,
    "forecast": runs.forecast,
    "multilabel": runs.multilabel,
}


def origin(data: str = DATA, packages: Mapping[str, str] | None = None) -> Provenance:
    return Provenance(1, "b" * 64, "table.csv", "csv", 100, data, "CPython 3.11.7", "Linux x86_64", packages or {})


def document(
    run: Run,
    spec: str = SPEC,
    data: str = DATA,
    packages: Mapping[str, str] | None = None,
    metrics: Sequence[str] | Literal["auto"] = "auto",
) -> Document:
    """The report of a run as far as comparing needs it."""
    assert run.task is not None
    test = run.predictions["test"]
    if test.rows is None:
        run = replace(run, predictions={"test": replace(test, rows=np.arange(len(test.y_true)))})
    scores = score_prediction(run.predictions["test"], run.task, metrics)
    whole = replace(run, scores=scores, spec_text=spec, provenance=origin(data, packages))
    chapter = Section("evaluation", "Evaluation", (para("Numbers."),))
    return Document(title="A run", sections=(chapter,), evidence=gathered(whole, "x.yaml"))


def changed(run: Run, change: Callable[[Prediction], Prediction]) -> Run:
    return replace(run, predictions={**run.predictions, "test": change(run.predictions["test"])})


def of_codes(y_true: Sequence[int], y_pred: Sequence[int]) -> Run:
    """A binary run with these classes on its test rows, which stand at 100, 101, ... in the data, without scores."""
    run = runs.binary(60)
    rows = 100 + np.arange(len(y_true))
    test = Prediction("test", np.array(y_true), np.array(y_pred), None, ("no", "yes"), rows)
    assert run.dataset is not None
    dataset = replace(run.dataset, task=Task("binary", "target", ("no", "yes")))
    return replace(run, dataset=dataset, predictions={"test": test}, baselines={})


@cache
def noisy(kind: str) -> tuple[Document, Document]:
    """A run, and a model that says the same of the same rows but for some noise."""
    run = KINDS[kind]()
    random = np.random.default_rng(5)

    def change(test: Prediction) -> Prediction:
        if not test.labels:
            return replace(test, y_pred=test.y_pred + random.normal(0, 1, len(test.y_pred)))
        assert test.y_score is not None
        score = np.clip(test.y_score + random.normal(0, 0.1, test.y_score.shape), 0.01, 0.99)
        if test.y_true.ndim == 2:
            return replace(test, y_score=score, y_pred=(score >= 0.5).astype(np.int64))
        score /= score.sum(axis=1, keepdims=True)
        return replace(test, y_score=score, y_pred=score.argmax(axis=1))

    return document(run), document(changed(run, change))


def between(*documents: Document) -> Comparison:
    return measured(reports_of([(f"{'abcdefgh'[place]}.json", one) for place, one in enumerate(documents)]))


def compared(*documents: Document) -> Document:
    return compare_documents([(f"{'abcdefgh'[place]}.json", one) for place, one in enumerate(documents)])


def found_by(comparison: Comparison, metric: str) -> Difference:
    return next(one for one in comparison.differences if one.metric == metric)


def words(blocks: Sequence[Block]) -> str:
    """All text of blocks, folded ones too."""
    found = []
    for block in blocks:
        if isinstance(block, Group):
            found += [block.title, words(block.blocks)]
        elif isinstance(block, Table):
            found += [block.title, block.caption, *(str(cell) for row in block.rows for cell in row)]
        elif not isinstance(block, Figure):
            found.append(str(block) if isinstance(block, Text) else str(getattr(block, "text", "")))
    return "\n".join(found)


def section(whole: Document, key: str) -> str:
    return words(next((part.blocks for part in whole.sections if part.key == key), ()))


def table(whole: Document, name: str) -> Table:
    return next(block for block in whole.blocks() if isinstance(block, Table) and block.id == name)


# The tests, by hand or by another way.


def test_right_and_wrong_is_tested_by_mcnemar() -> None:
    truth = [0] * 10 + [1] * 10
    first = [0] * 9 + [1] + [0] * 8 + [1] * 2  # right on 9 + 2
    second = [0] * 8 + [1] * 2 + [1] * 8 + [1] * 2  # right on 8 + 10, wrong on row 8 where the first is right
    comparison = between(document(of_codes(truth, first)), document(of_codes(truth, second)))
    found = found_by(comparison, "accuracy")
    # The second alone is right on 8 rows, the first alone on 1: 2 (C(9, 0) + C(9, 1)) / 2^9.
    assert found.p_value == pytest.approx(2 * (1 + 9) / 512)
    assert found.value == pytest.approx(7 / 20)
    assert found.better == 1


def delong(y_true: np.ndarray, one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Difference of the areas and its p-value from the structural components, pair by pair (DeLong et al. 1988).

    By Welch's t, since the components of either class are a sample whose variance is estimated.
    """
    parts = []
    for score in (one, other):
        above = score[y_true == 1][:, None]
        below = score[y_true == 0][None, :]
        wins = (above > below) + 0.5 * (above == below)
        parts.append((wins.mean(), wins.mean(axis=1), wins.mean(axis=0)))
    value = parts[0][0] - parts[1][0]
    variance, unsure = 0.0, 0.0
    for place in (1, 2):
        covariance = np.cov(parts[0][place], parts[1][place])
        rows = len(parts[0][place])
        share = (covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]) / rows
        variance, unsure = variance + share, unsure + share**2 / (rows - 1)
    return value, float(2 * student.sf(abs(value) / np.sqrt(variance), variance**2 / unsure))


def test_the_area_under_the_roc_curve_is_tested_by_delong() -> None:
    first, second = noisy("binary")
    comparison = between(first, second)
    predictions = [report.test for report in comparison.reports]
    assert predictions[0] is not None
    assert predictions[1] is not None
    scores = [one.y_score[:, 1] for one in (predictions[1], predictions[0]) if one.y_score is not None]
    value, p = delong(predictions[0].y_true, *scores)
    found = found_by(comparison, "roc_auc")
    assert (found.value, found.p_value) == pytest.approx((value, p), abs=1e-12)


def test_errors_of_numbers_are_tested_by_a_paired_t_test() -> None:
    from scipy.stats import ttest_rel

    comparison = between(*noisy("regression"))
    errors = []
    for report in comparison.reports:
        assert report.test is not None
        errors.append(np.abs(report.test.y_pred - report.test.y_true))
    found = found_by(comparison, "mae")
    assert found.p_value == pytest.approx(ttest_rel(errors[1], errors[0]).pvalue)
    assert found.value == pytest.approx(errors[1].mean() - errors[0].mean())


def test_the_bootstrap_of_a_mean_has_the_standard_error_of_the_mean() -> None:
    comparison = between(*noisy("binary"))
    squares = []
    for report in comparison.reports:
        assert report.test is not None
        assert report.test.positive_score is not None
        squares.append((report.test.positive_score - report.test.y_true) ** 2)
    gain = squares[1] - squares[0]
    found = found_by(comparison, "brier")
    expected = 1.99 * gain.std(ddof=1) / np.sqrt(len(gain))
    assert found.resolvable == pytest.approx(expected, rel=0.05)
    assert found.value == pytest.approx(gain.mean())


@pytest.mark.parametrize("kind", KINDS)
def test_a_weighted_metric_is_the_metric_of_the_rows_as_often_as_they_are_drawn(kind: str) -> None:
    run = KINDS[kind]()
    assert run.task is not None
    test = run.predictions["test"]
    drawn = np.random.default_rng(3).integers(0, len(test.y_true), len(test.y_true))
    weights = np.bincount(drawn, minlength=len(test.y_true))[None].astype(float)
    fitting = [name for name in STATISTICS if run.task.name in registry.load("metrics", name).tasks]
    assert len(fitting) >= 4
    for name in fitting:
        expected = registry.load("metrics", name)(rows_of(test, drawn))
        assert STATISTICS[name](Weighted(test, weights))[0] == pytest.approx(expected, abs=1e-9), name


@pytest.mark.parametrize(
    ("kind", "methods"),
    [
        ("binary", {"McNemar", "DeLong", "bootstrap"}),
        ("multiclass", {"McNemar", "DeLong", "bootstrap"}),
        ("multilabel", {"McNemar", "jackknife", "bootstrap"}),
        ("regression", {"t-test", "bootstrap"}),
        ("forecast", {"Diebold-Mariano", "blocks"}),
    ],
)
def test_every_kind_of_task_is_tested(kind: str, methods: set[str]) -> None:
    found = " ".join(one.method for one in between(*noisy(kind)).differences)
    assert {word for word in methods if word in found} == methods


def difference(p: float, model: int = 1, metric: str = "accuracy") -> Difference:
    return Difference(metric, model, 0, 0.1, 0.0, 0.2, p, 0.1, "", True, 0.95)


class Circle:
    """What the correction asks of a test set: how many share it."""

    def __init__(self, members: int) -> None:
        self.places = tuple(range(members))


def test_rows_that_one_report_knows_to_be_alike_are_so_for_both() -> None:
    """Forty groups of two test rows each; the other report was made before the group was named."""
    run = runs.binary()
    grouped = changed(run, lambda test: replace(test, group=np.arange(len(test.y_true)) // 2))
    worse = changed(
        run, lambda test: replace(test, y_pred=np.where(np.arange(80) % 7 == 0, 1 - test.y_pred, test.y_pred))
    )
    for first, second in ((grouped, worse), (worse, grouped)):
        found = between(document(first), document(second)).differences
        assert {"40 groups" in one.method for one in found} == {True}


def test_p_values_are_corrected_by_holm() -> None:
    every = [difference(0.01, metric="a"), difference(0.04, metric="b"), difference(0.03, metric="c")]
    found = corrected([(Circle(2), every)])  # type: ignore[list-item]
    assert [one.adjusted for one in found] == pytest.approx([0.03, 0.06, 0.06])  # 3 x 0.01, then 2 x 0.03, then that


def test_of_several_reports_every_pair_counts() -> None:
    found = corrected([(Circle(4), [difference(0.001, model=1), difference(0.02, model=2)])])  # type: ignore[list-item]
    assert [one.adjusted for one in found] == pytest.approx([0.006, 0.1])  # six pairs, then five


def test_equally_good_models_are_seldom_told_apart() -> None:
    assert comparisons.claimed(comparisons.binary, 60, 2, 20) <= 4  # of 20 at 5 %: more in 0.3 % of cases


@pytest.mark.slow
@pytest.mark.parametrize("case", comparisons.CASES)
def test_equally_good_models_are_seldom_told_apart_at_length(case: str) -> None:
    draw, n, models = comparisons.CASES[case]
    assert comparisons.claimed(draw, n, models, 20, seed=99) <= 4  # more in 0.3 % of cases at 5 %


def test_a_much_better_model_is_found() -> None:
    truth = [0, 1] * 60
    worse = [1 - code if place % 4 == 0 else code for place, code in enumerate(truth)]
    whole = compared(document(of_codes(truth, worse)), document(of_codes(truth, truth)))
    assert str(whole.verdict[0]).startswith("b is better than a in accuracy")


def test_a_real_difference_is_told_with_its_size_whoever_is_better() -> None:
    truth = [0, 1] * 60
    worse = [1 - code if place % 4 == 0 else code for place, code in enumerate(truth)]
    right, wrong = document(of_codes(truth, truth)), document(of_codes(truth, worse))
    told = {str(compared(*pair).verdict[0]).partition(". ")[2] for pair in ((right, wrong), (wrong, right))}
    assert len(told) == 1
    # 30 of 120 rows: the interval of Agresti and Min is (30 / 122) -+ 1.96 sqrt(31 - 900 / 122) / 122.
    assert told.pop().startswith("Accuracy differs by 0.250 (0.168 to 0.324), p < 0.001 after correction.")


# A class with few rows.

#: By what a class with fewer than three rows cannot be compared; accuracy and the Brier score are means over all rows.
BY_CLASS = {"roc_auc", "f1", "precision", "recall"}


def with_positives(count: int, n: int = 100, seed: int = 0) -> tuple[Task, list[Prediction]]:
    """Two equally good models on rows of which so many are positive."""
    rng = np.random.default_rng([seed, 11])
    y_true = (np.arange(n) < count).astype(np.int64)
    found = []
    for _ in range(2):
        positive = 1 / (1 + np.exp(1 - 1.5 * y_true - rng.normal(size=n)))
        score = np.column_stack([1 - positive, positive])
        found.append(Prediction("test", y_true, (positive > 0.5).astype(np.int64), score, ("no", "yes"), np.arange(n)))
    return Task("binary", "y", ("no", "yes")), found


def judged(task: Task, predictions: list[Prediction]) -> list[Difference]:
    shared = Shared((0, 1), tuple(predictions), task, 0.95, 1)
    return differences_of(shared, [comparisons.Model(one, task) for one in predictions])


@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize(("count", "expected"), [(1, set()), (2, set()), (3, BY_CLASS), (98, set()), (97, BY_CLASS)])
def test_a_class_with_fewer_than_three_rows_is_not_compared(count: int, expected: set[str], grouped: bool) -> None:
    task, predictions = with_positives(count)
    if grouped:
        predictions = [replace(one, group=np.arange(100) % 40) for one in predictions]
    assert {one.metric for one in judged(task, predictions)} == {"accuracy", "brier"} | expected


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_equally_good_models_are_seldom_told_apart_by_a_rare_class(count: int) -> None:
    wrong = sum(
        any(one.p_value <= 0.01 for one in judged(*with_positives(count, seed=seed)) if one.metric in BY_CLASS)
        for seed in range(15)
    )
    assert wrong <= 3  # of 15, by four metrics at 1 %: more in 0.2 % of cases


def test_the_degrees_of_a_ranking_are_those_of_its_classes() -> None:
    truth = np.array([0, 0, 0, 0, 1, 1, 1])
    influence = np.array([1, -1, 1, -1, 2, -2, 2])
    # The classes add 4 and 12: 16² / (4² / 3 + 12² / 2).
    assert by_class(truth, influence) == pytest.approx(256 / (16 / 3 + 72))


def test_clusters_count_as_far_as_they_hold_the_rarest_class() -> None:
    alike = Clusters(np.repeat(np.arange(10), 10), 10, "10 groups", "groups")
    truth = np.zeros(100, dtype=np.int64)
    truth[[0, 1, 15, 25]] = 1
    assert of_clusters(truth, alike) == 2  # three of ten groups
    truth[::10] = 1
    assert of_clusters(truth, alike) == 9


def of_rows(y_true: Sequence[int], y_pred: Sequence[int]) -> Prediction:
    return Prediction("test", np.array(y_true), np.array(y_pred), None, ("no", "yes"), np.arange(len(y_true)))


def test_of_recall_only_positives_on_which_the_models_differ_count() -> None:
    truth = [1] * 6 + [0] * 20
    mine = of_rows(truth, [1, 1, 1, 0, 0, 0] + [0, 1] * 10)
    other = of_rows(truth, [1, 0, 0, 1, 1, 0] + [1, 0] * 10)
    assert by_weight("recall", mine, other) == pytest.approx(3)  # the second to the fifth row, all alike
    # As precisions are 3 in 13 of both, it is 10 / 13 of 13 for each hit, and 3 / 13 for each of the false ones.
    squares = np.array([10] * 4 + [3] * 20) ** 2
    assert by_weight("precision", mine, other) == pytest.approx(squares.sum() ** 2 / (squares**2).sum() - 1)


def test_rows_of_one_cluster_count_once() -> None:
    truth = [1] * 6 + [0] * 20
    mine = of_rows(truth, [1, 1, 1, 0, 0, 0] + [0] * 20)
    other = of_rows(truth, [0, 0, 0, 1, 1, 1] + [0] * 20)
    alike = Clusters(np.array([0] * 3 + [1] * 3 + [2] * 20), 3, "3 groups", "groups")
    assert by_weight("recall", mine, other, alike) == pytest.approx(1)


@pytest.mark.parametrize("metric", ["f1", "precision", "recall", "balanced_accuracy"])
@pytest.mark.parametrize("kind", ["binary", "multiclass"])
def test_what_a_row_adds_is_how_the_metric_moves_with_its_weight(metric: str, kind: str) -> None:
    test = KINDS[kind]().predictions["test"]
    n, step = len(test.y_true), 1e-6
    weights = np.ones((n + 1, n))
    weights[np.arange(n), np.arange(n)] += step
    values = STATISTICS[metric](Weighted(test, weights))
    assert _INFLUENCES[metric](test) == pytest.approx((values[:-1] - values[-1]) / step, abs=1e-6)


# Which rows.


def test_rows_in_another_order_are_the_same_rows() -> None:
    run = runs.binary(seed=3)
    order = np.random.default_rng(0).permutation(len(run.predictions["test"].y_true))
    comparison = between(document(run), document(changed(run, lambda test: rows_of(test, order))))
    assert comparison.main is not None
    assert comparison.main.alike


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (lambda: document(runs.binary(), data="c" * 64), "its data have another hash"),
        (lambda: document(runs.binary(), data=""), "nothing proves which rows"),
        (lambda: document(runs.multiclass()), "its task is multiclass, not binary"),
        (
            lambda: document(changed(runs.binary(), lambda test: replace(test, y_true=1 - test.y_true))),
            "the same rows have other true values",
        ),
        (
            lambda: document(changed(runs.binary(), lambda test: rows_of(test, np.arange(20)))),
            "20 of its 20 test rows are shared",
        ),
    ],
)
def test_reports_without_a_common_test_set_are_not_tested(other: Callable[[], Document], reason: str) -> None:
    whole = compared(document(runs.binary()), other())
    assert "Nothing was tested" in str(whole.verdict[0])
    assert reason in section(whole, "metrics")
    assert not [block for block in whole.blocks() if isinstance(block, Table) and block.id.startswith("table-tests")]


def test_a_report_without_predictions_says_so() -> None:
    full = document(runs.binary())
    bare = replace(full, evidence=replace(full.evidence, predictions={}, baselines={}))
    assert "carries no predictions, which were too many" in section(compared(full, bare), "metrics")


def test_two_test_sets_are_tested_each_by_itself() -> None:
    binary, numbers = noisy("binary"), noisy("regression")
    whole = compared(*binary, *numbers)
    assert table(whole, "table-tests").title == "Differences, b against a."
    assert table(whole, "table-tests-2").title == "Differences, d against c."


def test_models_that_predict_the_same_are_told_so() -> None:
    run = runs.binary()
    assert str(compared(document(run), document(run)).verdict[0]).startswith("a and b predict the same")


def test_rows_that_changed_sides_are_counted_and_placed() -> None:
    truth, first, second = [0, 1, 0, 1, 1], [0, 1, 1, 1, 0], [0, 0, 0, 1, 0]
    whole = compared(document(of_codes(truth, first)), document(of_codes(truth, second)))
    told = section(whole, "sides")
    assert "2 of 5 test rows changed sides." in told
    assert "1 row right in b alone\nPositions in the data, counted from 0: 102." in told
    assert "1 row right in a alone\nPositions in the data, counted from 0: 101." in told
    assert "1 row wrong in both\nPositions in the data, counted from 0: 104." in told


# What differs.


def settings(*specs: str) -> dict[str, list[str]]:
    run = runs.binary()
    whole = compared(*(document(run, spec=spec) for spec in specs))
    names = [block.id for block in whole.blocks() if isinstance(block, Table)]
    rows = table(whole, "table-settings").rows if "table-settings" in names else ()
    return {str(key): [str(cell) for cell in cells] for key, *cells in rows}


def test_only_settings_that_differ_are_shown() -> None:
    other = SPEC.replace("[8]", "[16, 8]") + "train: {epochs: 30}\n"
    assert settings(SPEC, other) == {"model.hidden": ["[8]", "[16, 8]"], "train.epochs": ["100 (default)", "30"]}


def test_a_default_that_is_written_is_no_difference() -> None:
    assert settings(SPEC, SPEC + "train: {epochs: 100}\n") == {}


def test_a_title_is_no_difference() -> None:
    assert settings("title: One\n" + SPEC, "title: Two\n" + SPEC) == {}


def test_an_experiment_file_of_another_version_does_not_hinder() -> None:
    run = runs.binary()
    whole = compared(document(run), document(run, spec="data: {path: t.csv}\nfuture: {key: 1}\n"))
    assert "No experiment file that this version reads: b." in section(whole, "differences")
    assert table(whole, "table-tests").rows


def test_versions_that_differ_are_shown() -> None:
    run = runs.binary()
    packages: list[Mapping[str, str]] = [{"numpy": "2.3.1", "scipy": "1.16"}, {"numpy": "2.4.0", "scipy": "1.16"}]
    whole = compared(*(document(run, packages=one) for one in packages))
    assert table(whole, "table-surroundings").rows == (("numpy", "2.3.1", "2.4.0"),)


# The document.


def test_a_comparison_comes_back_from_every_format_with_its_content_id(tmp_path: Path) -> None:
    whole = compared(*noisy("binary"))
    for suffix in ("html", "json"):
        path = api.Report(whole).save(tmp_path / f"c.{suffix}")
        assert api.read(path).document.content_id == whole.content_id
    assert "b against a" in api.Report(whole).save(tmp_path / "c.md").read_text(encoding="utf-8")
    assert from_json(to_json(whole)) == whole


def test_curves_have_a_series_a_report() -> None:
    figures = {block.id: block for block in compared(*noisy("binary")).blocks() if isinstance(block, Figure)}
    assert set(figures) == {"figure-loss-compared", "figure-roc-compared"}
    for figure in figures.values():
        assert [series["label"] for series in figure.axes[0]["series"]] == ["a", "b"]


def test_numbers_have_an_error_curve() -> None:
    ids = [block.id for block in compared(*noisy("regression")).blocks() if isinstance(block, Figure)]
    assert "figure-rec-curve-compared" in ids


def test_names_tell_files_apart() -> None:
    assert named(["x.html", "y.html"]) == ["x", "y"]
    assert named(["x.html", "x.json", "x.json"]) == ["x.html", "x.json (1)", "x.json (2)"]


def test_a_comparison_is_not_compared() -> None:
    whole = compared(*noisy("binary"))
    with pytest.raises(DataError, match="a comparison, not the report of a run"):
        compared(whole, noisy("binary")[0])


@pytest.mark.parametrize("number", [1, 201])
def test_one_report_and_too_many_are_refused(number: int) -> None:
    with pytest.raises(UsageError, match=f"{number} reports were given"):
        compare([f"{place}.json" for place in range(number)])


def saved(folder: Path, *documents: Document) -> list[str]:
    paths = [folder / f"run-{place}.json" for place in range(len(documents))]
    for path, one in zip(paths, documents, strict=True):
        path.write_text(to_json(one), encoding="utf-8")
    return [str(path) for path in paths]


def test_the_command_writes_the_comparison(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = saved(tmp_path, *noisy("binary"))
    assert main(["compare", *paths, "-o", str(tmp_path / "c.html"), "--reproducible"]) == 0
    assert "run-0" in capsys.readouterr().out
    assert ">Comparison<" in (tmp_path / "c.html").read_text(encoding="utf-8")


def test_a_report_is_never_written_over(tmp_path: Path) -> None:
    paths = saved(tmp_path, *noisy("binary"))
    assert main(["compare", *paths, "-o", paths[0]]) == 2


def test_help_loads_no_numbers() -> None:
    code = "import sys; from reportgen.cli import main\ntry: main(['compare', '--help'])\nexcept SystemExit: pass\n"
    code += "print('numpy' in sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "False"


def many(count: int) -> list[Any]:
    run = runs.binary()
    random = np.random.default_rng(0)
    documents = []
    for place in range(count):
        spread = 0.05 + 0.004 * place

        def change(test: Prediction, spread: float = spread) -> Prediction:
            positive = np.clip(0.7 * test.y_true + 0.15 + random.normal(0, spread, len(test.y_true)), 0.01, 0.99)
            score = np.column_stack([1 - positive, positive])
            return replace(test, y_score=score, y_pred=(positive >= 0.5).astype(np.int64))

        documents.append(
            (f"run-{place:03}.json", document(changed(run, change), metrics=("accuracy", "roc_auc", "f1")))
        )
    return documents


@pytest.mark.slow
def test_two_hundred_reports_are_ranked_in_time() -> None:
    documents = many(200)
    start = time.process_time()
    whole = compare_documents(documents)
    assert time.process_time() - start < 30
    ranked = table(whole, "table-tests-accuracy")
    assert len(ranked.rows) == 200
    assert table(whole, "table-reports").rows[0][0] == ranked.rows[0][0]
    roc = next(block for block in whole.blocks() if isinstance(block, Figure) and "roc" in block.id)
    assert len(roc.axes[0]["series"]) == 12
    assert "Not drawn: " in roc.caption


def test_nine_reports_are_ranked_against_the_best() -> None:
    whole = compare_documents(many(9))
    ranked = table(whole, "table-tests-roc-auc")
    assert ranked.rows[0][2] == "the best"
    gaps = [float(str(row[2]).replace("−", "-")) for row in ranked.rows[1:]]
    assert gaps == sorted(gaps, reverse=True)
    assert "of 8 others" in str(whole.verdict[0]) or "No difference" in str(whole.verdict[0])
