"""Records to JSON values and back: what is written is read, and nothing else is."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, Union

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.codec import decode, to_plain


@dataclass(frozen=True)
class Leaf:
    name: str
    size: float = 0.0
    count: int = 0
    on: bool = False


@dataclass(frozen=True)
class Tree:
    leaves: tuple[Leaf, ...] = ()
    pair: tuple[int, str] = (0, "")
    kind: Literal["oak", "elm"] = "oak"
    cell: Union[str, int, float, Leaf, None] = None
    notes: Mapping[str, int] = field(default_factory=dict)
    loose: Any = None


TAGGED = frozenset({"Leaf"})
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
COUNTS = st.integers(min_value=-(10**18), max_value=10**18)
LEAVES = st.builds(Leaf, st.text(), NUMBERS, COUNTS, st.booleans())
LOOSE = st.recursive(
    st.none() | st.booleans() | COUNTS | NUMBERS | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)
TREES = st.builds(
    Tree,
    st.lists(LEAVES, max_size=4).map(tuple),
    st.tuples(COUNTS, st.text()),
    st.sampled_from(["oak", "elm"]),
    st.none() | st.text() | COUNTS | NUMBERS | LEAVES,
    st.dictionaries(st.text(), COUNTS, max_size=4),
    LOOSE,
)


@given(TREES)
def test_any_record_comes_back_from_json_as_it_was(tree: Tree) -> None:
    assert decode(Tree, json.loads(json.dumps(to_plain(tree, TAGGED))), "tree") == tree


@given(LOOSE)
def test_whatever_is_read_is_a_record_or_refused(plain: Any) -> None:
    with suppress(ValueError):
        assert isinstance(decode(Tree, plain, "tree"), Tree)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, np.float64("nan"), np.float32("inf")])
def test_a_number_that_is_not_finite_is_written_as_none(number: float) -> None:
    assert to_plain(Leaf("x", number), TAGGED)["size"] is None


@pytest.mark.parametrize(
    ("value", "plain"),
    [(np.int64(3), 3), (np.float32(0.5), 0.5), (np.bool_(True), True), (np.str_("a"), "a"), ((np.int8(1),), [1])],
)
def test_a_number_of_numpys_is_written_as_pythons(value: Any, plain: Any) -> None:
    assert json.dumps(to_plain(value, TAGGED)) == json.dumps(plain)


@pytest.mark.parametrize(
    "plain",
    [
        {"leaves": [{"name": "x", "size": None}]},
        {"leaves": [{"name": "x", "size": math.inf}]},
        {"leaves": [{"name": "x", "size": math.nan}]},
        {"leaves": [{"name": "x", "size": 10**400}]},
        {"leaves": [{"name": "x", "count": 10**400}]},
        {"leaves": [{"name": "x", "count": True}]},
        {"leaves": [{"name": "x", "count": 1.5}]},
        {"leaves": [{"size": 1.0}]},
        {"leaves": {"name": "x"}},
        {"leaves": "x"},
        {"pair": [1]},
        {"pair": [1, "a", 2]},
        {"kind": "ash"},
        {"kind": ["oak"]},
        {"cell": True},
        {"cell": {"name": "x"}},
        {"cell": {"type": "Tree"}},
        {"notes": {"a": "b"}},
        {"notes": []},
        {"loose": [math.inf]},
        {"loose": {"a": 10**400}},
        {"unknown": 1},
        [],
        None,
    ],
    ids=str,
)
def test_a_value_that_does_not_fit_is_refused(plain: Any) -> None:
    with pytest.raises(ValueError, match=r"^tree"):
        decode(Tree, plain, "tree")


def test_values_of_any_kind_may_be_nested_thirty_deep_and_no_deeper() -> None:
    def nested(depth: int) -> dict[str, Any]:
        value: Any = 1
        for _ in range(depth):
            value = [value]
        return {"loose": value}

    assert decode(Tree, nested(30), "tree").loose == nested(30)["loose"]
    with pytest.raises(ValueError, match="too deeply"):
        decode(Tree, nested(31), "tree")
