"""Texts in numbers, against values computed by hand or by plain Python."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import dataset

from reportgen.dataset import Kind, Task
from reportgen.profile import ColumnProfile, association, profile
from reportgen.profile.rows import Encoded
from reportgen.profile.summaries import TextProfile
from reportgen.profile.target import Target
from reportgen.profile.texts import texts


def of(*values: str | None) -> TextProfile:
    frame = pd.DataFrame({"a": pd.Series(values, dtype="str")})
    found = profile(dataset(frame, {"a": Kind.TEXT})).column("a").text
    assert found is not None
    return found


def related(values: list[str], target: list[str] | list[float], sensitive: bool = False) -> ColumnProfile:
    frame = pd.DataFrame({"a": pd.Series(values, dtype="str"), "y": pd.Series(target)})
    labels = tuple(sorted(set(target))) if isinstance(target[0], str) else ()
    if labels:
        frame["y"] = frame["y"].astype("str")
    task = Task("binary", "y", labels) if labels else Task("regression", "y")
    kinds = {"a": Kind.TEXT, "y": Kind.CATEGORICAL if labels else Kind.NUMERIC}
    return profile(dataset(frame, kinds, task=task, sensitive=("a",) if sensitive else ())).column("a")


class TestLengths:
    def test_characters_and_words_by_hand(self) -> None:
        found = of("one two", "Grüße", None, "  three\tblank  words\n", "", "one two")

        # 7, 5, 21, 0 and 7 characters; 2, 1, 3, 0 and 2 words.
        assert (found.shortest, found.median, found.longest) == (0, 7.0, 21)
        assert found.mean_words == pytest.approx(8 / 5)
        assert found.word_counts is not None
        assert found.word_counts.edges == (-0.5, 0.5, 1.5, 2.5, 3.5)
        assert found.word_counts.totals == (1, 1, 2, 1)
        assert found.lengths is not None
        assert sum(found.lengths.totals) == 5

    def test_values_of_blanks_alone_are_empty(self) -> None:
        assert of("", "  ", "\t\n", "\u3000", "a", None).empty == 4

    @given(st.lists(st.text(st.sampled_from("ab é漢\t\n"), max_size=12), min_size=1, max_size=40))
    @settings(max_examples=80, deadline=None)
    def test_counts_are_those_of_plain_python(self, values: list[str]) -> None:
        found = of(*values)

        assert found.mean_words == pytest.approx(np.mean([len(value.split()) for value in values]))
        assert found.median == np.median([len(value) for value in values])
        assert found.empty == sum(not value.strip() for value in values)

    def test_more_than_a_block_of_bytes(self) -> None:
        values = [f"{'word ' * (number % 400)}end" for number in range(3000)]

        assert of(*values).mean_words == pytest.approx(np.mean([len(value.split()) for value in values]))

    def test_words_may_be_a_part_of_a_larger_array_of_either_width(self) -> None:
        for kind in (pa.string(), pa.large_string()):
            words = pa.array(["left out", "one", "two words", "and three words"], kind)[1:]
            found, _ = texts(
                Encoded(np.array([0, 1, 2, -1], np.int32), words), np.ones(3, int), Target((), slice(None))
            )

            assert found is not None
            assert (found.shortest, found.longest, found.mean_words) == (3, 15, 2.0)

    def test_words_without_a_row_do_not_count(self) -> None:
        words = pa.array(["one", "nobody says this"])
        found, _ = texts(Encoded(np.array([0, 0], np.int32), words), np.array([2, 0]), Target((), slice(None)))

        assert found is not None
        assert (found.longest, found.distinct_terms) == (3, 1)

    def test_without_a_value_there_is_nothing(self) -> None:
        frame = pd.DataFrame({"a": pd.Series([None, None], dtype="str")})

        assert profile(dataset(frame, {"a": Kind.TEXT})).column("a").text is None


class TestTerms:
    def test_they_are_counted_once_a_row_from_five_rows_on(self) -> None:
        found = of(*["Late, late delivery"] * 5, *["the DELIVERY"] * 2, *["x the"] * 2)

        assert [(term.name, term.count) for term in found.terms] == [("delivery", 7), ("late", 5)]
        assert found.distinct_terms == 3
        assert found.sampled == 9

    def test_scripts_without_spaces_have_a_term_for_each_sign(self) -> None:
        found = of(*["退货很慢", "退款"] * 5)

        assert {term.name: term.count for term in found.terms} == {"退": 10, "货": 5, "很": 5, "慢": 5, "款": 5}

    def test_marks_belong_to_their_word(self) -> None:
        found = of(*["हिन्दी भाषा"] * 5, *["שָׁלוֹם cafe\u0301"] * 6)

        assert {term.name for term in found.terms} == {"हिन्दी", "भाषा", "שָׁלוֹם", "cafe\u0301"}

    def test_classes_are_counted_apart(self) -> None:
        found = related(["late again"] * 6 + ["again"] * 4, ["n"] * 2 + ["p"] * 8).text

        assert found is not None
        assert [(term.name, term.by_class) for term in found.terms] == [("again", (2, 8)), ("late", (2, 4))]

    def test_large_columns_are_sampled(self) -> None:
        found = of(*[f"common number{number}" for number in range(30_000)])

        assert found.sampled == 20_000
        assert [(term.name, term.count) for term in found.terms] == [("common", 20_000)]

    def test_of_long_texts_fewer_are_looked_at(self) -> None:
        found = of(*[f"{number} " + "long " * 10_000 for number in range(300)])

        assert found.sampled == 200
        assert found.longest == 50_004
        assert [(term.name, term.count) for term in found.terms] == [("long", 200)]

    def test_a_separator_of_ours_within_a_text_splits_words_and_no_rows(self) -> None:
        found = of(*["one\0two"] * 5, *["three"] * 5)

        assert {term.name: term.count for term in found.terms} == {"one": 5, "two": 5, "three": 5}


class TestScripts:
    def test_shares_of_the_letters(self) -> None:
        found = of("abc 123 !?", "где", "日本ひカ", "한국", "αβ")

        assert found.scripts == pytest.approx(
            {
                "Cyrillic": 3 / 14,
                "Latin": 3 / 14,
                "Greek": 2 / 14,
                "Han": 2 / 14,
                "Hangul": 2 / 14,
                "Hiragana": 1 / 14,
                "Katakana": 1 / 14,
            }
        )
        assert list(found.scripts)[:2] == ["Cyrillic", "Latin"]

    @pytest.mark.parametrize(
        ("text", "script"),
        [
            ("مرحبا", "Arabic"),
            ("שלום", "Hebrew"),
            ("สวสด", "Thai"),
            ("नमसत", "Devanagari"),
            ("ａｂ", "Latin"),
            ("ｶ", "Katakana"),
            ("ー", "Katakana"),
            ("々", "Han"),
            ("𐌰", "other"),
            ("éß", "Latin"),
        ],
    )
    def test_each(self, text: str, script: str) -> None:
        assert of(text).scripts == {script: 1.0}

    def test_without_letters_there_is_none(self) -> None:
        assert of("123", "!").scripts == {}


class TestRelation:
    def test_with_classes_it_is_the_word_whose_presence_tells_best(self) -> None:
        values = ["please refund", "please"] * 10 + ["please deliver"] * 18 + ["please"] * 2
        target = ["p"] * 20 + ["n"] * 20
        relation = related(values, target).relation

        assert relation is not None
        inside = np.array(["deliver" in value for value in values]).astype(int)
        expected = association.cramers_v(inside, np.array([label == "p" for label in target]).astype(int))
        assert (relation.name, relation.of) == ("Cramér's V", "the word deliver")
        assert relation.value == pytest.approx(expected)

    def test_with_numbers_it_has_the_correlation_ratio(self) -> None:
        random = np.random.default_rng(0)
        values = [f"big red {number}" if number % 3 else "red" for number in range(90)]
        target = [float(number % 3 > 0) + noise for number, noise in enumerate(random.normal(size=90))]
        relation = related(values, target).relation

        assert relation is not None
        inside = np.array([number % 3 > 0 for number in range(90)]).astype(int)
        assert (relation.name, relation.of) == ("correlation ratio", "the word big")
        assert relation.value == pytest.approx(association.correlation_ratio(inside, np.array(target)))

    def test_a_word_in_fewer_than_five_rows_is_not_looked_at(self) -> None:
        assert related(["rare"] * 4 + ["all"] * 4, ["p"] * 4 + ["n"] * 4).relation is None

    def test_rows_without_a_target_do_not_count(self) -> None:
        target = [1.0, 2.0] * 10 + [np.nan] * 10
        values = ["one", "two"] * 10 + ["three"] * 10
        relation = related(values, target).relation

        assert relation is not None
        assert relation.value == pytest.approx(1.0)

    def test_a_sensitive_column_does_not_name_it(self) -> None:
        found = related(["refund"] * 10 + ["deliver"] * 10, ["p"] * 10 + ["n"] * 10, sensitive=True)

        assert found.relation is not None
        assert found.relation.of == "one word"
        assert found.text is None

    @given(st.lists(st.tuples(st.text(max_size=8), st.floats()), min_size=1, max_size=40))
    @settings(max_examples=80, deadline=None)
    def test_odd_tables_have_a_finite_relation_or_none(self, table: list[tuple[str, float]]) -> None:
        values, target = zip(*table, strict=True)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            relation = related([value + " word" for value in values], list(target)).relation

        assert relation is None or 0 <= relation.value <= 1
