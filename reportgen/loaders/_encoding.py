"""Words as codes and distinct words: looked at once a distinct word instead of once a row."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

#: Arrow's plain strings hold no more bytes than this in one piece.
_MOST_BYTES = 2**31 - 1


def is_words(kind: pa.DataType) -> bool:
    """Whether an Arrow type is text, plain or encoded."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def encode(values: pa.ChunkedArray | pa.DictionaryArray) -> pa.DictionaryArray:
    """The column as int32 codes, missing where the value is, of distinct words in the order in which they come.

    Args:
        values: text, plain or as any writer encoded it: with levels that no row has, or twice.
    """
    if isinstance(values, pa.DictionaryArray):
        return values
    if not pa.types.is_dictionary(values.type):
        if pa.types.is_string_view(values.type) or sum(chunk.nbytes for chunk in values.chunks) > _MOST_BYTES:
            values = values.cast(pa.large_string())
        encoded = _one(pc.dictionary_encode(values))
        return pa.DictionaryArray.from_arrays(encoded.indices.cast(pa.int32()), encoded.dictionary)
    encoded = _one(values.unify_dictionaries())
    words = encoded.dictionary
    if words.null_count or len(pc.unique(words)) < len(words):
        return encode(values.cast(values.type.value_type))
    return _in_order(encoded.indices, words)


def _one(values: pa.ChunkedArray) -> pa.DictionaryArray:
    if values.num_chunks == 0:
        return pa.array([], values.type)
    return values.chunk(0) if values.num_chunks == 1 else values.combine_chunks()


def _in_order(indices: pa.Array, words: pa.Array) -> pa.DictionaryArray:
    """The codes renumbered, so that words come in the order of their first rows and none is left over."""
    codes = codes_of(indices)
    first = np.full(len(words) + 1, len(codes), np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    order = np.argsort(first[:-1], kind="stable")
    used = int((first[:-1] < len(codes)).sum())
    if used < len(words) or not (order == np.arange(len(order))).all():
        number = np.empty(len(words) + 1, np.int32)
        number[order] = np.arange(len(words), dtype=np.int32)
        codes, words = number[codes], words.take(pa.array(order[:used]))
    missing = indices.is_null().to_numpy(zero_copy_only=False) if indices.null_count else None
    return pa.DictionaryArray.from_arrays(pa.array(codes, pa.int32(), mask=missing), words)


def codes_of(indices: pa.Array) -> np.ndarray:
    """The codes (n,) int32, -1 where missing."""
    codes: np.ndarray = pc.fill_null(indices.cast(pa.int32()), -1).to_numpy(zero_copy_only=False)
    return codes


def counts(encoded: pa.DictionaryArray) -> np.ndarray:
    """In how many rows each word stands."""
    return np.bincount(codes_of(encoded.indices) + 1, minlength=len(encoded.dictionary) + 1)[1:]


def first_of(encoded: pa.DictionaryArray, words: np.ndarray) -> int:
    """The position of the first row that holds one of the words, of which the numbers are given."""
    chosen = np.zeros(len(encoded.dictionary) + 1, bool)
    chosen[words] = True
    return int(np.argmax(chosen[codes_of(encoded.indices)]))


def spread(words: pa.Array | pa.ChunkedArray, encoded: pa.DictionaryArray) -> pa.ChunkedArray:
    """What became of the words, once a row."""
    return pa.chunked_array([_flat(words).take(encoded.indices)])


def decode(encoded: pa.DictionaryArray) -> pa.ChunkedArray:
    """The words once a row, as large strings, which pandas takes without a copy."""
    return spread(encoded.dictionary.cast(pa.large_string()), encoded)


def _flat(words: pa.Array | pa.ChunkedArray) -> pa.Array:
    if not isinstance(words, pa.ChunkedArray):
        return words
    return words.chunk(0) if words.num_chunks == 1 else words.combine_chunks()
