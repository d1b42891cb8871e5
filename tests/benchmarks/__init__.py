"""Measurements: `python -m tests.benchmarks` prints each as a ratio, both sides taken in turn in one run."""
