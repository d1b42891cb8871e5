"""What a fitted estimator says of itself: standard errors of coefficients, and a tree as rules."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from reportgen.models._inference import coefficient_errors
from reportgen.models._rules import rules, tree_count

RNG = np.random.default_rng(5)


class TestStandardErrors:
    def test_of_one_feature_are_those_of_the_textbook(self) -> None:
        x, y = RNG.normal(size=50), RNG.normal(size=50)
        found = coefficient_errors(LinearRegression().fit(x[:, None], y), x[:, None], y)
        slope = ((x - x.mean()) @ y) / ((x - x.mean()) @ (x - x.mean()))
        residual = y - y.mean() - slope * (x - x.mean())
        expected = np.sqrt(residual @ residual / 48 / ((x - x.mean()) @ (x - x.mean())))
        assert found.values == pytest.approx([expected])
        assert found.degrees == 48

    def test_of_a_log_odds_ratio_are_those_of_woolf(self) -> None:
        """Of a table of two by two the error of the log odds ratio is the root of the sum of 1/n (Woolf 1955)."""
        cells = {(0, 0): 40, (0, 1): 10, (1, 0): 20, (1, 1): 30}
        X = np.repeat([[float(x)] for x, _ in cells], list(cells.values()), axis=0)
        y = np.repeat([label for _, label in cells], list(cells.values()))
        model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(X, y)
        found = coefficient_errors(model, X, y)
        assert model.coef_[0, 0] == pytest.approx(np.log(40 * 30 / (10 * 20)), rel=1e-4)
        assert found.values == pytest.approx([np.sqrt(1 / 40 + 1 / 10 + 1 / 20 + 1 / 30)], rel=1e-4)
        assert found.degrees is None

    @pytest.mark.slow
    def test_cover_the_truth_as_often_as_they_say(self) -> None:
        covered = []
        for _ in range(400):
            X = RNG.normal(size=(200, 2))
            y = (RNG.random(200) < 1 / (1 + np.exp(-X @ [1.0, -0.5]))).astype(int)
            model = LogisticRegression(C=np.inf).fit(X, y)
            values = coefficient_errors(model, X, y).values
            assert values is not None
            covered.append(np.abs(model.coef_[0] - [1.0, -0.5]) <= 1.96 * values)
        assert np.mean(covered) == pytest.approx(0.95, abs=0.025)

    @pytest.mark.parametrize(
        ("model", "why"),
        [
            (LogisticRegression(), "a penalty shrinks them"),
            (LogisticRegression(C=np.inf, class_weight="balanced"), "weighted"),
            (Ridge(), "no simple theory"),
            (LinearRegression(positive=True), "above zero"),
        ],
    )
    def test_are_not_told_where_there_is_no_theory(self, model: object, why: str) -> None:
        X = RNG.normal(size=(40, 2))
        y = (X[:, 0] + RNG.normal(size=40) > 0).astype(int)
        found = coefficient_errors(model.fit(X, y), X, y)  # type: ignore[attr-defined]
        assert found.values is None
        assert why in found.why

    def test_are_not_told_of_features_that_depend_on_each_other(self) -> None:
        x = RNG.normal(size=40)
        X = np.column_stack([x, 3 * x + 1])
        assert "depend on each other" in coefficient_errors(LinearRegression().fit(X, x), X, x).why

    def test_do_not_take_a_small_unit_for_dependence(self) -> None:
        X = RNG.normal(size=(40, 2)) * [1e-8, 1e8]
        y = RNG.normal(size=40)
        assert coefficient_errors(LinearRegression().fit(X, y), X, y).values is not None

    def test_are_not_told_where_classes_are_told_apart_without_a_mistake(self) -> None:
        X = np.arange(20.0)[:, None]
        y = (X[:, 0] > 9).astype(int)
        assert (
            coefficient_errors(LogisticRegression(C=np.inf, max_iter=10_000, tol=1e-12).fit(X, y), X, y).values is None
        )


class TestRules:
    X = np.column_stack([np.arange(40.0), np.tile([0.0, 1.0], 20)])
    y = np.where(X[:, 0] < 10, 0, np.where(X[:, 1] > 0.5, 1, 0))

    def test_are_the_leaves_with_their_rows_and_shares(self) -> None:
        found = rules(DecisionTreeClassifier(max_leaf_nodes=3, random_state=0).fit(self.X, self.y), ("size", "flag"))
        told = [
            ([(one.feature, one.above, one.bound) for one in rule.conditions], rule.rows, rule.value) for rule in found
        ]
        assert told == [
            ([("flag", False, 0.5)], 20, (1.0, 0.0)),
            ([("flag", True, 0.5), ("size", False, 10.0)], 5, (1.0, 0.0)),
            ([("flag", True, 0.5), ("size", True, 10.0)], 15, (0.0, 1.0)),
        ]
        assert [rule.leaves for rule in found] == [1, 1, 1]

    def test_hold_every_training_row_once_and_say_what_the_tree_says(self) -> None:
        X = RNG.normal(size=(500, 3)).astype(np.float32)
        y = X[:, 0] * X[:, 1] + RNG.normal(size=500)
        tree = DecisionTreeRegressor(max_leaf_nodes=12, min_samples_leaf=10).fit(X, y)
        found = rules(tree, ("a", "b", "c"))
        meets = np.array([met(rule, X, ("a", "b", "c")) for rule in found])
        assert (meets.sum(axis=0) == 1).all()
        assert meets.sum(axis=1).tolist() == [rule.rows for rule in found]
        assert np.array([rule.value[0] for rule in found])[meets.argmax(axis=0)] == pytest.approx(tree.predict(X))

    def test_of_a_large_tree_are_at_most_sixteen_and_leave_nobody_out(self) -> None:
        X, y = RNG.normal(size=(600, 4)), RNG.integers(0, 2, 600)
        tree = DecisionTreeClassifier(random_state=0).fit(X, y)
        found = rules(tree, ("a", "b", "c", "d"))
        assert len(found) == 16
        assert sum(rule.rows for rule in found) == 600
        assert sum(rule.leaves for rule in found) == tree.get_n_leaves() > 16
        assert min(rule.rows for rule in found) >= 5

    def test_of_a_forest_there_are_none_but_its_trees_are_counted(self) -> None:
        forest = RandomForestClassifier(7).fit(self.X, self.y)
        assert rules(forest, ("size", "flag")) == ()
        assert tree_count(forest) == 7

    def test_boosted_trees_are_counted_and_a_line_has_none(self) -> None:
        assert tree_count(HistGradientBoostingRegressor(max_iter=9).fit(self.X, self.y)) == 9
        assert tree_count(LinearRegression().fit(self.X, self.y)) is None


def met(rule: object, X: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    held = np.ones(len(X), dtype=bool)
    for one in rule.conditions:  # type: ignore[attr-defined]
        value = X[:, names.index(one.feature)]
        held &= (value > one.bound) == one.above
    return held
