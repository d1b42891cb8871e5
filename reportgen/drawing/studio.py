"""Figure data into a drawing: one style, one pass of layout, small SVG."""

from __future__ import annotations

import io
import warnings
from collections.abc import Collection, Mapping
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure

from reportgen import registry
from reportgen.drawing.axes import Axes
from reportgen.drawing.fonts import defaults, font_family
from reportgen.drawing.layout import fit
from reportgen.drawing.marks import part
from reportgen.drawing.origin import Column, Drawn, bars_told, origin
from reportgen.drawing.rewrite import rewrite
from reportgen.results import FigureData
from reportgen.svg import INK, PAPER, Drawing, check_drawing
from reportgen.text import shorten

SIZE = (4.8, 2.5)  # inches
_LONGEST = 120  # characters of one text in a drawing


class Studio:
    """Draws one figure after another."""

    def __init__(self) -> None:
        self._style = _style()
        # The first drawing is the slowest: fonts are read and drawing code is loaded. Nobody waits for this one.
        self.paint(_Sample(), FigureData({}), "sample")

    def draw(self, name: str, data: FigureData, prefix: str) -> Drawing:
        """Draw the data of a registered figure.

        Args:
            name: the figure.
            data: an item of what its `compute` gave.
            prefix: what the ids in the drawing begin with; unique in the report.
        """
        return self.paint(registry.load("figures", name), data, prefix)

    def paint(self, unit: Any, data: FigureData, prefix: str) -> Drawing:
        """The same of any figure: what has `draw(axes, data)`, and `size(data)` if it is not of the usual size."""
        width, height = unit.size(data) if hasattr(unit, "size") else SIZE
        with mpl.rc_context(self._style), warnings.catch_warnings():
            # A glyph that the face lacks is found by the reader's browser; matplotlib warns of each.
            warnings.simplefilter("ignore")
            figure = Figure(figsize=(width, height), dpi=72)
            axes = Axes(figure)
            figure.patch.set_visible(False)
            figure.add_axes(axes)
            unit.draw(axes, data)
            fit(figure)
            panels = [panel for panel in figure.axes if isinstance(panel, Axes)]
            for number, panel in enumerate(panels):
                panel.number = number
            svg = rewrite(_render(figure), prefix)
        check_drawing(svg, prefix)
        geometry = tuple(_geometry(panel, data.columns, prefix) for panel in panels)
        return Drawing(svg, round(72 * width, 2), round(72 * height, 2), geometry)


class _Sample:
    """A figure with a line and labels, to warm up."""

    def draw(self, axes: Axes, data: FigureData) -> None:  # noqa: ARG002
        axes.line([0, 1], [0, 1], INK, "sample", end=True)
        axes.set(xlabel="x", ylabel="y", title="sample")


class _Renderer(RendererSVG):  # type: ignore[misc]
    """matplotlib's, which writes every text fit to show."""

    def draw_text(self, gc: Any, x: float, y: float, s: str, *rest: Any, **named: Any) -> None:
        super().draw_text(gc, x, y, shorten(s, _LONGEST), *rest, **named)


def _render(figure: Figure) -> str:
    stream = io.StringIO()
    width, height = figure.get_size_inches() * 72
    renderer = _Renderer(width, height, stream, image_dpi=72, metadata={"Date": None})
    figure.draw(renderer)
    renderer.finalize()
    return stream.getvalue()


def _style() -> dict[str, object]:
    return defaults() | {
        "axes.edgecolor": INK,
        "axes.facecolor": "none",
        "axes.labelcolor": INK,
        "axes.labelsize": 8.5,
        "axes.linewidth": 0.6,
        "axes.titlelocation": "left",
        "axes.titlesize": 8.5,
        "axes.titlepad": 4,
        "axes.titley": 1.0,
        "axes.unicode_minus": False,
        "axes.xmargin": 0.0,
        "axes.ymargin": 0.04,
        "figure.facecolor": "none",
        "figure.edgecolor": "none",
        "font.family": list(font_family()),
        "font.size": 8.5,
        "lines.linewidth": 1.4,
        "lines.solid_capstyle": "butt",
        "patch.facecolor": PAPER,
        "patch.linewidth": 0.0,
        "path.simplify_threshold": 0.08,
        "svg.fonttype": "none",
        "svg.hashsalt": "reportgen",
        "text.color": INK,
        "text.parse_math": False,
        "xtick.color": INK,
        "xtick.major.pad": 2.5,
        "xtick.major.size": 3,
        "xtick.major.width": 0.6,
        "ytick.color": INK,
        "ytick.major.pad": 2.5,
        "ytick.major.size": 3,
        "ytick.major.width": 0.6,
    }


def _geometry(axes: Axes, columns: Mapping[str, Column], prefix: str) -> Mapping[str, Any]:
    width, height = axes.get_figure(root=True).get_size_inches() * 72  # type: ignore[union-attr]
    place = axes.get_position()
    box = (place.x0 * width, (1 - place.y1) * height, place.width * width, place.height * height)
    return {
        "box": [round(float(number), 2) for number in box],
        "x": _scale(axes.get_xlabel(), axes.get_xlim(), axes.get_xscale(), axes.names.get("x")),
        "y": _scale(axes.get_ylabel(), axes.get_ylim(), axes.get_yscale(), axes.names.get("y")),
        "series": [
            {**item, "id": f"{prefix}-{item['id']}", "kind": drawn.kind, **_source(drawn, columns, axes.names)}
            for item, drawn in zip(axes.series, axes.drawn, strict=True)
        ],
        "parts": {name: f"{prefix}-{part(axes, name)}" for name in ("plot", "frame")},
        "title": shorten(axes.get_title(loc="left")),
        **({"cells": axes.told} if axes.told else {}),
    }


def _source(drawn: Drawn, columns: Mapping[str, Column], names: Collection[str]) -> Mapping[str, Any]:
    return origin(drawn, columns, names) or bars_told(drawn)


def _scale(label: str, limits: tuple[float, float], scale: str, names: list[str] | None) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "label": shorten(label),
        "limits": [float(f"{limit:.8g}") for limit in limits],
        "scale": scale,
    }
    return plain | {"scale": "category", "names": list(names)} if names is not None else plain
