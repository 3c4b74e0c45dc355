"""Networks at both levels of detail: attempts that meet through memories, messages and detectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from qsim.model.rows import FlowRow
from qsim.scenario import from_document
from tests.conftest import Sized
from tests.statistics import ROOM, Estimate, mean_of

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Served:
    """What flows got, as means over independent runs: pairs per second, and their fidelity."""

    rate: Estimate
    fidelity: Estimate


def served(document: dict[str, Any], detail: str, seeds: range) -> Served:
    """Run a scenario with one request at a level of detail."""
    scenario = from_document({**document, "run": {**document["run"], "detail": detail}})
    rows: list[FlowRow] = []
    for seed in seeds:
        result = scenario.run(seed=seed)
        rows += [*result.flows, *result.unfinished]
    assert len(rows) == len(seeds)
    fidelities = [row.fidelity_mean for row in rows if row.fidelity_mean is not None]
    return Served(mean_of([row.throughput_hz for row in rows]), mean_of(fidelities))


def chain(memories: int, handshake: str, swapping: str, duration: float) -> dict[str, Any]:
    """Three links of 2 km whose pairs age while they wait: one request from end to end."""
    memory = {"count": 2 * memories, "initial_fidelity": 0.97, "depolarising_time": "2 ms"}
    return {
        "run": {"duration": duration},
        "topology": {"kind": "line", "nodes": 4, "length": "2 km"},
        "defaults": {
            "memory": memory,
            "detector": {"efficiency": 0.8, "count_rate": None},
            "fibre": {"slot_rate": "50 MHz"},
            "generation": {"kind": "barrett-kok", "handshake": handshake},
        },
        "protocols": {
            "swapping": {"kind": swapping, "consent": swapping == "nested", "success_probability": 0.64},
            "purification": "none",
        },
        "traffic": [{"kind": "request", "initiator": "n0", "responder": "n3", "memories": memories}],
    }


@pytest.mark.parametrize(
    ("memories", "handshake", "swapping"),
    [(3, "negotiated", "nested"), (1, "negotiated", "sequential"), (2, "continuous", "nested")],
)
def test_chains_deliver_alike(memories: int, handshake: str, swapping: str, sized: Sized) -> None:
    """End-to-end rate and fidelity of a chain of three links.

    With several memories, upstream ones find no partner, poll, and claim the partners of others; that
    logic is drawn in bulk at attempt detail and made of messages at photon detail.
    """
    document = chain(memories, handshake, swapping, duration=sized(16, 200) / 1000)
    attempt = served(document, "attempt", range(20))
    photon = served(document, "photon", range(100, 120))
    assert attempt.rate.sigmas(photon.rate) < ROOM
    assert attempt.fidelity.sigmas(photon.fidelity) < ROOM
    assert 0.6 < attempt.fidelity.value < 0.97


def bright_link(count_rate: float | None, target: float, duration: float) -> dict[str, Any]:
    """The shortest link of the published metropolitan network: 100 m of fibre, 250 us of classical delay."""
    memory = {"count": 24, "efficiency": 0.75, "frequency": "200 kHz"}
    return {
        "run": {"duration": duration, "formalism": "scalar-fidelity"},
        "nodes": ["Argonne_1", "Argonne_3"],
        "links": [{"between": ["Argonne_1", "Argonne_3"], "length": "100 m"}],
        "defaults": {
            "memory": {**memory, "initial_fidelity": 0.9909987775181183},
            "detector": {"efficiency": 0.8, "count_rate": count_rate},
            "fibre": {"slot_rate": "50 MHz"},
            "generation": {"kind": "barrett-kok", "handshake": "negotiated", "bunching": False},
        },
        "classical": {
            "station": "half",
            "channels": [{"between": ["Argonne_1", "Argonne_3"], "delay": "0.25 ms"}],
        },
        "protocols": {
            "purification": {"kind": "bbpssw", "policy": "until-target", "match": "equal"},
            "cutoff": {"kind": "age", "after": "1.3 s"},
        },
        "traffic": [
            {"kind": "request", "initiator": "Argonne_1", "responder": "Argonne_3", "memories": 24}
            | {"fidelity": target}
        ],
    }


def photon_over_attempt(count_rate: float | None, target: float, duration: float) -> Estimate:
    """Ratio of the throughputs at the two levels."""
    document = bright_link(count_rate, target, duration)
    return served(document, "photon", range(10)).rate.over(served(document, "attempt", range(50, 60)).rate)


def test_memories_in_lock_step_meet_the_dead_time_of_the_detectors(sized: Sized) -> None:
    """Two memories freed at once make all their attempts in neighbouring slots until one of them succeeds.

    A purification frees two memories at either end at one instant. Their light meets in neighbouring
    slots of 20 ns, which is the detectors' dead time: a click in the first slot blinds one detector for
    the second. The attempt level leaves that out. On the shortest and brightest link of the published
    network, with two purifications for every pair (target 0.995), the photon level delivers 7 % less:
    0.933 of the attempt level, standard error 0.005, in 20 s of simulated time. The published data of
    2020 come from single photons and have the deficit in them.
    """
    ratio = photon_over_attempt(50e6, 0.995, sized(200, 2000) / 1000)
    assert ratio.sigmas(0.933) < ROOM
    assert ratio.value < 1
    # Told apart at the reduced size too, where nine degrees of freedom leave 3.5 of 5.3 standard errors.
    assert ratio.sigmas(1.0) > 3.0


def test_without_dead_time_lock_step_costs_nothing(sized: Sized) -> None:
    """1.001 of the attempt level, standard error 0.005."""
    assert photon_over_attempt(None, 0.995, sized(None, 2000) / 1000).sigmas(1.0) < ROOM


def test_without_purification_dead_time_costs_little(sized: Sized) -> None:
    """0.983 of the attempt level, standard error 0.005: memories start together, then come free one by one.

    The published data of this link, from longer flows, are 0.989 of the closed form without dead time.
    """
    ratio = photon_over_attempt(50e6, 0.0, sized(None, 2000) / 1000)
    assert ratio.sigmas(0.989) < ROOM
