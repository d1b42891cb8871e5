"""Data reports on large tables: time against reading them, memory against the frame, and another profiler beside."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks import _tables
from tests.benchmarks._timing import Command, compare

REPORTGEN = [str(Path(sys.executable).with_name("reportgen"))]
_READ = [sys.executable, str(Path(__file__).with_name("read_table.py"))]
#: The other profiler lives in an environment of its own, since it pins old versions.
_OTHER = "ydata-profiling"
#: Bytes that the process with little memory may have, libraries and threads included.
_ADDRESSES = 2_000_000_000
_SAMPLED = re.compile(r"A random sample of [^\n]*?memory\.")


def mixed(folder: Path, pairs: int) -> None:
    """1,000,000 rows x 20 mixed columns, CSV and Parquet."""
    table = _tables.mixed(1_000_000)
    for suffix in ("csv", "parquet"):
        path = _tables.write(table, folder / f"mixed.{suffix}")
        report, read = _report(path), Command("read", [*_READ, str(path)], {})
        compare(f"data report, 1,000,000 x 20 {suffix} / reading it", report, read, pairs, 3.0)
        _memory(f"the same, peak memory / the frame, {suffix}", report, path)
        _size("the same, page", path, 1000)


def wide(folder: Path, _pairs: int) -> None:
    """100,000 rows x 1,000 columns."""
    path = _tables.write(_tables.wide(100_000, 1000), folder / "wide.csv")
    seconds = _report(path).seconds()
    print(
        f"{'data report, 100,000 x 1,000 csv':<58} {seconds:7.1f} s (reach 90)"
        f"{'' if seconds <= 90 else '  NOT REACHED'}"
    )
    _size("the same, page", path, 2000)


def larger(folder: Path, _pairs: int) -> None:
    """5,000,000 rows x 20 columns, a CSV of 1 GB, in a process that may have 2 GB of addresses (Linux)."""
    for suffix in ("csv", "parquet"):
        path = _tables.write_large(folder / f"larger.{suffix}", 5)
        page = path.with_suffix(f".{suffix}.md")
        command = ["prlimit", f"--as={_ADDRESSES}", *REPORTGEN, "run", str(_spec(path)), "-o", str(page)]
        start = time.perf_counter()
        peak = Command("reportgen run", command, {}).peak()
        seconds = time.perf_counter() - start
        title = f"data report, {path.stat().st_size / 1e9:.1f} GB of {suffix}, {_ADDRESSES / 1e9:.0f} GB of addresses"
        print(f"{title:<58} {seconds:7.1f} s, peak memory {peak:.0f} MB")
        found = _SAMPLED.search(page.read_text(encoding="utf-8"))
        print(f"  {found[0] if found else 'read whole: this measures nothing  NOT REACHED'}")
        path.unlink()


def profiler(folder: Path, pairs: int) -> None:
    """1,000,000 x 20 against ydata-profiling's minimal mode, both from the CSV to a page."""
    path = _tables.write(_tables.mixed(1_000_000), folder / "profiled.csv")
    program = _installed(folder / "other")
    theirs = Command(_OTHER, [str(program), "--minimal", "--silent", str(path), str(folder / "theirs.html")], {})
    compare(f"data report, 1,000,000 x 20 csv / {_OTHER} minimal", _report(path), theirs, pairs, 1 / 8)
    _size("the same, page", path, 1000)
    print(f"{'the same, its page':<58} {(folder / 'theirs.html').stat().st_size / 1000:7.0f} KB")


def _report(path: Path) -> Command:
    return Command("reportgen run", [*REPORTGEN, "run", str(_spec(path)), "-o", str(_page(path))], {})


def _spec(path: Path) -> Path:
    spec = path.with_suffix(f".{path.suffix[1:]}.yaml")
    spec.write_text(f"data: {{path: {path.name}}}\n", encoding="utf-8")
    return spec


def _page(path: Path) -> Path:
    return path.with_suffix(f".{path.suffix[1:]}.html")


def _memory(title: str, report: Command, path: Path) -> None:
    frame = int(subprocess.run([*_READ, str(path)], capture_output=True, text=True, check=True).stdout) / 1e6
    peak = report.peak()
    word = "" if peak <= 3 * frame else "  NOT REACHED"
    print(f"{title:<58} {peak:6.0f} MB / {frame:6.0f} MB = {peak / frame:5.2f} x (reach 3.00){word}")


def _size(title: str, path: Path, reach: int) -> None:
    kilobytes = _page(path).stat().st_size / 1000
    print(f"{title:<58} {kilobytes:7.0f} KB (reach {reach}){'' if kilobytes <= reach else '  NOT REACHED'}")


def _installed(folder: Path) -> Path:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    install = ["-m", "pip", "install", "--quiet", "--compile", "--disable-pip-version-check", _OTHER]
    subprocess.run([str(folder / "bin/python"), *install], check=True)
    print(f"installed {_OTHER} in {time.perf_counter() - start:.0f} s")
    return folder / "bin/ydata_profiling"
