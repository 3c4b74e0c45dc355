"""How long a detector is blind from the opening of a window on.

A law is a mixture over that time; densities are carried by Gauss-Legendre nodes on pieces without kinks, so
sums over them are exact to rounding.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@functools.cache
def _rule() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nodes and weights of Gauss and Legendre on [-1, 1]."""
    nodes, weights = np.polynomial.legendre.leggauss(8)
    return nodes, weights


@dataclass(frozen=True, eq=False, slots=True)
class Law:
    """How long a detector is blind from the opening of a window on.

    Attributes:
        weights: probabilities, shape (n,).
        blind: times after the opening at which it is live again, ps; 0 for live throughout. Shape (n,).
        again: probability that a click of before comes once more in the window, shape (n,).
        settled: whether it is that of dark counts at any time.
    """

    weights: NDArray[np.float64]
    blind: NDArray[np.float64]
    again: NDArray[np.float64]
    settled: bool = False

    @classmethod
    def point(cls, blind: float, again: float = 0.0) -> Law:
        """One that is known."""
        return cls(np.array([1.0]), np.array([blind]), np.array([again]))

    @classmethod
    def mixed(cls, parts: Iterable[tuple[float, Law]]) -> tuple[float, Law]:
        """Total weight of a mixture, and the mixture normalised."""
        parts = [(weight, law) for weight, law in parts if weight > 0]
        total = sum(weight for weight, _ in parts)
        if not parts:
            return 0.0, cls.point(0.0)
        return total, cls(
            np.concatenate([weight / total * law.weights for weight, law in parts]),
            np.concatenate([law.blind for _, law in parts]),
            np.concatenate([law.again for _, law in parts]),
        )


def nodes_between(since: float, until: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nodes and weights of Gauss and Legendre on an interval."""
    half = (until - since) / 2
    nodes, weights = _rule()
    return since + half * (nodes + 1), half * weights
