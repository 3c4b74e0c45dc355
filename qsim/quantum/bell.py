"""Conventions: the four Bell states, and how correlators encode a Bell-diagonal state.

Bell states are listed in the order Φ+, Φ−, Ψ+, Ψ− everywhere. A delivered pair is meant to be Φ+;
*fidelity* without further words is the overlap with Φ+.

A Bell-diagonal state is fixed by three correlators *aligned to Φ+*: ``x = <XX>``, ``y = -<YY>``, ``z =
<ZZ>``, each 1 for Φ+. Swapping multiplies correlators and Pauli noise scales them, which is why they, and not
the four probabilities, are what a state carries.
"""

from __future__ import annotations

from typing import Final

#: Names of the Bell states, in order.
BELL_STATES: Final = ("Φ+", "Φ−", "Ψ+", "Ψ−")
#: A probability of success below this is rounding error: the outcome cannot happen, and leaves no state.
IMPOSSIBLE: Final = 1e-12


def probabilities(x: float, y: float, z: float) -> tuple[float, float, float, float]:
    """Bell-state probabilities (Φ+, Φ−, Ψ+, Ψ−) from aligned correlators.

    Example:
        >>> probabilities(1.0, 1.0, 1.0)
        (1.0, 0.0, 0.0, 0.0)
    """
    return (1 + x + y + z) / 4, (1 - x - y + z) / 4, (1 + x - y - z) / 4, (1 - x + y - z) / 4


def as_probability(value: float) -> float:
    """A probability without the rounding error that may take it a hair out of [0, 1].

    Example:
        >>> as_probability(1.0000000000000002), as_probability(0.3)
        (1.0, 0.3)
    """
    return 0.0 if value < 0.0 else 1.0 if value > 1.0 else value


def correlators(
    phi_plus: float, phi_minus: float, psi_plus: float, psi_minus: float
) -> tuple[float, float, float]:
    """Aligned correlators (x, y, z) from Bell-state probabilities that sum to 1.

    Example:
        >>> correlators(0.0, 0.0, 1.0, 0.0)
        (1.0, -1.0, -1.0)
    """
    return (
        phi_plus - phi_minus + psi_plus - psi_minus,
        phi_plus - phi_minus - psi_plus + psi_minus,
        phi_plus + phi_minus - psi_plus - psi_minus,
    )
