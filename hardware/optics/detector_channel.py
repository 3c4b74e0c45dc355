"""One detector over a block of slots: which clicks of light it makes, and which others besides."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hardware.optics.click_times import dark_counts, with_afterpulses
from qsim.units import PS_PER_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hardware.detector import DetectorModel


class Made(NamedTuple):
    """What a detector makes of a block.

    Attributes:
        lost: of each of its outlets, in order, the rows whose click it does not make or not there.
        slot, outlet: clicks that it makes and that are in no row, shape (n,) each.
    """

    lost: list[NDArray[np.int64]]
    slot: NDArray[np.int64]
    outlet: NDArray[np.int64]


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

    def dark(self, slots: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """When it would click without light over a block of slots, ps, ascending."""
        dark = dark_counts(self.model, slots * self.period_ps, rng)
        return dark[self.windowed(dark)[0] >= 0] if self.model.gated else dark

    def make(
        self,
        slot: NDArray[np.int64],
        rows: list[NDArray[np.int64]],
        dark: NDArray[np.int64],
        slots: int,
        rng: np.random.Generator,
    ) -> Made:
        """What becomes of the clicks of light.

        Args:
            slot: of all rows.
            rows: those in which light makes it click, for each of its outlets.
            dark: when it would click without light.
            slots: length of the block.
            rng: source of randomness.
        """
        time = [slot[row] * self.period_ps + off for row, off in zip(rows, self.offsets, strict=True)]
        joint = np.concatenate([*time, dark])
        order = np.argsort(joint, kind="stable")
        awake = self._awake if self.model.gated else None
        made, after = with_afterpulses(joint[order], self.model, slots * self.period_ps, rng, awake)
        lost = order[np.flatnonzero(~made)]
        bounds = np.cumsum([0, *(len(row) for row in rows)])
        spare = np.delete(dark, lost[lost >= bounds[-1]] - bounds[-1])
        gone = [
            row[lost[(lost >= a) & (lost < b)] - a]
            for row, (a, b) in zip(rows, pairwise(bounds), strict=True)
        ]
        loose = [spare, after]
        if self.model.jitter:
            light = np.delete(joint[: bounds[-1]], lost[lost < bounds[-1]])
            loose.append(
                light + np.rint(rng.normal(0.0, self.model.jitter * PS_PER_S, len(light))).astype(int)
            )
            gone = rows
        where, which = self.windowed(np.concatenate(loose))
        inside = (where >= 0) & (where < slots)
        return Made(gone, where[inside], which[inside])

    def windowed(self, times: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The slot and the outlet in whose window each time falls; a slot of -1 for none."""
        slot, outlet = np.full(len(times), -1), np.zeros(len(times), dtype=np.int64)
        for place, offset in zip(self.places, self.offsets, strict=True):
            since = times - offset - self.model.opens_ps()
            inside = (since >= 0) & (since % self.period_ps < self.model.window_ps())
            slot[inside] = since[inside] // self.period_ps
            outlet[inside] = place
        return slot, outlet

    def _awake(self, time: int) -> bool:
        opens, width = self.model.opens_ps(), self.model.window_ps()
        return any((time - offset - opens) % self.period_ps < width for offset in self.offsets)
