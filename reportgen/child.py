"""The child's side of a worker: what runs in the process that `workers.Worker` starts, and how both sides talk.

A message is its size in eight bytes and a pickle. To the child: `create`, `call`, and `go on` after an event. From the
child: `event`, `result` or `error`, each with a value and the trace of an error.
"""

from __future__ import annotations

import importlib
import os
import pickle
import queue
import signal
import struct
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from reportgen.errors import InternalError, LimitExceeded, NotApplicable, ReportgenError

_SIZE = struct.Struct("<Q")


def packed(message: Any) -> bytes:
    body = pickle.dumps(message, protocol=5)
    return _SIZE.pack(len(body)) + body


def read(stream: IO[bytes]) -> bytes:
    """One message, still pickled; EOFError when the other side is gone."""
    head = stream.read(_SIZE.size)
    if len(head) < _SIZE.size:
        raise EOFError
    (size,) = _SIZE.unpack(head)
    body = stream.read(size)
    if len(body) < size:
        raise EOFError
    return body


def create(path: str, args: tuple[Any, ...]) -> Any:
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)(*args)


class Server:
    """Creates the object and answers calls, one after the other."""

    def __init__(self, messages: queue.SimpleQueue[bytes], answers: IO[bytes]) -> None:
        self._messages, self._answers = messages, answers
        self._target: Any = None
        self._failure: BaseException | None = None

    def take(self) -> None:
        """Take one message and do what it asks."""
        kind, *rest = pickle.loads(self._messages.get())
        if kind == "create":
            try:
                self._create(*rest)
            except BaseException as error:
                self._failure = error
            return
        try:
            answer = packed(("result", self._call(*rest), ""))
        except BaseException as error:
            with lifted_memory_limit():  # to say that memory is out takes memory, too
                answer = packed(("error", portable(error), "".join(traceback.format_exception(error))))
        self._send(answer)

    def _create(self, path: str, args: tuple[Any, ...], memory: int | None, tied_to: int) -> None:
        tie(tied_to)
        self._target = create(path, args)
        limit_memory(memory)

    def _call(self, method: str, args: tuple[Any, ...], listens: bool) -> Any:
        if self._failure is not None:
            raise self._failure
        return getattr(self._target, method)(*args, **({"emit": self._emit} if listens else {}))

    def _emit(self, event: Mapping[str, Any]) -> bool:
        self._send(packed(("event", event, "")))
        return bool(pickle.loads(self._messages.get())[1])

    def _send(self, message: bytes) -> None:
        try:
            self._answers.write(message)
            self._answers.flush()
        except OSError:  # The parent is gone.
            os._exit(0)


def serve() -> None:
    """The child's life; it ends when the parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # Whatever a library prints or reads must not get between the messages.
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    messages: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(source, messages), daemon=True).start()
    server = Server(messages, answers)
    while True:
        server.take()


def _listen(source: IO[bytes], messages: queue.SimpleQueue[bytes]) -> None:
    """Read in a thread of its own, so that the end of the parent is seen in the middle of a computation."""
    with suppress(EOFError, OSError):
        while True:
            messages.put(read(source))
    os._exit(0)


def tie(parent: int) -> None:
    """Have the kernel end this process with its parent, even in a computation that never lets another thread run."""
    if parent and sys.platform == "linux":
        import ctypes

        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # It ended before we asked.
            os._exit(0)


def limit_memory(size: int | None) -> None:
    """Let the address space grow by `size` bytes from here; a library's own lies outside the limit."""
    if size is not None and sys.platform == "linux":
        import resource

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + size
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        if hard == resource.RLIM_INFINITY or limit < hard:
            resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


@contextmanager
def lifted_memory_limit() -> Iterator[None]:
    if sys.platform != "linux":
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def portable(error: BaseException) -> Exception:
    """The error as it can cross the pipe to a process that has not imported the library that raised it."""
    if isinstance(error, MemoryError):
        return LimitExceeded("out of memory in a child process")
    if isinstance(error, (ReportgenError, NotApplicable)):
        return error
    kind: type[BaseException] = next(kind for kind in type(error).__mro__ if kind.__module__ == "builtins")
    if not issubclass(kind, Exception):  # SystemExit and its like must not end the parent.
        return InternalError(f"{type(error).__name__} in a child process: {error}")
    if kind is type(error) and all(isinstance(arg, (str, bytes, int, float, type(None))) for arg in error.args):
        return kind(*error.args)
    try:
        return kind(f"{type(error).__name__}: {error}" if kind is not type(error) else str(error))
    except TypeError:
        return RuntimeError(f"{type(error).__name__}: {error}")
