"""One arm of a segment: what light loses between a memory and the middle, and what noise the way adds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from hardware.converter import ConverterModel
    from hardware.fibre import FibreModel
    from hardware.memory import MemoryModel
    from qsim.model.specs import LinkSpec


def noise_rate_of(fibre: FibreModel) -> Callable[[float, float], float] | None:
    """`hardware.shared_fibre.NoisyFibre.noise_rate` of a fibre; None where it adds no photons of its own."""
    # No check against the protocol: that costs more than all else that is asked of an arm.
    told: Callable[[float, float], float] | None = getattr(fibre, "noise_rate", None)
    return told


class Stretch(NamedTuple):
    """A piece of fibre: length in metres, the fibre, and the loss of connectors and splices in dB."""

    length: float
    fibre: FibreModel
    loss: float

    def transmission(self, wavelength: float) -> float:
        """Probability that a photon passes."""
        fibre = self.fibre.transmission(self.length, wavelength)
        return fibre * self.passed if self.loss else fibre

    @property
    def passed(self) -> float:
        """Share of the light that passes connectors and splices."""
        return float(10 ** (-self.loss / 10))

    def noise(self, wavelength: float) -> float:
        """Rate of noise photons that come out, Hz; connectors are behind the fibre."""
        rate = noise_rate_of(self.fibre)
        return 0.0 if rate is None else rate(self.length, wavelength) * self.passed


class Side(NamedTuple):
    """What an arm is made of.

    Attributes:
        fibre: the pieces of fibre.
        crossed: transmission of each node that the light crosses.
        parts: both in order from the memory.
    """

    fibre: Sequence[Stretch]
    crossed: Sequence[float]
    parts: Sequence[Stretch | float]

    @classmethod
    def across(cls, way: Sequence[LinkSpec], crossed: Sequence[float], starts: Sequence[str]) -> Side:
        """An arm along several links and the nodes between them.

        Args:
            way: the links.
            crossed: transmission of each node.
            starts: from the memory on, the node at which each link begins; the arm may be told from either
                end.
        """
        inwards = way[0].between.count(starts[0]) > 0
        links, nodes = (way, crossed) if inwards else (way[::-1], crossed[::-1])
        parts: list[Stretch | float] = []
        for link, node, start in zip(links, nodes, starts, strict=True):
            own = stretches((link,))
            parts += [*(own if link.between[0] == start else own[::-1]), node]
        return cls(stretches(way), crossed, parts)


@dataclass(frozen=True, slots=True)
class Arm:
    """An arm as light sees it.

    Attributes:
        transmission: probability that a photon passes, converter and connectors included.
        delay: time of flight, ps.
        background: rate of noise photons where the light is detected or absorbed, Hz.
        wavelength: of the light in the fibre, m.
    """

    transmission: float
    delay: int
    background: float
    wavelength: float

    @classmethod
    def of(cls, memory: MemoryModel, converter: ConverterModel | None, side: Side, outward: bool) -> Arm:
        """The arm between a memory and the middle.

        Args:
            memory: at its end.
            converter: beside the memory; None for none.
            side: what lies between.
            outward: whether light comes from the middle.

        Raises:
            ParameterError: a fibre does not know what it loses at the wavelength.
        """
        wavelength = memory.wavelength if converter is None else converter.to
        transmission = prod(stretch.transmission(wavelength) for stretch in side.fibre) * prod(side.crossed)
        delay = sum(stretch.fibre.delay_ps(stretch.length) for stretch in side.fibre)
        background = 0.0
        if converter is not None:
            transmission *= converter.efficiency
        if converter is not None or any(noise_rate_of(stretch.fibre) for stretch in side.fibre):
            parts = [
                (part.transmission(wavelength), part.noise(wavelength))
                if isinstance(part, Stretch)
                else (part, 0.0)
                for part in side.parts
            ]
            if converter is not None:
                parts.insert(0, (converter.efficiency, converter.noise))
            background = _gathered(reversed(parts) if outward else parts)
        return cls(transmission, delay, background, wavelength)


def stretches(links: Sequence[LinkSpec]) -> tuple[Stretch, ...]:
    """The pieces of fibre that links are made of."""
    return tuple(
        Stretch(length, fibre, loss)
        for link in links
        for (length, fibre), loss in zip(link.fibres, link.losses, strict=True)
    )


def _gathered(parts: Iterable[tuple[float, float]]) -> float:
    """Rate of noise photons behind parts that each let some through and add some, Hz."""
    rate = 0.0
    for transmission, noise in parts:
        rate = rate * transmission + noise
    return rate
