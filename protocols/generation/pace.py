"""The pace of attempts that are not negotiated: when light meets, from one attempt to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from protocols.generation.timing import aligned


class Pace(Protocol):
    """When light meets, all in ps.

    Attributes:
        again: from the light of one round to that of the next, at least.
    """

    @property
    def again(self) -> int: ...

    def ready(self, time: int) -> int:
        """The first time at or after another at which light may meet."""
        ...

    def after(self, first: int, failures: int, long_ones: int) -> int:
        """When the first light of an attempt meets.

        Args:
            first: when that of the first attempt does.
            failures: attempts that fail before it.
            long_ones: how many of them are long: of two rounds, or with a latch that closed at one end alone.
        """
        ...

    def begun(self, first: int, now: int, tries: int, long_ones: int) -> int:
        """How many of some attempts have begun by now, about where only the sum of their times is drawn.

        Args:
            first: when the first one's light meets.
            now: not before that.
            tries: how many they are in all; 0 where they never end.
            long_ones: how many of them are long.
        """
        ...


@dataclass(frozen=True, slots=True)
class SteadyPace:
    """Each attempt takes a fixed time, and a long one some more.

    Attributes:
        again: time from one attempt to the next, ps.
        second: what a long one takes beside, ps.
        final: from the light of the first round of the successful attempt to that which decides it, ps.
        clock: between ticks of a source in the middle, ps; 0 for none.
    """

    again: int
    second: int
    final: int
    clock: int

    def ready(self, time: int) -> int:
        return aligned(time, self.clock)

    def after(self, first: int, failures: int, long_ones: int) -> int:
        return first + failures * self.again + long_ones * self.second

    def begun(self, first: int, now: int, tries: int, long_ones: int) -> int:
        if not tries:
            return 1 + (now - first) // self.again
        # Which of the attempts are long is not drawn: share the rounds begun among them.
        rounds = tries + (long_ones * self.second + self.final) / self.again
        return max(1, round((1 + (now - first) // self.again) * tries / rounds))


@dataclass(frozen=True, slots=True)
class Bursts:
    """A number of attempts, a pause, and so on, by a clock of the link that starts with the run.

    Attributes:
        again: time from one attempt to the next within a burst, ps.
        burst: attempts in it.
        cycle: from the first attempt of a burst to that of the next, ps.
    """

    again: int
    burst: int
    cycle: int

    def ready(self, time: int) -> int:
        cycles, rest = divmod(time, self.cycle)
        return self._time(cycles * self.burst + min(-(-rest // self.again), self.burst))

    def after(self, first: int, failures: int, long_ones: int) -> int:
        return self._time(self._number(first) + failures)

    def begun(self, first: int, now: int, tries: int, long_ones: int) -> int:
        return 1 + self._number(now) - self._number(first)

    @property
    def mean(self) -> float:
        """Time that an attempt takes in the mean, ps."""
        return self.cycle / self.burst

    def mean_restart(self, gap: int) -> float:
        """Mean time from an attempt to the first that meets so much later, over a burst, ps."""
        # A burst of very many attempts is sampled.
        numbers = range(0, self.burst, max(1, self.burst // 1000))
        return sum(self.ready(self._time(n) + gap) - self._time(n) for n in numbers) / len(numbers)

    def _time(self, number: int) -> int:
        """When the attempt of a number meets, counted from the beginning of the run."""
        cycles, rest = divmod(number, self.burst)
        return cycles * self.cycle + rest * self.again

    def _number(self, time: int) -> int:
        """The number of the last attempt that meets at or before a time."""
        cycles, rest = divmod(time, self.cycle)
        return cycles * self.burst + min(rest // self.again, self.burst - 1)
