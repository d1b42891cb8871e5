"""Named slices as the experiment file writes them: what is read, and what is refused, and where."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.conditions import Comparison, ConditionError, NamedCondition, parse, unfit
from reportgen.errors import SpecError
from reportgen.specfile import draft_of

names = st.text(min_size=1, max_size=12)
values = st.text(max_size=12)
numbers = st.floats(allow_nan=False, allow_infinity=False).map(repr)
comparisons = st.one_of(
    st.builds(Comparison, names, st.sampled_from(["=", "!="]), values),
    st.builds(Comparison, names, st.sampled_from(["<", "<=", ">", ">="]), numbers),
    st.builds(Comparison, names, st.sampled_from(["is missing", "is not missing"])),
)
conditions = st.lists(comparisons, min_size=1, max_size=8).map(lambda some: NamedCondition(None, tuple(some)))


@given(st.one_of(conditions, st.builds(NamedCondition, names)))
def test_what_is_written_is_read_back(condition: NamedCondition) -> None:
    assert parse(str(condition)) == condition


@given(st.one_of(st.text(), st.text("ab <>=!`\"'and is missing09-.", max_size=40)))
def test_any_text_is_read_or_refused_with_a_remedy(text: str) -> None:
    told = None
    try:
        parse(text)
    except ConditionError as error:
        told = error
    assert told is None or (told.what and told.fix)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sex", NamedCondition("sex")),
        ("  mean radius ", NamedCondition("mean radius")),
        ("`a = b`", NamedCondition("a = b")),
        ("age>=60", NamedCondition(None, (Comparison("age", ">=", "60"),))),
        ("mean radius < -1.5e3", NamedCondition(None, (Comparison("mean radius", "<", "-1.5e3"),))),
        ('"a ""b""" = `x``y`', NamedCondition(None, (Comparison('a "b"', "=", "x`y"),))),
        ("town = St John's", NamedCondition(None, (Comparison("town", "=", "St John's"),))),
        ("age is missing", NamedCondition(None, (Comparison("age", "is missing"),))),
        (
            "sex = female and age is not missing",
            NamedCondition(None, (Comparison("sex", "=", "female"), Comparison("age", "is not missing"))),
        ),
        ("joined >= 2024-02-29 12:30", NamedCondition(None, (Comparison("joined", ">=", "2024-02-29 12:30"),))),
    ],
)
def test_a_slice_is_read(text: str, expected: NamedCondition) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "an empty slice"),
        ("age == 60", "'==' at character 5 is no comparison"),
        ("age >= old", "'old' at character 8 has no place in an order"),
        ("age >=", "there is no value after >= at character 5"),
        ("> 60", "there is no column before > at character 1"),
        ("20 < age < 60", "a second comparison without an and at character 10"),
        ("age > 1 and sex", "'sex' is compared with nothing at character 13"),
        ("age > 1 and", "'age > 1 and' lacks a comparison beside an and"),
        ("a = `b", "the quote at character 5 is not closed"),
        ("a = `b` c", "a quoted text beside other words at character 5"),
        ('"" = 1', "an empty name at character 1"),
        ("a > 1" + " and a > 1" * 8, "a slice of more than 8 comparisons"),
        ("a" * 501, "a slice of more than 500 characters"),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_place(text: str, what: str) -> None:
    with pytest.raises(ConditionError) as refused:
        parse(text)
    assert refused.value.what == what


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("a < 3", "categorical"),
        ("a < 3", "boolean"),
        ("a = maybe", "boolean"),
        ("a = old", "numeric"),
        ("a = 3x", "datetime"),
        ("a = word", "text"),
        ("a = 3", "id"),
    ],
)
def test_impossible_comparisons_are_told_from_the_kind_alone(text: str, kind: str) -> None:
    assert unfit(parse(text).comparisons[0], kind)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("a < 3", "numeric"), ("a = Yes", "boolean"), ("a = 3", "categorical"), ("a < 2024-01-01", "datetime"),
     ("a is missing", "text"), ("a < 3", "")],
)  # fmt: skip
def test_what_may_be_possible_is_left_alone(text: str, kind: str) -> None:
    assert unfit(parse(text).comparisons[0], kind) is None


def problems(evaluate: str, data: str = "") -> list[str]:
    """The problems of an experiment on y, by key."""
    text = f"data: {{path: x.csv, target: y{data}}}\nmodel: {{kind: mlp}}\nevaluate: {{{evaluate}}}\n"
    try:
        draft_of(text, "x.yaml")
    except SpecError as error:
        return [f"{one.key}: {one.what}" for one in error.problems]
    return []


@pytest.mark.parametrize(
    ("evaluate", "data", "told"),
    [
        ("slices: [sex, age >]", "", "evaluate.slices[1]: there is no value after > at character 5"),
        ("slices: [sex, sex]", "", "evaluate.slices[1]: 'sex' is listed twice"),
        (
            "slices: [age > 3]",
            ", columns: {age: categorical}",
            "evaluate.slices[0]: 'age' is categorical, and its values have no order",
        ),
        (
            "slices: [sex = f]",
            ", sensitive: [sex]",
            "evaluate.slices[0]: 'sex' is sensitive, and a slice would show its values",
        ),
        ("groups: [y]", "", "evaluate.groups[0]: 'y' is what is predicted"),
        (
            "groups: [sex]",
            ", forecast: {time: day, window: 3, horizon: 1}",
            "evaluate.groups: neighbouring forecasts err alike, so that slices of them are not tested",
        ),
    ],
)
def test_the_file_alone_shows_what_is_wrong(evaluate: str, data: str, told: str) -> None:
    assert told in problems(evaluate, data)


def test_a_sensitive_column_may_be_a_group() -> None:
    assert problems("groups: [sex], slices: [town]", ", sensitive: [sex]") == []
