"""Why the model says what it says, where the model itself can tell: coefficients and importances."""

from __future__ import annotations

from reportgen.document import Block
from reportgen.errors import NotApplicable
from reportgen.results import Run
from reportgen.sections import Gallery

TITLE = "Explanation"
ORDER = 70


def compose(run: Run, gallery: Gallery) -> list[Block]:
    if run.fitted is None or not (run.fitted.coefficients or run.fitted.importances):
        raise NotApplicable("the model has neither coefficients nor importances")
    return gallery.take("coefficients", "importances")
