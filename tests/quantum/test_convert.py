from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import qutip
from hypothesis import given, settings

from qsim.errors import StateError
from qsim.quantum import BellDiagonalState, DensityMatrixState, ScalarFidelity, from_qutip, to_qutip
from tests.quantum import oracle
from tests.quantum.strategies import BELL_DIAGONAL, DENSITY

PAIR = [[2, 2], [2, 2]]


@settings(deadline=None, max_examples=30)
@given(state=DENSITY)
def test_density_matrices_there_and_back(state: DensityMatrixState) -> None:
    operator = to_qutip(state)
    assert (operator.isoper, operator.isherm, operator.dims) == (True, True, PAIR)
    back = from_qutip(operator, DensityMatrixState)
    assert np.abs(back.density_matrix() - state.density_matrix()).max() < 1e-15


@settings(deadline=None, max_examples=30)
@given(state=BELL_DIAGONAL)
def test_bell_diagonal_states_there_and_back(state: BellDiagonalState) -> None:
    back = from_qutip(to_qutip(state), BellDiagonalState)
    assert back.probabilities() == pytest.approx(state.probabilities(), abs=1e-14)


@pytest.mark.parametrize(("name", "index"), [("00", 0), ("01", 1), ("10", 2), ("11", 3)])
def test_the_bell_states_are_those_of_qutip(name: str, index: int) -> None:
    ket = qutip.bell_state(name)
    assert from_qutip(ket, DensityMatrixState).probabilities() == pytest.approx(np.eye(4)[index], abs=1e-15)
    assert from_qutip(ket.proj(), BellDiagonalState).probabilities() == pytest.approx(
        np.eye(4)[index], abs=1e-15
    )


def test_the_fidelity_is_that_of_qutip() -> None:
    state = DensityMatrixState.from_density_matrix(oracle.random_state(np.random.default_rng(5)))
    # QuTiP's fidelity is the square root of ours.
    assert qutip.fidelity(to_qutip(state), qutip.bell_state("00")) ** 2 == pytest.approx(
        state.fidelity(), abs=1e-9
    )


def test_a_scalar_reads_as_a_werner_state() -> None:
    operator = to_qutip(ScalarFidelity(0.9))
    assert np.abs(operator.full() - DensityMatrixState.werner(0.9).density_matrix()).max() < 1e-15
    assert from_qutip(operator, ScalarFidelity).fidelity() == pytest.approx(0.9, abs=1e-15)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: qutip.basis(2, 0), "two qubits, got dims"),
        (lambda: qutip.ket("000"), "two qubits, got dims"),
        (lambda: qutip.basis(4, 0), r"two qubits, got dims \[\[4\], \[4\]\]"),
        (lambda: qutip.bell_state("00").dag(), "two qubits, got dims"),
        (lambda: qutip.to_super(qutip.bell_state("00").proj()), "two qubits, got dims"),
        (lambda: np.eye(4) / 4, "two qubits, got dims None"),
        (lambda: None, "two qubits, got dims None"),
        (lambda: 2 * qutip.bell_state("00"), "trace 1, got 4"),
        (lambda: qutip.qeye([2, 2]), "trace 1, got 4"),
        (lambda: qutip.tensor(qutip.sigmax(), qutip.sigmam()), "Hermitian"),
        (
            lambda: (qutip.qeye([2, 2]) + 2 * qutip.tensor(qutip.sigmaz(), qutip.sigmaz())) / 4,
            "negative eigenvalue",
        ),
    ],
)
def test_what_is_no_pair_is_refused(make: Callable[[], Any], said: str) -> None:
    for formalism in (DensityMatrixState, BellDiagonalState, ScalarFidelity):
        with pytest.raises(StateError, match=said):
            from_qutip(make(), formalism)
