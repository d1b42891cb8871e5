"""What the decisions of a model cost."""

from __future__ import annotations

import numpy as np

from reportgen.metrics import metric
from reportgen.metrics._intervals import averaged
from reportgen.paired import losses
from reportgen.results import Prediction


@metric(
    title="Mean cost of a row",
    tasks=("binary",),
    needs="costs",
    greater_is_better=False,
    bounds=(0.0, None),
    interval=averaged(losses),
    order=6,
)
def cost(prediction: Prediction) -> float:
    """What wrong decisions cost by evaluate.costs, divided by the rows (Elkan 2001); a right one costs nothing."""
    return float(np.mean(losses(prediction)))
