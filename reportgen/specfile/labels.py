"""What several targets ask of the rest of the file: two columns or more, and nothing that is for one alone."""

from __future__ import annotations

from collections.abc import Callable

from reportgen.specfile.schema import Written
from reportgen.text import quoted

_LEFT_OUT = ("ignore", "id", "text", "datetime")


def several_are_different(written: Written) -> None:
    target = _several(written)
    if len(target) == 1:
        fix = f"write target: {target[0]}, or list two columns of yes and no or more"
        written.add(("data", "target"), "a list of one column is no multilabel target", fix)
    for place, name in enumerate(target):
        if name in target[:place]:
            written.add(("data", "target", place), f"{quoted(name)} is listed twice", "name each column once")


def task_is_multilabel(written: Written) -> None:
    task, target = written.get("data", "task"), written.get("data", "target")
    if task == "multilabel" and isinstance(target, str):
        fix = f"write target: [{target}, …], or remove data.task"
        written.add(("data", "target"), "a multilabel task needs a list of columns", fix)
    elif task not in (None, "multilabel") and _several(written):
        fix = "remove data.task, or name one target"
        written.add(("data", "task"), f"several targets make a multilabel task, and the task is {task}", fix)


def targets_can_be_used(written: Written) -> None:
    kinds = written.get("data", "columns")
    for name in _several(written):
        if kinds.get(name) in _LEFT_OUT:
            what = f"a target cannot be of kind {kinds[name]}"
            written.add(("data", "columns", name), what, "remove the line, or leave it out of data.target")


def targets_are_shown(written: Written) -> None:
    for place, name in enumerate(written.get("data", "sensitive")):
        if name in _several(written):
            what = "a target cannot be sensitive: the report shows its values throughout"
            written.add(("data", "sensitive", place), what, "remove it here")


def nothing_is_for_one_class(written: Written) -> None:
    if not _several(written):
        return
    if written.get("data", "positive") is not None:
        what = "of several targets yes, true or 1 is positive in each"
        written.add(("data", "positive"), what, "remove it", at_key=True)
    name = str(written.get("model", "estimator") or "").rpartition(".")[2]
    if name.endswith("Regressor"):
        what = f"{name} predicts numbers, and several targets are labels"
        written.add(("model", "estimator"), what, "choose a classifier")


def rows_are_split_otherwise(written: Written) -> None:
    target = _several(written)
    if target and written.get("split", "by") == "stratified":
        what = "the rows of several targets have no classes to stratify by"
        written.add(("split", "by"), what, "set by: random, or by: group with a column")
    if written.get("split", "column") in target:
        written.add(("split", "column"), "rows cannot be split by a target", "name another column")


def _several(written: Written) -> tuple[str, ...]:
    """The columns where `data.target` lists some."""
    target = written.get("data", "target")
    return target if isinstance(target, tuple) else ()


#: The keys that a rule compares, and the rule; see `consistency`.
RULES: tuple[tuple[tuple[str, ...], Callable[[Written], None]], ...] = (
    (("data.target",), several_are_different),
    (("data.target", "data.task", "data.forecast"), task_is_multilabel),
    (("data.target", "data.columns"), targets_can_be_used),
    (("data.target", "data.sensitive"), targets_are_shown),
    (("data.target", "data.positive", "model"), nothing_is_for_one_class),
    (("data.target", "split.by", "split.column"), rows_are_split_otherwise),
)
