"""Atomic frequency combs: how much of the light that they take they give back.

References:
    Afzelius, Simon, de Riedmatten, Gisin, Phys. Rev. A 79, 052329 (2009), equations 10 and 14.
"""

from __future__ import annotations

from math import exp, expm1

from qsim.analytic import arguments as check


def comb_efficiency(optical_depth: float, finesse: float, *, backward: bool) -> float:
    """Efficiency of an echo: ``(1 - e^-D)² e^(-7/F²)`` backwards, ``D² e^-D e^(-7/F²)`` forwards.

    ``D = d/F`` is the depth that the comb has on average.

    Args:
        optical_depth: d of the comb's lines, positive.
        finesse: F, distance of the lines over their width, at least 1.
        backward: whether the echo leaves where the light came in.

    Raises:
        ParameterError: an argument out of its range.

    Example:
        >>> round(comb_efficiency(10, 4, backward=False), 4), round(comb_efficiency(10, 4, backward=True), 4)
        (0.3312, 0.544)
    """
    check.within("optical_depth", optical_depth, 0, above=True)
    check.within("finesse", finesse, 1)
    depth = optical_depth / finesse
    dephased = exp(-7 / finesse**2)
    return dephased * (expm1(-depth) ** 2 if backward else depth**2 * exp(-depth))
