"""Write an experiment file from a look at the data."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from reportgen import source, specfile
from reportgen.commands._proposal import Proposal, written
from reportgen.errors import OutputError, ReportgenError, UsageError
from reportgen.files import check_writable, write_atomic
from reportgen.text import one_line, quoted

#: Names that a column to be predicted often has, the surest first.
_USUAL_TARGETS = (
    "target",
    "label",
    "class",
    "y",
    "outcome",
    "response",
    "diagnosis",
    "species",
    "survived",
    "churn",
    "price",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("data", metavar="DATA", help="a table: .csv, .tsv, .parquet … or sklearn:NAME")
    parser.add_argument("--target", metavar="COL", help="the column to predict; guessed, and said so, if left out")
    parser.add_argument("-o", "--output", metavar="FILE", default="experiment.yaml", help="default: experiment.yaml")
    parser.add_argument("--force", action="store_true", help="write over an existing file")


def run(args: argparse.Namespace) -> int:
    file = Path(args.output)
    _require_free(file, args.force)
    path = _relative(args.data, file)
    location = _locate(path, file)
    proposal = look(path, location, args.target)
    text = written(proposal)
    specfile.decode(text, str(file))  # What is written must pass `check`, or it is our mistake and is not written.
    write_atomic(file, text.encode())
    print(file)
    if proposal.guessed and proposal.dataset.task:
        print(
            f"the target {one_line(quoted(proposal.dataset.task.target))} is a guess: {proposal.guessed}; see the file"
        )
    return 0


def look(path: str, location: source.Location, target: str | None) -> Proposal:
    """Load the table and propose an experiment on it.

    Raises:
        DataError, LimitExceeded: the table cannot be read, has no column of that name, or nothing to predict in it.
    """
    from reportgen.loaders import load
    from reportgen.spec import Data

    if target is not None:
        return Proposal(path, load(location, Data(path=path, target=target)))
    dataset = load(location, Data(path=path))
    names = tuple(column.name for column in dataset.columns)
    for candidate, reason in _candidates(names):
        try:
            return Proposal(path, load(location, Data(path=path, target=candidate)), reason)
        except ReportgenError:  # Nothing can be predicted there: look at the next.
            continue
    return Proposal(path, dataset)


def _candidates(names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Columns that may be meant to be predicted, the likeliest first, with the reason."""
    by_name = {name.strip().lower(): name for name in reversed(names)}
    usual = [(by_name[name], "by its name") for name in _USUAL_TARGETS if name in by_name]
    return [*usual, (names[-1], "it is the last column")]


def _locate(path: str, file: Path) -> source.Location:
    """As `source.resolve`, without the place in a file that is not written yet."""
    try:
        return source.resolve(path, file)
    except ReportgenError as error:
        raise type(error)(error.problems[0].what, error.problems[0].fix) from None


def _relative(data: str, file: Path) -> str:
    """The path as the experiment file must name it."""
    if data.startswith("sklearn:"):
        return data
    if "\0" in data or not data:
        raise UsageError(f"{quoted(data)} is not a file name", "name a table: .csv, .tsv, .parquet …")
    if any("\ud800" <= sign <= "\udfff" for sign in data):  # How Python spells bytes that are no text.
        raise UsageError(f"the name {quoted(data)} cannot stand in an experiment file", "give the file a plainer name")
    return Path(os.path.relpath(data, file.parent)).as_posix()


def _require_free(file: Path, force: bool) -> None:
    if os.path.lexists(file) and not force:
        raise OutputError(
            "there is a file of this name already", "give another name with -o, or --force", file=str(file)
        )
    check_writable(file)
