"""The Lorenz equations, which are also those of a single-mode laser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from typing import Annotated

import numpy as np
import numpy.typing as npt

from qml.tasks.series import forecast_pairs
from qsim.parameters import Declared, Param

Array = npt.NDArray[np.float64]
State = tuple[float, float, float]

#: Largest Lyapunov exponent at sigma = 10, rho = 28, beta = 8/3, per unit of time
#: (Sprott, Chaos and Time-Series Analysis, Oxford University Press, 2003).
LORENZ_LYAPUNOV = 0.9056

_SETTLING = 50.0
_LONGEST_STEP = 0.0025


def solve_lorenz(
    parameters: State,
    start: Sequence[float],
    dt: float,
    samples: int,
    settling: float = 0.0,
    longest_step: float = _LONGEST_STEP,
) -> Array:
    """Solve ``x' = sigma (y - x), y' = x (rho - z) - y, z' = x y - beta z``.

    Classical Runge-Kutta of fourth order with equal steps. The solution is chaotic: its first tens of units
    of time are the true ones, later ones are those of a neighbouring start.

    Args:
        parameters: (sigma, rho, beta).
        start: (x, y, z) at time 0.
        dt: time between samples.
        samples: how many.
        settling: time of the first sample, rounded up to a multiple of `dt`.
        longest_step: steps are `dt` divided into as many parts as make them no longer than this.

    Returns:
        (samples, 3).

    References:
        Lorenz, J. Atmos. Sci. 20, 130 (1963).
    """
    substeps = ceil(dt / longest_step)
    h = dt / substeps
    state = (float(start[0]), float(start[1]), float(start[2]))
    for _ in range(ceil(settling / dt) * substeps):
        state = _step(parameters, state, h)
    taken = [state]
    for _ in range(samples - 1):
        for _ in range(substeps):
            state = _step(parameters, state, h)
        taken.append(state)
    return np.array(taken)


@dataclass(frozen=True)
class Lorenz(Declared):
    """Forecast all three coordinates from all three (sigma = 10, rho = 28, beta = 8/3).

    The start is drawn from a cube of side 2 about (1, 1, 27), and the first 50 units of time are left out.
    `LORENZ_LYAPUNOV` is the exponent for valid prediction times.
    """

    horizon: Annotated[int, Param("samples ahead", ge=1)] = 1
    dt: Annotated[float, Param("time between samples", gt=0, le=10)] = 0.02

    def draw(self, steps: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Draw inputs and targets, each (steps, 3)."""
        start = np.array([1.0, 1.0, 27.0]) + rng.uniform(-1.0, 1.0, 3)
        parameters = (10.0, 28.0, 8.0 / 3.0)
        path = solve_lorenz(parameters, start.tolist(), self.dt, steps + self.horizon, _SETTLING)
        return forecast_pairs(path, self.horizon)


def _step(parameters: State, state: State, h: float) -> State:
    x, y, z = state
    x1, y1, z1 = _slope(parameters, x, y, z)
    x2, y2, z2 = _slope(parameters, x + 0.5 * h * x1, y + 0.5 * h * y1, z + 0.5 * h * z1)
    x3, y3, z3 = _slope(parameters, x + 0.5 * h * x2, y + 0.5 * h * y2, z + 0.5 * h * z2)
    x4, y4, z4 = _slope(parameters, x + h * x3, y + h * y3, z + h * z3)
    sixth = h / 6.0
    return (
        x + sixth * (x1 + 2.0 * (x2 + x3) + x4),
        y + sixth * (y1 + 2.0 * (y2 + y3) + y4),
        z + sixth * (z1 + 2.0 * (z2 + z3) + z4),
    )


def _slope(parameters: State, x: float, y: float, z: float) -> State:
    sigma, rho, beta = parameters
    return sigma * (y - x), x * (rho - z) - y, x * y - beta * z
