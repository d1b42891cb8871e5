"""The table as loaded, what its columns are, and what is to be predicted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    from reportgen.images import Images


class Kind(StrEnum):
    """What a column holds, which decides how it is profiled, prepared and shown."""

    NUMERIC = "numeric"
    CATEGORICAL = "categorical"
    BOOLEAN = "boolean"
    DATETIME = "datetime"
    TEXT = "text"
    IMAGE = "image"
    ID = "id"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, its kind and why it has that kind."""

    name: str
    kind: Kind
    reason: str
    sensitive: bool = False

    @property
    def is_feature_kind(self) -> bool:
        """Whether a column of this kind can be shown to a model."""
        return self.kind not in (Kind.ID, Kind.IGNORE)


@dataclass(frozen=True, slots=True)
class Task:
    """What is predicted.

    `labels` are the classes in the order of the score columns, `()` for numbers; in a binary task the positive label
    is the last one. Of a multilabel task they are the names of the target columns, `target` is their listing and
    `targets` holds them; else `targets` is the target alone. `stated` tells how the task was found, for the reader.
    Of a forecast `time` is the column that puts the rows in order and `season` the steps of a season.
    """

    name: str  # binary | multiclass | multilabel | regression | forecast
    target: str
    labels: tuple[str, ...] = ()
    stated: str = ""
    targets: tuple[str, ...] = ()
    time: str | None = None
    season: int = 1

    @property
    def is_classification(self) -> bool:
        """Whether each row has one class."""
        return self.name in ("binary", "multiclass")

    @property
    def is_numeric(self) -> bool:
        """Whether numbers are predicted."""
        return self.name in ("regression", "forecast")

    @property
    def target_columns(self) -> tuple[str, ...]:
        return self.targets or (self.target,)

    @property
    def positive(self) -> str | None:
        return self.labels[-1] if self.name == "binary" else None


@dataclass(frozen=True, slots=True)
class Source:
    """Where the table came from: its name without a folder, its format, size in bytes and SHA-256.

    Of several files `files` lists each, `size` is their sum and `sha256` that of the lines `NAME SHA-256` in their
    order.
    """

    name: str
    format: str
    size: int
    sha256: str
    files: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Dataset:
    """A table with its columns described.

    `frame` holds every row as loaded, RangeIndex 0..n-1 (the row positions of the source). Numeric columns are float64
    or int64 (or nullable Int64 where an integer column has gaps), boolean ones `boolean`, datetimes datetime64,
    everything else pandas `str` with NA. The target of a classification is `str`, its labels as they are spelled in the
    source; that of a regression is float64. An image column holds names, its pixels are in `images`.
    """

    frame: pd.DataFrame
    columns: tuple[Column, ...]
    source: Source
    task: Task | None = None
    notes: tuple[str, ...] = ()
    images: Mapping[str, Images] = field(default_factory=dict)  # by image column
    #: Split -> first row and the row after its last, where train, validation or test came in files of their own.
    given: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    #: Rows of the source, where `frame` holds a random sample of them.
    sampled_from: int | None = None
    #: Columns of words as codes and distinct words, where the loader has them already.
    encoded: Mapping[str, pa.DictionaryArray] = field(default_factory=dict)

    @property
    def n_rows(self) -> int:
        return len(self.frame)

    @property
    def features(self) -> tuple[Column, ...]:
        """The columns that a model may see: not the target, not ids, not ignored ones."""
        targets = self.task.target_columns if self.task else ()
        return tuple(column for column in self.columns if column.name not in targets and column.is_feature_kind)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the ledger: rows and columns before and after a step, what it changed, and why."""

    name: str
    rows_in: int
    rows_out: int
    columns_in: int
    columns_out: int
    changed: str
    why: str
    fitted_on: str = ""  # the split a step learnt from; "" where it learns nothing


@dataclass(frozen=True)
class Split:
    """One part of the rows: prepared features `X` (n, n_features) float32, `y` and the positions in the source.

    `y` is int64 class codes (positions in `Task.labels`) or float64 values (n,); (n, n_labels) zeros and ones of a
    multilabel task, (n, horizon) of a forecast. `rows` (n,) are positions in `Dataset.frame`; of a forecast those of
    the last row that the model sees, its origins in the order of time. `ahead` (n, horizon) are then the rows of the
    values that are forecast, `naive` (n, horizon) the values of the season before.
    """

    name: str  # train | validation | test
    X: np.ndarray
    y: np.ndarray
    rows: np.ndarray
    ahead: np.ndarray | None = None
    naive: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Lack:
    """What a split lacks, or has that train lacks: in which column, what, and how many rows it touches."""

    split: str
    column: str
    what: str
    rows: int


@dataclass(frozen=True)
class Dependence:
    """Which rows are alike: those of one group, or those near each other in time.

    `codes` (n_rows,) are of every row of `Dataset.frame`: its group, or its place in time; -1 for none.
    """

    kind: Literal["group", "time"]
    column: str
    codes: np.ndarray


@dataclass(frozen=True)
class Splits:
    """The prepared parts, the names of the prepared features, and what happened to every row."""

    parts: Mapping[str, Split]
    feature_names: tuple[str, ...]
    ledger: tuple[Step, ...]
    #: Prepared feature -> the column it was made from.
    made_from: Mapping[str, str] = field(default_factory=dict)
    #: What a row of X may be put into: an image, a window, word numbers; None for a table. See `fitted.FitJob`.
    shape: tuple[int, ...] | None = None
    vocabulary: int | None = None
    #: The words that have a number, from 2 on, where words are kept in their order.
    words: tuple[str, ...] = ()
    #: What did not go as asked, for the reader.
    notes: tuple[str, ...] = ()
    #: Classes and levels that a split lacks.
    lacks: tuple[Lack, ...] = ()
    #: Of a forecast: the mean absolute difference of the training series from its value one season before.
    naive_error: float | None = None
    #: How the rows depend on each other; None where they are taken as independent, and of a forecast.
    dependence: Dependence | None = None

    @property
    def train(self) -> Split:
        return self.parts["train"]

    @property
    def validation(self) -> Split | None:
        return self.parts.get("validation")

    @property
    def test(self) -> Split:
        return self.parts["test"]
