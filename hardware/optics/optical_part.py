"""What a part of an optical circuit is: ports, and the routes that light takes from one to another.

Light at a port has two polarisations, H and V. A part without memory is a list of routes; a route multiplies
the two amplitudes by a Jones matrix and takes a time. So every part acts on every state of light by one
matrix, and a route that splits in time, as in an interferometer, is two routes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np

from qsim.parameters import Declared
from qsim.registry import define_kind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qsim.quantum.light import Light

#: Both polarisations alike.
UNPOLARISED = np.eye(2, dtype=np.complex128)


class Route(NamedTuple):
    """One way through a part.

    Attributes:
        into, out: ports.
        jones: what becomes of the amplitudes of H and V, shape (2, 2).
        delay_ps: time from port to port.
        mark: a name for light that is told apart from the rest from here on, and does not interfere with it;
            empty for light that is not.
    """

    into: str
    out: str
    jones: NDArray[np.complex128]
    delay_ps: int = 0
    mark: str = ""


@dataclass(frozen=True)
class OpticalPart(Declared, ABC):
    """A part of an optical circuit; registered under the kind "optic"."""

    inputs: ClassVar[tuple[str, ...]] = ("in",)
    outputs: ClassVar[tuple[str, ...]] = ("out",)

    @abstractmethod
    def routes(self, wavelength: float) -> Iterable[Route]:
        """The ways through it of light of a wavelength in m."""

    def wandering(self) -> Mapping[str, float]:
        """Angles among its parameters that walk at random, with their standard deviations after 1 s, rad."""
        return {}


define_kind("optic", OpticalPart, "how-to/optical-bench.md")


class SourceMode(NamedTuple):
    """One mode of what a source sends in a slot.

    Attributes:
        port: where it leaves.
        polarisation: 0 for H, 1 for V.
        time_ps: after the beginning of the slot.
        family: tells apart modes of a source that do not interfere, such as those of its spectrum; those of
            family 0 are alike the light of other sources.
    """

    port: str
    polarisation: int = 0
    time_ps: int = 0
    family: int = 0


@dataclass(frozen=True)
class Emission:
    """What a source sends in one slot.

    Attributes:
        modes: the modes.
        light: their state.
        random_phase: whether the phase of all modes together is drawn anew in each slot.
    """

    modes: tuple[SourceMode, ...]
    light: Light
    random_phase: bool = False


class Packet(NamedTuple):
    """Spectrum of the light of a source: Gaussian, of the intensity.

    Attributes:
        wavelength: centre, m.
        bandwidth: standard deviation of the frequency, Hz; 0 for light of which nothing is said.
        detuning: from the wavelength, Hz.
        offset: by which it comes late, s.
        own: share of its light that is not alike that of other sources in whatever else.
    """

    wavelength: float
    bandwidth: float = 0.0
    detuning: float = 0.0
    offset: float = 0.0
    own: float = 0.0


@dataclass(frozen=True)
class OpticalSource(OpticalPart):
    """A part that sends light and takes none in."""

    inputs: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def emission(self) -> Emission:
        """What it sends in one slot."""

    @abstractmethod
    def packet(self) -> Packet:
        """The spectrum of its light."""

    def routes(self, wavelength: float) -> Iterable[Route]:
        """None: light begins here."""
        return ()
