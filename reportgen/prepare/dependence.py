"""How the rows depend on each other, as far as the experiment file says: by `split.by: group` or `split.by: time`."""

from __future__ import annotations

import numpy as np

from reportgen.dataset import Dataset, Dependence
from reportgen.errors import DataError
from reportgen.prepare import _groups, _times
from reportgen.registry import suggestion
from reportgen.spec import Split
from reportgen.text import quoted


def dependence(dataset: Dataset, split: Split) -> Dependence | None:
    """Which rows are alike; None where they are drawn as if they were independent, and of a forecast.

    Raises:
        DataError: the column is missing, or holds words where it should hold times.
    """
    if split.by not in ("group", "time") or split.column is None or (dataset.task and dataset.task.time is not None):
        return None
    names = tuple(column.name for column in dataset.columns)
    if split.column not in names:
        what = f"there is no column {quoted(split.column)} in {quoted(dataset.source.name)}"
        raise DataError(what, suggestion(split.column, names), key="split.column")
    column = dataset.frame[split.column]
    if split.by == "group":
        return Dependence("group", split.column, _groups.codes(column))
    rows = np.flatnonzero(column.notna().to_numpy())
    codes = np.full(dataset.n_rows, -1)
    codes[rows] = np.unique(_times.moments(column)(rows), return_inverse=True)[1]
    return Dependence("time", split.column, codes)
