"""Entanglement switches: capacity of a hub that joins the pairs of its users.

Each of k users shares a link with the switch, which makes pairs as a Poisson process and keeps up to B of
them; the switch joins pairs of different users as soon as it can. Rates in any one unit.

References:
    Vardoyan, Guha, Nain, Towsley, arXiv 1903.04420.
"""

from __future__ import annotations

from collections.abc import Sequence

from qsim.analytic import arguments as check
from qsim.errors import ParameterError

#: Terms below this share of their sum end an infinite sum.
_NEGLIGIBLE = 1e-18


def bipartite_capacity(
    rates: Sequence[float], buffer: int | None, erasure: float = 0.0, success: float = 1.0
) -> float:
    """Rate at which a switch joins pairs of two different users.

    Only one user's pairs can wait at a time. With γ = Σµ the j-th waiting pair of user l has the weight
    ``Π_(l,j) = Π_(i=1..j) µ_l/(γ - µ_l + iα)``, nothing waiting has 1, and every arrival from another user
    makes a pair.

    Args:
        rates: µ of each link, at least two, positive.
        buffer: B pairs that the switch keeps for each user; None for any number.
        erasure: α, rate at which a stored pair is lost.
        success: q of a measurement, in [0, 1].

    Returns:
        Pairs made per unit of time.

    Raises:
        ParameterError: an argument out of its range, or pairs of one user pile up for ever: infinite buffer,
            no erasure, and one rate at least as great as all others together.

    Example:
        >>> round(bipartite_capacity([1.0] * 5, buffer=1), 8)
        2.22222222
    """
    if len(rates) < 2:
        raise ParameterError(f"`rates` must name at least two links, got {len(rates)}")
    for rate in rates:
        check.within("rates", rate, 0, above=True)
    if buffer is not None:
        check.count("buffer", buffer)
    check.within("erasure", erasure, 0)
    check.probability(success=success)
    total = sum(rates)
    weights = [_weight(rate, total - rate, buffer, erasure) for rate in rates]
    served = sum(weight * (total - rate) for weight, rate in zip(weights, rates, strict=True))
    return success * served / (1 + sum(weights))


def multipartite_capacity(users: int, parties: int, rate: float, success: float = 1.0) -> float:
    """Rate at which a switch with infinite buffers and equal links joins pairs of n of its k users: q µ k/n.

    Args:
        users: k, more than n.
        parties: n, at least 2.
        rate: µ of each link, positive.
        success: q of a measurement, in [0, 1].

    Example:
        >>> round(multipartite_capacity(5, 3, 1.0), 8)
        1.66666667
    """
    check.count("parties", parties, least=2)
    check.count("users", users, least=parties + 1)
    check.within("rate", rate, 0, above=True)
    check.probability(success=success)
    return success * rate * users / parties


def _weight(rate: float, others: float, buffer: int | None, erasure: float) -> float:
    """Sum of the weights of one user's waiting pairs, from one to as many as may wait."""
    if buffer is None and erasure == 0:
        if rate >= others:
            raise ParameterError(
                f"a rate of {rate:g} is not below that of all other links together, {others:g}: "
                "its pairs pile up for ever; give a buffer or an erasure rate"
            )
        return rate / (others - rate)
    weight, term, waiting = 0.0, 1.0, 0
    while waiting != buffer and term > _NEGLIGIBLE * weight:
        waiting += 1
        term *= rate / (others + waiting * erasure)
        weight += term
    return weight
