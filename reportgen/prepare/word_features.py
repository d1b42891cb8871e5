"""What learns from the words of training texts: their weights, or a number for each; scikit-learn transformers."""

from __future__ import annotations

from typing import Self

import numpy as np
import scipy.sparse as sp
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfTransformer


class WordWeights(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Counts of words (n, n_words), sparse -> the TF-IDF weights of the `most` commonest words of train, dense float32.

    As scikit-learn's TfidfVectorizer weights and chooses them; of equally common words the first are taken.

    Attributes:
        words_: the columns of the words taken.
        members_: training rows with each of them.
    """

    def __init__(self, most: int = 1000) -> None:
        self.most = most

    def fit(self, X: sp.csr_matrix, y: object = None) -> Self:  # noqa: ARG002
        self.n_features_in_ = X.shape[1]
        counts = np.asarray(X.sum(axis=0)).ravel()
        commonest = np.argsort(-counts, kind="stable")[: self.most]
        self.words_ = np.sort(commonest[counts[commonest] > 0])
        chosen = X[:, self.words_]
        self.members_ = np.bincount(chosen.indices, minlength=len(self.words_))
        self._weigh = TfidfTransformer().fit(chosen)
        return self

    def transform(self, X: sp.csr_matrix) -> np.ndarray:
        found: np.ndarray = self._weigh.transform(X[:, self.words_]).toarray()
        return found


class WordNumbers(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Words in order (n, length) as places, -1 beyond the end -> numbers: 0 for none, 1 for an unknown word, from 2 on.

    The `most` commonest words of train have a number, the commonest 2; of equally common ones the first come first.
    What no text of train reaches to is cut off.

    Attributes:
        words_: places of the words with a number, in the order of the numbers.
        vocabulary_: how many numbers there are, those of none and unknown included.
        length_: words of the longest text of train.
    """

    def __init__(self, most: int = 10_000) -> None:
        self.most = most

    def fit(self, X: np.ndarray, y: object = None) -> Self:  # noqa: ARG002
        self.n_features_in_ = X.shape[1]
        counts = np.bincount(X[X >= 0])
        commonest = np.argsort(-counts, kind="stable")[: self.most]
        self.words_ = commonest[counts[commonest] > 0]
        self.vocabulary_ = len(self.words_) + 2
        self.length_ = int((X >= 0).sum(axis=1).max())
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        X = X[:, : self.length_]
        numbers = np.ones(max(int(X.max(initial=0)), int(self.words_.max())) + 2, np.float32)
        numbers[0] = 0.0
        numbers[self.words_ + 1] = np.arange(2, self.vocabulary_)
        found: np.ndarray = numbers[X + 1]
        return found
