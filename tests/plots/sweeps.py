"""Small sweeps of real runs, put together by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from qsim.scenario import from_document
from qsim.sweeps.sweep_result import SweepResult
from qsim.sweeps.sweep_runs import SweepRun, SweptParameter

DOCUMENT: Mapping[str, Any] = {
    "run": {"duration": "300 ms"},
    "defaults": {"memory": {"count": 2, "t2": "5 ms"}, "detector": {"efficiency": 0.8}},
    "nodes": ["alice", "bob"],
    "links": [{"between": ["alice", "bob"], "length": "20 km"}],
    "protocols": {"purification": "none"},
    "traffic": [{"kind": "request", "initiator": "alice", "responder": "bob", "memories": 2}],
}
LENGTH = SweptParameter("links[0].length", "m", "length of fibre between the two nodes")
EFFICIENCY = SweptParameter("defaults.memory.efficiency", "1", "probability to emit a photon")
SCHEME = SweptParameter("defaults.generation.kind", None, "the entanglement generation protocol")


def sweep(
    points: Mapping[SweptParameter, Sequence[Any]],
    replicates: int = 3,
    *,
    zipped: bool = False,
    told: Sequence[str] = (),
) -> SweepResult:
    """Run every combination of the values (or one value of each together), so many times each.

    Args:
        points: values by parameter.
        replicates: runs of each combination.
        zipped: whether one value of each belongs together.
        told: what all runs are told besides, as overrides.
    """
    columns = list(points.values())
    plan = list(zip(*columns, strict=True)) if zipped else list(product(*columns))
    runs = []
    for point, values in enumerate(plan):
        said = {parameter.path: value for parameter, value in zip(points, values, strict=True)}
        for replicate in range(replicates):
            scenario = from_document(
                DOCUMENT, overrides=[*told, *(f"{path}={value}" for path, value in said.items())]
            )
            runs.append(SweepRun(point, replicate, said, replicate, scenario.run(seed=replicate)))
    return SweepResult("by hand", tuple(points), tuple(runs), planned=len(runs), document=DOCUMENT)
