"""What the report shows of a network from inside: graph, norms, histograms and maps; and how small it is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen import registry
from reportgen.compose import compose, stamp
from reportgen.document import Document, Figure, Group, Table
from reportgen.errors import NotApplicable
from reportgen.figures._formulas import FORMULAS
from reportgen.figures._graph import BEND, plan, repeated, sources, spaced
from reportgen.figures._layers import parted, round_numbers
from reportgen.fitted import Embedding, Layer, LayerCourse, WeightMatrix
from reportgen.gallery import STAGES, Gallery
from reportgen.outputs import html
from reportgen.results import FigureData, Run
from reportgen.spec import Report
from tests import networks, runs


def figure(name: str, run: Run) -> list[FigureData]:
    return list(registry.load("figures", name).compute(run))


def title(name: str, data: FigureData) -> str:
    return str(registry.load("figures", name).describe(data).title)


def fitted(**changes: Any) -> Run:
    run = networks.convolutional()
    assert run.fitted is not None
    return replace(run, fitted=replace(run.fitted, **changes))


def chain(*kinds: str) -> list[Layer]:
    return [Layer(f"{kind}_{place}", kind, (8,), 1) for place, kind in enumerate(kinds)]


class TestTheGraph:
    def test_of_layers_that_name_no_inputs_is_a_chain(self) -> None:
        assert sources(chain("a", "b", "c")) == [[], [0], [1]]

    def test_reads_what_a_layer_names(self) -> None:
        layers = [Layer("x", "Input", (1,), 0), Layer("y", "Dense", (1,), 0, inputs=("x",))]
        layers.append(Layer("z", "Add", (1,), 0, inputs=("x", "y", "nobody")))
        assert sources(layers) == [[], [0], [0, 1]]

    @pytest.mark.parametrize(
        ("marks", "runs_of_blocks"),
        [
            ("abc", [(0, 1, 1), (1, 1, 1), (2, 1, 1)]),
            ("aaaa", [(0, 1, 4)]),
            ("xabababy", [(0, 1, 1), (1, 2, 3), (7, 1, 1)]),
            ("aabaab", [(0, 3, 2)]),
            ("", []),
        ],
    )
    def test_finds_equal_blocks_that_follow_each_other(self, marks: str, runs_of_blocks: list[Any]) -> None:
        assert repeated(marks) == runs_of_blocks

    @given(st.text("ab", max_size=30))
    def test_blocks_put_together_again_are_what_was_there(self, marks: str) -> None:
        assert "".join(marks[start : start + length] * times for start, length, times in repeated(marks)) == marks

    def test_of_few_layers_shows_every_one(self) -> None:
        assert len(plan(chain(*["Dense"] * 12)).spots) == 12

    def test_of_a_residual_network_shows_one_block_and_its_number(self) -> None:
        found = plan(networks.branched())
        # Input, stem, the block of three, three branches of which one has two layers, and three more.
        assert [spot.layer for spot in found.spots if spot.layer is not None] == [0, 1, 2, 3, 4, *range(26, 33)]
        assert [(one.first, one.last, one.times) for one in found.repeats] == [(2, 4, 8)]
        assert found.levels == 10
        assert found.left_out == 0

    def test_links_lead_from_one_level_to_the_next(self) -> None:
        found = plan(networks.branched())
        assert {found.spots[to].level - found.spots[at].level for at, to in found.links} == {1}

    def test_nothing_on_a_level_overlaps(self) -> None:
        spots = plan(networks.branched()).spots
        for level in range(10):
            row = sorted((spot for spot in spots if spot.level == level), key=lambda spot: spot.x)
            widths = [BEND if spot.layer is None else 1.0 for spot in row]
            gaps = [b.x - a.x - (v + w) / 2 for a, b, v, w in zip(row, row[1:], widths, widths[1:], strict=False)]
            assert all(gap > -1e-9 for gap in gaps)

    def test_leaves_out_the_longest_of_too_many_edges_and_says_how_many(self) -> None:
        layers = [Layer("l0", "Input", (4,), 0)]
        layers += [
            Layer(f"l{n}", "Concatenate", (4 * n,), 0, inputs=tuple(f"l{k}" for k in range(n))) for n in range(1, 20)
        ]
        found = plan(layers)
        edges = 20 * 19 // 2
        ends = sum(found.spots[to].layer is not None for _, to in found.links)
        assert found.left_out > 0
        assert ends + found.left_out == edges

    @given(st.lists(st.tuples(st.floats(-5, 5), st.floats(0.1, 2), st.floats(0.01, 3)), min_size=1, max_size=8))
    def test_places_keep_their_order_and_their_room(self, wished: list[tuple[float, float, float]]) -> None:
        wished.sort()
        wishes, widths, weights = (list(column) for column in zip(*wished, strict=True))
        found = spaced(wishes, widths, weights)
        for place in range(1, len(found)):
            assert found[place] - found[place - 1] >= (widths[place - 1] + widths[place]) / 2 - 1e-9

    def test_what_has_room_stays_where_it_was_wished_for(self) -> None:
        assert spaced([-2.0, 0.0, 3.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]) == pytest.approx([-2, 0, 3])
        assert spaced([0.0, 0.0], [1.0, 1.0], [1.0, 1.0]) == pytest.approx([-0.5, 0.5])


def drawn(data: FigureData) -> tuple[list[tuple[float, float, float, float]], float]:
    """The boxes of the words in a drawing of the architecture, (left, right, bottom, top) in points; and its width."""
    from reportgen.drawing import Studio
    from reportgen.drawing.marks import LINE, width_of

    shown = Studio().draw("architecture", data, "x")
    import re

    boxes = []
    for attributes, word in re.findall(r"<text([^>]*)>([^<]*)</text>", shown.svg):
        place = dict(re.findall(r'(\S+)="([^"]*)"', attributes))
        width, x, y = width_of(word), float(place["x"]), float(place["y"])
        common = re.search(r'text-anchor="(\w+)"', shown.svg.partition(">")[0])
        anchor = place.get("text-anchor", common[1] if common else "start")
        left = {"start": x, "middle": x - width / 2, "end": x - width}[anchor]
        boxes.append((left, left + width, y - 0.6 * LINE, y))
    return boxes, shown.width


@pytest.mark.parametrize(
    "layers",
    [
        networks.branched(),
        (*chain("Conv2D", "BatchNormalization", "GlobalAveragePooling2D", "SeparableConv2D", "Dense", "Softmax"),),
        tuple(Layer(f"l{n}", "BatchNormalization", (1000 + n, 1000, 1000), 10**8) for n in range(100)),
    ],
    ids=["branches", "long names", "a hundred layers"],
)
def test_no_word_of_a_drawn_architecture_lies_on_another_or_outside(layers: Sequence[Layer]) -> None:
    (data,) = figure("architecture", networks.with_layers(runs.binary(), layers))
    boxes, width = drawn(data)
    assert len(boxes) > len(layers) / 8
    for place, (left, right, top, bottom) in enumerate(boxes):
        assert left >= -1
        assert right <= width + 1
        for other_left, other_right, other_top, other_bottom in boxes[:place]:
            assert right <= other_left or other_right <= left or bottom <= other_top or other_bottom <= top


class TestPanels:
    def test_a_few_are_shown_and_the_others_by_drawing(self) -> None:
        first, rest = parted(range(100), first=4, most=16)
        assert (first[0], first[-1], len(first)) == (0, 99, 4)
        assert [len(part) for part in rest] == [8, 4]
        assert len({*first, *(item for part in rest for item in part)}) == 16

    def test_all_of_few_are_shown(self) -> None:
        assert parted("abc") == (["a", "b", "c"], [])

    @pytest.mark.parametrize(
        ("low", "high", "numbers"),
        [(0.0, 1.0, [0, 0.5, 1.0]), (-1.5, 1.5, [-1, 0, 1]), (0.03, 0.19, [0.05, 0.1, 0.15]), (2.0, 2.0, [2.0])],
    )
    def test_axes_have_round_numbers(self, low: float, high: float, numbers: list[float]) -> None:
        assert round_numbers(low, high) == numbers

    def test_of_many_layers_the_others_are_folded_and_counted(self) -> None:
        found = figure("activation_histograms", networks.deep(24, 30))
        assert [(len(data.columns["layer"]), data.fold) for data in found] == [(6, ""), (6, "6 more layers")]


class TestGradients:
    def test_are_compared_from_the_last_layer_to_the_first(self) -> None:
        (data,) = figure("gradient_norm", networks.convolutional())
        # Four layers, each with half the gradient of the next: 2 ** 3.
        assert title("gradient_norm", data) == "The gradient of dense_1 is 8.0 times that of conv2d."
        assert list(data.columns) == ["epoch", "conv2d", "conv2d_1", "dense", "dense_1"]
        assert data.columns["dense_1"][0] == pytest.approx(0.2 + np.exp(-1 / 8), rel=1e-2)

    def test_of_like_size_are_said_to_be(self) -> None:
        run = networks.convolutional()
        assert run.fitted is not None
        (data,) = figure("gradient_norm", fitted(courses=run.fitted.courses[-2:]))
        assert title("gradient_norm", data) == "The gradients of dense and dense_1 are of like size."

    def test_of_many_layers_become_rows(self) -> None:
        (data,) = figure("gradient_norm", networks.deep(20))
        assert list(data.columns) == ["layer", "epoch 1", "epoch 40", "largest"]
        assert np.shape(data.facts["values"]) == (20, 40)

    def test_of_a_model_that_nobody_watched_are_not_there(self) -> None:
        with pytest.raises(NotApplicable, match="observed"):
            figure("gradient_norm", fitted(courses=()))


def test_the_spread_of_a_histogram_is_the_width_of_its_middle_half() -> None:
    """Ten in each of ten bins of width 1: quartiles at 2.5 and 7.5; in the second epoch all in the first bin."""
    edges = np.arange(11.0)
    even, narrow = np.full(10, 10), np.array([100] + [0] * 9)
    course = LayerCourse(
        "dense", np.array([1, 2]), np.ones(2), np.ones(2), np.array([1, 2]), edges, np.array([even, narrow]),
        edges, np.array([even, even]),
    )  # fmt: skip
    (data,) = figure("weight_histograms", fitted(courses=(course,)))
    assert (data.columns["spread"], data.columns["spread then"]) == ([5.0], [0.5])
    assert title("weight_histograms", data) == (
        "The weights of dense draw together most: their middle half spans 5.00 at first and 0.500 at the end."
    )


class TestWeights:
    def matrix(self, **changes: Any) -> WeightMatrix:
        values = np.array([[1.0, -2.0], [3.0, -4.0], [5.0, -6.0]])
        return replace(WeightMatrix("kernel", (3, 2), values, 0, 1, -6, 5), **changes)

    def test_stand_in_the_order_in_which_similar_ones_meet(self) -> None:
        item = self.matrix(order=np.array([2, 0, 1]), unit_order=np.array([1, 0]))
        (data,) = figure("weights", fitted(weights=(item,)))
        assert data.facts["matrix"] == [[-6.0, 5.0], [-2.0, 1.0], [-4.0, 3.0]]
        assert data.columns["input"] == [3, 1, 2]
        assert (
            "Inputs and units are ordered so that similar ones meet."
            in registry.load("figures", "weights").describe(data).caption
        )

    def test_of_the_first_layer_have_the_names_of_the_features(self) -> None:
        (data, *_) = figure("weights", runs.binary())
        assert data.columns["input"] == list(runs.FEATURES[:-1])

    def test_of_an_embedding_and_of_gates_are_told_as_what_they_are(self) -> None:
        run = runs.binary()
        assert run.fitted is not None
        fitted = replace(
            run.fitted,
            layers=(Layer("words", "Embedding", (8, 3), 30), Layer("gru", "GRU", (2,), 42)),
            weights=tuple(
                WeightMatrix(name, shape, np.ones(shape), 0, 1, -2, 5, zero_inputs=1)
                for name, shape in (("words", (10, 3)), ("gru kernel", (3, 6)), ("gru recurrent_kernel", (2, 6)))
            ),
        )
        told = [
            registry.load("figures", "weights").describe(data)
            for data in figure("weights", replace(run, fitted=fitted))
        ]
        assert [words.title for words in told] == [
            "The weights of words lie between −2.00 and 5.00.",
            "1 of 3 inputs of gru kernel is ignored.",
            "The weights of gru recurrent_kernel lie between −2.00 and 5.00.",
        ]
        assert [words.caption.split(";")[0] for words in told] == [
            "Vectors of 3 numbers for the 10 entries of words",
            "Weights of gru from its 3 inputs to the 3 gates of its 2 units",
            "Weights of gru from its 2 units a step before to the 3 gates of its 2 units",
        ]

    def test_of_many_layers_are_small_and_folded_but_for_three(self) -> None:
        found = figure("weights", networks.deep(24, 30))
        assert [data.fold for data in found] == [""] * 3 + ["6 more matrices"]
        assert {np.shape(panel["matrix"]) for panel in found[-1].facts["panels"]} == {(24, 24)}


class TestActivationFunctions:
    def test_have_their_formula_in_the_caption(self) -> None:
        (relu, *_) = figure("activation_functions", networks.convolutional())
        caption = registry.load("figures", "activation_functions").describe(relu).caption
        assert caption.startswith("ReLU, max(0, x): the function (line)")

    def test_of_one_kind_stand_together(self) -> None:
        found = figure("activation_functions", networks.convolutional())
        layers = [[layer["layer"] for layer in data.facts["layers"]] for data in found]
        assert layers == [["conv2d", "conv2d_1"], ["dense"], ["dense_1"]]

    def test_that_saturate_are_named(self) -> None:
        data = figure("activation_functions", networks.convolutional())[1]
        assert title("activation_functions", data) == "In dense, 31\u202f% of the outputs of tanh are saturated."

    def test_of_the_last_layer_tell_how_sure_the_network_is(self) -> None:
        data = figure("activation_functions", networks.convolutional())[2]
        assert title("activation_functions", data) == (
            "80\u202f% of the network's answers are sure, within 0.01 of a bound of softmax."
        )

    @pytest.mark.slow
    def test_of_keras_all_have_a_formula(self) -> None:
        from reportgen.models._keras import keras

        own = {"get", "serialize", "deserialize", "linear"}
        names = {name for name in dir(keras.activations) if callable(getattr(keras.activations, name))} - own
        assert {name for name in names if not name.startswith("_")} <= set(FORMULAS)


#: The formulas above as code, where they are functions of one number.
NUMBERS = {
    "celu": lambda x: np.where(x >= 0, x, np.exp(x) - 1),
    "elu": lambda x: np.where(x > 0, x, np.exp(x) - 1),
    "hard_shrink": lambda x: np.where(np.abs(x) > 0.5, x, 0),
    "hard_sigmoid": lambda x: np.clip(x / 6 + 0.5, 0, 1),
    "hard_silu": lambda x: x * np.clip(x / 6 + 0.5, 0, 1),
    "hard_tanh": lambda x: np.clip(x, -1, 1),
    "log_sigmoid": lambda x: -np.log(1 + np.exp(-x)),
    "mish": lambda x: x * np.tanh(np.log(1 + np.exp(x))),
    "relu6": lambda x: np.clip(x, 0, 6),
    "selu": lambda x: np.where(x > 0, 1.0507 * x, 1.7581 * (np.exp(x) - 1)),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "soft_shrink": lambda x: np.sign(x) * np.maximum(np.abs(x) - 0.5, 0),
    "softplus": lambda x: np.log(1 + np.exp(x)),
    "softsign": lambda x: x / (1 + np.abs(x)),
    "sparse_plus": lambda x: np.where(x <= -1, 0, np.where(x < 1, (x + 1) ** 2 / 4, x)),
    "sparse_sigmoid": lambda x: np.clip((x + 1) / 2, 0, 1),
    "squareplus": lambda x: (x + np.sqrt(x**2 + 4)) / 2,
    "tanh": lambda x: (np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x)),
    "tanh_shrink": lambda x: x - np.tanh(x),
}


@pytest.mark.slow
def test_the_formulas_are_those_of_keras() -> None:
    from reportgen.models._keras import keras

    x = np.linspace(-8, 8, 33, dtype=np.float32)
    for name, formula in NUMBERS.items():
        given = keras.ops.convert_to_numpy(getattr(keras.activations, name)(keras.ops.convert_to_tensor(x)))
        assert given == pytest.approx(formula(x.astype(float)), abs=2e-3), name


class TestDeadUnits:
    def test_are_compared_layer_by_layer(self) -> None:
        (data,) = figure("dead_units", networks.convolutional())
        assert data.columns["dead units"] == [0.0625, 0.0, None]
        assert data.columns["saturated outputs"] == [None, None, 0.31]

    def test_where_there_are_none_are_no_figure(self) -> None:
        random = np.random.default_rng(0)
        alive = networks.activation("dense", "relu", 8, random, dead=0.0)
        sure = networks.activation("output", "sigmoid", 1, random, saturated=0.9)
        with pytest.raises(NotApplicable, match="no hidden layer has dead"):
            figure("dead_units", fitted(activations=(alive, sure)))


class TestTheEmbedding:
    def run(self, y: np.ndarray, points: np.ndarray, task: Run | None = None) -> FigureData:
        run = task or networks.convolutional()
        assert run.fitted is not None
        embedding = Embedding("dense", "validation", points, (0.7, 0.2), y, 24)
        return figure("embedding", replace(run, fitted=replace(run.fitted, embedding=embedding)))[0]

    def test_says_whether_the_classes_lie_apart(self) -> None:
        """Two points a class, 1 apart within, classes 10 apart: 150 of 150 + 1.5 of the squares lie between."""
        y = np.array([0, 0, 1, 1, 2, 2])
        points = np.array([[0, 0], [0, 1], [10, 0], [10, 1], [20, 0], [20, 1]], dtype=float)
        data = self.run(y, points)
        between = 4 * 100
        assert data.facts["apart"] == pytest.approx(between / (between + 6 * 0.25))
        assert title("embedding", data) == "After dense, the classes lie apart."

    def test_of_numbers_is_in_thirds(self) -> None:
        data = self.run(np.arange(6.0), np.column_stack([np.arange(6.0), np.zeros(6)]), runs.regression())
        assert data.columns["group"] == ["low", "low", "middle", "middle", "high", "high"]

    def test_of_many_classes_shows_the_largest(self) -> None:
        labels = tuple(f"c{number}" for number in range(30))
        run = networks.convolutional(rows=600, labels=labels)
        data = self.run(np.arange(60) % 30, np.random.default_rng(0).normal(size=(60, 2)), run)
        assert len(data.facts["groups"]) == 14
        assert data.facts["groups"][-1] == "other classes"


class TestALog:
    def test_shows_its_images_only_where_samples_are_asked_for(self) -> None:
        run = networks.log()
        (data,) = figure("logged_images", run)
        assert (data.columns["tag"], data.columns["width"], data.columns["height"]) == (["input"], [60], [40])
        quiet = replace(run, spec=run.spec.model_copy(update={"report": Report()}))
        with pytest.raises(NotApplicable, match=r"report\.samples"):
            figure("logged_images", quiet)

    def test_counts_its_curves_by_the_steps_of_the_log(self) -> None:
        run = networks.log()
        assert run.fitted is not None
        assert run.fitted.logged is not None
        steps = {name: tuple(range(0, 4000, 100)) for name in run.fitted.history}
        logged = replace(run.fitted.logged, steps=steps)
        run = replace(run, fitted=replace(run.fitted, logged=logged, best_epoch=12))
        (data,) = figure("loss", run)
        assert data.columns["step"][:3] == [0, 100, 200]
        assert title("loss", data) == "The network overfits after step 1,100."


def document(run: Run, *sections: str) -> Document:
    """What the report shows of the model and its training."""
    run = replace(run, spec=run.spec.model_copy(update={"report": Report(sections=sections or ("model", "training"))}))
    gallery = Gallery(inline=True, strict=True)
    gallery.open()
    for stage in dict.fromkeys(STAGES.values()):
        gallery.observe(stage, run)
    return compose(run, gallery, stamp({}, reproducible=True), "experiment.yaml")


@cache
def of_deep(layers: int, width: int) -> Document:
    """The report on a deep network, for all who look at it."""
    return document(networks.deep(layers, width))


@pytest.mark.slow
@pytest.mark.parametrize("layers", [3, 100], ids=["three large layers", "a hundred layers"])
def test_a_large_network_adds_at_most_300_kilobytes(layers: int) -> None:
    """Ten million parameters and more; its weights are noise, which nothing packs."""
    width = 1800 if layers == 3 else 316
    run = networks.deep(layers, width)
    assert run.fitted is not None
    assert run.fitted.parameters is not None
    nothing = dict.fromkeys(("layers", "weights", "activations", "courses", "outputs"), ())
    small = replace(run, fitted=replace(run.fitted, embedding=None, **nothing))  # type: ignore[arg-type]
    added = len(html.to_bytes(of_deep(layers, width))) - len(html.to_bytes(document(small)))
    assert 20_000 < added < 300_000


@pytest.mark.slow
def test_a_report_of_a_hundred_layers_folds_what_is_long() -> None:
    blocks = [block for section in of_deep(100, 316).sections for block in section.blocks]
    tables = [
        block.id for group in blocks if isinstance(group, Group) for block in _all(group) if isinstance(block, Table)
    ]
    assert {"table-layers", "table-weights", "table-activations"} <= set(tables)
    shown = [block for block in blocks if isinstance(block, Figure)]
    shown += [
        block for group in blocks if isinstance(group, Group) and group.layout != "fold" for block in _open(group)
    ]
    assert len(shown) <= 24


def _open(group: Group) -> list[Figure]:
    found = [block for block in group.blocks if isinstance(block, Figure)]
    inner = (block for block in group.blocks if isinstance(block, Group) and block.layout != "fold")
    return [*found, *(figure for block in inner for figure in _open(block))]


def _all(group: Group) -> list[Any]:
    return [*group.blocks, *(one for block in group.blocks if isinstance(block, Group) for one in _all(block))]


def test_the_numbers_of_every_drawing_are_plain() -> None:
    for run in (networks.convolutional(), networks.deep(8), networks.log()):
        for name in registry.names("figures"):
            unit = registry.load("figures", name)
            if unit.SECTION in ("model", "training"):
                try:
                    for data in unit.compute(run):
                        json.dumps([dict(data.columns), dict(data.facts)], allow_nan=False)
                except NotApplicable:
                    continue
