"""The graph of a network's layers laid out: equal blocks folded into one, levels from input to output, branches aside.

The layers come in the order of computing. A node stands for one layer, or for the layers at one place of a block that
is repeated. Nodes stand on the level after the last that they read (longest paths); an edge that passes over levels has
a bend on each of them, which takes a place among the nodes, so that no edge crosses a node (Sugiyama, Tagawa and Toda
1981, "Methods for visual understanding of hierarchical system structures").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reportgen.fitted import Layer

_UNFOLDED = 12  # layers up to which every one is drawn
_LONGEST_BLOCK = 40
BEND = 0.3  # width of a bend, where a node's is 1
_MOST_WIDTH = 6.0  # beyond, edges that pass over levels are left out, the longest first


@dataclass(frozen=True)
class Spot:
    """A node, or with `layer` None a bend of an edge: its level, and its middle on a line round 0."""

    layer: int | None  # position of the (first) layer
    level: int
    x: float


@dataclass(frozen=True)
class Repeat:
    """Levels from `first` to `last` that stand for `times` such blocks."""

    first: int
    last: int
    times: int


@dataclass(frozen=True)
class Plan:
    """`links` are pairs of positions in `spots`, each from one level to the next; `left_out` counts edges not drawn."""

    spots: tuple[Spot, ...]
    links: tuple[tuple[int, int], ...]
    repeats: tuple[Repeat, ...]
    levels: int
    left_out: int = 0


def sources(layers: Sequence[Layer]) -> list[list[int]]:
    """Positions of the layers that each reads; without such knowledge each reads the one before it."""
    places = {layer.name: place for place, layer in enumerate(layers)}
    if not any(layer.inputs for layer in layers):
        return [[place - 1] if place else [] for place in range(len(layers))]
    read = [[places[name] for name in layer.inputs if name in places] for layer in layers]
    return [sorted({source for source in own if source < place}) for place, own in enumerate(read)]


def repeated(marks: Sequence[Hashable]) -> list[tuple[int, int, int]]:
    """Runs of equal blocks: (start, length, times) one after the other, covering all; times is 1 where nothing repeats.

    At each place the block is taken that saves most; of equal ones the shortest.
    """
    found, start = [], 0
    while start < len(marks):
        length, times = 1, 1
        for size in range(1, min(_LONGEST_BLOCK, (len(marks) - start) // 2) + 1):
            count, block = 1, marks[start : start + size]
            while marks[start + count * size : start + (count + 1) * size] == block:
                count += 1
            if (count - 1) * size > (times - 1) * length:
                length, times = size, count
        found.append((start, length, times))
        start += length * times
    return found


def plan(layers: Sequence[Layer]) -> Plan:
    """Where each layer stands, and what leads to what."""
    read = sources(layers)
    runs = (
        repeated(_marks(layers, read)) if len(layers) > _UNFOLDED else [(place, 1, 1) for place in range(len(layers))]
    )
    kept, node_of, blocks = _folded(runs)
    edges = sorted(
        {
            (node_of[source], node_of[place])
            for place, own in enumerate(read)
            for source in own
            if node_of[source] < node_of[place]
        }
    )
    levels = _levels(len(kept), edges)
    edges, left_out = _drawn(edges, levels)
    repeats = tuple(
        Repeat(min(levels[first : last + 1]), max(levels[first : last + 1]), times) for first, last, times in blocks
    )
    spots, links = _placed(kept, levels, edges)
    return Plan(spots, links, repeats, max(levels, default=-1) + 1, left_out)


def _marks(layers: Sequence[Layer], read: Sequence[Sequence[int]]) -> list[Hashable]:
    """What makes two layers equal: all but the name, and how far before them stands what they read."""
    return [
        (
            one.kind,
            one.output_shape,
            one.activation,
            one.parameters,
            one.detail,
            tuple(place - source for source in own),
        )
        for place, (one, own) in enumerate(zip(layers, read, strict=True))
    ]


def _folded(runs: Sequence[tuple[int, int, int]]) -> tuple[list[int], dict[int, int], list[tuple[int, int, int]]]:
    """The layers drawn, the node of every layer, and (first node, last node, times) of each repeated block."""
    kept: list[int] = []
    node_of: dict[int, int] = {}
    blocks = []
    for start, length, times in runs:
        first = len(kept)
        kept += range(start, start + length)
        node_of |= {start + place: first + place % length for place in range(length * times)}
        if times > 1:
            blocks.append((first, first + length - 1, times))
    return kept, node_of, blocks


def _levels(nodes: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    levels = [0] * nodes
    for source, target in sorted(edges, key=lambda edge: edge[1]):  # nodes are in the order of computing
        levels[target] = max(levels[target], levels[source] + 1)
    return levels


def _drawn(edges: Sequence[tuple[int, int]], levels: Sequence[int]) -> tuple[list[tuple[int, int]], int]:
    """The edges that there is room for, and how many there are beside them."""
    width: dict[int, float] = defaultdict(float)
    for level in levels:
        width[level] += 1.0
    kept, left_out = [], 0
    for source, target in sorted(edges, key=lambda edge: levels[edge[1]] - levels[edge[0]]):
        passed = range(levels[source] + 1, levels[target])
        if any(width[level] + BEND > _MOST_WIDTH for level in passed):
            left_out += 1
            continue
        kept.append((source, target))
        for level in passed:
            width[level] += BEND
    return sorted(kept), left_out


def _placed(
    kept: Sequence[int], levels: Sequence[int], edges: Sequence[tuple[int, int]]
) -> tuple[tuple[Spot, ...], tuple[tuple[int, int], ...]]:
    """The spots from level to level, each beneath the middle of what leads to it, and the links between them."""
    layers: list[tuple[int | None, int]] = [(place, level) for place, level in zip(kept, levels, strict=True)]
    links: list[tuple[int, int]] = []
    above: dict[int, list[int]] = defaultdict(list)  # what a spot would stand beneath
    for source, target in edges:
        above[target].append(source)
        before = source
        for level in range(levels[source] + 1, levels[target]):
            layers.append((None, level))
            links.append((before, len(layers) - 1))
            above[len(layers) - 1].append(before)
            before = len(layers) - 1
        links.append((before, target))
    x = _middles(layers, above)
    return tuple(Spot(layer, level, x[place]) for place, (layer, level) in enumerate(layers)), tuple(links)


def _middles(layers: Sequence[tuple[int | None, int]], above: Mapping[int, Sequence[int]]) -> list[float]:
    rows: dict[int, list[int]] = defaultdict(list)
    for spot, (_, level) in enumerate(layers):
        rows[level].append(spot)
    x = [0.0] * len(layers)
    for level in sorted(rows):
        wish = {spot: _mean([x[other] for other in above.get(spot, ())]) for spot in rows[level]}
        row = sorted(rows[level], key=lambda spot: (wish[spot], layers[spot][0] is None, spot))
        widths = [BEND if layers[spot][0] is None else 1.0 for spot in row]
        # A bend gives way to a node: the line of the layers stays straight, and an edge goes round it.
        weights = [0.05 if layers[spot][0] is None else 1.0 for spot in row]
        for spot, place in zip(row, spaced([wish[spot] for spot in row], widths, weights), strict=True):
            x[spot] = place
    return x


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def spaced(wished: Sequence[float], widths: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Middles as near as can be to those wished for, in the same order, so that nothing so wide overlaps.

    The pool-adjacent-violators algorithm of isotonic regression, weighted, on the middles less the widths before them.
    """
    offsets = [sum(widths[:place]) + width / 2 for place, width in enumerate(widths)]
    pools: list[tuple[float, float, int]] = []  # mean, weight, members
    for middle, offset, weight in zip(wished, offsets, weights, strict=True):
        mean, total, size = middle - offset, weight, 1
        while pools and pools[-1][0] > mean:
            before, heavy, count = pools.pop()
            mean = (before * heavy + mean * total) / (heavy + total)
            total, size = heavy + total, size + count
        pools.append((mean, total, size))
    flat = [mean for mean, _, size in pools for _ in range(size)]
    return [mean + offset for mean, offset in zip(flat, offsets, strict=True)]


def as_facts(found: Plan) -> dict[str, Any]:
    """The plan as plain lists."""
    return {
        "spots": [[spot.layer, spot.level, round(spot.x, 3)] for spot in found.spots],
        "links": [list(link) for link in found.links],
        "repeats": [[one.first, one.last, one.times] for one in found.repeats],
        "levels": found.levels,
        "left out": found.left_out,
    }
