"""The schema walked along a written file: plain values, and every problem at its place in a user's words.

The schema is the JSON Schema of the records in `spec`, kept beside them as a file. Here the schema decides what a
scalar means: where text is asked for, `012`, `no` or `2024-01-01` is the text as written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from math import isfinite
from pathlib import Path as FilePath
from typing import Any, Final, TypeAlias

from reportgen.errors import Problem
from reportgen.registry import suggestion
from reportgen.specfile.wording import advice, found, needs, words
from reportgen.specfile.yaml import Block, Items, Mark, Node, Scalar
from reportgen.text import listing

Schema: TypeAlias = Mapping[str, Any]
Path: TypeAlias = tuple[str | int, ...]

#: More problems than this are counted, not told.
MOST_PROBLEMS = 200
#: Stands for a value that cannot be used; the problem is reported, and what depends on the value is not judged.
BROKEN: Final = object()


@cache
def root() -> Schema:
    """The schema of the experiment file."""
    text = (FilePath(__file__).parents[1] / "spec" / "spec.schema.json").read_text(encoding="utf-8")
    schema: Schema = json.loads(text)
    return schema


@dataclass
class Written:
    """What a file says: plain values along the schema, where each stands, and what is wrong with it.

    `values` holds what was written and is right; lists are tuples, in which BROKEN keeps the place of an item. `places`
    maps a path to the marks of its key and its value; `broken` are the paths with a problem, `touched` these and the
    paths of what they stand in.
    """

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[Path, tuple[Mark, Mark]] = field(default_factory=dict)
    broken: set[Path] = field(default_factory=set)
    touched: set[Path] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def has(self, *path: str) -> bool:
        """Whether the key is written, with whatever value."""
        return path in self.places

    def get(self, *path: str) -> Any:
        """The value as written, else the schema's default, else None."""
        value: Any = self.values
        for position, key in enumerate(path):
            if not isinstance(value, dict) or key not in value:
                kind = value.get("kind") if isinstance(value, dict) else None
                last = position + 1 == len(path) or not self.has(*path[: position + 1])
                return default(*path, kind=kind) if last else None
            value = value[key]
        return value

    def doubtful(self, *path: str) -> bool:
        """Whether the value, a part of it or what it stands in has a problem."""
        return path in self.touched or any(path[:length] in self.broken for length in range(1, len(path)))

    def add(
        self, path: Sequence[str | int], what: str, fix: str | Callable[[], str] = "", *, at_key: bool = False
    ) -> None:
        """Report a problem of the value (or of the key) at a path, at the nearest place that is written.

        A remedy that takes a search is given as a function, and called for the first problems only.
        """
        path = tuple(path)
        self.broken.add(path)
        self.touched.update(path[:length] for length in range(1, len(path) + 1))
        place = path
        while place and place not in self.places:
            place = place[:-1]
        key_mark, value_mark = self.places[place]
        mark = key_mark if at_key or place != path else value_mark
        if callable(fix):
            fix = fix() if len(self.problems) < MOST_PROBLEMS else ""
        self.problems.append(Problem(what, fix, mark.file, mark.line, mark.column, dotted(path)))


def dotted(path: Iterable[str | int]) -> str:
    """`train.epochs`, `model.hidden[0]`."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).removeprefix(".")


def walk(node: Node) -> Written:
    """Read a whole experiment along the schema."""
    written = Written(places={(): (node.mark, node.mark)})
    value = _Walker(written).value(node, root(), ())
    written.values = value if isinstance(value, dict) else {}
    return written


def default(*path: str, kind: str | None = None) -> Any:
    """The schema's default of a key, None where it has none; of records by kind that of the record of this kind."""
    schema: Schema = root()
    for key in path:
        options = [option for option in alternatives(schema) if key in option.get("properties", {})]
        if _have_kinds(options):
            options = [one for one in options if kind in (None, one["properties"]["kind"]["const"])]
        if not options:
            return None
        schema = options[0]["properties"][key]
    return schema.get("default")


def alternatives(schema: Schema) -> list[Schema]:
    """The plain schemas that a value may follow: references resolved, unions laid flat."""
    if "$ref" in schema:
        return alternatives(root()["$defs"][schema["$ref"].rpartition("/")[2]])
    nested = schema.get("anyOf") or schema.get("oneOf")
    if nested is None:
        return [schema]
    shared = {key: schema[key] for key in ("description",) if key in schema}
    return [{**shared, **option} for one in nested for option in alternatives(one)]


@cache
def homes(key: str) -> tuple[str, ...]:
    """The blocks that know a key, dotted, so that one at the wrong place can be sent home."""
    return tuple(
        f"{block}.{key}"
        for block, schema in root()["properties"].items()
        for option in alternatives(schema)
        if key in option.get("properties", {})
    )


@dataclass
class _Walker:
    """One walk; problems and places gather in `written`."""

    written: Written

    def value(self, node: Node, schema: Schema, path: Path) -> Any:
        options = alternatives(schema)
        chosen = self._choose(node, options, path)
        if chosen is None:
            return BROKEN
        if isinstance(node, Block):
            return self._block(node, chosen, path)
        if isinstance(node, Items):
            return self._items(node, chosen, path)
        return self._scalar(node, chosen, path)

    def _choose(self, node: Node, options: list[Schema], path: Path) -> Schema | None:
        if isinstance(node, Block):
            fitting = [option for option in options if option.get("type") == "object"]
            if len(fitting) > 1:
                return self._by_kind(node, fitting, path) if _have_kinds(fitting) else _by_keys(node, fitting)
        elif isinstance(node, Items):
            fitting = [option for option in options if option.get("type") == "array"]
        else:
            fitting = _fitting(node, options)
        if fitting:
            return fitting[0]
        empty = isinstance(node, Scalar) and node.value is None
        self.written.add(
            path, f"needs {needs(options)}, found {found(node)}", partial(advice, node, options), at_key=empty
        )
        return None

    def _by_kind(self, node: Block, options: list[Schema], path: Path) -> Schema | None:
        """The record whose `kind` is written."""
        by_kind = {option["properties"]["kind"]["const"]: option for option in options}
        kind = node.entries.get("kind")
        if kind is None:
            self.written.add((*path, "kind"), "is missing", f"write kind: {listing(by_kind, most=9, joiner='or')}")
            return None
        if isinstance(kind, Scalar) and kind.text in by_kind:
            return by_kind[kind.text]
        self.written.places[(*path, "kind")] = (node.keys["kind"], kind.mark)
        fix = suggestion(kind.text, tuple(by_kind)) if isinstance(kind, Scalar) else ""
        self.written.add((*path, "kind"), f"needs {listing(by_kind, most=9, joiner='or')}, found {found(kind)}", fix)
        return None

    def _block(self, node: Block, schema: Schema, path: Path) -> dict[str, Any]:
        known = schema.get("properties")
        result: dict[str, Any] = {}
        for key, entry in node.entries.items():
            here = (*path, key)
            self.written.places[here] = (node.keys[key], entry.mark)
            if known is not None and key not in known:
                self._unknown(here, key, tuple(known))
                continue
            inner = known[key] if known is not None else schema["additionalProperties"]
            value = self._open(entry, here) if inner is True else self.value(entry, inner, here)
            if value is not BROKEN:
                result[key] = value
        if not schema.get("minProperties", 0) <= len(node.entries) <= schema.get("maxProperties", len(node.entries)):
            self.written.add(path, f"needs {needs([schema])}, found {len(node.entries)} keys")
        for key in schema.get("required", ()):
            if key not in node.entries:
                self.written.add((*path, key), "is missing", f"add {key}: …")
        return result

    def _open(self, node: Node, path: Path) -> Any:
        """A value that the schema leaves open, read literally."""
        if isinstance(node, Block):
            return {key: self._open(entry, (*path, key)) for key, entry in node.entries.items()}
        if isinstance(node, Items):
            return [self._open(item, (*path, place)) for place, item in enumerate(node.items)]
        if node.plain and node.text.lower() == ".nan":
            self.written.places[path] = (node.mark, node.mark)
            self.written.add(path, f"needs a number, found {found(node)}", "leave the key out, or quote the word")
            return BROKEN
        return node.value

    def _unknown(self, path: Path, key: str, known: tuple[str, ...]) -> None:
        def fix() -> str:
            elsewhere = [home for home in homes(key) if home != dotted(path)]
            return f"did you mean '{elsewhere[0]}'?" if elsewhere else suggestion(key, known)

        self.written.add(path, "unknown key", fix, at_key=True)

    def _items(self, node: Items, schema: Schema, path: Path) -> Any:
        values = []
        for position, item in enumerate(node.items):
            self.written.places[(*path, position)] = (item.mark, item.mark)
            values.append(self.value(item, schema["items"], (*path, position)))
        if not schema.get("minItems", 0) <= len(values) <= schema.get("maxItems", len(values)):
            self.written.add(path, f"needs {needs([schema])}, found {len(values)} of them")
            return BROKEN
        return tuple(values)

    def _scalar(self, node: Scalar, schema: Schema, path: Path) -> Any:
        kind = schema.get("type")
        value = node.text if kind == "string" else node.value
        if not _within(value, schema):
            self.written.add(path, f"needs {needs([schema])}, found {found(node)}", partial(advice, node, [schema]))
            return BROKEN
        return float(value) if kind == "number" and isinstance(value, int) else value


def _have_kinds(options: list[Schema]) -> bool:
    return all("kind" in option.get("properties", {}) for option in options)


def _by_keys(node: Block, options: list[Schema]) -> Schema:
    """The record whose keys are written, else the one with keys of any name."""
    closed = [option for option in options if "properties" in option]
    named = [option for option in closed if any(key in option["properties"] for key in node.entries)]
    return next(iter([*named, *(option for option in options if option not in closed), *options]))


def _fitting(node: Scalar, options: list[Schema]) -> list[Schema]:
    """The schemas of the scalar's own type; where there is none, text takes it as it is spelled."""
    exact = [option for option in options if _is_of(node, option)]
    if exact or node.value is None:
        return exact
    return [option for option in options if option.get("type") == "string" and words(option) is None]


def _is_of(node: Scalar, schema: Schema) -> bool:
    kind, value = schema.get("type"), node.value
    if kind == "null" or value is None:
        return kind == "null" and value is None
    if kind == "string":
        choices = words(schema)
        return isinstance(value, str) if choices is None else node.text in choices
    if kind == "boolean":
        return isinstance(value, bool)
    if kind == "integer":
        return type(value) is int
    return kind == "number" and type(value) in (int, float)


def _within(value: Any, schema: Schema) -> bool:
    if isinstance(value, str):
        return (
            schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
            and re.fullmatch(schema.get("pattern", r"(?s:.*)"), value) is not None
        )
    if isinstance(value, bool) or value is None:
        return True
    if isinstance(value, float) and not isfinite(value):
        return False
    return bool(
        schema.get("minimum", value) <= value <= schema.get("maximum", value)
        and ("exclusiveMinimum" not in schema or value > schema["exclusiveMinimum"])
        and ("exclusiveMaximum" not in schema or value < schema["exclusiveMaximum"])
    )
