"""What a program sees of its node: pairs, gates, measurements, messages."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from protocols.local.qubit import Qubit
from protocols.programs.forgotten_waits import ForgottenWaits, waited_for
from qsim.errors import SimulationError, StateError, nearest
from qsim.kernel import Wait, timeout
from qsim.units import parse, to_ps, to_s

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from hardware.node import QuantumNode
    from protocols.local.local_operations import LocalOperations
    from protocols.programs.letters import Letters
    from qsim.kernel import Simulator
    from qsim.quantum.directions import Direction
    from qsim.quantum.registers.gates import Gate

#: Tag of the messages that carry qubits.
_CARRIER = "qubit"

#: Qubits that are kept in mind before those that are gone are forgotten.
_MANY = 64


class Company(Protocol):
    """The programs that run together, as one of them sees the others.

    Attributes:
        sim: the simulator.
        letters: their messages.
    """

    sim: Simulator
    letters: Letters

    def local(self, node: QuantumNode) -> LocalOperations:
        """The operations of a node."""
        ...

    def half(self, role: str, peer: str, limit: int | None) -> Wait[Qubit]:
        """The next half of a pair between two roles, at the first."""
        ...

    def first_half(self, role: str, peers: Sequence[str]) -> Wait[tuple[int, Qubit]]:
        """The first half of a pair between a role and one of several others, and of which."""
        ...

    def message(self, role: str, peer: str, tag: str, limit: int | None) -> Wait[Any]:
        """The next message to a role from another with a tag."""
        ...

    def space(self, node: QuantumNode, bank: str | None) -> Any:
        """A free memory for a qubit of a program."""
        ...

    def overlap(self, target: str | NDArray[np.complex128], qubits: Sequence[Qubit]) -> float:
        """Overlap of qubits, wherever they are, with a state."""
        ...


class ProgramNode:
    """A node in the hands of one program.

    What takes time is waited for: ``bit = yield from node.measure(qubit)``. Times are seconds, or text with a
    unit.

    Attributes:
        role: the role of the program.
        name: name of the node.
        peers: the other roles, and the names of their nodes.
        waits: what the program has called for in this round.
        kept: what the program keeps from one round to the next, by names of its own.
        holds: the qubits that it has got in this round.
    """

    def __init__(self, company: Company, role: str, node: QuantumNode, peers: Mapping[str, str]) -> None:
        self.role = role
        self.name = node.name
        self.peers = peers
        self.waits = ForgottenWaits()
        self.kept: dict[str, Any] = {}
        self.holds: list[Qubit] = []
        self._most = _MANY
        self._company = company
        self._node = node
        self._local = company.local(node)

    @property
    def now(self) -> float:
        """Simulated time, s."""
        return self._company.sim.now_s

    @property
    def random(self) -> random.Random:
        """A stream of random numbers of this role's own."""
        return self._company.sim.stream(f"program/{self.role}@{self.name}")

    @waited_for
    def epr(self, peer: str, timeout: float | str | None = None) -> Wait[Qubit]:
        """Half of the next pair with another role, which takes the other half by the same call.

        Raises:
            TimeoutExpired: there was none in time.
            SimulationError: there is no such role, or it is at this node.
        """
        self._apart(peer)
        return self._gets(self._company.half(self.role, peer, _limit(timeout)))

    @waited_for
    def epr_all(self, *peers: str) -> Wait[list[Qubit]]:
        """Half of the next pair with each of several other roles, all asked for at once."""
        waits = [self.epr(peer) for peer in peers]
        halves: list[Qubit] = []
        for wait in waits:
            halves += ((yield from wait),)
        return halves

    @waited_for
    def epr_any(self, *peers: str) -> Wait[tuple[str, Qubit]]:
        """Half of the first pair that comes with one of several other roles: the role, and the half."""
        if not peers:
            raise SimulationError("epr_any needs at least one role")
        for peer in peers:
            self._apart(peer)
        place, half = yield from self._company.first_half(self.role, peers)
        return peers[place], self._got(half)

    def prepare(self, state: str | NDArray[np.complex128] = "0", bank: str | None = None) -> Qubit:
        """A qubit in a memory that is promised to nobody, at once and without error.

        Args:
            state: "0", "1", "+", "-", "+i", "-i", or a ket of two amplitudes.
            bank: the bank of the memory; left out, any.
        """
        return self._got(self._local.prepare(self._company.space(self._node, bank), state))

    @waited_for
    def keep(self, qubit: Qubit, bank: str) -> Wait[None]:
        """Move a qubit to a memory of a bank that is promised to nobody; its old memory is free then."""
        return self._local.keep(qubit, self._company.space(self._node, bank))

    @waited_for
    def gate(self, gate: Gate | str, *qubits: Qubit) -> Wait[None]:
        """A gate by name (h, x, y, z, s, sdg, t, cx, cz, swap), or a `Gate`, on one or two qubits."""
        return self._local.gate(gate, *qubits)

    @waited_for
    def h(self, qubit: Qubit) -> Wait[None]:
        """A Hadamard gate."""
        return self._local.gate("h", qubit)

    @waited_for
    def x(self, qubit: Qubit) -> Wait[None]:
        """A bit flip."""
        return self._local.gate("x", qubit)

    @waited_for
    def y(self, qubit: Qubit) -> Wait[None]:
        """A bit and phase flip."""
        return self._local.gate("y", qubit)

    @waited_for
    def z(self, qubit: Qubit) -> Wait[None]:
        """A phase flip."""
        return self._local.gate("z", qubit)

    @waited_for
    def s(self, qubit: Qubit) -> Wait[None]:
        """A quarter turn about z."""
        return self._local.gate("s", qubit)

    @waited_for
    def cx(self, control: Qubit, target: Qubit) -> Wait[None]:
        """A CNOT."""
        return self._local.gate("cx", control, target)

    @waited_for
    def cz(self, one: Qubit, other: Qubit) -> Wait[None]:
        """A controlled phase flip."""
        return self._local.gate("cz", one, other)

    @waited_for
    def measure(self, qubit: Qubit, basis: str | Direction = "z") -> Wait[int]:
        """Measure a qubit in "x", "y", "z" or along a unit vector; its memory is free then."""
        return self._local.measure(qubit, basis)

    @waited_for
    def bell(self, one: Qubit, other: Qubit) -> Wait[tuple[int, int]]:
        """A Bell measurement: a CNOT, then both qubits are measured.

        Returns:
            The phase and the flip: a qubit teleported over it wants z where the first bit is 1, and x where
            the second is.
        """
        yield from self.cx(one, other)
        flip = yield from self.measure(other)
        phase = yield from self.measure(one, "x")
        return phase, flip

    @waited_for
    def correct(self, qubit: Qubit, bits: tuple[int, int]) -> Wait[None]:
        """The correction that the phase and the flip of a Bell measurement call for.

        Raises:
            StateError: these are no two bits.
        """
        if not isinstance(bits, tuple | list) or len(bits) != 2 or any(bit not in (0, 1) for bit in bits):
            raise StateError(f"a correction takes the two bits of a Bell measurement, got {bits!r}")
        phase, flip = bits
        if flip:
            yield from self.x(qubit)
        if phase:
            yield from self.z(qubit)

    def hand_back(self, qubit: Qubit) -> None:
        """Give half of a pair back to the network, which purifies it as its rules say and delivers it again.

        The other program gives its half back as well. The pair is another one then: both take it by `epr`.

        Raises:
            StateError: it is part of a larger state, or the network has no rules for it.
        """
        self._local.hand_back(qubit)

    def release(self, qubit: Qubit) -> None:
        """Let go of a qubit."""
        self._local.release(qubit)

    def send(self, peer: str, message: Any, tag: str = "") -> None:
        """Send a message to another role; it takes the classical delay."""
        self._known(peer)
        self._company.letters.send(self.role, peer, tag, message)

    @waited_for
    def receive(self, peer: str, tag: str = "", timeout: float | str | None = None) -> Wait[Any]:
        """The next message of another role with this tag.

        Raises:
            TimeoutExpired: none came in time.
        """
        self._known(peer)
        return self._company.message(self.role, peer, tag, _limit(timeout))

    def send_qubit(self, peer: str, qubit: Qubit) -> None:
        """Send a qubit itself to another role; its memory is free then.

        Its carrier loses nothing, keeps the state, and takes the classical delay: what a channel does to it
        is for the sender to add.

        Raises:
            QubitLost: the qubit is gone.
        """
        self._known(peer)
        self._company.letters.send(self.role, peer, _CARRIER, self._local.used_up(qubit, "sent"))

    @waited_for
    def receive_qubit(
        self, peer: str, timeout: float | str | None = None, bank: str | None = None
    ) -> Wait[Qubit]:
        """The next qubit that another role sends, in a memory that is promised to nobody.

        Raises:
            TimeoutExpired: none came in time.
        """
        carried = yield from self.receive(peer, _CARRIER, timeout)
        return self._got(self._local.catch(carried, self._company.space(self._node, bank)))

    @waited_for
    def wait(self, duration: float | str) -> Wait[None]:
        """Wait for a time."""
        return timeout(self._company.sim, _span(duration))

    def fidelity(self, target: str | NDArray[np.complex128], *qubits: Qubit) -> float:
        """Overlap of qubits with a state by name or a ket, as an observer sees it who sees everything."""
        return self._company.overlap(target, qubits)

    def _gets(self, wait: Wait[Qubit]) -> Wait[Qubit]:
        return self._got((yield from wait))

    def _got(self, qubit: Qubit) -> Qubit:
        """Keep in mind a qubit that goes to the program: a lost round lets go of all."""
        self.holds.append(qubit)
        if len(self.holds) > self._most:
            self.holds = [each for each in self.holds if each.held]
            self._most = 2 * len(self.holds) + _MANY
        return qubit

    def _apart(self, peer: str) -> None:
        self._known(peer)
        if self.peers[peer] == self.name:
            raise SimulationError(f"'{self.role}' and '{peer}' are both at {self.name}: they share no pairs")

    def _known(self, peer: str) -> None:
        if peer not in self.peers:
            raise SimulationError(
                f"the program of '{self.role}' speaks of '{peer}', and there is no such other role"
                f"{nearest(peer, self.peers) or ' at all'}"
            )

    def __repr__(self) -> str:
        return f"<ProgramNode {self.role} at {self.name}, {to_s(self._company.sim.now):g} s>"


def _limit(given: float | str | None) -> int | None:
    """A time limit in ps."""
    return None if given is None else _span(given)


def _span(given: float | str) -> int:
    """A time to wait, in ps."""
    span = to_ps(parse(given, "s"))
    if span < 0:
        raise SimulationError(f"a program waits for a time of 0 or more, got {given!r}")
    return span
