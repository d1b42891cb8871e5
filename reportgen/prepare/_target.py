"""The target of a regression or a forecast as numbers."""

from __future__ import annotations

import numpy as np

from reportgen.dataset import Dataset
from reportgen.errors import DataError
from reportgen.text import quoted

#: Estimators compute in 32-bit numbers, which end at 3.4e38.
_LARGEST = 1e38


def target_numbers(dataset: Dataset, target: str, rows: np.ndarray) -> np.ndarray:
    """The target of these rows (n,) float64.

    Raises:
        DataError: a value is too large to learn.
    """
    values: np.ndarray = dataset.frame[target].iloc[rows].to_numpy("float64")
    if (beyond := np.abs(values) > _LARGEST).any():
        first = int(np.argmax(beyond))
        what = f"the target {quoted(target)}, row {rows[first] + 1:,}: {values[first]:g} is too large to learn"
        fix = "give the target in a larger unit, or mend the value"
        raise DataError(what, fix, file=dataset.source.name, key="data.target")
    return values
