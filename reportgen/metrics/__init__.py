"""Metrics: a decorated function is a metric, a file a topic.

A metric is a function from a `Prediction` to a number, with a title:

    @metric(title="Zero-one loss", greater_is_better=False, bounds=(0, 1))
    def zero_one(prediction: Prediction) -> float:
        "Share of the rows whose class is wrong; sklearn.metrics.zero_one_loss."

Where it is undefined it raises NotApplicable with the reason. Its interval is a bootstrap of the function over rows,
unless `interval=` says what it is made of (`_intervals.py`), which is faster and covers better.
"""

from reportgen.metrics._metric import CLASSES, LABELS, NUMBERS, Metric, metric
from reportgen.metrics._sample import rows_of
from reportgen.metrics._scoring import auto, measure, require, score_prediction
from reportgen.metrics._trials import spreads
from reportgen.paired import PairedTest, compare

__all__ = [
    "CLASSES",
    "LABELS",
    "NUMBERS",
    "Metric",
    "PairedTest",
    "auto",
    "compare",
    "measure",
    "metric",
    "require",
    "rows_of",
    "score_prediction",
    "spreads",
]
