"""Training and validation curves of every fold or seed, thin, and their mean."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from reportgen.errors import NotApplicable
from reportgen.figures._data import array, name_of, plain, thin
from reportgen.results import FigureData, Run, Trial, Words
from reportgen.svg import SERIES
from reportgen.text import plural, significant

if TYPE_CHECKING:
    from reportgen.drawing.axes import Axes

SECTION = "evaluation"
NEEDS = "scores"
ORDER = 2
_MOST_TRIALS, _MOST_POINTS = 25, 1500
_ELSEWHERE = ("learning_rate", "lr", "seconds")
_COLOURS = {"train": SERIES[1], "validation": SERIES[2]}


def compute(run: Run) -> list[FigureData]:
    """The loss, and the first metric beside it."""
    trials = [trial for trial in run.trials if trial.history.get("loss")]
    if len(trials) < 2:
        raise NotApplicable("there are no folds or seeds that were trained in epochs")
    others = (name for name in trials[0].history if not name.startswith("val_") and name not in ("loss", *_ELSEWHERE))
    return [_data(trials, name, run.trials[0].kind) for name in ("loss", *list(others)[:1])]


def _data(trials: list[Trial], name: str, kind: str) -> FigureData:
    chosen = [trials[place] for place in thin(len(trials), _MOST_TRIALS)]
    columns: dict[str, list[object]] = {"trial": [], "epoch": [], "train": [], "validation": []}
    for trial in chosen:
        values, watched = (list(trial.history.get(key, ())) for key in (name, f"val_{name}"))
        shown = thin(len(values), max(2, _MOST_POINTS // len(chosen)))
        columns["trial"] += [trial.name] * len(shown)
        columns["epoch"] += [int(place) + 1 for place in shown]
        columns["train"] += plain(values[place] for place in shown)
        columns["validation"] += plain(watched[place] if len(watched) == len(values) else np.nan for place in shown)
    facts = {"kind": kind, "of": len(trials), "shown": len(chosen), "name": name_of(name).replace("_", " ")}
    facts["means"] = {split: means for split, key in _KEYS if (means := _mean(trials, f"{key}{name}"))}
    facts["epochs"] = max(len(trial.history[name]) for trial in trials)
    return FigureData(columns, facts, part="" if name == "loss" else name)


_KEYS = (("train", ""), ("validation", "val_"))


def _mean(trials: list[Trial], key: str) -> list[list[float | None]]:
    """Epochs and the mean over all trials, as far as every one of them went; empty where one has no such curve."""
    length = min(len(trial.history.get(key, ())) for trial in trials)
    if not length:
        return []
    mean = np.mean([trial.history[key][:length] for trial in trials], axis=0)
    shown = thin(length, 200)
    return [[int(place) + 1 for place in shown], plain(mean[shown])]


def size(data: FigureData) -> tuple[float, float]:  # noqa: ARG001  the contract of a figure
    return 3.7, 2.6


def draw(axes: Axes, data: FigureData) -> None:
    for epochs, values in _curves(data):
        for split, line in values.items():
            axes.plot(epochs, line, color=_COLOURS[split], linewidth=0.5, alpha=0.45, zorder=1.8)
    for split, (epochs, mean) in data.facts["means"].items():
        axes.line(array(epochs), array(mean), _COLOURS[split], f"{split}, mean", end=True, linewidth=1.6)
    last = data.facts["epochs"]
    axes.set(xlabel="epoch", ylabel=data.facts["name"], xlim=(0 if last > 10 else 0.5, last + (last < 3) * 0.5))
    axes.whole("x")


def _curves(data: FigureData) -> Iterator[tuple[np.ndarray, dict[str, np.ndarray]]]:
    trials = np.array(data.columns["trial"])
    for name in dict.fromkeys(data.columns["trial"]):
        rows = np.flatnonzero(trials == name).tolist()
        lines = {split: array([data.columns[split][row] for row in rows]) for split in _COLOURS}
        epochs = array([data.columns["epoch"][row] for row in rows])
        yield epochs, {split: line for split, line in lines.items() if np.isfinite(line).any()}


def describe(data: FigureData) -> Words:
    name, count = data.facts["name"], plural(data.facts["of"], data.facts["kind"])
    split = "validation" if "validation" in data.facts["means"] else "train"
    ends = [float(finite[-1]) for _, lines in _curves(data) if split in lines and len(finite := _finite(lines[split]))]
    low, high = (significant(min(ends)), significant(max(ends))) if ends else ("–", "–")
    title = f"The {split} {name} of {count} ends between {low} and {high}."
    few = data.facts["shown"] < data.facts["of"]
    some = f" {data.facts['shown']} of {count} are drawn." if few else ""
    shorter = " The mean goes as far as the shortest." if _differ(data) else ""
    caption = f"{name.capitalize()} by epoch, each {data.facts['kind']} thin, their mean strong.{shorter}{some}"
    alt = f"{name.capitalize()} of {count} over up to {plural(data.facts['epochs'], 'epoch')}. At the end, {split}: "
    return Words(title, caption, f"{alt}lowest {low}, highest {high}.")


def _finite(values: np.ndarray) -> np.ndarray:
    return np.asarray(values[np.isfinite(values)])


def _differ(data: FigureData) -> bool:
    means = data.facts["means"].values()
    return any(epochs[-1] < data.facts["epochs"] for epochs, _ in means)
