"""An assembly that is run slot by slot: what differs from slot to slot, and what its detectors say.

A bench compiles its assembly for each setting, which gives the law of one slot, and draws blocks of slots
from it at the cost of clicks. The detectors' memory of earlier clicks comes in afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import pi, prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hardware.optics.click_times import plain
from hardware.optics.detector_channel import DetectorChannel
from hardware.optics.optical_circuit import Circuit, Outlet
from hardware.optics.slot_law import SlotLaw
from qsim.errors import ParameterError
from qsim.quantum.light import joined

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hardware.detector import DetectorModel
    from hardware.optics.optical_assembly import AssemblyModel

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
        with_dark = [self._dark(outlet) if self._memoryless else 0.0 for outlet in self.outlets]
        return SlotLaw(self.chances, self._patterns(np.array(with_dark)))

    @cached_property
    def exact(self) -> SlotLaw:
        """Law of a slot before which nothing has clicked for long; jitter apart."""
        return SlotLaw(self.chances, self._patterns(np.array([self._dark(each) for each in self.outlets])))

    def run(self, slots: int, rng: np.random.Generator) -> Clicks:
        """A block of slots, before which nothing has clicked for long.

        Long blocks are drawn in pieces of some 260,000 clicks, so that they take no more room than their
        clicks; detectors forget at the end of a piece, which one click in as many feels.

        Args:
            slots: how many.
            rng: source of all randomness of the block.
        """
        piece = max(1, int(min(float(slots), _PIECE / max(self.law.clicked, 1e-300))))
        parts = [self._piece(min(piece, slots - first), rng, first) for first in range(0, slots, piece)]
        if len(parts) == 1:
            return parts[0]
        slot, cell = (np.concatenate([part[k] for part in parts] or [_NONE]) for k in (0, 1))
        return Clicks(slot, cell, len(self.outlets))

    def _piece(self, slots: int, rng: np.random.Generator, first: int) -> Clicks:
        """Some slots, told from the number of the first."""
        slot, cell = self.law.draw(slots, rng)
        if not self._memoryless:
            slot, cell = self._remembered(slot, cell, slots, rng)
        if first:
            slot += first
        return Clicks(slot, cell, len(self.outlets))

    def _remembered(
        self, slot: NDArray[np.int64], cell: NDArray[np.int64], slots: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """What detectors make of clicks of light that remember their own."""
        dark = [channel.dark(slots, rng) for channel in self.channels]
        rows = self._crowded(slot, cell, np.concatenate(dark))
        mine, seen = slot[rows], cell[rows]
        strays = []
        for channel, without_light in zip(self.channels, dark, strict=True):
            lit = [np.flatnonzero(seen & 1 << place) for place in channel.places]
            made = channel.make(mine, lit, without_light, slots, rng)
            for place, lost in zip(channel.places, made.lost, strict=True):
                seen[lost] &= ~(1 << place)
            strays.append(np.stack([made.slot, made.outlet]))
        cell[rows] = seen
        return self._with_strays(slot, cell, rows, np.concatenate(strays, axis=1), rng)

    def _crowded(
        self, slot: NDArray[np.int64], cell: NDArray[np.int64], dark: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Rows near to others or to dark counts: no detector loses what comes to it in the other rows."""
        if not all(channel.forgets for channel in self.channels):
            return np.arange(len(slot))
        reach = max(channel.reach for channel in self.channels)
        crowded = np.zeros(len(slot), dtype=np.bool_)
        close = slot[1:] - slot[:-1] <= reach
        crowded[1:] = close
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
        """How many slots of a block had each setting, shape (s,)."""
        size = len(self.settings) << clicks.outlets
        seen: NDArray[np.int64] = np.bincount(clicks.cell, minlength=size)
        by_setting: NDArray[np.int64] = seen.reshape(len(self.settings), -1).sum(axis=1)
        empty: NDArray[np.int64] = rng.multinomial(slots - len(clicks.slot), self.law.settings_of_empty)
        return by_setting + empty

    @cached_property
    def _memoryless(self) -> bool:
        return all(plain(model) for model in self.detectors.values())

    def _dark(self, outlet: Outlet) -> float:
        return self.detectors[outlet.detector].click_probability(0)

    def _moments(self, name: str) -> list[int]:
        return [outlet.time_ps for outlet in self.outlets if outlet.detector == name]

    def _patterns(self, dark: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.stack([self._pattern_law(circuit, dark) for circuit in self._circuits])

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

    def _with_strays(
        self,
        slot: NDArray[np.int64],
        cell: NDArray[np.int64],
        rows: NDArray[np.int64],
        strays: NDArray[np.int64],
        rng: np.random.Generator,
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Add clicks that may lie in slots of their own, in which no light clicked; drop rows left empty."""
        where, bit = strays[0], 1 << strays[1]
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
