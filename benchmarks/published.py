"""The metropolitan network against the published results, figure by figure.

Runs `examples/metro_even.yaml` and `examples/metro_weighted.yaml` for several seeds and compares requests,
throughput, rates over one and more links, and memory use with those of `_published.py`. With the environment
variable QSIM_REFERENCE_DATA naming a folder that has the published files as
`sequence-2020/even-0.csv` and so on, flows are compared one by one as well.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
from collections.abc import Sequence
from pathlib import Path

import _dead_time
import _published as published
import _same_flows
from _harness import EXAMPLES, Report, number, run
from _runs import ALLOCATIONS, Runs, digest, listed, mean_rate, pooled_rate, reference, simulate_all

from protocols.runtime.network import NetworkRuntime
from qsim.analytic.generation import negotiated_barrett_kok
from qsim.model.rows import FlowRow
from qsim.scenario import load


def fill(report: Report, options: argparse.Namespace) -> None:
    """Run, and compare everything."""
    seeds = [0] if options.quick else parse_seeds(options.seeds)
    seconds = 40.0 if options.quick else 1000.0
    runs = simulate_all(seeds, seconds, options.workers, options.runs)
    flows = [flow for one in runs.values() for flow in one.flows]
    report.say(
        f"""`examples/metro_even.yaml` and `examples/metro_weighted.yaml`, seeds {min(seeds)} to
        {max(seeds)}, {number(seconds)} s each; CPU {number(sum(one.cpu_s for one in runs.values()))} s in
        all. Published figures: {published.SOURCE}."""
    )
    _requests(report, runs, seconds)
    _same_flows.tell(report, runs)
    _one_hop(report, flows)
    _more_hops(report, flows)
    _bands(report, flows)
    _reserved(report, runs, seconds)
    if options.photon:
        _dead_time.tell(report, options.quick)


def parse_seeds(text: str) -> list[int]:
    """``0-4`` or ``0,3,7`` as a list."""
    first, dash, last = text.partition("-")
    return list(range(int(first), int(last) + 1)) if dash else [int(seed) for seed in text.split(",")]


def _requests(report: Report, runs: Runs, seconds: float) -> None:
    report.say(
        """Requests and aggregate throughput of each run. Flows are *exact* when initiator, responder,
        start, end, memories, fidelity and waiting time of every served flow equal the published ones."""
    )
    rows: list[list[object]] = []
    worst, verdicts = 0.0, []
    for (allocation, seed), one in runs.items():
        aggregate = one.aggregate(seconds)
        known = seconds == 1000 and seed < len(published.DIGESTS[allocation])
        wanted = published.AGGREGATE[allocation][seed] if known else None
        if wanted is not None:
            worst = max(worst, abs(aggregate / wanted - 1))
            verdicts.append(_exactness((allocation, seed), one.flows))
        rows.append(
            [
                f"{allocation} {seed}",
                verdicts[-1] if known else "",
                len(one.flows),
                published.COMPLETED[allocation][seed] if known else None,
                f"{aggregate:.1f}",
                f"{wanted:.1f}" if wanted else "",
                f"{100 * (aggregate / wanted - 1):+.2f} %" if wanted else "",
            ]
        )
    report.table(
        ["run", "flows", "completed", "published", "pairs/s", "published pairs/s", "difference"], rows
    )
    if verdicts:
        exact = sum(verdict.startswith("exact") for verdict in verdicts)
        report.goal("runs with the published flows, one for one", exact, len(verdicts), "runs", at_least=True)
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
    return "exact (digest)" if digest(flows) == published.DIGESTS[allocation][seed] else "DIFFER"


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


def _one_hop(report: Report, flows: Sequence[FlowRow]) -> None:
    report.say(
        f"""Flows over one link that need no purification (target at most {published.FRESH:.4f}), pairs per
        second and reserved memory. All flows of a link pooled, against the closed form p / (T1 + P2 T2) of
        the negotiated hand-shake (`qsim.analytic.generation.negotiated_barrett_kok`); and the mean over
        flows beside the published mean."""
    )
    theory = closed_forms()
    rows, away = [], []
    for ends, theirs in published.ONE_HOP.items():
        chosen = [
            flow
            for flow in flows
            if (flow.initiator, flow.responder) == ends and flow.target_fidelity <= published.FRESH
        ]
        if len(chosen) < 2:
            continue
        pooled, mean, form = pooled_rate(chosen), mean_rate(chosen), theory[ends]
        if pooled.error < 0.01 * pooled.mean:
            away.append(abs(pooled.mean / form - 1))
        rows.append(
            [
                *_ends(ends),
                pooled.flows,
                *_digits(pooled.mean, pooled.error, form),
                f"{pooled.mean / form:.4f}",
                *_digits(mean.mean, mean.error, theirs.mean, theirs.error),
            ]
        )
    report.table(
        ["flow", "flows", "pooled", "s.e.", "closed form", "ratio", "mean", "s.e.", "published", "s.e."], rows
    )
    if away:
        what = (
            f"single-hop rate, worst of {len(away)} directed links with s.e. below 1 %, from the closed form"
        )
        report.goal(what, 100 * max(away), 2, "%")


def closed_forms() -> dict[tuple[str, str], float]:
    """Rate per memory of every directed link, from the hardware of the scenario itself."""
    engine = NetworkRuntime(load(EXAMPLES / "metro_even.yaml"), seed=0)
    forms = {}
    for link in engine.links:
        efficiency = link.hardware.eta_first * link.hardware.detectors[0].efficiency
        for a, b in ((link.first, link.second), (link.second, link.first)):
            delay, flight = a.delay_to(b) / 1e12, link.hardware.delay_first / 1e12
            rate = negotiated_barrett_kok(efficiency, delay, flight, responder_leads=b.name > a.name).rate
            forms[a.name, b.name] = rate
    return forms


def _more_hops(report: Report, flows: Sequence[FlowRow]) -> None:
    report.say(
        """Flows over several links that need no purification, against the published means. Criterion:
        within 4 combined standard errors plus 2 %; z is the difference in combined standard errors."""
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
                *_digits(ours.mean, ours.error, theirs.mean, theirs.error),
                f"{ours.mean / theirs.mean:.3f}",
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
        """Pairs per second and reserved memory by band of target fidelity, all flows: mean and standard
        error, and the published mean over ten seeds behind the stroke. Which links a band happens to meet
        matters more here than anything else."""
    )
    rows = []
    for hops, theirs in published.BY_BAND.items():
        row: list[object] = [hops]
        for (low, high), wanted in zip(published.BANDS, theirs, strict=True):
            chosen = [
                flow for flow in flows if len(flow.path) - 1 == hops and low < flow.target_fidelity <= high
            ]
            row.append(f"{_with_error(chosen)} / {wanted:g}")
        rows.append(row)
    heads = [f"{low:.3g}–{high:.3g}" for low, high in published.BANDS]
    report.table(["hops", *heads], rows)


def _with_error(chosen: Sequence[FlowRow]) -> str:
    if not chosen:
        return "none"
    mean, error, _ = mean_rate(chosen)
    return number(mean) if math.isnan(error) else f"{number(mean)} ± {number(error, 2)}"


def _reserved(report: Report, runs: Runs, seconds: float) -> None:
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


def _digits(*values: float) -> list[str]:
    return [number(value, 4) for value in values]


def _ends(ends: tuple[str, str]) -> list[str]:
    return [f"{ends[0]}–{ends[1]}"]


if __name__ == "__main__":
    run(
        "The metropolitan network against the published results",
        fill,
        ("--seeds", {"default": "0-9", "help": "seeds, such as 0-4 or 0,3 (default 0-9)"}),
        (
            "--workers",
            {"type": int, "default": os.cpu_count(), "help": "processes (default: one a processor)"},
        ),
        ("--runs", {"type": Path, "help": "folder that keeps finished runs, and is looked into for them"}),
        ("--photon", {"action": "store_true", "help": "also show what dead time does to purifying flows"}),
    )
