"""Estimators of scikit-learn by their dotted names."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge

from reportgen.dataset import Task
from reportgen.errors import SpecError, TrainingError
from reportgen.fitted import FitJob
from reportgen.models.sklearn import Model, build
from reportgen.spec import SklearnModel, Train

BINARY = Task("binary", "target", ("benign", "malignant"))
THREE = Task("multiclass", "target", ("a", "b", "c"))
NUMBER = Task("regression", "target")


def make_job(estimator: str, task: Task = BINARY, threshold: float = 0.5, **params: object) -> FitJob:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(80, 2)).astype(np.float32)
    signal = X[:, 0] + 0.1 * rng.normal(size=80)
    if task.name == "binary":
        y = (signal > 0).astype(np.int64)
    elif task.name == "multiclass":
        y = np.digitize(signal, [-0.4, 0.4]).astype(np.int64)
    else:
        y = 3.0 * signal
    return FitJob(
        model=SklearnModel(kind="sklearn", estimator=estimator, params=params),
        train=Train(),
        task=task,
        feature_names=("left", "right"),
        X={"train": X[:60], "test": X[60:]},
        y={"train": y[:60], "test": y[60:]},
        seed=11,
        threshold=threshold,
    )


def refusal(job: FitJob, error: type[Exception] = SpecError) -> str:
    with pytest.raises(error) as caught:
        Model().fit(job)
    return str(caught.value)


class TestTheEstimator:
    def test_predicts_what_scikit_learn_predicts(self):
        job = make_job("sklearn.linear_model.LogisticRegression", C=0.5)
        expected = LogisticRegression(C=0.5).fit(job.X["train"], job.y["train"]).predict_proba(job.X["test"])
        np.testing.assert_allclose(Model().fit(job).y_score["test"], expected, atol=1e-6)

    def test_is_suggested_where_it_stands_in_another_module(self):
        told = refusal(make_job("sklearn.linear_model.RandomForestClassifier"))
        assert told == (
            "model.estimator: 'sklearn.linear_model.RandomForestClassifier' is no scikit-learn estimator"
            " - fix: did you mean 'sklearn.ensemble.RandomForestClassifier'?"
        )

    def test_is_suggested_where_it_is_misspelt(self):
        assert "did you mean 'sklearn.svm.LinearSVC'?" in refusal(make_job("sklearn.svm.LinerSVC"))

    @pytest.mark.parametrize("name", ["sklearn.base.clone", "sklearn.utils.os", "sklearn.nowhere.Thing", "sklearn.svm"])
    def test_must_be_an_estimator_class(self, name):
        assert "is no scikit-learn estimator" in refusal(make_job(name))

    def test_must_be_a_classifier_for_classes(self):
        told = refusal(make_job("sklearn.linear_model.Ridge"))
        assert told.startswith("model.estimator: Ridge is no classifier, but the task is binary")

    def test_must_be_a_regressor_for_numbers(self):
        told = refusal(make_job("sklearn.linear_model.LogisticRegression", NUMBER))
        assert told.startswith("model.estimator: LogisticRegression is no regressor")

    def test_must_not_be_a_transformer(self):
        assert "is no classifier" in refusal(make_job("sklearn.preprocessing.StandardScaler"))


class TestParameters:
    def test_that_are_unknown_are_named_with_a_suggestion(self):
        told = refusal(make_job("sklearn.ensemble.RandomForestClassifier", n_estimator=5))
        assert told == (
            "model.params.n_estimator: RandomForestClassifier has no parameter 'n_estimator'"
            " - fix: did you mean 'n_estimators'?"
        )

    def test_of_a_wrong_value_are_named(self):
        told = refusal(make_job("sklearn.linear_model.LogisticRegression", C=-1.0))
        assert told.startswith("model.params.C: The 'C' parameter of LogisticRegression must be a float")

    def test_that_are_required_are_named(self):
        told = refusal(make_job("sklearn.ensemble.VotingClassifier"))
        what = "model.params.estimators: VotingClassifier needs the parameter 'estimators'"
        assert told == f"{what} - fix: give estimators under model.params"

    def test_take_the_seed_where_they_have_a_place_for_it(self):
        assert build(make_job("sklearn.ensemble.RandomForestClassifier")).random_state == 11

    def test_keep_a_random_state_of_the_users(self):
        assert build(make_job("sklearn.ensemble.RandomForestClassifier", random_state=4)).random_state == 4

    def test_leave_n_jobs_alone(self):
        assert build(make_job("sklearn.ensemble.RandomForestClassifier")).n_jobs is None

    def test_weigh_classes_by_their_labels(self):
        job = make_job("sklearn.linear_model.LogisticRegression", class_weight={"malignant": 5.0})
        assert build(job).class_weight == {1: 5.0}

    def test_weigh_no_class_that_is_not_there(self):
        job = make_job("sklearn.linear_model.LogisticRegression", class_weight={"malignent": 5.0})
        assert "model.params.class_weight: 'malignent' is no class" in refusal(job)

    def test_are_shown_as_text(self):
        settings = Model().fit(make_job("sklearn.tree.DecisionTreeClassifier", max_depth=2)).fitted.settings
        assert settings["max_depth"] == "2"
        assert settings["criterion"] == "gini"
        assert settings["max_features"] == "None"


class TestScores:
    def test_are_missing_without_probabilities(self):
        result = Model().fit(make_job("sklearn.svm.LinearSVC"))
        assert result.y_score["test"] is None
        assert set(result.y_pred["test"]) == {0, 1}

    def test_leave_a_threshold_without_use_where_they_are_missing_and_the_result_says_so(self):
        told = Model().fit(make_job("sklearn.svm.LinearSVC", threshold=0.9)).fitted.warnings
        assert told == ("the estimator gives no probabilities, so evaluate.threshold was not used",)

    def test_have_a_zero_column_for_a_class_that_training_lacks(self):
        job = make_job("sklearn.tree.DecisionTreeClassifier", THREE)
        train = np.where(job.y["train"] == 1, 0, job.y["train"])
        job = replace(job, y={**job.y, "train": train})
        score = Model().fit(job).y_score["test"]
        assert score.shape == (20, 3)
        assert not score[:, 1].any()


class TestTheSummary:
    def test_has_the_coefficients_of_a_linear_model(self):
        job = make_job("sklearn.linear_model.Ridge", NUMBER)
        own = Ridge(random_state=11).fit(job.X["train"], job.y["train"])
        fitted = Model().fit(job).fitted
        assert fitted.coefficients == {"left": (float(own.coef_[0]),), "right": (float(own.coef_[1]),)}
        assert fitted.parameters == 3

    def test_has_a_coefficient_a_class_for_several_classes(self):
        fitted = Model().fit(make_job("sklearn.linear_model.LogisticRegression", THREE)).fitted
        assert [len(values) for values in fitted.coefficients.values()] == [3, 3]
        assert fitted.parameters == 9

    def test_has_no_coefficients_by_class_where_they_belong_to_pairs_of_classes(self):
        task = Task("multiclass", "target", ("a", "b", "c", "d"))
        job = make_job("sklearn.svm.SVC", task, kernel="linear")
        y = np.arange(60) % 4
        assert Model().fit(replace(job, y={**job.y, "train": y})).fitted.coefficients == {}

    def test_has_the_importances_of_a_forest(self):
        fitted = Model().fit(make_job("sklearn.ensemble.RandomForestClassifier", n_estimators=5)).fitted
        assert fitted.importances["left"] > fitted.importances["right"]
        assert sum(fitted.importances.values()) == pytest.approx(1.0)
        assert fitted.parameters is None

    def test_counts_the_parameters_of_a_scikit_learn_network(self):
        job = make_job("sklearn.neural_network.MLPClassifier", hidden_layer_sizes=[3], max_iter=1)
        assert Model().fit(job).fitted.parameters == 2 * 3 + 3 + 3 * 1 + 1

    def test_has_the_warnings_of_the_fit(self):
        job = make_job("sklearn.neural_network.MLPClassifier", max_iter=1)
        (told,) = Model().fit(job).fitted.warnings
        assert told.startswith("ConvergenceWarning: Stochastic Optimizer: Maximum iterations (1) reached")

    def test_is_titled_by_the_class(self):
        fitted = Model().fit(make_job("sklearn.linear_model.LogisticRegression")).fitted
        assert (fitted.kind, fitted.title, fitted.ended) == ("sklearn", "LogisticRegression", "completed")


class TestFailure:
    def test_of_the_fit_is_one_line(self):
        job = make_job("sklearn.linear_model.LogisticRegression", solver="lbfgs", l1_ratio=0.5, penalty="elasticnet")
        told = refusal(job, TrainingError)
        assert told.startswith("model.estimator: LogisticRegression: ")
        assert "\n" not in told

    def test_for_want_of_memory_is_said_in_words(self, monkeypatch):
        def full(self: object, X: object, y: object) -> None:
            raise MemoryError

        monkeypatch.setattr(LogisticRegression, "fit", full)
        told = refusal(make_job("sklearn.linear_model.LogisticRegression"), TrainingError)
        assert told == "LogisticRegression ran out of memory - fix: train on fewer rows or features"

    def test_a_fit_that_takes_long_is_left_behind_when_asked_to_stop(self, monkeypatch):
        monkeypatch.setattr(LogisticRegression, "fit", lambda self, X, y: time.sleep(30))
        answers = iter([True, True, False])
        start = time.monotonic()
        result = Model().fit(make_job("sklearn.linear_model.LogisticRegression"), lambda event: next(answers))
        assert time.monotonic() - start < 5
        assert result.fitted.ended == "interrupted"
        assert result.y_pred == {}
