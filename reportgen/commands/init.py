"""Write an experiment file from a look at the data."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen import specfile
from reportgen.errors import OutputError, ReportgenError, UsageError
from reportgen.files import check_writable, write_atomic
from reportgen.text import one_line, quoted

if TYPE_CHECKING:
    from reportgen import source
    from reportgen.commands._proposal import Proposal
    from reportgen.dataset import Dataset

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
    parser.add_argument(
        "data",
        metavar="DATA",
        nargs="+",
        help="a table: .csv, .xlsx, .parquet …; several files or a pattern in quotes; a folder of images; "
        "sqlite:///FILE or another database with --query; or sklearn:NAME",
    )
    parser.add_argument("--target", metavar="COL", help="the column to predict; guessed, and said so, if left out")
    parser.add_argument("--validation", metavar="FILE", nargs="+", default=(), help="files of the validation rows")
    parser.add_argument("--test", metavar="FILE", nargs="+", default=(), help="files of the test rows")
    parser.add_argument("--query", metavar="SELECT", help="for a database: the rows to read")
    parser.add_argument("-o", "--output", metavar="FILE", default="experiment.yaml", help="default: experiment.yaml")
    parser.add_argument("--force", action="store_true", help="write over an existing file")


def run(args: argparse.Namespace) -> int:
    file = Path(args.output)
    _require_free(file, args.force)
    from reportgen.commands._proposal import written

    table = _table(args, file)
    location = _locate(table, file)
    proposal = look(table, location, args.target)
    text = written(proposal)
    specfile.decode(text, str(file))  # What is written must pass `check`, or it is our mistake and is not written.
    write_atomic(file, text.encode())
    print(file)
    if proposal.guessed and proposal.dataset.task:
        print(
            f"the target {one_line(quoted(proposal.dataset.task.target))} is a guess: {proposal.guessed}; see the file"
        )
    return 0


def look(table: dict[str, Any], location: source.Location, target: str | None) -> Proposal:
    """Load the table and propose an experiment on it.

    Args:
        table: the `data` block, but for the target.

    Raises:
        DataError, LimitExceeded: the table cannot be read, has no column of that name, or nothing to predict in it.
    """
    from reportgen.loaders import load
    from reportgen.spec import Data

    def described(target: str | None) -> Dataset:
        return load(location, Data(**table, target=target))

    if target is not None:
        return _proposed(table, described(target))
    dataset = described(None)
    names = tuple(column.name for column in dataset.columns)
    for candidate, reason in _candidates(names):
        try:
            return _proposed(table, described(candidate), reason)
        except ReportgenError:  # Nothing can be predicted there: look at the next.
            continue
    return _proposed(table, dataset)


def _proposed(table: dict[str, Any], dataset: Dataset, guessed: str = "") -> Proposal:
    from reportgen.commands._proposal import Proposal
    from reportgen.commands._signs import signs
    from reportgen.profile import profile

    paths: dict[str, tuple[str, ...]] = {
        key: (value,) if isinstance(value, str) else value for key, value in table.items() if key != "query"
    }
    apart = {split: files for split, files in paths.items() if split != "path"}
    return Proposal(paths["path"], dataset, signs(dataset, profile(dataset)), guessed, apart, table.get("query"))


def _table(args: argparse.Namespace, file: Path) -> dict[str, Any]:
    """The `data` block that the arguments stand for."""
    given = {"path": args.data, "validation": args.validation, "test": args.test}
    table: dict[str, Any] = {}
    for key, paths in given.items():
        if paths:
            written = tuple(_relative(path, file) for path in paths)
            table[key] = written[0] if len(written) == 1 else written
    return table | ({"query": args.query} if args.query is not None else {})


def _candidates(names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Columns that may be meant to be predicted, the likeliest first, with the reason."""
    by_name = {name.strip().lower(): name for name in reversed(names)}
    usual = [(by_name[name], "by its name") for name in _USUAL_TARGETS if name in by_name]
    return [*usual, (names[-1], "it is the last column")]


def _locate(table: dict[str, Any], file: Path) -> source.Location:
    """As the experiment file will be, without the places in a file that is not written yet."""
    lines = [f"  {key}: {json.dumps(value)}\n" for key, value in table.items()]
    try:
        return specfile.draft_of("data:\n" + "".join(lines), str(file)).locate()
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
    scheme, slashes, path = data.partition(":///")
    if slashes and scheme.startswith("sqlite") and not path.startswith("/"):
        return f"{scheme}:///{_beside(path, file)}"
    return data if "://" in data else _beside(data, file)


def _beside(path: str, file: Path) -> str:
    return Path(os.path.relpath(path, file.parent)).as_posix()


def _require_free(file: Path, force: bool) -> None:
    if os.path.lexists(file) and not force:
        raise OutputError(
            "there is a file of this name already", "give another name with -o, or --force", file=str(file)
        )
    check_writable(file)
