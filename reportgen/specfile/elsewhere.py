"""What an experiment on a model from elsewhere must agree on: predictions and logs need no training, a log no table."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from reportgen.specfile.schema import Written
from reportgen.text import quoted

_FROM_ELSEWHERE = {
    "predictions": "the predictions were made elsewhere",
    "tensorboard": "the model is the log of a finished training",
}
_NOT_DONE = {
    "train": "nothing is trained",
    "clean": "nothing is cleaned",
    "preprocess": "nothing is preprocessed",
    "repeats": "nothing is repeated",
}


def data_are_there(written: Written) -> None:
    """Only a finished log can be reported on without a table."""
    if written.get("data") is None and written.get("model", "kind") != "tensorboard":
        written.add(("data",), "is missing", "add data: …")


def nothing_is_done_to_them(written: Written) -> None:
    kind = written.get("model", "kind")
    if kind not in _FROM_ELSEWHERE:
        return
    not_done = dict(_NOT_DONE) if kind == "predictions" else {**_NOT_DONE, "split": "nothing is split"}
    for key, what in not_done.items():
        if written.has(key):
            written.add((key,), f"{_FROM_ELSEWHERE[kind]}: {what}", f"remove {key}:", at_key=True)
    if kind == "predictions" and written.get("evaluate", "baselines") and written.has("evaluate", "baselines"):
        what = f"{_FROM_ELSEWHERE[kind]}: nothing is trained, and no baseline either"
        written.add(("evaluate", "baselines"), what, "remove it", at_key=True)
    if kind == "predictions" and written.has("evaluate", "threshold"):
        what = f"{_FROM_ELSEWHERE[kind]}, and decided by a threshold of their own"
        written.add(("evaluate", "threshold"), what, "remove it", at_key=True)


def split_only_says_what_is_alike(written: Written) -> None:
    """Nothing is drawn, but intervals must know of groups, or of the order in time."""
    if written.get("model", "kind") != "predictions" or not written.has("split"):
        return
    if written.get("split", "by") not in ("group", "time"):
        what = "the predictions were made elsewhere: model.split names the split"
        written.add(("split",), what, "remove it, or say by: group or time, with the column", at_key=True)
        return
    for key in ("test", "validation", "folds"):
        if written.has("split", key):
            what = "the predictions were made elsewhere: model.split names the split"
            written.add(("split", key), what, f"remove {key}:", at_key=True)


def log_is_not_evaluated(written: Written) -> None:
    if written.get("model", "kind") != "tensorboard":
        return
    for key in ("evaluate", "expect"):
        if written.has(key):
            what = "a log holds no predictions, so there is nothing to evaluate"
            written.add((key,), what, f"remove {key}:", at_key=True)


def predictions_are_columns_of_their_own(written: Written) -> None:
    if written.get("model", "kind") != "predictions":
        return
    named = list(prediction_columns(written))
    for place, (path, name) in enumerate(named):
        if name in [other for _, other in named[:place]]:
            written.add(path, f"the column {quoted(name)} is named twice", "name a column of its own")
        elif written.get("model", "path") is None and name == written.get("data", "target"):
            written.add(path, "the target is the truth and no prediction", "name another column")
    if written.get("model", "path") is not None:
        return
    for _, name in named:
        if written.has("data", "columns", name):
            what = "is a column of the predictions, which is read as what it is"
            written.add(("data", "columns", name), what, "remove the line", at_key=True)
        for position, hidden in enumerate(written.get("data", "sensitive")):
            if hidden == name:
                what = "predictions cannot be sensitive: the report shows them throughout"
                written.add(("data", "sensitive", position), what, "remove it here")


def predictions_are_of_one_value(written: Written) -> None:
    if written.get("model", "kind") != "predictions":
        return
    task, target = written.get("data", "task"), written.get("data", "target")
    if isinstance(target, tuple) or task in ("multilabel", "forecast") or written.get("data", "forecast") is not None:
        what = "predictions made elsewhere are read for binary, multiclass and regression tasks, not yet for this one"
        written.add(("model", "kind"), what, "choose one target and task")
    elif task == "regression" and written.get("model", "scores") is not None:
        written.add(("model", "scores"), "a regression has no scores of classes", "remove it", at_key=True)


def predictions_match_the_rows(written: Written) -> None:
    if written.get("model", "kind") != "predictions":
        return
    if written.get("model", "path") is not None and written.get("data", "sample") is not None:
        what = "a sample of the table has other rows than the file of predictions"
        written.add(("data", "sample"), what, "remove it, or keep the predictions in the table", at_key=True)
    if written.get("model", "split") is not None:
        for key in ("validation", "test"):
            if written.get("data", key) is not None:
                what = f"the {key} rows are told twice: data.{key} names their file"
                written.add(("model", "split"), what, "remove one of the two", at_key=True)


def prediction_columns(written: Written) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every column that `model` names, and where."""
    yield ("model", "predicted"), written.get("model", "predicted") or "y_pred"
    scores = written.get("model", "scores")
    if isinstance(scores, tuple):
        yield from ((("model", "scores", position), name) for position, name in enumerate(scores))
    elif scores is not None:
        yield ("model", "scores"), scores
    if written.get("model", "split") is not None:
        yield ("model", "split"), written.get("model", "split")


Rule = Callable[[Written], None]
#: The keys that a rule compares, and the rule; see `consistency`.
RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("model.kind",), data_are_there),
    (("model.kind",), nothing_is_done_to_them),
    (("model.kind", "split"), split_only_says_what_is_alike),
    (("model.kind",), log_is_not_evaluated),
    (("model", "data.target", "data.columns", "data.sensitive"), predictions_are_columns_of_their_own),
    (("model", "data.task", "data.target"), predictions_are_of_one_value),
    (("model", "data"), predictions_match_the_rows),
)
