"""The PDF: what it shows, what it carries, and what it never does."""

from __future__ import annotations

import base64
import errno
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import documents
import pikepdf
import pydyf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen import assets
from reportgen.document import Chart, Document, Evidence, Figure, Markdown, Section, Stamp, Table, from_json
from reportgen.errors import DataError, LimitExceeded, OutputError
from reportgen.outputs import pdf
from reportgen.outputs._archival import Framed
from reportgen.outputs._attached import Attached
from reportgen.workers import Worker

pytestmark = pytest.mark.slow
TESTS = Path(__file__).parent
WHEN = datetime(2026, 11, 23, tzinfo=UTC)
PAYLOAD = "<img src=x onerror=alert(1)>\u202e\0$$ {{7*7}} ](javascript:alert(1)) 你好 \ud800"


@pytest.fixture(scope="module")
def data() -> bytes:
    return pdf.to_bytes(documents.sample())


@pytest.fixture(scope="module")
def opened(data: bytes) -> Iterator[pikepdf.Pdf]:
    with pikepdf.open(io.BytesIO(data)) as opened:
        yield opened


@pytest.fixture(scope="module")
def renderer() -> Iterator[Worker]:
    with Worker("reportgen.outputs._weasyprint:Renderer") as worker:
        yield worker


def small(*blocks: Any, **others: Any) -> Document:
    return Document("Small", (Section("data", "Data", blocks),), **others)


def tags(opened: pikepdf.Pdf) -> Iterator[tuple[str, pikepdf.Dictionary]]:
    """Every structure element that can be reached from the root, with its type."""
    waiting = [opened.Root.StructTreeRoot.K]
    while waiting:
        item = waiting.pop()
        if isinstance(item, pikepdf.Array):
            waiting += list(item)
        elif isinstance(item, pikepdf.Dictionary) and "/S" in item:
            yield str(item.S), item
            waiting.append(item.get("/K"))


def annotations(opened: pikepdf.Pdf) -> list[pikepdf.Dictionary]:
    return [annotation for page in opened.pages for annotation in page.get("/Annots", [])]


def text_of(data: bytes) -> str:
    command = ["pdftotext", "-layout", "-", "-"]
    shown = subprocess.run(command, input=data, capture_output=True, check=True).stdout.decode()
    return " ".join(shown.split())


# What it is


@pytest.mark.skipif(not shutil.which("qpdf"), reason="qpdf is not installed")
def test_qpdf_finds_no_error(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "r.pdf").write_bytes(data)
    result = subprocess.run(["qpdf", "--check", tmp_path / "r.pdf"], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("profile", ["ua1", "3a"])
def test_a_checker_of_pdf_ua_and_pdf_a_finds_nothing(data: bytes, profile: str) -> None:
    page = pytest.importorskip("page", reason="page-validation is not installed")
    report = page.validate_pdf_bytes(data, profile=profile)
    assert [(failure.rule_id, failure.message) for failure in report.failures] == []
    assert report.rules.total > 100


@pytest.mark.skipif("VERAPDF" not in os.environ, reason="VERAPDF names no veraPDF")
@pytest.mark.parametrize("flavour", ["ua1", "3a"])
def test_verapdf_finds_nothing(data: bytes, flavour: str, tmp_path: Path) -> None:
    (tmp_path / "r.pdf").write_bytes(data)
    command = [os.environ["VERAPDF"], "--format", "text", "--flavour", flavour, tmp_path / "r.pdf"]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    assert shown.stdout.startswith("PASS"), shown.stdout + shown.stderr


def test_title_language_authors_and_date_are_the_documents(opened: pikepdf.Pdf) -> None:
    assert str(opened.Root.Lang) == "en"
    assert str(opened.docinfo["/Title"]) == "Breast cancer with two hidden layers"
    assert str(opened.docinfo["/Author"]) == "R. Example, S. Sample"
    assert str(opened.docinfo["/CreationDate"]) == "D:20261123164005Z"
    assert opened.Root.ViewerPreferences.DisplayDocTitle


def test_it_is_marked_as_tagged_as_pdf_ua_and_as_pdf_a(opened: pikepdf.Pdf) -> None:
    assert opened.Root.MarkInfo.Marked
    with opened.open_metadata() as metadata:
        assert metadata.pdfa_status == "3A"
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"] == "Breast cancer with two hidden layers"


def test_its_colours_are_those_of_srgb(opened: pikepdf.Pdf) -> None:
    (intent,) = opened.Root.OutputIntents
    assert (str(intent.S), int(intent.DestOutputProfile.N)) == ("/GTS_PDFA1", 3)
    assert intent.DestOutputProfile.read_bytes()[36:40] == b"acsp"  # ICC.1, 7.2.11


def test_each_attachment_says_what_it_is_to_the_report(opened: pikepdf.Pdf) -> None:
    told = {str(item.UF): str(item.AFRelationship) for item in opened.Root.AF}
    assert told == {"experiment.yaml": "/Source", "report.json": "/Data"}
    assert len(opened.Root.AF) == 2


def test_a_stream_that_ends_in_a_carriage_return_keeps_its_length() -> None:
    stream = pydyf.Stream([b"x\r"])
    assert Framed(stream).data == b"<</Length 2>>\nstream\nx\r\r\nendstream"


def test_every_font_is_embedded(opened: pikepdf.Pdf) -> None:
    descriptors = [item for item in opened.objects if isinstance(item, pikepdf.Dictionary) and "/FontName" in item]
    assert len(descriptors) >= 4
    assert all({"/FontFile2", "/FontFile3"} & set(item.keys()) for item in descriptors)


def test_headings_begin_at_the_first_level_and_skip_none(opened: pikepdf.Pdf) -> None:
    levels = {kind for kind, _ in tags(opened) if kind in ("/H1", "/H2", "/H3", "/H4")}
    assert levels == {"/H1", "/H2", "/H3"}


def test_header_cells_say_what_they_head(opened: pikepdf.Pdf) -> None:
    scopes = [str(item.A.Scope) for kind, item in tags(opened) if kind == "/TH"]
    rows = sum(len(block.rows) for block in documents.sample().blocks() if isinstance(block, Table))
    assert scopes.count("/Row") == rows + sum(len(chart.labels) for chart in _charts_with_names())
    assert scopes.count("/Column") > 0


def test_running_heads_and_page_numbers_are_no_part_of_the_text(opened: pikepdf.Pdf) -> None:
    commands = [str(operator) + str(operands) for operands, operator in pikepdf.parse_content_stream(opened.pages[1])]
    assert sum("/Pagination" in command for command in commands) == 3


# What it shows


def test_every_figure_is_there_with_its_text(opened: pikepdf.Pdf) -> None:
    expected = [block.alt for block in documents.sample().blocks() if isinstance(block, Figure)]
    alternatives = [str(item.get("/Alt", "")) for kind, item in tags(opened) if kind == "/Figure"]
    assert all(alternatives)
    assert sorted(set(expected)) == sorted(set(alternatives) & set(expected))
    assert sum(alternative in expected for alternative in alternatives) == len(expected)


def test_every_table_is_there_with_all_its_columns(opened: pikepdf.Pdf) -> None:
    tables = [block for block in documents.sample().blocks() if isinstance(block, Table)]
    assert sum(kind == "/Table" for kind, _ in tags(opened)) == len(tables) + len(_charts_with_names())


def _charts_with_names() -> list[Chart]:
    """Charts that are set as a table: each bar beside its name and numbers."""
    return [block for block in documents.sample().blocks() if isinstance(block, Chart) and block.form == "rows"]


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not installed")
def test_the_words_can_be_read_out(data: bytes) -> None:
    text = text_of(data)
    for words in (
        "Both gates passed.",
        "Table 1. Test set, 114 cases.",
        "Figure 2. One missed, one false alarm.",
        "Twenty-one pairs of columns say nearly the same.",
        "6 of 30 rows shown.",
        "Weights above 128 x 128 are block means.",
        "path: breast_cancer.csv",
    ):
        assert words in text


def page_texts(opened: pikepdf.Pdf) -> list[str]:
    texts = []
    for page in opened.pages:
        out = io.BytesIO()
        with pikepdf.new() as single:
            single.pages.append(page)
            single.save(out)
        texts.append(text_of(out.getvalue()))
    return texts


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not installed")
def test_the_first_page_holds_the_whole_summary_and_the_contents_stand_together(opened: pikepdf.Pdf) -> None:
    texts = page_texts(opened)
    assert all(words in texts[0] for words in ("Both gates passed.", "Table 1.", "What matters most", "Figure 2."))
    assert ["Contents" in text and "4 Record" in text for text in texts].count(True) == 1


def test_pages_are_a4_and_numbered(opened: pikepdf.Pdf, data: bytes) -> None:
    assert {tuple(round(float(side)) for side in page.mediabox) for page in opened.pages} == {(0, 0, 595, 842)}
    assert text_of(data).replace(" ", "").endswith(f"{len(opened.pages)}/{len(opened.pages)}")


def test_bookmarks_are_the_sections(opened: pikepdf.Pdf) -> None:
    with opened.open_outline() as outline:
        titles = [item.title for item in outline.root]
    assert titles == ["Breast cancer with two hidden layers", "1 Data", "2 Training", "3 Findings", "4 Record"]


def test_the_printed_contents_lead_to_every_section(opened: pikepdf.Pdf) -> None:
    targets = {str(item["/Dest"]) for item in annotations(opened) if "/Dest" in item}
    assert {"data", "training", "findings", "record"} <= targets


def test_nothing_reaches_over_the_margin(data: bytes, tmp_path: Path) -> None:
    if not shutil.which("pdftoppm"):
        pytest.skip("pdftoppm is not installed")
    (tmp_path / "r.pdf").write_bytes(data)
    subprocess.run(["pdftoppm", "-r", "36", "-gray", tmp_path / "r.pdf", tmp_path / "p"], check=True)
    for path in tmp_path.glob("p-*.pgm"):
        _, size, _, pixels = path.read_bytes().split(b"\n", 3)
        width, height = map(int, size.split())
        margin = int(16 / 25.4 * 36)
        right = [pixels[row * width + width - margin : (row + 1) * width] for row in range(height)]
        assert min(min(strip) for strip in right) > 200


@pytest.mark.parametrize("count", [11, 24])
def test_a_wide_table_stays_on_the_page(tmp_path: Path, count: int) -> None:
    names = tuple(f"column {number}" for number in range(count))
    columns = tuple(documents.TableColumn(name, "fixed") for name in names)
    table = Table("wide", "Wide.", columns, (tuple(1234.5678 for _ in names),) * 3)
    test_nothing_reaches_over_the_margin(pdf.to_bytes(small(table)), tmp_path)


# What it carries, and what it never does


def test_the_attachments_are_the_experiment_file_and_the_report(opened: pikepdf.Pdf) -> None:
    files = {name: spec.get_file().read_bytes() for name, spec in opened.attachments.items()}
    assert set(files) == {"experiment.yaml", "report.json"}
    assert files["experiment.yaml"].decode() == documents.SPEC
    assert from_json(files["report.json"]) == documents.sample()


def test_without_an_experiment_file_the_report_alone_is_attached() -> None:
    with pikepdf.open(io.BytesIO(pdf.to_bytes(small()))) as opened:
        assert list(opened.attachments) == ["report.json"]


@pytest.mark.parametrize(
    ("name", "attached"),
    [
        ("../../x.yaml", "x.yaml"),
        ("C:\\x\\y.yml", "y.yml"),
        ("report.json", "experiment.yaml"),
        ("..", "experiment.yaml"),
        ("", "experiment.yaml"),
        ("a\u202eb.yaml", "a<U+202E>b.yaml"),
    ],
)
def test_an_attachment_has_a_plain_name(name: str, attached: str) -> None:
    assert pdf._attachments(small(evidence=Evidence(spec="x", spec_name=name)))[0][0] == attached


def actions(opened: pikepdf.Pdf) -> set[str]:
    """Names that stand for something that happens by itself or outside the file."""
    found: set[str] = set()
    suspects = {
        "/JavaScript",
        "/JS",
        "/OpenAction",
        "/AA",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/GoToR",
        "/AcroForm",
    }
    for item in opened.objects:
        if isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
            found |= suspects & (set(item.keys()) | {str(item.get("/S", ""))})
    return found


def test_nothing_happens_by_itself(opened: pikepdf.Pdf) -> None:
    assert actions(opened) == set()


def test_links_lead_to_the_web_or_into_the_report(opened: pikepdf.Pdf) -> None:
    addresses = {str(item.A.URI) for item in annotations(opened) if "/A" in item}
    assert addresses == {"https://archive.ics.uci.edu", "https://example.org"}


def test_no_path_of_this_machine_is_in_it(opened: pikepdf.Pdf) -> None:
    home = os.fsencode(TESTS.parent)
    for item in opened.objects:
        text = item.read_bytes() if isinstance(item, pikepdf.Stream) else item.unparse()
        assert home not in text
        assert b"/tmp/" not in text


@pytest.fixture(scope="module")
def hostile() -> bytes:
    return pdf.to_bytes(documents.hostile(PAYLOAD))


def test_a_hostile_document_makes_a_harmless_pdf(hostile: bytes) -> None:
    with pikepdf.open(io.BytesIO(hostile)) as opened:
        assert actions(opened) == set()
        assert {str(item.A.URI).partition(":")[0] for item in annotations(opened) if "/A" in item} <= {"http", "https"}
        assert "<U+202E>" in str(opened.docinfo["/Title"])
        assert "<U+202E>" in str(opened.docinfo["/Author"])
        assert len(opened.attachments) == 2


def test_a_hostile_document_comes_back_as_it_was(hostile: bytes) -> None:
    assert pdf.read(hostile, "r.pdf") == documents.hostile(PAYLOAD)


# The same input, the same bytes


def test_equal_documents_give_equal_bytes(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    monkeypatch.setenv("LC_ALL", "C")
    assert pdf.to_bytes(documents.sample()) == data


def test_a_document_without_a_date_has_one_all_the_same() -> None:
    assert pdf.to_bytes(small()) == pdf.to_bytes(small())


@pytest.mark.parametrize(
    ("stamp", "date"),
    [
        ("2026-11-23T16:40:05Z", (2026, 11, 23, 16, 40)),
        ("2026-11-23T16:40:05+02:00", (2026, 11, 23, 14, 40)),
        ("2026-11-23T16:40:05", (2026, 11, 23, 16, 40)),
        ("0001-01-01T00:00:00+14:00", (1970, 1, 1, 0, 0)),
        ("soon", (1970, 1, 1, 0, 0)),
    ],
)
def test_the_date_is_the_stamps_in_utc(stamp: str, date: tuple[int, ...]) -> None:
    assert pdf._created(small(stamp=Stamp(stamp))).timetuple()[:5] == date


def test_only_dates_differ_when_only_the_stamp_does(opened: pikepdf.Pdf) -> None:
    later = replace(documents.sample(), stamp=Stamp("2027-01-02T03:04:05Z", {"fit": 9.0}))
    with pikepdf.open(io.BytesIO(pdf.to_bytes(later))) as other:
        assert str(other.docinfo["/CreationDate"]) == "D:20270102030405Z"
        pairs = zip(opened.pages, other.pages, strict=True)
        same = [page.Contents.read_bytes() == twin.Contents.read_bytes() for page, twin in pairs]
        assert same == [False] + [True] * (len(same) - 1)


# Reading it back


def test_the_report_comes_back_whole(data: bytes) -> None:
    assert pdf.read(data, "r.pdf") == documents.sample()


def foreign(**attachments: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        for name, content in attachments.items():
            made.attachments[name.replace("_", ".")] = pikepdf.AttachedFileSpec(made, content)
        made.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not a PDF"),
        (b"<html>", "not a PDF"),
        (b"%PDF-1.7\nrubbish", "a damaged PDF"),
        (foreign(), "without a report in it"),
        (foreign(other_json=b"{}"), "without a report in it"),
        (foreign(report_json=b"{}"), "JSON, but not a report"),
        (foreign(report_json=b"\xff\xfe["), "not a readable JSON report"),
    ],
    ids=["empty", "html", "rubbish", "nothing attached", "another file", "no report", "no JSON"],
)
def test_what_is_no_report_is_named_and_told(data: bytes, words: str) -> None:
    with pytest.raises(DataError, match=words) as raised:
        pdf.read(data, "theirs.pdf")
    assert raised.value.problems[0].file == "theirs.pdf"


def test_an_attachment_that_unpacks_to_too_much_is_refused() -> None:
    with pytest.raises(LimitExceeded, match="larger than 1 MB"):
        Attached().read(foreign(report_json=b" " * 2_000_000), "report.json", 1_000_000)


@settings(max_examples=60, deadline=None)
@given(cuts=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=6)), min_size=1, max_size=4))
def test_a_damaged_pdf_gives_the_report_or_an_error_of_ours(data: bytes, cuts: list[tuple[float, bytes]]) -> None:
    damaged = bytearray(data)
    for place, piece in cuts:
        start = int(place * (len(damaged) - 1))
        damaged[start : start + len(piece)] = piece
    with suppress(DataError, LimitExceeded):
        assert Attached().read(bytes(damaged), "report.json", 10_000_000)


# Nothing is fetched


FACE = (assets.folder() / "fonts" / "ReportSans-Regular.ttf").as_posix()
OUTSIDE = {
    "image": '<img alt="x" src="{}">',
    "style sheet": '<link rel="stylesheet" href="{}">',
    "import": '<style>@import "{}"</style>',
    "background": "<style>p {{ background: url({}) }}</style><p>x",
    "page background": "<style>@page {{ background: url({}) }}</style>",
    "font": "<style>@font-face {{ font-family: a; src: url({}) }}</style>",
    "list mark": "<style>li {{ list-style-image: url({}) }}</style><ul><li>x</ul>",
    "generated content": "<style>p::before {{ content: url({}) }}</style><p>x",
    "colour profile": "<style>@color-profile --a {{ src: url({}) }}</style>",
    "object": '<object data="{}"></object>',
    "embedded": '<embed src="{}">',
    "attachment": '<link rel="attachment" href="{}">',
    "attached link": '<a rel="attachment" href="{}">x</a>',
    "base": '<base href="{}"><img alt="x" src="y.png">',
    "svg image": '<svg width="9" height="9"><title>x</title><image width="9" height="9" href="{}"/></svg>',
    "svg use": '<svg width="9" height="9"><title>x</title><use href="{}#a"/></svg>',
}


@pytest.mark.parametrize("address", [f"file://{FACE}", "http://localhost:9/x", "ftp://localhost:9/x"])
@pytest.mark.parametrize("place", OUTSIDE)
def test_nothing_outside_the_page_is_fetched(renderer: Worker, place: str, address: str) -> None:
    html = f'<html lang="en"><title>x</title>{OUTSIDE[place].format(address)}'
    with pytest.raises(OutputError, match=f"'{address.partition(':')[0]}:'") as raised:
        renderer.call("render", html, [], WHEN, [])
    assert raised.value.exit_status == 5


def test_an_svg_inside_an_image_fetches_nothing_either(renderer: Worker) -> None:
    inner = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image width="9" height="9" href="file:///x"/></svg>'
    address = f"data:image/svg+xml;base64,{base64.b64encode(inner.encode()).decode()}"
    with pytest.raises(OutputError, match="'file:'"):
        renderer.call("render", f'<html lang="en"><title>x</title><img alt="x" src="{address}">', [], WHEN, [])


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "file:///x", " java\nscript:alert(1)", "\x01javascript:1", "x.html"]
)
def test_links_to_anything_but_the_web_are_refused(renderer: Worker, address: str) -> None:
    with pytest.raises(OutputError, match="links to"):
        renderer.call("render", f'<html lang="en"><title>x</title><a href="{address}">x</a>', [], WHEN, [])


def test_a_drawing_that_cannot_be_shown_is_an_error_not_a_gap(renderer: Worker) -> None:
    html = '<html lang="en"><title>x</title><svg width="9" height="9"><g transform="rotate()"/></svg>'
    with pytest.raises(OutputError, match="a drawing cannot be shown in a PDF"):
        renderer.call("render", html, [], WHEN, [])


# The machine it runs on


def test_no_font_of_the_system_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "fonts.conf").write_text("<?xml version='1.0'?><fontconfig></fontconfig>", encoding="utf-8")
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))
    with pikepdf.open(io.BytesIO(pdf.to_bytes(documents.sample()))) as opened:
        names = {
            str(item.FontName)
            for item in opened.objects
            if isinstance(item, pikepdf.Dictionary) and "/FontName" in item
        }
    assert names
    assert all("Report-S" in name for name in names), names


def test_the_temporary_folder_is_left_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    pdf.to_bytes(small())
    assert list(tmp_path.iterdir()) == []


def test_no_room_for_temporary_files_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> str:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.mkdtemp", full)
    with pytest.raises(OutputError, match="no temporary folder can be made: No space left"):
        pdf.to_bytes(small())


@pytest.fixture
def ending(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Replaces the renderer by one that ends in a given way."""

    def end(how: str, words: str = "") -> None:
        monkeypatch.setattr(pdf, "_RENDERER", "worker_targets:KilledRenderer")
        monkeypatch.setenv("PYTHONPATH", str(TESTS))
        monkeypatch.setenv("RENDERER_ENDS", how)
        monkeypatch.setenv("RENDERER_SAYS", words)

    return end


@pytest.mark.parametrize("name", ["SIGKILL", "SIGSEGV"])
def test_a_renderer_that_is_killed_is_an_error_of_the_environment(ending: Any, name: str) -> None:
    ending(name)
    with pytest.raises(OutputError, match=name) as raised:
        pdf.to_bytes(small())
    assert raised.value.exit_status == 5


def test_a_renderer_whose_library_finds_no_memory_is_a_limit(ending: Any) -> None:
    ending("SIGABRT", "GLib-ERROR: failed to allocate 8192 bytes")
    with pytest.raises(LimitExceeded, match="more than 2 GB"):
        pdf.to_bytes(small())


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux alone")
def test_a_renderer_that_takes_too_much_memory_is_a_limit(ending: Any) -> None:
    ending("limit")
    with pytest.raises(LimitExceeded, match=r"out of memory.*fix: write HTML") as raised:
        pdf.to_bytes(small())
    assert raised.value.exit_status == 7


def test_a_renderer_that_takes_too_long_is_a_limit(ending: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ending("sleep")
    monkeypatch.setattr(pdf, "_SECONDS", 0.3)
    with pytest.raises(LimitExceeded, match=r"no result within 0\.3 s.*fix: write HTML"):
        pdf.to_bytes(small())


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        ("OSError(\"cannot load library 'libpango-1.0-0'\")", "libpango-1.0-0 libpangoft2-1.0-0"),
        ("ModuleNotFoundError('no weasyprint')", "pip install weasyprint"),
    ],
)
def test_what_weasyprint_lacks_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: str, words: str
) -> None:
    (tmp_path / "weasyprint.py").write_text(f"raise {failure}", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(OutputError, match=words) as raised:
        pdf.to_bytes(small())
    assert raised.value.exit_status == 5


@pytest.mark.parametrize("source", [">" * 10_000 + " x", "- " * 3000 + "x", "[" * 2000], ids=["quote", "list", "link"])
def test_text_nested_without_end_makes_a_pdf(source: str) -> None:
    assert pdf.to_bytes(small(Markdown(source))).startswith(b"%PDF-")


def test_a_page_nested_too_deeply_is_a_limit(renderer: Worker) -> None:
    with pytest.raises(LimitExceeded, match="nested too deeply"):
        renderer.call("render", '<html lang="en"><title>x</title>' + "<div>" * 3000 + "x", [], WHEN, [])
