"""An experiment proposed for a table, as the text of an experiment file with a word on every choice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

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
_STEPS = {"numeric": "standard", "categorical": "onehot", "datetime": "parts", "text": "tfidf"}


@dataclass(frozen=True)
class Proposal:
    """What to write about: the path as the file names it, the table, and why the target was guessed ("" if given)."""

    path: str
    dataset: Dataset
    guessed: str = ""


def written(proposal: Proposal) -> str:
    """The experiment file."""
    dataset = proposal.dataset
    blocks = [_head(proposal), _data(proposal)]
    if dataset.task is None:
        blocks.append(_without_target())
    else:
        blocks += [_preparation(dataset), _model(dataset, dataset.task), _gates(dataset.task)]
    blocks.append(["report: {formats: [html, pdf]}   # html, pdf, json, md"])
    return "\n".join("\n".join(block) + "\n" for block in blocks)


def _head(proposal: Proposal) -> list[str]:
    return [
        f"title: {scalar(_title(proposal.path))}",
        "description: |   # Markdown: what is tried, and why",
        f"  A first look at {one_line(proposal.dataset.source.name)}.",
        "seed: 42   # the only source of randomness",
    ]


def _title(path: str) -> str:
    name = path.removeprefix("sklearn:") if path.startswith("sklearn:") else Path(path).name
    compression = suffixes(name)[1]
    words = Path(name.removesuffix(compression)).stem.replace("_", " ").replace("-", " ").strip()
    return (words[:1].upper() + words[1:])[:200] or "Experiment"


def _data(proposal: Proposal) -> list[str]:
    dataset, task = proposal.dataset, proposal.dataset.task
    where = (
        "one of the tables that scikit-learn carries with it"
        if dataset.source.format == "sklearn"
        else "relative to this file"
    )
    lines = ["data:", f"  path: {scalar(proposal.path)}   # {where}"]
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
    lines += _kinds(dataset, task)
    lines.append("  # sensitive: []   # columns whose values the report must never show")
    return lines


def _kinds(dataset: Dataset, task: Task | None) -> list[str]:
    """The kinds that a reader should confirm, each with what was seen."""
    doubtful = [
        column for column in dataset.columns if _is_doubtful(column) and (task is None or column.name != task.target)
    ]
    if not doubtful:
        return ["  # columns: {}   # kinds by hand: numeric, categorical, boolean, datetime, text, id, ignore"]
    lines = ["  columns:   # found in the values; change a kind where it is wrong, ignore leaves a column out"]
    return lines + [
        f"    {scalar(column.name)}: {column.kind}   # {one_line(column.reason)}" for column in doubtful[:50]
    ]


def _is_doubtful(column: Column) -> bool:
    return column.kind in (Kind.ID, Kind.TEXT) or ";" in column.reason


def _preparation(dataset: Dataset) -> list[str]:
    missing = bool(dataset.frame[[column.name for column in dataset.features]].isna().to_numpy().any())
    lines = []
    if missing:
        lines.append(
            "clean: {missing: {numeric: median, categorical: most_frequent}}   # learnt from training rows; or drop"
        )
    validation = 0.0 if dataset.n_rows < _FEW_ROWS or dataset.n_rows > _MANY_ROWS else 0.1
    lines.append(f"split: {{test: 0.2, validation: {validation:g}}}   # shares of the rows")
    time = next((column.name for column in dataset.features if column.kind is Kind.DATETIME), None)
    if time is not None:
        lines.append(
            f"# split: {{test: 0.2, by: time, column: {scalar(time)}}}   # instead, to predict the future from the past"
        )
    kinds = {column.kind.value for column in dataset.features}
    steps = ", ".join(f"{kind}: {step}" for kind, step in _STEPS.items() if kind in kinds)
    if steps:
        lines.append(f"preprocess: {{{steps}}}   # fitted on the training rows alone")
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
