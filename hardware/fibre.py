"""Optical fibre: how much light arrives, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Protocol

from hardware.attenuation import usual_attenuation
from qsim.parameters import Declared, Param
from qsim.registry import define_kind, register
from qsim.units import to_ps


class FibreModel(Protocol):
    """How much light arrives at the end of a fibre, and when; registered under the kind "fibre"."""

    def transmission(self, length: float, wavelength: float) -> float:
        """Probability that a photon of a wavelength in metres survives a length in metres."""
        ...

    def delay_ps(self, length: float) -> int:
        """Time of flight over a length in metres, ps."""
        ...

    def slot_ps(self) -> int:
        """Length of a time slot at the station, ps; 0 when there are none."""
        ...


define_kind("fibre", FibreModel, "how-to/device.md")


@register("fibre", "single-mode")
@dataclass(frozen=True)
class SingleModeFibre(Declared):
    """Single-mode fibre that carries the photons of all memories of a link, in time slots.

    References:
        Attenuation and speed as in Wu et al., arXiv 2009.12000.
    """

    attenuation: Annotated[
        float | None,
        Param(
            "loss per length; left out, that of common fibre at the wavelength of the light",
            unit="dB/m",
            ge=0,
            source="0.2 dB/km at 1550 nm; table in hardware/attenuation.py",
        ),
    ] = None
    speed: Annotated[
        float,
        Param("speed of light in the fibre", unit="m/s", gt=0, le=299_792_458.0, source="c/1.5, rounded"),
    ] = 2e8
    slot_rate: Annotated[
        float | None,
        Param(
            "rate of time slots at the station, one for each memory that sends, more where the detection "
            "window is longer; left out, they keep clear of each other's detection windows and dead times "
            "(photon detail; the attempt detail leaves out the wait)",
            unit="Hz",
            gt=0,
        ),
    ] = None

    def attenuation_at(self, wavelength: float) -> float:
        """Loss per length for light of a wavelength in metres, dB/m.

        Raises:
            ParameterError: no attenuation is given, and none is usual at this wavelength.
        """
        return usual_attenuation(wavelength) if self.attenuation is None else self.attenuation

    def transmission(self, length: float, wavelength: float) -> float:
        """Probability that a photon of a wavelength in metres survives a length: 10^(-attenuation length/10).

        Raises:
            ParameterError: as `attenuation_at`.
        """
        return float(10 ** (-self.attenuation_at(wavelength) * length / 10))

    def delay_ps(self, length: float) -> int:
        """Time of flight over a length in metres, picoseconds."""
        return to_ps(length / self.speed)

    def slot_ps(self) -> int:
        """Length of one time slot in picoseconds; 0 when there are none."""
        return 0 if self.slot_rate is None else max(1, to_ps(1 / self.slot_rate))
