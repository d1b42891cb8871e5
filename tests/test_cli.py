"""The command line itself: finding commands, errors in one line each, exit statuses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from reportgen import cli, errors, registry


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"\n  {name}" in shown for name in registry.names("commands"))


def test_no_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    assert "usage" in capsys.readouterr().out


def test_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("reportgen ")


def test_an_unknown_command_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["rnder"]) == 2
    assert capsys.readouterr().err == "reportgen: error: unknown command 'rnder' - fix: did you mean 'render'?\n"


def test_an_unknown_option_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["render", "x.json", "-o", "y.html", "--wrong"]) == 2
    captured = capsys.readouterr()
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("reportgen: error: ")
    assert captured.out == ""


@pytest.mark.parametrize("hostile", ["\x1b[31mred", "a\nb", "\u202ecba", "::error::x", "[/red]", "x" * 5000])
def test_hostile_arguments_stay_on_one_line_without_control_characters(
    hostile: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([hostile]) == 2
    shown = capsys.readouterr().err
    assert shown.count("\n") == 1
    assert shown.startswith("reportgen: error: ")
    assert all(sign.isprintable() for sign in shown[:-1])
    assert len(shown) < 600


STATUSES = {
    errors.GateFailed: 1,
    errors.UsageError: 2,
    errors.SpecError: 2,
    errors.DataError: 3,
    errors.TrainingError: 4,
    errors.OutputError: 5,
    errors.ArchiveBusy: 6,
    errors.LimitExceeded: 7,
    errors.InternalError: 70,
}


@pytest.mark.parametrize("kind", STATUSES, ids=lambda kind: kind.__name__)
def test_each_error_ends_with_its_own_status(
    kind: type[errors.ReportgenError], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: list[str]) -> int:
        raise kind("broken", "mend it", file="a.yaml", line=3, column=7, key="train.epochs")

    monkeypatch.setattr(cli, "_dispatch", fail)
    assert cli.main(["run"]) == STATUSES[kind]
    assert capsys.readouterr().err == "reportgen: error: a.yaml:3:7: train.epochs: broken - fix: mend it\n"


def test_every_problem_has_a_line_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: list[str]) -> int:
        raise errors.SpecError.of([errors.Problem("one", file="a.yaml"), errors.Problem("two", file="a.yaml")])

    monkeypatch.setattr(cli, "_dispatch", fail)
    assert cli.main(["check"]) == 2
    assert capsys.readouterr().err == "reportgen: error: a.yaml: one\nreportgen: error: a.yaml: two\n"


def test_a_bug_of_ours_is_one_line_and_status_70(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: list[str]) -> int:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(cli, "_dispatch", fail)
    assert cli.main(["run"]) == 70
    shown = capsys.readouterr().err
    assert shown.startswith("reportgen: error: ZeroDivisionError: division by zero")
    assert shown.count("\n") == 1


def test_debug_shows_the_trace(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(_: list[str]) -> int:
        raise errors.DataError("broken")

    monkeypatch.setattr(cli, "_dispatch", fail)
    assert cli.main(["run", "--debug"]) == 3
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("kind", "status"), [(KeyboardInterrupt, 130), (errors.Interrupted, 130), (errors.Terminated, 143)]
)
def test_an_interrupt_is_one_line(
    kind: type[BaseException], status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(_: list[str]) -> int:
        raise kind

    monkeypatch.setattr(cli, "_dispatch", stop)
    assert cli.main(["run"]) == status
    assert capsys.readouterr().err == "reportgen: error: interrupted\n"


def test_an_interrupt_is_no_exception_that_a_unit_could_be_forgiven() -> None:
    assert not issubclass(errors.Interrupted, Exception)


@pytest.mark.parametrize(
    ("shell", "status", "words"),
    [
        ("{} list figures > /dev/full", 5, "reportgen: error: the standard output takes no more"),
        ("{} --version > /dev/full", 5, "reportgen: error: the standard output takes no more"),
        ("{} list figures >&-", 0, ""),
        ("({} schema; echo $? >&2) | true", 0, "0"),
        ("({} --version; echo $? >&2) | true", 0, "0"),
    ],
)
def test_an_output_that_takes_nothing_gives_no_traceback(shell: str, status: int, words: str) -> None:
    command = shell.format(f"{sys.executable} -m reportgen")
    done = subprocess.run(
        ["sh", "-c", command], cwd=Path(__file__).parents[1], capture_output=True, text=True, check=False
    )
    assert done.returncode == status
    assert done.stderr.startswith(words)
    assert done.stderr.count("\n") == (1 if words else 0)


@pytest.mark.parametrize(
    ("spec", "arguments"),
    [
        ("x.yaml", ["-o", "data.json"]),
        ("x.yaml", ["-o", "./folder/../data.json"]),
        ("data.yaml", []),
        ("x.json", ["-o", "x.json"]),
    ],
)
def test_a_report_never_takes_the_place_of_its_data_or_its_experiment(
    spec: str,
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "data.json").write_text('[{"a": 1, "b": 2}, {"a": 3, "b": 4}]', encoding="utf-8")
    (tmp_path / spec).write_text("data: {path: data.json}\nreport: {formats: [json]}\n", encoding="utf-8")
    before = {path.name: path.read_bytes() for path in tmp_path.glob("*.*")}
    assert cli.main(["run", spec, *arguments]) == 2
    assert "written over what it is made from" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.*")} == before
