"""The elements of an SVG, and how they become fewer without a change to what is seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from reportgen.drawing import path_data

#: An id that begins so is kept, for the page's script finds a series by it; others stay where something refers to them.
KEPT = "series-"
_SHORT_MARK = 120  # characters of path data below which a mark is drawn in place instead of referred to


@dataclass
class Node:
    """An element; `children` are elements and, in text, strings."""

    name: str
    attributes: dict[str, str]
    children: list[Node | str] = field(default_factory=list)

    def elements(self) -> Iterator[Node]:
        for child in self.children:
            if isinstance(child, Node):
                yield child

    def walk(self) -> Iterator[Node]:
        yield self
        for child in self.elements():
            yield from child.walk()


def tidy(node: Node, parts: dict[str, Node], marks: Counter[str]) -> None:
    kept: list[Node | str] = []
    for child in node.children:
        if isinstance(child, str):
            kept.append(child)
            continue
        if child.name == "path" and not child.attributes.get("d"):
            continue  # a line without a point
        if child.name == "use":
            child = _in_place(child, parts, marks)
        _unclip(child, parts)
        tidy(child, parts, marks)
        if child.name == "g" and not child.attributes.keys() - {"id"} and not is_kept(child):
            kept += child.children
        elif child.name not in ("g", "defs") or child.children:
            kept.append(child)
    if id_of(node).startswith("matplotlib.axis"):
        # Tick marks, then tick labels: marks that stand together become one path.
        kept.sort(key=lambda child: isinstance(child, Node) and child.name == "text")
    node.children = _join(kept)


def id_of(node: Node) -> str:
    return node.attributes.get("id", "")


def is_kept(node: Node) -> bool:
    return id_of(node).startswith(KEPT)


def _in_place(use: Node, parts: dict[str, Node], marks: Counter[str]) -> Node:
    """The mark that a `use` refers to, moved to where it is used, if that is shorter."""
    target = use.attributes.get("href", "").removeprefix("#")
    mark = parts.get(target)
    if mark is None or mark.name != "path" or (len(mark.attributes["d"]) > _SHORT_MARK and marks[target] > 2):
        return use
    x, y = float(use.attributes.get("x", 0)), float(use.attributes.get("y", 0))
    own = {key: value for key, value in use.attributes.items() if key not in ("x", "y", "href", "id")}
    attributes = {**mark.attributes, **own, "d": path_data.moved(mark.attributes["d"], x, y)}
    del attributes["id"]
    return Node("path", attributes)


def _unclip(node: Node, parts: dict[str, Node]) -> None:
    """Leave out a clip path that clips nothing away."""
    clip = parts.get(node.attributes.get("clip-path", "")[5:-1])
    if clip is None or node.name != "path":
        return
    rectangle = next(clip.elements(), None)
    if rectangle is None or rectangle.name != "rect":
        return
    x, y, width, height = (float(rectangle.attributes.get(key, 0)) for key in ("x", "y", "width", "height"))
    left, top, right, bottom = path_data.extent(node.attributes["d"])
    if left > x - 0.6 and top > y - 0.6 and right < x + width + 0.6 and bottom < y + height + 0.6:
        del node.attributes["clip-path"]


def _join(children: list[Node | str]) -> list[Node | str]:
    """Neighbouring opaque paths that look alike as one path."""
    joined: list[Node | str] = []
    for child in children:
        last = joined[-1] if joined else None
        if isinstance(child, Node) and isinstance(last, Node) and _look_alike(last, child):
            last.attributes["d"] += " " + child.attributes["d"]
        else:
            joined.append(child)
    return joined


def _look_alike(one: Node, other: Node) -> bool:
    if one.name != "path" or other.name != "path" or one.children or other.children:
        return False
    looks = [{key: value for key, value in node.attributes.items() if key != "d"} for node in (one, other)]
    return looks[0] == looks[1] and not looks[0].keys() & {"id", "opacity", "fill-opacity", "stroke-opacity"}
