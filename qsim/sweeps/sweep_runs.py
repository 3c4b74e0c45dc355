"""The runs of a sweep: where each stands, and what became of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from qsim.model.outcome import finite
from qsim.results.result import Result
from qsim.versions import versions

#: A value of a varied parameter: a number in its SI unit, a truth value, or a word.
Value = float | int | str | bool


@dataclass(frozen=True, slots=True)
class SweptParameter:
    """One parameter that a sweep varies.

    Attributes:
        path: its key path in the scenario, also the name of its column; or "label" for the names of listed
            points.
        unit: SI unit of its numbers; "1" for pure numbers, None for text and truth values.
        doc: its meaning, without a full stop.
    """

    path: str
    unit: str | None
    doc: str


@dataclass(frozen=True, slots=True)
class PlacedRun:
    """One run of a sweep, with its place in it.

    Attributes:
        point: number of its point in the plan.
        replicate: 0, 1, ...; runs of one replicate share their seed at all points (common random numbers).
        values: the value of every varied parameter, by path.
        seed: root seed.
    """

    point: int
    replicate: int
    values: Mapping[str, Value]
    seed: int


@dataclass(frozen=True, slots=True)
class SweepRun(PlacedRun):
    """One finished run of a sweep, with its `result`."""

    result: Result


@dataclass(frozen=True, slots=True)
class FailedRun(PlacedRun):
    """One run of a sweep that ended in an error.

    Attributes:
        error: what was wrong, one line.
        traceback: where in the code it happened.
    """

    error: str
    traceback: str


@dataclass(frozen=True, slots=True)
class SweepOutcome:
    """What a sweep leaves behind.

    Attributes:
        name: the scenario's name.
        parameters: what was varied, in the order of the columns.
        runs: the finished runs, by point, then by replicate.
        failures: the runs that ended in an error, in the same order.
        planned: runs that the plan asked for.
        document: the document of the scenario at the first point.
        versions: the software that made the result.
        interrupted: whether the sweep was stopped before its end.
    """

    name: str
    parameters: tuple[SweptParameter, ...]
    runs: tuple[SweepRun, ...]
    failures: tuple[FailedRun, ...] = ()
    planned: int = 0
    document: Mapping[str, Any] = field(default_factory=dict, repr=False)
    versions: Mapping[str, str] = field(default_factory=versions, compare=False, repr=False)
    interrupted: bool = False

    @property
    def points(self) -> dict[int, Mapping[str, Value]]:
        """The values of the varied parameters at each point that has been tried, by its number."""
        tried = {run.point: run.values for run in self.runs}
        tried |= {run.point: run.values for run in self.failures}
        return dict(sorted(tried.items()))

    @property
    def fingerprint(self) -> str:
        """Digest of everything but timings, versions, tracebacks, interruptions; 32 hexadecimal characters.

        Two sweeps with one fingerprint made the same runs and agree in every figure, however the runs were
        spread over processes.
        """
        kept = {
            "name": self.name,
            "parameters": [[known.path, known.unit, known.doc] for known in self.parameters],
            "runs": [
                [run.point, run.replicate, dict(run.values), run.seed, run.result.fingerprint]
                for run in self.runs
            ],
            "failures": [
                [run.point, run.replicate, dict(run.values), run.seed, run.error] for run in self.failures
            ],
            "planned": self.planned,
            "document": self.document,
        }
        text = json.dumps(finite(kept), sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
