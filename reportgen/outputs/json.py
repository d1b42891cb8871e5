"""The report as JSON: all that the other formats are made from."""

from __future__ import annotations

from reportgen.document import Document, encoded, from_json, to_json
from reportgen.errors import LimitExceeded

DRESSED = False  # it holds the look, and has none
LARGEST = 200_000_000  # bytes


def to_bytes(document: Document) -> bytes:
    """The document in UTF-8, with sorted keys and a line end."""
    return encoded(to_json(document)) + b"\n"


def read(data: bytes, name: str) -> Document:
    """The document in a JSON file.

    Raises:
        DataError: it is no report.
        LimitExceeded: it is larger than 200 MB.
    """
    if len(data) > LARGEST:
        raise LimitExceeded(f"larger than {LARGEST:,} bytes", fix="make a smaller report", file=name)
    return from_json(data, name)
