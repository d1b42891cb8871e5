"""Kinds of network: what cnn, rnn and layers build, and which combinations are refused before anything trains."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from reportgen import specfile
from reportgen.dataset import Task
from reportgen.errors import DataError, ReportgenError, SpecError
from reportgen.fitted import FitJob
from reportgen.models import cnn, layers, rnn
from reportgen.models._baselines import fit_baseline
from reportgen.models._keras import keras
from reportgen.spec import Cnn, LayerEntry, Layers, Rnn, Train

TASKS = {
    "binary": Task("binary", "y", ("no", "yes")),
    "multiclass": Task("multiclass", "y", ("a", "b", "c")),
    "regression": Task("regression", "y"),
}
KINDS = {"cnn": cnn, "rnn": rnn, "layers": layers}


def make_job(model: object, n_features: int = 64, task: str = "multiclass", **more: object) -> FitJob:
    """60 training rows, 20 of each other split; the class is told by which third of the features is largest."""
    rng = np.random.default_rng(3)
    X = rng.normal(size=(100, n_features)).astype(np.float32)
    if more.get("vocabulary"):
        X = rng.integers(0, more["vocabulary"], X.shape).astype(np.float32)
    sums = np.stack([part.sum(axis=1) for part in np.array_split(X, 3, axis=1)])
    y = sums[0].astype(float) if task == "regression" else sums.argmax(axis=0) % len(TASKS[task].labels)
    parts = {"train": slice(60), "validation": slice(60, 80), "test": slice(80, 100)}
    return FitJob(
        model=model,
        train=Train(epochs=2, batch_size=20),
        task=TASKS[task],
        feature_names=tuple(f"f{place}" for place in range(n_features)),
        X={name: X[rows] for name, rows in parts.items()},
        y={name: y[rows] for name, rows in parts.items()},
        seed=7,
        **more,
    )


def build(model: object, n_features: int = 64, task: str = "multiclass", **more: object) -> keras.Model:
    job = make_job(model, n_features, task, **more)
    return KINDS[model.kind].Model().build(job)


def layered(*listed: object, **more: object) -> Layers:
    return Layers(kind="layers", layers=listed, **more)


def shapes(network: keras.Model) -> dict[str, tuple[int, ...]]:
    return {layer.name: tuple(layer.output.shape[1:]) for layer in network.layers}


def refused(model: object, *args: object, **more: object) -> tuple[str, str]:
    with pytest.raises((SpecError, DataError)) as caught:
        build(model, *args, **more)
    return caught.value.problems[0].key, str(caught.value)


class TestConvolutional:
    def test_each_convolution_keeps_the_size_and_each_pooling_halves_it(self):
        network = build(Cnn(kind="cnn", filters=(4, 6), hidden=(5,)), shape=(8, 8, 1))
        assert shapes(network) == {
            "input": (8, 8, 1),
            "convolution_1": (8, 8, 4),
            "pooling_1": (4, 4, 4),
            "convolution_2": (4, 4, 6),
            "pooling_2": (2, 2, 6),
            "flatten": (24,),
            "hidden_1": (5,),
            "output": (3,),
        }

    def test_has_a_weight_for_each_place_of_a_filter_and_channel(self):
        network = build(Cnn(kind="cnn", filters=(4,), kernel=5, hidden=()), shape=(8, 8, 1))
        assert network.get_layer("convolution_1").count_params() == 5 * 5 * 1 * 4 + 4
        assert network.get_layer("output").count_params() == 4 * 4 * 4 * 3 + 3

    def test_reads_a_sequence_with_filters_of_one_axis(self):
        network = build(Cnn(kind="cnn", filters=(4,), input_shape=(32, 2)))
        assert isinstance(network.get_layer("convolution_1"), keras.layers.Conv1D)
        assert shapes(network)["pooling_1"] == (16, 4)

    def test_normalises_before_the_activation_and_then_needs_no_bias(self):
        network = build(Cnn(kind="cnn", filters=(4,), batch_normalization=True), shape=(8, 8, 1))
        names = [layer.name for layer in network.layers]
        assert names[1:4] == ["convolution_1", "normalization_1", "activation_1"]
        assert network.get_layer("convolution_1").activation is keras.activations.linear
        assert not network.get_layer("convolution_1").use_bias

    def test_gives_the_mean_of_each_filter_where_all_places_would_be_too_many(self):
        network = build(Cnn(kind="cnn", filters=(5,), pool=1), 32 * 32, shape=(32, 32, 1))
        assert shapes(network)["filter_means"] == (5,)

    def test_cannot_pool_less_than_a_pixel(self):
        key, told = refused(Cnn(kind="cnn", filters=(1, 1, 1, 1)), shape=(8, 8, 1))
        assert key == "model.filters"
        assert "pooling 2 into one 4 times leaves nothing of 8 x 8" in told

    def test_needs_an_image_or_a_sequence(self):
        key, told = refused(Cnn(kind="cnn"))
        assert key == "model.kind"
        assert "set model.input_shape: [height, width, channels]" in told

    def test_has_as_many_features_as_its_shape_holds(self):
        key, told = refused(Cnn(kind="cnn", input_shape=(9, 9, 1)))
        assert key == "model.input_shape"
        assert "81" in told
        assert "64" in told


class TestRecurrent:
    @pytest.mark.parametrize(("cell", "gates"), [("simple", 1), ("gru", 3), ("lstm", 4)])
    def test_cells_have_weights_for_each_gate(self, cell, gates):
        network = build(Rnn(kind="rnn", cell=cell, units=(5,), input_shape=(16, 4)))
        biases = 2 if cell == "gru" else 1  # Keras's GRU has a bias of its own for the recurrent part.
        assert network.get_layer("recurrent_1").count_params() == gates * (4 * 5 + 5 * 5 + biases * 5)

    def test_all_layers_but_the_last_give_their_whole_sequence(self):
        network = build(Rnn(kind="rnn", units=(5, 3), input_shape=(16, 4)))
        assert shapes(network) == {"input": (16, 4), "recurrent_1": (16, 5), "recurrent_2": (3,), "output": (3,)}

    def test_both_directions_stand_side_by_side_and_start_from_weights_of_their_own(self):
        network = build(Rnn(kind="rnn", units=(5,), bidirectional=True, input_shape=(16, 4)))
        layer = network.get_layer("recurrent_1")
        assert tuple(layer.output.shape[1:]) == (10,)
        kernels = [np.asarray(one.get_weights()[0]) for one in (layer.forward_layer, layer.backward_layer)]
        assert not np.allclose(*kernels)

    def test_words_become_vectors_and_padding_changes_nothing(self):
        network = build(Rnn(kind="rnn", units=(5,), embedding=6), 4, shape=(4,), vocabulary=10)
        assert network.get_layer("embedding").count_params() == 10 * 6
        longer, shorter = np.array([[3, 7, 0, 0]]), np.array([[3, 7]])
        short = build(Rnn(kind="rnn", units=(5,), embedding=6), 2, shape=(2,), vocabulary=10)
        short.set_weights(network.get_weights())
        np.testing.assert_allclose(network(longer), short(shorter), atol=1e-6)

    def test_needs_a_sequence(self):
        key, told = refused(Rnn(kind="rnn"), shape=(8, 8, 1))
        assert key == "model.kind"
        assert "a row has the shape [8, 8, 1]" in told


class TestLayers:
    def test_in_a_list_each_reads_the_one_before_it(self):
        network = build(layered({"Conv2D": {"filters": 2, "kernel_size": [3, 3]}}, "Flatten"), shape=(8, 8, 1))
        assert shapes(network) == {"input": (8, 8, 1), "conv2d_1": (6, 6, 2), "flatten_1": (72,), "output": (3,)}

    def test_branches_read_each_other_by_name(self):
        network = build(
            layered(
                LayerEntry(layer={"Dense": {"units": 3}}, name="left"),
                LayerEntry(layer={"Dense": {"units": 4}}, name="right", inputs=("input",)),
                LayerEntry(layer="Concatenate", inputs=("left", "right")),
            )
        )
        assert shapes(network)["concatenate_1"] == (7,)

    def test_inner_layers_are_named_likewise(self):
        inner = {"Bidirectional": {"layer": {"LSTM": {"units": 3}}}}
        network = build(layered({"Reshape": {"target_shape": [8, 8]}}, inner))
        assert shapes(network)["bidirectional_1"] == (6,)

    def test_attention_reads_query_and_value(self):
        attention = LayerEntry(
            layer={"MultiHeadAttention": {"num_heads": 1, "key_dim": 2}}, inputs=("reshape_1", "reshape_1")
        )
        network = build(layered({"Reshape": {"target_shape": [8, 8]}}, attention, "Flatten"))
        assert shapes(network)["multi_head_attention_1"] == (8, 8)

    def test_parts_of_keras_are_made_from_their_names(self):
        dense = {"Dense": {"units": 3, "kernel_regularizer": {"L2": {"l2": 0.5}}, "activation": "tanh"}}
        layer = build(layered(dense)).get_layer("dense_1")
        assert float(layer.kernel_regularizer.l2) == 0.5
        assert layer.activation is keras.activations.tanh

    def test_an_embedding_has_a_vector_for_each_word(self):
        network = build(layered({"Embedding": {"output_dim": 2}}, "Flatten"), 4, shape=(4,), vocabulary=9)
        assert network.get_layer("embedding_1").count_params() == 9 * 2

    def test_the_same_seed_draws_the_same_weights(self):
        model = layered({"Dense": {"units": 3}}, {"PReLU": {"alpha_initializer": "random_normal"}})
        for one, other in zip(build(model).get_weights(), build(model).get_weights(), strict=True):
            np.testing.assert_array_equal(one, other)

    @pytest.mark.parametrize(
        ("listed", "key", "told"),
        [
            (("Flaten",), "model.layers[0]", "did you mean 'Flatten'"),
            (({"Dense": {"unit": 3}},), "model.layers[0].Dense.unit", "did you mean 'units'"),
            (("Flatten", {"Dense": {"units": -3}}), "model.layers[1]", "expected a positive integer"),
            (("Flatten", "Conv2D"), "model.layers[1]", "needs filters and kernel_size"),
            (({"MaxPooling2D": {"pool_size": 20}}, "Flatten"), "model.layers[0]", "cannot read [8, 8, 1]"),
            (({"Dense": {"units": 3}},), "model.layers[0]", "gives [8, 8, 3] a row"),
            (("Flatten", LayerEntry(layer="Flatten", inputs=("z",))), "model.layers[1].inputs", "no layer before"),
            (
                (LayerEntry(layer="Flatten", name="left"), LayerEntry(layer="Flatten", inputs=("input",))),
                "model.layers",
                "nothing reads the layer 'left'",
            ),
            (
                (LayerEntry(layer="Flatten", name="a"), LayerEntry(layer="ReLU", name="a")),
                "model.layers[1].name",
                "the name 'a' is taken",
            ),
        ],
    )
    def test_what_is_wrong_is_named_by_its_key(self, listed, key, told):
        found = refused(layered(*listed), shape=(8, 8, 1))
        assert found[0] == key
        assert told in found[1]

    @pytest.mark.parametrize("kind", ["Lambda", "TFSMLayer", "JaxLayer", "FlaxLayer", "TorchModuleWrapper"])
    def test_code_is_refused_wherever_it_stands(self, kind):
        for model in (layered(kind), layered({"TimeDistributed": {"layer": {kind: {}}}})):
            assert "executes code" in refused(model, shape=(8, 8, 1))[1]

    def test_serialised_objects_are_refused(self):
        payload = {"class_name": "function", "module": "os", "config": "system", "registered_name": "system"}
        dense = {"Dense": {"units": 3, "activation": payload}}
        assert "can execute code" in refused(layered(dense))[1]

    def test_too_few_vectors_for_the_words_are_refused(self):
        key, told = refused(
            layered({"Embedding": {"input_dim": 5, "output_dim": 2}}, "Flatten"), 4, shape=(4,), vocabulary=9
        )
        assert key == "model.layers[0].Embedding.input_dim"
        assert "word numbers go up to 8" in told


class TestGivenOutput:
    @pytest.mark.parametrize(
        ("task", "last"),
        [
            ("multiclass", ({"Dense": {"units": 3, "activation": "softmax"}},)),
            ("multiclass", ({"Dense": {"units": 3}}, "Softmax")),
            ("multiclass", ({"Dense": {"units": 3}}, {"Activation": {"activation": "softmax"}})),
            ("binary", ({"Dense": {"units": 1, "activation": "sigmoid"}},)),
            ("regression", ({"Dense": {"units": 1}},)),
        ],
    )
    def test_that_fits_is_the_last_layer(self, task, last):
        network = build(layered(*last, output="given"), task=task)
        assert len(network.layers) == 1 + len(last)

    @pytest.mark.parametrize(
        ("task", "units", "activation", "told"),
        [
            ("multiclass", 2, "softmax", "gives [2] a row, and this multiclass task needs [3]"),
            ("multiclass", 3, "sigmoid", "ends in sigmoid, and this multiclass task needs softmax"),
            ("binary", 2, "softmax", "gives [2] a row, and this binary task needs [1]"),
            ("binary", 1, "linear", "ends in linear, and this binary task needs sigmoid"),
            ("regression", 1, "relu", "ends in relu, and this regression task needs linear"),
        ],
    )
    def test_that_does_not_fit_is_refused(self, task, units, activation, told):
        dense = {"Dense": {"units": units, "activation": activation}}
        key, message = refused(layered(dense, output="given"), task=task)
        assert key == "model.layers[0]"
        assert told in message


@pytest.mark.slow
class TestTraining:
    @pytest.mark.parametrize(
        ("model", "more"),
        [
            (Cnn(kind="cnn", filters=(4,), hidden=(5,), batch_normalization=True, dropout=0.1), {"shape": (8, 8, 1)}),
            (Rnn(kind="rnn", units=(4,), input_shape=(16, 4)), {}),
            (
                Rnn(kind="rnn", units=(4,), bidirectional=True, dropout=0.2),
                {"n_features": 6, "shape": (6,), "vocabulary": 20},
            ),
            (layered({"Conv1D": {"filters": 3, "kernel_size": 2}}, "Flatten", input_shape=(32, 2)), {}),
        ],
        ids=["cnn", "rnn", "words", "layers"],
    )
    def test_predicts_as_the_network_itself_does(self, model, more):
        job, kind = make_job(model, **more), KINDS[model.kind].Model()
        result = kind.fit(job)
        shape = model.input_shape or job.shape
        read = job.X["test"].reshape(-1, *shape).astype("int32" if job.vocabulary else "float32")
        own = keras.ops.convert_to_numpy(kind.network(read, training=False))
        np.testing.assert_allclose(result.y_score["test"], own / own.sum(axis=1, keepdims=True), atol=1e-5)
        assert result.fitted.kind == model.kind
        assert len(result.fitted.history["loss"]) == 2


class TestBaselineOnWords:
    TEXTS = ("red red blue", "blue green", "green green red", "blue", "red green blue", "green")
    CODES = np.array([0, 1, 0, 1, 0, 1])

    def test_is_a_linear_model_of_word_counts(self):
        counter = CountVectorizer().fit(self.TEXTS)
        analyse, places = counter.build_analyzer(), counter.vocabulary_
        rows = [[places[word] + 1 for word in analyse(text)] for text in self.TEXTS]
        X = np.array([row + [0] * (3 - len(row)) for row in rows], np.float32)
        job = make_job(Rnn(kind="rnn"), 3, "binary", shape=(3,), vocabulary=4)
        job = replace(job, X={"train": X, "test": X}, y={"train": self.CODES, "test": self.CODES})
        by_hand = LogisticRegression(max_iter=1000).fit(counter.transform(self.TEXTS), self.CODES)
        found = fit_baseline("linear", job).y_score["test"]
        np.testing.assert_allclose(found, by_hand.predict_proba(counter.transform(self.TEXTS)), atol=1e-4)

    def test_has_no_coefficients_of_places_in_a_text(self):
        job = make_job(Rnn(kind="rnn"), 3, "binary", shape=(3,), vocabulary=4)
        assert fit_baseline("linear", job).fitted.coefficients == {}


def problems(text: str) -> list[str]:
    with pytest.raises(ReportgenError) as caught:
        specfile.decode("data: {path: t.csv, target: y}\n" + text, "e.yaml")
    return [str(problem) for problem in caught.value.problems]


class TestRules:
    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("model: {kind: rnn}", "2:15: model.kind: a recurrent network reads a sequence, and there is none"),
            (
                "model: {kind: mlp}\npreprocess: {text: tokens}",
                "3:20: preprocess.text: a model of kind mlp does not read words in their order - fix: set text: tfidf",
            ),
            (
                "model: {kind: sklearn, estimator: sklearn.svm.SVC}\npreprocess: {text: tokens}",
                "3:20: preprocess.text: a model of kind sklearn does not read words in their order",
            ),
            (
                "model: {kind: mlp}\npreprocess: {vocabulary: 9}",
                "3:14: preprocess.vocabulary: does nothing: it is for text: tokens",
            ),
            (
                "model: {kind: rnn, input_shape: [4, 2]}\npreprocess: {text: tokens}",
                "2:20: model.input_shape: the words of a text are a sequence of numbers already",
            ),
            (
                "model: {kind: rnn}\npreprocess: {text: tokens}\nclean: {missing: {indicator: true}}",
                "4:19: clean.missing.indicator: adds features beside the words",
            ),
            ("model: {kind: mlp, input_shape: [8, 8]}", "2:20: model.input_shape: a network of kind mlp reads all"),
            ("model: {kind: rnn, input_shape: [8, 8, 1]}", "2:33: model.input_shape: a network of kind rnn reads"),
            ("model: {kind: cnn, input_shape: [64]}", "2:33: model.input_shape: a network of kind cnn reads"),
            ("model: {kind: cnn}\npreprocess: {image: drop}", "3:21: preprocess.image: a convolutional network reads"),
            ("model: {kind: cnn, pool: 20}", "2:26: model.pool: pooling 20 into one 2 times leaves nothing of 16 x 16"),
            ("model: {kind: cnn, filters: [1, 1, 1, 1, 1]}", "2:29: model.filters: pooling 2 into one 5 times leaves"),
            (
                "model: {kind: layers, layers: [{Dense: {units: 3}, Flatten: {}}]}",
                "2:32: model.layers[0]: one entry names 'Dense' and 'Flatten'",
            ),
            (
                "model: {kind: layers, layers: [{Dense: {unit: 3}}]}",
                "2:41: model.layers[0].Dense.unit: the layer Dense has no argument 'unit' - fix: did you mean 'units'?",
            ),
            (
                "model: {kind: layers, layers: [Flaten]}",
                "2:32: model.layers[0]: 'Flaten' is no layer of Keras - fix: did you mean 'Flatten'?",
            ),
            (
                "model: {kind: layers, layers: [{layer: Lambda}]}",
                "2:33: model.layers[0].layer: the layer Lambda executes",
            ),
            (
                "model: {kind: layers, layers: [{layer: ReLU, name: input}]}",
                "2:52: model.layers[0].name: the name 'input' is taken",
            ),
            (
                "model: {kind: layers, layers: [{layer: ReLU, inputs: [a]}, {layer: ReLU, name: a}]}",
                "2:55: model.layers[0].inputs[0]: 'a' is no layer before this one",
            ),
            (
                "model: {kind: layers, layers: [{Dense: {units: 3, activation: rleu}}]}",
                "model.layers[0].Dense.activation: 'rleu' is no activation of Keras - fix: did you mean 'relu'?",
            ),
        ],
    )
    def test_a_combination_that_cannot_be_is_told_with_its_place(self, text, told):
        (found,) = problems(text)
        assert told in found

    @pytest.mark.parametrize(
        "text",
        [
            "model: {kind: rnn}\npreprocess: {text: tokens, text_length: 5, vocabulary: 7}",
            "model: {kind: rnn, input_shape: [8, 8]}",
            "model: {kind: cnn, input_shape: [8, 8, 1]}",
            "model: {kind: cnn}",
            "model: {kind: layers, layers: [conv2d: {filters: 3, kernel_size: 2}, Flatten]}",
            "model: {kind: layers, layers: [{layer: ReLU, name: a}, {layer: Add, inputs: [input, a]}]}",
        ],
    )
    def test_what_goes_together_is_accepted(self, text):
        specfile.decode("data: {path: t.csv, target: y}\n" + text, "e.yaml")

    def test_defaults_are_those_of_the_kind(self):
        read = specfile.draft_of("data: {path: t.csv, target: y}\nmodel: {kind: rnn, input_shape: [2, 2]}", "e.yaml")
        assert read.written.get("model", "hidden") == []
