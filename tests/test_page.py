"""The page in a real browser: quiet, legible, and whole without scripts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import documents
import pytest

from reportgen.document import Document, Group, Section, Table, TableColumn, para
from reportgen.render import to_html

pytestmark = pytest.mark.slow
sync_api = pytest.importorskip("playwright.sync_api")


@pytest.fixture
def pages(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """Opens a document in a fresh context; what the browser complained of is in `.complaints`."""
    contexts = []

    def opened(document: Document | None = None, width: int = 1280, **options: Any) -> Any:
        file = tmp_path / f"{len(contexts)}.html"
        file.write_text(to_html(document or documents.sample()), encoding="utf-8")
        context = browser.new_context(viewport={"width": width, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: page.complaints.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (page.complaints.append("dialog"), dialog.dismiss()))
        page.on("request", lambda request: _note_request(page, request.url, file))
        page.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.log('CSP', e.violatedDirective))"
        )
        page.goto(file.as_uri())
        return page

    yield opened
    for context in contexts:
        context.close()


def _note_request(page: Any, url: str, file: Path) -> None:
    if url.split("#")[0] != file.as_uri() and not url.startswith("data:"):
        page.complaints.append(f"request: {url}")


# Quiet.


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_complains_of_nothing_and_asks_for_nothing(pages: Any, scheme: str) -> None:
    page = pages(color_scheme=scheme)
    page.evaluate("document.fonts.ready")
    assert page.complaints == []
    assert page.evaluate("[...document.fonts].filter(f => f.status === 'loaded').length") >= 3


@pytest.mark.parametrize(
    "payload",
    [
        "<img src=x onerror=alert(1)>",
        "</script><script>alert(1)</script>",
        '"><svg/onload=alert(1)>',
        "<!--<script>",
        "' onmouseover='alert(1)",
        "<style>*{display:none}</style><link rel=stylesheet href=//x.example>",
    ],
)
def test_hostile_text_does_nothing(pages: Any, payload: str) -> None:
    page = pages(documents.hostile(payload))
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    assert page.complaints == []
    assert page.locator("h1").inner_text().endswith(payload)


# Legible.

CONTRAST = """() => {
  const parse = (text) => { const m = text.match(/[\\d.]+/g).map(Number); return m.length < 4 ? [...m, 1] : m; };
  const linear = (c) => c / 255 <= .04045 ? c / 255 / 12.92 : ((c / 255 + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => [r, g, b].map(linear).reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const paper = (element) => {
    for (; element; element = element.parentElement) {
      const colour = parse(getComputedStyle(element).backgroundColor);
      if (colour[3] > 0) return colour;
    }
  };
  const bad = [];
  for (const element of document.querySelectorAll('body *')) {
    if (element.closest('svg, script')) continue;
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(paper(element))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) bad.push(`${element.tagName}.${element.className} ${ratio.toFixed(2)}`);
  }
  for (const mark of document.querySelectorAll('.s1, .s2, .f1, .f2')) {
    const style = getComputedStyle(mark);
    const colour = style.stroke !== 'none' ? style.stroke : style.fill;
    const [a, b] = [light(parse(colour)), light(paper(mark))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 3) bad.push(`mark ${mark.getAttribute('class')} ${ratio.toFixed(2)}`);
  }
  return bad;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_marks_stand_out_from_the_paper(pages: Any, scheme: str) -> None:
    page = pages(color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
    assert page.evaluate(CONTRAST) == []


def test_series_follow_the_scheme(pages: Any) -> None:
    colour = "getComputedStyle(document.querySelector('figure .s1')).stroke"
    assert pages(color_scheme="light").evaluate(colour) == "rgb(11, 98, 164)"
    assert pages(color_scheme="dark").evaluate(colour) == "rgb(109, 179, 238)"


def test_nothing_is_wider_than_the_window(pages: Any) -> None:
    page = pages()
    for width in (320, 390, 768, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_long_words_wrap(pages: Any) -> None:
    page = pages(documents.hostile("W" * 300), width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_phone_leaves_out_the_columns_that_it_may(pages: Any) -> None:
    page = pages()
    assert page.locator("#columns thead .opt >> visible=true").count() == 4
    page.set_viewport_size({"width": 390, "height": 900})
    assert page.locator("#columns thead .opt >> visible=true").count() == 0


def test_what_is_pressed_is_large_enough(pages: Any) -> None:
    """WCAG 2.2, 2.5.8: 24 px, but for links inside a sentence."""
    small = """[...document.querySelectorAll('nav a, button, summary')]
        .map((e) => [e.textContent, e.getBoundingClientRect()])
        .filter(([, box]) => box.height > 0 && box.height < 24).map(([name, box]) => `${name} ${box.height}`)"""
    page = pages()
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(small) == []


def test_every_control_region_and_drawing_has_a_name(pages: Any) -> None:
    nameless = """[...document.querySelectorAll('a[href], button, summary, [role], nav')].filter((e) => {
        const by = e.getAttribute('aria-labelledby');
        const name = by ? document.getElementById(by)?.textContent : e.getAttribute('aria-label') || e.textContent;
        return !(name || '').trim();
    }).map((e) => e.outerHTML.slice(0, 80))"""
    assert pages().evaluate(nameless) == []


def test_focus_is_seen_wherever_it_goes(pages: Any) -> None:
    page = pages()
    for _ in range(25):
        page.keyboard.press("Tab")
        seen = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert seen != "none", page.evaluate("document.activeElement.outerHTML.slice(0, 80)")


def test_the_first_key_leads_past_the_contents(pages: Any) -> None:
    page = pages()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")


# The runtime.


def column(page: Any, at: int) -> list[str]:
    shown: list[str] = page.locator(f"#scores tbody tr > :nth-child({at})").all_inner_texts()
    return [text.strip() for text in shown]


def test_a_click_on_a_head_sorts_and_the_third_brings_back_the_order(pages: Any) -> None:
    page = pages()
    own = column(page, 1)
    head = page.get_by_role("button", name="logistic")
    head.click()
    assert column(page, 4) == ["0.996", "0.975", "0.965", "0.951", "0.929", "0.021"]
    assert page.locator("#scores th[aria-sort]").get_attribute("aria-sort") == "descending"
    head.press("Enter")
    assert column(page, 4) == ["0.021", "0.929", "0.951", "0.965", "0.975", "0.996"]
    head.press("Space")
    assert column(page, 1) == own
    assert page.locator("#scores th[aria-sort]").count() == 0


def test_an_interval_sorts_by_its_value_and_a_missing_number_stays_last(pages: Any) -> None:
    page = pages()
    page.get_by_role("button", name="95 % interval").click()
    assert [name.split()[0] for name in column(page, 1)][:2] == ["ROC", "Accuracy"]
    for _ in range(2):
        page.get_by_role("button", name="dummy").click()
        assert column(page, 5)[-1].startswith("–")


def test_the_contents_mark_where_the_reader_is(pages: Any) -> None:
    page = pages()
    current = page.locator(".contents a[aria-current]")
    sync_api.expect(current).to_have_text("Summary")
    page.locator(".contents a", has_text="Training").click()
    sync_api.expect(current).to_have_text("Training")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    sync_api.expect(current).to_have_text("Record")


def test_a_link_into_a_fold_opens_it(pages: Any) -> None:
    page = pages()
    page.evaluate("location.hash = '#finding-constant'")
    sync_api.expect(page.locator("#finding-constant")).to_be_visible()


def test_a_line_unfolds_by_click_and_by_key_with_and_without_scripts(pages: Any) -> None:
    for options in ({}, {"java_script_enabled": False}):
        page = pages(**options)
        first = page.locator("#columns tr.more").first
        assert not first.is_visible()
        page.locator("#columns summary").first.click()
        sync_api.expect(first).to_be_visible()
        page.locator("#columns summary").first.press("Enter")
        sync_api.expect(first).not_to_be_visible()


def test_a_link_to_a_row_unfolds_it(pages: Any) -> None:
    page = pages()
    page.evaluate("location.hash = '#columns-worst-concave-points'")
    sync_api.expect(page.locator("#columns-worst-concave-points")).to_be_visible()
    assert page.locator("#columns details[open]").count() == 1


def test_what_a_row_unfolds_to_stays_below_it_when_the_table_is_sorted(pages: Any) -> None:
    page = pages()
    page.get_by_role("button", name="AUC").click()
    page.get_by_role("button", name="AUC").click()
    rows = page.evaluate(
        "[...document.querySelectorAll('#columns > tbody > tr')].map((row) => row.id || row.cells[0].innerText.trim())"
    )
    assert rows[-4:] == [
        "worst concave points",
        "columns-worst-concave-points",
        "worst perimeter",
        "columns-worst-perimeter",
    ]


def test_a_long_table_and_the_one_that_goes_on_filter_by_what_is_typed(pages: Any) -> None:
    head = (TableColumn("name"),)
    rows = tuple((f"column {at:02}",) for at in range(40))
    first = Table("lines", "Lines.", head, rows[:30], details=((para("about zero"),),))
    rest = Group((Table("lines-more", "Further lines.", head, rows[30:]),), "fold", "10 further")
    page = pages(Document("t", (Section("data", "Data", (first, rest)),)))
    field = page.get_by_role("searchbox", name="Filter")
    field.fill("N 3")
    assert page.locator("tbody tr:not(.more) >> visible=true").all_inner_texts() == [
        f"column {at}" for at in range(30, 40)
    ]
    field.fill("")
    assert page.locator("#lines tbody tr >> visible=true").count() == 30


def test_a_short_table_has_no_filter(pages: Any) -> None:
    assert pages().get_by_role("searchbox", name="Filter").count() == 0


# Without scripts, and on paper.


def test_without_scripts_all_is_there(pages: Any) -> None:
    scripted = pages()
    scripted.locator(".tools").evaluate_all("(all) => all.forEach((one) => one.remove())")
    with_scripts = scripted.locator("main").text_content()
    page = pages(java_script_enabled=False)
    assert page.locator("main").text_content().split() == with_scripts.split()
    page.locator("summary", has_text="2 checks passed").click()
    assert page.get_by_text("No column is constant.").is_visible()


def test_paper_shows_what_is_folded_and_not_the_contents(pages: Any) -> None:
    page = pages()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.get_by_text("No column is constant.").is_visible()
    assert not page.locator(".contents").is_visible()
    assert not page.locator(".data table").first.is_visible()


def test_paper_is_light_in_a_dark_room(pages: Any) -> None:
    page = pages(color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(27, 28, 30)"
