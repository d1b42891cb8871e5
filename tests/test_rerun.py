"""Rerun: the experiment in a report, run again on the same data; what differs, and what a stranger's report may do."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reportgen import api, provenance, rerun
from reportgen.cli import main
from reportgen.document import Document, from_json, to_json
from reportgen.errors import DataError, SpecError, UsageError
from reportgen.session import Session

SPEC = """\
data: {path: table.csv, target: y}
split: {test: 0.4, validation: 0.2}
model: {kind: sklearn, estimator: sklearn.linear_model.LogisticRegression}
report: {figures: [roc]}
"""
MODULE = """\
from sklearn.linear_model import LogisticRegression


def build():
    return LogisticRegression()
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report beside the experiment file and the data."""
    folder = tmp_path_factory.mktemp("made")
    random = np.random.default_rng(0)
    rows = [f"{random.normal(number % 2):.3f},{random.normal():.3f},{'ab'[number % 2]}" for number in range(80)]
    (folder / "table.csv").write_text("\n".join(["u,v,y", *rows]) + "\n", encoding="utf-8")
    (folder / "x.yaml").write_text(SPEC, encoding="utf-8")
    api.run(folder / "x.yaml", overrides=["seed=7"], session=Session(inline=True)).save(folder / "r.json")
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    """The report and the data in another folder, without the experiment file."""
    for name in ("r.json", "table.csv"):
        shutil.copy(made / name, tmp_path)
    return tmp_path


def document(place: Path) -> Document:
    return api.read(place / "r.json").document


def change(place: Path, how: Callable[[dict[str, Any]], object]) -> None:
    plain = json.loads((place / "r.json").read_text(encoding="utf-8"))
    how(plain)
    (place / "r.json").write_text(to_json(from_json(json.dumps(plain))), encoding="utf-8")


def with_spec(place: Path, text: str) -> Document:
    """The report as if its experiment file had been this."""
    change(place, lambda plain: plain["evidence"].update(spec=text, overrides=[]))
    return document(place)


class TestTheSameExperimentOnTheSameData:
    def test_gives_the_same_content_id_in_another_folder(self, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["rerun", str(place / "r.json"), "-o", str(place / "again.json")]) == 0
        told = capsys.readouterr().out
        assert "Python, platform and packages are those of the report." in told
        assert "scores and their intervals are the same." in told
        again = api.read(place / "again.json").document
        assert again.content_id == document(place).content_id
        assert again.evidence.overrides == ("seed=7",)

    def test_takes_the_data_from_another_file_of_any_name(self, place: Path, tmp_path: Path) -> None:
        other = tmp_path / "elsewhere"
        other.mkdir()
        (place / "table.csv").rename(other / "renamed.csv")
        assert main(["rerun", str(place / "r.json"), "--data", str(other / "renamed.csv")]) == 0

    def test_takes_the_data_from_another_folder(self, place: Path, tmp_path: Path) -> None:
        other = tmp_path / "elsewhere"
        other.mkdir()
        (place / "table.csv").rename(other / "table.csv")
        assert main(["rerun", str(place / "r.json"), "--data", str(other)]) == 0

    def test_writes_nothing_unless_it_is_asked_to(self, place: Path) -> None:
        before = {path.name for path in place.iterdir()}
        main(["rerun", str(place / "r.json")])
        assert {path.name for path in place.iterdir()} == before


class TestWhatDiffers:
    def test_a_score_is_told_with_both_values_and_ends_with_1(
        self, place: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def better(plain: dict[str, Any]) -> None:
            one = next(score for score in plain["evidence"]["scores"] if score["split"] == "test")
            assert one["metric"] == "accuracy"
            one["value"] = 0.999

        change(place, better)
        assert main(["rerun", str(place / "r.json")]) == 1
        told = capsys.readouterr().out
        assert "test.accuracy  0.999 then, 0." in told
        assert "The content id differs" in told
        assert "What differs: evidence: scores." in told

    def test_a_package_of_another_version_is_told(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        now = provenance.packages()
        monkeypatch.setattr(provenance, "packages", lambda: {**now, "numpy": "99.0"})
        (only,) = rerun.environment(document(place))
        assert (only.name, only.before, only.after) == ("numpy", now["numpy"], "99.0")

    def test_scores_within_a_billionth_are_the_same(self, place: Path) -> None:
        before = document(place)
        change(
            place, lambda plain: plain["evidence"]["scores"][0].update(value=before.evidence.scores[0]["value"] + 1e-10)
        )
        assert rerun.scores(before, document(place)) == ()

    def test_the_parts_that_differ_are_named(self, place: Path) -> None:
        before = document(place)
        change(place, lambda plain: plain["sections"][0].update(title="Other"))
        assert rerun.parts(before, document(place)) == (f"section {before.sections[0].key}",)

    def test_classes_that_begin_alike_are_held_apart(self, place: Path) -> None:
        def long_names(plain: dict[str, Any]) -> None:
            named = [score for score in plain["evidence"]["scores"] if score["label"] is not None][:2]
            for score, last in zip(named, "pq", strict=True):
                score.update(metric="recall", split="test", label="x" * 200 + last)

        change(place, long_names)
        before = document(place)

        def first(plain: dict[str, Any]) -> None:
            next(one for one in plain["evidence"]["scores"] if (one["label"] or "").endswith("p"))["value"] = -1.0

        change(place, first)
        (only,) = rerun.scores(before, document(place))
        assert only.after == -1.0

    def test_a_name_from_the_report_cannot_steer_the_terminal(
        self, place: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def named(plain: dict[str, Any]) -> None:
            plain["evidence"]["provenance"]["packages"]["\x1b[31m"] = "1"
            plain["sections"][-1]["key"] = "\x1b[2J"

        change(place, named)
        assert main(["rerun", str(place / "r.json")]) == 1
        assert "\x1b" not in capsys.readouterr().out


class TestTheData:
    def test_of_another_hash_are_refused_before_anything_is_loaded(
        self, place: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with (place / "table.csv").open("a", encoding="utf-8") as file:
            file.write("0.1,0.2,a\n")
        assert main(["rerun", str(place / "r.json")]) == 3
        assert "not the file that the report was made from: SHA-256 " in capsys.readouterr().err

    def test_that_are_missing_are_told_with_their_key(self, place: Path) -> None:
        (place / "table.csv").unlink()
        with pytest.raises(DataError, match=r"data\.path: 'table\.csv' does not exist"):
            rerun.taken_out(document(place), place)

    def test_of_several_files_want_their_folder(self, place: Path) -> None:
        found = with_spec(place, SPEC.replace("table.csv", "[table.csv, more.csv]"))
        with pytest.raises(UsageError, match="give the folder that they lie in"):
            rerun.taken_out(found, place, data=place / "table.csv")

    def test_that_a_path_leads_out_to_are_opened_where_the_hash_is_theirs(self, place: Path) -> None:
        (place / "inner").mkdir()
        found = with_spec(place, SPEC.replace("table.csv", "../table.csv"))
        assert rerun.taken_out(found, place / "inner").locate().name == "table.csv"


class TestAReportThatAsksForMore:
    @pytest.mark.parametrize(
        ("spec", "why"),
        [
            (
                SPEC.replace(
                    "{kind: sklearn, estimator: sklearn.linear_model.LogisticRegression}", "{kind: python, path: m.py}"
                ),
                "runs the code in 'm.py'",
            ),
            (SPEC.replace("path: table.csv", "path: 'sqlite:///t.db', query: SELECT 1"), "asks a database"),
            (
                SPEC.replace("{kind: sklearn, estimator: sklearn.linear_model.LogisticRegression}", "{kind: mlp}")
                + "train: {save_weights: w.npz}\n",
                "writes 'w.npz'",
            ),
            (
                SPEC.replace("target: y", "target: y, test: 'sqlite:///t.db', query: SELECT 1"),
                "asks a database",
            ),
            (SPEC.replace("target: y", "target: y, test: ../outside"), "reads the folder '../outside'"),
            (
                SPEC.replace("{kind: sklearn, estimator: sklearn.linear_model.LogisticRegression}", "{kind: mlp}")
                + "train: {initial_weights: ../w.npz}\n",
                "reads '../w.npz'",
            ),
        ],
    )
    def test_is_refused_unless_it_is_trusted(self, place: Path, spec: str, why: str) -> None:
        (place / "outside").mkdir()
        (place / "inner").mkdir()
        found = with_spec(place, spec.replace("split: {test: 0.4, validation: 0.2}\n", ""))
        with pytest.raises(UsageError, match="add --trust") as caught:
            rerun.taken_out(found, place / "inner")
        assert why in str(caught.value)

    def test_runs_its_code_where_it_is_trusted(self, tmp_path: Path, made: Path) -> None:
        shutil.copy(made / "table.csv", tmp_path)
        (tmp_path / "m.py").write_text(MODULE, encoding="utf-8")
        model = "{kind: sklearn, estimator: sklearn.linear_model.LogisticRegression}"
        (tmp_path / "x.yaml").write_text(SPEC.replace(model, "{kind: python, path: m.py}"), encoding="utf-8")
        api.run(tmp_path / "x.yaml", session=Session(inline=True)).save(tmp_path / "r.json")
        assert main(["rerun", str(tmp_path / "r.json")]) == 2
        assert main(["rerun", str(tmp_path / "r.json"), "--trust"]) == 0

    def test_whose_name_leads_elsewhere_stays_in_its_folder(self, place: Path) -> None:
        change(place, lambda plain: plain["evidence"].update(spec_name="../../etc/x.yaml"))
        assert Path(rerun.taken_out(document(place), place).file) == place / "x.yaml"

    def test_and_has_no_experiment_file_cannot_be_run(self, place: Path) -> None:
        with pytest.raises(DataError, match="carries no experiment file"):
            rerun.taken_out(with_spec(place, ""), place)

    @pytest.mark.parametrize(
        "odd",
        [
            lambda held: held["provenance"].update(packages=[1]),
            lambda held: held["provenance"].update(data_files=["x"]),
            lambda held: held["scores"][0].pop("split"),
            lambda held: held["scores"][0].update(value="x"),
        ],
    )
    def test_and_whose_record_is_none_is_damaged(self, place: Path, odd: Callable[[dict[str, Any]], object]) -> None:
        change(place, lambda plain: odd(plain["evidence"]))
        with pytest.raises(DataError, match="a damaged report"):
            rerun.taken_out(document(place), place)

    def test_and_has_a_key_that_is_unknown_here_tells_it(self, place: Path) -> None:
        with pytest.raises(SpecError, match="tomorrow"):
            rerun.taken_out(with_spec(place, SPEC + "tomorrow: 1\n"), place)


def test_a_new_report_never_takes_the_place_of_the_old_one(place: Path) -> None:
    before = (place / "r.json").read_bytes()
    assert main(["rerun", str(place / "r.json"), "-o", str(place / "r.json")]) == 2
    assert (place / "r.json").read_bytes() == before
