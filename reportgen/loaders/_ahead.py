"""Imports that go on while a large file is read, most of which Arrow does without Python."""

from __future__ import annotations

import importlib
import threading
from contextlib import suppress

from reportgen.source import Location

#: Bytes that take longer to read than a thread takes to start.
_LARGE = 1 << 23


def import_meanwhile(location: Location, *modules: str) -> None:
    """Begin to import modules in a thread of its own, one after the other, where the files of a location are large.

    Whoever imports one of them meanwhile waits for it. What goes wrong is found by whoever imports the module next.
    """
    if sum(size for _, _, size, *_ in (file.stamp for file in location.everything() if file.stamp)) < _LARGE:
        return
    with suppress(RuntimeError):  # A limit allows no further thread.
        threading.Thread(target=_imported, args=(modules,), name="imports", daemon=True).start()


def _imported(modules: tuple[str, ...]) -> None:
    with suppress(Exception):
        for module in modules:
            importlib.import_module(module)
