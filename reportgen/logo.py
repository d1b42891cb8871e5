"""A logo from a file: a PNG without what is not its picture, or an SVG rewritten to what may stand in a page."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from html import escape
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from reportgen.errors import DataError
from reportgen.svg import FAMILY, NAMESPACE, check_drawing
from reportgen.text import quoted

PREFIX = "logo"
_LARGEST = 100_000  # bytes
_WIDEST = 4000  # pixels
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PICTURE = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_FIX = "export it as plain SVG with paths only, or as PNG"
#: Elements of drawing programs that show nothing.
_SILENT = frozenset(("metadata", "namedview", "title", "desc"))
#: Attributes that change nothing here, beside those of other namespaces.
_IDLE = frozenset(
    ("version", "class", "role", "focusable", "xml:space", "enable-background", "baseProfile", "overflow")
)
_PAINTS = ("fill", "stroke", "stop-color")
_LENGTHS = re.compile(r"(-?[\d.]+)px")


def read(path: Path) -> str:
    """The logo as `document.Look` holds it.

    Raises:
        DataError: it cannot be read, is larger than 100 KB, no PNG or SVG, or holds what may not stand in a page.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(f"{quoted(path.name)} cannot be read: {reason}", "check the name") from error
    if len(data) > _LARGEST:
        raise DataError(f"{quoted(path.name)} is larger than {_LARGEST:,} bytes", "make the logo smaller")
    try:
        return _png(data) if data.startswith(_SIGNATURE) else _svg(data)
    except ValueError as error:
        raise DataError(f"{quoted(path.name)} cannot be a logo: {error}", _FIX) from error


# PNG.


def _png(data: bytes) -> str:
    """The picture alone: comments, dates, places and whatever else a program wrote along are left out."""
    kept = [chunk for kind, chunk in _chunks(data) if kind in _PICTURE]
    if len(kept) < 3 or kept[0][4:8] != b"IHDR" or kept[-1][4:8] != b"IEND":
        raise ValueError("a PNG that is cut short")
    sides = int.from_bytes(kept[0][8:12], "big"), int.from_bytes(kept[0][12:16], "big")
    if not all(0 < side <= _WIDEST for side in sides):
        raise ValueError(f"a PNG of more than {_WIDEST:,} pixels a side")
    return "data:image/png;base64," + base64.b64encode(_SIGNATURE + b"".join(kept)).decode()


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each chunk's kind and its bytes with length and check sum."""
    place = len(_SIGNATURE)
    while place + 12 <= len(data):
        end = place + 12 + int.from_bytes(data[place : place + 4], "big")
        chunk = data[place:end]
        if end > len(data) or zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:], "big"):
            raise ValueError("a damaged PNG")
        yield chunk[4:8], chunk
        place = end


# SVG.


def _svg(data: bytes) -> str:
    """The drawing with styles as attributes, ids of its own, and nothing but what `check_drawing` lets pass."""
    if b"<svg" not in data[:20_000]:
        raise ValueError("it is neither PNG nor SVG")
    if b"<!ENTITY" in data:
        raise ValueError("it defines entities")
    writer = _Writer()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = writer.start, writer.end
    parser.CharacterDataHandler = writer.text
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise ValueError(f"it is not well formed: {expat.ErrorString(error.code)}") from error
    text = "".join(writer.out)
    check_drawing(text, PREFIX)
    return text


class _Writer:
    """Writes a drawing anew, element by element, as a parser reads it."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self._open: list[str] = []
        self._silent = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        space, _, plain = name.rpartition(" ")
        if self._silent or space != NAMESPACE or plain in _SILENT:
            self._silent += 1
            if not self._open:
                raise ValueError("it lacks the SVG namespace")
            return
        kept = _attributes(plain, attributes)
        head = f' xmlns="{NAMESPACE}" font-family="{FAMILY},sans-serif"' if not self._open else ""
        self._open.append(plain)
        written = "".join(f' {key}="{escape(value)}"' for key, value in kept.items())
        self.out.append(f"<{plain}{head}{written}>")

    def end(self, _name: str) -> None:
        if self._silent:
            self._silent -= 1
        else:
            self.out.append(f"</{self._open.pop()}>")

    def text(self, text: str) -> None:
        if self._silent or not self._open:
            return
        if self._open[-1] == "style":
            raise ValueError("it has a style sheet")
        if text.strip():
            self.out.append(escape(text, quote=False))


def _attributes(element: str, attributes: Mapping[str, str]) -> dict[str, str]:
    """Attributes and the style's declarations, in the spelling that `check_drawing` knows."""
    plain = {}
    for name, value in attributes.items():
        space, _, key = name.rpartition(" ")
        if key == "href" or (not space and key not in _IDLE and not key.startswith(("data-", "aria-"))):
            plain[key] = value.strip()
    for declaration in plain.pop("style", "").split(";"):
        key, _, value = declaration.partition(":")
        if key.strip() and not key.strip().startswith("-"):
            plain[key.strip()] = value.strip()
    if element == "svg":
        plain = _sized(plain)
    if element.endswith("Gradient") and plain.get("gradientUnits") != "userSpaceOnUse":
        raise ValueError("a gradient in units of its shape, which WeasyPrint does not draw; write userSpaceOnUse")
    plain.pop("font-family", None)
    return {key: _FORMS.get(key, _plain)(value) for key, value in plain.items() if not _is_default(key, value)}


def _sized(plain: dict[str, str]) -> dict[str, str]:
    """The root with a view box, since the page sets its size; without what else may stand there."""
    width, height = (re.sub(r"[a-z]+$", "", plain.pop(side, "")) for side in ("width", "height"))
    for key in ("x", "y", "id"):
        plain.pop(key, None)
    if "viewBox" not in plain:
        if not (re.fullmatch(r"[\d.]+", width) and re.fullmatch(r"[\d.]+", height)):
            raise ValueError("it has neither a view box nor a size")
        plain["viewBox"] = f"0 0 {width} {height}"
    return plain


#: Declarations that drawing programs write out although they say what holds anyway.
_DEFAULTS = {
    "display": "inline",
    "visibility": "visible",
    "paint-order": "normal",
    "mix-blend-mode": "normal",
    "isolation": "auto",
    "filter": "none",
    "mask": "none",
}


def _is_default(key: str, value: str) -> bool:
    return _DEFAULTS.get(key) == value or key.startswith(("text-rendering", "color-", "-inkscape", "font-variant"))


def _plain(value: str) -> str:
    """A value in one line, lengths in pixels without their unit."""
    number = _LENGTHS.fullmatch(value)
    return number[1] if number else " ".join(value.split())


def _paint(value: str) -> str:
    """A colour as #rrggbb."""
    if value.startswith("url("):
        return re.sub(r"url\(\s*[\"']?#([^\"')]*)[\"']?\s*\).*", rf"url(#{PREFIX}-\1)", value)
    if value in ("none", "currentColor") or re.fullmatch("#(?:[0-9a-fA-F]{3}){1,2}", value):
        return value
    from PIL import ImageColor  # of the names of colours; few logos use any

    try:
        red, green, blue = ImageColor.getrgb(value)[:3]
    except ValueError:
        _refuse(value)
    return f"#{red:02x}{green:02x}{blue:02x}"


def _refuse(value: str) -> NoReturn:
    raise ValueError(f"the colour {quoted(value, 40)} is not known here") from None


def _href(value: str) -> str:
    return f"#{PREFIX}-{value[1:]}" if value.startswith("#") else re.sub(r"\s", "", value)


_FORMS: Mapping[str, Callable[[str], str]] = {
    **dict.fromkeys(_PAINTS, _paint),
    "clip-path": _paint,
    "id": lambda value: f"{PREFIX}-{value}",
    "href": _href,
}
