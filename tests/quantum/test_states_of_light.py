"""The three ways in which light is held say the same, and what closed forms say."""

from __future__ import annotations

from math import exp, pi, sqrt

import numpy as np
import pytest
from numpy.typing import NDArray

from qsim.errors import ParameterError
from qsim.quantum.light import CoherentLight, FockLight, GaussianLight, Light, joined


def contraction(rows: int, columns: int, seed: int) -> NDArray[np.complex128]:
    """Linear optics with loss, drawn at random."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(rows, columns)) + 1j * rng.normal(size=(rows, columns))
    return 0.9 * matrix / np.linalg.norm(matrix, 2)


def weights(modes: int, seed: int) -> NDArray[np.complex128]:
    """Efficiencies of three detectors on some modes."""
    parts = [contraction(modes, modes, seed + k) for k in range(3)]
    return np.stack([part.conj().T @ part for part in parts])


LASER = CoherentLight(np.array([0.2 + 0.1j, -0.1 + 0.15j]))
PAIRS = GaussianLight.squeezed_pairs([0.01], [0.7])


@pytest.mark.parametrize("rank", [1, 2])
@pytest.mark.parametrize("light", [LASER, PAIRS, PAIRS.through(contraction(2, 2, 9))])
def test_promotion_changes_nothing(light: Light, rank: int) -> None:
    if rank < light.rank:
        pytest.skip("promoted upwards only")
    optics, seen = contraction(3, 2, 1), weights(3, 2)
    other = light.promoted(rank, 5)
    expected = light.through(optics).silence(seen)
    assert other.through(optics).silence(seen) == pytest.approx(expected, abs=3e-6)
    phase = np.array(0.4)
    assert other.turned(phase).through(optics).silence(seen) == pytest.approx(expected, abs=3e-6)


def test_light_of_two_sources_is_held_in_the_higher_form() -> None:
    seen = weights(4, 3)
    optics = contraction(4, 4, 4)
    gaussian = joined([LASER, PAIRS])
    assert isinstance(gaussian, GaussianLight)
    fock = joined([LASER.promoted(2, 4), PAIRS])
    assert isinstance(fock, FockLight)
    assert fock.through(optics).silence(seen) == pytest.approx(
        gaussian.through(optics).silence(seen), abs=1e-4
    )


def test_loss_and_optics_compose() -> None:
    one, other = contraction(3, 2, 5), contraction(2, 3, 6)
    for light in (LASER, PAIRS, PAIRS.promoted(2, 3)):
        twice = light.through(one).through(other)
        once = light.through(other @ one)
        assert twice.silence(weights(2, 7)) == pytest.approx(once.silence(weights(2, 7)), abs=1e-12)


def test_numbers_of_photons() -> None:
    counted = np.array([[[1.0]]], dtype=np.complex128)
    poisson = CoherentLight(np.array([sqrt(0.7)])).numbers(counted, 4)
    assert poisson == pytest.approx(
        [exp(-0.7) * 0.7**n / f for n, f in enumerate((1, 1, 2, 6, 24))], abs=1e-14
    )
    both = np.zeros((2, 2, 2), dtype=np.complex128)
    both[0, 0, 0] = both[1, 1, 1] = 1
    joint = GaussianLight.squeezed_pairs([0.3]).numbers(both, 3)
    assert joint == pytest.approx(np.diag([0.3**n / 1.3 ** (n + 1) for n in range(4)]), abs=1e-14)


def test_two_photons_leave_a_splitter_together() -> None:
    splitter = np.array([[1, 1j], [1j, 1]]) / sqrt(2)
    left = FockLight.ket(2, {(1, 1): 1}).through(splitter)
    counted = np.zeros((2, 2, 2), dtype=np.complex128)
    counted[0, 0, 0] = counted[1, 1, 1] = 1
    expected = np.zeros((3, 3))
    expected[2, 0] = expected[0, 2] = 0.5
    assert left.numbers(counted, 2) == pytest.approx(expected, abs=1e-12)


def test_a_detector_that_saw_nothing_leaves_the_rest() -> None:
    """A pair of which one photon was looked for in vain: the other is there with what loss leaves."""
    pair = FockLight.ket(2, {(1, 1): sqrt(0.5), (0, 0): sqrt(0.5)})
    left = pair.silent(np.diag([0.8, 0.0]).astype(np.complex128))
    assert left.trace == pytest.approx(0.5 + 0.5 * 0.2)
    other = left.only([1])
    assert other.sectors[1, 1][0, 0].real == pytest.approx(0.1)


def test_squeezing() -> None:
    light = GaussianLight.two_mode_squeezed(1.0)
    difference = light.covariance[0, 0] + light.covariance[1, 1] - 2 * light.covariance[0, 1]
    assert difference == pytest.approx(2 * exp(-2))
    assert light.symplectic_eigenvalues() == pytest.approx([1, 1])
    mean = np.sinh(1.0) ** 2
    same = GaussianLight.squeezed_pairs([mean])
    assert same.covariance == pytest.approx(light.covariance)
    assert np.diag(GaussianLight.squeezed(10).covariance) == pytest.approx([0.1, 10])


def test_pairs_of_several_means_and_phases_are_each_their_own() -> None:
    """Quadratures x, then p: 1 + 2 n each, and 2 sqrt(n (n + 1)) of cos or sin between the two of a pair."""
    means, phases = [0.3, 0.8], [0.4, 1.9]
    found = GaussianLight.squeezed_pairs(means, phases).covariance
    expected = np.zeros((8, 8))
    for pair, (mean, phase) in enumerate(zip(means, phases, strict=True)):
        one, other = 2 * pair, 2 * pair + 1
        strength = 2 * sqrt(mean * (mean + 1))
        for a, b in ((one, other), (other, one)):
            expected[a, a] = expected[a + 4, a + 4] = 1 + 2 * mean
            expected[a, b] = strength * np.cos(phase)
            expected[a + 4, b + 4] = -strength * np.cos(phase)
            expected[a, b + 4] = expected[b + 4, a] = strength * np.sin(phase)
    assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("phase", [0.6, np.array([0.6])])
def test_pairs_that_are_turned_have_twice_the_phase_more(phase: float | NDArray[np.float64]) -> None:
    turned = GaussianLight.squeezed_pairs([0.3], [0.7]).turned(phase)
    expected = GaussianLight.squeezed_pairs([0.3], [0.7 + 2 * 0.6])
    assert turned.covariance == pytest.approx(expected.covariance, abs=1e-12)


def test_each_pulse_of_a_block_is_turned_by_its_own_phase() -> None:
    phases = np.array([0.3, 1.1, -2.0])
    alpha = np.array([0.5 - 0.2j, 0.1 + 0.7j])
    light = GaussianLight(np.concatenate([alpha.real, alpha.imag]), np.eye(4))
    turned = light.turned(phases)
    expected = alpha * np.exp(1j * phases)[:, None]
    assert turned.mean == pytest.approx(np.concatenate([expected.real, expected.imag], axis=1))
    assert turned.covariance is light.covariance


def test_a_block_of_pulses() -> None:
    phases = np.arange(5) * 2 * pi / 5
    turned = LASER.turned(phases)
    assert turned.silence(weights(2, 8)).shape == (5, 3)
    assert turned.promoted(1, 0).silence(weights(2, 8)) == pytest.approx(turned.silence(weights(2, 8)))
    assert turned.promoted(2, 6).silence(weights(2, 8)) == pytest.approx(
        turned.silence(weights(2, 8)), abs=1e-6
    )


def test_too_many_photons_are_refused() -> None:
    one = FockLight.of_numbers((0, 1))
    with pytest.raises(ParameterError, match="beyond a truncated state"):
        joined([one] * 6)


def test_bright_light_beside_single_photons_is_refused() -> None:
    with pytest.raises(ParameterError, match="take a smaller mean number of photons"):
        joined([FockLight.of_numbers((0, 1)), CoherentLight(np.array([1.5]))])
