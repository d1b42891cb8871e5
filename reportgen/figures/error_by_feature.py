"""Errors by fifths and levels of the columns in which they differ most, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures import _forest as forest
from reportgen.figures._data import ALIKE, LARGEST, Plain, array, dependent, name_of, plain, tested
from reportgen.results import FigureData, Run, Words
from reportgen.text import count, p_value, percent, plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes
    from reportgen.slicing.coding import Coded

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 80
_MOST_COLUMNS, _MOST_GROUPS = 4, 8
_SHOWN_WITHOUT_PROOF = 2
_FEWEST, _FEWEST_ROWS = 10, 60  # test rows of a group, and of all
_SURE = 0.05
_MEASURES = {"classes": "share of wrong predictions", "labels": "share of rows with a wrong label"}


class _Divided(NamedTuple):
    """A column, the groups of it that are large enough, and how sure their errors differ."""

    coded: Coded
    groups: list[int]
    p_value: float


def compute(run: Run) -> list[FigureData]:
    # Not at the top: the studio loads this module too, and only draws.
    from reportgen.slicing.coding import code
    from reportgen.slicing.testing import holm, scored
    from reportgen.slicing.worst import row_losses

    prediction = tested(run, "binary", "multiclass", "multilabel", "regression")
    if run.dataset is None or run.task is None or prediction.rows is None:
        raise NotApplicable("there is no table of the columns")
    losses = row_losses(prediction, run.task)
    if len(losses) < _FEWEST_ROWS:
        raise NotApplicable(f"fewer than {_FEWEST_ROWS} test rows")
    if not (losses < LARGEST).all() or not np.ptp(losses) > 0:
        raise NotApplicable("no prediction differs from the others in its error, or some are not finite")
    scores = scored(losses)
    divided = [_divided(scores, one) for one in code(run.dataset, run.task, prediction.rows).coded]
    found = sorted((one for one in divided if one is not None), key=lambda one: one.p_value)
    if not found:
        raise NotApplicable("no column has two groups of ten test rows")
    sure = holm([one.p_value for one in found], len(found))
    proven = sum(p <= _SURE for p in sure)
    shown = found[: min(proven, _MOST_COLUMNS) or _SHOWN_WITHOUT_PROOF]
    return [_data(run, losses, shown, sure, len(found))]


def _divided(scores: np.ndarray, coded: Coded) -> _Divided | None:
    """The groups of a column, if it has two; whether their errors differ, by Kruskal and Wallis.

    Of hits that is the chi-square test of independence, but for the factor (n - 1) / n.
    """
    from scipy.special import chdtrc

    rows = np.bincount(coded.codes + 1, minlength=len(coded.names) + 1)[1:]
    large = np.flatnonzero(rows >= _FEWEST)
    if len(large) < 2:
        return None
    inside = np.isin(coded.codes, large)
    own, codes = scores[inside], coded.codes[inside]
    spread, n = float(own.var()), len(own)
    if not spread > 0:
        return None
    means = np.array([own[codes == group].mean() - own.mean() for group in large])
    between = (n - 1) / n * float((rows[large] * means**2).sum()) / spread
    largest = large[np.argsort(-rows[large], kind="stable")][:_MOST_GROUPS]
    return _Divided(coded, sorted(int(group) for group in largest), float(chdtrc(len(large) - 1, between)))


def _data(run: Run, losses: np.ndarray, shown: list[_Divided], sure: list[float], searched: int) -> FigureData:
    assert run.task is not None
    rows = [(one, group, losses[one.coded.codes == group]) for one in shown for group in one.groups]
    bounds = [_interval(own, run) for _, _, own in rows]
    columns: dict[str, Plain] = {
        "column": [name_of(one.coded.column) for one, _, _ in rows],
        "group": [name_of(one.coded.names[group]) for one, group, _ in rows],
        "rows": [len(own) for _, _, own in rows],
        "error": plain(own.mean() for _, _, own in rows),
        "low": plain(low for low, _ in bounds),
        "high": plain(high for _, high in bounds),
    }
    numeric = run.task.is_numeric
    several = "labels" if run.task.name == "multilabel" else "classes"
    facts = {
        "measure": "mean absolute error" if numeric else _MEASURES[several],
        "numeric": numeric,
        "overall": float(losses.mean()),
        "p": sure[: len(shown)],
        "sure": sum(p <= _SURE for p in sure),
        "searched": searched,
        "all": len(losses),
        "dependent": dependent(run),
        "confidence": run.spec.evaluate.confidence,
    }
    fold = "" if facts["sure"] else "Errors by column, none of which is shown to matter"
    return FigureData(columns, facts, fold=fold)


def _interval(losses: np.ndarray, run: Run) -> tuple[float, float]:
    """Of a mean absolute error Hall's, of a share Wilson's."""
    from reportgen import statistics

    assert run.task is not None
    confidence = run.spec.evaluate.confidence
    if not run.task.is_numeric:
        return statistics.wilson(float(losses.sum()), len(losses), confidence)
    low, high = statistics.mean_interval(losses, confidence)
    return max(0.0, low), high


def size(data: FigureData) -> tuple[float, float]:
    return 5.2, forest.height(data.columns["group"], data.columns["column"])


def draw(axes: Axes, data: FigureData) -> None:
    error, low, high = (array(data.columns[name]) for name in ("error", "low", "high"))
    places = forest.draw_rows(axes, data.columns["group"], data.columns["column"], (error, low, high))
    _, last = axes.reach(np.append(high, 0.0))
    forest.rule(axes, places, (-0.02 * last, last), data.facts["overall"])
    axes.set_xlabel(data.facts["measure"])


def describe(data: FigureData) -> Words:
    facts, columns = data.facts, data.columns
    names = list(dict.fromkeys(columns["column"]))
    best, worst = _ends(data, names[0])
    title = f"The errors do not clearly depend on any of {plural(facts['searched'], 'column')}."
    if facts["sure"]:
        title = (
            f"The {facts['measure']} differs most clearly by {names[0]}: {_told(data, best)} where "
            f"{columns['group'][best]}, {_told(data, worst)} where {columns['group'][worst]}."
        )
    tests = ", ".join(f"{name} {p_value(p)}" for name, p in zip(names, facts["p"], strict=True))
    more = facts["sure"] - len(names)
    left = f" {plural(more, 'further column')} as sure." if more > 0 else ""
    nearest = "" if facts["sure"] else " These come nearest."
    alike = f" {ALIKE}" if facts["dependent"] else ""
    caption = (
        f"{facts['measure'].capitalize()} on the test rows by fifths and levels, with "
        f"{percent(facts['confidence'], 0)} intervals; dashed: all rows, {_number(data, facts['overall'])}. "
        f"Of {plural(facts['searched'], 'column')} those that divide the errors most surely (Kruskal-Wallis, "
        f"corrected by Holm): {tests}.{left}{nearest}{alike}"
    )
    listed = (f"{group} {_told(data, place)}" for place, group in list(enumerate(columns["group"]))[:12])
    alt = f"{facts['measure'].capitalize()} by group, {count(facts['all'])} test rows: "
    return Words(title, caption, f"{alt}{'; '.join(listed)}.")


def _ends(data: FigureData, column: str) -> tuple[int, int]:
    """The groups of a column with the smallest and the largest error."""
    own = [place for place, name in enumerate(data.columns["column"]) if name == column]
    errors = data.columns["error"]
    return min(own, key=lambda place: errors[place]), max(own, key=lambda place: errors[place])


def _told(data: FigureData, place: int) -> str:
    return _number(data, data.columns["error"][place])


def _number(data: FigureData, value: float) -> str:
    return significant(value) if data.facts["numeric"] else percent(value)
