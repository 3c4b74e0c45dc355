"""Groups: the joint state of any number of memories.

A memory's qubit has one holder, an `EntangledPair` or a `Group`. Local operations on half of a pair promote
the pair: its two halves join a group, exactly as they are, and the pair is void. What is left of a group as
two qubits can become a pair again where the formalism of pairs holds its state exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING, Protocol

import numpy as np

from qsim.errors import StateError
from qsim.quantum.density import PAULIS
from qsim.quantum.pair import EntangledPair, Holder, Owed, stretches
from qsim.quantum.registers.channel import Channel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from qsim.quantum.registers.base import Register
    from qsim.quantum.registers.gates import Gate
    from qsim.quantum.state import PairState

#: Entries of density matrices that differ by less are those of one state.
_EXACT = 1e-10


class Member(Holder, Protocol):
    """A memory that can hold a qubit of a group.

    Attributes:
        group: the group that its qubit belongs to; None where it holds half of a pair, or nothing.
    """

    group: Group | None


@dataclass(slots=True)
class Clock:
    """The times of one qubit of a group.

    Attributes:
        since: as of when its part of the joint state is kept, ps.
        stored: when its storage began, ps.
        born: when that of the oldest half in the pair that it came from began, ps.
        owed: the correction that it waits for.
    """

    since: int
    stored: int
    born: int
    owed: Owed | None = None


class Group:
    """The joint state of some memories, each kept as of the last operation on it.

    Decay is lazy: a qubit is brought up to date, by the law of its own memory, when something acts on it or
    looks at it. Operations on different qubits commute, so the state is exact whatever the order of looking.

    Args:
        register: holds the state; empty.

    Attributes:
        register: the state; qubit i is that of `members[i]`.
        members: the memories, in the order of the register's qubits.
    """

    __slots__ = ("_clocks", "members", "register")

    def __init__(self, register: Register) -> None:
        self.register = register
        self.members: list[Member] = []
        self._clocks: list[Clock] = []

    def promote(self, pair: EntangledPair) -> None:
        """Take in the halves of a pair that memories still hold, exactly as they are; the pair is void then.

        Of a pair that has lost a half the other one remains, and of one whose half was measured what the bit
        says of the other.
        """
        held = [end for end, holder in enumerate((pair.first, pair.second)) if holder.pair is pair]
        if pair.measured is not None:
            left = 1 - pair.measured.end
            held = [end for end in held if end == left]
            rho = _of_bloch(pair.remainder(pair.since[left]))
        else:
            rho = pair.state_at(*pair.since).density_matrix()
            if len(held) == 1:
                rho = _half(rho, held[0])
        for end in held:
            holder = (pair.first, pair.second)[end]
            owed = None if pair.owed is None else pair.owed[end]
            clock = Clock(pair.since[end], pair.stored[end], pair.born, owed)
            self._admit(holder, clock)  # type: ignore[arg-type]
        if held:
            self.register.append(rho)

    def prepare(self, member: Member, rho: NDArray[np.complex128], now: int) -> None:
        """Take in a memory whose qubit has just been prepared.

        Args:
            member: a memory that holds nothing.
            rho: its density matrix, shape (2, 2).
            now: when, ps.
        """
        self._admit(member, Clock(now, now, now))
        self.register.append(rho)

    def join(self, other: Group) -> None:
        """Take in all qubits of another group, after one's own; that one is empty then."""
        if other is self:
            return
        self.register.join(other.register)
        for member in other.members:
            member.group = self
        self.members += other.members
        self._clocks += other._clocks
        other.members, other._clocks = [], []

    def gate(self, gate: Gate | str, members: Sequence[Member], now: int) -> None:
        """A gate on some of the qubits at a time in ps; those that were stored until then decay first."""
        self.register.gate(gate, self.up_to(now, members))

    def channel(self, channel: Channel, members: Sequence[Member], now: int) -> None:
        """Noise on some of the qubits at a time in ps."""
        self.register.channel(channel, self.up_to(now, members))

    def measure(self, member: Member, basis: str | NDArray[np.complex128], now: int) -> int:
        """Measure a qubit at a time in ps; it leaves the group.

        Returns:
            The outcome, 0 or 1.
        """
        (place,) = self.up_to(now, (member,))
        bit = self.register.measure(place, basis)
        self._dismiss(place)
        return bit

    def discard(self, member: Member) -> None:
        """Lose a qubit: the state of the others is what is left when nobody ever looks at it."""
        place = self._place(member)
        self.register.discard(place)
        self._dismiss(place)

    def move(self, source: Member, target: Member, now: int, kept: float) -> None:
        """Move a qubit from one memory to another, by gates that depolarise it.

        Args:
            source, target: the memories.
            now: when it has been moved, ps; the law of the new memory begins then.
            kept: the part of its Bloch vector that is left, in [0, 1].
        """
        (place,) = self.up_to(now, (source,))
        if kept < 1:
            self.register.channel(Channel(np.diag([1.0, kept, kept, kept])), (place,))
        self.members[place] = target
        self._clocks[place].stored = now
        source.group, target.group = None, self

    def fidelity(self, target: str | NDArray[np.complex128], members: Sequence[Member], now: int) -> float:
        """Overlap of some qubits, at a time in ps, with a state by name or a ket, see `Register.fidelity`."""
        return self.register.fidelity(target, self.up_to(now, members))

    def up_to(self, now: int, members: Sequence[Member]) -> list[int]:
        """Bring qubits up to date, at a time in ps.

        Returns:
            Their places in the register.

        Raises:
            StateError: one of them is not of the group, or the time lies before an operation on it.
        """
        places = [self._place(member) for member in members]
        for place in places:
            self._age(place, now)
        return places

    def as_of(self, member: Member) -> int:
        """The time as of which a qubit's part of the state is kept, ps."""
        return self._clocks[self._place(member)].since

    def stored(self, member: Member) -> int:
        """When the storage of a qubit in its memory began, ps."""
        return self._clocks[self._place(member)].stored

    def born(self, member: Member) -> int:
        """When the storage of the oldest half in the pair that a qubit came from began, ps."""
        return self._clocks[self._place(member)].born

    def demoted(
        self, formalism: type[PairState], next_id: Callable[[], int], confirmed_at: int
    ) -> EntangledPair | None:
        """The two qubits that are left as a pair; the group is empty then.

        Args:
            formalism: of the pair's state.
            next_id: gives the number of the pair.
            confirmed_at: when both ends know of it, ps.

        Returns:
            The pair; None, and all stays as it is, where there are not two qubits or the formalism cannot
            hold their state exactly.
        """
        if len(self.members) != 2:
            return None
        rho = self.register.rho((0, 1))
        state = formalism.from_density_matrix(rho)
        if not np.abs(state.density_matrix() - rho).max() < _EXACT:
            return None
        (first, second), (near, far) = self.members, self._clocks
        owed = None if near.owed is None and far.owed is None else (near.owed, far.owed)
        pair = EntangledPair(
            next_id(),
            state,
            first,
            second,
            (near.since, far.since),
            (near.stored, far.stored),
            confirmed_at,
            min(near.born, far.born),
            owed,
        )
        first.group = second.group = None
        first.pair = second.pair = pair
        self.members, self._clocks = [], []
        self.register.discard(1)
        self.register.discard(0)
        return pair

    def __repr__(self) -> str:
        return f"<Group of {len(self.members)}>"

    def _admit(self, member: Member, clock: Clock) -> None:
        member.pair, member.group = None, self
        self.members.append(member)
        self._clocks.append(clock)

    def _dismiss(self, place: int) -> None:
        self.members.pop(place).group = None
        del self._clocks[place]

    def _place(self, member: Member) -> int:
        if member.group is not self:
            raise StateError(f"{member!r} holds no qubit of {self!r}")
        return self.members.index(member)

    def _age(self, place: int, now: int) -> None:
        """Decay one qubit by the law of its memory up to a time in ps."""
        member, clock = self.members[place], self._clocks[place]
        if now < clock.since:
            raise StateError(f"{member!r} was operated upon at {clock.since} ps, after {now} ps")
        if member.noise is not None and now > clock.since:
            for law, seconds in stretches(member.noise, clock.since, clock.stored, clock.owed, now):
                self.register.channel(Channel.stored(law, 0.0, seconds), (place,))
            if member.disturbance is not None:
                kept = exp(-member.disturbance.exponent(clock.since, now))
                if kept < 1:
                    self.register.channel(Channel(np.diag([1.0, kept, kept, 1.0])), (place,))
        clock.since = now


def _of_bloch(bloch: tuple[float, float, float]) -> NDArray[np.complex128]:
    """Density matrix of one qubit, shape (2, 2)."""
    rho: NDArray[np.complex128] = np.einsum("i,iab->ab", np.array([1.0, *bloch]), PAULIS) / 2
    return rho


def _half(rho: NDArray[np.complex128], end: int) -> NDArray[np.complex128]:
    """Density matrix of the first (0) or second (1) of two qubits, shape (2, 2)."""
    half: NDArray[np.complex128] = np.einsum("abcb->ac" if end == 0 else "abac->bc", rho.reshape(2, 2, 2, 2))
    return half
