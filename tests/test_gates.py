"""Gates: what an expression and a bound may say, and how they are judged."""

from __future__ import annotations

import math
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.gates import Condition, GateError, Term, parse


def test_one_score_and_a_bound():
    condition = parse("test.f1", ">= 0.93")
    assert condition == Condition("test.f1", ">= 0.93", (Term(1, split="test", metric="f1"),), ">=", 0.93)
    assert condition.scores == (("test", "f1"),)


def test_scores_and_numbers_are_joined_by_plus_and_minus():
    condition = parse("-train.accuracy+test.accuracy - 0.5", "<=-1e-3")
    assert condition.terms == (
        Term(-1, split="train", metric="accuracy"),
        Term(1, split="test", metric="accuracy"),
        Term(-1, number=0.5),
    )
    assert (condition.comparison, condition.limit) == ("<=", -0.001)


@pytest.mark.parametrize(
    ("bound", "value", "passed"),
    [
        (">= 0.9", 0.9, True),
        (">= 0.9", 0.89, False),
        ("> 0.9", 0.9, False),
        ("> 0.9", 0.91, True),
        ("<= 0.9", 0.9, True),
        ("<= 0.9", 0.91, False),
        ("< 0.9", 0.9, False),
        ("< 0.9", 0.89, True),
    ],
)
def test_each_comparison_at_and_beside_its_limit(bound, value, passed):
    assert parse("test.f1", bound).evaluate({"test.f1": value}) == (value, passed, "")


def test_a_difference_is_equal_to_its_limit_though_floats_are_not():
    assert 1.0 - 0.95 > 0.05
    outcome = parse("train.accuracy - test.accuracy", "<= 0.05").evaluate(
        {"train.accuracy": 1.0, "test.accuracy": 0.95}
    )
    assert outcome.passed
    assert outcome.value == 0.05


def test_small_values_are_told_apart_all_the_same():
    assert not parse("test.mse", "< 1e-15").evaluate({"test.mse": 2e-15}).passed


@pytest.mark.parametrize("value", [None, math.nan, math.inf])
def test_a_score_without_a_value_fails_the_gate_and_is_named(value):
    outcome = parse("test.f1 - test.recall", "> -2").evaluate({"test.f1": 1.0, "test.recall": value})
    assert outcome == (None, False, "test.recall has no value")


def test_a_score_that_was_not_computed_fails_the_gate():
    assert parse("test.f1", "> 0").evaluate({}) == (None, False, "test.f1 has no value")


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("", "cannot be read"),
        ("f1", "cannot be read"),
        ("test.f1 test.recall", "cannot be read from 'test.recall' on"),
        ("test.f1 * 2", "cannot be read from '* 2' on"),
        ("test.f1 +", "cannot be read from '+' on"),
        ("(test.f1)", "cannot be read"),
        ("test.f1.x", "cannot be read"),
        ("0.5", "names no score"),
        ("tset.f1", "'tset' is not a split or a baseline"),
        ("test.f1[]", "cannot be read"),
        ("test.f1[a][b]", "cannot be read"),
        ("test.f1 + 1" * 100, "more than 300 characters"),
        ("1e999 - test.f1", "'1e999' is too large"),
    ],
)
def test_what_is_no_expression(expression, words):
    with pytest.raises(GateError, match=words.replace("*", r"\*").replace("+", r"\+")) as caught:
        parse(expression, "> 0")
    assert not caught.value.in_bound


@pytest.mark.parametrize(
    "bound",
    ["", "0.9", "== 0.9", ">= ", ">= x", ">= 0.9 0.8", "=> 0.9", ">= 1e999", ">= nan", ">=" + "1" * 900_000 + "x"],
)
def test_what_is_no_bound(bound):
    with pytest.raises(GateError, match="needs a bound") as caught:
        parse("test.f1", bound)
    assert caught.value.in_bound


def test_a_misspelt_split_is_suggested():
    with pytest.raises(GateError) as caught:
        parse("tets.f1", "> 0")
    assert caught.value.fix == "did you mean 'test'?"


def test_a_class_and_a_baseline_are_named():
    condition = parse("test.f1[ not spam ] - linear.f1", "> 0")
    one, other = condition.terms
    assert (one.split, one.metric, one.label, one.model) == ("test", "f1", "not spam", "model")
    assert (other.sign, other.split, other.metric, other.label, other.model) == (-1, "test", "f1", None, "linear")
    assert [one.name, other.name] == ["test.f1[not spam]", "linear.f1"]
    assert condition.evaluate({"test.f1[not spam]": 0.75, "linear.f1": 0.5}).value == 0.25


def test_a_score_of_all_classes_is_not_that_of_one():
    assert parse("test.f1[a]", "> 0").evaluate({"test.f1": 1.0}) == (None, False, "test.f1[a] has no value")


@given(st.text(), st.text())
def test_any_text_is_read_or_refused(expression, bound):
    with suppress(GateError):
        assert parse(expression, bound).terms


@given(
    st.lists(
        st.tuples(st.sampled_from("+-"), st.sampled_from(["test.a", "train.b", "0.25", "3"])), min_size=1, max_size=6
    ),
    st.floats(-1, 1),
    st.floats(-1, 1),
)
def test_an_expression_has_the_value_that_python_gives_it(parts, a, b):
    expression = " ".join(f"{sign} {term}" for sign, term in parts)
    values = {"test.a": a, "train.b": b, "0.25": 0.25, "3": 3.0}
    expected = math.fsum(values[term] if sign == "+" else -values[term] for sign, term in parts)
    if not any("." in term and term != "0.25" for _, term in parts):
        return
    outcome = parse(expression, ">= -100").evaluate({"test.a": a, "train.b": b})
    assert outcome.value == pytest.approx(expected)
    assert outcome.passed
