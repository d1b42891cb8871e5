"""The settings of an experiment as flat names and values: `train.epochs` -> 100; read from its text alone."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from reportgen.errors import ReportgenError
from reportgen.specfile import yaml
from reportgen.text import shorten

Setting: TypeAlias = str | int | float | bool | None
_MOST, _LONGEST = 100, 80
#: What says nothing of how the experiment is run.
_ABOUT = frozenset({"title", "description", "authors", "report", "expect", "seed"})
#: What an address may hold that is no business of a reader: a user with a password, and a query.
_SECRET = re.compile(r"(?<=://)[^/@\s]*@|(?<=\S)\?\S*")


def settings(spec: str, overrides: Sequence[str] = ()) -> dict[str, Setting]:
    """The keys that are set in an experiment file or on the command line.

    Lists are shown as text. A file that cannot be read has no settings: a report may come from another version.
    """
    found: dict[str, Setting] = {}
    for text, prefix in [(spec, ""), *_set(overrides)]:
        try:
            root, _ = yaml.parse(text, "experiment")
        except ReportgenError:
            continue
        if root is not None:
            _clear(found, prefix)
            found.update(_flat(root, prefix))
    kept = [(name, value) for name, value in found.items() if name.split(".")[0] not in _ABOUT]
    return {shorten(name, _LONGEST): value for name, value in kept[:_MOST] if name}


def _set(overrides: Sequence[str]) -> Iterator[tuple[str, str]]:
    for override in overrides:
        key, _, value = override.partition("=")
        yield value, key.strip()


def _clear(found: dict[str, Setting], prefix: str) -> None:
    """Forget what a value from the command line takes the place of."""
    if prefix:
        for name in [name for name in found if name == prefix or name.startswith(f"{prefix}.")]:
            del found[name]


def _flat(node: yaml.Node, name: str) -> Iterator[tuple[str, Setting]]:
    if isinstance(node, yaml.Block):
        for key, entry in node.entries.items():
            yield from _flat(entry, f"{name}.{key}" if name else key)
    elif isinstance(node, yaml.Items):
        yield name, _shown(json.dumps(_plain(node), ensure_ascii=False))
    else:
        value = node.value
        whole = isinstance(value, int) and abs(value) < 2**53  # as far as a page's numbers go
        number = isinstance(value, float) and math.isfinite(value)
        yield name, value if value is None or whole or number else _shown(node.text)


def _plain(node: yaml.Node) -> object:
    if isinstance(node, yaml.Block):
        return {key: _plain(entry) for key, entry in node.entries.items()}
    return [_plain(item) for item in node.items] if isinstance(node, yaml.Items) else node.value


def _shown(text: str) -> str:
    return shorten(_SECRET.sub("", text) if "://" in text else text, _LONGEST)
