"""A task as one long series: a model is driven through it once and keeps its state."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qml.inputs import series, whole
from qsim.errors import ParameterError

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SeriesTask:
    """Inputs, the answers wanted, and which steps are for what.

    ``targets[t]`` is what a model that has seen ``inputs[: t + 1]`` should answer. In time order the steps
    are: washout (drive the model, discard its answers), train, validation, test. The four lengths do not
    overlap and add up to the number of steps.

    Args:
        name: how tables call it.
        inputs: (steps, channels); (steps,) is taken as one channel.
        targets: (steps, outputs); (steps,) is taken as one output.
        washout: leading steps whose answers count for nothing.
        train: steps that weights are fitted to, at least 1.
        validation: steps that settings are chosen on; 0 if nothing is chosen.
        test: steps that are scored, at least 1.
        gap: last steps of training and of validation that are left out, because their targets lie among the
            inputs of the part that follows; the horizon less one for a forecast.
        direct: last channels of the inputs that are known beforehand for the step that the target is of, such
            as the phase of the year: a readout sees them as they are, and reservoirs do not.

    Attributes:
        train_part, validation_part, test_part: slices of the rows of inputs, targets and features alike.
        fit_part: the slice of train and validation together, for the last fit before the test.

    Raises:
        ParameterError: wrong shapes, anything but finite numbers, or lengths that do not add up.
    """

    name: str
    inputs: Array
    targets: Array
    washout: int
    train: int
    validation: int
    test: int
    gap: int = 0
    direct: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "inputs", series("inputs", self.inputs))
        object.__setattr__(self, "targets", series("targets", self.targets))
        steps = len(self.inputs)
        if len(self.targets) != steps:
            raise ParameterError(
                f"`targets` must have a row for each of the {steps} inputs, got {len(self.targets)}"
            )
        for part, least in (("washout", 0), ("train", 1), ("validation", 0), ("test", 1)):
            whole(f"`SeriesTask.{part}`", getattr(self, part), least)
        if sum(self.parts) != steps:
            raise ParameterError(
                f"washout {self.washout}, train {self.train}, validation {self.validation} and "
                f"test {self.test} must add up to the {steps} steps of the series"
            )
        if whole("`SeriesTask.direct`", self.direct, 0) >= self.inputs.shape[1]:
            raise ParameterError(
                f"`SeriesTask.direct` must leave at least one of the {self.inputs.shape[1]} channels of the"
                f" inputs, got {self.direct}"
            )
        shortest = min(part for part in (self.train, self.validation) if part)
        if not 0 <= whole("`SeriesTask.gap`", self.gap, 0) < shortest:
            raise ParameterError(
                f"training and validation must be longer than the gap of {self.gap} steps behind them, but"
                f" the shorter has {shortest}"
            )

    @property
    def parts(self) -> tuple[int, int, int, int]:
        """Steps of washout, training, validation and test."""
        return self.washout, self.train, self.validation, self.test

    @property
    def train_part(self) -> slice:
        return slice(self.washout, self.washout + self.train - self.gap)

    @property
    def validation_part(self) -> slice:
        start = self.washout + self.train
        return slice(start, max(start, start + self.validation - self.gap))

    @property
    def fit_part(self) -> slice:
        stop = self.validation_part.stop if self.validation else self.train_part.stop
        return slice(self.washout, stop)

    @property
    def test_part(self) -> slice:
        return slice(len(self.inputs) - self.test, len(self.inputs))


def forecast_pairs(values: npt.ArrayLike, horizon: int = 1) -> tuple[Array, Array]:
    """Inputs and targets of a series that is to forecast itself.

    Args:
        values: (steps,) or (steps, channels).
        horizon: how many steps ahead, at least 1.

    Returns:
        Inputs and targets, each (steps - horizon, channels), with ``targets[t] = values[t + horizon]``.

    Raises:
        ParameterError: wrong shape, anything but finite numbers, or fewer than horizon + 1 steps.
    """
    known = series("values", values)
    whole("`horizon`", horizon, 1)
    if len(known) <= horizon:
        raise ParameterError(
            f"a forecast {horizon} steps ahead needs at least {horizon + 1} steps of series, got {len(known)}"
        )
    return known[:-horizon], known[horizon:]
