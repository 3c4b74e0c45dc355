"""The standard tasks: lengths, seeds, yardsticks, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from qml.scores import memory_capacity
from qml.tasks import SeriesTask, standard_names, standard_task
from qsim.errors import ParameterError
from tests.qml.tasks.regression import taps_error

SHORT: dict[str, Any] = {"washout": 40, "train": 30, "validation": 20, "test": 10}
OUTPUTS = {"lorenz": 3, "memory": 40, "parity": 10}


@pytest.mark.parametrize("name", standard_names())
def test_shapes_and_lengths(name: str) -> None:
    task = standard_task(name)
    assert task.name == name
    assert task.inputs.shape == (3200, 3 if name == "lorenz" else 1)
    assert task.targets.shape == (3200, OUTPUTS.get(name, 1))
    assert (task.washout, task.train, task.validation, task.test) == (200, 1500, 500, 1000)


def test_parts_follow_one_another() -> None:
    task = standard_task("narma-5", **SHORT)
    steps = np.arange(100)
    np.testing.assert_array_equal(steps[task.train_part], np.arange(40, 70))
    np.testing.assert_array_equal(steps[task.validation_part], np.arange(70, 90))
    np.testing.assert_array_equal(steps[task.fit_part], np.arange(40, 90))
    np.testing.assert_array_equal(steps[task.test_part], np.arange(90, 100))


@pytest.mark.parametrize("name", standard_names())
def test_a_seed_gives_the_same_bits_and_another_seed_others(name: str) -> None:
    one, again, other = (standard_task(name, seed, **SHORT) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one.inputs, again.inputs)
    np.testing.assert_array_equal(one.targets, again.targets)
    # Of the measured series there is one alone.
    assert np.any(one.inputs != other.inputs) == (name != "santa-fe")


@pytest.mark.parametrize("name", standard_names())
def test_a_longer_test_part_leaves_the_rest_as_it_is(name: str) -> None:
    short, long = standard_task(name, 2, **SHORT), standard_task(name, 2, **(SHORT | {"test": 300}))
    np.testing.assert_array_equal(short.inputs, long.inputs[:100])
    np.testing.assert_array_equal(short.targets, long.targets[:100])


# The figures known are of one realisation each (the laser's is our own). From seed to seed they scatter by 3,
# 3.5, 2, 4.5 and 4.6 per cent, with products by 8 and 11: the room is four standard errors of the difference
# between one realisation and the mean of five, 4.4 times that.
@pytest.mark.parametrize(
    ("name", "options", "expected", "room"),
    [
        ("narma-5", {}, 0.365, 0.13),
        ("narma-10", {}, 0.387, 0.15),
        ("mackey-glass", {}, 5.4e-4, 0.09),
        ("mackey-glass", {"horizon": 84}, 0.589, 0.2),
        ("laser", {}, 0.52, 0.2),
        ("santa-fe", {}, 0.41, 0.05),
    ],
)
def test_25_linear_taps_err_as_elsewhere(
    name: str, options: dict[str, Any], expected: float, room: float
) -> None:
    errors = [taps_error(standard_task(name, seed, **options), 25) for seed in range(5)]
    assert np.mean(errors) == pytest.approx(expected, rel=room)


@pytest.mark.parametrize(
    ("name", "lags", "expected", "room"),
    [("narma-10", 20, 0.176, 0.35), ("laser", 12, 0.16, 0.48), ("santa-fe", 12, 0.14, 0.1)],
)
def test_products_of_lags_err_as_elsewhere(name: str, lags: int, expected: float, room: float) -> None:
    errors = [taps_error(standard_task(name, seed), lags, products=True) for seed in range(5)]
    assert np.mean(errors) == pytest.approx(expected, rel=room)


def test_linear_taps_remember_their_own_number_of_steps() -> None:
    # The 10 last inputs hold delays 1 to 9 exactly. Further ones lie outside, and the floor of 1,000 test
    # steps adds 31 / 999 for them on the average, with a standard deviation of sqrt(2 * 31) / 999 = 0.008.
    task = standard_task("memory", seed=5)
    lagged = np.column_stack([np.roll(task.inputs[:, 0], lag) for lag in range(10)])
    weights = np.linalg.lstsq(lagged[task.fit_part], task.targets[task.fit_part], rcond=None)[0]
    truth, answers = task.targets[task.test_part], lagged[task.test_part] @ weights
    assert memory_capacity(truth, answers) == pytest.approx(9 + 31 / 999, abs=4 * 0.008)
    assert memory_capacity(truth, answers, correct=True) == pytest.approx(9, abs=4 * 0.008)


def test_parity_is_hidden_from_linear_taps() -> None:
    task = standard_task("parity", seed=1)
    assert taps_error(task, 25) > 0.99
    # u[t] xor u[t-1] = u[t] + u[t-1] - 2 u[t] u[t-1]: products find delay 1 and no other.
    first = SeriesTask("first", task.inputs, task.targets[:, 0], 200, 1500, 500, 1000)
    second = SeriesTask("second", task.inputs, task.targets[:, 1], 200, 1500, 500, 1000)
    assert taps_error(first, 4, products=True) < 1e-9
    assert taps_error(second, 4, products=True) > 0.9


def test_options_change_the_task_and_its_name() -> None:
    ahead = standard_task("mackey-glass", horizon=84)
    assert ahead.name == "mackey-glass (horizon=84)"
    np.testing.assert_array_equal(ahead.inputs[84:], ahead.targets[:-84])
    assert standard_task("memory", max_delay=7).targets.shape == (3200, 7)
    assert standard_task("lorenz", dt=0.05, horizon=2, **SHORT).name == "lorenz (horizon=2, dt=0.05)"
    slow, fast = standard_task("lorenz", dt=0.01, **SHORT), standard_task("lorenz", dt=0.05, **SHORT)
    assert np.abs(np.diff(fast.inputs, axis=0)).mean() > 2 * np.abs(np.diff(slow.inputs, axis=0)).mean()


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("narma-11", {}, "did you mean 'narma-10'"),
        ("mackeyglass", {}, "did you mean 'mackey-glass'"),
        ("mackey-glass", {"horizn": 84}, "unknown option 'horizn'.*did you mean 'horizon'"),
        ("narma-10", {"order": 5}, r"unknown option 'order' of the task 'narma-10' \(it has none\)"),
        ("mackey-glass", {"horizon": 0}, "`MackeyGlass.horizon` must be in"),
        ("mackey-glass", {"tau": 1.5}, "`MackeyGlass.tau` must be a whole number"),
        ("lorenz", {"dt": 0.0}, "`Lorenz.dt` must be in"),
        ("memory", {"max_delay": 201}, "`washout` of 'memory' must be at least its `max_delay` 201, got 200"),
        ("narma-10", {"seed": -1}, "`seed` must be a whole number of at least 0"),
        ("narma-10", {"seed": 1.5}, "`seed` must be a whole number"),
        ("narma-10", {"train": 0}, "`train` must be a whole number of at least 1"),
        ("narma-10", {"test": 0}, "`test` must be a whole number of at least 1"),
        ("narma-10", {"washout": -1}, "`washout` must be a whole number of at least 0"),
        ("narma-10", {"validation": 2.0}, "`validation` must be a whole number"),
    ],
)
def test_what_cannot_be_drawn(name: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        standard_task(name, **options)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"targets": np.zeros(99)}, "each of the 100 inputs, got 99"),
        ({"test": 11}, r"washout 40, train 30, validation 20 and test 11 must add up to the 100 steps"),
        ({"train": 0, "test": 40}, "`SeriesTask.train` must be a whole number of at least 1"),
        ({"washout": -1}, "`SeriesTask.washout`"),
        ({"inputs": np.full(100, np.nan)}, "NaN"),
    ],
)
def test_a_task_checks_its_parts(change: dict[str, Any], message: str) -> None:
    parts = {"name": "mine", "inputs": np.zeros(100), "targets": np.zeros(100)} | SHORT
    assert SeriesTask(**parts).inputs.shape == (100, 1)
    with pytest.raises(ParameterError, match=message):
        SeriesTask(**(parts | change))
