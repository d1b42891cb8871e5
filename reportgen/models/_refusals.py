"""What Keras finds wrong with a network only when it computes, told as the experiment file's."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from reportgen.errors import NotApplicable, ReportgenError, SpecError
from reportgen.models._layer_arguments import reason

#: Where in Keras it was found, and the key that speaks of that.
_KEYS = {
    "/keras/src/optimizers/": "train.optimizer",
    "/keras/src/losses/": "train.loss",
    "/keras/src/callbacks/": "train.callbacks",
    "/keras/src/initializers/": "model.initializer",
    "/keras/src/regularizers/": "model.regularizer",
    "/keras/": "model",
}


@contextmanager
def refused(kind: str) -> Iterator[None]:
    """Let an error that Keras raised say what it is of; errors of our own and those of the system pass.

    Args:
        kind: of the model; one from a Python file has no other key than `model.path`.

    Raises:
        SpecError: Keras cannot compute the network, or not train it so.
    """
    try:
        yield
    except (ReportgenError, NotApplicable, MemoryError, OSError, RuntimeError):
        raise
    except Exception as error:
        files = [frame.filename.replace("\\", "/") for frame in traceback.extract_tb(error.__traceback__)]
        key = next((key for part, key in _KEYS.items() if any(part in file for file in files)), None)
        if key is None:
            raise
        if key.startswith("model"):
            key = "model.path" if kind == "python" else key
        fix = "change what the key says" if key != "model" else "change its layers or what they take"
        raise SpecError(f"Keras cannot compute the network: {reason(error)}", fix, key=key) from error
