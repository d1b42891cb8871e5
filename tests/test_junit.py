"""Gates for continuous integration: JUnit XML, and gates on single classes and baselines from file to verdict."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen import experiment
from reportgen.cli import main
from reportgen.errors import SpecError
from reportgen.junit import junit_xml
from reportgen.metrics import score_prediction
from reportgen.results import Gate, Run
from reportgen.sections._verdict import verdict
from reportgen.specfile import decode
from tests import runs

PASSED = Gate("test.f1", ">= 0.9", 0.93, True)
FAILED = Gate("test.recall[malignant]", ">= 0.95", 0.9123456789, False)
MISSING = Gate("test.roc_auc", "> 0.5", None, False, "test.roc_auc has no value")


def test_each_gate_is_a_test_case_and_what_fails_has_its_value_and_bound() -> None:
    root = ET.fromstring(junit_xml("Tumours", [PASSED, FAILED, MISSING]))
    suite = root[0]
    assert (root.tag, suite.get("name")) == ("testsuites", "Tumours")
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "2", "0")
    assert [case.get("name") for case in suite] == [
        "test.f1 >= 0.9",
        "test.recall[malignant] >= 0.95",
        "test.roc_auc > 0.5",
    ]
    assert [len(case) for case in suite] == [0, 1, 1]
    assert suite[1][0].get("message") == "test.recall[malignant] is 0.912346, asked for >= 0.95"
    assert "has no value" in str(suite[2][0].get("message"))


@given(st.text(max_size=400), st.text(max_size=60))
def test_any_title_and_expression_is_well_formed(title: str, expression: str) -> None:
    root = ET.fromstring(junit_xml(title, [replace(FAILED, expression=expression)]))
    assert len(root.findall("testsuite/testcase/failure")) == 1


DATA = "x,y\n" + "".join(f"{number},{'abc'[number % 3]}\n" for number in range(60))
SPEC = """data: {path: t.csv, target: y}
model: {kind: sklearn, estimator: sklearn.tree.DecisionTreeClassifier}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "t.csv").write_text(DATA, encoding="utf-8")
    return tmp_path


def test_without_gates_there_is_nothing_to_tell(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "e.yaml").write_text(SPEC, encoding="utf-8")
    assert main(["run", str(folder / "e.yaml"), "--junit", str(folder / "j.xml")]) == 2
    assert "there are no gates" in capsys.readouterr().err
    assert not (folder / "j.xml").exists()


def test_the_gates_never_take_the_place_of_an_input(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "e.yaml").write_text(SPEC + 'expect: {test.f1: "> 0"}\n', encoding="utf-8")
    assert main(["run", str(folder / "e.yaml"), "--junit", str(folder / "t.csv")]) == 2
    assert "made from" in capsys.readouterr().err
    assert (folder / "t.csv").read_text(encoding="utf-8") == DATA


@pytest.mark.parametrize(
    ("gate", "words"),
    [
        ("boosted.f1", "there is no baseline boosted"),
        ("test.accuracy[a]", "'accuracy' is not measured for one class or step"),
        ("train.f1[a]", "single classes and steps are measured on test"),
        ("linear.f1[a]", "single classes and steps are measured on test"),
    ],
)
def test_a_score_that_will_not_exist_is_refused_with_its_place(gate: str, words: str) -> None:
    text = SPEC + 'evaluate: {baselines: [linear]}\nexpect:\n  GATE: "> 0"\n'.replace("GATE", gate)
    with pytest.raises(SpecError) as caught:
        decode(text, "e.yaml").spec()
    assert words in str(caught.value)


def test_a_class_that_is_not_there_is_refused_before_training(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "e.yaml").write_text(SPEC + 'expect: {"test.f1[z]": "> 0"}\n', encoding="utf-8")
    assert main(["run", str(folder / "e.yaml"), "-o", str(folder / "r.json")]) == 2
    assert "'z' is no class of this task" in capsys.readouterr().err


def scored(expect: dict[str, str]) -> Run:
    run = runs.binary()
    assert run.task is not None
    scores = score_prediction(run.predictions["test"], run.task, per_class=True)
    scores += score_prediction(run.baselines["linear"]["test"], run.task, model="linear")
    run = replace(run, scores=scores, spec=run.spec.model_copy(update={"expect": expect}))
    return replace(run, gates=experiment.judge(run))


def test_gates_are_judged_on_the_scores_of_a_class_and_of_a_baseline() -> None:
    run = scored({"test.recall[malignant]": "> 0", "test.accuracy - linear.accuracy": ">= -1"})
    one, model, linear = (
        run.score("recall", label="malignant"),
        run.score("accuracy"),
        run.score("accuracy", model="linear"),
    )
    assert one is not None
    assert model is not None
    assert linear is not None
    assert model.value is not None
    assert linear.value is not None
    assert run.gates[0].value == one.value
    assert run.gates[1].value == pytest.approx(model.value - linear.value)


def test_the_verdict_names_the_class_and_the_baseline() -> None:
    run = scored({"test.recall[malignant]": "> 2", "test.accuracy - linear.accuracy": "> 2"})
    told = str(verdict(run)[0])
    assert "Recall of malignant on test is" in told
    assert "the linear baseline" in told


@pytest.mark.slow
def test_a_run_writes_the_file_and_ends_with_1(folder: Path) -> None:
    spec = SPEC + 'expect:\n  test.accuracy: ">= 1.1"\n  "test.f1[a]": ">= 0"\n'
    (folder / "e.yaml").write_text(spec, encoding="utf-8")
    arguments = ["run", str(folder / "e.yaml"), "-o", str(folder / "r.json"), "--junit", str(folder / "j.xml")]
    assert main(arguments) == 1
    suite = ET.parse(folder / "j.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
