"""What is built is what is needed: a wheel that renders without the checkout, under a licence that it carries."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from reportgen.document import Document, Section, para, to_json

ROOT = Path(__file__).resolve().parent.parent
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel of this checkout, built in an environment of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([*PIP, "wheel", "--no-deps", "--wheel-dir", str(folder), str(ROOT)], check=True, timeout=300)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def sources(folder: str, pattern: str) -> set[str]:
    found = (path.relative_to(ROOT) for path in (ROOT / folder).rglob(pattern) if path.is_file())
    return {path.as_posix() for path in found if "__pycache__" not in path.parts}


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_package_and_says_that_it_is_typed(names):
    assert sources("reportgen", "*") <= names
    assert "reportgen/py.typed" in names


@pytest.mark.slow
def test_the_wheel_holds_every_template_style_script_and_font(names):
    templates = sources("templates", "*")
    assert {Path(name).suffix for name in templates} >= {".jinja", ".css", ".js", ".woff2", ".ttf"}
    assert {f"reportgen/{name}" for name in templates} <= names


@pytest.mark.slow
def test_the_wheel_holds_nothing_but_the_package_and_its_metadata(names):
    assert {name.split("/")[0].split("-")[0] for name in names} == {"reportgen"}
    assert not [name for name in names if name.endswith((".pyc", ".yaml", ".csv", ".parquet"))]


@pytest.mark.slow
def test_the_wheel_carries_both_licences(names):
    licences = {name.split("/licenses/")[1] for name in names if "/licenses/" in name}
    assert licences == {"LICENSE", "templates/fonts/OFL.txt"}


@pytest.mark.slow
def test_an_installed_wheel_renders_where_the_checkout_is_out_of_sight(wheel, tmp_path):
    site = tmp_path / "site"
    subprocess.run([*PIP, "install", "--no-deps", "--target", str(site), str(wheel)], check=True, timeout=300)
    saved = tmp_path / "report.json"
    document = Document("Nothing but a wheel", (Section("summary", "Summary", (para("It renders."),)),))
    saved.write_text(to_json(document), encoding="utf-8")

    environment = os.environ | {"PYTHONPATH": str(site), "PYTHONSAFEPATH": "1"}
    where = [sys.executable, "-c", "import reportgen; print(reportgen.__file__)"]
    found = subprocess.run(where, env=environment, cwd=tmp_path, check=True, capture_output=True, text=True, timeout=60)
    assert Path(found.stdout.strip()).is_relative_to(site)

    command = [str(site / "bin" / "reportgen"), "render", "report.json", "-o", "report.html"]
    subprocess.run(command, env=environment, cwd=tmp_path, check=True, timeout=60)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<title>Nothing but a wheel" in page
    assert "It renders." in page
    assert "data:font/woff2;base64," in page


def test_every_dependency_has_one_pinned_version_and_no_address():
    lines = (ROOT / "constraints.txt").read_text(encoding="ascii").splitlines()
    pins = dict(line.split("==") for line in lines)
    assert len(pins) == len(lines)
    assert not [line for line in lines if "/" in line or "@" in line or " " in line]

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {item.split(">")[0].lower() for item in project["dependencies"] + project["optional-dependencies"]["test"]}
    assert wanted <= {name.lower() for name in pins}
