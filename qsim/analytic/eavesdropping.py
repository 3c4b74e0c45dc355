"""What attacks on a quantum channel give and leave behind.

References:
    Bennett, Bessette, Brassard, Salvail, Smolin, J. Cryptol. 5, 3 (1992); Brassard, Lütkenhaus, Mor, Sanders,
    Phys. Rev. Lett. 85, 1330 (2000).
"""

from __future__ import annotations

from math import cos, exp, expm1, pi, sqrt
from typing import NamedTuple

from qsim.analytic import arguments as check
from qsim.analytic.qkd import binary_entropy

__all__ = [
    "Splitting",
    "intercept_resend_chsh",
    "intercept_resend_error",
    "intercept_resend_information",
    "split",
]


def intercept_resend_error(share: float, bases: int = 2) -> float:
    """Error rate of sifted bits of which a share was measured in a random basis and sent on: ¼ or ⅓ of it.

    Args:
        share: of the photons attacked, in [0, 1].
        bases: 2 (BB84) or 3 (six states).
    """
    check.probability(share=share)
    check.count("bases", bases, 2, 3)
    return share * (1 - 1 / bases) / 2


def intercept_resend_information(share: float, between: bool = False) -> float:
    """Bits that the attacker of `intercept_resend_error` knows of a sifted bit of BB84.

    Args:
        share: of the photons attacked, in [0, 1].
        between: whether it measures half-way between the two bases (Breidbart) instead of in one of them;
            the error rate is the same.
    """
    check.probability(share=share)
    return share * (1 - binary_entropy(cos(pi / 8) ** 2)) if between else share / 2


def intercept_resend_chsh(share: float) -> float:
    """CHSH value of Φ+ pairs of which a share has one photon intercepted and sent on: 2√2 (1 - share/2)."""
    check.probability(share=share)
    return 2 * sqrt(2) * (1 - share / 2)


class Splitting(NamedTuple):
    """A photon-number-splitting attack that leaves the gain of the signal as it was.

    Attributes:
        single: probability with which a single photon is let through.
        several: probability with which a pulse of several photons is.
        known: share of the clicks that the attacker knows.
    """

    single: float
    several: float
    known: float

    def gain(self, photons: float) -> float:
        """Gain that a pulse of this mean photon number has under the attack, without background."""
        return sum(self.chances(photons))

    def chances(self, photons: float) -> tuple[float, float]:
        """Probabilities that such a pulse clicks as one of a single photon, and as one of several."""
        check.within("photons", photons, 0)
        one = photons * exp(-photons)
        return self.single * one, self.several * (-expm1(-photons) - one)


def split(photons: float, transmission: float) -> Splitting:
    """The attack on pulses of a mean photon number over a channel without background or errors.

    The attacker puts lossless parts in the place of line and receiver, keeps one photon of every pulse of
    several, and blocks single photons until the gain is that of the channel.

    Args:
        photons: µ of the signal.
        transmission: from source to click, in (0, 1].
    """
    check.within("photons", photons, 0, above=True)
    check.positive_probability(transmission=transmission)
    gain = -expm1(-photons * transmission)
    one = photons * exp(-photons)
    more = -expm1(-photons) - one
    if more >= gain:
        return Splitting(0.0, gain / more, 1.0)
    return Splitting((gain - more) / one, 1.0, more / gain)
