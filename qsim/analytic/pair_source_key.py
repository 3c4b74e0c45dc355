"""Key from a source of photon pairs by down-conversion, each photon measured in one of two bases (BBM92).

References:
    Ma, Fung, Lo, Phys. Rev. A 76, 012307 (2007), Eqs 9 and 10.
"""

from __future__ import annotations

from math import expm1, log1p

from qsim.analytic import arguments as check
from qsim.analytic.qkd import Detected, binary_entropy

__all__ = ["coincidences", "key_rate"]


def coincidences(
    arms: tuple[float, float],
    pairs: float,
    background: tuple[float, float] = (0.0, 0.0),
    misalignment: float = 0.0,
) -> Detected:
    """Gain and error rate of coincidences of a pulsed type-II source, per pulse.

    Double clicks give a random bit. Terms of the order of the background squared are left out of the error
    rate, as published.

    Args:
        arms: transmission from the source to the click, detector included, on either side.
        pairs: mean number of pairs in a pulse, 2λ in the paper.
        background: Y0 of either side, probability of a click without light.
        misalignment: probability that a photon goes to the wrong detector.
    """
    check.within("pairs", pairs, 0, above=True)
    for arm, dark in zip(arms, background, strict=True):
        check.probability(transmission=arm)
        check.within("background", dark, 0, 1, above=arm == 0, below=True)
    check.probability(misalignment=misalignment)
    (one, other), mean = arms, pairs / 2
    here, there = 1 + one * mean, 1 + other * mean
    both = one * other * mean * (1 + mean)
    joint = here * there - both
    dark = sum(log1p(-share) for share in background)
    alone = [
        -expm1(log1p(-share) - 2 * log1p(arm * mean)) for arm, share in zip(arms, background, strict=True)
    ]
    together = (1 + expm1(dark)) * both * (here * there + joint) / (here * there * joint) ** 2
    gain = alone[0] * alone[1] + together
    wrong = gain / 2 - 2 * (0.5 - misalignment) * both / (here * there * joint)
    return Detected(gain, wrong / gain)


def key_rate(seen: Detected, correction: float = 1.0, kept: float = 0.5) -> float:
    """Secret bits per pulse from coincidences: kept Q [1 - (1 + f) h(E)], or 0.

    Args:
        seen: gain and error rate, as of `coincidences`.
        correction: f, bits spent on error correction over the Shannon limit, at least 1.
        kept: share of the coincidences whose bases agree.
    """
    check.within("correction", correction, 1)
    check.probability(kept=kept)
    if seen.error_rate >= 0.5:
        return 0.0
    return max(0.0, kept * seen.probability * (1 - (1 + correction) * binary_entropy(seen.error_rate)))
