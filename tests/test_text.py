"""Text from anywhere, made fit to show."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.text import (
    count,
    duration,
    fixed,
    has_hidden,
    listing,
    one_line,
    percent,
    plural,
    shorten,
    significant,
    slug,
    visible,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\u202eb", "a<U+202E>b"),
        ("nul\x00", "nul<U+0000>"),
        ("zero\u200bwidth", "zero<U+200B>width"),
        ("line\nand\ttab", "line\nand\ttab"),
        ("汉字 العربية 😀", "汉字 العربية 😀"),
    ],
)
def test_hidden_characters_are_shown(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_what_is_made_visible_hides_nothing(text: str) -> None:
    assert not has_hidden(visible(text))


@given(st.text(), st.integers(2, 200))
def test_a_line_is_one_line_of_at_most_its_limit(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert "\n" not in line
    assert not has_hidden(line)


def test_a_million_characters_are_cut() -> None:
    assert shorten("x" * 1_000_000) == "x" * 119 + "…"


@pytest.mark.parametrize(("number", "shown"), [(1, "1 row"), (3, "3 rows"), (0, "0 rows"), (1204, "1,204 rows")])
def test_counts_agree_with_their_noun(number: int, shown: str) -> None:
    assert plural(number, "row") == shown


@pytest.mark.parametrize(
    ("items", "shown"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c", "d"], "a, b and 2 more")]
)
def test_lists_read_as_a_sentence_does(items: list[str], shown: str) -> None:
    assert listing(items, most=2) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0.9756, "0.976"), (-0.5, "−0.500"), (-0.0001, "0.000"), (12345.6, "12,345.600"), (None, "–"), (math.nan, "–")],
)
def test_fixed_decimals(number: float | None, shown: str) -> None:
    assert fixed(number) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (107.26, "107"),
        (0.09636, "0.0964"),
        (0, "0"),
        (-1234.5, "−1,234"),
        (1.2e12, "1.20e+12"),
        (2.5e-9, "2.50e−09"),
        (math.inf, "–"),
    ],
)
def test_significant_digits(number: float, shown: str) -> None:
    assert significant(number) == shown


@given(st.floats(-1e8, 1e8).filter(lambda number: abs(number) > 1e-4))
def test_significant_digits_keep_the_number_within_half_a_unit_of_the_third(number: float) -> None:
    shown = float(significant(number).replace(",", "").replace("−", "-"))
    assert shown == pytest.approx(number, rel=5.1e-3)


def test_shares_and_counts() -> None:
    assert percent(0.1234) == "12.3\u202f%"
    assert count(-1204) == "−1,204"


@given(st.text())
def test_a_slug_is_fit_for_an_id(text: str) -> None:
    made = slug(text)
    assert made
    assert all(sign.isascii() and (sign.isalnum() or sign == "-") for sign in made)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (1, "1 second"),
        (90, "1.5 minutes"),
        (300, "5 minutes"),
        (3600, "1 hour"),
        (86_400, "1 day"),
        (7 * 86_400, "7 days"),
        (31 * 86_400, "1 month"),
        (28 * 86_400, "1 month"),
        (365 * 86_400, "1 year"),
        (731 * 86_400, "2 years"),
        (0.25, "0.25 seconds"),
    ],
)
def test_a_duration_is_said_in_one_unit(seconds: float, said: str) -> None:
    assert duration(seconds) == said
