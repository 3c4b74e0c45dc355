"""A wave plate: a retarder whose axis can be turned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, pi, sin
from typing import TYPE_CHECKING, Annotated

import numpy as np

from hardware.optics.optical_part import OpticalPart, Route
from qsim.parameters import Param
from qsim.registry import register

if TYPE_CHECKING:
    from numpy.typing import NDArray


@register("optic", "wave-plate")
@dataclass(frozen=True)
class WavePlate(OpticalPart):
    """A half-wave plate unless another retardation is stated; at an angle θ it turns linear light to 2θ.

    References:
        Jones, J. Opt. Soc. Am. 31, 488 (1941).
    """

    angle: Annotated[float, Param("of the fast axis from H", unit="rad")] = 0.0
    retardation: Annotated[float, Param("phase between the two axes: π for half a wave", unit="rad")] = pi

    def routes(self, wavelength: float) -> Iterable[Route]:
        turn = rotation(self.angle)
        yield Route("in", "out", turn @ np.diag([1, np.exp(1j * self.retardation)]) @ turn.T)


def rotation(angle: float) -> NDArray[np.complex128]:
    """The Jones matrix that turns linear polarisation by an angle in rad."""
    return np.array([[cos(angle), -sin(angle)], [sin(angle), cos(angle)]], dtype=np.complex128)
