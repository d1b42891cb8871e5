"""The tables that scikit-learn carries with it: breast_cancer, diabetes, digits, iris and wine."""

from __future__ import annotations

import hashlib

import numpy as np
import pyarrow as pa
from sklearn import datasets

from reportgen.dataset import Source
from reportgen.loaders._raw import Raw
from reportgen.source import Location
from reportgen.spec import Data

#: Of the diabetes table scikit-learn gives standardised values unless asked for what was measured.
_OPTIONS = {"diabetes": {"scaled": False}}


def read(location: Location, _data: Data) -> Raw:
    """The features and, as the column `target`, the class names or the number to predict.

    The SHA-256 is that of the column names, one a line, then of the features as little-endian float64 row by row,
    then of the targets, one a line.
    """
    name = location.name.removeprefix("sklearn:")
    bunch = getattr(datasets, f"load_{name}")(**_OPTIONS.get(name, {}))
    names = [str(name) for name in bunch.feature_names]
    values = np.ascontiguousarray(bunch.data, "<f8")
    classes = bunch.get("target_names")
    target = bunch.target if classes is None else np.asarray(classes)[bunch.target]
    written = "\n".join(map(str, target.tolist()))
    digest = hashlib.sha256("\n".join([*names, "target", ""]).encode() + values.tobytes() + written.encode())
    source = Source(location.name, "sklearn", values.nbytes + len(written), digest.hexdigest())
    columns = {name: pa.array(values[:, position]) for position, name in enumerate(names)}
    shown = (
        target.tolist() if classes is None or np.issubdtype(target.dtype, np.number) else [str(name) for name in target]
    )
    return Raw(pa.table({**columns, "target": pa.array(shown)}), source)
