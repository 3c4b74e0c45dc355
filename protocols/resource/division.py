"""Dividing a budget in whole memories by weight, between bounds."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, inf


def divide(budget: int, weights: Sequence[float], least: int, most: Sequence[int]) -> list[int]:
    """Shares of a budget in proportion to weights, none below `least` nor above its own `most`.

    What a bound takes or leaves is shared among the others in proportion. Fractions go to the largest
    remainders, the first of equal ones. Weights that are all zero count as equal.

    Args:
        budget: what is divided.
        weights: one for each, not negative.
        least: lower bound of each; where `most` is smaller, that.
        most: upper bounds.

    Returns:
        Whole shares; their sum is the budget, as far as the bounds admit.

    Example:
        >>> divide(10, [1.0, 2.0, 2.0], 1, [50, 50, 50])
        [2, 4, 4]
        >>> divide(10, [0.0, 1.0, 1.0], 3, [50, 50, 3])
        [3, 4, 3]
    """
    low = [min(least, cap) for cap in most]
    budget = min(max(budget, sum(low)), sum(most))
    exact = _between(budget, weights if sum(weights) > 0 else [1.0] * len(weights), low, most)
    shares = [min(floor(share + 1e-9), cap) for share, cap in zip(exact, most, strict=True)]
    by_remainder = sorted(range(len(shares)), key=lambda place: (shares[place] - exact[place], place))
    left = budget - sum(shares)
    while left > 0:
        for place in by_remainder:
            if left > 0 and shares[place] < most[place]:
                shares[place] += 1
                left -= 1
    return shares


def _between(budget: int, weights: Sequence[float], low: Sequence[int], most: Sequence[int]) -> list[float]:
    """Real shares min(max(factor * weight, low), most) that add up to the budget, or as near as they come."""
    largest = max(weights)
    sides = [(weight / largest, *bounds) for weight, *bounds in zip(weights, low, most, strict=True)]

    def shares(factor: float) -> list[float]:
        return [min(max(factor * weight, lower), upper) for weight, lower, upper in sides]

    # The sum is linear in the factor between those at which a share meets a bound.
    meets = sorted({bound / weight for weight, *bounds in sides if weight > 0 for bound in bounds})
    under = 0.0
    for over in (mark for mark in meets if mark < inf):
        least, enough = sum(shares(under)), sum(shares(over))
        if enough >= budget:
            part = (budget - least) / (enough - least) if enough > least else 0.0
            return shares(under + part * (over - under))
        under = over
    return shares(under)
