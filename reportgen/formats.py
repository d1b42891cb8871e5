"""What a file is by its name: the loader that reads it, how it is packed, and the formats that are never opened."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType

from reportgen import registry
from reportgen.text import listing

#: Suffix -> the loader unit that reads it.
SUFFIXES: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys((".csv", ".tsv", ".txt"), "csv"),
        **dict.fromkeys((".parquet", ".pq"), "parquet"),
        **dict.fromkeys((".json", ".jsonl", ".ndjson"), "json"),
        **dict.fromkeys((".feather", ".arrow"), "feather"),
        **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".ods"), "xlsx"),
        ".npz": "npz",
    }
)
#: Suffix -> what such a file is; opening one can run the code of whoever made it.
UNSAFE: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys((".pkl", ".pickle", ".p", ".dill"), "a pickle"),
        ".joblib": "a joblib dump, which is a pickle",
        **dict.fromkeys((".h5", ".hdf5", ".hdf", ".he5"), "an HDF5 file, which may hold pickles"),
        **dict.fromkeys((".pt", ".pth", ".ckpt"), "a PyTorch file, which is a pickle"),
        ".npy": "a NumPy file, which may hold pickles",
        ".keras": "a Keras model, which may hold functions",
        **dict.fromkeys((".rds", ".rda", ".rdata"), "an R data file, which may hold promises of code"),
        **dict.fromkeys((".py", ".ipynb", ".sh"), "a program"),
    }
)
#: Suffixes of compressed files; of the formats that are text, which nothing else is worth packing.
PACKED: tuple[str, ...] = (".gz", ".zip", ".zst", ".bz2", ".xz")
#: The loaders that also read a compressed file.
COMPRESSED: frozenset[str] = frozenset({"csv", "json"})
#: Suffixes of pictures, which come in folders.
PICTURES: frozenset[str] = frozenset(
    {".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pgm", ".ppm"}
)
#: Databases that SQLAlchemy names so; a driver may follow, as in `postgresql+psycopg://`.
DATABASES: frozenset[str] = frozenset(
    {"sqlite", "duckdb", "postgresql", "mysql", "mariadb", "mssql", "oracle", "snowflake", "bigquery", "redshift"}
)
#: Databases that are a file beside the experiment.
FILE_DATABASES: frozenset[str] = frozenset({"sqlite", "duckdb"})

_DATABASE = re.compile(r"([a-z][a-z0-9]*)(?:\+[a-z0-9_]+)?://")


def suffixes(name: str) -> tuple[str, str]:
    """The suffix that names the format and the one that names the compression, lower case, `""` where absent."""
    path = PurePosixPath(name.lower())
    return (PurePosixPath(path.stem).suffix, path.suffix) if path.suffix in PACKED else (path.suffix, "")


def database(path: str) -> str | None:
    """The kind of database that an address names, None for what is none."""
    found = _DATABASE.match(path.lower())
    return found[1] if found and found[1] in DATABASES else None


def loader_of(path: str) -> str | None:
    """The loader that `data.path` asks for by its spelling alone; None where only a look at the disk can tell."""
    if path.startswith("sklearn:"):
        return "sklearn"
    return "sql" if database(path) else SUFFIXES.get(suffixes(path)[0])


def supported() -> tuple[str, ...]:
    """The suffixes that the installed loaders read."""
    loaders = registry.names("loaders")
    return tuple(suffix for suffix, loader in SUFFIXES.items() if loader in loaders)


def choices() -> str:
    """What may be named, as a remedy."""
    text = [suffix for suffix in supported() if SUFFIXES[suffix] in COMPRESSED]
    packed = f"; {text[0]} and other text may be packed as {listing(PACKED, most=9, joiner='or')}" if text else ""
    return f"use one of {listing(supported(), most=30, joiner='or')}{packed}"
