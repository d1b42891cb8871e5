"""Execute an experiment and write its report."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen import api
from reportgen.commands import _look as look
from reportgen.commands._progress import progress
from reportgen.errors import ReportgenError, UsageError
from reportgen.files import check_writable, write_atomic
from reportgen.junit import junit_xml
from reportgen.session import Session, Stop
from reportgen.specfile import read
from reportgen.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reportgen.archive import Folder
    from reportgen.specfile import Draft


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("spec", metavar="SPEC", help="the experiment file")
    parser.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        action="append",
        default=[],
        help="report to write: .html, .pdf, .json or .md; may be repeated",
    )
    parser.add_argument(
        "--set",
        metavar="KEY=VALUE",
        action="append",
        default=[],
        dest="overrides",
        help="change a key, such as train.epochs=20",
    )
    parser.add_argument("--junit", metavar="FILE", help="write the gates of expect as JUnit XML, one test case a gate")
    parser.add_argument("--archive", metavar="DIR", help="also store the report in this archive; see reportgen archive")
    parser.add_argument("--strict", action="store_true", help="a figure, check or section that fails is an error")
    parser.add_argument("--reproducible", action="store_true", help="leave date and durations out of the report")
    look.add_arguments(parser)


def run(args: argparse.Namespace) -> int:
    draft = read(args.spec, args.overrides)
    look.require(args)
    targets = [Path(name) for name in args.output] or [
        Path(args.spec).with_suffix(f".{name}") for name in draft.written.get("report", "formats")
    ]
    data = [file.path for file in draft.locate().everything() if file.path] if draft.has_data else []
    data += draft.model_files().paths()
    for target in targets:
        api.output(target)
        _refuse_input(target, Path(args.spec), *data)
        check_writable(target)
    junit = _junit(args.junit, draft, [Path(args.spec), *data, *targets])
    archive = _archive(args.archive)
    with interruptible() as stop:
        session = Session(progress=progress(), stop=stop, strict=args.strict)
        report = api.execute(draft, session, reproducible=args.reproducible).dressed(args.theme, args.templates)
        for warning in report.warnings:
            print(f"reportgen: warning: {one_line(warning, 300)}", file=sys.stderr)
        session.progress.verdict([str(text) for text in report.document.verdict])
        if junit:
            write_atomic(junit, junit_xml(str(report.document.title), report.gates))
        try:
            _write(report, targets, session)
        finally:  # Where a file cannot be written, the archive has the report.
            if archive:
                _keep(report, archive, session)
    return (128 + stop.signal) if stop.signal else report.exit_status


def _junit(name: str | None, draft: Draft, taken: list[Path]) -> Path | None:
    """Where the gates are written, if anywhere."""
    if name is None:
        return None
    if not draft.written.get("expect"):
        fix = "add gates under expect: to the experiment file, or leave out --junit"
        raise UsageError("--junit has nothing to tell: there are no gates", fix, file=name)
    _refuse_input(Path(name), *taken)
    check_writable(Path(name))
    return Path(name)


def _archive(name: str | None) -> Folder | None:
    """The archive that the report goes to, if any; whether it can be written is found out before the training."""
    if name is None:
        return None
    from reportgen.archive import opened

    folder = opened(name)
    folder.prepare()
    return folder


def _keep(report: api.Report, folder: Folder, session: Session) -> None:
    from reportgen.archive import add_document

    session.progress.stage("archive")
    added = add_document(folder, report.document)
    session.progress.done("" if added.is_new else "was there already")
    with suppress(BrokenPipeError):
        print(f"{folder.name}/{added.path}", flush=True)


def _refuse_input(target: Path, *inputs: Path) -> None:
    """A report never takes the place of what it was made from."""
    if os.path.realpath(target) in map(os.path.realpath, inputs):
        raise UsageError(
            "the report would be written over what it is made from", "give another name with -o", file=str(target)
        )


def _write(report: api.Report, targets: list[Path], session: Session) -> None:
    """Every format that can be written, before the first one that cannot is reported: a training is not to be lost."""
    failed: ReportgenError | None = None
    progress = session.progress
    for target in targets:
        progress.stage("write")
        try:
            report.save(target, told=look.refuse if session.strict else look.warn)
        except ReportgenError as error:
            failed = failed or error
            continue
        progress.done(f"{target.name}, {target.stat().st_size / 1000:,.0f} KB")
        with suppress(BrokenPipeError):  # Nobody reads the names; the files are wanted all the same.
            print(target, flush=True)
    if failed:
        raise failed


@contextmanager
def interruptible() -> Iterator[Stop]:
    """Ctrl-C and SIGTERM end training at the next batch and still give a report; a second one ends at once."""
    stop = Stop()
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
