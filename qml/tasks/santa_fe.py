"""Santa Fe set A: the measured intensity of a chaotic far-infrared laser, as ReservoirPy ships it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from importlib.util import find_spec
from typing import Annotated

import numpy as np
import numpy.typing as npt

from qml.tasks.series import forecast_pairs
from qsim.errors import ParameterError
from qsim.parameters import Declared, Param

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SantaFe(Declared):
    """Forecast the measured laser intensity, in counts of 0 to 255.

    There is one such series: every seed has its first steps, and differences between seeds are those of the
    models. It is not part of this package, and comes with ReservoirPy.

    References:
        Weigend and Gershenfeld (eds.), Time Series Prediction, Addison-Wesley (1994), data set A with its
        continuation.
    """

    horizon: Annotated[int, Param("samples ahead", ge=1)] = 1

    def draw(self, steps: int, rng: np.random.Generator) -> tuple[Array, Array]:
        """Inputs and targets, each (steps, 1), in counts; nothing is drawn.

        Raises:
            ParameterError: ReservoirPy is not installed, or the series is shorter than what is asked for.
        """
        counts = _measured()
        if steps + self.horizon > len(counts):
            raise ParameterError(
                f"the task 'santa-fe' has {len(counts)} measured steps, and {steps + self.horizon} are asked"
                " for"
            )
        return forecast_pairs(counts[: steps + self.horizon], self.horizon)


def _measured() -> Array:
    """All counts, (steps, 1). ReservoirPy's own function leaves the file open."""
    if find_spec("reservoirpy") is None:
        raise ParameterError(
            "the task 'santa-fe' takes the measured series from ReservoirPy, which is not installed:"
            " pip install 'qsim-net[reservoirpy]'"
        )
    with resources.files("reservoirpy.datasets").joinpath("santafe_laser.npy").open("rb") as file:
        return np.asarray(np.load(file, allow_pickle=False), dtype=np.float64).reshape(-1, 1)
