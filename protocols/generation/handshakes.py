"""Hand-shakes: how the two ends of a link agree on attempts.

Under `ContinuousHandshake` the ends agree beforehand on when light is to meet at the station, so nothing is
negotiated: an attempt lasts from one meeting of light to the next, as long as the slower end needs to hear
the result and send again. This is the timing of textbook formulas and, with `overhead`, of QuISP. It assumes
clocks that are synchronised at no cost. Under `NegotiatedHandshake` every attempt is asked for and every
round negotiated, as in the SeQUeNCe simulator of 2020; see `protocols.generation.negotiated`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from protocols.generation.continuous import ContinuousSession
from protocols.generation.negotiated import NegotiatedSession, Schedule
from protocols.generation.photon import PhotonContinuousSession
from protocols.generation.photon_clocked import PhotonClockedSession
from protocols.generation.photon_negotiated import PhotonNegotiatedSession
from protocols.generation.timing import Timing, aligned, herald_interval
from qsim.parameters import Declared, Param
from qsim.registry import register
from qsim.units import PS_PER_S, to_ps, to_s

if TYPE_CHECKING:
    from hardware.link import Link
    from hardware.node import QuantumNode
    from protocols.generation.session import GenerationSession
    from qsim.analytic.renewal import HeraldInterval


@register("handshake", "continuous")
@dataclass(frozen=True)
class ContinuousHandshake(Declared):
    """Attempts follow each other without negotiation."""

    overhead: Annotated[
        float, Param("time spent on each attempt beside the travel of light and messages", unit="s", ge=0)
    ] = 0.0

    #: Attempts follow a clock, which a source in the middle needs.
    clocked: ClassVar[bool] = True

    def session(self, link: Link, detail: str) -> type[GenerationSession[Any]]:
        if detail == "attempt":
            return ContinuousSession
        return PhotonClockedSession if link.model.clock_ps() else PhotonContinuousSession

    def period(self, timing: Timing) -> int:
        """Time from one attempt to the next at the station, picoseconds.

        Zero-length links with instantaneous messages would take no time at all; 1 ps is the least.
        """
        shortest = max(timing.turn + self.overhead_ps(), timing.period_up, timing.period_down, 1)
        return aligned(shortest, timing.clock)

    def spacing(self, link: Link) -> int:
        return self.period(Timing.of(link, link.first))

    def expected_wait_s(self, link: Link) -> float:
        """Mean time from both memories being free to the later herald: rounds tried, times the period."""
        timing = Timing.of(link, link.first)
        profile = link.profile
        if profile.success <= 0:
            return inf
        rounds = (1 + (timing.rounds - 1) * profile.first_round_success) / profile.success
        lead = self.overhead_ps() + timing.lead + timing.herald
        return to_s(lead) + (rounds - 1) * to_s(self.period(timing))

    def interval(self, link: Link, upstream: QuantumNode) -> HeraldInterval:
        timing = Timing.of(link, upstream)
        period = self.period(timing)
        # Both ends start anew together, once the later one has heard: a station off the middle costs time.
        again = max(timing.herald + self.overhead_ps() + timing.lead, timing.period_up, timing.period_down, 1)
        later = (timing.rounds - 1) * period
        return herald_interval(link, aligned(again, timing.clock), period, later)

    def overhead_ps(self) -> int:
        """The overhead in picoseconds."""
        return to_ps(self.overhead)


@register("handshake", "negotiated")
@dataclass(frozen=True)
class NegotiatedHandshake(Declared):
    """Every attempt is asked for, and every round negotiated, by classical messages."""

    overhead: Annotated[
        float, Param("time between the end of an attempt and the request for the next", unit="s", ge=0)
    ] = 0.0

    clocked: ClassVar[bool] = False

    def session(self, link: Link, detail: str) -> type[GenerationSession[Any]]:
        return PhotonNegotiatedSession if detail == "photon" else NegotiatedSession

    def spacing(self, link: Link) -> int:
        schedule = self._schedule(link, link.first)
        return schedule.again if link.model.rounds == 1 else min(schedule.again, schedule.second)

    def expected_wait_s(self, link: Link) -> float:
        """Mean time from both memories being free to the later herald, in the direction of the link."""
        timing = Timing.of(link, link.first)
        schedule = self._schedule(link, link.first)
        profile = link.profile
        if profile.success <= 0:
            return inf
        first = to_ps(self.overhead) + timing.ask + schedule.fixed + schedule.ahead + timing.herald
        tried_again = (1 - profile.success) / profile.success * schedule.again
        second_rounds = (timing.rounds - 1) * profile.first_round_success / profile.success * schedule.second
        return (first + tried_again + second_rounds) / PS_PER_S

    def interval(self, link: Link, upstream: QuantumNode) -> HeraldInterval:
        schedule = self._schedule(link, upstream)
        later = (link.model.rounds - 1) * schedule.second
        return herald_interval(link, schedule.again, schedule.again, later)

    def _schedule(self, link: Link, upstream: QuantumNode) -> Schedule:
        proposes_down = link.other(upstream).name > upstream.name
        return Schedule.of(Timing.of(link, upstream), proposes_down, to_ps(self.overhead))
