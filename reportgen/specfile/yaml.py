"""YAML read safely into plain nodes that know where they stand: no tags, no duplicate keys, bounded in every direction.

The parser's events are used and nothing above them, so no object is ever constructed and no alias is ever expanded
unseen. What a scalar means is not decided here but by the schema: `Scalar.value` is only the most literal reading.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

import yaml

from reportgen.errors import LimitExceeded, Problem, SpecError
from reportgen.specfile.yaml_wording import explain
from reportgen.text import quoted

#: The largest experiment file, in bytes.
MAX_BYTES = 1_000_000
#: The most values, counting what an alias stands for each time it is used.
MAX_VALUES = 50_000
#: The deepest nesting.
MAX_DEPTH = 50

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,299})")
_NUMBER = re.compile(r"[-+]?(\.[0-9]{1,300}|[0-9]{1,300}(\.[0-9]{0,300})?)([eE][-+]?[0-9]{1,4})?")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9]")
#: The words of YAML 1.2's core schema; `yes`, `no`, `on` and `off` are text.
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A place: the file's name, and line and column counted from 1 (None for a value from the command line)."""

    file: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as written; `plain` when it stands without quotes."""

    mark: Mark
    text: str
    plain: bool = True

    @property
    def value(self) -> str | int | float | bool | None:
        """The literal reading: `true`, `false`, `null`, decimal numbers, `.inf`; all else, as `no` and `012`, text."""
        if not self.plain:
            return self.text
        if self.text in _WORDS:
            return _WORDS[self.text]
        if _INTEGER.fullmatch(self.text):
            return int(self.text)
        if _NUMBER.fullmatch(self.text) and not _LEADING_ZERO.match(self.text):
            number = float(self.text)
            return number if abs(number) != float("inf") else self.text
        return float(self.text.replace(".", "")) if _INFINITE.fullmatch(self.text) else self.text


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    mark: Mark
    items: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """Keys and their values, in the order of the file; `keys` holds where each key stands."""

    mark: Mark
    entries: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Mark] = field(default_factory=dict)


Node: TypeAlias = Scalar | Items | Block


def parse(text: str, file: str) -> tuple[Node | None, list[Problem]]:
    """The root node (None for a file without any value) and every problem that did not end the reading.

    Raises:
        SpecError: the text is not YAML; the problems found before are listed too.
        LimitExceeded: it is too large, too deep, or its aliases stand for too much.
    """
    if len(text) > MAX_BYTES:
        raise LimitExceeded(f"the file is larger than {MAX_BYTES:,} bytes", "keep data out of it", file=file)
    return _Reader(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"), file).read()


@dataclass
class _Reader:
    """One pass over the parser's events."""

    text: str
    file: str
    problems: list[Problem] = field(default_factory=list)
    #: Anchor -> its value and the number of values that it stands for; None while the value is still open.
    anchors: dict[str, tuple[Node, int] | None] = field(default_factory=dict)
    count: int = 0

    def read(self) -> tuple[Node | None, list[Problem]]:
        if bad := _UNPRINTABLE.search(self.text):
            self._stop(self._mark(bad.start()), f"the character U+{ord(bad[0]):04X} is not text", "remove it")
        events = iter(yaml.parse(self.text, Loader=_Loader))
        try:
            root = self._document(events)
        except yaml.MarkedYAMLError as error:
            what, fix, offset = explain(error, self.text)
            self._stop(self._mark(offset), what, fix)
        return root, self.problems

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def _mark(self, offset: int) -> Mark:
        offset = min(offset, len(self.text))
        line = bisect_right(self._line_starts, offset)
        return Mark(self.file, line, offset - self._line_starts[line - 1] + 1)

    def _place(self, event: Any) -> Mark:
        return self._mark(event.start_mark.index)

    def _add(self, mark: Mark, what: str, fix: str = "", key: str = "") -> None:
        self.problems.append(Problem(what, fix, mark.file, mark.line, mark.column, key))

    def _stop(self, mark: Mark, what: str, fix: str = "") -> None:
        self._add(mark, what, fix)
        raise SpecError.of(self.problems)

    def _document(self, events: Iterator[yaml.Event]) -> Node | None:
        root: Node | None = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._stop(self._place(event), "a second document starts here", "remove the line '---'")
            elif isinstance(event, yaml.NodeEvent):
                root = self._node(event, events, depth=0)
        return root

    def _node(self, event: Any, events: Iterator[yaml.Event], depth: int) -> Node:
        mark = self._place(event)
        if isinstance(event, yaml.AliasEvent):
            return self._alias(str(event.anchor), mark)
        self._spend(1, mark)
        if depth > MAX_DEPTH:
            self._stop(mark, f"values are nested more than {MAX_DEPTH} levels deep", "flatten them")
        if event.tag is not None:
            tag = quoted(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self._add(mark, f"the tag {tag} is not allowed", "write the plain value; tags are never followed")
        if event.anchor:
            self.anchors[event.anchor] = None
        before = self.count
        if isinstance(event, yaml.ScalarEvent):
            node: Node = Scalar(mark, event.value, plain=not event.style)
        elif isinstance(event, yaml.SequenceStartEvent):
            node = self._items(mark, events, depth)
        else:
            node = self._block(mark, events, depth)
        if event.anchor:
            self.anchors[event.anchor] = node, self.count - before + 1
        return node

    def _spend(self, values: int, mark: Mark) -> None:
        self.count += values
        if self.count > MAX_VALUES:
            raise LimitExceeded(
                f"the file stands for more than {MAX_VALUES:,} values",
                "use fewer aliases, and keep data out of it",
                file=mark.file,
                line=mark.line,
                column=mark.column,
            )

    def _alias(self, name: str, mark: Mark) -> Node:
        if name not in self.anchors:
            self._add(
                mark, f"the alias *{name} has no anchor &{name} before it", f"write &{name} where the value stands"
            )
            return Scalar(mark, "")
        anchored = self.anchors[name]
        if anchored is None:
            self._add(mark, f"the alias *{name} stands inside its own value", "remove the alias")
            return Scalar(mark, "")
        node, values = anchored
        self._spend(values, mark)
        return node

    def _items(self, mark: Mark, events: Iterator[yaml.Event], depth: int) -> Items:
        found: list[Node] = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            found.append(self._node(event, events, depth + 1))
        return Items(mark, tuple(found))

    def _block(self, mark: Mark, events: Iterator[yaml.Event], depth: int) -> Block:
        block = Block(mark)
        merged: list[Node] = []
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self._node(event, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            if not isinstance(key, Scalar):
                self._add(key.mark, "a key must be one word or text", "put the key in quotes")
            elif key.plain and key.text == "<<":
                merged.append(value)
            elif key.text in block.entries:
                first = block.keys[key.text].line
                where = "on the same line" if first == key.mark.line else f"first on line {first}"
                self._add(key.mark, f"is written twice, {where}", "keep one of the two", key.text)
            else:
                block.entries[key.text] = value
                block.keys[key.text] = key.mark
        self._merge(block, merged)
        return block

    def _merge(self, block: Block, merged: list[Node]) -> None:
        """The merge key `<<`: keys of other blocks that this one does not have."""
        for value in (one for node in merged for one in (node.items if isinstance(node, Items) else (node,))):
            if not isinstance(value, Block):
                self._add(value.mark, "the merge key << needs an alias of a block of keys", "write <<: *name")
                continue
            for key, entry in value.entries.items():
                block.entries.setdefault(key, entry)
                block.keys.setdefault(key, value.keys[key])
