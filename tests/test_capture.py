"""What is shown of a trained network: its table of layers, kernels, activations, courses, maps and embedding."""

from __future__ import annotations

import pickle
import time
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from reportgen.fitted import Fitted
from reportgen.models import _activations, _capture, _courses, _embedding, _histograms, _matrices
from reportgen.models._capture import capture
from reportgen.models._courses import Recorder
from reportgen.models._keras import keras
from reportgen.models._layers_table import layers
from reportgen.models._recording import Function, as_array

L = keras.layers
RNG = np.random.default_rng(0)
BARE = Fitted("layers", "network", None)


def network(*parts: object, shape: tuple[int, ...] = (3,), name: str = "network") -> object:
    return keras.Sequential([L.Input(shape, name="input"), *parts], name=name)


def rows(shape: tuple[int, ...], n: int = 40) -> dict[str, np.ndarray]:
    return {split: RNG.normal(size=(n, *shape)).astype(np.float32) for split in ("train", "validation", "test")}


def observe(net: object, X: dict[str, np.ndarray], samples: int = 0) -> Fitted:
    y = {split: np.arange(len(values)) for split, values in X.items()}
    seen = capture(BARE, net, X, y, samples)
    assert seen.warnings == ()
    return seen


class TestTheTableOfLayers:
    def test_has_the_input_and_each_layer_with_its_shape_and_parameters(self):
        rows = layers(network(L.Dense(4, "relu", name="one"), L.Dropout(0.5, name="off"), L.Dense(1, name="two")))
        assert [(r.name, r.kind, r.output_shape, r.parameters, r.trainable, r.activation) for r in rows] == [
            ("input", "Input", (3,), 0, 0, ""),
            ("one", "Dense", (4,), 16, 16, "relu"),
            ("off", "Dropout", (4,), 0, 0, ""),
            ("two", "Dense", (1,), 5, 5, "linear"),
        ]
        assert [row.inputs for row in rows] == [(), ("input",), ("one",), ("off",)]

    def test_tells_what_a_layer_holds(self):
        convolution = L.Conv2D(32, 3, strides=2, name="c")
        rows = layers(network(convolution, L.MaxPooling2D(2), L.Flatten(), L.Dense(1), shape=(9, 9, 1)))
        assert [row.detail for row in rows[1:]] == [
            "3 x 3 x 1 x 32 kernel, 32 biases, strides 2 x 2",
            "2 x 2",
            "",
            "128 x 1 weights, 1 bias",
        ]

    def test_tells_trainable_parameters_from_others(self):
        frozen = L.Dense(2, name="frozen")
        frozen.trainable = False
        rows = layers(network(frozen, L.BatchNormalization(name="norm")))
        # Batch normalisation holds scale, offset, mean and variance; the last two are no matter of gradients.
        assert [(row.parameters, row.trainable) for row in rows[1:]] == [(8, 0), (8, 4)]

    def test_names_what_each_layer_of_a_branched_network_reads(self):
        start = keras.Input((4,), name="start")
        left, right = L.Dense(2, name="left")(start), L.Dense(2, name="right")(start)
        joined = L.Concatenate(name="joined")([left, right])
        rows = layers(keras.Model(start, L.Dense(1, name="end")(joined)))
        assert {row.name: set(row.inputs) for row in rows} == {
            "start": set(),
            "left": {"start"},
            "right": {"start"},
            "joined": {"left", "right"},
            "end": {"joined"},
        }
        assert [row.name for row in rows][-2:] == ["joined", "end"]

    def test_lays_nested_models_open(self):
        inner = keras.Sequential([L.Dense(2, name="a"), L.Dense(2, name="b")], name="block")
        rows = layers(network(inner, L.Dense(1, name="end")))
        assert [(row.name, row.inputs) for row in rows[1:]] == [
            ("block/a", ("input",)),
            ("block/b", ("block/a",)),
            ("end", ("block/b",)),
        ]

    def test_has_one_row_for_a_shared_layer(self):
        one, two = keras.Input((4,), name="one"), keras.Input((4,), name="two")
        shared = L.Dense(3, name="shared")
        rows = layers(keras.Model([one, two], L.Add(name="sum")([shared(one), shared(two)])))
        assert [row.inputs for row in rows if row.name == "shared"] == [("one", "two")]
        assert sum(row.parameters for row in rows) == 15

    def test_leaves_out_the_mask_that_keras_computes_beside_the_words(self):
        rows = layers(network(L.Embedding(9, 2, mask_zero=True), L.GRU(3), shape=(5,)))
        assert [row.kind for row in rows] == ["Input", "Embedding", "GRU"]
        assert rows[2].inputs == (rows[1].name,)

    def test_of_a_model_without_a_graph_lists_its_layers(self):
        net = subclassed()
        assert [(row.name, row.inputs) for row in layers(net)] == [("one", ()), ("never", ()), ("two", ())]
        shapes = {row.name: row.output_shape for row in observe(net, rows((5,))).layers}
        assert shapes == {"one": (7,), "never": (), "two": (2,)}

    def test_takes_a_hundred_layers(self):
        table = layers(network(*(L.Dense(3) for _ in range(100))))
        assert len(table) == 101
        assert all(row.inputs == (before.name,) for before, row in pairwise(table))


def subclassed() -> object:
    class Own(keras.Model):
        def __init__(self):
            super().__init__(name="own")
            self.one, self.never, self.two = (
                L.Dense(units, activation, name=name)
                for units, activation, name in ((7, "relu", "one"), (3, "relu", "never"), (2, "softmax", "two"))
            )

        def build(self, shape):
            self.one.build(shape)
            self.two.build((None, 7))

        def call(self, x):
            return self.two(self.one(x))

    net = Own()
    net(np.zeros((1, 5), np.float32))
    return net


class TestWeightMatrices:
    def test_are_the_kernels_of_the_network(self):
        net = network(L.Dense(5, name="one"), L.Dense(2, name="two"))
        seen = observe(net, rows((3,))).weights
        assert [matrix.layer for matrix in seen] == ["one", "two"]
        for matrix, layer in zip(seen, net.layers, strict=True):
            kernel = as_array(layer.kernel.value)
            np.testing.assert_array_equal(matrix.values, kernel)
            assert (matrix.smallest, matrix.largest) == (kernel.min(), kernel.max())

    def test_count_inputs_without_weight(self):
        kernel = np.array([[1.0, -2.0], [0.0, 0.0], [0.001, 0.0], [0.5, 0.0]], np.float32)
        matrix = _matrices.weight_matrix("x", kernel)
        assert matrix.zero_inputs == 2
        assert matrix.mean == pytest.approx(kernel.mean(), rel=1e-5)

    def test_that_are_large_become_means_of_blocks(self):
        kernel = np.arange(256 * 3, dtype=np.float32).reshape(256, 3)
        matrix = _matrices.weight_matrix("x", kernel)
        assert matrix.shape == (256, 3)
        assert matrix.values.shape == (128, 3)
        np.testing.assert_allclose(matrix.values[0], (kernel[0] + kernel[1]) / 2)

    def test_of_uneven_blocks_weigh_each_by_its_size(self):
        np.testing.assert_allclose(_matrices.block_means(np.array([[1.0], [2.0], [6.0]]), 0, most=2), [[1.0], [4.0]])

    def test_of_convolutions_have_a_row_for_each_place_and_channel(self):
        net = network(L.Conv2D(4, 3, name="c"), shape=(6, 6, 2))
        (matrix,) = observe(net, rows((6, 6, 2))).weights
        assert matrix.shape == (18, 4)
        np.testing.assert_array_equal(matrix.values[1 * 6 + 2 * 2 + 1], as_array(net.layers[0].kernel.value)[1, 2, 1])

    def test_of_a_layer_with_several_name_each(self):
        net = network(
            L.Bidirectional(L.GRU(2, return_sequences=True), name="both"), L.SimpleRNN(2, name="r"), shape=(4, 3)
        )
        assert [(matrix.layer, matrix.shape) for matrix in observe(net, rows((4, 3))).weights] == [
            ("both forward kernel", (3, 6)),
            ("both forward recurrent_kernel", (2, 6)),
            ("both backward kernel", (3, 6)),
            ("both backward recurrent_kernel", (2, 6)),
            ("r kernel", (4, 2)),
            ("r recurrent_kernel", (2, 2)),
        ]

    def test_keep_the_order_of_what_has_a_name(self):
        one, two = observe(network(L.Dense(5), L.Dense(4)), rows((3,))).weights
        assert one.order is None  # features
        assert two.unit_order is None  # classes
        assert sorted(one.unit_order) == list(range(5))
        assert sorted(two.order) == list(range(5))

    def test_are_ordered_so_that_similar_rows_meet(self):
        left, right = np.array([1.0, 2.0, 0.0, -1.0]), np.array([-1.0, 0.5, 3.0, 0.2])
        mixed = np.array([left, right, 2 * left, 1.5 * right, 0.5 * left, np.zeros(4), right])
        order = _matrices.similar_together(mixed)
        groups = ["left" if place in (0, 2, 4) else "zero" if place == 5 else "right" for place in order]
        assert groups in (["left"] * 3 + ["right"] * 3 + ["zero"], ["right"] * 3 + ["left"] * 3 + ["zero"])

    def test_of_many_layers_are_the_first_the_last_and_some_between(self):
        net = network(*(L.Dense(50, name=f"d{number}") for number in range(60)))
        seen = observe(net, rows((3,))).weights
        assert len(seen) == 24
        assert (seen[0].layer, seen[-1].layer) == ("d0", "d59")
        assert sum(matrix.values.size for matrix in seen) <= 33_000
        assert seen[5].shape == (50, 50)


class TestActivations:
    def one_layer(self, activation: object, kernel: list, bias: list, X: np.ndarray, **more: object) -> object:
        layer = L.Dense(len(bias), activation, name="one", **more)
        net = network(layer, L.Dense(1, name="end"), shape=(X.shape[1],))
        layer.set_weights([np.array(kernel, np.float32), np.array(bias, np.float32)])
        return observe(net, {"train": X.astype(np.float32)}).activations[0]

    X = np.linspace(-1, 1, 40, dtype=np.float32)[:, None]

    def test_have_the_histogram_of_the_pre_activations(self):
        seen = self.one_layer("relu", [[2.0, -1.0]], [0.5, 0.0], self.X)
        z = self.X * np.array([2.0, -1.0]) + np.array([0.5, 0.0])
        expected = np.histogram(np.clip(z, seen.edges[0], seen.edges[-1]), seen.edges)[0]
        assert abs(seen.counts - expected).sum() <= 2  # a value may sit on an edge
        assert (seen.units, seen.samples, int(seen.counts.sum())) == (2, 40, 80)

    def test_find_dead_units(self):
        # Of four units one never fires: its bias is below anything that the input can give.
        seen = self.one_layer("relu", [[1.0, -1.0, 1.0, 1.0]], [0.0, 0.0, -50.0, -0.9], self.X)
        assert seen.dead == 0.25
        assert seen.saturated is None

    def test_of_a_function_that_never_rests_have_no_dead_units(self):
        assert self.one_layer("elu", [[1.0]], [0.0], self.X).dead is None

    def test_find_saturated_outputs(self):
        # tanh(3 +- 1) is within 1 % of 1 where the input is above atanh(0.99) = 2.6467.
        seen = self.one_layer("tanh", [[1.0]], [3.0], self.X)
        assert seen.saturated == np.mean(np.arctanh(0.99) <= self.X + 3.0)

    def test_of_the_sigmoid_output_are_saturated_near_both_bounds(self):
        z = np.array([[-9.0], [0.0], [0.5], [9.0]], np.float32)
        layer = L.Dense(1, activation="sigmoid", name="output")
        (seen,) = _activations.activations([Function("output", layer)], [z], [1 / (1 + np.exp(-z))])
        assert seen.saturated == 0.5

    def test_count_a_channel_of_a_convolution_as_a_unit(self):
        layer = L.Conv2D(2, 1, activation="relu", name="c")
        net = network(layer, shape=(4, 4, 1))
        layer.set_weights([np.array([1.0, 0.0], np.float32).reshape(1, 1, 1, 2), np.array([0.0, -1.0], np.float32)])
        seen = observe(net, {"train": np.ones((6, 4, 4, 1), np.float32)}).activations[0]
        assert (seen.units, seen.samples, seen.dead) == (2, 6, 0.5)

    @pytest.mark.parametrize(
        ("function", "formula"),
        [
            ("relu", lambda x: np.maximum(x, 0)),
            ("tanh", np.tanh),
            ("sigmoid", lambda x: 1 / (1 + np.exp(-x))),
            ("silu", lambda x: x / (1 + np.exp(-x))),
            ("softplus", lambda x: np.log1p(np.exp(x))),
        ],
    )
    def test_draw_the_function_over_the_range_of_its_inputs(self, function, formula):
        seen = self.one_layer(function, [[2.0]], [0.5], self.X)
        np.testing.assert_allclose(seen.curve_y, formula(seen.curve_x), atol=1e-5)
        assert (seen.curve_x[0], seen.curve_x[-1]) == (seen.edges[0], seen.edges[-1])
        assert seen.curve_x[0] < 0 < seen.curve_x[-1]

    def test_see_layers_that_are_functions(self):
        parts = (L.Dense(4), L.LeakyReLU(negative_slope=0.25, name="leaky"), L.Activation("tanh", name="t"))
        leaky, tanh = observe(network(*parts), rows((3,))).activations
        assert [(item.layer, item.function) for item in (leaky, tanh)] == [("leaky", "leaky_relu"), ("t", "tanh")]
        np.testing.assert_allclose(leaky.curve_y, np.where(leaky.curve_x > 0, 1, 0.25) * leaky.curve_x, atol=1e-5)

    def test_see_a_layer_given_as_a_function(self):
        net = network(L.Dense(4, activation=L.ReLU(max_value=0.5), name="capped"))
        (seen,) = observe(net, rows((3,))).activations
        assert (seen.layer, seen.function, seen.curve_y.max()) == ("capped", "relu", 0.5)

    def test_leave_out_functions_of_more_than_one_number(self):
        def share(x):
            return x / keras.ops.sum(keras.ops.abs(x), axis=-1, keepdims=True)

        net = network(L.Dense(4, activation=share), L.Dense(4, activation="sparsemax"), L.Dense(2, "tanh", name="t"))
        assert [item.layer for item in observe(net, rows((3,))).activations] == ["t"]

    def test_of_softmax_are_margins_of_which_it_is_the_logistic_function(self):
        z = np.random.default_rng(0).normal(scale=4, size=(30, 5))
        softmax = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
        np.testing.assert_allclose(1 / (1 + np.exp(-_activations.margins(z))), softmax, rtol=1e-9)
        seen = observe(network(L.Dense(5, "softmax")), rows((3,))).activations[0]
        np.testing.assert_allclose(seen.curve_y, 1 / (1 + np.exp(-seen.curve_x)), atol=1e-6)

    def test_of_a_very_sure_softmax_stay_finite(self):
        np.testing.assert_allclose(_activations.margins(np.array([[1000.0, 0.0]])), [[1000.0, -1000.0]], rtol=0.3)

    def test_ignore_the_far_tails_in_their_range(self):
        z = np.zeros((1000, 1))
        z[0], z[1:] = 1e6, np.linspace(-1, 1, 999)[:, None]
        edges = _histograms.robust_edges(z)
        assert -1.2 < edges[0] < -0.9
        assert 0.9 < edges[-1] < 1.2

    def test_use_a_thousand_rows_of_large_data(self):
        assert observe(network(L.Dense(2, "relu")), rows((3,), 1500)).activations[0].samples == 1000

    def test_leave_the_network_as_it_was(self):
        net = network(L.Dense(4, "relu"), L.LeakyReLU(), L.Dense(1))
        before = [dict(vars(layer)) for layer in net.layers]
        observe(net, rows((3,)))
        assert [dict(vars(layer)) for layer in net.layers] == before
        assert net.layers[0].activation is keras.activations.relu


class TestOutputs:
    def test_are_what_comes_out_of_each_layer(self):
        layer = L.Dense(2, "relu", name="one")
        net = network(layer, L.Dropout(0.5), L.Dense(1, name="two"), shape=(1,))
        layer.set_weights([np.array([[1.0, -1.0]], np.float32), np.zeros(2, np.float32)])
        one, two = observe(net, {"train": np.array([[1.0], [2.0], [-4.0]], np.float32)}).outputs
        assert (one.layer, two.layer) == ("one", "two")
        # 1 0, 2 0, 0 4
        assert (one.mean, one.zeros) == (pytest.approx(7 / 6), 0.5)
        assert one.std == pytest.approx(np.std([1, 0, 2, 0, 0, 4]))
        assert int(one.counts.sum()) == 6

    def test_of_a_sequence_are_those_of_every_step(self):
        net = network(L.GRU(3, return_sequences=True, name="g"), shape=(4, 2))
        (seen,) = observe(net, rows((4, 2), n=10)).outputs
        assert int(seen.counts.sum()) == 10 * 4 * 3

    def test_of_many_values_count_a_part_that_meets_every_unit(self):
        values = np.tile(np.arange(64.0), (5000, 1))
        part = _histograms.evenly(values, 1000)
        assert len(part) <= 1000
        assert set(part) == set(range(64))


@given(
    arrays(
        np.float32,
        array_shapes(max_dims=3, max_side=40),
        elements=st.floats(width=32, allow_nan=False, allow_infinity=False),
    )
)
def test_a_histogram_counts_every_finite_value_once(values):
    edges = _histograms.robust_edges(values)
    assert np.isfinite(edges).all()
    assert (np.diff(edges) >= 0).all()
    assert edges[0] <= 0 <= edges[-1]
    assert _histograms.counts(values, edges).sum() == values.size


@given(st.integers(1, 3000), st.integers(1, 40), st.integers(1, 500))
def test_a_part_of_the_values_is_never_larger_than_asked(n_rows, width, most):
    part = _histograms.evenly(np.arange(n_rows * width).reshape(n_rows, width), most)
    assert 1 <= len(part) <= most
    assert len(set(np.diff(part))) <= 1


class TestCourses:
    net = staticmethod(lambda: network(L.Dense(1, name="one"), shape=(2,)))

    def record(self, epochs: int, planned: int, ended: int | None = None) -> object:
        recorder = Recorder(self.net(), planned)
        for number in range(1, epochs + 1):
            if recorder.wants(number) or number == ended:
                weights = [np.array([[3.0], [0.0]], np.float32) * number, np.array([4.0], np.float32) * number]
                recorder.epoch(number, weights, [0.5 * value for value in weights])
        (course,) = recorder.courses()
        return course

    def test_hold_the_norm_of_weights_and_gradients_with_their_biases(self):
        course = self.record(3, 3)
        np.testing.assert_array_equal(course.epochs, [1, 2, 3])
        np.testing.assert_allclose(course.weight_norm, [5.0, 10.0, 15.0])  # of 3, 0 and 4
        np.testing.assert_allclose(course.gradient_norm, [2.5, 5.0, 7.5])

    def test_have_histograms_on_shared_edges(self):
        course = self.record(2, 2)
        assert course.weight_counts.shape == (2, 40)
        assert list(course.weight_counts.sum(axis=1)) == [3, 3]
        assert course.weight_edges[0] < 0
        assert course.weight_edges[-1] >= 7.9

    @pytest.mark.parametrize("epochs", [199, 200, 201, 777, 5000])
    def test_of_many_epochs_are_of_at_most_two_hundred_evenly_spread(self, epochs):
        course = self.record(epochs, epochs)
        assert 100 <= len(course.epochs) <= 201
        assert (course.epochs[0], course.epochs[-1]) == (1, epochs)
        assert len(set(np.diff(course.epochs)[:-1])) == 1
        assert len(course.histogram_epochs) <= 12
        assert (course.histogram_epochs[0], course.histogram_epochs[-1]) == (1, epochs)

    def test_of_a_training_that_stopped_early_end_where_it_did(self):
        course = self.record(1234, 5000, ended=1234)
        assert course.epochs[-1] == course.histogram_epochs[-1] == 1234

    def test_leave_out_an_epoch_that_diverged(self):
        recorder = Recorder(self.net(), 2)
        recorder.epoch(1, [np.ones((2, 1)), np.ones(1)], [np.full((2, 1), np.inf), np.ones(1)])
        recorder.epoch(2, [np.full((2, 1), np.nan), np.ones(1)], [np.ones((2, 1)), np.ones(1)])
        (course,) = recorder.courses()
        assert list(course.epochs) == [1]
        assert np.isnan(course.gradient_norm).all()  # infinite
        assert course.gradient_counts.sum() == 1  # the bias

    def test_have_norms_beyond_what_single_precision_squares(self):
        assert _courses.norm(np.array([3e30, 4e30], np.float32)) == pytest.approx(5e30, rel=1e-6)
        assert _courses.norm(np.array([3e-30, 4e-30], np.float32)) == pytest.approx(5e-30, rel=1e-6)
        assert _courses.norm(np.zeros(3, np.float32)) == 0.0

    def test_of_no_epoch_are_none(self):
        assert Recorder(self.net(), 5).courses() == ()

    def test_of_a_network_without_weights_are_not_wanted(self):
        assert not Recorder(network(L.Flatten()), 5).wants(1)

    def test_group_the_weights_of_composite_layers(self):
        net = network(L.Bidirectional(L.GRU(2), name="both"), L.Dense(1, name="end"), shape=(4, 3))
        recorder = Recorder(net, 1)
        values = [as_array(variable.value) for variable in net.trainable_variables]
        recorder.epoch(1, values, values)
        both, end = recorder.courses()
        assert (both.layer, end.layer) == ("both", "end")
        assert both.weight_norm[0] == pytest.approx(np.sqrt(sum((v**2).sum() for v in values[:-2])), rel=1e-5)

    @pytest.mark.slow
    def test_of_ten_million_parameters_cost_little(self):
        net = network(L.Dense(3000), L.Dense(2560), shape=(784,))
        values = [as_array(variable.value) for variable in net.trainable_variables]
        recorder = Recorder(net, 100)
        taken = []
        for number in range(1, 8):
            start = time.perf_counter()
            recorder.epoch(number, values, values)
            taken.append(time.perf_counter() - start)
        assert min(taken) < 0.05


class TestFilters:
    def test_are_those_of_the_first_convolution(self):
        layer = L.Conv2D(2, 2, name="c")
        net = network(layer, L.Conv2D(4, 3), shape=(6, 6, 1))
        kernel = np.arange(8, dtype=np.float32).reshape(2, 2, 1, 2)
        layer.set_weights([kernel, np.zeros(2, np.float32)])
        (seen,) = observe(net, rows((6, 6, 1))).filters
        assert (seen.layer, seen.filters, seen.size) == ("c", 2, (2, 2))
        np.testing.assert_array_equal(seen.tiles[1, :, :, 0], [[1, 3], [5, 7]])

    def test_of_one_pixel_are_not_shown(self):
        assert observe(network(L.Conv2D(2, 1), shape=(6, 6, 1)), rows((6, 6, 1))).filters == ()


class TestFeatureMaps:
    def seen(self, samples: int, n: int = 40) -> tuple[object, dict[str, np.ndarray]]:
        layer = L.Conv2D(1, 2, name="edge")
        net = network(layer, shape=(5, 5, 1))
        layer.set_weights([np.array([[-1.0, 1.0], [0.0, 0.0]], np.float32).reshape(2, 2, 1, 1), np.ones(1, np.float32)])
        X = rows((5, 5, 1), n)
        return observe(net, X, samples).maps, X

    def test_answer_the_mean_image_of_the_training_rows(self):
        (seen,), X = self.seen(samples=0)
        image = X["train"].mean(axis=0)
        np.testing.assert_allclose(seen.image, image, atol=1e-6)
        np.testing.assert_allclose(seen.maps[0], np.diff(image[:4, :, 0], axis=1) + 1, atol=1e-5)
        assert (seen.layer, seen.channels, seen.shown) == ("edge", 1, "the mean of 40 training rows")

    def test_answer_a_row_of_the_test_split_where_rows_may_be_shown(self):
        (seen,), X = self.seen(samples=1)
        np.testing.assert_array_equal(seen.image, X["test"][0])
        assert seen.shown == "the first test row"

    def test_of_a_mean_of_too_few_rows_are_not_shown(self):
        assert self.seen(samples=0, n=4)[0] == ()

    @pytest.mark.slow
    def test_of_many_convolutions_are_those_of_three(self):
        net = network(*(L.Conv2D(20, 3, padding="same", name=f"c{number}") for number in range(7)), shape=(90, 90, 1))
        seen = observe(net, rows((90, 90, 1), 6)).maps
        assert [item.layer for item in seen] == ["c0", "c3", "c6"]
        assert all(item.channels == 20 and len(item.maps) >= 4 for item in seen)
        assert sum(item.maps.size for item in seen) <= 18_000


class TestEmbedding:
    def test_is_the_two_principal_components_of_the_last_hidden_layer(self):
        hidden = L.Dense(4, name="hidden")
        net = network(L.Dense(3, "tanh"), hidden, L.Dropout(0.5), L.Dense(1))
        X = rows((3,), 30)
        seen = observe(net, X).embedding
        values = as_array(hidden(net.layers[0](X["validation"]))).astype(np.float64)
        centred = values - values.mean(axis=0)
        left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
        np.testing.assert_allclose(np.abs(seen.points), np.abs(left[:, :2] * sizes[:2]), atol=1e-4)
        np.testing.assert_allclose(seen.explained, sizes[:2] ** 2 / (sizes**2).sum(), rtol=1e-4)
        loading = seen.points.T @ centred
        assert (loading[[0, 1], np.abs(loading).argmax(axis=1)] > 0).all()
        assert (seen.layer, seen.split, seen.width) == ("hidden", "validation", 4)
        np.testing.assert_array_equal(seen.y, np.arange(30))

    def test_is_of_test_rows_where_none_validate_and_of_five_hundred_at_most(self):
        net = network(L.Dense(3), L.Dense(1))
        X = {"train": RNG.normal(size=(9, 3)).astype(np.float32), "test": RNG.normal(size=(900, 3)).astype(np.float32)}
        seen = observe(net, X).embedding
        assert (seen.split, len(seen.points), len(seen.y)) == ("test", 500, 500)

    def test_of_a_network_without_hidden_layers_is_none(self):
        assert observe(network(L.Dense(1)), rows((3,))).embedding is None
        assert observe(network(L.Flatten()), rows((3,))).embedding is None

    def test_of_a_layer_that_always_gives_the_same_is_none(self):
        assert _embedding.embedding("x", "test", np.ones((9, 4)), np.arange(9)) is None

    def test_of_a_branched_network_reads_what_its_last_layer_reads(self):
        start = keras.Input((4,))
        joined = L.Concatenate(name="joined")([L.Dense(2)(start), L.Dense(2)(start)])
        net = keras.Model(start, L.Activation("sigmoid")(L.Dense(1)(L.Dropout(0.1)(joined))))
        assert observe(net, rows((4,))).embedding.layer == "joined"


class TestOddNetworks:
    def test_with_weights_that_are_no_numbers_stay_silent(self):
        net = network(L.Dense(3, "relu"), L.Dense(2, "softmax"))
        net.layers[0].kernel.assign(np.full((3, 3), np.nan))
        seen = observe(net, rows((3,)))
        assert (seen.activations, seen.outputs, seen.embedding) == ((), (), None)
        assert seen.weights[0].order is None

    @pytest.mark.slow
    def test_with_words_masks_and_loops_are_observed(self):
        parts = (
            L.Embedding(9, 4, mask_zero=True, name="words"),
            L.Bidirectional(L.LSTM(3, return_sequences=True), name="both"),
            L.TimeDistributed(L.Dense(3, "relu"), name="each"),
            L.GRU(2, name="gru"),
            L.Dense(1, "sigmoid", name="end"),
        )
        X = {split: RNG.integers(0, 9, (12, 6)).astype(np.float32) for split in ("train", "test")}
        seen = observe(network(*parts, shape=(6,)), X)
        assert [item.layer for item in seen.outputs] == ["words", "both", "each", "gru", "end"]
        assert [item.layer for item in seen.activations] == ["end"]  # those in loops cannot be taken out

    def test_that_loop_over_a_layer_of_their_own_are_observed_around_it(self):
        class Loop(L.Layer):
            def __init__(self):
                super().__init__(name="loop")
                self.step = L.Dense(3, "relu", name="step")

            def build(self, shape):
                self.step.build((shape[0], shape[2]))

            def call(self, x):
                steps = keras.ops.moveaxis(x, 1, 0)
                _, given = keras.ops.scan(lambda seen, now: (seen, self.step(now)), steps[0], steps)
                return keras.ops.moveaxis(given, 0, 1)

        seen = observe(network(Loop(), L.Flatten(), L.Dense(1, "sigmoid", name="end"), shape=(4, 3)), rows((4, 3)))
        assert [item.layer for item in seen.outputs] == ["loop", "end"]
        assert "end" in [item.layer for item in seen.activations]

    def test_take_flat_rows_of_images(self):
        net = network(L.Conv2D(2, 3, activation="relu"), L.Flatten(), L.Dense(3, "softmax"), shape=(8, 8, 1))
        seen = observe(net, rows((64,)))
        assert seen.activations[0].samples == 40
        assert seen.maps[0].image.shape == (8, 8, 1)

    def test_in_which_a_layer_is_called_twice_show_its_first_call(self):
        start = keras.Input((4,))
        shared = L.Dense(4, "relu", name="shared")
        net = keras.Model(start, L.Dense(1)(shared(shared(start))))
        assert observe(net, rows((4,))).activations[0].samples == 40

    def test_that_cannot_run_keep_their_matrices_and_say_so(self):
        net = subclassed()
        seen = capture(BARE, net, rows((4,)), {}, 0)  # it takes five features
        assert len(seen.weights) == 2
        assert seen.warnings[0].startswith("what the layers give could not be observed")

    def test_are_captured_the_same_each_time(self):
        net, X = network(L.Dense(6, "relu"), L.Dense(3, "softmax")), rows((3,))
        assert pickle.dumps(observe(net, X)) == pickle.dumps(observe(net, X))

    def test_whose_outputs_are_large_run_with_fewer_rows(self, monkeypatch):
        monkeypatch.setattr(_capture, "_MOST_VALUES", 12 * 10)
        seen = observe(network(L.Dense(6, "relu"), L.Dense(3, name="end")), rows((3,)))
        # 6 outputs and 6 into relu, 3 of the last: 15 a row.
        assert seen.activations[0].samples == 8
        assert len(seen.embedding.points) == 40


def recorded(net: object, epochs: int = 200) -> tuple:
    recorder = Recorder(net, epochs)
    values = [as_array(variable.value) for variable in net.trainable_variables]
    for number in range(1, epochs + 1):
        if recorder.wants(number):
            recorder.epoch(number, values, values)
    return recorder.courses()


@pytest.mark.slow
class TestSize:
    def size(self, net: object, shape: tuple[int, ...], n: int = 40) -> int:
        return len(pickle.dumps((observe(net, rows(shape, n)), recorded(net))))

    def test_of_ten_million_parameters_is_bounded(self):
        net = network(L.Dense(3000, "relu"), L.Dense(2560, "relu"), L.Dense(10, "softmax"), shape=(784,))
        assert net.count_params() > 10_000_000
        assert self.size(net, (784,)) < 300_000

    def test_of_a_hundred_layers_is_bounded(self):
        net = network(*(L.Dense(64, "relu") for _ in range(100)), L.Dense(10, "softmax"), shape=(64,))
        assert self.size(net, (64,)) < 300_000

    def test_of_a_deep_convolutional_network_is_bounded(self):
        x = start = keras.Input((32, 32, 3))
        x = L.Conv2D(64, 7, padding="same")(x)
        for _ in range(16):
            y = L.BatchNormalization()(L.Conv2D(64, 3, padding="same")(x))
            x = L.Activation("relu")(L.Add()([x, y]))
        net = keras.Model(start, L.Dense(10, "softmax")(L.GlobalAveragePooling2D()(x)))
        assert self.size(net, (32, 32, 3), 12) < 300_000
