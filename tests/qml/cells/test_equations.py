"""The cells against their equations, written out sample by sample."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from qml.cells.bank import Bank, draw_bank
from qml.cells.base import Cell
from qml.cells.classical_cells import ESN, GRU, LSTM, RNN
from qml.cells.quantum_cells import QGRU, QLSTM, QRNN
from qml.engines.numpy_engine import NumpyEngine
from qml.maps.affine import TanhUnits
from qml.maps.circuit import CircuitUnits
from qml.maps.pennylane_circuit import qnode
from tests.statistics import ROOM

Vector = NDArray[np.float64]
STEPS = 5
CLOSE = 1e-12


def s(values: Vector) -> Vector:
    return 1 / (1 + np.exp(-values))


def driven(cell: Cell, readout: str, leak: float = 1.0) -> tuple[Bank, Vector, Vector]:
    bank = draw_bank(cell, [11], leak)
    inputs = np.random.default_rng(2).standard_normal((STEPS, cell.channels))
    run = NumpyEngine().run(bank, inputs[None, None], (readout,), every=True)
    return bank, inputs, run.features[0, 0]


def circuits(bank: Bank) -> Callable[[int, Vector], Vector]:
    """The k-th circuit as one PennyLane call for one vector."""
    cell = bank.cell
    assert isinstance(cell, QRNN | QLSTM | QGRU)
    assert isinstance(cell.units, CircuitUnits)
    run = qnode(cell.units, cell.wires, 1)
    angles = bank.weights["angles"][0]
    return lambda number, vector: np.array(run(vector, angles[number - 1]))


UNITS = CircuitUnits(layers=2, init="uniform")


def test_qrnn() -> None:
    bank, inputs, read = driven(QRNN(1, 3, UNITS), "hidden")
    c, h = circuits(bank), np.zeros(3)
    for x, features in zip(inputs, read, strict=True):
        h = np.tanh(c(1, np.concatenate([h, x]))[:3])
        assert features == pytest.approx(h, abs=CLOSE)


def test_qrnn_with_its_input_first() -> None:
    cell = QRNN(2, 2, UNITS, input_gain=0.5, input_first=True)
    bank, inputs, read = driven(cell, "hidden")
    c, h = circuits(bank), np.zeros(2)
    for x, features in zip(inputs, read, strict=True):
        h = np.tanh(c(1, np.concatenate([0.5 * x, h]))[:2])
        assert features == pytest.approx(h, abs=CLOSE)


def test_qlstm() -> None:
    bank, inputs, read = driven(QLSTM(1, 3, UNITS), "z")
    circuit, h, c = circuits(bank), np.zeros(3), np.zeros(4)
    for x, features in zip(inputs, read, strict=True):
        v = np.concatenate([x, h])
        f, i, g, o = s(circuit(1, v)), s(circuit(2, v)), np.tanh(circuit(3, v)), s(circuit(4, v))
        c = f * c + i * g
        h = circuit(5, o * np.tanh(c))[:3]
        assert features == pytest.approx(circuit(6, o * np.tanh(c)), abs=CLOSE)


def test_qgru() -> None:
    bank, inputs, read = driven(QGRU(1, 3, UNITS), "hidden")
    c, h = circuits(bank), np.zeros(3)
    for x, features in zip(inputs, read, strict=True):
        v = np.concatenate([x, h])
        r, z = s(c(1, v)[:3]), s(c(2, v)[:3])
        h = z * h + (1 - z) * np.tanh(c(3, np.concatenate([x, r * h]))[:3])
        assert features == pytest.approx(h, abs=CLOSE)


def test_gains_and_shift_act_on_what_is_encoded() -> None:
    cell = QRNN(2, 2, UNITS, input_gain=0.5, hidden_gain=2.0, input_shift=0.3)
    bank, inputs, read = driven(cell, "hidden")
    c, h = circuits(bank), np.zeros(2)
    for x, features in zip(inputs, read, strict=True):
        h = np.tanh(c(1, np.concatenate([2.0 * h, 0.5 * x + 0.3]))[:2])
        assert features == pytest.approx(h, abs=CLOSE)


def test_a_leaky_cell_keeps_a_share_of_its_state() -> None:
    bank, inputs, read = driven(QRNN(1, 3, UNITS), "hidden", leak=0.3)
    c, h = circuits(bank), np.zeros(3)
    for x, features in zip(inputs, read, strict=True):
        h = 0.7 * h + 0.3 * np.tanh(c(1, np.concatenate([h, x]))[:3])
        assert features == pytest.approx(h, abs=CLOSE)


def test_tanh_units_stand_where_the_circuits_stood() -> None:
    bank, inputs, read = driven(QRNN(1, 3, TanhUnits(scale=0.8), input_gain=0.5, input_shift=0.1), "hidden")
    matrix, bias, h = bank.weights["matrix"][0, 0, :4], bank.weights["bias"][0, 0, :4], np.zeros(3)
    for x, features in zip(inputs, read, strict=True):
        h = np.tanh(np.tanh(matrix @ np.concatenate([h, 0.5 * x + 0.1]) + bias)[:3])
        assert features == pytest.approx(h, abs=CLOSE)


def test_rnn_and_esn() -> None:
    for cell in (RNN(2, 3), ESN(2, 9)):
        bank, inputs, read = driven(cell, "hidden", leak=0.6)
        matrix, bias, h = bank.weights["matrix"][0, 0], bank.weights["bias"][0, 0], np.zeros(cell.hidden)
        for x, features in zip(inputs, read, strict=True):
            h = 0.4 * h + 0.6 * np.tanh(matrix[:, :2] @ x + matrix[:, 2:] @ h + bias)
            assert features == pytest.approx(h, abs=CLOSE)


def test_lstm() -> None:
    bank, inputs, read = driven(LSTM(2, 3), "hidden")
    matrix, bias, h, c = bank.weights["matrix"][0], bank.weights["bias"][0], np.zeros(3), np.zeros(3)
    for x, features in zip(inputs, read, strict=True):
        i, f, g, o = matrix @ np.concatenate([x, h]) + bias
        c = s(f) * c + s(i) * np.tanh(g)
        h = s(o) * np.tanh(c)
        assert features == pytest.approx(h, abs=CLOSE)


def test_gru() -> None:
    bank, inputs, read = driven(GRU(2, 3), "hidden")
    matrix, bias, h = bank.weights["matrix"][0], bank.weights["bias"][0], np.zeros(3)
    for x, features in zip(inputs, read, strict=True):
        r, z = (s(matrix[k, :, :2] @ x + matrix[k, :, 2:] @ h + bias[k]) for k in (0, 1))
        n = np.tanh(matrix[2, :, :2] @ x + bias[2] + r * (matrix[3, :, 2:] @ h + bias[3]))
        h = (1 - z) * n + z * h
        assert features == pytest.approx(h, abs=CLOSE)


def test_an_echo_state_network_has_the_radius_and_density_asked_for() -> None:
    weights = ESN(1, 200, radius=0.7, density=0.1).draw(np.random.default_rng(1))
    recurrent = weights["matrix"][0, :, 1:]
    assert np.abs(np.linalg.eigvals(recurrent)).max() == pytest.approx(0.7, rel=1e-9)
    # 40,000 places, each kept with probability 0.1: standard error 60.
    assert abs(np.count_nonzero(recurrent) - 4000) < ROOM * 60


@pytest.mark.parametrize(("cell", "angles"), [(QRNN(), 24), (QGRU(), 72), (QLSTM(), 144)])
def test_the_published_sizes(cell: QRNN | QGRU | QLSTM, angles: int) -> None:
    assert cell.wires == 4
    assert cell.draw(np.random.default_rng(0))["angles"].size == angles
    assert sum(cell.readable[name] for name in cell.default_readout) == (4 if cell.name == "qlstm" else 3)
