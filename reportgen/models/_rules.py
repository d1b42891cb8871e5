"""A decision tree as rules: how the rows get to each leaf, how many do, and what it says there."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np

from reportgen.fitted import Condition, Rule

_MOST_RULES = 16
#: No rule is about fewer training rows.
_FEWEST_ROWS = 5


def rules(estimator: Any, names: tuple[str, ...]) -> tuple[Rule, ...]:
    """The leaves of a fitted decision tree, in its order; none of any other estimator.

    Of a larger tree the nodes with most rows are split first, until there are sixteen ends; no end has fewer than five
    rows. `leaves` tells how many leaves of the tree such an end stands for.
    """
    tree = getattr(estimator, "tree_", None)
    if tree is None or tree.n_outputs != 1 or tree.n_features != len(names):
        return ()
    return tuple(_rule(tree, names, node, path) for node, path in sorted(_ends(tree), key=lambda end: end[1]))


def tree_count(estimator: Any) -> int | None:
    """How many trees an estimator is made of; None where of none."""
    if hasattr(estimator, "tree_"):
        return 1
    predictors = getattr(estimator, "_predictors", None)  # of histogram boosting
    if isinstance(predictors, list):
        return sum(map(len, predictors))
    members = getattr(estimator, "estimators_", None)
    if members is None:
        return None
    flat = np.ravel(np.array(members, dtype=object))
    return len(flat) if len(flat) and all(hasattr(one, "tree_") for one in flat) else None


def _ends(tree: Any) -> list[tuple[int, tuple[bool, ...]]]:
    """Nodes at which the rules end, each with the turns that lead there."""
    ends: list[tuple[int, tuple[bool, ...]]] = []
    open_nodes: list[tuple[int, int, tuple[bool, ...]]] = [(-int(tree.n_node_samples[0]), 0, ())]
    while open_nodes:
        _, node, path = heapq.heappop(open_nodes)
        children = [(int(tree.children_left[node]), False), (int(tree.children_right[node]), True)]
        splits = children[0][0] >= 0 and min(int(tree.n_node_samples[child]) for child, _ in children) >= _FEWEST_ROWS
        if not splits or len(ends) + len(open_nodes) + 2 > _MOST_RULES:
            ends.append((node, path))
            continue
        for child, right in children:
            heapq.heappush(open_nodes, (-int(tree.n_node_samples[child]), child, (*path, right)))
    return ends


def _rule(tree: Any, names: tuple[str, ...], end: int, path: tuple[bool, ...]) -> Rule:
    bounds: dict[tuple[int, bool], float] = {}
    node = 0
    for right in path:
        feature, threshold = int(tree.feature[node]), float(tree.threshold[node])
        known = bounds.get((feature, right), threshold)
        bounds[feature, right] = max(known, threshold) if right else min(known, threshold)
        node = int((tree.children_right if right else tree.children_left)[node])
    value = np.asarray(tree.value[end][0], float)
    return Rule(
        conditions=tuple(Condition(names[feature], right, bound) for (feature, right), bound in bounds.items()),
        rows=int(tree.n_node_samples[end]),
        value=tuple((value / value.sum() if len(value) > 1 else value).tolist()),
        leaves=_leaves(tree, end),
    )


def _leaves(tree: Any, node: int) -> int:
    waiting, found = [node], 0
    while waiting:
        one = waiting.pop()
        left, right = int(tree.children_left[one]), int(tree.children_right[one])
        found += left < 0
        waiting += [left, right] if left >= 0 else []
    return found
