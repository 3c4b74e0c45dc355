"""Attempts in a train: the next one begins as soon as the last one's result is known.

The ends agree beforehand on when light is to meet at the station, so nothing is negotiated: an attempt lasts
from one meeting of light to the next, as long as the slower end needs to hear the result and send again. This
is the timing of textbook formulas and, with `overhead`, of QuISP. It assumes clocks that are synchronised at
no cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from protocols.generation.session import Attempts, PairingSession
from protocols.generation.timing import Timing, herald_interval
from qsim.parameters import Declared, Param
from qsim.registry import register
from qsim.units import to_ps, to_s

if TYPE_CHECKING:
    from hardware.link import Link
    from hardware.memory import Memory
    from hardware.node import QuantumNode
    from protocols.generation.session import GenerationSession
    from qsim.analytic.renewal import HeraldInterval


@register("handshake", "continuous")
@dataclass(frozen=True)
class ContinuousHandshake(Declared):
    """Attempts follow each other without negotiation."""

    overhead: Annotated[
        float, Param("time spent on each attempt beside the travel of light and news", unit="s", ge=0)
    ] = 0.0

    #: Attempts come in trains, which a clocked source needs.
    trains: ClassVar[bool] = True

    def session(self, detail: str, from_midpoint: bool) -> type[GenerationSession[Any]]:
        """The class of session for a level of detail and a direction of the light."""
        if detail == "attempt":
            return ContinuousSession
        if from_midpoint:
            from protocols.generation.photon_source import PhotonSourceSession

            return PhotonSourceSession
        from protocols.generation.photon import PhotonContinuousSession

        return PhotonContinuousSession

    def period(self, timing: Timing) -> int:
        """Time from one attempt to the next at the station, picoseconds.

        Zero-length links with instantaneous messages would take no time at all; 1 ps is the least.
        """
        round_trip = max(timing.news_up + timing.flight_up, timing.news_down + timing.flight_down)
        shortest = max(round_trip + self.overhead_ps(), timing.period_up, timing.period_down, 1)
        return aligned(shortest, timing.clock)

    def spacing(self, link: Link) -> int:
        """Least time between two meetings of light of the same memories, ps."""
        return self.period(Timing.of(link, link.first, link.second))

    def expected_wait_s(self, link: Link) -> float:
        """Mean time from both memories being free to the later end's news: rounds tried, times the period."""
        timing = Timing.of(link, link.first, link.second)
        profile = link.profile
        if profile.success <= 0:
            return inf
        rounds = (1 + (timing.rounds - 1) * profile.goes_on) / profile.success
        lead = self.overhead_ps() + timing.flight + timing.news
        return to_s(lead) + (rounds - 1) * to_s(self.period(timing))

    def interval(self, link: Link, upstream: QuantumNode) -> HeraldInterval:
        """The law of the time from one herald to the next of two memories that are put to work at once."""
        timing = Timing.of(link, upstream, link.other(upstream))
        period = self.period(timing)
        # Both ends start anew together, once the later one has heard: a station off the middle costs time.
        again = max(timing.news + self.overhead_ps() + timing.flight, timing.period_up, timing.period_down, 1)
        later = (timing.rounds - 1) * period
        return herald_interval(link, aligned(again, timing.clock), period, later)

    def overhead_ps(self) -> int:
        """The overhead in picoseconds."""
        return to_ps(self.overhead)


def first_arrival(timing: Timing, up: Memory, down: Memory, ready: int) -> int:
    """When light can first meet at the station if both ends may excite their memories from `ready` on."""
    up_at = (up.ready_at if up.ready_at > ready else ready) + timing.flight_up
    down_at = (down.ready_at if down.ready_at > ready else ready) + timing.flight_down
    return aligned(up_at if up_at > down_at else down_at, timing.clock)


def aligned(time: int, clock: int) -> int:
    """The first tick of a clock at or after a time; the time itself when there is no clock."""
    return -(-time // clock) * clock if clock else time


class Train(Attempts):
    """Attempts with a fixed period.

    Attributes:
        first_arrival: when light first meets at the station, ps.
        rounds: detection rounds until success, the last one included.
    """

    __slots__ = ("first_arrival", "rounds")

    def __init__(self, up: Memory, down: Memory, began: int, first_arrival: int) -> None:
        super().__init__(up, down, began)
        self.first_arrival = first_arrival
        self.rounds = 0


class ContinuousSession(PairingSession[Train]):
    """Trains of attempts, drawn in bulk: one event for each heralded pair."""

    def _prepare(self) -> None:
        super()._prepare()
        handshake: ContinuousHandshake = self.link.model.handshake
        self._period = handshake.period(self.timing)
        self._overhead = handshake.overhead_ps()
        self._possible = self.link.profile.success > 0

    @property
    def working(self) -> bool:
        return self._possible and bool(self._attempts)

    def _begin(self, up: Memory, down: Memory) -> None:
        now = self.sim.now
        train = Train(up, down, now, first_arrival(self.timing, up, down, now + self._overhead))
        self._attempts[up] = self._attempts[down] = train
        if not self._possible:
            return
        failures, long_ones = self.link.draw_failures()
        train.tries = failures + 1
        period = self._period
        if self.timing.rounds == 1:
            train.rounds = train.tries
            train.arrival = train.first_arrival + failures * period
            train.emitted = train.arrival - self.timing.flight
        else:
            train.rounds = train.tries + long_ones + 1
            train.arrival = train.first_arrival + (train.rounds - 1) * period
            train.emitted = train.arrival - period - self.timing.flight
        self._await_news(train)

    def _abandon(self, train: Train) -> None:
        if train.handle is not None:
            train.handle.cancel()
        self.link.attempts += self._made(train)

    def attempts_under_way(self) -> int:
        trains = dict.fromkeys(self._attempts.values())
        return sum(self._made(train) for train in trains if train.pair is None)

    def _made(self, train: Train) -> int:
        """How many attempts a train that has not succeeded has begun."""
        elapsed = self.sim.now - train.first_arrival
        if elapsed < 0:
            return 0
        rounds = 1 + elapsed // self._period
        # Which of its rounds were second ones is not drawn: share the rounds begun among its attempts.
        return max(1, round(rounds * train.tries / train.rounds)) if self._possible else rounds
