"""Runs of the metropolitan network, and the published files to compare them with."""

from __future__ import annotations

import csv
import hashlib
import math
import multiprocessing
import os
import statistics
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

from _harness import EXAMPLES
from _published import Rate

from qsim.model.rows import FlowRow, MemoryRow
from qsim.results import Result

ALLOCATIONS = ("even", "weighted")
Flow = tuple[str, str, int, int, int, float, int]


class Run(NamedTuple):
    """What is looked at of one run."""

    flows: tuple[FlowRow, ...]
    memories: tuple[MemoryRow, ...]
    cpu_s: float

    @classmethod
    def of(cls, result: Result) -> Run:
        """Take it from a result."""
        return cls(result.flows, result.memories, result.cpu_s)

    def aggregate(self, seconds: float) -> float:
        """Pairs per second of the whole network."""
        return sum(flow.pairs for flow in self.flows) / seconds


Runs = dict[tuple[str, int], Run]


def simulate(case: tuple[str, int], seconds: float, folder: Path | None) -> Run:
    """Run one allocation and seed, or read the run from the folder when it is there already."""
    from qsim.scenario import load

    allocation, seed = case
    kept = folder / f"{allocation}-{seed}" if folder else None
    if kept is not None and kept.exists():
        return Run.of(Result.load(kept))
    scenario = load(EXAMPLES / f"metro_{allocation}.yaml", overrides=[f"run.duration={seconds} s"])
    result = scenario.run(seed=seed)
    if kept is not None:
        result.save(kept)
    return Run.of(result)


def simulate_all(seeds: Sequence[int], seconds: float, workers: int, folder: Path | None) -> Runs:
    """Run all allocations and seeds in several processes."""
    cases = [(allocation, seed) for seed in seeds for allocation in ALLOCATIONS]
    work = partial(simulate, seconds=seconds, folder=folder)
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        return dict(zip(cases, pool.map(work, cases), strict=True))


def listed(rows: Iterable[FlowRow]) -> list[Flow]:
    """Served flows as the published files have them, times in picoseconds."""
    return [
        (
            row.initiator,
            row.responder,
            round(row.start_s * 10**12),
            round(row.end_s * 10**12),
            row.memories,
            row.target_fidelity,
            round(row.wait_s * 10**12),
        )
        for row in rows
    ]


def digest(flows: list[Flow]) -> str:
    """A few characters that stand for a list of flows."""
    return hashlib.blake2b(repr(flows).encode(), digest_size=12).hexdigest()


class Reference(NamedTuple):
    """A published file: its flows, and the pairs that each delivered."""

    flows: list[Flow]
    pairs: list[float]


def reference(case: tuple[str, int]) -> Reference | None:
    """The published file of a run, when there is one."""
    folder = os.environ.get("QSIM_REFERENCE_DATA")
    file = Path(folder or "", "sequence-2020", f"{case[0]}-{case[1]}.csv")
    if not folder or not file.exists():
        return None
    with file.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    flows = [
        (
            row["Initiator"],
            row["Responder"],
            int(float(row["Start_time"])),
            int(float(row["End_time"])),
            int(row["Memory_size"]),
            float(row["Fidelity"]),
            int(float(row["Wait_time"])),
        )
        for row in rows
    ]
    pairs = [
        float(row["Throughput"]) * (float(row["End_time"]) - float(row["Start_time"])) / 1e12 for row in rows
    ]
    return Reference(flows, pairs)


def per_memory(flow: FlowRow) -> float:
    """Pairs per second of the window and reserved memory."""
    return flow.pairs / (flow.end_s - flow.start_s) / flow.memories


def pooled_rate(flows: Sequence[FlowRow]) -> Rate:
    """Pairs of some flows over their reserved memory-time; the error is from the flows' scatter."""
    times = [(flow.end_s - flow.start_s) * flow.memories for flow in flows]
    rate = sum(flow.pairs for flow in flows) / sum(times)
    squares = sum((flow.pairs - rate * time) ** 2 for flow, time in zip(flows, times, strict=True))
    count = len(flows)
    error = math.sqrt(squares * count / (count - 1)) / sum(times) if count > 1 else math.nan
    return Rate(rate, error, count)


def mean_rate(flows: Sequence[FlowRow]) -> Rate:
    """Mean rate per memory of some flows."""
    rates = [per_memory(flow) for flow in flows]
    error = statistics.stdev(rates) / math.sqrt(len(rates)) if len(rates) > 1 else math.nan
    return Rate(statistics.fmean(rates), error, len(rates))
