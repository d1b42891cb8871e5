"""Texts as counts of words, or as sequences of them; nothing is learnt."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp

from reportgen import parallel

#: Scripts that write words without spaces: a sign of the first row stands for itself, one of the second with its marks.
_SIGN = (
    r"[\p{Han}\p{Hiragana}\p{Katakana}]"
    r"|[\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]\p{M}*"
)
_NO_WORD = r"[^\p{L}\p{M}\p{N}_ ]+"
_CHUNK = 50_000


def counts(texts: pa.Array) -> tuple[sp.csr_matrix, pa.Array]:
    """How often each word stands in each text.

    Words are runs of two or more letters, digits and underscores in small letters; in scripts that write without spaces
    each sign is one.

    Returns:
        Counts (n_texts, n_words) float32, and the words in the order of their code points.
    """
    codes, ends, words = _in_order(texts)
    matrix = sp.csr_matrix((np.ones(len(codes), np.float32), codes, ends), shape=(len(texts), len(words)))
    matrix.sum_duplicates()
    return matrix, words


def sequences(texts: pa.Array, length: int) -> tuple[np.ndarray, pa.Array]:
    """The first `length` words of each text, in their order; words as `counts` has them.

    Returns:
        Places in the words (n_texts, length) int32, -1 beyond the end of a text; and the words in the order of their
        code points.
    """
    codes, ends, words = _in_order(texts)
    lengths = np.minimum(np.diff(ends), length)
    found = np.full((len(texts), length), -1, np.int32)
    kept = np.arange(length) < lengths[:, None]
    starts = np.repeat(ends[:-1], lengths)
    found[kept] = codes[starts + np.nonzero(kept)[1]]
    return found, words


def _in_order(texts: pa.Array) -> tuple[np.ndarray, np.ndarray, pa.Array]:
    """Every word of every text as its place in the words, where each text ends (from 0 on), and the words."""
    chunks = [texts.slice(start, _CHUNK) for start in range(0, len(texts), _CHUNK)] or [texts]
    found = parallel.each(_tokens, chunks)
    tokens = pa.chunked_array([encoded for _, encoded in found]).unify_dictionaries()
    words = tokens.chunk(0).dictionary
    order = pc.sort_indices(words).to_numpy()
    rank = np.empty(len(order), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    codes = np.concatenate([rank[chunk.indices.to_numpy()] for chunk in tokens.chunks])
    ends = np.concatenate([[0], np.cumsum(np.concatenate([per_text for per_text, _ in found]))])
    return codes, ends, words.take(pa.array(order))


def _tokens(texts: pa.Array) -> tuple[np.ndarray, pa.DictionaryArray]:
    """The number of words of each text, and all the words one after the other."""
    plain = pc.utf8_lower(pc.fill_null(texts.cast(pa.large_string()), ""))
    spaced = pc.replace_substring_regex(plain, _NO_WORD, " ")
    if pc.any(pc.match_substring_regex(spaced, _SIGN)).as_py():
        spaced = pc.replace_substring_regex(spaced, f"({_SIGN})", r" \1 ")
    split = pc.split_pattern(spaced, " ")
    tokens = split.flatten()
    is_word = pc.greater_equal(pc.utf8_length(tokens), 2)
    short = pc.and_not(pc.greater(pc.binary_length(tokens), 2), is_word)  # One sign beyond Latin, Greek and the like.
    if pc.any(short).as_py():
        is_word = pc.or_(is_word, pc.and_(short, pc.match_substring_regex(tokens, f"^(?:{_SIGN})$")))
    parents = pc.list_parent_indices(split).filter(is_word).to_numpy()
    return np.bincount(parents, minlength=len(texts)), pc.dictionary_encode(tokens.filter(is_word))
