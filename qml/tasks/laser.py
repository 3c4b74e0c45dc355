"""Intensity of a chaotic laser: a synthetic relative of Santa Fe set A, not the measured set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
import numpy.typing as npt

from qml.tasks.lorenz import solve_lorenz
from qml.tasks.series import forecast_pairs
from qsim.parameters import Declared, Param

Array = npt.NDArray[np.float64]

_PARAMETERS = (2.0, 15.0, 0.25)
_SETTLING = 400.0
_SAMPLING = 0.4
_LONGEST_STEP = 0.01
#: Intensity that the converter shows as 256: a little above the largest pulses, which reach 31.
_FULL_SCALE = 32.0


@dataclass(frozen=True)
class Laser(Declared):
    """Forecast the intensity of a chaotic single-mode laser, recorded with 8 bits.

    The Lorenz-Haken equations of a resonant single-mode laser are the Lorenz equations with x the field, so
    that the intensity is x^2. With sigma = 2, rho = 15, beta = 0.25, just above the onset of chaos, pulses
    grow slowly and collapse, as they do in the ammonia laser of Santa Fe set A. Sampled every 0.4 units of
    time (about 9 samples a pulse; set A has 7.4) and rounded down to whole counts 0..255 of a fixed range.

    This is **not** the measured set: it has no detector noise, and its scores are its own. 25 linear taps
    give an NRMSE of about 0.52 (0.41 on set A), 12 lags with their products about 0.16 (0.14).

    The start is drawn from a cube of side 2 about (3, 3, 14), and the first 400 units of time are left out.

    References:
        Haken, Phys. Lett. A 53, 77 (1975). Weiss et al., Appl. Phys. B 61, 223 (1995), compare the measured
        laser with these equations.
    """

    horizon: Annotated[int, Param("samples ahead", ge=1)] = 1

    def draw(self, steps: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Draw inputs and targets, each (steps, 1), in counts."""
        start = np.array([3.0, 3.0, 14.0]) + rng.uniform(-1.0, 1.0, 3)
        path = solve_lorenz(
            _PARAMETERS, start.tolist(), _SAMPLING, steps + self.horizon, _SETTLING, _LONGEST_STEP
        )
        intensity = path[:, 0] ** 2
        counts = np.clip(np.floor(intensity * (256.0 / _FULL_SCALE)), 0.0, 255.0)
        return forecast_pairs(counts, self.horizon)
