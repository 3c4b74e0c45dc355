"""Finite shots: the right mean, the right scatter, the same bits."""

from __future__ import annotations

import numpy as np
import pytest

from qml.cells.bank import draw_bank
from qml.cells.quantum_cells import QRNN
from qml.engines.choice import EngineChoice
from qml.maps.base import generators
from qml.maps.circuit import CircuitUnits
from tests.statistics import ROOM, worst

CELL = QRNN(1, 2, CircuitUnits(init="uniform"))
ROWS, SHOTS = 4000, 25


def read(choice: EngineChoice, rows: int = ROWS) -> np.ndarray:
    inputs = np.full((1, rows, 1, 1), 0.7)
    return choice.build(CELL, False).run(draw_bank(CELL, [3]), inputs, ("z", "zz"), every=False).features[0]


def test_mean_and_variance_are_those_of_so_many_shots() -> None:
    # A product of Z is +-1: its mean over N shots has the variance (1 - <Z>^2) / N. Sampled independently in
    # ROWS rows; the variance of a sample variance is at most 3 / ROWS of its square, for N = 25 shots.
    exact = read(EngineChoice(), 1)[0]
    sampled = read(EngineChoice(shots=SHOTS, seed=8))
    variance = (1 - exact**2) / SHOTS
    assert worst((sampled.mean(axis=0) - exact) / np.sqrt(variance.max() / ROWS)) < ROOM
    assert worst((sampled.var(axis=0) / variance - 1) / np.sqrt(3 / ROWS)) < ROOM


def test_products_are_read_from_the_same_shots() -> None:
    one_shot = read(EngineChoice(shots=1, seed=8))
    assert set(np.unique(one_shot)) == {-1.0, 1.0}
    assert np.array_equal(one_shot[:, 3], one_shot[:, 0] * one_shot[:, 1])


def test_noise_is_of_no_other_stream() -> None:
    # Series and weights are drawn from plain generators of the same seeds.
    for seed in (0, 5):
        (generator,) = generators(seed, 1, 1)[0]
        assert generator.random() != np.random.default_rng(seed).random()


def test_seeds_decide() -> None:
    first, again, other = (read(EngineChoice(shots=9, seed=seed), 50) for seed in (1, 1, 2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_pennylane_device_samples_too() -> None:
    # 400 shots of an outcome +-1: standard error at most 1 / 20.
    exact = read(EngineChoice(), 1)
    sampled = read(EngineChoice(engine="qnode", shots=400, seed=5), 1)
    assert np.any(sampled != exact)
    assert worst((sampled - exact) * 20) < ROOM


@pytest.mark.parametrize("device", ["cpu", "lightning.qubit", "default.mixed"])
def test_seeds_decide_on_a_pennylane_device(device: str) -> None:
    choices = [EngineChoice(engine="qnode", device=device, shots=9, seed=seed) for seed in (1, 1, 2)]
    first, again, other = (read(choice, 20) for choice in choices)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    engine = choices[0].build(CELL, True)
    bank, inputs = draw_bank(CELL, [3, 4]), np.zeros((1, 1, 4, 1))
    whole = engine.run(bank, inputs, ("z",), every=True).features
    begun = engine.run(bank, inputs[:, :, :2], ("z",), every=True)
    ended = engine.run(bank, inputs[:, :, 2:], ("z",), every=True, state=begun.state).features
    assert np.array_equal(np.concatenate([begun.features, ended], axis=2), whole)
    assert not np.array_equal(whole[0], whole[1])


def test_noise_goes_on_where_a_series_goes_on() -> None:
    engine = EngineChoice(shots=5, seed=1).build(CELL, True)
    bank, inputs = draw_bank(CELL, [3]), np.zeros((1, 1, 12, 1))
    whole = engine.run(bank, inputs, ("z",), every=True).features
    first = engine.run(bank, inputs[:, :, :6], ("z",), every=True)
    second = engine.run(bank, inputs[:, :, 6:], ("z",), every=True, state=first.state).features
    assert np.array_equal(np.concatenate([first.features, second], axis=2), whole)
    assert not np.array_equal(whole[:, :, :6], whole[:, :, 6:])


def test_shots_beyond_any_precision_approach_the_exact_values() -> None:
    assert read(EngineChoice(shots=10**12), 1) == pytest.approx(read(EngineChoice(), 1), abs=ROOM * 1e-6)
