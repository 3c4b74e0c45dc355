"""Two transmitters and a station that tells Bell states: keys that do not depend on the detectors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from math import asin, pi, sqrt
from typing import TYPE_CHECKING, Annotated, Any, Protocol, Self

import numpy as np

from hardware.optics.beam_splitter import BeamSplitter
from hardware.optics.bench import Bench, Choice
from hardware.optics.delay_line import DelayLine
from hardware.optics.fibre_span import FibreSpan
from hardware.optics.light_detector import LightDetector
from hardware.optics.optical_assembly import Assembly
from hardware.optics.polarisation_drift import PolarisationDrift
from hardware.optics.polarising_splitter import PolarisingSplitter
from hardware.optics.prepare_and_measure import refuse_improper, said
from hardware.optics.wave_plate import WavePlate
from hardware.optics.weak_laser import WeakLaser
from qsim.errors import ParameterError
from qsim.parameters import Declared, OfKind, Param
from qsim.registry import define_kind, register
from qsim.units import to_ps

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIDES = ("first", "second")
_STATES = tuple((basis, bit) for basis in (0, 1) for bit in (0, 1))
#: The sets of detectors (first output H, V, second output H, V) that announce Ψ+ (0) and Ψ- (1).
_TOLD = {0b0011: 0, 0b1100: 0, 0b1001: 1, 0b0110: 1}


@dataclass(frozen=True, slots=True)
class MdiBlock:
    """What the station announced of a block, and what was sent then; columns over the announcements.

    Attributes:
        sent: slots sent, shape (intensities, bases, intensities, bases), the first transmitter's first.
        slot: index of the slot, ascending, shape (n,).
        intensity, basis, bit: what was sent, shape (n, 2), the first transmitter's first.
        state: 0 for Ψ+ and 1 for Ψ-. In Z bits of either are unlike; in X those of Ψ+ alike, of Ψ- unlike.
    """

    sent: NDArray[np.int64]
    slot: NDArray[np.int64]
    intensity: NDArray[np.int8]
    basis: NDArray[np.int8]
    bit: NDArray[np.int8]
    state: NDArray[np.int8]


class MdiSource(Protocol):
    """Two transmitters and a station, as a session of key distribution sees them; kind "mdi-station"."""

    @property
    def slot_period_s(self) -> float:
        """Time from one slot to the next."""
        ...

    @property
    def intensities(self) -> tuple[float, ...]:
        """Mean photon number of each intensity of either transmitter, signal first."""
        ...

    def block(self, slots: int, rng: np.random.Generator) -> MdiBlock:
        """Run a block of `slots` slots."""
        ...


define_kind("mdi-station", MdiSource, "how-to/optical-bench.md")


@register("mdi-station", "mdi-polarisation")
@dataclass(frozen=True)
class MdiStation(Declared):
    """Weak pulses of random phase in four polarisations from two sides, and a splitter and four detectors.

    References:
        Lo, Curty, Qi, Phys. Rev. Lett. 108, 130503 (2012); Ma and Razavi, Phys. Rev. A 86, 062319 (2012).
    """

    rate: Annotated[float, Param("slots a second", unit="Hz", gt=0, le=1e12)] = 80e6
    lengths: Annotated[
        tuple[float, float] | None,
        Param(
            "fibre from the first and from the second transmitter; left out, an application takes "
            "those of the links to the station",
            unit="m",
            ge=0,
        ),
    ] = None
    fibre: Annotated[Any, OfKind("fibre", "the fibre", default="single-mode")] = None
    detector: Annotated[Any, OfKind("detector", "each detector", default="threshold")] = None
    mean_photons: Annotated[
        tuple[float, ...], Param("mean photon number of each intensity, signal first", ge=0, le=1e3)
    ] = (0.3, 0.05, 0.0)
    intensity_chances: Annotated[tuple[float, ...], Param("probability of each intensity", ge=0, le=1)] = (
        0.8,
        0.1,
        0.1,
    )
    z_chance: Annotated[float, Param("probability that a transmitter takes the basis Z", ge=0, le=1)] = 0.5
    misalignment: Annotated[
        float,
        Param("share of the light of either side that is turned into the other polarisation", ge=0, le=0.5),
    ] = 0.0
    detuning: Annotated[float, Param("between the lasers; needs a bandwidth", unit="Hz")] = 0.0
    bandwidth: Annotated[
        float, Param("standard deviation of the lasers' spectrum; 0 for light that is alike", unit="Hz", ge=0)
    ] = 0.0
    wavelength: Annotated[float, Param("of the light", unit="m", gt=0)] = 1550e-9

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.mean_photons) != len(self.intensity_chances) or not self.mean_photons:
            raise ParameterError(
                "`MdiStation.intensity_chances` must have one entry for each of `mean_photons`, got "
                f"{len(self.intensity_chances)} for {len(self.mean_photons)}"
            )
        refuse_improper(self, intensity_chances=self.intensity_chances)
        _ = self.over(0.0, 0.0).bench

    def over(self, first: float, second: float) -> Self:
        """The same over fibres of so many m, where its own lengths are left out."""
        return self if self.lengths is not None else replace(self, lengths=(first, second))

    @property
    def slot_period_s(self) -> float:
        """Time from one slot to the next, in whole picoseconds."""
        return self._period_ps / 1e12

    @property
    def intensities(self) -> tuple[float, ...]:
        """Mean photon number of each intensity of either transmitter, signal first."""
        return self.mean_photons

    @property
    def _period_ps(self) -> int:
        return max(1, to_ps(1 / self.rate))

    @cached_property
    def bench(self) -> Bench:
        """Both transmitters and the station; delays make the light of both sides meet."""
        parts: dict[str, Any] = {"meeting": BeamSplitter()}
        wires: list[str] = []
        lengths = said(self, "lengths", self.lengths)
        flights = [self.fibre.delay_ps(length) for length in lengths]
        for side, entry, length, flight in zip(_SIDES, "ab", lengths, flights, strict=True):
            shift = self.detuning if side == "second" else 0.0
            laser = WeakLaser(
                self.mean_photons[0], wavelength=self.wavelength, bandwidth=self.bandwidth, detuning=shift
            )
            way = {
                "laser": laser,
                "writer": WavePlate(),
                "fibre": FibreSpan(length, self.fibre),
                "wait": DelayLine((max(flights) - flight) / 1e12),
                "drift": PolarisationDrift(asin(sqrt(self.misalignment))),
            }
            parts |= {f"{side}-{name}": part for name, part in way.items()}
            wires += [f"{side}-{one}.out -> {side}-{two}.in" for one, two in pairwise(way)]
            wires += [f"{side}-drift.out -> meeting.{entry}"]
        for output, exit_port in zip(_SIDES, "cd", strict=True):
            parts[f"{output}-splitter"] = PolarisingSplitter()
            wires += [f"meeting.{exit_port} -> {output}-splitter.a"]
            for port, polarisation in (("c", "h"), ("d", "v")):
                parts[f"{output}-{polarisation}"] = LightDetector(self.detector, "polarisation")
                wires += [f"{output}-splitter.{port} -> {output}-{polarisation}.in"]
        assembly = Assembly(parts, tuple(wires), tuple(f"{output}-splitter.b" for output in _SIDES))
        return Bench(assembly, self._period_ps, [choice for side in _SIDES for choice in self._choices(side)])

    def _choices(self, side: str) -> list[Choice]:
        chances = [self.z_chance / 2] * 2 + [(1 - self.z_chance) / 2] * 2
        angles = [(bit * pi / 2 + basis * pi / 4) / 2 for basis, bit in _STATES]
        return [
            Choice(
                self.intensity_chances, [{f"{side}-laser.mean_photons": mean} for mean in self.mean_photons]
            ),
            Choice(chances, [{f"{side}-writer.angle": angle} for angle in angles]),
        ]

    def block(self, slots: int, rng: np.random.Generator) -> MdiBlock:
        """Run a block of slots.

        Args:
            slots: how many, at least 0.
            rng: source of all randomness of the block.
        """
        clicks = self.bench.run(slots, rng)
        # Outlets are in the order of the detectors' names: first-h, first-v, second-h, second-v.
        state = np.full(16, -1, dtype=np.int8)
        state[list(_TOLD)] = list(_TOLD.values())
        told = np.flatnonzero(state[clicks.pattern] >= 0)
        sent = self.bench.sent(slots, clicks, rng)
        chosen = np.array(self.bench.settings, dtype=np.int8)
        states = np.array(_STATES, dtype=np.int8)
        intensity, written = chosen[:, [0, 2]], states[chosen[:, [1, 3]]]
        counts = np.zeros((len(self.mean_photons), 2) * 2, dtype=np.int64)
        np.add.at(counts, (intensity[:, 0], written[:, 0, 0], intensity[:, 1], written[:, 1, 0]), sent)
        row = clicks.setting[told]
        return MdiBlock(
            counts,
            clicks.slot[told],
            intensity[row],
            written[row, :, 0],
            written[row, :, 1],
            state[clicks.pattern[told]],
        )
