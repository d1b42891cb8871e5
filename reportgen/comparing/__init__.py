"""Several reports side by side: what differs between the experiments, and which difference of the results is real.

Works from the evidence that reports carry: no data are opened, no model is loaded, nothing is trained.
"""

from __future__ import annotations

from reportgen.comparing.composing import compare, compare_documents

__all__ = ["compare", "compare_documents"]
