"""The function that builds a model in a Python file of the user's: looked at without being run."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from reportgen.errors import LimitExceeded, SpecError
from reportgen.registry import suggestion
from reportgen.specfile.schema import Written
from reportgen.text import listing, one_line, quoted

#: Arguments that a factory gets where it has parameters of these names.
GIVEN = ("input_shape", "n_classes", "n_outputs", "vocabulary", "seed")
_MOST_BYTES = 5_000_000


def require(path: Path, written: Written) -> None:
    """Make sure that a Python file can be read, has the factory, and that it takes `model.params`.

    Raises:
        SpecError: names the line of the Python file, or the key.
        LimitExceeded: the file is too large.
    """
    tree = parse(path)
    name = written.get("model", "factory")
    made = [node for node in tree.body if name in _names(node)]
    if not made:
        functions = tuple(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef))
        fix = suggestion(name, functions) if functions else f"write def {name}(): … in it, which returns the model"
        what = f"{quoted(path.name)} has no function {quoted(name)}"
        _refuse(written, ("model", "factory") if written.has("model", "factory") else ("model", "path"), what, fix)
    if isinstance(made[-1], ast.FunctionDef):
        _require_arguments(made[-1], written, path)


def parse(path: Path) -> ast.Module:
    """The Python file as a tree.

    Raises:
        SpecError: it cannot be read or has a mistake of syntax.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            what = f"the file is larger than {_MOST_BYTES:,} bytes"
            raise LimitExceeded(what, "keep data out of it", file=path.name)
        return ast.parse(path.read_bytes(), path.name)
    except SyntaxError as error:
        what = f"this is no Python: {one_line(error.msg, 200)}"
        raise SpecError(what, "mend the line", file=path.name, line=error.lineno, column=error.offset) from None
    except (ValueError, RecursionError, MemoryError) as error:  # A NUL byte, or brackets nested too deep.
        raise SpecError(f"this is no Python: {one_line(error, 200)}", "mend the file", file=path.name) from None
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise SpecError(f"the file cannot be read: {reason}", "mend its permissions", file=path.name) from None


def _names(node: ast.stmt) -> Iterator[str]:
    """The names that a statement at the top of a module makes."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name for alias in node.names)
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    elif isinstance(node, ast.If | ast.Try | ast.With):
        for inner in node.body:
            yield from _names(inner)


def _require_arguments(function: ast.FunctionDef, written: Written, path: Path) -> None:
    arguments = function.args
    ordinary = [*arguments.posonlyargs, *arguments.args]
    required = ordinary[: len(ordinary) - len(arguments.defaults)]
    required += [
        one for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if default is None
    ]
    known = tuple(one.arg for one in (*arguments.args, *arguments.kwonlyargs))
    params = written.get("model", "params")
    for name in params:
        if name not in known and arguments.kwarg is None:
            there_is = suggestion(name, known) if known else "remove it: the function takes no argument"
            what = f"{function.name} in {quoted(path.name)} has no parameter {quoted(name)}"
            _refuse(written, ("model", "params", name), what, there_is)
    missing = [one.arg for one in required if one.arg not in (*params, *GIVEN)]
    if missing or arguments.posonlyargs:
        names = listing(map(quoted, missing or [one.arg for one in arguments.posonlyargs]), most=5, joiner="and")
        what = f"{function.name} in {quoted(path.name)} needs {names}"
        fix = "give it under model.params" if missing else "let its parameters be given by name"
        key = ("model", "params") if written.has("model", "params") else ("model", "path")
        _refuse(written, key, what, fix)


def _refuse(written: Written, path: tuple[str, ...], what: str, fix: str) -> None:
    key, value = written.places[path]
    mark = key if len(path) > 2 else value
    raise SpecError(what, fix, file=mark.file, line=mark.line, column=mark.column, key=".".join(path))
