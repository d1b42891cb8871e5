"""What a learning curve must agree on with the rest of the experiment."""

from __future__ import annotations

from collections.abc import Callable

from reportgen.specfile.schema import Written

_KEY = ("evaluate", "learning_curve")


def something_learns(written: Written) -> None:
    if _is_asked(written) and written.get("model", "kind") == "predictions":
        what = "the predictions were made elsewhere: nothing is trained on fewer rows"
        written.add(_KEY, what, "remove it", at_key=True)


def it_is_of_one_training(written: Written) -> None:
    if not _is_asked(written):
        return
    for key, path, one in (("split.folds", ("split", "folds"), None), ("repeats", ("repeats",), 1)):
        if written.get(*path) != one:
            what = f"the sizes are compared on one split with one seed, and {key} asks for several trainings"
            written.add(_KEY, what, f"remove it, or {key}", at_key=True)


def each_size_is_another(written: Written) -> None:
    shares = written.get(*_KEY)
    if not isinstance(shares, tuple):
        return
    for place, share in enumerate(shares):
        if share in shares[:place]:
            written.add((*_KEY, place), f"{share:g} is named twice", "name each share once")
    if set(shares) == {1}:
        what = "the whole alone makes no curve"
        written.add(_KEY, what, "name smaller shares, such as [0.1, 0.25, 0.5]", at_key=True)


def _is_asked(written: Written) -> bool:
    return bool(written.get(*_KEY) != "off")


Rule = Callable[[Written], None]
#: The keys that a rule compares, and the rule; see `consistency`.
RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("model.kind", "evaluate.learning_curve"), something_learns),
    (("split.folds", "repeats", "evaluate.learning_curve"), it_is_of_one_training),
    (("evaluate.learning_curve",), each_size_is_another),
)
