"""When elements go down and come up: at stated times, or after times that are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qsim.units import PS_PER_S, to_ps

if TYPE_CHECKING:
    from hardware.outages import Element, Outages
    from qsim.model.fault_spec import OutageSpec


class Schedule:
    """The outages of some elements that go down and come up as one.

    When an outage of a schedule ends is known to whoever notices it, as a repair is announced. Mean times are
    those of exponential laws, so that in the long run the elements are up for a share of
    ``mean_up / (mean_up + mean_down)`` of the time; they begin up.

    Args:
        outages: what is down.
        spec: when it is.
        name: of the random stream that drawn times come from.
        elements: what goes down.

    References:
        Barlow and Proschan, Mathematical Theory of Reliability, Wiley (1965), on the alternating renewal
        process.
    """

    def __init__(self, outages: Outages, spec: OutageSpec, name: str, elements: Sequence[Element]) -> None:
        self._outages = outages
        self._sim = sim = outages.sim
        self._elements = elements
        self._means = (spec.mean_up, spec.mean_down)
        if spec.down is not None:
            end = None if spec.up is None else max(to_ps(spec.up), sim.now)
            sim.post_at(max(to_ps(spec.down), sim.now), outages.begin, elements, end)
            if end is not None:
                sim.post_at(end, outages.finish, elements, end)
            return
        self._rng = sim.stream("fault/" + name)
        sim.post(self._draw(0), self._turn, True)

    def _turn(self, down: bool) -> None:
        (self._outages.begin if down else self._outages.finish)(self._elements)
        self._sim.post(self._draw(1 if down else 0), self._turn, not down)

    def _draw(self, which: int) -> int:
        """A time up (0) or down (1), ps; no outage lasts for no time at all."""
        mean = self._means[which]
        assert mean is not None
        return max(1, round(self._rng.expovariate(1 / mean) * PS_PER_S))
