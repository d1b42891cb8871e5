"""The figures of decisions: every point by hand, every band by its definition or by simulation."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binomtest, ks_2samp

from reportgen import registry
from reportgen.dataset import Task
from reportgen.document import Figure, Group
from reportgen.errors import NotApplicable
from reportgen.figures._cuts import cuts, kept, roc_band
from reportgen.gallery import Gallery
from reportgen.results import FigureData, Prediction, Run, Words
from tests import runs

#: Eight rows, by score: + + - + | - + - -  (two share the score 0.5).
TRUTH = np.array([1, 1, 0, 1, 0, 1, 0, 0])
SCORES = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.5, 0.2, 0.1])
OTHER = np.array([0.9, 0.1, 0.8, 0.7, 0.2, 0.3, 0.4, 0.6])


def binary(
    y_true: np.ndarray = TRUTH,
    scores: np.ndarray = SCORES,
    costs: tuple[float, float] | None = None,
    threshold: float = 0.5,
    other: np.ndarray | None = None,
) -> Run:
    """A run whose test rows are these, with `other` as the scores of its one baseline, a linear model."""
    run = runs.binary()
    labels = run.task.labels if run.task else ()

    def said(score: np.ndarray) -> Prediction:
        y_pred = (score >= threshold).astype(np.int64)
        return Prediction("test", y_true, y_pred, np.c_[1 - score, score], labels, costs=costs)

    evaluate = run.spec.evaluate.model_copy(update={"threshold": threshold})
    spec = run.spec.model_copy(update={"evaluate": evaluate})
    baselines = {} if other is None else {"linear": {"test": said(other)}}
    return replace(run, spec=spec, predictions={"test": said(scores)}, baselines=baselines)


def one(name: str, run: Run) -> FigureData:
    (data,) = registry.load("figures", name).compute(run)
    return data


def words(name: str, data: FigureData) -> Words:
    return registry.load("figures", name).describe(data)


def wilson(hits: int, rows: int, confidence: float = 0.95) -> tuple[float, float]:
    """SciPy's interval, as a second implementation."""
    found = binomtest(hits, rows).proportion_ci(confidence, method="wilson")
    return float(found.low), float(found.high)


class TestCuts:
    def test_there_is_a_cut_a_distinct_score_and_one_above_all(self) -> None:
        found = cuts(TRUTH, SCORES)
        assert found.threshold.tolist() == [np.inf, 0.9, 0.8, 0.7, 0.6, 0.5, 0.2, 0.1]
        assert found.hits.tolist() == [0, 1, 2, 2, 3, 4, 4, 4]
        assert found.alarms.tolist() == [0, 0, 0, 1, 1, 2, 3, 4]

    def test_of_many_a_few_remain_with_both_ends(self) -> None:
        random = np.random.default_rng(0)
        found = cuts(random.integers(0, 2, 5000), random.random(5000)).few()
        assert len(found.hits) <= 26
        assert (found.hits[0], found.alarms[0], found.rows) == (0, 0, 5000)

    def test_what_must_be_kept_is_kept(self) -> None:
        assert kept(100, 2, 7).tolist() == [0, 7, 99]


class TestGainAndLift:
    def test_the_gain_by_hand(self) -> None:
        data = one("cumulative_gain", binary())
        # Where the curve turns: after two hits, a miss, a hit, the tie of one and one, and at the end.
        assert data.columns["share of rows taken"] == [0, 0.25, 0.375, 0.5, 0.75, 1]
        assert data.columns["share found"] == [0, 0.5, 0.5, 0.75, 1, 1]

    def test_rows_of_one_score_are_found_at_the_rate_of_any_order(self) -> None:
        data = one("cumulative_gain", binary(scores=np.full(8, 0.5)))
        assert data.facts["areas"]["model"] == pytest.approx(0.2)

    def test_the_title_tells_what_is_found_first_and_what_could_be(self) -> None:
        data = one("cumulative_gain", binary())
        title = words("cumulative_gain", data).title
        assert "The 20\u202f% of rows that score highest hold 40.0\u202f%" in title
        assert "(40.0\u202f% is possible)" in title

    def test_the_lift_by_hand(self) -> None:
        data = one("lift", binary())
        found = dict(zip(data.columns["share of rows taken"], data.columns["lift"], strict=True))
        # 3 of 4 are positive in the first half, twice the half of all rows would be 2.
        assert (found[0.25], found[0.5], found[1]) == (2, 1.5, 1)
        assert data.facts["areas"]["model"] == pytest.approx(2)

    def test_the_bands_are_wilsons(self) -> None:
        gain, lift = (one(name, binary()).facts["band"] for name in ("cumulative_gain", "lift"))
        place = gain["x"].index(0.5)
        assert (gain["low"][place], gain["high"][place]) == pytest.approx(wilson(3, 4), abs=1e-4)
        place = lift["x"].index(0.5)
        # The share of positives among four rows, against one half.
        assert (lift["low"][place] / 2, lift["high"][place] / 2) == pytest.approx(wilson(3, 4), abs=1e-4)


class TestDetectionErrorTradeOff:
    def test_the_points_by_hand(self) -> None:
        data = one("det", binary())
        assert data.columns["false positive rate"] == [0, 0, 0.25, 0.25, 0.5, 1]
        assert data.columns["false negative rate"] == [1, 0.5, 0.5, 0.25, 0, 0]

    def test_the_equal_error_rate_lies_where_both_are_equal(self) -> None:
        assert one("det", binary()).facts["areas"]["model"] == pytest.approx(0.25)

    def test_between_two_thresholds_it_lies_on_the_line(self) -> None:
        # From (0, 1) to (1, 0) at one step.
        assert one("det", binary(scores=np.full(8, 0.3))).facts["areas"]["model"] == pytest.approx(0.5)

    def test_the_band_is_that_of_the_roc_curve_turned_over(self) -> None:
        run = runs.binary()
        det = one("det", run).facts["band"]
        found = cuts(run.predictions["test"].y_true, run.predictions["test"].positive_score)
        low, high = roc_band(found, 0.95, np.array(det["x"]))
        assert det["low"] == pytest.approx(1 - high, abs=1e-3)
        assert det["high"] == pytest.approx(1 - low, abs=1e-3)


class TestKolmogorovSmirnov:
    def test_the_gap_by_hand(self) -> None:
        data = one("ks", binary())
        # Below 0.6 are 3 of 4 negative and 1 of 4 positive rows; below 0.5 it is 2 and 0, the first of equal gaps.
        assert (data.facts["gap"], data.facts["at"], data.facts["ends"]) == (0.5, 0.5, [0.5, 0.0])

    def test_it_is_scipys_statistic(self) -> None:
        run = runs.binary()
        test = run.predictions["test"]
        expected = ks_2samp(test.positive_score[test.y_true == 0], test.positive_score[test.y_true == 1])
        assert one("ks", run).facts["gap"] == pytest.approx(expected.statistic)

    def test_a_gap_the_wrong_way_round_is_the_largest_too_and_is_told(self) -> None:
        wrong = one("ks", binary(y_true=np.array([0, 0, 1, 1]), scores=np.array([0.9, 0.8, 0.2, 0.1])))
        assert wrong.facts["gap"] == -1
        assert "the wrong way round" in words("ks", wrong).title

    def test_one_row_below_all_others_is_not_the_largest_gap(self) -> None:
        y = np.array([0] + [1] * 5 + [0] * 5)
        score = np.concatenate([[0.01], np.linspace(0.1, 0.3, 5), np.linspace(0.6, 0.9, 5)])
        expected = ks_2samp(score[y == 0], score[y == 1]).statistic
        assert abs(one("ks", binary(y_true=y, scores=score)).facts["gap"]) == pytest.approx(expected)


class TestConfidenceAndCoverage:
    def test_the_accuracy_of_the_most_certain_by_hand(self) -> None:
        data = one("confidence_coverage", binary(TRUTH, np.array([0.95, 0.9, 0.8, 0.6, 0.3, 0.45, 0.02, 0.15])))
        # By distance to 0.5: 0.02 0.95 0.9 0.15 0.8 0.3 0.6 0.45; 0.8 is a false positive, 0.45 a miss.
        assert data.columns["rows"] == [1, 2, 3, 4, 5, 6, 7, 8]
        assert data.columns["accuracy"] == pytest.approx([1, 1, 1, 1, 4 / 5, 5 / 6, 6 / 7, 6 / 8], abs=1e-4)
        assert (data.columns["low"][4], data.columns["high"][4]) == pytest.approx(wilson(4, 5), abs=1e-4)

    def test_rows_that_are_equally_certain_go_together(self) -> None:
        data = one("confidence_coverage", binary(scores=np.array([0.9] * 4 + [0.4] * 4)))
        assert data.columns["rows"] == [4, 8]

    def test_the_least_certain_score_is_the_one_at_the_threshold(self) -> None:
        scores = np.array([0.9, 0.3, 0.21, 0.1])
        data = one("confidence_coverage", binary(np.array([1, 1, 0, 0]), scores, threshold=0.2))
        # Shares of the way: 0.7/0.8, 0.1/0.8, 0.01/0.8 above, 0.1/0.2 below: the third row, which is wrong, goes first.
        assert data.columns["accuracy"] == pytest.approx([1, 1, 1, 3 / 4])

    def test_the_title_says_where_leaving_out_does_not_help(self) -> None:
        random = np.random.default_rng(1)
        data = one("confidence_coverage", binary(np.array([1, 0] * 50), 0.5 + 0.4 * np.sort(random.random(100))))
        assert "does not raise the accuracy" in words("confidence_coverage", data).title


class TestTopK:
    LABELS = ("a", "b", "c", "d")
    TASK = Task("multiclass", "target", LABELS, "given")

    def run(self, score: np.ndarray, y_true: np.ndarray) -> Run:
        prediction = Prediction("test", y_true, score.argmax(axis=1), score, self.LABELS)
        base = runs.multiclass(labels=self.LABELS)
        return replace(base, predictions={"test": prediction}, baselines={})

    def test_by_hand(self) -> None:
        score = np.array([[0.4, 0.3, 0.2, 0.1]] * 4)
        data = one("top_k", self.run(score, np.array([0, 0, 1, 3])))
        assert data.columns["model"] == [0.5, 0.75, 0.75, 1]
        assert (data.columns["low"][1], data.columns["high"][1]) == pytest.approx(wilson(3, 4), abs=1e-4)

    @pytest.mark.parametrize("seed", range(5))
    def test_it_is_scikit_learns_with_ties_too(self, seed: int) -> None:
        from sklearn.metrics import top_k_accuracy_score

        random = np.random.default_rng(seed)
        score, y_true = random.integers(0, 3, (50, 4)) / 4.0, random.integers(0, 4, 50)
        expected = [top_k_accuracy_score(y_true, score, k=k, labels=range(4)) for k in (1, 2, 3)]
        assert one("top_k", self.run(score, y_true)).columns["model"][:3] == pytest.approx(expected)

    def test_the_baselines_stand_beside_it(self) -> None:
        data = one("top_k", runs.multiclass())
        assert list(data.columns) == ["k", "model", "low", "high", "linear", "dummy"]
        assert data.columns["dummy"][2] == 1

    def test_a_thousand_classes_are_ranked_in_a_second(self) -> None:
        random = np.random.default_rng(0)
        labels = tuple(map(str, range(1000)))
        score, y_true = random.random((5_000, 1000)), random.integers(0, 1000, 5_000)
        run = runs.multiclass(labels=self.LABELS)
        task = replace(self.TASK, labels=labels)
        prediction = Prediction("test", y_true, score.argmax(axis=1), score, labels)
        run = replace(run, dataset=replace(run.dataset, task=task), predictions={"test": prediction}, baselines={})
        begun = time.perf_counter()
        assert len(one("top_k", run).columns["k"]) == 10
        assert time.perf_counter() - begun < 1


class TestCosts:
    def test_the_curve_by_hand(self) -> None:
        data = one("cost_curve", binary(costs=(1, 5)))
        assert data.columns["threshold"] == [0.1, 0.2, 0.5, 0.6, 0.7, 0.8, 0.9, 1]
        # False positives at 1 and misses at 5: 4+0, 3+0, 2+0, 1+5, 1+10, 0+10, 0+15, 0+20, of eight rows.
        assert data.columns["cost"] == pytest.approx(np.array([4, 3, 2, 6, 11, 10, 15, 20]) / 8)
        assert data.facts["references"] == {"all positive": 0.5, "all negative": 2.5}
        assert (data.facts["best"], data.facts["best_cost"], data.facts["used_cost"]) == (0.5, 0.25, 0.25)

    def test_the_band_combines_the_intervals_of_both_errors(self) -> None:
        data = one("cost_curve", binary(costs=(1, 5)))
        place = data.columns["threshold"].index(0.6)
        (low, high), cost = wilson(1, 8), 6 / 8
        above, below = high - 1 / 8, 1 / 8 - low
        assert data.columns["high"][place] == pytest.approx(cost + np.hypot(above, 5 * above), abs=1e-4)
        assert data.columns["low"][place] == pytest.approx(cost - np.hypot(below, 5 * below), abs=1e-4)

    def test_a_model_that_costs_more_than_calling_everything_positive_is_told_so(self) -> None:
        data = one("cost_curve", binary(costs=(1, 50), threshold=0.85))
        assert words("cost_curve", data).title.startswith("Calling every row positive costs less, 0.500 a row")

    def test_without_costs_there_is_none(self) -> None:
        with pytest.raises(NotApplicable, match="gives no costs"):
            one("cost_curve", binary())
        assert "cost" not in one("threshold_scan", binary()).columns

    def test_the_threshold_scan_has_the_same_costs(self) -> None:
        scan, curve = (one(name, binary(costs=(1, 5))) for name in ("threshold_scan", "cost_curve"))
        assert scan.columns["cost"] == curve.columns["cost"][:-1]


class TestAgreementWithTheBaseline:
    def test_by_hand(self) -> None:
        # Model: + + + + + + - -   Other: + - + + - - - +   Truth: + + - + - + - -
        data = one("baseline_agreement", binary(other=OTHER))
        negative, positive = zip(*(data.columns[name] for name in list(data.columns)[1:]), strict=True)
        # Negative rows: 0.7/0.8 both wrong, 0.5/0.2 only the baseline, 0.2/0.4 both right, 0.1/0.6 only the model.
        assert negative == (1, 1, 1, 1)
        # Positive rows: 0.9/0.9 and 0.6/0.7 both right, 0.8/0.1 and 0.5/0.3 only the model.
        assert positive == (2, 2, 0, 0)
        assert "in 4 rows, it is the model 3 times and the linear model once" in words("baseline_agreement", data).title

    def test_without_a_baseline_there_is_none(self) -> None:
        with pytest.raises(NotApplicable, match="no baseline"):
            one("baseline_agreement", binary())

    def test_of_many_classes_those_with_most_disagreement_are_shown(self) -> None:
        data = one("baseline_agreement", runs.multiclass(rows=2000, labels=tuple(f"kind {n}" for n in range(30))))
        disputed = np.add(data.columns["only the model"], data.columns["only the baseline"])
        assert len(disputed) == 20
        assert (np.diff(disputed) <= 0).all()
        assert "20 of 30 classes" in words("baseline_agreement", data).caption


class TestBands:
    def test_the_precision_band_is_wilsons_at_each_threshold(self) -> None:
        band = one("precision_recall", binary()).facts["band"]
        place = band["x"].index(0.75)
        assert (band["low"][place], band["high"][place]) == pytest.approx(wilson(3, 4), abs=1e-4)

    def test_the_corners_of_the_roc_band_are_wilsons(self) -> None:
        # At the highest threshold but one: 2 of 4 found, none of 4 falsely; each at 97.5 %.
        found = cuts(TRUTH, SCORES)
        left = wilson(1, 4, 0.975)[0]
        _, high = roc_band(found, 0.95, np.array([left]))
        assert high[0] == pytest.approx(wilson(3, 4, 0.975)[1])

    def test_a_flawless_ranking_has_a_band_too(self) -> None:
        data = one("roc", binary(np.array([0] * 20 + [1] * 20), np.linspace(0, 1, 40)))
        low = np.interp(0.5, data.facts["band"]["x"], data.facts["band"]["low"])
        assert low == pytest.approx(wilson(20, 20, 0.975)[0], abs=1e-3)

    def test_constant_scores_keep_the_diagonal_within_the_band(self) -> None:
        band = one("roc", binary(scores=np.full(8, 0.4))).facts["band"]
        assert all(low <= x <= high for x, low, high in zip(*band.values(), strict=True))

    def test_classes_against_the_rest_have_none(self) -> None:
        assert "band" not in one("roc", runs.multiclass()).facts

    @pytest.mark.parametrize("rows", [40, 400])
    def test_it_holds_the_true_curve_at_any_rate_as_often_as_it_says(self, rows: int) -> None:
        """Normal scores, one standard deviation and a half apart, whose curve is known."""
        from scipy.special import ndtr, ndtri

        random, rates = np.random.default_rng(7), np.array([0.05, 0.2, 0.5])
        truth = ndtr(ndtri(rates) + 1.5)
        held = np.zeros((400, 3))
        for draw in range(len(held)):
            y_true = np.arange(rows) % 2
            low, high = roc_band(cuts(y_true, random.standard_normal(rows) + 1.5 * y_true), 0.95, rates)
            held[draw] = (low <= truth) & (truth <= high)
        # Three standard errors of 400 draws below 95 %.
        assert held.mean(axis=0).min() > 0.95 - 3 * np.sqrt(0.95 * 0.05 / 400)

    def test_all_curves_of_a_hundred_thousand_rows_take_a_fifth_of_a_second_each(self) -> None:
        random = np.random.default_rng(0)
        y_true = random.integers(0, 2, 100_000)
        run = binary(y_true, np.clip(0.4 * random.random(100_000) + 0.4 * y_true, 0, 1), costs=(1, 5))
        found = cuts(y_true, run.predictions["test"].positive_score)
        begun = time.perf_counter()
        roc_band(found, 0.95, np.linspace(0, 1, 41))
        assert time.perf_counter() - begun < 0.2


def test_curves_that_are_rarely_read_share_one_fold_below_the_others() -> None:
    gallery = Gallery(inline=True)
    gallery.observe("scored", runs.binary())
    *open_ones, last = gallery.rest("evaluation")
    assert isinstance(last, Group)
    assert (last.layout, last.title) == ("fold", "More curves")
    assert [figure.id for figure in figures(last)] == [
        f"figure-{name}" for name in ("cumulative-gain", "lift", "ks", "det")
    ]
    assert not any(isinstance(block, Group) and block.title == last.title for block in open_ones)


def figures(block: object) -> list[Figure]:
    if isinstance(block, Figure):
        return [block]
    return [figure for part in block.blocks for figure in figures(part)] if isinstance(block, Group) else []
