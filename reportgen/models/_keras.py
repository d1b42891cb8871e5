"""Keras, imported short and quietly."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import sys
import threading
from collections.abc import Iterator

from reportgen.errors import OutputError

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
logging.getLogger("jax._src.xla_bridge").setLevel(logging.ERROR)


@contextlib.contextmanager
def _light_import() -> Iterator[None]:
    """Import Keras without what it would only load for its own wrappers, and without collecting garbage meanwhile.

    Keras takes scikit-learn, matplotlib and pandas where it finds them, and does without where it does not: together
    they are half of its import time. They are out of sight only where no other thread could want them. Nor is Keras to
    read and write its settings file in the home folder: results would depend on it.
    """
    alone = threading.active_count() == 1
    hidden = [name for name in ("matplotlib", "pandas", "sklearn") if alone and name not in sys.modules]
    collecting, no_home = gc.isenabled(), "KERAS_HOME" not in os.environ
    gc.disable()
    os.environ.setdefault("KERAS_HOME", os.devnull)
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
        if no_home:
            del os.environ["KERAS_HOME"]
        if collecting:
            gc.enable()
        gc.freeze()


try:
    with _light_import():
        import keras as keras
except (ImportError, ValueError) as error:
    name = os.environ["KERAS_BACKEND"]
    raise OutputError(
        f"the network backend {name} cannot be loaded: {error}",
        fix=f"pip install 'reportgen[{name}]', or unset KERAS_BACKEND" if name != "jax" else "pip install jax",
    ) from error

ON_JAX = keras.config.backend() == "jax"
