"""Spines, ticks, grid lines and their labels, written straight into the SVG.

matplotlib makes five objects a tick and measures each label several times; that is more than half the time of a small
figure. Locators, formatters and limits stay matplotlib's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from reportgen.drawing.fonts import font_family
from reportgen.svg import INK, RULE
from reportgen.text import shorten

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SIZE = 8.5  # points
LINE = 10.5  # height of a line of text
PAD = 2.5  # between a mark and its label
RISE = 2.9  # from the middle of a figure or capital to its baseline


@dataclass(frozen=True, slots=True)
class EndLabel:
    """A word at the right end of a line, at height `y` in data units, in the line's colour."""

    y: float
    text: str
    colour: str


@dataclass(frozen=True, slots=True)
class Word:
    """A word at a place in data units, `shift` points to the right; `anchor` is start, middle or end."""

    x: float
    y: float
    text: str
    colour: str
    anchor: str
    shift: float


def width_of(text: str, size: float = SIZE) -> float:
    """The width of a text in points, in the figures' face."""
    properties = FontProperties(family=font_family(), size=size)
    return float(text_to_path.get_text_width_height_descent(text, properties, ismath=False)[0])


def tick_places(axes: Axes, axis: str) -> list[float]:
    """The ticks within the limits, in data units."""
    which = axes.axis_of(axis)
    low, high = sorted(which.get_view_interval())
    # On a logarithmic axis a share of the whole reach is far more than its low end.
    below, above = (low, high) if which.get_scale() == "log" else (high - low, high - low)
    least, most = low - below * 1e-6, high + above * 1e-6
    return [float(place) for place in which.get_majorticklocs() if least <= place <= most]


def tick_labels(axes: Axes, axis: str) -> list[str]:
    """What stands at each tick."""
    if axis in axes.names:
        return axes.names[axis]
    return list(axes.axis_of(axis).get_major_formatter().format_ticks(tick_places(axes, axis)))


def part(axes: Axes, name: str) -> str:
    """The id of what the page moves or replaces: `plot`, all that is drawn in the box, or `frame`, its scales."""
    return f"series--{name}-{axes.number}"


@contextmanager
def group(renderer: Any, axes: Axes, name: str) -> Iterator[None]:
    """What is drawn meanwhile is one part of a panel."""
    renderer.open_group(name, gid=part(axes, name))
    yield
    renderer.close_group(name)


def draw_grid(axes: Axes, renderer: Any) -> None:
    box, height = axes.bbox, renderer.height
    for axis in ("x", "y"):
        if axes.axis_of(axis).get_tick_params().get("grid_on"):
            ends = [_across(axes, axis, place, (box.x0, box.x1), (box.y0, box.y1)) for place in tick_places(axes, axis)]
            _lines(renderer, [(x0, height - y0, x1, height - y1) for x0, y0, x1, y1 in ends], RULE, 0.5)


def draw_frame(axes: Axes, renderer: Any) -> None:
    """Visible spines and tick marks as one path, then tick labels, axis labels and the panel's title."""
    box, height = axes.bbox, renderer.height
    left, right, top, bottom = box.x0, box.x1, height - box.y1, height - box.y0
    sides = {
        "left": (left, bottom, left, top),
        "bottom": (left, bottom, right, bottom),
        "right": (right, bottom, right, top),
        "top": (left, top, right, top),
    }
    lines = [line for side, line in sides.items() if axes.spines[side].get_visible()]
    with group(renderer, axes, "frame"):
        if axes.xaxis.get_visible():
            lines += _ticks_along_x(axes, renderer, top if axes.names_on_top else bottom)
        if axes.yaxis.get_visible():
            lines += _ticks_along_y(axes, renderer, right if axes.values_right else left)
        _lines(renderer, lines, INK, 0.6)
    _titles(axes, renderer)


def _ticks_along_x(axes: Axes, renderer: Any, y: float) -> list[tuple[float, float, float, float]]:
    length, down = axes.tick_length("x"), -1 if axes.names_on_top else 1
    places = [float(axes.transData.transform((place, 1))[0]) for place in tick_places(axes, "x")]
    gap = down * (length + PAD)
    for x, label in zip(places, tick_labels(axes, "x"), strict=False):
        if axes.upright:
            write(renderer, x + RISE, y + gap, label, anchor="start" if axes.names_on_top else "end", turned=True)
        else:
            write(renderer, x, y + gap + (-1 if axes.names_on_top else LINE - 3.5), label, anchor="middle")
    return [(x, y, x, y + down * length) for x in places] if length else []


def _ticks_along_y(axes: Axes, renderer: Any, x: float) -> list[tuple[float, float, float, float]]:
    length, out = axes.tick_length("y"), 1 if axes.values_right else -1
    places = [renderer.height - float(axes.transData.transform((1, place))[1]) for place in tick_places(axes, "y")]
    anchor = "start" if axes.values_right else "end"
    for y, label in zip(places, tick_labels(axes, "y"), strict=False):
        write(renderer, x + out * (length + PAD), y + RISE, label, anchor=anchor)
    return [(x, y, x + out * length, y) for y in places] if length else []


def _titles(axes: Axes, renderer: Any) -> None:
    box, height = axes.bbox, renderer.height
    if axes.get_xlabel():
        write(renderer, (box.x0 + box.x1) / 2, axes.label_x, axes.get_xlabel(), anchor="middle")
    if axes.get_ylabel():
        write(renderer, axes.label_y, height - (box.y0 + box.y1) / 2, axes.get_ylabel(), anchor="middle", turned=True)
    title = axes.get_title(loc="left")
    if title:
        write(renderer, box.x0, height - box.y1 - 5, title)
    x, y = box.x0, height - box.y1 - 5
    for label, colour in axes.keys:
        patch = f"M {x:.2f} {y:.2f} L {x + 6:.2f} {y:.2f} L {x + 6:.2f} {y - 6:.2f} L {x:.2f} {y - 6:.2f} z"
        renderer.writer.element("path", attrib={"d": patch, "fill": colour})
        write(renderer, x + 9, y, label, colour=colour)
        x += 9 + width_of(label) + 14


def write(
    renderer: Any, x: float, y: float, text: str, *, anchor: str = "start", colour: str = INK, turned: bool = False
) -> None:
    """A text whose baseline begins, centres or ends at x, y (points, y down)."""
    if not text:
        return
    attributes = {"x": f"{x:.2f}", "y": f"{y:.2f}", "fill": colour, "text-anchor": anchor, "font-size": f"{SIZE:g}"}
    if turned:
        attributes["transform"] = f"rotate(-90 {x:.2f} {y:.2f})"
    renderer.writer.element("text", shorten(text), attrib=attributes)


def _lines(renderer: Any, lines: Sequence[tuple[float, float, float, float]], colour: str, width: float) -> None:
    if lines:
        data = " ".join(f"M {x0:.2f} {y0:.2f} L {x1:.2f} {y1:.2f}" for x0, y0, x1, y1 in lines)
        renderer.writer.element(
            "path", attrib={"d": data, "fill": "none", "stroke": colour, "stroke-width": f"{width:g}"}
        )


def _across(
    axes: Axes, axis: str, place: float, xs: tuple[float, float], ys: tuple[float, float]
) -> tuple[float, float, float, float]:
    if axis == "x":
        x = float(axes.transData.transform((place, 1))[0])
        return x, ys[0], x, ys[1]
    y = float(axes.transData.transform((1, place))[1])
    return xs[0], y, xs[1], y
