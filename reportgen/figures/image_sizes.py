"""How large and how bright the images of a column are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, name_of, plain
from reportgen.figures._profiles import profile_of, shown_features
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES
from reportgen.text import count, listing, percent, plural

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes
    from reportgen.profile import ColumnProfile

SECTION = "data"
NEEDS = "dataset"
ORDER = 65
_MOST_COLUMNS = 2
_KINDS = {1: "grey", 2: "grey with transparency", 3: "colour", 4: "colour with transparency"}


def compute(run: Run) -> list[FigureData]:
    """One drawing a column of images."""
    usable = [column for column in shown_features(profile_of(run)) if column.images and column.images.sizes]
    if not usable:
        raise NotApplicable("no column holds readable images")
    return [_drawing(column) for column in usable[:_MOST_COLUMNS]]


def _drawing(column: ColumnProfile) -> FigureData:
    images = column.images
    assert images is not None
    columns: dict[str, list[Any]] = {
        "size": [f"{width} × {height}" for height, width, _, _ in images.sizes],
        "channels": [channels for _, _, channels, _ in images.sizes],
        "images": [members for *_, members in images.sizes],
    }
    brightness = images.brightness
    name = name_of(column.name)
    facts = {
        "name": name,
        "readable": images.readable,
        "unreadable": column.count - images.readable,
        "n_sizes": images.n_sizes,
        "smallest": list(images.smallest),
        "largest": list(images.largest),
        "channels": [
            [_KINDS.get(number, plural(number, "channel")), images.channels[number]] for number in images.channels
        ],
        "edges": plain(brightness.edges) if brightness and sum(brightness.totals) else [],
        "brightness": list(brightness.totals) if brightness and sum(brightness.totals) else [],
        "sampled": images.sampled,
    }
    return FigureData(columns, facts, part=name)


def size(data: FigureData) -> tuple[float, float]:
    return 5.0, max(1.3, 0.5 + 0.2 * len(data.columns["size"]))


def draw(axes: Axes, data: FigureData) -> None:
    facts, members = data.facts, data.columns["images"]
    both = axes.panels(1, 2, widths=(1.2, 1)) if facts["edges"] else [axes]
    both[0].rows(members, SERIES[1], "images")
    both[0].categories("y", data.columns["size"])
    both[0].set_xlim(0, 1.4 * max(members))
    both[0].xaxis.set_visible(False)
    both[0].bare()
    both[0].set_title("width × height", loc="left")
    for place, number in enumerate(members):
        both[0].beside(number, place, count(number))
    if facts["edges"]:
        _draw_brightness(both[1], facts["edges"], facts["brightness"])


def _draw_brightness(panel: Axes, edges: list[float], rows: list[int]) -> None:
    panel.bars(edges, rows, SERIES[1], "images")
    panel.set(xlabel="mean grey value", xlim=(edges[0], edges[-1]), ylim=(0, 1.05 * max(rows)))
    panel.few("x", 4)
    panel.yaxis.set_visible(False)
    panel.bare("left")


def describe(data: FigureData) -> Words:
    facts, members = data.facts, data.columns["images"]
    share = members[0] / max(facts["readable"], 1)
    commonest = f"the commonest, {data.columns['size'][0]}, has {percent(share)} of the images"
    title = f"{count(facts['n_sizes'])} sizes; {commonest}."
    if facts["n_sizes"] == 1:
        title = f"Every image is {data.columns['size'][0]} pixels large."
    low, high = (f"{width} × {height}" for height, width in (facts["smallest"], facts["largest"]))
    shown = f", the {len(members)} commonest" if len(members) < facts["n_sizes"] else ""
    caption = f"Width × height of the images in {facts['name']}{shown}"
    caption += (
        f"; mean brightness, 0 black to 255 white, of {plural(facts['sampled'], 'image')}." if facts["edges"] else "."
    )
    caption += f" {plural(facts['unreadable'], 'image')} cannot be read." if facts["unreadable"] > 0 else ""
    kinds = listing(f"{count(number)} {kind}" for kind, number in facts["channels"])
    alt = f"Sizes of {plural(facts['readable'], 'image')} from {low} to {high} pixels; {kinds}."
    if facts["edges"]:
        fullest = int(array(facts["brightness"]).argmax())
        alt += f" Commonest brightness about {(facts['edges'][fullest] + facts['edges'][fullest + 1]) / 2:.0f} of 255."
    return Words(title, caption, alt)
