"""Key distribution as of 1984 with weak pulses of several intensities: polarisation, and time bins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, pi, sqrt
from typing import Annotated, Any

from hardware.optics.beam_splitter import BeamSplitter
from hardware.optics.fibre_span import FibreSpan
from hardware.optics.four_states import FourStates
from hardware.optics.light_detector import LightDetector
from hardware.optics.mach_zehnder import MachZehnder
from hardware.optics.optical_assembly import Assembly
from hardware.optics.optical_attenuator import Attenuator
from hardware.optics.optical_switch import OpticalSwitch
from hardware.optics.polarisation_drift import PolarisationDrift
from hardware.optics.polarising_splitter import PolarisingSplitter
from hardware.optics.prepare_and_measure import (
    PrepareAndMeasure,
    Reading,
    outlets_of,
)
from hardware.optics.time_bin_encoder import TimeBinEncoder
from hardware.optics.wave_plate import WavePlate
from hardware.optics.weak_laser import WeakLaser
from qsim.errors import ParameterError
from qsim.parameters import Param
from qsim.registry import register
from qsim.units import to_ps


@dataclass(frozen=True)
class DecoyBB84(FourStates, PrepareAndMeasure):
    """Four states in two bases, Z (0) and X (1), of pulses whose intensity is drawn from a list."""

    passive: Annotated[
        bool, Param("a beam splitter chooses the receiver's basis; otherwise a modulator does")
    ] = False

    @property
    def _chooses(self) -> bool:
        return not self.passive

    def _laser(self, encoding: str) -> WeakLaser:
        return WeakLaser(self.mean_photons[0], wavelength=self.wavelength, encoding=encoding)

    def _end(self, encoding: str) -> LightDetector:
        return LightDetector(self.detector, encoding)


@register("key-source", "bb84-polarisation")
@dataclass(frozen=True)
class PolarisationBB84(DecoyBB84):
    """Polarisations 0° and 90° (Z), 45° and 135° (X); misalignment turns them all.

    References:
        Bennett and Brassard (1984); Ma, Qi, Zhao, Lo, Phys. Rev. A 72, 012326 (2005).
    """

    wander: Annotated[
        float,
        Param(
            "standard deviation after 1 s by which polarisation turns at random, all sessions through",
            unit="rad",
            ge=0,
            le=100,
        ),
    ] = 0.0

    def _writing(self, basis: int, bit: int) -> dict[str, Any]:
        return {"writer.angle": (bit * pi / 2 + basis * pi / 4) / 2}

    def _looking(self, basis: int) -> dict[str, Any]:
        return {"reader.angle": basis * pi / 8}

    def _assembly(self) -> Assembly:
        parts: dict[str, Any] = {
            "laser": self._laser("polarisation"),
            "writer": WavePlate(),
            "fibre": FibreSpan(self._whole, self.fibre),
            "drift": PolarisationDrift(asin(sqrt(self.misalignment)), self.wander),
            "optics": Attenuator(self.receiver_loss),
        }
        wires = ["laser.out -> writer.in", "writer.out -> fibre.in", "fibre.out -> drift.in"]
        wires += ["drift.out -> optics.in"]
        open_ports = []
        if self.passive:
            parts["chooser"] = BeamSplitter(self.receiver_z)
            wires += ["optics.out -> chooser.a"]
            open_ports += ["chooser.b"]
        for arm, start in (("z", "chooser.c"), ("x", "chooser.d")) if self.passive else (("", "optics.out"),):
            parts[f"reader{arm}"] = WavePlate(pi / 8 if arm == "x" else 0.0)
            parts[f"splitter{arm}"] = PolarisingSplitter()
            parts[f"zero{arm}"] = parts[f"one{arm}"] = self._end("polarisation")
            wires += [f"{start} -> reader{arm}.in", f"reader{arm}.out -> splitter{arm}.a"]
            wires += [f"splitter{arm}.c -> zero{arm}.in", f"splitter{arm}.d -> one{arm}.in"]
            open_ports += [f"splitter{arm}.b"]
        return Assembly(parts, tuple(wires), tuple(open_ports))

    def _readings(self, setting: Sequence[int]) -> Sequence[Reading | None]:
        if self.passive:
            arms = [(f"{bit}{arm}", basis) for basis, arm in enumerate("zx") for bit in ("zero", "one")]
            told = {(name, 0): Reading(basis, int(name[:3] == "one")) for name, basis in arms}
        else:
            told = {(name, 0): Reading(setting[2], bit) for bit, name in enumerate(("zero", "one"))}
        return outlets_of(self.bench, told)


@register("key-source", "bb84-time-bin")
@dataclass(frozen=True)
class TimeBinBB84(DecoyBB84):
    """Early and late (Z), and both with phases 0 and π (X), which an interferometer tells apart.

    Z is read from the time of a click in front of the interferometer, X from the middle one of the three
    moments behind it; clicks of the other two blind its detectors and say nothing. Misalignment is a leak of
    the modulators into the wrong bin, and a phase between the two interferometers.

    References:
        Brendel, Gisin, Tittel, Zbinden, Phys. Rev. Lett. 82, 2594 (1999).
    """

    bin_separation: Annotated[float, Param("time from early to late", unit="s", gt=0)] = 2e-9
    visibility: Annotated[float, Param("of the interferometer", ge=0, le=1)] = 1.0

    def _check(self) -> None:
        if 3 * to_ps(self.bin_separation) > self._period_ps:
            raise ParameterError(
                f"`TimeBinBB84.bin_separation` must be at most {self._period_ps // 3} ps, a third of the "
                f"slot, or pulses of different slots interfere; got {to_ps(self.bin_separation)} ps"
            )

    def _writing(self, basis: int, bit: int) -> dict[str, Any]:
        leak = 2 * asin(sqrt(self.misalignment))
        if basis:
            return {"writer.theta": pi / 2, "writer.phase": bit * pi}
        return {"writer.theta": pi - leak if bit else leak, "writer.phase": 0.0}

    def _looking(self, basis: int) -> dict[str, Any]:
        return {"chooser.crossed": bool(basis)}

    def _assembly(self) -> Assembly:
        parts: dict[str, Any] = {
            "laser": self._laser("time-bin"),
            "writer": TimeBinEncoder(delay=self.bin_separation),
            "fibre": FibreSpan(self._whole, self.fibre),
            "optics": Attenuator(self.receiver_loss),
            "chooser": BeamSplitter(self.receiver_z) if self.passive else OpticalSwitch(),
            "meeting": MachZehnder(
                self.bin_separation, 2 * asin(sqrt(self.misalignment)), visibility=self.visibility
            ),
            "bins": self._end("time-bin"),
            "plus": self._end("time-bin"),
            "minus": self._end("time-bin"),
        }
        wires = ["laser.out -> writer.in", "writer.out -> fibre.in", "fibre.out -> optics.in"]
        wires += ["optics.out -> chooser.a", "chooser.c -> bins.in", "chooser.d -> meeting.in"]
        wires += ["meeting.plus -> plus.in", "meeting.minus -> minus.in"]
        return Assembly(parts, tuple(wires), ("chooser.b",))

    def _readings(self, setting: Sequence[int]) -> Sequence[Reading | None]:
        z = {("bins", bit): Reading(0, bit) for bit in (0, 1)}
        x = {(name, 1): Reading(1, bit) for bit, name in enumerate(("plus", "minus"))}
        told = {**z, **x} if self.passive else (x if setting[2] else z)
        return outlets_of(self.bench, told)
