"""What the tests of the workers run in a child."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from pathlib import Path

from reportgen.errors import DataError, NotApplicable, Problem


class LibraryError(ValueError):
    """Defined where the parent could not import it from, were it a library's."""


class Target:
    def __init__(self, start: int = 0) -> None:
        self.count = start

    def add(self, step: int) -> int:
        self.count += step
        return self.count

    def echo(self, value: object) -> object:
        return value

    def pid(self) -> int:
        return os.getpid()

    def path(self) -> list[str]:
        return sys.path

    def variable(self, name: str) -> str | None:
        return os.environ.get(name)

    def sleep(self, seconds: float) -> str:
        time.sleep(seconds)
        return "slept"

    def stuck(self) -> None:
        """Compute without ever letting another Python thread run."""
        ctypes.PyDLL(None).sleep(600)

    def count_to(self, last: int, emit) -> int:
        for number in range(last):
            if not emit({"number": number}):
                return number
        return last

    def wait_for_stop(self, emit) -> str:
        while emit({"waiting": True}):
            time.sleep(0.02)
        return "stopped"

    def chatter(self) -> str:
        print("on stdout")
        os.write(1, b"raw on stdout\n")
        print("on stderr", file=sys.stderr)
        return "said"

    def read_stdin(self) -> str:
        return sys.stdin.read()

    def die(self, signal_number: int, words: str = "") -> None:
        sys.stderr.write(words)
        sys.stderr.flush()
        os.kill(os.getpid(), signal_number)
        time.sleep(60)

    def leave(self, status: int) -> None:
        os._exit(status)

    def allocate(self, size: int) -> int:
        return len(bytearray(size))

    def data_error(self) -> None:
        raise DataError.of([Problem("first", line=3), Problem("second", fix="mend it")])

    def not_applicable(self) -> None:
        raise NotApplicable("needs class probabilities")

    def value_error(self) -> None:
        raise ValueError("plain")

    def decode_error(self) -> None:
        b"\xff".decode()

    def library_error(self) -> None:
        raise LibraryError("from a library")

    def heavy_error(self) -> None:
        raise ValueError(object())

    def exit(self) -> None:
        raise SystemExit(3)

    def unpicklable(self) -> object:
        return lambda: None


class Broken:
    def __init__(self) -> None:
        raise ValueError("no start")


class Slow:
    """Says when it was created."""

    def __init__(self, path: str) -> None:
        Path(path).write_text("created", encoding="utf-8")

    def ready(self) -> bool:
        return True


class KilledRenderer:
    """In place of the PDF renderer: ends in the way that the environment names."""

    def render(self, *_: object) -> bytes:
        end = os.environ["RENDERER_ENDS"]
        if end == "limit":
            return bytearray(4 * 10**9)
        if end == "sleep":
            time.sleep(60)
        sys.stderr.write(os.environ.get("RENDERER_SAYS", ""))
        sys.stderr.flush()
        os.kill(os.getpid(), getattr(signal, end))
        time.sleep(60)
        return b""
