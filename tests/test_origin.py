"""Which columns a series was drawn from, as the page's script is told."""

from __future__ import annotations

import numpy as np

from reportgen.drawing.origin import Drawn, origin


def numbers(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)


def test_a_line_is_known_by_its_two_columns() -> None:
    columns = {"epoch": [1, 2, 3], "train": [0.3, 0.2, 0.1], "validation": [0.4, None, 0.3]}
    drawn = Drawn("line", numbers(1, 2, 3), numbers(0.4, np.nan, 0.3))
    assert origin(drawn, columns) == {"x": "epoch", "y": "validation"}


def test_a_part_of_the_rows_is_known_by_the_word_that_marks_them() -> None:
    columns = {"curve": ["model", "model", "linear"], "recall": [0, 1, 0.5], "precision": [1, 0.5, 0.7]}
    drawn = Drawn("line", numbers(0, 1), numbers(1, 0.5))
    assert origin(drawn, columns) == {"x": "recall", "y": "precision", "where": ["curve", "model"]}


def test_a_line_in_steps_may_begin_with_a_point_of_its_own() -> None:
    drawn = Drawn("line", numbers(0, 0.2, 0.9), numbers(1, 1, 0.5))
    assert origin(drawn, {"threshold": [0.2, 0.9], "recall": [1, 0.5]}) == {"x": "threshold", "y": "recall"}


def test_bars_are_known_by_both_edges_and_their_heights() -> None:
    columns = {"from": [0, 1], "to": [1, 2], "rows": [5, 7]}
    drawn = Drawn("bars", numbers(0, 1, 2), numbers(5, 7))
    assert origin(drawn, columns) == {"x": "from", "to": "to", "y": "rows"}


def test_places_of_categories_need_no_column() -> None:
    drawn = Drawn("rows", numbers(5, 7), numbers(0.16, 1.16))
    assert origin(drawn, {"class": ["a", "b"], "rows": [5, 7]}, {"y"}) == {"x": "rows"}


def test_numbers_that_stand_in_no_column_have_no_origin() -> None:
    drawn = Drawn("points", numbers(1, 2), numbers(3, 4))
    assert origin(drawn, {"x": [1, 2], "y": [3, 5]}) == {}
