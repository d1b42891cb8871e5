"""Where a model errs: its weakest slices and its worst predictions, as plain records."""

from __future__ import annotations

from dataclasses import dataclass


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


@dataclass(frozen=True)
class Mistakes:
    """What was found on the test rows.

    `measure` is accuracy, subset accuracy or mae, `overall` its value. `slices` are those shown to be weaker than the
    rest, or else the weakest few that were searched, `searched` counts all. `paired` of `columns` columns were also
    looked at in pairs. `note` tells why nothing was searched.
    """

    measure: str
    overall: float
    worst: tuple[Worst, ...]
    slices: tuple[Slice, ...] = ()
    searched: int = 0
    columns: int = 0
    paired: int = 0
    smallest: int = 0
    note: str = ""
