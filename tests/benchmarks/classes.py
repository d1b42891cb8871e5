"""A thousand classes: predictions of 50,000 rows with and without their probabilities, and a trained model."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from tests.benchmarks._timing import Command

REPORTGEN = [str(Path(sys.executable).with_name("reportgen"))]
CLASSES, ROWS, FEATURES, GROUP = 1_000, 50_000, 20, 10
MOST_SECONDS, MOST_BYTES, MOST_MEGABYTES = 10.0, 2_000_000, 4_000.0


def classes(folder: Path, pairs: int) -> None:
    """The whole process within 10 s (imports and reading included), the page within 2 MB, 4 GB of memory in all.

    Of the trained model the page and the memory count alone.
    """
    truth, guess, score = _predictions()
    predictions = pd.DataFrame({"y": _names(truth), "y_pred": _names(guess)})
    predictions.to_parquet(folder / "classes.parquet")
    _measure("predictions", folder, _predicted(scores=False), pairs, MOST_SECONDS)
    whole = pa.Table.from_pandas(predictions, preserve_index=False)
    for column, values in zip(_columns(), score.T, strict=True):
        whole = whole.append_column(column, pa.array(values))
    parquet.write_table(whole, folder / "classes.parquet")
    _measure("with probabilities", folder, _predicted(scores=True), pairs, MOST_SECONDS)
    frame = pd.DataFrame(_features(truth), columns=[f"x{number}" for number in range(FEATURES)]).assign(y=_names(truth))
    frame.to_parquet(folder / "classes.parquet")
    _measure("trained", folder, _TRAINED, 1, None)


_TRAINED = """\
data: {path: classes.parquet, target: y}
model: {kind: mlp, hidden: [64]}
train: {epochs: 2}
"""


def _predicted(*, scores: bool) -> str:
    columns = f", scores: [{', '.join(_columns())}]" if scores else ""
    return f"data: {{path: classes.parquet, target: y}}\nmodel: {{kind: predictions{columns}}}\n"


def _columns() -> list[str]:
    return [f"p{number:04}" for number in range(CLASSES)]


def _names(codes: np.ndarray) -> list[str]:
    return [f"class {code:04}" for code in codes]


def _predictions() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Classes in groups that are taken for each other; the largest has some hundred rows, the smallest a few."""
    rng = np.random.default_rng(0)
    rare = (CLASSES * rng.random(ROWS - CLASSES * 5) ** 1.5).astype(int)
    truth = np.concatenate([np.repeat(np.arange(CLASSES), 5), rare])
    near = truth // GROUP * GROUP + rng.integers(0, GROUP, ROWS)
    likely = np.where(rng.random(ROWS) < 0.8, truth, near)
    score = rng.standard_gamma(0.05, (ROWS, CLASSES)).astype(np.float32)
    score[np.arange(ROWS), likely] += rng.gamma(20, 1, ROWS)
    score[np.arange(ROWS), truth] += rng.gamma(6, 1, ROWS)
    score /= score.sum(axis=1, keepdims=True)
    return truth, score.argmax(axis=1), score


def _features(truth: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(1)
    return rng.normal(0, 1, (CLASSES, FEATURES))[truth] * 2 + rng.normal(0, 1, (ROWS, FEATURES))


def _measure(name: str, folder: Path, spec: str, pairs: int, most: float | None) -> None:
    (folder / "classes.yaml").write_text(spec, encoding="utf-8")
    page = folder / "classes.html"
    command = Command(name, [*REPORTGEN, "run", str(folder / "classes.yaml"), "-o", str(page)], {})
    seconds = min(command.seconds() for _ in range(pairs))
    peak, size = command.peak(), page.stat().st_size
    late = most is not None and seconds > most
    missed = late or size > MOST_BYTES or peak > MOST_MEGABYTES
    print(
        f"{CLASSES:,} classes x {ROWS:,} rows, {name:<20} {seconds:6.1f} s"
        f"{f' (reach {most:.0f})' if most else ''}, {size / 1000:,.0f} KB (reach 2,000), {peak:,.0f} MB (reach 4,000)"
        f"{'  NOT REACHED' if missed else ''}"
    )
