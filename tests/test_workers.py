"""One object in a child process, and what becomes of it when either side fails."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reportgen import child
from reportgen.errors import DataError, InternalError, LimitExceeded, NotApplicable
from reportgen.workers import ChildDied, Inline, Worker

TARGETS = Path(__file__).parent
TARGET = "worker_targets:Target"
linux = pytest.mark.skipif(sys.platform != "linux", reason="a promise of Linux alone")


def start(path: str = TARGET, *args: object, memory: int | None = None, **environment: str) -> Worker:
    return Worker(path, *args, memory=memory, environment={"PYTHONPATH": str(TARGETS), **environment})


@pytest.fixture(scope="module")
def shared() -> Iterator[Worker]:
    with start() as worker:
        yield worker


@pytest.fixture
def worker() -> Iterator[Worker]:
    with start() as worker:
        yield worker


@pytest.fixture(autouse=True)
def _targets_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(TARGETS))


def is_running(pid: int) -> bool:
    """Whether the process exists and is more than a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def ends(pid: int, within: float = 5.0) -> bool:
    deadline = time.monotonic() + within
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_running(pid)


# Calls and answers


@pytest.mark.parametrize("kind", [start, Inline], ids=["worker", "inline"])
def test_keeps_one_object_between_calls(kind) -> None:
    with kind(TARGET, 10) as one:
        assert [one.call("add", 1), one.call("add", 1)] == [11, 12]


@pytest.mark.parametrize("kind", [start, Inline], ids=["worker", "inline"])
def test_a_listener_hears_every_event_and_stops_the_child(kind) -> None:
    heard: list[int] = []

    def listener(event) -> bool:
        heard.append(event["number"])
        return event["number"] < 3

    with kind(TARGET) as one:
        assert one.call("count_to", 10, listener=listener) == 3
    assert heard == [0, 1, 2, 3]


@pytest.mark.parametrize("kind", [start, Inline], ids=["worker", "inline"])
def test_submitted_errors_wait_in_the_future(kind) -> None:
    with kind(TARGET) as one:
        assert isinstance(one.submit("value_error").exception(timeout=20), ValueError)


@pytest.mark.parametrize("kind", [start, Inline], ids=["worker", "inline"])
def test_a_submitted_call_has_its_listener(kind) -> None:
    heard: list[int] = []
    with kind(TARGET) as one:
        future = one.submit("count_to", 2, listener=lambda event: heard.append(event["number"]) is None)
        assert future.result(timeout=20) == 2
    assert heard == [0, 1]


def test_a_large_value_crosses_both_ways(shared: Worker) -> None:
    value = os.urandom(5_000_000)
    assert shared.call("echo", value) == value


def test_what_the_child_prints_does_not_disturb_the_answers(shared: Worker) -> None:
    assert shared.call("chatter") == "said"
    assert shared.call("echo", 1) == 1


def test_the_child_has_no_standard_input(shared: Worker) -> None:
    assert shared.call("read_stdin") == ""


def test_submitted_calls_are_answered_in_their_order() -> None:
    with start() as worker:
        slow = worker.submit("sleep", 0.1)
        sums = [worker.submit("add", 1) for _ in range(20)]
        assert worker.call("add", 1) == 21
        assert slow.done()
        assert [future.result() for future in sums] == list(range(1, 21))


def test_a_cancelled_call_is_never_made(worker: Worker) -> None:
    worker.submit("sleep", 0.2)
    cancelled = worker.submit("add", 100)
    assert cancelled.cancel()
    assert worker.call("add", 1) == 1


def test_calls_from_many_threads_do_not_mix(worker: Worker) -> None:
    answers: list[object] = []
    threads = [threading.Thread(target=lambda n=n: answers.append(worker.call("echo", n))) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == list(range(16))


def test_creation_begins_before_the_first_call(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    with start("worker_targets:Slow", str(mark)):
        deadline = time.monotonic() + 20
        while not mark.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert mark.exists()


# Where the child finds its modules


def test_the_current_folder_is_not_importable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "json.py").write_text("raise SystemError('from the current folder')")
    monkeypatch.chdir(tmp_path)
    with start(PYTHONPATH=f"{TARGETS}{os.pathsep}{os.pathsep}") as worker:
        assert not {"", ".", str(tmp_path)} & set(worker.call("path"))


def test_the_child_finds_reportgen_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    with Worker("reportgen.workers:Inline", "builtins:str") as worker:
        assert worker.call("call", "upper") == ""


def test_the_environment_is_this_one_and_what_is_added(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FROM_HERE", "yes")
    with start(ADDED="too") as worker:
        assert (worker.call("variable", "FROM_HERE"), worker.call("variable", "ADDED")) == ("yes", "too")


# Errors


def test_a_reportgen_error_keeps_its_problems(shared: Worker) -> None:
    with pytest.raises(DataError) as raised:
        shared.call("data_error")
    assert [(p.what, p.line, p.fix) for p in raised.value.problems] == [("first", 3, ""), ("second", None, "mend it")]


def test_a_reason_for_not_applying_keeps_its_words(shared: Worker) -> None:
    with pytest.raises(NotApplicable, match=r"^needs class probabilities"):
        shared.call("not_applicable")


def test_an_error_of_python_keeps_its_type_and_tells_its_trace(shared: Worker) -> None:
    with pytest.raises(ValueError, match=r"^plain") as raised:
        shared.call("value_error")
    assert "in value_error" in raised.value.__notes__[0]


def test_an_error_of_several_arguments_keeps_them(shared: Worker) -> None:
    with pytest.raises(UnicodeDecodeError) as raised:
        shared.call("decode_error")
    assert (raised.value.object, raised.value.start) == (b"\xff", 0)


def test_an_error_of_a_library_becomes_the_nearest_of_python(shared: Worker) -> None:
    with pytest.raises(ValueError, match=r"^LibraryError: from a library") as raised:
        shared.call("library_error")
    assert type(raised.value) is ValueError


def test_an_error_that_carries_an_object_becomes_its_words(shared: Worker) -> None:
    with pytest.raises(ValueError, match="object object at"):
        shared.call("heavy_error")


def test_an_exit_in_the_child_is_an_error_here(shared: Worker) -> None:
    with pytest.raises(InternalError, match="SystemExit in a child process: 3"):
        shared.call("exit")


def test_an_answer_that_cannot_be_pickled_is_an_error_and_the_child_lives(shared: Worker) -> None:
    with pytest.raises((AttributeError, TypeError, ValueError, pickle.PicklingError), match="lambda"):
        shared.call("unpicklable")
    assert shared.call("echo", 1) == 1


def test_an_argument_that_cannot_be_pickled_leaves_the_child_alone(shared: Worker) -> None:
    with pytest.raises((AttributeError, TypeError, pickle.PicklingError)):
        shared.call("echo", lambda: None)
    assert shared.call("echo", 1) == 1


def test_an_object_that_cannot_be_created_fails_every_call() -> None:
    with start("worker_targets:Broken") as worker:
        for _ in range(2):
            with pytest.raises(ValueError, match=r"^no start"):
                worker.call("anything")


def test_a_module_that_is_missing_fails_the_call() -> None:
    with start("no_such_module:Thing") as worker, pytest.raises(ModuleNotFoundError, match="no_such_module"):
        worker.call("anything")


# Ends


def test_a_killed_child_is_reported_with_its_signal_and_last_words(worker: Worker) -> None:
    with pytest.raises(ChildDied, match="SIGKILL") as raised:
        worker.call("die", signal.SIGKILL, "last words")
    assert raised.value.signal == signal.SIGKILL
    assert raised.value.stderr.endswith("last words")


def test_a_child_that_leaves_is_reported_with_its_status(worker: Worker) -> None:
    with pytest.raises(ChildDied, match="exit status 9") as raised:
        worker.call("leave", 9)
    assert raised.value.signal is None


def test_the_words_of_a_talkative_child_are_kept_to_the_last_64_kilobytes(worker: Worker) -> None:
    with pytest.raises(ChildDied) as raised:
        worker.call("die", signal.SIGKILL, "x" * 300_000 + "end")
    assert len(raised.value.stderr) == 65536
    assert raised.value.stderr.endswith("xend")


def test_calls_after_the_end_fail_at_once(worker: Worker) -> None:
    worker.kill()
    for _ in range(2):
        with pytest.raises(ChildDied):
            worker.call("echo", 1)
    assert isinstance(worker.submit("echo", 1).exception(timeout=5), ChildDied)


def test_a_call_that_takes_too_long_is_ended(worker: Worker) -> None:
    pid = worker.call("pid")
    with pytest.raises(LimitExceeded, match=r"no result within 0\.2 s"):
        worker.call("sleep", 60, timeout=0.2)
    assert ends(pid)


def test_a_submitted_call_that_takes_too_long_is_ended(worker: Worker) -> None:
    assert isinstance(worker.submit("sleep", 60, timeout=0.2).exception(timeout=20), LimitExceeded)


def test_the_time_limit_counts_from_the_turn_of_the_call(worker: Worker) -> None:
    worker.call("pid")
    worker.submit("sleep", 0.5)
    assert worker.call("echo", 1, timeout=0.4) == 1


def test_a_call_within_its_time_leaves_the_child_alive(shared: Worker) -> None:
    assert shared.call("sleep", 0.01, timeout=20) == "slept"
    time.sleep(0.1)
    assert shared.call("echo", 1) == 1


def test_closing_answers_everybody_who_waits() -> None:
    worker = start()
    waiting = [worker.submit("sleep", 60), worker.submit("echo", 1)]
    time.sleep(0.05)
    worker.close()
    assert all(isinstance(future.exception(timeout=5), ChildDied) for future in waiting)


def test_closing_twice_is_no_error(worker: Worker) -> None:
    worker.close()
    worker.close()


def test_leaving_the_context_ends_the_child() -> None:
    with start() as worker:
        pid = worker.call("pid")
    assert not is_running(pid)


def test_a_failing_listener_ends_the_child_and_is_heard(worker: Worker) -> None:
    def listener(event) -> bool:
        raise BrokenPipeError("the terminal is gone")

    with pytest.raises(BrokenPipeError, match="terminal"):
        worker.call("count_to", 3, listener=listener)
    with pytest.raises(ChildDied):
        worker.call("echo", 1)


def test_ctrl_c_while_waiting_ends_the_child(worker: Worker) -> None:
    pid = worker.call("pid")
    timer = threading.Timer(0.2, os.kill, [os.getpid(), signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        worker.call("sleep", 60)
    timer.join()
    assert ends(pid)


def test_a_handled_ctrl_c_lets_the_listener_stop_the_child(worker: Worker) -> None:
    stop = threading.Event()
    worker.call("pid")
    previous = signal.signal(signal.SIGINT, lambda *_: stop.set())
    timer = threading.Timer(0.2, os.kill, [os.getpid(), signal.SIGINT])
    try:
        timer.start()
        assert worker.call("wait_for_stop", listener=lambda _: not stop.is_set()) == "stopped"
    finally:
        timer.join()
        signal.signal(signal.SIGINT, previous)


@linux
def test_ctrl_c_on_the_terminal_reaches_the_parent_alone(shared: Worker) -> None:
    pid = shared.call("pid")
    assert os.getsid(pid) == pid != os.getsid(0)
    os.kill(pid, signal.SIGINT)
    assert shared.call("echo", 1) == 1


@linux
def test_a_fork_of_this_process_cannot_end_the_child(worker: Worker) -> None:
    pid = worker.call("pid")
    assert subprocess.call([sys.executable, "-c", FORK, str(TARGETS)]) == 0
    assert is_running(pid)


FORK = """\
import os, sys, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, os.path.dirname(sys.argv[1]))
from reportgen.workers import Worker
worker = Worker("builtins:str")
assert worker.call("upper") == ""
if (child := os.fork()) == 0:
    worker.close()
    worker.kill()
    os._exit(0)
os.waitpid(child, 0)
assert worker.call("upper") == ""
worker.close()
"""

ORPHAN = """\
import os, signal, sys, threading, time
sys.path.insert(0, os.path.dirname(sys.argv[1]))
from reportgen.workers import Worker
def work():
    worker = Worker("worker_targets:Target", environment={"PYTHONPATH": sys.argv[1]})
    print(worker.call("pid"), flush=True)
    worker.submit(sys.argv[3], *([60] if sys.argv[3] == "sleep" else []))
    time.sleep(60)
if sys.argv[2] == "main":
    work()
else:
    threading.Thread(target=work).start()
"""


@linux
@pytest.mark.parametrize(("thread", "method"), [("main", "sleep"), ("main", "stuck"), ("other", "sleep")])
def test_a_child_does_not_outlive_a_killed_parent(thread: str, method: str) -> None:
    command = [sys.executable, "-c", ORPHAN, str(TARGETS), thread, method]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        time.sleep(0.2)
        assert is_running(pid)
        parent.kill()
    assert ends(pid)


@linux
def test_a_child_outlives_the_thread_that_made_it() -> None:
    made: list[Worker] = []
    thread = threading.Thread(target=lambda: made.append(start()))
    thread.start()
    thread.join()
    with made[0] as worker:
        assert worker.call("sleep", 0.2) == "slept"


# Memory


@linux
def test_memory_beyond_the_limit_is_refused_and_the_child_lives() -> None:
    with start(memory=200_000_000) as worker:
        with pytest.raises(LimitExceeded, match="out of memory"):
            worker.call("allocate", 400_000_000)
        assert worker.call("allocate", 50_000_000) == 50_000_000


@linux
def test_without_a_limit_memory_is_not_restricted(shared: Worker) -> None:
    assert shared.call("allocate", 400_000_000) == 400_000_000


# What may cross the pipe


def test_a_message_that_breaks_off_is_the_end(tmp_path: Path) -> None:
    whole = child.packed(("result", 1, ""))
    for size in range(len(whole)):
        (tmp_path / "pipe").write_bytes(whole[:size])
        with (tmp_path / "pipe").open("rb") as stream, pytest.raises(EOFError):
            child.read(stream)


def test_an_error_whose_type_wants_other_arguments_becomes_a_runtime_error() -> None:
    class OddError(UnicodeDecodeError):
        pass

    shown = child.portable(OddError("utf-8", b"x", 0, 1, "why"))
    assert type(shown) is RuntimeError
    assert str(shown).startswith("OddError: ")
