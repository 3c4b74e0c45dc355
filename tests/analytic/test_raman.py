"""Raman noise in shared fibre: integrals along the fibre, and the published closed forms."""

from __future__ import annotations

from math import exp, log, sinh

import pytest
from scipy.integrate import quad

from qsim.analytic import raman

NATURAL = log(10) / 10


@pytest.mark.parametrize("length", [1e2, 25e3, 100e3])
@pytest.mark.parametrize(("classical", "quantum"), [(0.2e-3, 0.2e-3), (0.35e-3, 0.2e-3), (0.2e-3, 4e-3)])
def test_both_directions_are_integrals_along_the_fibre(
    length: float, classical: float, quantum: float
) -> None:
    """Each metre scatters what is left of the classical light; what it scatters is attenuated on its way."""
    a, b, power, scattering = NATURAL * classical, NATURAL * quantum, 1e-3, 1.6e-12
    along, _ = quad(lambda z: exp(-a * z - b * (length - z)), 0, length, epsrel=1e-11)
    back, _ = quad(lambda z: exp(-a * z - b * z), 0, length, epsrel=1e-11)
    found = raman.forward_power(power, length, classical, quantum, scattering)
    assert found == pytest.approx(power * scattering * along, rel=1e-8)
    found = raman.backward_power(power, length, classical, quantum, scattering)
    assert found == pytest.approx(power * scattering * back, rel=1e-8)


def test_equal_attenuations_give_the_published_formulas() -> None:
    """P_out L ρ Δλ forwards and P_out ρ Δλ sinh(αL)/α backwards, P_out at the far end (Eraerds et al.)."""
    power, length, loss, scattering = 1e-3, 50e3, 0.2e-3, 1.6e-12
    alpha = NATURAL * loss
    out = power * exp(-alpha * length)
    forward = raman.forward_power(power, length, loss, loss, scattering)
    backward = raman.backward_power(power, length, loss, loss, scattering)
    assert forward == pytest.approx(out * length * scattering, rel=1e-12)
    assert backward == pytest.approx(out * scattering * sinh(alpha * length) / alpha, rel=1e-12)
    assert backward > forward


def test_without_attenuation_the_length_counts() -> None:
    assert raman.forward_power(1.0, 7.0, 0.0, 0.0, 2.0) == pytest.approx(14.0)
    assert raman.backward_power(1.0, 7.0, 0.0, 0.0, 2.0) == pytest.approx(14.0)
