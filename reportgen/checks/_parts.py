"""What the checks of a split share: its parts, and the rows of each that are looked at."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reportgen.dataset import Split, Splits
from reportgen.errors import NotApplicable
from reportgen.profile.sample import spread
from reportgen.results import Run

#: Rows of each part that are compared at most, evenly spread; and values in all, over the columns.
SAMPLE, _SAMPLED_VALUES = 20_000, 400_000


def splits(run: Run) -> Splits:
    if run.splits is None:
        raise NotApplicable("nothing was split")
    if not len(run.splits.train) or not len(run.splits.test):
        raise NotApplicable("a part is empty")
    return run.splits


def frame(run: Run) -> pd.DataFrame:
    if run.dataset is None:
        raise NotApplicable("there is no table")
    return run.dataset.frame


def labels(run: Run) -> tuple[str, ...]:
    if run.task is None or not run.task.is_classification:
        raise NotApplicable("for classes only")
    return run.task.labels


def looked_at(part: Split, n_columns: int = 1) -> np.ndarray:
    """Rows of the part in the table, in their order there: all, or so many evenly spread ones."""
    most = max(1000, min(SAMPLE, _SAMPLED_VALUES // max(1, n_columns)))
    return np.sort(part.rows[spread(len(part.rows), most)])


def used(run: Run) -> set[str]:
    """The columns that features were made from."""
    found = splits(run)
    return set(found.made_from.values()) or set(found.feature_names)
