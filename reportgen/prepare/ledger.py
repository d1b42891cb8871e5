"""The ledger: what happened to every row and column between table and model, with sums that must agree."""

from __future__ import annotations

from collections.abc import Sized

from reportgen.dataset import Step
from reportgen.errors import InternalError


class Ledger:
    """Steps in their order; each begins with the rows and columns that the one before has left."""

    def __init__(self, n_rows: int, n_columns: int) -> None:
        self._rows, self._columns = n_rows, n_columns
        self._steps: list[Step] = []

    def add(
        self,
        name: str,
        changed: str,
        why: str,
        *,
        rows: int | None = None,
        columns: int | None = None,
        fitted_on: str = "",
    ) -> None:
        """Enter a step; `rows` and `columns` are what it leaves, as many as before where left out."""
        rows = self._rows if rows is None else rows
        columns = self._columns if columns is None else columns
        self._steps.append(Step(name, self._rows, rows, self._columns, columns, changed, why, fitted_on))
        self._rows, self._columns = rows, columns

    def close(self, parts: dict[str, Sized], feature_names: Sized) -> tuple[Step, ...]:
        """All steps.

        Raises:
            InternalError: rows or columns were lost without an entry.
        """
        if sum(map(len, parts.values())) != self._rows or len(feature_names) != self._columns:
            raise InternalError("the ledger does not add up: rows or columns were lost without a word")
        return tuple(self._steps)
