"""A row's features are the same bits whatever is driven beside it, and however a series is cut.

At another place of the batch a row enters a product of matrices at another place, where some processors add
in another order: equal to rounding, and to the bit only where the place is kept.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qml.cells.bank import draw_bank
from qml.cells.classical_cells import ESN
from qml.cells.quantum_cells import QLSTM, QRNN
from qml.engines import jax_support
from qml.engines.base import Engine
from qml.engines.choice import EngineChoice
from qml.maps.circuit import CircuitUnits

ENGINES = {
    "numpy": EngineChoice(backend="numpy"),
    "shots": EngineChoice(shots=50, seed=4),
    **({"jax": EngineChoice(backend="jax")} if jax_support.installed() else {}),
}
CELLS = {
    "fused": QLSTM(1, 3, CircuitUnits(init="uniform")),
    "blocks": QRNN(1, 5, CircuitUnits(init="uniform")),
    "esn": ESN(1, 30),
}


@pytest.fixture(params=sorted(CELLS))
def cell(request: pytest.FixtureRequest) -> QLSTM | QRNN | ESN:
    return CELLS[request.param]  # type: ignore[return-value]


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest, cell: QLSTM | QRNN | ESN) -> tuple[Engine, Engine]:
    choice = ENGINES[request.param]
    if choice.shots is not None and isinstance(cell, ESN):
        pytest.skip("nothing is measured in an echo-state network")
    return choice.build(cell, False), choice.build(cell, True)


def test_cells_do_not_depend_on_their_company(
    cell: QLSTM | QRNN | ESN, engine: tuple[Engine, Engine]
) -> None:
    if engine[0].evaluator.sampled is not None:
        pytest.skip("sampling noise belongs to the place of a cell in its bank")
    inputs = np.random.default_rng(1).standard_normal((1, 20, 4, 1))
    together = engine[0].run(draw_bank(cell, [5, 6, 7]), inputs, ("hidden",), every=False).features
    apart = [engine[0].run(draw_bank(cell, [seed]), inputs, ("hidden",), every=False) for seed in (5, 6, 7)]
    assert np.array_equal(together, np.concatenate([one.features for one in apart]))


def test_windows_do_not_depend_on_the_batch(cell: QLSTM | QRNN | ESN, engine: tuple[Engine, Engine]) -> None:
    bank = draw_bank(cell, [5, 6])
    inputs = np.random.default_rng(1).standard_normal((1, 300, 3, 1))
    whole = engine[0].run(bank, inputs, ("hidden",), every=False).features
    for stop in (1, 15, 16, 17, 255, 257):
        part = engine[0].run(bank, inputs[:, :stop], ("hidden",), every=False).features
        assert np.array_equal(part, whole[:, :stop])
    if engine[0].evaluator.sampled is None:
        for start in (1, 15, 250, 299):
            part = engine[0].run(bank, inputs[:, start:], ("hidden",), every=False).features
            np.testing.assert_allclose(part, whole[:, start:], rtol=0, atol=1e-13)
        others = np.concatenate([inputs[:, :7], -inputs[:, 7:]], axis=1)
        beside = engine[0].run(bank, others, ("hidden",), every=False).features
        assert np.array_equal(beside[:, :7], whole[:, :7])
        assert not np.array_equal(beside[:, 7:], whole[:, 7:])


def test_series_do_not_depend_on_each_other(cell: QLSTM | QRNN | ESN, engine: tuple[Engine, Engine]) -> None:
    bank = draw_bank(cell, [5, 6])
    inputs = np.random.default_rng(1).standard_normal((1, 4, 50, 1))
    together = engine[1].run(bank, inputs, ("hidden",), every=True).features
    first = engine[1].run(bank, inputs[:, :1], ("hidden",), every=True).features
    assert np.array_equal(together[:, :1], first)


def test_a_series_can_be_cut_anywhere(cell: QLSTM | QRNN | ESN, engine: tuple[Engine, Engine]) -> None:
    bank = draw_bank(cell, [5, 6], np.array([1.0, 0.3]))
    inputs = np.random.default_rng(1).standard_normal((1, 2, 90, 1))
    whole = engine[1].run(bank, inputs, ("hidden",), every=True)
    for cut in (1, 44, 89):
        before = engine[1].run(bank, inputs[:, :, :cut], ("hidden",), every=True)
        after = engine[1].run(bank, inputs[:, :, cut:], ("hidden",), every=True, state=before.state)
        again = engine[1].run(bank, inputs[:, :, cut:], ("hidden",), every=True, state=before.state)
        joined = np.concatenate([before.features, after.features], axis=2)
        assert np.array_equal(joined, whole.features)
        assert np.array_equal(after.features, again.features)
        assert all(map(np.array_equal, after.state.parts, whole.state.parts))


@settings(max_examples=25, deadline=None)
@given(start=st.integers(0, 99), length=st.integers(1, 100), seed=st.integers(0, 2**32))
def test_any_part_of_a_batch(start: int, length: int, seed: int) -> None:
    cell = CELLS["fused"]
    bank = draw_bank(cell, [seed])
    inputs = np.random.default_rng(seed).standard_normal((1, 100, 2, 1))
    engine = ENGINES["numpy"].build(cell, False)
    readout = ("z", "zz", "hidden")
    whole = engine.run(bank, inputs, readout, every=False).features
    part = engine.run(bank, inputs[:, start : start + length], readout, every=False).features
    np.testing.assert_allclose(part, whole[:, start : start + length], rtol=0, atol=1e-13)
    head = engine.run(bank, inputs[:, :length], readout, every=False).features
    assert np.array_equal(head, whole[:, :length])
