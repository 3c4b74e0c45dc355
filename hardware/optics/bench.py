"""An assembly that is run slot by slot: what differs from slot to slot, and what its detectors say.

A bench compiles its assembly for each setting, which gives the law of one slot, and draws blocks of slots
from it at the cost of clicks. The detectors' memory of earlier clicks comes in afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import pi, prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hardware.optics.click_times import plain
from hardware.optics.count_law import CountLaw, counted
from hardware.optics.detector_channel import Carried, DetectorChannel
from hardware.optics.optical_circuit import Circuit, Outlet
from hardware.optics.slot_law import SlotLaw
from hardware.optics.walk import Walk, turned, wandering
from qsim.errors import ParameterError
from qsim.quantum.light import joined
from qsim.units import PS_PER_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hardware.detector import DetectorModel
    from hardware.optics.optical_assembly import Assembly, AssemblyModel
    from qsim.quantum.light import Light

#: Values of a random phase between two sources that are averaged over; the mean over so many points of a
#: circle is exact to rounding up to about twenty photons at a detector.
_PHASES = 64
#: Clicks that are drawn together.
_PIECE = 1 << 18
_NONE = np.empty(0, dtype=np.int64)


@dataclass(frozen=True)
class Choice:
    """Something that is drawn anew for each slot.

    Attributes:
        chances: probability of each alternative.
        values: what each alternative sets, by `part.parameter`.
    """

    chances: Sequence[float]
    values: Sequence[Mapping[str, Any]]


class Clicks(NamedTuple):
    """The slots of a block in which something clicked; columns of shape (n,).

    Attributes:
        slot: index in the block, ascending.
        cell: setting and pattern in one number, which is the place in a table of shape (settings, 2^outlets).
        outlets: number of outlets of the bench.
    """

    slot: NDArray[np.int64]
    cell: NDArray[np.int64]
    outlets: int

    @property
    def setting(self) -> NDArray[np.int64]:
        """Index of the setting: of the alternatives of the last choice first."""
        return self.cell >> self.outlets

    @property
    def pattern(self) -> NDArray[np.int64]:
        """The outlets that clicked, bit k for outlet k."""
        return self.cell & (1 << self.outlets) - 1


class _Piece(NamedTuple):
    """Some slots of a block.

    Attributes:
        slot, cell: as in `Clicks`, of light; empty patterns stand where no detector made its click.
        rows: those rows that detectors' memory was worked out for.
        strays: further clicks, as slots of the block and outlets, shape (2, k).
    """

    slot: NDArray[np.int64]
    cell: NDArray[np.int64]
    rows: NDArray[np.int64]
    strays: NDArray[np.int64]

    def after(self, slots: int, rows: int) -> _Piece:
        """The same after so many slots, in which light clicked so many times."""
        return self._replace(slot=self.slot + slots, rows=self.rows + rows)


class Bench:
    """An assembly with its choices, run in slots.

    Args:
        assembly: the parts and wires.
        period_ps: from one slot to the next, ps.
        choices: what is drawn anew for each slot, independently.
        moments: the moments of a slot that count, ps; left out, all at which light may come.

    Raises:
        ParameterError: a choice that is none, or detection windows that overlap.
    """

    def __init__(
        self,
        assembly: AssemblyModel,
        period_ps: int,
        choices: Sequence[Choice] = (),
        moments: Sequence[int] | None = None,
    ) -> None:
        self.period_ps = period_ps
        whole = assembly.wired()
        self.settings = list(product(*(range(len(choice.values)) for choice in choices)))
        self.chances = np.array(
            [prod(choice.chances[k] for choice, k in zip(choices, one, strict=True)) for one in self.settings]
        )
        self.assemblies = [whole.with_parameters(_merged(choices, one)) for one in self.settings]
        self._spreads = wandering(whole)
        self._laws: dict[tuple[int, ...], SlotLaw] = {}
        self._circuits = [Circuit.of(each) for each in self.assemblies]
        self.outlets: tuple[Outlet, ...] = tuple(
            sorted(
                outlet
                for outlet in {each for circuit in self._circuits for each in circuit.outlets}
                if moments is None or outlet.time_ps in moments
            )
        )
        self.detectors: dict[str, DetectorModel] = {
            name: part.detector for name, part in whole.detectors.items()
        }
        for name, model in self.detectors.items():
            _refuse_overlap(name, model, self._moments(name), period_ps)

    @cached_property
    def law(self) -> SlotLaw:
        """Law of a slot: dark counts in it where no detector remembers anything."""
        return SlotLaw(self.chances, self._patterns(self._dark_in_law, self._circuits))

    @cached_property
    def exact(self) -> SlotLaw:
        """Law of a slot before which nothing has clicked for long; jitter apart."""
        dark = np.array([self._dark(each) for each in self.outlets])
        return SlotLaw(self.chances, self._patterns(dark, self._circuits))

    @cached_property
    def counting(self) -> CountLaw:
        """Law of the numbers of photons in a slot, for detectors that count them, dark counts included.

        Raises:
            ParameterError: no detector counts, more outlets count than are followed, one of the detectors has
                a dead time, afterpulses or jitter, or an angle wanders.
        """
        model_of = [self.detectors[outlet.detector] for outlet in self.outlets]
        counts = np.array([model.counts_photons for model in model_of])
        if not counts.any() or not self._memoryless or self.wanders:
            raise ParameterError(
                "numbers of photons are told of detectors of the kind `number-resolving`, on a bench where "
                "none has a dead time (`count_rate: null`), afterpulses or jitter and no angle wanders"
            )
        dark = np.array([model.dark_count_rate * model.window_ps() / PS_PER_S for model in model_of])
        numbers = [counted(*self._light_of(circuit), counts, dark) for circuit in self._circuits]
        return CountLaw(self.chances, np.stack(numbers))

    def walk(self, rng: np.random.Generator) -> Walk | None:
        """A walk of the angles that wander, from where they are set; None where none does."""
        return Walk(self._spreads, self.period_ps, rng) if self.wanders else None

    @property
    def wanders(self) -> bool:
        """Whether an angle walks at random."""
        return bool(self._spreads)

    def moved(self, moved: Mapping[str, float]) -> list[Assembly]:
        """The assembly of each setting when angles have walked so far."""
        return [turned(each, moved) for each in self.assemblies]

    def run(self, slots: int, rng: np.random.Generator, walk: Walk | None = None) -> Clicks:
        """A block of slots, before which nothing has clicked for long.

        Long blocks are drawn in pieces of some 260,000 clicks, so that they take no more room than their
        clicks; what a piece leaves in the detectors goes along to the next.

        Args:
            slots: how many.
            rng: source of all randomness of the block.
            walk: of angles that wander, which goes on; left out, they begin where they are set.
        """
        walk = walk or self.walk(rng)
        rate = self.law.clicked if self._memoryless else self.law.clicked + self._dark_in_slot
        piece = max(1, int(min(float(slots), _PIECE / max(rate, 1e-300))))
        carried = [Carried() for _ in self.channels]
        drawn: list[_Piece] = []
        rows = 0
        for first, length, law in self._stretches(slots, piece, walk):
            part = self._piece(length, law, carried, first + length >= slots, rng)
            drawn.append(part.after(first, rows) if first else part)
            rows += len(part.slot)
        whole = drawn[0]
        if len(drawn) > 1:
            whole = _Piece(*(np.concatenate(columns, axis=-1) for columns in zip(*drawn, strict=True)))
        slot, cell = whole[:2] if self._memoryless else self._with_strays(whole, slots, rng)
        return Clicks(slot, cell, len(self.outlets))

    def _stretches(self, slots: int, most: int, walk: Walk | None) -> Iterator[tuple[int, int, SlotLaw]]:
        """Cut slots where angles move, or after so many: first slots, lengths and laws."""
        first = 0
        while first < slots or not first:
            length, law = min(slots - first, most), self.law
            if walk is not None:
                length, law = min(length, walk.still), self._law_at(walk, walk.place)
                walk.forward(length)
            yield first, length, law
            first += max(1, length)

    def _law_at(self, walk: Walk, place: tuple[int, ...]) -> SlotLaw:
        """Law of a slot where angles have walked to a place."""
        if place not in self._laws:
            circuits = [Circuit.of(each) for each in self.moved(walk.moved(place))]
            self._laws[place] = SlotLaw(self.chances, self._patterns(self._dark_in_law, circuits))
        return self._laws[place]

    def _piece(
        self,
        slots: int,
        law: SlotLaw,
        carried: list[Carried],
        last: bool,
        rng: np.random.Generator,
    ) -> _Piece:
        """Some slots of a block, and what detectors that remember make of the light in them."""
        slot, cell = law.draw(slots, rng)
        if self._memoryless:
            return _Piece(slot, cell, _NONE, np.empty((2, 0), dtype=np.int64))
        dark = [channel.dark(slots, own, rng) for channel, own in zip(self.channels, carried, strict=True)]
        rows = self._crowded(slot, cell, np.concatenate(dark), slots)
        mine, seen = slot[rows], cell[rows]
        strays = []
        for channel, own, without_light in zip(self.channels, carried, dark, strict=True):
            lit = [np.flatnonzero(seen & 1 << place) for place in channel.places]
            made = channel.make(mine, lit, slots, without_light, rng, own, last)
            for place, lost in zip(channel.places, made.lost, strict=True):
                seen[lost] &= ~(1 << place)
            strays.append(np.stack([made.slot, made.outlet]))
        cell[rows] = seen
        return _Piece(slot, cell, rows, np.concatenate(strays, axis=1))

    def _crowded(
        self, slot: NDArray[np.int64], cell: NDArray[np.int64], dark: NDArray[np.int64], slots: int
    ) -> NDArray[np.int64]:
        """Rows near to others, to dark counts or to an end of the piece.

        No detector loses what comes to it in the other rows, nor do these matter to what comes elsewhere.
        """
        if not all(channel.forgets for channel in self.channels):
            return np.arange(len(slot))
        reach = max(channel.reach for channel in self.channels)
        crowded = (slot <= reach) | (slot >= slots - 1 - reach)
        close = slot[1:] - slot[:-1] <= reach
        crowded[1:] |= close
        crowded[:-1] |= close
        if any(len(channel.places) > 1 for channel in self.channels):
            pattern = cell & (1 << len(self.outlets)) - 1
            crowded |= pattern & pattern - 1 > 0
        about = dark // self.period_ps
        begin = np.searchsorted(slot, about - (reach + 1))
        number = np.searchsorted(slot, about + (reach + 1), side="right") - begin
        ends = np.cumsum(number)
        crowded[np.repeat(begin - ends + number, number) + np.arange(number.sum())] = True
        return np.flatnonzero(crowded)

    def sent(self, slots: int, clicks: Clicks, rng: np.random.Generator) -> NDArray[np.int64]:
        """How many slots of a block had each setting, shape (s,); angles that wander change nothing of it."""
        size = len(self.settings) << clicks.outlets
        seen: NDArray[np.int64] = np.bincount(clicks.cell, minlength=size)
        by_setting: NDArray[np.int64] = seen.reshape(len(self.settings), -1).sum(axis=1)
        empty: NDArray[np.int64] = rng.multinomial(slots - len(clicks.slot), self.law.settings_of_empty)
        return by_setting + empty

    @cached_property
    def _dark_in_law(self) -> NDArray[np.float64]:
        """Dark counts of each outlet, where no detector remembers anything."""
        return np.array([self._dark(outlet) if self._memoryless else 0.0 for outlet in self.outlets])

    @cached_property
    def _dark_in_slot(self) -> float:
        """Mean number of dark counts in a slot."""
        return sum(model.dark_count_rate for model in self.detectors.values()) * self.period_ps / PS_PER_S

    @cached_property
    def _memoryless(self) -> bool:
        return all(plain(model) for model in self.detectors.values())

    def _dark(self, outlet: Outlet) -> float:
        return self.detectors[outlet.detector].click_probability(0)

    def _moments(self, name: str) -> list[int]:
        return [outlet.time_ps for outlet in self.outlets if outlet.detector == name]

    def _patterns(self, dark: NDArray[np.float64], circuits: list[Circuit]) -> NDArray[np.float64]:
        return np.stack([self._pattern_law(circuit, dark) for circuit in circuits])

    def _light_of(self, circuit: Circuit) -> tuple[Light, NDArray[np.complex128]]:
        """The light of a slot, in all phases that are averaged over, and the efficiency of each outlet."""
        emissions = list(circuit.emissions.values())
        size = len(circuit.overlaps)
        weights = np.zeros((len(self.outlets), size, size), dtype=np.complex128)
        for place, outlet in enumerate(self.outlets):
            if outlet in circuit.rows:
                weights[place] = self.detectors[outlet.detector].efficiency * circuit.weight(outlet)
        # A phase that all light has in common shows nowhere.
        random = [emission.random_phase for emission in emissions]
        turns = [np.array([0.0])] * len(emissions)
        for place in [place for place, each in enumerate(random) if each][0 if not all(random) else 1 :]:
            turns[place] = np.arange(_PHASES) * 2 * pi / _PHASES
        return joined([emission.light for emission in emissions], turns), weights

    def _pattern_law(self, circuit: Circuit, dark: NDArray[np.float64]) -> NDArray[np.float64]:
        light, weights = self._light_of(circuit)
        patterns = light.patterns(weights, dark)
        law: NDArray[np.float64] = patterns.reshape(-1, patterns.shape[-1]).mean(axis=0)
        return law

    @cached_property
    def channels(self) -> list[DetectorChannel]:
        """The detectors with the moments at which they watch."""
        channels = []
        for name, model in self.detectors.items():
            places = tuple(place for place, each in enumerate(self.outlets) if each.detector == name)
            first = self.outlets[places[0]].time_ps
            offsets = tuple(self.outlets[place].time_ps - first for place in places)
            channels.append(DetectorChannel(name, model, places, first, offsets, self.period_ps))
        return channels

    def _with_strays(
        self, drawn: _Piece, slots: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Add clicks that may lie in slots of their own, in which no light clicked; drop rows left empty."""
        slot, cell, rows, strays = drawn
        where, outlet = strays[:, strays[0] < slots]
        bit = 1 << outlet
        place = np.searchsorted(slot, where)
        known = np.searchsorted(slot, where, side="right") > place
        np.bitwise_or.at(cell, place[known], bit[known])
        new, back = np.unique(where[~known], return_inverse=True)
        added = self.law.draw_settings(len(new), rng) << len(self.outlets)
        np.bitwise_or.at(added, back, bit[~known])
        empty = rows[cell[rows] & (1 << len(self.outlets)) - 1 == 0]
        slot, cell = np.delete(slot, empty), np.delete(cell, empty)
        place = np.searchsorted(slot, new)
        return np.insert(slot, place, new), np.insert(cell, place, added)


def _merged(choices: Sequence[Choice], setting: Sequence[int]) -> dict[str, Any]:
    return {
        name: value
        for choice, k in zip(choices, setting, strict=True)
        for name, value in choice.values[k].items()
    }


def _refuse_overlap(name: str, model: DetectorModel, moments: list[int], period_ps: int) -> None:
    places = sorted(moment % period_ps for moment in moments)
    if not places:
        raise ParameterError(f"no light of any setting reaches the detector '{name}'")
    gaps = [b - a for a, b in zip(places, [*places[1:], places[0] + period_ps], strict=True)]
    if min(gaps) < model.window_ps():
        raise ParameterError(
            f"the detection windows of '{name}' are {model.window_ps()} ps long and come {min(gaps)} ps "
            "after each other: shorten `window`, or take a longer period or delay"
        )
