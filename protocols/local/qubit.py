"""A qubit in the hands of a program, and how it is told that the qubit is gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hardware.memory import MemoryState
from qsim.errors import SimulationError, StateError

if TYPE_CHECKING:
    from hardware.memory import Memory
    from qsim.quantum.group import Group
    from qsim.quantum.noise import MemoryNoise
    from qsim.quantum.pair import Disturbance, EntangledPair


class QubitLost(SimulationError):
    """The qubit is gone: measured, released, or given up with its pair."""


class QubitGivenUp(QubitLost):
    """The qubit is gone by no doing of its holder: given up because of its age, or with its flow."""


class Qubit:
    """A qubit that a program works on; a handle that knows when the memory holds it no more.

    Attributes:
        memory: the memory that holds it.
        pair_id: the number of the pair that it came from, as both ends know it; 0 for one prepared here.
        busy: whether an operation on it is under way, or waits for the processor.
    """

    __slots__ = ("_gone", "_since", "busy", "memory", "pair_id")

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self.pair_id = memory.pair_id
        self.busy = False
        self._since = memory.since
        self._gone = ""

    @property
    def held(self) -> bool:
        """Whether the memory still holds it."""
        memory = self.memory
        return not self._gone and memory.state is MemoryState.LOCAL and memory.since == self._since

    @property
    def since(self) -> int:
        """When the program's node got it, ps."""
        return self._since

    def gone(self, how: str) -> None:
        """Say how it ended: "measured" or "released"."""
        self._gone = how

    def loss(self) -> QubitLost:
        """What became of it, as an error to be raised."""
        if self._gone:
            return QubitLost(f"the qubit of memory {self.memory.name} was {self._gone} before")
        return QubitGivenUp(
            f"memory {self.memory.name} holds the qubit no longer: it was given up because of its age, or at "
            "the end of its request"
        )

    def moved(self, memory: Memory) -> None:
        """It is in another memory of its node from now on."""
        self.memory = memory
        self._since = memory.since

    def __repr__(self) -> str:
        return f"<Qubit of {self.memory.name}{'' if self.held else ' (gone)'}>"


def check_qubits(qubits: Sequence[Any]) -> None:
    """Refuse what no operation and no observer can take for qubits.

    Raises:
        StateError: something else than a qubit, or the same one twice.
        QubitLost: one is gone.
    """
    for place, qubit in enumerate(qubits):
        if not isinstance(qubit, Qubit):
            raise StateError(f"an operation acts on qubits, got {qubit!r}")
        if not qubit.held:
            raise qubit.loss()
        if qubit in qubits[:place]:
            raise StateError(f"the qubit of memory {qubit.memory.name} is named twice")


@dataclass(slots=True, eq=False)
class UsedQubit:
    """A qubit as its use saw it, or on its way to another node: in no memory, it decays no further.

    Attributes:
        group: its joint state with others.
    """

    group: Group | None = None
    pair: EntangledPair | None = None
    noise: MemoryNoise | None = None
    disturbance: Disturbance | None = None
    node: Any = None
    name: str = "a qubit in use"
