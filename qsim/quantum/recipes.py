"""Purification recipes: two-to-one recurrences in any formalism.

Each is a function of two pair states and of the noise at the two nodes (`qsim.quantum.state.Recipe`), made of
what every pair state can do. A recipe of one's own is another such function.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qsim.quantum.noise import OperationNoise
    from qsim.quantum.state import S


def bbpssw(kept: S, sacrificed: S, first: OperationNoise, second: OperationNoise) -> tuple[float, S]:
    """Both pairs twirled to Werner states, then the bilateral CNOT.

    References:
        Bennett et al., Phys. Rev. Lett. 76, 722 (1996).

    Example:
        >>> from qsim.quantum import PERFECT, BellDiagonalState
        >>> pair = BellDiagonalState.werner(0.8)
        >>> probability, better = bbpssw(pair, pair, PERFECT, PERFECT)
        >>> round(probability, 6), round(better.fidelity(), 6)
        (0.768889, 0.83815)
    """
    probability, state = kept.twirled().purified(sacrificed.twirled(), first, second)
    return probability, state if probability > 0 else kept


def dejmps(kept: S, sacrificed: S, first: OperationNoise, second: OperationNoise) -> tuple[float, S]:
    """Both pairs turned about X, which exchanges Φ− and Ψ−, then the bilateral CNOT.

    References:
        Deutsch et al., Phys. Rev. Lett. 77, 2818 (1996).
    """
    turned, lost = kept.quarter_turned("x"), sacrificed.quarter_turned("x")
    probability, state = turned.purified(lost, first, second)
    return probability, state if probability > 0 else kept
