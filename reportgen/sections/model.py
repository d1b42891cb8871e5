"""What was trained: layers and parameters, or the estimator and its settings."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from reportgen.document import Block, Cell, Group, Table, TableColumn, Text, code, link, para, strong
from reportgen.errors import NotApplicable
from reportgen.fitted import Fitted, Layer
from reportgen.results import Run
from reportgen.sections import Gallery
from reportgen.text import count, listing, one_line, plural, shorten

TITLE = "Model"
ORDER = 40
_MOST_LAYERS = 12  # rows of the table, beyond which it is folded


def compose(run: Run, gallery: Gallery) -> list[Block]:
    if run.fitted is None:
        raise NotApplicable("there is no model here")
    fitted = run.fitted
    blocks: list[Block] = [_sentence(fitted)]
    blocks += _pipeline(run)
    blocks += gallery.take("architecture")
    if fitted.layers:
        blocks += _layers(fitted.layers)
    if fitted.settings:
        blocks.append(Group((_settings(fitted),), "fold", title=f"All {len(fitted.settings)} settings"))
    return blocks


def _sentence(fitted: Fitted) -> Block:
    size = f" with {count(fitted.parameters)} parameters" if fitted.parameters is not None else ""
    frozen = sum(layer.parameters - layer.trainable for layer in fitted.layers) if _knows_trainable(fitted) else 0
    held = f" {plural(frozen, 'of them is', 'of them are')} not trained." if frozen else ""
    what = f" It minimises {_loss(fitted.loss_name)}." if fitted.loss_name else ""
    where = f" Backend: {fitted.backend}." if fitted.backend else ""
    return para(strong(f"{fitted.title[:1].upper()}{fitted.title[1:]}{size}."), held, what, where)


def _knows_trainable(fitted: Fitted) -> bool:
    return any(layer.trainable for layer in fitted.layers)


def _loss(name: str) -> str:
    return name.replace("_", " ").replace("crossentropy", "cross-entropy")


def _pipeline(run: Run) -> list[Text]:
    """What goes into an estimator, and which of its parameters the experiment file sets."""
    if run.splits is None or run.fitted is None or run.fitted.kind != "sklearn":
        return []
    params = getattr(run.spec.model, "params", {})
    told = listing((f"{one_line(name, 40)} = {one_line(value, 40)}" for name, value in params.items()), most=8)
    features = plural(len(run.splits.feature_names), "prepared feature")
    steps = ("It reads ", f"{features}; ", link("Preparation", "#preparation"), " tells how each is made. ")
    if not told:
        return [para(*steps, "All its parameters are those that scikit-learn sets.")]
    return [para(*steps, "The experiment file sets ", code(told), "; the other parameters are scikit-learn's own.")]


def _layers(layers: tuple[Layer, ...]) -> list[Block]:
    branched = any(layer.inputs and layer.inputs != (before.name,) for before, layer in pairwise(layers))
    frozen = any(layer.trainable for layer in layers) and any(layer.parameters != layer.trainable for layer in layers)
    table = Table(
        id="table-layers",
        title="Layers.",
        caption="Output shapes without the batch axis.",
        columns=(
            TableColumn("layer", "code"),
            TableColumn("kind"),
            TableColumn("output shape"),
            TableColumn("activation"),
            TableColumn("parameters", "integer"),
            *([TableColumn("trained", "integer", narrow=False)] if frozen else []),
            *([TableColumn("reads", narrow=False)] if branched else []),
            *([TableColumn("holds", narrow=False)] if any(layer.detail for layer in layers) else []),
        ),
        rows=tuple(_row(layer, layers, frozen, branched) for layer in layers),
    )
    if len(layers) <= _MOST_LAYERS:
        return [table]
    return [Group((table,), "fold", title=f"All {plural(len(layers), 'layer')}")]


def _row(layer: Layer, layers: Sequence[Layer], frozen: bool, branched: bool) -> tuple[Cell, ...]:
    found: list[Cell] = [layer.name, layer.kind, _shape(layer), layer.activation or "–", layer.parameters]
    if frozen:
        found.append(layer.trainable)
    if branched:
        found.append(listing(layer.inputs, most=4) or "–")
    if any(other.detail for other in layers):
        found.append(layer.detail.replace(" x ", " × ") or "–")
    return tuple(found)


def _shape(layer: Layer) -> str:
    return " × ".join("any" if size is None else str(size) for size in layer.output_shape) or "–"


def _settings(fitted: Fitted) -> Table:
    return Table(
        id="table-settings",
        title="Settings.",
        columns=(TableColumn("setting", "code"), TableColumn("value", "code")),
        rows=tuple((name, shorten(value)) for name, value in sorted(fitted.settings.items())),
    )
