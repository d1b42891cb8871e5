"""A training and what it leaves: what a model is given, what it gives back, and the summaries of a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np

    from reportgen.dataset import Task


@dataclass(frozen=True, slots=True)
class Layer:
    """A row of the layer table, in the order of computing, inputs (of kind Input) first.

    Shapes are without the batch axis; `inputs` are the names of the layers that it reads. Of a model without a graph
    they are empty, as is the shape of a layer that was never called.
    """

    name: str
    kind: str
    output_shape: tuple[int | None, ...]
    parameters: int
    activation: str = ""
    detail: str = ""
    inputs: tuple[str, ...] = ()
    trainable: int = 0  # of the parameters


@dataclass(frozen=True)
class WeightMatrix:
    """A layer's kernel at the end of training, (n_inputs, n_units), block means where larger than 128 x 128.

    A kernel of more axes is flattened but for its last: a convolution's has a row for each place and channel.
    `order` (n_rows,) and `unit_order` (n_columns,) put rows and columns of `values` where similar ones meet, None where
    they stand in the network's order. `layer` is the layer's name, followed by the weight's where it has several
    ("gru recurrent_kernel"). Of more than 24 matrices the first, the last and evenly spread ones are kept, and the more
    there are the smaller the blocks.
    """

    layer: str
    shape: tuple[int, int]
    values: np.ndarray
    mean: float
    std: float
    smallest: float
    largest: float
    zero_inputs: int = 0  # input rows whose weights are all (nearly) zero
    order: np.ndarray | None = None
    unit_order: np.ndarray | None = None


@dataclass(frozen=True)
class Activation:
    """The inputs that reached one activation function on a fixed sample of rows, and what it made of them.

    `edges` (n_bins + 1,) and `counts` (n_bins,) are the histogram of the pre-activations; `curve_x`, `curve_y` the
    function itself over that range. `dead` is the share of units that never fire on the sample, `saturated` the share
    of outputs within 1 % of a bound of a bounded function. Values beyond the edges are counted in the outer bins; of
    more than 100,000 values an evenly spread part is counted. A unit is a channel: of a convolution or a sequence it
    fires where it does so at any place. Linear functions are left out, and of more than 32 functions evenly spread ones
    are kept.
    Softmax is no function of one number: its input here is the margin z_k - log(sum over j != k of exp(z_j)), of which
    it is exactly the logistic function.
    """

    layer: str
    function: str
    edges: np.ndarray
    counts: np.ndarray
    curve_x: np.ndarray
    curve_y: np.ndarray
    dead: float | None
    saturated: float | None
    units: int
    samples: int


@dataclass(frozen=True)
class LayerCourse:
    """A layer's weights and gradients while it trained, biases included.

    `epochs` (n,) are those looked at, evenly spread, the first and the last among them; `weight_norm` and
    `gradient_norm` (n,) are Euclidean, the gradient that of the loss on a fixed sample of training rows at the end of
    the epoch. The histograms are of at most twelve epochs, `histogram_epochs` (h,), on edges that they share:
    `weight_edges` (b + 1,), `weight_counts` (h, b), and so for the gradients; of layers with more weights than
    5,000 they count an evenly spread part. Of more than sixteen layers evenly spread ones have histograms, the others
    empty arrays. A gradient that was not finite has the norm NaN.
    """

    layer: str
    epochs: np.ndarray
    weight_norm: np.ndarray
    gradient_norm: np.ndarray
    histogram_epochs: np.ndarray
    weight_edges: np.ndarray
    weight_counts: np.ndarray
    gradient_edges: np.ndarray
    gradient_counts: np.ndarray


@dataclass(frozen=True)
class Outputs:
    """What came out of a layer on the fixed sample of training rows: a histogram, mean, spread and share of zeros.

    `edges` (n_bins + 1,), `counts` (n_bins,); values beyond the edges are counted in the outer bins; of more than
    100,000 values all numbers are of an evenly spread part.
    """

    layer: str
    edges: np.ndarray
    counts: np.ndarray
    mean: float
    std: float
    zeros: float  # share of the outputs that are exactly zero


@dataclass(frozen=True)
class Filters:
    """Filters of the first convolution, `tiles` (n, height, width, channels), at most 64 of `filters`."""

    layer: str
    tiles: np.ndarray
    filters: int
    size: tuple[int, int]


@dataclass(frozen=True)
class FeatureMaps:
    """What the first channels of a convolution answer to one image.

    `image` (height, width, channels) is as the network sees it; `maps` (n, height, width), at most 16 of `channels`;
    large ones are block means, so that image and maps may be of different scales.
    `shown` says whose image it is: a mean over training rows, unless the experiment file lets samples be shown.
    """

    layer: str
    image: np.ndarray
    maps: np.ndarray
    channels: int
    shown: str


@dataclass(frozen=True)
class Embedding:
    """What comes out of the last hidden layer, on at most 500 rows of a split, in a plane.

    `points` (n, 2) are its first two principal components, `explained` (2,) the share of variance along each; `y` (n,)
    the truth.
    """

    layer: str
    split: str
    points: np.ndarray
    explained: tuple[float, float]
    y: np.ndarray
    width: int


@dataclass(frozen=True)
class Logged:
    """What a TensorBoard log holds beside scalars: histograms by tag and images by tag.

    `histograms` maps a tag to (steps (s,), edges (b + 1,), counts (s, b)); `images` to PNG bytes of the last step.
    `steps` maps each name of `Fitted.history` to the steps of its values, which need not be epochs.
    """

    histograms: Mapping[str, tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=dict)
    images: Mapping[str, bytes] = field(default_factory=dict)
    steps: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Condition:
    """A prepared feature above a bound, or else at most as large."""

    feature: str
    above: bool
    bound: float


@dataclass(frozen=True, slots=True)
class Rule:
    """An end of a decision tree: its conditions, the training rows that meet them, and what the tree says of those.

    `value` holds a share for each class, or one number. `leaves` counts the tree's own leaves that lie below.
    """

    conditions: tuple[Condition, ...]
    rows: int
    value: tuple[float, ...]
    leaves: int = 1


@dataclass(frozen=True)
class Fitted:
    """A model after training: summaries only, no tensor and no model object.

    `history` maps `loss`, `val_loss`, `accuracy`, `val_accuracy`, `learning_rate` … to one value an epoch (empty for a
    scikit-learn model); `seconds` is among them, `learning_rate` that of the epoch's last step. `ended` is completed,
    early, interrupted or diverged; `epoch` the last epoch run and `best_epoch` the one with the lowest validation loss,
    both counted from 1. `courses`, `outputs`, `filters`, `maps` and `embedding` are of networks.
    """

    kind: str  # of model, as in the experiment file
    title: str  # "network 30-64-32-1", "RandomForestClassifier"
    parameters: int | None
    settings: Mapping[str, Any] = field(default_factory=dict)
    history: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()
    weights: tuple[WeightMatrix, ...] = ()
    activations: tuple[Activation, ...] = ()
    courses: tuple[LayerCourse, ...] = ()
    outputs: tuple[Outputs, ...] = ()
    filters: tuple[Filters, ...] = ()
    maps: tuple[FeatureMaps, ...] = ()
    embedding: Embedding | None = None
    logged: Logged | None = None
    coefficients: Mapping[str, tuple[float, ...]] = field(default_factory=dict)  # feature -> one a class (or one)
    importances: Mapping[str, float] = field(default_factory=dict)  # feature -> the estimator's own importance
    #: Of the coefficients, with the degrees of freedom of Student's t (None: normal), or why there are none.
    coefficient_errors: Mapping[str, float] = field(default_factory=dict)
    coefficient_degrees: int | None = None
    without_errors: str = ""
    rules: tuple[Rule, ...] = ()  # of a decision tree
    trees: int | None = None
    operations: float | None = None  # that the prediction of a row takes, about, counted from the model
    ended: Literal["completed", "early", "interrupted", "diverged"] = "completed"
    epoch: int | None = None
    epochs: int | None = None
    best_epoch: int | None = None
    loss_name: str = ""
    backend: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class FitJob:
    """All that a model needs to train, picklable: no frame, no Spec of the rest.

    `X` (n, n_features) and `y` by split name (train, validation where there is one, test for prediction only). `shape`
    is what a row of X may be put into: (height, width, channels) of an image, (steps, channels) of a window, (length,)
    of word numbers, then `vocabulary` is their count with 0 for none; None for a table. `y` is (n,), (n, n_labels) of a
    multilabel task, (n, horizon) of a forecast. `folder` is that of the experiment file; `samples` how many rows of the
    table the report may show; `shown` whether the report shows the network, so that it is worth watching.
    """

    model: Any  # a record of spec.models
    train: Any  # spec.Train
    task: Task
    feature_names: tuple[str, ...]
    X: Mapping[str, np.ndarray]
    y: Mapping[str, np.ndarray]
    seed: int
    threshold: float = 0.5
    shape: tuple[int, ...] | None = None
    vocabulary: int | None = None
    folder: str = "."
    samples: int = 0
    shown: bool = True
    naive: Mapping[str, np.ndarray] = field(default_factory=dict)  # split -> (n, horizon), see `Split`


@dataclass(frozen=True)
class FitResult:
    """What comes back from training: the summary, and per split `y_score` (n, n_classes) or None and `y_pred` (n,).

    Both mappings are empty where nothing was learnt that could predict: diverged at once, or stopped before the end.
    """

    fitted: Fitted
    y_score: Mapping[str, np.ndarray | None]
    y_pred: Mapping[str, np.ndarray]
