"""matplotlib's SVG into a drawing that stands inline in the page: small, without styles, dark or light by classes.

The page's policy forbids `style=""`, and CSS could not colour what carries one; so styles become attributes, series and
neutral colours get a class beside the attribute, and ids get the figure's prefix. Everything else here saves bytes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import escape

from reportgen.drawing import path_data
from reportgen.drawing.nodes import Node, id_of, is_kept, tidy
from reportgen.svg import CLASSES, FAMILY, INK, NAMESPACE, parse

_DROPPED = frozenset({"metadata", "style"})
_DEFAULTS = {
    "fill": "currentColor",  # inherited from the root
    "stroke": "none",
    "stroke-width": "1",
    "stroke-linejoin": "round",  # inherited from the root
    "stroke-linecap": "butt",
    "stroke-dasharray": "none",
    "stroke-dashoffset": "0",
    "fill-opacity": "1",
    "stroke-opacity": "1",
    "opacity": "1",
    "text-anchor": "start",
    "font-weight": "400",
    "font-style": "normal",
}
_LENGTHS = frozenset(("x", "y", "width", "height", "stroke-width", "font-size", "stroke-dashoffset"))
_FONT = re.compile(r"(?:(?P<style>italic|oblique) )?(?:(?P<weight>\d{3}|bold) )?(?P<size>[\d.]+)px (?P<family>.+)")


def rewrite(svg: str, prefix: str) -> str:
    """A matplotlib SVG as one plain `<svg>` element that `check_drawing` accepts.

    Args:
        svg: what matplotlib's SVG backend wrote, with `svg.fonttype: none`.
        prefix: put before every id, with a hyphen; unique in the page.

    Returns:
        The element, with coordinates in points to two decimals, `width` and `height` without a unit, and no line ends.

    Raises:
        ValueError: it is not well formed.
    """
    root = _read(svg)
    parts = {node.attributes["id"]: node for node in root.walk() if "id" in node.attributes}
    marks = Counter(node.attributes.get("href", "").removeprefix("#") for node in root.walk() if node.name == "use")
    tidy(root, parts, marks)
    _drop_loose_parts(root)
    _name_parts(root, prefix)
    _share(root, "font-size")
    _share(root, "text-anchor")
    return _write(root)


def _read(svg: str) -> Node:
    top = Node("", {})
    trail = [top]

    def start(name: str, attributes: dict[str, str]) -> None:
        node = Node(name, _plain_attributes(name, attributes))
        if name not in _DROPPED and ":" not in name:
            trail[-1].children.append(node)
        trail.append(node)

    def end(_name: str) -> None:
        trail.pop()

    def text(characters: str) -> None:
        if trail[-1].name in ("text", "tspan"):
            trail[-1].children.append(characters)

    parse(svg, start, end, text)
    root = next(top.elements())
    box = root.attributes.get("viewBox", "0 0 0 0")
    width, height = (_round(number) for number in box.split()[2:])
    root.attributes = {
        "xmlns": NAMESPACE,
        "viewBox": f"0 0 {width} {height}",
        "width": width,
        "height": height,
        "fill": "currentColor",
        "stroke-linejoin": "round",
        "font-family": f"{FAMILY},sans-serif",
    }
    return root


def _plain_attributes(name: str, attributes: dict[str, str]) -> dict[str, str]:
    """Attributes with the style split into them, colours as classes, numbers rounded and defaults left out."""
    plain = {key.removeprefix("xlink:"): value for key, value in attributes.items() if key != "style"}
    for declaration in attributes.get("style", "").split(";"):
        key, _, value = declaration.partition(":")
        plain.update(_split_font(value.strip()) if key.strip() == "font" else {key.strip(): value.strip()})
    for dropped in ("", "font-family", "xmlns", "xmlns:xlink", "version"):
        plain.pop(dropped, None)
    if "image-rendering" in plain:
        plain["image-rendering"] = "optimizeSpeed"  # SVG 1.1's word; the page's style says `pixelated`
    if "href" in plain:
        plain["href"] = re.sub(r"\s", "", plain["href"])
    for key in plain.keys() & _LENGTHS:
        plain[key] = _round(plain[key].removesuffix("px").removesuffix("pt"))
    _rotate_less(plain)
    _colour(name, plain)
    if name == "path" and "d" in plain:
        plain["d"] = " ".join(plain["d"].split())
    return {key: value for key, value in plain.items() if value != _DEFAULTS.get(key)}


def _split_font(shorthand: str) -> dict[str, str]:
    found = _FONT.fullmatch(shorthand)
    if found is None:
        return {}
    weight = (found["weight"] or "400").replace("bold", "700")
    return {"font-style": found["style"] or "normal", "font-weight": weight, "font-size": found["size"]}


def _rotate_less(attributes: dict[str, str]) -> None:
    """Leave out a rotation by zero, and round the others."""
    transform = attributes.get("transform")
    if transform is None:
        return
    rounded = re.sub(r"-?[\d.]+(?:e-?\d+)?", lambda number: _round(number[0], 4), transform)
    plain = re.sub(r" ?rotate\(0[^)]*\)", "", rounded)
    moved = re.fullmatch(r"translate\((\S+) (\S+)\)", plain)
    del attributes["transform"]
    if moved and "x" not in attributes:
        attributes["x"], attributes["y"] = _round(moved[1]), _round(moved[2])
    elif plain:
        attributes["transform"] = re.sub(
            r"(rotate|translate)\(([^)]*)\)",
            lambda part: f"{part[1]}({' '.join(_round(number) for number in part[2].split())})",
            plain,
        )


def _colour(name: str, attributes: dict[str, str]) -> None:
    """Put classes beside the colours of the palette; ink becomes the text's own colour."""
    if name in ("path", "text", "tspan", "use"):
        attributes.setdefault("fill", "#000000")  # matplotlib leaves black out, as the default that it is
    classes = []
    for place, key in enumerate(("stroke", "fill")):
        colour = attributes.get(key, "").lower()
        if colour in (INK, "#000000"):
            attributes[key] = "currentColor"
        elif colour in CLASSES:
            classes.append(CLASSES[colour][place])
    if classes:
        attributes["class"] = " ".join(classes)


def _round(number: str | float, digits: int = 2) -> str:
    """The number to so many decimals, without the digits that say nothing."""
    text = f"{float(number):.{digits}f}".rstrip("0").rstrip(".") if digits else f"{float(number):.0f}"
    sign, text = ("-", text[1:]) if text.startswith("-") else ("", text)
    if text == "0":
        return "0"
    return sign + (text[1:] if text.startswith("0.") else text)


# Ids, fonts and the text itself.


def _references(node: Node) -> Iterator[tuple[str, str]]:
    for key, value in node.attributes.items():
        if value.startswith("url(#"):
            yield key, value[5:-1]
        elif key == "href" and value.startswith("#"):
            yield key, value[1:]


def _drop_loose_parts(root: Node) -> None:
    """Leave out definitions and ids that nothing refers to."""
    used = {target for node in root.walk() for _, target in _references(node)}
    for node in root.walk():
        node.children = [
            child
            for child in node.children
            if isinstance(child, str) or node.name != "defs" or id_of(child) in used or "id" not in child.attributes
        ]
    for node in root.walk():
        node.children = [
            child for child in node.children if isinstance(child, str) or child.name != "defs" or child.children
        ]
        if id_of(node) not in used and not is_kept(node):
            node.attributes.pop("id", None)


def _name_parts(root: Node, prefix: str) -> None:
    """Short ids in the order of the drawing, each with the prefix."""
    names: dict[str, str] = {}
    for node in root.walk():
        if "id" in node.attributes:
            own = id_of(node)
            names[own] = f"{prefix}-{own if is_kept(node) else f'p{len(names)}'}"
            node.attributes["id"] = names[own]
    for node in root.walk():
        for key, target in list(_references(node)):
            named = names.get(target, target)
            node.attributes[key] = f"#{named}" if key == "href" else f"url(#{named})"


def _share(root: Node, key: str) -> None:
    """Put on the root what most texts say, and on the others what they then must say."""
    texts = [node for node in root.walk() if node.name == "text"]
    said = Counter(node.attributes.get(key, _DEFAULTS.get(key, "")) for node in texts)
    common = said.most_common(1)[0][0] if said else ""
    if not common:
        return
    root.attributes[key] = common
    for node in texts:
        own = node.attributes.pop(key, _DEFAULTS.get(key, ""))
        if own and own != common:
            node.attributes[key] = own


def _write(node: Node) -> str:
    if node.name == "path":
        is_area = node.attributes.get("fill") != "none" and "stroke" not in node.attributes
        node.attributes["d"] = path_data.short(node.attributes.get("d", ""), joined=is_area)
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in node.attributes.items())
    inner = "".join(escape(child, quote=False) if isinstance(child, str) else _write(child) for child in node.children)
    return (
        f"<{node.name}{attributes}>{inner}</{node.name}>"
        if inner or node.name == "svg"
        else f"<{node.name}{attributes}/>"
    )
