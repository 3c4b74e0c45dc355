"""What decoys at both ends say of pairs of single photons at an untrusted station.

References:
    Ma, Fung, Razavi, Phys. Rev. A 86, 052305 (2012); Xu, Curty, Qi, Lo, New J. Phys. 15, 113007 (2013).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from qsim.analytic import arguments as check
from qsim.analytic.decoy_bb84 import SinglePhotons
from qsim.analytic.qkd import Detected

__all__ = ["both_single"]


def both_single(seen: Sequence[Sequence[Detected]], photons: tuple[float, float, float]) -> SinglePhotons:
    """Bounds on yield and error rate where both ends sent one photon, in one basis.

    Terms with no photon from an end are taken out by its vacuum; of the rest, the signal bounds what more
    than two photons in all add to the decoy: Y11 >= (µ³ M_ν - ν³ M_µ) / (µ² ν² (µ - ν)).

    Args:
        seen: gains and error rates by the intensity of the first and of the second end: signal, decoy,
            vacuum.
        photons: their mean photon numbers µ > ν > 0 and 0, alike at both ends.

    Raises:
        ParameterError: the intensities do not stand in that order, or the weakest is not the vacuum.
    """
    signal, weak, vacuum = photons
    check.within("vacuum", vacuum, 0, 0)
    check.within("decoy", weak, 0, signal, above=True, below=True)
    scale = [exp(mean) for mean in photons]

    def both(level: int, of_wrong: bool) -> float:
        """Clicks of at least one photon from either end, per e^-2µ."""

        def term(here: int, there: int) -> float:
            one = seen[here][there]
            value = one.probability * (one.error_rate if of_wrong else 1.0)
            return value * scale[here] * scale[there]

        return term(level, level) + term(2, 2) - term(level, 2) - term(2, level)

    found = (signal**3 * both(1, False) - weak**3 * both(0, False)) / (signal**2 * weak**2 * (signal - weak))
    if found <= 0:
        return SinglePhotons(0.0, 0.5)
    return SinglePhotons(found, min(0.5, max(0.0, both(1, True) / weak**2 / found)))
