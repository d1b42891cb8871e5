"""Why a model says what it says: shuffled columns, partial dependence, gradients, and what is done with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import log_loss

from reportgen import api, experiment, explanation, registry
from reportgen.checks import explanation as checks
from reportgen.dataset import Column, Kind, Task
from reportgen.errors import NotApplicable
from reportgen.explained import ExplainJob, WordAttribution
from reportgen.fitted import FitJob
from reportgen.models import _attribution, _estimator, _explain, _word_attribution
from reportgen.models._loop import Rows
from reportgen.models.sklearn import Model as Estimator
from reportgen.session import Session
from reportgen.spec import SklearnModel, Train
from reportgen.specfile import read
from tests import runs
from tests.explained_runs import explained, importance, relying
from tests.tables import dataset

BINARY, NUMBER = Task("binary", "y", ("no", "yes")), Task("regression", "y")
LINEAR, LOGISTIC = "sklearn.linear_model.LinearRegression", "sklearn.linear_model.LogisticRegression"


def rows(n: int = 300, n_features: int = 4) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(n, n_features)).astype(np.float32)


def make_job(task: Task, y: np.ndarray, estimator: str = LOGISTIC, X: np.ndarray | None = None) -> FitJob:
    """The first half of the rows is train, the second validation."""
    X = rows() if X is None else X
    half = len(X) // 2
    return FitJob(
        model=SklearnModel(kind="sklearn", estimator=estimator),
        train=Train(),
        task=task,
        feature_names=tuple(f"f{place}" for place in range(X.shape[1])),
        X={"train": X[:half], "validation": X[half:]},
        y={"train": y[:half], "validation": y[half:]},
        seed=5,
    )


def wish(n_columns: int = 4, **settings: Any) -> ExplainJob:
    columns = settings.pop("columns", {f"c{place}": (place,) for place in range(n_columns)})
    return ExplainJob(**({"split": "validation", "columns": columns, "grids": {}, "seed": 5} | settings))


def fitted(job: FitJob) -> Estimator:
    model = Estimator()
    model.fit(job)
    return model


def asked(job: FitJob, wanted: ExplainJob, emit: Any = None) -> Any:
    return fitted(job).explain(wanted, emit)


def labels(X: np.ndarray) -> np.ndarray:
    noise = np.random.default_rng(2).normal(size=len(X))
    return (2.0 * X[:, 0] - X[:, 1] + 0.5 * noise > 0).astype(np.int64)


class TestPermutationImportance:
    def test_is_that_of_scikit_learn_within_the_spread_of_the_shuffles(self):
        job = make_job(BINARY, labels(rows()))
        model = fitted(job)
        found = model.explain(wish(repeats=30, rows=1000)).importances
        X, y = job.X["validation"], job.y["validation"]
        expected = permutation_importance(model.estimator, X, y, scoring="neg_log_loss", n_repeats=30, random_state=0)
        for place in range(4):
            mine = found.of(f"c{place}")
            error = np.hypot(mine.std, expected.importances_std[place]) / np.sqrt(30)
            assert mine.value == pytest.approx(expected.importances_mean[place], abs=5 * error + 1e-9)

    def test_starts_from_the_log_loss_of_the_rows_as_they_are(self):
        job = make_job(BINARY, labels(rows()))
        model = fitted(job)
        found = model.explain(wish()).importances
        X, y = job.X["validation"], job.y["validation"]
        assert found.loss == "log_loss"
        assert found.before == pytest.approx(log_loss(y, model.estimator.predict_proba(X)), rel=1e-6)

    def test_of_numbers_is_in_their_own_unit(self):
        """y = 3 x: with x shuffled the error is 3 |x - x'|, whose mean over all pairs is known."""
        X = rows(200, 2)
        found = asked(make_job(NUMBER, 3.0 * X[:, 0].astype(float), LINEAR, X), wish(2, repeats=100)).importances
        x = X[100:, 0].astype(float)
        assert found.loss == "mean_absolute_error"
        assert found.of("c0").value == pytest.approx(3 * np.abs(x[:, None] - x).mean(), rel=0.02)
        assert found.of("c1").value == pytest.approx(0.0, abs=1e-5)

    def test_without_probabilities_counts_wrong_predictions(self):
        found = asked(make_job(BINARY, labels(rows()), "sklearn.svm.LinearSVC"), wish()).importances
        assert found.loss == "error_rate"
        assert found.columns[0].column == "c0"

    def test_shuffles_the_features_of_a_column_together(self):
        """Two features whose sum is always 0: apart they would matter, together they cannot."""
        X = rows(200, 3)
        X[:, 1] = -X[:, 0]
        given = _explain.Given(
            lambda X: (None, 10.0 * (X[:, 0] + X[:, 1])), make_job(NUMBER, np.zeros(200), X=X), wish(), None, 1e6
        )
        orders = np.random.default_rng(0).permutation(200)[None]
        together, apart = _explain.shuffled(given, X, np.zeros(200), [(0, 1), (0,)], orders)
        assert together.max() < 1e-5
        assert apart.mean() > 1

    def test_puts_the_largest_first_with_an_interval_that_holds_it(self):
        found = asked(make_job(BINARY, labels(rows())), wish()).importances
        values = [one.value for one in found.columns]
        assert values == sorted(values, reverse=True)
        assert all(one.low <= one.value <= one.high for one in found.columns)

    def test_is_the_same_twice(self):
        job = make_job(BINARY, labels(rows()))
        assert asked(job, wish()).importances == asked(job, wish()).importances

    def test_takes_the_rows_and_repeats_that_are_asked_for(self):
        found = asked(make_job(BINARY, labels(rows())), wish(rows=30, repeats=4)).importances
        assert (found.rows, found.of_rows, found.repeats) == (30, 150, 4)

    def test_does_less_where_the_work_is_more(self):
        job = make_job(BINARY, labels(rows(4000)), X=rows(4000))
        model = fitted(job)
        found = _explain.importances(_explain.Given(model.predict, job, wish(), None, affordable=4 * 200 * 10))
        assert (found.rows, found.repeats) == (200, 10)

    def test_of_many_columns_measures_those_that_a_first_look_chose(self):
        X = rows(300, 60)
        found = asked(make_job(BINARY, labels(X), X=X), wish(60)).importances
        assert len(found.columns) == 40
        assert found.looked_at == 60
        assert found.columns[0].column == "c0"

    def test_of_a_single_column_there_is_none(self):
        found = asked(make_job(BINARY, labels(rows())), wish(columns={"note": (0, 1, 2, 3)}))
        assert found.importances is None
        assert found.alone

    def test_of_several_labels_is_the_mean_log_loss(self):
        X = rows()
        y = np.column_stack([X[:, 0] > 0, X[:, 2] > 0]).astype(np.int64)
        found = asked(make_job(Task("multilabel", "a and b", ("a", "b")), y, X=X), wish()).importances
        assert {one.column for one in found.columns[:2]} == {"c0", "c2"}

    @pytest.mark.parametrize("estimator", ["ensemble.RandomForestClassifier", "ensemble.GradientBoostingClassifier"])
    def test_of_a_larger_estimator_fewer_rows_are_affordable(self, estimator: str):
        job = make_job(BINARY, labels(rows()))
        larger = replace(job, model=SklearnModel(kind="sklearn", estimator=f"sklearn.{estimator}"))
        few, many = (_estimator.affordable_predictions(fitted(one).estimator, job.X["train"]) for one in (larger, job))
        assert few < many


class TestPartialDependence:
    def compare(self, job: FitJob, estimator: Any, values: np.ndarray, method: str = "auto") -> None:
        found = fitted(job).explain(wish(grids={"c1": values[:, None]}, rows=1000)).dependences[0]
        X = job.X["validation"]
        expected = partial_dependence(
            estimator.fit(job.X["train"], job.y["train"]),
            X,
            features=[1],
            custom_values={1: values},
            kind="average",
            response_method=method,
        )
        np.testing.assert_allclose(found.average[:, 0], expected["average"][0], rtol=1e-5)
        assert found.curves.shape == (30, len(values))

    def test_of_a_probability_is_that_of_scikit_learn(self):
        grid = np.linspace(-2, 2, 7).astype(np.float32)
        self.compare(make_job(BINARY, labels(rows())), LogisticRegression(), grid, "predict_proba")

    def test_of_a_number_is_that_of_scikit_learn(self):
        X = rows()
        y = (X[:, 1] ** 2 + X[:, 0]).astype(float)
        self.compare(make_job(NUMBER, y, LINEAR), LinearRegression(), np.linspace(-2, 2, 5).astype(np.float32))

    def test_of_many_classes_shows_the_commonest(self):
        X = rows(600)
        y = np.concatenate([np.arange(600) % 8, np.zeros(0)]).astype(np.int64)
        y[y == 3] = 5
        job = make_job(Task("multiclass", "y", tuple("abcdefgh")), y, X=X)
        found = asked(job, wish(grids={"c0": np.zeros((2, 1))})).dependences[0]
        assert len(found.outputs) == 6
        assert 3 not in found.outputs
        assert found.average.shape == (2, 6)
        assert len(found.curves) == 0

    def test_is_of_the_most_important_columns_alone(self):
        grids = {f"c{place}": np.zeros((2, 1), np.float32) for place in range(4)}
        found = asked(make_job(BINARY, labels(rows())), wish(grids=grids, dependences=2))
        assert [one.column for one in found.dependences] == ["c0", "c1"]

    def test_of_a_listener_that_wants_to_stop_nothing_is_left(self):
        found = asked(make_job(BINARY, labels(rows())), wish(), emit=lambda _: False)
        assert found.interrupted
        assert found.importances is None


class TestAGrid:
    def make(self, kind: Kind, values: Any, sensitive: bool = False) -> Any:
        table = dataset(pd.DataFrame({"v": values}), {"v": kind})
        n = len(values)
        prepared = np.arange(n, dtype=np.float32)[:, None]
        return explanation.grid(table, Column("v", kind, "", sensitive), np.arange(n), prepared)

    def test_of_few_numbers_holds_each(self):
        found = self.make(Kind.NUMERIC, [3.0, 1.0, 2.0, 1.0, np.nan])
        assert found.values == (1.0, 2.0, 3.0)

    def test_takes_the_features_of_rows_that_have_the_value(self):
        found = self.make(Kind.NUMERIC, [3.0, 1.0, 2.0, 1.0, np.nan])
        assert found.prepared.ravel().tolist() == [1.0, 2.0, 0.0]

    def test_of_many_numbers_goes_from_the_5th_to_the_95th_percentile(self):
        found = self.make(Kind.NUMERIC, np.arange(1001.0))
        assert (found.values[0], found.values[-1]) == (50.0, 950.0)
        assert len(found.values) == 20

    def test_of_levels_puts_the_commonest_first_and_leaves_out_what_has_fewer_than_five_members(self):
        found = self.make(Kind.CATEGORICAL, pd.Series(["a"] * 6 + ["b"] * 10 + ["c"] * 4, dtype="str"))
        assert found.values == ("b", "a")
        assert found.shares == (0.5, 0.3)

    @pytest.mark.parametrize(
        ("kind", "values"),
        [(Kind.NUMERIC, [1.0] * 9), (Kind.NUMERIC, [np.nan] * 9), (Kind.ID, list(range(9)))],
        ids=["constant", "missing", "id"],
    )
    def test_is_none_where_nothing_varies_or_may_be_varied(self, kind: Kind, values: Any):
        assert self.make(kind, values) is None

    def test_shows_no_value_of_a_sensitive_column(self):
        assert self.make(Kind.NUMERIC, np.arange(30.0), sensitive=True) is None


def linear(weights: np.ndarray) -> _attribution.Slope:
    """The output w . x of each row; its gradient is w everywhere."""

    def slope(X: np.ndarray, output: int) -> tuple[np.ndarray, np.ndarray]:
        return (X * weights).sum(axis=(1, 2, 3)), np.broadcast_to(weights, X.shape)

    return slope


class TestIntegratedGradients:
    def test_of_a_linear_model_are_weight_times_distance(self):
        X, reference, weights = (
            rows(3, 12).reshape(3, 3, 4, 1),
            np.full((3, 4, 1), 0.5),
            np.arange(12.0).reshape(3, 4, 1),
        )
        before, found = _attribution.integrated(lambda X: linear(weights)(X, 0), X, reference)
        np.testing.assert_allclose(found, weights * (X - 0.5), rtol=1e-6)
        assert before == pytest.approx(0.5 * 66)

    def test_of_a_curve_sum_to_the_difference_of_the_outputs(self):
        """f = sum x^3: the midpoint rule of 32 steps is off by less than a thousandth."""
        X, reference = rows(5, 6).reshape(5, 2, 3, 1).astype(float), np.zeros((2, 3, 1))
        _, found = _attribution.integrated(lambda X: ((X**3).sum(axis=(1, 2, 3)), 3 * X**2), X, reference)
        np.testing.assert_allclose(found.sum(axis=(1, 2, 3)), (X**3).sum(axis=(1, 2, 3)), rtol=1e-3)

    def test_of_the_other_of_two_classes_have_the_other_sign(self):
        job = make_job(BINARY, labels(rows()))
        slope = linear(np.ones((1, 1, 1)))
        X = np.full((2, 1, 1, 1), 0.3)
        values, gradient = _attribution.toward_class(slope, 0, job)(X)
        assert values == pytest.approx([0.7, 0.7])
        assert (gradient == -1).all()

    def test_are_means_over_five_rows_at_least(self):
        y = np.array([0] * 20 + [1] * 4)
        job = replace(make_job(BINARY, labels(rows())), y={"train": y, "validation": y})
        X = rows(24, 16).reshape(24, 4, 4, 1)
        found = list(_attribution.attributions(linear(np.ones((4, 4, 1))), X, X[0], job, "validation", 0, 1e6))
        assert [(one.output, one.rows) for one in found] == [(0, 16)]
        assert found[0].whose == "the mean of 16 validation rows of this class"

    def test_are_of_single_rows_where_the_report_may_show_some(self):
        y = np.array([0] * 20 + [1] * 20)
        job = replace(make_job(BINARY, labels(rows())), y={"train": y, "validation": y})
        X = rows(40, 16).reshape(40, 4, 4, 1)
        found = list(_attribution.attributions(linear(np.ones((4, 4, 1))), X, X[0], job, "validation", 1, 1e6))
        assert [one.rows for one in found] == [1, 16]
        np.testing.assert_allclose(found[0].image, X[0])

    def test_take_blocks_of_one_size_and_give_back_every_row(self):
        sizes = []

        def slope(X: np.ndarray, output: int) -> tuple[np.ndarray, np.ndarray]:
            sizes.append(len(X))
            return X.sum(axis=1), 2 * X

        X = rows(150, 3)
        values, gradients = _attribution.in_blocks(slope)(X, 0)
        assert set(sizes) == {64}
        np.testing.assert_allclose(values, X.sum(axis=1), rtol=1e-6)
        np.testing.assert_allclose(gradients, 2 * X)


class TestOfANetwork:
    @pytest.fixture(scope="class")
    def network(self) -> Any:
        from reportgen.models.cnn import Model
        from reportgen.spec import Cnn

        X = rows(120, 64)
        y = (X[:, :32].sum(axis=1) > X[:, 32:].sum(axis=1)).astype(np.int64)
        model = Cnn(kind="cnn", input_shape=(8, 8, 1), filters=(4,), hidden=(8,))
        job = replace(make_job(BINARY, y, X=X), model=model, train=Train(epochs=4))
        network = Model()
        network.fit(job)
        return network

    def test_images_are_explained_by_gradients_whose_sum_is_the_difference(self, network: Any):
        found = network.explain(wish(64))
        assert found.importances is None
        assert [one.output for one in found.attributions] == [0, 1]
        for one in found.attributions:
            assert one.integrated.sum() == pytest.approx(one.end - one.start, abs=0.01)
            assert one.saliency.shape == (8, 8)

    def test_the_gradient_is_the_difference_quotient(self, network: Any):
        X = network._shaped(network._job.X["validation"][:3]).astype(np.float32)
        _, gradient = network._slope(X, 0)
        step = np.zeros_like(X)
        step[:, 2, 3, 0] = 1e-2
        quotient = (network._slope(X + step, 0)[0] - network._slope(X - step, 0)[0]) / 2e-2
        np.testing.assert_allclose(gradient[:, 2, 3, 0], quotient, atol=2e-3)

    def test_the_gradient_is_the_same_by_the_trainer_for_any_backend(self, network: Any):
        from reportgen.models._portable import Trainer

        X = network._shaped(network._job.X["validation"][:3]).astype(np.float32)
        with network._trainer.in_keras():
            other = Trainer.slope(
                type("Held", (), {"_network": network.network, "_one_output": Trainer._one_output})(), X, 0
            )
        for mine, theirs in zip(network._trainer.slope(X, 0), other, strict=True):
            np.testing.assert_allclose(mine, theirs, atol=1e-5)


class Vectors:
    """A trainer of three word vectors (n_words, 1): the loss of a row is the sum of its words' vectors, squared."""

    def __init__(self) -> None:
        self.vectors = np.array([[5.0], [5.0], [2.0], [-1.0]])

    def snapshot(self) -> Any:
        return [self.vectors.copy()], []

    def restore(self, kept: Any) -> None:
        self.vectors = kept[0][0]

    def sums(self, rows: Rows) -> np.ndarray:
        return self.vectors[rows.X, 0].sum(axis=1)

    def gradients(self, rows: Rows) -> list[np.ndarray]:
        found = np.zeros((4, 1))
        for words, total in zip(rows.X, self.sums(rows), strict=True):
            np.add.at(found[:, 0], words, 2 * total / len(rows.X))
        return [found]


class TestWords:
    def test_lower_the_loss_by_what_they_add_along_the_path(self):
        """One row of words 2 and 3: (2 a - a)^2 from a = 0 to 1 is 1, of which word 2 takes 2 and word 3 gives 1."""
        found = _word_attribution.lowered(Vectors(), 0, Rows(np.array([[2, 3]]), np.zeros(1)), lambda: None)
        assert found == pytest.approx([0, 0, -2, 1])

    def test_sum_to_the_loss_without_words_less_the_loss(self):
        trainer, rows = Vectors(), Rows(np.array([[2, 2], [2, 3], [3, 3]]), np.zeros(3))
        found = _word_attribution.lowered(trainer, 0, rows, lambda: None)
        assert found.sum() == pytest.approx(-(trainer.sums(rows) ** 2).mean())

    def test_leave_the_weights_as_they_were_even_where_they_are_stopped(self):
        trainer = Vectors()
        with pytest.raises(ZeroDivisionError):
            _word_attribution.lowered(trainer, 0, Rows(np.array([[2, 3]]), np.zeros(1)), lambda: 1 / 0)
        assert trainer.vectors[2, 0] == 2.0

    def test_are_named_from_five_rows_on_and_never_none_or_unknown(self):
        X = np.array([[0, 1, 2, 3]] * 4 + [[0, 1, 2, 2]] * 16)
        y = np.zeros(20, np.int64)
        job = replace(make_job(BINARY, labels(rows())), y={"train": y, "validation": y})
        found = list(_word_attribution.word_attributions(Vectors(), 0, Rows(X, y), job, "validation", 20, lambda: None))
        assert [(one.number, one.rows, one.holding) for one in found] == [(2, 20, 20)]

    def test_get_their_names_unless_they_are_sensitive_or_rare_in_training(self):
        made = runs.binary()
        assert made.splits is not None
        assert made.dataset is not None
        X = np.array([[2, 3]] * 6 + [[2, 4]] * 4)
        train = replace(made.splits.train, X=X)
        splits = replace(made.splits, parts={**made.splits.parts, "train": train}, words=("array", "index", "rare"))
        told = tuple(WordAttribution(0, number, 9, 9, 0.1) for number in (2, 3, 4))
        made = replace(made, splits=splits)
        assert [one.word for one in explanation.named(told, made)] == ["array", "index"]
        hidden = tuple(replace(column, sensitive=True) for column in made.dataset.columns)
        assert explanation.named(told, replace(made, dataset=replace(made.dataset, columns=hidden))) == ()


SPEC = """\
data: {path: table.csv, target: y}
split: {test: 0.25, validation: 0.25}
model: {kind: sklearn, estimator: sklearn.linear_model.LogisticRegression}
report: {sections: [summary, explanation, findings], figures: [permutation_importance, partial_dependence]}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    """A logistic regression on 400 rows; `u` tells the class, `city` a little, `v` nothing."""
    random = np.random.default_rng(0)
    lines = ["u,v,city,y"]
    for number in range(400):
        label = number % 2
        city = random.choice(["Oslo", "Rome"], p=[0.3 + 0.3 * label, 0.7 - 0.3 * label])
        lines.append(f"{random.normal(2 * label):.3f},{random.normal():.3f},{city},{'ab'[label]}")
    (tmp_path / "table.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "x.yaml").write_text(SPEC, encoding="utf-8")
    return tmp_path / "x.yaml"


def run(spec: Path, *overrides: str, **options: Any) -> Any:
    return experiment.run(read(spec, overrides), Session(inline=True, **options))


class TestARun:
    def test_explains_by_the_columns_of_the_table(self, spec: Path):
        found = run(spec).explained
        assert {one.column for one in found.importances.columns} == {"u", "v", "city"}
        assert found.importances.split == "validation"

    def test_varies_columns_in_their_own_unit(self, spec: Path):
        found = {one.column: one for one in run(spec).explained.dependences}
        assert set(found["city"].grid) == {"Oslo", "Rome"}
        assert found["u"].grid[0] < 0
        assert found["u"].grid[-1] > 2
        assert found["u"].average[-1, 0] > found["u"].average[0, 0] + 0.5

    def test_uses_test_rows_without_validation(self, spec: Path):
        assert run(spec, "split.validation=0").explained.importances.split == "test"

    def test_explains_nothing_where_that_is_off(self, spec: Path):
        assert run(spec, "evaluate.explain=off").explained is None

    def test_obeys_its_settings(self, spec: Path):
        found = run(spec, "evaluate.explain={repeats: 3, rows: 40, columns: 1}").explained
        assert (found.importances.repeats, found.importances.rows, len(found.dependences)) == (3, 40, 1)

    def test_survives_an_explanation_that_fails(self, spec: Path, monkeypatch: pytest.MonkeyPatch):
        def fail(*_: Any) -> None:
            raise ValueError("no")

        monkeypatch.setattr(_explain, "explain", fail)
        made = run(spec)
        assert made.explained is None
        assert made.warnings == ("the model could not be explained: ValueError: no",)
        with pytest.raises(ValueError, match="no"):
            run(spec, strict=True)

    def test_is_shown_in_a_section_of_its_own(self, spec: Path):
        document = api.run(spec, session=Session(inline=True)).document
        (section,) = [one for one in document.sections if one.title == "Explanation"]
        text = str(section)
        assert "Without u the log loss rises most" in text
        assert "As u grows the probability of b rises" in text or "As u grows the probability of class b" in text

    def test_predictions_of_another_model_cannot_be_explained(self, tmp_path: Path):
        file = tmp_path / "x.yaml"
        file.write_text(
            "model: {kind: predictions, path: p.csv, y_true: a, y_pred: b}\nevaluate: {explain: auto}\n",
            encoding="utf-8",
        )
        with pytest.raises(Exception, match=r"evaluate\.explain: only a model that is trained here"):
            read(file).spec()


class TestTheFigures:
    def words(self, name: str, run: Any) -> Any:
        unit = registry.load("figures", name)
        return [unit.describe(data) for data in unit.compute(run)]

    def test_importance_warns_of_columns_that_go_together(self):
        made = runs.binary()
        assert made.dataset is not None
        frame = made.dataset.frame.assign(perimeter=made.dataset.frame["radius"] * 2)
        from reportgen.profile import profile

        data = replace(made.dataset, frame=frame)
        made = explained(replace(made, dataset=data, profile=profile(data)))
        (said,) = self.words("permutation_importance", made)
        assert "stand in for each other" in said.caption
        assert "radius" in said.caption.partition("less important")[2]

    def test_importance_claims_nothing_where_every_interval_holds_zero(self):
        (said,) = self.words("permutation_importance", relying(runs.binary(), importance("radius", 0.01, 0.1)))
        assert said.title == "No column makes a clear difference when it is shuffled alone."

    def test_importance_tells_the_rise_the_rows_and_the_shuffles(self):
        (said,) = self.words("permutation_importance", relying(runs.binary(), importance("radius", 0.5)))
        assert said.title == "Without radius the log loss rises most, by 0.500."
        assert "(now 0.200)" in said.caption
        assert "100 of 300 validation rows, the mean of 10 shuffles" in said.caption

    def test_dependence_tells_where_a_line_begins_and_ends(self):
        said = self.words("partial_dependence", explained(runs.binary()))
        assert said[0].title == "As radius grows the probability of malignant rises from 0.200 to 0.700."
        assert said[1].title.startswith("The probability of malignant is highest at city Bonn (0.700)")

    def test_saliency_tells_what_the_gradients_sum_to(self):
        made = explained(runs.binary())
        assert made.explained is not None
        total = made.explained.attributions[0].integrated.sum()
        said = self.words("saliency", made)
        assert f"{total:.3g}".lstrip("-") in said[0].caption


class TestTheChecks:
    def clean(self) -> Any:
        return relying(runs.binary(), importance("radius", 0.5), importance("texture", 0.3), importance("noise", 0.004))

    @pytest.mark.parametrize("check", [checks.one_column_carries_all, checks.unused_columns])
    def test_are_silent_where_several_columns_matter(self, check: Callable[[Any], Any]):
        assert not check(self.clean()).failed

    def test_find_a_column_that_tells_all(self):
        made = relying(
            runs.binary(), importance("radius", 2.0), importance("texture", 0.01), importance("noise", 0.0), before=0.02
        )
        found = checks.one_column_carries_all(made)
        assert found.failed
        assert found.subjects == ("radius",)

    def test_let_an_honest_column_that_leaves_much_unsaid_be(self):
        made = relying(runs.binary(), importance("radius", 2.0), importance("texture", 0.0), importance("noise", 0.0))
        assert not checks.one_column_carries_all(made).failed

    def test_find_columns_that_surely_make_no_difference(self):
        made = relying(
            runs.binary(), importance("radius", 0.5), importance("texture", 0.3), importance("noise", 0.0, 0.001)
        )
        assert checks.unused_columns(made).subjects == ("noise",)

    def test_say_nothing_of_few_columns(self):
        with pytest.raises(NotApplicable):
            checks.unused_columns(relying(runs.binary(), importance("radius", 0.5)))
