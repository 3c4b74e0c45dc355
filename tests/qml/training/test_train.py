"""Training: against a plain loop, the same bits in any company, and nothing learnt from test windows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from qml.cells.classical_cells import LSTM
from qml.cells.quantum_cells import QGRU, QLSTM, QRNN
from qml.engines import jax_support
from qml.ensembles import tanh_control
from qml.reservoir import Reservoir
from qml.tasks import forecast_windows, paper_task
from qml.training import Training, train
from qml.training.program import loss
from qml.training.seed_batch import cell_seed
from qml.training.trainable import TracedCircuits
from qsim.errors import ParameterError

jax = pytest.importorskip("jax")

SHUFFLED = Training(epochs=3, shuffle=True)


@pytest.fixture(scope="module")
def task():
    return paper_task("damped-shm", "authors")


@pytest.fixture(scope="module")
def trained(task):
    return train(QRNN(), task, (0, 1), SHUFFLED)


def same(one, other, places):
    """Whether two results agree bit for bit, the seeds of the first at `places` of the second."""
    names = ("weights", "intercept", "train_loss", "test_loss", "answers")
    return all(np.array_equal(getattr(one, name), getattr(other, name)[places]) for name in names) and (
        np.array_equal(one.bank.weights["angles"], other.bank.weights["angles"][places])
    )


def test_again_the_same_bits(task, trained):
    assert same(train(QRNN(), task, (0, 1), SHUFFLED), trained, [0, 1])


def test_a_seed_does_not_depend_on_its_company(task, trained):
    assert same(train(QRNN(), task, (1, 0), SHUFFLED), trained, [1, 0])
    assert same(train(QRNN(), task, (1,), SHUFFLED), trained, [1])
    assert same(trained, train(QRNN(), task, (7, 8, 9, 0, 1), SHUFFLED), [3, 4])


@pytest.mark.slow
@pytest.mark.parametrize("kind", [QRNN, QGRU, QLSTM], ids=lambda kind: kind.name)
def test_a_seed_does_not_depend_on_its_company_over_many_epochs(kind, task, sized):
    how = Training(epochs=sized(None, 30), shuffle=True)
    full = train(kind(), task, (0, 1, 2, 3, 4), how)
    assert same(train(kind(), task, (3, 1), how), full, [3, 1])


def test_equal_to_a_plain_loop_over_minibatches():
    # 23 training windows in batches of 10: the last batch has 3.
    short = forecast_windows("sine", np.sin(0.4 * np.arange(39)), train_fraction=0.67)
    assert short.train == 23
    how = Training(epochs=2, learning_rate=0.02, alpha=0.9)
    cell, result = QRNN(), train(QRNN(), short, (0, 1), how)
    start = train(cell, short, (0, 1), replace(how, epochs=1, learning_rate=1e-300))
    model = {"angles": start.bank.weights["angles"], "head": start.weights, "offset": start.intercept}
    fixed = {name: start.bank.weights[name] for name in ("gain", "shift")}
    squares = {name: np.zeros_like(array) for name, array in model.items()}
    with jax_support.double_precision(jax):
        circuits = TracedCircuits(cell.units.shape(cell.wires), fused=True)
        slope = jax.jit(jax.grad(loss(cell, circuits, cell.default_readout, 10)))
        for rows in [*np.arange(20).reshape(2, 10), np.arange(20, 30)] * 2:
            counted = rows < 23
            windows, targets = (np.stack([part[rows]] * 2) for part in (short.windows, short.targets))
            for name, array in slope(model, fixed, windows, targets, counted).items():
                squares[name] = 0.9 * squares[name] + 0.1 * np.asarray(array) ** 2
                model[name] = model[name] - 0.02 * np.asarray(array) / (np.sqrt(squares[name]) + 1e-8)
    np.testing.assert_allclose(result.bank.weights["angles"], model["angles"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(result.weights, model["head"], rtol=0, atol=1e-9)
    np.testing.assert_allclose(result.intercept, model["offset"], rtol=0, atol=1e-9)


def test_answers_and_losses_belong_to_the_trained_models(task, trained):
    features = Reservoir(trained.bank).window_features(task.windows).reshape(len(task.windows), 2, 3)
    expected = np.einsum("wsf,sfo->swo", features, trained.weights) + trained.intercept[:, None]
    np.testing.assert_allclose(trained.answers, expected, rtol=0, atol=1e-12)
    squares = (expected - task.targets)[..., 0] ** 2
    np.testing.assert_allclose(trained.train_loss[:, -1], squares[:, : task.train].mean(axis=1), rtol=1e-10)
    np.testing.assert_allclose(trained.test_loss[:, -1], squares[:, task.train :].mean(axis=1), rtol=1e-10)


def test_training_does_not_look_at_test_windows(task, trained):
    altered = replace(task, targets=np.where(np.arange(235)[:, None] < task.train, task.targets, 0.9))
    windows = task.windows.copy()
    windows[task.train :] = -0.5
    other = train(QRNN(), replace(altered, windows=windows), (0, 1), SHUFFLED)
    np.testing.assert_array_equal(other.train_loss, trained.train_loss)
    np.testing.assert_array_equal(other.bank.weights["angles"], trained.bank.weights["angles"])
    assert not np.array_equal(other.test_loss, trained.test_loss)


def test_starts_from_the_circuits_of_a_bank_of_the_same_seeds(task):
    still = train(QRNN(), task, (0, 1), replace(SHUFFLED, epochs=1, learning_rate=1e-300))
    for seed in (0, 1):
        drawn = QRNN().draw(np.random.default_rng(cell_seed(seed)))
        np.testing.assert_array_equal(still.bank.weights["angles"][seed], drawn["angles"])
    assert np.abs(still.weights).max() <= 3**-0.5


def test_circuits_and_layer_are_trained(trained):
    start = QRNN().draw(np.random.default_rng(cell_seed(0)))["angles"]
    assert np.abs(trained.bank.weights["angles"][0] - start).max() > 0.1
    assert np.all(trained.train_loss[:, -1] < trained.train_loss[:, 0])


@pytest.mark.parametrize(("kind", "count"), [(QRNN, 28), (QGRU, 76), (QLSTM, 149)])
def test_counts_angles_and_weights(kind, count, task):
    result = train(kind(), task, (0, 1), Training(epochs=1))
    assert result.parameters == count
    assert result.train_loss.shape == result.test_loss.shape == (2, 1)


@pytest.mark.slow
def test_engines_agree(task, sized):
    epochs = sized(None, 5)
    both = [train(QRNN(), task, (0, 1), Training(epochs, engine=name)) for name in ("compiled", "trainable")]
    np.testing.assert_allclose(both[0].test_loss, both[1].test_loss, rtol=1e-6)


def test_settings_of_jax_stay(task):
    train(QRNN(), task, (0, 1), Training(epochs=1))
    assert not jax.config.jax_enable_x64


def test_refuses_what_cannot_be_trained(task):
    with pytest.raises(ParameterError, match="only cells with circuits"):
        train(tanh_control(QRNN(), 1.0, 0.5), task, (0,))
    with pytest.raises(ParameterError, match="engine='trainable' is PennyLane's, and a cell 'lstm'"):
        train(LSTM(), task, (0,), Training(engine="trainable"))
    with pytest.raises(ParameterError, match="2 channels and the windows 1"):
        train(QRNN(channels=2), task, (0,))
    with pytest.raises(ParameterError, match="circuits on 41 wires need about"):
        train(QRNN(hidden=40), task, (0,))
    with pytest.raises(ParameterError, match="at least one"):
        train(QRNN(), task, ())
    with pytest.raises(ParameterError, match="seeds must be a whole number of at least 0, not -1"):
        train(QRNN(), task, (-1,))
    with pytest.raises(ParameterError, match="did you mean 'hidden'"):
        train(QRNN(), task, (0,), readout=("hiden",))
    with pytest.raises(ParameterError, match=r"Training\.engine"):
        Training(engine="torch")
    with pytest.raises(ParameterError, match=r"Training\.epochs"):
        Training(epochs=0)


def test_says_so_when_training_diverges(task):
    with pytest.raises(ParameterError, match="left the range of double precision"):
        train(QRNN(), task, (0, 1), Training(epochs=2, learning_rate=1e200))
