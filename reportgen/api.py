"""What a program can say: run an experiment, report on predictions, read a report, save it in any format."""

from __future__ import annotations

import html
import stat
from collections.abc import Callable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reportgen import assets, registry
from reportgen.document import Document, Look
from reportgen.errors import DataError, LimitExceeded, OutputError, ReportgenError, UsageError
from reportgen.files import write_atomic
from reportgen.text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike

    from reportgen.gallery import Gallery
    from reportgen.results import Gate, Run
    from reportgen.session import Session
    from reportgen.specfile import Draft

#: Bytes of a report that is read back; its text, packed, is smaller.
_LARGEST = 400_000_000


@dataclass(frozen=True)
class Report:
    """A report, ready to be saved; in a notebook it shows itself.

    `exit_status` is what the command line would end with; `warnings` names the units that broke; `gates` are the lines
    of `expect` as judged, none in a report that was read; `templates` is the folder of a look of one's own.
    """

    document: Document
    exit_status: int = 0
    warnings: tuple[str, ...] = ()
    gates: tuple[Gate, ...] = ()
    templates: Path | None = None

    def dressed(self, theme: str | None = None, templates: str | Path | None = None) -> Report:
        """The same report in another look.

        Args:
            theme: `plain` or `slate`; the report remembers it.
            templates: a folder whose templates, styles and faces come before those of the theme, for saving alone.

        Raises:
            UsageError: there is no such theme, or no such folder.
        """
        document, folder = self.document, self.templates
        if theme is not None:
            if theme not in assets.themes():
                fix = registry.suggestion(theme, tuple(assets.themes()))
                raise UsageError(f"there is no theme {quoted(theme)}", fix, key="--theme")
            document = replace(document, look=replace(document.look, theme=theme))
        if templates is not None:
            from reportgen.render.layers import opened

            folder = opened(templates)
        return replace(self, document=document, templates=folder)

    def save(self, path: str | Path, told: Callable[[OutputError], None] | None = None) -> Path:
        """Write the report; the suffix (.html, .pdf, .json, .md) tells the format. The write is atomic.

        Args:
            told: is given what a PDF lacks, which is characters that no font has; it may raise what it is given.

        Raises:
            UsageError: an unknown suffix.
            OutputError: the file cannot be written, or the PDF cannot be made.
        """
        target = Path(path)
        unit = output(target)
        options: dict[str, Any] = {}
        if self.templates and getattr(unit, "DRESSED", False):
            options["own"] = self.templates
        if told and target.suffix.lower() == ".pdf":
            options["told"] = told
        write_atomic(target, unit.to_bytes(self.document, **options))
        return target

    def _repr_html_(self) -> str:
        page = html.escape(registry.load("outputs", "html").to_bytes(self.document).decode(), quote=True)
        return f'<iframe srcdoc="{page}" width="100%" height="800" title="report" sandbox="allow-scripts"></iframe>'


def output(path: Path) -> Any:
    """The output unit for a file's suffix.

    Raises:
        UsageError: no output has that suffix.
    """
    known = registry.names("outputs")
    name = path.suffix.lower().removeprefix(".")
    if name not in known:
        raise UsageError(
            f"{quoted(path.name)} ends in no format that can be written",
            fix=f"use one of {', '.join('.' + item for item in known)}",
        )
    return registry.load("outputs", name)


def read(path: str | Path) -> Report:
    """A report from its .html, .pdf or .json; needs no data, no model and no Keras.

    Raises:
        DataError: the file is missing, or holds no report.
    """
    source = Path(path)
    unit = output(source)
    if not hasattr(unit, "read"):
        raise UsageError(f"a report cannot be read back from {source.suffix}", fix="give its .html, .pdf or .json")
    return Report(unit.read(file_bytes(source), source.name))


def file_bytes(source: Path) -> bytes:
    """The bytes of a report's file. Raises DataError where there is none, LimitExceeded where it is too large."""
    try:
        status = source.stat()
        if not stat.S_ISREG(status.st_mode):  # A pipe would be waited for, a device read for ever.
            raise DataError("this is no file", fix="give the .html, .pdf or .json of a report", file=str(source))
        if status.st_size > _LARGEST:
            raise LimitExceeded(f"larger than {_LARGEST:,} bytes", fix="give a smaller report", file=str(source))
        return source.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DataError(f"cannot be read: {reason}", fix="check the name", file=str(source)) from error


def run(
    path: str | Path,
    *,
    overrides: Sequence[str] = (),
    strict: bool = False,
    reproducible: bool = False,
    session: Session | None = None,
) -> Report:
    """Execute an experiment file and compose its report.

    Args:
        path: the experiment file.
        overrides: changes to single keys, such as `train.epochs=20`.
        strict: a figure, check or section that fails is an error instead of a note.
        reproducible: leave date and durations out, as SOURCE_DATE_EPOCH does.
        session: how to execute: progress, signals, processes.

    Raises:
        SpecError, DataError, TrainingError, OutputError, LimitExceeded: see `reportgen.errors`.
    """
    from reportgen.session import Session
    from reportgen.specfile import read as read_spec

    return execute(read_spec(path, overrides), session or Session(strict=strict), reproducible=reproducible)


def execute(draft: Draft, session: Session, *, reproducible: bool = False) -> Report:
    """Execute an experiment whose file has been read. Raises as `run` does."""
    from reportgen import experiment, provenance

    provenance.source_date_epoch()  # a malformed one is told of before the training, not after
    look = _look(draft)  # and so is a logo that cannot be shown
    with _gallery(draft.written.get("report", "figures"), session) as gallery:
        if draft.written.get("model") is None:  # Else both cores are busy until training begins.
            gallery.open()
        try:
            result = experiment.run(draft, session)
        except ReportgenError as error:
            raise draft.placed(error)  # noqa: B904  it is the same error
        return _composed(result, gallery, session.seconds, reproducible, Path(draft.file).name, look)


def _look(draft: Draft) -> Look:
    """How the experiment file wants the report dressed. Raises DataError for a logo that cannot be shown."""
    theme, alt, footer = (draft.written.get("report", name) for name in ("theme", "logo_alt", "footer"))
    logo = draft.logo()
    return Look(theme, logo, alt if logo else "", footer)


def report(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    y_score: ArrayLike | None = None,
    *,
    labels: Sequence[str] | None = None,
    title: str = "Predictions",
    seed: int = 42,
    confidence: float = 0.95,
) -> Report:
    """A report on predictions that were made elsewhere; nothing is trained.

    Args:
        y_true: (n,) classes or numbers; or (n, n_labels) of 0 and 1, where a row may have several labels.
        y_pred: (n,) the same, as predicted.
        y_score: (n,) scores of the positive class, or (n, n_classes) probabilities in the order of `labels`,
            or (n, n_labels) the probability of each label.
        labels: the classes in the order of the score columns, positive last; found and sorted if left out.

    Raises:
        DataError: lengths or shapes that do not agree.
    """
    from reportgen.predictions import as_run
    from reportgen.session import Session

    session = Session()
    state = as_run(y_true, y_pred, y_score, labels=labels, title=title, seed=seed, confidence=confidence)
    return finished(state, session)


def evaluate(
    estimator: Any,
    X_train: Any,
    y_train: ArrayLike,
    X_test: Any,
    y_test: ArrayLike,
    *,
    labels: Sequence[str] | None = None,
    feature_names: Sequence[str] | None = None,
    title: str = "Model",
    seed: int = 42,
    confidence: float = 0.95,
) -> Report:
    """A report on a scikit-learn estimator that is fitted already, or on whatever predicts like one.

    Args:
        estimator: has `predict`, and `predict_proba` where there are probabilities; a pipeline, too.
        X_train, X_test: (n, n_features), frames or arrays.
        y_train, y_test: (n,) classes or numbers; floats make a regression.
        labels: the classes in their order, positive last; the names of 0, 1, ... where y holds such codes.
        feature_names: of the columns of arrays.

    Raises:
        DataError: lengths or shapes that do not agree, or the estimator cannot predict these rows.
    """
    from reportgen.scripts import Options, estimator_run
    from reportgen.session import Session

    options = Options(labels, feature_names, None, title, seed, confidence)
    parts = {"train": (X_train, y_train), "test": (X_test, y_test)}
    return finished(estimator_run(estimator, parts, options), Session())


def finished(state: Run, session: Session) -> Report:
    """The report of a run that has its predictions: profiled, scored, checked and composed."""
    from reportgen import experiment

    with _gallery("auto", session) as gallery:
        state = experiment.profile(state, session)
        for stage in ("profiled", "fitted"):
            session.observe(stage, state)
        state = experiment.evaluate(state, session)
        session.observe("scored", state)
        return _composed(experiment.conclude(state, session), gallery, session.seconds, False, "")


@contextmanager
def _gallery(figures: Any, session: Session) -> Iterator[Gallery]:
    from reportgen.gallery import Gallery

    gallery = Gallery(figures, inline=session.inline, strict=session.strict)
    session.observe, session.drawn = gallery.observe, gallery.drawn
    try:
        yield gallery
    finally:
        gallery.close()


def _composed(
    result: Run, gallery: Gallery, seconds: Mapping[str, float], reproducible: bool, name: str, look: Look | None = None
) -> Report:
    from reportgen.budget import within
    from reportgen.compose import compose, outcome, stamp

    document = compose(result, gallery, stamp(seconds, reproducible), name)
    document = replace(document, look=look or document.look)
    document, too_large = within(document, result.spec.report.most_bytes, _page_bytes)
    status = {"done": 0, "gates passed": 0, "gates failed": 1, "interrupted": 130, "diverged": 4}[outcome(result)]
    checks = [f"check {finding.check}: {finding.detail}" for finding in result.findings if finding.status == "broken"]
    told = (*result.warnings, *checks, *gallery.broken, *filter(None, [too_large]))
    return Report(document, status, told, result.gates)


def _page_bytes(document: Document) -> int:
    return len(registry.load("outputs", "html").to_bytes(document))
