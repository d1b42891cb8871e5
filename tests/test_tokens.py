"""Texts as sequences of word numbers: what is learnt from train, what is refused, and what the report says of them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prepared import check_ledger, spec, table, words
from sklearn.feature_extraction.text import CountVectorizer

from reportgen.dataset import Dataset, Kind
from reportgen.errors import DataError
from reportgen.prepare import _words, prepare
from reportgen.prepare.word_features import WordNumbers

TOKENS = {"text": "tokens"}


def texts(*values: str | None, **columns: object) -> Dataset:
    """The texts, each ten times, so that every part has all of them; two classes in turn."""
    kinds = {"note": Kind.TEXT} | dict.fromkeys(columns, Kind.NUMERIC) | {"y": Kind.CATEGORICAL}
    n = 10 * len(values)
    return table(["n", "p"] * (n // 2), kinds, note=words(*(list(values) * 10)), **columns)


class TestSequences:
    def test_are_places_in_the_sorted_words_and_then_minus_one(self):
        found, distinct = _words.sequences(pa.array(["the cat sat", "cat", None]), 3)
        assert distinct.to_pylist() == ["cat", "sat", "the"]
        assert found.tolist() == [[2, 0, 1], [0, -1, -1], [-1, -1, -1]]

    def test_stop_at_the_length_asked_for(self):
        found, distinct = _words.sequences(pa.array(["the cat sat on the mat"]), 2)
        assert [distinct[place].as_py() for place in found[0]] == ["the", "cat"]

    @given(st.lists(st.text("ab cd.", max_size=20), min_size=1, max_size=8), st.integers(1, 6))
    def test_hold_the_words_of_scikit_learns_tokeniser_in_their_order(self, written, length):
        tokenise = CountVectorizer().build_analyzer()
        found, distinct = _words.sequences(pa.array(written), length)
        told = [[distinct[place].as_py() for place in row if place >= 0] for row in found.tolist()]
        assert told == [tokenise(text)[:length] for text in written]

    @given(st.lists(st.text("ab cd.", max_size=20), min_size=1, max_size=8))
    def test_count_as_counts_does(self, written):
        found, distinct = _words.sequences(pa.array(written), 30)
        counted, same = _words.counts(pa.array(written))
        assert distinct.equals(same)
        by_hand = [np.bincount(row[row >= 0], minlength=len(distinct)) for row in found]
        np.testing.assert_array_equal(counted.toarray(), by_hand)


class TestWordNumbers:
    #: Word 2 stands three times, words 0 and 3 twice, word 1 once.
    TRAIN = np.array([[2, 0, 3, -1], [2, 2, 0, -1], [3, 1, -1, -1]])

    def test_give_two_to_the_commonest_word_and_of_equals_the_first_comes_first(self):
        fitted = WordNumbers().fit(self.TRAIN)
        assert fitted.words_.tolist() == [2, 0, 3, 1]
        assert fitted.transform(self.TRAIN).tolist() == [[2, 3, 4], [2, 2, 3], [4, 5, 0]]

    def test_give_one_to_words_that_train_lacks(self):
        fitted = WordNumbers().fit(self.TRAIN)
        assert fitted.transform(np.array([[9, 2, -1, -1]])).tolist() == [[1, 2, 0]]

    def test_give_one_to_words_beyond_the_commonest(self):
        fitted = WordNumbers(most=1).fit(self.TRAIN)
        assert fitted.transform(self.TRAIN).tolist() == [[2, 1, 1], [2, 2, 1], [1, 1, 0]]
        assert fitted.vocabulary_ == 3

    def test_cut_off_what_no_text_of_train_reaches_to(self):
        fitted = WordNumbers().fit(self.TRAIN)
        assert fitted.transform(np.array([[2, 2, 2, 2]])).shape == (1, 3)

    def test_of_no_rows_are_none(self):
        assert WordNumbers().fit(self.TRAIN).transform(np.empty((0, 4), np.int64)).shape == (0, 3)


class TestPrepared:
    def test_a_row_is_the_numbers_of_its_first_words(self):
        splits = prepare(texts("red red green", "green blue"), spec(preprocess=TOKENS | {"text_length": 2}))
        assert splits.shape == (2,)
        assert {tuple(row) for row in splits.train.X.tolist()} == {(2.0, 2.0), (4.0, 3.0)}  # Blue is 3, green 4.

    def test_vocabulary_counts_every_word_of_train_and_two_numbers_more(self):
        splits = prepare(texts("red red green", "green blue"), spec(preprocess=TOKENS))
        assert splits.vocabulary == 5

    def test_features_are_named_by_place_and_no_word_is_shown(self):
        splits = prepare(texts("red red green", "green blue"), spec(preprocess=TOKENS))
        assert splits.feature_names == ("note word 1", "note word 2", "note word 3")
        assert set(splits.made_from.values()) == {"note"}

    def test_a_missing_text_has_no_words(self):
        splits = prepare(texts("red green", None), spec(preprocess=TOKENS))
        assert sorted({row.sum() for row in splits.train.X}) == [0.0, 5.0]

    def test_the_ledger_says_what_became_of_the_text(self):
        source = texts("red red green", "green blue")
        splits = prepare(source, spec(preprocess=TOKENS | {"vocabulary": 2}))
        check_ledger(splits, source)
        (step,) = (step for step in splits.ledger if step.name == "text columns")
        assert step.fitted_on == "train"
        assert step.changed == (
            "1 column: the first 3 words of each as numbers; 2 words, the commonest of train, have their own"
        )

    def test_texts_that_are_all_different_give_the_same_as_texts_that_repeat(self):
        few = ["red blue", "green red", "blue blue", "red"]
        often = prepare(texts(*few), spec(preprocess=TOKENS))
        different = table(
            ["n", "p"] * 20, {"note": Kind.TEXT}, note=words(*(f"{few[i % 4]} only{i}" for i in range(40)))
        )
        once = prepare(different, spec(preprocess=TOKENS | {"vocabulary": 3}))
        np.testing.assert_array_equal(once.train.rows, often.train.rows)
        ends = (often.train.X > 0).sum(axis=1)
        for row, other, end in zip(often.train.X, once.train.X, ends, strict=True):
            np.testing.assert_array_equal(other[:end], row[:end])

    def test_counted_words_have_no_shape(self):
        splits = prepare(texts("red red green", "green blue"), spec())
        assert splits.shape is None
        assert splits.vocabulary is None


class TestRefused:
    def test_another_feature_beside_the_text(self):
        source = texts("red", "green", size=np.arange(20.0))
        with pytest.raises(DataError, match=r"beside 'note' there is 'size'.*ignore under data.columns") as error:
            prepare(source, spec(preprocess=TOKENS))
        assert error.value.problems[0].key == "preprocess.text"

    def test_a_table_without_text(self):
        source = table(["n", "p"] * 10, size=np.arange(20.0))
        with pytest.raises(DataError, match="there is no text column to make tokens of"):
            prepare(source, spec(preprocess=TOKENS))

    def test_texts_without_a_word(self):
        with pytest.raises(DataError, match="no feature has a value"):
            prepare(texts("?", "!"), spec(preprocess=TOKENS))
