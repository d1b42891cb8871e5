"""What an experiment finds: what was predicted, scored and found, and the `Run` that holds it all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from reportgen.dataset import Dataset, Dependence, Source, Splits, Task
from reportgen.fitted import Fitted

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
    group: np.ndarray | None = None  # (n,), which group each row is of, where rows of one group are alike
    moment: np.ndarray | None = None  # (n,), the place of each row in time, where rows near each other in it are alike

    def depending(self, dependence: Dependence | None) -> Prediction:
        """The same with what its rows, which are positions in the table, depend on each other by."""
        if dependence is None or self.rows is None:
            return self
        codes = dependence.codes[self.rows]
        return replace(self, group=codes) if dependence.kind == "group" else replace(self, moment=codes)

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
    method: str = ""  # of the interval: Wilson, DeLong, bootstrap, and the groups or blocks it counts
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
class TrainedSize:
    """The model trained on a part of the training rows, the whole being 1.0.

    `scores` are of the curve's metric, on its own training rows and on test; `p_value` is that the whole does no
    differently on the test rows, by the paired test of `paired.compare`.
    """

    share: float
    rows: int
    scores: tuple[Score, ...]
    ended: str = "completed"
    p_value: float | None = None

    def score(self, split: str) -> Score | None:
        return next((score for score in self.scores if score.split == split), None)


@dataclass(frozen=True)
class LearningCurve:
    """Trainings on ever larger parts of the training rows, each within the next; `how` tells how they were drawn."""

    metric: str
    how: str
    sizes: tuple[TrainedSize, ...]


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
    learning_curve: LearningCurve | None = None
    explained: Explained | None = None
    mistakes: Mistakes | None = None  # on the test rows
    decision: Decision | None = None
    scores: tuple[Score, ...] = ()
    #: The numbers of the figures that the report shows, by the figure's name.
    drawn: Mapping[str, Sequence[FigureData]] = field(default_factory=dict)
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
