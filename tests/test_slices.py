"""The search for weak slices: what it finds, what it must not find, and its numbers by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import hypergeom, ranksums

from reportgen.dataset import Column, Dataset, Kind, Source, Task
from reportgen.mistakes import Mistakes
from reportgen.results import Prediction
from reportgen.slicing import holm, hypergeometric_tail, mistakes, scored, standardised

BINARY, NUMBER = Task("binary", "y", ("no", "yes")), Task("regression", "y")


def table(rng: np.random.Generator, n: int) -> Dataset:
    frame = pd.DataFrame({"age": rng.normal(50, 9, n), "town": pd.Series(rng.choice([*"abcd"], n), dtype="str")})
    columns = (Column("age", Kind.NUMERIC, ""), Column("town", Kind.CATEGORICAL, ""))
    return Dataset(frame, columns, Source("", "", 0, ""))


def judged(wrong: np.ndarray, dataset: Dataset) -> Mistakes:
    y = np.zeros(len(wrong), dtype=np.int64)
    told = Prediction("test", y, wrong.astype(np.int64), None, ("no", "yes"), np.arange(len(y)))
    return mistakes(told, BINARY, dataset, 0.95)


def test_a_planted_weak_slice_is_found_by_name() -> None:
    rng = np.random.default_rng(3)
    dataset = table(rng, 2000)
    bad = (dataset.frame["town"] == "b").to_numpy()
    found = judged(rng.random(2000) < np.where(bad, 0.3, 0.05), dataset).slices[0]
    assert found.columns == ("town",)
    assert found.rows == bad.sum()
    assert found.p_value < 1e-6


def test_a_sensitive_column_is_never_searched() -> None:
    rng = np.random.default_rng(3)
    dataset = table(rng, 2000)
    hidden = Dataset(dataset.frame, (Column("town", Kind.CATEGORICAL, "", True),), dataset.source)
    assert judged((dataset.frame["town"] == "b").to_numpy(), hidden).slices == ()


@pytest.mark.slow
def test_clean_tables_yield_a_slice_in_no_more_than_one_of_twenty() -> None:
    rng = np.random.default_rng(8)
    alarms = 0
    for _ in range(500):
        found = judged(rng.random(400) < 0.2, table(rng, 400))
        alarms += bool(found.slices) and found.slices[0].p_value <= 0.05
    assert alarms <= 38  # the 99.7 % point of 500 draws at 5 %


def test_the_tail_is_the_hypergeometric_one() -> None:
    assert hypergeometric_tail(7, 30, 40, 300) == pytest.approx(hypergeom.sf(6, 300, 40, 30))


def test_ranks_are_standardised_as_in_the_rank_sum_test() -> None:
    errors = np.random.default_rng(1).exponential(size=200)
    inside = np.arange(200) < 50
    scores = scored(errors)
    z = standardised(scores, np.array([scores[inside].sum()]), np.array([50]))
    assert z[0] == pytest.approx(ranksums(errors[inside], errors[~inside]).statistic)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03], 4) == pytest.approx([0.04, 0.09, 0.09])


def test_the_worst_predictions_come_worst_first() -> None:
    told = Prediction("test", np.array([1.0, 2.0, 3.0]), np.array([1.5, 2.0, 0.0]), None, (), np.array([7, 8, 9]))
    assert [(one.row, one.loss) for one in mistakes(told, NUMBER, None, 0.95).worst] == [(9, 3.0), (7, 0.5)]
