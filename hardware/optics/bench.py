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

#: Values of a random phase between two sources that are averaged over; the mean over so many points of a
#: circle is exact to rounding up to about twenty photons at a detector.
_PHASES = 64
#: Clicks that are drawn together.
_PIECE = 1 << 18


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
        setting: index of the setting: of the alternatives of the last choice first.
        pattern: the outlets that clicked, bit k for outlet k.
    """

    slot: NDArray[np.int64]
    setting: NDArray[np.int32]
    pattern: NDArray[np.int32]


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
        drawn = []
        for first, length, law in self._stretches(slots, piece, walk):
            drawn.append(self._piece(first, length, first + length >= slots, rng, carried, law))
        clicks = drawn[0][0]
        if len(drawn) > 1:
            clicks = Clicks(
                *(np.concatenate(columns) for columns in zip(*(each for each, _ in drawn), strict=True))
            )
        if self._memoryless:
            return clicks
        strays = np.concatenate([each for _, each in drawn], axis=1)
        return self._with_strays(clicks, strays[:, strays[0] < slots], rng)

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
        first: int,
        slots: int,
        last: bool,
        rng: np.random.Generator,
        carried: list[Carried],
        law: SlotLaw,
    ) -> tuple[Clicks, NDArray[np.int64]]:
        """Some slots from a first one on; and clicks beside those of light there, as slots and outlets."""
        slot, setting, pattern = law.draw(slots, rng)
        strays = [np.empty((2, 0), dtype=np.int64)]
        if not self._memoryless:
            lit = [
                [np.flatnonzero(pattern & 1 << place) for place in channel.places]
                for channel in self.channels
            ]
            for channel, rows, own in zip(self.channels, lit, carried, strict=True):
                made = channel.make(slot, rows, slots, rng, own, last)
                for place, lost in zip(channel.places, made.lost, strict=True):
                    pattern[lost] &= ~(1 << place)
                strays.append(np.stack([made.slot, made.outlet]))
        return Clicks(slot + first, setting, pattern), np.concatenate(strays, axis=1)

    def sent(self, slots: int, clicks: Clicks, rng: np.random.Generator) -> NDArray[np.int64]:
        """How many slots of a block had each setting, shape (s,); angles that wander change nothing of it."""
        seen = np.bincount(clicks.setting, minlength=len(self.settings))
        return seen + rng.multinomial(slots - len(clicks.slot), self.law.settings_of_empty)

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

    def _pattern_law(self, circuit: Circuit, dark: NDArray[np.float64]) -> NDArray[np.float64]:
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
        light = joined([emission.light for emission in emissions], turns)
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

    def _with_strays(self, clicks: Clicks, strays: NDArray[np.int64], rng: np.random.Generator) -> Clicks:
        """Add clicks that may lie in slots of their own, in which no light clicked; drop what is empty."""
        slot, setting, pattern = clicks
        where, outlet = strays
        new = np.unique(where)
        fresh = np.append(slot, -1)[np.searchsorted(slot, new)] != new
        new = new[fresh]
        added = self.law.draw_settings(len(new), rng)
        known = ~np.isin(where, new)
        np.bitwise_or.at(pattern, np.searchsorted(slot, where[known]), _bit(outlet[known]))
        shown = np.zeros(len(new), dtype=np.int32)
        np.bitwise_or.at(shown, np.searchsorted(new, where[~known]), _bit(outlet[~known]))
        left = np.flatnonzero(pattern)
        slot = slot[left]
        place = np.searchsorted(slot, new)
        # One place for each, and what was there in the others.
        mine = np.zeros(len(slot) + len(new), dtype=np.bool_)
        mine[place + np.arange(len(new))] = True
        others, joined = ~mine, []
        for old, extra in ((slot, new), (setting[left], added), (pattern[left], shown)):
            column = np.empty(len(mine), dtype=old.dtype)
            column[mine], column[others] = extra, old
            joined.append(column)
        return Clicks(*joined)


def _bit(outlet: NDArray[np.int64]) -> NDArray[np.int32]:
    return np.int32(1) << outlet.astype(np.int32)


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
