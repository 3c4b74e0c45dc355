"""Adam and early stopping, and classical twins: formulas written out, gradients, and what is kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qml.cells.bank import draw_bank
from qml.cells.classical_cells import GRU, LSTM, RNN
from qml.cells.quantum_cells import QRNN
from qml.engines import jax_support
from qml.engines.numpy_engine import NumpyEngine
from qml.tasks import forecast_windows
from qml.training import Training, train
from qml.training.optimisers import RULES
from qml.training.program import loss
from qml.training.trainable import parts
from qsim.errors import ParameterError

jax = pytest.importorskip("jax")

STOPPING = Training(epochs=60, optimiser="adam", patience=2, learning_rate=0.1, shuffle=True)


@pytest.fixture(scope="module")
def task():
    noise = np.random.default_rng(0).normal(size=80)
    return forecast_windows("noisy sine", np.sin(0.4 * np.arange(80)) + 0.3 * noise, train_fraction=0.67)


def test_adam_is_its_published_algorithm():
    step, begin = RULES["adam"]
    rates, model = np.array([0.1, 0.9, 1e-8, 0.6]), {"head": np.array([1.0, -2.0])}
    memory, gradients = begin(model), np.random.default_rng(3).normal(size=(5, 2))
    theta, first, second = model["head"], np.zeros(2), np.zeros(2)
    with jax_support.double_precision(jax):
        for t, gradient in enumerate(gradients, start=1):
            model, memory = step(rates, model, memory, {"head": gradient})
            first = 0.6 * first + 0.4 * gradient
            second = 0.9 * second + 0.1 * gradient**2
            theta = theta - 0.1 * (first / (1 - 0.6**t)) / (np.sqrt(second / (1 - 0.9**t)) + 1e-8)
            np.testing.assert_allclose(np.asarray(model["head"]), theta, rtol=1e-13)


@pytest.mark.parametrize("kind", [RNN, LSTM, GRU], ids=lambda kind: kind.name)
def test_gradients_of_classical_twins_are_those_of_finite_differences(kind):
    cell, rng = kind(channels=2, hidden=3), np.random.default_rng(1)
    bank = draw_bank(cell, [0, 1])
    evaluator, trained, fixed = parts(cell, bank.weights, "compiled")
    model = {**trained, "head": rng.normal(size=(2, 3, 1)), "offset": rng.normal(size=(2, 1))}
    data = rng.normal(size=(2, 4, 5, 2)), rng.normal(size=(2, 4, 1)), np.ones(4)
    with jax_support.double_precision(jax):
        program = jax.jit(jax.value_and_grad(loss(cell, evaluator, ("hidden",), 4)))
        value, slope = program(model, fixed, *data)
        driven = [
            NumpyEngine().run(bank, data[0][seed][None], ("hidden",), every=False).features[seed]
            for seed in (0, 1)
        ]
        answers = [driven[seed] @ model["head"][seed] + model["offset"][seed] for seed in (0, 1)]
        assert float(value) == pytest.approx(((np.array(answers) - data[1]) ** 2).mean() * 2, rel=1e-12)
        for name in model:
            direction = rng.normal(size=model[name].shape)
            if name == "matrix":
                direction *= model[name] != 0
            ends = [
                float(program({**model, name: model[name] + shift * direction}, fixed, *data)[0])
                for shift in (1e-5, -1e-5)
            ]
            expected = float(np.sum(np.asarray(slope[name]) * direction))
            assert (ends[0] - ends[1]) / 2e-5 == pytest.approx(expected, rel=1e-6, abs=1e-8)


def test_a_trained_gru_is_still_a_gru(task):
    result = train(GRU(hidden=2), task, (0,), replace(STOPPING, patience=None, epochs=3))
    start = GRU(hidden=2)
    zero = draw_bank(start, [0]).weights["matrix"] == 0
    matrix = result.bank.weights["matrix"]
    np.testing.assert_array_equal(matrix == 0, zero)
    assert zero.sum() == 2 * (2 + 1)


@pytest.mark.parametrize("cell", [QRNN(hidden=2), RNN(hidden=3)], ids=lambda cell: cell.name)
def test_patience_keeps_the_best_epoch_of_each_seed(cell, task):
    seeds = (0, 1, 2, 3)
    stopped = train(cell, task, seeds, STOPPING)
    for seed in seeds:
        losses = stopped.test_loss[seed]
        seen = losses[~np.isnan(losses)]
        best = int(np.argmin(seen)) + 1
        assert stopped.epochs[seed] == best
        assert len(seen) == min(60, best + 2)
        assert not np.isnan(losses[: len(seen)]).any()
    # The model that is kept is the one of a run that ends there, whatever the other seeds do.
    for seed in (0, 3):
        whole = replace(STOPPING, patience=None, epochs=int(stopped.epochs[seed]))
        alone = train(cell, task, (seed,), whole)
        np.testing.assert_array_equal(stopped.weights[seed], alone.weights[0])
        np.testing.assert_array_equal(stopped.answers[seed], alone.answers[0])
        for name, array in alone.bank.weights.items():
            np.testing.assert_array_equal(stopped.bank.weights[name][seed], array[0])
    assert len(set(stopped.epochs.tolist())) > 1


def test_a_gpu_that_is_not_there_is_said_so(task):
    if any(device.platform == "gpu" for device in jax.devices()):
        pytest.skip("there is a GPU")
    with pytest.raises(ParameterError, match="JAX sees no GPU"):
        train(RNN(), task, (0,), Training(device="gpu"))
