"""Every command and every program in the README runs, in the order in which a reader meets them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(sh|python|yaml)\n(.*?)```", README, flags=re.DOTALL)
#: They make an environment of their own; the first is what starts these tests, the last is tested with the wheel.
SET_UP = ("make demo", "make test", "pip install .")


def commands() -> Iterator[str]:
    for language, text in BLOCKS:
        if language == "sh":
            yield from text.strip().splitlines()


@pytest.mark.slow
def test_every_command_of_the_readme_works(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    scripts = Path(sys.executable).parent
    environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"}
    for language, text in BLOCKS:
        if language == "yaml" or re.match(r"# \w+\.py\n", text):
            (tmp_path / text.split()[1]).write_text(text, encoding="utf-8")
            continue
        lines = [["sh", "-c", line] for line in text.strip().splitlines()]
        for step in lines if language == "sh" else [[sys.executable, "-c", text]]:
            if step[-1] in SET_UP:
                continue
            done = subprocess.run(step, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{step[-1]}\n{done.stderr}"
    written = {path.name for path in tmp_path.iterdir()}
    assert {
        "tumours.html",
        "tumours.pdf",
        "first.md",
        "penguins.html",
        "again.html",
        "pets.md",
        "same.html",
        "own.html",
        "log.html",
    } <= written


@pytest.mark.parametrize("target", ["demo", "test"])
def test_the_make_targets_of_the_readme_exist(target: str) -> None:
    assert f"make {target}" in set(commands())
    done = subprocess.run(["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "reportgen run" in done.stdout or "pytest" in done.stdout


def test_every_file_that_the_readme_names_exists() -> None:
    for name in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / name).exists(), name


def test_the_mistake_that_the_readme_shows_is_reported_so(tmp_path: Path) -> None:
    shown = re.search(r"`(tumours\.yaml:\d+:\d+: train\.epoch: [^`]*)`", README)
    assert shown
    spec = tmp_path / "tumours.yaml"
    text = next(text for language, text in BLOCKS if language == "yaml")
    spec.write_text(text.replace("epochs", "epoch"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "reportgen", "check", "tumours.yaml"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert " ".join(shown[1].split()) in done.stderr
