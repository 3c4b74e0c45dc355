"""Waiting times of links, in attempts.

An attempt on a link succeeds with a probability p, so a link takes a geometric number of attempts; links
attempt in step. A distribution is given by its survival function, an array S of shape (length,) with S[t] =
P(T > t): its sum is the mean, and its differences are the probabilities.
"""

from __future__ import annotations

from math import exp, expm1, lgamma, log, log1p
from typing import TYPE_CHECKING

from qsim.analytic import arguments as check

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def geometric_survival(success: float, length: int) -> NDArray[np.float64]:
    """Survival function of one link: S[t] = (1-p)^t.

    Args:
        success: p, in (0, 1].
        length: how many values.

    Returns:
        Shape (length,).
    """
    import numpy as np

    check.positive_probability(success=success)
    check.count("length", length)
    return (1 - success) ** np.arange(length, dtype=np.float64)


def maximum_survival(survival: NDArray[np.float64], copies: int) -> NDArray[np.float64]:
    """Survival function of the greatest of independent copies of a waiting time: 1 - (1-S)^n.

    Args:
        survival: of one copy, shape (length,).
        copies: n, at least 1.

    Returns:
        Shape (length,).
    """
    import numpy as np

    check.count("copies", copies)
    greatest = np.ones_like(survival)
    # log1p keeps the digits of a small tail; a certain survival has no logarithm.
    uncertain = survival < 1
    greatest[uncertain] = -np.expm1(copies * np.log1p(-survival[uncertain]))
    return greatest


def pmf(survival: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities P(T = t) for t = 0, 1, ..., length-1 of a waiting time.

    Args:
        survival: S[t] = P(T > t), shape (length,).

    Returns:
        Shape (length,); sums to 1 up to the tail that `survival` leaves out.

    Example:
        >>> pmf(geometric_survival(0.5, 4)).tolist()
        [0.0, 0.5, 0.25, 0.125]
    """
    import numpy as np

    return np.concatenate(([1.0], survival[:-1])) - survival


def maximum_mean(success: float, links: int) -> float:
    """Mean attempts until all of several links are there, each keeping what it has.

    ``E = sum_{k=1..n} (-1)^(k+1) C(n,k) / (1 - (1-p)^k)``. The sum is evaluated by conditioning on how many
    links are there after one attempt, which has positive terms alone and stays exact for many links.

    Args:
        success: p, in (0, 1].
        links: n, at least 1.

    References:
        Bernardes, Praxmeyer, van Loock, Phys. Rev. A 83, 012323 (2011).

    Example:
        >>> round(maximum_mean(0.1, 2), 6)
        14.736842
    """
    check.positive_probability(success=success)
    check.count("links", links)
    if success == 1:
        return 1.0
    means = [0.0]
    for missing in range(1, links + 1):
        rest = sum(_still_missing(missing, j, success) * means[j] for j in range(1, missing))
        means.append((1 + rest) / -expm1(missing * log1p(-success)))
    return means[links]


def one_repeater_mean(success: float, swap_success: float = 1.0) -> float:
    """Mean attempts until one repeater has joined its two links: (3-2p)/(a p (2-p)).

    A failed swap loses both links, and both begin anew.

    Args:
        success: p of an attempt, in (0, 1].
        swap_success: a of a swap, in (0, 1].

    References:
        Collins, Jenkins, Kuzmich, Kennedy, Phys. Rev. Lett. 98, 060502 (2007).
    """
    check.positive_probability(success=success, swap_success=swap_success)
    return (3 - 2 * success) / (swap_success * success * (2 - success))


def three_over_two(success: float, swap_success: float, levels: int) -> float:
    """The 3-over-2 rule for nested doubling: (3/(2a))^m / p, in essence an upper bound of the exact mean.

    Args:
        success: p of an attempt, in (0, 1].
        swap_success: a of a swap, in (0, 1].
        levels: m; the chain has 2^m links.

    References:
        Coopmans, Brand, Elkouss, Phys. Rev. A 105, 012608 (2022).

    Example:
        >>> round(three_over_two(0.1, 0.5, 3), 9)
        270.0
    """
    check.positive_probability(success=success, swap_success=swap_success)
    check.count("levels", levels, least=0)
    return float((1.5 / swap_success) ** levels / success)


def _still_missing(missing: int, left: int, success: float) -> float:
    """Probability that of some missing links `left` are still missing after an attempt."""
    choices = lgamma(missing + 1) - lgamma(left + 1) - lgamma(missing - left + 1)
    return exp(choices + left * log1p(-success) + (missing - left) * log(success))
