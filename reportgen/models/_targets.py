"""Targets as a network learns them, and its outputs as predictions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from reportgen.fitted import FitJob
from reportgen.models._job import Outputs, decide
from reportgen.models._objectives import loss_part
from reportgen.specfile import keras_names


@dataclass(frozen=True)
class Scale:
    """Mean and standard deviation of a numeric training target, which the network learns in standard units.

    For a loss that looks at a number's size the mean is left at 0: it is divided only.
    """

    mean: float = 0.0
    std: float = 1.0
    divided_only: bool = False

    @classmethod
    def of(cls, job: FitJob) -> Scale:
        if not job.task.is_numeric:
            return cls()
        y = np.asarray(job.y["train"], np.float64)
        sized = loss_part(job.train, job.task).name in keras_names.SIZES
        return cls(0.0 if sized else float(y.mean()), float(y.std()) or 1.0, sized)

    def targets(self, job: FitJob, split: str) -> np.ndarray:
        """Codes, zeros and ones, or scaled values, (n, n_outputs)."""
        y = np.asarray(job.y[split])
        if job.task.is_numeric:
            y = (y - self.mean) / self.std
        y = y.astype(np.int32 if job.task.name == "multiclass" else np.float32)
        return y.reshape(len(y), *(y.shape[1:] or (1,)))

    def predictions(self, output: np.ndarray, job: FitJob) -> Outputs:
        """`y_score` or None, and `y_pred`, from what came out of the network, (n, n_outputs)."""
        output = _told(output.astype(np.float64))
        if job.task.is_numeric:
            values = _told(output * self.std + self.mean)
            return None, values if job.task.name == "forecast" else values[:, 0]
        if job.task.name == "multilabel":
            score = output
        elif output.shape[1] == 1:
            score = np.hstack([np.round(1.0 - output, 12), output])
        else:
            score = _shares(output)
        return score, decide(score, job.task, job.threshold)

    @property
    def word(self) -> str:
        return "scaled" if self.divided_only else "standardised"

    def told(self) -> str:
        """The scaling in words."""
        less = "" if self.divided_only else f"minus {self.mean:.6g}, "
        of = "standard deviation" if self.divided_only else "mean and standard deviation"
        return (
            f"{less}divided by {self.std:.6g} ({of} of the training rows); the loss is in these units, predictions and "
            "errors in the target's own"
        )


#: Significant digits of what comes out of a network: single precision has no more, and more make a longer report.
_DIGITS = 8


def _told(values: np.ndarray) -> np.ndarray:
    """The values in `_DIGITS` significant digits; what is not finite stays as it is."""
    size = np.floor(np.log10(np.abs(values), out=np.zeros_like(values), where=(values != 0) & np.isfinite(values)))
    scale = 10.0 ** np.clip(_DIGITS - 1 - size, -300, 300)
    return np.where(np.isfinite(values), np.round(values * scale) / scale, values)


def _shares(output: np.ndarray) -> np.ndarray:
    """Rows (n, n_classes) that sum to 1: short numbers, of which the largest of a row makes up for the rounding."""
    score = _told(output / output.sum(axis=1, keepdims=True))
    rows, largest = np.arange(len(score)), score.argmax(axis=1)
    score[rows, largest] = np.round(score[rows, largest] + 1.0 - score.sum(axis=1), 10)
    return score
