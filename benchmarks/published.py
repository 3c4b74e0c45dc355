"""The metropolitan network against the published results, figure by figure.

Runs `examples/metro_even.yaml` and `examples/metro_weighted.yaml` for several seeds and compares requests,
throughput, rates over one and more links, and memory use with those of `_published.py`. With the environment
variable QSIM_REFERENCE_DATA naming a folder that has the published files as
`sequence-2020/even-0.csv` and so on, flows are compared one by one as well.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import math
import multiprocessing
import os
import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import _published as published
from _dead_time import tell as tell_dead_time
from _harness import EXAMPLES, Report, number, run
from _published import Rate

from qsim.analytic.generation import negotiated_barrett_kok
from qsim.results import FlowRow, MemoryRow, Result

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


def mean_rate(flows: Sequence[FlowRow]) -> Rate:
    """Mean rate per memory of some flows."""
    rates = [per_memory(flow) for flow in flows]
    error = statistics.stdev(rates) / math.sqrt(len(rates)) if len(rates) > 1 else math.nan
    return Rate(statistics.fmean(rates), error, len(rates))


def fill(report: Report, options: argparse.Namespace) -> None:
    """Run, and compare everything."""
    seeds = [0] if options.quick else parse_seeds(options.seeds)
    seconds = 40.0 if options.quick else 1000.0
    runs = simulate_all(seeds, seconds, options.workers, options.runs)
    flows = [flow for one in runs.values() for flow in one.flows]
    report.say(
        f"""`examples/metro_even.yaml` and `examples/metro_weighted.yaml`, seeds {min(seeds)} to {max(seeds)},
        {number(seconds)} s each; CPU {number(sum(one.cpu_s for one in runs.values()))} s in all. Published
        figures: {published.SOURCE}."""
    )
    _requests(report, runs, seconds)
    _same_flows(report, runs)
    _one_hop(report, flows)
    _more_hops(report, flows)
    _bands(report, flows)
    _reserved(report, runs, seconds)
    if options.photon:
        tell_dead_time(report, options.quick)


def parse_seeds(text: str) -> list[int]:
    """``0-4`` or ``0,3,7`` as a list."""
    first, dash, last = text.partition("-")
    return list(range(int(first), int(last) + 1)) if dash else [int(seed) for seed in text.split(",")]


def _requests(report: Report, runs: Runs, seconds: float) -> None:
    report.say(
        """Requests and aggregate throughput of each run. Flows are *exact* when initiator, responder, start,
        end, memories, fidelity and waiting time of every served flow equal the published ones."""
    )
    rows: list[list[object]] = []
    worst = 0.0
    for (allocation, seed), one in runs.items():
        aggregate = one.aggregate(seconds)
        known = seconds == 1000 and seed < len(published.DIGESTS[allocation])
        wanted = published.AGGREGATE[allocation][seed] if known else None
        if wanted is not None:
            worst = max(worst, abs(aggregate / wanted - 1))
        rows.append(
            [
                f"{allocation} {seed}",
                _exactness((allocation, seed), one.flows) if seconds == 1000 else "",
                len(one.flows),
                published.COMPLETED[allocation][seed] if known else None,
                aggregate,
                wanted,
                f"{100 * (aggregate / wanted - 1):+.2f} %" if wanted else "",
            ]
        )
    report.table(
        ["run", "flows", "completed", "published", "pairs/s", "published pairs/s", "difference"], rows
    )
    if worst:
        report.goal("aggregate throughput, worst seed, away from the published", 100 * worst, 3, "%")
    if seconds == 1000:
        _means(report, runs)


def _exactness(case: tuple[str, int], rows: Sequence[FlowRow]) -> str:
    """Whether the flows of a run are the published ones, by file or by digest."""
    flows, file = listed(rows), reference(case)
    if file is not None:
        wrong = sum(ours != theirs for ours, theirs in zip(flows, file.flows, strict=False))
        wrong += abs(len(flows) - len(file.flows))
        return f"{wrong} differ" if wrong else "exact (file)"
    allocation, seed = case
    if seed < len(published.DIGESTS[allocation]):
        return "exact (digest)" if digest(flows) == published.DIGESTS[allocation][seed] else "DIFFER"
    return "not published here"


def _means(report: Report, runs: Runs) -> None:
    rows: list[list[object]] = []
    for allocation in ALLOCATIONS:
        chosen = [one for (which, _), one in runs.items() if which == allocation]
        completed = [len(one.flows) for one in chosen]
        aggregate = [one.aggregate(1000) for one in chosen]
        for what, values, theirs in (
            ("completed", completed, published.COMPLETED_MEAN[allocation]),
            ("pairs/s", aggregate, published.AGGREGATE_MEAN[allocation]),
        ):
            rows.append([f"{allocation}, {what}", _mean_sd(values), f"{theirs[0]:g} (sd {theirs[1]:g})"])
    report.say(f"Means over {len(runs) // 2} seeds; the published ones are over ten.")
    report.table(["", "mean", "published"], rows)


def _mean_sd(values: Sequence[float]) -> str:
    mean = number(statistics.fmean(values), 5)
    return f"{mean} (sd {number(statistics.stdev(values))})" if len(values) > 1 else mean


def _same_flows(report: Report, runs: Runs) -> None:
    """Pairs of the same flows, ours over the published, by hops and need of purification."""
    sums: dict[tuple[int, str], list[float]] = defaultdict(lambda: [0, 0.0, 0.0])
    for case, one in runs.items():
        file = reference(case)
        if file is None or listed(one.flows) != file.flows:
            continue
        for flow, pairs in zip(one.flows, file.pairs, strict=True):
            hops = len(flow.path) - 1
            group = sums[hops, _need(flow.target_fidelity, hops)]
            for place, value in enumerate((1, flow.pairs, pairs)):
                group[place] += value
    if not sums:
        return
    report.say(
        """The same flows one by one, by what they need: no purification, purification on the links that is due
        after swaps, or of fresh pairs. The error is that of two Poisson counts; flows in lock-step scatter
        more."""
    )
    report.table(
        ["hops", "needs", "flows", "pairs", "published pairs", "ratio", "error"],
        [
            [hops, need, int(flows), int(ours), round(theirs), ours / theirs, math.sqrt(1 / ours + 1 / theirs)]
            for (hops, need), (flows, ours, theirs) in sorted(sums.items())
            if ours and theirs
        ],
    )


def _need(target: float, hops: int) -> str:
    if target <= published.UNPURIFIED[hops]:
        return "nothing"
    return "purification" if target <= published.FRESH else "purification of fresh pairs"


def _one_hop(report: Report, flows: Sequence[FlowRow]) -> None:
    report.say(
        f"""Flows over one link that need no purification (target at most {published.FRESH:.4f}): pairs per second
        and reserved memory, against the closed form p / (T1 + P2 T2) of the negotiated hand-shake
        (`qsim.analytic.generation.negotiated_barrett_kok`) and the published mean."""
    )
    theory = closed_forms()
    rows, worst, widest = [], 0.0, 0.0
    for ends, theirs in published.ONE_HOP.items():
        chosen = [
            flow for flow in flows if (flow.initiator, flow.responder) == ends and flow.target_fidelity <= published.FRESH
        ]
        if not chosen:
            continue
        ours, form = mean_rate(chosen), theory[ends]
        rows.append([*_ends(ends), ours.flows, ours.mean, ours.error, form, ours.mean / form, theirs.mean, theirs.error])
        worst = max(worst, abs(ours.mean / form - 1))
        widest = max(widest, ours.error / ours.mean)
    columns = ["flow", "flows", "mean", "s.e.", "closed form", "ratio", "published", "s.e."]
    report.table(columns, rows)
    if len(rows) == len(published.ONE_HOP) and not math.isnan(widest):
        report.say(f"Greatest statistical error {100 * widest:.2f} %.")
        report.goal("single-hop rate, worst of 20 directed links, away from the closed form", 100 * worst, 2, "%")


def closed_forms() -> dict[tuple[str, str], float]:
    """Rate per memory of every directed link, from the hardware of the scenario itself."""
    from qsim.scenario import load

    engine = load(EXAMPLES / "metro_even.yaml").engine(seed=0)
    forms = {}
    for link in engine.links:
        efficiency = link.bench.eta_first * link.bench.detector.efficiency
        for a, b in ((link.first, link.second), (link.second, link.first)):
            delay, flight = a.delay_to(b) / 1e12, link.bench.delay_first / 1e12
            rate = negotiated_barrett_kok(efficiency, delay, flight, responder_leads=b.name > a.name).rate
            forms[a.name, b.name] = rate
    return forms


def _more_hops(report: Report, flows: Sequence[FlowRow]) -> None:
    report.say(
        """Flows over several links that need no purification, against the published means. Criterion: within 4
        combined standard errors plus 2 %; z is the difference in combined standard errors."""
    )
    rows, outside = [], 0
    for ends, theirs in published.MORE_HOPS.items():
        chosen = [
            flow
            for flow in flows
            if (flow.initiator, flow.responder) == ends
            and flow.target_fidelity <= published.UNPURIFIED[len(flow.path) - 1]
        ]
        if len(chosen) < 2:
            continue
        ours = mean_rate(chosen)
        combined = math.hypot(ours.error, theirs.error)
        within = abs(ours.mean - theirs.mean) <= 4 * combined + 0.02 * theirs.mean
        outside += not within
        rows.append(
            [
                *_ends(ends),
                len(chosen[0].path) - 1,
                ours.flows,
                ours.mean,
                ours.error,
                theirs.mean,
                theirs.error,
                ours.mean / theirs.mean,
                f"{(ours.mean - theirs.mean) / combined:+.1f}",
                "yes" if within else "NO",
            ]
        )
    columns = ["flow", "hops", "flows", "mean", "s.e.", "published", "s.e.", "ratio", "z", "within"]
    report.table(columns, rows)
    if rows:
        report.goal("multi-hop rates outside the criterion", outside, 0, f"of {len(rows)}")


def _bands(report: Report, flows: Sequence[FlowRow]) -> None:
    report.say(
        """Pairs per second and reserved memory by band of target fidelity, all flows: mean and standard error,
        and the published mean over ten seeds behind the stroke. Which links a band happens to meet matters more
        here than anything else."""
    )
    rows = []
    for hops, theirs in published.BY_BAND.items():
        row: list[object] = [hops]
        for (low, high), wanted in zip(published.BANDS, theirs, strict=True):
            chosen = [flow for flow in flows if len(flow.path) - 1 == hops and low < flow.target_fidelity <= high]
            row.append(f"{_with_error(chosen)} / {wanted:g}")
        rows.append(row)
    heads = [f"{low:.3g}–{high:.3g}" for low, high in published.BANDS]
    report.table(["hops", *heads], rows)


def _with_error(chosen: Sequence[FlowRow]) -> str:
    if not chosen:
        return "none"
    mean, error, _ = mean_rate(chosen)
    return number(mean) if math.isnan(error) else f"{number(mean)} ± {number(error, 2)}"


def _reserved(report: Report, runs: Mapping[tuple[str, int], Run], seconds: float) -> None:
    rows = []
    for (allocation, node), theirs in published.RESERVED.items():
        one = runs.get((allocation, 0))
        if one is None or seconds != 1000:
            continue
        (row,) = (row for row in one.memories if row.node == node)
        rows.append([f"{allocation}, {node}", f"{100 * row.utilisation:.2f} %", f"{100 * theirs:.2f} %"])
    if rows:
        report.say("Time-weighted share of reserved memories, seed 0.")
        report.table(["", "reserved", "published"], rows)


def _ends(ends: tuple[str, str]) -> list[str]:
    return [f"{ends[0]}–{ends[1]}"]


if __name__ == "__main__":
    run(
        "The metropolitan network against the published results",
        fill,
        ("--seeds", {"default": "0-4", "help": "seeds, such as 0-9 or 0,3 (default 0-4)"}),
        ("--workers", {"type": int, "default": os.cpu_count(), "help": "processes (default: one a processor)"}),
        ("--runs", {"type": Path, "help": "folder that keeps finished runs, and is looked into for them"}),
        ("--photon", {"action": "store_true", "help": "also show what dead time does to purifying flows"}),
    )
