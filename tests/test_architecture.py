"""The house: layers, what an import costs, and that no unit is hidden."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from reportgen import registry
from reportgen.document import to_json
from tests.documents import sample

ROOT = Path(__file__).parents[1]
HEAVY = {
    "keras",
    "jax",
    "sklearn",
    "scipy",
    "pandas",
    "numpy",
    "pyarrow",
    "matplotlib",
    "seaborn",
    "weasyprint",
    "pypdf",
}


def modules_after(arguments: list[str], folder: Path) -> set[str]:
    """The top-level modules that a command has imported when it ends."""
    code = (
        "import json, sys\n"
        "from reportgen.cli import main\n"
        f"status = main({arguments!r})\n"
        "assert status == 0, status\n"
        "names = sorted({name.partition('.')[0] for name in sys.modules})\n"
        "print('\\n' + json.dumps(names))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_the_process_that_draws_loads_no_more_than_drawing_takes() -> None:
    code = (
        "import sys; from reportgen import registry; import reportgen.drawing.studio\n"
        "for name in registry.names('figures'): registry.load('figures', name)\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not set(done.stdout.split()) & (HEAVY - {"numpy", "matplotlib"})


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["check", str(ROOT / "examples/breast-cancer/experiment.yaml")],
        *(["list", family] for family in registry.FAMILIES if family != "commands"),
        ["schema"],
        ["render", "report.json", "-o", "x.html"],
        ["render", "report.json", "-o", "x.md"],
        ["render", "x.html", "-o", "y.json"],
    ],
    ids=" ".join,
)
def test_light_commands_load_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "report.json").write_text(to_json(sample()), encoding="utf-8")
    if "x.html" in arguments[1:2]:
        modules_after(["render", "report.json", "-o", "x.html"], tmp_path)
    assert modules_after(arguments, tmp_path) & HEAVY == set()


@pytest.mark.parametrize(
    ("experiment", "not_loaded"),
    [
        ("data: {path: t.csv}", {"matplotlib", "keras", "jax", "sklearn", "weasyprint"}),
        (
            "data: {path: t.csv, target: y}\nmodel: {kind: mlp, hidden: [2]}\ntrain: {epochs: 1}",
            {"matplotlib", "keras", "jax", "weasyprint"},
        ),
    ],
    ids=["data alone", "network"],
)
def test_a_run_leaves_drawing_and_training_to_its_children(
    experiment: str, not_loaded: set[str], tmp_path: Path
) -> None:
    rows = "".join(f"{number % 7},{'yes' if number % 3 else 'no'}\n" for number in range(60))
    (tmp_path / "t.csv").write_text("x,y\n" + rows)
    (tmp_path / "t.yaml").write_text(experiment)
    assert modules_after(["run", "t.yaml", "-o", "t.html"], tmp_path) & not_loaded == set()


def test_no_layer_imports_one_above_it() -> None:
    script = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([str(script)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("family", registry.FAMILIES)
def test_listing_a_family_tells_what_each_unit_is(family: str) -> None:
    names = registry.names(family)
    assert names
    for name in names:
        line = registry.summary(family, name)
        assert line, f"{family}.{name} has no docstring"
        assert line[0].isupper() or not line[0].isalpha(), f"{family}.{name}: {line}"


@pytest.mark.parametrize("family", registry.FAMILIES)
def test_every_listed_unit_loads(family: str) -> None:
    for name in registry.names(family):
        if (family, name) != ("models", "mlp"):  # Imports Keras; its own tests load it.
            assert registry.load(family, name) is not None


def test_no_module_has_a_name_that_says_nothing() -> None:
    nothing = {"utils", "util", "helpers", "helper", "manager", "base", "core", "common", "misc"}
    assert {path.stem for path in (ROOT / "reportgen").rglob("*.py")} & nothing == set()


def test_importing_the_package_imports_none_of_its_modules() -> None:
    code = "import sys; before = set(sys.modules); import reportgen; print(sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {name for name in eval(done.stdout) if name.startswith("reportgen")} == {"reportgen"}
