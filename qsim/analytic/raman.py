"""Spontaneous Raman scattering: photons that classical light adds to quantum light in the same fibre.

Classical light of power P at the start of the fibre, attenuation α_c, scatters β dz dλ of its power over a
length dz into a bandwidth dλ at the quantum light's wavelength, in either direction; the scattered light is
attenuated by α_q on its way to the end. All α here in 1/m (natural).

References:
    Eraerds, Walenta, Legré, Gisin, Zbinden, New J. Phys. 12, 063027 (2010), section 3.3, where α_c = α_q.
"""

from __future__ import annotations

from math import exp, expm1, log
from typing import Final

from qsim.analytic import arguments as check
from qsim.units import SPEED_OF_LIGHT

#: Planck's constant, J s (exact, SI).
PLANCK: Final = 6.62607015e-34
_NATURAL: Final = log(10) / 10


def forward_power(power: float, length: float, classical: float, quantum: float, scattering: float) -> float:
    """Power scattered along with the classical light: P β Δλ (e^(-α_c L) - e^(-α_q L))/(α_q - α_c).

    With equal attenuations it is P β Δλ L e^(-αL).

    Args:
        power: P of the classical light at the start of the fibre, W.
        length: L, m.
        classical, quantum: attenuations, dB/m.
        scattering: β Δλ, coefficient times bandwidth, 1/m.

    Returns:
        W, at the end to which the classical light goes.
    """
    _checked(power, length, classical, quantum, scattering)
    alpha_c, alpha_q = _NATURAL * classical, _NATURAL * quantum
    # (e^(-aL) - e^(-bL))/(b-a) without the loss of digits where both are nearly equal.
    gap = (alpha_q - alpha_c) * length
    share = 1.0 if gap == 0 else -expm1(-gap) / gap
    return power * scattering * exp(-alpha_c * length) * length * share


def backward_power(power: float, length: float, classical: float, quantum: float, scattering: float) -> float:
    """Power scattered back to where the classical light starts: P β Δλ (1 - e^(-(α_c+α_q)L))/(α_c + α_q).

    With equal attenuations it is the published P_out β Δλ sinh(αL)/α with P_out = P e^(-αL).

    Args:
        power, length, classical, quantum, scattering: as in `forward_power`.

    Returns:
        W, at the end where the classical light starts.
    """
    _checked(power, length, classical, quantum, scattering)
    both = _NATURAL * (classical + quantum) * length
    return power * scattering * length * (1.0 if both == 0 else -expm1(-both) / both)


def photon_rate(power: float, wavelength: float) -> float:
    """Photons a second in light of a power: P λ/(h c).

    Args:
        power: W.
        wavelength: m.

    Example:
        >>> f"{photon_rate(1e-12, 1550e-9):.4g}"
        '7.803e+06'
    """
    check.within("power", power, 0)
    check.within("wavelength", wavelength, 0, above=True)
    return power * wavelength / (PLANCK * SPEED_OF_LIGHT)


def _checked(power: float, length: float, classical: float, quantum: float, scattering: float) -> None:
    check.within("power", power, 0)
    check.within("length", length, 0)
    check.within("classical", classical, 0)
    check.within("quantum", quantum, 0)
    check.within("scattering", scattering, 0)
