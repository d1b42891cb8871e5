"""Event files as Keras's own callback writes them: the tensors of TensorFlow 2, one file a run."""

from __future__ import annotations

import struct
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from reportgen.eventfile.framing import framed
from reportgen.eventfile.wire import double, embedded, integer

_FLOAT, _DOUBLE = 1, 2  # of DataType
_SCALAR, _TENSOR = 1, 2  # of DataClass
#: TensorBoard knows its files by `tfevents`; where others put the name of the machine, this stands.
_NAME = "events.out.tfevents.{seconds:010d}.reportgen.v2"


def remove_earlier(folder: Path) -> None:
    """Remove the files that an earlier training of ours left in a folder."""
    for earlier in folder.glob("events.out.tfevents.*.reportgen.v2"):
        earlier.unlink()


class EventFile:
    """One event file in a folder of its own, written as it grows. Files that an earlier one left there are replaced."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        remove_earlier(folder)
        self._file = (folder / _NAME.format(seconds=int(time.time()))).open("wb")
        self._described: set[str] = set()
        self._write(embedded(3, "brain.Event:2"))
        self.flush()

    def scalar(self, tag: str, step: int, value: float) -> None:
        tensor = integer(1, _FLOAT) + embedded(2, b"") + embedded(4, struct.pack("<f", value))
        self._summary(tag, step, tensor, "scalars", _SCALAR)

    def histogram(self, tag: str, step: int, edges: np.ndarray, counts: np.ndarray) -> None:
        """A histogram from its edges (k + 1,) and counts (k,)."""
        rows = np.column_stack([edges[:-1], edges[1:], counts]).astype("<f8")
        shape = b"".join(embedded(2, integer(1, size)) for size in rows.shape)
        tensor = integer(1, _DOUBLE) + embedded(2, shape) + embedded(4, rows.tobytes())
        self._summary(tag, step, tensor, "histograms", _TENSOR)

    def flush(self) -> None:
        """Let who reads along see what was written so far."""
        self._file.flush()

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _summary(self, tag: str, step: int, tensor: bytes, plugin: str, data_class: int) -> None:
        value = embedded(1, tag) + embedded(8, tensor)
        if tag not in self._described:
            self._described.add(tag)
            value += embedded(9, embedded(1, embedded(1, plugin)) + integer(4, data_class))
        self._write(integer(2, step) + embedded(5, embedded(1, value)))

    def _write(self, event: bytes) -> None:
        self._file.write(framed(double(1, time.time()) + event))
