"""Turn a saved report (.html, .pdf or .json) into any other format; needs no data and no model."""

from __future__ import annotations

import argparse
from pathlib import Path

from reportgen import api
from reportgen.commands import _look as look
from reportgen.files import check_writable


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("report", metavar="REPORT", help="a report that reportgen wrote: .html, .pdf or .json")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        action="append",
        required=True,
        help="file to write: .html, .pdf, .json or .md",
    )
    look.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    targets = [Path(name) for name in args.output]
    for target in targets:
        api.output(target)
        check_writable(target)
    report = api.read(args.report).dressed(args.theme, args.templates)
    for target in targets:
        print(report.save(target, told=look.warn))
    return 0
