"""The types of the columns of a long text, supposed from some of its rows; a parser that is told them keeps less."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from reportgen.loaders._text_rows import PIECE, Signs, delimiters

#: Shorter texts gain nothing.
LONG = 1 << 25
_WINDOWS = 16
_WIDTH = 1 << 16
_QUOTE = ord('"')


def spread_rows(body: memoryview, separator: str, signs: Signs) -> bytes:
    """Whole rows from evenly spread places of the text, its first ones among them; `b""` where no place is sure."""
    text = np.frombuffer(body, np.uint8)
    if signs.stray_quote:
        return b""
    n_pieces = len(signs.in_quotes)
    pieces = sorted({number * n_pieces // _WINDOWS for number in range(min(_WINDOWS, n_pieces))})
    return b"".join(_rows(text[piece * PIECE :][:_WIDTH], separator, piece, signs) for piece in pieces)


def supposed(schema: pa.Schema) -> dict[str, pa.DataType]:
    """The types to ask for, given those that some rows have.

    Whatever fits them is read as it would be without them. Columns without a value in these rows, and times of the day,
    are read as words, which are looked at later.
    """
    return {
        name: kind if _is_sure(kind) else pa.string() for name, kind in zip(schema.names, schema.types, strict=True)
    }


def _is_sure(kind: pa.DataType) -> bool:
    return not (pa.types.is_null(kind) or pa.types.is_time(kind))


def _rows(window: np.ndarray, separator: str, piece: int, signs: Signs) -> bytes:
    if signs.in_quotes[piece]:
        closing = np.flatnonzero(window == _QUOTE)[:1]
        window = window[int(closing[0]) + 1 :] if len(closing) else window[:0]
    marks = delimiters(window, separator)
    ends = marks[window[marks] != ord(separator)] + 1
    if not len(ends):
        return b""
    return window[0 if piece == 0 else int(ends[0]) : int(ends[-1])].tobytes()
