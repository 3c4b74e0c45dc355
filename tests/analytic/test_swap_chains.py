"""Swapped pairs: printed values, and brute force on four qubits."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from qsim.analytic import swap_chains
from qsim.quantum import BellDiagonalState, OperationNoise
from tests.analytic.printed import printed

fidelities = st.floats(0.25, 1)
PAULIS = np.array([[[1, 0], [0, 1]], [[0, 1], [1, 0]], [[0, -1j], [1j, 0]], [[1, 0], [0, -1]]])
CNOT = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]])
HADAMARD = np.array([[1, 1], [1, -1]]) / 2**0.5
#: Φ+, Φ−, Ψ+, Ψ−.
BELL = np.array([[1, 0, 0, 1], [1, 0, 0, -1], [0, 1, 1, 0], [0, 1, -1, 0]]) / 2**0.5


@pytest.mark.parametrize(
    ("one", "other", "text"),
    [(0.95, 0.95, "0.9033333333"), (0.9, 0.8, "0.7266666667"), (0.99, 0.99, "0.9801333333")],
)
def test_werner_swap_as_printed(one: float, other: float, text: str) -> None:
    assert swap_chains.werner_swap(one, other) == printed(text)


@pytest.mark.parametrize(
    ("links", "text"),
    [
        (2, "0.9605333333"),
        (3, "0.9415857778"),
        (4, "0.9231434904"),
        (8, "0.8541628782"),
        (16, "0.7366837111"),
        (64, "0.3829852439"),
    ],
)
def test_werner_chain_as_printed(links: int, text: str) -> None:
    assert swap_chains.werner_chain(0.98, links) == printed(text)


@pytest.mark.parametrize(("links", "text"), [(2, "0.9347637104"), (4, "0.8525269671"), (8, "0.7164960758")])
def test_noisy_chain_as_printed(links: int, text: str) -> None:
    assert swap_chains.noisy_werner_chain(0.98, links, 0.99, 0.99) == printed(text)


def test_bell_diagonal_swap_as_printed() -> None:
    found = swap_chains.bell_diagonal_swap((0.8, 0.1, 0.06, 0.04), (0.7, 0.05, 0.2, 0.05))
    assert found == tuple(map(printed, ("0.579", "0.121", "0.209", "0.091")))


@pytest.mark.parametrize(
    ("gate", "measurement", "text", "simulated"),
    [
        (0, 0.1, "0.81", 0.81233),
        (0.05, 0, "0.96", 0.96126),
        (0.05, 0.1, "0.7801333", 0.77894),
        (0.5, 0.1, "0.5113333", 0.51222),
        (0.75, 0, "0.40", 0.40093),
    ],
)
def test_cnot_error_as_printed(gate: float, measurement: float, text: str, simulated: float) -> None:
    found = swap_chains.swap_with_cnot_error(gate, measurement)
    assert found == printed(text)
    assert abs(simulated - found) < 0.009


@settings(deadline=None)
@given(st.floats(0, 1))
def test_a_cnot_that_depolarises_leaves_nothing(measurement: float) -> None:
    assert swap_chains.swap_with_cnot_error(0.9375, measurement) == pytest.approx(0.25)


@settings(deadline=None)
@given(fidelities, fidelities)
def test_swap_of_werner_pairs_is_the_bell_diagonal_one(one: float, other: float) -> None:
    wrong_one, wrong_other = (1 - one) / 3, (1 - other) / 3
    whole = swap_chains.bell_diagonal_swap(
        (one, wrong_one, wrong_one, wrong_one), (other, wrong_other, wrong_other, wrong_other)
    )
    assert swap_chains.werner_swap(one, other) == pytest.approx(whole[0])


@settings(deadline=None)
@given(fidelities, st.integers(1, 20))
def test_a_chain_is_one_swap_after_the_other(fidelity: float, links: int) -> None:
    whole = fidelity
    for _ in range(links - 1):
        whole = swap_chains.werner_swap(whole, fidelity)
    assert swap_chains.werner_chain(fidelity, links) == pytest.approx(whole)


@settings(deadline=None)
@given(fidelities, st.integers(1, 6), st.floats(0, 1), st.floats(0.5, 1))
def test_noisy_chain_is_that_of_twirled_states(
    fidelity: float, links: int, gate: float, measurement: float
) -> None:
    noise = OperationNoise.from_reliabilities(gate, measurement)
    link = whole = BellDiagonalState.werner(fidelity)
    for _ in range(links - 1):
        whole = whole.swapped(link, noise).twirled()
    found = swap_chains.noisy_werner_chain(fidelity, links, gate, measurement)
    assert found == pytest.approx(whole.fidelity(), rel=1e-9)


@settings(deadline=None)
@given(st.floats(0, 0.9375), st.floats(0, 0.5))
def test_cnot_error_is_noise_of_the_states(gate: float, measurement: float) -> None:
    perfect = BellDiagonalState.werner(1.0)
    swapped = perfect.swapped(perfect, OperationNoise(gate, measurement))
    assert swap_chains.swap_with_cnot_error(gate, measurement) == pytest.approx(swapped.fidelity(), rel=1e-9)


@pytest.mark.parametrize(("gate", "measurement"), [(0.0, 0.0), (0.3, 0.0), (0.0, 0.2), (0.4, 0.1)])
def test_cnot_error_is_that_of_the_circuit(gate: float, measurement: float) -> None:
    found = _swapped(_bell_diagonal((1, 0, 0, 0)), _bell_diagonal((1, 0, 0, 0)), gate, measurement)
    assert found[0] == pytest.approx(swap_chains.swap_with_cnot_error(gate, measurement), rel=1e-12)


def test_bell_diagonal_swap_is_that_of_the_circuit() -> None:
    one, other = (0.8, 0.1, 0.06, 0.04), (0.7, 0.05, 0.2, 0.05)
    found = _swapped(_bell_diagonal(one), _bell_diagonal(other), 0, 0)
    assert found == pytest.approx(swap_chains.bell_diagonal_swap(one, other), rel=1e-12)


def _bell_diagonal(probabilities: tuple[float, ...]) -> NDArray[np.complex128]:
    weighted = np.diag(probabilities).astype(np.complex128)
    return BELL.T @ weighted @ BELL


def _swapped(
    one: NDArray[np.complex128], other: NDArray[np.complex128], gate: float, measurement: float
) -> list[float]:
    """Bell-state probabilities after a CNOT, a Hadamard, two measurements and the corrections."""
    noise = [(1 - gate, PAULIS[0], PAULIS[0])]
    noise += [(gate / 15, PAULIS[i], PAULIS[j]) for i, j in product(range(4), repeat=2) if i or j]
    pairs = np.kron(one, other)
    result = np.zeros((4, 4), dtype=np.complex128)
    for weight, first, second in noise:
        middle = np.kron(HADAMARD, np.eye(2)) @ np.kron(first, second) @ CNOT
        whole = np.kron(np.eye(2), np.kron(middle, np.eye(2)))
        state = (whole @ pairs @ whole.conj().T).reshape([2] * 8)
        for bits in product((0, 1), repeat=2):
            left = state[:, bits[0], bits[1], :, :, bits[0], bits[1], :].reshape(4, 4)
            for wrong in product((0, 1), repeat=2):
                read = [bit ^ flip for bit, flip in zip(bits, wrong, strict=True)]
                chance = weight * measurement ** sum(wrong) * (1 - measurement) ** (2 - sum(wrong))
                fix = np.linalg.matrix_power(PAULIS[3], read[0]) @ np.linalg.matrix_power(PAULIS[1], read[1])
                correction = np.kron(np.eye(2), fix)
                result += chance * correction @ left @ correction.conj().T
    return [float((ket @ result @ ket).real) for ket in BELL]
