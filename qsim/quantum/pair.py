"""An entangled pair: which two memories share it, since when, and in which state."""

from __future__ import annotations

from math import inf, log
from typing import TYPE_CHECKING, Any, Protocol

from qsim.quantum.noise import MemoryNoise
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
    def disturbance(self) -> Disturbance | None:
        """What happens to the half beside its decay, or None."""
        ...


class EntangledPair:
    """One pair. Its state is kept as of its last operation and brought up to date when it is looked at.

    Attributes:
        id: number, unique in a simulation; messages name pairs by it.
        first, second: the memories that hold its halves.
        born: emission time of the oldest elementary pair in it, ps.
        confirmed_at: when both ends know of its present form, ps. The ends judge a pair by its
            fidelity at that instant, so that they always judge alike.
        rounds: purification rounds that it has been through.
        taken: whether one end has handed its half to the application.
    """

    __slots__ = ("_since", "_state", "born", "confirmed_at", "first", "id", "rounds", "second", "taken")

    def __init__(
        self,
        id: int,
        state: PairState,
        first: Holder,
        second: Holder,
        since: int,
        born: int,
        confirmed_at: int,
    ) -> None:
        self.id = id
        self.first = first
        self.second = second
        self.born = born
        self.confirmed_at = confirmed_at
        self.rounds = 0
        self.taken = False
        self._state = state
        self._since = since

    def state(self, now: int) -> PairState:
        """The state at a time in ps, not before its last operation; looking does not change the pair."""
        elapsed = now - self._since
        if elapsed > 0:
            first, second = self.first.noise, self.second.noise
            if first is not None or second is not None:
                state = self._state.decayed(first, second, elapsed / PS_PER_S)
                if self.first.disturbance is None and self.second.disturbance is None:
                    return state
                return self._disturbed(state, now)
        return self._state

    def _disturbed(self, state: PairState, now: int) -> PairState:
        first, second = (
            0.0 if half.disturbance is None else half.disturbance.exponent(self._since, now)
            for half in (self.first, self.second)
        )
        # Dephasing goes with the laws of all memories, so it may come after them.
        state = state.decayed(_DEPHASING, None, first) if first else state
        return state.decayed(None, _DEPHASING, second) if second else state

    @property
    def as_of(self) -> int:
        """When it was last operated upon, ps: its state is kept as of then."""
        return self._since

    def move_half(self, source: Holder, target: Holder, now: int, confirmed_at: int, kept: float) -> None:
        """Move a half from one memory to another, by gates that depolarise it.

        Args:
            source, target: the memories.
            now: when it has been moved, ps.
            confirmed_at: when both ends will know, ps.
            kept: the part of its Bloch vector that is left, in [0, 1].
        """
        state = self.state(now)
        exponent = -log(kept) if kept > 0 else inf
        if self.first is source:
            state = state.decayed(_DEPOLARISING, None, exponent) if exponent else state
            self.first = target
        else:
            state = state.decayed(None, _DEPOLARISING, exponent) if exponent else state
            self.second = target
        self.replace_state(state, now, confirmed_at)

    def replace_state(self, state: PairState, now: int, confirmed_at: int) -> None:
        """Set the state as of now: the pair was operated upon, and both ends will know at `confirmed_at`."""
        self._state = state
        self._since = now
        self.confirmed_at = confirmed_at

    def fidelity(self, now: int) -> float:
        """Fidelity at a time, from the state."""
        return self.state(now).fidelity()

    def confirmed_fidelity(self) -> float:
        """Fidelity at `confirmed_at`, by which the two ends judge the pair."""
        return self.state(self.confirmed_at).fidelity()

    @property
    def intact(self) -> bool:
        """Whether both memories still hold their halves."""
        return self.first.pair is self and self.second.pair is self

    def __repr__(self) -> str:
        return f"<EntangledPair {self.id} {self._state!r}{'' if self.intact else ' (broken)'}>"
