"""The decorator that makes a metric of a function, and its record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from reportgen.dataset import Task
from reportgen.results import Prediction

if TYPE_CHECKING:
    from reportgen.metrics._sample import Strategy

CLASSES = ("binary", "multiclass")
LABELS = ("multilabel",)
NUMBERS = ("regression", "forecast")


@dataclass(frozen=True)
class Metric:
    """A metric: called with a `Prediction` it returns its value, or raises NotApplicable with the reason.

    `titles` maps a task to what is shown. `bounds` are the smallest and largest possible value, None for unbounded.
    `interval` computes the confidence interval; None means a bootstrap of rows. `remark` says what is special about a
    value that exists by convention only, or "". `classes` are the fewest and most classes that it is shown for unasked.
    """

    name: str
    function: Callable[[Prediction], float]
    titles: Mapping[str, str]
    needs: Literal["prediction", "score", "costs"]
    greater_is_better: bool
    bounds: tuple[float | None, float | None]
    interval: Strategy | None
    unit: str
    order: int
    classes: tuple[int, int]
    remark: Callable[[Prediction], str] | None
    summary: str

    def __call__(self, prediction: Prediction) -> float:
        return self.function(prediction)

    @property
    def tasks(self) -> tuple[str, ...]:
        return tuple(self.titles)

    def inside(self, low: float, high: float) -> tuple[float, float]:
        """An interval, ended where the metric does."""
        floor, ceiling = self.bounds
        return low if floor is None else max(low, floor), high if ceiling is None else min(high, ceiling)

    def applies(self, task: Task, has_scores: bool, has_costs: bool = False) -> bool:
        """Whether the metric is shown for such a task and model without being named."""
        fewest, most = self.classes
        enough = not task.labels or fewest <= len(task.labels) <= most
        there = {"prediction": True, "score": has_scores, "costs": has_costs}[self.needs]
        return task.name in self.titles and enough and there


def metric(
    *,
    title: str | Mapping[str, str],
    tasks: tuple[str, ...] = CLASSES,
    needs: Literal["prediction", "score", "costs"] = "prediction",
    greater_is_better: bool = True,
    bounds: tuple[float | None, float | None] = (None, None),
    interval: Strategy | None = None,
    unit: Literal["", "target", "target²", "share"] = "",
    order: int = 100,
    classes: tuple[int, int] = (2, 1_000_000),
    remark: Callable[[Prediction], str] | None = None,
) -> Callable[[Callable[[Prediction], float]], Metric]:
    """Make a metric of a function `Prediction -> float`; its name is the key, its docstring's first line the summary.

    Only `title` must be given. `title` may differ by task (a mapping, whose keys are then the tasks). `order` sorts the
    metrics that are shown without being named; the first six stand on the first page.
    """
    titles = dict.fromkeys(tasks, title) if isinstance(title, str) else dict(title)

    def make(function: Callable[[Prediction], float]) -> Metric:
        return Metric(
            name=function.__name__,
            function=function,
            titles=MappingProxyType(titles),
            needs=needs,
            greater_is_better=greater_is_better,
            bounds=bounds,
            interval=interval,
            unit=unit,
            order=order,
            classes=classes,
            remark=remark,
            summary=(function.__doc__ or "").partition("\n")[0],
        )

    return make
