"""What was trained: layers and parameters, or the estimator and its settings."""

from __future__ import annotations

from reportgen.document import Block, Group, Table, TableColumn, para, strong
from reportgen.errors import NotApplicable
from reportgen.results import Fitted, Layer, Run
from reportgen.sections import Gallery
from reportgen.text import count, shorten

TITLE = "Model"
ORDER = 40


def compose(run: Run, gallery: Gallery) -> list[Block]:
    if run.fitted is None:
        raise NotApplicable("nothing was trained")
    fitted = run.fitted
    blocks: list[Block] = [_sentence(fitted)]
    blocks += gallery.take("architecture")
    if fitted.layers:
        blocks.append(_layers(fitted.layers))
    if fitted.settings:
        blocks.append(Group((_settings(fitted),), "fold", title=f"All {len(fitted.settings)} settings"))
    return blocks


def _sentence(fitted: Fitted) -> Block:
    size = f" with {count(fitted.parameters)} parameters" if fitted.parameters is not None else ""
    what = f" It minimises {_loss(fitted.loss_name)}." if fitted.loss_name else ""
    where = f" Backend: {fitted.backend}." if fitted.backend else ""
    return para(strong(f"{fitted.title[:1].upper()}{fitted.title[1:]}{size}."), what, where)


def _loss(name: str) -> str:
    return name.replace("_", " ").replace("crossentropy", "cross-entropy")


def _layers(layers: tuple[Layer, ...]) -> Table:
    return Table(
        id="table-layers",
        title="Layers.",
        caption="Output shapes without the batch axis.",
        columns=(
            TableColumn("layer", "code"),
            TableColumn("kind"),
            TableColumn("output shape"),
            TableColumn("activation"),
            TableColumn("parameters", "integer"),
        ),
        rows=tuple(
            (layer.name, layer.kind, _shape(layer), layer.activation or "–", layer.parameters) for layer in layers
        ),
    )


def _shape(layer: Layer) -> str:
    return " × ".join("any" if size is None else str(size) for size in layer.output_shape) or "–"


def _settings(fitted: Fitted) -> Table:
    return Table(
        id="table-settings",
        title="Settings.",
        columns=(TableColumn("setting", "code"), TableColumn("value", "code")),
        rows=tuple((name, shorten(value)) for name, value in sorted(fitted.settings.items())),
    )
