"""How the target moves with the columns most related to it: its mean, or the share of a class, along each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from reportgen.dataset import Dataset, Kind
from reportgen.errors import NotApplicable
from reportgen.figures._data import array, class_names, dataset_of, name_of, plain, target_name
from reportgen.figures._profiles import (
    by_relation,
    numbers,
    profile_of,
    sample,
    shown_features,
    strength,
    unlike,
    words,
)
from reportgen.results import FigureData, Run, Words
from reportgen.svg import SERIES, SOFT
from reportgen.text import classed, percent, shorten, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes
    from reportgen.profile import ColumnProfile

SECTION = "data"
NEEDS = "dataset"
ORDER = 31
_MOST_ROWS = 20_000
_MOST_PANELS = 6
_MOST_BINS, _MOST_LEVELS = 8, 6
_FEWEST = 10  # rows of a bin; a level has five or is not named
_WEAK = 0.1
_MONOTONE = 0.95
#: A mean or share with its interval, of the target values of some rows.
Middle = Callable[[np.ndarray], tuple[float, float, float]]


def compute(run: Run) -> list[FigureData]:
    profile, dataset = profile_of(run), dataset_of(run)
    if run.task is None:
        raise NotApplicable("there is no target")
    if run.task.is_numeric and profile.column(run.task.target).sensitive:
        raise NotApplicable("the target is sensitive")
    usable = [c for c in shown_features(profile) if c.kind in _BINNED or any(not level.pooled for level in c.levels)]
    related = [column for column in by_relation(usable) if strength(column.relation) >= _WEAK]
    if not related:
        raise NotApplicable("no column is related to the target")
    rows = sample(dataset.n_rows, _MOST_ROWS, run.spec.seed)
    chosen = unlike(profile, related, _MOST_PANELS)
    panels = [panel for column in chosen if (panel := _panel(run, dataset, column, rows))]
    if not panels:
        raise NotApplicable("too few rows for groups along a column")
    table: dict[str, list[Any]] = {
        "column": [panel["name"] for panel in panels for _ in panel["middle"]],
        **{
            key: [value for panel in panels for value in panel[key]]
            for key in ("group", "rows", "middle", "low", "high")
        },
    }
    facts = {"panels": panels, "target": target_name(run), "classes": len(run.task.labels)}
    facts["several"] = run.task.name == "multilabel"
    facts |= {"rows": len(rows), "of": dataset.n_rows, "confidence": run.spec.evaluate.confidence}
    return [FigureData(table, facts)]


_BINNED = (Kind.NUMERIC, Kind.DATETIME)


def _panel(run: Run, dataset: Dataset, column: ColumnProfile, rows: np.ndarray) -> dict[str, Any] | None:
    """Groups of rows along one column, and the middle of the target in each; None where there are not two groups."""
    y, label = _target(run, dataset, column, rows)
    known = np.isfinite(y)
    names, codes = (_bins if column.kind in _BINNED else _levels)(dataset, column, rows[known])
    y = y[known]
    members = np.bincount(codes[codes >= 0], minlength=len(names))
    kept = [code for code in range(len(names)) if members[code] >= (_FEWEST if column.kind in _BINNED else 5)]
    if len(kept) < 2:
        return None
    middle = _share(run) if label is not None else _mean(run)
    found = np.array([middle(y[codes == code]) for code in kept])
    return {
        "name": name_of(column.name),
        "label": label,
        "ordered": column.kind in _BINNED,
        "group": [names[code] for code in kept],
        "rows": members[kept].tolist(),
        "middle": plain(found[:, 0]),
        "low": plain(found[:, 1]),
        "high": plain(found[:, 2]),
        "all": plain([y.mean()])[0],
    }


def _target(run: Run, dataset: Dataset, column: ColumnProfile, rows: np.ndarray) -> tuple[np.ndarray, str | None]:
    """The target as numbers; of classes 1 for the one that this column tells best, 0 for others, and its name."""
    assert run.task is not None
    if run.task.is_numeric:
        return numbers(dataset, run.task.target, rows), None
    if run.task.name == "multilabel":
        label = column.relation.label if column.relation else run.task.targets[0]
        return numbers(dataset, label, rows), name_of(label)
    found = words(dataset, run.task.target, rows)
    label = column.relation.label if column.relation else ""
    if len(run.task.labels) == 2 or label not in run.task.labels:
        label = run.task.labels[-1]
    y = np.array([np.nan if not word else float(word == label) for word in found])
    return y, class_names(run)[run.task.labels.index(label)]


def _bins(dataset: Dataset, column: ColumnProfile, rows: np.ndarray) -> tuple[list[str], np.ndarray]:
    """Groups of about equally many rows in the order of the values, equal values together; -1 where missing."""
    is_time = column.kind is Kind.DATETIME
    values = _seconds(dataset, column.name, rows) if is_time else numbers(dataset, column.name, rows)
    finite = np.isfinite(values)
    if not finite.any():
        return [], np.full(len(rows), -1)
    cuts = np.unique(np.quantile(values[finite], np.linspace(0, 1, _MOST_BINS + 1)[1:-1]))
    codes = np.where(finite, np.searchsorted(cuts, np.nan_to_num(values), side="left"), -1)
    middles = [values[codes == code] for code in range(len(cuts) + 1)]
    return [_middle(part, is_time) for part in middles], codes


def _seconds(dataset: Dataset, name: str, rows: np.ndarray) -> np.ndarray:
    stamps = dataset.frame[name].iloc[rows]
    known = stamps.notna().to_numpy()
    found = np.full(len(rows), np.nan)
    found[known] = stamps.to_numpy()[known].astype("datetime64[s]").astype(np.int64)
    return found


def _middle(values: np.ndarray, is_time: bool) -> str:
    """The median of a group, as its axis shows it."""
    if not len(values):
        return ""
    median = float(np.median(values))
    return str(np.datetime64(int(median), "s"))[:10] if is_time else significant(median)


def _levels(dataset: Dataset, column: ColumnProfile, rows: np.ndarray) -> tuple[list[str], np.ndarray]:
    """The levels that may be named; -1 for every other."""
    named = [level.name for level in column.levels if not level.pooled][:_MOST_LEVELS]
    places = {name: code for code, name in enumerate(named)}
    found = words(dataset, column.name, rows)
    codes = {word: places.get(shorten(word), -1) if word else -1 for word in set(found)}
    return [name_of(name) for name in named], np.array([codes[word] for word in found], dtype=int)


def _share(run: Run) -> Middle:
    from reportgen.statistics import wilson  # brings SciPy, which the process that draws does without

    confidence = run.spec.evaluate.confidence
    return lambda y: (float(y.mean()), *wilson(float(y.sum()), len(y), confidence))


def _mean(run: Run) -> Middle:
    from reportgen.statistics import mean_interval

    confidence = run.spec.evaluate.confidence
    return lambda y: (float(y.mean()), *mean_interval(y, confidence))


def size(data: FigureData) -> tuple[float, float]:
    return 5.0, 1.5 * -(-len(data.facts["panels"]) // 3) + 0.1


def draw(axes: Axes, data: FigureData) -> None:
    panels = data.facts["panels"]
    columns = min(3, len(panels))
    # Shares of different classes, and so of different panels, have one scale; so have means.
    low, high = axes.reach([value for panel in panels for key in ("low", "high") for value in panel[key]])
    if panels[0]["label"] is not None:
        low, high = max(low, -0.03), min(high, 1.03)
    for panel, drawn in zip(axes.panels(-(-len(panels) // columns), columns, len(panels)), panels, strict=True):
        of = f": {drawn['label']}" if drawn["label"] is not None and _names(data.facts) else ""
        panel.set_title(shorten(drawn["name"] + of, 30), loc="left")
        panel.set(ylim=(low, high), xlim=(-0.5, len(drawn["middle"]) - 0.5))
        panel.axhline(drawn["all"], color=SOFT, linewidth=0.6, dashes=(3, 3))
        _draw_form(panel, drawn)
        panel.few("y", 4)


def _draw_form(panel: Axes, drawn: Mapping[str, Any]) -> None:
    places = np.arange(len(drawn["middle"]))
    low, middle, high = (array(drawn[key]) for key in ("low", "middle", "high"))
    if drawn["ordered"]:
        panel.band(places, low, high)
        panel.line(places, middle, SERIES[1], "middle")
        last = len(places) - 1
        panel.ticks("x", [0, last], [drawn["group"][0], drawn["group"][last]])
    else:
        ends = np.column_stack([low, high, np.full(len(places), np.nan)]).ravel()
        panel.line(np.repeat(places, 3), ends, SERIES[1], linewidth=1)
        panel.categories("x", drawn["group"])
    panel.points(places, middle, SERIES[1], size=4.5, alpha=1)


def describe(data: FigureData) -> Words:
    facts, panels = data.facts, data.facts["panels"]
    what = "mean" if panels[0]["label"] is None else "share"
    word = "label" if facts["several"] else "class"
    of = facts["target"] if panels[0]["label"] is None else f"the {word}" if _names(facts) else panels[0]["label"]
    caption = (
        f"The {what} of {of if what == 'mean' else classed(of)} in groups of rows along each column, equally many rows "
        f"a group or those of a level, with its {percent(facts['confidence'], 0)} interval; dashed: of all rows."
    )
    if _names(facts):
        caption += f" Each panel names the {word} that its column tells best."
    if facts["rows"] < facts["of"]:
        caption += f" From {facts['rows']:,} of {facts['of']:,} rows."
    return Words(_title(panels[0], facts), caption, " ".join(_sentence(panel, facts) for panel in panels))


def _names(facts: Mapping[str, Any]) -> bool:
    """Whether each panel is of a class, or a label, of its own."""
    return bool(facts["several"] or facts["classes"] > 2)


def _number(value: float | None, panel: Mapping[str, Any]) -> str:
    return significant(value) if panel["label"] is None else percent(value, 0)


def _title(panel: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    name, middle, group = panel["name"], array(panel["middle"]), panel["group"]
    what = f"The mean of {facts['target']}" if panel["label"] is None else f"The share of {classed(panel['label'])}"
    low, high, last = int(middle.argmin()), int(middle.argmax()), len(middle) - 1
    if not panel["ordered"]:
        return (
            f"{what} is {_number(middle[high], panel)} where {name} is {group[high]}, "
            f"{_number(middle[low], panel)} where it is {group[low]}."
        )
    # At both ends the extremes, or all but them.
    change, range_ = float(middle[last] - middle[0]), float(np.ptp(middle))
    if abs(change) >= _MONOTONE * range_:
        ends = f"from {_number(middle[0], panel)} to {_number(middle[last], panel)}"
        return f"{what} {'rises' if change > 0 else 'falls'} {ends} along {name}."
    return f"{what} is highest, {_number(middle[high], panel)}, where {name} is about {group[high]}."


def _sentence(panel: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    of = f" (share of {classed(panel['label'])})" if panel["label"] is not None else f" (mean of {facts['target']})"
    pairs = ", ".join(
        f"{group} {_number(value, panel)}" for group, value in zip(panel["group"], panel["middle"], strict=True)
    )
    return f"{panel['name']}{of}: {pairs}."
