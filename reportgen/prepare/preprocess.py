"""Columns of every kind -> one dense float32 matrix, by transformers that are fitted on the training rows alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, PowerTransformer, QuantileTransformer, RobustScaler, StandardScaler

from reportgen import parallel
from reportgen.dataset import Column, Dataset, Kind
from reportgen.prepare.staging import Block
from reportgen.prepare.transformers import DatetimeParts, Fill, Levels, OutlierBounds, Pixels, Varying
from reportgen.prepare.word_features import WordNumbers, WordWeights
from reportgen.spec import MissingPolicy, Preprocess
from reportgen.text import one_line

#: Levels of one column that get a feature each, the rarer ones one together.
MOST_LEVELS = 50
#: Words of one text column that get a feature each: as many as make 50,000,000 numbers, within these two.
MOST_WORDS, FEWEST_WORDS = 1000, 50
_WORD_NUMBERS = 50_000_000
#: A level with fewer members in train is not named.
FEWEST_MEMBERS = 5
#: The level that stands for a missing value, with `missing: {categorical: own_level}`.
OWN_LEVEL = "(missing)"
_QUANTILES = 1000
_LARGEST = np.float32(3e38)
_BATCH = 65_536
_COLOURS = {1: ("",), 3: (",red", ",green", ",blue")}


@dataclass(frozen=True)
class Piece:
    """Some features: what is read of each row, the fitted transformer, and (feature, column) in its order.

    `marks` tells what features that are added to those of a block mark: missing or outlying.
    """

    read: Callable[[np.ndarray], Any]
    transformer: Any
    made: tuple[tuple[str, str], ...]
    block: Block
    marks: str = ""

    def transform(self, rows: np.ndarray) -> np.ndarray:
        found: np.ndarray = self.transformer.transform(self.read(rows))
        return found


@dataclass(frozen=True)
class Settings:
    """How columns become features: the experiment's wishes, and how outliers are marked where they are."""

    how: Preprocess
    missing: MissingPolicy
    seed: int
    clip: OutlierBounds | None = None
    flag: OutlierBounds | None = None


class Matrix:
    """The fitted preprocessing: names of the features it makes, and the column that each was made from."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self.pieces = tuple(pieces)
        made = [pair for piece in pieces for pair in piece.made]
        self.feature_names = _distinct([name for name, _ in made])
        self.made_from = dict(zip(self.feature_names, (column for _, column in made), strict=True))

    @property
    def shape(self) -> tuple[int, ...] | None:
        """What a row may be put into: (height, width, channels) of an image alone, (length,) of the words of a text."""
        fitted = self.pieces[0].transformer if len(self.pieces) == 1 else None
        if isinstance(fitted, Pixels):
            return (*fitted.size, fitted.channels_)
        return (fitted.length_,) if isinstance(fitted, WordNumbers) else None

    @property
    def vocabulary(self) -> int | None:
        """How many numbers of words there are, with 0 for none and 1 for unknown words; None without such numbers."""
        fitted = self.pieces[0].transformer if self.shape is not None else None
        return fitted.vocabulary_ if isinstance(fitted, WordNumbers) else None

    @property
    def words(self) -> tuple[str, ...]:
        """The words with a number, in the order of the numbers from 2 on; none without such numbers."""
        if self.vocabulary is None:
            return ()
        piece = self.pieces[0]
        return tuple(piece.block.words[0].take(pa.array(piece.transformer.words_)).to_pylist())

    def transform(self, rows: np.ndarray) -> np.ndarray:
        """Features (len(rows), n_features) float32 of the rows at these positions of the frame."""
        found = np.empty((len(rows), len(self.feature_names)), np.float32)

        def fill(start: int) -> None:
            place, part = 0, rows[start : start + _BATCH]
            for piece in self.pieces:
                values = piece.transform(part)
                if values.dtype == np.float64:
                    np.clip(values, -_LARGEST, _LARGEST, out=values)
                found[start : start + _BATCH, place : place + len(piece.made)] = values
                place += len(piece.made)

        parallel.each(fill, range(0, len(rows), _BATCH))
        return found


def fit(dataset: Dataset, blocks: Sequence[Block], train: np.ndarray, settings: Settings) -> Matrix:
    """Learn from the training rows how columns become features.

    Args:
        blocks: the columns to use, each with a value in `train`; of kinds that `settings.how` does not drop.
        train: positions of the training rows in the frame.
    """
    pieces = [_piece(dataset, block, train, settings) for block in blocks]
    if settings.missing.indicator:
        pieces += [_indicators(block, train) for block in blocks if not _tells_missing(block, settings)]
    if settings.flag is not None:
        pieces += [_flags(block, train, settings.flag) for block in blocks if block.kind is Kind.NUMERIC]
    return Matrix([piece for piece in pieces if piece.made])


def most_words(n_train: int) -> int:
    """Words of a text column that get a feature each, with so many training rows."""
    return int(np.clip(_WORD_NUMBERS // max(n_train, 1), FEWEST_WORDS, MOST_WORDS))


def _tells_missing(block: Block, settings: Settings) -> bool:
    return (
        block.kind is Kind.CATEGORICAL
        and settings.missing.categorical == "own_level"
        and settings.how.categorical == "onehot"
    )


def _piece(dataset: Dataset, block: Block, train: np.ndarray, settings: Settings) -> Piece:
    def read(rows: np.ndarray) -> Any:
        return block.values[rows]

    transformer = _transformer(dataset, block, len(train), settings)
    transformer.fit(read(train))
    return Piece(read, transformer, tuple(_names(block, transformer)), block)


def _transformer(dataset: Dataset, block: Block, n_train: int, settings: Settings) -> Any:
    how, missing = settings.how, settings.missing
    if block.kind is Kind.NUMERIC:
        clip = [] if settings.clip is None else [settings.clip]
        return make_pipeline(*clip, Fill(missing.numeric), _scaler(how, n_train, settings.seed))
    if block.kind is Kind.DATETIME:
        return make_pipeline(DatetimeParts(), Fill("median"), _scaler(how, n_train, settings.seed))
    if block.kind is Kind.CATEGORICAL:
        return Levels(how.categorical, missing.categorical == "own_level", MOST_LEVELS)
    if block.kind is Kind.TEXT:
        return WordNumbers(how.vocabulary) if how.text == "tokens" else WordWeights(most_words(n_train))
    if block.kind is Kind.IMAGE:
        return Pixels(dataset.images[block.names[0]], (how.image_size[0], how.image_size[1]))
    return Fill("most_frequent")


def _scaler(how: Preprocess, n_train: int, seed: int) -> Any:
    if how.numeric == "quantile":
        return QuantileTransformer(
            n_quantiles=min(_QUANTILES, n_train), output_distribution="normal", random_state=seed
        )
    scalers = {"standard": StandardScaler, "minmax": MinMaxScaler, "robust": RobustScaler, "power": PowerTransformer}
    return scalers[how.numeric]() if how.numeric in scalers else "passthrough"


def _indicators(block: Block, train: np.ndarray) -> Piece:
    return _varying(block, block.missing, train, "missing")


def _flags(block: Block, train: np.ndarray, bounds: OutlierBounds) -> Piece:
    def read(rows: np.ndarray) -> np.ndarray:
        return bounds.marks(block.values[rows])

    return _varying(block, read, train, "outlying")


def _varying(block: Block, read: Callable[[np.ndarray], np.ndarray], train: np.ndarray, what: str) -> Piece:
    transformer = Varying().fit(read(train))
    made = tuple((f"{block.names[place]} {what}", block.names[place]) for place in transformer.columns_)
    return Piece(read, transformer, made, block, what)


def _names(block: Block, fitted: Any) -> Iterable[tuple[str, str]]:
    """Name and source column of each feature of a block, in the order of the matrix."""
    if block.kind is Kind.DATETIME:
        for name, parts in zip(block.names, fitted[0].parts_, strict=True):
            yield from ((f"{name} {part}", name) for part in (*parts, "elapsed days"))
    elif block.kind is Kind.TEXT:
        (column,) = block.columns
        if isinstance(fitted, WordNumbers):
            yield from ((f"{column.name} word {number}", column.name) for number in range(1, fitted.length_ + 1))
            return
        yield from ((f"{column.name}: {word}", column.name) for word in _words(fitted, block.words[0], column))
    elif block.kind is Kind.IMAGE:
        (name,), (height, width) = block.names, fitted.size
        yield from (
            (f"{name} {row},{place}{colour}", name)
            for row in range(height)
            for place in range(width)
            for colour in _COLOURS[fitted.channels_]
        )
    elif block.kind is Kind.CATEGORICAL and fitted.encoding == "onehot":
        for place, column in enumerate(block.columns):
            named = _levels(fitted, place, block.words[place], column)
            yield from ((f"{column.name}={level}", column.name) for level in named)
    else:
        yield from ((name, name) for name in block.names)


def _levels(fitted: Levels, place: int, words: pa.Array, column: Column) -> Iterable[str]:
    counts, pooled = fitted.counts_[place], fitted.pooled_[place]
    for number, level in enumerate(fitted.levels_[place].tolist(), start=1):
        named = level < 0 or (not column.sensitive and counts[level + 1] >= FEWEST_MEMBERS)
        shown = OWN_LEVEL if level < 0 else words[level].as_py() if named else ""
        yield one_line(shown, 60) if named else f"(level {number})"
    if pooled:
        yield f"({pooled} rare levels)"


def _words(fitted: WordWeights, words: pa.Array, column: Column) -> Iterable[str]:
    taken = words.take(pa.array(fitted.words_)).to_pylist()
    for number, (word, members) in enumerate(zip(taken, fitted.members_, strict=True), start=1):
        named = not column.sensitive and members >= FEWEST_MEMBERS
        yield one_line(word, 60) if named else f"(word {number})"


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    seen: dict[str, int] = {}
    taken, found = set(names), []
    for name in names:
        unique = name
        while unique in seen or (unique != name and unique in taken):
            seen[name] = seen.get(name, 1) + 1
            unique = f"{name} ({seen[name]})"
        seen.setdefault(unique, 1)
        found.append(unique)
    return tuple(found)
