"""Large tables for the benchmarks: generated from a seed, written once, the same on every machine."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

_WORDS = (
    "delivery",
    "late",
    "parcel",
    "arrived",
    "box",
    "damaged",
    "return",
    "refund",
    "quick",
    "friendly",
    "service",
    "price",
    "good",
    "poor",
    "size",
    "colour",
    "order",
    "again",
    "never",
    "always",
    "customer",
    "number",
    "weeks",
    "days",
    "phone",
    "answer",
    "email",
    "shop",
    "online",
    "item",
    "quality",
    "cheap",
    "expensive",
)


def mixed(n_rows: int, seed: int = 0) -> pa.Table:
    """20 columns: an id, 9 numbers, 5 categories, 2 flags, 2 dates and a text, 5 % missing in all but the id."""
    rng = np.random.default_rng(seed)
    columns: dict[str, pa.Array] = {"order_id": pa.array(np.arange(1, n_rows + 1) * 7 + 100_000)}
    for name, values in _numbers(rng, n_rows).items():
        columns[name] = _with_gaps(rng, values)
    for name, n_levels in (("country", 40), ("shop", 12), ("channel", 4), ("payment", 6), ("product", 800)):
        levels = pa.array([f"{name} {level}" for level in range(n_levels)])
        shares = 1 / np.arange(1, n_levels + 1)
        codes = rng.choice(n_levels, n_rows, p=shares / shares.sum())
        columns[name] = _with_gaps(rng, levels.take(pa.array(codes)))
    for name, share in (("returned", 0.1), ("member", 0.4)):
        columns[name] = _with_gaps(rng, pa.array(np.where(rng.random(n_rows) < share, "yes", "no")))
    days = rng.integers(0, 3 * 365, n_rows)
    columns["ordered"] = _with_gaps(rng, pa.array(np.datetime64("2021-01-01") + days))
    seconds = days * 86_400 + rng.integers(0, 10 * 86_400, n_rows)
    columns["delivered"] = _with_gaps(rng, pa.array(np.datetime64("2021-01-01T00:00:00") + seconds))
    columns["comment"] = _with_gaps(rng, _sentences(rng, n_rows))
    return pa.table(columns)


def wide(n_rows: int, n_columns: int, seed: int = 0) -> pa.Table:
    """Numbers with a common factor, every tenth column of categories."""
    rng = np.random.default_rng(seed)
    factor = rng.normal(size=n_rows)
    columns: dict[str, pa.Array] = {}
    for position in range(n_columns):
        if position % 10 == 9:
            columns[f"group_{position:04}"] = pa.array([f"g{code}" for code in range(8)]).take(
                pa.array(rng.integers(0, 8, n_rows))
            )
        else:
            values = rng.normal(size=n_rows) + factor * rng.random()
            columns[f"value_{position:04}"] = pa.array(values.round(4))
    return pa.table(columns)


def write(table: pa.Table, path: Path) -> Path:
    """The table as .csv or .parquet, after its suffix."""
    if path.suffix == ".csv":
        arrow_csv.write_csv(table, path, arrow_csv.WriteOptions(quoting_style="needed"))
    else:
        pq.write_table(table, path)
    return path


def write_large(path: Path, n_parts: int) -> Path:
    """1,000,000 `mixed` rows a part, one part in memory at a time."""
    parts = (mixed(1_000_000, seed) for seed in range(n_parts))
    first = next(parts)
    kind = arrow_csv.CSVWriter if path.suffix == ".csv" else pq.ParquetWriter
    options = {"write_options": arrow_csv.WriteOptions(quoting_style="needed")} if path.suffix == ".csv" else {}
    with kind(str(path), first.schema, **options) as file:
        for part in chain([first], parts):
            file.write_table(part)
    return path


def _numbers(rng: np.random.Generator, n_rows: int) -> dict[str, pa.Array]:
    age = rng.normal(45, 15, n_rows).clip(18, 95).astype(np.int64)
    price = np.exp(rng.normal(3.2, 0.8, n_rows)).round(2)
    return {
        "age": pa.array(age),
        "price": pa.array(price),
        "quantity": pa.array(rng.poisson(2.0, n_rows) + 1),
        "discount": pa.array(np.where(rng.random(n_rows) < 0.6, 0.0, rng.random(n_rows).round(2))),
        "weight": pa.array((price * 0.05 + rng.gamma(2.0, 0.5, n_rows)).round(3)),
        "distance": pa.array(rng.exponential(120.0, n_rows).round(1)),
        "rating": pa.array(rng.integers(1, 6, n_rows)),
        "visits": pa.array(rng.negative_binomial(2, 0.2, n_rows)),
        "score": pa.array(rng.normal(size=n_rows)),
    }


def _with_gaps(rng: np.random.Generator, values: pa.Array, share: float = 0.05) -> pa.Array:
    mask = pa.array(rng.random(len(values)) < share)
    return pa.compute.if_else(mask, pa.scalar(None, values.type), values)


def _sentences(rng: np.random.Generator, n_rows: int) -> pa.Array:
    words = pa.array(_WORDS)
    parts = [words.take(pa.array(rng.integers(0, len(_WORDS), n_rows))) for _ in range(7)]
    return pa.compute.binary_join_element_wise(*parts, " ")
