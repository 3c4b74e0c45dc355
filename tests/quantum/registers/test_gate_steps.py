"""Gates that take each Pauli to one: where it comes from and by what factor."""

from __future__ import annotations

import numpy as np
import pytest

from qsim.quantum import MemoryNoise
from qsim.quantum.registers import GATES, Channel
from qsim.quantum.registers.gates import steps_of
from tests.quantum.registers.test_registers import CLIFFORD


@pytest.mark.parametrize("name", CLIFFORD)
def test_clifford_gates_take_paulis_to_paulis_exactly(name: str) -> None:
    gate = GATES[name]
    size, steps = 4**gate.qubits, steps_of(gate.transfer)
    assert steps is not None
    same = np.unravel_index(np.arange(size), (4,) * gate.qubits)
    sources = np.ravel_multi_index(steps.sources or same, (4,) * gate.qubits)
    assert sorted(sources) == list(range(size))
    assert set(steps.factors.ravel()) <= {1.0, -1.0}
    assert np.array_equal(gate.transfer[np.arange(size), sources], steps.factors[:, 0])


def test_other_maps_have_several_paulis_in_a_row() -> None:
    assert steps_of(GATES["t"].transfer) is None
    assert steps_of(Channel.stored(MemoryNoise.thermal(2.0, 1.0), 0.0, 1.0).transfer) is None
    assert steps_of(Channel.depolarising(0.1, 2).transfer) is not None
