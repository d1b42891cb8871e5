"""For each check a change of a clean run that it must find, and what is more lenient for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from reportgen.dataset import Column, Kind, Split
from reportgen.profile.summaries import ImageProfile
from reportgen.results import FigureData, Run
from reportgen.slicing import Wishes, mistakes
from tests.check_runs import (
    Change,
    activations,
    chained,
    column,
    courses,
    dirty,
    empty,
    fitted,
    guess,
    history,
    lost,
    measured,
    only_test,
    part,
    positive,
    rare,
    repeated,
    told,
)
from tests.explained_runs import importance, relying
from tests.trial_runs import with_trials


def miscounted(run: Run) -> FigureData:
    """A confusion matrix that counts as right one row that is not."""
    test = run.predictions["test"]
    return FigureData({}, {"rows": len(test.y_true), "right": int((test.y_true == test.y_pred).sum()) + 1})


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
    "learning_rate_too_high": history(0.3 + 0.3 * (STEPS % 2) + 0.2 * np.exp(-STEPS / 6)),
    "learning_rate_too_low": history(1 - STEPS / 100),
    "plateau": history(0.2 + 0.5 / (1 + np.exp((STEPS - 40) / 2)) + 0.3 * np.exp(-STEPS)),
    "vanishing_gradients": courses(1e-7, 1e-3, 1.0),
    "exploding_gradients": courses(1.0, 1.0, 1.0, growth=3.0),
    "dead_units": activations(dead=0.5),
    "saturated_units": activations(saturated=0.9),
    "no_better_than_dummy": told(guess),
    "no_better_than_linear": lambda run: replace(run, baselines={**run.baselines, "linear": run.predictions}),
    "no_better_than_boosted": lambda run: replace(run, baselines={**run.baselines, "boosted": run.predictions}),
    "low_auc": told(guess),
    "miscalibrated": told(lambda old: np.clip(positive(old) ** 4, 0, 1)),
    "wide_interval": only_test(40),
    "biased_error": told(lambda old: old.y_pred + 2),
    "heavy_tailed_error": told(lambda old: old.y_pred + np.where(np.arange(len(old.y_pred)) % 150 == 3, 30.0, 0.0)),
    "slow_prediction": fitted(operations=2e8),
    "figure_disagrees": lambda run: replace(run, drawn={"confusion_matrix": [miscounted(run)]}),
    "fitted_outside_train": part("train", X=lambda old: (old.X - 0.05).astype(np.float32)),
    "not_reproducible": dirty,
    "rows_lost": lost,
}
NUMBERS_ONLY = {"biased_error", "heavy_tailed_error"}


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


# Columns


def words(name: str, *choices: str) -> Change:
    return column(name, RNG.choice(choices, N), Kind.CATEGORICAL)


def gaps(name: str, missing: np.ndarray) -> Change:
    return column(name, np.where(missing, np.nan, RNG.normal(size=N)))


def gaps_of_the_ill(run: Run) -> Run:
    assert run.dataset is not None
    ill = (run.dataset.frame["state"] == "ill").to_numpy()
    return gaps("pressure", ill & (RNG.random(N) < 0.3))(run)


def unscaled(run: Run) -> Run:
    spec = run.spec.model_copy(update={"preprocess": run.spec.preprocess.model_copy(update={"numeric": "none"})})
    return column("salary", RNG.normal(50_000, 9_000, N))(replace(run, spec=spec))


def images(**changes: object) -> Change:
    """A column of images whose profile is written by hand."""
    clean = ImageProfile(N, ((32, 32, 3, N),), 1, (32, 32), (32, 32), {3: N})

    def change(run: Run) -> Run:
        run = column("photo", [f"{i}.png" for i in range(N)], Kind.TEXT)(run)
        assert run.profile is not None
        seen = replace(run.profile.column("photo"), kind=Kind.IMAGE, images=replace(clean, **changes))  # type: ignore[arg-type]
        others = tuple(one for one in run.profile.columns if one.name != "photo")
        return replace(run, profile=replace(run.profile, columns=(seen, *others)))

    return change


def left_out(run: Run) -> Run:
    run = column("tags", ["[1, 2]"] * N, Kind.CATEGORICAL)(run)
    assert run.dataset is not None
    kinds = {"tags": Column("tags", Kind.IGNORE, "lists, which no model here takes")}
    columns = tuple(kinds.get(one.name, one) for one in run.dataset.columns)
    return measured(replace(run, dataset=replace(run.dataset, columns=columns)))


NAMES_OF_TOWNS = ("Kopenhagen", "Kopenhagem", "Lissabon", "Warschau")
DATES = [
    f"{day}. {month} 20{year}" for year in (20, 21) for month in ("March", "June", "July") for day in range(10, 28)
]
AMOUNTS = ("low", "high", *(f"about {n}" for n in range(12)), *(str(n) for n in range(15)))
together = RNG.random(N) < 0.04
DEFECTS |= {
    "heavy_tail": column("return", RNG.standard_t(2, N)),
    "heaping": column("weight", np.where(RNG.random(N) < 0.6, 5 * RNG.integers(10, 20, N), RNG.integers(50, 100, N))),
    "wide_scales": unscaled,
    "missing_together": chained(gaps("low pressure", together), gaps("high pressure", together)),
    "missing_tells_target": gaps_of_the_ill,
    "unsupported_kind": left_out,
    "rare_levels": column(
        "make", np.where(np.arange(N) % 50 == 0, [f"m{i % 9}" for i in range(N)], "usual"), Kind.CATEGORICAL
    ),
    "imbalanced_levels": column("smoker", np.where(np.arange(N) % 20 == 0, "yes", "no"), Kind.CATEGORICAL),
    "near_duplicate_levels": words("town", *NAMES_OF_TOWNS),
    "missing_spellings": words("colour", "red", "blue", "n/a"),
    "special_characters": words("colour", "red", "blue", "b\u200blue"),
    "dates_as_text": words("visited", *DATES),
    "mixed_types": words("amount", *AMOUNTS),
    "unreadable_images": images(readable=N - 3),
    "mixed_image_sizes": images(sizes=((32, 32, 3, 1200), (64, 32, 3, 300)), n_sizes=2),
    "mixed_image_channels": images(channels={3: 1400, 1: 100}),
}


# Rows and time


def nearly_repeated(run: Run) -> Run:
    assert run.dataset is not None
    again = run.dataset.frame.iloc[:60].copy()
    again["height"] *= 1 + 1e-9
    again["city"] = again["city"].str.upper()
    frame = pd.concat([run.dataset.frame, again], ignore_index=True)
    return measured(replace(run, dataset=replace(run.dataset, frame=frame)))


def times(values: np.ndarray) -> Change:
    return column("at", values.astype("datetime64[us]"), Kind.DATETIME)


def along_time(name: str, values: np.ndarray) -> Change:
    return chained(times(DAYS), column(name, values))


DAYS = np.datetime64("2020-01-01") + np.arange(N)
HOLES = np.flatnonzero(~np.isin(np.arange(N + 200) // 50, (3, 9, 15, 22)))[:N]
ON_AND_OFF = np.cumsum(np.where(RNG.random(N) < 0.2, 3600 * 3, 3600)).astype("timedelta64[s]")
DEFECTS |= {
    "near_duplicate_rows": nearly_repeated,
    "time_gaps": times(np.datetime64("2020-01-01") + HOLES),
    "irregular_intervals": times(np.datetime64("2020-01-01T00:00:00") + ON_AND_OFF),
    "unordered_rows": times(RNG.permutation(DAYS)),
    "not_stationary": along_time("sales", np.arange(N) / 300 + RNG.normal(size=N)),
    "seasonal": along_time("demand", 3 * np.sin(2 * np.pi * np.arange(N) / 7) + RNG.normal(size=N) / 2),
}


# Split and target


def sorted_by_class(run: Run) -> Run:
    assert run.dataset is not None
    frame = run.dataset.frame.sort_values("state", ignore_index=True)
    return measured(replace(run, dataset=replace(run.dataset, frame=frame)))


def numbered_by_class(run: Run) -> Run:
    assert run.dataset is not None
    order = run.dataset.frame["state"].rank(method="first").to_numpy(dtype=int)
    return column("record", [f"R{number:06d}" for number in order], Kind.ID)(run)


def other_dependence(run: Run) -> Run:
    """In the test rows two features go together that do not in train; each is as it was by itself."""
    assert run.splits is not None
    old = run.splits.test
    X = old.X.copy()
    X[:, 2] = np.sort(X[:, 2])[X[:, 1].argsort().argsort()]
    return part("test", X=lambda _: X)(run)


def moved(run: Run) -> Run:
    """The test rows are those with the largest angles."""
    assert run.splits is not None
    assert run.dataset is not None
    parts = run.splits.parts
    rows = np.argsort(run.dataset.frame["angle"].to_numpy(), kind="stable")
    ends = np.cumsum([len(one) for one in parts.values()])[:-1]
    placed = np.split(rows, ends)
    changed = {name: replace(one, rows=where) for (name, one), where in zip(parts.items(), placed, strict=True)}
    return replace(run, splits=replace(run.splits, parts=changed))


DEFECTS |= {
    "group_overlap": column("patient_id", RNG.integers(0, 300, N)),
    "time_overlap": times(DAYS),
    "index_leakage": sorted_by_class,
    "drift": moved,
    "multivariate_drift": other_dependence,
    "id_predicts_target": numbered_by_class,
    "unstable_over_seeds": lambda run: with_trials(run, "seed", "accuracy", (0.95, 0.8, 0.9)),
    "unstable_over_folds": lambda run: with_trials(run, "fold", "accuracy", (0.95, 0.6, 0.95)),
}


def one_tells_all(run: Run) -> Run:
    rises = [importance("height", 2.0), importance("angle", 0.02), importance("share", 0.0)]
    return relying(run, *rises, before=0.01)


def two_are_idle(run: Run) -> Run:
    idle = [importance(name, 0.0, 0.001) for name in ("share", "visits")]
    return relying(run, importance("height", 0.5), importance("angle", 0.4), *idle)


DEFECTS |= {"one_column_carries_all": one_tells_all, "unused_columns": two_are_idle}


def weak_where_large(run: Run) -> Run:
    """Wrong on most rows of the upper fifth of a column."""
    assert run.dataset is not None
    assert run.splits is not None
    values = run.dataset.frame["angle"].to_numpy()[run.splits.test.rows]
    wrong = (values > np.quantile(values, 0.8)) & (np.arange(len(values)) % 3 > 0)
    truth = run.splits.test.y
    return erring(run, np.where(wrong, 1 - truth, truth))


def treated_unlike(run: Run) -> Run:
    """The rows of one of two groups are never called positive."""
    assert run.dataset is not None
    assert run.splits is not None
    left = run.dataset.frame["member"].to_numpy(bool)[run.splits.test.rows]
    return erring(run, np.where(left, 0, run.splits.test.y), "member")


def erring(run: Run, y_pred: np.ndarray, *groups: str) -> Run:
    """The run with such predictions of the test rows, looked through for slices and for gaps between groups."""
    assert run.task is not None
    assert run.splits is not None
    test = replace(run.predictions["test"], y_pred=y_pred, rows=run.splits.test.rows)
    evaluate = run.spec.evaluate.model_copy(update={"groups": groups})
    found = mistakes(test, run.task, run.dataset, 0.95, Wishes(groups=groups))
    return replace(run, spec=run.spec.model_copy(update={"evaluate": evaluate}), mistakes=found)


DEFECTS |= {"weak_slice": weak_where_large, "unfair_gap": treated_unlike}
