"""What one detector makes of its clicks over a block: dead time, afterpulses and jitter.

As `hardware.detector.Detector` has it, event by event: a detector that has clicked is blind for its dead
time, lost clicks do not prolong that, and each click may be followed by one without light.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from qsim.units import PS_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from hardware.detector import DetectorModel


def plain(model: DetectorModel) -> bool:
    """Whether what a detector says in one window depends on nothing else."""
    return not (model.dead_time_ps() or model.afterpulse_probability or model.jitter)


@dataclass
class Aftermath:
    """What a detector has left of the clicks before some moment.

    Attributes:
        blind: until when it is blind, ps after that moment.
        pending: when trapped carriers will be released, ps after that moment, as a heap.
    """

    blind: float = -inf
    pending: list[int] = field(default_factory=list)

    def later(self, by: int) -> None:
        """Count from a later moment, by ps."""
        self.blind -= by
        self.pending = [time - by for time in self.pending]


def seen(times: NDArray[np.int64], dead_ps: int, blind: float = -inf) -> NDArray[np.bool_]:
    """Which of some clicks, in order of time, a detector of a dead time makes.

    Args:
        times: ps, ascending, shape (n,).
        dead_ps: for how long a click blinds, ps.
        blind: until when it is blind from an earlier click, ps; that click was before all of these.
    """
    if dead_ps and blind > -inf:
        return seen(np.concatenate([[int(blind) - dead_ps], times]), dead_ps)[1:]
    made = np.ones(len(times), dtype=np.bool_)
    if not dead_ps:
        return made
    # Only clicks that follow another one closely need be looked at one by one.
    close = np.flatnonzero(np.diff(times) <= dead_ps) + 1
    made[close] = False
    at = times[close].tolist()
    last, before = -inf, -1
    for place, time, previous in zip(close.tolist(), at, times[close - 1].tolist(), strict=True):
        if place - 1 != before:
            last = previous  # The click before stands alone, and is made.
        if time > last + dead_ps:
            made[place] = True
            last = time
        before = place
    return made


def with_afterpulses(
    times: NDArray[np.int64],
    model: DetectorModel,
    until: int,
    rng: np.random.Generator,
    awake: Callable[[int], bool] | None = None,
    aftermath: Aftermath | None = None,
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """As `seen`, and when the detector clicks without light after clicks of its own.

    Args:
        times: of light and dark counts, ps, ascending.
        model: the detector.
        until: end of the block, ps.
        rng: source of randomness.
        awake: whether a gated detector may click at a time.
        aftermath: what is left of earlier clicks; afterwards of all. Left out, there were none.

    Returns:
        Which of the clicks are made, and the times of the afterpulses that are, ascending.
    """
    left = Aftermath() if aftermath is None else aftermath
    dead, chance = model.dead_time_ps(), model.afterpulse_probability
    if not chance:
        made = seen(times, dead, left.blind)
        if dead and made.any():
            left.blind = int(times[made][-1]) + dead
        return made, np.empty(0, dtype=np.int64)
    made = np.zeros(len(times), dtype=np.bool_)
    lifetime, pending = model.afterpulse_lifetime * PS_PER_S, left.pending
    after: list[int] = []

    def click(time: int) -> None:
        left.blind = time + dead if dead else -inf
        if rng.random() < chance:
            heapq.heappush(pending, time + round(rng.exponential(lifetime)))

    def release(limit: int) -> None:
        while pending and pending[0] < limit:
            time = heapq.heappop(pending)
            if time > left.blind and (awake is None or awake(time)):
                after.append(time)
                click(time)

    for place, time in enumerate(times.tolist()):
        release(time)
        if time > left.blind:
            made[place] = True
            click(time)
    release(until)
    return made, np.array(after, dtype=np.int64)


def dark_counts(model: DetectorModel, span_ps: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Times of clicks without light over a span, ps, ascending."""
    number = rng.poisson(model.dark_count_rate * span_ps / PS_PER_S)
    return np.sort(rng.integers(0, span_ps, size=number)) if number else np.empty(0, dtype=np.int64)
