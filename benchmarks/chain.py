"""Repeater chains: CPU time per delivered end-to-end pair, beside the least that Python could need.

R repeaters join R + 1 links of 20 km with swapping as soon as possible; one memory pair a link, pairs used up
at once. Light that survives with 10^-0.2 an arm, memories of efficiency 0.9 and detectors of 0.95 make an
attempt succeed with p = 0.14551. Fresh pairs have fidelity 0.99, nothing decays and swaps are perfect, so the
delivered fidelity is the Werner product.

The floor plays the same chain with one heap, scalars and one event for each heralded pair: no nodes,
memories, messages or delays other than that of the attempts. It does less than the protocol, and says what a
chain costs at the very least.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from heapq import heappop, heappush
from math import log
from typing import Any, NamedTuple

import _peers
from _harness import Case, Report, Timed, alternate, measure, number, ratio, run

from qsim.analytic.swap_chains import werner_chain
from qsim.model.rows import FlowRow
from qsim.results import Result
from qsim.scenario import from_document

EFFICIENCY, DETECTOR, FIDELITY = 0.9, 0.95, 0.99


class Outcome(NamedTuple):
    """What a chain gave: pairs delivered, events run, mean fidelity, and what stopped it early, if any."""

    pairs: int
    events: int
    fidelity: float
    stopped: str = ""


def document(
    repeaters: int, km: float, seconds: float, memories: int = 1, swapping: Any = "asap"
) -> dict[str, Any]:
    """The chain as a scenario."""
    last = repeaters + 1
    return {
        "run": {"duration": seconds},
        "defaults": {
            "memory": {"count": 2 * memories, "efficiency": EFFICIENCY, "initial_fidelity": FIDELITY},
            "fibre": {"attenuation": "0.2 dB/km"},
            "detector": {"efficiency": DETECTOR},
            "link_model": {"kind": "two-photon", "handshake": "continuous"},
        },
        "topology": {"kind": "line", "nodes": last + 1, "length": f"{km} km"},
        "protocols": {"swapping": swapping, "purification": "none"},
        "traffic": [{"kind": "request", "initiator": "n0", "responder": f"n{last}", "memories": memories}],
    }


def full_stack(made: dict[str, Any]) -> Case[Outcome]:
    """A scenario's chain, with everything."""
    scenario = from_document(made)

    def prepare() -> Callable[[], Outcome]:
        engine = scenario.engine(seed=1)
        return lambda: _outcome(engine.run())

    return prepare


def _outcome(result: Result) -> Outcome:
    flow: FlowRow = (result.flows + result.unfinished)[0]
    stopped = f"stalled at {1e3 * result.stalls[0].time_s:.0f} ms" if result.stalls else ""
    return Outcome(flow.pairs, result.events, flow.fidelity_mean or 0.0, stopped)


def floor(repeaters: int, km: float, seconds: float) -> Case[Outcome]:
    """The same chain, bare."""
    success = 0.5 * (EFFICIENCY * DETECTOR * 10 ** (-0.01 * km)) ** 2
    attempt = km * 1e3 / 2e8

    def prepare() -> Callable[[], Outcome]:
        return lambda: play(repeaters + 1, success, attempt, seconds, random.Random(1).random)

    return prepare


def play(links: int, success: float, attempt: float, end: float, draw: Callable[[], float]) -> Outcome:
    """The floor: the pair to the right of a node reaches to `reach`, the pair to its left to `back`."""
    fresh = (4 * FIDELITY - 1) / 3
    scale = 1 / log(1 - success)
    reach, back = [0] * (links + 1), [-1] * (links + 1)
    weight = [0.0] * (links + 1)
    busy = [False] * links
    heap: list[tuple[float, int]] = []
    pairs = events = 0
    total = now = 0.0

    def begin(link: int) -> None:
        """Set a link to work once both its memories are free: draw the attempts up to its success."""
        if not busy[link] and not reach[link] and back[link + 1] < 0:
            busy[link] = True
            heappush(heap, (now + attempt * (1 + int(log(1 - draw()) * scale)), link))

    def swap(node: int) -> None:
        """Join the two pairs of a node, and use up what reaches from end to end."""
        left, right = back[node], reach[node]
        weight[left] *= weight[node]
        reach[left], back[right] = right, left
        reach[node], back[node] = 0, -1
        begin(node - 1)
        begin(node)

    for link in range(links):
        begin(link)
    while heap and heap[0][0] < end:
        now, link = heappop(heap)
        events += 1
        busy[link] = False
        reach[link], back[link + 1], weight[link] = link + 1, link, fresh
        if link and back[link] >= 0:
            swap(link)
        if link + 1 < links and reach[link + 1]:
            swap(link + 1)
        if reach[0] == links:
            pairs += 1
            total += 0.25 + 0.75 * weight[0]
            reach[0], back[links] = 0, -1
            begin(0)
            begin(links - 1)
    return Outcome(pairs, events, total / pairs if pairs else 0.0)


def fill(report: Report, options: argparse.Namespace) -> None:
    """Measure chains, chains with ten memories, and long links."""
    seconds, repeats = (0.2, 1) if options.quick else (10.0, 5)
    report.say(
        f"""CPU microseconds per delivered pair in {number(seconds)} s of simulated time; the floor runs in
        turns with it."""
    )
    measure(full_stack(document(1, 20, 0.01)), 1)  # loads what is loaded at first use
    rows = []
    for repeaters in (1, 3, 7):
        timed = _both(repeaters, 20, seconds, repeats)
        rows.append([repeaters, *_compared(repeaters, timed)])
        if repeaters == 3:
            full = timed["full"]
            spent = 1e6 * full.median / full.outcome.pairs
            report.goal("chain of 3 repeaters, CPU per delivered pair", spent, 100, "us", aim=50)
    report.table(["R", *COMPARED], rows)
    _many_memories(report, seconds / 10, repeats)
    _long_links(report, options.quick, repeats)
    _peers.tell_chain(report)


COMPARED = (
    "us per pair", "floor us per pair", "ratio", "events per pair", "pairs", "floor pairs", "fidelity",
    "Werner product",
)  # fmt: skip


#: Swapping policies for chains with many memories, by name.
POLICIES: dict[str, Any] = {
    "asap by index": {"kind": "asap", "order": "index"},
    "asap": "asap",
    "nested": "nested",
    "sequential": "sequential",
}


def _both(repeaters: int, km: float, seconds: float, repeats: int) -> dict[str, Timed[Outcome]]:
    cases = {
        "full": full_stack(document(repeaters, km, seconds)),
        "floor": floor(repeaters, km, seconds),
    }
    return alternate(cases, repeats)


def _compared(repeaters: int, timed: dict[str, Timed[Outcome]]) -> list[object]:
    full, bare = timed["full"], timed["floor"]
    got, least = full.outcome, bare.outcome
    return [
        full.text(1e6 / got.pairs),
        bare.text(1e6 / least.pairs),
        ratio(full, bare) * least.pairs / got.pairs,
        got.events / got.pairs,
        got.pairs,
        least.pairs,
        f"{got.fidelity:.6f}",
        f"{werner_chain(FIDELITY, repeaters + 1):.6f}",
    ]


def _many_memories(report: Report, seconds: float, repeats: int) -> None:
    report.say(
        f"""Ten memory pairs a link, {number(seconds)} s of simulated time. Swapped as soon as possible and
        by their places in the array, as elsewhere, pairs of neighbouring nodes can cross and block each other
        for ever; that is detected and reported. Taking the oldest first, or an order, prevents it."""
    )
    rows = []
    for repeaters in (1, 3, 7):
        for swapping, policy in POLICIES.items():
            timed = measure(full_stack(document(repeaters, 20, seconds, 10, policy)), min(repeats, 3))
            got = timed.outcome
            cost = "" if got.stopped else timed.text(1e6 / got.pairs)
            rows.append([repeaters, swapping, cost, got.pairs, f"{got.fidelity:.6f}", got.stopped])
    report.table(["R", "swapping", "us per pair", "pairs", "fidelity", "outcome"], rows)


def _long_links(report: Report, quick: bool, repeats: int) -> None:
    report.say("One repeater and longer links: failed attempts cost nothing, so the price of a pair stays.")
    rows = []
    for km, seconds in ((20, 10.0), (60, 100.0), (100, 1000.0)):
        timed = _both(1, km, seconds / 50 if quick else seconds, min(repeats, 3))
        rows.append([km, *_compared(1, timed)])
    report.table(["link km", *COMPARED], rows)


if __name__ == "__main__":
    run("Chain: CPU time per end-to-end pair", fill)
