"""Arrow columns into pandas. The one place besides `_table` that needs it: readers do without, see `_ahead`."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from reportgen.loaders._encoding import decode, is_words


def to_pandas(values: pa.ChunkedArray | pa.DictionaryArray) -> pd.Series | np.ndarray:
    """int64, Int64 (with gaps), float64, boolean, datetime64 or str, as `Dataset.frame` promises."""
    if isinstance(values, pa.DictionaryArray):
        values = decode(values)
    if pa.types.is_floating(values.type):
        numbers: np.ndarray = values.to_numpy()
        return numbers
    if is_words(values.type):
        # Empty columns and all others alike: text is pandas `str`.
        return pd.Series(values.to_pandas(), dtype="str")
    mapper = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    needs = pa.types.is_boolean(values.type) or values.null_count
    found: pd.Series = values.to_pandas(types_mapper=mapper.get if needs else None)
    return found
