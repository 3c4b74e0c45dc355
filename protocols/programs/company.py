"""A company of programs at work: one a role, the pairs between them, their messages, their findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from protocols.apps.request import RequestApp
from protocols.local.local_operations import LocalOperations
from protocols.local.qubit import Qubit, check_qubits
from protocols.programs.findings import Findings
from protocols.programs.letters import Letters
from protocols.programs.pair_supply import PairSupply, first_half
from protocols.programs.program_node import ProgramNode
from protocols.programs.program_watch import ProgramWatch
from protocols.programs.role_play import RolePlay
from qsim import registry
from qsim.errors import SimulationError, StateError
from qsim.kernel import Wait

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hardware.memory import Memory
    from hardware.node import QuantumNode
    from protocols.apps.base import Network
    from qsim.model.program_kind import Program
    from qsim.model.rows import MetricRow, Row
    from qsim.quantum.registers.base import Register


class Cast(Protocol):
    """What is run, see `protocols.programs.program_app.ProgramsApp`."""

    @property
    def roles(self) -> Mapping[str, Program]:
        """The program of each role."""
        ...

    @property
    def rounds(self) -> int | None:
        """How often each is run; None to the end of the run."""
        ...

    @property
    def memories(self) -> int:
        """Memories at each end for the pairs of two roles."""
        ...

    @property
    def fidelity(self) -> float:
        """Least fidelity of a pair."""
        ...

    @property
    def register(self) -> str:
        """Name of the register of joint states."""
        ...

    @property
    def target(self) -> str | NDArray[np.complex128] | None:
        """The state to compare returned qubits with, by name or as a ket."""
        ...

    @property
    def label(self) -> str:
        """What the company is called in tables."""
        ...

    @property
    def retry(self) -> float | None:
        """Time after a refusal at which to ask again, s."""
        ...


class ProgramCompany:
    """Programs at work.

    Attributes:
        network, sim: where they run.
        parameters: what is run.
        nodes: the node of each role.
        letters: their messages.
        findings: what they have returned.
        watch: sees who waits for ever.
        refused: whether the programs were ended for want of pairs.
    """

    def __init__(self, network: Network, parameters: Cast) -> None:
        self.network = network
        self.sim = network.sim
        self.parameters = parameters
        self.nodes: Mapping[str, QuantumNode] = {
            role: network.node(program.node) for role, program in parameters.roles.items()
        }
        self.letters = Letters(
            self.sim,
            self.nodes,
            lambda role: self._plays[role].number,
            lambda receiver, sender, word: self._plays[receiver].hear(sender, word),
        )
        self.findings = Findings(parameters.label, tuple(self.nodes), parameters.target)
        self.refused = False
        self._locals: dict[QuantumNode, LocalOperations] = {}
        self._supplies: dict[tuple[str, str], PairSupply] = {}
        self._space: dict[QuantumNode, list[Memory]] = {}
        self._approximations: dict[str, None] = {}
        self.watch = ProgramWatch(self)
        self._plays = {role: self._cast(role, program) for role, program in parameters.roles.items()}

    @property
    def done(self) -> bool:
        """Whether all programs have ended."""
        return not any(play.running for play in self._plays.values())

    def approximations(self) -> tuple[str, ...]:
        """What the registers have left out, a sentence each."""
        return tuple(self._approximations)

    def running(self, role: str) -> bool:
        """Whether the program of a role has not ended."""
        return self._plays[role].running

    def metrics(self) -> list[MetricRow]:
        """What the programs have found."""
        return self.findings.rows()

    def tables(self) -> dict[str, list[Row]]:
        """Rows for tables of its own."""
        return {}

    def local(self, node: QuantumNode) -> LocalOperations:
        """The operations of a node."""
        if node not in self._locals:
            self._locals[node] = LocalOperations(
                self.network.context, node, self.network.stacks[node].resources, self._register
            )
        return self._locals[node]

    def supply(self, role: str, peer: str) -> PairSupply:
        """The pairs between two roles; asked for when one of them wants the first."""
        one, other = (name for name in self.nodes if name in (role, peer))
        if (one, other) not in self._supplies:
            wanted = self.parameters
            request = RequestApp(
                self.nodes[one].name,
                self.nodes[other].name,
                memories=wanted.memories,
                fidelity=wanted.fidelity,
                retry=wanted.retry,
            )
            self._supplies[one, other] = PairSupply(self.network, request, self.local)  # type: ignore[arg-type]
        return self._supplies[one, other]

    def half(self, role: str, peer: str, limit: int | None) -> Wait[Qubit]:
        """The next half of a pair between two roles, at the first."""
        supply, node = self.supply(role, peer), self.nodes[role]
        wait = supply.take(node, limit)
        yours = f"half of a pair with '{peer}'"
        wait = self.watch.waited(role, peer, yours, wait, limit, lambda: supply.coming(node))
        return self._taking(role, supply, wait)

    def first_half(self, role: str, peers: Sequence[str]) -> Wait[tuple[int, Qubit]]:
        """The first half of a pair between a role and one of several others, and of which."""
        supplies, node = [self.supply(role, peer) for peer in peers], self.nodes[role]
        yours = "half of a pair with " + " or ".join(f"'{peer}'" for peer in peers)
        wait = first_half(node, supplies)
        place, qubit = yield from self.watch.waited(
            role, peers[0], yours, wait, None, lambda: any(supply.coming(node) for supply in supplies)
        )
        self._note_taken(role, supplies[place], qubit)
        return place, qubit

    def message(self, role: str, peer: str, tag: str, limit: int | None) -> Wait[Any]:
        """The next message to a role from another with a tag."""
        wait = self.letters.receive(role, peer, tag, limit)
        what = f"a message of '{peer}'" + (f" tagged '{tag}'" if tag else "")
        return self.watch.waited(role, peer, what, wait, limit, lambda: self.letters.travelling(role) > 0)

    def space(self, node: QuantumNode, bank: str | None) -> Memory:
        """A memory that is promised to nobody, or that was promised to a program here and is free again.

        Raises:
            SimulationError: there is none.
        """
        places = range(len(node.memories)) if bank is None else node.banks.get(bank)
        if places is None:
            raise SimulationError(f"node '{node.name}' has no bank '{bank}'; it has {', '.join(node.banks)}")
        own = self._space.setdefault(node, [])
        for memory in own:
            if memory.index in places and memory.state == 0:
                return memory
        calendar = self.network.reservations[node].calendar
        number, now = self.network.context.next_id(), self.sim.now
        # The last ones: links take the first.
        free = calendar.free(places, now, self.network.horizon)
        if (
            not free
            or calendar.reserve(number, now, self.network.horizon, {range(free[-1], free[-1] + 1): 1}, now)
            is None
        ):
            where = f"in bank '{bank}' of" if bank else "at"
            raise SimulationError(
                f"no memory {where} node '{node.name}' is free of promises to requests, and a program wants "
                "one for a qubit of its own; give the node more memories"
            )
        own.append(node.memories[free[-1]])
        return own[-1]

    def overlap(self, target: str | NDArray[np.complex128], qubits: Sequence[Qubit]) -> float:
        """Overlap of qubits, wherever they are, with a state by name or a ket."""
        if not qubits:
            raise StateError("a fidelity is of at least one qubit, got none")
        check_qubits(qubits)
        memories = [qubit.memory for qubit in qubits]
        group = self.local(memories[0].node).together(memories)  # type: ignore[arg-type]
        return group.fidelity(target, memories, self.sim.now)

    def _cast(self, role: str, program: Program) -> RolePlay:
        site = self.nodes[role]
        peers = {name: node.name for name, node in self.nodes.items() if name != role}
        return RolePlay(self, site, ProgramNode(self, role, site, peers), program, self.parameters.rounds)

    def _register(self) -> Register:
        kind: Any = registry.lookup("register", self.parameters.register)
        made: Register = kind(self.sim.stream("register"))
        made.notes = self._approximations
        return made

    def supplies(self, role: str) -> dict[str, PairSupply]:
        """The pairs with each other role that some have been asked of."""
        return {
            one if other == role else other: supply
            for (one, other), supply in self._supplies.items()
            if role in (one, other)
        }

    def give_up(self, why: str) -> None:
        """End all programs, for a reason that the result tells."""
        self.network.note(
            f"{self.parameters.label}: ended after {self.findings.rounds} complete rounds, for {why}"
        )
        self.refused = True
        self.watch.call_off()
        for play in self._plays.values():
            play.stop()
        self._close()

    def ended(self) -> None:
        """One program has ended."""
        if self.done:
            self._close()
        else:
            self.watch.look()

    def _taking(self, role: str, supply: PairSupply, wait: Wait[Qubit]) -> Wait[Qubit]:
        qubit = yield from wait
        self._note_taken(role, supply, qubit)
        return qubit

    def _note_taken(self, role: str, supply: PairSupply, qubit: Qubit) -> None:
        supply.took(self.nodes[role], self._plays[role].number, qubit.pair_id)

    def _close(self) -> None:
        self.watch.close()
        for node, memories in self._space.items():
            for memory in memories:
                self.network.stacks[node].give_up(memory)
        for supply in self._supplies.values():
            supply.close()
        self.network.stop_if_done()
