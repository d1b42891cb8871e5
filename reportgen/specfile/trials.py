"""What several trainings must agree on with the rest of the experiment, folds or seeds, and the rows they need."""

from __future__ import annotations

from collections.abc import Callable

from reportgen.specfile import forecasts
from reportgen.specfile.schema import Written
from reportgen.text import percent

_SEEDS = 2**32


def folds_take_every_row_in_turn(written: Written) -> None:
    if written.get("split", "folds") is None:
        return
    if written.has("split", "test"):
        what = "each row is in the test split of one fold, so that there is no share for it"
        written.add(("split", "test"), what, "remove test:, or folds:", at_key=True)
    for key in ("validation", "test"):
        if written.get("data", key) is not None:
            what = f"folds are drawn from one table, and data.{key} has rows of its own"
            written.add(("split", "folds"), what, f"remove folds:, or data.{key}", at_key=True)


def folds_or_seeds(written: Written) -> None:
    if written.get("split", "folds") is not None and written.get("repeats") > 1:
        what = "folds and repeats cannot be told apart in one spread"
        written.add(("repeats",), what, "remove it, or split.folds", at_key=True)


def folds_leave_rows_to_train(written: Written) -> None:
    folds, validation = written.get("split", "folds"), written.get("split", "validation")
    if folds is None:
        return
    in_time = written.get("split", "by") == "time" or forecasts.is_forecast(written)
    left = 1 / (folds + 1) if in_time else 1 - 1 / folds
    if validation >= left:
        key = "validation" if written.has("split", "validation") else "folds"
        shortest = "the first fold in time" if in_time else "a fold"
        what = (
            f"{shortest} has {percent(left, 0)} of the rows beside its test, and validation takes {validation:g} of all"
        )
        written.add(("split", key), what, "make validation smaller, or 0 for none")


def something_is_repeated(written: Written) -> None:
    if written.get("repeats") > 1 and written.get("model") is None:
        written.add(("repeats",), "there is no model, so nothing trains", "add model:, or remove repeats:", at_key=True)


def every_repeat_has_a_seed(written: Written) -> None:
    seed, repeats = written.get("seed"), written.get("repeats")
    if seed + repeats > _SEEDS:
        written.add(("seed",), f"{repeats} seeds from {seed} on go beyond {_SEEDS - 1}", "start from a smaller one")


Rule = Callable[[Written], None]
#: The keys that a rule compares, and the rule; see `consistency`.
RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("split.folds", "split.test", "data.validation", "data.test"), folds_take_every_row_in_turn),
    (("split.folds", "repeats"), folds_or_seeds),
    (("split.folds", "split.validation", "split.by", "data.forecast", "data.task"), folds_leave_rows_to_train),
    (("repeats", "model"), something_is_repeated),
    (("repeats", "seed"), every_repeat_has_a_seed),
)
