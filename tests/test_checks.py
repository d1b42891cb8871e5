"""Checks: each finds its defect, says so in a sentence, and is silent where there is none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from reportgen import registry
from reportgen.checks import Check, Verdict, check, failed, passed, rank, run_checks
from reportgen.checks import _running as running
from reportgen.checks._words import in_words, several
from reportgen.dataset import Column, Dataset, Kind, Source, Split, Splits, Step, Task
from reportgen.errors import InternalError, NotApplicable, UsageError
from reportgen.metrics import score_prediction
from reportgen.profile import profile
from reportgen.provenance import Provenance
from reportgen.results import Activation, Finding, Fitted, Prediction, Run, Score
from reportgen.spec import Data, Spec

METRICS = ("accuracy", "recall", "roc_auc", "ece")
Change = Callable[[Run], Run]


# A run without a defect: a network that has learnt a product of two columns, which a linear model cannot


def clean_frame(rng: np.random.Generator, n: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "height": rng.normal(170, 10, n),
            "angle": rng.normal(0, 1, n),
            "share": rng.uniform(0, 1, n),
            "rainfall": rng.gamma(6, 2, n),
            "visits": rng.poisson(9, n),
            "city": pd.Series(rng.choice(["Oslo", "Rome", "Lima", "Pune"], n), dtype="str"),
            "member": pd.array(rng.random(n) < 0.4, dtype="boolean"),
        }
    )


def clean_run(seed: int = 0, n: int = 1500) -> Run:
    rng = np.random.default_rng(seed)
    frame = clean_frame(rng, n)
    chance = 1 / (1 + np.exp(-6 * ((frame["height"] - 170) / 10 * frame["angle"]).to_numpy()))
    y = (rng.random(n) < chance).astype(np.int64)
    frame["state"] = pd.Series(np.where(y == 1, "ill", "well"), dtype="str")
    task = Task("binary", "state", ("well", "ill"))
    return finished(
        frame,
        task,
        y,
        rng,
        {"model": chance, "linear": rng.uniform(0.4, 0.6, n), "dummy": np.full(n, 0.49)},
    )


def finished(
    frame: pd.DataFrame, task: Task, y: np.ndarray, rng: np.random.Generator, told: dict[str, np.ndarray]
) -> Run:
    """A run whose models have told a probability of the last class, or a number, of every row."""
    kinds = {
        "city": Kind.CATEGORICAL,
        "member": Kind.BOOLEAN,
        task.target: Kind.CATEGORICAL if task.labels else Kind.NUMERIC,
    }
    columns = tuple(Column(str(name), kinds.get(str(name), Kind.NUMERIC), "by its values") for name in frame.columns)
    dataset = Dataset(frame, columns, Source("clean.csv", "csv", 1000, "0" * 64), task)
    splits = split(frame, y, rng)
    predictions = {
        model: {name: predicted(part, values[part.rows], task) for name, part in splits.parts.items()}
        for model, values in told.items()
    }
    run = Run(
        spec=Spec(data=Data(path="clean.csv")),
        dataset=dataset,
        splits=splits,
        fitted=network(),
        predictions=predictions.pop("model"),
        baselines=predictions,
        provenance=provenance(),
    )
    return measured(run)


def split(frame: pd.DataFrame, y: np.ndarray, rng: np.random.Generator) -> Splits:
    n = len(frame)
    numeric = [str(name) for name in frame.columns if pd.api.types.is_numeric_dtype(frame[name])][:5]
    levels = sorted(frame["city"].unique())
    X = np.column_stack([frame[name].to_numpy(float) for name in numeric] + [frame["city"] == one for one in levels])
    names = (*numeric, *(f"city={one}" for one in levels))
    order, ends = rng.permutation(n), (int(0.6 * n), int(0.7 * n))
    parts = {
        name: Split(name, X[rows].astype(np.float32), y[rows], rows)
        for name, rows in zip(("train", "validation", "test"), np.split(order, ends), strict=True)
    }
    made_from = {name: name.partition("=")[0] for name in names}
    return Splits(parts, names, (Step("load", n, n, 8, 8, "nothing", "read as it is"),), made_from)


def predicted(part: Split, told: np.ndarray, task: Task) -> Prediction:
    if not task.labels:
        return Prediction(part.name, part.y, told, None, ())
    return Prediction(part.name, part.y, (told > 0.5).astype(np.int64), np.c_[1 - told, told], task.labels)


def network() -> Fitted:
    steps = np.arange(60)
    loss = 0.2 + 0.5 * np.exp(-steps / 6)
    history = {"loss": tuple(loss.tolist()), "val_loss": tuple((loss + 0.02).tolist())}
    functions = (("dense_1", "relu"), ("dense_2", "tanh"), ("dense_3", "sigmoid"))
    return Fitted(
        kind="mlp",
        title="network 9-8-8-1",
        parameters=161,
        history=history,
        activations=tuple(activation(layer, function) for layer, function in functions),
        epoch=60,
        epochs=60,
        best_epoch=60,
    )


def activation(layer: str, function: str) -> Activation:
    edge = np.linspace(-1, 1, 3)
    dead, saturated = (0.0, None) if function == "relu" else (None, 0.05)
    return Activation(layer, function, edge, np.array([5, 5]), edge, edge, dead, saturated, 8, 10)


def provenance() -> Provenance:
    return Provenance(
        42, "0" * 64, "clean.csv", "csv", 1000, "0" * 64, "CPython 3.11", "Linux", {}, "jax", "a" * 40, False
    )


def measured(run: Run) -> Run:
    """The run with profile and scores as its table and predictions now are."""
    assert run.dataset is not None
    assert run.task is not None
    metrics = METRICS if run.task.labels else ("r2",)
    scores: list[Score] = []
    for prediction in run.predictions.values():
        scores += score_prediction(prediction, run.task, metrics)  # type: ignore[arg-type]
    return replace(run, profile=profile(run.dataset), scores=tuple(scores))


def clean_regression(seed: int = 0, n: int = 1500) -> Run:
    rng = np.random.default_rng(seed)
    frame = clean_frame(rng, n)
    signal = np.asarray((frame["height"] - 170) / 10 * frame["angle"])
    frame["price"] = 50 + 10 * signal + rng.normal(0, 3, n)
    values = frame["price"].to_numpy()
    told = {
        "model": 50 + 10 * signal,
        "linear": np.full(n, values.mean()) + rng.normal(0, 0.1, n),
        "dummy": np.full(n, values.mean()),
    }
    return finished(frame, Task("regression", "price"), values, rng, told)


# How to break it


def column(name: str, values: Any, kind: Kind = Kind.NUMERIC) -> Change:
    """Another column in the table."""

    def change(run: Run) -> Run:
        assert run.dataset is not None
        frame = run.dataset.frame.copy()
        made = values(frame) if callable(values) else values
        frame[name] = pd.Series(np.asarray(made), dtype="str") if kind in (Kind.CATEGORICAL, Kind.TEXT) else made
        columns = tuple(one for one in run.dataset.columns if one.name != name)
        dataset = replace(run.dataset, frame=frame, columns=(Column(name, kind, "by its values"), *columns))
        return measured(replace(run, dataset=dataset))

    return change


def repeated(times: int, other_target: bool = False) -> Change:
    """The first rows of the table once more at its end."""

    def change(run: Run) -> Run:
        assert run.dataset is not None
        again = run.dataset.frame.iloc[:times].copy()
        if other_target:
            again["state"] = again["state"].map({"ill": "well", "well": "ill"}).astype("str")
        frame = pd.concat([run.dataset.frame, again], ignore_index=True)
        return measured(replace(run, dataset=replace(run.dataset, frame=frame)))

    return change


def empty(rows: int) -> Change:
    def change(run: Run) -> Run:
        assert run.dataset is not None
        frame = run.dataset.frame.astype({"visits": float})
        frame.loc[: rows - 1, [name for name in frame.columns if name != "state"]] = None
        return measured(replace(run, dataset=replace(run.dataset, frame=frame)))

    return change


def fitted(**changes: Any) -> Change:
    def change(run: Run) -> Run:
        assert run.fitted is not None
        return replace(run, fitted=replace(run.fitted, **changes))

    return change


def history(loss: Any, val_loss: Any = None) -> Change:
    curves = {"loss": tuple(np.asarray(loss, float).tolist())}
    if val_loss is not None:
        curves["val_loss"] = tuple(np.asarray(val_loss, float).tolist())
    return fitted(history=curves, epoch=len(curves["loss"]), epochs=len(curves["loss"]))


def activations(**changes: Any) -> Change:
    def change(run: Run) -> Run:
        assert run.fitted is not None
        first, second, last = run.fitted.activations
        which = "dead" if "dead" in changes else "saturated"
        pair = (replace(first, **changes), second) if which == "dead" else (first, replace(second, **changes))
        return replace(run, fitted=replace(run.fitted, activations=(*pair, last)))

    return change


def part(name: str, **changes: Callable[[Split], np.ndarray]) -> Change:
    """Other features, targets or rows in one part of the split."""

    def change(run: Run) -> Run:
        assert run.splits is not None
        old = run.splits.parts[name]
        new = replace(old, **{key: make(old) for key, make in changes.items()})
        return replace(run, splits=replace(run.splits, parts={**run.splits.parts, name: new}))

    return change


def only_test(rows: int) -> Change:
    """A test set of so many rows."""

    def change(run: Run) -> Run:
        assert run.splits is not None
        test = run.splits.test
        short = Split("test", test.X[:rows], test.y[:rows], test.rows[:rows])
        splits = replace(run.splits, parts={**run.splits.parts, "test": short})

        def cut(by_split: Any) -> Any:
            old = by_split["test"]
            new = replace(old, y_true=old.y_true[:rows], y_pred=old.y_pred[:rows], y_score=old.y_score[:rows])
            return {**by_split, "test": new}

        baselines = {name: cut(by_split) for name, by_split in run.baselines.items()}
        return measured(replace(run, splits=splits, predictions=cut(run.predictions), baselines=baselines))

    return change


def told(make: Callable[[Prediction], np.ndarray], *names: str) -> Change:
    """Another probability of the positive class, or another number, in these splits (all)."""

    def change(run: Run) -> Run:
        changed = {}
        for name, old in run.predictions.items():
            values = make(old)
            if names and name not in names:
                changed[name] = old
            elif old.labels:
                changed[name] = replace(old, y_pred=(values > 0.5).astype(np.int64), y_score=np.c_[1 - values, values])
            else:
                changed[name] = replace(old, y_pred=values)
        return measured(replace(run, predictions=changed))

    return change


def chained(*changes: Change) -> Change:
    def change(run: Run) -> Run:
        for one in changes:
            run = one(run)
        return run

    return change


def guess(prediction: Prediction) -> np.ndarray:
    return np.random.default_rng(1).uniform(0.4, 0.6, len(prediction.y_true))


def positive(prediction: Prediction) -> np.ndarray:
    assert prediction.y_score is not None
    return prediction.y_score[:, 1]


def rare(run: Run) -> Run:
    """Of twenty rows one is ill."""
    assert run.dataset is not None
    ill = run.dataset.frame["state"] == "ill"
    frame = pd.concat([run.dataset.frame[~ill], run.dataset.frame[ill].iloc[:40]], ignore_index=True)
    return measured(replace(run, dataset=replace(run.dataset, frame=frame)))


def lost(run: Run) -> Run:
    assert run.splits is not None
    steps = (Step("load", 2500, 2500, 8, 8, "nothing", ""), Step("missing", 2500, 1500, 8, 8, "1,000 rows", "had gaps"))
    return replace(run, splits=replace(run.splits, ledger=steps))


def dirty(run: Run) -> Run:
    assert run.provenance is not None
    return replace(run, provenance=replace(run.provenance, dirty=True))


RNG = np.random.default_rng(99)
N = 1500
STEPS = np.arange(60)
DEFECTS: dict[str, Change] = {
    "constant": column("batch", np.ones(N)),
    "quasi_constant": column("flag", np.where(np.arange(N) < 40, 1.0, 0.0)),
    "dominant_level": column(
        "grade", np.where(np.arange(N) < 1300, "a", np.where(np.arange(N) < 1400, "b", "c")), Kind.CATEGORICAL
    ),
    "id_like": column("number", np.arange(N)),
    "missing_values": column("age", np.where(RNG.random(N) < 0.1, np.nan, RNG.normal(size=N))),
    "infinite_values": column("rate", np.where(np.arange(N) < 2, np.inf, RNG.normal(size=N))),
    "high_correlation": column("inches", lambda frame: frame["height"] / 2.54 + RNG.normal(0, 0.1, N)),
    "high_cardinality": column("street", [f"street {i}" for i in RNG.integers(0, 80, N)], Kind.CATEGORICAL),
    "skew": column("income", np.exp(RNG.normal(0, 1.5, N))),
    "outliers": column("gust", RNG.standard_t(1, N)),
    "zero_inflated": column("claims", np.where(RNG.random(N) < 0.6, 0, RNG.gamma(5, 2, N))),
    "duplicate_columns": column("height again", lambda frame: frame["height"]),
    "case_variants": column("town", RNG.choice(["Oslo", "oslo", "Rome ", "Rome"], N), Kind.CATEGORICAL),
    "numbers_as_text": column("dose", [*map(str, RNG.integers(0, 60, N - 3)), "high", "low", "high"], Kind.CATEGORICAL),
    "duplicate_rows": repeated(60),
    "conflicting_labels": repeated(60, other_target=True),
    "empty_rows": empty(3),
    "test_too_small": only_test(40),
    "new_labels": part("train", y=lambda old: np.zeros_like(old.y)),
    "new_levels": column(
        "city", lambda frame: np.where(np.arange(N) % 10 == 0, "Kyiv", frame["city"]), Kind.CATEGORICAL
    ),
    "row_overlap": chained(
        part("test", X=lambda old: np.repeat(old.X[:1], len(old.X), 0)), part("train", X=lambda old: old.X)
    ),
    "drift": part("test", X=lambda old: old.X + np.float32([0, 0.6, 0, 0, 0, 0, 0, 0, 0])),
    "label_drift": part("test", y=lambda old: np.where(np.arange(len(old.y)) % 3 == 0, 1, old.y)),
    "leaking_feature": column("outcome", lambda frame: (frame["state"] == "ill") * 1.0 + RNG.normal(0, 0.1, N)),
    "class_imbalance": rare,
    "rare_class": part("train", y=lambda old: np.where(np.arange(len(old.y)) < 4, 1, 0)),
    "diverged": history([0.7, 0.5, np.nan]),
    "not_converged": history(1 - STEPS / 100, 1.1 - STEPS / 100),
    "overfitting": told(lambda old: 0.98 * old.y_true + 0.01, "train"),
    "trained_too_long": history(0.7 * np.exp(-STEPS / 8), 0.1 + 0.0004 * (STEPS - 15) ** 2),
    "underfitting": told(guess),
    "dead_units": activations(dead=0.5),
    "saturated_units": activations(saturated=0.9),
    "no_better_than_dummy": told(guess),
    "no_better_than_linear": lambda run: replace(run, baselines={**run.baselines, "linear": run.predictions}),
    "low_auc": told(guess),
    "miscalibrated": told(lambda old: np.clip(positive(old) ** 4, 0, 1)),
    "wide_interval": only_test(40),
    "biased_error": told(lambda old: old.y_pred + 2),
    "not_reproducible": dirty,
    "rows_lost": lost,
}
NUMBERS_ONLY = {"biased_error"}


def breakable(run: Run) -> Run:
    """New levels and overlaps need test rows of their own: every tenth row is in the test set alone."""
    assert run.splits is not None
    test = np.arange(0, N, 10)
    train = np.setdiff1d(np.arange(N), test)
    X, y = (np.concatenate([getattr(one, key) for one in run.splits.parts.values()]) for key in ("X", "y"))
    place = np.argsort(np.concatenate([one.rows for one in run.splits.parts.values()]))
    parts = {
        name: Split(name, X[place][rows], y[place][rows], rows) for name, rows in (("train", train), ("test", test))
    }
    return replace(run, splits=replace(run.splits, parts=parts))


def overlapping(run: Run) -> Run:
    assert run.splits is not None
    train, test = run.splits.train, run.splits.test
    X, y = test.X.copy(), test.y.copy()
    X[:30], y[:30] = train.X[:30], train.y[:30]
    return part("test", X=lambda _: X, y=lambda _: y)(run)


DEFECTS["row_overlap"] = overlapping
DEFECTS["new_levels"] = chained(breakable, DEFECTS["new_levels"])


@pytest.fixture(scope="module")
def clean() -> Run:
    return clean_run()


@pytest.fixture(scope="module")
def clean_numbers() -> Run:
    return clean_regression()


NAMES = registry.names("checks")


@pytest.mark.parametrize("name", NAMES)
def test_a_check_says_what_it_means_and_what_to_do(name: str) -> None:
    unit: Check = registry.load("checks", name)
    assert unit.name == name
    assert unit.group in ("columns", "rows", "split", "target", "training", "evaluation", "record")
    assert unit.severity in ("error", "warning", "notice")
    for text in (unit.meaning, unit.remedy, unit.summary):
        assert text.endswith(".")
        assert len(text) < 130
    assert unit.title
    assert unit.unit
    assert np.isfinite(unit.threshold)


def test_every_check_has_a_defect_here() -> None:
    assert set(DEFECTS) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_check_finds_its_defect(name: str, clean: Run, clean_numbers: Run) -> None:
    unit: Check = registry.load("checks", name)
    verdict = unit(DEFECTS[name](clean_numbers if name in NUMBERS_ONLY else clean))
    assert verdict.failed, verdict
    assert not verdict.title[0].islower()
    assert not verdict.title.endswith(".")
    assert verdict.detail == "" or verdict.detail.endswith(".")
    assert verdict.value is not None


@pytest.mark.parametrize("name", NAMES)
def test_a_check_is_silent_without_a_defect(name: str, clean: Run, clean_numbers: Run) -> None:
    unit: Check = registry.load("checks", name)
    for run in (clean, clean_numbers):
        try:
            verdict = unit(run)
        except NotApplicable:
            continue
        assert not verdict.failed, verdict
        assert verdict.title


#: Checks that fail below their threshold, and those whose verdict is not the comparison of two numbers alone.
LEAST = {"test_too_small", "rare_class", "low_auc", "constant", "underfitting"}
NOT_A_NUMBER = {"diverged", "no_better_than_dummy", "no_better_than_linear"}


@pytest.mark.parametrize("name", sorted({*NAMES} - NOT_A_NUMBER))
def test_a_more_lenient_threshold_silences_a_check(name: str, clean: Run, clean_numbers: Run) -> None:
    unit: Check = registry.load("checks", name)
    run = DEFECTS[name](clean_numbers if name in NUMBERS_ONLY else clean)
    value = unit(run).value
    assert value is not None
    step = 0.01 * abs(value) + 1e-9
    assert not unit(run, value - step if name in LEAST else value + step).failed


@pytest.mark.parametrize("name", NAMES)
def test_a_run_without_anything_is_no_defect(name: str) -> None:
    with pytest.raises(NotApplicable) as reason:
        registry.load("checks", name)(Run(spec=Spec(data=Data(path="x.csv"))))
    assert str(reason.value)


@pytest.mark.slow
def test_fewer_than_one_check_in_a_hundred_raises_a_false_alarm() -> None:
    findings = [
        finding
        for seed in range(25)
        for make in (clean_run, clean_regression)
        for finding in run_checks(make(seed, 1200))
    ]
    ran = [finding for finding in findings if finding.status in ("passed", "failed", "broken")]
    alarms = [finding.check for finding in ran if finding.status != "passed"]
    assert len(ran) > 1500
    assert len(alarms) < len(ran) / 100, alarms


# What is found, in words


def finding(name: str, run: Run) -> Finding:
    return next(one for one in run_checks(DEFECTS[name](run)) if one.check == name)


def test_a_finding_carries_value_threshold_meaning_and_remedy(clean: Run) -> None:
    found = finding("missing_values", clean)
    assert found.status == "failed"
    assert found.severity == "notice"
    assert found.value == pytest.approx(0.1, abs=0.02)
    assert found.threshold == 0.05
    assert found.subjects == ("age",)
    assert found.meaning
    assert found.remedy
    assert found.group == "columns"


def test_many_missing_values_are_a_warning(clean: Run) -> None:
    run = column("age", np.where(np.arange(N) < 600, np.nan, 1.0 * np.arange(N)))(clean)
    assert registry.load("checks", "missing_values")(run).severity == "warning"


def test_a_small_test_set_says_what_one_case_moves(clean: Run) -> None:
    found = finding("test_too_small", clean)
    assert found.title == "The test set is small"
    assert "the interval of recall runs from" in found.detail
    assert "one missed case moves it by" in found.detail


def test_correlated_pairs_are_counted_in_words(clean: Run) -> None:
    run = clean
    for i in range(7):
        run = column(f"copy {i}", lambda frame: frame["height"] + RNG.normal(0, 0.5, N))(run)
    verdict = registry.load("checks", "high_correlation")(run)
    assert verdict.title == "Twenty-eight pairs of columns say nearly the same"  # of eight columns


def test_training_that_went_on_too_long_names_the_epoch(clean: Run) -> None:
    found = finding("trained_too_long", clean)
    assert found.title == "Training went on too long"
    assert found.detail.startswith("Validation loss was lowest at epoch 16 of 60")


def test_early_stopping_is_not_training_too_long(clean: Run) -> None:
    run = fitted(ended="early", best_epoch=16)(DEFECTS["trained_too_long"](clean))
    assert not registry.load("checks", "trained_too_long")(run).failed


def test_a_jittery_validation_loss_is_not_training_too_long(clean: Run) -> None:
    jitter = 0.3 + 0.05 * np.random.default_rng(2).standard_normal(60)
    assert not registry.load("checks", "trained_too_long")(history(STEPS[::-1], jitter)(clean)).failed


def test_an_estimator_that_did_not_converge_is_reported(clean: Run) -> None:
    run = fitted(warnings=("lbfgs failed to converge after 100 iterations",), history={})(clean)
    assert registry.load("checks", "not_converged")(run).failed


def test_a_model_worse_than_the_linear_one_is_a_warning(clean: Run) -> None:
    run = replace(
        clean, predictions=clean.baselines["linear"], baselines={**clean.baselines, "linear": clean.predictions}
    )
    verdict = registry.load("checks", "no_better_than_linear")(run)
    assert (verdict.title, verdict.severity) == ("The model is worse than a linear model", "warning")


def test_a_linear_model_is_not_compared_with_itself(clean: Run) -> None:
    with pytest.raises(NotApplicable, match="itself linear"):
        registry.load("checks", "no_better_than_linear")(fitted(coefficients={"height": (1.0,)})(clean))


def three_classes(run: Run, values: np.ndarray) -> Run:
    """The same table with a target of three classes and a column of these values."""
    assert run.dataset is not None
    frame = run.dataset.frame.copy()
    frame["state"] = pd.Series(np.array(["a", "b", "c"])[np.arange(N) % 3], dtype="str")
    frame["length"] = values
    columns = (*run.dataset.columns, Column("length", Kind.NUMERIC, "numbers"))
    task = Task("multiclass", "state", ("a", "b", "c"))
    dataset = replace(run.dataset, frame=frame, columns=columns, task=task)
    return replace(run, dataset=dataset, profile=profile(dataset))


def test_telling_one_of_three_classes_is_no_leak(clean: Run) -> None:
    telling = np.where(np.arange(N) % 3 == 0, 10.0, 0.0) + RNG.normal(0, 2, N)
    run = three_classes(clean, telling)
    assert run.profile is not None
    relation = run.profile.column("length").relation
    assert relation is not None
    assert relation.value > 0.995
    assert not registry.load("checks", "leaking_feature")(run).failed


def test_telling_all_three_classes_is_a_leak(clean: Run) -> None:
    verdict = registry.load("checks", "leaking_feature")(
        three_classes(clean, np.arange(N) % 3 + RNG.normal(0, 0.01, N))
    )
    assert verdict.subjects == ("length",)


def test_levels_of_a_column_that_is_no_feature_do_not_count(clean: Run) -> None:
    run = DEFECTS["new_levels"](clean)
    assert run.splits is not None
    apart = replace(run.splits, made_from={"height": "height"})
    with pytest.raises(NotApplicable):
        registry.load("checks", "new_levels")(replace(run, splits=apart))


def test_rows_that_repeat_by_chance_are_no_defect(clean: Run) -> None:
    assert clean.dataset is not None
    frame = clean.dataset.frame[["city", "member", "state"]]
    columns = tuple(one for one in clean.dataset.columns if one.name in frame.columns)
    run = measured(replace(clean, dataset=replace(clean.dataset, frame=frame, columns=columns)))
    for name in ("duplicate_rows", "conflicting_labels"):
        with pytest.raises(NotApplicable, match="by chance"):
            registry.load("checks", name)(run)


def test_hostile_names_are_cut_and_made_visible(clean: Run) -> None:
    hostile = "\u202e<script>\n" + "x" * 500
    verdict = registry.load("checks", "skew")(column(hostile, np.exp(RNG.normal(0, 2, N)))(clean))
    assert verdict.subjects == (hostile,)
    assert "<U+202E>" in verdict.detail
    assert len(verdict.detail) < 100
    assert "\n" not in verdict.detail


def test_values_of_sensitive_columns_are_not_shown(clean: Run) -> None:
    run = DEFECTS["case_variants"](clean)
    text = " ".join(f"{one.title} {one.detail}" for one in run_checks(run))
    assert "oslo" not in text.lower()


@pytest.mark.parametrize(
    ("number", "words"), [(0, "no"), (13, "thirteen"), (21, "twenty-one"), (90, "ninety"), (1204, "1,204")]
)
def test_small_numbers_are_words(number: int, words: str) -> None:
    assert in_words(number) == words


def test_a_sentence_follows_its_number() -> None:
    assert several(1, "column is", "columns are") == "One column is"
    assert several(2, "column is", "columns are") == "Two columns are"


# Running


def test_what_voids_the_result_comes_before_what_deserves_a_look(clean: Run) -> None:
    run = chained(DEFECTS["skew"], DEFECTS["leaking_feature"], DEFECTS["missing_values"], DEFECTS["trained_too_long"])(
        clean
    )
    names = [one.check for one in rank(run_checks(run))]
    assert names == ["leaking_feature", "missing_values", "trained_too_long", "skew", "outliers"]


def test_findings_are_in_the_order_of_their_rank(clean: Run) -> None:
    findings = run_checks(chained(DEFECTS["skew"], DEFECTS["leaking_feature"])(clean))
    assert findings[: len(rank(findings))] == rank(findings)
    assert {one.check for one in findings} == set(NAMES)


def test_a_check_can_be_switched_off_or_given_a_threshold(clean: Run) -> None:
    run = DEFECTS["missing_values"](clean)
    found = {one.check: one for one in run_checks(run, {"missing_values": 0.5, "skew": "off"})}
    assert (found["missing_values"].status, found["missing_values"].threshold) == ("passed", 0.5)
    assert found["skew"].status == "off"


def test_a_lower_correlation_can_be_asked_for(clean: Run) -> None:
    run = column("weight", lambda frame: (frame["height"] - 170) / 10 + RNG.normal(0, 0.7, N))(clean)
    assert not registry.load("checks", "high_correlation")(run).failed
    assert registry.load("checks", "high_correlation")(run, 0.7).subjects == ("weight", "height")


def test_an_unknown_check_gets_a_suggestion(clean: Run) -> None:
    with pytest.raises(UsageError, match="did you mean 'skew'"):
        run_checks(clean, {"skew_": 1.0})


@check(group="rows", severity="notice", threshold=1000, title="Size", meaning="Few rows.", remedy="Collect more.")
def few_rows(run: Run, threshold: float) -> Verdict:
    """Fewer rows than the threshold."""
    assert run.dataset is not None
    n = run.dataset.n_rows
    return failed(f"There are only {n} rows", n) if n < threshold else passed(f"There are {n} rows", n)


@check(group="rows", severity="notice", threshold=1, title="Broken", meaning="None.", remedy="None.")
def broken(run: Run, threshold: float) -> Verdict:
    """Fails."""
    raise ZeroDivisionError("no")


def test_a_check_is_one_function(clean: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running.registry, "names", lambda family: ("few_rows",))
    monkeypatch.setattr(running.registry, "load", lambda family, name: few_rows)
    (found,) = run_checks(clean, {"few_rows": 2000})
    assert (found.status, found.title, found.meaning) == ("failed", "There are only 1500 rows", "Few rows.")


def test_a_check_that_fails_is_shown_as_broken(clean: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running.registry, "names", lambda family: ("broken",))
    monkeypatch.setattr(running.registry, "load", lambda family, name: broken)
    (found,) = run_checks(clean)
    assert (found.status, found.detail) == ("broken", "ZeroDivisionError: no")
    with pytest.raises(InternalError, match="broken failed"):
        run_checks(clean, strict=True)
