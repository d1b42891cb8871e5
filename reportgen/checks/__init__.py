"""Checks: a decorated function is a check, a file a topic.

A check looks at a `Run`, compares one number with its threshold, and says what it found in a sentence:

    @check(
        group="rows", severity="notice", threshold=1000, unit="rows", title="Size of the table",
        meaning="What is learnt from few rows holds for few others.", remedy="Collect more rows.",
    )
    def few_rows(run: Run, threshold: float) -> Verdict:
        "Fewer rows than the threshold."
        n = run.dataset.n_rows
        return failed(f"There are only {n} rows", n) if n < threshold else passed(f"There are {n} rows", n)

Where it has nothing to look at it raises NotApplicable with the reason. On data without a defect it stays silent.
"""

from reportgen.checks._check import Check, Verdict, check, failed, passed
from reportgen.checks._running import rank, run_checks

__all__ = ["Check", "Verdict", "check", "failed", "passed", "rank", "run_checks"]
