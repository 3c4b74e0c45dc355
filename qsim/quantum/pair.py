"""An entangled pair: which two memories share it, since when, and in which state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from qsim.units import PS_PER_S

if TYPE_CHECKING:
    from qsim.quantum.noise import MemoryNoise
    from qsim.quantum.state import PairState


class Holder(Protocol):
    """What holds one half of a pair."""

    node: Any
    noise: MemoryNoise | None
    pair: EntangledPair | None


class EntangledPair:
    """One pair. Its state is kept as of its last operation and brought up to date when it is looked at.

    Attributes:
        id: number, unique in a simulation; messages name pairs by it.
        first, second: the memories that hold its halves.
        born: emission time of the oldest elementary pair in it, ps.
        confirmed_at: when both ends know of its present form, ps. The ends judge a pair by its
            fidelity at that instant, so that they always judge alike.
        rounds: purification rounds that it has been through.
        level: how many swaps, one after the other, have made it; 0 for the pair of a link.
        taken: whether one end has handed its half to the application.
    """

    __slots__ = (
        "_since",
        "_state",
        "born",
        "confirmed_at",
        "first",
        "id",
        "level",
        "rounds",
        "second",
        "taken",
    )

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
        self.level = 0
        self.taken = False
        self._state = state
        self._since = since

    def state(self, now: int) -> PairState:
        """The state at a time in ps, not before its last operation; looking does not change the pair."""
        elapsed = now - self._since
        if elapsed > 0:
            first, second = self.first.noise, self.second.noise
            if first is not None or second is not None:
                return self._state.decayed(first, second, elapsed / PS_PER_S)
        return self._state

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
