"""An archive in an object store, or wherever fsspec reaches: `s3://bucket/folder`, `gs://…`, `memory://…`.

Nothing there can be renamed as one, so the entry is written last: a place without one holds nothing yet. The report's
name has its hash, so two writers of one report never mix. There are no locks: of two index pages the last stays, whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

from reportgen.archive.entry import ENTRY
from reportgen.errors import OutputError, ReportgenError
from reportgen.text import one_line

_PLACE = re.compile(r"(?P<place>[a-z0-9][a-z0-9-]{0,80}/[0-9a-f]{32})/(?P<file>[^/]+)")


class RemoteFolder:
    """See `reportgen.archive.Folder`."""

    def __init__(self, url: str) -> None:
        self.name = re.sub("(?<=://)[^/@]*@", "", url).rstrip("/")
        with self._told():
            fsspec = _fsspec(url)
            self._files, self._root = fsspec.core.url_to_fs(url)
        self._root = str(self._root).rstrip("/")

    def prepare(self) -> None:
        """Find out whether the place can be reached; a bucket must be there, a folder in it need not."""
        with self._told():
            self._files.exists(f"{self._root}/{ENTRY}")

    def listing(self) -> dict[str, dict[str, int]]:
        """Place -> file -> bytes."""
        found: dict[str, dict[str, int]] = {}
        with self._told():
            self._files.invalidate_cache()
            everything = self._files.find(self._root, detail=True) if self._files.exists(self._root) else {}
        for path, about in everything.items():
            if match := _PLACE.fullmatch(str(path).removeprefix(self._root).lstrip("/")):
                found.setdefault(match["place"], {})[match["file"]] = int(about["size"])
        return dict(sorted(found.items()))

    def has(self, place: str) -> bool:
        with self._told():
            self._files.invalidate_cache()
            return bool(self._files.exists(f"{self._root}/{place}/{ENTRY}"))

    def store(self, place: str, files: Mapping[str, bytes]) -> bool:
        """Put files at a place, the entry last; False where there is one already."""
        if self.has(place):
            return False
        for name in sorted(files, key=lambda name: name == ENTRY):
            self.replace(f"{place}/{name}", files[name])
        return True

    def read(self, paths: list[str]) -> dict[str, bytes | None]:
        """The bytes of files, fetched side by side where the store can."""
        if not paths:
            return {}
        with self._told():
            found = self._files.cat([f"{self._root}/{path}" for path in paths], on_error="return")
        by_path = {str(name).removeprefix(self._root).lstrip("/"): data for name, data in found.items()}
        return {path: data if isinstance(data := by_path.get(path), bytes) else None for path in paths}

    def replace(self, name: str, data: bytes) -> None:
        """Write a file, making the folders above it where the store has such; never a bucket."""
        path = f"{self._root}/{name}"
        with self._told():
            try:
                self._files.pipe_file(path, data)
            except FileNotFoundError:
                self._make_folders(name)
                self._files.pipe_file(path, data)

    def _make_folders(self, name: str) -> None:
        parts = name.split("/")[:-1]
        for folder in ("/".join([self._root, *parts[:depth]]) for depth in range(len(parts) + 1)):
            if "/" in folder:  # What stands without one is a bucket.
                with suppress(FileExistsError):
                    self._files.mkdir(folder, create_parents=False)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """No store has locks."""
        yield

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What stores and their libraries raise, each its own errors, in one line."""
        try:
            yield
        except ReportgenError:
            raise
        except ImportError as error:
            what = f"this place needs a package that is not installed: {one_line(error, 200)}"
            raise OutputError(what, "install that package", file=self.name) from error
        except Exception as error:
            what = f"cannot be reached: {type(error).__name__}: {one_line(error, 200)}"
            raise OutputError(what, "check the address, the network and your credentials", file=self.name) from error


def _fsspec(url: str) -> Any:
    try:
        import fsspec.core
    except ImportError as error:
        what = f"{one_line(url.partition('://')[0], 20)}:// needs fsspec, which is not installed"
        raise OutputError(what, "pip install 'reportgen[remote]'") from error
    return fsspec
