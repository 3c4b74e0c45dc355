"""What is said of a fault that may live, and reasons that are given for several."""

from __future__ import annotations

from typing import NamedTuple


class Judged(NamedTuple):
    """A fault that may live.

    Attributes:
        module: its short name, as in `modules.py`.
        line: the text of the line; the fault is the same in all lines alike.
        fault: what is done to it.
        why: "equivalent" where nobody can tell the two apart, "harmless" where it does not matter; and why.
        nth: which one of the faults that read alike in the line, from 0 on.
    """

    module: str
    line: str
    fault: str
    why: str
    nth: int = 0


ODDS = "harmless: differs for one number of 2^53"
TRUTH = "equivalent: only its truth is asked for"
