"""What a run produces: what was fitted, predicted, scored and found, and the `Run` that holds it all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from reportgen.dataset import Dataset, Splits, Task

if TYPE_CHECKING:
    import numpy as np

    from reportgen.profile import Profile
    from reportgen.provenance import Provenance
    from reportgen.spec import Spec

Severity = Literal["error", "warning", "notice"]
Status = Literal["failed", "passed", "not applicable", "broken", "off"]


@dataclass(frozen=True)
class Prediction:
    """What a model said of one split.

    `y_true`, `y_pred` (n,): int64 class codes (positions in `labels`) or float64 values. `y_score` (n, n_classes):
    probabilities whose rows sum to 1, or None where the model gives none.
    """

    split: str
    y_true: np.ndarray
    y_pred: np.ndarray
    y_score: np.ndarray | None
    labels: tuple[str, ...]

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
    model: str = "model"  # model | dummy | linear
    title: str = ""  # as shown: "ROC AUC"
    unit: str = ""
    greater_is_better: bool = True
    note: str = ""  # why value or interval is missing
    label: str | None = None  # the class, for scores of one class


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
    """A row of the layer table. Shapes without the batch axis."""

    name: str
    kind: str
    output_shape: tuple[int | None, ...]
    parameters: int
    activation: str = ""
    detail: str = ""


@dataclass(frozen=True)
class WeightMatrix:
    """A layer's kernel at the end of training, (n_inputs, n_units), block means where larger than 128 x 128."""

    layer: str
    shape: tuple[int, int]
    values: np.ndarray
    mean: float
    std: float
    smallest: float
    largest: float
    zero_inputs: int = 0  # input rows whose weights are all (nearly) zero


@dataclass(frozen=True)
class Activation:
    """The inputs that reached one activation function on a fixed sample of rows, and what it made of them.

    `edges` (n_bins + 1,) and `counts` (n_bins,) are the histogram of the pre-activations; `curve_x`, `curve_y` the
    function itself over that range. `dead` is the share of units that never fire on the sample, `saturated` the share
    of outputs within 1 % of a bound of a bounded function. Values beyond the edges are counted in the outer bins.
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
class Fitted:
    """A model after training: summaries only, no tensor and no model object.

    `history` maps `loss`, `val_loss`, `accuracy`, `val_accuracy`, `learning_rate` … to one value an epoch (empty for a
    scikit-learn model). `ended` is completed, early, interrupted or diverged; `epoch` the last epoch run and
    `best_epoch` the one with the lowest validation loss, both counted from 1.
    """

    kind: str  # mlp | sklearn
    title: str  # "network 30-64-32-1", "RandomForestClassifier"
    parameters: int | None
    settings: Mapping[str, Any] = field(default_factory=dict)
    history: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    layers: tuple[Layer, ...] = ()
    weights: tuple[WeightMatrix, ...] = ()
    activations: tuple[Activation, ...] = ()
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

    `X`, `y` by split name (train, validation where there is one, test for prediction only).
    """

    model: Any  # spec.Mlp | spec.SklearnModel
    train: Any  # spec.Train
    task: Task
    feature_names: tuple[str, ...]
    X: Mapping[str, np.ndarray]
    y: Mapping[str, np.ndarray]
    seed: int
    threshold: float = 0.5


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
    predictions: Mapping[str, Prediction] = field(default_factory=dict)  # by split, of the model
    baselines: Mapping[str, Mapping[str, Prediction]] = field(default_factory=dict)  # baseline -> split -> prediction
    scores: tuple[Score, ...] = ()
    gates: tuple[Gate, ...] = ()
    findings: tuple[Finding, ...] = ()
    provenance: Provenance | None = None
    warnings: tuple[str, ...] = ()

    @cached_property
    def task(self) -> Task | None:
        return self.dataset.task if self.dataset else None

    @property
    def keeps_predictions(self) -> bool:
        """Whether the predictions are few enough to travel in the report."""
        return sum(len(prediction.y_true) for prediction in self.predictions.values()) <= _EVIDENCE_ROWS

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
    under the figure; `facts` whatever else drawing and words need, JSON-able (matrices as nested lists).
    """

    columns: Mapping[str, Sequence[Any]]  # float | int | str | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    part: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """What stands with a figure: what to see, what it is, and the text for who cannot see it."""

    title: str
    caption: str
    alt: str
