"""Light through air and to satellites: where beams wander, how far satellites are, what a downlink loses.

Transmittances are of the intensity. Lengths in m, angles in rad, times in s.

References:
    Vasylyev, Semenov, Vogel, Phys. Rev. Lett. 108, 220501 (2012): beams that wander across an aperture.
"""

from __future__ import annotations

from math import acos, cos, exp, expm1, inf, log, pi, sin, sqrt
from typing import NamedTuple

from qsim.analytic import arguments as check
from qsim.units import SPEED_OF_LIGHT

#: Mean radius of the Earth, m, and its gravitational parameter, m³/s².
EARTH_RADIUS = 6.371e6
EARTH_GRAVITY = 3.986004418e14
#: An aperture as small as this (4 a²/W²) sees the intensity at a point, ``e^(-2 r²/W²)``.
_POINT = 1e-5
#: e to the power of more than this is no number, and of less than minus this nothing.
_EMPTY = 700.0


class Wander(NamedTuple):
    """Law of the transmittance of a beam that wanders: ``T = T_max e^(-x)``, x of Weibull's distribution.

    Attributes:
        shape: of x.
        edge: of ``r²/(2 σ²)``, at which x is 1; infinite for a beam that stays.
        greatest: T_max, where the beam hits the middle of the aperture.
    """

    shape: float
    edge: float
    greatest: float

    @property
    def scale(self) -> float:
        """Scale of x; 0 where that is too little for a number."""
        return exp(-min(_EMPTY, log(self.edge) / self.shape)) if self.edge < inf else 0.0

    def mean(self) -> float:
        """Mean transmittance, ``T_max ∫ e^(-(u/edge)^(1/shape)) dv``, ``u = -ln v`` from 0 to 1."""
        from scipy.integrate import quad

        if self.edge == inf:
            return self.greatest
        power = 1 / self.shape

        def kept(part: float) -> float:
            u = -log(part)
            return exp(-exp(min(_EMPTY, power * log(u / self.edge)))) if u else 1.0

        # Of a wide aperture the integrand has a cliff where the beam leaves it.
        cliff = exp(-min(_EMPTY, self.edge))
        return self.greatest * float(sum(quad(kept, *ends)[0] for ends in ((0, cliff), (cliff, 1))))


def spot(waist: float, distance: float, wavelength: float) -> float:
    """Radius W of a Gaussian beam at 1/e² of its intensity: ``W0 sqrt(1 + (z λ / (π W0²))²)``.

    Args:
        waist: W0, m.
        distance: z from the waist, m.
        wavelength: λ, m.

    Raises:
        ParameterError: an argument out of its range.
    """
    check.within("waist", waist, 0, above=True)
    check.within("distance", distance, 0)
    check.within("wavelength", wavelength, 0, above=True)
    return waist * sqrt(1 + (distance * wavelength / (pi * waist**2)) ** 2)


def wander(radius: float, width: float, deviation: float) -> Wander:
    """A beam whose centre is off by a normal deviate in either direction.

    With ``q = 4 a²/W²`` and Bessel functions I, of ``D = 1 - e^(-q) I0(q)``, ``L = ln(2 T_max/D)``: the
    exponent ``λ = 2 q e^(-q) I1(q) / (D L)``, the length ``R = a L^(-1/λ)``; shape ``2/λ``, edge
    ``R²/(2 σ²)``, and ``T_max = 1 - e^(-2 a²/W²)``.

    Args:
        radius: a of the aperture, m.
        width: W of the beam there, m.
        deviation: σ, m.

    Raises:
        ParameterError: an argument out of its range.

    Example:
        >>> law = wander(0.2, 0.1115089, sqrt(turbulent_variance(0.1, 10e3, 1e-14)))
        >>> round(law.mean(), 4)
        0.4244
    """
    from scipy.special import i0e, i1e

    check.within("radius", radius, 0, above=True)
    check.within("width", width, 0, above=True)
    check.within("deviation", deviation, 0)
    q = 4 * (radius / width) ** 2
    greatest, covered = -expm1(-q / 2), 1 - float(i0e(q))
    if q < _POINT:
        return Wander(1.0, (width / deviation) ** 2 / 4 if deviation else inf, greatest)
    ratio = log(2 * greatest / covered)
    power = 2 * q * float(i1e(q)) / (covered * ratio)
    length = radius * ratio ** (-1 / power)
    return Wander(2 / power, (length / deviation) ** 2 / 2 if deviation else inf, greatest)


def turbulent_variance(waist: float, distance: float, structure: float) -> float:
    """Variance of the beam's centre in one direction, m²: ``1.919 Cn² z³ (2 W0)^(-1/3)``.

    Args:
        waist: W0, m.
        distance: z through turbulence, m.
        structure: Cn² of the index of refraction, m^(-2/3).

    Raises:
        ParameterError: an argument out of its range.
    """
    check.within("waist", waist, 0, above=True)
    check.within("distance", distance, 0)
    check.within("structure", structure, 0)
    return float(1.919 * structure * distance**3 * (2 * waist) ** (-1 / 3))


def slant_range(height: float, elevation: float) -> float:
    """Distance from the ground to a satellite: ``sqrt((R+h)² - R² cos² ε) - R sin ε``.

    Args:
        height: h above the ground, m.
        elevation: ε over the horizon, rad.

    Raises:
        ParameterError: an argument out of its range.
    """
    _check_sky(height, elevation)
    across = EARTH_RADIUS * cos(elevation)
    return sqrt((EARTH_RADIUS + height) ** 2 - across**2) - EARTH_RADIUS * sin(elevation)


def period(height: float) -> float:
    """Time of one circular orbit: ``2π sqrt((R+h)³/(G M))``.

    Args:
        height: h above the ground, m.

    Raises:
        ParameterError: an argument out of its range.
    """
    check.within("height", height, 0, above=True)
    return 2 * pi * sqrt((EARTH_RADIUS + height) ** 3 / EARTH_GRAVITY)


def overhead_pass(height: float, elevation: float) -> float:
    """For how long a satellite that passes the zenith is higher than an elevation; the Earth stands still.

    Args:
        height: h above the ground, m.
        elevation: least ε over the horizon, rad.

    Raises:
        ParameterError: an argument out of its range.
    """
    _check_sky(height, elevation)
    half = acos(EARTH_RADIUS * cos(elevation) / (EARTH_RADIUS + height)) - elevation
    return period(height) * half / pi


def flight(height: float, elevation: float) -> float:
    """Time of light from a satellite to the ground, s; arguments as of `slant_range`."""
    return slant_range(height, elevation) / SPEED_OF_LIGHT


def downlink(
    height: float,
    elevation: float,
    divergence: float,
    radius: float,
    zenith: float = 1.0,
    pointing: float = 0.0,
) -> float:
    """Mean transmittance from a satellite to a telescope: ``τ^(1/sin ε) (1 - e^(-2 a²/w²))``.

    ``w² = (θ² + 4 σ²) L²`` is the mean spot of a beam that trembles.

    Args:
        height: h above the ground, m.
        elevation: ε over the horizon, rad, above 0.
        divergence: θ, half the angle at 1/e² of the intensity, rad.
        radius: a of the telescope, m.
        zenith: τ of the air straight up.
        pointing: σ of the beam's direction in either axis, rad.

    Raises:
        ParameterError: an argument out of its range.
    """
    check.within("elevation", elevation, 0, above=True)
    check.within("divergence", divergence, 0, above=True)
    check.within("radius", radius, 0, above=True)
    check.probability(zenith=zenith)
    check.within("pointing", pointing, 0)
    spread = (divergence**2 + 4 * pointing**2) * slant_range(height, elevation) ** 2
    return float(-(zenith ** (1 / sin(elevation))) * expm1(-2 * radius**2 / spread))


def _check_sky(height: float, elevation: float) -> None:
    check.within("height", height, 0, above=True)
    check.within("elevation", elevation, 0, pi / 2)
