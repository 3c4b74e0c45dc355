"""Memories that are initialised before each attempt: how far attempts are apart, at both levels."""

from __future__ import annotations

from typing import Any

import pytest

from protocols.generation.timing import Timing
from qsim.scenario import from_document
from qsim.units import to_s
from tests.protocols.generation.test_timing import LOPSIDED, US, timing
from tests.statistics import ROOM, Estimate

SUCCESS = 0.125
#: One way over half the link, s.
HALF_WAY = 5e-6


def link(detail: str, handshake: str, *initialisation: float) -> Any:
    """A link of 2 km at work, its two ends with initialisation times in s."""
    memory = {"count": 1, "efficiency": 0.5}
    document = {
        "run": {"duration": 0.15, "seed": 3, "detail": detail},
        "defaults": {
            "fibre": {"attenuation": 0},
            "detector": {"efficiency": 1, "count_rate": None},
            "link_model": {"kind": "two-photon", "bin_separation": "2 ns", "handshake": handshake},
        },
        "nodes": {
            name: {"memory": {**memory, "initialisation_time": time}}
            for name, time in zip(("a", "b"), initialisation, strict=True)
        },
        "links": [{"between": ["a", "b"], "length": "2 km"}],
        "traffic": [{"initiator": "a", "responder": "b"}],
    }
    engine = from_document(document).engine()
    engine.run()
    return engine.links[0]


@pytest.mark.parametrize("detail", ["attempt", "photon"])
def test_each_attempt_waits_for_the_slower_end(detail: str) -> None:
    made = link(detail, "continuous", 40e-6, 10e-6)
    period = 2 * HALF_WAY + 40e-6
    expected = period / SUCCESS
    assert made.heralds > 200
    error = period * (1 - SUCCESS) ** 0.5 / SUCCESS / made.heralds**0.5
    assert Estimate(to_s(made.mean_wait_ps), error).sigmas(expected) < ROOM
    assert made.expected_wait_s() == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize("detail", ["attempt", "photon"])
def test_a_negotiated_attempt_allows_for_it(detail: str) -> None:
    made, plain = (link(detail, "negotiated", time, 0.0) for time in (200e-6, 0.0))
    expected = made.expected_wait_s()
    assert expected == pytest.approx(plain.expected_wait_s() + 200e-6 / SUCCESS, rel=1e-6)
    error = expected / made.heralds**0.5
    assert Estimate(to_s(made.mean_wait_ps), error).sigmas(expected) < ROOM


def test_the_turn_of_a_link() -> None:
    slow = {"alice": {"memory": {"initialisation_time": "50 us"}}, "bob": None}
    found: Timing = timing(**LOPSIDED, nodes=slow)
    assert (found.prepare_up, found.prepare_down) == (50 * US, 0)
    assert found.lead == 80 * US
    assert found.turn == found.herald_down + 70 * US
    assert timing(**LOPSIDED).turn == found.turn
    slow["alice"] = {"memory": {"initialisation_time": "100 us"}}
    assert timing(**LOPSIDED, nodes=slow).turn == found.herald_up + 130 * US
