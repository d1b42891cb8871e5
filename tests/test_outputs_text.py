from __future__ import annotations

import base64
import gzip
import json
import re
from collections import Counter
from dataclasses import replace

import documents
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from test_render import PAYLOADS

from reportgen.document import Document, Figure, Markdown, Section, Span, Stamp, Table, TableColumn, Text, para, to_json
from reportgen.errors import DataError, LimitExceeded
from reportgen.outputs import html, md
from reportgen.outputs import json as json_output
from reportgen.render.markdown import code_span, line, to_markdown


def carrying(packed: str, stamp: str = "{}") -> bytes:
    """A page with a data block made by hand."""
    text = f"<span id=stamp data-stamp='{stamp}'></span>"
    return f'{text}<script type="{html.BLOCK_TYPE}" id="{html.BLOCK_ID}">{packed}</script>'.encode()


def packed(text: bytes) -> str:
    return base64.b64encode(gzip.compress(text)).decode()


# HTML carries its document.


def test_a_page_gives_back_its_document() -> None:
    document = documents.sample()
    back = html.read(html.to_bytes(document), "x.html")
    assert to_json(back) == to_json(document)
    assert back.content_id == document.content_id
    assert back.stamp == document.stamp


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_survives_the_page_unchanged(payload: str) -> None:
    document = documents.hostile(payload)
    back = html.read(html.to_bytes(document), "x.html")
    assert to_json(back) == to_json(document)


def test_a_page_read_back_is_written_the_same() -> None:
    page = html.to_bytes(documents.sample())
    assert html.to_bytes(html.read(page, "x.html")) == page


def test_a_drawing_stands_in_the_page_once() -> None:
    page = html.to_bytes(documents.sample()).decode()
    block = page.split(f'id="{html.BLOCK_ID}">')[1].split("</script>")[0]
    plain = json.loads(gzip.decompress(base64.b64decode(block)))
    drawings = re.findall(r'"drawing": "(.*?)", "width"', json.dumps(plain))
    assert drawings
    assert not any("</svg>" in drawing for drawing in drawings)


def test_a_page_that_lost_a_drawing_is_damaged() -> None:
    page = html.to_bytes(documents.sample()).decode()
    cut = re.sub(r'<div class="drawing"><svg.*?</svg></div>', "", page, count=1, flags=re.DOTALL)
    with pytest.raises(DataError, match="damaged report"):
        html.read(cut.encode(), "x.html")


def test_two_figures_with_the_same_parts_are_both_given_back() -> None:
    document = documents.sample()
    (figure, *_) = (block for block in document.blocks() if isinstance(block, Figure))
    twin = replace(figure, id=f"{figure.id}-twin", drawing=figure.drawing.replace(figure.id, f"{figure.id}-twin"))
    both = replace(document, sections=(*document.sections, Section("more", "More", (twin,))))
    assert to_json(html.read(html.to_bytes(both), "x.html")) == to_json(both)


def test_an_empty_stamp_stays_empty() -> None:
    document = replace(documents.sample(), stamp=Stamp())
    assert html.read(html.to_bytes(document), "x.html").stamp == Stamp()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<!doctype html><p>Some other page.</p>",
        b"\xff\xfe\x00binary",
        carrying(""),
        carrying("not base64!"),
        carrying("AAAA"),
        carrying(packed(b"[]")),
        carrying(packed(b'{"format": 1}')),
        carrying(packed(b"{" * 100_000)),
        carrying(packed(b'{"format":1,"title":"t","sections":[]}')[:40]),
        carrying(packed(b'{"format":1,"title":"t","sections":[]}'), stamp="{"),
        carrying(packed(b'{"format":1,"title":"t","sections":[]}'), stamp='{"created": 7}'),
        carrying(packed(b'{"format":1,"title":"t","sections":[]}'), stamp="[" * 100_000),
        carrying(packed(b'{"format":99,"title":"t","sections":[]}')),
    ],
)
def test_a_page_that_is_no_report_is_a_data_error(data: bytes) -> None:
    with pytest.raises(DataError, match=re.escape("x.html")):
        html.read(data, "x.html")


def test_the_smallest_page_with_a_block_is_read() -> None:
    assert html.read(carrying(packed(b'{"format":1,"title":"t","sections":[]}')), "x") == Document("t", ())


def test_a_block_that_unpacks_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "LARGEST", 1000)
    with pytest.raises(LimitExceeded):
        html.read(carrying(packed(b"{" + b" " * 10_000)), "x.html")


def test_text_that_looks_like_a_data_block_is_not_one() -> None:
    fake = carrying(packed(b'{"format":1,"title":"fake","sections":[]}')).decode()
    document = Document(fake, (Section("a", "A", (para(fake),)),))
    assert html.read(html.to_bytes(document), "x").title == fake


@given(st.binary(max_size=60))
def test_no_bytes_but_reports_are_read(data: bytes) -> None:
    with pytest.raises(DataError):
        html.read(data, "x.html")


# JSON.


def test_json_gives_back_its_document() -> None:
    document = documents.sample()
    assert to_json(json_output.read(json_output.to_bytes(document), "x.json")) == to_json(document)


def test_json_is_text_that_any_reader_reads() -> None:
    data = json_output.to_bytes(documents.hostile("\ud800\u202e"))
    assert json.loads(data.decode("utf-8"))["title"].endswith("\ud800\u202e")


@pytest.mark.parametrize("data", [b"", b"[1]", b"{}", b"\xff", b"[" * 100_000])
def test_json_that_is_no_report_is_a_data_error(data: bytes) -> None:
    with pytest.raises(DataError, match=re.escape("x.json")):
        json_output.read(data, "x.json")


# Markdown.


def parsed(text: str) -> Counter[str]:
    """How often each kind of element occurs where a reader allows HTML, tables and everything else."""
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(text)
    kinds = Counter(token.type for token in tokens if token.type != "inline")
    kinds.update(child.type for token in tokens for child in token.children or () if child.type != "text")
    return kinds


@pytest.mark.parametrize(
    "payload", [*PAYLOADS, "`", "``", "|", "*x*", "__x__", "[x](y)", "![x](y)", "~~x~~", "&amp;", "\\", "\n\n# x"]
)
def test_hostile_text_makes_no_markdown_that_its_harmless_twin_lacks(payload: str) -> None:
    hostile, twin = (_without_prose(documents.hostile(text)) for text in (payload, "harmless"))
    assert parsed(to_markdown(hostile)) == parsed(to_markdown(twin))


def _without_prose(document: Document) -> Document:
    """The user's own Markdown may hold Markdown; it is tested below."""
    sections = tuple(
        replace(section, blocks=tuple(block for block in section.blocks if not isinstance(block, Markdown)))
        for section in document.sections
    )
    return replace(document, sections=sections, description="")


@pytest.mark.parametrize(
    "text", ["# x", "- x", "+ x", "1. x", "1) x", "> x", "===", "---", "    x", "| a |", "``` x", "\tx", "* * *"]
)
def test_a_line_of_data_is_always_a_paragraph(text: str) -> None:
    assert set(parsed(line(text))) == {"paragraph_open", "paragraph_close"}


@given(st.text(max_size=30))
def test_any_text_reads_back_as_itself(text: str) -> None:
    tokens = MarkdownIt("gfm-like", {"linkify": False, "html": True}).parse(f"x {line(text)}")
    shown = "".join(child.content for child in tokens[1].children or ())
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    from reportgen.text import visible

    assert shown.strip() == f"x {' '.join(visible(' '.join(text.split())).split())}".strip()


@given(st.text("`| a", max_size=12))
def test_a_code_span_ends_where_it_should(text: str) -> None:
    tokens = MarkdownIt("commonmark").parse(f"a {code_span(text)} b")
    kinds = [child.type for child in tokens[1].children or ()]
    assert kinds == (["text", "code_inline", "text"] if text.strip() else kinds)


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ("plain", "plain"),
        ("# A *b*", "### A *b*"),
        ("- one\n- two\n  - three", "- one\n- two\n  \n  - three"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("> a\n> b", "> a\n> b"),
        ("[x](https://example.org)", "[x](<https://example.org>)"),
        ("[x](javascript:y)", "\\[x\\](javascript:y)"),
        ("![words](https://example.org/p.png)", "words"),
        ("<script>x</script>", "\\<script\\>x\\</script\\>"),
        ("```yaml\na: 1\n```", "```yaml\na: 1\n```"),
        ("a | b\n--|--\n1 | 2", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
        ("`a<b`", "`a<b`"),
    ],
)
def test_the_users_markdown_is_kept_and_made_harmless(source: str, written: str) -> None:
    shown = to_markdown(Document("t", (Section("a", "A", (Markdown(source),)),)))
    body = shown.partition("## 1 A\n\n")[2].rstrip("\n")
    assert "\n".join(row.rstrip() for row in body.splitlines()) == "\n".join(
        row.rstrip() for row in written.splitlines()
    )


def test_tables_intervals_and_bars_are_text() -> None:
    shown = to_markdown(documents.sample())
    assert "| Accuracy | **0.982** | 0.956 to 1.000 | 0.965 | 0.632 |" in shown
    assert "| Brier score *lower is better* | **0.015** | 0.001 to 0.036 | 0.021 | – |" in shown
    assert "▁▁▁▂▂▃▄▅▆" in shown or "▃▄▅▆▇█" in shown
    assert "6 of 30 shown." in shown


def test_a_figure_is_its_title_caption_and_words() -> None:
    shown = to_markdown(documents.sample())
    assert (
        "**Figure 2. One missed, one false alarm.** Test set, rows sum to the actual class.\n\n> Confusion matrix"
        in shown
    )
    assert "<svg" not in shown


def test_findings_say_what_to_do() -> None:
    shown = to_markdown(documents.sample())
    assert "**Error: Three rows stand in train and in test.** Rows 14, 98 and 301. Value 3 (threshold 0)." in shown
    assert "Remedy: Set clean.duplicates: drop." in shown


@pytest.mark.parametrize("href", ["javascript:alert(1)", "#finding", "file:///x"])
def test_only_addresses_that_lead_out_of_the_text_are_links(href: str) -> None:
    document = Document("t", (Section("a", "A", (Text((Span("words", "plain", href),)),)),))
    assert "](" not in to_markdown(document)


def test_an_address_cannot_leave_its_link() -> None:
    document = Document("t", (Section("a", "A", (Text((Span("words", "plain", "https://x.example/> <b>\\"),)),)),))
    assert "[words](<https://x.example/b>)" in to_markdown(document)


def test_a_code_column_is_code_and_a_number_is_not() -> None:
    table = Table("t", "T.", (TableColumn("a", "code"), TableColumn("b", "code")), (("x|y", 1204),))
    assert "| `x\\|y` | 1,204 |" in to_markdown(Document("t", (Section("a", "A", (table,)),)))


def test_a_report_in_markdown_is_small() -> None:
    assert len(md.to_bytes(documents.sample())) < 10_000
