"""Where a model errs: its weakest slices and its worst predictions, as plain records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reportgen.results import Score


@dataclass(frozen=True, slots=True)
class Slice:
    """Test rows that share something, and how the model does on them.

    `value` with `low` and `high` is the accuracy, or the mean absolute error, on its `rows`; `rest` that on all others.
    `p_value` is one-sided, that the slice is no worse than the rest, corrected for all slices searched.
    """

    name: str
    columns: tuple[str, ...]
    rows: int
    value: float
    low: float
    high: float
    rest: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Worst:
    """One of the predictions furthest from the truth.

    `row` is its position in `Dataset.frame`, None where there is no table; `place` that in the prediction. `loss` is
    1 - the probability of the truth (of several labels of the worst one), 1 or 0 without probabilities, or the absolute
    error in the target's own unit.
    """

    place: int
    row: int | None
    loss: float
    step: int | None = None


@dataclass(frozen=True, slots=True)
class NamedSlice:
    """A slice that the experiment file names, its measure as of `Slice`, against all other rows.

    `difference` is `value` less `rest`. `p_value` is two-sided, corrected for all named slices. `scores` are further
    metrics of its rows. Of a slice of too few rows all but name and `rows` are None.
    """

    name: str
    rows: int
    value: float | None = None
    low: float | None = None
    high: float | None = None
    rest: float | None = None
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    p_value: float | None = None
    scores: tuple[Score, ...] = ()


@dataclass(frozen=True, slots=True)
class Rate:
    """A share or a mean of the `rows` of a group that count for it, with its interval."""

    rows: int
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Group:
    """Test rows of one group; `rates` in the order of `Grouping.measures`, None where too few rows count."""

    name: str
    rows: int
    rates: tuple[Rate | None, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """How far two groups are apart in one measure: `value` is that of the higher less that of the lower.

    The groups are places in `Grouping.groups`. The interval holds for all pairs of the measure, `p_value` is corrected
    for all pairs, measures and columns.
    """

    measure: str
    low_group: int
    high_group: int
    value: float
    low: float
    high: float
    p_value: float
    is_share: bool = True


@dataclass(frozen=True, slots=True)
class Grouping:
    """The groups of one column, and the largest gap in each measure; `numbered` where the groups must not be named.

    `left_out` are test rows of groups that are too small to be shown.
    """

    column: str
    numbered: bool
    measures: tuple[str, ...]
    groups: tuple[Group, ...]
    gaps: tuple[Gap, ...]
    left_out: int = 0


@dataclass(frozen=True)
class Mistakes:
    """What was found on the test rows.

    `measure` is accuracy, subset accuracy or mae, `overall` its value. `slices` are those shown to be weaker than the
    rest, or else the weakest few that were searched, `searched` counts all. `columns` of `columns_there` columns were
    searched and `paired` of them also in pairs, beginning with the `ranked` ones that matter most to the model. `note`
    tells why nothing was searched. `dependent` says that rows depend on each other, so that p-values are too small.
    """

    measure: str
    overall: float
    worst: tuple[Worst, ...]
    slices: tuple[Slice, ...] = ()
    searched: int = 0
    columns: int = 0
    columns_there: int = 0
    ranked: int = 0
    paired: int = 0
    smallest: int = 0
    note: str = ""
    dependent: bool = False
    named: tuple[NamedSlice, ...] = ()
    groupings: tuple[Grouping, ...] = ()

    @property
    def columns_cut(self) -> bool:
        """Whether there are more columns than were searched."""
        return self.columns < self.columns_there
