"""Confidence intervals and tests: published values, independent computations, and how often they cover the truth."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import bootstrap, t
from sklearn.metrics import average_precision_score, roc_auc_score

from reportgen import statistics
from reportgen.dataset import Task
from reportgen.errors import NotApplicable
from reportgen.metrics import compare, score_prediction
from reportgen.results import Prediction, Score

BINARY = Task("binary", "diagnosis", ("benign", "malignant"))
THREE = Task("multiclass", "kind", ("a", "b", "c"))
NUMBERS = Task("regression", "price")


def drawn(rng: np.random.Generator, n: int, apart: float = 1.5) -> Prediction:
    """Calibrated scores of two normal classes, `apart` standard deviations from the middle."""
    y = (rng.random(n) < 0.5).astype(np.int64)
    positive = 1 / (1 + np.exp(-2 * apart * (rng.normal(size=n) + apart * (2 * y - 1))))
    return Prediction("test", y, (positive > 0.5).astype(np.int64), np.c_[1 - positive, positive], BINARY.labels)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17:857-872, table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_gives_the_published_intervals(successes: int, trials: int, low: float, high: float) -> None:
    assert statistics.wilson(successes, trials, 0.95) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.5, 0.999))
def test_wilson_contains_the_share_and_stays_inside(pair: tuple[int, int], confidence: float) -> None:
    low, high = statistics.wilson(*pair, confidence)
    assert 0 <= low <= pair[0] / pair[1] <= high <= 1


def slow_delong(positive: np.ndarray, score: np.ndarray) -> tuple[float, float]:
    """DeLong's area and variance by comparing every pair."""
    above, below = score[positive], score[~positive]
    wins = (above[:, None] > below) + 0.5 * (above[:, None] == below)
    by_positive, by_negative = wins.mean(1), wins.mean(0)
    variance = by_positive.var(ddof=1) / len(above) + by_negative.var(ddof=1) / len(below)
    return float(wins.mean()), float(variance)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9)), min_size=6, max_size=60))
def test_delong_equals_the_comparison_of_every_pair(rows: list[tuple[bool, int]]) -> None:
    positive, score = np.array([row[0] for row in rows]), np.array([row[1] / 9 for row in rows])
    if min(positive.sum(), (~positive).sum()) < 2:
        return
    ranking = statistics.auc_ranking(positive, score)
    area, variance = slow_delong(positive, score)
    assert ranking.value == pytest.approx(area, abs=1e-12)
    assert ranking.value == pytest.approx(roc_auc_score(positive, score), abs=1e-12)
    assert float((ranking.influence**2).sum()) == pytest.approx(variance, abs=1e-12)


def test_the_interval_of_an_area_is_delong_on_the_logit_scale() -> None:
    prediction = drawn(np.random.default_rng(5), 80, 0.5)
    assert prediction.y_score is not None
    positive, believed = prediction.y_true == 1, prediction.y_score[:, 1]
    area, variance = slow_delong(positive, believed)
    # Satterthwaite's degrees of freedom of two variances, as in Welch's t-test.
    wins = (believed[positive][:, None] > believed[~positive]) + 0.5 * (
        believed[positive][:, None] == believed[~positive]
    )
    parts = [wins.mean(axis).var(ddof=1) / wins.shape[1 - axis] for axis in (1, 0)]
    degrees = variance**2 / sum(part**2 / (wins.shape[axis] - 1) for axis, part in enumerate(parts))
    logit, error = math.log(area / (1 - area)), math.sqrt(variance) / (area * (1 - area))
    ends = [1 / (1 + math.exp(-(logit + side * t.ppf(0.975, degrees) * error))) for side in (-1, 1)]
    (score,) = score_prediction(prediction, BINARY, ["roc_auc"])
    assert (score.low, score.high) == pytest.approx(tuple(ends), abs=1e-6)
    assert score.method == "DeLong"


def test_average_precision_changes_with_a_row_as_its_influence_says() -> None:
    rng = np.random.default_rng(7)
    positive, score = rng.random(40) < 0.4, rng.integers(0, 12, 40) / 12
    ranking = statistics.average_precision_ranking(positive, score)
    assert ranking.value == pytest.approx(average_precision_score(positive, score), abs=1e-12)
    step = 1e-6
    for row in range(40):
        weight = np.ones(40)
        weight[row] += step
        slope = (average_precision_score(positive, score, sample_weight=weight) - ranking.value) / step
        assert ranking.influence[row] == pytest.approx(slope * math.sqrt(40 / 39), abs=1e-5)


def test_the_bound_of_a_flawless_area_solves_its_equation() -> None:
    low = statistics.perfect_auc_bound(20, 30, 0.95)
    hanley = low * (1 - low) + 24 * (low / (2 - low) - low**2) + 24 * (2 * low**2 / (1 + low) - low**2)
    assert 1 - low == pytest.approx(1.959964 * math.sqrt(hanley / 600), abs=1e-6)


def test_the_mean_of_symmetric_values_gets_students_interval() -> None:
    low, high = statistics.mean_interval(np.array([-2.0, -1.0, 0.0, 1.0, 2.0]), 0.95)
    assert (low, high) == pytest.approx((-1.963, 1.963), abs=1e-3)  # t(4) = 2.776, s = 1.5811, n = 5


def test_the_interval_of_a_skewed_mean_leans_to_its_tail() -> None:
    values = np.array([0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4, 3.0])
    low, high = statistics.mean_interval(values, 0.95)
    assert high - values.mean() > 2 * (values.mean() - low) > 0


def test_the_interval_of_a_median_is_made_of_the_signs_order_statistics() -> None:
    values = np.arange(1.0, 21.0)  # for n = 20 the sign test gives the 6th and 15th value at 95.9 %
    assert statistics.median_interval(values, 0.95) == (6.0, 15.0)
    assert statistics.median_interval(values[:5], 0.95) is None


def test_a_flawless_classifier_is_not_certain() -> None:
    y = np.repeat([0, 1], 15)
    perfect = Prediction("test", y, y, np.eye(2)[y], BINARY.labels)
    for score in score_prediction(perfect, BINARY):
        if score.greater_is_better:
            assert score.value == pytest.approx(1)
            assert score.low is not None
            assert 0.6 < score.low < 0.999, score.metric
            assert score.high == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("metric", "least"),
    [
        ("accuracy", 0.91),
        ("f1", 0.91),
        ("balanced_accuracy", 0.91),
        ("roc_auc", 0.91),
        ("pr_auc", 0.91),
        ("log_loss", 0.91),
        ("brier", 0.91),
    ],
)
def test_intervals_of_classes_cover_the_truth(metric: str, least: float) -> None:
    rng = np.random.default_rng(11)
    truth = score_prediction(drawn(rng, 200_000, 0.8), BINARY, [metric])[0].value
    assert truth is not None
    assert covered(lambda: score_prediction(drawn(rng, 100, 0.8), BINARY, [metric])[0], truth) >= least


@pytest.mark.parametrize(("metric", "truth"), [("mae", 1.5957691), ("rmse", 2.0), ("r2", 0.9), ("mean_error", 0.0)])
def test_intervals_of_numbers_cover_the_truth(metric: str, truth: float) -> None:
    rng = np.random.default_rng(13)

    def score() -> Score:
        signal = rng.normal(0, 6, 60)
        prediction = Prediction("test", signal + rng.normal(0, 2, 60), signal, None, ())
        return score_prediction(prediction, NUMBERS, [metric])[0]

    assert covered(score, truth) >= 0.91


def covered(score: Callable[[], Score], truth: float, times: int = 300) -> float:
    """The share of intervals that hold the truth; at 95 % the standard error of 300 is 1.3 points."""
    found = [score() for _ in range(times)]
    return float(np.mean([one.low <= truth <= one.high for one in found if one.low is not None]))


def of_table(table: np.ndarray, metric: str) -> Score:
    """The score of a confusion matrix (3, 3), actual by predicted."""
    actual, predicted = (np.repeat(codes.ravel(), table.ravel()) for codes in np.indices(table.shape))
    return score_prediction(Prediction("test", actual, predicted, None, THREE.labels), THREE, [metric])[0]


def reach(hits: int, trials: int) -> tuple[float, float]:
    """How far the score interval of a share reaches: the roots of (p - x)² = z² p (1 - p) / n, found by bisection."""

    def inside(p: float) -> bool:
        return (p - hits / trials) ** 2 <= 1.959963985**2 * p * (1 - p) / trials

    ends = []
    for outside in (0.0, 1.0):
        within = hits / trials
        for _ in range(60):
            middle = (within + outside) / 2
            within, outside = (middle, outside) if inside(middle) else (within, middle)
        ends.append(abs(hits / trials - within))
    return ends[0], ends[1]


@pytest.mark.parametrize("metric", ["recall", "balanced_accuracy"])
def test_the_interval_of_a_mean_recall_adds_up_those_of_the_classes_in_squares(metric: str) -> None:
    found = of_table(np.array([[8, 2, 0], [0, 5, 5], [0, 0, 10]]), metric)
    # Wilson: 8 of 10 is 0.8 - 0.3098 + 0.1433, 5 of 10 is 0.5 -+ 0.2634, 10 of 10 is 1 - 0.2775.
    assert found.value == pytest.approx(2.3 / 3)
    assert found.low == pytest.approx(2.3 / 3 - math.sqrt(0.3098**2 + 0.2634**2 + 0.2775**2) / 3, abs=1e-4)
    assert found.high == pytest.approx(2.3 / 3 + math.sqrt(0.1433**2 + 0.2634**2) / 3, abs=1e-4)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=9, max_size=9))
def test_the_interval_of_a_mean_of_shares_is_mover(cells: list[int]) -> None:
    table = np.array(cells).reshape(3, 3)
    table[np.diag_indices(3)] += 6  # More than five rows of each class, and predicted of each.
    shares = {"recall": table.sum(axis=1), "precision": table.sum(axis=0)}
    for metric, trials in shares.items():
        found = of_table(table, metric)
        ends = np.array([reach(int(table[i, i]), int(trials[i])) for i in range(3)])
        below, above = np.sqrt((ends**2).sum(axis=0)) / 3
        value = float(np.mean(np.diagonal(table) / trials))
        assert (found.low, found.high) == pytest.approx((max(0.0, value - below), min(1.0, value + above)), abs=1e-6)


def test_a_class_of_one_wrong_trial_may_be_nearly_anything() -> None:
    found = of_table(np.array([[40, 0, 0], [0, 40, 0], [1, 0, 0]]), "recall")
    # Clopper and Pearson: 0 of 1 reaches to 0.975; Wilson: 40 of 40 is 1 - 0.0876.
    assert found.value == pytest.approx(2 / 3)
    assert found.high == pytest.approx(2 / 3 + 0.975 / 3, abs=1e-4)
    assert found.low == pytest.approx(2 / 3 - math.sqrt(2 * 0.0876**2) / 3, abs=1e-4)


def test_the_interval_of_a_mean_error_is_that_of_a_bootstrap() -> None:
    rng = np.random.default_rng(3)
    signal = rng.normal(0, 5, 400)
    prediction = Prediction("test", signal, signal + rng.gamma(2.0, 1.0, 400), None, ())
    (score,) = score_prediction(prediction, NUMBERS, ["mae"])
    errors = np.abs(prediction.y_pred - prediction.y_true)
    other = bootstrap((errors,), np.mean, method="BCa", random_state=np.random.default_rng(1)).confidence_interval
    assert (score.low, score.high) == pytest.approx((other.low, other.high), abs=0.02)


def test_a_calibrated_model_may_have_no_calibration_error() -> None:
    rng = np.random.default_rng(9)
    believed = rng.random(200)
    y = (rng.random(200) < believed).astype(np.int64)
    prediction = Prediction("test", y, (believed > 0.5).astype(np.int64), np.c_[1 - believed, believed], BINARY.labels)
    (score,) = score_prediction(prediction, BINARY, ["ece"])
    assert score.value is not None
    assert score.value > 0.02  # What chance alone makes of 200 rows.
    assert score.low == 0


def test_a_calibration_error_that_is_there_is_not_explained_by_chance() -> None:
    rng = np.random.default_rng(9)
    believed = np.repeat([0.25, 0.75], 500)
    y = (rng.random(1000) < np.repeat([0.05, 0.95], 500)).astype(np.int64)  # Off by 0.2 everywhere.
    prediction = Prediction("test", y, (believed > 0.5).astype(np.int64), np.c_[1 - believed, believed], BINARY.labels)
    (score,) = score_prediction(prediction, BINARY, ["ece"])
    assert score.low is not None
    assert score.high is not None
    assert 0.15 < score.low < 0.2 < score.high < 0.25


class TestDegenerate:
    """Every metric of such rows is a value or a reason, and so is every interval."""

    @staticmethod
    def judge(prediction: Prediction, task: Task) -> None:
        for score in score_prediction(prediction, task, per_class=True, strict=True):
            if score.value is None:
                assert score.note, score.metric
                continue
            assert math.isfinite(score.value), score.metric
            if score.low is None or score.high is None:
                assert score.note, score.metric
            else:
                assert math.isfinite(score.low), score.metric
                assert score.low <= score.value <= score.high, score.metric

    @pytest.mark.parametrize("alike", [None, "group", "moment"])
    @pytest.mark.parametrize("rows", [1, 2, 12])
    @pytest.mark.parametrize("kind", ["one class", "constant score", "never right", "flawless", "certain and wrong"])
    def test_classes(self, kind: str, rows: int, alike: str | None) -> None:
        y = np.arange(rows) % 2 if kind != "one class" else np.zeros(rows, np.int64)
        y_pred = {"never right": 1 - y, "certain and wrong": 1 - y}.get(kind, y)
        score = np.eye(2)[y_pred] if kind != "constant score" else np.full((rows, 2), 0.5)
        dependence = {} if alike is None else {alike: np.arange(rows) // 2}
        prediction = Prediction("test", y, y_pred, score, BINARY.labels, **dependence)
        self.judge(prediction, BINARY)
        self.judge(
            Prediction("test", y, y_pred, np.c_[score, np.zeros(rows)], THREE.labels, **dependence),
            THREE,
        )

    @pytest.mark.parametrize("alike", [None, "group", "moment"])
    @pytest.mark.parametrize("rows", [1, 2, 12])
    @pytest.mark.parametrize("error", [0.0, 1.0, 1e200, math.inf, math.nan])
    def test_numbers(self, error: float, rows: int, alike: str | None) -> None:
        dependence = {} if alike is None else {alike: np.arange(rows) // 2}
        y = np.arange(rows, dtype=float)
        self.judge(Prediction("test", y, y + error, None, (), **dependence), NUMBERS)

    @pytest.mark.parametrize("alike", [None, "group"])
    @pytest.mark.parametrize("rows", [1, 12])
    @pytest.mark.parametrize("flags", [0, 1])
    def test_labels(self, flags: int, rows: int, alike: str | None) -> None:
        y = np.full((rows, 2), flags)
        dependence = {} if alike is None else {alike: np.arange(rows) // 2}
        self.judge(
            Prediction("test", y, y, y.astype(float), ("a", "b"), **dependence), Task("multilabel", "y", ("a", "b"))
        )

    def test_infinite_scores(self) -> None:
        y = np.arange(12) % 2
        self.judge(Prediction("test", y, y, np.full((12, 2), np.inf), BINARY.labels), BINARY)


def test_the_interval_of_a_mean_f1_is_as_wide_as_tables_drawn_alike_scatter() -> None:
    table = np.array([[1000, 400, 0], [400, 1000, 0], [0, 0, 1200]])  # Whoever mixes up two classes lowers both.
    drawn_tables = np.random.default_rng(5).multinomial(4000, table.ravel() / 4000, 4000).reshape(-1, 3, 3)
    f1 = 2 * np.diagonal(drawn_tables, axis1=1, axis2=2) / (drawn_tables.sum(1) + drawn_tables.sum(2))
    found = of_table(table, "f1")
    assert found.low is not None
    assert found.high is not None
    assert found.high - found.low == pytest.approx(2 * 1.959964 * f1.mean(axis=1).std(), rel=0.05)
    # Were the classes independent, it would be a fifth narrower.
    apart = math.sqrt((f1.std(axis=0) ** 2).sum()) / 3
    assert found.high - found.low > 1.2 * 2 * 1.959964 * apart


def test_mcnemar_is_the_exact_binomial_test() -> None:
    assert statistics.mcnemar(3, 1) == pytest.approx(2 * (1 + 4) / 16)
    assert statistics.mcnemar(0, 6) == pytest.approx(2 / 64)
    assert statistics.mcnemar(5, 5) == 1
    assert statistics.mcnemar(0, 0) == 1


@pytest.mark.parametrize(("discordant", "smallest"), [(0, 6), (4, 6), (6, 6), (9, 7), (20, 10)])
def test_the_smallest_significant_difference_follows_from_the_rows_that_differ(discordant: int, smallest: int) -> None:
    # By the binomial table: 1 of 9 gives p = 0.039, 2 of 9 0.18; 5 of 20 gives 0.041, 6 of 20 0.115.
    assert statistics.smallest_discordance(discordant, 0.05) == smallest


def against(right: int, only_model: int, only_other: int, wrong: int) -> tuple[Prediction, Prediction]:
    y = np.zeros(right + only_model + only_other + wrong, dtype=np.int64)
    model = np.repeat([0, 0, 1, 1], [right, only_model, only_other, wrong])
    other = np.repeat([0, 1, 0, 1], [right, only_model, only_other, wrong])
    return tuple(Prediction("test", y, each, None, BINARY.labels) for each in (model, other))  # type: ignore[return-value]


def test_two_classifiers_are_compared_on_the_rows_that_only_one_gets_right() -> None:
    test = compare(*against(109, 3, 1, 1), BINARY, "linear")
    assert (test.model_right, test.other_right) == (112, 110)
    assert (test.only_model_right, test.only_other_right) == (3, 1)
    assert test.p_value == pytest.approx(0.625)
    assert test.difference == pytest.approx(2 / 114)
    assert test.resolvable == pytest.approx(6 / 114)
    assert test.low < test.difference < test.high
    assert not test.significant


def test_a_clear_difference_of_classifiers_is_significant() -> None:
    test = compare(*against(80, 15, 2, 3), BINARY)
    assert test.significant
    assert test.low > 0


def test_two_regressions_are_compared_by_a_paired_t_test_of_their_errors() -> None:
    y = np.zeros(4)
    model = Prediction("test", y, np.array([1.0, 2.0, 1.0, 2.0]), None, ())
    other = Prediction("test", y, np.array([2.0, 4.0, 2.0, 2.0]), None, ())  # gains 1, 2, 1, 0
    test = compare(model, other, NUMBERS)
    assert test.difference == pytest.approx(1)
    assert test.p_value == pytest.approx(0.0917, abs=1e-4)  # t = 1 / (0.8165 / 2) = 2.449, 3 degrees of freedom
    assert test.resolvable == pytest.approx(3.1824 * 0.8165 / 2, abs=1e-3)


def test_models_of_different_rows_are_not_compared() -> None:
    model, other = against(5, 1, 1, 1)
    shifted = Prediction("test", 1 - other.y_true, other.y_pred, None, BINARY.labels)
    with pytest.raises(NotApplicable, match="same rows"):
        compare(model, shifted, BINARY)


def test_kolmogorov_smirnov_finds_the_largest_gap() -> None:
    gap, p = statistics.kolmogorov_smirnov(np.array([1.0, 2.0, 3.0, 4.0]), np.array([3.0, 4.0, 5.0, 6.0]))
    assert gap == pytest.approx(0.5)
    assert 0.5 < p < 1


def test_chi_square_of_a_table_by_hand() -> None:
    strength, p = statistics.chi_square(np.array([[10.0, 20.0], [20.0, 10.0]]))
    assert strength == pytest.approx(math.sqrt(6.6667 / 60), abs=1e-4)
    assert p == pytest.approx(0.00982, abs=1e-5)
