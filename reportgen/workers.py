"""One object in a child process: the model while it trains, the figures while they are drawn, the PDF renderer.

A child keeps a crash, a memory limit or an endless computation away from the report, and lets imports, training and
drawing overlap. The object is created in the child from a dotted path; calls and their results cross a pipe by
pickle, between this process and its own child only. `Inline` has the same face without a process.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from typing import Any, Self

from reportgen import child
from reportgen.errors import InternalError, LimitExceeded, OutputError

#: Told of an event in the child; answers whether to go on.
Listener = Callable[[Mapping[str, Any]], bool]
_STDERR_TAIL = 65536
#: What this process was started with holds for the child too.
_FLAGS = {"isolated": "-I", "ignore_environment": "-E", "no_user_site": "-s", "dont_write_bytecode": "-B"}
#: The child finds this very reportgen, and nothing that lies in the current folder.
_START = """\
import sys
folder = sys.argv.pop()
if folder not in sys.path:
    sys.path.insert(0, folder)
from reportgen.child import serve
serve()
"""


class ChildDied(InternalError):
    """The child ended without an answer.

    `signal` is the signal that killed it, or None; `stderr` the last 64 KB that it wrote there.
    """

    def __init__(self, what: str, killed_by: int | None = None, stderr: str = "") -> None:
        super().__init__(what)
        self.signal = killed_by
        self.stderr = stderr

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.problems[0].what, self.signal, self.stderr)


class Inline:
    """The same face as `Worker`, in this process: for tests, and where a child may not be started.

    Here nothing can stop a call from outside, so a `timeout` is not kept.
    """

    def __init__(self, path: str, *args: Any) -> None:
        self._path, self._args = path, args
        self._created: list[Any] = []

    def call(self, method: str, *args: Any, listener: Listener | None = None, timeout: float | None = None) -> Any:  # noqa: ARG002
        if not self._created:
            self._created.append(child.create(self._path, self._args))
        extra = {"emit": listener} if listener else {}
        return getattr(self._created[0], method)(*args, **extra)

    def submit(
        self, method: str, *args: Any, listener: Listener | None = None, timeout: float | None = None
    ) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(self.call(method, *args, listener=listener, timeout=timeout))
        except Exception as error:
            future.set_exception(error)
        return future

    def kill(self) -> None:
        self._created.clear()

    def close(self) -> None:
        self._created.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Worker:
    """An object `module:Class` with its arguments, living in a child process that starts at once.

    The child imports the module and creates the object without being asked for a result, so that the constructor
    returns at once and the import overlaps with whatever this process does next. Calls, submitted or not, are answered
    in the order in which they were made, from any thread.

    A method that is called with a `listener` receives it as the keyword `emit`. Errors raised in the child are raised
    here again: a `ReportgenError` and Python's own as they are, a library's as the nearest of Python's own, so that
    this process need not import the library. The child never outlives this process.

    Args:
        path: `module:Class`, importable where reportgen is.
        memory: bytes of address space that the child may take beyond what it has when the object stands (Linux). A
            failing allocation ends the call with LimitExceeded, or ends the child.
        environment: variables that the child gets beside those of this process.

    Raises:
        OutputError: the system starts no process.
    """

    def __init__(
        self, path: str, *args: Any, memory: int | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        self._child = _start({**os.environ, **(environment or {})})
        self._owner = os.getpid()
        self._tail = bytearray()
        self._drained = threading.Thread(target=self._drain, daemon=True)
        self._drained.start()
        self._turns: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        threading.Thread(target=self._take_turns, daemon=True).start()
        # The kernel ties a child to the thread that started it, so only the main thread may ask for that.
        tied_to = os.getpid() if threading.current_thread() is threading.main_thread() else 0
        with suppress(ChildDied):  # The first call will say so.
            self._send(("create", path, args, memory, tied_to))

    def call(self, method: str, *args: Any, listener: Listener | None = None, timeout: float | None = None) -> Any:
        """Call a method and wait; `listener` runs in the calling thread.

        An exception in the listener, or Ctrl-C while waiting, kills the child: nobody would read its answer.

        Raises:
            LimitExceeded: no answer within `timeout` seconds from its turn; the child is killed.
            ChildDied: the child ended without an answer.
        """
        with self._turn():
            return self._exchange(method, args, listener, timeout)

    def submit(
        self, method: str, *args: Any, listener: Listener | None = None, timeout: float | None = None
    ) -> Future[Any]:
        """Call a method without waiting; `listener` runs in a thread of this worker's."""
        future: Future[Any] = Future()

        def answer() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(self._exchange(method, args, listener, timeout))
            except BaseException as error:
                future.set_exception(error)

        self._turns.put(answer)
        return future

    def kill(self) -> None:
        """End the child at once; calls under way and to come raise ChildDied."""
        if os.getpid() == self._owner:  # A fork of this process has no say.
            self._child.kill()

    def close(self) -> None:
        """End the child and free its pipes; it has nothing to save."""
        if os.getpid() != self._owner:
            return
        self._child.kill()
        self._child.wait()
        self._drained.join()
        self._turns.put(None)
        for stream in (self._child.stdin, self._child.stdout):
            if stream:
                with suppress(OSError):
                    stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _take_turns(self) -> None:
        while (turn := self._turns.get()) is not None:
            turn()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait until everything asked for earlier is answered, and hold the pipe."""
        begun, ended = threading.Event(), threading.Event()

        def hand_over() -> None:
            begun.set()
            ended.wait()

        self._turns.put(hand_over)
        try:
            begun.wait()
            yield
        finally:
            ended.set()

    def _exchange(self, method: str, args: tuple[Any, ...], listener: Listener | None, timeout: float | None) -> Any:
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            self.kill()

        timer = threading.Timer(timeout, expire) if timeout is not None else None
        message = child.packed(("call", method, args, listener is not None))
        if timer:
            timer.daemon = True
            timer.start()
        try:
            self._send_packed(message)
            kind, value, trace = self._answer(listener)
        except ChildDied as error:
            if expired.is_set():
                raise LimitExceeded(f"no result within {timeout:g} s") from error
            raise
        except BaseException:
            self.kill()
            raise
        finally:
            if timer:
                timer.cancel()
        if kind == "result":
            return value
        value.add_note(trace)
        raise value

    def _answer(self, listener: Listener | None) -> tuple[str, Any, str]:
        while True:
            kind, value, trace = self._receive()
            if kind != "event":
                return kind, value, trace
            self._send(("go on", listener(value) if listener else True))

    def _send(self, message: tuple[Any, ...]) -> None:
        self._send_packed(child.packed(message))

    def _send_packed(self, message: bytes) -> None:
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(message)
            self._child.stdin.flush()
        except (OSError, ValueError):  # ValueError: the pipe is closed
            raise self._died() from None

    def _receive(self) -> tuple[str, Any, str]:
        assert self._child.stdout is not None
        try:
            kind, value, trace = pickle.loads(child.read(self._child.stdout))
        except (EOFError, OSError, ValueError):
            raise self._died() from None
        return kind, value, trace

    def _died(self) -> ChildDied:
        try:
            status = self._child.wait(timeout=5)
        except subprocess.TimeoutExpired:  # It closed its pipe and lives on.
            self._child.kill()
            status = self._child.wait()
        self._drained.join(timeout=5)
        stderr = bytes(self._tail).decode(errors="replace")
        killed_by = -status if status < 0 else None
        error = ChildDied(f"a child process ended unexpectedly ({_name(status)})", killed_by, stderr)
        error.add_note(stderr)
        return error

    def _drain(self) -> None:
        assert self._child.stderr is not None
        with self._child.stderr as stream:
            while piece := os.read(stream.fileno(), 65536):
                self._tail += piece
                del self._tail[:-_STDERR_TAIL]


def _start(environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    flags = ["-P", "-X", "faulthandler", *(flag for name, flag in _FLAGS.items() if getattr(sys.flags, name))]
    # An empty entry would mean the current folder.
    search = os.pathsep.join(filter(None, environment.get("PYTHONPATH", "").split(os.pathsep)))
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    try:
        return subprocess.Popen(
            [sys.executable, *flags, "-c", _START, folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A session of its own: Ctrl-C reaches the parent alone, which then asks the child to stop.
            start_new_session=True,
            env={**environment, "PYTHONPATH": search},
        )
    except OSError as error:
        fix = "raise the limit on processes, or free some memory"
        raise OutputError(f"no child process can be started: {error.strerror}", fix=fix) from error


def _name(status: int) -> str:
    try:
        return signal.Signals(-status).name if status < 0 else f"exit status {status}"
    except ValueError:
        return f"signal {-status}"
