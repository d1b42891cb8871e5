"""What a schema asks for and what a file says instead, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reportgen.registry import suggestion
from reportgen.specfile.yaml import Block, Items, Node, Scalar
from reportgen.text import listing, plural, quoted


def words(schema: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The fixed choices of a schema, None where any value of its type will do."""
    if "const" in schema:
        return (schema["const"],)
    return tuple(schema["enum"]) if "enum" in schema else None


def needs(options: Iterable[Mapping[str, Any]]) -> str:
    """`a whole number from 1 to 100`, `auto or a list of text`."""
    asked = dict.fromkeys(_need(option) for option in options if option.get("type") != "null")
    return listing(asked, most=9, joiner="or")


def found(node: Node) -> str:
    """`'ten'`, `a list`, `nothing`."""
    if isinstance(node, Block):
        return "a block of keys" if node.entries else "an empty block"
    if isinstance(node, Items):
        return "a list"
    return "nothing" if node.plain and node.value is None else quoted(node.text)


def advice(node: Node, options: Sequence[Mapping[str, Any]]) -> str:
    """How to mend the value, where that can be told."""
    kinds = {option.get("type") for option in options}
    if not isinstance(node, Scalar):
        return ""
    if node.value is None and node.plain:
        return "write the value, or remove the key"
    choices = [choice for option in options for choice in words(option) or ()]
    if choices and (hint := suggestion(node.text, tuple(choices))).startswith("did you mean"):
        return hint
    if kinds & {"integer", "number"}:
        return _number_advice(node, "integer" in kinds)
    if "object" in kinds and (kind := _record_of_kind(node.text, options)):
        return f"write {{kind: {kind}}}"
    if "array" in kinds and not choices:
        return f"write [{quoted(node.text)[1:-1]}]"
    return ""


def _record_of_kind(text: str, options: Sequence[Mapping[str, Any]]) -> str:
    kinds = (option.get("properties", {}).get("kind", {}).get("const") for option in options)
    return next((kind for kind in kinds if kind == text), "")


def _number_advice(node: Scalar, whole: bool) -> str:
    bare = Scalar(node.mark, node.text.strip()).value
    if not node.plain and isinstance(bare, int | float):
        return "remove the quotes"
    if whole and isinstance(bare, float) and bare.is_integer() and abs(bare) < 1e15:
        return f"write {int(bare)}"
    comma = Scalar(node.mark, node.text.replace(",", ".")).value
    return f"write {comma}" if isinstance(comma, float) and "," in node.text else ""


def _need(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type")
    if (choices := words(schema)) is not None:
        return listing(
            [choice if choice.isidentifier() else quoted(choice) for choice in choices], most=30, joiner="or"
        )
    if kind in ("integer", "number"):
        return ("a whole number" if kind == "integer" else "a number") + _range(schema)
    if kind == "array":
        return _list(schema)
    if kind == "object":
        return "one name with its arguments" if schema.get("maxProperties") == 1 else "a block of keys"
    return "true or false" if kind == "boolean" else _text(schema)


def _list(schema: Mapping[str, Any]) -> str:
    item = schema["items"]
    of = _need(item)
    least, most = schema.get("minItems"), schema.get("maxItems")
    name = {"integer": "whole numbers", "number": "numbers"}.get(
        item.get("type"), ("name" if least == 1 and not most else "names") if words(item) is None else of
    )
    bounds = [f"at least {least}" if least else "", f"at most {most}" if most else ""]
    return f"a list of {' and '.join(filter(None, bounds))} {name}".replace("  ", " ")


def _text(schema: Mapping[str, Any]) -> str:
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if "pattern" in schema:
        described = str(schema.get("description", "text of another form")).rstrip(".")
        return described[0].lower() + described[1:]
    if most is not None and most == least:
        return f"exactly {plural(most, 'character')}"
    if most is not None:
        return f"text of at most {plural(most, 'character')}"
    return "text that is not empty" if least else "text"


def _range(schema: Mapping[str, Any]) -> str:
    low = _bound(schema, "minimum", "of at least", "exclusiveMinimum", "above")
    high = _bound(schema, "maximum", "at most", "exclusiveMaximum", "below")
    if "minimum" in schema and "maximum" in schema:
        return f" from {_plain(schema['minimum'])} to {_plain(schema['maximum'])}"
    parts = " and ".join(part for part in (low, high) if part)
    return f" {parts}" if parts else ""


def _bound(schema: Mapping[str, Any], closed: str, word: str, opened: str, strict: str) -> str:
    if opened in schema:
        return f"{strict} {_plain(schema[opened])}"
    return f"{word} {_plain(schema[closed])}" if closed in schema else ""


def _plain(number: float) -> str:
    return f"{number:,}" if isinstance(number, int) else f"{number:,g}"
