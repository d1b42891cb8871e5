"""A training as TensorBoard shows it: event files in the layout of Keras's callback, with weights and gradients."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from reportgen.errors import OutputError
from reportgen.eventfile.writing import EventFile, remove_earlier
from reportgen.text import quoted

_BINS = 30
_KEY = "train.tensorboard"


class Events:
    """Event files in `FOLDER/train` and `FOLDER/validation`, the latter from the first validation value on.

    Scalars are called `epoch_loss`, `epoch_accuracy`, …, histograms `LAYER/weights` and `LAYER/gradients`; steps count
    from 0, as Keras counts them. Event files that an earlier training of ours left in the folder are replaced.

    Raises:
        OutputError: the folder cannot be made or written to; from every method.
    """

    def __init__(self, folder: str | Path) -> None:
        self._folder = Path(folder)
        self._files: dict[str, EventFile] = {}
        with self._told():
            remove_earlier(self._folder / "validation")
            self._file("train")

    def epoch(self, number: int, row: Mapping[str, float]) -> None:
        """The scalars of an epoch, counted from 1; `val_loss` is the validation's loss."""
        with self._told():
            for name, value in row.items():
                split = "validation" if name.startswith("val_") else "train"
                self._file(split).scalar(f"epoch_{name.removeprefix('val_')}", number - 1, float(value))
            for file in self._files.values():
                file.flush()

    def histograms(self, number: int, layer: str, weights: np.ndarray, gradients: np.ndarray | None = None) -> None:
        """Histograms of a layer's weights and gradients, of whatever shape; values that are not finite are left out."""
        with self._told():
            for what, values in (("weights", weights), ("gradients", gradients)):
                if values is not None:
                    counts, edges = _histogram(np.asarray(values))
                    self._file("train").histogram(f"{layer}/{what}", number - 1, edges, counts)

    def close(self) -> None:
        with self._told():
            for file in self._files.values():
                file.close()

    def _file(self, split: str) -> EventFile:
        if split not in self._files:
            self._files[split] = EventFile(self._folder / split)
        return self._files[split]

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            what = f"event files cannot be written to {quoted(self._folder.name)}: {reason.lower()}"
            raise OutputError(what, "name another folder, or make room", key=_KEY) from error


def _histogram(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    finite = values[np.isfinite(values)].astype(float).ravel()
    if not len(finite):
        return np.zeros(1), np.zeros(2)
    with np.errstate(over="ignore", invalid="ignore"):
        spread = np.ptp(finite)
    if not np.isfinite(spread) or spread <= abs(finite[0]) * 1e-12:  # NumPy makes no bins of such a range.
        return np.array([float(len(finite))]), np.array([finite.min(), finite.max()])
    return np.histogram(finite, _BINS)
