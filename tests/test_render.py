from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
from dataclasses import replace
from functools import cache
from itertools import pairwise

import documents
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pages import Read, read, words

from reportgen import assets
from reportgen.document import (
    Bars,
    Chart,
    Document,
    FindingBlock,
    Group,
    KeyFigure,
    KeyFigures,
    Markdown,
    Note,
    Section,
    Span,
    Stamp,
    Table,
    TableColumn,
    Text,
    from_json,
    para,
    to_json,
)
from reportgen.render import to_html, to_markdown
from reportgen.render.words import is_plain, when

PAYLOADS = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "</title></style></textarea><h1>x",
    "<!--<script>",
    '"><svg/onload=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "{{7*7}}",
    "{% raw %}",
    "]]>",
    "=cmd|'/c calc'!A0",
    "\x1b[31m",
    "[/red]",
    "::error::",
    "../../x",
    "\u202egpj.exe",
    "\0",
    "$$",
    "&lt;script&gt;",
    "\ud800",
]


def page(*blocks: object, key: str = "data", **fields: object) -> Read:
    return read(to_html(Document("Title", (Section(key, "Data", blocks),), **fields)))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def html() -> str:
    return to_html(documents.sample())


@pytest.fixture(scope="module")
def sample(html: str) -> Read:
    return read(html)


# The page as a whole.


def test_every_element_is_closed_where_it_should_be(sample: Read) -> None:
    assert sample.mismatched == []


def test_no_id_occurs_twice(sample: Read) -> None:
    assert len(sample.ids()) == len(set(sample.ids()))


def test_every_fragment_leads_somewhere(sample: Read) -> None:
    targets = {str(link.attributes["href"]) for link in sample.all("a")}
    fragments = {target[1:] for target in targets if target.startswith("#")}
    assert fragments <= set(sample.ids())


def test_headings_skip_no_level(sample: Read) -> None:
    levels = [int(element.tag[1]) for element in sample.elements if re.fullmatch("h[1-6]", element.tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_head_declares_what_a_browser_needs(sample: Read) -> None:
    assert sample.all("html")[0].attributes["lang"] == "en"
    assert sample.all("title")[0].text == "Breast cancer with two hidden layers"
    metas = {element.attributes.get("name"): element.attributes.get("content") for element in sample.all("meta")}
    assert metas["referrer"] == "no-referrer"
    assert metas["color-scheme"] == "light dark"
    assert metas["generator"] == "reportgen"
    assert "width=device-width" in str(metas["viewport"])


@pytest.mark.parametrize("language", ["zh-Hans", 'en" onload="x', "", "\u202e"])
def test_the_language_is_a_language_tag(language: str) -> None:
    shown = page(language=language).all("html")[0].attributes["lang"]
    assert shown == ("zh-Hans" if language == "zh-Hans" else "en")


def test_equal_documents_give_equal_pages(html: str) -> None:
    assert to_html(documents.sample()) == html


def test_a_document_from_json_gives_the_same_page(html: str) -> None:
    assert to_html(from_json(to_json(documents.sample()))) == html


def test_styles_and_scripts_are_small(html: str) -> None:
    style = re.sub("@font-face{.*?}", "", read(html).all("style")[0].text)
    scripts = "".join(element.text for element in read(html).all("script") if "type" not in element.attributes)
    on_screen = re.sub(r"@page{[^}]*}|@media print{(?:[^{}]*{[^{}]*})*}", "", style)
    assert len(on_screen.encode()) <= 12_288
    assert len(style.encode()) <= 13_300
    assert len(scripts.encode()) <= 25_600


def test_the_four_faces_travel_with_the_page(html: str) -> None:
    assert html.count("@font-face{") == 4
    assert html.count("url(data:font/woff2;base64,d09GMg") == 4


# The policy.


def test_the_policy_stands_first_after_the_charset(sample: Read) -> None:
    head = [element for element in sample.elements if "head" in element.parents]
    assert "charset" in head[0].attributes
    assert head[1].attributes["http-equiv"] == "Content-Security-Policy"


def test_the_policy_allows_exactly_the_styles_and_scripts_of_the_page(sample: Read) -> None:
    policy = str(sample.elements[3].attributes["content"])
    directives = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    runs = [element.text for element in sample.all("script") if "type" not in element.attributes]
    assert directives == {
        "default-src": "'none'",
        "script-src": " ".join(map(_hash, runs)),
        "style-src": _hash(sample.all("style")[0].text),
        "img-src": "data:",
        "font-src": "data:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_nothing_on_the_page_needs_what_the_policy_forbids(sample: Read) -> None:
    for element in sample.elements:
        assert "style" not in element.attributes
        assert not any(name.startswith("on") for name in element.attributes)
        assert "src" not in element.attributes
        assert element.tag not in ("link", "base", "iframe", "object", "embed", "form", "img")


# Nothing in the data becomes markup.


@cache
def _twin(medium: str) -> Read:
    return read(to_html(documents.hostile("harmless"), medium=medium))  # type: ignore[arg-type]


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("medium", ["page", "print"])
def test_hostile_text_makes_no_element_that_its_harmless_twin_lacks(payload: str, medium: str) -> None:
    hostile = read(to_html(documents.hostile(payload), medium=medium))  # type: ignore[arg-type]
    assert hostile.kinds() == _twin(medium).kinds()
    assert hostile.comments == []
    assert hostile.mismatched == []


@pytest.mark.parametrize("place", ["title", "paragraph", "cell", "caption", "description"])
def test_a_million_characters_do_not_break_the_page(place: str) -> None:
    text = {name: "<b>" * 333_334 if name == place else "x" for name in ("title", "paragraph", "cell", "caption")}
    table = Table("t", "Title.", (TableColumn("a"),), ((text["cell"],),), caption=text["caption"])
    description = "<b>" * 333_334 if place == "description" else "x"
    sections = (Section("data", "Data", (para(text["paragraph"]), table)),)
    long = read(to_html(Document(text["title"], sections, description=description)))
    assert long.mismatched == []
    assert {element.tag for element in long.elements}.isdisjoint({"img"})
    assert [element.text for element in long.all("b") if element.text.startswith("<b>")] == []


@given(st.text(max_size=40))
def test_no_text_becomes_markup(text: str) -> None:
    blocks = (para(text, Span(text, "code")), Note(text), Table("t", text, (TableColumn(text),), ((text,),)))
    twin = (para("x", Span("x", "code")), Note("x"), Table("t", "x", (TableColumn("x"),), (("x",),)))
    assert page(*blocks).kinds() - page(*twin).kinds() == {} or text == ""


@pytest.mark.parametrize(("sign", "shown"), [("\u202e", "<U+202E>"), ("\0", "<U+0000>"), ("\u200b", "<U+200B>")])
def test_hidden_characters_are_shown(sign: str, shown: str) -> None:
    document = documents.hostile(sign)
    html = to_html(document)
    assert sign not in html
    assert read(html).all("title")[0].text.endswith(shown)
    assert read(html).all("h1")[0].text.endswith(shown)


def test_hidden_characters_in_a_drawing_are_shown() -> None:
    figure = documents.matrix()
    figure = replace(figure, drawing=figure.drawing.replace(">benign<", ">\u202ebenign<"))
    assert "<U+202E>benign" in page(figure).all("text")[4].text


def test_ids_from_a_strangers_report_are_made_fit() -> None:
    blocks = (replace(documents.matrix(), id='x" onload="y'), replace(documents.scores(), id="a b\0c"))
    shown = page(*blocks, key="../../<script>")
    assert shown.mismatched == []
    assert all(re.fullmatch("[A-Za-z0-9_.-]+", name) for name in shown.ids())


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//x.example", "x.html"]
)
def test_other_links_than_http_https_mailto_and_fragments_are_text(href: str) -> None:
    shown = page(Text((Span("a link", "plain", href),)), FindingBlock("f", "failed", "error", "t", link=href))
    assert href not in {link.attributes["href"] for link in shown.all("a")}
    assert "a link" in shown.by_id("data").text


def test_a_drawing_that_is_not_one_is_refused() -> None:
    with pytest.raises(ValueError, match="drawing"):
        page(replace(documents.matrix(), drawing="<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"))


# Markdown.


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "![x](https://example.org/pixel.png)",
        "[x](javascript:alert(1)) [y](JaVaScRiPt:alert) [z](data:text/html,x) [w](../secret)",
        "> " * 10_000 + "deep",
        "`" * 3 + "html\n<img src=x onerror=y>\n" + "`" * 3,
        "<a href='x' onclick='y'>z</a>",
        "| a | b |\n|:--|--:|\n| <b>c</b> | d |",
    ],
)
def test_markdown_is_inert(source: str) -> None:
    shown = page(Markdown(source))
    prose = [element for element in shown.elements if "section" in element.parents]
    assert {element.tag for element in prose}.isdisjoint({"script", "img", "style"})
    links = [element for element in prose if element.tag == "a" and element.attributes.get("class") != "self"]
    assert links == []
    assert all(not name.startswith("on") and name != "style" for element in prose for name in element.attributes)
    assert shown.mismatched == []


def test_markdown_keeps_its_forms_and_links() -> None:
    shown = page(Markdown("Some *words*, a [page](https://example.org/x?y=1) and\n\n1. a list"))
    link = next(element for element in shown.all("a") if element.text == "page")
    assert link.attributes == {"href": "https://example.org/x?y=1", "rel": "noopener noreferrer"}
    assert [element.text for element in shown.all("em")] == ["words"]
    assert "a list" in shown.all("ol")[1].text


def test_headings_in_markdown_stand_below_those_of_the_report() -> None:
    shown = page(Markdown("# One\n\n### Three\n\n# One again"))
    assert [element.tag for element in shown.elements if element.text in ("One", "Three", "One again")] == [
        "h3",
        "h4",
        "h3",
    ]


def test_an_image_in_markdown_is_its_words() -> None:
    assert "the words" in page(Markdown("![the words](x.png)")).by_id("data").text


def test_a_short_description_leads_and_a_long_one_follows_the_verdict() -> None:
    assert words(page(description="Short and **sweet**.").with_class("lede")[0].text) == "Short and sweet."
    long = page(description="Long. " * 80 + "\n\nSecond paragraph.")
    assert long.with_class("lede") == []
    assert len([element for element in long.elements if element.tag == "p" and "Long." in element.text]) == 1


@pytest.mark.parametrize("source", ["plain words, and more.", "two\n\nparagraphs", "3.5 is a number", "a - b", ""])
def test_plain_prose_is_told_from_markdown(source: str) -> None:
    assert is_plain(source)


@pytest.mark.parametrize(
    "source", ["*a*", "- a", "1. a", "# a", "    code", "a  \nb", "a\n---", "<b>", "a & b", "`a`", "[a]"]
)
def test_markdown_is_told_from_plain_prose(source: str) -> None:
    assert not is_plain(source)


def test_plain_prose_loads_no_markdown_library() -> None:
    code = (
        "import sys\nfrom reportgen.document import Document, Markdown, Section\nfrom reportgen.render import to_html\n"
        "to_html(Document('t', (Section('a', 'A', (Markdown('plain'),)),), description='Plain words.'))\n"
        "print([name for name in ('markdown_it', 'nh3', 'pydantic', 'numpy') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# The stamp.


def test_the_stamp_is_the_only_place_that_knows_when_and_how_long() -> None:
    early = replace(documents.sample(), stamp=Stamp("2026-11-23T16:40:00Z", {"fit": 4.1}))
    late = replace(early, stamp=Stamp("2031-01-02T03:04:00+00:00", {"fit": 77.0}))
    cut = re.compile('<span id="stamp".*?</span>')
    first, second = to_html(early), to_html(late)
    assert first != second
    assert cut.sub("", first) == cut.sub("", second)


@pytest.mark.parametrize(
    ("stamp", "shown"),
    [
        (Stamp("2026-11-23T16:40:05Z", {"load": 1.5, "fit": 2.6}), "23 November 2026, 16:40 UTC · 4.1 s"),
        (Stamp("2026-11-23T17:40:05+01:00"), "23 November 2026, 16:40 UTC"),
        (Stamp("", {"fit": 200.0}), "3 min"),
        (Stamp("", {"fit": 7260.0}), "2 h 01 min"),
        (Stamp("", {"fit": float("nan")}), ""),
        (Stamp("some day"), "some day"),
        (Stamp("0001-01-01T00:00:00+23:00"), "0001-01-01T00:00:00+23:00"),
        (Stamp(), ""),
    ],
)
def test_the_stamp_reads_as_much_as_is_known(stamp: Stamp, shown: str) -> None:
    assert when(stamp) == shown
    assert page(stamp=stamp).by_id("stamp").text == shown


def test_the_stamp_carries_itself_for_reading_back(sample: Read) -> None:
    kept = json.loads(str(sample.by_id("stamp").attributes["data-stamp"]))
    assert kept == {"created": "2026-11-23T16:40:05Z", "seconds": {"load": 0.3, "fit": 2.6, "draw": 1.2}}


# What the reader sees.


def test_sections_are_numbered_from_the_second_on(sample: Read) -> None:
    titles = [words(element.text) for element in sample.all("h2")]
    assert titles == ["What matters most", "1 Data", "2 Training", "3 Findings", "4 Record"]


def test_a_report_without_a_summary_still_has_its_head() -> None:
    shown = page(para("x"))
    assert [words(element.text) for element in (*shown.all("h1"), *shown.all("h2"))] == ["Title", "1 Data"]


def test_the_contents_lists_every_section_and_counts_failed_findings(sample: Read) -> None:
    entries = [words(element.text) for element in sample.all("li") if "nav" in element.parents]
    assert entries == ["Summary", "Data", "Training", "Findings 3 failed", "Record"]


def test_the_by_line_names_authors_seed_and_content(sample: Read) -> None:
    content = documents.sample().content_id
    shown = words(sample.with_class("by")[0].text)
    assert shown.startswith("R. Example, S. Sample 23 November 2026")
    assert shown.endswith(f"seed 42 content {content[:4]} {content[4:8]}")


@pytest.mark.parametrize("outcome", ["interrupted", "diverged", "gates failed"])
def test_a_bad_outcome_without_a_verdict_is_said(outcome: str) -> None:
    assert words(page(outcome=outcome).with_class("verdict")[0].text) == f"{outcome.capitalize()}."


def test_figures_and_tables_are_numbered_in_their_order(sample: Read) -> None:
    captions = [words(element.text) for element in (*sample.all("figcaption"), *sample.all("caption"))]
    numbers = [caption.split(".")[0] for caption in captions]
    assert numbers == [*(f"Figure {at}" for at in range(1, 6)), *(f"Table {at}" for at in range(1, 4))]


def test_a_figure_is_told_to_who_cannot_see_it(sample: Read) -> None:
    drawings = [element for element in sample.all("svg") if "figure" in element.parents]
    assert len(drawings) == 5
    for drawing in drawings:
        assert drawing.attributes["role"] == "img"
        assert "100 epochs" in str(drawing.attributes["aria-label"]) or "matrix" in str(
            drawing.attributes["aria-label"]
        )


def test_a_figure_has_its_size_in_points() -> None:
    drawing = page(documents.matrix()).all("svg")[0]
    assert (drawing.attributes["width"], drawing.attributes["height"]) == ("194.4pt", "180pt")


def test_two_equal_figures_share_no_id() -> None:
    shown = page(documents.curve(), documents.curve(), Group((documents.curve(),)))
    assert len(shown.ids()) == len(set(shown.ids()))
    clipped = [element.attributes["clip-path"] for element in shown.all("g") if "clip-path" in element.attributes]
    assert clipped == ["url(#loss-clip)", "url(#loss-clip-2)", "url(#loss-clip-3)"]
    assert {name[5:-1] for name in map(str, clipped)} <= set(shown.ids())


def test_a_figure_shows_the_first_rows_of_its_data(sample: Read) -> None:
    data = page(documents.curve()).with_class("data")[0]
    assert "12 of 100 rows" in words(data.text)
    assert words(data.text).startswith("Data of figure 1 epoch train validation 1 0.6483")


def test_figure_data_of_unequal_length_is_cut_to_the_shortest() -> None:
    figure = replace(documents.matrix(), data={"a": (1, 2, 3), "b": (1,)})
    assert len([row for row in page(figure).all("tr") if "tbody" in row.parents]) == 1


def test_a_number_stands_right_with_its_row_named() -> None:
    table = Table("t", "Title.", (TableColumn(""), TableColumn("mean", "significant", unit="mm")), (("age", 1234.5),))
    shown = page(table)
    heads = shown.all("th")
    assert [(head.attributes["scope"], words(head.text)) for head in heads] == [("col", "mean mm"), ("row", "age")]
    corner, cell = shown.all("td")
    assert (words(corner.text), words(cell.text), cell.attributes["class"]) == ("", "1,234", "n")


def test_a_missing_number_is_a_dash_that_is_spoken() -> None:
    table = Table("t", "", (TableColumn("a"), TableColumn("b", "fixed")), (("x", None),))
    assert words(page(table).all("td")[0].text) == "– not available"


def test_a_row_of_another_length_than_the_head_is_shown_as_far_as_it_goes() -> None:
    table = Table("t", "", (TableColumn("a"), TableColumn("b")), (("x",), ("x", "y", "z")))
    assert page(table).mismatched == []


def test_a_cut_table_says_so(sample: Read) -> None:
    assert "6 of 30 rows shown." in words(sample.all("caption")[1].text)


def test_a_wide_table_scrolls_in_a_named_region_that_the_keyboard_reaches(sample: Read) -> None:
    (wide,) = sample.with_class("wide")
    assert (wide.attributes["role"], wide.attributes["tabindex"]) == ("region", "0")
    assert "Table 2." in sample.by_id(str(wide.attributes["aria-labelledby"])).text


def test_a_distribution_has_a_legend_and_a_text() -> None:
    table = Table(
        "t", "", (TableColumn("a"), TableColumn("b", "bars")), (("x", Bars(((1, 3), (0, 2)))),), legend=("no", "yes")
    )
    shown = page(table)
    assert "no, yes." in words(shown.all("caption")[0].text)
    assert shown.with_class("sp")[0].attributes["aria-label"] == "highest in bin 2 of 2"
    assert [path.attributes["class"] for path in shown.all("path")] == ["f1", "f2"]


def test_the_summary_points_at_the_full_finding(sample: Read) -> None:
    entry = sample.with_class("findings")[0]
    assert words(entry.text).startswith(
        "Error Three rows stand in train and in test. Rows 14, 98 and 301. The test then measures memory. Findings 3"
    )
    assert words(sample.by_id("finding-leak").text) == (
        "3 Three rows stand in train and in test. error Rows 14, 98 and 301. The test then measures memory. "
        "Remedy. Set clean.duplicates: drop. value 3, threshold 0"
    )


def test_a_finding_in_short_is_a_sentence_before_the_next() -> None:
    short = FindingBlock("f", "failed", "notice", "The test set is small", "It has 12 rows.", link="#finding-f")
    assert words(page(short).with_class("findings")[0].text) == "Notice The test set is small. It has 12 rows. More"


def test_an_interval_that_is_missing_leaves_its_drawing_empty() -> None:
    table = Table("t", "", (TableColumn("a"), TableColumn("", "interval", scale=(0.0, 1.0))), (("x", None),))
    assert words(page(table).all("td")[-1].text) == "not drawn"


def test_quiet_checks_are_folded_once() -> None:
    quiet = tuple(finding for finding in documents.findings() if finding.status == "passed")
    assert [words(element.text) for element in page(*quiet).all("summary")] == ["2 checks passed"]
    folded = page(Group(quiet, "fold", "Passed"))
    assert [words(element.text) for element in folded.all("summary")] == ["Passed"]


def test_a_check_that_broke_is_shown_as_such() -> None:
    shown = page(*documents.findings())
    assert "could not run" in shown.by_id("finding-drift").text


@pytest.mark.parametrize(
    ("widths", "shares"),
    [((331.2, 194.4), "first"), ((200.0, 200.0), "even"), ((100.0, 300.0), "second"), ((0.0, 1.0), "even")],
)
def test_a_pair_shares_the_line_by_its_widths(widths: tuple[float, float], shares: str) -> None:
    pair = tuple(replace(documents.matrix(f"m{at}"), width=width) for at, width in enumerate(widths))
    assert page(Group(pair, "pair")).with_class("pair")[0].attributes["class"] == f"pair {shares}"


def test_code_is_shown_as_written(sample: Read) -> None:
    assert documents.SPEC in sample.all("pre")[0].text


@pytest.mark.parametrize(
    ("kind", "word"), [("remark", "Note."), ("reduced", "Reduced."), ("broken", "Could not be made.")]
)
def test_a_note_says_what_it_is(kind: str, word: str) -> None:
    assert words(page(Note("text", kind)).with_class("remark")[0].text) == f"{word} text"  # type: ignore[arg-type]


def test_an_empty_document_is_a_page() -> None:
    assert read(to_html(Document("", ()))).mismatched == []


# Print.


def test_print_leaves_out_what_paper_cannot_use() -> None:
    shown = read(to_html(documents.sample(), medium="print"))
    assert shown.all("script") == []
    assert shown.with_class("data") == []
    assert not any("tabindex" in element.attributes for element in shown.elements)


def test_print_has_a_list_of_contents_after_the_summary() -> None:
    shown = read(to_html(documents.sample(), medium="print"))
    entries = [words(element.text) for element in shown.all("li") if "nav" in element.parents]
    assert entries == ["Data", "Training", "Findings", "Record"]


def test_every_drawing_in_print_has_a_title_for_the_tags() -> None:
    shown = read(to_html(documents.sample(), medium="print"))
    titles = [element for element in shown.all("title") if "svg" in element.parents]
    assert len(titles) == len(shown.all("svg"))


def test_print_says_everything_that_the_page_says(sample: Read) -> None:
    printed = _told(read(to_html(documents.sample(), medium="print")).all("main")[0].text)
    told = [
        element
        for tag in ("p", "figcaption", "caption", "td", "th", "li", "dd", "h2", "h3")
        for element in sample.all(tag)
        if "colspan" not in element.attributes  # what a row unfolds to stands in another order; its parts are here
    ]
    for element in told:
        if "main" in element.parents and "data" not in element.around:  # the drawing says it already
            assert _told(element.text) in printed


def _told(text: str) -> str:
    """Text without spaces and without what only stands in for a colour."""
    return re.sub(r"Colour of \w+|\s", "", text)


# Rows that unfold, and charts.

LONG = Table(
    "long",
    "Rows.",
    (TableColumn("name"), TableColumn("gaps", "share")),
    tuple((f"row {at}", at / 100) for at in range(50)),
    details=tuple((para(f"details of {at}"),) for at in range(40)),
)


def test_a_row_that_unfolds_has_its_details_in_the_next_one() -> None:
    shown = page(LONG)
    assert [element.attributes["id"] for element in shown.with_class("more")][:2] == ["long-row-0", "long-row-1"]
    assert len(shown.with_class("line")) == len(shown.with_class("more")) == 40
    assert words(shown.by_id("long-row-7").text) == "details of 7"


def test_paper_has_the_details_of_the_first_rows_below_the_table_and_says_so() -> None:
    shown = read(to_html(Document("Title", (Section("data", "Data", (LONG,)),)), medium="print"))
    assert [words(element.text) for element in shown.with_class("more")][7] == "row 7 details of 7"
    assert len(shown.with_class("more")) == 8
    assert "The first 8 of 40 are printed in full" in shown.with_class("remark")[0].text
    assert shown.all("details") == []


def test_rows_of_one_name_have_ids_of_their_own() -> None:
    table = replace(LONG, rows=(("α", 0.1), ("β", 0.2)), details=((para("x"),), (para("y"),)))
    ids = page(table).ids()
    assert len(ids) == len(set(ids))


def test_a_share_has_a_bar_of_its_length_and_nothing_has_none() -> None:
    table = Table("t", "T.", (TableColumn("a"), TableColumn("gaps", "share")), (("x", 0.25), ("y", 0), ("z", None)))
    shown = page(table)
    cells = [words(element.text) for element in shown.all("td")]
    assert cells == ["25.0\u202f%".replace("\u202f", " "), "0", "– not available"]
    bars = [element for element in shown.all("path") if "sh" in element.around]
    assert [element.attributes["d"] for element in bars] == ["M0 0h100v3h-100z", "M0 0h25.0v3h-25.0z"]


def test_a_chart_of_columns_is_told_by_its_counts_or_by_the_ends_of_its_axis() -> None:
    counts = (1, 5, 2)
    shown = page(Chart("", (counts,), ("Mon", "Tue", "Wed"), "columns"), Chart("Ages", (counts,), ("18", "95")))
    named, ends = (element.attributes["aria-label"] for element in shown.with_class("hs"))
    assert named == "Mon 1, Tue 5, Wed 2"
    assert ends == "Ages from 18 to 95: highest in bin 2 of 3"
    assert [words(element.text) for element in shown.with_class("ends")] == ["Mon Tue Wed", "18 95"]


def test_a_chart_of_rows_shows_names_counts_and_shares_and_stacks_its_series() -> None:
    shown = page(Chart("", ((30, 10), (10, 0)), ("Oslo", "Rome"), "rows", 80))
    assert [words(element.text) for element in shown.all("tr")] == ["Oslo 40 50.0 %", "Rome 10 12.5 %"]
    bars = [(element.attributes.get("x", "0%"), element.attributes["width"]) for element in shown.all("rect")]
    assert bars == [("0%", "75.0%"), ("75.0%", "25.0%"), ("0%", "25.0%")]


def test_bars_that_stand_twice_on_a_page_are_drawn_once() -> None:
    chart = Chart("Ages", ((3, 8, 1),), ("18", "95"))
    shown = page(chart, chart, replace(chart, series=((1, 2, 3),)))
    assert [element.attributes["href"] for element in shown.all("use")] == ["#bars"]
    assert shown.by_id("bars").tag == "g"
    assert len(shown.all("path")) == 2


@pytest.mark.parametrize(
    "chart",
    [
        Chart("t", (), ()),
        Chart("t", ((),), ("a",)),
        Chart("t", ((0, 0),), ("a", "b", "c"), "columns"),
        Chart("t", ((-3,),), (), "rows", 0),
        Chart("t", ((1, 2), (3,)), ("a", "b"), "rows"),
    ],
)
def test_a_chart_that_does_not_fit_itself_is_still_shown(chart: Chart) -> None:
    assert page(chart).mismatched == []
    assert to_markdown(Document("t", (Section("data", "Data", (chart,)),)))


def test_markdown_has_what_a_row_unfolds_to_below_the_table() -> None:
    blocks = (
        KeyFigures((KeyFigure("minimum", "1"), KeyFigure("missing", "2", "5 %"))),
        Chart("Ages", ((0, 7),), ("18", "95")),
        Chart("Levels", ((3, 4),), ("a|b", "c"), "rows"),
    )
    table = Table("t", "T.", (TableColumn("a"),), (("x",),), details=(blocks,))
    text = to_markdown(Document("t", (Section("data", "Data", (table,)),)))
    assert "**x**\n\nminimum **1** · missing **2** (5 %)\n\nAges: 18 ▁█ 95\n\nLevels: a\\|b 3, c 4" in text


@pytest.mark.parametrize(("keys", "kick"), [(("data",), "Data report"), (("data", "model"), "Experiment report")])
def test_a_report_on_data_alone_says_what_it_is(keys: tuple[str, ...], kick: str) -> None:
    shown = read(to_html(Document("t", tuple(Section(key, key, (para("x"),)) for key in keys))))
    assert shown.with_class("kick")[0].text == kick


# The templates themselves.

TEMPLATES = sorted(assets.folder().rglob("*.jinja"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_opens_a_hole(path) -> None:  # type: ignore[no-untyped-def]
    text = re.sub(r"{#.*?#}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"\|\s*(safe|tojson|xmlattr|urlize)\b|Markup|autoescape", text)
    assert not re.search(r"=\s*{[{%]", text), "an expression in an unquoted attribute"
    assert not re.search(r"=[\"'][^\"']*{{[^}]*}}[^\"']*$", text, flags=re.MULTILINE), (
        "an attribute that ends on another line"
    )
    assert not re.search(r"<(script|style)\b", text), "a script or style that the policy does not know"
    assert not re.search(r"\son[a-z]+\s*=", text)
    assert not re.search(r"\sstyle\s*=", text)
    assert not re.search(r"(https?:)?//", text)


def test_only_the_renderer_marks_text_as_trusted() -> None:
    package = assets.folder().parent / "reportgen"
    using = [
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if "markupsafe" in path.read_text(encoding="utf-8")
    ]
    assert using == ["render/__init__.py"]
