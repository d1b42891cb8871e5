"""Arrow batches as a stream that is thinned out, for formats that hold columns."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from reportgen.loaders._draw import Draw


@dataclass(frozen=True)
class Rows:
    """Some rows of a table."""

    table: pa.Table

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @property
    def nbytes(self) -> int:
        return int(self.table.nbytes)

    def keep(self, mask: np.ndarray) -> Rows:
        return Rows(self.table.filter(pa.array(mask)))


@dataclass(frozen=True)
class Positions:
    """Rows of a table that is in memory anyway, by their positions."""

    rows: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def nbytes(self) -> int:
        return int(self.rows.nbytes)

    def keep(self, mask: np.ndarray) -> Positions:
        return Positions(self.rows[mask])


def draw_batches(batches: Iterable[pa.RecordBatch], draw: Draw, number: int) -> None:
    """Offer every row of the batches to a draw."""
    for batch in batches:
        if batch.num_rows:
            draw.add(number, Rows(pa.table(batch)))


def drawn(draw: Draw, number: int, schema: pa.Schema) -> pa.Table:
    """The rows of a file that stay."""
    tables = [batch.table for batch in draw.take(number)]
    return pa.concat_tables(tables) if tables else schema.empty_table()
