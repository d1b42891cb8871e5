"""Run -> Evidence and back: what a report carries so that every number in it can be computed again.

`gathering` writes and `restoring` reads, side by side, so that what an audit rests on is what a run left.
"""

from reportgen.evidence.gathering import gathered
from reportgen.evidence.restoring import restored

__all__ = ["gathered", "restored"]
