"""Small tables written to files and loaded as an experiment would load them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from reportgen import loaders, source, specfile
from reportgen.dataset import Column, Dataset, Kind, Source
from reportgen.spec import Data, ReadOptions


def load(folder: Path, content: str | bytes, name: str = "table.csv", **data: Any) -> Dataset:
    """The content written to a file of that name and loaded; `options` may be a plain dict."""
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return load_file(folder, name, **data)


def load_file(folder: Path, name: str, seed: int = 42, **data: Any) -> Dataset:
    if "options" in data:
        data["options"] = ReadOptions(**data["options"])
    location = source.resolve(name, folder / "experiment.yaml")
    return loaders.load(location, Data(path=name, **data), "experiment.yaml", seed)


def load_spec(folder: Path, text: str) -> Dataset:
    """Loaded as an experiment file says, given as the lines below `data:`."""
    draft = specfile.draft_of("data:\n" + "".join(f"  {line}\n" for line in text.splitlines()), str(folder / "e.yaml"))
    return loaders.load(draft.locate(), draft.spec().data, "e.yaml", draft.spec().seed)


def rows(header: str, *lines: str) -> str:
    return "\n".join([header, *lines]) + "\n"


def dataset(frame: pd.DataFrame, kinds: dict[str, Kind], **more: Any) -> Dataset:
    """A data set without a file."""
    sensitive = more.pop("sensitive", ())
    columns = tuple(Column(name, kind, "given", name in sensitive) for name, kind in kinds.items())
    return Dataset(frame, columns, Source("table.csv", "csv", 1, "0" * 64), **more)
