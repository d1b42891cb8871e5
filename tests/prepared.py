"""Small data sets for tests of preparation, and what must hold of whatever was prepared."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from tables import dataset

from reportgen.dataset import Dataset, Kind, Splits, Task
from reportgen.spec import Data, Spec


def spec(**blocks: Any) -> Spec:
    return Spec(data=Data(path="table.csv", target="y"), **blocks)


def table(target: Sequence[object], kinds: dict[str, Kind] | None = None, **columns: object) -> Dataset:
    """Columns and the target `y`: words for a classification, numbers for a regression."""
    numbers = all(isinstance(value, float) for value in target)
    frame = pd.DataFrame({**columns, "y": pd.Series(target, dtype="float64" if numbers else "str")})
    if numbers:
        task = Task("regression", "y")
    else:
        labels = tuple(sorted({str(value) for value in target if value is not None}))
        task = Task("binary" if len(labels) == 2 else "multiclass", "y", labels)
    found = {str(name): (kinds or {}).get(str(name), _kind(frame[name])) for name in frame}
    return dataset(frame, found, task=task)


def _kind(series: pd.Series) -> Kind:
    if isinstance(series.dtype, pd.StringDtype):
        return Kind.CATEGORICAL
    return Kind.BOOLEAN if series.dtype == "boolean" else Kind.DATETIME if series.dtype.kind == "M" else Kind.NUMERIC


def words(*values: str | None) -> pd.Series:
    return pd.Series(values, dtype="str")


def balanced(n: int = 100, **columns: object) -> Dataset:
    return table(["n", "p"] * (n // 2), **(columns or {"a": np.arange(n, dtype=float)}))


def column(splits: Splits, name: str, part: str = "train") -> list[float]:
    return splits.parts[part].X[:, splits.feature_names.index(name)].tolist()


def check_ledger(splits: Splits, source: Dataset) -> None:
    steps = splits.ledger
    assert (steps[0].rows_in, steps[0].columns_in) == (source.n_rows, len(source.columns))
    for before, after in pairwise(steps):
        assert (before.rows_out, before.columns_out) == (after.rows_in, after.columns_in)
    assert steps[-1].rows_out == sum(map(len, splits.parts.values()))
    assert steps[-1].columns_out == len(splits.feature_names)
    assert all(step.changed and step.why for step in steps)
