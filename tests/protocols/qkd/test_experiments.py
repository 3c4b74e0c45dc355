"""Two published experiments with keys, from their own parameters, and what had to be inferred."""

from __future__ import annotations

from collections.abc import Callable
from math import exp, expm1

import numpy as np
import pytest
from scipy.optimize import brentq

from hardware.detector import ThresholdDetector
from hardware.optics.weak_pulse_bb84 import PolarisationBB84
from qsim.analytic import decoy_bb84, qkd
from tests.statistics import ROOM, share_of

MEANS, CHANCES = (0.425, 0.044, 0.001), (0.98828125, 0.0078125, 0.00390625)


def seen(km: float, misalignment: float) -> list[qkd.Detected]:
    """Gains and error rates, whose background is that of dark counts and of the afterpulses of all clicks."""
    passed = 0.010657018 * 10 ** (-0.02 * (km - 50))
    light = [-expm1(-mean * passed) for mean in MEANS]
    clicks = (sum(p * one for p, one in zip(CHANCES, light, strict=True)) + 4.2e-5) / (1 - 0.0525)
    background = 4.2e-5 + 0.0525 * clicks
    return [
        qkd.Detected(background + one, (background / 2 + misalignment * one) / (background + one))
        for one in light
    ]


def test_gains_and_errors_at_fifty_kilometres() -> None:
    detector = ThresholdDetector(
        efficiency=0.205,
        dark_count_rate=2.1e-5 / 1e-9,
        window=1e-9,
        count_rate=1e9,
        # 5.25 % of clicks are seen to be followed by another; so many more are not, in the dead time.
        afterpulse_probability=0.0525 * exp(1e-9 / 10e-9),
        afterpulse_lifetime=10e-9,
    )
    link = PolarisationBB84(
        rate=1e9,
        length=50e3,
        mean_photons=MEANS,
        intensity_chances=CHANCES,
        sender_z=0.9375,
        receiver_z=0.9375,
        receiver_loss=2.84,
        misalignment=0.012764,
        detector=detector,
    )
    block = link.block(200_000_000, np.random.default_rng(2))
    in_z = (block.sent_basis == 0) & (block.seen_basis == 0)
    expected = seen(50, 0.012764)
    for level in (1, 2):
        slots = round(block.sent[level, 0] * 0.9375)
        found = share_of(
            np.count_nonzero(in_z & (block.sent_intensity == level)), slots, expected[level].probability
        )
        assert found.sigmas(expected[level].probability) < ROOM
    signal = in_z & (block.sent_intensity == 0)
    gain = np.count_nonzero(signal) / (block.sent[0, 0] * 0.9375)
    # 5.016e9 of 1.0424e12 slots in print.
    assert gain == pytest.approx(4.8123e-3, rel=0.01)
    assert expected[0].probability == pytest.approx(4.8123e-3, rel=0.01)
    assert expected[1].probability == pytest.approx(7.53664e-4, rel=0.02)
    assert expected[2].probability == pytest.approx(3.0559e-4, rel=0.01)
    wrong = (block.sent_bit != block.seen_bit)[signal]
    errors = share_of(int(wrong.sum()), len(wrong), expected[0].error_rate)
    assert errors.sigmas(expected[0].error_rate) < ROOM
    assert float(wrong.mean()) == pytest.approx(0.0426, abs=0.002)
    assert expected[0].error_rate == pytest.approx(0.0426, abs=0.002)
    assert seen(50, 0.006186)[0].error_rate == pytest.approx(0.0364, abs=0.002)


@pytest.mark.parametrize(("km", "published"), [(35, 2.2e6), (50, 1.09e6), (65, 0.4e6), (80, 0.12e6)])
def test_key_rates_lie_over_the_finite_ones(km: float, published: float) -> None:
    z, x = seen(km, 0.012764), seen(km, 0.006186)
    single = decoy_bb84.two_decoys(*z, MEANS)
    single = single._replace(error_rate=decoy_bb84.two_decoys(*x, MEANS).error_rate)
    rate = 1e9 * CHANCES[0] * decoy_bb84.key_rate(z[0], MEANS[0], single, 1.10, kept=0.9375**2)
    assert 0.95 < rate / published < 1.65


def coincidences(pairs: float, arms: tuple[float, float], misalignment: float) -> qkd.Detected:
    """Poissonian pairs, accidental coincidences wrong half of the time (Honjo et al. 2008)."""
    dark = 7.5e-7
    silent = [(1 - dark) * exp(-pairs * arm) for arm in arms]
    joint = (1 - dark) ** 2 * exp(-pairs * (sum(arms) - arms[0] * arms[1]))
    both, true = 1 - sum(silent) + joint, pairs * arms[0] * arms[1]
    return qkd.Detected(both, ((both - true) / 2 + misalignment * true) / both)


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function that rises passes zero."""
    found: float = brentq(function, low, high)
    return found


def test_entangled_photons_without_fibre_and_over_a_hundred_kilometres() -> None:
    """What no figure at hand states, the pairs a slot over 100 km, is taken from the visibility there."""
    arms = (0.02 * 10**-0.685, 0.007 * 10**-0.653)
    far_arms = (arms[0] * 10**-1.05, arms[1] * 10**-1.05)
    visibility_errors = (1 - 0.938) / 2, (1 - 0.850) / 2
    assert visibility_errors == pytest.approx((0.031, 0.0759), abs=0.001)
    # Of both bases together, and of the one whose errors the visibility tells, both fitted without fibre.
    whole = root(lambda wrong: coincidences(0.04, arms, wrong).error_rate - 0.0235, 0, 0.1)
    energy = root(lambda wrong: coincidences(0.04, arms, wrong).error_rate - visibility_errors[0], 0, 0.1)
    assert whole == pytest.approx(0.0042, abs=5e-5)
    near = coincidences(0.04, arms, whole)
    assert 1 / 1.35 < near.probability * 1e9 / 12 / 29.4 < 1.35
    assert 1 - 2.17 * qkd.binary_entropy(near.error_rate) < 20.2 / 29.4
    pairs = root(
        lambda each: coincidences(each, far_arms, energy).error_rate - visibility_errors[1], 0.04, 0.3
    )
    far = coincidences(pairs, far_arms, whole)
    assert far.error_rate == pytest.approx(0.0691, abs=0.003)
    assert 1 / 1.35 < far.probability * 1e9 / 12 / 0.59 < 1.35
    assert 1 - 2.17 * qkd.binary_entropy(far.error_rate) < 0.246


def test_errors_over_a_hundred_kilometres_hang_on_the_pairs_a_slot() -> None:
    """As bright as without fibre the source would make 2.7 % of errors: it was brighter."""
    far_arms = (0.02 * 10**-1.735, 0.007 * 10**-1.703)
    rates = [coincidences(pairs, far_arms, 0.0042) for pairs in (0.04, 0.14, 0.15)]
    assert rates[0].error_rate == pytest.approx(0.0267, abs=2e-4)
    assert rates[0].probability * 1e9 / 12 / 0.59 == pytest.approx(0.30, abs=0.01)
    assert rates[2].error_rate - rates[1].error_rate == pytest.approx(0.0038, abs=2e-4)
