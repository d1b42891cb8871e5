"""Drawings as SVG text: what may stand in one.

A drawing stands inline in the page, so whatever a report file brings along is checked against a closed list before it
is shown. The neutral and series colours are here too: a figure draws in the light palette, and `rewrite` adds the
classes by which the page turns it dark.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from xml.parsers import expat

#: Series colours of the light palette; the first is the neutral one. Class `s{n}` as a stroke, `f{n}` as a fill.
SERIES = ("#6b6b6b", "#0b62a4", "#b34d06", "#1d6b3a", "#7a3e9d", "#8a6d00", "#0f7c83", "#a02c5a")
INK = "#1b1c1e"
SOFT = "#5b5f66"
RULE = "#d9d9d4"
PAPER = "#fdfdfb"
BAND = "#b9d3ea"
FAMILY = "Report Sans"

#: Colour -> (class as a stroke, class as a fill); the attribute with the light colour stays as the fallback.
CLASSES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        **{colour: (f"s{number}", f"f{number}") for number, colour in enumerate(SERIES)},
        SOFT: ("soft", "soft-f"),
        RULE: ("rule", "rule-f"),
        PAPER: ("paper", "paper-f"),
        BAND: ("iv", "iv-f"),
    }
)
LARGEST = 2_000_000  # characters
DEEPEST = 20
NAMESPACE = "http://www.w3.org/2000/svg"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished drawing: SVG text, its size in points, and for each panel its place, limits and series.

    An entry of `axes` has `box` (x, y, width, height in the drawing's units, y down), `x` and `y`, each with `label`,
    `limits`, `scale` ("linear", "log" or "category") and `names` of categories, `parts`, the ids of its `plot` (all
    that is drawn in the box) and its `frame` (spines, ticks and their labels), and `series`, each with `label`, the
    `id` of its element, its `class`, its `kind` and, where its numbers stand in columns of the figure's data, their
    names: `x`, `y`, of bars `to`, and `where`, a column and the word in it that marks the rows.
    """

    svg: str
    width: float
    height: float
    axes: tuple[Mapping[str, Any], ...]


# What may stand in a drawing.

_SHAPES = frozenset({"path", "rect", "line", "circle", "ellipse", "polyline", "polygon"})
_WORDS = frozenset({"title", "desc"})
_ANYWHERE = _SHAPES | _WORDS | {"g", "defs", "text", "use", "image", "clipPath", "linearGradient", "radialGradient"}
#: Element -> the elements that may stand in it. No `pattern`, and `use` only of a shape: nothing that could multiply.
_CONTENT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        **dict.fromkeys(_SHAPES | {"use", "image"}, frozenset({"title"})),
        **dict.fromkeys(_WORDS | {"stop"}, frozenset()),
        **dict.fromkeys(("svg", "g", "defs"), _ANYWHERE),
        **dict.fromkeys(("text", "tspan"), frozenset({"tspan", "title"})),
        **dict.fromkeys(("linearGradient", "radialGradient"), frozenset({"stop"})),
        "clipPath": _SHAPES,
    }
)
_TEXTUAL = frozenset({"text", "tspan", "title", "desc"})

_PLACES = ("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy", "width", "height", "offset")
_NUMBER = r"-?(?:\d+\.?\d*|\.\d+)(?:e-?\d+)?"
_NUMBERS = r"[-0-9.e, ]*"
_PAINT = r"none|currentColor|#(?:[0-9a-fA-F]{3}){1,2}"
_ID = r"[A-Za-z][A-Za-z0-9_-]{0,120}"
_CLASS = "|".join(sorted({name for pair in CLASSES.values() for name in pair}))


def _allowed() -> Mapping[str, re.Pattern[str]]:
    """Attribute -> what its value must match, whole."""
    grammar = {
        **dict.fromkeys(_PLACES, f"{_NUMBER}%?"),
        **dict.fromkeys(("stroke-width", "stroke-dashoffset", "stroke-miterlimit", "font-size"), _NUMBER),
        **dict.fromkeys(("opacity", "fill-opacity", "stroke-opacity", "stop-opacity"), _NUMBER),
        **dict.fromkeys(("viewBox", "points"), _NUMBERS),
        **dict.fromkeys(("fill", "stroke"), rf"{_PAINT}|url\(#{_ID}\)"),
        **dict.fromkeys(("fill-rule", "clip-rule"), "nonzero|evenodd"),
        **dict.fromkeys(("clipPathUnits", "gradientUnits"), "userSpaceOnUse|objectBoundingBox"),
        "stop-color": _PAINT,
        "stroke-dasharray": f"none|{_NUMBERS}",
        "stroke-linecap": "butt|round|square",
        "stroke-linejoin": "miter|round|bevel",
        "d": "[-MLHVCSQTAZmlhvcsqtaz0-9.e, ]*",
        "transform": r"(?:(?:matrix|translate|scale|rotate|skewX|skewY)\([-0-9.e, ]*\) ?)+",
        "clip-path": rf"url\(#{_ID}\)",
        "class": rf"(?:{_CLASS})(?: (?:{_CLASS}))*",
        "id": _ID,
        "href": rf"#{_ID}|data:image/png;base64,[A-Za-z0-9+/]+=*",
        "font-family": "[A-Za-z0-9 ,'-]+",
        "font-weight": "[1-9]00|normal|bold",
        "font-style": "normal|italic|oblique",
        "text-anchor": "start|middle|end",
        "dominant-baseline": "auto|middle|central|hanging",
        "image-rendering": "auto|optimizeSpeed|pixelated|crisp-edges",
        "shape-rendering": "auto|crispEdges|geometricPrecision",
        "preserveAspectRatio": "none|x(?:Min|Mid|Max)Y(?:Min|Mid|Max)",
    }
    return {name: re.compile(value) for name, value in grammar.items()}


_ALLOWED = _allowed()
_REFERENCE = re.compile(r"(?:url\()?#([^)]*)\)?")
#: Attribute that refers -> the elements that it may refer to.
_TARGETS = {
    "href": _SHAPES,
    "clip-path": frozenset({"clipPath"}),
    **dict.fromkeys(("fill", "stroke"), frozenset({"linearGradient", "radialGradient"})),
}


def check_drawing(svg: str, prefix: str = "") -> None:
    """Check that a text is one SVG drawing that may stand inline in a page.

    It must mean the same to an XML and to an HTML parser, hold nothing but the listed elements and attributes, refer to
    nothing but its own parts and embedded PNG images, and have no part that multiplies others.

    Args:
        prefix: what every id must begin with, before a hyphen; if left out, the ids must agree among themselves.

    Raises:
        ValueError: it is not such a drawing; says why, without quoting it.
    """
    if len(svg) > LARGEST:
        raise ValueError(f"a drawing of more than {LARGEST:,} characters")
    # Comments, CDATA, DOCTYPE and processing instructions are what XML and HTML parsers read differently.
    if not svg.startswith("<svg") or not svg.endswith("</svg>") or "<!" in svg or "<?" in svg:
        raise ValueError("a drawing that is not one plain SVG element")
    checker = _Checker(prefix)
    parse(svg, checker.start, checker.end, checker.text)
    checker.check_references()


class _Checker:
    """Follows a parser through a drawing and raises at the first thing that is not allowed."""

    def __init__(self, prefix: str) -> None:
        self._open: list[str] = []
        self._prefix = prefix
        self._ids: dict[str, str] = {}
        self._references: list[tuple[str, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        expected = _CONTENT[self._open[-1]] if self._open else frozenset({"svg"})
        if name not in expected or len(self._open) >= DEEPEST:
            raise ValueError("a drawing with an element that is not allowed where it stands")
        if not self._open and attributes.pop("xmlns", "") != NAMESPACE:
            raise ValueError("a drawing without the SVG namespace")
        self._open.append(name)
        for key, value in attributes.items():
            self._check_attribute(name, key, value)

    def _check_attribute(self, element: str, key: str, value: str) -> None:
        grammar = _ALLOWED.get(key)
        if grammar is None or not grammar.fullmatch(value):
            raise ValueError("a drawing with an attribute that is not allowed")
        if key == "id":
            self._check_id(element, value)
        if key == "href" and (element not in ("use", "image") or (element == "image") != value.startswith("data:")):
            raise ValueError("a drawing with a reference that is not allowed")
        if key in _TARGETS and (value.startswith("#") if key == "href" else value.startswith("url(")):
            if "clipPath" in self._open:
                raise ValueError("a drawing with a reference inside a clip path")
            self._references.append((key, _REFERENCE.fullmatch(value)[1]))  # type: ignore[index]

    def _check_id(self, element: str, value: str) -> None:
        self._prefix = self._prefix or value.rpartition("-")[0].partition("-series")[0]
        if value in self._ids or not self._prefix or not value.startswith(f"{self._prefix}-"):
            raise ValueError("a drawing with an id that is used twice or lacks the drawing's prefix")
        self._ids[value] = element

    def end(self, _name: str) -> None:
        self._open.pop()

    def text(self, text: str) -> None:
        if self._open[-1] not in _TEXTUAL and text.strip():
            raise ValueError("a drawing with text outside a text element")

    def check_references(self) -> None:
        for attribute, target in self._references:
            if self._ids.get(target) not in _TARGETS[attribute]:
                raise ValueError("a drawing that refers to a part which it does not have")


def parse(
    svg: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> None:
    """Read the text with an XML parser; ValueError where it is not well formed."""
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    try:
        parser.Parse(svg.encode(), True)
    except expat.ExpatError as error:
        raise ValueError(f"a drawing that is not well formed: {expat.ErrorString(error.code)}") from error
