"""From what varies to a list of runs and its shares, with every point checked before anything runs."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qsim import limits
from qsim.documents.faults import Faults, Place, fail
from qsim.documents.overrides import apply_values
from qsim.documents.tree import Node
from qsim.errors import LimitError, ParameterError, ScenarioError, nearest
from qsim.model.sweep_spec import LABEL, SweepSpec, UntilSpec, number_of_points, paths
from qsim.results.run_metrics import KEY_METRICS, RUN_METRICS
from qsim.scenario.scenario_assembly import assemble
from qsim.sweeps.sweep_runs import SweptParameter, Value
from qsim.sweeps.swept_paths import SweptPath, describe, sampled
from qsim.versions import versions

if TYPE_CHECKING:
    from qsim.scenario.scenario import Scenario

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


_SEED = "the seed is not varied as a parameter: replicate r has the seed run.seed + r"


@dataclass(frozen=True, slots=True)
class Point:
    """One combination of values.

    Attributes:
        index: its number in the plan.
        values: by key path, numbers in SI.
        document: the canonical scenario at this point, as JSON; its seed is that of replicate 0.
    """

    index: int
    values: Mapping[str, Value]
    document: str


@dataclass(frozen=True, slots=True)
class PlannedRun:
    """One run: a point and a replicate.

    Attributes:
        point: the point.
        replicate: number of the replicate, from 0.
        seed: root seed, that of replicate 0 plus `replicate`.
        key: 32 hexadecimal characters that differ as soon as the scenario, the values, the replicate, the
            seed or the version of qsim do.
        events: most events that it may be expected to have, by the limit of who planned it.
    """

    point: Point
    replicate: int
    seed: int
    key: str
    events: int = field(default_factory=lambda: limits.current().events, compare=False)

    @property
    def place(self) -> dict[str, Any]:
        """Its place in the sweep as plain data: key, values, replicate and seed."""
        values = dict(self.point.values)
        return {"key": self.key, "values": values, "replicate": self.replicate, "seed": self.seed}


@dataclass(frozen=True, slots=True)
class Plan:
    """All runs that a sweep may need.

    Attributes:
        name: of the scenario.
        parameters: what varies, in the order of the columns.
        runs: by point, then by replicate; with a stopping rule, all that there can be.
        document: of the scenario at the first point.
        until: the stopping rule.
    """

    name: str
    parameters: tuple[SweptParameter, ...]
    runs: tuple[PlannedRun, ...]
    document: Mapping[str, Any]
    until: UntilSpec | None = None

    def by_point(self) -> list[tuple[PlannedRun, ...]]:
        """The runs of each point."""
        groups = itertools.groupby(self.runs, key=lambda run: run.point.index)
        return [tuple(runs) for _, runs in groups]

    def to_dict(self) -> dict[str, Any]:
        """The plan as plain data; `from_dict` reads it."""
        points = {run.point.index: run.point for run in self.runs}
        return {
            "name": self.name,
            "parameters": [dataclasses.asdict(parameter) for parameter in self.parameters],
            "points": [dict(point.values) for point in points.values()],
            "runs": [[run.point.index, run.replicate, run.seed, run.key] for run in self.runs],
            "until": None if self.until is None else dataclasses.asdict(self.until),
            "document": self.document,
        }

    @classmethod
    def from_dict(cls, said: Mapping[str, Any]) -> Plan:
        """The plan of plain data; its points know their values and no longer their documents.

        Raises:
            KeyError, TypeError, ValueError, IndexError: the data are those of no plan.
        """
        points = [Point(index, dict(values), "") for index, values in enumerate(said["points"])]
        return cls(
            name=said["name"],
            parameters=tuple(SweptParameter(**parameter) for parameter in said["parameters"]),
            runs=tuple(_stored_run(points, *run) for run in said["runs"]),
            document=said["document"],
            until=None if said["until"] is None else UntilSpec(**said["until"]),
        )


def _stored_run(points: Sequence[Point], point: int, replicate: int, seed: int, key: str) -> PlannedRun:
    if not isinstance(key, str) or any(type(number) is not int for number in (point, replicate, seed)):
        raise TypeError("a run is a point, a replicate, a seed and a key")
    return PlannedRun(points[point], replicate, seed, key)


def make_plan(root: Node, spec: SweepSpec, source: str, base: Path | None) -> Plan:
    """Plan a sweep.

    Args:
        root, source, base: as in `assemble`; the document's own section ``sweep`` is not looked at.
        spec: what varies.

    Raises:
        ScenarioError: with every fault of every point.
    """
    plain = root.within({key: entry for key, entry in root.items.items() if key != "sweep"})
    place = Place(source, ("sweep",))
    replicates = spec.replicates if spec.until is None else spec.until.at_most
    try:
        limits.current().check(runs=number_of_points(spec) * replicates)
        given, parameters = _given(plain, spec)
        if spec.until is not None:
            check_metric(spec.until.metric)
    except (LimitError, ParameterError) as error:
        raise fail(place, str(error)) from None
    runs: list[PlannedRun] = []
    faults: dict[str, None] = {}
    first: Scenario | None = None
    for index, values in enumerate(given):
        try:
            scenario = _scenario_at(plain, values, source, base)
        except ScenarioError as error:
            faults.update(dict.fromkeys(error.lines))
            continue
        first = first or scenario
        if scenario.run_spec.seed != first.run_spec.seed:
            faults[f"{source}: sweep: {_SEED}"] = None
            continue
        shown = {about.path: about.shown(values[about.path]) for about in parameters}
        point = Point(index, shown, canonical(scenario.document))
        runs += _runs(point, scenario.run_spec.seed, replicates)
    if first is None or faults:
        raise ScenarioError(faults)
    swept = tuple(SweptParameter(about.path, about.unit, about.doc) for about in parameters)
    return Plan(first.name, swept, tuple(runs), first.document, spec.until)


def check_metric(name: str) -> None:
    """Refuse the name of a metric that no run has.

    Raises:
        ParameterError: there is no such metric. What applications measure (``APPLICATION: QUANTITY``) shows
            only when they have run, and is not refused.
    """
    known = {**RUN_METRICS, **KEY_METRICS}
    if name not in known and ": " not in name:
        raise ParameterError(f"a run has no metric '{name}'{nearest(name, known)}")


def canonical(document: Mapping[str, Any]) -> str:
    """A document as JSON. Its entries keep their order: that of the nodes decides on random streams."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _scenario_at(plain: Node, values: Mapping[str, Any], source: str, base: Path | None) -> Scenario:
    faults = Faults()
    assigned = {path: value for path, value in values.items() if path != LABEL}
    return assemble(apply_values(plain, assigned, faults), source, base, faults)


def _given(plain: Node, spec: SweepSpec) -> tuple[list[dict[str, Any]], tuple[SweptPath, ...]]:
    """The values of all points as they were given, and what is known of their key paths."""
    named = paths(spec)
    if "run.seed" in named:
        raise ParameterError(_SEED)
    parts = [
        [dict(point) for point in spec.list] or [{}],
        [dict(zip(spec.grid, row, strict=True)) for row in itertools.product(*spec.grid.values())],
        [dict(zip(spec.zip, row, strict=True)) for row in zip(*spec.zip.values(), strict=True)] or [{}],
    ]
    first = {path: value for part in parts for path, value in part[0].items() if path != LABEL}
    # Units come from the kinds that the first point has.
    root = apply_values(plain, first, Faults())
    label = SweptPath(LABEL, None, "name of the point")
    known = {path: label if path == LABEL else describe(path, root) for path in named}
    if spec.sample is not None:
        parts.append(sampled(spec.sample, known))
    given = [
        {path: value for part in combination for path, value in part.items()}
        for combination in itertools.product(*parts)
    ]
    return given, tuple(known.values())


def _runs(point: Point, seed: int, replicates: int) -> Iterator[PlannedRun]:
    # The seed in the document is that of replicate 0; a run's own is told beside it.
    values = dict(sorted(point.values.items()))
    common = canonical({"document": point.document, "values": values, "qsim": versions()["qsim"]})
    begun = hashlib.blake2b(common.encode(), digest_size=16)
    for replicate in range(replicates):
        digest = begun.copy()
        digest.update(f" {replicate} {seed + replicate}".encode())
        yield PlannedRun(point, replicate, seed + replicate, digest.hexdigest())
