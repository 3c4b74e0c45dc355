"""Mackey-Glass: a delay equation whose solution is mildly chaotic."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from qml.tasks.series import forecast_pairs
from qsim.parameters import Declared, Param

Array = npt.NDArray[np.float64]

_SUBSTEPS = 10
_SETTLING = 1000


def mackey_glass(steps: int, tau: int = 17, start: float = 1.2) -> Array:
    """Solve ``x'(t) = 0.2 x(t - tau) / (1 + x(t - tau)^10) - 0.1 x(t)`` from a constant past.

    Classical Runge-Kutta of fourth order with steps of 0.1; between two of them the delayed value is that of
    the cubic Hermite polynomial through both, which is of the same order.

    Args:
        steps: number of samples, one for each unit of time, the first at t = 0.
        tau: delay in units of time.
        start: x before t = 0 and at it.

    Returns:
        (steps,).

    References:
        Mackey and Glass, Science 197, 287 (1977).
    """
    h = 1.0 / _SUBSTEPS
    lag = tau * _SUBSTEPS
    # Index k holds time (k - lag) h; a constant past has no slope.
    x, slope = [start] * (lag + 1), [0.0] * lag
    for k in range((steps - 1) * _SUBSTEPS):
        now, before, after = x[-1], x[k], x[k + 1]
        first = _slope(now, before)
        slope.append(first)
        # The slope jumps at t = 0, so the last interval of the constant past is no Hermite piece.
        middle = start if k < lag else 0.5 * (before + after) + 0.125 * h * (slope[k] - slope[k + 1])
        second = _slope(now + 0.5 * h * first, middle)
        third = _slope(now + 0.5 * h * second, middle)
        fourth = _slope(now + h * third, after)
        x.append(now + h / 6.0 * (first + 2.0 * second + 2.0 * third + fourth))
    return np.array(x[lag::_SUBSTEPS])


@dataclass(frozen=True)
class MackeyGlass(Declared):
    """Forecast x some units of time ahead from x sampled once a unit.

    The constant past is drawn from [1, 1.4] and the first 1,000 units of time are left out.
    """

    horizon: Annotated[int, Param("units of time (and samples) ahead", ge=1)] = 1
    tau: Annotated[int, Param("delay of the equation, in units of time", ge=1)] = 17

    def draw(self, steps: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Draw inputs and targets, each (steps, 1)."""
        start = float(rng.uniform(1.0, 1.4))
        values = mackey_glass(_SETTLING + steps + self.horizon, self.tau, start)
        return forecast_pairs(values[_SETTLING:], self.horizon)


def _slope(now: float, delayed: float) -> float:
    return 0.2 * delayed / (1.0 + delayed**10) - 0.1 * now
