"""The examples: small real data of a named licence, and experiments that run as they stand."""

from __future__ import annotations

import re
from pathlib import Path

import jsonschema
import pandas as pd
import pytest
import yaml

import reportgen
from reportgen import specfile
from reportgen.commands.schema import published
from reportgen.document import Document
from reportgen.render import to_html
from reportgen.render.page import Medium

FOLDER = Path(__file__).resolve().parent.parent / "examples"
SPECS = sorted(FOLDER.glob("*/experiment.yaml"))

each_example = pytest.mark.parametrize("path", SPECS, ids=lambda path: path.parent.name)


def decode(path: Path):
    return specfile.decode(path.read_text(encoding="utf-8"), path.name)


def shown(document: Document, medium: Medium) -> list[str]:
    """The anchors of its figures and tables, in their order."""
    return re.findall(r'<(?:figure|table) id="([^"]+)"', to_html(document, medium=medium))


def data_files(folder: Path) -> list[Path]:
    """What lies beside the experiment file and is neither text about it nor a report."""
    return [file for file in folder.iterdir() if file.suffix in {".csv", ".parquet"}]


def test_there_are_networks_and_estimators_for_every_task_from_several_kinds_of_source():
    specs = [decode(path) for path in SPECS]
    assert len(specs) >= 4
    assert {spec.model.kind for spec in specs if spec.model} >= {"mlp", "cnn", "rnn", "sklearn"}
    sources = {"sklearn" if spec.data.path.startswith("sklearn:") else Path(spec.data.path).suffix for spec in specs}
    assert sources >= {"sklearn", ".csv", ".parquet", ""}  # The last is a folder of images.


@each_example
def test_its_readme_names_command_source_and_licence(path):
    text = (path.parent / "README.md").read_text(encoding="utf-8")
    assert f"reportgen run examples/{path.parent.name}/experiment.yaml" in text
    assert "\n- Source: " in text
    assert "\n- Licence: " in text


@each_example
def test_its_data_are_small_and_described_and_lie_where_the_experiment_says(path):
    text = (path.parent / "README.md").read_text(encoding="utf-8")
    where = decode(path).data.path
    assert where.startswith("sklearn:") or list(path.parent.glob(where))
    for file in data_files(path.parent):
        assert file.stat().st_size < 300_000
        assert f"`{file.name}`" in text
    assert sum(file.stat().st_size for file in path.parent.rglob("*.jpg")) < 300_000


def test_one_is_on_the_data_alone():
    assert [path.parent.name for path in SPECS if decode(path).model is None] == ["weather"]


@each_example
def test_the_published_schema_accepts_it(path):
    jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), published())


def test_the_breast_cancer_file_says_what_scikit_learn_says():
    from sklearn.datasets import load_breast_cancer

    frame = pd.read_csv(FOLDER / "breast-cancer" / "breast_cancer.csv")
    bunch = load_breast_cancer(as_frame=True)
    pd.testing.assert_frame_equal(frame.drop(columns="target"), bunch.data, check_exact=True)
    assert frame["target"].map({"malignant": 0, "benign": 1}).tolist() == bunch.target.tolist()


@pytest.mark.slow
@each_example
def test_it_runs_with_nothing_broken_and_its_gates_hold(path):
    report = reportgen.run(path)
    assert report.warnings == ()
    assert report.exit_status == 0
    assert report.document.title == decode(path).title
    assert shown(report.document, "print") == shown(report.document, "page") != []
