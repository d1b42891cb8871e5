"""Records to plain JSON values and back, checked against their annotations.

A record that stands where several kinds may stand carries its class name as `type`.
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

_AS_THEY_ARE = frozenset((str, int, bool))


def to_plain(value: Any, tagged: frozenset[str]) -> Any:
    """Records as dicts, tuples as lists, numbers that are not finite as None.

    Args:
        tagged: the names of the classes whose dicts carry their `type`.
    """
    if value is None or type(value) in _AS_THEY_ARE:  # Most values are: told first, for speed.
        return value
    if is_dataclass(value) and not isinstance(value, type):
        plain = {item.name: to_plain(getattr(value, item.name), tagged) for item in fields(value)}
        if type(value).__name__ in tagged:
            plain["type"] = type(value).__name__
        return plain
    if isinstance(value, (list, tuple)):
        return [to_plain(item, tagged) for item in value]
    if isinstance(value, Mapping):
        return {str(key): to_plain(item, tagged) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None
    # A unit's number may be NumPy's, which JSON does not know; this module needs no NumPy to tell.
    return to_plain(value.item(), tagged) if hasattr(value, "item") and not isinstance(value, float) else value


def decode(kind: Any, plain: Any, where: str) -> Any:
    """The plain value as one of the annotated kind.

    Raises:
        ValueError: it does not fit; names the place.
    """
    return _decoder(kind)(plain, where)


Decoder = Callable[[Any, str], Any]


#: Deeper than any report goes, and far from where a reader or writer of JSON gives up.
_DEEPEST = 30
#: Beyond, a whole number is no longer a number of anything, and cannot be shown as a fraction.
_LARGEST = 10**300


@cache
def _decoder(kind: Any) -> Decoder:
    origin = get_origin(kind)
    if kind is Any:
        return _anything
    if origin is Literal:
        return _one_of(get_args(kind))
    if origin in (Union, types.UnionType):
        return _any_of(get_args(kind))
    if origin is tuple:
        return _items(get_args(kind))
    if origin is not None and issubclass(origin, Mapping):
        return _entries(get_args(kind)[1])
    return _record(kind) if is_dataclass(kind) else _scalar(kind)


def _misfit(where: str) -> ValueError:
    return ValueError(f"{where} does not hold what it should")


def _anything(plain: Any, where: str, depth: int = 0) -> Any:
    if depth > _DEEPEST:
        raise ValueError(f"{where} is nested too deeply")
    if isinstance(plain, (list, dict)):
        for item in plain.values() if isinstance(plain, dict) else plain:
            _anything(item, where, depth + 1)
    elif isinstance(plain, (int, float)):
        _check_number(plain, where)
    return plain


def _check_number(plain: float, where: str) -> None:
    if not -_LARGEST <= plain <= _LARGEST if isinstance(plain, int) else not math.isfinite(plain):
        raise ValueError(f"{where} holds a number that is not finite")


def _one_of(choices: tuple[Any, ...]) -> Decoder:
    def check(plain: Any, where: str) -> Any:
        if not isinstance(plain, str) or plain not in choices:
            raise _misfit(where)
        return plain

    return check


def _scalar(kind: type) -> Decoder:
    allowed = (int, float) if kind is float else (kind,)

    def check(plain: Any, where: str) -> Any:
        # A bool is an int in Python, never in a report.
        if not isinstance(plain, allowed) or (isinstance(plain, bool) and kind is not bool):
            raise _misfit(where)
        if isinstance(plain, (int, float)):
            _check_number(plain, where)
        return plain

    return check


def _items(kinds: tuple[Any, ...]) -> Decoder:
    def read(plain: Any, where: str) -> tuple[Any, ...]:
        if not isinstance(plain, list):
            raise _misfit(where)
        if kinds[-1] is Ellipsis:
            item = _decoder(kinds[0])
            return tuple([item(value, where) for value in plain])
        if len(kinds) != len(plain):
            raise ValueError(f"{where} does not hold {len(kinds)} items")
        return tuple(decode(kind, value, where) for kind, value in zip(kinds, plain, strict=True))

    return read


def _entries(kind: Any) -> Decoder:
    def read(plain: Any, where: str) -> dict[str, Any]:
        if not isinstance(plain, dict):
            raise _misfit(where)
        return {key: decode(kind, value, f"{where}.{key}") for key, value in plain.items()}

    return read


def _record(kind: Any) -> Decoder:
    hints = get_type_hints(kind)

    def read(plain: Any, where: str) -> Any:
        if not isinstance(plain, dict):
            raise _misfit(where)
        given = {key: value for key, value in plain.items() if key != "type"}
        if given.keys() - hints.keys():
            raise ValueError(f"{where} has an unknown field")
        values = {key: decode(hints[key], value, f"{where}.{key}") for key, value in given.items()}
        try:
            return kind(**values)
        except TypeError as error:
            raise ValueError(f"{where} lacks a field") from error

    return read


def _any_of(kinds: tuple[Any, ...]) -> Decoder:
    records = {kind.__name__: kind for kind in kinds if is_dataclass(kind) and isinstance(kind, type)}
    scalars = tuple(kind for kind in kinds if not is_dataclass(kind))

    def read(plain: Any, where: str) -> Any:
        if isinstance(plain, dict) and "type" in plain:
            if plain["type"] not in records:
                raise ValueError(f"{where} holds a block of an unknown type")
            return decode(records[plain["type"]], plain, f"{where}.{plain['type']}")
        for kind in scalars:
            try:
                return decode(kind, plain, where)
            except ValueError:
                continue
        raise _misfit(where)

    return read
