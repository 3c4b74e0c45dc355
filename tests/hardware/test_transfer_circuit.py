"""Moving a half by two gates, against the circuit itself as dense matrices."""

from __future__ import annotations

from functools import reduce
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from hardware.processor import GateProcessor, TransferringProcessor
from qsim.quantum import DensityMatrixState, MemoryNoise
from qsim.quantum.pair import EntangledPair
from tests.quantum.test_pair import Slot

Matrix = NDArray[np.complex128]
ONE, X = np.eye(2), np.array([[0, 1], [1, 0]])
Z = np.diag([1, -1])
PAULIS = (ONE, X, 1j * X @ Z, Z)


def on(*factors: Matrix) -> Matrix:
    """The product of operators on the far qubit, the source and the target."""
    made: Matrix = reduce(np.kron, factors)
    return made


def noisy(rho: Matrix, gate: Matrix, error: float) -> Matrix:
    """A gate on source and target, then a random non-identity Pauli pair with a probability."""
    rho = gate @ rho @ gate.conj().T
    pairs = [on(ONE, one, other) for one, other in product(PAULIS, repeat=2)][1:]
    wrong = sum(pauli @ rho @ pauli.conj().T for pauli in pairs) / 15
    return np.asarray((1 - error) * rho + error * wrong)


@pytest.mark.parametrize("error", [0.0, 0.03, 0.2, 0.9375])
def test_two_gates_depolarise_the_moved_half(error: float) -> None:
    zero, one = np.diag([1, 0]), np.diag([0, 1])
    there = on(ONE, zero, ONE) + on(ONE, one, X)
    back = on(ONE, ONE, zero) + on(ONE, X, one)
    phi = np.zeros((4, 4), dtype=complex)
    phi[np.ix_([0, 3], [0, 3])] = 0.5
    rho = noisy(noisy(np.kron(phi, zero), there, error), back, error)
    kept = np.einsum("asbcsd->abcd", rho.reshape([2] * 6)).reshape(4, 4)
    source, target, far = Slot(), Slot(), Slot()
    pair = EntangledPair(1, DensityMatrixState.from_density_matrix(phi), far, source, (0, 0), (0, 0), 0)
    processor = GateProcessor(gate_error=error)
    assert isinstance(processor, TransferringProcessor)
    pair.move_half(source, target, 5, 7, processor.transfer_kept)
    assert (pair.second, pair.as_of, pair.confirmed_at) == (target, 0, 7)
    assert pair.stored == (0, 5)
    state = pair.state(5)
    assert isinstance(state, DensityMatrixState)
    np.testing.assert_allclose(state.density_matrix(), kept, atol=1e-12)


def test_the_law_of_the_memory_left_holds_until_then_and_that_of_the_new_one_after() -> None:
    fast, slow = Slot(MemoryNoise.depolarising(1.0)), Slot(MemoryNoise.depolarising(4.0))
    pair = EntangledPair(1, DensityMatrixState.werner(1.0), fast, Slot(), (0, 0), (0, 0), 0)
    second = 10**12
    pair.move_half(fast, slow, second, second, 1.0)
    expected = (1 + 3 * np.exp(-1 - 2 / 4)) / 4
    assert pair.fidelity(3 * second) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    ("parameters", "duration", "kept"),
    [
        ({"gate_time": "500 us"}, 1_000_000_000, 1.0),
        ({"gate_time": "500 us", "transfer_gates": 3, "gate_error": 0.03}, 1_500_000_000, 0.968**3),
        ({"transfer_time": "1 us", "gate_time": "5 s"}, 1_000_000, 1.0),
    ],
)
def test_duration_and_quality(parameters: dict[str, object], duration: int, kept: float) -> None:
    processor = GateProcessor(**parameters)  # type: ignore[arg-type]
    assert processor.transfer_ps() == duration
    assert processor.transfer_kept == pytest.approx(kept, abs=1e-12)
