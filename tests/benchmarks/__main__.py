"""Speed, size and false alarms: `python -m tests.benchmarks [WHAT]... [--pairs 5]`; see BENCHMARKS for what."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tests.benchmarks import archive, classes, comparisons, coverage, false_alarms, intervals, tables, training
from tests.benchmarks._timing import Command, compare

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "breast-cancer"
REPORTGEN = [str(Path(sys.executable).with_name("reportgen"))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", metavar="WHAT", help="all if left out")
    parser.add_argument("--pairs", type=int, default=5, help="pairs of runs; medians are printed")
    args = parser.parse_args()
    if unknown := set(args.what) - set(BENCHMARKS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}; choose from {', '.join(BENCHMARKS)}")
    print(f"{args.pairs} pairs of whole processes; {os.cpu_count()} cores, Python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory() as folder:
        for name in args.what or BENCHMARKS:
            BENCHMARKS[name](Path(folder), args.pairs)


def run(folder: Path, pairs: int) -> None:
    """The whole tutorial run to a full HTML report, against the plain script; compilation cache warm, then cold."""
    ours, theirs = folder / "ours", folder / "theirs"
    cached = {"JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0", "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES": "-1"}
    command = [*REPORTGEN, "run", str(EXAMPLE / "experiment.yaml"), "-o", str(folder / "x.html")]
    script = [str(ROOT / "tests/benchmarks/plain_script.py"), str(EXAMPLE / "breast_cancer.csv"), str(folder)]
    for state, before in (("warm", _keep), ("cold", _clear)):
        compare(
            f"run to HTML / plain script, compilation cache {state}",
            Command("reportgen run", command, {"XDG_CACHE_HOME": str(ours)}, lambda before=before: before(ours)),
            Command(
                "plain script",
                [sys.executable, *script],
                {"JAX_COMPILATION_CACHE_DIR": str(theirs), **cached},
                lambda before=before: before(theirs),
            ),
            pairs,
            1.0,
        )


def _keep(cache: Path) -> None:
    cache.mkdir(exist_ok=True)


def _clear(cache: Path) -> None:
    shutil.rmtree(cache, ignore_errors=True)
    cache.mkdir()


def commands(folder: Path, pairs: int) -> None:
    """`--help`, `check` and `list` against importing what they cannot do without."""
    floor = Command("import pydantic, yaml", [sys.executable, "-c", "import pydantic, yaml"], {})
    for arguments in (
        ["--help"],
        ["check", str(EXAMPLE / "experiment.yaml")],
        ["list", "figures"],
        ["list", "metrics"],
    ):
        name = " ".join(arguments[:1] if arguments[0] == "check" else arguments)
        compare(f"{name} / import pydantic, yaml", Command(name, [*REPORTGEN, *arguments], {}), floor, pairs, 1.5)


def _report(folder: Path, suffix: str) -> Path:
    path = folder / f"report.{suffix}"
    if not path.exists():
        Command("run", [*REPORTGEN, "run", str(EXAMPLE / "experiment.yaml"), "-o", str(path)], {}).seconds()
    return path


def render(folder: Path, pairs: int) -> None:
    """`render report.json -o x.html` against importing Jinja."""
    compare(
        "render report.json -o x.html / import jinja2",
        Command("render", [*REPORTGEN, "render", str(_report(folder, "json")), "-o", str(folder / "r.html")], {}),
        Command("import jinja2", [sys.executable, "-c", "import jinja2"], {}),
        pairs,
        3.0,
    )


def pdf(folder: Path, pairs: int) -> None:
    """The tutorial report as PDF, against WeasyPrint on a page with the same figures alone."""
    from reportgen import api
    from reportgen.document import Figure

    source = _report(folder, "json")
    figures = [block.drawing for block in api.read(source).document.blocks() if isinstance(block, Figure)]
    page = folder / "figures.html"
    page.write_text("<!doctype html><html lang=en><title>Figures</title><body>" + "".join(figures), encoding="utf-8")
    compare(
        "render report.json -o x.pdf / WeasyPrint on the same figures",
        Command("render", [*REPORTGEN, "render", str(source), "-o", str(folder / "r.pdf")], {}),
        Command("weasyprint", [sys.executable, "-m", "weasyprint", str(page), str(folder / "f.pdf")], {}),
        pairs,
        1.3,
    )


def size(folder: Path, _pairs: int) -> None:
    """Bytes of the tutorial report."""
    for suffix, reach in (("html", 600), ("pdf", None), ("json", None), ("md", 60)):
        kilobytes = _report(folder, suffix).stat().st_size / 1000
        print(f"tutorial report, .{suffix:<44} {kilobytes:7.0f} KB" + (f" (reach {reach})" if reach else ""))


BENCHMARKS = {
    "archive": archive.benchmark,
    "commands": commands,
    "render": render,
    "size": size,
    "pdf": pdf,
    "run": run,
    "throughput": training.throughput,
    "mixed": tables.mixed,
    "wide": tables.wide,
    "larger": tables.larger,
    "profiler": tables.profiler,
    "false_alarms": false_alarms.benchmark,
    "comparisons": comparisons.benchmark,
    "coverage": coverage.benchmark,
    "classes": classes.classes,
    "intervals": intervals.benchmark,
}

if __name__ == "__main__":
    main()
