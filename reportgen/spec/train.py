"""The block `train`: how a network is trained."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reportgen.spec.record import Keras, Name, Record


class EarlyStopping(Record):
    """Stop when the validation loss has not improved for `patience` epochs; the best weights are kept."""

    patience: Annotated[int, Field(ge=1, le=1_000_000, description="Epochs without improvement.")] = 10
    min_delta: Annotated[
        float, Field(ge=0.0, description="The smallest change of the loss that counts as improvement.")
    ] = 0.0


class Train(Record):
    """How a network is trained."""

    epochs: Annotated[int, Field(ge=1, le=1_000_000, description="Passes over the training rows.")] = 100
    batch_size: Annotated[int, Field(ge=1, le=100_000_000, description="Rows a step.")] = 32
    optimizer: Annotated[
        Keras, Field(description="By its Keras name, such as adam or {SGD: {momentum: 0.9, nesterov: true}}.")
    ] = "adam"
    learning_rate: Annotated[
        Annotated[float, Field(gt=0.0, le=100.0)] | Keras,
        Field(description="The optimiser's step size, or a schedule by its Keras name."),
    ] = 0.001
    loss: Annotated[
        Keras,
        Field(description="By its Keras name; auto: cross-entropy for classes, mean squared error for numbers."),
    ] = "auto"
    class_weights: Annotated[
        Literal["none", "balanced"] | dict[Name, Annotated[float, Field(gt=0.0)]],
        Field(description="What a row of each class counts in the loss; balanced: rows over classes times members."),
    ] = "none"
    early_stopping: Annotated[EarlyStopping | None, Field(description="Stop when validation no longer improves.")] = (
        None
    )
    callbacks: Annotated[
        tuple[Keras, ...],
        Field(description="Callbacks by their Keras names, such as {ReduceLROnPlateau: {patience: 5}}."),
    ] = ()
    initial_weights: Annotated[
        Name | None, Field(description="A .npz file of weights to start from, as train.save_weights writes it.")
    ] = None
    save_weights: Annotated[Name | None, Field(description="Where to write the weights that predict, a .npz file.")] = (
        None
    )
    tensorboard: Annotated[
        Name | None, Field(description="A folder to write event files to that TensorBoard opens.")
    ] = None
