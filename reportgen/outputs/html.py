"""One self-contained HTML page, which carries the report's data and can be read back.

The document travels in the page as base64 of gzip of its JSON, without the stamp, which stands in the by-line alone.
"""

from __future__ import annotations

import binascii
import json
import zlib
from html.parser import HTMLParser

from reportgen.document import Document, from_json
from reportgen.errors import DataError, LimitExceeded
from reportgen.render import BLOCK_TYPE, to_html
from reportgen.render.page import BLOCK_ID

LARGEST = 200_000_000  # bytes of JSON


def to_bytes(document: Document) -> bytes:
    """The page in UTF-8."""
    return to_html(document).encode()


def read(data: bytes, name: str) -> Document:
    """The document that a page carries.

    Raises:
        DataError: the page carries none, or a damaged one.
        LimitExceeded: the document would be larger than 200 MB.
    """
    finder = _Finder()
    finder.feed(data.decode(errors="replace"))
    if not finder.block:
        raise DataError("an HTML page, but not a report", fix="give a page that reportgen wrote", file=name)
    plain = _unpacked(finder.block, name)
    if not plain.startswith(b"{"):
        raise _damaged(name)
    return from_json(b'{"stamp":' + _stamp(finder.stamp, name) + b"," + plain[1:], name)


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


def _stamp(text: str, name: str) -> bytes:
    """The stamp as JSON, parsed and written anew so that nothing else can come in with it."""
    try:
        return json.dumps(json.loads(text or "{}")).encode()
    except (ValueError, RecursionError) as error:
        raise _damaged(name) from error


def _damaged(name: str) -> DataError:
    return DataError("a damaged report: its data cannot be unpacked", fix="make the report again", file=name)
