"""Gaussian light where nobody counts photons: teleportation of coherent states, and keys from quadratures."""

from __future__ import annotations

from math import log2, sqrt

import numpy as np
import pytest

from qsim.quantum.light import GaussianLight


def teleported(r: float, efficiency: float) -> float:
    """Fidelity of teleported coherent light: the noise is what ``x - x'`` and ``p + p'`` of the pair carry.

    Braunstein and Kimble, Phys. Rev. Lett. 80, 869 (1998), with loss on both halves.
    """
    loss = sqrt(efficiency) * np.eye(2, dtype=np.complex128)
    v = GaussianLight.two_mode_squeezed(r).through(loss).covariance
    x = v[0, 0] + v[1, 1] - 2 * v[0, 1]
    p = v[2, 2] + v[3, 3] + 2 * v[2, 3]
    return 2 / sqrt((2 + x) * (2 + p))


@pytest.mark.parametrize(
    ("r", "efficiency", "fidelity"),
    [(0, 1, 0.5), (1, 1, 0.8807970779778823), (1.5, 0.95, 0.9113297023917059)],
)
def test_teleported_coherent_light(r: float, efficiency: float, fidelity: float) -> None:
    assert teleported(r, efficiency) == pytest.approx(fidelity, rel=1e-12)


@pytest.mark.parametrize(("r", "decibels"), [(0, 0.0), (1, 8.685889638065035), (1.5, 13.028834457097554)])
def test_squeezing_of_two_modes(r: float, decibels: float) -> None:
    """The difference of positions and the sum of momenta, beside those of two modes of the vacuum."""
    v, vacuum = GaussianLight.two_mode_squeezed(r).covariance, GaussianLight.two_mode_squeezed(0).covariance
    for first, second, sign in ((0, 1, -1), (2, 3, 1)):
        joint = v[first, first] + v[second, second] + 2 * sign * v[first, second]
        least = vacuum[first, first] + vacuum[second, second]
        assert -10 * np.log10(joint / least) == pytest.approx(decibels, abs=1e-9)


def entropy(light: GaussianLight) -> float:
    """Von Neumann entropy, bits."""
    total = 0.0
    for nu in light.symplectic_eigenvalues():
        high, low = (nu + 1) / 2, (nu - 1) / 2
        total += high * log2(high) - (low * log2(low) if low > 1e-12 else 0.0)
    return total


@pytest.mark.parametrize(
    ("modulation", "transmittance", "excess", "corrected", "information", "holevo", "key"),
    [
        (4, 0.9999953948404178, 0, 1, 1.1609613899024291, 6.28727099995474e-05, 1.1608985171924295),
        (4, 0.31622776601683794, 0.01, 0.95, 0.5884561444294241, 0.41105588642868307, 0.14797745077926971),
        (4, 0.025118864315095794, 0.03, 0.95, 0.06901389087854101, 0.060070533734773335, 0.00549266259984),
    ],
)
def test_keys_from_quadratures(
    modulation: float,
    transmittance: float,
    excess: float,
    corrected: float,
    information: float,
    holevo: float,
    key: float,
) -> None:
    """Coherent states, homodyne detection, reverse reconciliation: Weedbrook et al. (2012), section VI.

    The pair that stands for the modulation goes through loss; the spy holds what purifies it.
    """
    pair = GaussianLight.squeezed_pairs([modulation / 2])
    seen = pair.through(np.diag([1, sqrt(transmittance)]).astype(np.complex128))
    noise = np.diag([0, transmittance * excess, 0, transmittance * excess])
    shared = GaussianLight(seen.mean, seen.covariance + noise)
    v = shared.covariance
    shares = log2(v[1, 1] / (1 + transmittance * excess)) / 2
    assert shares == pytest.approx(information, rel=1e-9)
    # The other end's mode once x has been measured: what both know of it is gone.
    left = np.array([[v[0, 0] - v[0, 1] ** 2 / v[1, 1], 0], [0, v[2, 2]]])
    known = entropy(shared) - entropy(GaussianLight(np.zeros(2), left))
    assert known == pytest.approx(holevo, rel=1e-6, abs=2e-9)
    assert corrected * shares - known == pytest.approx(key, rel=1e-6, abs=2e-9)
