"""Every figure keeps the contract, and its numbers are those of the run."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, f1_score, roc_auc_score

from reportgen import registry
from reportgen.dataset import Column, Kind
from reportgen.drawing import Studio
from reportgen.drawing.axes import Axes
from reportgen.errors import NotApplicable
from reportgen.fitted import Fitted
from reportgen.profile import profile
from reportgen.results import FigureData, Prediction, Run, Words
from reportgen.spec import Data, Spec
from tests import networks, runs, test_drawing
from tests.explained_runs import explained
from tests.sized_runs import with_groups, with_sizes, with_slices
from tests.trial_runs import with_trials

#: Without the lone surrogate, which no table can hold.
HOSTILE = [label for label in test_drawing.HOSTILE if label != "\ud800"]

NAMES = registry.names("figures")
RUNS: dict[str, Callable[[], Run]] = {
    "binary": runs.binary,
    "costs": runs.costly,
    "multiclass": runs.multiclass,
    "regression": runs.regression,
    "forecast": runs.forecast,
    "multilabel": runs.multilabel,
    "sklearn": lambda: runs.sklearn_model(runs.multiclass()),
    "many classes": lambda: runs.multiclass(rows=800, labels=tuple(f"class {n}" for n in range(40))),
    "table": runs.table,
    "table with classes": lambda: runs.table(labels=("calm", "busy")),
    "convolutions": networks.convolutional,
    "many layers": lambda: networks.deep(40),
    "branches": lambda: networks.with_layers(runs.binary(), networks.branched()),
    "log": networks.log,
    "folds": lambda: with_trials(runs.regression(), "fold", "mae", (1.5, 1.7, 1.6)),
    "seeds": lambda: with_trials(runs.binary(), "seed", "accuracy", (0.9, 0.8)),
    "explained": lambda: explained(runs.binary()),
    "explained classes": lambda: explained(runs.multiclass()),
    "explained numbers": lambda: explained(runs.regression()),
    "weaknesses": lambda: with_slices(runs.regression()),
    "groups": lambda: with_groups(runs.binary()),
    "sizes": lambda: with_sizes(runs.binary()),
    "numbers alone": lambda: runs.without_columns(runs.regression(), "city"),
}


@pytest.fixture(scope="module")
def studio() -> Studio:
    return Studio()


@cache
def run_of(case: str) -> Run:
    return RUNS[case]()


def drawings(name: str, run: Run) -> list[FigureData]:
    try:
        return list(registry.load("figures", name).compute(run))
    except NotApplicable:
        return []


def one(name: str, run: Run) -> FigureData:
    (data,) = registry.load("figures", name).compute(run)
    return data


def words(name: str, data: FigureData) -> Words:
    return registry.load("figures", name).describe(data)


# The contract.


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_says_where_it_belongs_and_what_it_needs(name: str) -> None:
    unit = registry.load("figures", name)
    assert unit.SECTION in registry.names("sections")
    assert unit.NEEDS in ("dataset", "splits", "fitted", "explained", "scores")
    assert isinstance(unit.ORDER, int)
    assert registry.summary("figures", name).endswith(".")
    assert list(inspect.signature(unit.compute).parameters) == ["run"]
    assert list(inspect.signature(unit.draw).parameters) == ["axes", "data"]
    assert list(inspect.signature(unit.describe).parameters) == ["data"]


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_applies_to_some_run_and_is_drawn_small(name: str, studio: Studio) -> None:
    """Well-formed, checked SVG; a table of equally long columns; words with numbers; all of it plain JSON."""
    unit = registry.load("figures", name)
    found = [(case, data) for case in RUNS for data in drawings(name, run_of(case))]
    assert found
    for case, data in found:
        json.dumps([dict(data.columns), dict(data.facts)], allow_nan=False)
        assert data.columns
        assert len({len(column) for column in data.columns.values()}) == 1
        drawing = studio.draw(name, data, f"figure-{name}")
        assert len(drawing.svg) < 60_000, case
        said = unit.describe(data)
        assert said.title.endswith((".", "!"))
        assert said.caption.endswith(".")
        assert re.search(r"\d", said.alt)
        assert said.alt.endswith(".")
        assert "nan" not in f"{said.title} {said.caption} {said.alt}".lower().split()


@pytest.mark.parametrize("name", NAMES)
def test_equal_runs_give_equal_bytes(name: str, studio: Studio) -> None:
    cases = ("binary", "regression", "table with classes")
    for case in ("sklearn",) if name in ("coefficients", "importances") else cases:
        for first, second in zip(drawings(name, run_of(case)), drawings(name, RUNS[case]()), strict=True):
            assert first == second
            assert studio.draw(name, first, "x") == studio.draw(name, second, "x")


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_says_that_it_does_not_apply_to_an_empty_run(name: str) -> None:
    with pytest.raises(NotApplicable, match=r"\w"):
        registry.load("figures", name).compute(Run(spec=Spec(data=Data(path="x.csv"))))


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_leave_every_drawing_whole(name: str, studio: Studio) -> None:
    unit = registry.load("figures", name)
    for run in hostile_runs():
        for data in drawings(name, run):
            said = unit.describe(data)
            assert len(said.title) + len(said.caption) < 1500
            assert not re.search("[\x00-\x1f\u202e]", said.title + said.caption + said.alt)
            assert len(studio.draw(name, data, "x").svg) < 300_000


@pytest.mark.parametrize("name", NAMES)
def test_strange_data_give_a_drawing_or_a_reason(name: str, studio: Studio) -> None:
    """One class, constant columns, one row, infinities, missing scores, a diverged loss: never another error."""
    unit = registry.load("figures", name)
    found = [data for run in strange_runs() for data in drawings(name, run)]
    # Most runs differ in what this figure does not show: what is equal is drawn once.
    for data in {json.dumps([dict(data.columns), dict(data.facts)], allow_nan=False): data for data in found}.values():
        unit.describe(data)
        studio.draw(name, data, "x")


@cache
def hostile_runs() -> tuple[Run, ...]:
    return tuple(_hostile_runs())


@cache
def strange_runs() -> tuple[Run, ...]:
    return tuple(_strange_runs())


def _hostile_runs() -> Iterator[Run]:
    labels = tuple(HOSTILE[:3])
    names = dict(zip(runs.FEATURES, HOSTILE, strict=False)) | {
        "radius": "W" * 1_000_000,
        "target": HOSTILE[8],
        "price": HOSTILE[0],
    }
    yield runs.with_names(runs.binary(labels=tuple(HOSTILE[:2])), names)
    yield runs.with_names(runs.multiclass(labels=labels + tuple(HOSTILE[7:16])), names)
    yield runs.with_names(runs.regression(), names)
    yield explained(runs.with_names(runs.multiclass(labels=labels), names))
    table = {"when": HOSTILE[1], "load": HOSTILE[2], "heat": "W" * 20_000, "note": HOSTILE[8], "picture": HOSTILE[0]}
    yield runs.with_names(runs.table(words=tuple(HOSTILE)), table)
    yield runs.with_names(runs.table(labels=tuple(HOSTILE[:2]), words=tuple(HOSTILE[5:])), table)
    hostile = runs.sklearn_model(runs.multiclass(labels=labels))
    assert hostile.fitted
    renamed = {names[name]: values for name, values in hostile.fitted.coefficients.items()}
    weights = {names[name]: value for name, value in hostile.fitted.importances.items()}
    yield replace(hostile, fitted=replace(hostile.fitted, coefficients=renamed, importances=weights))
    network = runs.binary()
    assert network.fitted
    layers = tuple(
        replace(layer, name=HOSTILE[0], kind=HOSTILE[7], activation=HOSTILE[3]) for layer in network.fitted.layers
    )
    yield replace(network, fitted=replace(network.fitted, layers=layers * 5, loss_name=HOSTILE[8]))
    yield networks.renamed(networks.convolutional(labels=labels), HOSTILE)
    log = networks.log()
    assert log.fitted
    assert log.fitted.logged
    tags = dict(zip(HOSTILE, log.fitted.logged.histograms.values(), strict=False))
    pictures = {HOSTILE[2]: log.fitted.logged.images["input"]}
    yield replace(log, fitted=replace(log.fitted, logged=replace(log.fitted.logged, histograms=tags, images=pictures)))


def _strange_runs() -> Iterator[Run]:
    binary, regression = runs.binary(), runs.regression()
    yield with_test(binary, y_true=np.zeros(80, dtype=np.int64))
    yield with_test(binary, y_score=None)
    yield with_test(binary, y_score=np.full((80, 2), np.nan))
    yield with_test(binary, y_score=np.full((80, 2), 0.5))
    yield with_test(binary, y_true=np.array([1]), y_pred=np.array([0]), y_score=np.array([[0.7, 0.3]]))
    yield with_test(
        binary, y_true=np.array([], dtype=np.int64), y_pred=np.array([], dtype=np.int64), y_score=np.zeros((0, 2))
    )
    yield with_test(regression, y_pred=np.full(80, 3.0))
    yield with_test(regression, y_true=np.full(80, 3.0), y_pred=np.full(80, 3.0))
    yield with_test(regression, y_pred=np.full(80, np.nan))
    yield with_test(regression, y_pred=np.r_[np.inf, 1e308, -1e308, np.zeros(77)])
    yield with_test(regression, y_true=np.array([1.0]), y_pred=np.array([2.0]))
    for value in (1.0, np.nan, np.inf, 1e308):
        yield with_columns(binary, value)
        yield with_columns(regression, value)
        yield with_columns(runs.table(labels=("calm", "busy")), value, ("load", "heat"))
    assert binary.fitted
    broken = {name: (*values[:3], float("nan"), float("inf")) for name, values in binary.fitted.history.items()}
    yield replace(binary, fitted=replace(binary.fitted, history=broken, ended="diverged", best_epoch=2))
    yield replace(binary, fitted=replace(binary.fitted, history={"loss": (float("nan"),)}, best_epoch=None))
    empty = tuple(replace(weight, values=weight.values * np.nan) for weight in binary.fitted.weights)
    zero = tuple(replace(weight, values=weight.values * 0) for weight in binary.fitted.weights)
    yield replace(binary, fitted=replace(binary.fitted, weights=empty, layers=()))
    yield replace(binary, fitted=replace(binary.fitted, weights=zero))
    yield networks.broken(networks.convolutional())
    yield networks.still(networks.convolutional())
    yield runs.binary(rows=12)
    yield runs.regression(rows=12)
    for rows in (1, 2, 12):
        yield runs.table(rows)
        yield runs.table(rows, labels=("calm", "busy"))


def with_test(run: Run, **changes: np.ndarray | None) -> Run:
    return replace(run, predictions={**run.predictions, "test": replace(run.predictions["test"], **changes)})


def with_columns(run: Run, value: float, names: tuple[str, str] = ("radius", "noise")) -> Run:
    """The same run where one feature is all that value and another has it in its first row."""
    assert run.dataset
    frame = run.dataset.frame.assign(**{names[0]: value})
    frame.loc[0, names[1]] = value
    dataset = replace(run.dataset, frame=frame)
    return replace(run, dataset=dataset, profile=profile(dataset))


# What is shown is what is so.


def artists(name: str, data: FigureData) -> Axes:
    """The axes of a figure as matplotlib has them, before anything is written."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    from reportgen.drawing.studio import _style

    with mpl.rc_context(_style()):
        figure = Figure(figsize=(4, 3), dpi=72)
        axes = Axes(figure)
        figure.add_axes(axes)
        registry.load("figures", name).draw(axes, data)
    return next(panel for panel in figure.axes if isinstance(panel, Axes))


def test_the_loss_lines_are_the_history() -> None:
    run = runs.binary()
    assert run.fitted
    train, validation, best = artists("loss", one("loss", run)).lines
    assert train.get_ydata() == pytest.approx(run.fitted.history["loss"], rel=1e-5)
    assert validation.get_ydata() == pytest.approx(run.fitted.history["val_loss"], rel=1e-5)
    assert list(train.get_xdata()) == list(range(1, 41))
    assert best.get_xdata() == [12, 12]


@pytest.mark.parametrize(
    ("validation", "best", "title"),
    [
        ((0.5, 0.2, 0.3), 2, "The network overfits after epoch 2."),
        ((0.5, 0.3, 0.2), 3, "The validation loss was still falling when training ended."),
        ((0.5, *[0.2] * 60), 2, "The validation loss levels out at 0.200."),
    ],
)
def test_the_title_of_the_loss_says_how_training_went(validation: tuple[float, ...], best: int, title: str) -> None:
    history = {"loss": (0.4,) * len(validation), "val_loss": validation}
    fitted = Fitted("mlp", "network", 1, history=history, best_epoch=best)
    run = replace(runs.binary(), fitted=fitted)
    assert words("loss", one("loss", run)).title == title


def test_a_loss_without_validation_says_where_it_goes() -> None:
    run = replace(runs.binary(), fitted=Fitted("mlp", "network", 1, history={"loss": (0.4, 0.1)}))
    assert words("loss", one("loss", run)).title == "The training loss goes from 0.400 to 0.100."


def test_long_histories_are_thinned_and_say_so() -> None:
    run = replace(runs.binary(), fitted=Fitted("mlp", "network", 1, history={"loss": tuple(np.linspace(1, 0, 10_000))}))
    data = one("loss", run)
    assert len(data.columns["epoch"]) == 400
    assert (data.columns["epoch"][0], data.columns["epoch"][-1]) == (1, 10_000)
    assert "400 of 10,000 epochs are shown" in words("loss", data).caption


def test_the_areas_are_scikit_learns() -> None:
    run = runs.binary()
    test = run.predictions["test"]
    assert test.positive_score is not None
    linear = run.baselines["linear"]["test"].positive_score
    assert one("roc", run).facts["areas"] == {
        "model": roc_auc_score(test.y_true, test.positive_score),
        "linear": roc_auc_score(test.y_true, linear),
    }
    assert one("precision_recall", run).facts["areas"]["model"] == average_precision_score(
        test.y_true, test.positive_score
    )
    assert f"{roc_auc_score(test.y_true, test.positive_score):.3f}" in words("roc", one("roc", run)).title


def test_the_drawn_roc_curve_encloses_its_area() -> None:
    data = one("roc", runs.binary(rows=5000))
    rows = [place for place, label in enumerate(data.columns["curve"]) if label == "model"]
    x, y = ([data.columns[key][place] for place in rows] for key in ("false positive rate", "true positive rate"))
    assert len(rows) <= 200
    assert np.trapezoid(y, x) == pytest.approx(data.facts["areas"]["model"], abs=0.002)


def test_of_many_classes_the_largest_are_drawn() -> None:
    data = one("roc", run_of("many classes"))
    assert len(data.facts["areas"]) == 8
    assert "the 8 told worst of 40 classes" in words("roc", data).caption


def test_the_confusion_matrix_counts_the_test_rows() -> None:
    base = runs.binary()
    run = with_test(base, y_true=np.array([0, 0, 0, 1, 1]), y_pred=np.array([0, 0, 1, 0, 1]))
    data = one("confusion_matrix", run)
    assert data.facts["counts"] == [[2, 1], [1, 1]]
    assert words("confusion_matrix", data).title == "One missed, one false alarm."
    assert {word.text for word in artists("confusion_matrix", data).words} == {"2", "1"}


def test_many_classes_show_the_pairs_most_often_confused() -> None:
    base = run_of("many classes")
    run = with_test(base, y_true=np.array([3] * 5 + [7] * 2 + [1]), y_pred=np.array([4] * 5 + [8] * 2 + [1]))
    data = one("confused_pairs", run)
    told = zip(*(data.columns[name] for name in ("actual", "predicted", "rows confused")), strict=True)
    assert list(told) == [("class 3", "class 4", 5), ("class 7", "class 8", 2)]
    data = one("confusion_matrix", run)
    assert words("confusion_matrix", data).title == "Most often, class 3 is taken for class 4 (5 of 7 mistakes)."


def test_the_calibration_error_is_the_metrics() -> None:
    """By hand: of four cases at 0.9, three are positive; of two at 0.2, none: (4 * 0.15 + 2 * 0.2) / 6."""
    scores = np.array([0.9] * 4 + [0.2] * 2)
    run = with_test(
        runs.binary(),
        y_true=np.array([1, 1, 1, 0, 0, 0]),
        y_pred=np.zeros(6, int),
        y_score=np.column_stack([1 - scores, scores]),
    )
    data = one("calibration", run)
    assert data.facts["error"] == pytest.approx(1.0 / 6)
    assert data.columns["observed"] == [0.0, 0.75]
    assert data.columns["rows"] == [2, 4]


def test_the_threshold_scan_knows_the_f1_at_the_threshold_used() -> None:
    run = runs.binary()
    test = run.predictions["test"]
    assert test.positive_score is not None
    facts = one("threshold_scan", run).facts
    assert facts["used_f1"] == pytest.approx(f1_score(test.y_true, test.positive_score >= 0.5))
    every = [f1_score(test.y_true, test.positive_score >= threshold) for threshold in test.positive_score]
    assert facts["best_f1"] == pytest.approx(max(every))


def test_each_class_has_its_f1() -> None:
    run = runs.multiclass()
    test = run.predictions["test"]
    data = one("per_class", run)
    found = dict(zip(data.columns["class"], data.columns["F1"], strict=True))
    expected = f1_score(test.y_true, test.y_pred, average=None)
    assert [found[label] for label in test.labels] == pytest.approx(list(expected), abs=1e-4)
    assert data.columns["F1"] == sorted(data.columns["F1"])


def test_scores_are_counted_by_class() -> None:
    run = runs.binary()
    data = one("score_distribution", run)
    assert [sum(counts) for counts in data.facts["counts"]] == np.bincount(run.predictions["test"].y_true).tolist()


def test_predictions_and_residuals_are_those_of_the_test_set() -> None:
    run = runs.regression()
    test = run.predictions["test"]
    data = one("predicted_actual", run)
    assert data.columns["actual"] == pytest.approx(test.y_true.tolist(), rel=1e-5)
    assert data.facts["typical"] == pytest.approx(np.median(np.abs(test.y_true - test.y_pred)))
    residuals = one("residuals", run)
    assert residuals.columns["residual"] == pytest.approx((test.y_true - test.y_pred).tolist(), rel=1e-4, abs=1e-6)


def test_a_large_scatter_is_thinned_and_says_so() -> None:
    data = one("predicted_actual", runs.regression(rows=20_000))
    assert len(data.columns["actual"]) == 1000
    assert "1,000 of 4,000 rows are shown" in words("predicted_actual", data).caption


def test_one_far_value_does_not_empty_the_histogram() -> None:
    run = runs.regression()
    y_true = run.predictions["test"].y_true.copy()
    y_true[0] = 1e18
    data = one("residual_histogram", with_test(run, y_true=y_true))
    assert max(abs(edge) for edge in data.columns["to"]) < 1000
    assert sum(data.columns["rows"]) == 80
    assert sum(count > 0 for count in data.columns["rows"]) > 4


def test_classes_are_counted_over_all_splits() -> None:
    run = runs.binary()
    data = one("class_balance", run)
    assert run.dataset
    counts = run.dataset.frame["target"].value_counts()
    assert dict(zip(data.columns["class"], data.columns["rows"], strict=True)) == counts.to_dict()


def test_missing_values_are_counted() -> None:
    run = runs.binary()
    assert run.dataset
    data = one("missing_values", run)
    assert data.columns == {"column": ["texture"], "missing": [41], "share": [0.1025]}
    whole = replace(run.dataset, frame=run.dataset.frame.fillna(0))
    with pytest.raises(NotApplicable, match="no value is missing"):
        one("missing_values", replace(run, dataset=whole, profile=profile(whole)))


def test_the_most_related_pair_comes_first() -> None:
    run = run_of("numbers alone")
    assert run.dataset
    data = one("correlation", run)
    frame: pd.DataFrame = run.dataset.frame
    assert {data.columns["feature"][0], data.columns["with"][0]} == {"radius", "perimeter"}
    assert data.columns["correlation"][0] == pytest.approx(frame["radius"].corr(frame["perimeter"]), abs=1e-4)


def test_the_feature_that_made_the_classes_is_shown_first_and_noise_last() -> None:
    names = [panel["name"] for panel in one("column_distributions", runs.binary()).facts["panels"]]
    assert set(names[:2]) == {"radius", "perimeter"}
    assert set(names[-3:]) == {"noise", "smoothness", "city"}


def test_values_of_sensitive_columns_are_not_shown() -> None:
    run = runs.binary()
    assert run.dataset
    columns = tuple(
        replace(c, sensitive=c.name in ("radius", "target")) if isinstance(c, Column) else c
        for c in run.dataset.columns
    )
    dataset = replace(run.dataset, columns=columns)
    run = replace(run, dataset=dataset, profile=profile(dataset))
    assert "radius" not in one("column_distributions", run).columns["column"]
    shown = [json.dumps([dict(d.columns), dict(d.facts)]) for name in NAMES for d in drawings(name, run)]
    assert not any("malignant" in text for text in shown)


def test_a_feature_made_of_a_sensitive_value_does_not_tell_it() -> None:
    run = runs.sklearn_model(runs.binary())
    assert run.dataset
    assert run.splits
    assert run.fitted
    columns = tuple(replace(c, sensitive=c.name == "city") for c in run.dataset.columns)
    fitted = replace(run.fitted, importances={"city_Oslo": 0.9, "radius": 0.1}, coefficients={"city_Oslo": (2.0,)})
    splits = replace(run.splits, made_from={"city_Oslo": "city", "radius": "radius"})
    run = replace(run, dataset=replace(run.dataset, columns=columns), fitted=fitted, splits=splits)
    assert one("importances", run).columns["feature"] == ["city (a value)", "radius"]
    assert one("coefficients", run).columns["feature"] == ["city (a value)"]


def test_a_weight_matrix_is_drawn_on_a_scale_round_zero() -> None:
    run = runs.binary()
    assert run.fitted
    first = registry.load("figures", "weights").compute(run)[0]
    values = run.fitted.weights[0].values
    assert np.array(first.facts["matrix"]) == pytest.approx(values, rel=0.01)
    assert first.facts["limit"] == np.abs(values).max()
    assert first.columns["input"] == list(runs.FEATURES[:-1])


def test_there_is_one_drawing_a_matrix_and_one_a_function() -> None:
    run = runs.binary()
    parts = {name: [data.part for data in drawings(name, run)] for name in ("weights", "activation_functions")}
    assert parts == {"weights": ["dense_1", "dense_2", "dense_3"], "activation_functions": ["relu", "sigmoid"]}


def test_activation_titles_leave_dead_units_to_their_own_figure() -> None:
    data = registry.load("figures", "activation_functions").compute(runs.binary())[0]
    assert words("activation_functions", data).title.startswith("From 59")
    assert "never fire" in words("dead_units", one("dead_units", runs.binary())).title


def test_the_architecture_begins_with_the_inputs() -> None:
    data = one("architecture", runs.multiclass())
    assert data.columns["shape"] == ["6", "16", "8", "3"]
    assert sum(data.columns["parameters"]) == 7 * 16 + 17 * 8 + 9 * 3


def test_coefficients_are_ordered_by_size_with_their_sign() -> None:
    data = registry.load("figures", "coefficients").compute(runs.sklearn_model(runs.multiclass()))[2]
    assert data.columns["feature"][0] == "radius"
    assert data.columns["coefficient"][0] == -2.0
    assert words("coefficients", data).title == "Feature radius lowers virginica most (−2.00)."


def test_importances_are_ordered() -> None:
    data = one("importances", runs.sklearn_model(runs.binary()))
    assert data.columns["feature"][:2] == ["city", "noise"]


def test_the_tutorial_report_stays_small(studio: Studio) -> None:
    run = runs.binary()
    total = sum(len(studio.draw(name, data, name).svg) for name in NAMES for data in drawings(name, run))
    assert total < 220_000


def test_an_id_column_is_no_feature() -> None:
    run = run_of("numbers alone")
    assert run.dataset
    columns = tuple(replace(c, kind=Kind.ID) if c.name == "radius" else c for c in run.dataset.columns)
    dataset = replace(run.dataset, columns=columns)
    data = one("correlation", replace(run, dataset=dataset, profile=profile(dataset)))
    assert "radius" not in data.facts["labels"]


def test_a_prediction_without_scores_says_why() -> None:
    run = with_test(runs.binary(), y_score=None)
    assert isinstance(run.predictions["test"], Prediction)
    with pytest.raises(NotApplicable, match="no class probabilities"):
        one("roc", run)
