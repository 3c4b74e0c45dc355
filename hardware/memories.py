"""The memories of a node, each made when somebody first asks for it: large networks use few of theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from hardware.disturbance import AttemptLog, Disturbance
from hardware.memory import Memory
from hardware.modes import retrieval_of
from qsim.quantum.noise import MemoryNoise

if TYPE_CHECKING:
    from hardware.classical import Node


class _Kind(NamedTuple):
    """What the memories of one bank have in common.

    Attributes:
        noise: law by which a stored qubit decays; None when it keeps for ever.
        retrieval: see `Memory`.
        attempts: of the node's other memories, after which coherence has fallen to 1/e; None for no effect.
    """

    noise: MemoryNoise | None
    retrieval: Callable[[float], float] | None
    attempts: float | None

    @classmethod
    def of(cls, model: Any) -> _Kind:
        """The kind of the memories of a model."""
        return cls(law_of(model), retrieval_of(model), _attempts(model))


def law_of(model: Any) -> MemoryNoise | None:
    """The law by which a qubit in a memory of a model decays; None when it keeps for ever."""
    noise: MemoryNoise | None = model.noise()
    return noise if noise is not None or _attempts(model) is None else MemoryNoise()


class Memories(Sequence[Memory]):
    """The memories of all banks of one node, in order.

    Args:
        node: where they are.
        models: what they are, by name of their bank.
        banks: for each bank by name, the indices of its memories.

    Attributes:
        made: those that somebody has asked for so far, by index; the others are free and were never used.
        log: the attempts made at the node, where some of the memories are disturbed by them; None elsewhere.
    """

    __slots__ = ("_banks", "_count", "_kinds", "_models", "_node", "log", "made")

    def __init__(self, node: Node, models: Mapping[str, Any], banks: Mapping[str, range]) -> None:
        self._node = node
        self._models = models
        self._banks = banks
        self._count = sum(map(len, banks.values()))
        self._kinds: dict[str, _Kind] = {}
        self.made: dict[int, Memory] = {}
        disturbed = any(_attempts(model) is not None for model in models.values())
        self.log = AttemptLog(self._oldest) if disturbed else None

    @property
    def models(self) -> Iterable[Any]:
        """What the memories are, bank by bank."""
        return self._models.values()

    @property
    def laws(self) -> Iterator[MemoryNoise]:
        """The laws of decay of the banks whose memories do not keep for ever."""
        return (noise for name in self._banks if (noise := self._kind(name).noise) is not None)

    @property
    def used(self) -> list[Memory]:
        """Those that somebody has asked for so far, in order."""
        return [self.made[index] for index in sorted(self.made)]

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Memory: ...

    @overload
    def __getitem__(self, index: slice) -> list[Memory]: ...

    def __getitem__(self, index: int | slice) -> Memory | list[Memory]:
        if isinstance(index, slice):
            return [self[place] for place in range(self._count)[index]]
        known = self.made.get(index)
        if known is None:
            place = range(self._count)[index]
            known = self.made.get(place) or self._make(place)
        return known

    def __iter__(self) -> Iterator[Memory]:
        return map(self.__getitem__, range(self._count))

    def __repr__(self) -> str:
        return f"<{self._count} memories of {self._node.name}>"

    def _make(self, index: int) -> Memory:
        kind = self._kind(next(name for name, places in self._banks.items() if index in places))
        memory = self.made[index] = Memory(self._node, index, kind.noise, retrieval=kind.retrieval)
        if kind.attempts is not None and self.log is not None:
            memory.disturbance = Disturbance(self.log, memory, kind.attempts)
        return memory

    def _kind(self, bank: str) -> _Kind:
        known = self._kinds.get(bank)
        if known is None:
            known = self._kinds[bank] = _Kind.of(self._models[bank])
        return known

    def _oldest(self) -> int:
        """The earliest instant since which a disturbed half has to be followed, ps."""
        followed = [memory for memory in self.made.values() if memory.disturbance is not None]
        times = [memory.pair.as_of for memory in followed if memory.pair is not None]
        times += [memory.group.as_of(memory) for memory in followed if memory.group is not None]
        return min(times, default=self._node.sim.now)


def _attempts(model: Any) -> float | None:
    attempts: float | None = getattr(model, "dephasing_attempts", None)
    return attempts
