"""Attempts at photon detail that do not wait for the news of those before them.

Two memories make an attempt at every beat. Those that are under way when one is decided that ends the stream
mean nothing any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from protocols.generation.photon import ClickReport, PhotonAttempt, PhotonPairingSession
from protocols.generation.photon_clocked import AbsorptionReport
from protocols.generation.timing import first_arrival

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.memory import Memory


class Stream:
    """Two memories that make an attempt at every beat.

    Attributes:
        up, down: the memories.
        began: when both were free, ps.
        over: whether a beat has ended it, or a memory has left.
        beats: the attempts under way, in order.
    """

    __slots__ = ("beats", "began", "down", "over", "up")

    def __init__(self, up: Memory, down: Memory, began: int) -> None:
        self.up = up
        self.down = down
        self.began = began
        self.over = False
        self.beats: list[StreamedAttempt] = []


class StreamedAttempt(PhotonAttempt):
    """One beat of a stream.

    Attributes:
        stream: what it belongs to.
        caught: whether a place has seen its part of it go well.
    """

    __slots__ = ("caught", "stream")

    def __init__(self, session: PhotonStreamSession, stream: Stream) -> None:
        super().__init__(session, stream.up, stream.down, stream.began)
        self.stream = stream
        self.caught = False

    def seen(self, place: Node, passed: bool) -> None:
        self.caught = self.caught or passed
        super().seen(place, passed)


class PhotonStreamSession(PhotonPairingSession):
    """Memories with modes: each beat uses another one, and the first that succeeds ends the stream."""

    def _begin(self, up: Memory, down: Memory) -> None:
        self._start(Stream(up, down, self.sim.now), self.sim.now)

    def _start(self, stream: Stream, earliest: int) -> None:
        first = first_arrival(self.timing, stream.up, stream.down, self.sim.now + self._overhead)
        self._beat(stream, self._pace.ready(max(first, earliest)))

    def _beat(self, stream: Stream, earliest: int) -> None:
        """Open an attempt, and plan to open the next one when its light has to leave."""
        if stream.over:
            return
        attempt = StreamedAttempt(self, stream)
        attempt.open_round(earliest)
        if not stream.beats:
            self._attempts[stream.up] = self._attempts[stream.down] = attempt
        stream.beats.append(attempt)
        attempt.light.send(stream.up)
        attempt.light.send(stream.down)
        following = self._pace.after(attempt.arrival, 1, 0)
        self.sim.post_at(max(self.sim.now, following - self.timing.flight), self._beat, stream, following)

    def decide(self, attempt: PhotonAttempt, passed: bool) -> None:
        assert isinstance(attempt, StreamedAttempt)
        stream = attempt.stream
        if self._ends(attempt, passed):
            self._stop(stream)
            self._drop_later(attempt)
            attempt.over = False
            self._attempts[attempt.up] = self._attempts[attempt.down] = attempt
        else:
            # The ends need not hear of it.
            stream.beats.remove(attempt)
            attempt.over = True
        super().decide(attempt, passed)

    def _ends(self, attempt: StreamedAttempt, passed: bool) -> bool:
        """Whether an attempt, as decided, ends the stream."""
        return passed

    def _stop(self, stream: Stream) -> None:
        stream.over = True
        for beat in stream.beats:
            beat.over = True

    def _drop_later(self, attempt: StreamedAttempt) -> None:
        """The beats after the one that ends the stream are noted as the ends make them, not as planned."""
        for beat in attempt.stream.beats:
            if beat.arrival > attempt.arrival:
                for burst in beat.bursts:
                    burst.number = 0
        self.log_until_news(attempt, self._pace.again)

    def _abandon(self, attempts: PhotonAttempt) -> None:
        assert isinstance(attempts, StreamedAttempt)
        self._stop(attempts.stream)
        for beat in attempts.stream.beats:
            self._cut(beat)


class PhotonLatchingSession(PhotonStreamSession):
    """Memories that latch: the first tick at which either of them absorbs ends the stream."""

    report: ClassVar[type[ClickReport]] = AbsorptionReport

    def _ends(self, attempt: StreamedAttempt, passed: bool) -> bool:
        return attempt.caught

    def log_until_news(self, attempts: PhotonAttempt, again: int) -> None:
        """A memory that has latched takes part in no more ticks."""

    def _failed(self, attempt: PhotonAttempt, memory: Memory) -> None:
        """One end knows that only one of them has absorbed; both listen again when both know."""
        attempt.failed_ends += 1
        if attempt.failed_ends == 2:
            stream = Stream(attempt.up, attempt.down, attempt.began)
            self._start(stream, attempt.arrival + self._shortest)
