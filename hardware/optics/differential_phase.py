"""Differential phase shift: the key is in the phase between one pulse and the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import asin, pi, sqrt
from typing import Annotated, Any

from hardware.optics.bench import Bench, Choice
from hardware.optics.fibre_span import FibreSpan
from hardware.optics.light_detector import LightDetector
from hardware.optics.mach_zehnder import MachZehnder
from hardware.optics.optical_assembly import Assembly
from hardware.optics.optical_attenuator import Attenuator
from hardware.optics.prepare_and_measure import PrepareAndMeasure, Reading, Sent
from hardware.optics.time_bin_encoder import TimeBinEncoder
from hardware.optics.weak_laser import WeakLaser
from qsim.parameters import Param
from qsim.registry import register


@register("key-source", "dps")
@dataclass(frozen=True)
class DifferentialPhase(PrepareAndMeasure):
    """A train of pulses of one intensity with phases 0 and π, and an interferometer as long as a slot.

    A slot is a pulse and the one after it, and its bit is whether their phases differ. The pulses of a laser
    are independent given their phases, and so are these bits, which makes slots independent. There is one
    basis; misalignment is a phase of the interferometer.

    References:
        Inoue, Waks, Yamamoto, Phys. Rev. Lett. 89, 037902 (2002).
    """

    mean_photons: Annotated[
        float, Param("mean number of photons of a pulse at the transmitter's output", ge=0, le=1e6)
    ] = 0.2
    visibility: Annotated[float, Param("of the interferometer", ge=0, le=1)] = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        _ = self.over(0.0, 0.0).bench

    @property
    def intensities(self) -> tuple[float, ...]:
        return (self.mean_photons,)

    @property
    def bases(self) -> int:
        return 1

    @cached_property
    def bench(self) -> Bench:
        period = self._period_ps / 1e12
        parts: dict[str, Any] = {
            # Two pulses of the train.
            "laser": WeakLaser(2 * self.mean_photons, wavelength=self.wavelength, encoding="time-bin"),
            "writer": TimeBinEncoder(delay=period),
            "fibre": FibreSpan(self._whole, self.fibre),
            "optics": Attenuator(self.receiver_loss),
            "meeting": MachZehnder(period, 2 * asin(sqrt(self.misalignment)), self.visibility),
            "same": LightDetector(self.detector, "time-bin"),
            "differs": LightDetector(self.detector, "time-bin"),
        }
        wires = ["laser.out -> writer.in", "writer.out -> fibre.in", "fibre.out -> optics.in"]
        wires += ["optics.out -> meeting.in", "meeting.plus -> same.in", "meeting.minus -> differs.in"]
        phases = Choice([0.5, 0.5], [{"writer.phase": bit * pi} for bit in (0, 1)])
        middle = self.fibre.delay_ps(self._whole) + self._period_ps
        return Bench(Assembly(parts, tuple(wires)), self._period_ps, [phases], [middle])

    def _sent(self, setting: Sequence[int]) -> Sent:
        return Sent(0, 0, setting[0])

    def _readings(self, setting: Sequence[int]) -> Sequence[Reading | None]:
        return [Reading(0, int(outlet.detector == "differs")) for outlet in self.bench.outlets]
