"""The report in Markdown as GitHub reads it: words, numbers and tables, without drawings."""

from __future__ import annotations

from reportgen.document import Document
from reportgen.render import to_markdown

DRESSED = False  # plain text


def to_bytes(document: Document) -> bytes:
    """The text in UTF-8."""
    return to_markdown(document).encode()
