"""An entangled pair: which two memories share it, since when, and in which state."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, log
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from qsim.errors import StateError
from qsim.quantum.directions import Bloch, Direction, bit_of
from qsim.quantum.noise import MemoryNoise
from qsim.quantum.state import mirrored
from qsim.units import PS_PER_S

if TYPE_CHECKING:
    from qsim.quantum.state import PairState

#: What is done to the two halves of a pair by laws of unit rate, for as many units as an exponent says.
_DEPHASING, _DEPOLARISING = MemoryNoise.dephasing(1.0), MemoryNoise.depolarising(1.0)


class Disturbance(Protocol):
    """What happens to a stored half beside the law of its memory."""

    def exponent(self, since: int, until: int) -> float:
        """The coherence falls as e^-exponent from one time in ps to another."""
        ...


class Holder(Protocol):
    """What holds one half of a pair; one that is disturbed has a law of decay too, if only an ideal one."""

    node: Any
    noise: MemoryNoise | None
    pair: EntangledPair | None

    @property
    def name(self) -> str:
        """What messages call it."""
        ...

    @property
    def disturbance(self) -> Disturbance | None:
        """What happens to the half beside its decay, or None."""
        ...


class Owed(NamedTuple):
    """A Pauli correction that a half waits for; its state is kept as corrected.

    Attributes:
        frame: mean sign by which it turns the half's Z, see `qsim.quantum.MemoryNoise.between`.
        until: when it is made, ps.
    """

    frame: int
    until: int


class Measurement(NamedTuple):
    """One half of a pair has been measured.

    Attributes:
        end: 0 for the first half, 1 for the second.
        along: the direction.
        bit: the outcome.
    """

    end: int
    along: Direction
    bit: int


#: What the two halves of a pair are owed.
Owing = tuple[Owed | None, Owed | None]


class EntangledPair:
    """One pair. Its state is kept as of its last operation and brought up to date when it is looked at.

    Each half has its own clock: when its storage began, as of when its state is kept, when it was used.

    Args:
        state: as of `since`, each half at its own instant, ps.
        born: left out, the earlier of the two in `stored`.

    Attributes:
        id: number, unique in a simulation; messages name pairs by it.
        first, second: the memories that hold its halves.
        stored: when the storage of the first and of the second half began, ps: at emission, or at absorption.
        born: when that of the oldest half in it began, of those that swaps have joined it from too, ps.
        confirmed_at: when both ends know of its present form, ps. The ends judge a pair by its
            fidelity at that instant, so that they always judge alike.
        owed: corrections that its halves wait for; None where there is none that matters to the state.
        rounds: purification rounds that it has been through.
        level: how many swaps, one after the other, have made it; 0 for the pair of a link.
        measured: the measurement of the one half that has been measured, see `measure`; None before.
        taken: when the first of its ends used its half, or an application took it to keep it, ps; None as
            long as neither has.
    """

    __slots__ = (
        "_judged",
        "_since",
        "_state",
        "born",
        "confirmed_at",
        "first",
        "id",
        "level",
        "measured",
        "owed",
        "rounds",
        "second",
        "stored",
        "taken",
    )

    def __init__(
        self,
        id: int,
        state: PairState,
        first: Holder,
        second: Holder,
        since: tuple[int, int],
        stored: tuple[int, int],
        confirmed_at: int,
        born: int | None = None,
        owed: Owing | None = None,
    ) -> None:
        self.id = id
        self.first = first
        self.second = second
        self.stored = stored
        near, far = stored
        self.born = born if born is not None else near if near < far else far
        self.confirmed_at = confirmed_at
        self.owed = owed
        self.rounds = 0
        self.level = 0
        self.taken: int | None = None
        self.measured: Measurement | None = None
        self._state = state
        self._since = since
        self._judged: float | None = None

    def state(self, now: int) -> PairState:
        """The state at a time in ps, not before its last operation; looking does not change the pair."""
        if self.first.noise is None and self.second.noise is None:
            return self._state
        return self.state_at(now, now)

    def state_at(self, first: int, second: int) -> PairState:
        """The state whose first half is looked at, or was used, at one time, and whose second at another, ps.

        Operations on the two halves commute: it is the state that measurements of the halves at these
        instants see.
        """
        near, far = self.first.noise, self.second.noise
        if near is None and far is None:
            return self._state
        if self.first.disturbance is None and self.second.disturbance is None:
            return self._decayed(near, far, first, second)
        return self._disturbed(self._decayed(near, far, first, second), first, second)

    def _decayed(
        self, near: MemoryNoise | None, far: MemoryNoise | None, first: int, second: int
    ) -> PairState:
        """The state after the decay of both halves by the laws of their memories."""
        since = self._since
        stored = first - since[0]
        if (
            self.owed is None
            and stored == second - since[1]
            and (near is None or not near.dephasing_laws)
            and (far is None or not far.dephasing_laws)
        ):
            return self._state.decayed(near, far, stored / PS_PER_S) if stored > 0 else self._state
        state = self._state
        if near is not None:
            for law, seconds in stretches(near, since[0], self.stored[0], self._owed(0), first):
                state = state.decayed(law, None, seconds)
        if far is not None:
            for law, seconds in stretches(far, since[1], self.stored[1], self._owed(1), second):
                state = state.decayed(None, law, seconds)
        return state

    def _disturbed(self, state: PairState, first: int, second: int) -> PairState:
        """A state with what attempts at the nodes have done; dephasing goes with the laws of all memories."""
        ends = zip((self.first, self.second), self._since, (first, second), strict=True)
        near, far = (
            0.0 if half.disturbance is None else half.disturbance.exponent(since, until)
            for half, since, until in ends
        )
        state = state.decayed(_DEPHASING, None, near) if near else state
        return state.decayed(None, _DEPHASING, far) if far else state

    def measure(self, holder: Holder, along: Direction, now: int, draw: float) -> int:
        """Measure the half that a memory holds, in closed form.

        The state is kept as the two measurements see it, whichever comes first; what one bit says of the
        other half is in `remainder`. The memory should let go of the half.

        Args:
            holder: the memory.
            along: the direction.
            now: when, ps.
            draw: uniform in [0, 1).

        Returns:
            The bit.

        Raises:
            StateError: this half has been measured before, or the formalism knows no directions.
        """
        end = 0 if self.first is holder else 1
        if self.measured is None:
            near, far = self._since
            since = (now, far) if end == 0 else (near, now)
            state = self.state_at(*since)
            bit, _ = state.measured(end, along, draw)
            self.measured = Measurement(end, along, bit)
            self.replace_state(state, since, self.confirmed_at)
            return bit
        if self.measured.end == end:
            raise StateError(f"the {'second' if end else 'first'} half of pair {self.id} was measured before")
        return bit_of(self.remainder(now), along, draw)

    def remainder(self, now: int) -> Bloch:
        """Bloch vector, at a time in ps, of the one half that is left when the other has been measured.

        Raises:
            StateError: neither half has been measured.
        """
        known = self.measured
        if known is None:
            raise StateError(f"neither half of pair {self.id} has been measured")
        near, far = self._since
        state = self.state_at(near, now) if known.end == 0 else self.state_at(now, far)
        _, bloch = state.measured(known.end, known.along, float(known.bit))
        return bloch

    @property
    def since(self) -> tuple[int, int]:
        """As of when the state of its first and of its second half is kept, ps."""
        return self._since

    @property
    def as_of(self) -> int:
        """The earlier of the instants as of which its halves' state is kept, ps."""
        return min(self._since)

    def turn(self) -> None:
        """Let the halves change places: the first is the second from now on."""
        self.first, self.second = self.second, self.first
        self.stored, self._since = self.stored[::-1], self._since[::-1]
        self._state = mirrored(self._state)
        self._judged = None
        if self.owed is not None:
            self.owed = self.owed[::-1]
        if self.measured is not None:
            self.measured = self.measured._replace(end=1 - self.measured.end)

    def move_half(self, source: Holder, target: Holder, now: int, confirmed_at: int, kept: float) -> None:
        """Move a half from one memory to another, by gates that depolarise it.

        Args:
            source, target: the memories.
            now: when it has been moved, ps; the law of the new memory begins then.
            confirmed_at: when both ends will know, ps.
            kept: the part of its Bloch vector that is left, in [0, 1].
        """
        exponent = -log(kept) if kept > 0 else inf
        (first, second), (near, far) = self._since, self.stored
        if self.first is source:
            state, since, self.stored = self.state_at(now, second), (now, second), (now, far)
            state = state.decayed(_DEPOLARISING, None, exponent) if exponent else state
            self.first = target
        else:
            state, since, self.stored = self.state_at(first, now), (first, now), (near, now)
            state = state.decayed(None, _DEPOLARISING, exponent) if exponent else state
            self.second = target
        self.replace_state(state, since, confirmed_at)

    def _owed(self, half: int) -> Owed | None:
        return None if self.owed is None else self.owed[half]

    def owing(self, half: int, now: int) -> Owed | None:
        """The correction that the first (0) or second (1) half still waits for at a time in ps."""
        owed = self._owed(half)
        return owed if owed is not None and owed.until > now else None

    def replace_state(self, state: PairState, since: int | tuple[int, int], confirmed_at: int) -> None:
        """Set the state that operations have left.

        Args:
            state: the state.
            since: when both halves were operated upon, or the first and the second, ps.
            confirmed_at: when both ends will know, ps.
        """
        self._state = state
        self._since = (since, since) if isinstance(since, int) else since
        self._judged = None
        self.confirmed_at = confirmed_at

    def fidelity(self, now: int) -> float:
        """Fidelity at a time, from the state."""
        return self.state(now).fidelity()

    def confirmed_fidelity(self) -> float:
        """Fidelity at `confirmed_at`, by which the two ends judge the pair.

        What attempts at the nodes do until then is not known before, so the first end that asks decides.
        """
        first, second = self.first, self.second
        if first.noise is None and second.noise is None:
            return self._state.fidelity()
        if first.disturbance is None and second.disturbance is None:
            return self.state_at(self.confirmed_at, self.confirmed_at).fidelity()
        if self._judged is None:
            self._judged = self.state(self.confirmed_at).fidelity()
        return self._judged

    @property
    def intact(self) -> bool:
        """Whether both memories still hold their halves."""
        return self.first.pair is self and self.second.pair is self

    def __repr__(self) -> str:
        return f"<EntangledPair {self.id} {self._state!r}{'' if self.intact else ' (broken)'}>"


def stretches(
    law: MemoryNoise, since: int, stored: int, owed: Owed | None, until: int
) -> Iterator[tuple[MemoryNoise, float]]:
    """The storage of a qubit as laws of constant rates: before the correction that it is owed, and after.

    Args:
        law: the law of its memory.
        since, until: from when to when, ps.
        stored: when its storage began, ps.
        owed: the correction.

    Yields:
        A law, and for how long it acts, s.
    """
    if owed is not None and since < owed.until:
        corrected = min(until, owed.until)
        if corrected > since:
            age, end = (since - stored) / PS_PER_S, (corrected - stored) / PS_PER_S
            yield law.between(age, end, owed.frame), (corrected - since) / PS_PER_S
            since = corrected
    if until > since:
        age, end = (since - stored) / PS_PER_S, (until - stored) / PS_PER_S
        yield law.between(age, end), (until - since) / PS_PER_S
