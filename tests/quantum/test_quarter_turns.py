"""Quarter turns of both halves, against unitaries."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from qsim.quantum import BellDiagonalState, DensityMatrixState
from tests.quantum import oracle

GATES = {"x": oracle.X, "y": oracle.Y, "z": oracle.Z}


@pytest.mark.parametrize("axis", ["x", "y", "z"])
def test_any_state_turns_as_unitaries_turn_it(axis: Any) -> None:
    gate = (oracle.I2 - 1j * GATES[axis]) / np.sqrt(2)
    rho = oracle.random_state(np.random.default_rng(5))
    turned = DensityMatrixState.from_density_matrix(rho).quarter_turned(axis).density_matrix()
    assert np.abs(turned - oracle.apply(np.kron(gate, gate.conj()), rho)).max() < 1e-14


@pytest.mark.parametrize(
    ("axis", "expected"),
    [("x", (0.4, 0.1, 0.2, 0.3)), ("y", (0.4, 0.2, 0.3, 0.1)), ("z", (0.4, 0.3, 0.1, 0.2))],
)
def test_two_bell_states_change_places(axis: Any, expected: tuple[float, ...]) -> None:
    # Φ+, Φ−, Ψ+, Ψ−
    pair = BellDiagonalState.from_probabilities(0.4, 0.3, 0.2, 0.1)
    assert pair.quarter_turned(axis).probabilities() == pytest.approx(expected, abs=1e-15)
    exact = DensityMatrixState.from_density_matrix(pair.density_matrix()).quarter_turned(axis)
    assert exact.probabilities() == pytest.approx(expected, abs=1e-15)
