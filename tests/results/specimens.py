"""Results made by hand, for the tests of everything that shows or stores results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qsim.model.rows import FlowRow, LinkRow, MemoryRow, MetricRow, PairRow, Stall
from qsim.results import Result
from qsim.sweeps import SweepResult, SweepRun, SweptParameter


def flow(path: tuple[str, ...] = ("a", "b"), **fields: Any) -> FlowRow:
    """A flow along a path; 20 pairs in 10 s unless said otherwise."""
    defaults: dict[str, Any] = {
        "start_s": 1.5,
        "end_s": 11.5,
        "memories": 10,
        "target_fidelity": 0.8,
        "wait_s": 0.5,
        "pairs": 20,
        "throughput_hz": 2.0,
        "fidelity_mean": 0.925,
        "latency_mean_s": 0.5,
        "status": "completed",
    }
    return FlowRow(path[0], path[-1], path, **{**defaults, **fields})


def result(**fields: Any) -> Result:
    """A small result with something in every table."""
    defaults: dict[str, Any] = {
        "name": "Three nodes",
        "seed": 7,
        "simulated_s": 100.0,
        "wall_s": 0.25,
        "cpu_s": 0.2,
        "setup_s": 0.01,
        "events": 1234,
        "flows": (
            flow(),
            flow(("a", "b", "c"), pairs=0, throughput_hz=0.0, fidelity_mean=None, latency_mean_s=None),
        ),
        "unfinished": (flow(("c", "b"), status="open", start_s=95.0, end_s=105.0),),
        "rejected": 3,
        "links": (
            LinkRow("a--b", "a", "b", 20_000.0, 1000, 250, 0.004, 0.25, 0.99),
            LinkRow("b--c", "b", "c", 100.0, 0, 0, None, 0.5, 0.99),
        ),
        "memories": (MemoryRow("a", 10, 0.1, 0.01, 0), MemoryRow("b", 20, 0.125, 0.02, 4)),
        "pairs": (PairRow(0, 1.75, 0.93, 1e-4), PairRow(0, 2.0, 0.92, 2e-4)),
        "stalls": (Stall(99.5, "c", "a", "every memory of b holds a pair of another request"),),
        "metrics": (MetricRow("teleportation", "latency", "s", 12, 0.0025, 1e-4),),
        "document": {
            "run": {"duration": 100.0, "seed": 7},
            "nodes": ["a", "b", "c"],
            "links": [{"length": "20 km"}],
        },
    }
    return Result(**{**defaults, **fields})


EFFICIENCY, LENGTH = "defaults.memory.efficiency", "links[0].length"
PARAMETERS = (
    SweptParameter(EFFICIENCY, "1", "chance that a memory emits"),
    SweptParameter(LENGTH, "m", "length of fibre between the two nodes"),
)


def sweep(**fields: Any) -> SweepResult:
    """A grid of two efficiencies and two lengths with three replicates.

    The pairs of the first flow are 100 for the second efficiency, 10 for the second length, and one for each
    replicate, beside 20.
    """
    efficiencies, lengths = (0.25, 0.5), (10_000.0, 20_000.0)
    places = [{EFFICIENCY: one, LENGTH: other} for one in efficiencies for other in lengths]
    runs = []
    for point, values in enumerate(places):
        for replicate in range(3):
            pairs = 20 + 100 * (point // 2) + 10 * (point % 2) + replicate
            run = result(seed=7 + replicate, flows=(flow(pairs=pairs), flow(("a", "b", "c"))))
            runs.append(SweepRun(point, replicate, values, 7 + replicate, run))
    defaults: dict[str, Any] = {
        "name": "Three nodes",
        "parameters": PARAMETERS,
        "runs": tuple(runs),
        "failures": (),
        "planned": 12,
        "document": {"run": {"duration": 100.0, "seed": 7}},
    }
    return SweepResult(**{**defaults, **fields})


def sweep_of(figures: Mapping[str, Sequence[float | None]], path: str = "x") -> SweepResult:
    """A sweep over one text parameter whose runs have the mean fidelities given for each of its values."""
    runs = tuple(
        SweepRun(
            point,
            replicate,
            {path: value},
            replicate,
            result(seed=replicate, flows=(flow(fidelity_mean=fidelity),), unfinished=()),
        )
        for point, (value, fidelities) in enumerate(figures.items())
        for replicate, fidelity in enumerate(fidelities)
    )
    return SweepResult("one parameter", (SweptParameter(path, None, "what is varied"),), runs)
