"""What named slices and groups must agree on with the rest of the file, as far as it shows without the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from reportgen.conditions import ConditionError, NamedCondition, parse, unfit
from reportgen.specfile import forecasts
from reportgen.specfile.schema import Path, Written
from reportgen.text import quoted


def parsed(written: Written) -> Iterator[tuple[Path, NamedCondition]]:
    """Each slice that can be read, with its place."""
    for place, text in enumerate(written.get("evaluate", "slices") or ()):
        with suppress(ConditionError, TypeError):
            yield ("evaluate", "slices", place), parse(text)


def slices_can_be_read(written: Written) -> None:
    for place, text in enumerate(written.get("evaluate", "slices") or ()):
        try:
            parse(text)
        except ConditionError as error:
            written.add(("evaluate", "slices", place), error.what, error.fix)


def each_is_named_once(written: Written) -> None:
    for key in ("slices", "groups"):
        listed = written.get("evaluate", key) or ()
        for place, name in enumerate(listed):
            if name in listed[:place]:
                written.add(("evaluate", key, place), f"{quoted(name)} is listed twice", "name it once")


def comparisons_fit_the_declared_kinds(written: Written) -> None:
    kinds = written.get("data", "columns") or {}
    for path, condition in parsed(written):
        for one in condition.comparisons:
            told = unfit(one, str(kinds.get(one.column, "")))
            if told:
                written.add(path, *told)


def sensitive_columns_are_not_sliced(written: Written) -> None:
    sensitive = written.get("data", "sensitive") or ()
    for path, condition in parsed(written):
        for name in condition.columns:
            if name in sensitive:
                what = f"{quoted(name)} is sensitive, and a slice would show its values"
                written.add(path, what, "name it in evaluate.groups, which numbers its groups")


def the_target_is_no_group(written: Written) -> None:
    target = written.get("data", "target")
    for place, name in enumerate(written.get("evaluate", "groups") or ()):
        if name == target or (isinstance(target, tuple) and name in target):
            path = ("evaluate", "groups", place)
            written.add(path, f"{quoted(name)} is what is predicted", "name the column of the groups")


def forecasts_are_not_sliced(written: Written) -> None:
    if not forecasts.is_forecast(written):
        return
    for key in ("slices", "groups"):
        if written.get("evaluate", key):
            what = "neighbouring forecasts err alike, so that slices of them are not tested"
            written.add(("evaluate", key), what, "remove it", at_key=True)


Rule = Callable[[Written], None]
#: The keys that a rule compares, and the rule; see `consistency`.
RULES: tuple[tuple[tuple[str, ...], Rule], ...] = (
    (("evaluate.slices",), slices_can_be_read),
    (("evaluate.slices", "evaluate.groups"), each_is_named_once),
    (("evaluate.slices", "data.columns"), comparisons_fit_the_declared_kinds),
    (("evaluate.slices", "data.sensitive"), sensitive_columns_are_not_sliced),
    (("evaluate.groups", "data.target"), the_target_is_no_group),
    (("evaluate", "data.forecast"), forecasts_are_not_sliced),
)
