"""What the tags of a log are called in a report: `loss` and `val_loss`, whoever wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from reportgen.source import natural

Steps = Mapping[int, float]

_TRAIN = ("train", "training")
_VALIDATION = ("validation", "val", "valid", "eval", "evaluation")
_SHORT = {"lr": "learning_rate", "acc": "accuracy"}
_SPLIT = re.compile(
    rf"^({'|'.join((*_TRAIN, *_VALIDATION))})[_ .-]+(?=.)|(?<=.)[_ .-]+({'|'.join(_TRAIN)}|{'|'.join(_VALIDATION)})$"
)


def history(runs: Mapping[str, Mapping[str, Steps]]) -> tuple[dict[str, Steps], tuple[str, ...]]:
    """The scalars of all runs by their names in a history, and the runs with splits of one joined.

    Tags of the first run stand alone, those of others after the name of their run. A name of validation has `val_`
    before it where the same is known of train.
    """
    found: dict[tuple[str, bool, str], Steps] = {}
    for run, tags in runs.items():
        group, in_folder = _group(run)
        for tag, steps in tags.items():
            in_tag, name = _name(tag)
            key = (group, in_folder or in_tag, name)
            found[key if key not in found else (group, in_folder or in_tag, f"{run}/{tag}")] = steps
    groups = tuple(sorted({group for group, _, _ in found}, key=natural))
    named = {}
    for (group, of_validation, name), steps in found.items():
        full = name if group == groups[0] else f"{group}/{name}"
        paired = (group, False, name) in found
        named[("val_" if paired else "") + full + ("" if paired else " (validation)") if of_validation else full] = (
            steps
        )
    return named, groups


def aligned(named: Mapping[str, Steps]) -> dict[str, Steps]:
    """The scalars, train and validation of one at the steps that both have.

    Where they share fewer than two, the validation's stands alone.
    """
    found = dict(named)
    for name in named:
        other = f"val_{name}"
        if other not in found or list(found[name]) == list(found[other]):
            continue
        shared = [step for step in found[name] if step in found[other]]
        if len(shared) > 1:
            found[name], found[other] = _at(found[name], shared), _at(found[other], shared)
        else:
            found[f"{name} (validation)"] = found.pop(other)
    return found


def _at(steps: Steps, wanted: Iterable[int]) -> Steps:
    return {step: steps[step] for step in wanted}


def _group(run: str) -> tuple[str, bool]:
    """The run without its split, and whether it is the validation's."""
    *parents, last = run.split("/")
    if last.lower() in (*_TRAIN, *_VALIDATION):
        return "/".join(parents), last.lower() in _VALIDATION
    return run, False


def _name(tag: str) -> tuple[bool, str]:
    """Whether a tag speaks of validation, and its name without that."""
    parts = tag.split("/")
    words = [part.lower() for part in parts]
    of_validation = any(word in _VALIDATION for word in words)
    kept = [part for part, word in zip(parts, words, strict=True) if word not in (*_TRAIN, *_VALIDATION)]
    name = "/".join(kept) or tag
    name = re.sub("^epoch_(?=.)|(?<=.)_epoch$", "", name)
    if split := _SPLIT.search(name):
        of_validation = of_validation or (split[1] or split[2]) in _VALIDATION
        name = name[: split.start()] + name[split.end() :]
    lower = name.lower()
    return of_validation, _SHORT.get(lower, lower)
