"""Key distribution over a measuring station that nobody trusts, from weak coherent pulses of both ends.

Phase-randomised pulses meet at a station whose four detectors tell two Bell states. The formulas are written
without differences of nearly equal numbers, so that they hold at any loss.

References:
    Lo, Curty, Qi, Phys. Rev. Lett. 108, 130503 (2012); Ma, Razavi, Phys. Rev. A 86, 062319 (2012), Eqs A9,
    A11, B27 to B31.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, expm1, factorial, log1p

from qsim.analytic import arguments as check
from qsim.analytic.decoy_bb84 import SinglePhotons
from qsim.analytic.qkd import Detected, binary_entropy

__all__ = ["across", "key_rate", "single_photon_gain", "single_photons", "straight"]

_Arms = tuple[float, float]


def single_photons(arms: _Arms, dark: float = 0.0, misalignment: float = 0.0) -> SinglePhotons:
    """Yield and error rate of single photons from both ends, alike in both bases.

    Args:
        arms: transmission from each end to its click, detector included.
        dark: d, probability of a dark count of a detector in a slot.
        misalignment: probability that a photon goes to the wrong detector.
    """
    _checked(arms, dark, misalignment)
    one, other = arms
    both = one * other
    seen = both / 2 + (2 * one + 2 * other - 3 * both) * dark + 4 * (1 - one) * (1 - other) * dark**2
    seen *= (1 - dark) ** 2
    if seen == 0:
        return SinglePhotons(0.0, 0.5)
    return SinglePhotons(seen, 0.5 - (0.5 - misalignment) * (1 - dark) ** 2 * both / 2 / seen)


def single_photon_gain(arms: _Arms, photons: _Arms, dark: float = 0.0) -> float:
    """Probability that both send one photon and the station tells a Bell state: Q11 = µa µb e^(-µa-µb) Y11.

    Args:
        photons: mean photon number of the pulses of each end.
        arms, dark: as in `single_photons`.
    """
    one, other = photons
    return one * other * exp(-one - other) * single_photons(arms, dark).detected


def across(arms: _Arms, photons: _Arms, dark: float = 0.0, misalignment: float = 0.0) -> Detected:
    """Gain and error rate where both send superpositions, the basis X; a quarter is wrong at the best.

    Args:
        photons: mean photon number of the pulses of each end.
        arms, dark, misalignment: as in `single_photons`.
    """
    square, fading = _fields(arms, photons, dark, misalignment)
    less = expm1(log1p(-dark) - fading / 4)  # y - 1
    y = 1 + less
    meeting, single = _bessel(square), _bessel(square / 4)
    # 1 + 2y² - 4y I0(x) + I0(2x), all terms positive.
    together = 2 * less**2 - 4 * less * single + _beyond(square)
    gain = 2 * y**2 * together
    wrong = gain / 2 - 2 * (0.5 - misalignment) * y**2 * meeting
    return Detected(gain, wrong / gain)


def straight(arms: _Arms, photons: _Arms, dark: float = 0.0, misalignment: float = 0.0) -> Detected:
    """Gain and error rate where both send basis states, the basis Z that makes the key; as `across`."""
    square, fading = _fields(arms, photons, dark, misalignment)
    here, there = (-expm1(log1p(-dark) - arm * mean / 2) for arm, mean in zip(arms, photons, strict=True))
    scale = 2 * (1 - dark) ** 2 * exp(-fading / 2)
    right = scale * here * there
    wrong = scale * dark * (_bessel(square) - expm1(log1p(-dark) - fading / 2))
    gain = right + wrong
    return Detected(gain, (misalignment * right + (1 - misalignment) * wrong) / gain)


def key_rate(
    arms: _Arms, photons: _Arms, dark: float = 0.0, misalignment: float = 0.0, correction: float = 1.0
) -> float:
    """Secret bits per pair of pulses in Z with many decoys: Q11 [1 - h(e11)] - f Q h(E), or 0.

    Args:
        correction: f, bits spent on error correction over the Shannon limit, at least 1.
        arms, photons, dark, misalignment: as in `across`.
    """
    check.within("correction", correction, 1)
    single = single_photons(arms, dark, misalignment)
    key = straight(arms, photons, dark, misalignment)
    secret = single_photon_gain(arms, photons, dark) * (1 - binary_entropy(single.error_rate))
    return max(0.0, secret - correction * key.probability * binary_entropy(key.error_rate))


def _fields(arms: _Arms, photons: _Arms, dark: float, misalignment: float) -> tuple[float, float]:
    """x² = ηa µa ηb µb / 4, and the mean number of photons that arrive."""
    _checked(arms, dark, misalignment)
    # Without light from an end and without dark counts nothing is ever told.
    check.within("dark", dark, 0, 1, above=0 in arms, below=True)
    for mean in photons:
        check.within("photons", mean, 0, above=True)
    here, there = (arm * mean for arm, mean in zip(arms, photons, strict=True))
    return here * there / 4, here + there


def _checked(arms: Sequence[float], dark: float, misalignment: float) -> None:
    for arm in arms:
        check.probability(transmission=arm)
    check.within("dark", dark, 0, 1, below=True)
    check.probability(misalignment=misalignment)


def _bessel(square: float) -> float:
    """I0(2x) - 1 of x² = `square`, by its series of positive terms."""
    return _series(square, 1, 0.0)


def _beyond(square: float) -> float:
    """[I0(2x) - 1] - 4 [I0(x) - 1] of x² = `square`: the series from its second term on."""
    return _series(square, 2, 4.0)


def _series(square: float, first: int, quartered: float) -> float:
    total, order, term = 0.0, first, square**first / factorial(first) ** 2
    while term > 1e-20 * total:
        total += term * (1 - quartered / 4**order)
        order += 1
        term *= square / order**2
    return total
