from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from qsim.quantum import PERFECT, DensityMatrixState, teleportation_fidelity
from tests.quantum import oracle
from tests.quantum.strategies import DENSITY_MATRICES

#: The six poles of the Bloch sphere: averaging over them is averaging over all pure states.
POLES = [np.array(ket) / np.linalg.norm(ket) for ket in ([1, 0], [0, 1], [1, 1], [1, -1], [1, 1j], [1, -1j])]


def teleported(ket: np.ndarray, pair: oracle.Matrix) -> oracle.Matrix:
    """Teleport a qubit over a pair, gate by gate, with the correction that the measured bits call for."""
    rho = np.kron(np.outer(ket, ket.conj()), pair)
    rho = oracle.apply(oracle.on(3, {0: oracle.H}) @ oracle.cnot(3, 0, 1), rho)
    return sum(
        oracle.apply(
            np.linalg.matrix_power(oracle.Z, phase) @ np.linalg.matrix_power(oracle.X, parity), branch
        )
        for (phase, parity), branch in oracle.measured(rho, (0, 1), (PERFECT, PERFECT)).items()
    )


@pytest.mark.parametrize(
    ("fidelity", "mean"), [(0.95, 0.966667), (0.9, 0.933333), (0.85, 0.9), (1, 1), (0.5, 2 / 3), (0.25, 0.5)]
)
def test_published(fidelity: float, mean: float) -> None:
    assert teleportation_fidelity(fidelity) == pytest.approx(mean, abs=5e-7)


@settings(deadline=None, max_examples=40)
@given(rho=DENSITY_MATRICES)
def test_over_any_pair(rho: oracle.Matrix) -> None:
    mean = np.mean([np.real(ket.conj() @ teleported(ket, rho) @ ket) for ket in POLES])
    assert mean == pytest.approx(
        teleportation_fidelity(DensityMatrixState.from_density_matrix(rho).fidelity()), abs=1e-13
    )


@pytest.mark.parametrize("ket", POLES)
def test_a_perfect_pair_brings_the_state_over(ket: np.ndarray) -> None:
    arrived = teleported(ket, oracle.bell_state(0))
    assert np.abs(arrived - np.outer(ket, ket.conj())).max() < 1e-15
