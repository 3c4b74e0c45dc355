"""The compiled circuits against PennyLane's own simulation."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qml.circuits.blocks import CircuitShape
from qml.circuits.execution import expectations
from qml.circuits.lowering import lower
from qml.maps.circuit import CircuitUnits
from qml.maps.pennylane_circuit import qnode

CLOSE = 1e-12


def _difference(shape: CircuitShape, fused: bool, order: int, seed: int, spread: float) -> float:
    rng = np.random.default_rng(seed)
    weights = rng.uniform(-7, 7, (1, 2, *shape.weights))
    values = spread * rng.standard_normal((1, 3, shape.wires))
    read = expectations(np, shape, fused, lower(np, shape, weights, fused), values, order, 1)
    run = qnode(CircuitUnits(shape.layers, shape.reupload), shape.wires, order)
    expected = np.stack([np.stack(run(values[0], one), axis=-1) for one in weights[0]], axis=1)
    return float(np.abs(read[0] - expected).max())


@settings(max_examples=40, deadline=None)
@given(
    wires=st.integers(1, 6),
    layers=st.integers(1, 4),
    reupload=st.booleans(),
    fused=st.booleans(),
    order=st.integers(1, 3),
    seed=st.integers(0, 2**32),
    spread=st.sampled_from([0.0, 1e-8, 1.0, 50.0, 1e6]),
)
def test_all_lowerings_equal_the_qnode(
    wires: int, layers: int, reupload: bool, fused: bool, order: int, seed: int, spread: float
) -> None:
    shape = CircuitShape(wires, layers, reupload)
    assert _difference(shape, fused and not reupload, min(order, wires), seed, spread) < CLOSE


@pytest.mark.parametrize("wires", [8, 9, 11])
def test_many_wires_equal_the_qnode(wires: int) -> None:
    assert _difference(CircuitShape(wires, layers=2), False, 2, wires, 1.0) < CLOSE


@pytest.mark.parametrize("wires", [4, 9])
def test_lightning_agrees_where_it_is_installed(wires: int) -> None:
    pytest.importorskip("pennylane_lightning")
    shape = CircuitShape(wires, layers=2)
    rng = np.random.default_rng(wires)
    weights, values = rng.uniform(-7, 7, shape.weights), rng.standard_normal((2, wires))
    reference, lightning = (
        np.stack(qnode(CircuitUnits(), wires, 2, device)(values, weights))
        for device in ("default.qubit", "lightning.qubit")
    )
    assert lightning == pytest.approx(reference, abs=CLOSE)
