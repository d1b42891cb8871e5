"""The experiment file: YAML text -> Spec, every problem at once with its place and a suggestion.

`read` stops before the records, so that `check` needs no pydantic; `load` and `decode` go on to the `Spec`.
"""

from __future__ import annotations

import stat
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen import source
from reportgen.errors import LimitExceeded, Problem, ReportgenError, SpecError
from reportgen.specfile import consistency, locating, looks, model_files, schema
from reportgen.specfile import yaml as yamlfile
from reportgen.specfile.schema import Written
from reportgen.specfile.yaml import Block, Items, Mark, Node, Scalar
from reportgen.text import quoted

if TYPE_CHECKING:
    from reportgen.spec import Spec

#: What stands for the file's name where a value came from the command line.
COMMAND_LINE = "--set"

_MARKS = (b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")


@dataclass(frozen=True)
class Draft:
    """An experiment file that has no problem: its name, its text as written, and its values as plain Python.

    `overrides` are the changes from the command line, which are in `written` but not in `text`.
    """

    file: str
    text: str
    written: Written
    overrides: tuple[str, ...] = ()

    def spec(self) -> Spec:
        """The records; the title is the file's name where none is written."""
        from reportgen.spec import Spec

        values: dict[str, Any] = dict(self.written.values)
        if values.get("title") is None:
            values["title"] = Path(self.file).stem[:300] or "Experiment"
        return Spec.model_validate(values)

    def locate(self) -> source.Location:
        """Where the data lie; problems are reported at their keys. Raises as `source.resolve` does."""
        return locating.locate(self.written, self.file)

    @property
    def has_data(self) -> bool:
        """Whether there is a table; the log of a training can do without."""
        return self.written.get("data") is not None

    def model_files(self) -> model_files.ModelFiles:
        """The files that `model.path` names. Raises as `model_files.find` does."""
        return model_files.find(self.written, self.file)

    def logo(self) -> str:
        """The logo that the report shows. Raises as `looks.logo` does."""
        return looks.logo(self.written, self.file)

    def placed(self, error: ReportgenError) -> ReportgenError:
        """The error with the place of each key that it names; problems of other files stay as they are."""
        error.problems = tuple(map(self._placed, error.problems))
        error.args = ("\n".join(map(str, error.problems)),)
        return error

    def _placed(self, problem: Problem) -> Problem:
        if not problem.key or problem.line is not None or problem.file not in ("", self.file, Path(self.file).name):
            return problem
        marks = {schema.dotted(path): mark for path, (_, mark) in self.written.places.items()}
        key = problem.key
        while key and key not in marks:
            key = key.rpartition(".")[0]
        mark = marks.get(key, Mark(self.file))
        return replace(problem, file=mark.file, line=mark.line, column=mark.column)


def load(path: str | Path, overrides: Sequence[str] = ()) -> tuple[Spec, str]:
    """The experiment in a file, and its text as written.

    Args:
        path: the experiment file.
        overrides: changes to single keys, such as `train.epochs=20`; the value is YAML.

    Raises:
        SpecError: the file cannot be read or used; lists every problem in the order of the file, those of the
            overrides last.
        LimitExceeded: the file is too large, or its aliases stand for too much.
    """
    draft = read(path, overrides)
    return draft.spec(), draft.text


def decode(text: str, file: str) -> Spec:
    """The experiment in a text; `file` is its name for messages. Raises as `load` does."""
    return draft_of(text, file).spec()


def read(path: str | Path, overrides: Sequence[str] = ()) -> Draft:
    """The checked values of an experiment file, without the records. Raises as `load` does."""
    return draft_of(_text(Path(path)), str(path), overrides)


def draft_of(text: str, file: str, overrides: Sequence[str] = ()) -> Draft:
    """The checked values of a text, changed by the overrides. Raises as `load` does."""
    root, problems = yamlfile.parse(text, file)
    if root is None or (isinstance(root, Scalar) and root.plain and root.value is None):
        raise SpecError("the file is empty", "begin with data: and, below it, path:", file=file, line=1, column=1)
    if not isinstance(root, Block):
        what = "an experiment is a block of keys, found " + ("a list" if isinstance(root, Items) else quoted(root.text))
        problems.append(Problem(what, "begin with data: and, below it, path:", file, root.mark.line, root.mark.column))
        raise SpecError.of(problems)
    for override in overrides:
        root = _overridden(root, override, problems)
    written = schema.walk(root)
    consistency.judge(written)
    if problems := _in_order([*problems, *written.problems], file):
        raise SpecError.of(problems)
    return Draft(file, text, written, tuple(overrides))


def _in_order(problems: list[Problem], file: str) -> list[Problem]:
    found = sorted(problems, key=lambda one: (one.file != file, one.line or 0, one.column or 0))
    most = schema.MOST_PROBLEMS
    more = [Problem(f"there are {len(found) - most:,} problems more", file=file)] if len(found) > most else []
    return found[:most] + more


def _text(path: Path) -> str:
    data = _bytes(path)
    if data.startswith(_MARKS) or b"\0\0" in (data[0:4:2], data[1:4:2]):
        raise SpecError("the text is UTF-16 or UTF-32, not UTF-8", "save the file as UTF-8", file=str(path))
    if b"\0" in data:
        raise SpecError("this is a binary file, not text", "name the experiment file (YAML)", file=str(path))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = len(data[: error.start].rpartition(b"\n")[2].decode("utf-8-sig")) + 1
        what = f"the byte 0x{data[error.start]:02x} is not UTF-8 text"
        raise SpecError(what, "save the file as UTF-8", file=str(path), line=line, column=column) from None


def _bytes(path: Path) -> bytes:
    file = str(path)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise SpecError("this is a folder, not a file", "name the experiment file in it", file=file)
        if not stat.S_ISREG(status.st_mode):
            raise SpecError("this is a pipe or device, not a file", "save the experiment to a file", file=file)
        if status.st_size > yamlfile.MAX_BYTES:
            raise LimitExceeded(
                f"the file is larger than {yamlfile.MAX_BYTES:,} bytes",
                "keep data out of the experiment file",
                file=file,
            )
        return path.read_bytes()
    except FileNotFoundError:
        raise SpecError("there is no such file", "check the name, and the folder you are in", file=file) from None
    except PermissionError:
        raise SpecError("the file may not be read: permission denied", "change its permissions", file=file) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SpecError(f"the file cannot be read: {reason.lower()}", file=file) from None


def _overridden(root: Block, override: str, problems: list[Problem]) -> Block:
    """The experiment with one key set from the command line."""
    key, equals, text = override.partition("=")
    path = key.strip().split(".")
    if not equals or not all(path):
        problems.append(Problem(f"needs KEY=VALUE, found {quoted(override)}", "write train.epochs=20", COMMAND_LINE))
        return root
    try:
        node, found = yamlfile.parse(text, COMMAND_LINE)
    except SpecError as error:
        node, found = None, list(error.problems)
    problems += (Problem(one.what, one.fix, COMMAND_LINE, key=key.strip()) for one in found)
    if found:
        return root
    return _with(root, path, _placed(node or Scalar(Mark(COMMAND_LINE), "")))


def _placed(node: Node) -> Node:
    """The node without line and column, which on a command line say nothing."""
    mark = Mark(COMMAND_LINE)
    if isinstance(node, Block):
        entries = {key: _placed(entry) for key, entry in node.entries.items()}
        return Block(mark, entries, dict.fromkeys(entries, mark))
    if isinstance(node, Items):
        return Items(mark, tuple(_placed(item) for item in node.items))
    return Scalar(mark, node.text, node.plain)


def _with(block: Block, path: list[str], node: Node) -> Block:
    """The block with the value at a path replaced; blocks on the way are made where there are none."""
    key, *rest = path
    mark = Mark(COMMAND_LINE)
    if rest:
        inner = block.entries.get(key)
        node = _with(inner if isinstance(inner, Block) else Block(mark), rest, node)
    keys = block.keys if rest and key in block.keys else {**block.keys, key: mark}
    return Block(block.mark, {**block.entries, key: node}, keys)
