"""Disturbance: attempts to generate entanglement dephase what the node's other memories hold.

Memories that share an optical interface are not alone: each attempt of a communication qubit (reset,
microwave pulse, light) shifts the phase of a stored one at random. The coherence of a half falls as e^(-n/N)
over n attempts made at its node while it is stored, whatever time they take.

References:
    Reiserer et al., Phys. Rev. X 6, 021040 (2016); Kalb et al., Phys. Rev. A 97 (2018), arXiv:1802.05996.
    N is N_1/e of Coopmans et al., Commun. Phys. 4, 164 (2021).
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

#: More bursts than this are looked through for those that concern nobody any more.
_MANY = 64


class Burst:
    """Attempts of one memory at equal distances.

    Attributes:
        memory: the memory that makes them.
        first: when the first is made, ps.
        period: time from one to the next, ps.
        number: how many.
    """

    __slots__ = ("first", "memory", "number", "period")

    def __init__(self, memory: object, first: int, period: float, number: int) -> None:
        self.memory = memory
        self.first = first
        self.period = period
        self.number = number

    def before(self, time: int) -> int:
        """How many have been made before a time in ps."""
        if time <= self.first:
            return 0
        made = self.number if self.period <= 0 else ceil((time - self.first) / self.period)
        return min(made, self.number)

    def end(self, now: int) -> None:
        """Make no more from now on."""
        self.number = self.before(now)

    def over(self, time: int) -> bool:
        """Whether all have been made before a time in ps."""
        return self.before(time) == self.number


class AttemptLog:
    """The attempts made at one node, for those of its memories that they disturb.

    Attempts are drawn in bulk, so they are kept as bursts and counted when somebody asks.

    Args:
        oldest: gives the earliest instant that anybody may still ask about, ps.
    """

    def __init__(self, oldest: Callable[[], int]) -> None:
        self._oldest = oldest
        self._bursts: list[Burst] = []
        self._limit = _MANY

    def add(self, memory: object, first: int, period: float, number: int) -> Burst:
        """Note attempts; see `Burst`."""
        burst = Burst(memory, first, period, number)
        if len(self._bursts) >= self._limit:
            oldest = self._oldest()
            self._bursts = [known for known in self._bursts if not known.over(oldest)]
            self._limit = max(_MANY, 2 * len(self._bursts))
        self._bursts.append(burst)
        return burst

    def between(self, since: int, until: int, beside: object) -> int:
        """How many attempts other memories than one make from one time on and before another, ps."""
        return sum(
            burst.before(until) - burst.before(since) for burst in self._bursts if burst.memory is not beside
        )


class Disturbance:
    """What the attempts at its node do to one memory.

    Args:
        log: the attempts.
        memory: the memory.
        attempts: after how many the coherence has fallen to 1/e.
    """

    __slots__ = ("_attempts", "_log", "_memory")

    def __init__(self, log: AttemptLog, memory: object, attempts: float) -> None:
        self._log = log
        self._memory = memory
        self._attempts = attempts

    def exponent(self, since: int, until: int) -> float:
        """The coherence falls as e^-exponent from one time in ps to another."""
        return self._log.between(since, until, self._memory) / self._attempts
