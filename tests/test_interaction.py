"""A page that is touched: its figures, its threshold and its search, in a real browser, by pointer and by keys."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import documents
import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, f1_score, precision_score, recall_score

from reportgen import api
from reportgen.document import Document, Figure, Section
from reportgen.render import to_html
from reportgen.render.scripts import runtime, squeezed

sync_api = pytest.importorskip("playwright.sync_api")
SMALL = """
title: Two classes
seed: 3
data: {path: rows.csv, target: kind, positive: "yes"}
split: {test: 0.4, validation: 0.2}
model: {kind: mlp, hidden: [4]}
train: {epochs: 12, batch_size: 16}
evaluate: {costs: {false_positive: 1, false_negative: 5}, threshold: 0.4}
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> api.Report:
    """A report of two classes that overlap, with costs and a threshold of its own."""
    folder = tmp_path_factory.mktemp("small")
    rng = np.random.default_rng(0)
    kind = rng.integers(0, 2, 150)
    rows = np.round(rng.normal(0, 1, (150, 2)) + kind[:, None] * 1.2, 3)
    lines = [f"{a},{b},{'yes' if code else 'no'}" for (a, b), code in zip(rows, kind, strict=True)]
    (folder / "rows.csv").write_text("\n".join(["a,b,kind", *lines, ""]), encoding="utf-8")
    (folder / "spec.yaml").write_text(SMALL, encoding="utf-8")
    return api.run(folder / "spec.yaml")


@pytest.fixture
def opened(browser: Any, made: api.Report, tmp_path: Path) -> Iterator[Any]:
    """Opens the page; what the browser complained of is in `.complaints`, and must be nothing at the end."""
    pages = []

    def open_page(document: Document | None = None, **options: Any) -> Any:
        file = tmp_path / f"{len(pages)}.html"
        file.write_text(to_html(document or made.document), encoding="utf-8")
        page = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options}).new_page()
        pages.append(page)
        page.set_default_timeout(4000)
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("request", lambda request: _note(page, request.url, file))
        page.add_init_script(
            "for (const kind of ['securitypolicyviolation', 'unhandledrejection'])"
            " addEventListener(kind, (event) => console.log(kind, event.violatedDirective || event.reason))"
        )
        page.goto(file.as_uri())
        return page

    yield open_page
    complaints = [complaint for page in pages for complaint in page.complaints]
    for page in pages:
        page.context.close()
    assert complaints == []


def _note(page: Any, url: str, file: Path) -> None:
    if url.split("#")[0] != file.as_uri() and not url.startswith(("data:", "blob:null/", "blob:file:")):
        page.complaints.append(f"request: {url}")


def figure(document: Document, name: str) -> Figure:
    return next(block for block in document.blocks() if isinstance(block, Figure) and block.id == name)


def spoken(page: Any, *keys: str) -> str:
    """What is said after these keys, each on the element that has the focus."""
    page.locator("[role=status]").evaluate_all("(all) => all.forEach((one) => { one.textContent = ''; })")
    for key in keys:
        page.keyboard.press(key)
    page.locator("[role=status]:not(:empty)").wait_for(state="attached")
    return str(page.locator("[role=status]").text_content())


def explore(page: Any, name: str) -> Any:
    tools = page.locator(f"#{name} ~ .tools")
    tools.locator("summary").click()
    tools.get_by_text("Full size").wait_for()
    return tools


def lines(page: Any, name: str) -> list[str]:
    """The path of each series of a figure."""
    found: list[str] = page.locator(f"#{name} g[id*=-series-]:not([id*=--]) path").evaluate_all(
        "(all) => all.map((path) => path.getAttribute('d'))"
    )
    return found


LOSS = "figure-loss"


# Sizes and bytes.


def test_the_runtime_is_small_and_always_the_same() -> None:
    runtime.cache_clear()
    first = runtime()
    runtime.cache_clear()
    assert runtime() == first
    assert len(first.encode()) <= 25_600


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("const alpha = 1; // why\nconst beta = alpha + 2;", "let a=1,b=a+2;"),
        ('const text = "alpha  // not a comment"; use(text);', 'let a="alpha  // not a comment";b(a);'),
        ("const name = `a ${ name.length } b  c`;", "let a=`a ${a.length} b  c`;"),
        ("const { first, z } = given; const made = { first, also: z };", "let{first:a,z:b}=c,d={first:a,also:b};"),
        ("const found = /[\"'`/]+/.test(text); const half = text / 2 / 3;", "let b=/[\"'`/]+/.test(a),c=a/2/3;"),
        ("const fold = () => { total = 1; return { total }; };", "let b=()=>{a=1;return{total:a}};"),
        ("class Thing { method(value) { return value - -value; } }", "class a{method(b){return b- -b}}"),
        ("document.title = window.name;", "document.title=window.name;"),
        (
            "call(); const one = () => { two(); }; (() => { const three = 3; })(); const four = 4;",
            "f();let a=()=>b();(()=>{let c=3})();let d=4;",
        ),
        ("const twice = (value) => 2 * value;", "let a=b=>2*b;"),
    ],
    ids=["comment", "text", "template", "shorthand", "pattern", "block", "class", "browser", "calls", "function"],
)
def test_a_script_is_squeezed_without_a_change_to_what_it_does(source: str, expected: str) -> None:
    names: dict[str, str] = {}

    def canonical(text: str) -> str:
        """Short names in the order in which they come; which letter is whose does not matter."""
        names.clear()
        return re.sub(r"(?<![\w.\"'`])[a-z](?![\w:\"'`])", lambda one: names.setdefault(one[0], f"${len(names)}"), text)

    assert canonical(squeezed(source)) == canonical(expected)


# Values.


@pytest.mark.slow
def test_arrow_keys_speak_the_numbers_that_the_figure_was_drawn_from(opened: Any, made: api.Report) -> None:
    page = opened()
    data = figure(made.document, LOSS).data
    page.locator(f"#{LOSS} .drawing").focus()
    assert spoken(page, "ArrowRight").startswith("train: epoch 1, train ")
    told = spoken(page, "End", "ArrowDown")
    assert told.startswith("validation: epoch 12, ")
    numbers = [float(number) for number in re.findall(r"(?:train|validation) (\d\.\d+)", told)]
    assert numbers == pytest.approx([data["train"][-1], data["validation"][-1]], rel=1e-3)


@pytest.mark.slow
def test_the_pointer_shows_them_and_escape_hides_them(opened: Any) -> None:
    page = opened()
    page.locator(f"#{LOSS} .drawing").scroll_into_view_if_needed()
    box = page.locator(f"#{LOSS} .drawing").bounding_box()
    for _ in range(2):
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(150)
    shown = page.locator(f"#{LOSS} .tip")
    assert re.fullmatch(r"epoch\s+\d+\s+train\s+[\d.]+\s+validation\s+[\d.]+", shown.inner_text())
    page.locator(f"#{LOSS} .drawing").focus()
    page.keyboard.press("Escape")
    assert shown.count() == 0


@pytest.mark.slow
def test_every_cell_of_a_matrix_can_be_reached(opened: Any, made: api.Report) -> None:
    page = opened()
    data = figure(made.document, "figure-confusion-matrix").data
    page.locator("#figure-confusion-matrix .drawing").focus()
    told = [spoken(page, *keys) for keys in (["ArrowRight"], ["ArrowRight"], ["ArrowDown"], ["ArrowLeft"])]
    cells = [re.fullmatch(r"actual (\w+), predicted (\w+), rows (\d+)", one) for one in told]
    expected = list(zip(data["actual"], data["predicted"], map(str, data["rows"]), strict=True))
    assert sorted(cell.groups() for cell in cells if cell) == sorted(expected)


@pytest.mark.slow
def test_cells_without_a_column_say_what_was_drawn(opened: Any, made: api.Report) -> None:
    page = opened()
    shown = figure(made.document, "figure-weight-histograms")
    page.locator("#figure-weight-histograms").evaluate(
        "(node) => { for (let at = node; at; at = at.parentElement) at.open = true; }"
    )
    page.locator("#figure-weight-histograms .drawing").focus()
    bins, cells = zip(
        *(
            (name, row)
            for name, row in zip(shown.axes[0]["cells"]["y"], shown.axes[0]["cells"]["values"], strict=True)
            if any(row)
        ),
        strict=True,
    )
    column = next(at for at, value in enumerate(cells[0]) if value is not None)
    epoch = shown.axes[0]["cells"]["x"][column]
    assert spoken(page, "ArrowRight") == f"row {bins[0]}, column {epoch}, count {cells[0][column]:g}"


@pytest.mark.slow
def test_every_figure_is_a_tab_stop_with_a_name(opened: Any) -> None:
    page = opened()
    boxes = page.locator("figure .drawing").evaluate_all(
        "(all) => all.map((box) => [box.tabIndex, box.getAttribute('aria-label').startsWith('Figure ')])"
    )
    assert boxes
    assert all(box == [0, True] for box in boxes)


@pytest.mark.slow
def test_a_figure_without_known_axes_stays_as_it_was_drawn(opened: Any) -> None:
    page = opened(documents.sample())
    before = page.locator("#summary-loss svg").inner_html()
    page.locator("#summary-loss .drawing").hover()
    page.locator("#summary-loss .drawing").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(200)
    assert page.locator("#summary-loss svg").inner_html() == before


# Series, scale, smoothing, zoom.


@pytest.mark.slow
def test_a_series_is_hidden_and_the_button_says_so(opened: Any) -> None:
    page = opened()
    button = explore(page, LOSS).get_by_role("button", name="train")
    line = page.locator(f"#{LOSS}-series-train")
    button.click()
    assert not line.is_visible()
    assert button.text_content() == " train (hidden)"
    button.click()
    assert line.is_visible()


@pytest.mark.slow
def test_on_a_log_scale_equal_ratios_are_equal_steps(opened: Any, made: api.Report) -> None:
    page = opened()
    explore(page, LOSS).get_by_role("button", name="Log scale").click()
    heights = [float(y) for _, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", lines(page, LOSS)[0])]
    values = np.array(figure(made.document, LOSS).data["train"], dtype=float)
    assert len(heights) == len(values)
    slope = np.polyfit(np.log10(values), heights, 1)[0]
    assert np.diff(heights) == pytest.approx(slope * np.diff(np.log10(values)), abs=0.3)


@pytest.mark.slow
def test_smoothing_is_a_mean_that_forgets(opened: Any, made: api.Report) -> None:
    page = opened()
    slider = explore(page, LOSS).get_by_role("slider")
    slider.evaluate("(slider) => { slider.value = 0.5; slider.dispatchEvent(new Event('input')); }")
    plain, smooth = (page.locator(f"#{LOSS}-series-train path").nth(at).get_attribute("d") for at in (0, 1))
    assert plain
    values = np.array(figure(made.document, LOSS).data["train"], dtype=float)
    mean = np.array([np.average(values[: at + 1], weights=0.5 ** np.arange(at, -1, -1)) for at in range(len(values))])
    axes = figure(made.document, LOSS).axes[0]
    (_, top, _, height), (low, high) = axes["box"], axes["y"]["limits"]
    drawn = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", smooth)]
    assert drawn == pytest.approx(top + height * (high - mean) / (high - low), abs=0.02)


@pytest.mark.slow
def test_zoom_and_its_undoing_by_keys(opened: Any) -> None:
    page = opened()
    before = lines(page, LOSS)
    page.locator(f"#{LOSS} .drawing").focus()
    assert spoken(page, "ArrowRight")
    page.keyboard.press("+")
    assert lines(page, LOSS) != before
    page.keyboard.press("0")
    assert lines(page, LOSS) == before


@pytest.mark.slow
def test_every_drag_has_buttons_and_every_button_is_large_enough(opened: Any) -> None:
    page = opened()
    tools = explore(page, LOSS)
    for name in ("Zoom in", "Move left", "Move down", "Zoom out", "Reset zoom", "More smoothing", "Less smoothing"):
        tools.get_by_role("button", name=name).click()
    boxes = [one.bounding_box() for one in page.locator(".tools button:visible, .tools summary:visible").all()]
    assert [box for box in boxes if box["height"] < 24 or box["width"] < 24] == []


# Full size and downloads.


@pytest.mark.slow
def test_full_size_and_back_to_the_same_place(opened: Any) -> None:
    page = opened()
    before = page.locator("main").inner_text()
    explore(page, LOSS).get_by_text("Full size").click()
    assert page.locator(f"dialog[open] #{LOSS} svg").bounding_box()["width"] > 800
    page.keyboard.press("Escape")
    page.locator("dialog[open]").wait_for(state="detached")
    page.locator(f"#{LOSS} ~ .tools summary").click()
    assert page.locator("main").inner_text() == before


@pytest.mark.slow
def test_figure_and_data_can_be_taken_along(opened: Any, made: api.Report, tmp_path: Path) -> None:
    page = opened(accept_downloads=True, color_scheme="dark")
    tools = explore(page, LOSS)
    taken = {}
    for kind in ("SVG", "PNG", "CSV"):
        with page.expect_download() as download:
            tools.get_by_text(kind, exact=True).click()
        assert download.value.suggested_filename == f"{LOSS}.{kind.lower()}"
        download.value.save_as(tmp_path / kind)
        taken[kind] = (tmp_path / kind).read_bytes()
    assert taken["PNG"].startswith(b"\x89PNG")
    assert len(taken["PNG"]) > 5_000
    assert b"#0b62a4" in taken["SVG"]
    assert b"class=" not in taken["SVG"]
    rows = list(csv.DictReader(io.StringIO(taken["CSV"].decode())))
    data = figure(made.document, LOSS).data
    assert [float(row["validation"]) for row in rows] == list(data["validation"])


@pytest.mark.slow
def test_a_table_that_is_taken_along_runs_nothing_and_keeps_its_columns(opened: Any, tmp_path: Path) -> None:
    data = {"10": ["=1+1", "@x", "-1.5", "\ty"], "9": [-1, 2.5, None, 4], "name": ["+a", "a,b", 'say "so"', "plain"]}
    sample = documents.sample()
    shown = next(block for block in sample.blocks() if isinstance(block, Figure))
    document = replace(sample, sections=(Section("data", "Data", (replace(shown, id="figure-x", data=data),)),))
    page = opened(document, accept_downloads=True)
    with page.expect_download() as download:
        explore(page, "figure-x").get_by_text("CSV", exact=True).click()
    download.value.save_as(tmp_path / "x.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "x.csv").read_bytes().decode())))
    assert rows == [
        ["10", "9", "name"],
        ["'=1+1", "-1", "'+a"],
        ["'@x", "2.5", "a,b"],
        ["-1.5", "", 'say "so"'],
        ["'\ty", "4", "plain"],
    ]


# The threshold.


def threshold(page: Any) -> Any:
    page.locator(".threshold summary").click()
    page.locator(".threshold dl").wait_for()
    return page.locator(".threshold")


def numbers(box: Any) -> dict[str, str]:
    return dict(zip(box.locator("dt").all_inner_texts(), box.locator("dd").all_inner_texts(), strict=True))


def move(box: Any, to: float) -> None:
    box.get_by_role("slider").evaluate(f"(one) => {{ one.value = {to}; one.dispatchEvent(new Event('input')); }}")


@pytest.mark.slow
def test_at_the_threshold_of_the_run_it_says_what_is_printed(opened: Any, made: api.Report) -> None:
    page = opened()
    shown = numbers(threshold(page))
    scores = {
        score["metric"]: score["value"]
        for score in made.document.evidence.scores
        if score["split"] == "test" and score["model"] == "model" and not score["label"]
    }
    named = {"accuracy": "Accuracy", "precision": "Precision", "recall": "Recall", "f1": "F1", "cost": "Cost per row"}
    compared = {name: shown[title] for name, title in named.items() if name in scores}
    assert len(compared) >= 4
    assert compared == {name: f"{scores[name]:.3f}" for name in compared}


@pytest.mark.slow
@pytest.mark.parametrize("cut", [0.2, 0.71])
def test_at_another_threshold_it_says_what_scikit_learn_says(opened: Any, made: api.Report, cut: float) -> None:
    page = opened()
    box = threshold(page)
    move(box, cut)
    test = made.document.evidence.predictions["test"]
    actual, said = np.array(test["y_true"]), (np.array(test["y_score"])[:, 1] >= cut).astype(int)
    tn, fp, fn, tp = confusion_matrix(actual, said).ravel()
    shown = numbers(box)
    assert shown["Precision"] == f"{precision_score(actual, said):.3f}"
    assert shown["Recall"] == f"{recall_score(actual, said):.3f}"
    assert shown["F1"] == f"{f1_score(actual, said):.3f}"
    assert float(shown["Cost per row"]) == pytest.approx((fp + 5 * fn) / len(actual), abs=5.1e-4)
    assert [shown[f"yes, {word}"] for word in ("found", "missed")] == [str(tp), str(fn)]
    cells = page.locator("#figure-confusion-matrix svg > text").all_text_contents()
    assert cells[-4:] == [str(tn), str(fp), str(fn), str(tp)]


@pytest.mark.slow
def test_it_moves_the_marks_on_every_figure_together_and_resets(opened: Any) -> None:
    page = opened()
    box = threshold(page)
    names = ("roc", "precision-recall", "score-distribution", "threshold-scan")
    sign = "(all) => all.map((one) => one.getAttribute('d') || [one.getAttribute('cx'), one.getAttribute('cy')].join())"

    def places() -> list[list[str]]:
        return [page.locator(f"#figure-{name} .sign").evaluate_all(sign) for name in names]

    printed = places()
    assert all(printed)
    move(box, 0.75)
    box.get_by_role("button", name="Higher threshold").click()
    assert all(new != old for new, old in zip(places(), printed, strict=True))
    box.get_by_role("button", name="Reset").click()
    assert places() == printed


# Search.


@pytest.mark.slow
def test_search_finds_and_opens_what_is_folded(opened: Any) -> None:
    page = opened(documents.sample())
    field = page.locator("input.search")
    fold = page.locator("details", has=page.get_by_text("No column is constant."))
    assert fold.evaluate("(fold) => fold.open") is False
    field.fill("no column is constant")
    field.press("Enter")
    assert fold.evaluate("(fold) => fold.open") is True
    assert page.locator(".contents output").inner_text() == "1 of 1"
    field.fill("nowhere to be found")
    page.wait_for_timeout(200)
    assert page.locator(".contents output").inner_text() == "0 places"


# On paper, and without scripts.


@pytest.mark.slow
def test_paper_shows_the_figures_as_they_were_drawn(opened: Any) -> None:
    page = opened()
    drawn = page.locator(f"#{LOSS} svg").inner_html()
    printed = page.locator("#figure-confusion-matrix svg").text_content()
    tools = explore(page, LOSS)
    tools.get_by_role("button", name="Log scale").click()
    tools.get_by_role("button", name="Zoom in").click()
    tools.get_by_role("button", name="train").click()
    move(threshold(page), 0.9)
    changed = lines(page, LOSS)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(f"#{LOSS} path").evaluate_all("(all) => all.map((one) => one.getAttribute('d'))") == re.findall(
        r' d="([^"]*)"', drawn
    )
    assert page.locator(f"#{LOSS}-series-train").is_visible()
    assert page.locator("#figure-confusion-matrix svg").text_content() == printed
    assert page.locator(".tools:visible, .tip:visible, .sign:visible, .search:visible").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert lines(page, LOSS) == changed


@pytest.mark.slow
def test_without_scripts_nothing_offers_what_needs_them(opened: Any) -> None:
    page = opened(java_script_enabled=False)
    assert page.locator(".tools, input, button, dialog").count() == 0
    assert page.locator(f"#{LOSS} svg").is_visible()
