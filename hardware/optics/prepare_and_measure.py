"""What the ready transmitters and receivers of key distribution have in common: a bench read as raw key."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Self, TypeVar

import numpy as np

from hardware.optics.bench import Clicks
from hardware.optics.raw_block import RawBlock
from qsim.errors import ParameterError
from qsim.parameters import Declared, OfKind, Param
from qsim.units import to_ps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hardware.optics.bench import Bench
    from hardware.optics.walk import Walk


_T = TypeVar("_T")


class Sent(NamedTuple):
    """What a transmitter sends in a slot of a setting."""

    intensity: int
    basis: int
    bit: int


class _Columns(NamedTuple):
    """Columns of a block over the cells of clicks: of several readings the first."""

    sent_intensity: NDArray[np.int8]
    sent_basis: NDArray[np.int8]
    sent_bit: NDArray[np.int8]
    seen_basis: NDArray[np.int8]
    seen_bit: NDArray[np.int8]
    double: NDArray[np.bool_]


class Reading(NamedTuple):
    """What a click at an outlet means to a receiver; nothing without a basis."""

    basis: int
    bit: int


@dataclass(frozen=True)
class KeyBench(Declared):
    """A bench with a transmitter and a receiver, whose clicks are read as bits."""

    rate: Annotated[float, Param("slots a second", unit="Hz", gt=0, le=1e12)] = 80e6

    @property
    def slot_period_s(self) -> float:
        """Time from one slot to the next, in whole picoseconds."""
        return self._period_ps / 1e12

    @property
    def _period_ps(self) -> int:
        return max(1, to_ps(1 / self.rate))

    @property
    @abstractmethod
    def intensities(self) -> tuple[float, ...]:
        """Mean photon number of each intensity at the transmitter's output, signal first."""

    @property
    def bases(self) -> int:
        """Number of bases of the transmitter."""
        return 2

    @cached_property
    @abstractmethod
    def bench(self) -> Bench:
        """Transmitter, fibre and receiver."""

    @abstractmethod
    def _sent(self, setting: Sequence[int]) -> Sent:
        """What the transmitter sends in a setting."""

    @abstractmethod
    def _readings(self, setting: Sequence[int]) -> Sequence[Reading | None]:
        """What a click at each outlet of the bench means in a setting."""

    def over(self, first: float, second: float) -> Self:
        """The same over so many m of fibre to the middle and on, where its own length is left out."""
        return self

    def block(self, slots: int, rng: np.random.Generator, walk: Walk | None = None) -> RawBlock:
        """Run a block of slots; its detectors have seen nothing for long before.

        Args:
            slots: how many, at least 0.
            rng: source of all randomness of the block.
            walk: of angles that wander, as of `Bench.walk`; left out, they begin where they are set.
        """
        clicks = self.bench.run(slots, rng, walk)
        sent = np.zeros((len(self.intensities), self.bases), dtype=np.int64)
        intensity, basis, _ = self._written.T
        np.add.at(sent, (intensity, basis), self.bench.sent(slots, clicks, rng))
        return self._decoded(sent, clicks, rng)

    def _decoded(self, sent: NDArray[np.int64], clicks: Clicks, rng: np.random.Generator) -> RawBlock:
        """Clicks as the receiver reads them: of several it takes one at random."""
        slot, cell = clicks.slot, clicks.cell
        table, columns = self._table.ravel(), self._columns
        if not self._table[:, 1:].all():
            told = np.flatnonzero(table[cell])
            slot, cell = slot[told], cell[told]
        seen_basis, seen_bit, double = columns.seen_basis[cell], columns.seen_bit[cell], columns.double[cell]
        several = np.flatnonzero(double)
        readings = table[cell[several]]
        place = _MEMBER[readings, rng.integers(_MEMBERS[readings])]
        seen_basis[several], seen_bit[several] = place >> 1, place & 1
        return RawBlock(
            sent,
            slot,
            columns.sent_intensity[cell],
            columns.sent_basis[cell],
            columns.sent_bit[cell],
            seen_basis,
            seen_bit,
            double,
        )

    @cached_property
    def _written(self) -> NDArray[np.int8]:
        return np.array([self._sent(setting) for setting in self.bench.settings], dtype=np.int8, order="F")

    @cached_property
    def _columns(self) -> _Columns:
        readings = self._table.ravel()
        intensity, basis, bit = (np.repeat(each, self._table.shape[1]) for each in self._written.T)
        first = _MEMBER[readings, 0]
        return _Columns(intensity, basis, bit, first >> 1, first & 1, _MEMBERS[readings] > 1)

    @cached_property
    def _table(self) -> NDArray[np.int8]:
        """For each setting and set of outlets the set of (basis, bit) that clicks tell."""
        outlets = len(self.bench.outlets)
        table = np.zeros((len(self.bench.settings), 2**outlets), dtype=np.int8)
        patterns = np.arange(2**outlets)
        for row, setting in enumerate(self.bench.settings):
            for place, reading in enumerate(self._readings(setting)):
                if reading is not None:
                    told = 1 << (2 * reading.basis + reading.bit)
                    table[row] |= np.where(patterns >> place & 1, told, 0).astype(np.int8)
        return table


@dataclass(frozen=True)
class PrepareAndMeasure(KeyBench):
    """A transmitter with a weak laser, fibre, and a receiver with threshold detectors.

    Raises:
        ParameterError: probabilities that are none; its bench asked for while the length is left out.
    """

    length: Annotated[
        float | None,
        Param("length of the fibre; left out, an application takes that of the link", unit="m", ge=0),
    ] = None
    fibre: Annotated[Any, OfKind("fibre", "the fibre between them", default="single-mode")] = None
    detector: Annotated[Any, OfKind("detector", "each of the receiver's detectors", default="threshold")] = (
        None
    )
    wavelength: Annotated[float, Param("of the light", unit="m", gt=0)] = 1550e-9
    receiver_loss: Annotated[float, Param("loss of the receiver's optics", unit="dB", ge=0)] = 0.0
    misalignment: Annotated[
        float, Param("probability that light goes to the wrong detector of its basis", ge=0, le=0.5)
    ] = 0.0

    def over(self, first: float, second: float) -> Self:
        return self if self.length is not None else replace(self, length=first + second)

    @property
    def _whole(self) -> float:
        """Length of the fibre, m."""
        return said(self, "length", self.length)


# A reading is a set of the four possible (basis, bit) as bits of a number.
_SETS = [[place for place in range(4) if one >> place & 1] for one in range(16)]
_MEMBERS = np.array([len(each) for each in _SETS], dtype=np.int8)
_MEMBER = np.array([(each + [0] * 4)[:4] for each in _SETS], dtype=np.int8)


def said(owner: object, key: str, length: _T | None) -> _T:
    """What was said of the length of fibre.

    Raises:
        ParameterError: nothing was.
    """
    if length is None:
        raise ParameterError(
            f"`{type(owner).__name__}.{key}` is left out: give it, or run the source in an application, "
            "which takes it from a link"
        )
    return length


def refuse_improper(owner: object, **chances: Sequence[float]) -> None:
    """Refuse what is no distribution of probabilities.

    Raises:
        ParameterError: an entry is negative, or they do not add up to 1.
    """
    for name, each in chances.items():
        if min(each) < 0 or abs(sum(each) - 1) > 1e-9:
            raise ParameterError(
                f"`{type(owner).__name__}.{name}` must be probabilities that add up to 1, got {list(each)}"
            )


def outlets_of(bench: Bench, readings: Mapping[tuple[str, int], Reading]) -> list[Reading | None]:
    """Readings by detector and by which of its moments it is, as a list over the outlets of a bench."""
    seen: dict[str, int] = {}
    told = []
    for outlet in bench.outlets:
        place = seen[outlet.detector] = seen.get(outlet.detector, -1) + 1
        told.append(readings.get((outlet.detector, place)))
    return told
