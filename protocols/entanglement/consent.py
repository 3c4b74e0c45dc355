"""Consent: two nodes agree to operate on pairs that they share.

The asking node sets its own memories aside and names the pairs to every node concerned. A node that still
knows all of them by those names, and is doing nothing else with them, sets its halves aside too and grants;
otherwise it denies. A denied asker puts its memories back to use, which usually leads to asking again. When
two nodes ask each other about the same pair, the later question gives way, or both would deny for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hardware.memory import Memory, MemoryState

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.node import QuantumNode
    from protocols.context import Context
    from protocols.resources import ResourceManager

#: How long an asker waits after a denial that took no time, ps: asking again at once would stop the clock.
_PAUSE = 1_000_000
#: A half of a pair as its node knows it: the memory, and the number of the pair.
Half = tuple[Memory, int]


@dataclass(slots=True)
class Ask:
    """May I operate on these pairs? Names the receiver's halves."""

    token: int
    purpose: MemoryState
    halves: tuple[Half, ...]


@dataclass(slots=True)
class Grant:
    """You may; my halves are set aside.

    Attributes:
        token: of the question.
        at: when this node has done its part, ps.
    """

    token: int
    at: int


@dataclass(slots=True)
class Deny:
    """You may not. Halves that I hold no longer are listed: your pairs with them are gone."""

    token: int
    gone: tuple[Half, ...]


@dataclass(slots=True)
class Withdraw:
    """I shall not, after all; put your halves back to use."""

    token: int


@dataclass(slots=True)
class Proposal:
    """An operation that awaits consent.

    Attributes:
        memories: own memories set aside.
        asked: when, ps.
        awaited: nodes that have not answered.
        granted: nodes that have.
        granted_at: when the one that did so last had done its part, ps.
        go: what to do when all have granted.
    """

    token: int
    memories: tuple[Memory, ...]
    asked: int
    awaited: set[Node]
    go: Callable[[Proposal], None]
    granted: list[Node] = field(default_factory=list)
    granted_at: int = 0


class ConsentProtocol:
    """The side of one node: its own proposals, and what it has granted to others."""

    def __init__(self, context: Context, node: QuantumNode, resources: ResourceManager) -> None:
        self._context = context
        self._node = node
        self._resources = resources
        self._proposals: dict[int, Proposal] = {}
        self._proposal_of: dict[Memory, Proposal] = {}
        self._duration = node.processor.duration_ps()
        self._grants: dict[int, tuple[Memory, ...]] = {}
        self._grant_of: dict[Memory, int] = {}
        node.on(Ask, self.on_ask)
        node.on(Grant, self.on_grant)
        node.on(Deny, self.on_deny)
        node.on(Withdraw, self.on_withdraw)

    def propose(
        self,
        purpose: MemoryState,
        memories: tuple[Memory, ...],
        go: Callable[[Proposal], None],
    ) -> None:
        """Ask the nodes at the other ends of the pairs in these memories for consent.

        Args:
            purpose: the state of memories set aside, `MemoryState.PURIFYING` or `MemoryState.SWAPPING`.
            memories: own memories, entangled and idle.
            go: carried out when all have granted.
        """
        halves: dict[Node, list[Half]] = {}
        for memory in memories:
            assert memory.partner is not None
            halves.setdefault(memory.partner.node, []).append((memory.partner, memory.pair_id))
        proposal = self._set_aside(purpose, memories, set(halves), go)
        for node, named in halves.items():
            self._node.send(node, Ask(proposal.token, purpose, tuple(named)))

    def operate(
        self, purpose: MemoryState, memories: tuple[Memory, ...], go: Callable[[Proposal], None]
    ) -> None:
        """As `propose`, asking nobody: `go` at the end of the processor's work, unless a pair is lost."""
        self._work(self._set_aside(purpose, memories, set(), go))

    def _set_aside(
        self,
        purpose: MemoryState,
        memories: tuple[Memory, ...],
        asked: set[Node],
        go: Callable[[Proposal], None],
    ) -> Proposal:
        for memory in memories:
            memory.move(purpose)
        proposal = Proposal(self._context.next_id(), memories, self._node.sim.now, asked, go)
        self._proposals[proposal.token] = proposal
        for memory in memories:
            self._proposal_of[memory] = proposal
        return proposal

    def _work(self, proposal: Proposal) -> None:
        """Let the processor work, then go."""
        if self._duration:
            self._node.workbench.work(
                self._duration, lambda: proposal.token in self._proposals, self._worked, proposal
            )
        else:
            proposal.go(proposal)

    def _worked(self, proposal: Proposal) -> None:
        if proposal.token in self._proposals:
            proposal.go(proposal)

    def conclude(self, proposal: Proposal) -> None:
        """Forget a proposal whose operation has been carried out."""
        del self._proposals[proposal.token]
        for memory in proposal.memories:
            self._proposal_of.pop(memory, None)

    def granted(self, token: int) -> tuple[Memory, ...]:
        """End a grant and return the memories that were set aside for it and still are."""
        memories = self._grants.pop(token, ())
        for memory in memories:
            self._grant_of.pop(memory, None)
        return memories

    def grant_ends(self, memory: Memory) -> bool:
        """Take a memory out of the grant that it was set aside for; False when there was none."""
        token = self._grant_of.pop(memory, None)
        if token is None:
            return False
        rest = tuple(other for other in self._grants.pop(token) if other is not memory)
        if rest:
            self._grants[token] = rest
        return True

    def forget(self, memory: Memory) -> None:
        """A memory set aside is about to be cleared: call its proposal off, or take it out of its grant."""
        proposal = self._proposal_of.get(memory)
        if proposal is not None:
            self._call_off(proposal, leaving=memory)
        self.grant_ends(memory)

    def on_ask(self, source: Node, message: Ask) -> None:
        """Grant when all named halves are here and idle; for a purification, after this node's part of it."""
        given_way = self._give_way(source, message)
        for named, pair in message.halves:
            memory = named if named.pair_id == pair else self._node.holder(named, pair)
            if memory.pair_id != pair or memory.state is not MemoryState.ENTANGLED:
                self._deny(source, message)
                break
        else:
            self._grant(source, message)
        self._put_to_use(given_way)

    def _grant(self, source: Node, message: Ask) -> None:
        memories = [
            named if named.pair_id == pair else self._node.holder(named, pair)
            for named, pair in message.halves
        ]
        for memory in memories:
            memory.move(message.purpose)
            self._grant_of[memory] = message.token
        self._grants[message.token] = tuple(memories)
        if self._duration and message.purpose is MemoryState.PURIFYING:
            self._node.workbench.work(
                self._duration, lambda: message.token in self._grants, self._grant_worked, source, message
            )
        else:
            self._node.send(source, Grant(message.token, self._node.sim.now))

    def _grant_worked(self, source: Node, message: Ask) -> None:
        """Grant what is measured by now, or deny if all halves have been lost meanwhile."""
        if message.token in self._grants:
            self._node.send(source, Grant(message.token, self._node.sim.now))
        else:
            self._deny(source, message)

    def _deny(self, source: Node, message: Ask) -> None:
        # Numbers grow with time: a number above the newest that a memory has known is on its way to us.
        gone = tuple(
            (memory, pair)
            for memory, pair in message.halves
            if self._node.holder(memory, pair).pair_id != pair and memory.newest_id >= pair
        )
        self._node.send(source, Deny(message.token, gone))

    def on_grant(self, source: Node, message: Grant) -> None:
        """Go when everybody has granted."""
        proposal = self._proposals.get(message.token)
        if proposal is None:
            self._context.dropped += 1
            self._node.send(source, Withdraw(message.token))
            return
        proposal.awaited.discard(source)
        proposal.granted.append(source)
        proposal.granted_at = max(proposal.granted_at, message.at)
        if not proposal.awaited:
            self._work(proposal)

    def on_deny(self, source: Node, message: Deny) -> None:
        """Call the proposal off; pairs that are gone at the other end are gone here too."""
        proposal = self._proposals.get(message.token)
        if proposal is None:
            self._context.dropped += 1
            return
        proposal.awaited.discard(source)
        lost = set(message.gone)
        self._call_off(proposal)
        # First let go of all that is lost: an update may set any of these memories aside again.
        for memory in proposal.memories:
            if (memory.partner, memory.pair_id) in lost:
                memory.clear()
        sim = self._node.sim
        if proposal.asked == sim.now:
            sim.post(_PAUSE, self._put_to_use, proposal.memories)
        else:
            self._put_to_use(proposal.memories)

    def on_withdraw(self, _source: Node, message: Withdraw) -> None:
        """Put memories that were set aside back to use."""
        for memory in self.granted(message.token):
            memory.move(MemoryState.ENTANGLED)
            self._resources.update(memory)

    def _give_way(self, source: Node, message: Ask) -> tuple[Memory, ...]:
        """Call off younger proposals of our own that ask the source about the same pairs.

        Returns:
            Their memories, not yet put back to use.
        """
        freed: tuple[Memory, ...] = ()
        for named, pair in message.halves:
            memory = named if named.pair_id == pair else self._node.holder(named, pair)
            proposal = self._proposal_of.get(memory)
            if (
                proposal is not None
                and proposal.token > message.token
                and source in proposal.awaited
                and memory.pair_id == pair
            ):
                self._call_off(proposal)
                freed += proposal.memories
        return freed

    def _put_to_use(self, memories: tuple[Memory, ...]) -> None:
        for memory in memories:
            self._resources.update(memory)

    def _call_off(self, proposal: Proposal, leaving: Memory | None = None) -> None:
        del self._proposals[proposal.token]
        for node in proposal.granted:
            self._node.send(node, Withdraw(proposal.token))
        for memory in proposal.memories:
            self._proposal_of.pop(memory, None)
            if memory is not leaving:
                memory.move(MemoryState.ENTANGLED)
                if leaving is not None:
                    self._resources.update(memory)
