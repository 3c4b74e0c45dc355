"""The hand-shake by which every attempt is asked for and every round negotiated.

It is that of the SeQUeNCe simulator of 2020; see `protocols.generation.negotiated`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from protocols.generation.negotiated import NegotiatedSession, Schedule
from protocols.generation.timing import Timing, herald_interval
from qsim.parameters import Declared, Param
from qsim.registry import register
from qsim.units import PS_PER_S, to_ps

if TYPE_CHECKING:
    from hardware.link import Link
    from hardware.node import QuantumNode
    from protocols.generation.session import GenerationSession
    from qsim.analytic.renewal import HeraldInterval


@register("handshake", "negotiated")
@dataclass(frozen=True)
class NegotiatedHandshake(Declared):
    """Every attempt is asked for, and every round negotiated, by classical messages."""

    overhead: Annotated[
        float, Param("time between the end of an attempt and the request for the next", unit="s", ge=0)
    ] = 0.0

    clocked: ClassVar[bool] = False
    #: Its attempts outlive the loss of their messages, see `classical.links`.
    datagrams: ClassVar[bool] = True

    def session(self, link: Link, detail: str) -> type[GenerationSession[Any]]:
        if detail == "photon":
            from protocols.generation.photon_datagrams import PhotonDatagramSession
            from protocols.generation.photon_negotiated import PhotonNegotiatedSession

            return PhotonDatagramSession if link.first.signals is not None else PhotonNegotiatedSession
        return NegotiatedSession

    def spacing(self, link: Link) -> int:
        schedule = self._schedule(link, link.first)
        return schedule.again if link.model.rounds == 1 else min(schedule.again, schedule.second)

    def between_rounds(self, link: Link) -> int:
        return self._schedule(link, link.first).second

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
        return herald_interval(link, schedule.again + later, schedule.again, later)

    def _schedule(self, link: Link, upstream: QuantumNode) -> Schedule:
        proposes_down = link.other(upstream).name > upstream.name
        return Schedule.of(Timing.of(link, upstream), proposes_down, to_ps(self.overhead))
