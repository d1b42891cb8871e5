"""What an experiment file must agree on with itself and with the units that there are; told without importing any unit.

A rule looks at what was written and reports; it stays silent where what it judges has a problem of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from reportgen import gates, registry
from reportgen.specfile import (
    decisions,
    elsewhere,
    forecasts,
    inputs,
    labels,
    layers,
    learning_curves,
    looks,
    reading,
    slices,
    training,
    trials,
)
from reportgen.specfile.schema import Written
from reportgen.text import quoted

Rule = Callable[[Written], None]
_RULES: list[tuple[tuple[str, ...], Rule]] = [
    *reading.RULES,
    *inputs.RULES,
    *forecasts.RULES,
    *layers.RULES,
    *elsewhere.RULES,
    *training.RULES,
    *labels.RULES,
    *trials.RULES,
    *decisions.RULES,
    *slices.RULES,
    *learning_curves.RULES,
    *looks.RULES,
]


def judge(written: Written) -> None:
    """Add the problems that no single value shows."""
    for about, rule in _RULES:
        if not any(written.doubtful(*key.split(".")) for key in about):
            rule(written)


def _rule(*about: str) -> Callable[[Rule], Rule]:
    """Register a rule with the keys that it compares; one of them with a problem keeps the rule silent."""

    def register(rule: Rule) -> Rule:
        _RULES.append((about, rule))
        return rule

    return register


@_rule()
def _names_are_known(written: Written) -> None:
    for block, key, family in (
        ("evaluate", "metrics", "metrics"),
        ("report", "sections", "sections"),
        ("report", "figures", "figures"),
    ):
        listed = written.get(block, key)
        for position, name in enumerate(listed if written.has(block, key) and isinstance(listed, tuple) else ()):
            if isinstance(name, str):
                _known(written, (block, key, position), name, family)
    for name in written.get("checks") or {}:
        _known(written, ("checks", name), name, "checks")


def _known(written: Written, path: tuple[str | int, ...], name: str, family: str) -> None:
    names = registry.names(family)

    def fix() -> str:
        hint = registry.suggestion(name, names)
        return hint if hint.startswith("did you mean") else f"see reportgen list {family}"

    if name not in names:
        written.add(path, f"{quoted(name)} is not one of the {family}", fix, at_key=True)


@_rule()
def _gates_can_be_read(written: Written) -> None:
    for expression, bound in (written.get("expect") or {}).items():
        path = ("expect", expression)
        try:
            condition = gates.parse(expression, bound)
        except gates.GateError as error:
            written.add(path, error.what, error.fix, at_key=not error.in_bound)
            continue
        for split, metric in condition.scores:
            _score_will_exist(written, path, split, metric)
        for term in condition.terms:
            _model_and_label_will_exist(written, path, term)


#: Metrics that exist for one class or label, or for one step ahead, on the test rows.
_BY_LABEL = ("precision", "recall", "f1", "roc_auc", "mae", "rmse", "r2", "mase")


def _model_and_label_will_exist(written: Written, path: tuple[str, str], term: gates.Term) -> None:
    if term.model != "model" and term.model not in (written.get("evaluate", "baselines") or ()):
        what = f"there is no baseline {term.model}: evaluate.baselines does not list it"
        written.add(path, what, f"add {term.model} to evaluate.baselines", at_key=True)
    if term.label is None:
        return
    if term.metric not in _BY_LABEL:
        fix = f"choose from {', '.join(_BY_LABEL)}"
        written.add(path, f"{quoted(term.metric)} is not measured for one class or step", fix, at_key=True)
    elif term.split != "test" or term.model != "model":
        what = "single classes and steps are measured on test, and of the model alone"
        written.add(path, what, f"write test.{term.metric}[…]", at_key=True)


def _score_will_exist(written: Written, path: tuple[str, str], split: str, metric: str) -> None:
    names = registry.names("metrics")
    listed = written.get("evaluate", "metrics")
    if metric not in names:
        fix = partial(registry.suggestion, metric, names)
        written.add(path, f"{quoted(metric)} is not one of the metrics", fix, at_key=True)
    elif isinstance(listed, tuple) and metric not in listed and not written.doubtful("evaluate", "metrics"):
        what = f"{metric} is not computed: evaluate.metrics does not list it"
        written.add(path, what, f"add {metric} to evaluate.metrics", at_key=True)
    if split == "validation" and _has_no_validation(written):
        remedy = "give split.validation a share, or name train or test"
        written.add(path, "there are no validation rows", remedy, at_key=True)


def _has_no_validation(written: Written) -> bool:
    return bool(written.get("split", "validation") == 0 and written.get("data", "validation") is None)


@_rule("model")
def _nothing_trains(written: Written) -> None:
    if written.get("model") is not None:
        return
    for key, what in (
        *((key, "there is no model, so nothing trains") for key in ("train", "evaluate", "expect")),
        *((key, "there is no model, so nothing is prepared for one") for key in ("clean", "split", "preprocess")),
    ):
        if written.has(key):
            written.add((key,), what, f"add model:, or remove {key}:", at_key=True)


@_rule("model", "train")
def _train_is_for_networks(written: Written) -> None:
    if written.get("model", "kind") == "sklearn" and written.has("train"):
        fix = "set the estimator's own parameters in model.params, or remove train:"
        written.add(("train",), "train is for networks, and the model is from scikit-learn", fix, at_key=True)


@_rule("data")
def _target_is_there(written: Written) -> None:
    if written.get("data", "target") is not None:
        return
    if written.get("model", "kind") not in (None, "tensorboard") and written.get("data") is not None:
        written.add(("data", "target"), "is missing: the model has nothing to predict", "name the column to predict")
    for key in ("task", "positive"):
        if written.get("data", key) is not None:
            written.add(("data", key), "there is no target", "add data.target, or remove the key", at_key=True)


@_rule("data.target", "data.columns")
def _target_is_not_left_out(written: Written) -> None:
    target, kinds = written.get("data", "target"), written.get("data", "columns")
    kind = kinds.get(target)
    if kind in ("ignore", "id", "text", "datetime"):
        written.add(
            ("data", "columns", target),
            f"the target cannot be of kind {kind}",
            "remove the line, or choose another target",
        )


@_rule("data.target", "data.sensitive")
def _target_is_not_sensitive(written: Written) -> None:
    for position, name in enumerate(written.get("data", "sensitive")):
        if name == written.get("data", "target"):
            path = ("data", "sensitive", position)
            written.add(
                path, "the target cannot be sensitive: the report shows its values throughout", "remove it here"
            )


@_rule("data.task", "data.positive")
def _positive_is_for_two_classes(written: Written) -> None:
    task, positive = written.get("data", "task"), written.get("data", "positive")
    if positive is not None and task in ("multiclass", "regression"):
        written.add(
            ("data", "positive"), f"a {task} task has no positive class", "remove it, or set task: binary", at_key=True
        )


@_rule("model.kind", "evaluate.explain")
def _models_from_elsewhere_are_not_explained(written: Written) -> None:
    kind = written.get("model", "kind")
    if kind == "predictions" and written.has("evaluate", "explain") and written.get("evaluate", "explain") != "off":
        what = "only a model that is trained here can be asked for an explanation, and predictions are of another"
        written.add(("evaluate", "explain"), what, "remove it", at_key=True)


@_rule("data.task", "evaluate.threshold")
def _threshold_is_for_two_classes(written: Written) -> None:
    task = written.get("data", "task")
    if written.has("evaluate", "threshold") and task in ("multiclass", "regression"):
        written.add(("evaluate", "threshold"), f"a {task} task has no threshold", "remove it", at_key=True)


@_rule("data.task", "data.target", "data.columns")
def _task_fits_the_target(written: Written) -> None:
    kind = written.get("data", "columns").get(written.get("data", "target"))
    if written.get("data", "task") == "regression" and kind in ("categorical", "boolean"):
        fix = "set task: multiclass or binary, or declare the target numeric"
        written.add(("data", "task"), f"a regression predicts numbers, and the target is declared {kind}", fix)


@_rule("data.task", "model")
def _estimator_fits_the_task(written: Written) -> None:
    task, name = written.get("data", "task"), str(written.get("model", "estimator") or "").rpartition(".")[2]
    if task == "regression" and (name.endswith("Classifier") or name == "LogisticRegression"):
        written.add(
            ("model", "estimator"), f"{name} predicts classes, and the task is regression", "choose a regressor"
        )
    elif task in ("binary", "multiclass") and name.endswith("Regressor"):
        written.add(("model", "estimator"), f"{name} predicts numbers, and the task is {task}", "choose a classifier")


@_rule("train.early_stopping", "split.validation")
def _early_stopping_watches_validation(written: Written) -> None:
    if written.get("train", "early_stopping") is not None and _has_no_validation(written):
        fix = "give split.validation a share, or remove early_stopping"
        written.add(("train", "early_stopping"), "there are no validation rows to watch", fix, at_key=True)


@_rule("split.test", "split.validation")
def _shares_leave_rows_to_train(written: Written) -> None:
    test, validation = written.get("split", "test"), written.get("split", "validation")
    if written.get("split", "folds") is None and test + validation >= 1:
        key = "validation" if written.has("split", "validation") else "test"
        what = f"test ({test:g}) and validation ({validation:g}) leave no rows to train on"
        written.add(("split", key), what, "make them less than 1 together")


@_rule("split.by", "split.column")
def _split_column_goes_with_by(written: Written) -> None:
    by, column = written.get("split", "by"), written.get("split", "column")
    if by in ("group", "time") and column is None and not (by == "time" and forecasts.is_forecast(written)):
        written.add(("split", "by"), f"by: {by} needs the column of the {by}", "add split.column")
    elif by not in ("group", "time") and column is not None and not forecasts.is_forecast(written):
        written.add(
            ("split", "column"),
            "a column goes with by: group or by: time only",
            "set split.by, or remove it",
            at_key=True,
        )


@_rule("split.column", "data.target")
def _split_column_is_not_the_target(written: Written) -> None:
    column = written.get("split", "column")
    if column is not None and column == written.get("data", "target"):
        written.add(("split", "column"), "rows cannot be split by the target", "name another column")


@_rule("data.validation", "data.test", "split")
def _given_splits_are_not_drawn(written: Written) -> None:
    given = [key for key in ("validation", "test") if written.get("data", key) is not None]
    for key in given:
        if written.has("split", key):
            what = f"the {key} rows come from data.{key}, so none are drawn"
            written.add(("split", key), what, "remove one of the two", at_key=True)
    if len(given) == 2 and written.has("split", "by"):
        what = "validation and test come in files of their own, so nothing is drawn"
        written.add(("split", "by"), what, "remove it", at_key=True)


@_rule("clean.outliers")
def _quantiles_leave_a_middle(written: Written) -> None:
    if written.get("clean", "outliers") is None or written.get("clean", "outliers", "method") != "quantile":
        return
    limit = written.get("clean", "outliers", "limit")
    if limit is not None and limit >= 0.5:
        what = f"quantiles {limit:g} and {1 - limit:g} leave nothing between them"
        written.add(("clean", "outliers", "limit"), what, "give a share below 0.5, such as 0.01")


@_rule("report.max_bytes")
def _page_has_room(written: Written) -> None:
    size = written.get("report", "max_bytes")
    if not isinstance(size, str):
        return
    from reportgen.spec.evaluate import FEWEST_BYTES, MOST_BYTES, in_bytes  # brings pydantic

    if not FEWEST_BYTES <= in_bytes(size) <= MOST_BYTES:
        written.add(("report", "max_bytes"), f"needs 300 kB to 100 MB, found {quoted(size)}")
