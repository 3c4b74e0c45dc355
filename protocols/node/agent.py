"""The part of one flow that plays at one node: its memories, its sessions and its rules."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from hardware.memory import Memory, MemoryState
from protocols.entanglement.view import FlowView, StackView
from protocols.rules import DELIVER, DISCARD, GENERATE, Rule

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.node import QuantumNode
    from protocols.entanglement.cutoff import Cutoff
    from protocols.entanglement.purification import Purification
    from protocols.entanglement.swapping import Swapping
    from protocols.entanglement.transfer import Transfer
    from protocols.flow import Flow, Session
    from qsim.model.specs import NodeSpec, ProtocolsSpec

_ENTANGLED, _FREE = MemoryState.ENTANGLED, MemoryState.FREE
_HANDED_OVER = (MemoryState.HELD, MemoryState.LOCAL)


@dataclass(frozen=True, slots=True)
class Policies:
    """The policies of entanglement management of one node."""

    swapping: Swapping
    purification: Purification
    cutoff: Cutoff
    transfer: Transfer | None

    @classmethod
    def of(cls, spec: NodeSpec, network: ProtocolsSpec) -> Policies:
        """A node's own policies, and the network's where it has none."""
        return cls(
            spec.swapping or network.swapping,
            spec.purification or network.purification,
            spec.cutoff or network.cutoff,
            spec.transfer,
        )


class MemoryServer(Protocol):
    """What memories of a node are at work for: a flow, or the node's links.

    Attributes:
        memories: the memories.
    """

    memories: list[Memory]

    @property
    def running(self) -> bool:
        """Whether they are at work now."""
        ...

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The generation sessions that they take part in."""
        ...

    def reserved_so_far(self) -> int:
        """Memory-time used here since the start, ps."""
        ...

    def drop(self, memory: Memory) -> None:
        """Take a memory out of whatever it is doing and free it."""
        ...

    def heed_outages(self) -> None:
        """Begin or end attempts as links and banks of memories have come up or gone down."""
        ...


class AgentStack(StackView, Protocol):
    """What an agent asks of its node's stack beside what the policies ask.

    Attributes:
        node: the node.
        policies: of the node.
    """

    node: QuantumNode
    policies: Policies

    def purification_at(self, node: Node) -> Purification:
        """The purification policy of another node."""
        ...

    def session(self, flow: Flow, position: int) -> Session:
        """The generation session of a flow on the link that begins at a position of its path."""
        ...


class FlowAgent(FlowView):
    """Serves one flow at one node from its start to its end."""

    stack: AgentStack

    def __init__(self, stack: AgentStack, flow: Flow, indices: tuple[int, ...]) -> None:
        node = stack.node
        self.stack = stack
        self.node = node
        self.flow = flow
        self.position = flow.path.index(node)
        self.memories = [node.memories[index] for index in indices]
        last = len(flow.path) - 1
        transfer = stack.policies.transfer
        self._mover = None
        # Where halves are moved, every memory may face either way.
        sides = 2 if 0 < self.position < last and transfer is None else 1
        size = len(indices) // sides
        self.left = self.memories[:size] if self.position > 0 else None
        self.right = self.memories[-size:] if self.position < last else None
        self.left_indices: Container[int] = frozenset(memory.index for memory in self.left or ())
        if transfer is not None:
            from protocols.entanglement.transfer import Facing, Mover

            self._mover = Mover(transfer, self)
            self.left_indices = Facing(self)
        self.target = flow.request.fidelity
        self.declined = False
        self.timers = 0
        self._scheduled = stack.context.scheduled
        self._left_session: Session | None = None
        self._right_session: Session | None = None
        self._far_end = flow.path[last if self.position == 0 else 0]
        self._started: int | None = None
        self._rules: list[Rule] = []
        # The rules that make pairs, by the place on the path of the link that they serve.
        self._making: dict[int, tuple[Rule, ...]] = {}
        self._suspended: set[int] = set()

    @property
    def running(self) -> bool:
        """Whether the flow is being served here now."""
        return self._started is not None

    @property
    def busy(self) -> bool:
        """Whether something is to come that no memory shows: the swapping policy is to be asked again."""
        return self.timers > 0

    @property
    def sessions(self) -> tuple[Session, ...]:
        """The generation sessions at work here."""
        known = self._left_session, self._right_session
        return tuple(session for session in known if session is not None)

    def reserved_so_far(self) -> int:
        """Memory-time that the flow has used here since its start, ps."""
        return 0 if self._started is None else (self.node.sim.now - self._started) * len(self.memories)

    def start(self) -> None:
        """Begin: install the rules, which put the memories to work."""
        self._started = self.node.sim.now
        tracker = self.stack.tracker
        tracker.horizon = max(tracker.horizon, self.flow.message_horizon)
        if self.left is not None:
            self._left_session = self.stack.session(self.flow, self.position - 1)
        if self.right is not None:
            self._right_session = self.stack.session(self.flow, self.position)
        self._making = self._generation()
        rules = list(dict.fromkeys(chain.from_iterable(self._making.values())))
        if self.left is None or self.right is None:
            rules.append(
                Rule("deliver", DELIVER, (_ENTANGLED,), self.memories, self._deliverable, self._deliver)
            )
            rules.append(
                Rule("discard", DISCARD, (_ENTANGLED,), self.memories, self._hopeless, self._discard)
            )
        policies = self.stack.policies
        rules.extend(policies.purification.rules(self))
        rules.extend(policies.swapping.rules(self))
        self._rules = rules
        if self.stack.context.outages.in_play:
            self._suspended = {place for place in self._making if self._blocked(place)}
            idle = set(chain.from_iterable(self._making[place] for place in self._suspended))
            rules = [rule for rule in rules if rule not in idle]
        self.stack.resources.load(*rules)

    def _generation(self) -> dict[int, tuple[Rule, ...]]:
        """The rules that put free memories to work, by the place of the link."""
        before, here = self.position - 1, self.position
        if self._mover is not None:
            # Memories serve both links in turn.
            rules = self._mover.rules(self._left_session, self._right_session)
            return {before: rules, here: rules}
        sides = (before, self.left, self._left_session), (here, self.right, self._right_session)
        return {
            place: (Rule("generate", GENERATE, (_FREE,), memories, _itself, _offer_to(session)),)
            for place, memories, session in sides
            if memories is not None and session is not None
        }

    def heed_outages(self) -> None:
        """Begin or end attempts as links and banks of memories have come up or gone down."""
        for place in self._making if self.running else ():
            blocked = self._blocked(place)
            if blocked and place not in self._suspended:
                self._suspend(place)
            elif not blocked and place in self._suspended:
                self._resume(place)

    def _blocked(self, place: int) -> bool:
        """Whether the link at a place of the path is down, or a bank of memories that serves it here."""
        flow, node, outages = self.flow, self.node, self.stack.context.outages
        if not 0 <= place < len(flow.links):
            return False
        link, transfer = flow.links[place], self.stack.policies.transfer
        return outages.is_down(link) or any(
            outages.is_down((node, bank))
            for bank, places in node.banks.items()
            if places == link.places[node] or (transfer is not None and bank == transfer.bank)
        )

    def _suspend(self, place: int) -> None:
        """Make no attempts on the link at a place of the path; those under way end without a pair."""
        self._suspended.add(place)
        rules = self._making[place]
        self.stack.resources.unload(rules)
        session = self._left_session if place < self.position else self._right_session
        if session is not None:
            session.close()
        for memory in self.memories:
            if memory.state == MemoryState.GENERATING and any(memory in rule.memories for rule in rules):
                self.drop(memory)

    def _resume(self, place: int) -> None:
        """Make attempts again."""
        self._suspended.discard(place)
        session = self.flow.sessions.get(place)
        if session is not None:
            session.reopen()
        rules = self._making[place]
        if not any(self._making[other] is rules for other in self._suspended):
            self.stack.resources.load(*rules)

    def stop(self) -> None:
        """End: remove the rules and free the memories, whatever they are doing."""
        if self._started is None:
            return
        self.node.reserved_ps += self.reserved_so_far()
        self._started = None
        self.stack.resources.unload(self._rules)
        for place, session in ((self.position - 1, self._left_session), (self.position, self._right_session)):
            if session is not None:
                session.close()
                self.flow.sessions.pop(place, None)
        for memory in self.memories:
            self.drop(memory)

    def drop(self, memory: Memory) -> None:
        """Take a memory out of whatever it is doing and free it."""
        state = memory.state
        if state == MemoryState.GENERATING:
            session = self._left_session if memory.index in self.left_indices else self._right_session
            if self._mover is not None:
                session = self._mover.session_of(memory)
            assert session is not None
            session.withdraw(memory)
        elif state != _FREE:
            if state in _HANDED_OVER:
                self.flow.owner.lost(self.flow, memory)
                if memory.pair is not None:
                    memory.pair.taken = None
            self.stack.consent.forget(memory)
            memory.clear()

    def good_enough(self, memory: Memory) -> bool:
        if memory.group is not None:
            # The other end has found the pair good enough, and a program there works on its half already.
            return True
        if self._scheduled and (policy := self._purification_of(memory)).rounds is not None:
            return not policy.improves(memory)
        if self.target <= 0:
            return True
        pair = memory.pair
        assert pair is not None
        if pair.measured is not None or pair.confirmed_fidelity() >= self.target:
            return True
        return not self._is_end_to_end(memory) and not self._improves(memory)

    def _improves(self, memory: Memory) -> bool:
        """Whether purification goes on."""
        return self._purification_of(memory).improves(memory)

    def _purification_of(self, memory: Memory) -> Purification:
        """The policy of the end nearer the responder: both judge alike."""
        if memory.index in self.left_indices or memory.partner is None:
            return self.stack.policies.purification
        return self.stack.purification_at(memory.partner.node)

    def _is_end_to_end(self, memory: Memory) -> bool:
        return (
            (self.left is None or self.right is None)
            and memory.partner is not None
            and memory.partner.node is self._far_end
        )

    def _deliverable(self, memory: Memory) -> tuple[Memory, ...] | None:
        if self._is_end_to_end(memory) and self.good_enough(memory):
            return (memory,)
        return None

    def _deliver(self, memories: tuple[Memory, ...]) -> None:
        memory = memories[0]
        if memory.retrieval is None or memory.comes_out():
            self.flow.owner.deliver(self.flow, memory)
        else:
            # The application sees nothing of it; the other end is told that the pair has lost a half.
            self.stack.discard(memory)

    def _hopeless(self, memory: Memory) -> tuple[Memory, ...] | None:
        """An end-to-end pair below target that nothing will improve; both ends see it alike."""
        if self._is_end_to_end(memory) and not self.good_enough(memory) and not self._improves(memory):
            return (memory,)
        return None

    def _discard(self, memories: tuple[Memory, ...]) -> None:
        self.stack.resources.release(memories[0])


def _itself(memory: Memory) -> tuple[Memory, ...]:
    return (memory,)


def _offer_to(session: Session) -> Callable[[tuple[Memory, ...]], None]:
    def offer(memories: tuple[Memory, ...]) -> None:
        session.offer(memories[0])

    return offer
