"""`reportgen run` as its user meets it: whole processes on real data."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pypdf
import pytest

from reportgen.document import Document, Figure, Table, from_json
from reportgen.outputs import html as html_output
from reportgen.outputs import pdf as pdf_output

pytestmark = pytest.mark.slow

EXAMPLE = Path(__file__).parents[1] / "examples" / "breast-cancer"
#: Steps so large that the squared error leaves the range of numbers.
WILD = ("train.optimizer=sgd", "train.learning_rate=100", "model.activation=linear", "model.dropout=0")
LOGISTIC = "model={kind: sklearn, estimator: sklearn.linear_model.LogisticRegression}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the tutorial experiment in it."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "experiment"))


def reportgen(
    folder: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "reportgen", *arguments],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )


def document(path: Path) -> Document:
    return from_json(path.read_bytes(), path.name)


def scikit(folder: Path) -> None:
    """Turn the tutorial into a logistic regression, which trains at once."""
    spec = folder / "experiment.yaml"
    text = re.sub(r"(?m)^(model|train):.*\n", "", spec.read_text(encoding="utf-8"))
    spec.write_text(text + LOGISTIC.replace("=", ": ", 1) + "\n", encoding="utf-8")


class TestTheTutorial:
    @pytest.fixture(scope="class")
    def written(self, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """The tutorial in four formats, trained for five epochs; gates may fail so early."""
        folder = Path(shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("tutorial") / "x"))
        outputs = [item for name in ("html", "pdf", "json", "md") for item in ("-o", f"report.{name}")]
        done = reportgen(folder, "run", "experiment.yaml", "--strict", "--set", "train.epochs=5", *outputs)
        assert done.returncode in (0, 1), done.stderr
        assert done.stderr == ""
        assert done.stdout.split() == ["report.html", "report.pdf", "report.json", "report.md"]
        return folder

    def test_has_every_section_of_the_catalogue_that_applies(self, written: Path) -> None:
        keys = [section.key for section in document(written / "report.json").sections]
        assert keys == [
            "summary",
            "data",
            "preparation",
            "model",
            "training",
            "evaluation",
            "explanation",
            "findings",
            "record",
        ]

    def test_has_the_figures_of_the_data_the_network_and_the_task(self, written: Path) -> None:
        ids = {block.id for block in document(written / "report.json").blocks() if isinstance(block, Figure)}
        assert ids >= {
            "figure-loss",
            "figure-accuracy-curve",
            "figure-weights-hidden-1",
            "figure-activation-functions-relu",
            "figure-architecture",
            "figure-confusion-matrix",
            "figure-roc",
            "figure-precision-recall",
            "figure-calibration",
            "figure-associations",
        }

    def test_splits_as_scikit_learn_does(self, written: Path) -> None:
        predictions = document(written / "report.json").evidence.predictions
        assert {name: len(part["y_true"]) for name, part in predictions.items()} == {
            "train": 398,
            "validation": 57,
            "test": 114,
        }

    def test_shows_the_same_content_in_html_pdf_and_json(self, written: Path) -> None:
        content = document(written / "report.json").content_id
        for unit, name in ((html_output, "report.html"), (pdf_output, "report.pdf")):
            assert unit.read((written / name).read_bytes(), name).content_id == content
        page = (written / "report.html").read_text(encoding="utf-8")
        assert content[:4] in page

    def test_carries_the_experiment_file_and_what_was_changed(self, written: Path) -> None:
        evidence = document(written / "report.json").evidence
        assert evidence.spec == (written / "experiment.yaml").read_text(encoding="utf-8")
        assert evidence.overrides == ("train.epochs=5",)

    def test_compares_with_both_baselines(self, written: Path) -> None:
        headline = next(block for block in document(written / "report.json").blocks() if isinstance(block, Table))
        assert [column.title for column in headline.columns][-2:] == ["logistic", "dummy"]
        assert [row[0] for row in headline.rows[:5]] == ["Accuracy", "Precision", "Recall", "F1", "ROC AUC"]

    def test_puts_every_figure_and_table_into_the_pdf(self, written: Path) -> None:
        text = "".join(page.extract_text() for page in pypdf.PdfReader(written / "report.pdf").pages)
        blocks = list(document(written / "report.json").blocks())
        for kind, word in ((Figure, "Figure"), (Table, "Table")):
            number = sum(isinstance(block, kind) for block in blocks)
            assert all(f"{word} {position}." in text for position in range(1, number + 1))

    def test_keeps_the_page_under_600_kilobytes(self, written: Path) -> None:
        assert (written / "report.html").stat().st_size < 600_000


class TestGates:
    def test_a_failed_gate_ends_with_1_and_the_report_is_written(self, folder: Path) -> None:
        scikit(folder)
        done = reportgen(folder, "run", "experiment.yaml", "--set", 'expect={test.f1: ">= 0.9999"}', "-o", "r.json")
        assert done.returncode == 1
        assert document(folder / "r.json").outcome == "gates failed"

    def test_passed_gates_end_with_0(self, folder: Path) -> None:
        scikit(folder)
        done = reportgen(folder, "run", "experiment.yaml", "-o", "r.json")
        assert done.returncode == 0, done.stderr
        assert str(document(folder / "r.json").verdict[0]).startswith("Both gates passed.")


class TestSameInputSameBytes:
    def test_two_runs_in_two_places_give_identical_files(self, tmp_path: Path) -> None:
        made = []
        for number, odd in enumerate(
            (
                {"PYTHONHASHSEED": "1", "LC_ALL": "C", "TZ": "UTC"},
                {"PYTHONHASHSEED": "2", "LC_ALL": "C.UTF-8", "TZ": "Asia/Tokyo"},
            )
        ):
            folder = Path(shutil.copytree(EXAMPLE, tmp_path / f"place {number}"))
            environment = {"SOURCE_DATE_EPOCH": "1700000000", **odd}
            done = reportgen(
                folder,
                *("run", "experiment.yaml", "--set", "train.epochs=3", "--set", "expect={}"),
                *("-o", "r.html", "-o", "r.pdf", "-o", "r.json"),
                environment=environment,
            )
            assert done.returncode == 0, done.stderr
            made.append({name: (folder / name).read_bytes() for name in ("r.html", "r.pdf", "r.json")})
        assert made[0]["r.json"] == made[1]["r.json"]
        assert made[0]["r.html"] == made[1]["r.html"]
        assert made[0]["r.pdf"] == made[1]["r.pdf"]

    def test_without_a_fixed_date_only_the_marked_place_differs(self, folder: Path) -> None:
        scikit(folder)
        pages = []
        for name in ("a.html", "b.html"):
            reportgen(folder, "run", "experiment.yaml", "-o", name)
            page = (folder / name).read_text(encoding="utf-8")
            stamps = re.findall(r'<span id="stamp".*?</span>', page, flags=re.DOTALL)
            assert len(stamps) == 1
            pages.append((stamps[0], page.replace(stamps[0], "")))
            time.sleep(1.1)
        assert pages[0][0] != pages[1][0]
        assert pages[0][1] == pages[1][1]

    def test_reproducible_leaves_the_date_out(self, folder: Path) -> None:
        scikit(folder)
        reportgen(folder, "run", "experiment.yaml", "--reproducible", "-o", "r.json")
        stamp = document(folder / "r.json").stamp
        assert (stamp.created, dict(stamp.seconds)) == ("", {})

    @pytest.mark.parametrize("wrong", ["soon", "-1", "1.5", "", "9" * 30])
    def test_a_malformed_source_date_epoch_is_a_usage_error(self, folder: Path, wrong: str) -> None:
        done = reportgen(folder, "run", "experiment.yaml", "-o", "r.html", environment={"SOURCE_DATE_EPOCH": wrong})
        assert done.returncode == 2
        assert "SOURCE_DATE_EPOCH" in done.stderr
        assert not (folder / "r.html").exists()


class TestNothingLeaks:
    def test_environment_home_user_folder_and_arguments_stay_out(self, tmp_path: Path) -> None:
        folder = Path(shutil.copytree(EXAMPLE, tmp_path / "canaryfolder" / "x"))
        scikit(folder)
        subprocess.run(["git", "init", "-q", "."], cwd=folder, check=True)
        subprocess.run(
            ["git", "remote", "add", "origin", "https://canaryuser:canarytoken@example.org/x"], cwd=folder, check=True
        )
        home = tmp_path / "canaryhome"
        home.mkdir()
        environment = {"HOME": str(home), "USER": "canaryuser", "LOGNAME": "canaryuser", "SECRET": "canarysecret"}
        outputs = [
            item for name in ("html", "pdf", "json", "md") for item in ("-o", str(folder / f"canaryname.{name}"))
        ]
        done = reportgen(tmp_path, "run", str(folder / "experiment.yaml"), *outputs, environment=environment)
        assert done.returncode == 0, done.stderr
        texts = [
            (folder / "canaryname.json").read_text(encoding="utf-8"),
            (folder / "canaryname.html").read_text(encoding="utf-8"),
            (folder / "canaryname.md").read_text(encoding="utf-8"),
            (folder / "canaryname.pdf").read_bytes().decode("latin-1"),
            json.dumps(str(pypdf.PdfReader(folder / "canaryname.pdf").metadata)),
        ]
        host = os.uname().nodename
        for text in texts:
            assert "canary" not in text.lower()
            assert str(tmp_path) not in text
            assert len(host) < 6 or host not in text  # A short name stands in base64 by chance.


class TestTrouble:
    @pytest.mark.parametrize("place", ["missing/r.html", "experiment.yaml/r.html"])
    def test_an_impossible_place_is_found_before_training(self, folder: Path, place: str) -> None:
        start = time.perf_counter()
        done = reportgen(folder, "run", "experiment.yaml", "-o", place)
        assert done.returncode == 5
        assert done.stderr.count("\n") == 1
        assert time.perf_counter() - start < 3

    def test_an_unknown_suffix_is_a_usage_error(self, folder: Path) -> None:
        done = reportgen(folder, "run", "experiment.yaml", "-o", "report.docx")
        assert done.returncode == 2
        assert ".html" in done.stderr

    def test_training_that_diverges_ends_with_4_and_a_marked_report(self, tmp_path: Path) -> None:
        folder = Path(shutil.copytree(EXAMPLE.parent / "diabetes", tmp_path / "x"))
        wild = [item for change in WILD for item in ("--set", change)]
        done = reportgen(folder, "run", "experiment.yaml", *wild, "-o", "r.json", "-o", "r.html")
        assert done.returncode == 4, done.stderr
        assert document(folder / "r.json").outcome == "diverged"

    @pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
    def test_an_interrupted_training_gives_a_marked_report(
        self, folder: Path, number: signal.Signals, status: int
    ) -> None:
        command = [sys.executable, "-m", "reportgen", "run", "experiment.yaml", "--set", "train.epochs=1000000"]
        with subprocess.Popen([*command, "-o", "r.json"], cwd=folder, stderr=subprocess.PIPE, text=True) as child:
            time.sleep(12)
            assert child.poll() is None
            child.send_signal(number)
            _, errors = child.communicate(timeout=60)
        assert child.returncode == status, errors
        made = document(folder / "r.json")
        assert made.outcome == "interrupted"
        assert re.match(r"Interrupted at epoch [\d,]+ of 1,000,000\.", str(made.verdict[0]))

    def test_a_second_interrupt_ends_at_once_and_leaves_nothing(self, folder: Path) -> None:
        before = sorted(path.name for path in folder.iterdir())
        command = [sys.executable, "-m", "reportgen", "run", "experiment.yaml", "--set", "train.epochs=1000000"]
        with subprocess.Popen([*command, "-o", "r.json"], cwd=folder, stderr=subprocess.PIPE, text=True) as child:
            time.sleep(1.0)
            child.send_signal(signal.SIGINT)
            time.sleep(0.05)
            child.send_signal(signal.SIGINT)
            child.communicate(timeout=30)
        assert child.returncode == 130
        assert sorted(path.name for path in folder.iterdir()) == before

    def test_an_old_report_survives_a_run_that_fails(self, folder: Path) -> None:
        (folder / "r.html").write_text("old", encoding="utf-8")
        (folder / "breast_cancer.csv").write_text("a,target\n1,x\n2\n", encoding="utf-8")
        done = reportgen(folder, "run", "experiment.yaml", "-o", "r.html")
        assert done.returncode in (2, 3)
        assert (folder / "r.html").read_text(encoding="utf-8") == "old"


class TestProgress:
    def test_a_terminal_shows_the_stages(self, folder: Path) -> None:
        scikit(folder)
        terminal, inside = os.openpty()
        command = [sys.executable, "-m", "reportgen", "run", "experiment.yaml", "-o", "r.html"]
        with subprocess.Popen(command, cwd=folder, env={**os.environ, "TERM": "xterm"}, stdout=inside, stderr=inside):
            os.close(inside)
            shown = b""
            try:
                while piece := os.read(terminal, 4096):
                    shown += piece
            except OSError:  # The last one inside has closed it.
                pass
        os.close(terminal)
        text = shown.decode()
        assert all(stage in text for stage in ("load", "prepare", "train", "evaluate", "write"))
        assert "398 train" in text


class TestErrorsInTheDataNameTheirPlaceInTheFile:
    @pytest.mark.parametrize(
        ("old", "new", "place"),
        [
            ("positive: malignant", "positive: maligant", "experiment.yaml:9:13: data.positive: 'maligant'"),
            ("split: {test: 0.2,", "split: {by: group, column: no, test: 0.2,", "split.column: "),
        ],
    )
    def test_with_line_and_column(self, folder: Path, old: str, new: str, place: str) -> None:
        spec = folder / "experiment.yaml"
        spec.write_text(spec.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        done = reportgen(folder, "run", "experiment.yaml", "-o", "r.html")
        assert done.returncode in (2, 3)
        assert place in done.stderr
        assert done.stderr.count("\n") == 1
