"""Quantum key distribution and the Bell test."""

from __future__ import annotations

from math import exp, expm1, log2, sqrt
from typing import Final, NamedTuple

from qsim.analytic import arguments as check

#: Fidelity at which a Werner pair ceases to violate the CHSH inequality: S = 2.
CHSH_FIDELITY: Final = (1 + 3 / sqrt(2)) / 4


class Detected(NamedTuple):
    """What a receiver sees of a prepare-and-measure source, per pulse.

    Attributes:
        probability: that the pulse is counted.
        error_rate: share of wrong bits among those counted.
    """

    probability: float
    error_rate: float

    @property
    def sifted(self) -> float:
        """Bits left per pulse after sifting of two equally likely bases."""
        return self.probability / 2


def binary_entropy(share: float) -> float:
    """Entropy of a biased coin, h(x) = -x log2 x - (1-x) log2(1-x), in bits.

    Args:
        share: x, in [0, 1].
    """
    check.probability(share=share)
    if share in (0, 1):
        return 0.0
    return -share * log2(share) - (1 - share) * log2(1 - share)


def werner_error_rate(fidelity: float) -> float:
    """Quantum bit error rate of a Werner pair, in every basis: 2(1-F)/3.

    Args:
        fidelity: F, in [0, 1].
    """
    check.probability(fidelity=fidelity)
    return 2 * (1 - fidelity) / 3


def werner_chsh(fidelity: float) -> float:
    """CHSH value of a Werner pair at the best settings: 2√2 (4F-1)/3; above 2 from `CHSH_FIDELITY` on.

    Args:
        fidelity: F, in [0, 1].

    References:
        Horodecki, Horodecki, Horodecki, Phys. Lett. A 200, 340 (1995).
    """
    check.probability(fidelity=fidelity)
    return 2 * sqrt(2) * (4 * fidelity - 1) / 3


def bb84_fraction(error_rate: float) -> float:
    """Secret bits per sifted bit of BB84 with one-way post-processing and many bits: 1 - 2h(Q), or 0.

    Args:
        error_rate: Q, in [0, 1/2], equal in both bases.

    References:
        Shor and Preskill, Phys. Rev. Lett. 85, 441 (2000).

    Example:
        >>> round(bb84_fraction(werner_error_rate(0.95)), 6)
        0.578315
    """
    check.within("error_rate", error_rate, 0, 0.5)
    return max(0.0, 1 - 2 * binary_entropy(error_rate))


def pair_fraction(error_z: float, error_x: float) -> float:
    """Secret bits per pair measured by both ends in one basis, with many bits: 1 - h(e_z) - h(e_x), or 0.

    Of an error rate above ½ one end flips its bits; the formula is the same.

    Args:
        error_z, error_x: share of unequal bits where both measure in Z, and in X, in [0, 1].

    References:
        Shor and Preskill, Phys. Rev. Lett. 85, 441 (2000).
    """
    return max(0.0, 1 - binary_entropy(error_z) - binary_entropy(error_x))


def six_state_fraction(error_rate: float) -> float:
    """Secret bits per sifted bit of the six-state protocol: 1 - h(3Q/2) - (3Q/2) log2 3, or 0.

    Args:
        error_rate: Q, equal in all three bases, in [0, 1/2].

    References:
        Lo, Quantum Inf. Comput. 1, 81 (2001); Scarani et al., Rev. Mod. Phys. 81, 1301 (2009).
    """
    check.within("error_rate", error_rate, 0, 0.5)
    turned = 1.5 * error_rate
    return max(0.0, 1 - binary_entropy(turned) - turned * log2(3)) if turned < 0.5 else 0.0


def bb84_threshold() -> float:
    """Error rate at which BB84 gives no more key: the root of h(Q) = ½, by bisection.

    Example:
        >>> round(bb84_threshold(), 10)
        0.1100278644
    """
    low, high = 0.0, 0.5
    while (middle := (low + high) / 2) not in (low, high):
        if binary_entropy(middle) < 0.5:
            low = middle
        else:
            high = middle
    return low


def single_photons(transmission: float, dark: float = 0.0, misalignment: float = 0.0) -> Detected:
    """Single photons on two threshold detectors, of which exactly one must click.

    Counted right with T(1-m)(1-d) + (1-T)d(1-d), wrong with T m(1-d) + (1-T)d(1-d).

    Args:
        transmission: T from source to click, detector included, in [0, 1].
        dark: d, probability of a dark count in each detector and window, in [0, 1).
        misalignment: m, probability that a photon goes to the wrong detector, in [0, 1].

    Raises:
        ParameterError: an argument out of its range, or nothing is ever counted.
    """
    check.probability(transmission=transmission)
    check.within("dark", dark, 0, 1, above=transmission == 0, below=True)
    check.probability(misalignment=misalignment)
    guess = (1 - transmission) * dark * (1 - dark)
    seen = transmission * (1 - dark)
    wrong = seen * misalignment + guess
    counted = seen + 2 * guess
    return Detected(counted, wrong / counted)


def weak_pulses(
    transmission: float, photons: float, background: float = 0.0, misalignment: float = 0.0
) -> Detected:
    """Weak coherent pulses: gain Y0 + 1 - e^(-µT), error rate [½Y0 + m(1-e^(-µT))]/gain.

    Args:
        transmission: T from source to click, detector included, in [0, 1].
        photons: µ, mean photon number of a pulse, positive.
        background: Y0, probability that an empty pulse is counted, in [0, 1].
        misalignment: m, probability that a photon goes to the wrong detector, in [0, 1].

    Raises:
        ParameterError: an argument out of its range, or nothing is ever counted.

    References:
        Ma, Qi, Zhao, Lo, Phys. Rev. A 72, 012326 (2005).
    """
    check.probability(transmission=transmission)
    check.within("photons", photons, 0, above=True)
    check.within("background", background, 0, 1, above=transmission == 0)
    check.probability(misalignment=misalignment)
    seen = -expm1(-photons * transmission)
    gain = background + seen
    return Detected(gain, (background / 2 + misalignment * seen) / gain)


def decoy_rate(
    transmission: float,
    photons: float,
    background: float = 0.0,
    misalignment: float = 0.0,
    correction: float = 1.0,
) -> float:
    """Secret bits per weak pulse of BB84 with many decoy states: ½{Q1[1-h(e1)] - f Q h(E)}, or 0.

    Decoys tell what the single photons among the pulses contribute: Q1 = µ e^(-µ) (Y0+T), e1 = (½Y0 +
        mT)/(Y0+T).

    Args:
        transmission, photons, background, misalignment: as in `weak_pulses`.
        correction: f, bits spent on error correction over the Shannon limit, at least 1.

    References:
        Lo, Ma, Chen, Phys. Rev. Lett. 94, 230504 (2005); Ma, Qi, Zhao, Lo, Phys. Rev. A 72, 012326 (2005).
    """
    whole = weak_pulses(transmission, photons, background, misalignment)
    check.within("correction", correction, 1)
    yield_one = background + transmission
    error_one = (background / 2 + misalignment * transmission) / yield_one
    kept = photons * exp(-photons) * yield_one * (1 - binary_entropy(error_one))
    return max(0.0, (kept - correction * whole.probability * binary_entropy(whole.error_rate)) / 2)
