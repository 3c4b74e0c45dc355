"""Key distribution and the Bell test: printed values, enumerated clicks and photon numbers."""

from __future__ import annotations

from itertools import product
from math import exp, factorial, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsim.analytic import qkd
from qsim.analytic.capacity import transmission
from qsim.quantum import BellDiagonalState, teleportation_fidelity
from tests.analytic.printed import printed

shares = st.floats(0, 1)


@pytest.mark.parametrize(
    ("fidelity", "error", "fraction", "chsh", "teleported"),
    [
        (0.95, "0.033333", "0.578315", "2.639865", "0.966667"),
        (0.9, "0.066667", "0.293281", "2.451304", "0.933333"),
        (0.85, "0.1", "0.062009", "2.262742", "0.9"),
    ],
)
def test_werner_pairs_as_printed(
    fidelity: float, error: str, fraction: str, chsh: str, teleported: str
) -> None:
    assert qkd.werner_error_rate(fidelity) == printed(error)
    assert qkd.bb84_fraction(qkd.werner_error_rate(fidelity)) == printed(fraction)
    assert qkd.werner_chsh(fidelity) == printed(chsh)
    assert teleportation_fidelity(fidelity) == printed(teleported)


def test_thresholds_as_printed() -> None:
    threshold = qkd.bb84_threshold()
    assert threshold == printed("0.1100278644")
    assert 1 - 1.5 * threshold == printed("0.8349582033")
    assert printed("0.7803300859") == qkd.CHSH_FIDELITY
    assert qkd.werner_chsh(qkd.CHSH_FIDELITY) == pytest.approx(2)
    assert qkd.bb84_fraction(threshold) == pytest.approx(0, abs=1e-12)
    assert qkd.bb84_fraction(0.2) == 0


@pytest.mark.parametrize(
    ("length", "counted", "error", "sifted"),
    [
        (20e3, "0.318486781", "0.01000210", "0.159243390"),
        (100e3, "0.00800197600", "0.01012149", "0.00400098800"),
    ],
)
def test_single_photons_as_printed(length: float, counted: str, error: str, sifted: str) -> None:
    found = qkd.single_photons(transmission(length) * 0.8, dark=1e-6, misalignment=0.01)
    assert found.sifted == printed(sifted)
    assert found == (printed(counted), printed(error))


@pytest.mark.parametrize(
    ("length", "gain", "error"),
    [
        (50e3, "4.989521e-3", "0.015194"),
        (100e3, "5.018750e-4", "0.016933"),
        (150e3, "5.199875e-5", "0.033654"),
    ],
)
def test_weak_pulses_as_printed(length: float, gain: str, error: str) -> None:
    found = qkd.weak_pulses(transmission(length) * 0.1, photons=0.5, background=2e-6, misalignment=0.015)
    assert found == (printed(gain), printed(error))


@pytest.mark.parametrize(
    ("share", "entropy"), [(0, 0), (1, 0), (0.5, 1), (0.25, 0.8112781245), (0.75, 0.8112781245)]
)
def test_binary_entropy(share: float, entropy: float) -> None:
    assert qkd.binary_entropy(share) == pytest.approx(entropy, rel=1e-9)


@settings(deadline=None)
@given(st.floats(0.25, 1))
def test_error_rate_and_bell_value_are_those_of_the_state(fidelity: float) -> None:
    state = BellDiagonalState.werner(fidelity)
    _, phi_minus, psi_plus, psi_minus = state.probabilities()
    assert qkd.werner_error_rate(fidelity) == pytest.approx(psi_plus + psi_minus)
    assert qkd.werner_error_rate(fidelity) == pytest.approx(phi_minus + psi_minus)
    z, x = np.diag([1, -1]), np.array([[0, 1], [1, 0]])
    diagonal, across = (z + x) / sqrt(2), (z - x) / sqrt(2)
    operator = np.kron(z, diagonal) + np.kron(z, across) + np.kron(x, diagonal) - np.kron(x, across)
    assert qkd.werner_chsh(fidelity) == pytest.approx(np.trace(operator @ state.density_matrix()).real)


@settings(deadline=None)
@given(st.floats(0.001, 1), st.floats(0, 0.9), shares)
def test_single_photons_count_every_case(passed: float, dark: float, misalignment: float) -> None:
    photon = {"none": 1 - passed, "right": passed * (1 - misalignment), "wrong": passed * misalignment}
    right = wrong = 0.0
    for (where, chance), counts in product(photon.items(), product((False, True), repeat=2)):
        for count in counts:
            chance *= dark if count else 1 - dark
        clicks = where == "right" or counts[0], where == "wrong" or counts[1]
        right += chance * (clicks == (True, False))
        wrong += chance * (clicks == (False, True))
    found = qkd.single_photons(passed, dark, misalignment)
    assert found.probability == pytest.approx(right + wrong)
    assert found.error_rate == pytest.approx(wrong / (right + wrong))


@settings(deadline=None)
@given(st.floats(1e-4, 1), st.floats(0.01, 2), st.floats(0, 0.1), st.floats(0, 0.5))
def test_weak_pulses_are_the_sum_over_photon_numbers(
    passed: float, photons: float, background: float, misalignment: float
) -> None:
    gain = errors = 0.0
    for number in range(60):
        poisson = exp(-photons) * photons**number / factorial(number)
        seen = 1 - (1 - passed) ** number
        gain += poisson * (background + seen)
        errors += poisson * (background / 2 + misalignment * seen)
    found = qkd.weak_pulses(passed, photons, background, misalignment)
    assert found.probability == pytest.approx(gain)
    assert found.error_rate == pytest.approx(errors / gain)


def test_decoy_rate_is_the_single_photon_part_less_error_correction() -> None:
    rate = qkd.decoy_rate(0.01, 0.5, background=2e-6, misalignment=0.015, correction=1.16)
    one = 0.5 * exp(-0.5) * (0.01 + 2e-6)
    error = (1e-6 + 0.015 * 0.01) / (0.01 + 2e-6)
    pulses = qkd.weak_pulses(0.01, 0.5, 2e-6, 0.015)
    spent = 1.16 * pulses.probability * qkd.binary_entropy(pulses.error_rate)
    assert rate == pytest.approx(0.5 * (one * (1 - qkd.binary_entropy(error)) - spent))
    assert rate > 0


@settings(deadline=None)
@given(st.floats(1e-6, 1), st.floats(0.01, 2), st.floats(1e-9, 0.1), st.floats(0, 0.5))
def test_decoy_rate_never_exceeds_the_sifted_pulses(
    passed: float, photons: float, background: float, misalignment: float
) -> None:
    rate = qkd.decoy_rate(passed, photons, background, misalignment)
    assert 0 <= rate <= qkd.weak_pulses(passed, photons, background, misalignment).sifted * (1 + 1e-9)


def test_decoy_rate_vanishes_far_away() -> None:
    assert qkd.decoy_rate(transmission(400e3), 0.5, background=2e-6, misalignment=0.015) == 0
