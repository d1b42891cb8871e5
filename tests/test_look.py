"""How a report is dressed: themes, a user's templates and colours, logo and footer, and scripts that no font has."""

from __future__ import annotations

import base64
import io
import re
import struct
import zlib
from dataclasses import replace
from pathlib import Path

import documents
import pytest
from pages import read
from PIL import Image

from reportgen import api, assets, cli, logo
from reportgen.document import Document, Look, Section, from_json, para, to_json
from reportgen.errors import DataError, OutputError, UsageError
from reportgen.outputs import html, json
from reportgen.render import to_html
from reportgen.render.layers import Layers
from reportgen.specfile import draft_of
from reportgen.svg import SERIES

FORM = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">{}</svg>'
EXAMPLE = Path(__file__).parents[1] / "examples" / "own-look"


def dressed(**look: str) -> Document:
    return replace(documents.sample(), look=Look(**look))


def style(page: str) -> str:
    return re.sub("@font-face{.*?}", "", read(page).all("style")[0].text)


# Contrast, of every theme and in both schemes (WCAG 2.2, 1.4.3 and 1.4.11).


def light(colour: str) -> float:
    """Relative luminance of #rrggbb, as WCAG defines it."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    dark, bright = sorted((light(first), light(second)))
    return (bright + 0.05) / (dark + 0.05)


def colours(theme: str, *sheets: str) -> dict[str, str]:
    text = "".join(Layers(theme).css(sheet) for sheet in sheets)
    return dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", text))


@pytest.mark.parametrize("sheets", [("tokens",), ("tokens", "dark")], ids=["light", "dark"])
@pytest.mark.parametrize("theme", sorted(assets.themes()))
def test_text_and_marks_of_every_theme_stand_out(theme: str, sheets: tuple[str, ...]) -> None:
    found = colours(theme, *sheets)
    for ground in ("paper", "wash"):
        for name in ("ink", "soft", "lede", "link", "pass", "fail", "warn"):
            assert contrast(found[name], found[ground]) >= 4.5, (name, ground)
    for number in range(len(SERIES)):  # a series' name is written in its colour
        assert contrast(found[f"s{number}"], found["paper"]) >= 4.5, number


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the known grey that just fails


# Themes.


def test_two_themes_ship_and_differ_in_every_colour_of_a_series() -> None:
    assert list(assets.themes()) == ["plain", "slate"]
    plain, slate = colours("plain", "tokens"), colours("slate", "tokens")
    assert all(plain[f"s{number}"] != slate[f"s{number}"] for number in range(len(SERIES)))


def test_the_plain_theme_has_the_colours_that_figures_are_drawn_in() -> None:
    assert Layers("plain").printed() == {}


def test_the_figures_on_paper_follow_the_theme() -> None:
    plain, slate = (to_html(dressed(theme=theme), medium="print") for theme in ("plain", "slate"))
    of = colours("slate", "tokens")
    assert f'fill="{SERIES[2]}"' in plain
    assert f'"{SERIES[2]}"' not in slate
    assert plain.count(f'fill="{SERIES[2]}"') == slate.count(f'fill="{of["s2"]}"')


def test_words_that_look_like_a_colour_stay_as_they_are() -> None:
    words = f' fill="{SERIES[1]}" '
    page = to_html(replace(dressed(theme="slate"), title=words), medium="print")
    assert words in read(page).all("h1")[0].text


def test_the_look_is_remembered_and_no_part_of_the_content_id() -> None:
    document = dressed(theme="slate", logo=FORM.format(""), logo_alt="A", footer="Foot")
    assert document.content_id == documents.sample().content_id
    for unit in (html, json):
        assert unit.read(unit.to_bytes(document), "report").look == document.look


def test_a_report_from_before_themes_is_plain() -> None:
    text = to_json(documents.sample())
    old = re.sub(r',"look":\{[^}]*\}', "", text)
    assert old != text
    assert from_json(old) == documents.sample()


def test_a_theme_that_this_version_lacks_is_shown_plain() -> None:
    for theme in ("of tomorrow", "../../../etc", ""):
        assert style(to_html(dressed(theme=theme))) == style(to_html(documents.sample()))


def test_an_unknown_theme_is_told_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"e.yaml:2:17: report.theme: there is no theme 'slat' - fix: did you mean 'sl"
    ):
        draft_of("data: {path: a.csv}\nreport: {theme: slat}\n", "e.yaml")


# Templates and colours of a user.


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "look" / "css").mkdir(parents=True)
    return tmp_path / "look"


def page_with(own: Path, template: str, name: str = "report.html.jinja") -> str:
    path = own / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(template, encoding="utf-8")
    return to_html(dressed(footer="Foot"), own=own)


def test_colours_alone_are_changed_where_the_rest_is_left_out(own: Path) -> None:
    (own / "css" / "tokens.css").write_text(":root { --s2: #123456; }")
    assert Layers("plain", own).printed() == {SERIES[2]: "#123456"}
    assert "#123456" in style(to_html(documents.sample(), own=own))
    assert 'fill="#123456"' in to_html(documents.sample(), medium="print", own=own)


def test_one_block_is_changed_and_the_rest_is_what_ships(own: Path) -> None:
    page = page_with(
        own, '{% extends "!report.html.jinja" %}{% block footer %}<p>{{ document.title }}!</p>{% endblock %}'
    )
    plain = to_html(dressed())
    assert f"<p>{documents.sample().title}!</p>" in page
    assert [element.tag for element in read(page).all("figure")] == [
        element.tag for element in read(plain).all("figure")
    ]
    assert html.read(page.encode(), "page") == dressed(footer="Foot")


def test_one_section_is_changed(own: Path) -> None:
    template = '{% extends "!sections/_section.html.jinja" %}{% block title %}<h2>Rows</h2>{% endblock %}'
    page = page_with(own, template, "sections/data.html.jinja")
    assert [element.text for element in read(page).all("h2") if element.text == "Rows"] == ["Rows"]


def test_a_file_of_styles_takes_the_place_of_the_one_that_ships(own: Path) -> None:
    (own / "css" / "findings.css").write_text(".findings { color: var(--ink) }\n")
    text = style(to_html(documents.sample(), own=own))
    assert text.count(".findings li") < style(to_html(documents.sample())).count(".findings li")


def test_what_a_template_writes_is_escaped(own: Path) -> None:
    hostile = replace(dressed(), title="<b>&")
    (own / "report.html.jinja").write_text(
        '{% extends "!report.html.jinja" %}{% block footer %}<p id="x">{{ document.title }}</p>{% endblock %}'
    )
    assert '<p id="x">&lt;b&gt;&amp;</p>' in to_html(hostile, own=own)


IN_FOOTER = '{{% extends "!report.html.jinja" %}}\n{{% block footer %}}\n{}\n{{% endblock %}}\n'


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        ("{{ document.titel }}", r"report.html.jinja:3: .*titel"),
        ("{{ document.title", r"report.html.jinja:[34]: "),
        ("{{ document.title | safe }}", r"report.html.jinja:3: No filter named 'safe'"),
        ("{% autoescape false %}{% endautoescape %}", r"report.html.jinja:3: escaping cannot be switched off"),
        ("{% include 'missing.jinja' %}", r"report.html.jinja:3: no template missing.jinja"),
        ("{{ 1 / 0 }}", r"report.html.jinja:3: ZeroDivisionError"),
        ("{{ ''.__class__.__mro__ }}", r"report.html.jinja:3: SecurityError"),
        ("<p onclick='x()'>", r"the attribute onclick of a p element"),
        ("<p style='color: red'>", r"the attribute style of a p element"),
        ("<script>x()</script>", r"3 script elements where there are 2"),
        ("<img src='https://x.example/a.png'>", r"the attribute src of a img element"),
        ("<link rel=stylesheet href='#'>", r"a link element"),
    ],
)
def test_a_mistake_in_a_template_is_one_line(own: Path, inside: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as error:
        page_with(own, IN_FOOTER.format(inside))
    assert "\n" not in str(error.value)


def test_a_page_without_its_policy_is_refused(own: Path) -> None:
    with pytest.raises(UsageError, match="keep the block that is called policy"):
        page_with(own, '{% extends "!report.html.jinja" %}{% block policy %}{% endblock %}')


@pytest.mark.parametrize(
    "text",
    [
        "a {}\n@import 'x';",
        "a {}\nb { background: url(https://x.example) }",
        "\n</style><script>",
        "\nb{c:url( 'a.png')}",
    ],
)
def test_styles_that_leave_the_page_are_told_with_their_line(own: Path, text: str) -> None:
    (own / "css" / "own.css").write_text(text)
    with pytest.raises(UsageError, match=r"own\.css:2: .*loads nothing"):
        to_html(documents.sample(), own=own)


def test_a_colour_that_figures_cannot_take_is_told(own: Path) -> None:
    (own / "css" / "tokens.css").write_text(":root { --s2: tomato; }")
    with pytest.raises(UsageError, match=r"tokens.css: --s2 is 'tomato'"):
        to_html(documents.sample(), medium="print", own=own)


def test_render_takes_theme_and_templates(own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own / "css" / "tokens.css").write_text(":root { --link: #00aa00; }")
    report = api.Report(documents.sample()).save(tmp_path / "a.html")
    again = str(tmp_path / "b.html")
    assert cli.main(["render", str(report), "-o", again, "--theme", "slate", "--templates", str(own)]) == 0
    assert api.read(again).document.look.theme == "slate"
    assert "#00aa00" in Path(again).read_text(encoding="utf-8")
    assert cli.main(["render", str(report), "-o", again, "--theme", "slat"]) == 2
    assert cli.main(["render", str(report), "-o", again, "--templates", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.count("\n") == 2


# Logo and footer.


def svg_file(tmp_path: Path, inside: str) -> Path:
    path = tmp_path / "logo.svg"
    path.write_text('<?xml version="1.0"?><!-- x -->\n' + FORM.format(inside))
    return path


def test_a_drawing_is_rewritten_to_what_may_stand_in_a_page(tmp_path: Path) -> None:
    inside = '<metadata>who</metadata><g id="a" data-x="1"><path style="fill:tomato;stroke:none" d="M0 0\nL1 1"/></g>'
    found = logo.read(svg_file(tmp_path, inside))
    assert '<path d="M0 0 L1 1" fill="#ff6347" stroke="none">' in found
    assert 'id="logo-a"' in found
    assert "who" not in found


@pytest.mark.parametrize(
    "inside",
    [
        "<script>x()</script>",
        "<style>path { fill: red }</style>",
        '<image href="https://x.example/a.png"/>',
        '<image href="data:image/svg+xml;base64,AA=="/>',
        "<foreignObject/>",
        '<path onclick="x()" d="M0 0"/>',
        '<path fill="url(https://x.example/#a)" d="M0 0"/>',
        '<use href="#nothing"/>',
        '<path filter="url(#f)" d="M0 0"/>',
        '<linearGradient id="a"/>',
        "<path",
    ],
)
def test_a_drawing_that_could_do_harm_or_would_show_wrongly_is_refused(tmp_path: Path, inside: str) -> None:
    with pytest.raises(DataError, match=r"'logo.svg' cannot be a logo: .* - fix: export it as plain SVG"):
        logo.read(svg_file(tmp_path, inside))


def png(size: tuple[int, int] = (4, 2), comment: bytes = b"") -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, "red").save(stream, "PNG")
    body = b"tEXt" + comment
    chunk = struct.pack(">I", len(comment)) + body + struct.pack(">I", zlib.crc32(body))
    data = stream.getvalue()
    return data[:33] + (chunk if comment else b"") + data[33:]


def test_a_picture_keeps_its_pixels_and_loses_its_words(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(png(comment=b"Source\0/home/someone/logo.psd"))
    found = logo.read(tmp_path / "logo.png")
    data = base64.b64decode(found.removeprefix("data:image/png;base64,"))
    assert b"someone" not in data
    assert Image.open(io.BytesIO(data)).convert("RGB").getpixel((3, 1)) == (255, 0, 0)


@pytest.mark.parametrize(
    "data", [png()[:-4], png()[:40], png().replace(b"IDAT", b"IDAS"), b"GIF89a", b"", png((5000, 1))]
)
def test_a_picture_that_is_none_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "logo.png").write_bytes(data)
    with pytest.raises(DataError, match=r"'logo\.png' cannot be a logo"):
        logo.read(tmp_path / "logo.png")


def test_a_large_or_missing_logo_is_told_at_its_key(tmp_path: Path) -> None:
    draft = draft_of("data: {path: a.csv}\nreport: {logo: l.svg}\n", str(tmp_path / "e.yaml"))
    with pytest.raises(DataError, match=r"e.yaml:2:16: report.logo: 'l.svg' cannot be read: No such file"):
        draft.logo()
    (tmp_path / "l.svg").write_bytes(b" " * 100_001)
    with pytest.raises(DataError, match=r"larger than 100,000 bytes"):
        draft.logo()


@pytest.mark.parametrize("medium", ["page", "print"])
def test_logo_and_footer_are_shown_with_words_for_who_cannot_see(medium: str) -> None:
    drawing = FORM.format('<path id="logo-a" fill="currentColor" d="M0 0"/>')
    page = read(to_html(dressed(logo=drawing, logo_alt='A "B"', footer="Foot & mouth"), medium=medium))  # type: ignore[arg-type]
    shown = next(element for element in page.elements if "logo" in element.around)
    assert (shown.tag, shown.attributes["aria-label"]) == ("svg", 'A "B"')
    assert page.with_class("foot")[0].text.strip() == "Foot & mouth" if medium == "page" else True
    assert page.by_id("main").attributes.get("data-foot") == (None if medium == "page" else "Foot & mouth")


def test_a_picture_has_its_words_too() -> None:
    address = "data:image/png;base64," + base64.b64encode(png()).decode()
    (shown,) = read(to_html(dressed(logo=address, logo_alt="Us"))).all("img")
    assert shown.attributes == {"src": address, "alt": "Us"}


@pytest.mark.parametrize(
    "value",
    [FORM.format("<script/>"), "https://x.example/a.png", "data:image/svg+xml;base64,AA==", 'data:image/png;base64,A"'],
)
def test_a_logo_in_a_file_from_a_stranger_is_checked_again(value: str) -> None:
    with pytest.raises(DataError, match="a damaged report"):
        from_json(to_json(replace(documents.sample(), look=Look(logo=value))))


def test_words_for_a_logo_that_is_missing_are_told() -> None:
    with pytest.raises(UsageError, match=r"report.logo_alt: there is no logo"):
        draft_of("data: {path: a.csv}\nreport: {logo_alt: Us}\n", "e.yaml")


# The example, and scripts.


@pytest.mark.slow
def test_the_example_has_theme_logo_footer_and_a_changed_block(tmp_path: Path) -> None:
    target = tmp_path / "own.html"
    arguments = ["run", str(EXAMPLE / "experiment.yaml"), "-o", str(target), "--templates", str(EXAMPLE / "templates")]
    assert cli.main(arguments) == 0
    page = read(target.read_text(encoding="utf-8"))
    assert page.with_class("logo")
    assert page.with_class("foot")[0].text.strip() == "Hillside Laboratory. For internal use."
    assert any("ask the laboratory" in element.text for element in page.with_class("remark"))
    assert str(EXAMPLE) not in target.read_text(encoding="utf-8")
    assert api.read(target).document.look.theme == "slate"


def written(title: str, tmp_path: Path) -> tuple[str, list[OutputError]]:
    from reportgen.outputs import pdf

    told: list[OutputError] = []
    report = api.Report(Document(title, (Section("data", "Data", (para(title),)),)))
    return pdf.text(report.save(tmp_path / "a.pdf", told=told.append).read_bytes()), told


@pytest.mark.slow
def test_a_character_that_no_font_has_is_told_by_its_code_point(tmp_path: Path) -> None:
    _, told = written("x \U0001343f \u0378", tmp_path)  # U+0378 is not assigned, so that no font has it
    assert "U+0378" in str(told[0])
    assert "x" not in str(told[0]).partition(": ")[2].split()


@pytest.mark.slow
def test_what_the_faces_have_is_not_told(tmp_path: Path) -> None:
    text, told = written("Grüße, łódź, αβγ", tmp_path)
    assert told == []
    assert "łódź" in text


@pytest.mark.slow
def test_a_strict_run_refuses_a_character_that_no_font_has(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.csv").write_text("a,b\n" + "1,2\n3,4\n" * 10)
    spec = tmp_path / "e.yaml"
    spec.write_text('title: "odd \\u0378"\ndata: {path: a.csv}\nreport: {sections: [summary], figures: []}\n')
    target = tmp_path / "a.pdf"
    assert cli.main(["run", str(spec), "-o", str(target), "--strict"]) == 5
    assert "U+0378" in capsys.readouterr().err
    assert not target.exists()
