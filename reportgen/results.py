"""What a run produces: what was fitted, predicted, scored and found, and the `Run` that holds it all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from reportgen.dataset import Dataset, Source, Splits, Task

if TYPE_CHECKING:
    import numpy as np

    from reportgen.decisions import Decision
    from reportgen.explained import Explained
    from reportgen.mistakes import Mistakes
    from reportgen.profile import Profile
    from reportgen.provenance import Provenance
    from reportgen.spec import Spec

Severity = Literal["error", "warning", "notice"]
Status = Literal["failed", "passed", "not applicable", "broken", "off"]


@dataclass(frozen=True)
class Prediction:
    """What a model said of one split.

    `y_true`, `y_pred` (n,): int64 class codes (positions in `labels`) or float64 values. `y_score` (n, n_classes):
    probabilities whose rows sum to 1, or None where the model gives none. `rows` (n,) are positions in
    `Dataset.frame`, None where there is no table of them.

    Of a multilabel task `y_true`, `y_pred` (n, n_labels) are int64 zeros and ones, `y_score` (n, n_labels) the
    probability of each label, whose rows need not sum to 1. A forecast is flat: an entry for each origin and step
    ahead, `step` (n,) from 1 to the horizon, `rows` the rows of the value that is forecast.
    """

    split: str
    y_true: np.ndarray
    y_pred: np.ndarray
    y_score: np.ndarray | None
    labels: tuple[str, ...]
    rows: np.ndarray | None = None
    step: np.ndarray | None = None
    naive_error: float | None = None  # of a forecast, see `Splits`: what MASE divides by
    fold: np.ndarray | None = None  # (n,), from 1: whose model predicted each row, where folds are put together
    costs: tuple[float, float] | None = None  # of a false positive and a false negative, where they are given

    @property
    def positive_score(self) -> np.ndarray | None:
        """Scores of the positive (last) class of a binary task, (n,)."""
        return None if self.y_score is None else self.y_score[:, -1]


@dataclass(frozen=True, slots=True)
class Score:
    """One metric on one split for one model, with its confidence interval (None where there is none, and why)."""

    metric: str
    split: str
    value: float | None
    low: float | None = None
    high: float | None = None
    method: str = ""  # of the interval: wilson, delong, bootstrap
    model: str = "model"  # model | dummy | linear | boosted
    title: str = ""  # as shown: "ROC AUC"
    unit: str = ""
    greater_is_better: bool = True
    note: str = ""  # why value or interval is missing
    label: str | None = None  # the class, for scores of one class; of a forecast `step 3`, for those of one step ahead


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's verdict. `title` is a short sentence made from the numbers; `detail` says more."""

    check: str
    status: Status
    severity: Severity
    title: str
    detail: str = ""
    value: float | None = None
    threshold: float | None = None
    meaning: str = ""
    remedy: str = ""
    group: str = ""  # columns | rows | time | split | target | training | evaluation | record
    subjects: tuple[str, ...] = ()  # columns, layers or classes concerned
    unit: str = ""  # of value and threshold


@dataclass(frozen=True, slots=True)
class Gate:
    """One line of `expect`: the expression, the bound, the value found and whether it holds."""

    expression: str
    bound: str
    value: float | None
    passed: bool
    note: str = ""


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
class Trial:
    """One training of several: a fold, or the same split with another seed.

    `rows` counts the rows of each split. `scores` maps a split to metric -> value, None where it is undefined.
    """

    name: str  # "fold 1", "seed 43"
    kind: Literal["fold", "seed"]
    seed: int
    rows: Mapping[str, int]
    history: Mapping[str, tuple[float, ...]]
    ended: str
    epoch: int | None
    best_epoch: int | None
    scores: Mapping[str, Mapping[str, float | None]]


@dataclass(frozen=True, slots=True)
class Spread:
    """One metric on the test rows of two trials or more.

    `std` has n - 1 in its denominator; `low` and `high` are the interval of the mean.
    """

    metric: str
    n: int
    mean: float
    std: float
    smallest: float
    largest: float
    low: float
    high: float


@dataclass(frozen=True)
class FitResult:
    """What comes back from training: the summary, and per split `y_score` (n, n_classes) or None and `y_pred` (n,).

    Both mappings are empty where nothing was learnt that could predict: diverged at once, or stopped before the end.
    """

    fitted: Fitted
    y_score: Mapping[str, np.ndarray | None]
    y_pred: Mapping[str, np.ndarray]


#: Rows of predictions, and numbers of class probabilities, that travel in a report; beyond, the scores alone do.
_EVIDENCE_ROWS, _EVIDENCE_PROBABILITIES = 20_000, 100_000


@dataclass(frozen=True)
class Run:
    """Everything one execution knows. Heavy; dies with the process. Later stages fill what earlier ones left None."""

    spec: Spec
    spec_text: str = ""
    overrides: tuple[str, ...] = ()  # changes to single keys from the command line, not in the text
    dataset: Dataset | None = None
    profile: Profile | None = None
    splits: Splits | None = None
    fitted: Fitted | None = None
    #: The file that the model came in: of predictions, of Python, or the log of its training.
    model_source: Source | None = None
    predictions: Mapping[str, Prediction] = field(default_factory=dict)  # by split, of the model
    baselines: Mapping[str, Mapping[str, Prediction]] = field(default_factory=dict)  # baseline -> split -> prediction
    #: Where the experiment trains several times. The rest of the run shows the first; the test predictions of folds are
    #: those of all, each row by the model that has not seen it.
    trials: tuple[Trial, ...] = ()
    spreads: tuple[Spread, ...] = ()
    explained: Explained | None = None
    mistakes: Mistakes | None = None  # on the test rows
    decision: Decision | None = None
    scores: tuple[Score, ...] = ()
    gates: tuple[Gate, ...] = ()
    findings: tuple[Finding, ...] = ()
    provenance: Provenance | None = None
    warnings: tuple[str, ...] = ()

    @property
    def planned_trials(self) -> int:
        """How many folds or seeds the experiment asks for; 0 where it trains once."""
        return self.spec.split.folds or (self.spec.repeats if self.spec.repeats > 1 else 0)

    @property
    def shown_trial(self) -> str:
        """Which of several trials the rest of the run shows: `fold 1 of 5`; "" where there is one training."""
        if not self.planned_trials:
            return ""
        total = self.planned_trials
        return f"fold 1 of {total}" if self.spec.split.folds else f"seed {self.spec.seed}, the first of {total}"

    def spread(self, *metrics: str) -> Spread | None:
        """The spread of the first of these metrics that there is, else the first of all."""
        found = {spread.metric: spread for spread in self.spreads}
        named = (found[name] for name in metrics if name in found)
        return next(named, next(iter(self.spreads), None))

    @property
    def ended(self) -> Literal["completed", "interrupted", "diverged"]:
        """How training ended: interrupted where a trial is missing, diverged where one did."""
        endings = {self.fitted.ended if self.fitted else "completed", *(trial.ended for trial in self.trials)}
        if "interrupted" in endings or 0 < len(self.trials) < self.planned_trials:
            return "interrupted"
        return "diverged" if "diverged" in endings else "completed"

    @cached_property
    def task(self) -> Task | None:
        return self.dataset.task if self.dataset else None

    @property
    def threshold(self) -> float:
        """The score from which a case counts as positive: as chosen, else as given; of folds the mean."""
        if self.decision is not None and self.decision.threshold is not None:
            return self.decision.threshold
        given = self.spec.evaluate.threshold
        return 0.5 if given == "tuned" else given

    @property
    def keeps_predictions(self) -> bool:
        """Whether the predictions are few enough to travel in the report."""
        return sum(len(prediction.y_true) for prediction in self.predictions.values()) <= _EVIDENCE_ROWS

    @property
    def keeps_courses(self) -> bool:
        """Whether the courses of several trainings are short enough to travel in the report."""
        return sum(len(values) for trial in self.trials for values in trial.history.values()) <= _EVIDENCE_ROWS

    @property
    def keeps_probabilities(self) -> bool:
        """Whether the class probabilities are few enough to travel with them."""
        scores = [prediction.y_score for prediction in self.predictions.values() if prediction.y_score is not None]
        return self.keeps_predictions and sum(score.size for score in scores) <= _EVIDENCE_PROBABILITIES

    def score(self, metric: str, split: str = "test", model: str = "model", label: str | None = None) -> Score | None:
        """The score of one metric, or None where it was not computed."""
        for score in self.scores:
            if (score.metric, score.split, score.model, score.label) == (metric, split, model, label):
                return score
        return None


@dataclass(frozen=True)
class FigureData:
    """The numbers of one drawing, plain and small.

    `part` tells several drawings of one figure apart (a layer's name). `columns` are equally long lists, the table
    under the figure; `facts` whatever else drawing and words need, JSON-able (matrices as nested lists). Drawings with
    the same `fold` are folded together under that title, below those of the figure that have none.
    """

    columns: Mapping[str, Sequence[Any]]  # float | int | str | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    part: str = ""
    fold: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What stands with a figure: what to see, what it is, and the text for who cannot see it."""

    title: str
    caption: str
    alt: str
