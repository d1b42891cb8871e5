"""matplotlib imported with the report's own face, and with no other font of the machine.

matplotlib reads a settings file and keeps a list of the machine's fonts in the home folder; figures must depend on
neither. So it is imported with a folder of its own, or where none can be made, with one that is removed at once.
"""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import os
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from reportgen.assets import folder

_OWN_NAME = "reportgen sans"  # not the face's own name, which another version on the machine may bear


@contextlib.contextmanager
def _own_folder() -> Iterator[None]:
    """The environment in which matplotlib is imported; as it was before at the end."""
    before = {key: os.environ.get(key) for key in ("MPLCONFIGDIR", "MPL_IGNORE_SYSTEM_FONTS", "MATPLOTLIBRC")}
    with contextlib.ExitStack() as stack:
        place = _cache_folder() or stack.enter_context(tempfile.TemporaryDirectory(prefix="reportgen-"))
        os.environ.update(MPLCONFIGDIR=str(place), MPL_IGNORE_SYSTEM_FONTS="1")
        os.environ.pop("MATPLOTLIBRC", None)
        try:
            yield
        finally:
            for key, value in before.items():
                os.environ.pop(key, None) if value is None else os.environ.update({key: value})


def _cache_folder() -> Path | None:
    try:
        root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        place = Path(root, "reportgen", "matplotlib")
        place.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):
        return None
    return place if os.access(place, os.W_OK) else None


with _own_folder():
    import matplotlib as mpl
    from matplotlib import font_manager

# What matplotlib has to say of fonts is not for the reader of a report.
logging.getLogger("matplotlib").setLevel(logging.ERROR)


@cache
def font_family() -> tuple[str, ...]:
    """The names by which matplotlib finds the report's face, and then the one that it brings along."""
    for path in sorted((folder() / "fonts").glob("ReportSans-*.ttf")):
        known = len(font_manager.fontManager.ttflist)
        font_manager.fontManager.addfont(path)
        entries = font_manager.fontManager.ttflist
        entries[known:] = [dataclasses.replace(entry, name=_OWN_NAME) for entry in entries[known:]]
    return (_OWN_NAME, "DejaVu Sans")


def defaults() -> dict[str, object]:
    """The settings that matplotlib comes with, whatever the user's are."""
    return {key: value for key, value in mpl.rcParamsDefault.items() if not key.startswith(("backend", "_internal"))}
