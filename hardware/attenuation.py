"""The usual attenuation of silica fibre at a wavelength, for fibre that states no loss of its own."""

from __future__ import annotations

from itertools import pairwise
from math import exp, isclose, log
from typing import Final

from qsim.errors import ParameterError

#: Wavelength in m and loss in dB/m, the makers' upper figures for fibre of a single mode at that wavelength.
#: 430 and 532 nm: Thorlabs SM400; 630 nm: Nufern 630-HP; 780 and 850 nm: Nufern 780-HP; from 1310 nm on:
#: Corning SMF-28e+, product information PI1463.
TABLE: Final[tuple[tuple[float, float], ...]] = (
    (430e-9, 50e-3),
    (532e-9, 30e-3),
    (630e-9, 12e-3),
    (780e-9, 4e-3),
    (850e-9, 3.5e-3),
    (1310e-9, 0.35e-3),
    (1383e-9, 0.35e-3),
    (1490e-9, 0.24e-3),
    (1550e-9, 0.2e-3),
    (1625e-9, 0.23e-3),
)
#: What lies beyond is absorbed by the glass itself, in the ultraviolet and in the infrared, m.
SHORTEST: Final = 350e-9
LONGEST: Final = 1675e-9


def usual_attenuation(wavelength: float) -> float:
    """Loss per length of common fibre, dB/m: `TABLE`, with straight lines in logarithms between its entries.

    Below its first entry scattering by the glass rules, which grows with λ⁻⁴ (Rayleigh); above its last one
    the line is carried on.

    Args:
        wavelength: of the light in vacuum, m.

    Raises:
        ParameterError: a wavelength that silica fibre is not used for.

    Example:
        >>> usual_attenuation(1550e-9), usual_attenuation(780e-9)
        (0.0002, 0.004)
    """
    if not SHORTEST <= wavelength <= LONGEST:
        raise ParameterError(
            f"no usual attenuation of fibre is known at {wavelength * 1e9:g} nm, only from "
            f"{SHORTEST * 1e9:g} to {LONGEST * 1e9:g} nm: state the fibre's `attenuation`, or convert it"
        )
    for known, loss in TABLE:
        if isclose(wavelength, known, rel_tol=1e-9):
            return loss
    shortest, most = TABLE[0]
    if wavelength < shortest:
        return most * (shortest / wavelength) ** 4
    for (below, high), (above, low) in pairwise(TABLE):
        if wavelength < above or above == TABLE[-1][0]:
            slope = log(low / high) / log(above / below)
            return high * exp(slope * log(wavelength / below))
    raise AssertionError("the table has no two entries")
