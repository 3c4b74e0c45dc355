"""Stored pairs: what time makes of their fidelity.

Times and time constants in any one unit. A pair has two stored qubits unless one of its memories is ideal.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import e, exp, log
from typing import Final

from qsim.analytic import arguments as check

#: Werner parameter of a pair of fidelity 1/e.
_AT_ONE_OVER_E: Final = (4 / e - 1) / 3


def depolarised(fidelity: float, time: float, constant: float, stored: int = 2) -> float:
    """Fidelity of a Werner pair in depolarising memories: ¼ + (F-¼) e^(-k t/T).

    Args:
        fidelity: F at the start, in [0, 1].
        time: t, not negative.
        constant: T of each memory, positive.
        stored: k, how many of the two qubits decay: 0, 1 or 2.

    Example:
        >>> round(depolarised(0.95, 0.1, 1.0), 8)
        0.82311153
    """
    check.probability(fidelity=fidelity)
    return 0.25 + (fidelity - 0.25) * _shrunk(time, constant, stored)


def dephased(time: float, constant: float, stored: int = 2) -> float:
    """Fidelity of Φ+ in dephasing memories: ½ (1 + e^(-k t/T2)).

    Args:
        time: t, not negative.
        constant: T2 of each memory, positive.
        stored: k, how many of the two qubits decay: 0, 1 or 2.
    """
    return 0.5 * (1 + _shrunk(time, constant, stored))


def stretched_dephased(times: Iterable[float], constant: float, exponent: float = 2.0) -> float:
    """Fidelity of Φ+ whose coherence falls in each memory as e^(-(t/T)^n): ½ (1 + e^(-Σ (t_i/T)^n)).

    Args:
        times: t_i, how long each half, of all the pairs that were swapped into this one, has been stored; not
            negative.
        constant: T, positive; T2* for n = 2.
        exponent: n, positive; 2 is Gaussian, 1 exponential.

    Example:
        >>> round(stretched_dephased([1.0, 1.0], 2.0), 8)
        0.80326533
    """
    check.within("constant", constant, 0, above=True)
    check.within("exponent", exponent, 0, above=True)
    damping = 0.0
    for time in times:
        check.within("time", time, 0)
        damping += (time / constant) ** exponent
    return 0.5 * (1 + exp(-damping))


def relaxed_phi(time: float, t1: float, t2: float | None = None) -> float:
    """Fidelity of Φ+ when both memories relax to |0>: [1 + (1-e1)² + e1² + 2 e2²]/4.

    Here e1 = e^(-t/T1) and e2 = e^(-t/T2).

    Args:
        time: t, not negative.
        t1: relaxation time, positive.
        t2: total coherence time, at most 2 `t1`; None for 2 `t1`, pure amplitude damping.

    Example:
        >>> round(relaxed_phi(0.5, 1.0), 10)
        0.6839397206
    """
    excited, coherence = _relaxation(time, t1, t2)
    return (1 + (1 - excited) ** 2 + excited**2 + 2 * coherence**2) / 4


def relaxed_psi(time: float, t1: float, t2: float | None = None) -> float:
    """Fidelity of Ψ+ when both memories relax to |0>: (e^(-t/T1) + e^(-2t/T2))/2.

    Args:
        time, t1, t2: as in `relaxed_phi`.
    """
    excited, coherence = _relaxation(time, t1, t2)
    return (excited + coherence**2) / 2


def quisp_fidelity(time: float, coherence_time: float) -> float:
    """Fidelity of a Bell pair with one stored qubit in the convention of QuISP: 1/e at the coherence time.

    ``F = ¼ + ¾ R^(t/τ)`` with R = (4/e - 1)/3.

    Args:
        time: t, not negative.
        coherence_time: τ, positive.

    References:
        Chung, Hajdušek et al., arXiv 2504.01290, and the authors' scripts.
    """
    check.within("time", time, 0)
    check.within("coherence_time", coherence_time, 0, above=True)
    return float(0.25 + 0.75 * _AT_ONE_OVER_E ** (time / coherence_time))


def quisp_depolarising_time(coherence_time: float) -> float:
    """The depolarising time of each memory of a pair that decays as QuISP's pairs do: τ/κ.

    κ = -ln R = 1.8504108, with R as in `quisp_fidelity`. QuISP's published swaps with decoherence come out
    when *each* of a pair's memories has this time constant: one stored qubit follows `quisp_fidelity`, two
    decay twice as fast.

    Args:
        coherence_time: τ of QuISP, positive.

    Example:
        >>> round(quisp_depolarising_time(9.728), 4)
        5.2572
    """
    check.within("coherence_time", coherence_time, 0, above=True)
    return coherence_time / -log(_AT_ONE_OVER_E)


def _shrunk(time: float, constant: float, stored: int) -> float:
    check.within("time", time, 0)
    check.within("constant", constant, 0, above=True)
    check.count("stored", stored, least=0, most=2)
    return exp(-stored * time / constant)


def _relaxation(time: float, t1: float, t2: float | None) -> tuple[float, float]:
    check.within("time", time, 0)
    check.within("t1", t1, 0, above=True)
    if t2 is None:
        t2 = 2 * t1
    check.within("t2", t2, 0, 2 * t1, above=True)
    return exp(-time / t1), exp(-time / t2)
