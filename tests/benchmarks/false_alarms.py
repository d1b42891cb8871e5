"""False alarms of the checks: of data on clean tables, of training and evaluation on clean experiments.

`python -m tests.benchmarks.false_alarms [--tables 300] [--experiments 60]`
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from reportgen import registry, weaknesses
from reportgen.checks import run_checks
from reportgen.errors import DataError
from reportgen.experiment import load, prepare, profile
from reportgen.experiment import run as execute
from reportgen.results import Finding, Run
from reportgen.session import Session
from reportgen.specfile import read
from tests.benchmarks._clean import Drawn, draw
from tests.benchmarks._clean_experiments import draw_experiment

GROUPS = ("columns", "rows", "time", "split", "target")
OF_SLICES = ("weak_slice", "unfair_gap")
GROUPS_OF_MODELS = ("training", "evaluation", "record")
TABLES, EXPERIMENTS, SEED, REACH = 300, 60, 20_000, 0.01


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=TABLES)
    parser.add_argument("--experiments", type=int, default=EXPERIMENTS)
    parser.add_argument("--seed", type=int, default=SEED, help="of the first table; the others follow")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        count(Path(folder), args.tables, args.seed)
        count(Path(folder), args.experiments, args.seed, draw_experiment, trained)


def benchmark(folder: Path, _pairs: int) -> None:
    """False alarms of the checks of data on 300 clean tables, and of a model on 60 clean experiments."""
    count(folder, TABLES, SEED)
    count(folder, EXPERIMENTS, SEED, draw_experiment, trained)


def count(
    folder: Path,
    tables: int,
    first_seed: int,
    make: Callable[[int], Drawn] = draw,
    judge: Callable[[Drawn, Path], list[Finding]] | None = None,
) -> None:
    """Draw the tables, run the checks, and print the alarms of each check and of all."""
    judge = judge or checked
    ran: Counter[str] = Counter()
    alarms: dict[str, list[str]] = {}
    refused: Counter[str] = Counter()
    seconds = time.perf_counter()
    for seed in range(first_seed, first_seed + tables):
        drawn = make(seed)
        try:
            findings = judge(drawn, folder)
        except DataError as error:  # A few rows may not hold what a split needs.
            refused[str(error).partition(":")[0]] += 1
            continue
        for one in findings:
            ran[one.check] += one.status in ("passed", "failed", "broken")
            if one.status in ("failed", "broken"):
                shape = f"{seed}: {len(drawn.frame)} x {len(drawn.frame.columns)}"
                alarms.setdefault(one.check, []).append(f"{shape}: {one.title}. {one.detail} [{one.value}]")
    _print(ran, alarms, tables, refused, time.perf_counter() - seconds)


def checked(drawn: Drawn, folder: Path) -> list[Finding]:
    """The findings of the checks of data that the table is clean for."""
    state = described(drawn, folder)
    off = dict.fromkeys(drawn.excused, "off")
    findings = run_checks(state, off)  # type: ignore[arg-type]
    return [one for one in findings if one.group in GROUPS and one.check not in drawn.excused]


def trained(drawn: Drawn, folder: Path) -> list[Finding]:
    """The findings of the checks of training, evaluation and record, of the experiment as it is run."""
    experiment, session = _written(drawn, folder), Session(inline=True, strict=True)
    state = execute(read(experiment), session)
    told = [one for one in state.findings if one.group in GROUPS_OF_MODELS and one.check not in drawn.excused]
    return [*told, *slices_by_chance(state)]


def slices_by_chance(state: Run) -> list[Finding]:
    """What is said of slices and groups once the errors are dealt out to the rows anew, so that none is harder."""
    test = state.predictions["test"]
    dealt = replace(test, rows=np.random.default_rng(state.spec.seed).permutation(test.rows))
    asked = state.spec.evaluate.model_copy(update={"groups": ("group",)})
    spec = state.spec.model_copy(update={"evaluate": asked})
    state = replace(state, spec=spec, predictions={**state.predictions, "test": dealt})
    state = replace(state, mistakes=weaknesses.find(state))
    others = {name: "off" for name in registry.names("checks") if name not in OF_SLICES}
    return [one for one in run_checks(state, others) if one.check in OF_SLICES]  # type: ignore[arg-type]


def described(drawn: Drawn, folder: Path) -> Run:
    """The table written and read again, split, preprocessed and profiled; nothing is trained."""
    experiment = _written(drawn, folder)
    draft, session = read(experiment), Session()
    state = load(Run(draft.spec(), draft.text), draft.locate(), experiment.name, session)
    return profile(replace(prepare(state, session)), session)


def _written(drawn: Drawn, folder: Path) -> Path:
    """The experiment file, with its table beside it."""
    suffix = "csv" if len(drawn.frame) < 3000 else "parquet"
    path, experiment = folder / f"table.{suffix}", folder / "experiment.yaml"
    drawn.frame.to_csv(path, index=False) if suffix == "csv" else drawn.frame.to_parquet(path)
    spec = {**drawn.spec, "data": {**drawn.spec["data"], "path": path.name}}
    experiment.write_text(json.dumps(spec), encoding="utf-8")
    return experiment


def _print(ran: Counter[str], alarms: dict[str, list[str]], tables: int, refused: Counter[str], seconds: float) -> None:
    for name in sorted(ran, key=lambda name: (-len(alarms.get(name, ())), name)):
        print(f"{name:<26} {ran[name]:6d} ran {len(alarms.get(name, ())):6d} alarms")
    for told in alarms.values():
        for line in _few(told):
            print(f"  {line[:230]}")
    total, found = sum(ran.values()), sum(map(len, alarms.values()))
    rate = found / max(1, total)
    print(f"{tables} clean ones in {seconds:.0f} s, {sum(refused.values())} of them refused: {dict(refused)}")
    missed = "" if rate < REACH else "  NOT REACHED"
    print(f"{found} false alarms in {total} checks: {100 * rate:.2f} % (reach < {100 * REACH:g} %){missed}")


def _few(lines: Iterable[str], most: int = 4) -> list[str]:
    return list(lines)[:most]


if __name__ == "__main__":
    main()
