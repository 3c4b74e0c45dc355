"""Decoy states: what the gains of a few intensities say of the single photons among weak pulses.

All bounds are of the asymptotic kind, for gains and error rates that are known exactly; for blocks of finite
length see `qsim.analytic.finite_key`. Background clicks are wrong half of the time.

References:
    Ma, Qi, Zhao, Lo, Phys. Rev. A 72, 012326 (2005).
"""

from __future__ import annotations

from math import exp
from typing import NamedTuple

from qsim.analytic import arguments as check
from qsim.analytic.qkd import Detected, binary_entropy

__all__ = ["SinglePhotons", "key_rate", "one_decoy", "photon_number_splitting_rate", "two_decoys", "untagged"]


class SinglePhotons(NamedTuple):
    """What is known of the single photons.

    Attributes:
        detected: at least this share of them is counted (their yield).
        error_rate: at most this share of those is wrong, ½ where nothing is known.
    """

    detected: float
    error_rate: float


def two_decoys(
    signal: Detected,
    decoy: Detected,
    weaker: Detected,
    photons: tuple[float, float, float],
) -> SinglePhotons:
    """Bounds from a signal and two decoys; the weaker may be the vacuum (Eqs 18, 21 and 25).

    Args:
        signal, decoy, weaker: gains and error rates of the three.
        photons: mean photon numbers µ, ν1 and ν2, with 0 <= ν2 < ν1 and ν1 + ν2 < µ.

    Raises:
        ParameterError: the intensities do not stand in that order.
    """
    mu, strong, weak = photons
    check.within("weaker decoy", weak, 0)
    check.within("decoy", strong, weak, above=True)
    check.within("signal", mu, strong + weak, above=True)
    q_strong = decoy.probability * exp(strong)
    q_weak = weaker.probability * exp(weak)
    vacuum = max(0.0, (strong * q_weak - weak * q_strong) / (strong - weak))
    share = (strong**2 - weak**2) / mu**2
    seen = q_strong - q_weak - share * (signal.probability * exp(mu) - vacuum)
    seen *= mu / (mu * (strong - weak) - strong**2 + weak**2)
    if seen <= 0:
        return SinglePhotons(0.0, 0.5)
    wrong = (decoy.error_rate * q_strong - weaker.error_rate * q_weak) / (strong - weak)
    return SinglePhotons(seen, min(0.5, max(0.0, wrong / seen)))


def one_decoy(signal: Detected, decoy: Detected, photons: tuple[float, float]) -> SinglePhotons:
    """Bounds from a signal and one decoy, with the worst background that the signal's errors allow (Eq. 41).

    Args:
        signal, decoy: gains and error rates.
        photons: mean photon numbers µ and ν, 0 < ν < µ.

    Raises:
        ParameterError: the intensities do not stand in that order.
    """
    mu, weak = photons
    check.within("decoy", weak, 0, mu, above=True, below=True)
    q_signal, q_decoy = signal.probability * exp(mu), decoy.probability * exp(weak)
    background = 2 * signal.error_rate * q_signal
    share = weak**2 / mu**2
    seen = mu / (mu * weak - weak**2) * (q_decoy - q_signal * share - background * (1 - share))
    if seen <= 0:
        return SinglePhotons(0.0, 0.5)
    return SinglePhotons(seen, min(0.5, signal.error_rate * q_signal / mu / seen))


def key_rate(
    signal: Detected, photons: float, single: SinglePhotons, correction: float = 1.0, kept: float = 0.5
) -> float:
    """Secret bits per signal pulse: kept {Q1 [1 - h(e1)] - f Q h(E)}, or 0, with Q1 = Y1 µ e^-µ (Eq. 1).

    Args:
        signal: gain and error rate of the signal.
        photons: µ, its mean photon number.
        single: what is known of its single photons.
        correction: f, bits spent on error correction over the Shannon limit, at least 1.
        kept: share of the detected pulses whose bases agree, ½ for two bases that are equally likely.
    """
    check.within("photons", photons, 0, above=True)
    check.within("correction", correction, 1)
    check.probability(kept=kept)
    gain = single.detected * photons * exp(-photons)
    secret = gain * (1 - binary_entropy(single.error_rate))
    return max(0.0, kept * (secret - correction * signal.probability * binary_entropy(signal.error_rate)))


def untagged(signal: Detected, photons: float) -> float:
    """Share of clicks that single photons must have made when every pulse of several photons clicks.

    W = 1 - p/Q with p = 1 - (1 + µ) e^-µ, at or below 0 where those pulses could have made all clicks.

    Args:
        signal: gain and error rate.
        photons: µ, mean photon number.
    """
    check.within("photons", photons, 0, above=True)
    return 1 - (1 - (1 + photons) * exp(-photons)) / signal.probability


def photon_number_splitting_rate(signal: Detected, photons: float, correction: float = 1.0) -> float:
    """Secret bits per pulse of plain BB84, whose pulses of several photons all count as read.

    ½ Q {W [1 - h(E/W)] - f h(E)}, or 0, with the share W of `untagged`.

    Args:
        signal: gain and error rate.
        photons: µ, mean photon number.
        correction: f, as in `key_rate`.

    References:
        Gottesman, Lo, Lütkenhaus, Preskill, Quantum Inf. Comput. 4, 325 (2004); Brassard, Lütkenhaus, Mor,
        Sanders, Phys. Rev. Lett. 85, 1330 (2000).
    """
    check.within("correction", correction, 1)
    single = untagged(signal, photons)
    if single <= 0 or signal.error_rate >= single / 2:
        return 0.0
    secret = single * (1 - binary_entropy(signal.error_rate / single))
    spent = correction * binary_entropy(signal.error_rate)
    return max(0.0, signal.probability * (secret - spent) / 2)
