"""A report on 100 to 1,000 classes: right, readable and quick."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from reportgen import api, registry, statistics
from reportgen.document import Document, Figure, Group, Table
from reportgen.figures._confusions import confused_pairs, in_bands, order_of
from reportgen.metrics import score_prediction
from reportgen.outputs import html, md
from reportgen.predictions import as_run
from reportgen.profile import profile
from reportgen.results import FigureData, Prediction, Run

GROUP = 5  # classes that are taken for each other


def predicted(k: int, n: int, seed: int = 0, with_scores: bool = True) -> Prediction:
    """Classes of which each is taken for the others of its group, some much rarer than others."""
    rng = np.random.default_rng(seed)
    truth = np.concatenate([np.arange(k), (k * rng.random(n - k) ** 2).astype(int)])
    group = truth // GROUP * GROUP + rng.integers(0, GROUP, n)
    guess = np.where(rng.random(n) < 0.7, truth, np.minimum(group, k - 1))
    labels = tuple(f"kind {number:04}" for number in range(k))
    if not with_scores:
        return Prediction("test", truth, guess, None, labels)
    score = rng.standard_gamma(0.1, (n, k))
    score[np.arange(n), guess] += rng.gamma(5, 1, n)
    score[np.arange(n), truth] += rng.gamma(2, 1, n)
    score /= score.sum(axis=1, keepdims=True)
    return Prediction("test", truth, score.argmax(axis=1), score, labels)


def run_of(prediction: Prediction) -> Run:
    names = np.array(prediction.labels)
    given = (names[prediction.y_true], names[prediction.y_pred], prediction.y_score)
    return as_run(*given, labels=prediction.labels, title="many", seed=1, confidence=0.95)


@cache
def report(k: int, n: int) -> Document:
    one = predicted(k, n)
    names = np.array(one.labels)
    return api.report(names[one.y_true], names[one.y_pred], one.y_score, labels=one.labels).document


def figure(name: str, run: Run) -> tuple[Any, FigureData]:
    unit = registry.load("figures", name)
    (data,) = unit.compute(run)
    return unit, data


class TestMetrics:
    @pytest.mark.parametrize(
        ("name", "theirs"),
        [
            ("log_loss", lambda p, every: sklearn_metrics.log_loss(p.y_true, p.y_score, labels=every)),
            ("brier", lambda p, every: sklearn_metrics.brier_score_loss(p.y_true, p.y_score, labels=every)),
            (
                "top_3_accuracy",
                lambda p, every: sklearn_metrics.top_k_accuracy_score(p.y_true, p.y_score, k=3, labels=every),
            ),
            ("f1", lambda p, every: sklearn_metrics.f1_score(p.y_true, p.y_pred, average="macro")),
            ("mcc", lambda p, every: sklearn_metrics.matthews_corrcoef(p.y_true, p.y_pred)),
            (
                "roc_auc",
                lambda p, every: sklearn_metrics.roc_auc_score(p.y_true, p.y_score, multi_class="ovr", labels=every),
            ),
        ],
    )
    def test_of_120_classes_are_those_of_scikit_learn(self, name: str, theirs: Any) -> None:
        one = predicted(120, 1_500)
        task = run_of(one).task
        assert task is not None
        (score,) = score_prediction(one, task, [name])
        assert score.value == pytest.approx(theirs(one, np.arange(120)), abs=1e-12)
        assert score.low is not None
        assert score.low < score.value < (score.high or 0)

    def test_equal_probabilities_are_ranked_as_scikit_learn_ranks_them(self) -> None:
        rng = np.random.default_rng(3)
        score = rng.integers(1, 4, (400, 7)).astype(float)
        score /= score.sum(axis=1, keepdims=True)
        truth = rng.integers(0, 7, 400)
        one = Prediction("test", truth, score.argmax(1), score, tuple("abcdefg"))
        task = run_of(one).task
        assert task is not None
        (found,) = score_prediction(one, task, ["top_3_accuracy"])
        assert found.value == sklearn_metrics.top_k_accuracy_score(truth, score, k=3, labels=range(7))

    def test_the_areas_of_120_classes_are_shown_unasked(self) -> None:
        one = predicted(120, 1_500)
        task = run_of(one).task
        assert task is not None
        assert one.y_score is not None
        found = {score.metric: score for score in score_prediction(one, task)}
        flags = one.y_true[:, None] == np.arange(120)
        expected = sklearn_metrics.average_precision_score(flags, one.y_score, average="macro")
        assert found["pr_auc"].value == pytest.approx(expected, abs=1e-12)
        assert found["roc_auc"].low is not None
        assert found["pr_auc"].low is not None

    def test_the_interval_of_all_classes_has_the_correlations_of_each_pair(self) -> None:
        one = predicted(8, 300)
        task = run_of(one).task
        assert task is not None
        assert one.y_score is not None
        (score,) = score_prediction(one, task, ["pr_auc"])
        pairs = [(one.y_true == code, one.y_score[:, code]) for code in range(8)]
        each = [statistics.average_precision_ranking(*pair) for pair in pairs]
        correlation = np.corrcoef([ranking.influence for ranking in each])  # influences sum to 0
        errors = [float(np.linalg.norm(ranking.influence)) for ranking in each]
        ends = np.array(
            [
                statistics.logit_interval(ranking.value, error, 0.95, int(flags.sum()) - 1)
                for ranking, error, (flags, _) in zip(each, errors, pairs, strict=True)
            ]
        )
        values = np.array([ranking.value for ranking in each])
        below, above = (np.sqrt(side @ correlation @ side) / 8 for side in (values - ends[:, 0], ends[:, 1] - values))
        assert (score.low, score.high) == pytest.approx((values.mean() - below, values.mean() + above), abs=1e-9)

    @pytest.mark.parametrize("digits", [1, 2, 8])
    @pytest.mark.parametrize("share", [0.01, 0.5, 0.97])
    def test_a_rare_class_has_the_areas_of_scikit_learn(self, share: float, digits: int) -> None:
        rng = np.random.default_rng(5)
        positive = rng.random(600) < share
        positive[:2] = True, False
        score = (rng.random(600) + 0.4 * positive).round(digits)
        area, precision = (
            ranking(positive, score) for ranking in (statistics.auc_ranking, statistics.average_precision_ranking)
        )
        assert area.value == pytest.approx(sklearn_metrics.roc_auc_score(positive, score), abs=1e-12)
        assert precision.value == pytest.approx(sklearn_metrics.average_precision_score(positive, score), abs=1e-12)
        assert area.influence.sum() == pytest.approx(0, abs=1e-12)
        assert precision.influence.sum() == pytest.approx(0, abs=1e-12)

    def test_the_influence_of_a_row_is_the_derivative_in_its_weight(self) -> None:
        rng = np.random.default_rng(6)
        positive, score = rng.random(60) < 0.3, rng.random(60).round(1)
        found = statistics.average_precision_ranking(positive, score)
        step, slopes = 1e-6, []
        for row in range(60):
            weight = np.ones(60)
            weight[row] += step
            moved = sklearn_metrics.average_precision_score(positive, score, sample_weight=weight)
            slopes.append((moved - found.value) / step)
        assert found.influence == pytest.approx(np.array(slopes) * np.sqrt(60 / 59), abs=1e-5)


class TestOrder:
    def test_classes_that_are_taken_for_each_other_meet(self) -> None:
        k = 12
        blocks = [(0, 5, 9), (1, 4, 11), (2, 3, 10), (6, 7, 8)]
        counts = np.diag(np.full(k, 50))
        for block in blocks:
            for one in block:
                for other in block:
                    counts[one, other] += 10
        order = order_of(counts).tolist()
        assert order == [code for block in blocks for code in block]

    def test_without_confusions_the_order_is_that_of_the_labels(self) -> None:
        assert order_of(np.diag(np.arange(1, 16))).tolist() == list(range(15))

    def test_of_few_classes_it_is_that_of_the_labels(self) -> None:
        assert order_of(np.random.default_rng(0).integers(0, 9, (10, 10))).tolist() == list(range(10))

    def test_noise_does_not_tear_groups_apart(self) -> None:
        one = predicted(100, 20_000)
        counts = np.zeros((100, 100), dtype=int)
        shuffled = np.random.default_rng(2).permutation(100)
        np.add.at(counts, (shuffled[one.y_true], shuffled[one.y_pred]), 1)
        np.add.at(counts, tuple(np.random.default_rng(4).integers(0, 100, (2, 300))), 1)
        groups = np.argsort(shuffled)[order_of(counts)] // GROUP
        assert int((np.diff(groups) != 0).sum()) == 100 // GROUP - 1

    def test_the_fullest_cells_off_the_diagonal_come_first(self) -> None:
        assert confused_pairs(np.array([[9, 1, 0], [4, 9, 0], [0, 2, 9]])) == [(1, 0), (2, 1), (0, 1)]

    def test_bands_are_shares_of_the_rows_of_their_classes(self) -> None:
        counts = np.array([[6, 2, 0, 2], [0, 10, 0, 0], [1, 0, 4, 5], [0, 0, 0, 0]])
        assert in_bands(counts, 2).tolist() == [[2 / 20, 2 / 20], [1 / 10, 5 / 10]]
        assert in_bands(counts, 9)[2].tolist() == [0.1, 0, 0, 0.5]


class TestFigures:
    def test_the_density_has_a_row_a_class_whose_numbers_make_the_metrics(self) -> None:
        one = predicted(150, 2_000, with_scores=False)
        unit, data = figure("confusion_matrix", run_of(one))
        rows, right = (np.array(data.columns[name]) for name in ("rows", "right"))
        assert len(data.columns["class"]) == 150
        assert right.sum() / rows.sum() == sklearn_metrics.accuracy_score(one.y_true, one.y_pred)
        assert (right / rows).mean() == pytest.approx(sklearn_metrics.balanced_accuracy_score(one.y_true, one.y_pred))
        assert "ordered so that those taken for each other meet" in unit.describe(data).caption

    def test_pairs_are_counted_and_shared_by_the_actual_class(self) -> None:
        truth, guess = np.repeat(np.arange(12), 10), np.repeat(np.arange(12), 10)
        guess[:4] = 3
        guess[50:52] = 6
        run = run_of(Prediction("test", truth, guess, None, tuple(f"kind {number:02}" for number in range(12))))
        unit, data = figure("confused_pairs", run)
        cells = [tuple(column[:2]) for column in data.columns.values()]
        assert cells[:5] == [("kind 00", "kind 05"), ("kind 03", "kind 06"), (4, 2), (10, 10), (0.4, 0.2)]
        assert unit.describe(data).title == "2 pairs of classes are confused."

    def test_where_classes_are_many_those_with_too_few_rows_are_not_the_hardest(self) -> None:
        one = predicted(200, 2_000, with_scores=False)
        unit, data = figure("per_class", run_of(one))
        assert len(data.columns["class"]) == 30
        assert min(data.columns["rows"]) >= 5
        _, _, f1, support = sklearn_metrics.precision_recall_fscore_support(one.y_true, one.y_pred, zero_division=0)
        assert data.columns["F1"][0] == pytest.approx(f1[support >= 5].min(), abs=1e-4)
        assert "a tenth have an F1 of" in unit.describe(data).caption

    def test_the_bar_of_all_others_does_not_dwarf_the_largest_class(self) -> None:
        labels = np.repeat(np.arange(100), np.arange(100, 0, -1)).astype(str)
        run = as_run(labels, labels, None, labels=None, title="many", seed=0, confidence=0.95)
        assert run.dataset is not None
        unit, data = figure("class_balance", replace(run, profile=profile(run.dataset)))
        assert data.columns["class"][-1] == "70 other classes"
        assert data.columns["rows"][-1] == 70 * 71 // 2
        assert "Half of all 100 classes have 50 rows or fewer, the smallest 1." in unit.describe(data).caption


class TestReport:
    def test_every_class_has_its_row_lowest_f1_first_in_a_fold(self) -> None:
        blocks = [block for section in report(300, 3_000).sections for block in section.blocks]
        (fold,) = [block for block in blocks if isinstance(block, Group) and block.title == "Scores of all 300 classes"]
        (table,) = fold.blocks
        assert isinstance(table, Table)
        assert len(table.rows) == 300
        at = [column.title for column in table.columns].index("F1")
        f1 = [float(str(row[at])) for row in table.rows]
        assert f1 == sorted(f1)

    def test_paper_and_markdown_have_the_first_hundred_rows_and_say_so(self) -> None:
        from reportgen.render import to_html

        document = report(300, 3_000)
        paper, page = to_html(document, medium="print"), to_html(document)
        assert "The first 100 of 300 rows are printed; the page has all." in paper
        assert page.count("<tr><th scope=") > paper.count("<tr><th scope=") + 190
        assert "100 of 300 shown." in md.to_bytes(document).decode()

    def test_every_figure_is_drawn(self) -> None:
        figures = {block.id for block in report(300, 3_000).blocks() if isinstance(block, Figure)}
        assert {"figure-confusion-matrix", "figure-confused-pairs", "figure-per-class", "figure-roc"} <= figures

    def test_it_keeps_to_its_bytes(self) -> None:
        assert len(html.to_bytes(report(300, 3_000))) < 1_000_000
        assert len(md.to_bytes(report(300, 3_000))) < 60_000


@pytest.mark.slow
def test_a_thousand_classes_take_seconds_not_minutes(tmp_path: Path) -> None:
    one = predicted(1_000, 20_000)
    names = np.array(one.labels)
    start = time.process_time()
    made = api.report(names[one.y_true], names[one.y_pred], one.y_score, labels=one.labels)
    assert made.save(tmp_path / "x.html").stat().st_size < 2_000_000
    assert time.process_time() - start < 20
    assert made.warnings == ()
