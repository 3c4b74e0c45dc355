"""Sources of photon pairs: how many pairs a pulse has, and what two ends that absorb one photon each share.

References:
    Photon statistics of down-conversion: Mandel and Wolf, Optical Coherence and Quantum Optics, Cambridge
    (1995), ch. 22. Thermal where a pulse fills one mode, Poissonian where it fills many.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, expm1, log1p, sqrt
from typing import NamedTuple

from qsim.analytic import arguments as check
from qsim.errors import ParameterError

#: Probability of the pulses with more pairs than are summed over, over the squared mean.
_TAIL = 1e-18
#: Most pairs of a pulse that are summed over.
_MOST = 100_000


class Absorbed(NamedTuple):
    """One pulse, and two ends that say whether they have absorbed a photon.

    Attributes:
        both: probability that both ends say so.
        either: probability that at least one does.
        genuine: probability that both say so and hold the two photons of one pair.
    """

    both: float
    either: float
    genuine: float


class End(NamedTuple):
    """One end that absorbs a photon of each pulse.

    Attributes:
        efficiency: probability that a photon of the source is absorbed.
        dark: probability that an end that absorbed nothing says that it did.
        noise: probability that a photon of the background is absorbed in the window, if it is free for it.
        early: probability that this happens before the source's light is due.
    """

    efficiency: float
    dark: float = 0.0
    noise: float = 0.0
    early: float = 0.0


def thermal(mean: float) -> tuple[float, ...]:
    """Probability of n = 0, 1, ... pairs: µ^n/(1+µ)^(n+1).

    Args:
        mean: µ, mean number of pairs of a pulse, positive.

    Raises:
        ParameterError: the mean is not positive, or so great that more than 100,000 pairs matter.

    Example:
        >>> [round(share, 4) for share in thermal(0.1)[:3]]
        [0.9091, 0.0826, 0.0075]
    """
    check.within("mean", mean, 0, above=True)
    ratio = mean / (1 + mean)
    return _until_rare(mean, 1 / (1 + mean), lambda _: ratio)


def poissonian(mean: float) -> tuple[float, ...]:
    """Probability of n = 0, 1, ... pairs: e^(-µ) µ^n/n!.

    Args:
        mean: µ, mean number of pairs of a pulse, positive and at most 700.

    Example:
        >>> [round(share, 4) for share in poissonian(0.1)[:3]]
        [0.9048, 0.0905, 0.0045]
    """
    check.within("mean", mean, 0, 700, above=True)
    return _until_rare(mean, exp(-mean), lambda n: mean / n)


def at_most_two(emitted: float, g2: float = 0.0) -> tuple[float, ...]:
    """Probability of 0, 1 and 2 pairs of a source of single pairs, from its autocorrelation.

    ``g2 = 2 p2/(p1 + 2 p2)²`` with ``p1 + p2 = emitted``; the mean is ``(1 - sqrt(1 - 2 g2 emitted))/g2``.

    Args:
        emitted: probability that a pulse has any pair, in [0, 1].
        g2: second-order autocorrelation at zero delay, at least 0.

    Raises:
        ParameterError: an argument out of its range, or no such source exists.

    Example:
        >>> [round(share, 6) for share in at_most_two(0.5, 0.02)]
        [0.5, 0.497475, 0.002525]
    """
    check.probability(emitted=emitted)
    check.within("g2", g2, 0)
    if g2 == 0:
        return 1 - emitted, emitted, 0.0
    root = 1 - 2 * g2 * emitted
    # The same as (1 - sqrt(root))/g2, without its cancellation.
    two = 2 * emitted / (1 + sqrt(root)) - emitted if root >= 0 else emitted + 1
    if two > emitted:
        raise ParameterError(
            f"a source of at most two pairs that emits with probability {emitted:g} has a `g2` of at most "
            f"{1 / (2 * emitted):g}, got {g2:g}"
        )
    return 1 - emitted, emitted - two, two


def autocorrelation(shares: tuple[float, ...]) -> float:
    """g2(0) of one photon of the pairs: <n(n-1)>/<n>², 2 for thermal and 1 for Poissonian numbers.

    Args:
        shares: probability of n = 0, 1, ... pairs.

    Raises:
        ParameterError: the source is dark.
    """
    return _correlated(shares, [1.0] * len(shares))


def heralded_autocorrelation(shares: tuple[float, ...], efficiency: float) -> float:
    """g2(0) of one photon of the pairs, given that the other end has absorbed one.

    Args:
        shares: probability of n = 0, 1, ... pairs.
        efficiency: of the end that heralds, in (0, 1].

    Example:
        >>> round(heralded_autocorrelation(thermal(0.01), 1e-3), 4)  # 4 µ to first order
        0.039
    """
    check.positive_probability(efficiency=efficiency)
    return _correlated(shares, [_any(efficiency, n) for n in range(len(shares))])


def absorbed(shares: tuple[float, ...], first: End, second: End) -> Absorbed:
    """What two ends make of one pulse; a memory keeps one of the photons that reach it, each as likely.

    Of n pairs the photon that an end keeps is equally likely of each, and independent at the two ends, so
    both keep photons of one pair with probability 1/n. With ``s_n = (1 - early)[1 - (1-η)^n]`` that an end
    keeps a photon of the source and ``a_n = 1 - (1-dark)(1-noise)(1-η)^n`` that it says it has one,
    ``both = Σ p_n a_n a'_n`` and ``genuine = Σ p_n s_n s'_n/n``.

    Args:
        shares: probability of n = 0, 1, ... pairs.
        first, second: the two ends.
    """
    both = either = genuine = 0.0
    for n, share in enumerate(shares):
        here, there = _says(first, n), _says(second, n)
        both += share * here * there
        either += share * (here + (1 - here) * there)
        if n:
            genuine += share * _keeps(first, n) * _keeps(second, n) / n
    return Absorbed(both, either, genuine)


def latched_interval(both: float, either: float, tick: float, news: float) -> float:
    """Mean time from one pair to the next of two memories that latch, s: ``[τ (1-e) + T e]/b``.

    A tick at which neither end absorbs costs a tick; one at which an end does costs the news, whether or not
    the other one does too.

    Args:
        both, either: b and e, probabilities that both ends, or at least one, absorb a photon of a tick.
        tick: τ, time between ticks of the source, s.
        news: T, from a tick at which an end absorbs until both can listen again, s; at least τ.

    References:
        The midpoint-source protocol of Jones, Kim, Rakher, Kwiat, Ladd, New J. Phys. 18, 083015 (2016).

    Example:
        >>> round(latched_interval(0.01, 0.19, tick=1e-6, news=1e-3), 6)
        0.019081
    """
    check.positive_probability(both=both)
    check.within("either", either, both, 1)
    check.within("tick", tick, 0, above=True)
    check.within("news", news, tick)
    return (tick * (1 - either) + news * either) / both


def any_mode(success: float, modes: int) -> float:
    """Probability that at least one of N independent modes succeeds: 1 - (1-p)^N.

    Args:
        success: p of one mode, in [0, 1].
        modes: N, at least 1.

    References:
        Simon et al., Phys. Rev. Lett. 98, 190503 (2007).
    """
    check.probability(success=success)
    check.within("modes", modes, 1)
    return _any(success, modes)


def _until_rare(mean: float, first: float, ratio: Callable[[int], float]) -> tuple[float, ...]:
    """Probabilities from the first and their ratios, until what follows matters to no moment of interest."""
    shares = [first]
    rare = _TAIL * min(1.0, mean) ** 2
    while len(shares) <= mean + 2 or shares[-1] > rare:
        shares.append(shares[-1] * ratio(len(shares)))
        if len(shares) > _MOST:
            raise ParameterError(f"a pulse would have more than {_MOST:,} pairs; take a smaller `mean`")
    return tuple(shares)


def _correlated(shares: tuple[float, ...], weights: list[float]) -> float:
    weighted = [share * weight for share, weight in zip(shares, weights, strict=True)]
    mean = sum(n * share for n, share in enumerate(weighted))
    check.within("mean", mean, 0, above=True)
    return sum(n * (n - 1) * share for n, share in enumerate(weighted)) * sum(weighted) / mean**2


def _any(probability: float, times: int) -> float:
    """1 - (1-p)^n, whose digits are kept where p is small."""
    if probability == 1:
        return 1.0 if times else 0.0
    return -expm1(times * log1p(-probability))


def _says(end: End, pairs: int) -> float:
    silent = (1 - end.dark) * (1 - end.noise)
    seen = _any(end.efficiency, pairs)
    return 1 - silent + silent * seen


def _keeps(end: End, pairs: int) -> float:
    return (1 - end.early) * _any(end.efficiency, pairs)
