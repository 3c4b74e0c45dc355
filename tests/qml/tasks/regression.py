"""Ordinary least squares on the inputs themselves: the yardstick that settles alignments."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qml.tasks import SeriesTask, WindowedTask

Array = npt.NDArray[np.float64]


def windowed_error(task: WindowedTask) -> float:
    """Test MSE of a linear regression with intercept on the inputs of a window."""
    answers = _fit(_flat(task.train_windows), task.train_targets, _flat(task.test_windows))
    return float(np.mean((answers - task.test_targets) ** 2))


def persistence_error(task: WindowedTask) -> float:
    """Test MSE of answering the last input."""
    return float(np.mean((task.test_windows[:, -1] - task.test_targets) ** 2))


def taps_error(task: SeriesTask, lags: int, products: bool = False) -> float:
    """Test NRMSE of a regression on the last `lags` inputs, if asked with all their products."""
    steps, channels = task.inputs.shape
    features = np.zeros((steps, lags, channels))
    for lag in range(lags):
        features[lag:, lag] = task.inputs[: steps - lag]
    flat = features.reshape(steps, -1)
    if products:
        first, second = np.triu_indices(flat.shape[1])
        flat = np.column_stack([flat, flat[:, first] * flat[:, second]])
    answers = _fit(flat[task.fit_part], task.targets[task.fit_part], flat[task.test_part])
    truth = task.targets[task.test_part]
    return float(np.mean(np.sqrt(np.mean((answers - truth) ** 2, axis=0)) / truth.std(axis=0)))


def _flat(windows: Array) -> Array:
    return windows.reshape(len(windows), -1)


def _fit(train: Array, targets: Array, test: Array) -> Array:
    def affine(rows: Array) -> Array:
        return np.column_stack([rows, np.ones(len(rows))])

    return np.asarray(affine(test) @ np.linalg.lstsq(affine(train), targets, rcond=None)[0])
