"""Rates of single links against closed forms and published simulations.

References:
    Wu et al., arXiv 2009.12000 (SeQUeNCe), with its published data; Chung, Hajdušek et al., arXiv
    2504.01290, with both teams' published data (QuISP and SeQUeNCe).
"""

from __future__ import annotations

from functools import cache
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

from hardware.link import Link
from protocols.generation.negotiated import Schedule
from protocols.generation.timing import Timing
from qsim.model.rows import FlowRow
from qsim.scenario import from_document, load
from tests.analytic.printed import printed
from tests.conftest import Sized
from tests.protocols.entanglement.workbench import Workbench
from tests.protocols.generation.metropolitan_links import LINKS, DirectedLink
from tests.statistics import ROOM, Estimate, mean_of

EXAMPLES = Path(__file__).parents[3] / "examples"


# the metropolitan network


@cache
def metropolitan() -> dict[frozenset[str], Link]:
    """The links of the example, by their ends. Results count 10 ps after arrival, as published."""
    overrides = ["defaults.detector.time_resolution=0", "defaults.detector.window=20 ps"]
    engine = load(EXAMPLES / "metro_even.yaml", overrides=overrides).engine()
    return {frozenset((link.first.name, link.second.name)): link for link in engine.links}


def clockwork(directed: DirectedLink) -> tuple[Link, Timing, Schedule]:
    link = metropolitan()[frozenset((directed.initiator, directed.responder))]
    ends = {node.name: node for node in (link.first, link.second)}
    timing = Timing.of(link, ends[directed.initiator])
    return link, timing, Schedule.of(timing, directed.responder > directed.initiator, 0)


@pytest.mark.parametrize("directed", LINKS, ids=str)
def test_the_example_has_the_published_hardware(directed: DirectedLink) -> None:
    link, timing, _ = clockwork(directed)
    assert link.length == pytest.approx(1e3 * float(directed.length))
    assert timing.ask / 1e9 == timing.answer / 1e9 == printed(directed.delay)
    assert link.hardware.eta_first == link.hardware.eta_second
    assert link.hardware.eta_first * link.hardware.detectors[0].efficiency == printed(directed.efficiency)


@pytest.mark.parametrize("directed", LINKS, ids=str)
def test_closed_forms_of_the_metropolitan_links(directed: DirectedLink) -> None:
    """Probabilities, durations of the two rounds and the rate they give, to the printed digits."""
    link, _, schedule = clockwork(directed)
    profile = link.profile
    assert profile.success == printed(directed.success)
    assert profile.first_round_success == printed(directed.second_round)
    assert schedule.again / 1e9 == printed(directed.first)
    assert schedule.second / 1e9 == printed(directed.second)
    attempt = (schedule.again + profile.first_round_success * schedule.second) / 1e12
    assert profile.success / attempt == printed(directed.rate)
    assert profile.fidelity == pytest.approx(0.9909987775181183)


def one_hop(directed: DirectedLink, memories: int, duration: float) -> FlowRow:
    """One flow over one link alone, no purification, any fidelity."""
    ends = [directed.initiator, directed.responder]
    document = {
        "run": {"duration": duration, "formalism": "scalar-fidelity"},
        "nodes": ends,
        "protocols": {"cutoff": {"kind": "age", "after": "1.3 s"}},
        "links": [{"between": ends, "length": 1e3 * float(directed.length)}],
        "defaults": {
            "memory": {"count": memories, "efficiency": 0.75, "frequency": "200 kHz"},
            "detector": {"efficiency": 0.8, "count_rate": "50 MHz", "window": "20 ps", "time_resolution": 0},
            "generation": {"kind": "barrett-kok", "handshake": "negotiated", "bunching": False},
        },
        "classical": {"station": "half", "channels": [{"between": ends, "delay": f"{directed.delay} ms"}]},
        "traffic": [
            {"kind": "request", "initiator": ends[0], "responder": ends[1], "memories": memories},
        ],
    }
    result = from_document(document).run(seed=LINKS.index(directed))
    (row,) = (*result.flows, *result.unfinished)
    return row


@pytest.mark.slow
@pytest.mark.parametrize("directed", LINKS, ids=str)
def test_single_hop_rates_are_the_closed_form(directed: DirectedLink, sized: Sized) -> None:
    """24 memories for as long as so many pairs take; the counting error is at most that of a Poisson process.

    At full size it is 0.5 %, and the rate must lie within 2 % as well.
    """
    pairs = sized(1000, 40_000)
    expected = 24 * float(directed.rate)
    row = one_hop(directed, 24, pairs / expected)
    measured = Estimate(row.throughput_hz, expected / sqrt(pairs))
    assert abs(row.pairs - pairs) < ROOM * sqrt(pairs)
    assert measured.sigmas(expected) < ROOM
    if pairs >= 40_000:
        assert measured.value == pytest.approx(expected, rel=0.02)


# one link of 20 km, a thousand pairs

#: Light as in QuISP, m/s; SeQUeNCe has 2e8.
QUISP_SPEED = 208_189_206.944
QUISP = {"handshake": {"kind": "continuous", "overhead": "10 ns"}}
SEQUENCE = {"handshake": "negotiated"}


def thousand_pairs(
    memories: int, speed: float, handshake: dict[str, Any], midpoint: float, seed: int
) -> FlowRow:
    """1000 pairs over 20 km from perfect memories and detectors: one photon of each in a Bell measurement."""
    document = {
        "run": {"duration": 10.0},
        "nodes": ["alice", "bob"],
        "links": [{"between": ["alice", "bob"], "length": "20 km", "midpoint": midpoint}],
        "defaults": {
            "memory": {"count": memories},
            "fibre": {"speed": speed},
            "detector": {"efficiency": 1.0, "window": "20 ps", "time_resolution": 0, "count_rate": None},
            "generation": {"kind": "two-photon", "bin_separation": "20 ps", **handshake},
        },
        "classical": {"speed": speed},
        "traffic": [
            {"kind": "request", "initiator": "alice", "responder": "bob", "memories": memories, "pairs": 1000}
        ],
    }
    (row,) = from_document(document).run(seed=seed).flows
    assert row.pairs == 1000
    return row


def completion(
    memories: int, speed: float, handshake: dict[str, Any], midpoint: float, runs: int
) -> Estimate:
    """Mean time until the thousandth pair, s; the seeds are of their own for each choice of hardware."""
    first = 1000 * memories + 100_000 * round(20 * midpoint) + 10_000_000 * (handshake is QUISP)
    rows = [thousand_pairs(memories, speed, handshake, midpoint, first + run) for run in range(runs)]
    return mean_of([1000 * row.latency_mean_s for row in rows if row.latency_mean_s is not None])


def published(mean: float, deviation: float, runs: int) -> Estimate:
    return Estimate(mean, deviation / sqrt(runs))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("memories", "mean", "deviation"),
    [
        (1, 0.481813, 0.014684),
        (2, 0.241708, 0.006895),
        (4, 0.120696, 0.003502),
        (8, 0.060473, 0.001794),
        (16, 0.030198, 0.000836),
        (32, 0.015172, 0.000420),
    ],
)
def test_trains_take_as_long_as_in_quisp(memories: int, mean: float, deviation: float, sized: Sized) -> None:
    """An attempt lasts the way to the station and back and 10 ns; 100 published runs each."""
    found = completion(memories, QUISP_SPEED, QUISP, 0.5, sized(10, 60))
    assert found.sigmas(published(mean, deviation, 100)) < ROOM


@pytest.mark.slow
@pytest.mark.parametrize(
    ("memories", "rate", "deviation"),
    [
        (1, 492.833, 9.041),
        (2, 999.333, 19.137),
        (4, 1983.20, 23.927),
        (8, 3953.33, 100.81),
        (16, 7853.87, 144.08),
        (32, 15794.1, 277.87),
        (64, 31776.0, 974.64),
    ],
)
def test_negotiated_attempts_take_as_long_as_in_sequence(
    memories: int, rate: float, deviation: float, sized: Sized
) -> None:
    """An attempt lasts 4 L/c = 0.4 ms; ten published runs each, pairs per second."""
    time = completion(memories, 2e8, SEQUENCE, 0.5, sized(10, 60))
    found = Estimate(1000 / time.value, 1000 * time.error / time.value**2)
    assert found.sigmas(published(rate, deviation, 10)) < ROOM
    if memories == 1:
        assert time.sigmas(1000 * 4e-4 / (0.5 * 10**-0.4)) < ROOM


@pytest.mark.slow
@pytest.mark.parametrize(
    ("longer_arm", "mean", "deviation"),
    [(10, 0.481813, 0.0147), (15, 0.723571, 0.0211), (20, 0.962043, 0.0255)],
)
def test_trains_slow_down_with_the_longer_arm_as_in_quisp(
    longer_arm: float, mean: float, deviation: float, sized: Sized
) -> None:
    for midpoint in (longer_arm / 20, 1 - longer_arm / 20):
        found = completion(1, QUISP_SPEED, QUISP, midpoint, sized(10, 60))
        assert found.sigmas(published(mean, deviation, 100)) < ROOM


@pytest.mark.parametrize("kilometres", range(11))
def test_negotiation_hides_a_station_nearer_the_initiator(kilometres: int) -> None:
    """News to the initiator and the longer flight are one link together: 4 L/c wherever the station is."""
    fields = {
        "midpoint": kilometres / 20,
        "generation": {"kind": "two-photon", "bin_separation": "20 ps", **SEQUENCE},
        "detector": {"window": "20 ps", "time_resolution": 0},
    }
    work = Workbench("attempt", fields)
    announced = 10 + 20
    assert Schedule.of(work.session.timing, True, 0).again == 400_000_000 + announced
    # Nearer the responder it grows: herald and flight are both the longer.
    backwards = Workbench("attempt", {**fields, "backwards": True})
    longer = 2 * (10 - kilometres) * 5_000_000
    assert Schedule.of(backwards.session.timing, True, 0).again == 400_000_000 + longer + announced


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kilometres", "mean"), [(0, 2.030827), (3, 2.007040), (7, 2.008907), (10, 2.034613)]
)
def test_negotiation_hides_the_station_in_sequence_too(kilometres: int, mean: float, sized: Sized) -> None:
    """15 published runs each, standard deviation about 0.06 s."""
    found = completion(1, 2e8, SEQUENCE, kilometres / 20, sized(10, 60))
    assert found.sigmas(published(mean, 0.06, 15)) < ROOM
