"""What CONTRIBUTING.md tells a newcomer works: each example is one file, and its unit appears in the next report."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reportgen.document import Figure, Table, from_json

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"```python\n# (reportgen/\S+\.py)\n(.*?)```", GUIDE, flags=re.DOTALL))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with the guide's files in it."""
    folder = tmp_path_factory.mktemp("house")
    ignore = shutil.ignore_patterns("__pycache__")
    for name in ("reportgen", "templates"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignore)
    shutil.copytree(ROOT / "examples" / "breast-cancer", folder / "example", ignore=ignore)
    for path, text in EXAMPLES.items():
        assert not (folder / path).exists()
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def reportgen(house: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "reportgen", *arguments],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_guide_shows_one_file_for_each_of_metric_check_and_figure() -> None:
    assert sorted(Path(path).parent.name for path in EXAMPLES) == ["checks", "figures", "metrics"]


@pytest.mark.parametrize("path", sorted(EXAMPLES))
def test_an_added_unit_is_listed(house: Path, path: str) -> None:
    family = Path(path).parent.name
    function = re.search(rf"@{family[:-1]}\(.*?\ndef (\w+)", EXAMPLES[path], flags=re.DOTALL)
    name = function[1] if function else Path(path).stem
    assert any(line.split()[0] == name for line in reportgen(house, "list", family).splitlines())


@pytest.mark.slow
def test_the_added_units_appear_in_the_next_report(house: Path) -> None:
    model = "model={kind: sklearn, estimator: sklearn.linear_model.LogisticRegression}"
    spec = house / "example" / "experiment.yaml"
    text = re.sub(r"(?ms)^(train|expect):.*?(?=^\S|\Z)", "", spec.read_text(encoding="utf-8"))
    spec.write_text(text, encoding="utf-8")
    reportgen(house, "run", str(spec), "--strict", "--set", model, "-o", "report.json")
    document = from_json((house / "report.json").read_bytes())
    assert any(score["metric"] == "informedness" for score in document.evidence.scores)
    assert any(isinstance(block, Figure) and block.id == "figure-score-order" for block in document.blocks())
    passed = next(
        block for block in document.blocks() if isinstance(block, Table) and block.id == "table-checks-passed"
    )
    assert "rows_for_each_feature" in [row[0] for row in passed.rows]
    assert json.loads((house / "report.json").read_text(encoding="utf-8"))["format"] == 1
