"""The parts of a zip archive held in memory, none larger than it says and none larger than can be taken."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from reportgen import memory
from reportgen.errors import DataError, LimitExceeded
from reportgen.packed import GROWTH, GROWTH_FREE

_MOST_PARTS = 100_000
_ENCRYPTED = 0x1
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    LookupError,
)


@dataclass(frozen=True)
class Archive:
    """A zip archive: `what` it should be ("workbook") and `file`, its name, for messages.

    With `folded` the names of its parts are the same in upper and lower case, as in a workbook.
    """

    data: bytes
    what: str
    file: str
    folded: bool = False

    @cached_property
    def parts(self) -> Mapping[str, zipfile.ZipInfo]:
        """Part name, with `/` and in lower case if folded -> what the directory of the archive says of it.

        Raises:
            DataError: this is no zip archive, it is damaged or locked, or two parts have one name.
            LimitExceeded: it holds more parts than any of its kind.
        """
        entries = [entry for entry in self._entries() if not entry.filename.endswith("/")]
        found = {self._key(entry.filename): entry for entry in entries}
        if len(found) != len(entries) or "" in found:
            raise self.damaged("two of its parts have one name, or one has none")
        return found

    def read(self, *names: str, growth: float = GROWTH) -> list[bytes]:
        """The parts of that names.

        Args:
            growth: how many times the parts may be larger than they are packed.

        Raises:
            DataError: there is no such part, or it is damaged or locked.
            LimitExceeded: the parts would not fit into memory, or grow beyond reason.
        """
        wanted = [self.entry(name) for name in names]
        total = sum(entry.file_size for entry in wanted)
        packed = sum(entry.compress_size for entry in wanted)
        if total > GROWTH_FREE and total > growth * packed:
            what = f"the {self.what} grows more than {growth} times when it is unpacked"
            raise LimitExceeded(what, "unpack and look at it by hand if you trust it", file=self.file)
        memory.require(2 * total, f"the {self.what}", "use fewer rows or columns", file=self.file)
        try:
            return [self._opened.read(entry) for entry in wanted]
        except _DAMAGE:
            raise self.damaged() from None

    def start(self, name: str, count: int) -> bytes:
        """The first bytes of a part, `count` at most. Raises DataError where it is damaged."""
        try:
            with self._opened.open(self.entry(name)) as part:
                return part.read(count)
        except _DAMAGE:
            raise self.damaged() from None

    def entry(self, name: str) -> zipfile.ZipInfo:
        found = self.parts.get(self._key(name))
        if found is None:
            raise self.damaged(f"it lacks {name}")
        if found.flag_bits & _ENCRYPTED:
            raise DataError(f"the {self.what} is encrypted", "save it without a password", file=self.file)
        return found

    def damaged(self, why: str = "") -> DataError:
        what = f"the {self.what} is damaged" + (f": {why}" if why else "")
        return DataError(what, "copy it again, or save it again with the program that made it", file=self.file)

    def _key(self, name: str) -> str:
        name = name.replace("\\", "/")
        return name.lower() if self.folded else name

    @cached_property
    def _opened(self) -> zipfile.ZipFile:
        try:
            return zipfile.ZipFile(io.BytesIO(self.data))
        except _DAMAGE:
            raise self.damaged() from None

    def _entries(self) -> list[zipfile.ZipInfo]:
        entries = self._opened.infolist()
        if len(entries) > _MOST_PARTS:
            what = f"the {self.what} holds {len(entries):,} parts"
            raise LimitExceeded(what, "save it again with the program that made it", file=self.file)
        return entries
