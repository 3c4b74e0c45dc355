"""Trajectories of two spins: one at a time they are states, on average they are the exact maps."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product

import pytest

from hardware.clicks import Emitters, Optics
from hardware.link_models import BarrettKok, SingleClick
from hardware.link_models.clicking import Clicking
from hardware.spins import SpinPair
from tests.hardware.devices import heads, link_hardware
from tests.statistics import ROOM, share_of

TRAJECTORIES = 20_000
IDEAL = link_hardware(1, 1)
Counts = tuple[int, int]
NOTHING = Emitters(0.0, 0.0, 0.0, 0.0, 0.0)


def detection(spins: SpinPair, first: float, second: float, rng: random.Random) -> Counts:
    """One detection: both spins' light through its fibre and the beam splitter."""
    arrived = [spins.survives(True, first, rng), spins.survives(False, second, rng)]
    return spins.detect(arrived[0], arrived[1], rng)


def clicks(counts: Counts, efficiency: float, dark: float, rng: random.Random) -> tuple[bool, bool]:
    """Which of two threshold detectors click."""
    silent = [(1 - dark) * (1 - efficiency) ** photons for photons in counts]
    return rng.random() >= silent[0], rng.random() >= silent[1]


def numbers(state: Emitters) -> tuple[float, ...]:
    return state.dd, state.db, state.bd, state.bb, state.coherence


def assert_mean(total: Emitters, expected: Emitters) -> None:
    """Each of the five numbers of a sum over trajectories against its expectation.

    A population lies in [0, 1] and a coherence in [-1/2, 1/2], so a coin bounds their errors.
    """
    for found, exact in zip(numbers(total)[:4], numbers(expected)[:4], strict=True):
        assert share_of(found, TRAJECTORIES, exact).sigmas(exact) < ROOM
    found, exact = total.coherence + TRAJECTORIES / 2, expected.coherence + 0.5
    assert share_of(found, TRAJECTORIES, exact).sigmas(exact) < ROOM


SETTINGS = [
    (SingleClick(bright_population=0.3), 0.9, 0.9, 1.0, 0.0),
    (SingleClick(bright_population=0.3, visibility=0.7), 0.9, 0.3, 0.8, 0.05),
    (SingleClick(bright_population=0.6, bunching=False), 0.5, 0.8, 0.9, 0.1),
    (SingleClick(bright_population=0.5), 1.0, 1.0, 1.0, 0.0),
    (BarrettKok(visibility=0.8), 0.7, 0.4, 0.9, 0.02),
]


@pytest.mark.parametrize(("model", "first", "second", "efficiency", "dark"), SETTINGS)
def test_trajectories_of_one_detection_average_to_the_exact_map(
    model: Clicking, first: float, second: float, efficiency: float, dark: float
) -> None:
    rng = random.Random(1)
    sums = [NOTHING, NOTHING]
    for _ in range(TRAJECTORIES):
        spins = model.spins(IDEAL)
        left, right = clicks(detection(spins, first, second, rng), efficiency, dark, rng)
        if left != right:
            sums[right] = sums[right].plus(spins.heralded(1), 1)
    light = Optics(first, second, model.interference(IDEAL), heads(efficiency, dark))
    for total, branch in zip(sums, light.one_click(model.prepared(IDEAL)), strict=True):
        assert_mean(total, branch)


def test_trajectories_of_two_detections_average_to_the_heralded_state() -> None:
    model, rng = BarrettKok(visibility=0.9), random.Random(2)
    first, second, efficiency, dark = 0.8, 0.6, 0.9, 0.02
    total, passed = NOTHING, 0
    for _ in range(TRAJECTORIES):
        spins = model.spins(IDEAL)
        parity = False
        for round_ in range(2):
            left, right = clicks(detection(spins, first, second, rng), efficiency, dark, rng)
            if left == right:
                break
            parity ^= right
            if round_ == 0:
                passed += 1
                spins.flip()
        else:
            total = total.plus(spins.heralded(-1 if parity else 1), 1)
    found = model.profile(link_hardware(first * efficiency, second * efficiency, dark, detection=efficiency))
    assert share_of(passed, TRAJECTORIES, found.first_round_success).sigmas(found.first_round_success) < ROOM
    assert share_of(total.trace, TRAJECTORIES, found.success).sigmas(found.success) < ROOM
    fidelity = ((total.db + total.bd) / 2 + total.coherence) / total.trace
    heralds = round(total.trace)
    assert share_of(fidelity * heralds, heralds, found.fidelity).sigmas(found.fidelity) < ROOM


def walk(model: Clicking, rng: random.Random) -> Iterator[Emitters]:
    """The states along one trajectory of three detections with flips between."""
    spins = model.spins(IDEAL)
    yield spins.heralded(1)
    for _ in range(3):
        detection(spins, rng.random(), rng.random(), rng)
        yield spins.heralded(1)
        spins.flip()


@pytest.mark.parametrize(
    "model", [BarrettKok(visibility=0.6), SingleClick(bright_population=0.2, bunching=False)]
)
def test_every_state_along_a_trajectory_is_a_state(model: Clicking) -> None:
    rng = random.Random(3)
    for _ in range(2000):
        for state in walk(model, rng):
            assert state.trace == pytest.approx(1)
            assert min(state.dd, state.db, state.bd, state.bb) >= 0
            assert state.coherence**2 <= state.db * state.bd + 1e-12


@pytest.mark.parametrize("first", [True, False])
def test_lost_light_was_that_of_a_bright_spin_and_missing_light_that_of_a_dark_one(first: bool) -> None:
    rng, lost = random.Random(4), 0
    for _ in range(2000):
        spins = SingleClick(bright_population=0.3).spins(IDEAL)
        survived = spins.survives(first, 0.0, rng)
        state = spins.heralded(1)
        bright = state.bb + (state.bd if first else state.db)
        assert bright == pytest.approx(0.0 if survived else 1.0)
        lost += not survived
    assert share_of(lost, 2000, 0.3).sigmas(0.3) < ROOM


def test_perfect_fibre_teaches_nothing() -> None:
    spins, rng = BarrettKok().spins(IDEAL), random.Random(4)
    before = spins.heralded(1)
    assert spins.survives(True, 1.0, rng)
    assert spins.survives(False, 1.0, rng)
    assert numbers(spins.heralded(1)) == pytest.approx(numbers(before))


@pytest.mark.parametrize(
    ("bunching", "visibility", "share"), [(True, 1.0, 1.0), (True, 0.6, 0.8), (False, 1.0, 0.5)]
)
def test_photons_that_meet_leave_together_as_often_as_they_overlap(
    bunching: bool, visibility: float, share: float
) -> None:
    """Hong-Ou-Mandel: two photons leave by one output with probability (1 + visibility)/2."""
    model, rng = BarrettKok(bunching=bunching, visibility=visibility), random.Random(5)
    seen: dict[Counts, int] = dict.fromkeys(((2, 0), (0, 2), (1, 1)), 0)
    pairs = 0
    while pairs < 4000:
        counts = detection(model.spins(IDEAL), 1.0, 1.0, rng)
        if sum(counts) == 2:
            seen[counts] += 1
            pairs += 1
    assert share_of(seen[2, 0] + seen[0, 2], pairs, share).sigmas(share) < ROOM
    assert share_of(seen[2, 0], pairs, share / 2).sigmas(share / 2) < ROOM


@pytest.mark.parametrize(("first", "second"), list(product((False, True), repeat=2)))
def test_only_light_that_arrived_is_detected(first: bool, second: bool) -> None:
    rng = random.Random(6)
    most = max(sum(BarrettKok().spins(IDEAL).detect(first, second, rng)) for _ in range(500))
    assert most == first + second
