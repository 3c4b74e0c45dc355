"""The protocol stack of one node: everything that turns hardware into a network node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from protocols.context import Late
from protocols.entanglement.consent import ConsentProtocol
from protocols.entanglement.cutoff import CutoffTimers
from protocols.entanglement.purification import PurificationProtocol
from protocols.entanglement.tracking import SwapResult, SwapTracker
from protocols.generation.session import Void
from protocols.node.agent import AgentStack
from protocols.resources import ResourceManager

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.memory import Memory
    from hardware.node import QuantumNode
    from protocols.context import Context
    from protocols.entanglement.purification import Purification
    from protocols.entanglement.swapping import Swapping
    from protocols.flow import Flow, Session
    from protocols.node.agent import FlowAgent, MemoryServer, Policies


class NodeStack(AgentStack):
    """Resource management and entanglement management of one node.

    Attributes:
        timers: cut-off timers.
        agents: flows being served or about to be, by number.
        pool: memories that serve the node's links, whatever the flow; None where memories serve flows.
    """

    def __init__(
        self,
        context: Context,
        node: QuantumNode,
        policies: Policies,
        order: Swapping,
        stacks: Mapping[Node, NodeStack],
    ) -> None:
        self.context = context
        self._sim = context.sim
        self.node = node
        self.policies = policies
        node.moves = policies.transfer is not None
        self.order = order
        self.agents: dict[int, FlowAgent] = {}
        self.pool: MemoryServer | None = None
        self._stacks = stacks
        self.resources = ResourceManager(node)
        self.timers = CutoffTimers(node, self.give_up)
        self.consent = ConsentProtocol(context, node, self.resources)
        self.tracker = SwapTracker(context, node, self.resources, self.consent, self.timers, self.give_up)
        PurificationProtocol(context, node, self.resources, self.consent)
        node.on(Void, self._on_void)

    def entangled(self, memory: Memory) -> None:
        """A memory has become entangled, as a session reports or by a move: keep its deadline, and use it."""
        if memory.deadline is not None:
            now = self._sim.now
            if memory.deadline < now:
                self.note_late(memory, now)
            if not self.timers.watch(memory):
                return
        if not self.tracker.catch_up(memory):
            self.resources.update(memory)

    def note_late(self, memory: Memory, when: int, *, moving: bool = False) -> None:
        """Keep in mind that a pair is past its cut-off as this node hears of it, or ends its move, in ps."""
        pair, group, partner = memory.pair, memory.group, memory.partner
        assert partner is not None
        assert memory.deadline is not None
        if group is not None:
            # A program at the other end works on the pair already.
            born = group.born(memory)
        else:
            assert pair is not None
            born = pair.born
        here, there = self.node, partner.node
        late = self.context.late.get((here, there, moving))
        if late is None:
            between = f"{here.name} and {there.name}"
            late = Late(here.name, between, memory.deadline - born, when - born, moving)
            self.context.late[here, there, moving] = late
        late.pairs += 1

    def give_up(self, memory: Memory) -> None:
        """Take a memory out of whatever it is doing and put it to its next use."""
        agent = self.agent_of(memory)
        if agent is not None:
            agent.drop(memory)
        else:
            memory.clear()
        self.resources.update(memory)

    def discard(self, memory: Memory) -> None:
        """Give up the pair that a memory holds a half of, and let the other end know.

        For rules of a user's own. A memory that only its own node frees leaves a half at the other end that
        waits for nothing.
        """
        partner = memory.partner
        if partner is not None:
            self.node.send(partner.node, SwapResult(partner, memory.pair_id, False, 0, partner, None))
        self.give_up(memory)

    @property
    def servers(self) -> Iterator[MemoryServer]:
        """What memories are at work for."""
        yield from self.agents.values()
        if self.pool is not None:
            yield self.pool

    def agent_of(self, memory: Memory) -> MemoryServer | None:
        """What a memory is at work for now."""
        for server in self.servers:
            if server.running and memory in server.memories:
                return server
        return None

    def purification_at(self, node: Node) -> Purification:
        return self._stacks[node].policies.purification

    def session(self, flow: Flow, position: int) -> Session:
        if position not in flow.sessions:
            near, far, link = flow.path[position], flow.path[position + 1], flow.links[position]
            make = link.session(self.context.detail)
            flow.sessions[position] = make(
                self.context, link, near, self._stacks[near].entangled, self._stacks[far].entangled
            )
        return flow.sessions[position]

    def _on_void(self, source: Node, message: Void) -> None:
        """Give up the half of a pair that the other end of its link does not have, wherever it is by now."""
        memory = message.memory
        self.tracker.on_swap_result(source, SwapResult(memory, message.pair_id, False, 0, memory, None))
