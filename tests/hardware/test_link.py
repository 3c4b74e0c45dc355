from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import Any

import numpy as np
import pytest

from hardware.link import Link
from qsim.scenario import from_document
from tests.statistics import FALSE_ALARM, ROOM, follows, mean_of, share_of


def link(seed: int = 0, **fields: Any) -> Link:
    """The one link of a scenario; fields of the link, and `memory` and `formalism`."""
    run = {"duration": 1, "formalism": fields.pop("formalism", "bell-diagonal")}
    defaults: Mapping[str, Any] = {"memory": fields.pop("memory", {})}
    nodes = fields.pop("nodes", ["alice", "bob"])
    document = {"run": run, "defaults": defaults, "nodes": nodes}
    document["links"] = [{"between": ["alice", "bob"], "length": "20 km", **fields}]
    (built,) = from_document(document).engine(seed=seed).links
    return built


def test_arms_share_the_fibre_as_the_station_divides_it() -> None:
    hardware = link(midpoint=0.25, detector={"efficiency": 0.8}).hardware
    assert hardware.transmission_first == pytest.approx(10**-0.1)
    assert hardware.transmission_second == pytest.approx(10**-0.3)
    assert (hardware.delay_first, hardware.delay_second) == (25_000_000, 75_000_000)
    assert hardware.detectors[0].efficiency == 0.8


@pytest.mark.parametrize(
    ("midpoint", "delays"), [(0, (0, 10**8)), (0.5, (5 * 10**7, 5 * 10**7)), (1, (10**8, 0))]
)
def test_the_station_may_stand_at_either_end(midpoint: float, delays: tuple[int, int]) -> None:
    built = link(midpoint=midpoint)
    assert (built.hardware.delay_first, built.hardware.delay_second) == delays
    assert built.profile.success == pytest.approx(0.9**2 * 10**-0.4 / 2)


def test_each_end_brings_its_own_memories() -> None:
    built = link(nodes={"alice": {"memory": {"efficiency": 0.5}}, "bob": {"memory": {"efficiency": 0.25}}})
    assert (built.hardware.first.efficiency, built.hardware.second.efficiency) == (0.5, 0.25)
    assert built.hardware.eta_first == pytest.approx(2 * built.hardware.eta_second)


def test_a_link_has_two_ends_and_a_name() -> None:
    built = link()
    assert built.other(built.first) is built.second
    assert built.other(built.second) is built.first
    assert (built.name, repr(built)) == ("alice-bob", "<Link alice-bob>")
    assert built.mean_wait_ps is None


@pytest.mark.parametrize("formalism", ["bell-diagonal", "density-matrix", "scalar-fidelity"])
def test_fresh_pairs_have_the_fidelity_of_the_profile(formalism: str) -> None:
    built = link(
        formalism=formalism, memory={"initial_fidelity": 0.93}, detector={"dark_count_rate": "100 kHz"}
    )
    assert 0.9 < built.profile.fidelity < 0.93
    assert built.state.fidelity() == pytest.approx(built.profile.fidelity, abs=1e-12)


# drawing attempts


def test_failures_before_a_success_are_geometric() -> None:
    built = link(seed=1)
    p = built.profile.success
    failures = [built.draw_failures()[0] for _ in range(20_000)]
    # Counts of 0, 1, ... 29 failures, and of more.
    seen = np.bincount(np.minimum(failures, 30), minlength=31)
    expected = [20_000 * p * (1 - p) ** k for k in range(30)]
    assert follows(seen, [*expected, 20_000 - sum(expected)]) > FALSE_ALARM
    assert mean_of(failures).sigmas((1 - p) / p) < ROOM


def test_failures_in_the_second_round_are_drawn_at_their_share() -> None:
    """Of failed attempts, those that passed the first round: (goes on - success)/(1 - success)."""
    built = link(seed=2)
    profile = built.profile
    share = (profile.first_round_success - profile.success) / (1 - profile.success)
    draws = [built.draw_failures() for _ in range(5_000)]
    assert all(0 <= long_ones <= failures for failures, long_ones in draws)
    failures, long_ones = (sum(column) for column in zip(*draws, strict=True))
    assert share_of(long_ones, failures, share).sigmas(share) < ROOM


def test_link_models_of_one_round_always_reach_their_only_round() -> None:
    built = link(seed=3, generation="single-click")
    assert all(failures == long_ones for failures, long_ones in (built.draw_failures() for _ in range(300)))


def test_a_link_that_cannot_fail_never_does() -> None:
    perfect = {"kind": "midpoint-source", "rate": "1 MHz"}
    built = link(generation=perfect, fibre={"attenuation": 0})
    assert built.profile.success == 1
    assert {built.draw_failures() for _ in range(300)} == {(0, 0)}


def test_draws_of_links_are_their_own() -> None:
    first, second = link(seed=4), link(seed=4)
    assert [first.draw_failures() for _ in range(600)] == [second.draw_failures() for _ in range(600)]
    other = link(seed=5)
    assert [first.draw_failures() for _ in range(50)] != [other.draw_failures() for _ in range(50)]


@pytest.mark.parametrize("handshake", ["continuous", "negotiated"])
def test_a_dead_link_is_expected_to_wait_for_ever(handshake: str) -> None:
    generation = {"kind": "barrett-kok", "handshake": handshake}
    assert link(generation=generation, detector={"efficiency": 0}).expected_wait_s() == inf


def test_each_arm_has_a_fibre_of_its_own() -> None:
    """A lossy, slow first arm of 5 km, a second of 20 km that loses nothing."""
    slow, clear = {"attenuation": 1e-3, "speed": 1e8}, {"attenuation": 0.0}
    arms = [{"length": 5e3, "fibre": slow}, {"length": 20e3, "fibre": clear}]
    hardware = link(arms=arms, length=25e3).hardware
    assert hardware.transmission_first == pytest.approx(10**-0.5)
    assert hardware.transmission_second == 1
    assert (hardware.delay_first, hardware.delay_second) == (50_000_000, 100_000_000)
