"""Run the experiment in a report again, and tell what is not as it was."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from reportgen import api, rerun
from reportgen.commands._progress import progress
from reportgen.commands.run import interruptible
from reportgen.document import Document
from reportgen.errors import GateFailed, UsageError
from reportgen.files import check_writable
from reportgen.session import Session
from reportgen.text import listing, one_line, plural


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("report", metavar="REPORT", help="a report that reportgen wrote: .html, .pdf or .json")
    parser.add_argument(
        "--data",
        metavar="PATH",
        help="the file of the data, or the folder that relative paths begin in; that of the report if left out",
    )
    parser.add_argument(
        "--trust", action="store_true", help="let the experiment run code that it names, ask a database, write files"
    )
    parser.add_argument("-o", "--output", metavar="FILE", help="write the new report: .html, .pdf, .json or .md")


def run(args: argparse.Namespace) -> int:
    target = Path(args.output) if args.output else None
    if target:
        api.output(target)
        check_writable(target)
        if target.exists() and target.samefile(args.report):
            raise UsageError("the new report would take the place of the old one", "give another name", key="-o")
    before = api.read(args.report).document
    data = Path(args.data) if args.data else None
    experiment = rerun.taken_out(before, Path(args.report).parent, data, args.trust)
    _tell_environment(rerun.environment(before))
    with interruptible() as stop:
        session = Session(progress=progress(), stop=stop)
        report = rerun.again(experiment, before, session)
    for warning in report.warnings:
        print(f"reportgen: warning: {one_line(warning, 300)}", file=sys.stderr)
    if target:
        print(report.save(target))
    if stop.signal:
        return 128 + stop.signal
    return 0 if _compared(before, report.document) else GateFailed.exit_status


def _tell_environment(changes: Sequence[rerun.Change]) -> None:
    for change in changes:
        print(f"{one_line(change.name, 80)}: {_written(change.before)} then, {_written(change.after)} now")
    if not changes:
        print("Python, platform and packages are those of the report.")


def _compared(before: Document, after: Document) -> bool:
    """Print what differs, metric by metric; whether the two are the same report."""
    total, changes = len(before.evidence.scores), rerun.scores(before, after)
    names = [one_line(change.name, 100) for change in changes]
    width = max(map(len, names), default=0)
    for name, change in zip(names, changes, strict=True):
        print(f"{name:<{width}}  {_written(change.before)} then, {_written(change.after)} now{_by(change)}")
    if not changes and total:
        print(f"All {plural(total, 'score')} and their intervals are the same.")
    same = before.content_id == after.content_id
    if same:
        print(f"The content id is the same: {after.content_id}")
    else:
        print(f"The content id differs: {before.content_id} then, {after.content_id} now.")
        print(f"What differs: {one_line(listing(rerun.parts(before, after), most=20), 1000)}.")
    return same and not changes


def _by(change: rerun.Change) -> str:
    both = change.before is not None and change.after is not None
    return f" ({change.after - change.before:+.3g})" if both else ""


def _written(value: object) -> str:
    if value is None:
        return "none"
    return f"{value:.12g}" if isinstance(value, float) else one_line(value, 60)
