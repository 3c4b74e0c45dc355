"""What a node does to the qubits of its memories: gates and measurements that take the processor's time.

An operation waits until the processor is free, takes its time, and acts at its end: what is stored decays
until then by the law of its memory. Its errors are those of the processor, the same that swaps and
purifications have: random Paulis after a gate on two qubits, misread bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from hardware.memory import Memory, MemoryState
from hardware.processor import LocalProcessor, TransferringProcessor
from protocols.local.qubit import Qubit, UsedQubit, check_qubits
from qsim.errors import SimulationError, StateError
from qsim.kernel import Wait, Waitable
from qsim.quantum.directions import Direction, bras, direction
from qsim.quantum.group import Group
from qsim.quantum.registers.channel import Channel
from qsim.quantum.registers.gates import Gate, named_gate
from qsim.registry import name_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hardware.node import QuantumNode
    from hardware.workbench import Workbench
    from protocols.context import Context
    from protocols.resources import ResourceManager
    from qsim.quantum.registers.base import Register

#: Kets of the states in which a qubit can be prepared by name.
KETS: dict[str, NDArray[np.complex128]] = {
    "0": np.array([1, 0], dtype=np.complex128),
    "1": np.array([0, 1], dtype=np.complex128),
    "+": np.array([1, 1], dtype=np.complex128) / np.sqrt(2),
    "-": np.array([1, -1], dtype=np.complex128) / np.sqrt(2),
    "+i": np.array([1, 1j], dtype=np.complex128) / np.sqrt(2),
    "-i": np.array([1, -1j], dtype=np.complex128) / np.sqrt(2),
}


class LocalOperations:
    """The operations of one node on its memories' qubits.

    Args:
        context: what the protocols share.
        node: the node.
        resources: its resource manager, to which memories go back.
        make: makes an empty register for the joint state of some qubits.

    Raises:
        SimulationError: the node's processor makes no local operations.
    """

    def __init__(
        self,
        context: Context,
        node: QuantumNode,
        resources: ResourceManager,
        make: Callable[[], Register],
    ) -> None:
        if not isinstance(node.processor, LocalProcessor):
            raise SimulationError(
                f"the processor of node '{node.name}' makes no local operations: its class "
                f"{type(node.processor).__name__} has no `gate_ps` and `readout_ps`"
            )
        self._context = context
        self._sim = context.sim
        self._node = node
        self._processor = node.processor
        self._resources = resources
        self._make = make
        self._draws = context.sim.stream("local/" + node.name)

    def adopt(self, memory: Memory) -> Qubit:
        """Take over the half that an application holds in a memory of the node."""
        memory.move(MemoryState.LOCAL)
        return Qubit(memory)

    def prepare(self, memory: Memory, state: str | NDArray[np.complex128] = "0") -> Qubit:
        """Prepare a qubit in a free memory, at once and without error.

        Args:
            memory: the memory.
            state: "0", "1", "+", "-", "+i", "-i", or a ket of two amplitudes.

        Raises:
            StateError: no such state, or a ket that is not normalised.
            LifecycleError: the memory is not free.
        """
        ket = _ket(state)
        memory.move(MemoryState.LOCAL)
        Group(self._make()).prepare(memory, np.outer(ket, ket.conj()), self._sim.now)
        return Qubit(memory)

    def gate(self, gate: Gate | str, *qubits: Qubit) -> Wait[None]:
        """A gate on one or two qubits: ``yield from local.gate("cx", control, target)``.

        Raises:
            QubitLost: one of the qubits is gone, or goes before the gate is made.
            StateError: the same qubit twice, one of another node or held by another operation, or too many.
        """
        gate = named_gate(gate)
        wanted = gate.qubits
        if wanted > 2:
            raise StateError(f"a processor makes gates on one or two qubits; '{gate.name}' acts on {wanted}")
        if len(qubits) != wanted:
            raise StateError(
                f"the gate '{gate.name}' acts on {wanted} qubit{'s' if wanted > 1 else ''}, got {len(qubits)}"
            )
        yield from self._operate(self._processor.gate_ps(len(qubits)), qubits)
        memories, now = [qubit.memory for qubit in qubits], self._sim.now
        group = self.together(memories)
        group.gate(gate, memories, now)
        error = self._processor.gate_noise.gate_error
        if len(memories) == 2 and error > 0:
            group.channel(Channel.depolarising(error, 2), memories, now)

    def measure(self, qubit: Qubit, basis: str | Direction = "z") -> Wait[int]:
        """Measure a qubit; its memory is free then: ``bit = yield from local.measure(qubit, "x")``.

        Half of a pair is measured in closed form, without a joint state.

        Args:
            qubit: the qubit.
            basis: "x", "y", "z", or a direction of the Bloch sphere, a unit vector.

        Raises:
            QubitLost: the qubit is gone, or goes before it is measured.
            StateError: no such basis, or a qubit of another node or held by another operation.
        """
        along = direction(basis)
        yield from self._operate(self._processor.readout_ps(), (qubit,))
        bit = self._outcome(qubit.memory, along)
        qubit.gone("measured")
        self._resources.release(qubit.memory)
        wrong = self._processor.gate_noise.readout_errors[bit]
        return bit ^ (wrong > 0 and self._draws.random() < wrong)

    def keep(self, qubit: Qubit, target: Memory) -> Wait[None]:
        """Move a qubit to a free memory of the node, by the processor's gates; its old one is free then.

        Raises:
            QubitLost: the qubit is gone, or goes meanwhile; the target is free again then.
            SimulationError: the processor moves nothing.
        """
        processor = self._processor
        if not isinstance(processor, TransferringProcessor):
            raise SimulationError(f"the processor of node '{self._node.name}' moves no qubits")
        target.move(MemoryState.LOCAL)
        try:
            yield from self._operate(processor.transfer_ps(), (qubit,))
        except BaseException:
            target.clear()
            raise
        source = qubit.memory
        self.together((source,)).move(source, target, self._sim.now, processor.transfer_kept)
        qubit.moved(target)
        self._resources.release(source)

    def hand_back(self, qubit: Qubit) -> None:
        """Give half of a pair back to the network, whose rules go on with it: purify, swap, deliver.

        The other end gives its half back by itself. Both judge the pair as of the first of the two instants.

        Args:
            qubit: half of a pair with the other end of the flow that the memory serves.

        Raises:
            QubitLost: the qubit is gone.
            StateError: it is part of a larger joint state or of one that the formalism of the network cannot
                hold, an operation on it is under way, or the network has no rules for it.
        """
        self._own((qubit,))
        memory, now = qubit.memory, self._sim.now
        if qubit.busy:
            raise StateError(f"another operation on the qubit of memory {memory.name} is under way")
        group = memory.group
        if group is not None and all(isinstance(one, Memory) for one in group.members):
            group.demoted(self._context.formalism, self._context.next_id, now)
        pair = memory.pair
        if pair is None or pair.measured is not None:
            raise StateError(
                f"the qubit of memory {memory.name} is not half of a pair that the formalism "
                f"'{name_of(self._context.formalism)}' can hold; the network goes on with such pairs only"
            )
        partner = pair.second if pair.first is memory else pair.first
        if not isinstance(partner, Memory) or not self._resources.rules_in(memory, MemoryState.ENTANGLED):
            raise StateError(
                f"no rules of the network wait for the qubit of memory {memory.name}: it is in a memory of "
                "the program's own, or its other half is in none"
            )
        if partner.state is MemoryState.LOCAL:
            pair.replace_state(pair.state(now), now, now)
        qubit.gone("handed back")
        memory.move(MemoryState.ENTANGLED)
        memory.rename(pair.id, partner, memory.deadline)
        self._resources.update(memory)

    def release(self, qubit: Qubit) -> None:
        """Let go of a qubit; its memory goes back to work. Harmless when it is gone.

        Raises:
            StateError: it is a qubit of another node.
        """
        if qubit.held:
            self._own((qubit,))
            qubit.gone("released")
            self._resources.release(qubit.memory)

    def used_up(self, qubit: Qubit, how: str = "used") -> UsedQubit:
        """Use a qubit now: it keeps its state for those who want to know it, and the memory is free.

        Args:
            qubit: the qubit.
            how: what became of it, for those who ask for it later.

        Raises:
            QubitLost: the qubit is gone.
        """
        self._own((qubit,))
        memory, used = qubit.memory, UsedQubit()
        self.together((memory,)).move(memory, used, self._sim.now, 1.0)
        qubit.gone(how)
        self._resources.release(memory)
        return used

    def catch(self, carried: UsedQubit, memory: Memory) -> Qubit:
        """Store a qubit that has come from elsewhere in a free memory, at once and without error.

        Raises:
            StateError: what has come is no qubit.
            LifecycleError: the memory is not free.
        """
        if not isinstance(carried, UsedQubit) or carried.group is None:
            raise StateError(f"what has come is no qubit that was sent by `send_qubit`: {carried!r}")
        memory.move(MemoryState.LOCAL)
        carried.group.move(carried, memory, self._sim.now, 1.0)
        return Qubit(memory)

    def together(self, memories: Sequence[Memory]) -> Group:
        """The group of some qubits; pairs are promoted and groups joined as needed."""
        whole = next((memory.group for memory in memories if memory.group is not None), None)
        if whole is None:
            whole = Group(self._make())
        for memory in memories:
            if memory.group is None:
                assert memory.pair is not None
                whole.promote(memory.pair)
            else:
                whole.join(memory.group)
        return whole

    def _outcome(self, memory: Memory, along: Direction) -> int:
        """The true bit of a measurement now; what is left of a group as two qubits becomes a pair again."""
        now, group = self._sim.now, memory.group
        if group is None:
            assert memory.pair is not None
            return memory.pair.measure(memory, along, now, self._draws.random())
        bit = group.measure(memory, bras(along), now)
        # An end that has not heard of its pair yet judges it by the pair as it was; it stays in the group.
        if all(isinstance(one, Memory) and one.state is MemoryState.LOCAL for one in group.members):
            group.demoted(self._context.formalism, self._context.next_id, now)
        return bit

    def _operate(self, duration: int, qubits: Sequence[Qubit]) -> Wait[None]:
        """Wait for the processor and for its operation, holding the qubits."""
        self._own(qubits)
        for qubit in qubits:
            if qubit.busy:
                raise StateError(f"another operation on the qubit of memory {qubit.memory.name} is under way")
        for qubit in qubits:
            qubit.busy = True
        try:
            yield _Operation(self._node.workbench, duration, lambda: all(qubit.held for qubit in qubits))
        finally:
            for qubit in qubits:
                qubit.busy = False
        check_qubits(qubits)

    def _own(self, qubits: Sequence[Qubit]) -> None:
        """Refuse qubits that are gone, or in memories of another node."""
        check_qubits(qubits)
        for qubit in qubits:
            if qubit.memory.node is not self._node:
                raise StateError(
                    f"the qubit of memory {qubit.memory.name} is at another node; {self._node.name} operates "
                    "on qubits of its own, and shares pairs with others"
                )


class _Operation(Waitable[None]):
    """An operation on the workbench of a node, as something to wait for."""

    __slots__ = ("_bench", "_duration", "_wanted")

    def __init__(self, bench: Workbench, duration: int, wanted: Callable[[], bool]) -> None:
        super().__init__()
        self._bench = bench
        self._duration = duration
        self._wanted = wanted

    def arm(self) -> None:
        self._bench.work(self._duration, self._wanted, self.fire, None)

    def disarm(self) -> None:
        """The processor goes on; nobody hears of the end."""


def _ket(state: str | NDArray[np.complex128]) -> NDArray[np.complex128]:
    if isinstance(state, str):
        if state not in KETS:
            raise StateError(f"unknown state '{state}'; a qubit is prepared in one of {', '.join(KETS)}")
        return KETS[state]
    ket: NDArray[np.complex128] = np.asarray(state, dtype=np.complex128)
    if ket.shape != (2,) or not abs(np.vdot(ket, ket).real - 1) < 1e-9:
        raise StateError(f"the ket of a qubit has two amplitudes and norm 1, got {state!r}")
    return ket
