"""Transfer: a node moves halves from the memories that emit to others that store.

Some memories make entanglement and others keep it, such as the electron and the nuclear spins of an NV
centre. Under a transfer policy the memories of a link's bank serve both sides of a node in turn: as soon as
one is entangled its half is moved to a free memory of the storage bank, by the node's processor, and it goes
on to make the next pair. The other end is not asked. It goes on naming the memory that it knows; whoever
receives its messages finds where the half is by the number of the pair (`QuantumNode.holder`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from hardware.memory import Memory, MemoryState
from hardware.processor import TransferringProcessor
from protocols.rules import GENERATE, MOVE, Rule
from qsim.errors import StateError, nearest
from qsim.parameters import Declared, Param
from qsim.quantum.noise import MemoryNoise
from qsim.registry import define_kind, register

if TYPE_CHECKING:
    from protocols.entanglement.view import FlowView
    from protocols.flow import Session
    from qsim.model.check_context import CheckContext
    from qsim.model.specs import NodeSpec

_FREE, _GENERATING, _ENTANGLED = MemoryState.FREE, MemoryState.GENERATING, MemoryState.ENTANGLED
_TRANSFERRING = MemoryState.TRANSFERRING


@dataclass(frozen=True)
class Transfer(Declared):
    """What all transfer policies share.

    A policy of a user's own derives from this class, overrides `choose`, and is registered under the kind
    "transfer".
    """

    bank: Annotated[str, Param("the bank of memories into which halves are moved")]
    memories: Annotated[
        int | None,
        Param("how many of them a request takes; left out, as many as it wants at each end", ge=1),
    ] = None

    def choose(self, memory: Memory, free: Sequence[Memory]) -> Memory | None:
        """Where a half goes that has just been made.

        Args:
            memory: the memory that holds it.
            free: the free memories of the bank, by index; at least one.

        Returns:
            One of them, or None to leave the half where it is until another becomes free. Unless overridden,
            the first.
        """
        return free[0]

    def check(self, context: CheckContext) -> Iterator[tuple[str, str]]:
        """Note a bank that is none or that emits, and who cannot move halves: processor or formalism."""
        for node in context.nodes.values():
            if node.transfer is not self:
                continue
            if self.bank not in node.banks:
                hint = nearest(self.bank, node.banks)
                yield "bank", f"'{node.name}' has no memories called '{self.bank}'{hint}"
            elif self.memories is not None and self.memories > node.banks[self.bank].count:
                count = node.banks[self.bank].count
                yield "memories", f"must be at most {count}, all of '{self.bank}', got {self.memories}"
            elif self.bank in _emitting(node, context):
                yield (
                    "bank",
                    f"a link of '{node.name}' uses '{self.bank}' itself: name another in its `banks`",
                )
            if not isinstance(node.processor, TransferringProcessor):
                yield "", f"the processor of '{node.name}' has no `transfer_ps()` and `transfer_kept`"
            elif node.processor.transfer_kept < 1:
                try:
                    law = MemoryNoise.depolarising(1.0)
                    context.formalism.werner(1.0).decayed(law, None, 1.0)
                except StateError as error:
                    yield "", f"its gates have errors, and '{context.run.formalism}' cannot follow: {error}"


@register("transfer", "to-bank")
@dataclass(frozen=True)
class ToBank(Transfer):
    """Halves are moved to a storage bank as soon as one of its memories is free."""


define_kind("transfer", Transfer, "how-to/hardware-values.md")


def _emitting(node: NodeSpec, context: CheckContext) -> set[str]:
    """The banks of a node that its links use."""
    links = [link for link in context.links if node.name in link.between]
    return {link.bank(link.between.index(node.name), node.banks) for link in links}


class Facing:
    """Which memories of a flow at one node hold halves of pairs towards the initiator, by their index."""

    def __init__(self, agent: FlowView) -> None:
        self._memories = agent.node.memories
        self._upstream = frozenset(agent.flow.path[: agent.position])

    def __contains__(self, index: object) -> bool:
        assert isinstance(index, int)
        partner = self._memories[index].partner
        return partner is not None and partner.node in self._upstream


class Mover:
    """A transfer policy at work at one node on the path of one flow.

    Args:
        policy: the policy.
        agent: the part of the flow at the node.
    """

    def __init__(self, policy: Transfer, agent: FlowView) -> None:
        node = agent.node
        processor = node.processor
        assert isinstance(processor, TransferringProcessor)
        self._policy = policy
        self._agent = agent
        self._node = node
        self._duration = processor.transfer_ps()
        self._kept = processor.transfer_kept
        places = node.banks[policy.bank]
        self._storage = [memory for memory in agent.memories if memory.index in places]
        self._emitting = [memory for memory in agent.memories if memory.index not in places]
        self._sessions: tuple[Session | None, Session | None] = None, None
        self._session_of: dict[Memory, Session] = {}

    def rules(self, left: Session | None, right: Session | None) -> tuple[Rule, ...]:
        """The rules that make pairs with the links to either side, and move them."""
        self._sessions = left, right
        return (
            Rule("generate", GENERATE, (_FREE,), self._emitting, _itself, self._offer),
            Rule("move", MOVE, (_ENTANGLED,), self._emitting, self._with_room, self._move),
            Rule("move", MOVE, (_FREE,), self._storage, self._with_half, self._move),
        )

    def session_of(self, memory: Memory) -> Session:
        """The session that a memory was offered to last."""
        return self._session_of[memory]

    def _offer(self, memories: tuple[Memory, ...]) -> None:
        """Put a memory to work for the side that has fewer pairs, the left one when they have as many."""
        left, right = self._sessions
        session = left or right
        if left is not None and right is not None and self._at(False) < self._at(True):
            session = right
        assert session is not None
        self._session_of[memories[0]] = session
        session.offer(memories[0])

    def _at(self, left: bool) -> int:
        """Pairs that the flow has here towards one side, or tries to make."""
        session = self._sessions[0 if left else 1]
        made = sum(
            (memory.index in self._agent.left_indices) == left
            for memory in self._agent.memories
            if memory.partner is not None
        )
        trying = sum(
            memory.state is _GENERATING and self._session_of[memory] is session for memory in self._emitting
        )
        return made + trying

    def _with_room(self, memory: Memory) -> tuple[Memory, ...] | None:
        """A memory that has just been entangled, and where its half goes."""
        free = [other for other in self._storage if other.state is _FREE]
        target = self._policy.choose(memory, free) if free else None
        return None if target is None else (memory, target)

    def _with_half(self, memory: Memory) -> tuple[Memory, ...] | None:
        """A half that waits to be moved, when a storage memory has become free."""
        moves = (self._with_room(other) for other in self._emitting if other.state is _ENTANGLED)
        return next((move for move in moves if move is not None), None)

    def _move(self, memories: tuple[Memory, ...]) -> None:
        source, target = memories
        ready = self._node.sim.now + self._duration
        # Fresh: of one that has waited for room the wait may be to blame.
        if source.deadline is not None and source.deadline < ready and source.since == self._node.sim.now:
            self._agent.stack.note_late(source, ready, moving=True)
        source.move(_TRANSFERRING)
        target.move(_TRANSFERRING)
        began = self._node.sim.now
        if self._duration:
            self._node.workbench.work(
                self._duration,
                lambda: _still(source, began) and _still(target, began),
                self._moved,
                source,
                target,
                began,
            )
        else:
            self._moved(source, target, began)

    def _moved(self, source: Memory, target: Memory, began: int) -> None:
        """The processor has done its part."""
        stack = self._agent.stack
        if not (_still(source, began) and _still(target, began)):
            # The half has been lost meanwhile, or the flow is over.
            for memory in (source, target):
                if _still(memory, began):
                    stack.resources.release(memory)
            return
        if source.retrieval is not None and not source.comes_out():
            stack.discard(source)
            stack.resources.release(target)
            return
        now, pair, partner = self._node.sim.now, source.pair, source.partner
        if source.group is not None:
            # A program at the far end of a pair that was swapped meanwhile works on its half already.
            source.group.move(source, target, now, self._kept)
        else:
            assert pair is not None
            assert partner is not None
            known = max(pair.confirmed_at, now + self._node.delay_to(partner.node))
            pair.move_half(source, target, now, known, self._kept)
        target.take_over(source)
        if self._node.sim.trace is not None:
            self._node.emit("half_moved", pair=target.pair_id, source=source.index, target=target.index)
        stack.entangled(target)
        stack.resources.update(source)


def _still(memory: Memory, began: int) -> bool:
    """Whether a memory is where the move that began then has put it."""
    return memory.state is _TRANSFERRING and memory.since == began


def _itself(memory: Memory) -> tuple[Memory, ...]:
    return (memory,)
