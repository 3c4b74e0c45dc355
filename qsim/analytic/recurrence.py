"""Recurrence purification: fidelities, limits, and what it costs."""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

from qsim.analytic import arguments as check
from qsim.errors import ParameterError


class Purified(NamedTuple):
    """One round that keeps one of two pairs.

    Attributes:
        probability: that the round succeeds.
        fidelity: of the kept pair, given success.
    """

    probability: float
    fidelity: float


def bbpssw(kept: float, sacrificed: float) -> Purified:
    """BBPSSW on two Werner pairs, with perfect operations.

    Args:
        kept, sacrificed: fidelities, in [0, 1].

    References:
        Bennett et al., Phys. Rev. Lett. 76, 722 (1996).

    Example:
        >>> round(bbpssw(0.8, 0.8).fidelity, 10)
        0.838150289
    """
    check.probability(kept=kept, sacrificed=sacrificed)
    wrong_kept, wrong_lost = (1 - kept) / 3, (1 - sacrificed) / 3
    both, neither = kept * sacrificed, wrong_kept * wrong_lost
    probability = both + kept * wrong_lost + wrong_kept * sacrificed + 5 * neither
    return Purified(probability, (both + neither) / probability)


def noisy_bbpssw(fidelity: float, gate: float, measurement: float) -> Purified:
    """BBPSSW on two equal Werner pairs, with imperfect gates and measurements at both nodes.

    Args:
        fidelity: F of both pairs, in [0, 1].
        gate: p2, probability that a CNOT works; it depolarises both qubits otherwise, in [0, 1].
        measurement: η, probability that a measurement is right, in [0, 1].

    References:
        Briegel, Dür, Cirac, Zoller, Phys. Rev. Lett. 81, 5932 (1998).
    """
    check.probability(fidelity=fidelity, gate=gate, measurement=measurement)
    wrong = (1 - fidelity) / 3
    alike = measurement**2 + (1 - measurement) ** 2
    unlike = 2 * measurement * (1 - measurement)
    worked = gate**2
    crossed = (fidelity * wrong + wrong**2) * unlike
    good = (fidelity**2 + wrong**2) * alike + crossed
    agree = (fidelity**2 + 2 * fidelity * wrong + 5 * wrong**2) * alike + 4 * crossed
    probability = worked * agree + (1 - worked) / 2
    return Purified(probability, (worked * good + (1 - worked) / 8) / probability)


def fixed_points(gate: float, measurement: float) -> tuple[float, float]:
    """Least fidelity that imperfect BBPSSW improves, and the greatest that it reaches.

    In the Werner parameter w, one round maps w to ``(G+B) w (1+2w) / (3 (1+B w²))`` with G = p2² and B =
    G(2η-1)², so beside w = 0 the fixed points solve ``3B w² - 2(G+B) w + 3 - (G+B) = 0``.

    Args:
        gate: p2, in [0, 1].
        measurement: η, in [0, 1].

    Returns:
        The two fidelities in between which purification helps.

    Raises:
        ParameterError: operations so poor that purification never helps.

    References:
        Briegel, Dür, Cirac, Zoller, Phys. Rev. Lett. 81, 5932 (1998).

    Example:
        >>> [round(point, 8) for point in fixed_points(0.99, 0.99)]
        [0.54685983, 0.97375658]
    """
    check.probability(gate=gate, measurement=measurement)
    gates = gate**2
    bits = gates * (2 * measurement - 1) ** 2
    both = gates + bits
    discriminant = both**2 - 3 * bits * (3 - both)
    if bits == 0 or discriminant < 0:
        raise ParameterError(
            f"with gates that work with {gate!r} and measurements that are right with {measurement!r} "
            "purification never helps"
        )
    root = sqrt(discriminant)
    low, high = (both - root) / (3 * bits), (both + root) / (3 * bits)
    return (1 + 3 * low) / 4, min(1.0, (1 + 3 * high) / 4)


def dejmps(
    pair: tuple[float, float, float, float],
) -> tuple[float, tuple[float, float, float, float]]:
    """One round of DEJMPS on two equal Bell-diagonal pairs, with perfect operations.

    With A, D, C, B the probabilities of Φ+, Φ−, Ψ+, Ψ− and N = (A+B)² + (C+D)², the kept pair has
    A' = (A²+B²)/N, B' = 2CD/N, C' = (C²+D²)/N, D' = 2AB/N.

    Args:
        pair: probabilities of Φ+, Φ−, Ψ+, Ψ−.

    Returns:
        Probability of success N, and the kept pair in the order of `pair`.

    References:
        Deutsch et al., Phys. Rev. Lett. 77, 2818 (1996).
    """
    check.distribution(pair=pair)
    a, d, c, b = pair
    agree = (a + b) ** 2 + (c + d) ** 2
    return agree, ((a * a + b * b) / agree, 2 * a * b / agree, (c * c + d * d) / agree, 2 * c * d / agree)


def best_dejmps(
    kept: tuple[float, float, float, float], sacrificed: tuple[float, float, float, float]
) -> Purified:
    """One round of DEJMPS on two Bell-diagonal pairs in the best local frame, with perfect operations.

    A frame lets one wrong Bell state of either pair go unnoticed, of probabilities P1 and P2. With A1 and A2
    those of Φ+, N = (A1+P1)(A2+P2) + (1-A1-P1)(1-A2-P2) and F' = (A1 A2 + P1 P2)/N; the greatest F' counts.

    Args:
        kept, sacrificed: probabilities of Φ+ and of the three others, in any order.

    References:
        Deutsch et al., Phys. Rev. Lett. 77, 2818 (1996); the choice: Dür and Briegel, Rep. Prog. Phys. 70,
        1381 (2007), section 4.

    Example:
        >>> best = best_dejmps((0.902, 0.0, 0.049, 0.049), (0.902, 0.0, 0.049, 0.049))
        >>> round(best.probability, 4), round(best.fidelity, 4)
        (0.8232, 0.9883)
    """
    check.distribution(kept=kept, sacrificed=sacrificed)
    found = []
    for one in kept[1:]:
        for other in sacrificed[1:]:
            right, left = kept[0] + one, sacrificed[0] + other
            agree = right * left + (1 - right) * (1 - left)
            if agree > 0:
                found.append(Purified(agree, (kept[0] * sacrificed[0] + one * other) / agree))
    return max(found, key=lambda result: result.fidelity)


def epl(pair: tuple[float, float, float, float]) -> Purified:
    """Extreme-photon-loss distillation of two equal single-click pairs, with perfect operations.

    Two ones come from two good pairs, half of the time, and from a bright and a dark pair: with A, D, b and d
    the probabilities of Φ+, Φ−, both memories bright and both dark, p = (A+D)²/2 + 2bd, F' = (A²+D²)/(2p).

    Args:
        pair: A, D, b and d.

    References:
        Campbell and Benjamin, Phys. Rev. Lett. 101, 130502 (2008); Nickerson, Fitzsimons, Benjamin,
        Phys. Rev. X 4, 041041 (2014).

    Example:
        >>> epl((0.9, 0.0, 0.1, 0.0))
        Purified(probability=0.405, fidelity=1.0)
    """
    check.distribution(pair=pair)
    right, turned, bright, dark = pair
    probability = (right + turned) ** 2 / 2 + 2 * bright * dark
    if probability == 0:
        raise ParameterError("pairs of which both memories are always bright, or dark, never give two ones")
    return Purified(probability, (right**2 + turned**2) / (2 * probability))


def nested_pairs(links_per_level: int, levels: int, pairs: int) -> int:
    """Elementary pairs that nested purification uses up for one long pair: N^(1 + log_L M) with N = L^levels.

    Args:
        links_per_level: L pairs joined to one at each level.
        levels: how often.
        pairs: M pairs purified to one at each level.

    References:
        Briegel, Dür, Cirac, Zoller, Phys. Rev. Lett. 81, 5932 (1998).

    Example:
        >>> nested_pairs(links_per_level=2, levels=4, pairs=3)
        1296
    """
    check.count("links_per_level", links_per_level)
    check.count("levels", levels, least=0)
    check.count("pairs", pairs)
    total: int = (links_per_level * pairs) ** levels
    return total


def completion_time(
    pairs: int, purification_success: float, link_success: float, attempt: float, double_attempt: float
) -> float:
    """Mean time to deliver pairs that have been purified once, on a link with two memories at each node.

    Filling both memories takes T0 = [t2 + 2(1-p) t1]/[p(2-p)], one alone T1 = t1/p. After a round of
    purification the sacrificed memory has attempted once while the bits travelled (t1), so the next round
    comes t1 + p T1 + (1-p) T0 later; N pairs take N/s rounds, the first of them T0.

    Args:
        pairs: N, at least 1.
        purification_success: s of a round, in (0, 1].
        link_success: p of an attempt, in (0, 1].
        attempt: t1 for an attempt with one memory, s.
        double_attempt: t2 for an attempt with both, s.

    References:
        Chung, Hajdušek et al., arXiv 2504.01290, and the authors' scripts.
    """
    check.count("pairs", pairs)
    check.positive_probability(purification_success=purification_success, link_success=link_success)
    check.within("attempt", attempt, 0)
    check.within("double_attempt", double_attempt, 0)
    p = link_success
    fill_one = attempt / p
    fill_both = (double_attempt + 2 * (1 - p) * attempt) / (p * (2 - p))
    next_round = attempt + p * fill_one + (1 - p) * fill_both
    return fill_both + (pairs - purification_success) / purification_success * next_round
