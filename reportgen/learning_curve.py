"""What more rows are worth: the model trained afresh on ever larger parts of its training rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from reportgen import training
from reportgen.dataset import Splits
from reportgen.decisions import decided
from reportgen.errors import DataError, NotApplicable
from reportgen.fitted import FitJob
from reportgen.results import LearningCurve, Prediction, Run, Score, TrainedSize
from reportgen.session import Session
from reportgen.text import one_line, percent, plural
from reportgen.workers import Inline, Worker

_AUTO = (0.1, 0.25, 0.5)
_FEWEST = 10  # training rows
#: The metric of each task where the experiment file names none.
_METRICS = {"multilabel": "subset_accuracy", "regression": "mae", "forecast": "mase"}


def trained(state: Run, host: Worker | Inline | None, session: Session, folder: str) -> Run:
    """The run with its learning curve, if one is asked for; the training that is done already is its last size.

    A size that fails is left out and told of. A wish to stop leaves out the one under way and those after it.
    """
    asked = state.spec.evaluate.learning_curve != "off"
    if not asked or host is None or not {"train", "test"} <= set(state.predictions):
        return state
    session.begin("sizes")
    session.stop.training = True
    try:
        made, told = _Sizes(state, host, session, folder).all()
    finally:
        session.stop.training = False
    session.end("sizes", plural(len(made), "size"))
    curve = _curve(state, made) if len(made) > 1 else None
    return replace(state, learning_curve=curve, warnings=(*state.warnings, *told))


def metric(state: Run) -> str:
    """The metric that the sizes are measured by: the first that the experiment file names, else the task's."""
    assert state.task is not None
    named = state.spec.evaluate.metrics
    return _METRICS.get(state.task.name, "accuracy") if named == "auto" else named[0]


def shares(state: Run) -> tuple[float, ...]:
    """The shares of the training rows that are trained on, from small to large, without the whole."""
    wish = state.spec.evaluate.learning_curve
    return _AUTO if isinstance(wish, str) else tuple(sorted(share for share in wish if share < 1))


def _curve(state: Run, made: Sequence[TrainedSize]) -> LearningCurve:
    from reportgen.prepare.nested import how

    assert state.dataset is not None
    return LearningCurve(metric(state), how(state.dataset, state.spec.split), tuple(made))


@dataclass(frozen=True)
class _Sizes:
    """The trainings of one learning curve."""

    state: Run
    host: Worker | Inline
    session: Session
    folder: str

    def all(self) -> tuple[list[TrainedSize], list[str]]:
        """The sizes that could be trained, the whole last, and what there is to tell of the others."""
        from reportgen.prepare.nested import nested

        state, wanted = self.state, shares(self.state)
        assert state.splits is not None
        assert state.dataset is not None
        parts = nested(state.dataset, state.splits.train.rows, state.spec.split, wanted, state.spec.seed)
        made: list[TrainedSize] = []
        told: list[str] = []
        for number, (share, rows) in enumerate(zip(wanted, parts, strict=True), 1):
            event = {"trial": "size", "number": number, "total": len(wanted)}
            try:
                made.append(self._one(share, rows, event))
            except Exception as error:  # The main training must not be lost.
                if self.session.strict and not isinstance(error, (NotApplicable, DataError)):
                    raise
                told.append(f"the learning curve is without {percent(share, 0)} of the rows: {one_line(error, 200)}")
        whole = _scores(state, state.predictions)
        return [*made, TrainedSize(1.0, len(state.splits.train), whole, _ended(state))], told

    def _one(self, share: float, rows: np.ndarray, event: dict[str, object]) -> TrainedSize:
        """Prepare and train on these rows; raises NotApplicable where there is nothing to score."""
        if self.session.stop.signal is not None:
            raise NotApplicable("interrupted")
        if len(rows) < _FEWEST:
            raise NotApplicable(f"they are fewer than {_FEWEST}")
        state, splits = self.state, self._prepared(rows)
        fitting = training.begin(self.host, self._job(splits), self.session, event)
        with training.alive():
            result = fitting.result()
        if result.fitted.ended == "interrupted":
            raise NotApplicable("interrupted")
        assert state.task is not None
        said, _, _ = decided(state.spec, state.task, training.predictions(state.task, splits, result))
        if not {"train", "test"} <= set(said):
            raise NotApplicable("training diverged, and nothing was learnt that could predict")
        p = _p_value(state, said["test"])
        return TrainedSize(share, len(splits.train), _scores(state, said), result.fitted.ended, p)

    def _prepared(self, rows: np.ndarray) -> Splits:
        from reportgen.prepare import prepare
        from reportgen.prepare.splitting import Drawn

        state = self.state
        assert state.dataset is not None
        assert state.splits is not None
        others = {name: part.rows for name, part in state.splits.parts.items() if name != "train"}
        return prepare(state.dataset, state.spec, drawn=Drawn({"train": rows, **others}, "", ""))

    def _job(self, splits: Splits) -> FitJob:
        """Nothing of it is shown, saved or logged but its predictions."""
        given = training.job(self.state, splits, self.folder)
        update = {"tensorboard": None, "save_weights": None}
        return replace(given, samples=0, shown=False, train=given.train.model_copy(update=update))


def _scores(state: Run, said: Mapping[str, Prediction]) -> tuple[Score, ...]:
    """The metric on train and test with its interval."""
    from reportgen.metrics import score_prediction

    assert state.task is not None
    confidence, seed = state.spec.evaluate.confidence, state.spec.seed
    found = (
        score_prediction(said[split], state.task, (metric(state),), confidence=confidence, seed=seed)
        for split in ("train", "test")
    )
    return tuple(score for scores in found for score in scores)


def _p_value(state: Run, test: Prediction) -> float | None:
    """Whether the whole does differently on the test rows by the paired test; None where that is of another metric."""
    from reportgen.metrics import compare

    assert state.task is not None
    try:
        found = compare(state.predictions["test"], test, state.task, confidence=state.spec.evaluate.confidence)
    except NotApplicable:
        return None
    return found.p_value if found.measure.replace(" ", "_") == metric(state) else None


def _ended(state: Run) -> str:
    return state.fitted.ended if state.fitted else "completed"
