"""What decisions cost at every threshold, by the costs that the experiment file gives."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from reportgen.figures._cuts import Cuts, wilson_ends


class Costs(NamedTuple):
    """Of calling positive what scores at or above each threshold (n,), which increase: the mean cost of a row (n,)."""

    threshold: np.ndarray
    cost: np.ndarray
    low: np.ndarray
    high: np.ndarray


def costs_of(found: Cuts, costs: tuple[float, float], confidence: float, places: np.ndarray | None = None) -> Costs:
    """The costs at the cuts from the lowest score up, or at those places of them; the last calls nothing positive.

    The interval is made of Wilson's of the shares of false positives and of false negatives among all rows, whose
    reaches add up in squares (MOVER: Zou and Donner 2008, Statistics in Medicine 27:1693-1702). A row is one or the
    other, not both, so that the two shares vary against each other and the interval is, if anything, too wide.
    """
    chosen = np.arange(len(found.threshold)) if places is None else places
    alarms, missed = (counts[::-1][chosen] for counts in (found.alarms, found.positives - found.hits))
    cost, below, above = np.zeros(len(chosen)), np.zeros(len(chosen)), np.zeros(len(chosen))
    for each, wrong in zip(costs, (alarms, missed), strict=True):
        low, high = wilson_ends(wrong, found.rows, confidence)
        share = wrong / found.rows
        cost += each * share
        below += (each * (share - low)) ** 2
        above += (each * (high - share)) ** 2
    return Costs(found.threshold[::-1][chosen], cost, np.maximum(cost - np.sqrt(below), 0), cost + np.sqrt(above))


def plain_costs(found: Cuts, costs: tuple[float, float]) -> np.ndarray:
    """The mean cost of a row at every cut from the lowest score up, without an interval."""
    alarms, missed = found.alarms[::-1], (found.positives - found.hits)[::-1]
    return np.asarray((costs[0] * alarms + costs[1] * missed) / found.rows)


def references(found: Cuts, costs: tuple[float, float]) -> dict[str, Any]:
    """What it costs to call every row positive, and to call none."""
    share = found.positives / found.rows
    return {"all positive": costs[0] * (1 - share), "all negative": costs[1] * share}
