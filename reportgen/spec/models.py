"""The block `model`: a record a kind."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from reportgen.spec.record import Fraction, Keras, Name, Names, Record

Units = Annotated[int, Field(ge=1, le=65536)]
Widths = Annotated[tuple[Units, ...], Field(max_length=100)]
#: Height, width and channels of an image, or steps and channels of a sequence.
InputShape = Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1, max_length=4)]


class Network(Record):
    """What every Keras network has in common."""

    backend: Annotated[
        Literal["jax", "tensorflow", "torch"] | None,
        Field(description="What Keras computes with; KERAS_BACKEND or jax if left out."),
    ] = None
    input_shape: Annotated[
        InputShape | None,
        Field(
            description="The shape that a row's features are put into, without the batch axis; that of the image, the "
            "words or the window if left out."
        ),
    ] = None
    initializer: Annotated[
        Keras, Field(description="How weights are drawn, by its Keras name, such as he_normal; biases are zero.")
    ] = "glorot_uniform"
    regularizer: Annotated[
        Keras | None, Field(description="A penalty on weights, by its Keras name, such as {L2: {l2: 0.001}}.")
    ] = None


class Mlp(Network):
    """A fully connected Keras network; the last layer follows from the task."""

    kind: Literal["mlp"]
    hidden: Annotated[Widths, Field(description="Units of each hidden layer.")] = (64, 32)
    activation: Annotated[Keras, Field(description="The activation of the hidden layers, by its Keras name.")] = "relu"
    dropout: Annotated[
        Fraction, Field(description="Share of units silenced after each hidden layer while training.")
    ] = 0.0


class Cnn(Network):
    """A convolutional Keras network for images; the last layer follows from the task."""

    kind: Literal["cnn"]
    filters: Annotated[
        Widths, Field(min_length=1, description="Filters of each convolution; a pooling follows each.")
    ] = (32, 64)
    kernel: Annotated[int, Field(ge=1, le=63, description="Side of each filter, in pixels or steps.")] = 3
    pool: Annotated[int, Field(ge=1, le=63, description="Side of what is pooled into one; 1 for no pooling.")] = 2
    hidden: Annotated[Widths, Field(description="Units of the Dense layers after the convolutions.")] = (64,)
    activation: Annotated[Keras, Field(description="The activation of all these layers, by its Keras name.")] = "relu"
    batch_normalization: Annotated[bool, Field(description="Normalise each batch after each convolution.")] = False
    dropout: Annotated[
        Fraction, Field(description="Share of units silenced after each Dense layer while training.")
    ] = 0.0


class Rnn(Network):
    """A recurrent Keras network for sequences, text and forecasts; the last layer follows from the task."""

    kind: Literal["rnn"]
    cell: Annotated[Literal["simple", "gru", "lstm"], Field(description="What is repeated along the sequence.")] = "gru"
    units: Annotated[Widths, Field(min_length=1, description="Units of each recurrent layer.")] = (32,)
    bidirectional: Annotated[bool, Field(description="Read the sequence from both ends.")] = False
    embedding: Annotated[Units, Field(description="Length of the vector that stands for a word of a text.")] = 32
    hidden: Annotated[Widths, Field(description="Units of the Dense layers after the recurrent ones.")] = ()
    activation: Annotated[Keras, Field(description="The activation of these Dense layers, by its Keras name.")] = "relu"
    dropout: Annotated[Fraction, Field(description="Share of a layer's outputs silenced while training.")] = 0.0


class LayerEntry(Record):
    """A layer by its Keras name, where it needs a name of its own or reads other layers than the one before it."""

    layer: Annotated[Keras, Field(description="The layer by its Keras name, such as {Dense: {units: 64}}.")]
    name: Annotated[Name | None, Field(description="A name that other layers can read it by.")] = None
    inputs: Annotated[Names | None, Field(description="The layers it reads; the one before it if left out.")] = None


class Layers(Network):
    """Any Keras layers by their Keras names, in order or as branches."""

    kind: Literal["layers"]
    layers: Annotated[
        tuple[Name | LayerEntry | dict[Name, dict[Name, Any]], ...],
        Field(
            min_length=1,
            max_length=1000,
            description="A Keras name, {NAME: {its arguments}}, or {layer: …, name: …, inputs: [names]}.",
        ),
    ]
    output: Annotated[
        Literal["auto", "given"],
        Field(description="auto: the last layer follows from the task and is added; given: it is the last listed."),
    ] = "auto"


class SklearnModel(Record):
    """Any scikit-learn estimator by its dotted name."""

    kind: Literal["sklearn"]
    estimator: Annotated[
        str,
        Field(
            pattern=r"^sklearn(\.[A-Za-z_][A-Za-z0-9_]*)+$",
            description="The dotted name of a scikit-learn class, such as sklearn.linear_model.Ridge.",
        ),
    ]
    params: Annotated[dict[str, Any], Field(description="The estimator's own parameters.")] = {}


class PythonModel(Record):
    """A model that a function in a Python file of yours builds: Keras, scikit-learn or torch. The file is executed."""

    kind: Literal["python"]
    path: Annotated[Name, Field(description="The Python file, relative to the experiment file.")]
    factory: Annotated[
        str,
        Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", description="The function in it that returns the untrained model."),
    ] = "build"
    params: Annotated[
        dict[str, Any],
        Field(
            description="Arguments of the function, beside input_shape, n_classes, n_outputs, vocabulary and seed, "
            "which it gets where it has parameters of these names."
        ),
    ] = {}
    backend: Annotated[
        Literal["jax", "tensorflow", "torch"] | None,
        Field(description="What Keras computes with; KERAS_BACKEND or jax if left out."),
    ] = None
    input_shape: Annotated[
        InputShape | None, Field(description="The shape that a row's features are put into, without the batch axis.")
    ] = None


class Predictions(Record):
    """Predictions made elsewhere, as columns of the table or of a file of their own; nothing is trained."""

    kind: Literal["predictions"]
    path: Annotated[
        Name | None,
        Field(description="A file with a row for each row of the table, in its order; the table itself if left out."),
    ] = None
    predicted: Annotated[Name, Field(description="The column of the predictions.")] = "y_pred"
    scores: Annotated[
        Name | Names | None,
        Field(description="The column of the positive class's score, or one a class in the order of the labels."),
    ] = None
    split: Annotated[
        Name | None, Field(description="The column that says train, validation or test; all rows are test if left out.")
    ] = None

    @property
    def score_columns(self) -> tuple[str, ...]:
        return (self.scores,) if isinstance(self.scores, str) else self.scores or ()

    def columns(self) -> dict[str, str]:
        """The columns that hold the predictions, and the key that names each."""
        one = isinstance(self.scores, str)
        scores = {
            name: "model.scores" if one else f"model.scores[{place}]" for place, name in enumerate(self.score_columns)
        }
        return {self.predicted: "model.predicted", **scores, **({self.split: "model.split"} if self.split else {})}


class TensorboardLog(Record):
    """A finished TensorBoard log that some other program wrote; nothing is trained."""

    kind: Literal["tensorboard"]
    path: Annotated[Name, Field(description="The folder with the event files, relative to the experiment file.")]


Model = Annotated[
    Mlp | Cnn | Rnn | Layers | SklearnModel | PythonModel | Predictions | TensorboardLog, Field(discriminator="kind")
]
