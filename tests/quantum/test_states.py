"""Making states, refusing what is none, and moving between formalisms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from qsim.errors import StateError
from qsim.quantum import BellDiagonalState, DensityMatrixState, ScalarFidelity, bell
from qsim.registry import lookup, name_of
from tests.quantum import oracle
from tests.quantum.strategies import BELL_DIAGONAL, DENSITY_MATRICES, WEIGHTS

ALL = [BellDiagonalState, DensityMatrixState, ScalarFidelity]
QUANTUM = ALL[:2]

NO_STATES = {
    "of one qubit": (np.eye(2) / 2, r"shape \(4, 4\), got \(2, 2\)"),
    "of three qubits": (np.eye(8) / 8, r"shape \(4, 4\), got \(8, 8\)"),
    "a ket": (oracle.BELL_KETS[0], r"shape \(4, 4\), got \(4,\)"),
    "of trace 2": (np.eye(4) / 2, "trace 1, got 2"),
    "of trace 0": (np.zeros((4, 4)), "trace 1, got 0"),
    "not Hermitian": (np.eye(4) / 4 + 0.1 * np.eye(4, k=1), "Hermitian"),
    "hardly Hermitian": (np.eye(4) / 4 + 1e-6j * np.eye(4, k=1), "Hermitian"),
    "with a complex diagonal": (np.diag([0.25 + 1e-6j, 0.25 - 1e-6j, 0.25, 0.25]), "Hermitian"),
    "negative": (np.diag([1.1, -0.1, 0, 0]), "no negative eigenvalue"),
    "negative elsewhere": (
        np.eye(4) / 4 + 0.3 * (np.eye(4, k=1) + np.eye(4, k=-1)),
        "no negative eigenvalue",
    ),
    "not a number": (np.full((4, 4), np.nan), "finite"),
    "infinite off the diagonal": (
        np.eye(4) / 4 + np.where(np.eye(4, k=1) + np.eye(4, k=-1) > 0, np.inf, 0),
        "finite",
    ),
}


class TestConventions:
    @pytest.mark.parametrize("index", range(4))
    def test_the_order_of_the_bell_states(self, index: int) -> None:
        rho = oracle.bell_state(index)
        expected = tuple(np.eye(4)[index])
        for formalism in QUANTUM:
            assert formalism.from_density_matrix(rho).probabilities() == pytest.approx(expected, abs=1e-15)
        state = BellDiagonalState.from_probabilities(*expected)
        assert np.abs(state.density_matrix() - rho).max() < 1e-15
        assert bell.BELL_STATES[index] in repr(state)

    @pytest.mark.parametrize("index", range(4))
    def test_aligned_correlators(self, index: int) -> None:
        ket = oracle.BELL_KETS[index]
        measured = [
            sign * np.real(ket.conj() @ np.kron(pauli, pauli) @ ket)
            for sign, pauli in ((1, oracle.X), (-1, oracle.Y), (1, oracle.Z))
        ]
        assert bell.correlators(*np.eye(4)[index]) == pytest.approx(measured, abs=1e-15)

    @given(weights=WEIGHTS)
    def test_correlators_and_probabilities_are_inverse(
        self, weights: tuple[float, float, float, float]
    ) -> None:
        assert bell.probabilities(*bell.correlators(*weights)) == pytest.approx(weights, abs=1e-15)

    @pytest.mark.parametrize(
        ("formalism", "name"),
        list(zip(ALL, ("bell-diagonal", "density-matrix", "scalar-fidelity"), strict=True)),
    )
    def test_names(self, formalism: Any, name: str) -> None:
        assert lookup("formalism", name) is formalism
        assert name_of(formalism) == name


@pytest.mark.parametrize("formalism", ALL)
@pytest.mark.parametrize("excess", [4e-16, 1e-10])
def test_rounding_takes_no_fidelity_out_of_its_range(formalism: Any, excess: float) -> None:
    rho = oracle.bell_state(0) * (1 + excess)
    assert formalism.from_density_matrix(rho).fidelity() == 1


@pytest.mark.parametrize("formalism", ALL)
class TestWerner:
    @pytest.mark.parametrize("fidelity", [0, 0.25, 0.5, 0.95, 1])
    def test_is_white_noise_round_the_bell_state(self, formalism: Any, fidelity: float) -> None:
        state = formalism.werner(fidelity)
        rest = (1 - fidelity) / 3
        assert state.fidelity() == pytest.approx(fidelity, abs=1e-15)
        assert state.probabilities() == pytest.approx((fidelity, rest, rest, rest), abs=1e-15)
        expected = oracle.mixture((fidelity, rest, rest, rest))
        assert np.abs(state.density_matrix() - expected).max() < 1e-15

    @pytest.mark.parametrize("fidelity", [-1e-9, 1.0000001, 2, float("nan"), float("inf")])
    def test_a_fidelity_outside_the_unit_interval(self, formalism: Any, fidelity: float) -> None:
        with pytest.raises(StateError, match=rf"fidelity must be in \[0, 1\], got {fidelity!r}"):
            formalism.werner(fidelity)


@pytest.mark.parametrize("formalism", ALL)
class TestFromDensityMatrix:
    @pytest.mark.parametrize("case", NO_STATES)
    def test_what_is_no_state_is_refused(self, formalism: Any, case: str) -> None:
        matrix, said = NO_STATES[case]
        with pytest.raises(StateError, match=said):
            formalism.from_density_matrix(matrix)

    @settings(deadline=None)
    @given(rho=DENSITY_MATRICES)
    def test_keeps_the_fidelity(self, formalism: Any, rho: oracle.Matrix) -> None:
        state = formalism.from_density_matrix(rho)
        assert state.fidelity() == pytest.approx(oracle.overlaps(rho)[0], abs=1e-14)
        assert state.fidelity() == pytest.approx(state.probabilities()[0], abs=1e-15)
        oracle.assert_state(state.density_matrix(), 1e-14)

    def test_rounding_errors_are_forgiven(self, formalism: Any) -> None:
        rho = oracle.bell_state(0) + 1e-11 * np.diag([1j, 1, -1, -1j])
        assert formalism.from_density_matrix(rho).fidelity() == pytest.approx(1, abs=1e-10)

    def test_lists_are_matrices_too(self, formalism: Any) -> None:
        assert formalism.from_density_matrix(oracle.bell_state(0).real.tolist()).fidelity() == pytest.approx(
            1
        )


@settings(deadline=None)
@given(rho=DENSITY_MATRICES)
def test_the_density_matrix_formalism_keeps_all(rho: oracle.Matrix) -> None:
    state = DensityMatrixState.from_density_matrix(rho)
    assert np.abs(state.density_matrix() - rho).max() < 1e-15
    assert state.probabilities() == pytest.approx(oracle.overlaps(rho), abs=1e-14)


@settings(deadline=None)
@given(rho=DENSITY_MATRICES)
def test_the_bell_diagonal_formalism_keeps_the_bell_diagonal(rho: oracle.Matrix) -> None:
    state = BellDiagonalState.from_density_matrix(rho)
    assert np.abs(state.density_matrix() - oracle.mixture(oracle.overlaps(rho))).max() < 1e-14


@given(state=BELL_DIAGONAL)
def test_there_and_back(state: BellDiagonalState) -> None:
    back = BellDiagonalState.from_density_matrix(state.density_matrix())
    assert back.probabilities() == pytest.approx(state.probabilities(), abs=1e-14)


class TestBellDiagonal:
    @pytest.mark.parametrize(
        "given",
        [
            (0.5, 0.5, 0.1, -0.1),
            (0.5, 0.4, 0, 0),
            (0.5, 0.6, 0, 0),
            (1, 1, 1, 1),
            (0, 0, 0, 0),
            (float("nan"), 1, 0, 0),
            (1, 0, 0, float("nan")),
            (float("inf"), 0, 0, 0),
        ],
    )
    def test_probabilities_that_are_none(self, given: tuple[float, float, float, float]) -> None:
        with pytest.raises(StateError, match="non-negative and sum to 1"):
            BellDiagonalState.from_probabilities(*given)

    def test_equality_and_hash(self) -> None:
        first, second = BellDiagonalState.werner(0.9), BellDiagonalState.werner(0.9)
        assert first == second
        assert hash(first) == hash(second)
        assert first != BellDiagonalState.werner(0.8)
        assert first != DensityMatrixState.werner(0.9)

    def test_repr(self) -> None:
        shown = repr(BellDiagonalState.from_probabilities(0.8, 0.1, 0.06, 0.04))
        assert shown == "<BellDiagonalState Φ+ 0.8, Φ− 0.1, Ψ+ 0.06, Ψ− 0.04>"

    @given(state=BELL_DIAGONAL)
    def test_twirling_keeps_the_fidelity(self, state: BellDiagonalState) -> None:
        twirled = state.twirled()
        assert twirled.fidelity() == pytest.approx(state.fidelity(), abs=1e-15)
        rest = (1 - state.fidelity()) / 3
        assert twirled.probabilities()[1:] == pytest.approx((rest, rest, rest), abs=1e-15)


def test_repr_of_a_density_matrix() -> None:
    assert repr(DensityMatrixState.werner(0.95)) == "<DensityMatrixState fidelity 0.95>"
