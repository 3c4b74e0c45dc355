"""Length of a secret key from a block of finite length, for composable security.

A key is secret but for a probability `secrecy`, and equal at both ends but for a probability `correctness`.

References:
    Decoy states: Lim, Curty, Walenta, Xu, Zbinden, Phys. Rev. A 89, 022307 (2014), Eqs 1 to 5. Single photons
    and pairs: Tomamichel, Lim, Gisin, Renner, Nat. Commun. 3, 634 (2012), Eqs 1 and 2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, factorial, floor, inf, log, log2, sqrt

from qsim.analytic import arguments as check
from qsim.analytic.qkd import binary_entropy

__all__ = ["DecoyBlock", "DecoyBounds", "decoy_bounds", "decoy_length", "least_block", "single_photon_length"]

#: Terms among which the analysis of decoy states divides the probability of failure.
_TERMS = 21


@dataclass(frozen=True, slots=True)
class DecoyBlock:
    """What the ends of a channel have counted in one block, by intensity: signal, decoy, weakest decoy.

    Attributes:
        photons: mean photon numbers, µ1 > µ2 + µ3 and µ2 > µ3 >= 0.
        chosen: probability of each intensity.
        key: sifted clicks in the basis that makes the key.
        test: sifted clicks in the other basis, in which errors are told.
        test_errors: how many of those are wrong.
    """

    photons: tuple[float, float, float]
    chosen: tuple[float, float, float]
    key: Sequence[float]
    test: Sequence[float]
    test_errors: Sequence[float]


@dataclass(frozen=True, slots=True)
class DecoyBounds:
    """Bounds for one block, in clicks of the key basis.

    Attributes:
        vacuum: clicks without a photon, at least.
        single: clicks of single photons, at least.
        phase_error: share of the latter that would be wrong in the other basis, at most; 1/2 where nothing is
            known.
    """

    vacuum: float
    single: float
    phase_error: float


def decoy_bounds(block: DecoyBlock, secrecy: float, clipped: bool = True) -> DecoyBounds:
    """Bounds from a signal and two decoys (Eqs 2 to 5).

    Args:
        block: the counts.
        secrecy: ε of the secrecy.
        clipped: whether a lower bound of a count that comes out negative is taken for 0, as a count may be;
            the published formulas, taken literally, subtract a negative number.

    Raises:
        ParameterError: intensities or probabilities that no analysis is made for.
    """
    _check(block)
    check.within("secrecy", secrecy, 0, 1, above=True, below=True)
    vacuum, single = _counted(block, block.key, secrecy, clipped)
    _, test = _counted(block, block.test, secrecy, clipped)
    low, high = _spread(block, block.test_errors, secrecy, clipped)
    _, strong, weak = block.photons
    wrong = max(0.0, _poisson(block, 1) * (high[1] - low[2]) / (strong - weak))
    if single <= 0 or test <= 0 or wrong >= test / 2:
        return DecoyBounds(vacuum, max(0.0, single), 0.5)
    # The correction for errors that are not there takes the least that any count could show.
    share = max(wrong / test, 1 / test)
    phase = wrong / test + _sampling(secrecy, min(share, 0.5), test, single)
    return DecoyBounds(vacuum, single, min(0.5, phase))


def decoy_length(bounds: DecoyBounds, leaked: float, secrecy: float, correctness: float) -> float:
    """Bits of key of a block, before rounding down; 0 where there is none (Eq. 1).

    Args:
        bounds: of the block.
        leaked: bits that reconciliation has told.
        secrecy, correctness: ε of either.
    """
    check.within("leaked", leaked, 0)
    check.within("correctness", correctness, 0, 1, above=True, below=True)
    secret = bounds.vacuum + bounds.single * (1 - binary_entropy(bounds.phase_error))
    return max(0.0, secret - leaked - 6 * log2(_TERMS / secrecy) - log2(2 / correctness))


def single_photon_length(
    key: float, test: float, error_rate: float, leaked: float, secrecy: float, correctness: float
) -> float:
    """Bits of key from single photons or pairs, before rounding down; 0 where there is none.

    n [1 - h(Q + µ)] - leak - log2(2 / (ε_s² ε_c)), µ² = (n+k)/(nk) (k+1)/k ln(4/ε_s).

    Args:
        key: n, sifted bits in the key basis.
        test: k, sifted bits in the other basis, which are all compared.
        error_rate: Q, share of those that is wrong.
        leaked: bits that reconciliation has told.
        secrecy, correctness: ε of either.
    """
    check.within("key", key, 0)
    check.within("test", test, 0)
    check.probability(error_rate=error_rate)
    check.within("leaked", leaked, 0)
    for name, value in (("secrecy", secrecy), ("correctness", correctness)):
        check.within(name, value, 0, 1, above=True, below=True)
    if key == 0 or test == 0:
        return 0.0
    deviation = sqrt((key + test) / (key * test) * (test + 1) / test * log(4 / secrecy))
    if error_rate + deviation >= 0.5:
        return 0.0
    secret = key * (1 - binary_entropy(error_rate + deviation))
    return max(0.0, secret - leaked - log2(2 / (secrecy**2 * correctness)))


def least_block(length: Callable[[float], float], most: float = 1e15) -> float:
    """The shortest block that gives any key, to 1 %; infinite where not even the longest does.

    Args:
        length: bits of key of a block of so many sifted bits, which grows with it.
        most: the longest block that is tried.

    Example:
        >>> least_block(lambda bits: 0.5 * bits - 1000) <= 2020
        True
    """
    if length(most) <= 0:
        return inf
    low, high = 1.0, most
    while high > 1.01 * low:
        middle = sqrt(low * high)
        low, high = (low, middle) if length(middle) > 0 else (middle, high)
    return float(floor(high))


def _check(block: DecoyBlock) -> None:
    signal, strong, weak = block.photons
    check.within("weakest decoy", weak, 0)
    check.within("decoy", strong, weak, above=True)
    check.within("signal", signal, strong + weak, above=True)
    for share in block.chosen:
        check.within("probability of an intensity", share, 0, 1, above=True)
    check.distribution(chosen=block.chosen)


def _counted(
    block: DecoyBlock, counts: Sequence[float], secrecy: float, clipped: bool
) -> tuple[float, float]:
    """Clicks of no photon and of one among those counted, at least."""
    signal, strong, weak = block.photons
    low, high = _spread(block, counts, secrecy, clipped)
    none, one = _poisson(block, 0), _poisson(block, 1)
    vacuum = max(0.0, none * (strong * low[2] - weak * high[1]) / (strong - weak))
    beyond = (strong**2 - weak**2) / signal**2 * (high[0] - vacuum / none)
    single = low[1] - high[2] - beyond
    return vacuum, one * signal * single / (signal * (strong - weak) - strong**2 + weak**2)


def _spread(
    block: DecoyBlock, counts: Sequence[float], secrecy: float, clipped: bool
) -> tuple[list[float], list[float]]:
    """Least and most of each count for endless blocks, by Hoeffding's inequality, per probability e^-µ p."""
    deviation = sqrt(sum(counts) / 2 * log(_TERMS / secrecy))
    scale = [exp(mean) / share for mean, share in zip(block.photons, block.chosen, strict=True)]
    least = 0.0 if clipped else -inf
    low = [one * max(least, count - deviation) for one, count in zip(scale, counts, strict=True)]
    return low, [one * (count + deviation) for one, count in zip(scale, counts, strict=True)]


def _poisson(block: DecoyBlock, number: int) -> float:
    """Probability that a pulse of the mixture of intensities has so many photons."""
    weighed = zip(block.chosen, block.photons, strict=True)
    return sum(share * exp(-mean) * mean**number for share, mean in weighed) / factorial(number)


def _sampling(secrecy: float, share: float, test: float, key: float) -> float:
    """By how much the share among clicks of the key basis may exceed that among those compared."""
    part = (1 - share) * share
    bits = log2((test + key) / (test * key * part) * (_TERMS / secrecy) ** 2)
    return sqrt((test + key) * part / (test * key * log(2)) * bits)
