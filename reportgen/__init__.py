"""One YAML file in, one report out.

    import reportgen

    report = reportgen.run("experiment.yaml")
    report.save("report.html")

    reportgen.report(y_true, y_pred, y_score).save("report.pdf")

Names are resolved on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reportgen.api import Report, evaluate, read, report, run
    from reportgen.errors import ReportgenError

__all__ = ["Report", "ReportgenError", "evaluate", "read", "report", "run"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'reportgen' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module("reportgen.errors" if name == "ReportgenError" else "reportgen.api"), name)


def __dir__() -> list[str]:
    return [*__all__, "__doc__"]
