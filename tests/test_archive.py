"""An archive keeps what it was given, whatever happens to those who write to it."""

from __future__ import annotations

import base64
import errno
import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reportgen import api, archive
from reportgen.archive.entry import ENTRY, Entry, entry_of, folder_name, from_bytes
from reportgen.archive.local import LocalFolder
from reportgen.archive.page import to_html
from reportgen.archive.settings import settings
from reportgen.archive.where import chosen, in_order
from reportgen.cli import main
from reportgen.document import Document, Evidence, Section, Stamp, para
from reportgen.errors import ArchiveBusy, DataError, LimitExceeded, OutputError, UsageError
from tests.pages import read

ROOT = Path(__file__).parents[1]


def document(title: str = "Tumours", f1: float = 0.9, day: int = 1, epochs: int = 10) -> Document:
    evidence = Evidence(
        spec=f"title: x\nmodel: {{kind: mlp, hidden: [64, 32]}}\ntrain: {{epochs: {epochs}}}\n",
        scores=(
            {"metric": "f1", "split": "test", "value": f1, "model": "model", "label": None},
            {"metric": "f1", "split": "test", "value": 0.5, "model": "linear", "label": None},
            {"metric": "recall", "split": "test", "value": 0.7, "model": "model", "label": "malignant"},
            {"metric": "mcc", "split": "test", "value": None, "model": "model", "label": None},
        ),
    )
    stamp = Stamp(f"2026-11-{day:02}T10:00:00+00:00", {"fit": 1.5, "draw": 0.5})
    return Document(title, (Section("data", "Data", (para("x"),)),), seed=7, evidence=evidence, stamp=stamp)


def stored(folder: Path, *documents: Document) -> list[archive.Added]:
    kept = LocalFolder(folder)
    return [archive.add_document(kept, one, f"<p>{one.content_id}".encode()) for one in documents]


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below, with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def made(title: str, **values: Any) -> Entry:
    return replace(entry_of(document(title), b"x", ".html", "2026-11-24T00:00:00+00:00"), **values)


# Adding


def test_a_report_is_stored_as_it_is_under_its_experiment_and_content_id(tmp_path: Path) -> None:
    source = api.Report(document()).save(tmp_path / "r.json")
    added = archive.add(LocalFolder(tmp_path / "a"), source)
    expected = f"tumours/{document().content_id}/report-{hashlib.sha256(source.read_bytes()).hexdigest()[:12]}.json"
    assert added.path == expected
    assert (tmp_path / "a" / expected).read_bytes() == source.read_bytes()


@pytest.mark.parametrize("suffix", [".html", ".json", pytest.param(".pdf", marks=pytest.mark.slow)])
def test_a_report_of_any_format_that_can_be_read_is_checked_clean(tmp_path: Path, suffix: str) -> None:
    source = api.Report(document()).save(tmp_path / f"r{suffix}")
    assert main(["archive", "add", str(source), "--to", str(tmp_path / "a")]) == 0
    assert main(["archive", "check", str(tmp_path / "a")]) == 0


def test_the_entry_has_metrics_as_gates_name_them_and_the_settings_of_the_file(tmp_path: Path) -> None:
    (added,) = stored(tmp_path, document())
    entry = from_bytes((tmp_path / added.entry.place / ENTRY).read_bytes(), "e")
    assert entry == added.entry
    assert entry.metrics == {"test.f1": 0.9, "linear.f1": 0.5}
    assert entry.params == {"model.kind": "mlp", "model.hidden": "[64, 32]", "train.epochs": 10}
    assert (entry.seed, entry.seconds, entry.outcome, entry.title) == (7, 2.0, "done", "Tumours")


def test_a_report_that_is_there_already_stays_as_it_is(tmp_path: Path) -> None:
    (first,) = stored(tmp_path, document(day=1))
    before = tree(tmp_path)
    again = archive.add_document(LocalFolder(tmp_path), document(day=2), b"other bytes, same content id")
    assert not again.is_new
    assert again.path == first.path
    assert tree(tmp_path) == before


@pytest.mark.parametrize("value", [10**400, float("nan"), float("inf"), "0.9", True])
def test_a_score_that_is_no_number_to_show_is_left_out_of_the_entry(value: object) -> None:
    score = {"metric": "f1", "split": "test", "value": value, "model": "model", "label": None}
    own = replace(document(), evidence=Evidence(scores=(score,)))
    assert entry_of(own, b"", ".html", "").metrics == {}


def test_times_beyond_every_number_are_left_out_of_the_entry() -> None:
    own = replace(document(), stamp=Stamp("", {"fit": 1e308, "draw": 1e308}))
    assert entry_of(own, b"", ".html", "").seconds is None


def test_what_is_no_report_is_named_and_the_others_are_stored(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good = api.Report(document()).save(tmp_path / "good.json")
    (tmp_path / "bad.html").write_text("<p>x")
    status = main(["archive", "add", str(tmp_path / "bad.html"), str(good), "--to", str(tmp_path / "a")])
    told = capsys.readouterr()
    assert status == 3
    assert "bad.html" in told.err
    assert len(told.err.splitlines()) == 1
    assert "tumours/" in told.out


def test_reports_that_cannot_be_added_end_with_the_status_they_have_in_common(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.html").write_text("<p>x")
    known, broken = str(tmp_path / "x.md"), str(tmp_path / "bad.html")
    to = ["--to", str(tmp_path / "a")]
    assert main(["archive", "add", known, known, *to]) == 2
    assert main(["archive", "add", broken, *to]) == 3
    assert main(["archive", "add", known, broken, *to]) == 3
    capsys.readouterr()
    good = api.Report(document()).save(tmp_path / "good.json")
    real = archive.add

    def limited(folder: archive.Folder, source: Path) -> archive.Added:
        if source.name == "x.md":
            raise LimitExceeded("too large", file=source.name)
        return real(folder, source)

    monkeypatch.setattr(archive, "add", limited)
    assert main(["archive", "add", known, str(good), *to]) == 7
    assert "tumours/" in capsys.readouterr().out


def test_an_untitled_experiment_goes_by_the_name_of_its_file() -> None:
    untitled = replace(document("Experiment"), evidence=Evidence(spec_name="night-run.yaml"))
    assert entry_of(untitled, b"", ".html", "").place.startswith("night-run/")


# Names

NAMES = [
    "../x",
    "/abs",
    "a/b",
    "CON",
    "com1",
    "a.",
    "",
    ".",
    "..",
    "-",
    "x" * 300,
    "実験",
    "é",
    "a\0b",
    "\ud800",
    "A",
    "a",
]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_name_of_any_kind_stays_within_the_archive(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "deep" / "archive"
    inside.mkdir(parents=True)
    (added,) = stored(inside, document(name))
    place = folder_name(added.entry.experiment)
    assert re.fullmatch("[a-z0-9][a-z0-9-]{0,80}", place)
    assert place not in ("con", "com1")
    assert {path.split("/")[0] for path in tree(tmp_path)} == {"deep"}
    assert sorted(tree(inside)) == sorted([f"{added.entry.place}/{ENTRY}", added.path])
    assert [entry.id for entry in archive.contents(LocalFolder(inside)).entries] == [added.entry.id]


def test_composed_and_decomposed_letters_are_one_name() -> None:
    composed, decomposed = (unicodedata.normalize(form, "Größe") for form in ("NFC", "NFD"))
    places = [entry_of(document(name), b"", ".html", "").experiment for name in (composed, decomposed)]
    assert places[0] == places[1]


def test_names_that_lose_letters_are_kept_apart() -> None:
    assert len({folder_name(name) for name in ("実験", "試験", "x", "Größe", "Groe")}) == 5


def test_capitals_share_a_folder_as_they_do_on_some_disks(tmp_path: Path) -> None:
    stored(tmp_path, document("A"), document("a"))
    entries = archive.contents(LocalFolder(tmp_path)).entries
    assert sorted(entry.experiment for entry in entries) == ["A", "a"]
    assert {entry.place.split("/")[0] for entry in entries} == {"a"}


@pytest.mark.parametrize("name", ["tumours", ".adding"])
def test_a_link_inside_the_archive_is_not_followed(tmp_path: Path, name: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "a" / name).symlink_to(tmp_path / "outside")
    with pytest.raises(OutputError, match="this is a link"):
        stored(tmp_path / "a", document())
    assert tree(tmp_path / "outside") == {}


@pytest.mark.parametrize("name", ["index.html", ".index.lock"])
def test_a_link_in_place_of_the_index_is_not_written_through(tmp_path: Path, name: str) -> None:
    stored(tmp_path / "a", document())
    (tmp_path / "other").write_text("old")
    (tmp_path / "a" / name).symlink_to(tmp_path / "other")
    with pytest.raises(OutputError, match="this is a link"):
        archive.write_index(LocalFolder(tmp_path / "a"))
    assert (tmp_path / "other").read_text() == "old"


def test_linked_folders_are_not_listed(tmp_path: Path) -> None:
    stored(tmp_path / "other", document())
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "tumours").symlink_to(tmp_path / "other" / "tumours")
    assert archive.contents(LocalFolder(tmp_path / "a")).entries == ()


def test_an_archive_may_itself_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    stored(tmp_path / "link", document())
    assert len(archive.contents(LocalFolder(tmp_path / "real")).entries) == 1


def test_the_archive_is_made_in_a_folder_that_is_there(tmp_path: Path) -> None:
    stored(tmp_path / "new", document())
    with pytest.raises(OutputError, match="the folder does not exist"):
        LocalFolder(tmp_path / "missing" / "new").prepare()
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        LocalFolder(tmp_path / "file").prepare()


# Faults, kills and others who write


def failing(error: BaseException) -> Callable[..., object]:
    def fail(*_: object, **__: object) -> object:
        raise error

    return fail


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EFBIG])
@pytest.mark.parametrize("step", ["open", "write", "fsync", "rename"])
def test_a_fault_at_any_step_leaves_the_archive_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, code: int
) -> None:
    stored(tmp_path, document("old"))
    before = tree(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(os, step, failing(OSError(code, "fault")))
        with pytest.raises(OutputError) as raised:
            stored(tmp_path, document("new"))
    assert raised.value.exit_status == 5
    assert tree(tmp_path) == before


KILLED = """\
import os, signal, sys
from pathlib import Path
from reportgen import archive
from tests.test_archive import document, stored
step, after = sys.argv[2], int(sys.argv[3])
real, calls = getattr(os, step), []
def killing(*args):
    calls.append(args)
    if len(calls) > after:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*args)
setattr(os, step, killing)
stored(Path(sys.argv[1]), document("new"))
archive.write_index(archive.opened(sys.argv[1]))
"""
#: Every write, fsync and rename of an add and of an index after it: two files and their folder, its place, the page.
KILLS = [("write", at) for at in range(3)] + [("fsync", at) for at in range(8)] + [("rename", at) for at in range(4)]


@pytest.mark.slow
@pytest.mark.parametrize(("step", "after"), KILLS)
def test_a_process_killed_at_any_step_leaves_a_clean_archive(tmp_path: Path, step: str, after: int) -> None:
    source = api.Report(document("old")).save(tmp_path / "old.json")
    folder = tmp_path / "a"
    archive.add(LocalFolder(folder), source)
    archive.write_index(LocalFolder(folder))
    index = (folder / "index.html").read_bytes()
    status = subprocess.call(
        [sys.executable, "-c", KILLED, str(folder), step, str(after)], env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert status == -9
    found = archive.contents(LocalFolder(folder))
    assert found.problems == ()
    assert {entry.title for entry in found.entries} in ({"old"}, {"old", "new"})
    page = (folder / "index.html").read_bytes()
    assert page in (index, archive.index_page(found.entries))
    stored(folder, document("third"))  # takes what the killed one left away
    archive.write_index(LocalFolder(folder))
    left = [name for name in tree(folder) if name.endswith(".tmp") or name.startswith(".adding/")]
    assert left == []


def test_what_a_living_process_is_adding_stays(tmp_path: Path) -> None:
    stored(tmp_path, document("one"))
    (mine,) = {re.sub("-[0-9a-f]{8}-[0-9]+$", "", name) for name in [waiting_name()]}
    living = tmp_path / ".adding" / f"{os.getppid()}-{mine.split('-')[1]}-00000000-1"
    dead = tmp_path / ".adding" / f"{dead_process()}-{mine.split('-')[1]}-00000000-1"
    foreign = tmp_path / ".adding" / "1-00000000-00000000-1"
    for folder in (living, dead, foreign):
        folder.mkdir()
    stored(tmp_path, document("two"))
    assert [folder.exists() for folder in (living, dead, foreign)] == [True, False, True]
    os.utime(foreign, (0, 0))
    stored(tmp_path, document("three"))
    assert not foreign.exists()


def waiting_name() -> str:
    from reportgen.archive import local

    return f"{os.getpid()}-{local._MACHINE}-{local._SESSION}-1"


def dead_process() -> int:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


FIFTY = """\
import os, sys
from pathlib import Path
from tests.test_archive import document, stored
start, go = os.pipe()
children = []
for number in range(50):
    child = os.fork()
    if not child:
        os.close(go)
        os.read(start, 1)  # until all are there
        own = document(f"experiment {number % 3}", day=1 + number % 25, epochs=number)
        stored(Path(sys.argv[1]), own, document("shared"))
        os._exit(0)
    children.append(child)
os.close(go)
sys.exit(max(os.waitpid(child, 0)[1] for child in children))
"""


@pytest.mark.slow
def test_fifty_processes_add_to_one_archive_whose_index_is_whole_at_every_moment(tmp_path: Path) -> None:
    stored(tmp_path, document("first"))
    writers = subprocess.Popen(
        [sys.executable, "-c", FIFTY, str(tmp_path)], env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    folder = LocalFolder(tmp_path)
    while writers.poll() is None:
        assert archive.write_index(folder).problems == ()
        assert (tmp_path / "index.html").read_bytes().endswith(b"</html>")
    assert writers.returncode == 0
    assert len(archive.write_index(folder).entries) == 52
    assert not list((tmp_path / ".adding").iterdir())


HOLDER = """\
import sys
from reportgen.archive.local import LocalFolder
from pathlib import Path
with LocalFolder(Path(sys.argv[1])).exclusive():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_living_holder_of_the_index_is_named_and_a_dead_one_taken_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(tmp_path, document())
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert holder.stdout
    assert holder.stdout.readline() == b"held\n"
    with pytest.raises(ArchiveBusy):
        archive.write_index(LocalFolder(tmp_path))
    assert main(["archive", "index", str(tmp_path)]) == 6
    told = capsys.readouterr().err
    assert f"process {holder.pid}" in told
    assert str(tmp_path / ".index.lock") in told
    stored(tmp_path, document("others may add meanwhile"))
    holder.kill()
    holder.communicate()
    assert main(["archive", "index", str(tmp_path)]) == 0


# What went wrong with what is there


@pytest.mark.parametrize("garbage", [None, b"", b"garbage"])
def test_an_index_that_is_gone_or_garbage_is_made_again_byte_for_byte(tmp_path: Path, garbage: bytes | None) -> None:
    stored(tmp_path, document("a", day=2), document("b", day=1))
    archive.write_index(LocalFolder(tmp_path))
    before = (tmp_path / "index.html").read_bytes()
    (tmp_path / "index.html").unlink()
    if garbage is not None:
        (tmp_path / "index.html").write_bytes(garbage)
    archive.write_index(LocalFolder(tmp_path))
    assert (tmp_path / "index.html").read_bytes() == before


def spoiled_entry(change: Callable[[dict[str, Any]], object]) -> Callable[[Path, Path], None]:
    def spoil(report: Path, entry: Path) -> None:
        plain = json.loads(entry.read_text())
        change(plain)
        entry.write_text(json.dumps(plain))

    return spoil


DAMAGE: dict[str, Callable[[Path, Path], object]] = {
    "entry cut off": lambda report, entry: entry.write_bytes(entry.read_bytes()[:50]),
    "entry empty": lambda report, entry: entry.write_bytes(b""),
    "entry no object": lambda report, entry: entry.write_bytes(b"[]"),
    "entry names a file elsewhere": spoiled_entry(lambda plain: plain.update(file="../../x.html")),
    "entry of another place": spoiled_entry(lambda plain: plain.update(experiment="other")),
    "entry of a newer format": spoiled_entry(lambda plain: plain.update(format=99)),
    "entry with a text as a metric": spoiled_entry(lambda plain: plain["metrics"].update({"test.f1": "high"})),
    "entry with a time that is no number": spoiled_entry(lambda plain: plain.update(seconds=float("nan"))),
    "entry with an endless time": spoiled_entry(lambda plain: plain.update(seconds=float("inf"))),
    "entry with a setting that is no number": spoiled_entry(lambda plain: plain["params"].update(x=float("nan"))),
    "entry with a setting beyond every number": spoiled_entry(lambda plain: plain["params"].update(x=10**400)),
    "entry with a metric beyond every number": spoiled_entry(lambda plain: plain["metrics"].update(x=10**400)),
    "report missing": lambda report, entry: report.unlink(),
    "report cut off": lambda report, entry: report.write_bytes(report.read_bytes()[:-1]),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_one_that_is_damaged_is_skipped_and_named_and_the_rest_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: Callable[[Path, Path], object]
) -> None:
    _, bad = stored(tmp_path, document("good"), document("bad"))
    damage(tmp_path / bad.path, tmp_path / bad.entry.place / ENTRY)
    for action in ("list", "index"):
        assert main(["archive", action, str(tmp_path)]) == 0
        told = capsys.readouterr().err
        assert bad.entry.place in told
        assert len(told.splitlines()) == 1
    assert [entry.title for entry in archive.contents(LocalFolder(tmp_path)).entries] == ["good"]


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_one_that_is_damaged_is_not_said_to_be_there_already(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], damage: Callable[[Path, Path], object]
) -> None:
    source, folder = api.Report(document()).save(tmp_path / "r.json"), tmp_path / "a"
    added = archive.add(LocalFolder(folder), source)
    damage(folder / added.path, folder / added.entry.place / ENTRY)
    before = tree(folder)
    assert main(["archive", "add", str(source), "--to", str(folder)]) == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert added.entry.place in told.err
    assert " - fix: " in told.err
    assert tree(folder) == before


def test_check_finds_what_has_changed_without_changing_its_size(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = LocalFolder(tmp_path / "a")
    places = [
        archive.add(folder, api.Report(document(name)).save(tmp_path / f"{name}.json"))
        for name in ("one", "two", "three")
    ]
    report = folder.root / places[0].path
    report.write_bytes(report.read_bytes().replace(b"0.9", b"0.8"))
    entry = folder.root / places[1].entry.place / ENTRY
    entry.write_bytes(entry.read_bytes().replace(b"0.9", b"0.8"))
    assert main(["archive", "check", str(folder.root)]) == 3
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert places[0].path in told[0] + told[1]
    assert any("the entry says something else" in line and places[1].entry.place in line for line in told)


def test_a_report_that_another_version_added_is_held_to_its_hash_alone(tmp_path: Path) -> None:
    folder = LocalFolder(tmp_path / "a")
    added = archive.add(folder, api.Report(document()).save(tmp_path / "r.json"))
    entry = replace(added.entry, added_by="0.0.1", metrics={"test.f1": 0.1})
    (folder.root / entry.place / ENTRY).write_bytes(entry.to_bytes())
    assert main(["archive", "check", str(folder.root)]) == 0
    report = folder.root / entry.path
    report.write_bytes(report.read_bytes().replace(b"0.9", b"0.8"))
    assert main(["archive", "check", str(folder.root)]) == 3


def test_a_place_without_an_entry_is_told_and_is_no_damage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (added,) = stored(tmp_path / "a", document("gone"))
    archive.add(LocalFolder(tmp_path / "a"), api.Report(document("kept")).save(tmp_path / "kept.json"))
    (tmp_path / "a" / added.entry.place / ENTRY).unlink()
    assert main(["archive", "check", str(tmp_path / "a")]) == 0
    told = capsys.readouterr()
    assert "1 report" in told.out
    assert "not finished" in told.err
    with pytest.raises(OutputError, match="no entry"):
        stored(tmp_path / "a", document("gone"))


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for action in ("list", "check", "index"):
        for name in (str(tmp_path / "missing"), f"file://{tmp_path / 'missing'}"):
            assert main(["archive", action, name]) == 3
            assert "there is no such folder" in capsys.readouterr().err


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    stored(tmp_path, document())
    (tmp_path / "README.md").write_text("ours")
    (tmp_path / "notes" / "deep").mkdir(parents=True)
    (tmp_path / "notes" / "deep" / ENTRY).write_text("no entry of an archive")
    assert len(archive.write_index(LocalFolder(tmp_path)).entries) == 1
    assert (tmp_path / "README.md").read_text() == "ours"


# Lists and conditions

LISTED = (
    made(
        "low", metrics={"test.f1": 0.85, "train.f1": 0.99}, params={"train.epochs": 20}, created="2026-11-01T00:00:00"
    ),
    made(
        "high",
        metrics={"test.f1": 0.95},
        params={"train.epochs": 5, "model.kind": "mlp"},
        created="2026-11-03T00:00:00",
    ),
    made("none", metrics={}, params={"train.shuffle": True}, created="2026-11-02T00:00:00", outcome="gates failed"),
)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("metrics.test.f1 > 0.9", ["high"]),
        ("test.f1 >= 0.85", ["low", "high"]),
        ("test.f1 < 0.9 and train.epochs = 20", ["low"]),
        ("params.train.epochs != 20", ["high"]),
        ("outcome = gates failed", ["none"]),
        ("test.f1 is missing", ["none"]),
        ("model.kind is not missing", ["high"]),
        ("created > 2026-11-01T12:00 and created < 2026-11-03", ["none"]),
        ("experiment = LOW", ["low"]),
        ("train.shuffle = true", ["none"]),
        ("model.kind > 3", []),
    ],
)
def test_a_condition_chooses_reports(condition: str, expected: list[str]) -> None:
    assert [entry.title for entry in chosen(LISTED, condition)] == expected


@pytest.mark.parametrize("condition", ["", "test.f1", "test.f1 >", "> 3", "a = 1 or b = 2", "test.f1 == 1", "x" * 600])
def test_a_condition_that_cannot_be_read_is_a_usage_error(condition: str) -> None:
    with pytest.raises(UsageError):
        chosen(LISTED, condition)


def test_a_name_that_no_report_has_is_answered_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"did you mean 'test\.f1'"):
        chosen(LISTED, "test.f2 > 0")


def test_reports_without_the_value_are_sorted_last() -> None:
    assert [entry.title for entry in in_order(LISTED, "test.f1")] == ["low", "high", "none"]
    assert [entry.title for entry in in_order(LISTED, "created")] == ["low", "none", "high"]


def test_list_prints_json_or_a_line_a_report_oldest_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored(tmp_path, document("late", day=20), document("early", f1=0.3, day=2))
    assert main(["archive", "list", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [("early" in line, "late" in line) for line in lines] == [(True, False), (False, True)]
    assert "2026-11-02 10:00" in lines[0]
    assert "test.f1 0.300" in lines[0]
    assert main(["archive", "list", str(tmp_path), "--where", "test.f1 > 0.5", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)
    assert found["metrics"] == {"test.f1": 0.9, "linear.f1": 0.5}
    assert (tmp_path / found["path"]).is_file()


# Settings


def test_settings_are_flat_and_those_of_the_command_line_come_last() -> None:
    spec = (
        "title: x\nseed: 3\ndata: {path: t.csv, columns: {a: ignore}}\ntrain: {epochs: 5, schedule: {kind: cosine}}\n"
    )
    assert settings(spec, ("train.epochs=9", "train.schedule=none")) == {
        "data.path": "t.csv",
        "data.columns.a": "ignore",
        "train.epochs": 9,
        "train.schedule": "none",
    }


def test_passwords_and_queries_of_addresses_are_left_out() -> None:
    found = settings("data: {path: 'https://user:secret@host/t.csv?token=abc', query: 'select 1'}")
    assert found == {"data.path": "https://host/t.csv", "data.query": "select 1"}


@pytest.mark.parametrize("spec", ["", "a: [", "- 1", "a: !!python/object:x 1", "x" * 2_000_000, "{" * 3000])
def test_an_experiment_that_cannot_be_read_has_few_settings_and_no_error(spec: str) -> None:
    assert len(settings(spec)) <= 1


# The page

PAYLOADS = ["<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", '"><svg/onload=alert(1)>', "{{7*7}}",
            "<!--<script>", "\u202ex", "]]>", "__proto__", "</body></head></html>"]  # fmt: skip


def payload_entry(payload: str) -> Entry:
    text = f"x{payload}"
    return made(
        text, id="0" * 32, experiment=text, outcome=text, created=text, data=text,
        metrics={f"test.{text}": 0.5}, params={text: text},
    )  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_nothing_in_an_entry_becomes_markup(payload: str) -> None:
    shown, twin = (read(to_html([payload_entry(text)])) for text in (payload, "harmless"))
    names = [[(one.tag, sorted(one.attributes)) for one in page.elements] for page in (shown, twin)]
    assert names[0] == names[1]
    assert shown.mismatched == []


def data_of(page: str) -> dict[str, Any]:
    found = re.search('<script type="application/gzip\\+base64" id="archive-data">([^<]*)</script>', page)
    assert found
    plain: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(found[1])))
    return plain


def test_the_data_in_the_page_are_those_of_the_entries_newest_first() -> None:
    data = data_of(to_html(LISTED))
    assert data["metrics"] == {"test.f1": [None, 0.95, 0.85], "train.f1": [None, None, 0.99]}
    assert [data["params"]["train.epochs"]["values"][code] if code is not None else None
            for code in data["params"]["train.epochs"]["codes"]] == [None, 5, 20]  # fmt: skip
    assert data["outcome"]["values"] == ["gates failed", "done"]


def test_true_and_one_stay_apart() -> None:
    entries = [made("a", params={"x": value}) for value in (1, True, 1.5, None, "1")]
    column = data_of(to_html(entries))["params"]["x"]
    assert [column["values"][code] if code is not None else None for code in column["codes"]] == [
        "1",
        None,
        1.5,
        True,
        1,
    ]


def test_the_policy_allows_the_page_its_own_style_and_script_alone() -> None:
    page = to_html(LISTED)
    policy = next(one for one in read(page).elements if "http-equiv" in one.attributes).attributes["content"] or ""
    for name in ("script", "style"):
        (text,) = re.findall(f"<{name}>(.*?)</{name}>", page, flags=re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert not re.search(r'(src|href)="(https?:)?//', page)


def test_who_runs_no_scripts_finds_the_newest_as_links() -> None:
    links = [one.attributes["href"] for one in read(to_html(LISTED)).elements if one.tag == "a"]
    assert links == [entry.path for entry in reversed(LISTED)]


def test_an_empty_archive_has_a_page_that_says_so(tmp_path: Path) -> None:
    archive.write_index(LocalFolder(tmp_path))
    assert "There is nothing here yet." in (tmp_path / "index.html").read_text()


def many(count: int) -> list[Entry]:
    found, base = [], made("x")
    for at in range(count):
        digest = hashlib.sha256(str(at).encode()).hexdigest()
        scores = {f"{split}.m{number}": int(digest[number : number + 6], 16) / 16**6
                  for split in ("train", "validation", "test") for number in range(20)}  # fmt: skip
        found.append(replace(base, experiment=f"experiment {at % 20}", id=digest[:32], sha256=digest,
                          file=f"report-{digest[:12]}.html", metrics=scores, params={"train.epochs": at % 7},
                          created=f"2026-{1 + at % 12:02}-11T00:00:{at % 60:02}+00:00"))  # fmt: skip
    return found


def test_a_page_without_room_shows_less_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = many(600)
    full = len(to_html(entries))
    monkeypatch.setattr("reportgen.archive.page.LARGEST", 125_000)
    assert full > 125_000
    page = to_html(entries)
    assert len(page) <= 125_000
    assert re.search("There is room for the newest (300|150|75) only", page)
    assert len(data_of(page)["id"]) < 600


@pytest.mark.slow
def test_ten_thousand_reports_fit_into_five_megabytes() -> None:
    page = to_html(many(10_000))
    assert len(page.encode()) <= 5_000_000
    assert "There is room" not in page
    assert len(data_of(page)["id"]) == 10_000


@pytest.mark.slow
class TestInChromium:
    @pytest.fixture(scope="class")
    def opened(self, browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
        folder = tmp_path_factory.mktemp("archive")
        stored(folder, *(document(f"net {at % 2}", round(0.5 + at / 100, 2), 1 + at % 28, at) for at in range(30)))
        archive.write_index(LocalFolder(folder))
        context = browser.new_context()
        page = context.new_page()
        page.told = []
        page.on("console", lambda message: page.told.append(message.text))
        page.on("pageerror", lambda error: page.told.append(str(error)))
        page.goto((folder / "index.html").as_uri())
        page.wait_for_selector("tbody input[type=checkbox]")
        yield page
        context.close()

    @staticmethod
    def rows(page: Any) -> int:
        return int(page.locator("section[aria-label=Reports] tbody tr").count())

    @pytest.mark.parametrize(
        ("search", "count"),
        [("", 30), ("net 1", 30), ('"net 1"', 15), ("test.f1 > 0.75", 4), ("f1>=0.75 and epochs < 28", 3),
         ("kind=mlp", 30), ("no such word", 0), ("nosuch = 3", 0)],
    )  # fmt: skip
    def test_searching(self, opened: Any, search: str, count: int) -> None:
        opened.fill("#search", search)
        opened.dispatch_event("#search", "change")
        assert self.rows(opened) == count

    def test_sorting_by_a_metric_puts_the_largest_first(self, opened: Any) -> None:
        opened.fill("#search", "")
        opened.dispatch_event("#search", "change")
        opened.click("th button:text-is('test.f1')")
        first = opened.locator("section[aria-label=Reports] tbody tr").first
        assert "0.7900" in first.inner_text()

    def test_ticked_reports_give_the_command_and_a_table(self, opened: Any) -> None:
        opened.fill("#search", "")
        opened.dispatch_event("#search", "change")
        boxes = opened.locator("tbody input[type=checkbox]")
        boxes.nth(0).check()
        boxes.nth(3).check()
        bar = opened.locator("section.ticked")
        command = bar.locator("code").inner_text()
        assert re.fullmatch(
            r"reportgen compare( net-[01]/[0-9a-f]{32}/report-[0-9a-f]{12}\.html){2} -o comparison\.html", command
        )
        bar.locator("summary").click()
        assert bar.locator("thead a").count() == 2
        assert "test.f1" in bar.inner_text()
        opened.click("button:text-is('Untick all')")
        assert not bar.is_visible()

    def test_a_line_over_time_says_what_it_shows(self, opened: Any) -> None:
        label = opened.locator("svg.spark").first.get_attribute("aria-label")
        assert label.startswith("test.f1 over time: from ")

    def test_the_page_says_nothing_to_the_console(self, opened: Any) -> None:
        assert opened.told == []


# Object stores


class TestRemote:
    def test_a_store_without_fsspec_names_the_extra(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "fsspec.core", None)
        monkeypatch.setitem(sys.modules, "fsspec", None)
        with pytest.raises(OutputError, match=r"pip install 'reportgen\[remote\]'"):
            archive.opened("s3://bucket/folder")

    def test_an_archive_in_memory_works_as_one_on_disk(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        pytest.importorskip("fsspec")
        store_works(f"memory://{tmp_path.name}/archive", tmp_path, capsys)

    @pytest.mark.slow
    @pytest.mark.filterwarnings("ignore")
    def test_an_archive_in_an_object_store(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server_module = pytest.importorskip("moto.server")
        pytest.importorskip("s3fs")
        import boto3

        server = server_module.ThreadedMotoServer(port=0, verbose=False)
        server.start()
        try:
            address = "http://{}:{}".format(*server.get_host_and_port())
            for name, value in (("ACCESS_KEY_ID", "test"), ("SECRET_ACCESS_KEY", "test"), ("ENDPOINT_URL", address),
                                ("DEFAULT_REGION", "us-east-1")):  # fmt: skip
                monkeypatch.setenv(f"AWS_{name}", value)
            boto3.client("s3").create_bucket(Bucket="reports")
            store_works("s3://reports/deep/archive", tmp_path, capsys)
            assert main(["archive", "add", str(tmp_path / "one.json"), "--to", "s3://nosuchbucket/x"]) == 5
            assert [one["Name"] for one in boto3.client("s3").list_buckets()["Buckets"]] == ["reports"]
        finally:
            server.stop()


def store_works(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Add, add again, list, check, index, and damage."""
    for name in ("one", "two"):
        api.Report(document(name)).save(tmp_path / f"{name}.json")
    names = [str(tmp_path / "one.json"), str(tmp_path / "two.json")]
    assert main(["archive", "add", *names, "--to", url]) == 0
    assert main(["archive", "add", *names[:1], "--to", url]) == 0
    assert capsys.readouterr().out.count("was there already") == 1
    assert main(["archive", "list", url, "--json"]) == 0
    assert {entry["title"] for entry in json.loads(capsys.readouterr().out)} == {"one", "two"}
    assert main(["archive", "check", url]) == 0
    assert main(["archive", "index", url]) == 0
    folder: Any = archive.opened(url)
    found = archive.contents(folder)
    assert folder.read(["index.html"])["index.html"] == archive.index_page(found.entries)
    folder.replace("one/" + "0" * 32 + "/report-000000000000.html", b"a writer was stopped before the entry")
    folder.replace(found.entries[0].path, b"garbage")
    assert len(archive.contents(folder).entries) == 1
    capsys.readouterr()
    assert main(["archive", "check", url]) == 3
    told = capsys.readouterr().err
    assert found.entries[0].path in told
    assert "not finished" in told


# With run


@pytest.mark.slow
def test_a_run_can_store_its_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t.csv").write_text("a,b\n" + "".join(f"{at},{at % 7}\n" for at in range(60)))
    (tmp_path / "x.yaml").write_text("title: Sevens\ndata: {path: t.csv}\n")
    arguments = ["run", str(tmp_path / "x.yaml"), "-o", str(tmp_path / "x.html"), "--archive", str(tmp_path / "a")]
    assert main(arguments) == 0
    (entry,) = archive.contents(LocalFolder(tmp_path / "a")).entries
    assert capsys.readouterr().out.splitlines() == [str(tmp_path / "x.html"), f"{tmp_path}/a/{entry.path}"]
    assert (tmp_path / "a" / entry.path).read_bytes() == (tmp_path / "x.html").read_bytes()


def test_an_archive_that_cannot_be_written_is_found_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a\n1\n2\n")
    (tmp_path / "x.yaml").write_text("data: {path: t.csv}\n")
    assert main(["run", str(tmp_path / "x.yaml"), "--archive", str(tmp_path / "missing" / "a")]) == 5
    assert not (tmp_path / "x.html").exists()


def test_the_archive_loads_nothing_heavy(tmp_path: Path) -> None:
    source = api.Report(document()).save(tmp_path / "r.json")
    code = (
        "import sys; from reportgen.cli import main; "
        f"main(['archive', 'add', {str(source)!r}, '--to', {str(tmp_path / 'a')!r}]); "
        f"main(['archive', 'index', {str(tmp_path / 'a')!r}]); "
        "print(sorted({'keras', 'jax', 'sklearn', 'pandas', 'matplotlib', 'numpy', 'fsspec'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_damaged_bytes_never_raise_anything_but_a_data_error() -> None:
    whole = made("x").to_bytes()
    for at in range(0, len(whole), 7):
        spoiled = whole[:at] + b"\xff" + whole[at + 1 :]
        try:
            from_bytes(spoiled, "e")
        except DataError:
            continue
