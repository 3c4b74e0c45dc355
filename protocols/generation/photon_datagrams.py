"""Negotiated attempts whose messages are datagrams that may be lost, late or overtaken.

A request for a memory that is not answered in time is made again. An attempt that does not come to its end in
time is off: an end that waits for news puts its memory back to use, and tells the other end by a message that
is sure to arrive, in case that one has heard of a success. An end that hears of light to which it never added
its own, because the time did not reach it or came too late, calls the attempt off at once: the station may
have clicked on the light of the other end alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from protocols.generation.photon_negotiated import PhotonNegotiatedSession
from protocols.generation.session import Void

if TYPE_CHECKING:
    from hardware.memory import Memory
    from protocols.generation.photon import PhotonAttempt


class PhotonDatagramSession(PhotonNegotiatedSession):
    """A negotiated session that outlives the loss of any of its messages."""

    def _prepare(self) -> None:
        super()._prepare()
        signals = self.upstream.signals
        assert signals is not None
        self._patience, late = signals.patience, signals.jitter
        # The end that fixes the time allows for the delay of its message.
        schedule = self._schedule
        self._schedule = replace(schedule, onward=schedule.onward + late, ahead=schedule.ahead + late)
        # The request of each upstream memory that awaits an answer, and the last round to which each memory
        # has sent its light.
        self._requests: dict[Memory, object] = {}
        self._lit: dict[Memory, tuple[PhotonAttempt, int]] = {}

    def _ask(self, memory: Memory) -> None:
        if memory not in self._asking or self.closed:
            return
        super()._ask(memory)
        request = self._requests[memory] = object()
        by = self.timing.ask + self.timing.answer + self._patience
        self.sim.post(by, self._unanswered, memory, request)

    def _unanswered(self, memory: Memory, request: object) -> None:
        if self._requests.get(memory) is request:
            self._ask(memory)

    def asked(self, memory: Memory) -> None:
        before = self._attempts.get(memory)
        super().asked(memory)
        attempt = self._attempts.get(memory)
        if attempt is not None and attempt is not before:
            self._requests.pop(memory, None)
            self._watch(attempt, self.sim.now + self.timing.answer + self.timing.ask)

    def answered(self, memory: Memory, attempt: PhotonAttempt | None) -> None:
        self._requests.pop(memory, None)
        super().answered(memory, attempt)

    def withdraw(self, memory: Memory) -> None:
        self._requests.pop(memory, None)
        self._lit.pop(memory, None)
        super().withdraw(memory)

    def proposed(self, attempt: PhotonAttempt) -> None:
        before = attempt.round
        super().proposed(attempt)
        if attempt.round != before:
            fixer = attempt.up if self._schedule.proposes_down else attempt.down
            self._lit[fixer] = attempt, attempt.round
            # Long enough for the news of this round, and for the next one to be agreed upon.
            self._watch(attempt, attempt.arrival + self._schedule.second + self._later_bins)

    def fixed(self, attempt: PhotonAttempt) -> None:
        timing, down = self.timing, self._schedule.proposes_down
        flight = timing.flight_down if down else timing.flight_up
        # The time of emission may be over.
        if not attempt.over and attempt.arrival - flight >= self.sim.now:
            self._lit[attempt.down if down else attempt.up] = attempt, attempt.round
            super().fixed(attempt)

    def know(self, attempt: PhotonAttempt, memory: Memory, passed: bool) -> None:
        if passed and self._lit.get(memory) != (attempt, attempt.round):
            self._call_off(attempt)
        else:
            super().know(attempt, memory, passed)

    def _watch(self, attempt: PhotonAttempt, by: int) -> None:
        if attempt.handle is not None:
            attempt.handle.cancel()
        attempt.handle = self.sim.schedule_at(by + self._patience, self._call_off, attempt)

    def _call_off(self, attempt: PhotonAttempt) -> None:
        """Put the memories back to use that wait for news of an attempt."""
        waiting = [one for one in (attempt.down, attempt.up) if self._attempts.get(one) is attempt]
        if attempt.over or not waiting:
            return
        attempt.over = True
        self._cut(attempt)
        self._heard.discard(attempt)
        self._early.discard(attempt)
        for memory in waiting:
            del self._attempts[memory]
        for memory in waiting:
            other = attempt.up if memory is attempt.down else attempt.down
            if attempt.pair is not None and other not in waiting:
                memory.node.send(other.node, Void(other, attempt.pair.id))
            if memory.group is not None:
                # A program at the end that heard of the pair works on it already.
                memory.group.discard(memory)
            memory.pair = None
            self._free_since[memory] = self.sim.now
            self._place(memory)
