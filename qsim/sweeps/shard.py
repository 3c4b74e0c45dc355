"""A share of a sweep, for batch systems that start one job for each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from qsim.errors import ParameterError
from qsim.sweeps.plan import Plan, PlannedRun

_WRITTEN = re.compile(r"\s*(\d{1,6})\s*/\s*(\d{1,6})\s*\Z")


@dataclass(frozen=True, slots=True)
class Shard:
    """One of several shares of about the same size.

    Attributes:
        number: which one, from 1.
        of: how many there are.
    """

    number: int = 1
    of: int = 1

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read a share written as ``2/8``.

        Raises:
            ParameterError: it is not written so, or there is no such share.

        Example:
            >>> Shard.parse("2/8")
            Shard(number=2, of=8)
        """
        match = _WRITTEN.match(text)
        if match is None or not 1 <= int(match[1]) <= int(match[2]):
            raise ParameterError(f"a shard is written i/n with i from 1 to n, as in 2/8; got {text!r}")
        return cls(int(match[1]), int(match[2]))

    def of_plan(self, plan: Plan, runs: Iterable[PlannedRun]) -> list[PlannedRun]:
        """Those of some runs that belong to this share.

        With a stopping rule a share has whole points, because the rule looks at all replicates of a point.
        """
        if plan.until is not None:
            return [run for run in runs if run.point.index % self.of == self.number - 1]
        places = {run.key: place for place, run in enumerate(plan.runs)}
        return [run for run in runs if places[run.key] % self.of == self.number - 1]
