"""What costs, threshold and calibration must agree on with the rest of the experiment."""

from __future__ import annotations

from collections.abc import Callable

from reportgen.specfile import forecasts
from reportgen.specfile.schema import Written


def keys_are_for_two_classes(written: Written) -> None:
    task = "forecast" if forecasts.is_forecast(written) else written.get("data", "task")
    if isinstance(written.get("data", "target"), tuple):
        task = "multilabel"
    if task in (None, "binary"):
        return
    asked = [key for key in ("costs", "tune") if written.get("evaluate", key) is not None]
    if task == "multilabel" and written.get("evaluate", "threshold") == "tuned":
        asked.append("threshold")
    for key in asked:
        written.add(("evaluate", key), f"{key} is for two classes, and this is a {task} task", "remove it", at_key=True)
    if task != "multiclass" and written.get("evaluate", "calibration") != "none":
        what = f"a {task} task has no classes whose probabilities could be recalibrated"
        written.add(("evaluate", "calibration"), what, "remove it", at_key=True)


def chosen_on_validation_rows(written: Written) -> None:
    if written.get("split", "validation") != 0 or written.get("data", "validation") is not None:
        return
    for key in ("threshold", "calibration"):
        value = written.get("evaluate", key)
        if value in ("tuned", "sigmoid", "isotonic"):
            what = f"{value} needs validation rows, and there are none"
            written.add(("evaluate", key), what, "give split.validation a share")


def tuning_has_an_aim(written: Written) -> None:
    tune = written.get("evaluate", "tune")
    if tune is not None and written.get("evaluate", "threshold") != "tuned":
        written.add(("evaluate", "tune"), "nothing is tuned", "set evaluate.threshold: tuned", at_key=True)
    if tune == "cost" and written.get("evaluate", "costs") is None:
        written.add(("evaluate", "tune"), "there is no cost to tune for", "add evaluate.costs")


def something_costs(written: Written) -> None:
    if written.get("evaluate", "costs") is not None:
        if not any(written.get("evaluate", "costs", key) for key in ("false_positive", "false_negative")):
            written.add(("evaluate", "costs"), "nothing costs anything", "give one of the two more than 0")
        return
    listed = written.get("evaluate", "metrics")
    if isinstance(listed, tuple) and "cost" in listed:
        written.add(("evaluate", "metrics", listed.index("cost")), "cost needs evaluate.costs", "add evaluate.costs")


def probabilities_are_taken_as_given(written: Written) -> None:
    if written.get("model", "kind") == "predictions" and written.get("evaluate", "calibration") != "none":
        what = "the predictions are made already, and taken as they are"
        written.add(("evaluate", "calibration"), what, "remove it", at_key=True)


Rule = Callable[[Written], None]
#: The keys that a rule compares, and the rule; see `consistency`.
RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("data.task", "data.target", "data.forecast", "evaluate"), keys_are_for_two_classes),
    (("split.validation", "data.validation", "evaluate"), chosen_on_validation_rows),
    (("evaluate",), tuning_has_an_aim),
    (("evaluate",), something_costs),
    (("model", "evaluate"), probabilities_are_taken_as_given),
)
