"""An experiment proposed for a table, as the text of an experiment file with a word on every choice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from reportgen.commands._signs import Signs, duplicates
from reportgen.dataset import Column, Dataset, Kind, Task
from reportgen.source import suffixes
from reportgen.specfile.yaml_text import scalar
from reportgen.text import one_line

#: Below this a network has too few rows to learn from, and validation too few to judge by.
_FEW_ROWS = 500
#: Above this trees on binned values train faster than a network, and as well.
_MANY_ROWS = 50_000
_LINEAR = {"regression": "sklearn.linear_model.Ridge", "classes": "sklearn.linear_model.LogisticRegression"}
_TREES = {
    "regression": "sklearn.ensemble.HistGradientBoostingRegressor",
    "classes": "sklearn.ensemble.HistGradientBoostingClassifier",
}
#: How each kind of column becomes numbers.
_STEPS = {"numeric": "standard", "categorical": "onehot", "datetime": "parts", "text": "tfidf", "image": "pixels"}
_WHERE = {"sklearn": "one of the tables that scikit-learn carries with it", "sql": "a database"}
_MOST_KINDS = 50


@dataclass(frozen=True)
class Proposal:
    """What to write about.

    Attributes:
        paths: as the file names them: files, a pattern, a folder, a database or a bundled table.
        dataset: the table.
        signs: what was seen in it.
        guessed: why the target was guessed, "" where it was given.
        apart: the splits "validation" and "test" that have files of their own -> their paths.
        query: for a database.
    """

    paths: tuple[str, ...]
    dataset: Dataset
    signs: Signs
    guessed: str = ""
    apart: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    query: str | None = None


def written(proposal: Proposal) -> str:
    """The experiment file."""
    dataset = proposal.dataset
    blocks = [_head(proposal), _data(proposal)]
    if dataset.task is None:
        blocks.append(_without_target())
    else:
        blocks += [_preparation(proposal), _model(dataset, dataset.task), _gates(dataset.task)]
    blocks.append(["report: {formats: [html, pdf]}   # html, pdf, json, md"])
    return "\n".join("\n".join(block) + "\n" for block in blocks)


def _head(proposal: Proposal) -> list[str]:
    return [
        f"title: {scalar(_title(proposal.paths[0]))}",
        "description: |   # Markdown: what is tried, and why",
        f"  A first look at {one_line(proposal.dataset.source.name)}.",
        "seed: 42   # the only source of randomness",
    ]


def _title(path: str) -> str:
    name = path.removeprefix("sklearn:") if path.startswith("sklearn:") else Path(path.rstrip("/")).name
    compression = suffixes(name)[1]
    stem = Path(name.removesuffix(compression)).stem.strip("*?-_ ") or "Experiment"
    words = stem.replace("_", " ").replace("-", " ").strip()
    return (words[:1].upper() + words[1:])[:200]


def _data(proposal: Proposal) -> list[str]:
    dataset, task = proposal.dataset, proposal.dataset.task
    where = _WHERE.get(dataset.source.format, "relative to this file")
    lines = ["data:", f"  path: {_listed(proposal.paths)}   # {where}"]
    lines += [f"  {split}: {_listed(paths)}   # the {split} rows" for split, paths in proposal.apart.items()]
    if proposal.query is not None:
        lines.append(f"  query: {scalar(proposal.query)}")
    if task is not None:
        guess = (
            f"   # a guess ({proposal.guessed}): change it if another column is to be predicted"
            if proposal.guessed
            else ""
        )
        lines.append(f"  target: {scalar(task.target)}{guess}")
        lines.append(f"  task: {task.name}   # {one_line(task.stated)}")
        if task.positive is not None:
            lines.append(f"  positive: {scalar(task.positive)}   # the class that is looked for")
    lines += _kinds(proposal)
    personal = [name for name in proposal.signs.personal if name not in proposal.signs.useless]
    if personal:
        return [*lines, f"  sensitive: {_in_brackets(personal)}   # by their names; values of these are never shown"]
    return [*lines, "  # sensitive: []   # columns whose values the report must never show"]


def _listed(paths: tuple[str, ...]) -> str:
    return scalar(paths[0]) if len(paths) == 1 else _in_brackets(paths)


def _in_brackets(words: Iterable[str]) -> str:
    return f"[{', '.join(map(scalar, words))}]"


def _kinds(proposal: Proposal) -> list[str]:
    """The kinds that a reader should confirm, each with what was seen."""
    task, signs = proposal.dataset.task, proposal.signs
    found = {
        column.name: (column.kind.value, column.reason)
        for column in proposal.dataset.columns
        if _is_doubtful(column) and (task is None or column.name != task.target)
    }
    found |= {name: ("ignore", why) for name, why in signs.useless.items()}
    if signs.group:
        found[signs.group] = ("id", f"names what rows belong to: {signs.group_reason}")
    if not found:
        return ["  # columns: {}   # kinds by hand: numeric, categorical, boolean, datetime, text, image, id, ignore"]
    lines = ["  columns:   # found in the values; change a kind where it is wrong, ignore leaves a column out"]
    return lines + [
        f"    {scalar(name)}: {kind}   # {one_line(reason)}"
        for name, (kind, reason) in list(found.items())[:_MOST_KINDS]
    ]


def _is_doubtful(column: Column) -> bool:
    return column.kind in (Kind.ID, Kind.TEXT) or ";" in column.reason


def _preparation(proposal: Proposal) -> list[str]:
    dataset, signs = proposal.dataset, proposal.signs
    lines = [*_cleaning(dataset, signs), *_splitting(proposal)]
    kinds = {column.kind.value for column in dataset.features}
    steps = ", ".join(f"{kind}: {_step(kind, signs)}" for kind in _STEPS if kind in kinds)
    if steps:
        tailed = f"; many outliers in {one_line(', '.join(signs.tailed[:3]))}" if signs.tailed else ""
        lines.append(f"preprocess: {{{steps}}}   # fitted on the training rows alone{tailed}")
    return lines


def _step(kind: str, signs: Signs) -> str:
    return "robust" if kind == "numeric" and signs.tailed else _STEPS[kind]


def _cleaning(dataset: Dataset, signs: Signs) -> list[str]:
    lines = []
    if bool(dataset.frame[[column.name for column in dataset.features]].isna().to_numpy().any()):
        lines.append("  missing: {numeric: median, categorical: most_frequent}   # learnt from training rows; or drop")
    if signs.duplicates:
        lines.append(f"  # duplicates: drop   # {duplicates(signs, dataset.n_rows)}")
    starts = any(not line.lstrip().startswith("#") for line in lines)
    return ["clean:" if starts else "# clean:", *lines] if lines else []


def _splitting(proposal: Proposal) -> list[str]:
    dataset, signs = proposal.dataset, proposal.signs
    if "test" in proposal.apart:
        return []
    validation = 0.0 if dataset.n_rows < _FEW_ROWS or dataset.n_rows > _MANY_ROWS else 0.1
    shares = f"test: 0.2, validation: {validation:g}"
    if signs.group:
        why = "rows of one group must not stand in train and test"
        return [f"split: {{{shares}, by: group, column: {scalar(signs.group)}}}   # {why}"]
    if signs.time_reason:
        return [f"split: {{{shares}, by: time, column: {scalar(signs.time)}}}   # {one_line(signs.time_reason)}"]
    lines = [f"split: {{{shares}}}   # shares of the rows"]
    time = signs.time or next((column.name for column in dataset.features if column.kind is Kind.DATETIME), "")
    if time:
        lines.append(f"# split: {{{shares}, by: time, column: {scalar(time)}}}   # instead, to predict the future")
    return lines


def _model(dataset: Dataset, task: Task) -> list[str]:
    sort = "classes" if task.is_classification else "regression"
    if dataset.n_rows < _FEW_ROWS:
        return _estimator(_LINEAR[sort], f"{dataset.n_rows:,} rows are too few for a network")
    if dataset.n_rows > _MANY_ROWS:
        return _estimator(_TREES[sort], f"trees train fast on {dataset.n_rows:,} rows")
    batch_size = 32 if dataset.n_rows < 5_000 else 128
    return [
        "model: {kind: mlp, hidden: [64, 32], activation: relu}   # a network; or kind: sklearn with an estimator",
        f"train: {{epochs: 100, batch_size: {batch_size}, early_stopping: {{patience: 10}}}}",
    ]


def _estimator(name: str, why: str) -> list[str]:
    params = ", params: {max_iter: 1000}" if name.endswith("LogisticRegression") else ""
    return [f"model: {{kind: sklearn, estimator: {name}{params}}}   # {why}"]


def _gates(task: Task) -> list[str]:
    gate = 'test.accuracy: ">= 0.9"' if task.is_classification else 'test.r2: ">= 0.5"'
    return [f"# expect: {{{gate}}}   # a gate: shown in the report, and decides the exit status"]


def _without_target() -> list[str]:
    return [
        "# Nothing was found to predict. To train a model, name a target in data: and add, for example,",
        "# model: {kind: mlp, hidden: [64, 32]}",
    ]
