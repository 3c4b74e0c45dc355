"""A task cut into short windows: a model starts afresh in each and answers after its last step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qml.inputs import series, whole, windows
from qml.scaling import Scaler
from qml.tasks.series import forecast_pairs
from qsim.errors import ParameterError, nearest

Array = npt.NDArray[np.float64]
SCALINGS = ("train", "whole", "none")


@dataclass(frozen=True, eq=False)
class WindowedTask:
    """Windows in time order, the answer wanted after each, and how many of them train.

    Args:
        name: how tables call it.
        windows: (windows, length, channels), scaled.
        targets: (windows, outputs), scaled.
        train: number of leading windows that train; the others test.
        input_scaler: what scaled the windows.
        target_scaler: what scaled the targets; its `inverse` brings answers back to their own unit.

    Attributes:
        train_windows, train_targets: the leading part.
        test_windows, test_targets: the rest.

    Raises:
        ParameterError: wrong shapes, anything but finite numbers, or no windows left to train or to test.
    """

    name: str
    windows: Array
    targets: Array
    train: int
    input_scaler: Scaler
    target_scaler: Scaler

    def __post_init__(self) -> None:
        object.__setattr__(self, "windows", windows("windows", self.windows))
        object.__setattr__(self, "targets", series("targets", self.targets))
        count = len(self.windows)
        if len(self.targets) != count:
            raise ParameterError(
                f"`targets` must have a row for each of the {count} windows, got {len(self.targets)}"
            )
        if whole("`WindowedTask.train`", self.train, 0) not in range(1, count):
            raise ParameterError(
                f"`WindowedTask.train` must leave windows to train and to test: between 1 and {count - 1} "
                f"of {count}, got {self.train}"
            )

    @property
    def train_windows(self) -> Array:
        return self.windows[: self.train]

    @property
    def train_targets(self) -> Array:
        return self.targets[: self.train]

    @property
    def test_windows(self) -> Array:
        return self.windows[self.train :]

    @property
    def test_targets(self) -> Array:
        return self.targets[self.train :]


def forecast_windows(
    name: str,
    values: npt.ArrayLike,
    *,
    length: int = 4,
    horizon: int = 1,
    train_fraction: float = 0.67,
    scaling: str = "train",
) -> WindowedTask:
    """Cut a series into windows that forecast it.

    One scaler serves windows and targets, so that "the last value again" is an answer in the same unit.

    Args:
        name: how tables call it.
        values: (steps,) or (steps, channels).
        length: steps in a window.
        horizon: how many steps after the last of the window the target lies.
        train_fraction: share of the windows that train, rounded down.
        scaling: ``train`` maps the range of the part up to the last training target to [-1, 1]; ``whole``
            takes the range of the whole series, which tells the model about the test part; ``none``.

    Returns:
        steps - length - horizon + 1 windows.

    Raises:
        ParameterError: wrong shape, anything but finite numbers, a series that is too short or constant, or
            a parameter out of bounds.
    """
    known = series("values", values)
    inputs, targets = forecast_pairs(known, horizon)
    train = _train_count(len(inputs), length, train_fraction)
    seen = len(known) if _whole(scaling) else train + length - 1 + horizon
    scaler = _scaler(scaling).fit(known[:seen])
    return _task(name, inputs, targets, length, train, scaler, scaler)


def target_windows(
    name: str,
    inputs: npt.ArrayLike,
    targets: npt.ArrayLike,
    *,
    length: int = 4,
    train_fraction: float = 0.67,
    scaling: str = "train",
) -> WindowedTask:
    """Cut inputs into windows that answer another series.

    Args:
        name: how tables call it.
        inputs: (steps,) or (steps, channels).
        targets: (steps,) or (steps, outputs); ``targets[t]`` is wanted from a model that has seen
            ``inputs[: t + 1]``.
        length: steps in a window.
        train_fraction: share of the windows that train, rounded down.
        scaling: as in `forecast_windows`, with a scaler each for inputs and targets; ``train`` fits them to
            what the training windows hold.

    Returns:
        steps - length + 1 windows.

    Raises:
        ParameterError: as for `forecast_windows`, or inputs and targets of different lengths.
    """
    given, wanted = series("inputs", inputs), series("targets", targets)
    if len(wanted) != len(given):
        raise ParameterError(
            f"`targets` must have a row for each of the {len(given)} inputs, got {len(wanted)}"
        )
    train = _train_count(len(given), length, train_fraction)
    seen = len(given) if _whole(scaling) else train + length - 1
    input_scaler = _scaler(scaling).fit(given[:seen])
    target_scaler = _scaler(scaling).fit(wanted[length - 1 : seen])
    return _task(name, given, wanted, length, train, input_scaler, target_scaler)


def check_scaling(scaling: str, known: tuple[str, ...]) -> None:
    """Refuse an unknown scaling.

    Raises:
        ParameterError: it is unknown.
    """
    if scaling not in known:
        choices = ", ".join(known)
        raise ParameterError(f"`scaling` must be one of {choices}; got {scaling!r}{nearest(scaling, known)}")


def _whole(scaling: str) -> bool:
    check_scaling(scaling, SCALINGS)
    return scaling == "whole"


def _scaler(scaling: str) -> Scaler:
    return Scaler("none" if scaling == "none" else "minmax")


def _train_count(steps: int, length: int, fraction: float) -> int:
    whole("`length`", length, 1)
    if not 0 < fraction < 1:
        raise ParameterError(f"`train_fraction` must be between 0 and 1, got {fraction:g}")
    count = steps - length + 1
    train = int(fraction * count)
    if train < 1:
        raise ParameterError(
            f"the series is too short: {steps} steps give {max(count, 0)} windows of length {length}, "
            f"none of which would train at `train_fraction` {fraction:g}"
        )
    return train


def _task(
    name: str,
    inputs: Array,
    targets: Array,
    length: int,
    train: int,
    input_scaler: Scaler,
    target_scaler: Scaler,
) -> WindowedTask:
    scaled = input_scaler.transform(inputs)
    # The view has the window axis last: (windows, channels, length).
    cut = np.lib.stride_tricks.sliding_window_view(scaled, length, axis=0).transpose(0, 2, 1).copy()
    answers = target_scaler.transform(targets)[length - 1 :]
    return WindowedTask(name, cut, answers, train, input_scaler, target_scaler)
