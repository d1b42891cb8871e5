"""Compare two reports or more: what differs, and which difference is real; needs no data and no model."""

from __future__ import annotations

import argparse
from pathlib import Path

from reportgen import api
from reportgen.errors import UsageError
from reportgen.files import check_writable
from reportgen.text import one_line, quoted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "reports", metavar="REPORT", nargs="+", help="reports that reportgen wrote: .html, .pdf or .json"
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        action="append",
        required=True,
        help="comparison to write: .html, .pdf, .json or .md; may be repeated",
    )
    parser.add_argument("--title", default="", help="title of the comparison; the names of the reports if left out")
    parser.add_argument("--reproducible", action="store_true", help="leave the date out of the comparison")


def run(args: argparse.Namespace) -> int:
    targets = [Path(name) for name in args.output]
    for target in targets:
        api.output(target)
        if any(target.exists() and target.samefile(one) for one in args.reports if Path(one).exists()):
            raise UsageError(f"{quoted(target.name)} is one of the reports", fix="give another name after -o")
        check_writable(target)
    from reportgen.comparing import compare
    from reportgen.compose import stamp

    report = api.Report(compare(args.reports, title=args.title, stamp=stamp({}, args.reproducible)))
    print(*(one_line(paragraph, 2000) for paragraph in report.document.verdict), sep="\n")
    for target in targets:
        print(report.save(target))
    return 0
