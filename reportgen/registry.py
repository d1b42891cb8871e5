"""Families of units: listed without importing any, imported on use.

In most families a file is a unit and its name is the key. `metrics` and `checks` are many and small, so there a unit
is a decorated function and a file is a topic; their names are read from the source text, not by importing or parsing
it, which would take a tenth of a second of every command.
"""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from reportgen.errors import UsageError
from reportgen.spelling import nearest
from reportgen.text import listing, quoted

#: Each family and the decorator that makes a unit of a function; None where a file is a unit.
FAMILIES: Mapping[str, str | None] = MappingProxyType(
    {
        "loaders": None,
        "models": None,
        "metrics": "metric",
        "checks": "check",
        "figures": None,
        "sections": None,
        "outputs": None,
        "commands": None,
    }
)


def names(family: str) -> tuple[str, ...]:
    """The keys of a family, sorted; imports none of its units."""
    return tuple(_index(family))


def summary(family: str, name: str) -> str:
    """The first line of a unit's docstring; imports nothing."""
    tree = _parsed(_folder(family) / f"{_index(family)[name]}.py")
    if FAMILIES[family] is None:
        return _first_line(tree)
    return next(_first_line(node) for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name)


def load(family: str, name: str, *needed: str) -> Any:
    """The unit: a module, or for `metrics` and `checks` the decorated function's record.

    Args:
        needed: what the unit must have.

    Raises:
        UsageError: the family has no unit of that name; suggests the nearest.
        AttributeError: the unit lacks what is needed.
    """
    index = _index(family)
    if name not in index:
        raise UsageError(f"{quoted(name)} is not one of the {family}", fix=suggestion(name, index))
    module = importlib.import_module(f"reportgen.{family}.{index[name]}")
    unit = module if FAMILIES[family] is None else getattr(module, name)
    for attribute in needed:
        getattr(unit, attribute)
    return unit


def suggestion(name: str, known: Mapping[str, object] | tuple[str, ...]) -> str:
    """`did you mean 'epochs'?`, or the list of what there is."""
    close = nearest(name.lower(), known)
    return f"did you mean '{close}'?" if close else f"choose from {listing(sorted(known), most=30, joiner='or')}"


@cache
def _index(family: str) -> Mapping[str, str]:
    """Unit name -> module, sorted by name."""
    decorator = FAMILIES[family]
    found: dict[str, str] = {}
    for path in _folder(family).glob("[a-z]*.py"):
        if decorator is None:
            # A trailing underscore keeps a unit's file from shadowing a keyword or a builtin.
            found[path.stem.rstrip("_")] = path.stem
        else:
            decorated = rf"^@{decorator}\b(?:(?!^def ).*\n)+?^def (\w+)\("
            text = path.read_text(encoding="utf-8")
            found.update(dict.fromkeys(re.findall(decorated, text, re.MULTILINE), path.stem))
    return MappingProxyType(dict(sorted(found.items())))


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _folder(family: str) -> Path:
    return Path(__file__).parent / family


def _first_line(node: ast.Module | ast.FunctionDef) -> str:
    return (ast.get_docstring(node) or "").partition("\n")[0]
