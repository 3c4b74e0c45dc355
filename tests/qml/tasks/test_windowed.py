"""Windows of anybody's series: alignment, scaling without a leak, refusals."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from qml.scaling import Scaler
from qml.tasks import WindowedTask, forecast_windows, target_windows
from qsim.errors import ParameterError
from tests.qml.causality import assert_causal

Array = npt.NDArray[np.float64]
SERIES = np.random.default_rng(5).normal(size=(60, 2)).cumsum(axis=0)


@pytest.mark.parametrize("length", [1, 3, 7])
@pytest.mark.parametrize("horizon", [1, 4])
def test_a_window_is_followed_by_its_target(length: int, horizon: int) -> None:
    task = forecast_windows("mine", SERIES, length=length, horizon=horizon, scaling="none")
    assert len(task.windows) == 60 - length - horizon + 1
    for index, (window, target) in enumerate(zip(task.windows, task.targets, strict=True)):
        np.testing.assert_array_equal(window, SERIES[index : index + length])
        np.testing.assert_array_equal(target, SERIES[index + length - 1 + horizon])


def test_a_window_gets_the_target_of_its_last_step() -> None:
    wanted = np.arange(60.0)
    task = target_windows("mine", SERIES, wanted, length=5, scaling="none")
    assert task.windows.shape == (56, 5, 2)
    np.testing.assert_array_equal(task.targets[:, 0], wanted[4:])


def test_flat_series_are_one_channel() -> None:
    task = forecast_windows("mine", SERIES[:, 0])
    assert task.windows.shape == (56, 4, 1)
    assert task.targets.shape == (56, 1)


def test_a_forecast_has_one_scaler_fitted_up_to_its_last_training_target() -> None:
    task = forecast_windows("mine", SERIES, length=4, horizon=3, train_fraction=0.5)
    last = task.train - 1 + 3 + 3
    expected = Scaler().fit(SERIES[: last + 1])
    assert task.input_scaler is task.target_scaler
    assert task.input_scaler.to_dict() == expected.to_dict()
    np.testing.assert_array_equal(expected.inverse(task.train_targets[-1]), SERIES[last])


@pytest.mark.parametrize("at", [20, 30, 40])
def test_windows_do_not_look_ahead(at: int) -> None:
    def windows_by_their_last_step(series: Array) -> Array:
        task = forecast_windows("mine", series, length=4, scaling="none")
        return np.concatenate([np.zeros((3, 4, 2)), task.windows])

    assert_causal(windows_by_their_last_step, SERIES[:-1], at)


@pytest.mark.parametrize("horizon", [1, 5])
def test_targets_look_exactly_as_far_ahead_as_the_horizon(horizon: int) -> None:
    def targets_by_their_own_step(series: Array) -> Array:
        task = forecast_windows("mine", series, length=4, horizon=horizon, scaling="none")
        return np.concatenate([np.zeros((3 + horizon, 2)), task.targets])

    assert_causal(targets_by_their_own_step, SERIES, 30)


def test_the_training_part_knows_nothing_of_the_test_part() -> None:
    # The last training target is at step `train` + 3: nothing later may move it, not even by the scaling.
    train = forecast_windows("mine", SERIES).train

    def training_part_first(series: Array) -> Array:
        task = forecast_windows("mine", series)
        rows = np.concatenate([task.windows.reshape(len(task.windows), -1), task.targets], axis=1)
        return np.concatenate([np.zeros((4, rows.shape[1])), rows])

    assert_causal(training_part_first, SERIES, train + 3)
    with pytest.raises(AssertionError, match="moved"):
        assert_causal(lambda series: forecast_windows("m", series, scaling="whole").windows, SERIES, train)


def test_the_training_part_of_another_target_knows_nothing_of_the_test_part() -> None:
    train = target_windows("mine", SERIES, SERIES[:, 0]).train

    def training_part_first(both: Array) -> Array:
        task = target_windows("mine", both[:, :2], both[:, 2])
        rows = np.concatenate([task.windows.reshape(len(task.windows), -1), task.targets], axis=1)
        return np.concatenate([np.zeros((3, rows.shape[1])), rows])

    both = np.column_stack([SERIES, np.sin(SERIES[:, 0])])
    assert_causal(training_part_first, both, train + 2)


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        (SERIES[:3], {}, "too short: 2 steps give 0 windows of length 4"),
        (SERIES[:5], {}, "none of which would train"),
        (SERIES[:1], {}, "at least 2 steps"),
        (np.ones(60), {}, "must vary"),
        (np.append(SERIES[:, 0], np.nan), {}, "NaN"),
        (np.zeros((5, 5, 5)), {}, "shape"),
        (SERIES, {"length": 0}, "`length` must be a whole number"),
        (SERIES, {"horizon": 0}, "`horizon` must be a whole number"),
        (SERIES, {"train_fraction": 1.0}, "`train_fraction` must be between 0 and 1, got 1"),
        (SERIES, {"scaling": "authors"}, "one of train, whole, none"),
    ],
)
def test_what_cannot_be_cut(values: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        forecast_windows("mine", values, **options)


def test_targets_of_another_length_are_refused() -> None:
    with pytest.raises(ParameterError, match="a row for each of the 60 inputs, got 59"):
        target_windows("mine", SERIES, SERIES[1:])


def test_a_task_checks_its_parts() -> None:
    scaler = Scaler("none").fit(SERIES)
    windows, targets = np.zeros((10, 4)), np.zeros(10)
    assert WindowedTask("mine", windows, targets, 5, scaler, scaler).windows.shape == (10, 4, 1)
    for train in (0, 10):
        with pytest.raises(ParameterError, match=f"between 1 and 9 of 10, got {train}"):
            WindowedTask("mine", windows, targets, train, scaler, scaler)
    with pytest.raises(ParameterError, match="each of the 10 windows, got 9"):
        WindowedTask("mine", windows, targets[1:], 5, scaler, scaler)
