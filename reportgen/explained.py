"""Why a model says what it says: what its process is asked after the training, and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class ExplainJob:
    """What is asked of a model that was fitted, picklable; the rows themselves it has from its `FitJob`.

    `columns` maps each column to the places of the features made from it, which are shuffled together. `grids` maps
    the columns that can be varied to prepared features (n_grid, n_features of it), one row a value of the column.
    `repeats` and `rows` are None where the work decides; `dependences` is for how many columns the dependence of the
    prediction is computed, the most important first.
    """

    split: str
    columns: Mapping[str, tuple[int, ...]]
    grids: Mapping[str, np.ndarray]
    seed: int
    confidence: float = 0.95
    repeats: int | None = None
    rows: int | None = None
    dependences: int = 4
    samples: int = 0  # rows that the report may show


@dataclass(frozen=True)
class Importance:
    """How much the loss rises, on average, when one column is shuffled among the rows.

    `low` and `high` are a t interval over the rows, each row's rise being its mean over the repeats; `std` is the
    standard deviation of the mean rise over the repeats, with n - 1.
    """

    column: str
    value: float
    low: float
    high: float
    std: float


@dataclass(frozen=True)
class Importances:
    """Permutation importances (Breiman 2001; Fisher, Rudin and Dominici 2019), the largest first.

    `loss` names what rises: log_loss, error_rate or mean_absolute_error, the last in the target's own unit; `before`
    is its value on the rows as they are. Of `looked_at` columns those listed were measured in full: where there are
    many, a first look with one shuffle chose them.
    """

    loss: str
    before: float
    split: str
    rows: int
    of_rows: int
    repeats: int
    columns: tuple[Importance, ...]
    looked_at: int

    def of(self, column: str) -> Importance | None:
        return next((one for one in self.columns if one.column == column), None)


@dataclass(frozen=True)
class Dependence:
    """What a model predicts on average when a column has each of some values and all else stays (Friedman 2001).

    `average` (n_grid, n_outputs) is a mean over `rows` rows of a split; `curves` (n_curves, n_grid) are single rows of
    it, for models of one output alone (individual conditional expectation, Goldstein et al. 2015). `outputs` are the
    class codes of the columns of `average`, () of numbers. `grid` are the values in the column's own unit, levels by
    name; `shares` (n_grid,) of the training rows that have each level, () of numbers.
    """

    column: str
    split: str
    rows: int
    average: np.ndarray
    curves: np.ndarray
    outputs: tuple[int, ...] = ()
    grid: tuple[float | str, ...] = ()
    kind: str = "numeric"  # numeric | datetime | levels
    shares: tuple[float, ...] = ()


@dataclass(frozen=True)
class Attribution:
    """Which pixels an image network's output depends on: means over the rows of one class, or a single row.

    `output` is the class code, None of a number. `image` (height, width, channels) is the mean of the rows, and so are
    `saliency` (height, width), the largest absolute gradient of the channels (Simonyan et al. 2014), and `integrated`
    (height, width), the integrated gradients summed over the channels (Sundararajan et al. 2017), whose sum is `end` -
    `start`: the output on the rows less that on the reference. `whose` says which rows, `reference` what the path
    starts from.
    """

    output: int | None
    rows: int
    image: np.ndarray
    saliency: np.ndarray
    integrated: np.ndarray
    start: float
    end: float
    whose: str
    reference: str


@dataclass(frozen=True)
class WordAttribution:
    """How much a word lowers the loss of the rows of one class, on average over `rows` of them.

    Integrated gradients of the loss along the path on which all word vectors grow from zero to what was learnt; over
    all words they sum to the loss with no word known less the loss. `holding` of the rows hold the word.
    """

    output: int | None  # the class code, None where a number is predicted
    number: int
    rows: int
    holding: int
    value: float
    word: str = ""


@dataclass(frozen=True)
class Explained:
    """What a model's process answers. `notes` tell what could not be explained, and why."""

    importances: Importances | None = None
    dependences: tuple[Dependence, ...] = ()
    attributions: tuple[Attribution, ...] = ()
    words: tuple[WordAttribution, ...] = ()
    interrupted: bool = False
    notes: tuple[str, ...] = ()
    alone: bool = False  # all features come from one column
    split: str = ""  # whose rows were looked at
