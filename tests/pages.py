"""Reading a page in tests: its elements, their attributes and text, and whether every element is closed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "hr", "img", "input", "link", "source", "wbr", "area", "base", "col", "embed", "track"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""
    parents: tuple[str, ...] = ()
    around: frozenset[str] = frozenset()  # the classes of its parents


@dataclass
class Read:
    """What a parser saw: elements in order, comments, and tags that did not match."""

    elements: list[Element] = field(default_factory=list)
    mismatched: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    def all(self, tag: str) -> list[Element]:
        return [element for element in self.elements if element.tag == tag]

    def by_id(self, name: str) -> Element:
        return next(element for element in self.elements if element.attributes.get("id") == name)

    def with_class(self, name: str) -> list[Element]:
        return [element for element in self.elements if name in (element.attributes.get("class") or "").split()]

    def kinds(self) -> Counter[tuple[str, ...]]:
        """How often each element occurs with each set of attribute names."""
        return Counter((element.tag, *sorted(element.attributes)) for element in self.elements)

    def ids(self) -> list[str]:
        return [str(element.attributes["id"]) for element in self.elements if "id" in element.attributes]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.read = Read()
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = self._add(tag, attrs)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._add(tag, attrs)

    def _add(self, tag: str, attrs: list[tuple[str, str | None]]) -> Element:
        classes = " ".join(item.attributes.get("class") or "" for item in self._open)
        parents = tuple(item.tag for item in self._open)
        self.read.elements.append(Element(tag, dict(attrs), parents=parents, around=frozenset(classes.split())))
        return self.read.elements[-1]

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1].tag != tag:
            self.read.mismatched.append(tag)
            return
        self._open.pop()
        if tag in ("td", "th", "text", "title", "dt", "summary"):
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def handle_comment(self, data: str) -> None:
        self.read.comments.append(data)


def read(html: str) -> Read:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.read.mismatched += [element.tag for element in reader._open]
    return reader.read


def words(text: str) -> str:
    """Text with every run of white space as one space."""
    return " ".join(text.split())
