"""What may stand in a drawing, and how matplotlib's SVG becomes one."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.drawing.path_data import short
from reportgen.drawing.rewrite import rewrite
from reportgen.svg import LARGEST, check_drawing

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" width="10" height="10">'
PNG = "data:image/png;base64,iVBORw0KGgo="


def drawing(inner: str) -> str:
    return f"{HEAD}{inner}</svg>"


@pytest.mark.parametrize(
    "inner",
    [
        "",
        '<path d="M0 0l1-1.5h2v3z" fill="none" stroke="#0b62a4" class="s1 f1" stroke-width=".8"/>',
        '<text x="1" y="2" fill="currentColor" text-anchor="end" transform="rotate(-90 1 2)">a &lt; b &#38; c</text>',
        '<g id="loss-series-train"><line x1="0" y1="0" x2="1" y2="1"/></g>',
        '<defs><path id="loss-p0" d="M0 0h1"/></defs><use href="#loss-p0" x="1" y="2"/>',
        '<clipPath id="a-p0"><rect width="1" height="1"/></clipPath><g clip-path="url(#a-p0)"><path d="M0 0"/></g>',
        f'<image href="{PNG}" x="0" width="1" height="1" preserveAspectRatio="none" image-rendering="pixelated"/>',
        '<linearGradient id="a-b"><stop offset="0" stop-color="#fff"/></linearGradient><rect fill="url(#a-b)"/>',
        "<title>words alone</title>",
    ],
)
def test_plain_drawings_are_allowed(inner: str) -> None:
    check_drawing(drawing(inner))


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>",
        "<style>*{fill:red}</style>",
        '<path style="fill:red"/>',
        '<path onload="alert(1)"/>',
        '<path ONLOAD="alert(1)"/>',
        "<foreignObject><p>x</p></foreignObject>",
        '<a href="javascript:alert(1)"><text>x</text></a>',
        '<use href="http://example.org/x.svg#a"/>',
        '<use href="data:image/svg+xml;base64,PHN2Zy8+#a"/>',
        '<use xlink:href="#a"/>',
        '<image href="http://example.org/x.png"/>',
        '<image href="data:image/svg+xml;base64,PHN2Zy8+"/>',
        '<image href="data:image/png,x"/>',
        f'<path href="{PNG}"/>',
        '<rect fill="url(http://example.org/#a)"/>',
        '<rect fill="url(#missing)"/>',
        '<rect fill="red;background:url(x)"/>',
        '<g class="fixed overlay"/>',
        '<set attributeName="onclick" to="alert(1)"/>',
        '<animate attributeName="href" values="javascript:alert(1)"/>',
        "<title><img src=x onerror=alert(1)></title>",
        "<title><g/></title>",
        "<desc><b>x</b></desc>",
        "<math/>",
        "<svg/>",
        "<x:script/>",
        '<g xmlns:x="http://www.w3.org/1999/xhtml"><x:script/></g>',
        '<g xmlns="http://www.w3.org/1999/xhtml"><script/></g>',
        "<!-- <script> --><g/>",
        "<![CDATA[<img src=x>]]>",
        "<title><![CDATA[</title><img src=x onerror=alert(1)>]]></title>",
        "<?php echo 1 ?>",
        "&nbsp;",
        "loose text",
        '<path d="M0 0" d="M1 1"/>',
        '<text font-family="x&quot; onload=&quot;y">x</text>',
        '<path d="M0 0&quot;&gt;&lt;script&gt;"/>',
        '<path transform="translate(1) url(x)"/>',
        '<g id="plain"/>',
        '<g id="a-1"/><g id="a-1"/>',
        '<g id="a-1"/><g id="b-1"/>',
        "<g>" * 30 + "</g>" * 30,
        "\0",
        "\x1b[31m",
        "\ud800",
    ],
)
def test_anything_else_is_refused(inner: str) -> None:
    with pytest.raises(ValueError, match=r"drawing|surrogate"):
        check_drawing(drawing(inner))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<svg",
        "hello",
        "<html></html>",
        f"<!DOCTYPE svg>{drawing('')}",
        f'<?xml version="1.0"?>{drawing("")}',
        f"{drawing('')}<script/>",
        f"{drawing('')}{drawing('')}",
        " " + drawing(""),
        "<svg></svg>",
        '<svg xmlns="http://www.w3.org/1999/xhtml"></svg>',
        '<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + drawing("<text>&b;</text>"),
    ],
)
def test_a_drawing_is_one_plain_svg_element(text: str) -> None:
    with pytest.raises(ValueError, match="drawing"):
        check_drawing(text)


def test_a_part_cannot_multiply_others() -> None:
    """Groups of references to groups of references would grow exponentially when shown."""
    bomb = '<g id="a-0"><path d="M0 0"/></g>'
    for level in range(1, 9):
        bomb += f'<g id="a-{level}">' + f'<use href="#a-{level - 1}"/>' * 9 + "</g>"
    with pytest.raises(ValueError, match="refers"):
        check_drawing(drawing(bomb))


def test_a_huge_drawing_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="characters"):
        check_drawing(drawing("<g></g>" * (LARGEST // 7)))


def test_ids_carry_the_prefix_that_is_asked_for() -> None:
    inner = '<g id="loss-series-train"/>'
    check_drawing(drawing(inner), "loss")
    with pytest.raises(ValueError, match="prefix"):
        check_drawing(drawing(inner), "roc")


@given(st.text(alphabet='<>/="&;#!?-[]()abgsvtx: \n', max_size=60))
def test_no_text_gets_past_that_is_not_in_the_list(inner: str) -> None:
    try:
        check_drawing(drawing(inner))
    except ValueError:
        return
    names = {element.tag.partition("}")[2] for element in ET.fromstring(drawing(inner)).iter()}
    assert names <= {"svg", "g"}
    assert not any(word in inner for word in ("<!", "<?", "="))


# The rewrite.

MATPLOTLIB = """<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="216pt" height="144pt" viewBox="0 0 216 144"
 xmlns="http://www.w3.org/2000/svg" version="1.1">
 <metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></metadata>
 <defs><style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style></defs>
 <g id="figure_1">%s</g>
</svg>"""


def rewritten(inner: str, prefix: str = "fig") -> ET.Element:
    svg = rewrite(MATPLOTLIB % inner, prefix)
    check_drawing(svg, prefix)
    return ET.fromstring(re.sub(' xmlns="[^"]*"', "", svg))


def test_metadata_styles_and_empty_groups_are_left_out() -> None:
    assert [element.tag for element in rewritten('<g id="axes_1"><g id="patch_1"></g></g>').iter()] == ["svg"]


def test_the_root_says_its_size_without_a_unit() -> None:
    root = rewritten("")
    assert (root.get("viewBox"), root.get("width"), root.get("height")) == ("0 0 216 144", "216", "144")
    assert root.get("stroke-linejoin") == "round"


def test_a_series_colour_stays_and_gets_its_class() -> None:
    path = rewritten('<path d="M 0 0 L 1 1" style="fill: none; stroke: #0b62a4; stroke-width: 1.5"/>')[0]
    assert path.attrib == {"d": "M0 0l1 1", "fill": "none", "stroke": "#0b62a4", "stroke-width": "1.5", "class": "s1"}


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("fill: #b34d06", {"fill": "#b34d06", "class": "f2"}),
        ("fill: #5b5f66", {"fill": "#5b5f66", "class": "soft-f"}),
        ("fill: #fdfdfb", {"fill": "#fdfdfb", "class": "paper-f"}),
        ("fill: #b9d3ea; fill-opacity: 0.5", {"fill": "#b9d3ea", "fill-opacity": "0.5", "class": "iv-f"}),
        ("fill: none; stroke: #d9d9d4", {"fill": "none", "stroke": "#d9d9d4", "class": "rule"}),
        ("fill: none; stroke: #1b1c1e", {"fill": "none", "stroke": "currentColor"}),
        ("fill: #1b1c1e", {}),
        ("fill: #123456", {"fill": "#123456"}),
    ],
)
def test_neutral_colours_become_classes_and_ink_the_text_colour(style: str, expected: dict[str, str]) -> None:
    found = dict(rewritten(f'<path d="M 0 0 L 1 1 L 2 0 z" style="{style}"/>')[0].attrib)
    del found["d"]
    assert found == expected


def test_a_font_shorthand_is_taken_apart() -> None:
    root = rewritten('<text style="font: 600 9px \'X\', sans-serif; text-anchor: middle" x="1" y="2">a</text>')
    assert (root.get("font-size"), root.get("text-anchor")) == ("9", "middle")
    assert root[0].attrib == {"x": "1", "y": "2", "font-weight": "600"}


def test_what_most_texts_say_stands_on_the_root_alone() -> None:
    inner = '<text style="font-size: 8px">a</text>' * 2 + '<text style="font-size: 9px; text-anchor: end">b</text>'
    root = rewritten(inner)
    assert [text.attrib for text in root] == [{}, {}, {"font-size": "9", "text-anchor": "end"}]
    assert (root.get("font-size"), root.get("text-anchor")) == ("8", "start")


def test_a_rotation_by_zero_is_left_out_and_others_are_kept() -> None:
    root = rewritten(
        '<text x="1.234567" y="2" transform="rotate(-0 1.234567 2)">a</text>'
        '<text x="1.234567" y="2" transform="rotate(-90 1.234567 2)">b</text>'
        '<text transform="translate(3.14159 2)">c</text>'
    )
    assert [text.get("transform") for text in root] == [None, "rotate(-90 1.23 2)", None]
    assert (root[2].get("x"), root[2].get("y")) == ("3.14", "2")


def test_tick_marks_become_one_path_where_they_stand() -> None:
    mark = '<defs><path id="m1" d="M 0 0 L 0 3.5" style="stroke: #000000; stroke-width: 0.8"/></defs>'
    uses = "".join(f'<g><use xlink:href="#m1" x="{x}" y="5" style="stroke: #000000"/></g>' for x in (1, 2, 3))
    root = rewritten(mark + uses)
    assert [element.tag for element in root] == ["path"]
    assert root[0].get("d") == "M1 5v3.5M2 5v3.5M3 5v3.5"


def test_a_long_mark_used_often_is_referred_to_by_a_prefixed_id() -> None:
    curve = " ".join(f"C {n} 0 1 1 2 {n}" for n in range(30))
    inner = f'<defs><path id="m1" d="M 0 0 {curve}"/></defs>' + '<use xlink:href="#m1" x="1" y="5"/>' * 4
    root = rewritten(inner, "roc")
    assert root.find("defs/path").get("id") == "roc-p0"  # type: ignore[union-attr]
    assert {use.get("href") for use in root.findall("use")} == {"#roc-p0"}


def test_a_clip_that_clips_nothing_is_left_out_with_its_definition() -> None:
    clip = '<defs><clipPath id="c"><rect x="0" y="0" width="100" height="100"/></clipPath></defs>'
    inside = '<path d="M 1 1 L 99 99" clip-path="url(#c)" style="fill: none"/>'
    assert [element.tag for element in rewritten(inside + clip).iter()] == ["svg", "path"]
    outside = inside.replace("99 99", "199 99")
    assert rewritten(outside + clip)[0].get("clip-path") == "url(#fig-p0)"


def test_a_series_keeps_its_id_with_the_prefix() -> None:
    root = rewritten('<g id="series-train"><path d="M 0 0 L 1 1" style="fill: none"/></g>', "loss")
    assert root[0].get("id") == "loss-series-train"


def test_transparent_shapes_are_not_joined() -> None:
    """Two that overlap are darker where they do; as one path they would not be."""
    path = '<path d="M 0 0 L 9 0 L 9 9 z" style="fill: #0b62a4; fill-opacity: 0.5"/>'
    assert len(rewritten(path * 2)) == 2
    assert len(rewritten(path.replace("; fill-opacity: 0.5", "") * 2)) == 1


def test_hostile_text_stays_text() -> None:
    root = rewritten("<text>&lt;script&gt;alert('x')&lt;/script&gt; &amp;amp; \"q\"</text>")
    assert root[0].text == "<script>alert('x')</script> &amp; \"q\""


def test_dots_are_drawn_once_each_in_tenths_from_left_to_right() -> None:
    d = "M 3.26 4.04 L 3.26 4.04 M 1 1 L 1 1 M 1.01 1 L 1.01 1 M 3.3 1 L 3.3 1"
    assert short(d) == "M1 1h0M3.3 1h0m0 3h0"


def test_a_move_is_relative_where_that_is_shorter() -> None:
    squares = "M 10.5 20.25 L 24 20.25 L 24 31 L 10.5 31 z M 24 20.25 L 37.5 20.25 z"
    assert short(squares) == "M10.5 20.25h13.5v10.75h-13.5zm13.5 0h13.5z"


points = st.lists(st.tuples(st.floats(-500, 500), st.floats(-500, 500)), min_size=1, max_size=30)


@pytest.mark.parametrize(
    ("d", "expected"),
    [
        ("M 1 1 L 2 1 L 2 1 L 4 1 L 4 3 L 3 3 L 1 3 z", "M1 1h3v2h-3z"),
        ("M 1 1 L 4 1 L 2 1 L 2 0", "M1 1h3-2v-1"),
        ("M 1 1 L 2 1 L 3 1", "M1 1h2"),
    ],
    ids=["same way", "back", "end"],
)
def test_steps_across_an_area_that_go_on_the_same_way_are_one(d: str, expected: str) -> None:
    assert short(d, joined=True) == expected


@given(points)
def test_short_path_data_goes_through_the_same_points(places: list[tuple[float, float]]) -> None:
    """Steps are relative and rounded, but the error does not add up: each point is within half a hundredth."""
    d = " ".join(f"{'M' if not n else 'L'} {x!r} {y!r}" for n, (x, y) in enumerate(places))
    found = followed(short(d))
    assert len(found) == len(places)
    for (x, y), (u, v) in zip(places, found, strict=True):
        assert abs(x - u) <= 0.005 + 1e-6
        assert abs(y - v) <= 0.005 + 1e-6


def followed(d: str) -> list[tuple[float, float]]:
    """The points of a path of moves and relative lines, by a reader of its own."""
    found, x, y = [], 0.0, 0.0
    for command, numbers in re.findall(r"([Mlhv])([^Mlhv]*)", d):
        values = [float(number) for number in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", numbers)]
        pairs = list(zip(values[::2], values[1::2], strict=False))
        steps = {"h": [(v, 0.0) for v in values], "v": [(0.0, v) for v in values]}.get(command, pairs)
        for dx, dy in steps:
            x, y = (dx, dy) if command == "M" else (x + dx, y + dy)
            found.append((x, y))
    return found
