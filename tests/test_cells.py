from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.document import Bars, Interval, Table, TableColumn
from reportgen.render import cells


@pytest.mark.parametrize(
    ("value", "how", "digits", "text"),
    [
        (1234, "integer", 3, "1,234"),
        (1234.6, "integer", 3, "1,235"),
        (-7, "integer", 3, "−7"),
        (0.98245, "fixed", 3, "0.982"),
        (-0.0001, "fixed", 3, "0.000"),
        (1234.5, "fixed", 1, "1,234.5"),
        (0.006571, "significant", 3, "0.00657"),
        (0.123, "percent", 3, "12.3\u202f%"),
        (1.0, "percent", 2, "100\u202f%"),
        (True, "text", 3, "True"),
        ("as it is", "fixed", 3, "as it is"),
        (None, "fixed", 3, "–"),
        (math.nan, "significant", 3, "–"),
        (math.inf, "fixed", 3, "–"),
        (2**60, "text", 3, "1,152,921,504,606,846,976"),
    ],
)
def test_a_number_is_shown_as_its_column_says(value: object, how: str, digits: int, text: str) -> None:
    assert cells.shown(value, TableColumn("", how, digits)) == text  # type: ignore[arg-type]


def test_a_huge_number_does_not_fill_the_table_with_digits() -> None:
    assert len(cells.number(1e308, "fixed")) < 12


@given(st.floats())
def test_every_float_is_shown_in_every_format(value: float) -> None:
    for how in ("text", "integer", "fixed", "significant", "percent", "interval"):
        assert 0 < len(cells.number(value, how)) < 32


@pytest.mark.parametrize(
    ("value", "text"), [(21.0, "21"), (0.05, "0.05"), (0.0811, "0.0811"), (1204, "1,204"), (-3, "−3")]
)
def test_a_lone_number_has_no_zeros_for_show(value: float, text: str) -> None:
    assert cells.brief(value) == text


def test_an_interval_reads_from_low_to_high() -> None:
    assert cells.shown(Interval(0.98, 0.956, 1.0), TableColumn("", "interval")) == "0.956 to 1.000"


def test_an_interval_lies_on_its_axis() -> None:
    marks = cells.marks(Interval(0.75, 0.6, 0.8, reference=0.55), (0.5, 1.0))
    assert marks == cells.Marks(left=20.0, width=40.0, value=50.0, reference=10.0)


def test_a_band_is_cut_at_the_ends_of_the_axis() -> None:
    assert cells.marks(Interval(0.9, 0.2, 1.4), (0.5, 1.0)) == cells.Marks(0.0, 100.0, 80.0, None)


@pytest.mark.parametrize("value", [0.2, 1.2, math.nan])
def test_a_value_off_the_axis_is_not_drawn(value: float) -> None:
    assert cells.marks(Interval(value, 0.1, 0.3), (0.5, 1.0)) is None


def test_an_axis_without_a_scale_reaches_over_the_cells() -> None:
    rows = (("a", Interval(2.0, 1.0, 3.0)), ("b", Interval(5.0, 4.0, 9.0)), ("c", None))
    table = Table("t", "", (TableColumn(""), TableColumn("", "interval")), rows)
    assert cells.axis(table, 1) == (1.0, 9.0)


def test_bars_are_stacked_to_the_full_height() -> None:
    # The second bin holds 2 + 2 of at most 4: each series takes half of the 24 units.
    assert cells.bars(Bars(((1, 2), (0, 2)))) == ("M0 24v-6h4v6zM5 24v-12h4v12z", "M5 12v-12h4v12z")


def test_a_rare_bin_is_still_seen() -> None:
    assert cells.bars(Bars(((1, 10_000),)))[0].startswith("M0 24v-1h4v1z")


@pytest.mark.parametrize("counts", [(), ((),), ((0, 0),), ((-3, 2), (1,))])
def test_odd_counts_are_drawn_and_told_without_an_error(counts: tuple[tuple[int, ...], ...]) -> None:
    cell = Bars(counts)
    assert len(cells.bars(cell)) == len(counts)
    assert cells.width(cell) > 0
    assert cells.spoken(cell)
    cells.sparkline(cell)


def test_bars_in_text_are_blocks_of_their_height() -> None:
    assert cells.sparkline(Bars(((0, 1, 4, 2), (0, 0, 3, 0)))) == "▁▂█▃"


def test_bars_are_told_by_their_highest_bin() -> None:
    assert cells.spoken(Bars(((0, 1, 4, 2),))) == "highest in bin 3 of 4"
