"""Keys from entangled pairs: a source between two receivers, each of which measures in one of its bases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from math import asin, sqrt
from typing import TYPE_CHECKING, Annotated, Any, Self

import numpy as np

from hardware.optics.bench import Bench, Choice
from hardware.optics.fibre_span import FibreSpan
from hardware.optics.light_detector import LightDetector
from hardware.optics.optical_assembly import Assembly
from hardware.optics.optical_attenuator import Attenuator
from hardware.optics.pair_source import PairSource
from hardware.optics.polarisation_drift import PolarisationDrift
from hardware.optics.polarising_splitter import PolarisingSplitter
from hardware.optics.prepare_and_measure import refuse_improper, said
from hardware.optics.raw_block import RawBlock
from hardware.optics.wave_plate import WavePlate
from qsim.errors import ParameterError
from qsim.parameters import Declared, OfKind, Param
from qsim.registry import register
from qsim.units import to_ps

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ENDS = ("first", "second")


@register("key-source", "bbm92")
@dataclass(frozen=True)
class EntangledKeys(Declared):
    """Pairs entangled in polarisation, ``(|HH> + |VV>)/√2``, and an analyser at either end.

    The first end's basis and bit stand in the place of those sent. With the angles 0 and 45° in common this
    is BBM92; with 0, 45 and 22.5° at the first and 22.5, 67.5 and 0° at the second, say, E91.

    References:
        Bennett, Brassard, Mermin, Phys. Rev. Lett. 68, 557 (1992); Ekert, Phys. Rev. Lett. 67, 661 (1991);
        Ma, Fung, Lo, Phys. Rev. A 76, 012307 (2007).
    """

    rate: Annotated[float, Param("slots a second", unit="Hz", gt=0, le=1e12)] = 80e6
    lengths: Annotated[
        tuple[float, float] | None,
        Param(
            "fibre from the source to the first and to the second end; left out, an application takes "
            "the two arms of the link",
            unit="m",
            ge=0,
        ),
    ] = None
    fibre: Annotated[Any, OfKind("fibre", "the fibre", default="single-mode")] = None
    detector: Annotated[Any, OfKind("detector", "each detector", default="threshold")] = None
    mean_pairs: Annotated[float, Param("mean number of pairs of a slot", gt=0, le=100)] = 0.05
    schmidt_modes: Annotated[
        int, Param("spectral modes that share the pairs; 1 for thermal numbers", ge=1, le=40)
    ] = 1
    wavelength: Annotated[float, Param("of the light", unit="m", gt=0)] = 1550e-9
    receiver_loss: Annotated[float, Param("loss of either receiver's optics", unit="dB", ge=0)] = 0.0
    misalignment: Annotated[
        float,
        Param(
            "probability that light goes to the wrong detector, by the angle between the ends", ge=0, le=0.5
        ),
    ] = 0.0
    first_angles: Annotated[
        tuple[float, ...], Param("polarisations of the first end's bases, two or three", unit="rad")
    ] = (0.0, np.pi / 4)
    second_angles: Annotated[
        tuple[float, ...], Param("polarisations of the second end's bases, two or three", unit="rad")
    ] = (0.0, np.pi / 4)
    first_chances: Annotated[
        tuple[float, ...], Param("probability of each basis at the first end", ge=0, le=1)
    ] = (0.5, 0.5)
    second_chances: Annotated[
        tuple[float, ...], Param("probability of each basis at the second end", ge=0, le=1)
    ] = (0.5, 0.5)

    def __post_init__(self) -> None:
        super().__post_init__()
        for end in _ENDS:
            angles, chances = getattr(self, f"{end}_angles"), getattr(self, f"{end}_chances")
            if not 1 <= len(angles) <= 3 or len(angles) != len(chances):
                raise ParameterError(
                    f"`EntangledKeys.{end}_chances` must have one entry for each of one to three "
                    f"`{end}_angles`, got {len(chances)} for {len(angles)}"
                )
            refuse_improper(self, **{f"{end}_chances": chances})
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
        """Mean number of pairs of a slot."""
        return (self.mean_pairs,)

    @property
    def bases(self) -> int:
        """Number of bases of the first end."""
        return len(self.first_angles)

    @property
    def _period_ps(self) -> int:
        return max(1, to_ps(1 / self.rate))

    @cached_property
    def bench(self) -> Bench:
        """Source, fibres and analysers."""
        parts: dict[str, Any] = {
            "pairs": PairSource(
                self.mean_pairs, "polarisation", 0.0, 1e-9, self.schmidt_modes, self.wavelength
            )
        }
        wires: list[str] = []
        lengths = said(self, "lengths", self.lengths)
        for end, port, length in zip(_ENDS, ("signal", "idler"), lengths, strict=True):
            turn = asin(sqrt(self.misalignment)) if end == "first" else 0.0
            parts |= {
                f"{end}-fibre": FibreSpan(length, self.fibre),
                f"{end}-drift": PolarisationDrift(turn),
                f"{end}-optics": Attenuator(self.receiver_loss),
                f"{end}-reader": WavePlate(),
                f"{end}-splitter": PolarisingSplitter(),
                f"{end}-zero": LightDetector(self.detector, "polarisation"),
                f"{end}-one": LightDetector(self.detector, "polarisation"),
            }
            way = [f"{end}-{name}" for name in ("fibre", "drift", "optics", "reader")]
            wires += [f"pairs.{port} -> {way[0]}.in"]
            wires += [f"{one}.out -> {other}.in" for one, other in pairwise(way)]
            wires += [f"{way[-1]}.out -> {end}-splitter.a"]
            wires += [f"{end}-splitter.c -> {end}-zero.in", f"{end}-splitter.d -> {end}-one.in"]
        choices = [
            Choice(
                getattr(self, f"{end}_chances"),
                [{f"{end}-reader.angle": angle / 2} for angle in getattr(self, f"{end}_angles")],
            )
            for end in _ENDS
        ]
        open_ports = tuple(f"{end}-splitter.b" for end in _ENDS)
        return Bench(Assembly(parts, tuple(wires), open_ports), self._period_ps, choices)

    def block(self, slots: int, rng: np.random.Generator) -> RawBlock:
        """Run a block of slots; rows are those in which both ends have a click.

        Args:
            slots: how many, at least 0.
            rng: source of all randomness of the block.
        """
        clicks = self.bench.run(slots, rng)
        settings = np.array(self.bench.settings, dtype=np.int8)
        sent = np.zeros((1, len(self.first_angles)), dtype=np.int64)
        np.add.at(sent[0], settings[:, 0], self.bench.sent(slots, clicks, rng))
        bits = [[self._mask(f"{end}-{name}") for name in ("zero", "one")] for end in _ENDS]
        told = [[(clicks.pattern & mask) > 0 for mask in masks] for masks in bits]
        rows = np.flatnonzero((told[0][0] | told[0][1]) & (told[1][0] | told[1][1]))
        (first, doubled), (second, twice) = (_one_bit(zero[rows], one[rows], rng) for zero, one in told)
        setting = settings[clicks.setting[rows]]
        return RawBlock(
            sent,
            clicks.slot[rows],
            sent_intensity=np.zeros(len(rows), dtype=np.int8),
            sent_basis=setting[:, 0].copy(),
            sent_bit=first,
            seen_basis=setting[:, 1].copy(),
            seen_bit=second,
            double=doubled | twice,
        )

    def _mask(self, detector: str) -> int:
        return sum(1 << place for place, each in enumerate(self.bench.outlets) if each.detector == detector)


def _one_bit(
    zero: NDArray[np.bool_], one: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[NDArray[np.int8], NDArray[np.bool_]]:
    """The bit of an end, drawn where both of its detectors clicked; and where they did."""
    both = zero & one
    bit = one.astype(np.int8)
    bit[both] = rng.integers(0, 2, size=int(both.sum()), dtype=np.int8)
    return bit, both
