"""One detector over a block of slots: which clicks of light it makes, and which others besides.

A block may come in pieces; what a piece leaves to the next is kept in a `Carried`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hardware.optics.click_times import Aftermath, dark_counts, with_afterpulses
from qsim.units import PS_PER_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hardware.detector import DetectorModel


class Made(NamedTuple):
    """What a detector makes of a piece.

    Attributes:
        lost: of each of its outlets, in order, the rows whose click it does not make or not there.
        slot, outlet: clicks that it makes and that are in no row, shape (n,) each; slots of the block.
    """

    lost: list[NDArray[np.int64]]
    slot: NDArray[np.int64]
    outlet: NDArray[np.int64]


def _none() -> NDArray[np.int64]:
    return np.empty(0, dtype=np.int64)


@dataclass
class Carried:
    """What a detector takes along from piece to piece of a block.

    Attributes:
        first: the first slot of the next piece.
        aftermath: of its clicks so far, from the beginning of that slot.
        late, place: light of earlier slots that is still to come, ps after that, and its outlets.
    """

    first: int = 0
    aftermath: Aftermath = field(default_factory=Aftermath)
    late: NDArray[np.int64] = field(default_factory=_none)
    place: NDArray[np.int64] = field(default_factory=_none)


@dataclass(frozen=True)
class DetectorChannel:
    """A detector and the moments of a slot at which light may reach it.

    Attributes:
        name: of the detector.
        model: the detector.
        places: its outlets by their numbers.
        first: when light may come first, ps after the beginning of the slot.
        offsets: when light may come, ps after that.
        period_ps: from slot to slot, ps.
    """

    name: str
    model: DetectorModel
    places: tuple[int, ...]
    first: int
    offsets: tuple[int, ...]
    period_ps: int

    @property
    def forgets(self) -> bool:
        """Whether it is what it was at first as soon as its dead time has passed."""
        return not (self.model.afterpulse_probability or self.model.jitter)

    @property
    def reach(self) -> int:
        """Slots further apart than this share no dead time."""
        return (self.model.dead_time_ps() + self.offsets[-1]) // self.period_ps

    def dark(self, slots: int, carried: Carried, rng: np.random.Generator) -> NDArray[np.int64]:
        """When it would click without light in the next piece, ps after its beginning, ascending."""
        dark = dark_counts(self.model, slots * self.period_ps, rng)
        return dark[self._told(dark, carried.first)[1] >= 0] if self.model.gated else dark

    def make(
        self,
        slot: NDArray[np.int64],
        rows: list[NDArray[np.int64]],
        slots: int,
        dark: NDArray[np.int64],
        rng: np.random.Generator,
        carried: Carried,
        last: bool = True,
    ) -> Made:
        """What becomes of the clicks of light.

        Args:
            slot: of all rows, counted from the first slot of the piece.
            rows: those in which light makes it click, for each of its outlets.
            slots: length of the piece.
            dark: when it would click without light, ps after the beginning of the piece, ascending.
            rng: source of randomness.
            carried: from the pieces before; afterwards for the next.
            last: whether no piece follows.
        """
        span = slots * self.period_ps
        light = [slot[row] * self.period_ps + off for row, off in zip(rows, self.offsets, strict=True)]
        held = [np.zeros(len(time), dtype=np.bool_) if last else time >= span for time in light]
        gone = [row[late] for row, late in zip(rows, held, strict=True)]
        rows = [row[~late] for row, late in zip(rows, held, strict=True)]
        late = [time[hold] for time, hold in zip(light, held, strict=True)]
        time = [time[~hold] for time, hold in zip(light, held, strict=True)]
        wait = np.zeros(len(carried.late), dtype=np.bool_) if last else carried.late >= span
        due, place = carried.late[~wait], carried.place[~wait]
        joint = np.concatenate([*time, due, dark])
        order = np.argsort(joint, kind="stable")
        awake = self._awake if self.model.gated else None
        made, after = with_afterpulses(joint[order], self.model, span, rng, awake, carried.aftermath)
        missed = np.zeros(len(joint), dtype=np.bool_)
        missed[order[~made]] = True
        bounds = np.cumsum([0, *(len(row) for row in rows)])
        darkest = bounds[-1] + len(due)
        loose = [joint[darkest:][~missed[darkest:]], after]
        came = ~missed[:darkest]
        if self.model.jitter:
            # Wherever it is told to have come, it is in no row.
            moved = joint[:darkest][came]
            spread = rng.normal(0.0, self.model.jitter * PS_PER_S, len(moved))
            loose.append(moved + np.rint(spread).astype(int))
            gone = [np.concatenate(both) for both in zip(gone, rows, strict=True)]
            came[:] = False
        else:
            lost = [row[missed[a:b]] for row, (a, b) in zip(rows, pairwise(bounds), strict=True)]
            gone = [np.concatenate(both) for both in zip(gone, lost, strict=True)]
        where, which = self._told(np.concatenate(loose), carried.first)
        inside = which >= 0
        due, place = due[came[bounds[-1] :]], place[came[bounds[-1] :]]
        before = (due - np.array(self.offsets)[place]) // self.period_ps
        made_of = Made(
            gone,
            np.concatenate([where[inside], before + carried.first]),
            np.concatenate([which[inside], np.array(self.places)[place]]),
        )
        carried.first += slots
        carried.aftermath.later(span)
        new = np.repeat(np.arange(len(late)), [len(each) for each in late])
        carried.place = np.concatenate([carried.place[wait], new])
        carried.late = np.concatenate([carried.late[wait], *late]) - span
        return made_of

    def windowed(self, times: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The slot and the outlet in whose window each time falls; an outlet of -1 for none."""
        slot, outlet = np.zeros(len(times), dtype=np.int64), np.full(len(times), -1)
        for place, offset in zip(self.places, self.offsets, strict=True):
            since = times - offset - self.model.opens_ps()
            inside = since % self.period_ps < self.model.window_ps()
            slot[inside] = since[inside] // self.period_ps
            outlet[inside] = place
        return slot, outlet

    def _told(self, times: NDArray[np.int64], first: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """As `windowed`, by slots of the block whose beginning the times are not counted from."""
        slot, outlet = self.windowed(times)
        slot += first
        outlet[slot < 0] = -1
        return slot, outlet

    def _awake(self, time: int) -> bool:
        opens, width = self.model.opens_ps(), self.model.window_ps()
        return any((time - offset - opens) % self.period_ps < width for offset in self.offsets)
