"""Transformations of a series that models learn on, chosen on validation and undone exactly.

A chain is a logarithm or none, then differences: of neighbouring steps, of steps a season apart, or both. A
model sees the transformed series and learns what the chain's own forecast leaves of the target. That forecast
is what follows if every later difference is zero: the last value (persistence), the value of a season ago, or
both together. A readout that learns nothing falls back on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
import numpy.typing as npt

from qml.inputs import whole
from qml.tasks import SeriesTask
from qsim.errors import ParameterError

Array = npt.NDArray[np.float64]
#: Names of the transformations, as forecast files have them.
TRANSFORMS: Final = ("log", "difference", "seasonal-difference")
#: Fewest training steps that differences may leave.
_LEAST_TRAIN: Final = 12


@dataclass(frozen=True)
class Chain:
    """What is done to a series before a model sees it.

    Attributes:
        log: whether the target (the first column) is replaced by its natural logarithm.
        difference: whether neighbouring steps are subtracted, in all columns.
        season: steps of the seasonal difference of all columns; None for none.

    Example:
        >>> chain = Chain(difference=True)
        >>> chain.forward(np.array([[1.0], [3.0], [6.0]]))[:, 0]
        array([0., 2., 3.])
        >>> chain.extended(np.array([1.0, 3.0, 6.0]), np.array([4.0, 5.0]), (-100.0, 100.0))
        array([10., 15.])
    """

    log: bool = False
    difference: bool = False
    season: int | None = None

    def __post_init__(self) -> None:
        if self.season is not None:
            whole("`Chain.season`", self.season, 2)

    @property
    def name(self) -> str:
        """How notes call it."""
        parts = ["log"] * self.log + ["difference"] * self.difference
        parts += [] if self.season is None else [f"seasonal difference ({self.season})"]
        return ", ".join(parts) or "none"

    @property
    def recursion(self) -> tuple[tuple[int, float], ...]:
        """Lags and factors by which earlier values make the next one if its difference is zero."""
        if self.season is None:
            return ((1, 1.0),) if self.difference else ()
        seasonal = (self.season, 1.0)
        return ((1, 1.0), seasonal, (self.season + 1, -1.0)) if self.difference else (seasonal,)

    @property
    def lost(self) -> int:
        """First steps whose differences are unknown."""
        return max((lag for lag, _ in self.recursion), default=0)

    def linked(self, target: Array) -> Array:
        """The target, or its logarithm."""
        return np.log(target) if self.log else target

    def unlinked(self, linked: Array) -> Array:
        """Undo `linked`."""
        return np.exp(linked) if self.log else linked

    def unit(self, target: Array) -> float:
        """What an error of the transformed target is multiplied by to be compared with one of the target.

        Under a logarithm it is the geometric mean: the likelihoods of the two models are then compared on
        the same data.

        References:
            Box and Cox, J. R. Stat. Soc. B 26, 211 (1964), section 3.
        """
        return float(np.exp(np.mean(np.log(target)))) if self.log else 1.0

    def bounds(self, target: Array) -> tuple[float, float]:
        """Between what a logarithm of the target is held: its range and twice that on both sides."""
        if not self.log:
            return -np.inf, np.inf
        low, high = np.log(target.min()), np.log(target.max())
        return float(low - 2 * (high - low)), float(high + 2 * (high - low))

    def forward(self, values: Array) -> Array:
        """The transformed series; zero in the first `lost` rows.

        Args:
            values: (steps, columns), the target first.
        """
        linked = np.column_stack([self.linked(values[:, 0]), values[:, 1:]])
        found = linked.copy()
        for lag, factor in self.recursion:
            found[lag:] -= factor * linked[: len(linked) - lag]
        found[: self.lost] = 0.0
        return found

    def anchor(self, target: Array, horizon: int) -> Array:
        """The chain's own forecast of the linked target some steps later, from each step; (steps,).

        Args:
            target: (steps,).
            horizon: steps ahead, at least 1.
        """
        return self.reached(target, np.zeros((len(target), horizon)))

    def reached(self, target: Array, changed: Array) -> Array:
        """The linked target that forecasts of the transformed one lead to, from each step; (steps,).

        Args:
            target: (steps,).
            changed: (steps, horizon), the transformed target of the next steps as forecast at each step.

        Returns:
            The last of them, `horizon` steps later.
        """
        linked = self.linked(target)
        later: list[Array] = []
        for ahead, step in enumerate(changed.T, start=1):
            found = step.copy()
            for lag, factor in self.recursion:
                found += factor * (later[ahead - lag - 1] if lag < ahead else _shifted(linked, lag - ahead))
            later.append(found)
        return later[-1]

    def extended(self, target: Array, answers: Array, bounds: tuple[float, float]) -> Array:
        """Undo the chain behind the end of a series: the next values of the target.

        Args:
            target: (steps,), at least `lost` of them.
            answers: (ahead,), the next values of the transformed target.
            bounds: see `bounds`.
        """
        known = self.linked(target[len(target) - self.lost :]).tolist()
        for answer in answers:
            reached = answer + sum(factor * known[-lag] for lag, factor in self.recursion)
            known.append(min(max(reached, bounds[0]), bounds[1]))
        return self.unlinked(np.array(known[self.lost :]))

    def takes(self, task: SeriesTask) -> bool:
        """Whether a series can be transformed: enough training steps are left, and no logarithm fails.

        That all values are positive, those of the test too, counts as known: the quantity is of that kind.
        """
        begun = max(task.washout, self.lost)
        enough = not self.lost or task.washout + task.train - task.gap - begun >= _LEAST_TRAIN
        return enough and not (self.log and min(task.inputs[:, 0].min(), task.targets.min()) <= 0)

    def applied(self, task: SeriesTask) -> SeriesTask:
        """The task that a model sees: transformed inputs, and what the anchor leaves of the target.

        Steps before the first differences join the washout.

        Args:
            task: a series that forecasts itself, ``targets[t] = inputs[t + gap + 1, 0]``.
        """
        if not self.log and not self.recursion:
            return task
        own = task.inputs.shape[1] - task.direct
        inputs = np.column_stack([self.forward(task.inputs[:, :own]), task.inputs[:, own:]])
        anchor = self.anchor(task.inputs[:, 0], task.gap + 1)
        targets = self.linked(task.targets[:, 0]) - anchor
        targets[: self.lost] = 0.0
        longer = max(0, self.lost - task.washout)
        return SeriesTask(
            task.name,
            inputs,
            targets,
            task.washout + longer,
            task.train - longer,
            task.validation,
            task.test,
            gap=task.gap,
            direct=task.direct,
        )

    def undone(self, inputs: Array, answers: Array, horizon: int, bounds: tuple[float, float]) -> Array:
        """Answers in the unit of the target.

        Args:
            inputs: (steps, channels) as they were before the chain.
            answers: (steps, 1), to `applied`.
            horizon: steps ahead.
            bounds: see `bounds`.
        """
        if not self.log and not self.recursion:
            return answers
        linked = answers + self.anchor(inputs[:, 0], horizon)[:, None]
        return self.unlinked(np.clip(linked, *bounds))


def _shifted(values: Array, steps: int) -> Array:
    """Values some steps earlier, the first one before the beginning."""
    return values[np.maximum(0, np.arange(len(values)) - steps)]


def chains(transforms: Sequence[str], season: int | None) -> tuple[Chain, ...]:
    """All chains of the transformations that may be used, from the plainest on.

    Args:
        transforms: some of `TRANSFORMS`.
        season: steps after which the series is alike; without one there is no seasonal difference.

    Raises:
        ParameterError: an unknown name.
    """
    for name in transforms:
        if name not in TRANSFORMS:
            raise ParameterError(f"unknown transformation {name!r}; known: {', '.join(TRANSFORMS)}")
    logs = (False, True) if "log" in transforms else (False,)
    differences = (False, True) if "difference" in transforms else (False,)
    seasons = (None, season) if "seasonal-difference" in transforms and season is not None else (None,)
    return tuple(Chain(*one) for one in product(logs, differences, seasons))
