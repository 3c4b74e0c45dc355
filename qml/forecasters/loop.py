"""A forecast that feeds on itself: each answer is the next input."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from qml.inputs import whole
from qml.reservoir import Reservoir

Array = npt.NDArray[np.float64]


class Drivable(Protocol):
    """Something with a memory that turns inputs into features."""

    def go_on(self, inputs: Array, state: Any = None) -> tuple[Array, Any]:
        """Go on from a state, or from rest; the features (steps, features), and the state afterwards.

        Args:
            inputs: (steps, channels).
            state: as the last call gave it.
        """
        ...


def closed_loop(
    driven: Drivable, answer: Callable[[Array], Array], features: Array, state: Any, steps: int
) -> Array:
    """Forecast step by step.

    Args:
        driven: turns inputs into features.
        answer: from features (features,) to the next value (channels,).
        features: at the last step that was seen, (features,).
        state: after it.
        steps: to forecast.

    Returns:
        (steps, channels).

    Raises:
        ParameterError: no step is asked for.
    """
    answers: list[Array] = []
    for _ in range(whole("steps", steps, 1)):
        if answers:
            driven_on, state = driven.go_on(answers[-1][None], state)
            features = driven_on[-1]
        answers.append(answer(features))
    return np.stack(answers)


def stepwise(reservoir: Reservoir) -> Reservoir:
    """The same reservoir computed by NumPy, whose single steps are quick.

    The other compiled engines prepare long series. The features differ by rounding only. Circuits that are
    run call by call stay as they are.
    """
    if reservoir.engine.engine == "qnode":
        return reservoir
    return replace(reservoir, engine=replace(reservoir.engine, engine="auto", backend="numpy", device="cpu"))


class ForecastRange:
    """Holds forecasts within twice the range that was seen, so that a loop that is unstable stays finite.

    Args:
        seen: (steps, channels).
    """

    def __init__(self, seen: Array) -> None:
        low, high = seen.min(axis=0), seen.max(axis=0)
        self.low, self.high = low - (high - low) / 2, high + (high - low) / 2

    def clip(self, value: Array) -> Array:
        """The nearest value within the range."""
        return np.clip(value, self.low, self.high)
