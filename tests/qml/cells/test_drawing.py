"""How frozen weights are drawn, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from qml.cells.bank import Bank, draw_bank
from qml.cells.classical_cells import ESN, GRU
from qml.cells.quantum_cells import QRNN
from qml.maps.affine import TanhUnits
from qml.maps.base import Computation
from qml.maps.circuit import CircuitUnits
from qsim.errors import ParameterError
from tests.statistics import ROOM


def test_normal_angles_are_near_the_identity_and_uniform_ones_anywhere() -> None:
    count = 24 * 200
    near = draw_bank(QRNN(), range(200)).weights["angles"]
    # Mean square of `count` normal numbers: standard error sqrt(2 / count).
    assert abs((near / 0.01).var() - 1) < ROOM * np.sqrt(2 / count)
    anywhere = draw_bank(QRNN(units=CircuitUnits(init="uniform")), range(200)).weights["angles"]
    assert 0 <= anywhere.min() < anywhere.max() <= 2 * np.pi
    assert abs(anywhere.mean() - np.pi) < ROOM * 2 * np.pi / np.sqrt(12 * count)


def test_a_scale_multiplies_either_draw() -> None:
    for init, scale in (("normal", 0.01), ("uniform", 1.0)):
        drawn, larger = (
            draw_bank(QRNN(units=CircuitUnits(init=init, scale=factor * scale)), [3]).weights["angles"]
            for factor in (1, 2)
        )
        assert larger == pytest.approx(2 * drawn)


def test_a_cell_depends_on_its_own_seed_alone() -> None:
    together, apart = draw_bank(GRU(), [7, 8]), draw_bank(GRU(), [8])
    assert np.array_equal(together.weights["matrix"][1:], apart.weights["matrix"])
    assert not np.array_equal(together.weights["matrix"][0], together.weights["matrix"][1])


def test_a_fingerprint_tells_banks_apart() -> None:
    prints = {
        draw_bank(QRNN(), [1]).fingerprint,
        draw_bank(QRNN(), [2]).fingerprint,
        draw_bank(QRNN(), [1], leak=0.5).fingerprint,
        draw_bank(QRNN(input_gain=0.5), [1]).fingerprint,
        draw_bank(QRNN(units=CircuitUnits(init="uniform")), [1]).fingerprint,
    }
    assert len(prints) == 5
    assert draw_bank(QRNN(), [1]).fingerprint in prints


def test_frozen_weights_are_prepared_once_for_each_evaluator() -> None:
    bank = draw_bank(QRNN(), [1])
    double = bank.prepared(bank.cell.evaluator(Computation()))
    assert bank.prepared(bank.cell.evaluator(Computation())) is double
    assert bank.prepared(bank.cell.evaluator(Computation(single=True)))[0][1].dtype == np.complex64
    changed = {**bank.weights, "angles": bank.weights["angles"] + 1.0}
    other = Bank(bank.cell, changed, bank.leak).prepared(bank.cell.evaluator(Computation()))
    assert not np.array_equal(other[0][1], double[0][1])


@pytest.mark.parametrize("leak", [0.0, -0.1, 1.1, float("nan")])
def test_a_leak_outside_its_range_is_refused(leak: float) -> None:
    with pytest.raises(ParameterError, match=r"leak must lie in \(0, 1\]"):
        draw_bank(QRNN(), [1], leak)


def test_arrays_of_different_numbers_of_cells_are_refused() -> None:
    bank = draw_bank(QRNN(), [1, 2])
    with pytest.raises(ParameterError, match="angles holds 2 cells and leak 1"):
        Bank(bank.cell, bank.weights, np.ones(1))


def test_parameters_out_of_bounds_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"`QRNN.hidden` must be in \[1, inf\), got 0"):
        QRNN(hidden=0)
    with pytest.raises(ParameterError, match=r"`GRU.channels` must be a whole number, got 1\.5"):
        GRU(channels=1.5)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match=r"`CircuitUnits.init`.* \(did you mean 'uniform'\?\)"):
        CircuitUnits(init="unifrom")
    with pytest.raises(ParameterError, match=r"`CircuitUnits.scale` must be in \[0, inf\), got -1"):
        CircuitUnits(scale=-1)
    with pytest.raises(ParameterError, match=r"`CircuitUnits.layers` must be in \[1, inf\), got 0"):
        CircuitUnits(layers=0)
    with pytest.raises(ParameterError, match=r"`TanhUnits.bias_scale`.* nan"):
        TanhUnits(bias_scale=float("nan"))
    with pytest.raises(ParameterError, match=r"`ESN.density` must be in \(0, 1\], got 0"):
        ESN(density=0)
    with pytest.raises(ParameterError, match=r"`ESN.radius`.* inf"):
        ESN(radius=float("inf"))


@pytest.mark.parametrize(
    ("readout", "message"),
    [
        ((), r"readout is empty \(known: hidden, z, zz, zzz\)"),
        (("z", "z"), "readout names something twice: z, z"),
        (("zy",), "the cell 'qrnn' has no readout 'zy'"),
    ],
)
def test_readouts_that_make_no_sense_are_refused(readout: tuple[str, ...], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        QRNN().check_readout(readout)
