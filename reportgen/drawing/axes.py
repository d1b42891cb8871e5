"""The axes that a figure draws on: matplotlib's own, with what the figures of a report have in common.

Everything of `matplotlib.axes.Axes` works, but of tick parameters only length and grid count. What is added keeps
drawings small (points as one path, cells as a few, images with a palette), labels lines at their end instead of in a
legend, and tells the page which line is which series.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import allow_rasterization
from matplotlib.axes import Axes as MatplotlibAxes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import FixedFormatter, FixedLocator, MaxNLocator
from numpy.typing import ArrayLike

from reportgen.drawing.marks import RISE, EndLabel, Word, draw_frame, draw_grid, group, write
from reportgen.drawing.origin import Drawn, cells_told
from reportgen.drawing.raster import Image, Picture, palette
from reportgen.drawing.stretches import Stretches
from reportgen.svg import BAND, INK, PAPER, SERIES, SOFT
from reportgen.text import shorten, slug

#: How full a cell of a series colour is, from which paper stands out from it better than ink, in light and in dark.
_FULL = 0.7
_LONGEST = 120  # characters of one text


class Axes(MatplotlibAxes):
    """Axes without a box, for one panel of a figure."""

    def __init__(
        self, figure: Any, place: tuple[int, int] = (0, 0), rows: int = 1, widths: Sequence[float] = (1.0,)
    ) -> None:
        super().__init__(figure, (0.1, 0.1, 0.8, 0.8))
        self.place, self.widths, self.grid_shape = place, widths, (rows, len(widths))
        self.series: list[Mapping[str, Any]] = []
        self.drawn: list[Drawn] = []  # the numbers of each of `series`
        self.told: Mapping[str, Any] = {}  # the numbers of cells
        self.number = 0  # of the panel in its figure
        self.ends: list[EndLabel] = []
        self.words: list[Word] = []
        self.names: dict[str, list[str]] = {}
        self.names_on_top = self.upright = self.values_right = False
        self.keys: list[tuple[str, str]] = []
        self.end_heights: list[float] = []  # of `ends`, in points from the bottom of the drawing
        self.label_x = self.label_y = 0.0  # the baselines of the axis labels, in points, y down
        self._tick_length = {"x": 3.0, "y": 3.0}
        self.spines["top"].set_visible(False)
        self.spines["right"].set_visible(False)

    def panels(self, rows: int, columns: int, count: int | None = None, widths: Sequence[float] = ()) -> list[Axes]:
        """The figure as `count` panels in a grid, in reading order, instead of one; `widths` are proportions."""
        figure = self.figure
        self.remove()
        places = [divmod(number, columns) for number in range(count or rows * columns)]
        found = [Axes(figure, place, rows, widths or (1.0,) * columns) for place in places]
        for panel in found:
            figure.add_axes(panel)
        return found

    def line(self, x: ArrayLike, y: ArrayLike, colour: str, label: str = "", *, end: bool = False, **style: Any) -> Any:
        """A line that the page knows as a series; missing values leave gaps. `end` writes the label at its end."""
        places, values = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        (artist,) = self.plot(places, values, color=colour, **style)
        self._enter(artist, label, colour, Drawn("line", places, values))
        finite = values[np.isfinite(values)]
        if end and len(finite):
            self.ends.append(EndLabel(float(finite[-1]), shorten(label, 60), colour))
        return artist

    def points(
        self,
        x: ArrayLike,
        y: ArrayLike,
        colour: str,
        label: str = "",
        *,
        size: float = 3.0,
        alpha: float = 0.5,
        square: bool = False,
    ) -> Any:
        """Points as one path: a step of no length each, with round or square caps `size` points wide."""
        drawn = Drawn("points", np.asarray(x, dtype=float), np.asarray(y, dtype=float))
        places = np.column_stack([drawn.x, drawn.y])
        places = places[np.isfinite(places).all(axis=1)]
        codes = np.tile(np.array([Path.MOVETO, Path.LINETO], dtype=np.uint8), len(places))
        path = Path(np.repeat(places, 2, axis=0), codes) if len(places) else Path(np.zeros((0, 2)))
        path.should_simplify = False  # it would take steps of no length away
        artist = PathPatch(path, facecolor="none", edgecolor=colour, linewidth=size, alpha=alpha)
        artist.set_capstyle("projecting" if square else "round")
        artist.set_joinstyle("round")
        self.add_patch(artist)
        self.autoscale_view()
        self._enter(artist, label, colour, drawn)
        return artist

    def bars(self, edges: ArrayLike, heights: ArrayLike, colour: str, label: str = "", **style: Any) -> Any:
        """A histogram as one path. Args: `edges` (n + 1,), `heights` (n,)."""
        ends, tops = np.asarray(edges, dtype=float), np.asarray(heights, dtype=float)
        artist = self.stairs(tops, ends, fill=True, **style)
        artist.set(facecolor=colour, edgecolor="none", linewidth=0)
        self._enter(artist, label, colour, Drawn("bars", ends, tops - style.get("baseline", 0)))
        return artist

    def rows(
        self, values: ArrayLike, colour: str, label: str = "", *, offset: float = 0.0, thickness: float = 0.62
    ) -> Any:
        """Horizontal bars from zero, one a row from the top, as one path."""
        lengths = np.nan_to_num(np.asarray(values, dtype=float))
        places = np.arange(len(lengths)) + offset
        artist = self.add_patch(Stretches(np.zeros(len(lengths)), places, lengths, thickness, colour))
        self.autoscale_view()
        self.set_ylim(len(lengths) - 0.5, -0.5)
        self._enter(artist, label, colour, Drawn("rows", np.asarray(values, dtype=float), places))
        return artist

    def cells(self, values: Any, colour: str, levels: int = 12) -> None:
        """A matrix (n_rows, n_columns) of shares 0 to 1 as cells of one colour, opaque at 1, in a few paths."""
        matrix = np.nan_to_num(np.asarray(values, dtype=float))
        steps = np.ceil(np.clip(matrix, 0, 1) * levels).astype(int)
        for step in range(1, levels + 1):
            row, column, width = _runs(steps == step)
            if len(row):
                artist = self.add_patch(Stretches(column - 0.5, row, width, 1.0, colour))
                artist.set_alpha(None if step == levels else round(step / levels, 2))
        self._matrix_limits(*matrix.shape)

    def tell(self, values: Any, what: str, across: Sequence[object] = (), down: Sequence[object] = ()) -> None:
        """The numbers (n_rows, n_columns) in cells, for who asks the page; `across` and `down` say what stands for each
        column and row from the top, counted from 1 if nothing is said.
        """
        self.told = cells_told(np.asarray(values, dtype=float), what, across, down)

    def raster(self, values: Any, low: float, high: float, *, diverging: bool = True) -> None:
        """A matrix (n_rows, n_columns) as an image, the first row on top; a missing value has no colour."""
        matrix = np.asarray(values, dtype=float)
        rows, columns = matrix.shape
        box = (-0.5, rows - 0.5, columns - 0.5, -0.5)
        self.add_artist(Image(matrix, low, high, palette(diverging), box))
        self._matrix_limits(rows, columns)

    def picture(self, pixels: Any, box: tuple[float, float, float, float]) -> None:
        """Pixels (height, width, 1 grey or 3 red, green, blue) uint8 at left, bottom, right, top in data units."""
        self.add_artist(Picture(np.asarray(pixels, dtype=np.uint8), box))

    def key(self, low: float, high: float, *, diverging: bool = True) -> None:
        """Make these axes the key of a raster: its colours from `low` to `high`, with the values on the right."""
        column = np.linspace(high, low, 128)[:, None]
        self.add_artist(Image(column, low, high, palette(diverging), (0, low, 1, high)))
        self.set(xlim=(0, 1), ylim=(low, high))
        self.few("y", 5)
        self.xaxis.set_visible(False)
        self.bare()
        self.values_right = True

    def categories(self, axis: str, labels: Sequence[object], *, on_top: bool = False) -> None:
        """Categories instead of numbers along "x" or "y", at 0, 1, 2 …; cut later to the room that there is."""
        self.names[axis] = [shorten(label, 60) for label in labels]
        self.ticks(axis, range(len(labels)))
        self._tick_length[axis] = 0.0
        self.names_on_top = self.names_on_top or on_top

    def bare(self, *sides: str) -> None:
        """Without the spine and the tick marks of the named sides; of left and bottom if none is named."""
        for side in sides or ("left", "bottom"):
            self.spines[side].set_visible(False)
            self._tick_length["y" if side in ("left", "right") else "x"] = 0.0

    def tick_length(self, axis: str) -> float:
        """How long the tick marks of "x" or "y" are, in points."""
        return min(self._tick_length[axis], float(self.axis_of(axis).get_tick_params().get("length", 3.0)))

    def axis_of(self, name: str) -> Any:
        return self.xaxis if name == "x" else self.yaxis

    def whole(self, axis: str = "x") -> None:
        """Ticks at whole numbers alone."""
        self.axis_of(axis).set_major_locator(MaxNLocator("auto", integer=True, steps=[1, 2, 5, 10], min_n_ticks=1))

    def few(self, axis: str, most: int) -> None:
        """At most so many steps between ticks."""
        self.axis_of(axis).set_major_locator(MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]))

    def ticks(self, axis: str, places: Sequence[float], labels: Sequence[str] = ()) -> None:
        """Ticks at these places, and what stands there; numbers if nothing is said."""
        self.axis_of(axis).set_major_locator(FixedLocator(list(places)))
        if labels:
            self.axis_of(axis).set_major_formatter(FixedFormatter(list(labels)))

    def value(self, x: float, y: float, text: str, share: float) -> None:
        """A number in a cell that is filled by `share`, in ink or in paper, whichever is told from it better."""
        self.words.append(Word(x, y, shorten(text, 20), PAPER if share > _FULL else INK, "middle", 0.0))

    def beside(self, x: float, y: float, text: str) -> None:
        """A word beside the end of a bar that goes from zero to `x`."""
        side = 1 if x >= 0 else -1
        self.words.append(Word(x, y, shorten(text, 40), SOFT, "start" if side > 0 else "end", 4.0 * side))

    def aside(self, labels: Sequence[tuple[str, str]]) -> None:
        """Words with their colours one below the other, right of the panel: where line ends are no place for them."""
        low, high = self.get_ylim()
        step = (high - low) * min(0.1, 1 / max(len(labels), 1))
        self.ends += [
            EndLabel(high - step * (place + 0.5), shorten(label, 60), colour)
            for place, (label, colour) in enumerate(labels)
        ]

    def above(self, label: str, colour: str) -> None:
        """A word over the panel, beside a patch of its colour, for what cannot be labelled where it is drawn."""
        self.keys.append((shorten(label, 28), colour))

    def reach(self, values: Any) -> tuple[float, float]:
        """The limits that show all the values with a margin; some limits even where they are all one."""
        finite = np.asarray(values, dtype=float)
        finite = finite[np.isfinite(finite)]
        low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
        margin = 0.04 * (high - low) or 0.05 * abs(high) or 0.5
        return low - margin, high + margin

    def mark(self, x: float, text: str, *, low: bool = False) -> None:
        """A dashed vertical line with a word beside it, at the top or low down."""
        self.axvline(x, color=SOFT, linewidth=0.7, dashes=(3, 2), zorder=1.5)
        first, last = self.get_xlim()
        left = x - first > 0.62 * (last - first)
        self.annotate(
            shorten(text, 50), (x, 0.1 if low else 1), xycoords=("data", "axes fraction"), fontsize=8, color=SOFT,
            xytext=(-4 if left else 4, -1), textcoords="offset points", va="top", ha="right" if left else "left",
        )  # fmt: skip

    def say(self, x: float, y: float, text: str, *, colour: str = INK, **style: Any) -> Any:
        """A word at a place in data units."""
        return self.text(x, y, shorten(text, 80), color=colour, **style)

    def remark(self, text: str, x: float = 0.5, y: float = 0.5) -> Any:
        """A word at a place in shares of the panel."""
        return self.text(x, y, shorten(text, 80), color=SOFT, transform=self.transAxes, ha="center", va="center")

    def band(self, x: ArrayLike, low: ArrayLike, high: ArrayLike) -> None:
        """The area of an interval, under the lines."""
        self.fill_between(np.asarray(x, dtype=float), low, high, color=BAND, linewidth=0, zorder=0.8)

    @allow_rasterization  # type: ignore[untyped-decorator]
    def draw(self, renderer: Any) -> None:
        """Draw the grid, what was drawn on the axes, and the frame with its labels."""
        titles = (vars(self)[name] for name in ("title", "_left_title", "_right_title"))
        frame = {*self.spines.values(), self.xaxis, self.yaxis, self.patch, *titles}
        artists = [artist for artist in self.get_children() if artist not in frame and artist.get_visible()]
        draw_grid(self, renderer)
        with group(renderer, self, "plot"):
            for artist in sorted(artists, key=lambda artist: artist.get_zorder()):
                artist.draw(renderer)
        draw_frame(self, renderer)
        for word in self.words:
            x, y = self.transData.transform((word.x, word.y))
            place = (x + word.shift, renderer.height - y + RISE)
            write(renderer, *place, word.text, anchor=word.anchor, colour=word.colour)
        for end, height in zip(self.ends, self.end_heights, strict=True):
            write(renderer, self.bbox.x1 + 5, renderer.height - height + RISE, end.text, colour=end.colour)
        self.stale = False

    def text(self, x: float, y: float, s: object, *rest: Any, **named: Any) -> Any:
        """Matplotlib's, of a text that is cut and made visible first: laying out a long one takes minutes."""
        return super().text(x, y, shorten(s, _LONGEST), *rest, **named)

    def annotate(self, text: object, *rest: Any, **named: Any) -> Any:
        """Matplotlib's, likewise."""
        return super().annotate(shorten(text, _LONGEST), *rest, **named)

    def _enter(self, artist: Any, label: str, colour: str, drawn: Drawn) -> None:
        if not label:
            return
        taken = {item["id"] for item in self.series}
        panel = self.place[0] * self.grid_shape[1] + self.place[1]
        stem = f"series-{slug(shorten(label, 60))}" + (f"-{panel}" if self.grid_shape != (1, 1) else "")
        name, number = stem, 2
        while name in taken:
            name, number = f"{stem}-{number}", number + 1
        artist.set_gid(name)
        series = SERIES.index(colour) if colour in SERIES else 0
        self.series.append({"label": shorten(label, 60), "id": name, "class": f"s{series}"})
        self.drawn.append(drawn)

    def _matrix_limits(self, rows: int, columns: int) -> None:
        self.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))


def _runs(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, first column and length of each run of neighbours in a row that are true."""
    row, column = np.nonzero(matrix)
    begins = np.flatnonzero(np.diff(row, prepend=-1) | (np.diff(column, prepend=-2) != 1))
    return row[begins], column[begins], np.diff(begins, append=len(row))
