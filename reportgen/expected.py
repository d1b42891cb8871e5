"""What the experiment file expects of a task: metrics that it has, and gates on classes that there are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reportgen import gates
from reportgen.errors import SpecError
from reportgen.text import quoted

if TYPE_CHECKING:
    from reportgen.dataset import Task
    from reportgen.spec import Spec


def require_scores(spec: Spec, task: Task) -> None:
    """Refuse metrics that the task does not have, and gates on classes that there are not."""
    from reportgen.metrics import require

    require(task, named_metrics(spec))
    for expression, bound in spec.expect.items():
        for term in gates.parse(expression, bound).terms:
            if term.label is not None and not _exists(term.label, task):
                what = f"{quoted(term.label)} is no {'step ahead' if task.name == 'forecast' else 'class'} of this task"
                fix = "write it as step 3" if task.name == "forecast" else "name a class as the data spell it"
                raise SpecError(what, fix, key=f"expect.{expression}")


def _exists(label: str, task: Task) -> bool:
    return bool(re.fullmatch(r"step [1-9]\d*", label)) if task.name == "forecast" else label in task.labels


def named_metrics(spec: Spec) -> dict[str, str]:
    """Every metric that the experiment file names, by its key there."""
    listed = () if spec.evaluate.metrics == "auto" else spec.evaluate.metrics
    gated = {
        f"expect.{expression}": metric
        for expression, bound in spec.expect.items()
        for _, metric in gates.parse(expression, bound).scores
    }
    return {**{f"evaluate.metrics[{position}]": name for position, name in enumerate(listed)}, **gated}
