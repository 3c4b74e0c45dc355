"""Fidelity of swapped pairs, memories apart."""

from __future__ import annotations

from qsim.analytic import arguments as check


def werner_swap(one: float, other: float) -> float:
    """Fidelity of the pair that a perfect swap makes of two Werner pairs: F1 F2 + (1-F1)(1-F2)/3.

    Args:
        one, other: fidelities, in [0, 1].

    Example:
        >>> round(werner_swap(0.95, 0.95), 10)
        0.9033333333
    """
    check.probability(one=one, other=other)
    return one * other + (1 - one) * (1 - other) / 3


def werner_chain(fidelity: float, links: int) -> float:
    """Fidelity of a chain of equal Werner pairs, perfectly swapped: ¼ + ¾ ((4F-1)/3)^n.

    Args:
        fidelity: F of each link, in [0, 1].
        links: n, at least 1.

    Example:
        >>> round(werner_chain(0.98, 8), 10)
        0.8541628782
    """
    return noisy_werner_chain(fidelity, links, 1.0, 1.0)


def noisy_werner_chain(fidelity: float, links: int, gate: float, measurement: float) -> float:
    """Fidelity of a chain of equal Werner pairs, swapped by imperfect operations.

    ``¼ + ¾ [p2 (4η²-1)/3]^(n-1) [(4F-1)/3]^n``. A gate works with probability p2 and depolarises both qubits
    otherwise; a measurement is right with probability η. Each swapped pair is twirled to a Werner state: a
    wrong bit harms one of the three correlations twice, which without twirling tells from the third link on.

    Args:
        fidelity: F of each link, in [0, 1].
        links: n, at least 1.
        gate: p2, in [0, 1].
        measurement: η, in [0, 1].

    References:
        Briegel, Dür, Cirac, Zoller, Phys. Rev. Lett. 81, 5932 (1998).
    """
    check.probability(fidelity=fidelity)
    check.count("links", links)
    check.probability(gate=gate, measurement=measurement)
    swap = gate * (4 * measurement**2 - 1) / 3
    return float(0.25 + 0.75 * swap ** (links - 1) * ((4 * fidelity - 1) / 3) ** links)


def bell_diagonal_swap(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> tuple[float, float, float, float]:
    """Bell-state probabilities of the pair that a perfect swap makes of two Bell-diagonal pairs.

    The labels of the Bell states add bitwise: λ'_k = sum_i λ_i µ_(i xor k).

    Args:
        one, other: probabilities of Φ+, Φ−, Ψ+, Ψ−.
    """
    check.distribution(one=one, other=other)
    first, second, third, fourth = (sum(one[i] * other[i ^ k] for i in range(4)) for k in range(4))
    return first, second, third, fourth


def swap_with_cnot_error(gate_error: float, measurement_error: float) -> float:
    """Fidelity of the pair that one imperfect swap makes of two perfect pairs.

    ``(1 - 12p/15)(1-e)² + (4p/15)[2e(1-e) + e²]``: with probability p the CNOT is followed by one of the 15
    non-identity Paulis, and each of the two measurements flips with probability e.

    Args:
        gate_error: p, in [0, 15/16].
        measurement_error: e, in [0, 1].

    References:
        Chung, Hajdušek et al., arXiv 2504.01290, and the authors' scripts.

    Example:
        >>> round(swap_with_cnot_error(0.05, 0.1), 7)
        0.7801333
    """
    check.within("gate_error", gate_error, 0, 15 / 16)
    check.probability(measurement_error=measurement_error)
    right = 1 - measurement_error
    some_flip = 2 * measurement_error * right + measurement_error**2
    return (1 - 12 * gate_error / 15) * right**2 + 4 * gate_error / 15 * some_flip
