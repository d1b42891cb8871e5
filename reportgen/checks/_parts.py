"""What checks of a model or a split share: the model, the parts, and the rows of each part that are looked at."""

from __future__ import annotations

import numpy as np
import pandas as pd

from reportgen.dataset import Split, Splits
from reportgen.errors import NotApplicable
from reportgen.fitted import Fitted
from reportgen.profile.sample import spread
from reportgen.results import Run

#: Rows of each part that are compared at most, evenly spread; and values in all, over the columns.
SAMPLE, _SAMPLED_VALUES = 20_000, 400_000


def fitted_of(run: Run) -> Fitted:
    if run.fitted is None:
        raise NotApplicable("there is no model here")
    return run.fitted


def splits(run: Run) -> Splits:
    if run.splits is None:
        raise NotApplicable("nothing was split")
    if not {"train", "test"} <= set(run.splits.parts):
        raise NotApplicable("there are no training rows")
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


def divided_by(run: Run) -> tuple[str, str | None]:
    """How the rows were divided, and by which column; a forecast's always by its time."""
    if run.task is not None and run.task.time is not None:
        return "time", run.task.time
    return run.spec.split.by, run.spec.split.column


def need_independent(run: Run) -> None:
    """Raise NotApplicable for a forecast, whose rows are alike where they are near in time: no test of chance holds."""
    if run.task is not None and run.task.name == "forecast":
        raise NotApplicable("the rows of a series depend on each other, so that chance cannot be told from drift")


def looked_at(part: Split, n_columns: int = 1) -> np.ndarray:
    """Rows of the part in the table, in their order there: all, or so many evenly spread ones."""
    most = max(1000, min(SAMPLE, _SAMPLED_VALUES // max(1, n_columns)))
    return np.sort(part.rows[spread(len(part.rows), most)])


def used(run: Run) -> set[str]:
    """The columns that features were made from."""
    found = splits(run)
    return set(found.made_from.values()) or set(found.feature_names)
