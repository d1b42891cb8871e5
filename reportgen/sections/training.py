"""What happened while the network trained: curves, weights, activations."""

from __future__ import annotations

from reportgen.document import Block, Note, Table, TableColumn, Text, link, para, strong
from reportgen.errors import NotApplicable
from reportgen.results import Fitted, Run, WeightMatrix
from reportgen.sections import Gallery
from reportgen.text import significant

TITLE = "Training"
ORDER = 50


def compose(run: Run, gallery: Gallery) -> list[Block]:
    if run.fitted is None or not run.fitted.history:
        raise NotApplicable("the model is not trained in epochs")
    blocks: list[Block] = [*_ended(run.fitted), _sentence(run.fitted)]
    rest = gallery.rest("training")
    if run.fitted.weights:
        rest.append(_weights(run.fitted.weights))
    return blocks + rest


def _ended(fitted: Fitted) -> list[Block]:
    if fitted.ended == "interrupted":
        return [Note(f"Training was interrupted at epoch {fitted.epoch} of {fitted.epochs}.", "interrupted")]
    if fitted.ended == "diverged":
        return [
            Note(
                f"Training diverged: the loss was not finite at epoch {fitted.epoch} of {fitted.epochs}.", "interrupted"
            )
        ]
    return []


def _sentence(fitted: Fitted) -> Text:
    watched = "validation loss" if "val_loss" in fitted.history else "training loss"
    history = fitted.history.get("val_loss", fitted.history.get("loss", ()))
    ran = f"{fitted.epoch} of {fitted.epochs} epochs were run"
    if fitted.ended == "early":
        ran += ", then early stopping ended training and the best weights were kept"
    best = ""
    if fitted.best_epoch and history:
        lowest = significant(history[fitted.best_epoch - 1])
        best = f" The {watched} was lowest after epoch {fitted.best_epoch}, at {lowest}."
    return para(strong(ran + "."), best, " The loss stands in the ", link("Summary", "#summary"), ".")


def _weights(weights: tuple[WeightMatrix, ...]) -> Table:
    return Table(
        id="table-weights",
        title="Weights at the end.",
        caption="An input counts as ignored where all its weights are nearly zero.",
        columns=(
            TableColumn("layer", "code"),
            TableColumn("shape"),
            TableColumn("mean", "significant"),
            TableColumn("sd", "significant"),
            TableColumn("smallest", "significant"),
            TableColumn("largest", "significant"),
            TableColumn("ignored inputs", "integer"),
        ),
        rows=tuple(
            (
                item.layer,
                f"{item.shape[0]} × {item.shape[1]}",
                item.mean,
                item.std,
                item.smallest,
                item.largest,
                item.zero_inputs,
            )
            for item in weights
        ),
    )
