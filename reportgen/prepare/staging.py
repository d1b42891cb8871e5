"""Columns as plain arrays, one block for the columns of a kind; nothing is learnt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import scipy.sparse as sp

from reportgen import parallel
from reportgen.dataset import Column, Dataset, Kind
from reportgen.prepare import _words
from reportgen.profile import rows as row_codes

#: The squares of larger numbers would overflow, so they count as this one.
LIMIT = 1e100
#: Texts that repeat among the first so many are counted once each.
_LOOKED_AT = 10_000
_BLOCKS = (Kind.NUMERIC, Kind.BOOLEAN, Kind.CATEGORICAL, Kind.DATETIME)


@dataclass(frozen=True)
class Block:
    """Columns of one kind, for every row of the frame.

    Attributes:
        values: (n, k). Numeric float64 with NaN for missing and infinite, within +-`LIMIT`; boolean float32 with NaN;
            categorical int32 codes, in the order of the levels, -1 for missing; datetime datetime64[us] with NaT; text,
            one column, counts of words (n, n_words), sparse, or its words in their order as places in `words`, -1
            beyond the end, (n, length) int32; image, one column, the position of the row.
        words: levels of each categorical column in their order, or the words of a text.
        gaps: which rows are missing (n, 1), where `values` do not tell.
    """

    kind: Kind
    columns: tuple[Column, ...]
    values: np.ndarray | sp.csr_matrix
    words: tuple[pa.Array, ...] = ()
    gaps: np.ndarray | None = None

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def missing(self, rows: np.ndarray) -> np.ndarray:
        """Which values of these rows are missing: boolean (len(rows), k)."""
        if self.gaps is not None:
            of_rows: np.ndarray = self.gaps[rows]
            return of_rows
        values: np.ndarray = self.values[rows]
        found: np.ndarray = values < 0 if self.kind is Kind.CATEGORICAL else np.isnan(values)
        return found

    def known(self, rows: np.ndarray) -> np.ndarray:
        """Which columns have a value in one of these rows, or of a text a word: boolean (k,)."""
        if self.kind is Kind.TEXT:
            read = self.values[rows]
            return np.array([read.nnz > 0 if sp.issparse(read) else bool((read >= 0).any())])
        found: np.ndarray = np.asarray(~self.missing(rows).all(axis=0))
        return found

    def only(self, keep: np.ndarray) -> Block:
        """The block with the columns where `keep` (k,) is true."""
        if keep.all():
            return self
        columns = tuple(column for column, stays in zip(self.columns, keep, strict=True) if stays)
        words = tuple(word for word, stays in zip(self.words, keep, strict=True) if stays) if self.words else ()
        values = self.values[:, keep] if len(keep) > 1 else self.values
        return replace(self, columns=columns, values=values, words=words)


def blocks(dataset: Dataset, columns: Iterable[Column], text_length: int | None = None) -> list[Block]:
    """The columns of a data set in the order of their kinds; each text and each image column has a block of its own.

    Args:
        text_length: how many words of a text are kept in their order; all are counted if left out.
    """
    by_kind: dict[Kind, list[Column]] = {}
    for column in columns:
        by_kind.setdefault(column.kind, []).append(column)
    found = [_together(dataset, kind, by_kind[kind]) for kind in _BLOCKS if kind in by_kind]
    found += [_text(dataset, column, text_length) for column in by_kind.get(Kind.TEXT, [])]
    return found + [_image(dataset, column) for column in by_kind.get(Kind.IMAGE, [])]


def codes(dataset: Dataset, name: str) -> row_codes.Encoded:
    """A column of words as codes and distinct words."""
    known = dataset.encoded.get(name)
    return row_codes.encode(dataset.frame[name]) if known is None else row_codes.coded(known)


def _together(dataset: Dataset, kind: Kind, columns: Sequence[Column]) -> Block:
    values = np.empty((dataset.n_rows, len(columns)), _TYPES[kind], order="F")
    words: list[pa.Array] = [None] * len(columns)

    def fill(place: int) -> None:
        name = columns[place].name
        if kind is Kind.CATEGORICAL:
            values[:, place], words[place] = _ordered(codes(dataset, name))
        else:
            values[:, place] = _READ[kind](dataset.frame[name])

    parallel.each(fill, range(len(columns)))
    return Block(kind, tuple(columns), values, tuple(words) if kind is Kind.CATEGORICAL else ())


def _numbers(series: pd.Series) -> np.ndarray:
    numbers = series.to_numpy("float64", na_value=np.nan)
    return np.clip(np.where(np.isfinite(numbers), numbers, np.nan), -LIMIT, LIMIT)


def _booleans(series: pd.Series) -> np.ndarray:
    found: np.ndarray = series.to_numpy("float32", na_value=np.nan)
    return found


def _moments(series: pd.Series) -> np.ndarray:
    return series.to_numpy().astype("datetime64[us]")


_TYPES = {
    Kind.NUMERIC: "float64",
    Kind.BOOLEAN: "float32",
    Kind.CATEGORICAL: "int32",
    Kind.DATETIME: "datetime64[us]",
}
_READ = {Kind.NUMERIC: _numbers, Kind.BOOLEAN: _booleans, Kind.DATETIME: _moments}


def _ordered(encoded: row_codes.Encoded) -> tuple[np.ndarray, pa.Array]:
    """Codes in the order of the words, so that they do not depend on which row comes first."""
    order = pc.sort_indices(encoded.words).to_numpy()
    rank = np.full(len(order) + 1, -1, np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank[encoded.codes], encoded.words.take(pa.array(order))


def _text(dataset: Dataset, column: Column, length: int | None) -> Block:
    def read(texts: pa.Array) -> tuple[np.ndarray | sp.csr_matrix, pa.Array]:
        return _words.counts(texts) if length is None else _words.sequences(texts, length)

    texts = row_codes.words(dataset.frame[column.name])
    if pc.count_distinct(texts.slice(0, _LOOKED_AT)).as_py() > min(len(texts), _LOOKED_AT) / 2:
        values, words = read(texts)
        return Block(Kind.TEXT, (column,), values, (words,), _blank(texts)[:, None])
    encoded = codes(dataset, column.name)
    different = pa.concat_arrays([encoded.words, pa.nulls(1, encoded.words.type)])
    values, words = read(different)
    return Block(Kind.TEXT, (column,), values[encoded.codes], (words,), _blank(different)[encoded.codes][:, None])


def _blank(texts: pa.Array) -> np.ndarray:
    found: np.ndarray = pc.fill_null(pc.equal(texts, ""), True).to_numpy(zero_copy_only=False)
    return found


def _image(dataset: Dataset, column: Column) -> Block:
    gaps = dataset.images[column.name].shapes()[:, 0] == 0
    return Block(Kind.IMAGE, (column,), np.arange(dataset.n_rows)[:, None], (), gaps[:, None])
