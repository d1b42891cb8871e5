"""Keep reports in a folder that needs no server: add, list, check, and a static index page."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.errors import DataError, LimitExceeded, Problem, ReportgenError, UsageError
from reportgen.text import one_line, plural, significant

if TYPE_CHECKING:
    from reportgen.archive import Entry


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="store reports; what is there already stays as it is")
    add.add_argument("report", metavar="REPORT", nargs="+", help="a report that reportgen wrote: .html, .pdf or .json")
    add.add_argument("--to", metavar="DIR", required=True, dest="archive", help="folder, or a URL such as s3://b/dir")
    listing = actions.add_parser("list", help="print the reports, oldest first")
    listing.add_argument("--where", metavar="CONDITION", help='such as "test.f1 > 0.9 and train.epochs = 20"')
    listing.add_argument("--sort", metavar="NAME", help="by a metric, a parameter or a field; missing values last")
    listing.add_argument("--json", action="store_true", help="all that is known of each, as a JSON list")
    check = actions.add_parser("check", help="read every report, and compare with what was added")
    index = actions.add_parser("index", help="make the index page anew")
    for action in (listing, check, index):
        action.add_argument("archive", metavar="DIR", help="the archive's folder or URL")


def run(args: argparse.Namespace) -> int:
    return {"add": _add, "list": _list, "check": _check, "index": _index}[args.action](args)


def _add(args: argparse.Namespace) -> int:
    from reportgen import archive

    folder = archive.opened(args.archive)
    folder.prepare()
    failed: list[ReportgenError] = []
    for name in args.report:
        try:
            added = archive.add(folder, Path(name))
        except (UsageError, DataError, LimitExceeded) as error:  # The other reports are wanted all the same.
            failed.append(error)
            continue
        print(f"{folder.name}/{added.path}" + ("" if added.is_new else " (was there already)"))
    if failed:
        raise _together(failed)
    return 0


def _together(failed: Sequence[ReportgenError]) -> ReportgenError:
    """One error of the kind that all of them are; of several kinds a DataError."""
    alike = len({error.exit_status for error in failed}) == 1
    kind = type(failed[0]) if alike else DataError
    return kind.of(problem for error in failed for problem in error.problems)


def _list(args: argparse.Namespace) -> int:
    from reportgen import archive
    from reportgen.archive import where

    folder = archive.existing(args.archive)
    found = archive.contents(folder)
    _warn(found.problems)
    entries: Sequence[Entry] = found.entries
    if args.where is not None:
        entries = where.chosen(entries, args.where)
    if args.sort is not None:
        where.require(found.entries, args.sort)
        entries = where.in_order(entries, args.sort)
    if args.json:
        print(json.dumps([{**asdict(entry), "path": entry.path} for entry in entries], indent=1))
    else:
        for entry in entries:
            print(_line(entry, folder.name))
    return 0


def _check(args: argparse.Namespace) -> int:
    from reportgen import archive

    folder = archive.existing(args.archive)
    good, problems = 0, list[Problem]()
    for one in archive.verify(folder):
        if isinstance(one, Problem):
            problems.append(one)
        else:
            good += 1
    for place in archive.unfinished(folder):
        print(f"reportgen: warning: {folder.name}/{place}: not finished, and counts as not there", file=sys.stderr)
    if problems:
        raise DataError.of(problems)
    print(f"{one_line(folder.name, 300)}: ok, {plural(good, 'report')}")
    return 0


def _index(args: argparse.Namespace) -> int:
    from reportgen import archive

    folder = archive.existing(args.archive)
    found = archive.write_index(folder)
    _warn(found.problems)
    print(f"{folder.name}/{archive.INDEX}")
    return 0


def _warn(problems: Sequence[Problem]) -> None:
    for problem in problems:
        print(f"reportgen: warning: left out: {problem}", file=sys.stderr)


def _line(entry: Entry, folder: str) -> str:
    """Date, outcome, title, the first test metrics, and where the report stands."""
    moment = (entry.created or entry.added)[:16].replace("T", " ")
    scores = [(name, value) for name, value in entry.metrics.items() if name.startswith("test.")][:3]
    told = [moment, entry.outcome, entry.experiment, *(f"{name} {significant(value)}" for name, value in scores)]
    return "  ".join(one_line(part, 80) for part in told) + f"  {one_line(f'{folder}/{entry.path}', 400)}"
