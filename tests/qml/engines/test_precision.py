"""Single and double precision take turns in one process; a step of a series costs a step, not a segment."""

from __future__ import annotations

import time

import numpy as np
import pytest

from qml.cells.quantum_cells import QRNN
from qml.engines import jax_support
from qml.engines.choice import EngineChoice
from qml.ensembles import ensemble
from qml.maps.circuit import CircuitUnits

pytestmark = pytest.mark.skipif(not jax_support.installed(), reason="JAX is not installed")


@pytest.mark.parametrize(
    ("hidden", "reupload"), [(5, False), (2, True), (10, False)], ids=["blocks", "reupload", "walsh"]
)
def test_single_precision_after_double(hidden: int, reupload: bool) -> None:
    inputs = np.random.default_rng(0).uniform(-1, 1, (40, 1))
    found = {}
    for precision in ("double", "single", "double again"):
        choice = EngineChoice(backend="jax", precision=precision.split()[0])
        units = CircuitUnits(init="uniform", reupload=reupload)
        reservoir = ensemble(QRNN(1, hidden, units), seed=0, engine=choice, readout=("z", "zz"))
        found[precision] = reservoir.features(inputs)
    assert np.array_equal(found["double"], found["double again"])
    assert 0 < np.abs(found["single"] - found["double"]).max() < 1e-5


def test_a_step_costs_a_step() -> None:
    """Padded to a segment of 1,024 steps, one step would cost as much as 1,024."""
    choice = EngineChoice(backend="jax")
    cell = QRNN(2, 3, CircuitUnits(init="uniform"))
    reservoir = ensemble(cell, seed=0, cells=16, delays=(0, 12), engine=choice)
    inputs = np.random.default_rng(0).uniform(-1, 1, (1024, 1))
    _, state = reservoir.go_on(inputs)
    reservoir.go_on(inputs[:1], state)

    def cost(steps: int) -> float:
        best = np.inf
        for _ in range(5):
            start = time.process_time()
            reservoir.go_on(inputs[:steps], state)
            best = min(best, time.process_time() - start)
        return best

    assert cost(1) < cost(1024) / 4
