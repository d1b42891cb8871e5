"""Two models where mistakes cost: compared by the costs, which is what the strongest baseline is chosen by."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen import statistics
from reportgen.dataset import Task
from reportgen.paired import compare, sign_flip_test
from reportgen.results import Prediction

BINARY = Task("binary", "ill", ("well", "ill"))


def said(y_true: list[int], y_pred: list[int], costs: tuple[float, float] | None = (1.0, 20.0)) -> Prediction:
    return Prediction("test", np.array(y_true), np.array(y_pred), None, BINARY.labels, costs=costs)


def test_the_model_that_costs_less_is_better_even_if_it_is_wrong_more_often() -> None:
    truth = [1] * 6 + [0] * 94
    careful = said(truth, [1] * 6 + [1] * 20 + [0] * 74)  # 20 false alarms: cost 20
    careless = said(truth, [0] * 100)  # 6 missed: cost 120
    found = compare(careful, careless, BINARY, "the other")
    assert (found.measure, found.measured) == ("cost", "the mean cost of a row")
    assert found.difference == pytest.approx((120 - 20) / 100)
    assert found.model_right is None


def test_without_costs_the_same_two_are_compared_by_accuracy() -> None:
    truth = [1] * 6 + [0] * 94
    found = compare(said(truth, [1] * 26 + [0] * 74, None), said(truth, [0] * 100, None), BINARY)
    assert found.measure == "accuracy"
    assert found.difference == pytest.approx(-0.14)


def test_of_equal_costs_the_test_is_that_of_mcnemar() -> None:
    values = np.array([1.0] * 15 + [-1.0] * 3 + [0.0] * 40)
    assert sign_flip_test(values) == pytest.approx(statistics.mcnemar(15, 3))


def test_no_row_that_differs_is_no_difference() -> None:
    found = compare(said([1, 0, 0], [1, 0, 0]), said([1, 0, 0], [1, 0, 0]), BINARY)
    assert (found.difference, found.p_value) == (0.0, 1.0)
    assert found.resolvable > 0


@given(st.lists(st.sampled_from([-20.0, -1.0, 0.0, 1.0, 20.0]), min_size=2, max_size=9))
def test_the_p_value_is_the_share_of_all_signs_that_sum_to_as_much(values: list[float]) -> None:
    reached = [
        abs(sum(sign * abs(value) for sign, value in zip(signs, values, strict=True))) >= abs(sum(values)) - 1e-9
        for signs in itertools.product((-1, 1), repeat=len(values))
    ]
    assert sign_flip_test(np.array(values)) == pytest.approx(np.mean(reached))


def test_many_rows_that_differ_are_tested_by_student() -> None:
    values = np.random.default_rng(1).choice([-20.0, -1.0, 0.0, 1.0, 20.0], 100_000)
    assert sign_flip_test(values) == statistics.t_test(values)
