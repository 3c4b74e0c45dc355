"""Attempts in a train: the next one begins as soon as the last one's result is known.

The ends agree beforehand on when light is to meet at the station, so nothing is negotiated: an attempt lasts from one
meeting of light to the next, as long as the slower end needs to hear the result and send again. This is the timing of
textbook formulas and, with `overhead`, of QuISP. It assumes clocks that are synchronised at no cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Annotated

from hardware.memory import MemoryState
from protocols.entanglement.session import Attempts, GenerationSession
from protocols.entanglement.timing import Timing
from qsim.parameters import Declared, Param
from qsim.registry import register
from qsim.units import to_ps, to_s

if TYPE_CHECKING:
    from hardware.link import Link
    from hardware.memory import Memory


@register("handshake", "continuous")
@dataclass(frozen=True)
class ContinuousHandshake(Declared):
    """Attempts follow each other without negotiation."""

    overhead: Annotated[
        float, Param("time spent on each attempt beside the travel of light and news", unit="s", ge=0)
    ] = 0.0

    def session(self, detail: str) -> type[GenerationSession]:
        """The class of session for a level of detail."""
        if detail == "photon":
            from protocols.entanglement.photon_continuous import PhotonContinuousSession

            return PhotonContinuousSession
        return ContinuousSession

    def period(self, timing: Timing) -> int:
        """Time from one meeting of light at the station to the next, picoseconds.

        Zero-length links with instantaneous messages would take no time at all; 1 ps is the least.
        """
        round_trip = max(timing.news_up + timing.flight_up, timing.news_down + timing.flight_down)
        return max(round_trip + to_ps(self.overhead), timing.period_up, timing.period_down, 1)

    def expected_wait_s(self, link: Link) -> float:
        """Mean time from both memories being free to the later end's news: rounds tried, times the period."""
        timing = Timing.of(link, link.first, link.second)
        profile = link.profile
        if profile.success <= 0:
            return inf
        rounds = (1 + (timing.rounds - 1) * profile.goes_on) / profile.success
        lead = to_ps(self.overhead) + timing.flight + timing.news
        return to_s(lead) + (rounds - 1) * to_s(self.period(timing))

    def first_arrival(self, timing: Timing, up: Memory, down: Memory, now: int) -> int:
        """When light can first meet at the station if both memories are free now."""
        ready = now + to_ps(self.overhead)
        return max(max(ready, up.ready_at) + timing.flight_up, max(ready, down.ready_at) + timing.flight_down)


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


class ContinuousSession(GenerationSession[Train]):
    """Trains of attempts, drawn in bulk: one event for each heralded pair."""

    def _prepare(self) -> None:
        self._handshake: ContinuousHandshake = self.link.model.handshake
        self._period = self._handshake.period(self.timing)
        self._possible = self.link.profile.success > 0
        self._idle_up: list[Memory] = []
        self._idle_down: list[Memory] = []

    def offer(self, memory: Memory) -> None:
        memory.move(MemoryState.GENERATING)
        self._place(memory)

    def withdraw(self, memory: Memory) -> None:
        train = self._attempts.pop(memory, None)
        if train is None:
            (self._idle_up if memory.node is self.upstream else self._idle_down).remove(memory)
        else:
            self._abandon(train, memory)
        memory.clear()

    def _place(self, memory: Memory) -> None:
        """Pair a memory with the one that has waited longest at the other end, or let it wait."""
        mine, others = self._idle_up, self._idle_down
        if memory.node is not self.upstream:
            mine, others = others, mine
        if others and not self.closed:
            other = others.pop(0)
            up, down = (memory, other) if mine is self._idle_up else (other, memory)
            self._begin(up, down)
        else:
            mine.append(memory)

    def _begin(self, up: Memory, down: Memory) -> None:
        now = self.sim.now
        train = Train(up, down, now, self._handshake.first_arrival(self.timing, up, down, now))
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

    def _abandon(self, train: Train, memory: Memory) -> None:
        """End attempts that one memory leaves."""
        if train.handle is not None:
            train.handle.cancel()
        other = train.down if memory is train.up else train.up
        if self._attempts.pop(other, None) is None:
            return  # the other end holds its half already
        elapsed = self.sim.now - train.first_arrival
        if elapsed >= 0 and self._possible:
            rounds = 1 + elapsed // self._period
            self.link.attempts += max(1, round(rounds * train.tries / train.rounds))
        self._place(other)
