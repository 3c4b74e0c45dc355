"""Attempts that are negotiated one by one, as in the SeQUeNCe simulator of 2020.

For every attempt the upstream node asks the downstream node for a partner memory; a node that has none
refuses, and the upstream node asks again at once, so it polls with the round-trip time of a message. Of the
two paired memories' nodes the one with the lexicographically greater name proposes (NEGOTIATE); the other
fixes the emission one message delay ahead and says so. A passed first round is followed by a negotiation of
the second. With one-way delay d, flight q to the station and heralds from it after d/2, an attempt that fails
in its first round takes 3.5 d + q when the downstream node proposes and 4.5 d + q otherwise; the second round
takes 2.5 d + q.

References:
    Wu et al., SeQUeNCe, arXiv 2009.12000, and the rates of its published metropolitan runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hardware.memory import MemoryState
from protocols.generation.session import Attempts, GenerationSession
from qsim.kernel import Priority
from qsim.units import to_ps

if TYPE_CHECKING:
    import random

    from hardware.memory import Memory
    from protocols.generation.timing import Timing
    from qsim.kernel import Handle


@dataclass(frozen=True, slots=True)
class Schedule:
    """The fixed times of a negotiated attempt, picoseconds.

    Attributes:
        proposes_down: whether the downstream end proposes.
        fixed: from the pairing until the other end fixes the emission.
        onward: from there until the light meets at the station, if both memories are ready.
        ahead: the same for memories that have to be initialised.
        second: from one meeting of light to that of the second round.
        paired: from a failed meeting of light to the pairing of the same two memories for the next attempt.
        again: from a failed meeting of light to the first of the next attempt of the same memories.
    """

    proposes_down: bool
    fixed: int
    onward: int
    ahead: int
    second: int
    paired: int
    again: int

    @classmethod
    def of(cls, timing: Timing, proposes_down: bool, overhead: int) -> Schedule:
        """Work out the schedule of a link."""
        t = timing
        to_proposer = t.ask if proposes_down else t.answer
        from_proposer = t.answer if proposes_down else t.ask
        herald_proposer, herald_other = (
            (t.herald_down, t.herald_up) if proposes_down else (t.herald_up, t.herald_down)
        )
        flight_other = t.flight_up if proposes_down else t.flight_down
        period_proposer, period_other = (
            (t.period_down, t.period_up) if proposes_down else (t.period_up, t.period_down)
        )
        fixed = t.answer if proposes_down else t.answer + t.ask
        onward = to_proposer + t.flight
        # The end that fixes the time allows for the initialisation of both memories.
        ahead = to_proposer + t.lead
        # The excitation period binds when it is longer than the exchange of messages.
        slowest = max(period_other - flight_other + onward, period_proposer)
        second = max(max(herald_proposer + from_proposer, herald_other) + onward, slowest)
        paired = t.herald_up + overhead + t.ask
        round_trip = t.ask + t.answer + overhead
        if paired < t.herald_down:
            paired = (
                t.herald_down
                if round_trip == 0
                else paired - (paired - t.herald_down) // round_trip * round_trip
            )
        again = max(paired + fixed + ahead, slowest)
        return cls(proposes_down, fixed, onward, ahead, second, paired, again)


class Negotiation(Attempts):
    """Attempts of two memories under negotiation.

    Attributes:
        since_up, since_down: when each memory became free, ps.
        first_arrival: when light first meets, ps.
        failures, long_ones: failed attempts to come, and how many of them reach a second round.
        stepwise: whether attempts are followed one by one.
    """

    __slots__ = ("failures", "first_arrival", "long_ones", "since_down", "since_up", "stepwise")

    def __init__(self, up: Asker, down: Waiter, first_arrival: int) -> None:
        super().__init__(up.memory, down.memory, max(up.since, down.since))
        self.since_up = up.since
        self.since_down = down.since
        self.first_arrival = first_arrival
        self.failures = 0
        self.long_ones = 0
        self.stepwise = False


@dataclass(slots=True)
class Waiter:
    """A free downstream memory."""

    memory: Memory
    since: int


@dataclass(slots=True)
class Asker:
    """A free upstream memory whose node asks for a partner again and again.

    Attributes:
        arrives: when its first request reaches the downstream node, ps.
    """

    memory: Memory
    since: int
    arrives: int

    def next_arrival(self, now: int, round_trip: int) -> int:
        """When its next request reaches the downstream node, not before now."""
        late = now - self.arrives
        if late <= 0:
            return self.arrives
        return now if round_trip == 0 else self.arrives - (-late // round_trip) * round_trip


class NegotiatedSession(GenerationSession[Negotiation]):
    """Negotiated attempts, drawn in bulk wherever that is exact.

    As long as every free upstream memory has a partner, a pair of memories keeps to itself and its attempts
    are drawn at once. An upstream memory without a partner polls, and may claim the downstream memory of an
    attempt that has just failed; while there is such a memory, attempts are followed one by one. Both give
    the distribution that real messages give (`PhotonNegotiatedSession`), at one event for each herald or
    attempt.
    """

    def _prepare(self) -> None:
        proposes_down = self.downstream.name > self.upstream.name
        self._overhead = to_ps(self.link.model.handshake.overhead)
        self._schedule = Schedule.of(self.timing, proposes_down, self._overhead)
        self._fresh = self._overhead + self.timing.ask
        self._round_trip = self._fresh + self.timing.answer
        self._waiting: list[Waiter] = []
        self._asking: list[Asker] = []
        self._match_handle: Handle | None = None
        self._check_at = -1
        self._rng: random.Random = self.sim.stream("link/" + self.link.name)

    def offer(self, memory: Memory) -> None:
        memory.move(MemoryState.GENERATING)
        now = self.sim.now
        if memory.node is self.upstream:
            self._ask(Asker(memory, now, now + self._fresh))
        else:
            self._wait(Waiter(memory, now))

    def withdraw(self, memory: Memory) -> None:
        negotiation = self._attempts.pop(memory, None)
        if negotiation is not None:
            self._abandon(negotiation, memory)
        elif memory.node is self.upstream:
            self._asking = [asker for asker in self._asking if asker.memory is not memory]
        else:
            self._waiting = [waiter for waiter in self._waiting if waiter.memory is not memory]
        memory.clear()

    def _wait(self, waiter: Waiter) -> None:
        self._waiting.append(waiter)
        if self._asking:
            self._match()

    def _ask(self, asker: Asker) -> None:
        self._asking.append(asker)
        if self._waiting:
            self._match()
        elif self._check_at < asker.arrives and self._attempts:
            # Refused on arrival unless a memory comes free by then; only after that can it claim one.
            self._check_at = asker.arrives
            self.sim.post_at(asker.arrives, self._follow_closely, priority=Priority.OBSERVE)

    def _match(self) -> None:
        """Pair waiting memories with the requests that reach them first."""
        if self._match_handle is not None:
            self._match_handle.cancel()
            self._match_handle = None
        now = self.sim.now
        while self._waiting and self._asking and not self.closed:
            first = min(self._asking, key=lambda asker: asker.next_arrival(now, self._round_trip))
            arrival = first.next_arrival(now, self._round_trip)
            if arrival - now > self._fresh:
                # A memory freed upstream before then could still ask first.
                self._match_handle = self.sim.schedule_at(arrival - self._fresh, self._match)
                return
            self._asking.remove(first)
            self._begin(first, self._waiting.pop(0), arrival)

    def _begin(self, asker: Asker, waiter: Waiter, pairing: int) -> None:
        schedule, timing = self._schedule, self.timing
        up, down = asker.memory, waiter.memory
        if schedule.proposes_down:
            fixer, proposer, flight = up, down, timing.flight_down
        else:
            fixer, proposer, flight = down, up, timing.flight_up
        first = max(
            pairing + schedule.fixed + schedule.ahead,
            fixer.ready_at + schedule.onward,
            proposer.ready_at + flight,
        )
        negotiation = Negotiation(asker, waiter, first)
        self._attempts[up] = self._attempts[down] = negotiation
        if self.link.profile.success <= 0:
            return
        if self._asking:
            self._step(negotiation)
        else:
            self._draw_until_success(negotiation)

    def _draw_until_success(self, negotiation: Negotiation) -> None:
        """Draw all attempts up to the success."""
        failures, long_ones = self.link.draw_failures()
        schedule = self._schedule
        rounds = self.timing.rounds
        negotiation.failures = failures
        negotiation.long_ones = long_ones if rounds == 2 else 0
        negotiation.tries = failures + 1
        last = negotiation.first_arrival + failures * schedule.again + negotiation.long_ones * schedule.second
        self._schedule_success(negotiation, last)
        if self._logged:
            # Which failures had a second round is not drawn: all rounds are noted at equal distances.
            further = failures + negotiation.long_ones + rounds - 1
            lasting = negotiation.arrival - negotiation.first_arrival
            self.log(negotiation, negotiation.first_arrival, lasting / max(1, further), further + 1)

    def _schedule_success(self, negotiation: Negotiation, last: int) -> None:
        """Schedule the success of an attempt whose light first meets at `last`."""
        negotiation.opened = last
        negotiation.arrival = last + (self.timing.rounds - 1) * self._schedule.second
        self._await_herald(negotiation)

    def _step(self, negotiation: Negotiation) -> None:
        """Draw the outcome of the next attempt alone."""
        profile = self.link.profile
        negotiation.stepwise = True
        draw = self._rng.random()
        long_one = self.timing.rounds == 2 and draw < profile.first_round_success
        self.log(negotiation, negotiation.first_arrival, self._schedule.second, 2 if long_one else 1)
        if draw < profile.success:
            negotiation.tries = 1
            negotiation.failures = 0
            self._schedule_success(negotiation, negotiation.first_arrival)
            return
        self._await_failure(
            negotiation, negotiation.first_arrival + (self._schedule.second if long_one else 0)
        )

    def _await_failure(self, negotiation: Negotiation, failed: int) -> None:
        negotiation.failures = 1
        handle = self.sim.schedule_at(failed + self.timing.herald_down, self._fail, negotiation, failed)
        negotiation.handle = handle

    def _fail(self, negotiation: Negotiation, failed: int) -> None:
        """The downstream end learns of a failure: its memory is anybody's; the upstream end will ask anew."""
        self.link.attempts += 1
        del self._attempts[negotiation.up], self._attempts[negotiation.down]
        self._part(negotiation, failed)

    def _part(self, negotiation: Negotiation, failed: int) -> None:
        timing = self.timing
        arrives = failed + timing.herald_up + self._fresh
        negotiation.up.ready_at = failed - timing.flight_up + timing.period_up
        negotiation.down.ready_at = failed - timing.flight_down + timing.period_down
        self._asking.append(Asker(negotiation.up, negotiation.since_up, arrives))
        self._wait(Waiter(negotiation.down, negotiation.since_down))

    def _follow_closely(self) -> None:
        """Follow attempts one by one from now on if a refused upstream memory is there to claim."""
        now = self.sim.now
        if self.closed or not any(asker.arrives <= now for asker in self._asking):
            return
        for negotiation in list(dict.fromkeys(self._attempts.values())):
            if not negotiation.stepwise and negotiation.failures:
                self._resolve_elapsed(negotiation)

    def _resolve_elapsed(self, negotiation: Negotiation) -> None:
        """Find out how far attempts drawn at once have come, and take them one by one from here."""
        now, schedule = self.sim.now, self._schedule
        arrival, failures, long_ones = negotiation.first_arrival, negotiation.failures, negotiation.long_ones
        done = 0
        while failures:
            long_one = long_ones > 0 and self._rng.random() * failures < long_ones
            failed = arrival + schedule.second if long_one else arrival
            if failed + self.timing.herald_down > now:
                break
            done += 1
            failures -= 1
            long_ones -= long_one
            if failed + schedule.paired > now:
                # Between two attempts: the downstream memory waits for the request that is on its way.
                assert negotiation.handle is not None
                negotiation.handle.cancel()
                self.link.attempts += done
                self._cut(negotiation)
                del self._attempts[negotiation.up], self._attempts[negotiation.down]
                self._part(negotiation, failed)
                return
            arrival = failed + schedule.again
        negotiation.stepwise = True
        negotiation.first_arrival = arrival
        self.link.attempts += done
        negotiation.tries = failures + 1
        if failures:
            assert negotiation.handle is not None
            negotiation.handle.cancel()
            self._cut(negotiation)
            self._await_failure(negotiation, failed)

    def _abandon(self, negotiation: Negotiation, memory: Memory) -> None:
        """End attempts that one memory leaves."""
        if negotiation.handle is not None:
            negotiation.handle.cancel()
        self._cut(negotiation)
        other = negotiation.down if memory is negotiation.up else negotiation.up
        if self._attempts.get(other) is not negotiation:
            return  # the other end holds its half already
        del self._attempts[other]
        self.link.attempts += self._made(negotiation)
        now = self.sim.now
        if other.node is self.upstream:
            self._ask(Asker(other, negotiation.since_up, now + self._fresh))
        else:
            self._wait(Waiter(other, negotiation.since_down))

    def attempts_under_way(self) -> int:
        negotiations = dict.fromkeys(self._attempts.values())
        return sum(self._made(negotiation) for negotiation in negotiations if negotiation.pair is None)

    def _made(self, negotiation: Negotiation) -> int:
        """How many attempts two memories that have not succeeded have begun since they were counted last."""
        elapsed = self.sim.now - negotiation.first_arrival
        if elapsed < 0:
            return 0
        if negotiation.stepwise:
            return 1
        # Which of the failures come first is not drawn: each takes its mean time.
        second_rounds = (self.timing.rounds - 1) * self.link.profile.first_round_success
        begun = 1 + int(elapsed / (self._schedule.again + second_rounds * self._schedule.second))
        return min(begun, negotiation.tries) if negotiation.tries else begun
