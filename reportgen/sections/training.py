"""What happened while the network trained, and what it is like inside: curves, gradients, weights, activations."""

from __future__ import annotations

from collections.abc import Sequence

from reportgen.document import Block, Group, Note, Span, Table, TableColumn, Text, link, para, strong
from reportgen.errors import NotApplicable
from reportgen.fitted import Activation, Fitted, WeightMatrix
from reportgen.results import Run
from reportgen.sections import Gallery
from reportgen.text import count, listing, one_line, percent, plural, significant

TITLE = "Training"
ORDER = 50
_MOST_ROWS = 8  # of a table about layers, beyond which it is folded
_CURVES = ("loss", "accuracy_curve", "metric_curves", "learning_rate")


def compose(run: Run, gallery: Gallery) -> list[Block]:
    fitted = run.fitted
    if fitted is None or not (fitted.history or fitted.logged):
        raise NotApplicable("the model is not trained in epochs")
    told = [_sentence(fitted, run)] if fitted.history else []
    blocks: list[Block] = [*_ended(fitted), *told, *gallery.row(*_CURVES)]
    inside = [
        _part(
            "Gradients and weights by epoch",
            gallery.row("gradient_norm", "weight_norm", "gradient_histograms", "weight_histograms"),
        ),
        _part("Weights at the end", gallery.row("weights"), _weights(fitted.weights)),
        _part(
            "Activations",
            [*_alive(fitted.activations), *gallery.row("activation_functions", "dead_units", "activation_histograms")],
            _activations(fitted.activations),
        ),
        _part("Filters and feature maps", gallery.row("filters", "feature_maps")),
        _part("What the network makes of the rows", gallery.row("embedding")),
        _part("From the log", gallery.row("logged_histograms", "logged_images")),
    ]
    # What other units have to show of training goes with the curves.
    return [*blocks, *gallery.rest("training"), *(block for part in inside for block in part)]


def _part(title: str, figures: Sequence[Block], tables: Sequence[Block] = ()) -> list[Block]:
    found = (*figures, *tables)
    return [Group(found, title=title)] if found else []


def _ended(fitted: Fitted) -> list[Block]:
    if fitted.ended == "interrupted":
        return [Note(f"Training was interrupted at epoch {_epochs(fitted)}.", "interrupted")]
    if fitted.ended == "diverged":
        where = f" at epoch {_epochs(fitted)}" if fitted.logged is None and fitted.epoch else ""
        return [Note(f"Training diverged: the loss was not finite{where}.", "interrupted")]
    return []


def _epochs(fitted: Fitted) -> str:
    """`21 of 60`."""
    return f"{count(fitted.epoch or 0)} of {count(fitted.epochs or 0)}"


def _sentence(fitted: Fitted, run: Run) -> Text:
    if fitted.logged is not None:
        curves = [name for name in fitted.history if name != "seconds"]
        return para(strong(f"The log holds {plural(len(curves), 'curve')}."), f" They are {_named(curves)}.")
    watched = "validation loss" if "val_loss" in fitted.history else "training loss"
    history = fitted.history.get("val_loss", fitted.history.get("loss", ()))
    ran = f"{_epochs(fitted)} epochs were run"
    if fitted.ended == "early":
        ran += ", then early stopping ended training and the best weights were kept"
    best = ""
    if fitted.best_epoch and len(history) >= fitted.best_epoch:
        lowest = significant(history[fitted.best_epoch - 1])
        best = f" The {watched} was lowest after epoch {count(fitted.best_epoch)}, at {lowest}."
    summary: list[str | Span] = [" The loss stands in the ", link("Summary", "#summary"), "."]
    return para(strong(ran + "."), best, *(summary if _has_summary(run) else []))


def _named(names: Sequence[str]) -> str:
    return listing((one_line(name, 40) for name in names), most=10)


def _has_summary(run: Run) -> bool:
    return run.spec.report.sections == "auto" or "summary" in run.spec.report.sections


def _alive(activations: Sequence[Activation]) -> list[Block]:
    """A sentence where nothing is wrong: there is no figure then."""
    dead = [one.dead for one in activations if one.dead is not None]
    saturated = [one.saturated for one in activations if one.saturated is not None]
    if not dead or max(dead) > 0:
        return []
    most = f"; at most {percent(max(saturated))} of a layer's outputs are saturated" if saturated else ""
    return [para(f"Every unit fires for some row of the sample{most}.")]


def _weights(weights: tuple[WeightMatrix, ...]) -> list[Block]:
    if not weights:
        return []
    table = Table(
        id="table-weights",
        title="Weights at the end.",
        caption="Near zero: rows of a matrix, mostly an input each, whose weights are all nearly zero.",
        columns=(
            TableColumn("layer", "code"),
            TableColumn("shape"),
            TableColumn("mean", "significant"),
            TableColumn("sd", "significant"),
            TableColumn("smallest", "significant", narrow=False),
            TableColumn("largest", "significant", narrow=False),
            TableColumn("rows near zero", "integer"),
        ),
        rows=tuple(
            (
                item.layer,
                f"{count(item.shape[0])} × {count(item.shape[1])}",
                item.mean,
                item.std,
                item.smallest,
                item.largest,
                item.zero_inputs,
            )
            for item in weights
        ),
    )
    return _folded(table, f"Weights of {plural(len(weights), 'matrix', 'matrices')} in numbers")


def _activations(activations: tuple[Activation, ...]) -> list[Block]:
    if not activations:
        return []
    table = Table(
        id="table-activations",
        title="Activation functions.",
        caption="Shares on the sample: inputs below zero, units that never fire, outputs at a bound of the function.",
        columns=(
            TableColumn("layer", "code"),
            TableColumn("function"),
            TableColumn("units", "integer"),
            TableColumn("inputs below zero", "percent"),
            TableColumn("dead units", "percent"),
            TableColumn("saturated outputs", "percent"),
        ),
        rows=tuple(
            (item.layer, item.function, item.units, _below(item), item.dead, item.saturated) for item in activations
        ),
    )
    return [Group((table,), "fold", title=f"Activations of {plural(len(activations), 'layer')} in numbers")]


def _below(item: Activation) -> float | None:
    total = item.counts.sum()
    middles = (item.edges[:-1] + item.edges[1:]) / 2
    return float(item.counts[middles < 0].sum() / total) if total > 0 else None


def _folded(table: Table, title: str) -> list[Block]:
    return [table] if len(table.rows) <= _MOST_ROWS else [Group((table,), "fold", title=title)]
