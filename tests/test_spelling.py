"""What a misspelled name was meant to be."""

from __future__ import annotations

import pytest

from reportgen.spelling import nearest, slips


def test_two_letters_swapped_are_one_slip():
    assert nearest("adma", ["adamax", "adam", "nadam"]) == "adam"


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [("", "", 0), ("abc", "abc", 0), ("abc", "", 3), ("ca", "abc", 3), ("acb", "abc", 1), ("kitten", "sitting", 3)],
)
def test_slips_are_those_of_the_published_examples(one, other, count):
    assert slips(one, other) == slips(other, one) == count


def test_a_name_like_no_other_has_no_nearest():
    assert nearest("zzz", ["adam", "sgd"]) is None
