"""An archive of 10,000 reports: what adding one costs, how large the page is, how fast it opens, filters and sorts."""

from __future__ import annotations

import random
import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path

from reportgen import api
from reportgen.archive import INDEX, write_index
from reportgen.archive.entry import ENTRY, Entry, entry_of
from reportgen.archive.local import LocalFolder
from reportgen.document import Document, Evidence, Section, Stamp, para
from tests.benchmarks._timing import Command, compare

REPORTS, EXPERIMENTS = 10_000, 20
_SPEC = "model: {kind: mlp, hidden: [64, 32], activation: relu}\ntrain: {epochs: 20, batch_size: 32, optimizer: adam}\n"
_METRICS = 20  # on each of three parts, with two baselines on test: a hundred numbers a report
_REACH_BYTES, _REACH_SECONDS = 5_000_000, 1.0


def benchmark(folder: Path, pairs: int) -> None:
    """Adding one, whole processes, to 10,000 reports and to none; then the page in Chromium."""
    report = api.Report(_document()).save(folder / "one.json")
    full, empty = folder / "full", folder / "empty"
    _fill(full)
    empty.mkdir()
    compare(
        f"archive add to {REPORTS:,} reports / to an empty archive",
        _adding(report, full),
        _adding(report, empty),
        pairs,
        1.1,
    )
    start = time.perf_counter()
    write_index(LocalFolder(full))
    print(f"{'archive index, all read and written':<58} {time.perf_counter() - start:7.3f} s")
    size = (full / INDEX).stat().st_size
    _tell("index page", size / 1e6, "MB", _REACH_BYTES / 1e6)
    _browse(full / INDEX)


def _adding(report: Path, archive: Path) -> Command:
    place = archive / entry_of(api.read(report).document, b"", ".json", "").place

    def forget() -> None:
        shutil.rmtree(place, ignore_errors=True)

    script = str(Path(sys.executable).with_name("reportgen"))
    return Command("archive add", [script, "archive", "add", str(report), "--to", str(archive)], {}, forget)


def _document() -> Document:
    parts = [("train", "model"), ("validation", "model"), ("test", "model"), ("test", "dummy"), ("test", "linear")]
    scores = tuple(
        {"metric": f"metric_{number}", "split": split, "value": 0.5, "model": model, "label": None}
        for split, model in parts
        for number in range(_METRICS)
    )
    return Document(
        "Adding one",
        (Section("data", "Data", (para("Nothing."),)),),
        seed=42,
        evidence=Evidence(spec=_SPEC, scores=scores),
        stamp=Stamp("2026-01-01T00:00:00+00:00", {"fit": 1.0}),
    )


def _fill(archive: Path) -> None:
    """Reports with metrics that all differ; the files of the reports themselves are a few bytes."""
    source, base = random.Random(1), entry_of(_document(), b"report", ".html", "2026-11-24T00:00:00+00:00")
    for number in range(REPORTS):
        entry = _varied(base, number, source)
        place = archive / entry.place
        place.mkdir(parents=True)
        (place / entry.file).write_bytes(b"report")
        (place / ENTRY).write_bytes(entry.to_bytes())


def _varied(base: Entry, number: int, source: random.Random) -> Entry:
    digest = f"{source.getrandbits(256):064x}"
    return replace(
        base,
        id=digest[:32],
        sha256=digest,
        file=f"report-{digest[:12]}.html",
        experiment=f"Experiment {number % EXPERIMENTS}",
        created=time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(1_700_000_000 + 3_607 * number)),
        metrics={name: source.random() for name in base.metrics},
        params={
            **base.params,
            "train.epochs": source.choice([10, 20, 50]),
            "train.learning_rate": source.random() / 100,
        },
    )


def _browse(page: Path) -> None:
    """Seconds until the table stands, until a search shows what it found, and until a column is sorted."""
    from playwright.sync_api import sync_playwright

    from tests.conftest import CHROMIUM

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page()
        tab.goto("about:blank")
        start = time.perf_counter()
        tab.goto(page.as_uri())
        tab.wait_for_selector("tbody input[type=checkbox]")
        _tell("page opened in Chromium", time.perf_counter() - start, "s", _REACH_SECONDS)
        act = """([action, text]) => {
            const start = performance.now();
            const search = document.getElementById("search");
            search.value = text;
            if (action === "search") search.dispatchEvent(new Event("change"));
            else [...document.querySelectorAll("th button")].find((one) => one.textContent === text).click();
            document.body.getBoundingClientRect();
            return (performance.now() - start) / 1000;
        }"""
        for action, text in (
            ("search", "experiment test.metric_1>0.9 epochs=20"),
            ("search", ""),
            ("sort", "test.metric_0"),
        ):
            _tell(f"{action} {text or 'for nothing'}", tab.evaluate(act, [action, text]), "s", _REACH_SECONDS)
        browser.close()


def _tell(name: str, value: float, unit: str, reach: float) -> None:
    print(f"{name:<58} {value:7.3f} {unit} (reach {reach:g}){'' if value <= reach else '  NOT REACHED'}")
