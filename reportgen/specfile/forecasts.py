"""What a forecast asks of the rest of the file: one target, a time that orders the rows, parts that follow in time."""

from __future__ import annotations

from collections.abc import Callable

from reportgen.specfile.schema import Written
from reportgen.text import quoted

_NO_TIME = ("categorical", "boolean", "text", "image")


def task_and_forecast_agree(written: Written) -> None:
    task = written.get("data", "task")
    if not is_forecast(written):
        if task == "forecast":
            fix = "add data.forecast: {time: COLUMN, window: …, horizon: …}"
            written.add(("data", "task"), "a forecast needs its time, window and horizon", fix)
    elif task not in (None, "forecast"):
        fix = "remove data.task, or data.forecast"
        written.add(("data", "task"), f"data.forecast asks for a forecast, and the task is {task}", fix)


def target_is_one_column(written: Written) -> None:
    if not is_forecast(written):
        return
    target, time = written.get("data", "target"), written.get("data", "forecast", "time")
    if target is None:
        written.add(("data", "forecast"), "there is no target to forecast", "name it as data.target", at_key=True)
    elif not isinstance(target, str):
        what = f"a forecast has one target, and {len(target)} are named"
        written.add(("data", "target"), what, "name one; the others are seen as its features")
    elif target == time:
        what = f"{quoted(time)} is the target, which cannot put the rows in order"
        written.add(("data", "forecast", "time"), what, "name a column of dates or numbers")


def time_has_an_order(written: Written) -> None:
    if not is_forecast(written):
        return
    time = written.get("data", "forecast", "time")
    kind = written.get("data", "columns").get(time)
    if kind in _NO_TIME:
        what = f"the time of a forecast is datetime or numeric, and is declared {kind}"
        written.add(("data", "columns", time), what, "declare it datetime or numeric")


def rows_stay_in_order(written: Written) -> None:
    if not is_forecast(written):
        return
    by, column = written.get("split", "by"), written.get("split", "column")
    if by not in ("auto", "time"):
        what = f"a forecast learns from earlier rows and is tested on later ones, never by {by}"
        written.add(("split", "by"), what, "remove it, or set by: time")
    elif column not in (None, written.get("data", "forecast", "time")):
        written.add(("split", "column"), "the rows are in the order of data.forecast.time", "remove it", at_key=True)
    if written.get("data", "sample") is not None:
        what = "a random sample of the rows has no next row to forecast"
        written.add(("data", "sample"), what, "remove it", at_key=True)
    outliers = written.get("clean", "outliers")
    if outliers is not None and written.get("clean", "outliers", "action") == "drop":
        what = "rows without outliers would leave gaps in the series"
        written.add(("clean", "outliers", "action"), what, "set clip or flag")


def nothing_is_for_classes(written: Written) -> None:
    if not is_forecast(written):
        return
    for path in (("data", "positive"), ("evaluate", "threshold"), ("train", "class_weights")):
        if written.has(*path):
            written.add(path, "a forecast has no classes", "remove it", at_key=True)
    name = str(written.get("model", "estimator") or "").rpartition(".")[2]
    if name.endswith("Classifier") or name == "LogisticRegression":
        written.add(
            ("model", "estimator"), f"{name} predicts classes, and a forecast is of numbers", "choose a regressor"
        )
    if "crossentropy" in str(written.get("train", "loss")):
        written.add(("train", "loss"), "a cross-entropy is for classes, and a forecast is of numbers", "set loss: auto")


def something_forecasts(written: Written) -> None:
    if is_forecast(written) and written.get("model", "kind") == "predictions":
        what = "predictions made elsewhere have one value a row, and a forecast has a horizon"
        fix = "remove data.forecast: they are judged as a regression"
        written.add(("data", "forecast"), what, fix, at_key=True)


def is_forecast(written: Written) -> bool:
    return written.get("data", "forecast") is not None


#: The keys that a rule compares, and the rule; see `consistency`.
RULES: tuple[tuple[tuple[str, ...], Callable[[Written], None]], ...] = (
    (("data.task", "data.forecast"), task_and_forecast_agree),
    (("data.target", "data.forecast"), target_is_one_column),
    (("data.columns", "data.forecast"), time_has_an_order),
    (("data.forecast", "data.sample", "split.by", "split.column", "clean.outliers"), rows_stay_in_order),
    (("data.forecast", "data.positive", "evaluate.threshold", "model", "train"), nothing_is_for_classes),
    (("data.forecast", "model"), something_forecasts),
)
