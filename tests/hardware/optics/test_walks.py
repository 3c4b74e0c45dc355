"""Polarisation that turns at random while slots pass."""

from __future__ import annotations

from math import expm1, sin, sqrt

import numpy as np
import pytest

from hardware.detector import ThresholdDetector
from hardware.optics.bench import Bench
from hardware.optics.optical_assembly import Assembly
from hardware.optics.walk import Walk
from hardware.optics.weak_pulse_bb84 import PolarisationBB84
from qsim.kernel import Simulator
from tests.hardware.optics.test_levels_of_detail import pulses
from tests.hardware.optics.test_optical_benches import detector
from tests.statistics import ROOM, Estimate

SLOT = 100_000


def wandering(wander: float, mean: float = 0.8) -> Bench:
    """Light that is horizontal behind a drift, and a splitter whose `wrong` output is vertical."""
    assembly = Assembly(
        {
            "laser": {"kind": "weak-laser", "mean_photons": mean},
            "drift": {"kind": "polarisation-drift", "wander": wander},
            "splitter": {"kind": "polarising-splitter"},
            "right": detector(),
            "wrong": detector(),
        },
        (
            "laser.out -> drift.in",
            "drift.out -> splitter.a",
            "splitter.c -> right.in",
            "splitter.d -> wrong.in",
        ),
        ("splitter.b",),
    )
    return Bench(assembly, SLOT)


def test_the_variance_of_an_angle_grows_with_time() -> None:
    ends = []
    for seed in range(400):
        walk = Walk({"drift.angle": 0.05}, 1_000_000_000, np.random.default_rng(seed))
        walk.forward(1000)
        ends.append(walk.moved(walk.place)["drift.angle"])
    turned = (np.array(ends) + np.pi) % (2 * np.pi) - np.pi
    # A thousand slots of 1 ms; a walk stands still for 40 of them at most.
    square = Estimate(float((turned**2).mean()), float((turned**2).std() / sqrt(400)))
    assert square.sigmas(0.05**2) < ROOM


def test_a_walk_does_not_hang_on_blocks() -> None:
    whole, cut = (Walk({"a.x": 0.4, "b.y": 0.1}, 10**9, np.random.default_rng(1)) for _ in range(2))
    for slots in (1, 7, 992, 0, 500):
        cut.forward(slots)
    whole.forward(1500)
    assert whole.place == cut.place
    assert whole.still == cut.still
    assert whole.place != (0, 0)


def expected(walk: Walk | None, slots: int, mean: float = 0.8) -> tuple[float, float]:
    """Mean number of clicks at the wrong output along a walk, and its standard deviation."""
    assert walk is not None
    chances = []
    for _ in range(slots):
        chances.append(-expm1(-mean * sin(walk.moved(walk.place)["drift.angle"]) ** 2))
        walk.forward(1)
    return sum(chances), sqrt(sum(each * (1 - each) for each in chances))


@pytest.mark.parametrize("blocks", [1, 40])
def test_light_leaks_along_the_walk(blocks: int) -> None:
    bench, slots = wandering(6.0), 20_000
    walk = bench.walk(np.random.default_rng(5))
    rng = np.random.default_rng(6)
    wrong = sum(int((bench.run(slots // blocks, rng, walk).pattern >> 1).sum()) for _ in range(blocks))
    mean, spread = expected(bench.walk(np.random.default_rng(5)), slots)
    assert mean > 200
    assert Estimate(wrong, spread).sigmas(mean) < ROOM


def test_pulse_by_pulse_it_leaks_as_much() -> None:
    bench, slots = wandering(30.0), 2000
    wrong = int((pulses(bench, slots, 8).pattern >> 1).sum())
    mean, spread = expected(bench.walk(Simulator(8).array_stream("bench/bench/walk")), slots)
    assert mean > 50
    assert Estimate(wrong, spread).sigmas(mean) < ROOM


def test_keys_of_polarisation_that_wanders() -> None:
    model = ThresholdDetector(0.5, count_rate=25e6)
    still, adrift = (
        PolarisationBB84(
            rate="1 MHz", length=0, mean_photons=(0.5,), intensity_chances=(1,), detector=model, wander=wander
        )
        for wander in (0.0, 0.6)
    )
    errors = []
    for source in (still, adrift):
        block = source.block(40_000, np.random.default_rng(7))
        alike = block.sent_basis == block.seen_basis
        errors.append(float((block.sent_bit != block.seen_bit)[alike].mean()))
    assert errors[0] == 0
    assert 0.001 < errors[1] < 0.2


def test_a_walk_that_is_passed_on_goes_on() -> None:
    source = PolarisationBB84(rate="1 MHz", length=0, mean_photons=(0.5,), intensity_chances=(1,), wander=0.2)
    walk = source.bench.walk(np.random.default_rng(1))
    assert walk is not None
    for _ in range(2):
        source.block(20_000, np.random.default_rng(2), walk)
    assert walk.place != (0,)
    assert wandering(1e-300).walk(np.random.default_rng(1)).still > 10**15  # type: ignore[union-attr]
    assert len(wandering(100).run(50, np.random.default_rng(1)).slot) > 10
    assert wandering(0.0).walk(np.random.default_rng(1)) is None
