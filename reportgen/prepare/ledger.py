"""The ledger: what happened to every row and column between table and model, with sums that must agree."""

from __future__ import annotations

from collections.abc import Mapping, Sized

import numpy as np

from reportgen.dataset import Step
from reportgen.errors import InternalError


class Ledger:
    """Steps in their order; each begins with the rows and columns that the one before has left.

    Beside the sums it holds an account of every single row: in use, or removed by one step.
    """

    def __init__(self, n_rows: int, n_columns: int) -> None:
        self.columns = n_columns  # after the last step
        self._in_use = np.ones(n_rows, bool)
        self._rows = n_rows
        self._steps: list[Step] = []

    def add(
        self, name: str, changed: str, why: str, *, columns: int | None = None, fitted_on: str = "", removed: int = 0
    ) -> None:
        """Enter a step; `columns` are what it leaves, as many as before where left out."""
        columns = self.columns if columns is None else columns
        left = self._rows - removed
        self._steps.append(Step(name, self._rows, left, self.columns, columns, changed, why, fitted_on))
        self._rows, self.columns = left, columns

    def remove(self, name: str, rows: np.ndarray, changed: str, why: str, *, fitted_on: str = "") -> None:
        """Enter a step that takes rows out.

        Args:
            rows: their positions in `Dataset.frame`.

        Raises:
            InternalError: a row is removed twice.
        """
        before = int(self._in_use.sum())
        self._in_use[rows] = False
        if before - int(self._in_use.sum()) != len(rows):
            raise InternalError(f"the ledger does not add up: {name} removed a row that was removed before")
        self.add(name, changed, why, fitted_on=fitted_on, removed=len(rows))

    def close(self, parts: Mapping[str, np.ndarray], feature_names: Sized) -> tuple[Step, ...]:
        """All steps.

        Args:
            parts: split -> positions of its rows.

        Raises:
            InternalError: rows or columns were lost or gained without an entry, or a row is in two splits.
        """
        taken = np.concatenate([*parts.values(), np.empty(0, np.int64)]).astype(np.int64)
        members = np.bincount(taken, minlength=len(self._in_use))
        if len(members) > len(self._in_use) or not np.array_equal(members, self._in_use):
            raise InternalError("the ledger does not add up: rows were lost, kept or divided without a word")
        if len(taken) != self._rows or len(feature_names) != self.columns:
            raise InternalError("the ledger does not add up: rows or columns were lost without a word")
        return tuple(self._steps)
