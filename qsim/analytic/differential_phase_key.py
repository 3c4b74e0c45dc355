"""Keys of the phases between weak pulses.

Known is how much is secret from an eavesdropper who splits light off and attacks photons one by one, by the
best of measurements on each. Attacks on several together are not covered, nor is a block of finite length.

References:
    Waks, Takesue, Yamamoto, Phys. Rev. A 73, 012344 (2006).
"""

from __future__ import annotations

from math import log2

from qsim.analytic import arguments as check
from qsim.analytic.qkd import Detected, binary_entropy

__all__ = ["key_rate", "secret_share"]

#: Where e² + (1 - 6e)²/2 is least: more errors do not make an attack tell less.
_MOST = 3 / 19


def secret_share(error_rate: float, photons: float) -> float:
    """Bits that nobody else knows of a sifted bit, before correction: -(1 - 2µ) log2[1 - e² - (1 - 6e)²/2].

    The factor is what is left of clicks whose light may have been split off. Beyond errors of 3/19, where the
    bracket is greatest, its value there holds.

    Args:
        error_rate: e, in [0, ½].
        photons: µ, mean photon number of a pulse; nothing is secret from ½ on.

    Example:
        >>> secret_share(0.0, 0.2)
        0.6
    """
    check.within("error_rate", error_rate, 0, 0.5)
    check.within("photons", photons, 0)
    error = min(error_rate, _MOST)
    return max(0.0, 1 - 2 * photons) * -log2(1 - error**2 - (1 - 6 * error) ** 2 / 2)


def key_rate(signal: Detected, photons: float, correction: float = 1.0) -> float:
    """Secret bits per slot: Q [τ - f h(e)] with the share τ of `secret_share`, or 0.

    Args:
        signal: gain Q and error rate e of a slot.
        photons: µ, mean photon number of a pulse.
        correction: f, bits spent on error correction over the Shannon limit, at least 1.
    """
    check.within("correction", correction, 1)
    spent = correction * binary_entropy(signal.error_rate)
    return signal.probability * max(0.0, secret_share(signal.error_rate, photons) - spent)
