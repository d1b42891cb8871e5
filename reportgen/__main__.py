"""`python -m reportgen`."""

from reportgen.cli import script

script()
