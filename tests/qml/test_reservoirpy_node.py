from __future__ import annotations

import subprocess
import sys

import numpy as np
import numpy.typing as npt
import pytest

from qml.cells.classical_cells import ESN
from qml.cells.quantum_cells import QLSTM, QRNN
from qml.engines.choice import EngineChoice
from qml.ensembles import ensemble
from qml.reservoir import Reservoir
from qml.tasks.narma import narma
from qsim.errors import ParameterError

pytest.importorskip("reservoirpy")

from reservoirpy.nodes import Ridge

from qml.reservoirpy_node import ReservoirNode

INPUTS = np.random.default_rng(2).uniform(0.0, 0.5, (1200, 1))
NUMPY = EngineChoice(backend="numpy")


def delayed() -> Reservoir:
    return ensemble(QRNN(channels=2, hidden=1), seed=1, cells=3, delays=(0, 4), leak=(0.2, 1.0), engine=NUMPY)


def several() -> Reservoir:
    return ensemble(QLSTM(channels=2, hidden=2), seed=1, channels=2, readout=("z", "cell"), engine=NUMPY)


@pytest.mark.parametrize("reservoir", [delayed(), several()], ids=["delays", "channels"])
def test_a_node_has_the_features_of_its_reservoir(reservoir: Reservoir) -> None:
    inputs = np.resize(INPUTS[:120], (60, reservoir.channels))
    node = ReservoirNode(reservoir)
    expected = reservoir.features(inputs)
    np.testing.assert_array_equal(node.run(inputs), expected)
    assert (node.input_dim, node.output_dim) == (reservoir.channels, reservoir.size)
    node.reset()
    np.testing.assert_allclose([node.step(row) for row in inputs], expected, rtol=0, atol=1e-12)


def test_a_run_goes_on_where_the_last_one_ended() -> None:
    node, reservoir = ReservoirNode(delayed()), delayed()
    halves = np.concatenate([node.run(INPUTS[:25]), node.run(INPUTS[25:40])])
    np.testing.assert_allclose(halves, reservoir.features(INPUTS[:40]), rtol=0, atol=1e-12)


def test_several_series_begin_alike() -> None:
    node = ReservoirNode(delayed())
    runs = node.run(np.stack([INPUTS[:20], INPUTS[20:40]]))
    np.testing.assert_array_equal(runs[1], delayed().features(INPUTS[20:40]))


def test_a_ridge_behind_it_learns_narma() -> None:
    target: npt.NDArray[np.float64] = narma(INPUTS, 5)[1:, None]
    cell = QRNN(channels=2, hidden=2, input_gain=0.3)
    reservoir = ensemble(
        cell, seed=3, cells=6, delays=(0, 6), leak=(0.2, 1.0), readout=("hidden", "z", "zz"), engine=NUMPY
    )
    model = ReservoirNode(reservoir, name="circuits") >> Ridge(ridge=1e-8)
    model.fit(INPUTS[:900], target[:900], warmup=100)
    error = model.run(INPUTS[900:]) - target[900:]
    # 0.07 and 0.10 with two seeds; one that answers the mean has 1.
    assert np.sqrt(np.mean(error**2)) / target[900:].std() < 0.3


def test_a_node_may_be_fed_by_another() -> None:
    esn = ReservoirNode(ensemble(ESN(hidden=2), seed=1, engine=NUMPY))
    model = esn >> ReservoirNode(several())
    first = ensemble(ESN(hidden=2), seed=1, engine=NUMPY).features(INPUTS[:30])
    np.testing.assert_array_equal(model.run(INPUTS[:30]), several().features(first))


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ParameterError, match="the reservoir takes 2 channels, not 1"):
        ReservoirNode(several()).run(INPUTS)
    with pytest.raises(ParameterError, match="shots=None"):
        ReservoirNode(ensemble(QRNN(), seed=1, engine=EngineChoice(shots=10)))


def test_without_reservoirpy_one_sentence_says_so() -> None:
    code = "import sys; sys.modules['reservoirpy'] = None; import qml.reservoirpy_node"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "ImportError: qml.reservoirpy_node needs reservoirpy, which is not installed: "
        "pip install 'reservoirpy>=0.4.2'"
    )
