"""The hand-shake without negotiation, by which the two ends of a link agree on attempts.

Under `ContinuousHandshake` the ends agree beforehand on when light is to meet at the station, so nothing is
negotiated: an attempt lasts from one meeting of light to the next, as long as the slower end needs to hear
the result and send again. This is the timing of textbook formulas and, with `overhead`, of QuISP. It assumes
clocks that are synchronised at no cost. The other hand-shake is in
`protocols.generation.negotiated_handshake`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from protocols.generation.continuous import ContinuousSession
from protocols.generation.crowded import CrowdedSession, crowded
from protocols.generation.pace import Bursts, Pace, SteadyPace
from protocols.generation.timing import Timing, aligned, herald_interval
from qsim import registry
from qsim.errors import ParameterError
from qsim.parameters import Declared, Param
from qsim.registry import register
from qsim.units import PS_PER_S, to_ps, to_s

if TYPE_CHECKING:
    from hardware.link import Link
    from hardware.node import QuantumNode
    from protocols.generation.session import GenerationSession
    from qsim.analytic.renewal import HeraldInterval
    from qsim.model.check_context import CheckContext


@register("handshake", "continuous")
@dataclass(frozen=True)
class ContinuousHandshake(Declared):
    """Attempts follow each other without negotiation."""

    overhead: Annotated[
        float, Param("time spent on each attempt beside the travel of light and messages", unit="s", ge=0)
    ] = 0.0
    attempt_period: Annotated[
        float | None,
        Param(
            "time from one attempt to the next, as laboratories state it; left out, the shortest that light, "
            "news and memories allow. Shorter than the news takes needs memories with as many modes as "
            "attempts are then under way",
            unit="s",
            gt=0,
        ),
    ] = None
    burst: Annotated[
        int | None,
        Param("attempts after which the link pauses, to recool its memories, say; left out, never", ge=1),
    ] = None
    pause: Annotated[float, Param("time for which it pauses after a burst", unit="s", ge=0)] = 0.0

    #: Attempts follow a clock, which a source in the middle needs.
    clocked: ClassVar[bool] = True

    def session(self, link: Link, detail: str) -> type[GenerationSession[Any]]:
        timing = self.timing(link, link.first)
        if detail == "attempt":
            pace = self.pace(timing)
            streams = pace.again < self.shortest(timing)
            full = isinstance(pace, SteadyPace) and crowded(link, pace.again, streams)
            return CrowdedSession if full else ContinuousSession
        from protocols.generation.photon import PhotonContinuousSession
        from protocols.generation.photon_clocked import PhotonClockedSession
        from protocols.generation.photon_stream import PhotonLatchingSession, PhotonStreamSession

        if timing.latches:
            return PhotonLatchingSession
        if self.pace(timing).again < self.shortest(timing):
            return PhotonStreamSession
        return PhotonClockedSession if timing.clock else PhotonContinuousSession

    def timing(self, link: Link, upstream: QuantumNode) -> Timing:
        """The clockwork of a link; memories keep the stated time between attempts after a success too."""
        return self.stated(Timing.of(link, upstream))

    def stated(self, timing: Timing) -> Timing:
        """A clockwork with the stated time between attempts."""
        if self.attempt_period is None:
            return timing
        least = to_ps(self.attempt_period)
        return replace(
            timing, period_up=max(timing.period_up, least), period_down=max(timing.period_down, least)
        )

    def shortest(self, timing: Timing) -> int:
        """Least time from one attempt to the next of memories that hold one attempt at a time, ps.

        Zero-length links with instantaneous messages would take no time at all; 1 ps is the least.
        """
        shortest = max(timing.turn + self.overhead_ps(), timing.period_up, timing.period_down, 1)
        return aligned(shortest, timing.clock)

    def period(self, timing: Timing) -> int:
        """Time from one attempt to the next at the station, picoseconds.

        Raises:
            ParameterError: the stated one is shorter than the memories allow.
        """
        shortest = self.shortest(timing)
        if self.attempt_period is None:
            return shortest
        stated = aligned(to_ps(self.attempt_period), timing.clock)
        under_way = -(-shortest // max(stated, 1))
        if under_way > (timing.modes if timing.rounds == 1 else 1):
            raise ParameterError(
                f"`ContinuousHandshake.attempt_period` must be at least {to_s(shortest):g} s, what light and "
                f"news take, got {self.attempt_period:g} s: {under_way} attempts would be under way at once "
                f"and two memories have room for {timing.modes} in attempts of one round, one in longer ones"
            )
        return stated

    def pace(self, timing: Timing) -> Pace:
        """When light meets."""
        if timing.latches:
            period = self.shortest(timing)
            return SteadyPace(timing.clock, period - timing.clock, 0, timing.clock)
        period = self.period(timing)
        if self.burst is not None and self.pause:
            cycle = self.burst * period + to_ps(self.pause)
            return Bursts(period, self.burst, aligned(cycle, timing.clock))
        second = (timing.rounds - 1) * period
        return SteadyPace(period, second, second, timing.clock)

    def spacing(self, link: Link) -> int:
        return self.pace(self.timing(link, link.first)).again

    def between_rounds(self, link: Link) -> int:
        return self.spacing(link)

    def expected_wait_s(self, link: Link) -> float:
        """Mean time from both memories being free to the later herald: attempts that fail, times theirs."""
        timing = self.timing(link, link.first)
        profile = link.profile
        if profile.success <= 0:
            return inf
        lead = self.overhead_ps() + timing.lead + timing.herald
        pace = self.pace(timing)
        if isinstance(pace, Bursts):
            # Freed by a success of this link, after any attempt of a burst alike.
            gap = max(lead, timing.period_up, timing.period_down)
            return (pace.mean_restart(gap) + (1 / profile.success - 1) * pace.mean) / PS_PER_S
        if timing.latches:
            failing = (1 - profile.success) * pace.again
            longer = (profile.first_round_success - profile.success) * (self.shortest(timing) - pace.again)
            return to_s(lead) + (failing + longer) / profile.success / PS_PER_S
        rounds = (1 + (timing.rounds - 1) * profile.first_round_success) / profile.success
        return to_s(lead) + (rounds - 1) * to_s(pace.again)

    def interval(self, link: Link, upstream: QuantumNode) -> HeraldInterval | None:
        """See `hardware.link.Handshake`; attempts in bursts have no simple law."""
        timing = self.timing(link, upstream)
        pace = self.pace(timing)
        if not isinstance(pace, SteadyPace):
            return None
        # Both ends start anew together, once the later one has heard: a station off the middle costs time.
        again = max(timing.herald + self.overhead_ps() + timing.lead, timing.period_up, timing.period_down, 1)
        return herald_interval(link, aligned(again, timing.clock) + pace.final, pace.again, pace.second)

    def overhead_ps(self) -> int:
        """The overhead in picoseconds."""
        return to_ps(self.overhead)

    def check(self, context: CheckContext) -> Iterator[tuple[str, str]]:
        """Note bursts without a pause or of two rounds."""
        if (self.burst is None) != (self.pause == 0):
            yield "burst" if self.burst is None else "pause", "`burst` and `pause` go together: give both"
        for link in context.links:
            model = link.link_model
            if self.burst is not None and model.handshake is self and (model.rounds > 1 or model.latches):
                name = registry.name_of(type(model))
                yield "burst", f"counts attempts of one round and one tick, and those of '{name}' are longer"
                return
