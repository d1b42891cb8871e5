"""Families of units: listed from their files, imported when asked for."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from reportgen import registry
from reportgen.errors import UsageError

ROOT = Path(registry.__file__).parent


@pytest.mark.parametrize("family", registry.FAMILIES)
def test_names_are_sorted_and_each_occurs_once(family: str) -> None:
    names = registry.names(family)
    assert list(names) == sorted(set(names))


def test_a_file_is_a_unit_where_the_family_has_no_decorator() -> None:
    assert isinstance(registry.load("figures", "roc"), ModuleType)


def test_a_decorated_function_is_a_unit_of_metrics_and_checks() -> None:
    assert registry.load("metrics", "f1").name == "f1"
    assert registry.load("checks", "id_like").name == "id_like"


@pytest.mark.parametrize("family", ["metrics", "checks"])
def test_every_decorated_function_is_found_and_nothing_else(family: str) -> None:
    decorator = registry.FAMILIES[family]
    trees = (ast.parse(path.read_text()) for path in (ROOT / family).glob("[a-z]*.py"))
    functions = (node for tree in trees for node in tree.body if isinstance(node, ast.FunctionDef))
    marked = [node.name for node in functions if decorator in {name_of(mark) for mark in node.decorator_list}]
    assert sorted(marked) == list(registry.names(family))


def name_of(mark: ast.expr) -> str:
    return ast.unparse(mark.func if isinstance(mark, ast.Call) else mark)


def test_what_begins_with_an_underscore_is_no_unit() -> None:
    assert not any(name.startswith("_") for family in registry.FAMILIES for name in registry.names(family))


def test_the_summary_is_the_first_line_of_the_docstring() -> None:
    assert registry.summary("commands", "schema") == str(registry.load("commands", "schema").__doc__).split("\n")[0]


def test_listing_imports_no_unit() -> None:
    code = (
        "import sys; from reportgen import registry; [registry.names(family) for family in registry.FAMILIES]; "
        "print([name for name in sys.modules if name.startswith(tuple(f'reportgen.{f}' for f in registry.FAMILIES))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("family", "name", "fix"),
    [
        ("metrics", "f11", "did you mean 'f1'?"),
        ("figures", "ROC", "did you mean 'roc'?"),
        ("outputs", "docx", "choose from html, json, md or pdf"),
        ("loaders", "../../x", "choose from"),
        ("metrics", "metric", "choose from"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest_or_with_all(family: str, name: str, fix: str) -> None:
    with pytest.raises(UsageError) as caught:
        registry.load(family, name)
    assert fix in caught.value.problems[0].fix
