"""The figures of the data: from the profile alone, only where they say something, nothing that must not be shown."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.decomposition import PCA

from reportgen import registry
from reportgen.dataset import Column, Dataset, Kind, Source, Task
from reportgen.drawing import Studio
from reportgen.errors import NotApplicable
from reportgen.figures._time import time_ticks
from reportgen.profile import ColumnProfile, Histogram, Level, Profile, Relation, TextProfile, profile
from reportgen.profile.summaries import (
    Association,
    Associations,
    ImageProfile,
    MissingTogether,
    Pair,
    Seasonality,
    TimeProfile,
)
from reportgen.results import FigureData, Run, Words
from reportgen.spec import Data, Report, Spec
from tests import runs

NAMES = [name for name in registry.names("figures") if registry.load("figures", name).SECTION == "data"]
SPEC = Spec(data=Data(path="x.csv"))
DAY = 86_400.0


def drawings(name: str, run: Run) -> list[FigureData]:
    return list(registry.load("figures", name).compute(run))


def one(name: str, run: Run) -> FigureData:
    (data,) = drawings(name, run)
    return data


def words(name: str, data: FigureData) -> Words:
    return registry.load("figures", name).describe(data)


def shown(name: str, run: Run) -> bool:
    try:
        return bool(drawings(name, run))
    except NotApplicable:
        return False


def described(*columns: ColumnProfile, n_rows: int = 100, **more: Any) -> Run:
    """A run of a made-up profile and a frame that fits its size."""
    plain: dict[str, Any] = {
        "series": (), "duplicate_rows": 0, "conflicting_rows": 0, "empty_rows": 0, "correlated": (), "n_correlated": 0,
        "correlation_names": (), "correlation": (), "related_rows": n_rows, "correlated_rows": n_rows, "memory": 0,
    }  # fmt: skip
    found = Profile(n_rows, len(columns), columns, **(plain | more))
    frame = pd.DataFrame({column.name: np.zeros(n_rows) for column in columns})
    dataset = Dataset(
        frame, tuple(Column(c.name, c.kind, c.reason) for c in columns), Source("x.csv", "csv", 1, "0" * 64)
    )
    return Run(SPEC, dataset=dataset, profile=found)


def column(name: str, kind: Kind = Kind.NUMERIC, **more: Any) -> ColumnProfile:
    return ColumnProfile(name, kind, "by its values", **({"count": 100, "missing": 0, "distinct": 50} | more))


def table(frame: pd.DataFrame, kinds: Mapping[str, Kind], task: Task | None = None) -> Run:
    columns = tuple(Column(name, kinds.get(name, Kind.NUMERIC), "by its values") for name in frame.columns)
    dataset = Dataset(frame, columns, Source("x.csv", "csv", 1, "0" * 64), task)
    return Run(SPEC, dataset=dataset, profile=profile(dataset))


@cache
def of_every_kind() -> Run:
    return runs.table(labels=("calm", "busy"))


# Where they apply.


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_of_the_data_needs_no_model(name: str) -> None:
    assert registry.load("figures", name).NEEDS == "dataset"


def test_a_table_without_a_target_is_drawn_too() -> None:
    found = {name for name in NAMES if shown(name, runs.table())}
    assert {"associations", "pair_plot", "missing_matrix"} <= found
    assert not found & {
        "class_balance",
        "target_distribution",
        "target_relation",
        "target_forms",
        "column_distributions",
    }


def test_a_table_without_gaps_times_and_texts_has_no_figure_of_them() -> None:
    frame = pd.DataFrame(np.random.default_rng(0).standard_normal((60, 5)), columns=list("abcde"))
    found = {name for name in NAMES if shown(name, table(frame, {}))}
    assert found == {"correlation", "pair_plot"}


def test_three_rows_have_no_associations_and_no_pair_plot() -> None:
    frame = pd.DataFrame({"name": list("abc"), "x": [1.5, 2, 3.25], "y": [3.0, 1, 2]})
    assert not {name for name in NAMES if shown(name, table(frame, {"name": Kind.CATEGORICAL}))}


def test_columns_that_do_not_go_together_are_not_drawn() -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"x": rng.normal(size=500), "city": rng.choice(["Bonn", "Köln"], 500)})
    with pytest.raises(NotApplicable, match="no two columns go together"):
        one("associations", table(frame, {"city": Kind.CATEGORICAL}))


def test_equally_many_gaps_in_all_columns_are_not_drawn() -> None:
    frame = pd.DataFrame({"x": [None, *range(19)], "y": [*range(19), None]}, dtype="float64")
    with pytest.raises(NotApplicable, match="the same share"):
        one("missing_values", table(frame, {}))


def test_correlation_and_association_never_stand_together() -> None:
    for run in (runs.table(), of_every_kind(), runs.binary(), runs.without_columns(runs.regression(), "city")):
        assert shown("correlation", run) != shown("associations", run)


@pytest.mark.parametrize("name", NAMES)
def test_the_table_under_a_figure_is_short(name: str) -> None:
    for run in (of_every_kind(), runs.table(), runs.multiclass(), runs.regression()):
        for data in drawings(name, run) if shown(name, run) else []:
            assert max(map(len, data.columns.values())) <= 200


# The target.


def test_class_balance_counts_every_row_with_a_class() -> None:
    run = replace(runs.binary(), splits=None)
    assert run.dataset
    counts = run.dataset.frame["target"].value_counts()
    data = one("class_balance", run)
    assert dict(zip(data.columns["class"], data.columns["rows"], strict=True)) == counts.to_dict()
    assert list(data.columns) == ["class", "rows"]


def test_class_balance_has_the_rows_of_each_split_where_there_are_splits() -> None:
    data = one("class_balance", runs.binary())
    assert data.columns["rows"] == np.sum([data.columns[s] for s in ("train", "validation", "test")], axis=0).tolist()


def test_the_target_distribution_is_that_of_the_profile() -> None:
    run = replace(runs.regression(), splits=None)
    assert run.dataset
    data = one("target_distribution", run)
    prices = run.dataset.frame["price"]
    assert data.facts["median"] == pytest.approx(prices.median(), rel=1e-5)
    assert sum(data.columns["rows"]) == len(prices)


def test_relations_of_different_measures_are_ordered_on_one_scale() -> None:
    """An AUC of 0.8 is 0.6 of the way from none to all, less than a V of 0.7."""
    run = described(
        column("target", Kind.CATEGORICAL, is_target=True, sensitive=False),
        column("age", relation=Relation("AUC", 0.8, "yes")),
        column("city", Kind.CATEGORICAL, relation=Relation("Cramér's V", 0.7)),
        column("note", missing=5, missing_relation=Relation("Cramér's V", 0.3)),
        column("fare", missing=5, missing_relation=Relation("Cramér's V", 0.05)),
    )
    assert run.dataset
    task = Task("binary", "target", ("no", "yes"))
    data = one("target_relation", replace(run, dataset=replace(run.dataset, task=task)))
    assert data.columns["column"] == ["city", "age", "note is missing"]
    assert data.columns["strength"] == pytest.approx([0.7, 0.6, 0.3])
    said = words("target_relation", data)
    assert said.title == "Column city alone goes best with target (V 0.70)."
    assert "AUC, as 2 AUC − 1" in said.caption
    assert "compare only roughly" in said.caption


def test_a_word_of_a_sensitive_column_is_not_told() -> None:
    relation = Relation("AUC", 0.9, "yes", of="the word secret")
    run = described(
        column("target", Kind.CATEGORICAL, is_target=True), column("b", relation=Relation("AUC", 0.6)),
        column("diary", Kind.TEXT, sensitive=True, relation=relation),
    )  # fmt: skip
    assert run.dataset
    run = replace(run, dataset=replace(run.dataset, task=Task("binary", "target", ("no", "yes"))))
    assert one("target_relation", run).columns["column"] == ["diary", "b"]


def test_shares_along_a_column_are_counted_with_wilsons_interval() -> None:
    """Of 50 rows in Oslo 40 are yes; Wilson's 95 % interval of 40 of 50 is 0.670 to 0.888."""
    frame = pd.DataFrame(
        {"city": ["Oslo"] * 50 + ["Rome"] * 50, "y": (["yes"] * 40 + ["no"] * 10) + ["no"] * 50}, dtype="str"
    )
    kinds = {"city": Kind.CATEGORICAL, "y": Kind.CATEGORICAL}
    data = one("target_forms", table(frame, kinds, Task("binary", "y", ("no", "yes"))))
    found = dict(
        zip(
            data.columns["group"],
            zip(*(data.columns[k] for k in ("rows", "middle", "low", "high")), strict=True),
            strict=True,
        )
    )
    assert found["Oslo"] == pytest.approx((50, 0.8, 0.670, 0.888), abs=5e-4)
    assert found["Rome"][:2] == (50, 0.0)
    assert words("target_forms", data).title == (
        "The share of class yes is 80\u202f% where city is Oslo, 0\u202f% where it is Rome."
    )


def test_means_along_a_number_rise_with_it() -> None:
    random = np.random.default_rng(0)
    x = random.standard_normal(800)
    frame = pd.DataFrame({"x": x, "y": 3 * x + random.standard_normal(800)})
    data = one("target_forms", table(frame, {}, Task("regression", "y")))
    by_eighth = frame.groupby(pd.qcut(frame["x"], 8))["y"].mean()
    assert data.columns["middle"] == pytest.approx(by_eighth.tolist(), rel=1e-4)
    assert all(
        low < middle < high
        for low, middle, high in zip(*(data.columns[k] for k in ("low", "middle", "high")), strict=True)
    )
    assert words("target_forms", data).title.startswith("The mean of y rises from")


def test_levels_with_fewer_than_five_members_are_not_named() -> None:
    city = ["Oslo"] * 40 + ["Rome"] * 40 + ["Atlantis"] * 4
    frame = pd.DataFrame({"city": pd.Series(city, dtype="str"), "y": pd.Series(["a"] * 40 + ["b"] * 44, dtype="str")})
    run = table(frame, {"city": Kind.CATEGORICAL, "y": Kind.CATEGORICAL}, Task("binary", "y", ("a", "b")))
    for name in NAMES:
        for data in drawings(name, run) if shown(name, run) else []:
            assert "Atlantis" not in json.dumps([dict(data.columns), dict(data.facts)])


def test_the_mean_of_a_sensitive_target_is_not_shown() -> None:
    run = runs.regression()
    assert run.dataset
    columns = tuple(replace(c, sensitive=c.name == "price") for c in run.dataset.columns)
    dataset = replace(run.dataset, columns=columns)
    run = replace(run, dataset=dataset, profile=profile(dataset))
    for name in ("target_forms", "target_distribution"):
        with pytest.raises(NotApplicable, match="sensitive"):
            drawings(name, run)


# Columns.


def test_bins_and_levels_are_those_of_the_profile_by_class() -> None:
    run = runs.binary()
    assert run.profile
    data = one("column_distributions", run)
    panels = {panel["name"]: panel for panel in data.facts["panels"]}
    histogram = run.profile.column("radius").histogram
    assert histogram
    assert panels["radius"]["counts"] == [list(counts) for counts in histogram.counts]
    level = run.profile.column("city").levels[0]
    assert [counts[0] for counts in panels["city"]["counts"]] == list(level.by_class)


TOLD = Relation("AUC", 0.7)


def test_many_levels_become_the_largest_and_the_others() -> None:
    levels = (*(Level(f"level {n}", 20 - n) for n in range(10)), Level("other (7 levels)", 3, pooled=7))
    data = one("column_distributions", described(column("city", Kind.CATEGORICAL, levels=levels, relation=TOLD)))
    assert data.columns["level"] == ["level 0", "level 1", "level 2", "level 3", "13 others"]
    assert data.columns["rows"] == [20, 19, 18, 17, sum(20 - n for n in range(4, 10)) + 3]


def test_columns_that_tell_the_target_are_shown_and_nothing_constant() -> None:
    flat = Histogram((0.0, 1.0, 2.0), ((50, 50),))
    lone = Histogram((0.0, 1.0, 2.0), ((100, 0),))
    found = [column(f"x{n}", histogram=flat, relation=TOLD) for n in range(10)]
    run = described(column("constant", histogram=lone), column("key", Kind.ID), *found)
    data = one("column_distributions", run)
    assert [panel["name"] for panel in data.facts["panels"]] == [f"x{n}" for n in range(9)]
    assert "9 of 10 columns that vary are shown" in words("column_distributions", data).caption


def test_the_points_of_a_pair_plot_are_every_second_row_and_its_correlations_of_all() -> None:
    run = runs.binary()
    assert run.dataset
    data = one("pair_plot", run)
    values = run.dataset.frame[data.facts["names"][0]].to_numpy()
    assert data.facts["points"][0] == pytest.approx(values[::2].tolist(), rel=1e-3)
    r = stats.spearmanr(*(run.dataset.frame[data.columns[key][0]] for key in ("column", "with")), nan_policy="omit")
    assert data.columns["rank correlation"][0] == pytest.approx(r.statistic, abs=1e-3)


def test_a_pair_plot_passes_over_columns_that_say_the_same() -> None:
    names = one("pair_plot", runs.binary()).facts["names"]
    assert len({"radius", "perimeter"} & set(names)) == 1


def test_many_rows_are_drawn_in_part_and_the_figure_says_so() -> None:
    run = runs.binary(rows=5000)
    assert "300 of 5,000 rows are shown" in words("pair_plot", one("pair_plot", run)).caption
    said = words("projection", one("projection", run)).caption
    assert "from 2,000 of 5,000 rows" in said
    assert "800 rows are drawn" in said


def test_the_components_are_scikit_learns() -> None:
    run = runs.without_columns(runs.binary(), "texture")
    assert run.dataset
    data = one("projection", run)
    frame = run.dataset.frame[["radius", "perimeter", "smoothness", "symmetry", "noise"]]
    standard = (frame - frame.mean()) / frame.std(ddof=0)
    expected = PCA(2).fit(standard.clip(-8, 8))
    assert data.facts["shares"] == pytest.approx(expected.explained_variance_ratio_.tolist(), rel=1e-4)
    loadings = dict(zip(data.columns["column"], data.columns["first component"], strict=True))
    for name, value in zip(frame.columns, expected.components_[0], strict=True):
        assert abs(loadings[name]) == pytest.approx(abs(value), abs=1e-3)
    assert data.columns["first component"][0] > 0


def test_associations_keep_their_sign_and_name_their_measure() -> None:
    matrix = ((1.0, -0.6, 0.3), (-0.6, 1.0, 0.1), (0.3, 0.1, 1.0))
    together = Associations(("a", "b", "city"), matrix, (Association("a", "b", "Spearman", -0.6),), 100)
    run = described(column("a"), column("b"), column("city", Kind.CATEGORICAL), associations=together)
    data = one("associations", run)
    found = [tuple(row) for row in zip(*data.columns.values(), strict=True)]
    assert {found[0][0], found[0][1]} == {"a", "b"}
    assert found[0][2:] == (-0.6, "Spearman")
    assert found[1][2:] == (0.3, "correlation ratio")
    assert "city*" in data.facts["labels"]
    assert re.fullmatch(r"Strongest together are \w and \w \(Spearman −0\.60\)\.", words("associations", data).title)


def test_forty_columns_fit_on_a_page() -> None:
    names = tuple(f"column with a long name {n}" for n in range(40))
    values = np.corrcoef(np.random.default_rng(0).standard_normal((40, 60)))
    together = Associations(names, tuple(map(tuple, values.tolist())), (), 100)
    kinds = [Kind.CATEGORICAL] + [Kind.NUMERIC] * 39
    run = described(*(column(name, kind) for name, kind in zip(names, kinds, strict=True)), associations=together)
    drawing = Studio().draw("associations", one("associations", run), "x")
    assert drawing.width <= 8.2 * 72
    assert len(drawing.svg) < 60_000


# Gaps.


def gaps(**more: Any) -> Run:
    found = MissingTogether(("a", "b"), ((1.0, 0.9), (0.9, 1.0)), ((("a", "b"), 18),), 2, 80, ((0.2,) * 10,) * 2)
    return described(column("a", missing=20), column("b", missing=19), missing=replace(found, **more))


def test_gaps_that_are_spread_evenly_have_no_matrix() -> None:
    with pytest.raises(NotApplicable, match="evenly"):
        drawings("missing_matrix", gaps())


def test_a_block_of_gaps_is_told_by_its_rows() -> None:
    bands = ((0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0), (0.2,) * 10)
    said = words("missing_matrix", one("missing_matrix", gaps(bands=bands)))
    assert said.title == "Column a lacks 100.0\u202f% of its values in rows 21 to 40."


def test_columns_that_are_missing_together_are_named_and_others_are_not() -> None:
    said = words("missing_together", one("missing_together", gaps()))
    assert said.title == "Columns a and b often lack their values in the same rows (phi 0.90)."
    assert "80.0\u202f% of the rows have no gap" in said.caption
    assert "a and b in 18 rows" in said.alt
    with pytest.raises(NotApplicable, match="missing together"):
        drawings("missing_together", gaps(matrix=((1.0, 0.1), (0.1, 1.0))))


# Time.


def series(**more: Any) -> Run:
    edges = tuple(float(n) * DAY for n in range(11))
    time = TimeProfile(
        "1970-01-01", "1970-01-10", "day", DAY, 0.1, (("1970-01-04", "1970-01-07", 3 * DAY),), 1, edges,
        (10, 10, 10, 0, 0, 0, 10, 10, 10, 10), **more,
    )  # fmt: skip
    season = Seasonality("load", (1.0, 2.0, 1.0, None, 1.0, 2.0), 0.8, 2 * DAY, 0.1)
    return described(
        column("when", Kind.DATETIME, time=time),
        column("load", season=season),
        column("secret", sensitive=True, season=replace(season, column="secret")),
        time_column="when",
    )


def test_gaps_in_time_are_told_with_their_length() -> None:
    said = words("time_coverage", one("time_coverage", series()))
    assert said.title == "The longest gap lasts 3 days, from 1970-01-04 to 1970-01-07."
    assert "shaded: 1 gap." in said.caption
    assert "Usual step 1 day, 10.0\u202f% of the steps differ." in said.caption


def test_a_cycle_is_drawn_where_it_is_uneven() -> None:
    assert len(drawings("time_coverage", series(by_weekday=(20,) * 7))) == 1
    _, cycles = drawings("time_coverage", series(by_weekday=(70, 20, 10, 10, 10, 10, 10)))
    assert words("time_coverage", cycles).title == (
        "Of all rows, 50.0\u202f% fall on Mon, 3.5 times as many as on a mean weekday."
    )


def test_the_season_of_a_column_is_told_and_a_sensitive_one_is_not_drawn() -> None:
    data = one("series_over_time", series())
    assert [panel["name"] for panel in data.facts["panels"]] == ["load"]
    assert data.columns["mean"] == [1.0, 2.0, 1.0, None, 1.0, 2.0]
    assert words("series_over_time", data).title == "Column load repeats every 2 days (season strength 0.80)."


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        ("2020-01-01", "2024-01-01", ["2020", "2021", "2022", "2023", "2024"]),
        ("2024-01-15", "2024-04-20", ["2024-02", "2024-03", "2024-04"]),
        ("2024-01-01", "2024-01-15", ["2024-01-01", "2024-01-08", "2024-01-15"]),
        ("2024-01-01T00:00", "2024-01-01T10:00", ["2024-01-01 00:00", "2024-01-01 06:00"]),
        ("1600-01-01", "9999-12-31", ["2000", "4000", "6000", "8000"]),
    ],
)
def test_ticks_of_time_stand_at_round_times(low: str, high: str, labels: list[str]) -> None:
    ends = [float(np.datetime64(end, "s").astype(int)) for end in (low, high)]
    places, found = time_ticks(*ends)
    assert found == labels
    assert all(ends[0] <= place <= ends[1] for place in places)


def test_a_single_time_has_one_tick() -> None:
    assert time_ticks(0.0, 0.0) == ([0.0], ["1970-01-01 00:00"])
    assert time_ticks(float("nan"), 1.0) == ([], [])


# Texts and images.


def test_a_column_of_text_has_its_lengths_and_words() -> None:
    lengths, counts = Histogram((0.0, 20.0, 40.0), ((70, 30),)), Histogram((0.0, 5.0, 10.0), ((60, 40),))
    terms = (Level("pump", 40), Level("leak", 30), Level("valve", 20), Level("rare", 4))
    text = TextProfile(3, 12.5, 40, 4.25, lengths, counts, {"Latin": 0.9, "Han": 0.1}, terms, 25, 2, 80)
    run = described(column("note", Kind.TEXT, text=text), column("diary", Kind.TEXT, text=text, sensitive=True))
    said = words("text_lengths", one("text_lengths", run))
    assert said.title == "Half of the texts of note have at most 12.5 characters, the longest 40."
    assert "Letters: 90\u202f% Latin and 10\u202f% Han." in said.caption
    data = one("text_terms", run)
    assert data.columns == {"word": ["pump", "leak", "valve"], "rows": [40, 30, 20], "share": [0.5, 0.375, 0.25]}
    assert "From 80 of 100 rows" in words("text_terms", data).caption


def test_sizes_of_images_are_told() -> None:
    images = ImageProfile(
        90, ((8, 12, 3, 60), (8, 8, 3, 30)), 2, (8, 8), (8, 12), {3: 90}, Histogram((0.0, 255.0), ((9,),)), 9
    )
    data = one("image_sizes", described(column("picture", Kind.IMAGE, images=images)))
    said = words("image_sizes", data)
    assert said.title == "2 sizes; the commonest, 12 × 8, has 66.7\u202f% of the images."
    assert "10 images cannot be read" in said.caption
    assert "90 colour" in said.alt


def test_images_are_shown_only_where_samples_are_asked_for() -> None:
    run = of_every_kind()
    with pytest.raises(NotApplicable, match=r"report\.samples"):
        drawings("image_samples", replace(run, spec=SPEC))
    data = one("image_samples", run)
    assert data.facts["rows"] == [["calm", 6], ["busy", 6]]
    assert run.dataset
    labels = run.dataset.frame["target"].to_numpy()
    assert [labels[row - 1] for row in data.columns["row"]] == data.columns["class"]


def test_the_pixels_of_a_sample_are_those_of_the_image() -> None:
    run = of_every_kind()
    data = one("image_samples", run)
    side = data.facts["side"]
    pixels = np.frombuffer(base64.b64decode(data.facts["pixels"]), dtype=np.uint8).reshape(12, side, side, 3)
    assert run.dataset
    pictures = run.dataset.images["picture"]
    assert isinstance(pictures, runs.Pictures)
    assert pixels[:, 0, 0, 0].tolist() == [pictures.greys[row - 1] for row in data.columns["row"]]


def test_a_hundred_images_stay_small() -> None:
    run = replace(runs.table(), spec=Spec(data=Data(path="x.csv"), report=Report(samples=100)))
    data = one("image_samples", run)
    assert sum(number for _, number in data.facts["rows"]) == 100
    assert len(base64.b64decode(data.facts["pixels"])) <= 3 * 40_000


# As a whole.


@pytest.mark.parametrize("name", NAMES)
def test_sensitive_columns_show_no_value(name: str) -> None:
    run = runs.table(words=("hushhush", "whisper", "muffled", "quiet"))
    assert run.dataset
    hidden = ("site", "note", "picture", "load")
    columns = tuple(replace(c, sensitive=c.name in hidden) for c in run.dataset.columns)
    dataset = replace(run.dataset, columns=columns)
    run = replace(run, dataset=dataset, profile=profile(dataset))
    for data in drawings(name, run) if shown(name, run) else []:
        said = words(name, data)
        text = json.dumps([dict(data.columns), dict(data.facts)]) + said.title + said.caption + said.alt
        assert not re.search("hushhush|whisper|muffled|quiet|png", text)


def test_the_figures_of_the_data_stay_small() -> None:
    studio = Studio()
    total = sum(
        len(studio.draw(n, data, n).svg)
        for n in NAMES
        if shown(n, runs.binary())
        for data in drawings(n, runs.binary())
    )
    assert total < 100_000


def test_a_pair_plot_is_too_little_with_one_number() -> None:
    with pytest.raises(NotApplicable, match="fewer than two"):
        drawings("pair_plot", described(column("a", histogram=Histogram((0.0, 1.0, 2.0), ((1, 1),)))))


def test_correlations_that_say_the_same_are_counted() -> None:
    run = described(
        column("a"), column("b"), correlated=(Pair("a", "b", 0.95),), n_correlated=1, correlation_names=("a", "b"),
        correlation=((1.0, 0.95), (0.95, 1.0)),
    )  # fmt: skip
    assert (
        words("correlation", one("correlation", run)).title
        == "One pair of features says nearly the same: a and b (0.950)."
    )
