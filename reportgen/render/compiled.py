"""Compiled templates, kept where Python keeps its own compiled modules, and on the same terms.

Compiling them takes as long as importing Jinja. What is kept is used while template, Python and Jinja are the same.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from hashlib import sha1
from importlib.util import cache_from_source
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, BytecodeCache


class Compiled(BytecodeCache):
    """A folder of compiled templates. Where it cannot be written, templates are compiled each time."""

    def __init__(self) -> None:
        self._folder = Path(cache_from_source(__file__)).parent

    def get_source_checksum(self, source: str) -> str:
        written_by = getattr(jinja2, "__version__", "")
        return sha1(f"{written_by}\n{source}".encode(), usedforsecurity=False).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError), self._path(bucket).open("rb") as file:
            bucket.load_bytecode(file)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if sys.dont_write_bytecode:
            return
        with suppress(OSError):
            handle, name = tempfile.mkstemp(dir=self._folder)
            try:
                with os.fdopen(handle, "wb") as file:
                    bucket.write_bytecode(file)
                os.replace(name, self._path(bucket))  # noqa: PTH105
            except BaseException:
                os.unlink(name)  # noqa: PTH108
                raise

    def _path(self, bucket: Bucket) -> Path:
        return self._folder / f"template-{bucket.key}.{sys.implementation.cache_tag}.jinja"
