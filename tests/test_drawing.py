"""The studio: how data becomes a drawing, and what no label can do to it."""

from __future__ import annotations

import base64
import io
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from reportgen.drawing import Studio, font_family
from reportgen.drawing.axes import Axes
from reportgen.drawing.layout import Numbers, Powers, spread
from reportgen.drawing.marks import width_of
from reportgen.results import FigureData
from reportgen.svg import BAND, SERIES, Drawing
from reportgen.workers import Worker
from tests import runs

ROOT = Path(__file__).parents[1]
HOSTILE = [
    "<script>alert(1)</script>",
    "]]><img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "$$",
    "$\\frac{1}{0}$",
    "_x",
    "{{7*7}}",
    "\x00\x1b[31m\x08",
    "\u202egnp.exe",
    "שלום עולם",
    "مرحبا",
    "漢字",
    "👩‍👩‍👧 😀",
    "\ud800",
    "",
    "   ",
    "a\nb\tc",
    "W" * 1_000_000,
]


class Unit:
    """A figure made of one function."""

    def __init__(self, draw: Callable[[Axes], object], size: tuple[float, float] = (4.8, 2.5)) -> None:
        self._draw, self._size = draw, size

    def size(self, data: FigureData) -> tuple[float, float]:
        return self._size

    def draw(self, axes: Axes, data: FigureData) -> None:
        self._draw(axes)


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio()


@pytest.fixture
def draw(studio: Studio) -> Callable[..., Drawing]:
    return lambda function, **size: studio.paint(Unit(function, **size), FigureData({}), "fig")


def elements(drawing: Drawing, tag: str) -> list[ET.Element]:
    return list(ET.fromstring(drawing.svg).iter(f"{{http://www.w3.org/2000/svg}}{tag}"))


def texts(drawing: Drawing) -> list[str]:
    return [text.text or "" for text in elements(drawing, "text")]


def boxes(drawing: Drawing) -> list[tuple[float, float, float, float]]:
    """Left, top, right and bottom of every text that is not turned, as wide as matplotlib measures it."""
    root = ET.fromstring(drawing.svg)
    found = []
    for text in elements(drawing, "text"):
        if text.get("transform"):
            continue
        size = float(text.get("font-size", root.get("font-size", "8.5")))
        wide = width_of(text.text or "", size)
        shift = {"start": 0.0, "middle": wide / 2, "end": wide}[
            text.get("text-anchor", root.get("text-anchor", "start"))
        ]
        x, y = float(text.get("x", 0)) - shift, float(text.get("y", 0))
        found.append((x, y - 0.7 * size, x + wide, y + 0.2 * size))
    return found


# Labels.


@pytest.mark.parametrize("label", HOSTILE, ids=lambda label: repr(label[:12]))
def test_no_label_breaks_a_drawing(draw: Callable[..., Drawing], label: str) -> None:
    def all_places(axes: Axes) -> None:
        axes.line([1, 2], [3, 4], SERIES[1], label, end=True)
        axes.bars([1, 2, 3], [1, 2], SERIES[2], label)
        axes.set(xlabel=label, ylabel=label, title=label)
        axes.mark(1.5, label)
        axes.say(1, 1, label)
        axes.text(1, 2, label)
        axes.above(label, SERIES[3])

    drawing = draw(all_places)
    assert len(drawing.svg) < 20_000
    assert {element.tag.partition("}")[2] for element in ET.fromstring(drawing.svg).iter()} <= {
        "svg", "g", "path", "text", "defs", "clipPath", "rect",
    }  # fmt: skip


@pytest.mark.parametrize("label", HOSTILE, ids=lambda label: repr(label[:12]))
def test_no_category_breaks_a_drawing(draw: Callable[..., Drawing], label: str) -> None:
    def rows(axes: Axes) -> None:
        axes.rows([1, 2], SERIES[1])
        axes.categories("y", [label, "b"])
        axes.categories("x", [label, label, "c"], on_top=True)

    drawing = draw(rows)
    left, _, width, _ = drawing.axes[0]["box"]
    assert left < 0.5 * drawing.width
    assert width > 0.4 * drawing.width


def test_labels_are_shown_as_written(draw: Callable[..., Drawing]) -> None:
    drawing = draw(lambda axes: axes.set(xlabel="$$ _x <b> & λ", ylabel="y"))
    assert "$$ _x <b> & λ" in texts(drawing)


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_drawn(studio: Studio, label: str) -> None:
    studio.paint(Unit(lambda axes: axes.set(xlabel=label)), FigureData({}), "fig")


def test_a_long_category_is_cut_to_the_room(draw: Callable[..., Drawing]) -> None:
    def rows(axes: Axes) -> None:
        axes.rows([1], SERIES[1])
        axes.categories("y", ["a rather long name of a feature that nobody would want to read in full"])

    (name, *_) = [text for text in texts(draw(rows, size=(3.0, 1.0))) if text.startswith("a rather")]
    assert name.endswith("…")
    assert width_of(name) <= 0.42 * 3 * 72


# Layout.


def test_every_text_lies_within_the_drawing(draw: Callable[..., Drawing]) -> None:
    def crowded(axes: Axes) -> None:
        for place, panel in enumerate(axes.panels(2, 3)):
            panel.line([0, 123_456], [-0.000123, 5.5e9 if place else 1], SERIES[1], f"line {place}", end=True)
            panel.set(xlabel="across", ylabel="up", title=f"Panel {place}")

    drawing = draw(crowded, size=(6.5, 4))
    for left, top, right, bottom in boxes(drawing):
        assert left >= -0.5
        assert top >= -0.5
        assert right <= drawing.width + 0.5
        assert bottom <= drawing.height + 0.5


def test_labels_at_line_ends_do_not_meet(draw: Callable[..., Drawing]) -> None:
    def close(axes: Axes) -> None:
        for number in range(5):
            axes.line([0, 1], [0, 1 + number / 1000], SERIES[number], f"line {number}", end=True)

    drawing = draw(close)
    heights = sorted(float(t.get("y", 0)) for t in elements(drawing, "text") if (t.text or "").startswith("line"))
    assert min(np.diff(heights)) >= 8.9


@given(st.lists(st.floats(-50, 150), min_size=1, max_size=12), st.floats(1, 20))
def test_spread_places_keep_their_order_distance_and_room(wished: list[float], gap: float) -> None:
    wished = sorted(wished)
    places = spread(wished, gap, 100)
    least = min(gap, 100 / max(len(wished) - 1, 1))
    assert all(b - a >= least - 1e-6 for a, b in pairwise(places))
    assert min(places) >= -1e-6
    assert max(places) <= 100 + 1e-6


def test_places_with_room_stay_where_they_are() -> None:
    assert spread([10, 30, 60], 9, 100) == [10, 30, 60]


def test_two_that_meet_move_apart_by_the_same_amount() -> None:
    assert spread([50, 52], 10, 100) == [46, 56]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 20, 40], ["0", "20", "40"]),
        ([0, 0.25, 0.5], ["0.00", "0.25", "0.50"]),
        ([-1, 0, 1], ["−1", "0", "1"]),
        ([-0.0, 1.0], ["0", "1"]),
        ([0, 5000, 10000], ["0", "5,000", "10,000"]),
        ([0, 2e7, 4e7], ["0", "2e7", "4e7"]),
        ([0, 0.00002], ["0", "2e-5"]),
        ([2.00001, 2.00002], ["2.00001", "2.00002"]),
        ([], []),
    ],
)
def test_tick_labels_have_the_digits_that_tell_them_apart(values: list[float], expected: list[str]) -> None:
    assert Numbers().format_ticks(values) == expected


@pytest.mark.parametrize(("value", "expected"), [(0.001, "0.001"), (1, "1"), (1000, "1,000"), (1e9, "1e9"), (3, "")])
def test_a_logarithmic_axis_labels_powers_of_ten(value: float, expected: str) -> None:
    assert Powers()(value) == expected


def test_a_logarithmic_axis_draws_without_markup(draw: Callable[..., Drawing]) -> None:
    def rate(axes: Axes) -> None:
        axes.line([1, 2, 3], [1e-4, 1e-2, 1], SERIES[1])
        axes.set_yscale("log")

    drawing = draw(rate)
    assert "0.01" in texts(drawing)
    assert not any("$" in text for text in texts(drawing))
    assert drawing.axes[0]["y"]["scale"] == "log"


def test_a_logarithmic_axis_has_no_tick_beyond_its_ends(draw: Callable[..., Drawing]) -> None:
    def fall(axes: Axes) -> None:
        axes.line([1, 2, 3], [0.3, 1e-5, 3e-11], SERIES[1], "norm")
        axes.set_yscale("log")
        axes.set_ylim(2e-11, 0.5)

    assert "1e-11" not in "".join(texts(draw(fall))).replace("−", "-")


# What is drawn.


def test_points_are_one_path_whatever_their_number(draw: Callable[..., Drawing]) -> None:
    values = np.random.default_rng(0).random((500, 2))
    drawing = draw(lambda axes: axes.points(values[:, 0], values[:, 1], SERIES[1], "cases"))
    path = next(group[0] for group in elements(drawing, "g") if group.get("id") == "fig-series-cases")
    assert path.get("d", "").count("h0") == 500
    assert path.get("stroke-linecap") == "round"
    assert len(drawing.svg) < 12_000


def test_points_that_are_not_finite_are_left_out(draw: Callable[..., Drawing]) -> None:
    drawing = draw(lambda axes: axes.points([0, np.nan, 1, np.inf], [0, 1, np.nan, 2], SERIES[1], "cases"))
    group = next(group for group in elements(drawing, "g") if group.get("id") == "fig-series-cases")
    assert group[0].get("d", "").count("h0") == 1


def test_cells_of_one_fullness_are_one_path(draw: Callable[..., Drawing]) -> None:
    drawing = draw(lambda axes: axes.cells(np.eye(20), SERIES[1]))
    (drawn,) = [path for path in elements(drawing, "path") if path.get("stroke") == SERIES[1]]
    assert len(stretches(drawn)) == 20
    assert drawn.get("class") == "s1"


def test_equal_cells_side_by_side_are_one_stretch(draw: Callable[..., Drawing]) -> None:
    drawing = draw(lambda axes: axes.cells([[1, 1, 0, 1], [1, 0, 0, 0]], SERIES[1]))
    (drawn,) = [path for path in elements(drawing, "path") if path.get("stroke") == SERIES[1]]
    left, top, width, height = drawing.axes[0]["box"]
    assert np.array(stretches(drawn)) == pytest.approx(
        np.array(
            [
                [left, top + height / 4, width / 2],
                [left + 3 * width / 4, top + height / 4, width / 4],
                [left, top + 3 * height / 4, width / 4],
            ]
        ),
        abs=0.02,
    )
    assert float(drawn.get("stroke-width", 1)) == pytest.approx(height / 2, abs=0.02)


@pytest.mark.parametrize(("thickness", "offset"), [(0.62, 0.0), (0.3, 0.2)])
def test_rows_are_as_thick_as_was_said(draw: Callable[..., Drawing], thickness: float, offset: float) -> None:
    def rows(axes: Axes) -> None:
        axes.rows([2, -1, 0], SERIES[2], "sizes", thickness=thickness, offset=offset)
        axes.set_xlim(-1, 2)

    drawing = draw(rows)
    group = next(group for group in elements(drawing, "g") if group.get("id") == "fig-series-sizes")
    left, top, width, height = drawing.axes[0]["box"]
    middles = [top + height * (row + 0.5 + offset) / 3 for row in range(2)]
    lengths = [2 * width / 3, -width / 3]
    expected = [[left + width / 3, middle, length] for middle, length in zip(middles, lengths, strict=True)]
    assert np.array(stretches(group[0]))[:2] == pytest.approx(np.array(expected), abs=0.02)
    assert float(group[0].get("stroke-width", 1)) == pytest.approx(height * thickness / 3, abs=0.02)
    assert group[0].get("class") == "s2"


def stretches(path: ET.Element) -> list[tuple[float, float, float]]:
    """The left end, the height and the length of each horizontal line of a path, of absolute and relative moves."""
    found, x, y = [], 0.0, 0.0
    for command, numbers in re.findall(r"([Mmh])([^Mmh]*)", path.get("d", "")):
        steps = [float(number) for number in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", numbers)]
        if command == "h":
            found.append((x, y, steps[0]))
            x += steps[0]
        else:
            x, y = steps if command == "M" else (x + steps[0], y + steps[1])
    return found


def pixels_of(image: ET.Element) -> np.ndarray:
    packed = base64.b64decode(image.get("href", "").partition(",")[2])
    return np.array(Image.open(io.BytesIO(packed)).convert("RGBA"))


@pytest.mark.parametrize("page", [253, 24], ids=["light", "dark"])
def test_the_larger_a_value_from_nothing_the_more_it_stands_out_on_any_page(
    draw: Callable[..., Drawing], page: int
) -> None:
    drawing = draw(lambda axes: axes.raster(np.array([[0.0, 0.25, 0.5, 1.0]]), 0, 1, diverging=False))
    (image,) = elements(drawing, "image")
    pixels = pixels_of(image)[4, 4::8].astype(float)
    opacity = pixels[:, 3:] / 255
    distance = np.abs(pixels[:, :3] * opacity + page * (1 - opacity) - page).sum(axis=1)
    assert (np.diff(distance) > 20).all()


def test_a_raster_is_a_png_with_equal_squares_for_values(draw: Callable[..., Drawing]) -> None:
    matrix = np.array([[-1.0, 0.0, 1.0], [np.nan, 0.5, -0.5]])
    drawing = draw(lambda axes: axes.raster(matrix, -1, 1))
    (image,) = elements(drawing, "image")
    pixels = pixels_of(image)
    assert pixels.shape == (2 * 8, 3 * 8, 4)
    pixels = pixels[4::8, 4::8]
    blue, white, orange = pixels[0, :, :3].astype(int)
    assert blue[2] > blue[0] + 50
    assert min(white) > 235
    assert orange[0] > orange[2] + 50
    assert pixels[1, 0, 3] == 0
    assert image.get("image-rendering") == "optimizeSpeed"


def test_the_band_has_a_class_of_its_own(draw: Callable[..., Drawing]) -> None:
    drawing = draw(lambda axes: axes.band([0, 1], [0, 0], [1, 1]))
    assert [path.get("class") for path in elements(drawing, "path") if path.get("fill") == BAND] == ["iv-f"]


# Geometry for the page.


def test_geometry_tells_where_the_data_lie(draw: Callable[..., Drawing]) -> None:
    def line(axes: Axes) -> None:
        axes.line([0, 10], [0, 4], SERIES[2], "validation")
        axes.set(xlim=(0, 10), ylim=(0, 4), xlabel="epoch", ylabel="loss")

    drawing = draw(line)
    (panel,) = drawing.axes
    x, y, width, height = panel["box"]
    assert panel["x"] == {"label": "epoch", "limits": [0, 10], "scale": "linear"}
    series = {"label": "validation", "id": "fig-series-validation", "class": "s2", "kind": "line"}
    assert panel["series"] == [series]
    path = next(group[0] for group in elements(drawing, "g") if group.get("id") == "fig-series-validation")
    start = re.match(r"M([\d.]+) ([\d.]+)l([\d.]+)(-[\d.]+)", path.get("d", ""))
    assert start
    assert [float(n) for n in start.groups()] == pytest.approx([x, y + height, width, -height], abs=0.02)


def test_categories_are_named_in_the_geometry(draw: Callable[..., Drawing]) -> None:
    def rows(axes: Axes) -> None:
        axes.rows([1, 2], SERIES[1])
        axes.categories("y", ["a", "b"])

    assert draw(rows).axes[0]["y"] | {"limits": []} == {
        "label": "",
        "limits": [],
        "scale": "category",
        "names": ["a", "b"],
    }


def test_two_series_of_one_name_have_two_ids(draw: Callable[..., Drawing]) -> None:
    def twice(axes: Axes) -> None:
        axes.line([0, 1], [0, 1], SERIES[1], "漢")
        axes.line([0, 1], [1, 0], SERIES[2], "字")

    ids = [series["id"] for series in draw(twice).axes[0]["series"]]
    assert len(set(ids)) == 2


# The face, the settings and the process.


def test_text_is_measured_in_the_face_of_the_report() -> None:
    assert font_family()[0] == "reportgen sans"
    assert width_of("iiii") < width_of("MMMM")


def test_settings_of_the_users_own_change_nothing(studio: Studio) -> None:
    import matplotlib as mpl

    data = loss_data()
    before = studio.draw("loss", data, "loss").svg
    with mpl.rc_context({"font.size": 30, "axes.grid": True, "text.usetex": False, "lines.linewidth": 9}):
        assert studio.draw("loss", data, "loss").svg == before
        assert mpl.rcParams["font.size"] == 30


def loss_data() -> FigureData:
    from reportgen.figures import loss

    return loss.compute(runs.binary())[0]


@pytest.mark.slow
def test_a_child_gives_the_same_bytes_with_nowhere_to_write(studio: Studio, tmp_path: Path) -> None:
    """No home, no cache, a settings file in the current folder: the drawing is the same and nothing is left behind."""
    tmp_path.joinpath("matplotlibrc").write_text("font.size: 30\n")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    code = (
        "from reportgen.drawing import Studio; from tests.test_drawing import loss_data\n"
        "print(Studio().draw('loss', loss_data(), 'loss').svg)"
    )
    environment = {
        "PYTHONPATH": str(ROOT),
        "HOME": "/proc/nowhere",
        "TMPDIR": str(temporary),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == studio.draw("loss", loss_data(), "loss").svg + "\n"
    assert os.listdir(temporary) == []


@pytest.mark.slow
def test_a_worker_draws(studio: Studio) -> None:
    worker = Worker("reportgen.drawing:Studio")
    try:
        assert worker.call("draw", "loss", loss_data(), "loss") == studio.draw("loss", loss_data(), "loss")
    finally:
        worker.close()


def test_the_spine_does_not_import_the_studio() -> None:
    code = "import sys, reportgen.document, reportgen.svg; assert 'matplotlib' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
