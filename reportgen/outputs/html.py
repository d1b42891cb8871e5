"""One self-contained HTML page, which carries the report's data and can be read back.

The document travels in the page as base64 of gzip of its JSON, without what stands in the page anyway: the stamp, which
is in the by-line, and the drawings.
"""

from __future__ import annotations

import binascii
import json
import zlib
from html.parser import HTMLParser
from pathlib import Path

from reportgen.document import Document, from_plain
from reportgen.errors import DataError, LimitExceeded
from reportgen.render import BLOCK_TYPE, drawings, to_html
from reportgen.render.page import BLOCK_ID

DRESSED = True  # has a look
DRESSED_MARK = '<meta name="reportgen-look" content="own">'  # of a page that a folder of templates made
LARGEST = 200_000_000  # bytes of JSON


def to_bytes(document: Document, own: Path | None = None) -> bytes:
    """The page in UTF-8; `own` is a folder of the user's templates. Raises as `to_html` does."""
    page = to_html(document, own=own)
    return (page.replace("</head>", f"{DRESSED_MARK}</head>", 1) if own else page).encode()


def read(data: bytes, name: str) -> Document:
    """The document that a page carries.

    Raises:
        DataError: the page carries none, or a damaged one.
        LimitExceeded: the document would be larger than 200 MB.
    """
    page = data.decode(errors="replace")
    finder = _Finder()
    finder.feed(page)
    if not finder.block:
        raise DataError("an HTML page, but not a report", fix="give a page that reportgen wrote", file=name)
    try:
        plain = json.loads(_unpacked(finder.block, name))
        if not isinstance(plain, dict):
            raise _damaged(name)
        whole = {**drawings.restored(plain, page), "stamp": json.loads(finder.stamp or "{}")}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise _damaged(name) from error
    return from_plain(whole, name)


class _Finder(HTMLParser):
    """Finds the first data block and the stamp of a page, as a browser would."""

    def __init__(self) -> None:
        super().__init__()
        self.stamp = ""
        self.block = ""
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "script":
            self._inside = not self.block and values.get("id") == BLOCK_ID and values.get("type") == BLOCK_TYPE
        elif values.get("id") == "stamp" and not self.stamp:
            self.stamp = values.get("data-stamp") or ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.block += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self._inside = False


def _unpacked(block: str, name: str) -> bytes:
    try:
        packed = binascii.a2b_base64(block.strip().encode(), strict_mode=True)
        opener = zlib.decompressobj(wbits=31)
        plain = opener.decompress(packed, LARGEST + 1)
    except (ValueError, zlib.error) as error:
        raise _damaged(name) from error
    if len(plain) > LARGEST:
        raise LimitExceeded(
            f"the report in it is larger than {LARGEST:,} bytes", fix="make a smaller report", file=name
        )
    if not opener.eof:
        raise _damaged(name)
    return plain


def _damaged(name: str) -> DataError:
    return DataError("a damaged report: its data cannot be unpacked", fix="make the report again", file=name)
