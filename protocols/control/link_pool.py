"""The memories of one node that serve its links, and what is done with the pairs that they hold.

Links make pairs all the time, for nobody in particular. What flow a pair serves is found out as it is used:
a fresh pair of a link may serve any flow that goes over it, a joined pair those flows that both its parts
might serve. Two neighbours that use the two halves of one pair for different flows at once make a pair
that serves nobody; both ends of it learn so from the swap results, and give it up. Who hands a half to an
application tells the other end: there the flow may be over, or another one have been thought of.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from hardware.memory import Memory, MemoryState
from protocols.control.pool_swap import PoolSwap
from protocols.entanglement.tracking import SwapResult
from protocols.node.agent import MemoryServer
from protocols.rules import GENERATE, SWAP, Rule

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.link import Link
    from hardware.node import QuantumNode
    from protocols.flow import Flow, Session
    from protocols.node.stack import NodeStack

_ENTANGLED, _FREE = MemoryState.ENTANGLED, MemoryState.FREE
_RESTING = (MemoryState.FREE, MemoryState.GENERATING, MemoryState.ENTANGLED)
_HANDED_OVER = (MemoryState.HELD, MemoryState.LOCAL)


@dataclass(frozen=True, slots=True)
class Ready:
    """A half that may be used now.

    Attributes:
        memory: where it is.
        leads: for the flows that it may serve, whether its pair leads towards the responder.
    """

    memory: Memory
    leads: dict[int, bool]


class Bearings(Protocol):
    """Where a pair leads, seen from a node of a flow."""

    def __call__(self, flow: Flow, here: Node, far: Node) -> bool | None:
        """Whether a pair with another node leads towards the responder; None where it leads nowhere."""
        ...


class LinkPool(MemoryServer):
    """The memories of one node at work for its links.

    Args:
        stack: the node's protocols.
        shares: the memories of each link.
        session: gives the session of a link.
        bearings: where pairs lead.
        assigned: whether a fresh pair serves one flow, in turn, instead of any.
        interval: time from one round of matching to the next, ps; 0 to use pairs as they come.
    """

    def __init__(
        self,
        stack: NodeStack,
        shares: dict[Link, list[Memory]],
        session: Callable[[Link], Session],
        bearings: Bearings,
        *,
        assigned: bool,
        interval: int,
    ) -> None:
        node = stack.node
        self.memories = [memory for share in shares.values() for memory in share]
        self.flows: dict[int, Flow] = {}
        self.conflicts = 0
        self._stack = stack
        self._node = node
        self._sim = node.sim
        self._shares = shares
        self._session = session
        self._bearings = bearings
        self._assigned = assigned
        self._interval = interval
        self._link_of = {memory: link for link, share in shares.items() for memory in share}
        self._waiting: dict[Memory, None] = {}
        self._delivered: dict[Memory, Flow] = {}
        # The pair that each memory held a half of that was handed over last.
        self._used: dict[Memory, int] = {}
        self._working: dict[Link, Rule] = {}
        self._suspended: set[Link] = set()
        self._act: Callable[[tuple[Memory, ...]], None] = self._discard
        self._swap = PoolSwap(self, stack)
        self._began = self._sim.now
        use = Rule("use", SWAP, (_ENTANGLED,), self.memories, self._decide, self._use)
        stack.resources.load(use)
        stack.tracker.shared = self
        if interval:
            self._sim.post(interval, self._match_all)

    @property
    def running(self) -> bool:
        return True

    @property
    def sessions(self) -> tuple[Session, ...]:
        return tuple(self._session(link) for link in self._working)

    @property
    def busy(self) -> bool:
        """Whether anything is under way that will change what the memories hold."""
        return any(session.working and session.link.profile.success > 0 for session in self.sessions) or any(
            memory.state not in _RESTING or memory.deadline is not None for memory in self.memories
        )

    def reserved_so_far(self) -> int:
        return (self._sim.now - self._began) * sum(len(self._shares[link]) for link in self._working)

    def work(self, link: Link) -> None:
        """Let a link make pairs from now on."""
        if link in self._working:
            return
        session = self._session(link)

        def offer(memories: tuple[Memory, ...]) -> None:
            memories[0].serves = None
            session.offer(memories[0])

        rule = Rule("generate", GENERATE, (_FREE,), self._shares[link], _itself, offer)
        self._working[link] = rule
        if self._blocked(link):
            self._suspended.add(link)
        else:
            self._stack.resources.load(rule)

    def heed_outages(self) -> None:
        """Begin or end attempts as links and banks of memories have come up or gone down."""
        for link, rule in self._working.items():
            blocked, session = self._blocked(link), self._session(link)
            if blocked and link not in self._suspended:
                self._suspended.add(link)
                self._stack.resources.unload((rule,))
                session.close()
                for memory in self._shares[link]:
                    if memory.state is MemoryState.GENERATING:
                        self.drop(memory)
            elif not blocked and link in self._suspended:
                self._suspended.discard(link)
                session.reopen()
                self._stack.resources.load(rule)

    def _blocked(self, link: Link) -> bool:
        """Whether a link is down, this node, or the bank of memories that serves it here."""
        outages, node = self._stack.context.outages, self._node
        return outages.in_play and (
            outages.is_down(link)
            or outages.is_down(node)
            or any(
                outages.is_down((node, bank))
                for bank, places in node.banks.items()
                if places == link.places[node]
            )
        )

    def forget(self, node: Hashable) -> None:
        """Another node has lost all its halves: give up those that they were entangled with."""
        for memory in self.memories:
            if memory.partner is not None and memory.partner.node is node:
                self._stack.discard(memory)

    def begin(self, flow: Flow) -> None:
        """Serve a flow from now on."""
        self.flows[flow.id] = flow
        self._review()

    def end(self, flow: Flow) -> None:
        """Serve a flow no more."""
        self.flows.pop(flow.id, None)
        for memory in [memory for memory, owner in self._delivered.items() if owner is flow]:
            if memory.state in _HANDED_OVER:
                self.drop(memory)
            self._delivered.pop(memory, None)
        self._review()

    def drop(self, memory: Memory) -> None:
        state = memory.state
        if state is MemoryState.GENERATING:
            self._session(self._link_of[memory]).withdraw(memory)
        elif state is not _FREE:
            if state in _HANDED_OVER:
                owner = self._delivered.pop(memory, None)
                if owner is not None:
                    owner.owner.lost(owner, memory)
                if memory.pair is not None:
                    memory.pair.taken = None
            self._stack.consent.forget(memory)
            memory.clear()

    def serves(self, left: Memory, right: Memory) -> frozenset[int]:
        """The flows that the pair can serve which two halves are joined to, as far as this node knows."""
        one, other = self._ready(left), self._ready(right)
        return frozenset(
            flow for flow, leads in one.leads.items() if other.leads.get(flow, leads) is not leads
        )

    def _review(self) -> None:
        """Look again at everything that waits: at pairs, and at memories that were freed for good."""
        for memory in self.memories:
            if memory.state is _ENTANGLED or memory.state is _FREE:
                self._stack.resources.update(memory)

    def _ready(self, memory: Memory) -> Ready:
        """What a half may be used for now."""
        partner = memory.partner
        assert partner is not None
        here, far, bearings = self._node, partner.node, self._bearings
        leads: dict[int, bool] = {}
        for number, flow in self.flows.items():
            if memory.serves is None or number in memory.serves:
                towards = bearings(flow, here, far)
                if towards is not None:
                    leads[number] = towards
        if self._assigned and memory.serves is None and len(leads) > 1:
            chosen = sorted(leads)[memory.heralded_id % len(leads)]
            leads = {chosen: leads[chosen]}
        return Ready(memory, leads)

    def _decide(self, memory: Memory) -> tuple[Memory, ...] | None:
        """What to do with a half that has become ready."""
        ready = self._ready(memory)
        if not ready.leads:
            if memory.serves is None:
                self._waiting[memory] = None
                return None
            self.conflicts += not memory.serves
            self._act = self._discard
            return (memory,)
        flow = self._complete(ready)
        if flow is not None:
            if not _true(memory):
                self.conflicts += 1
                self._act = self._discard
            else:
                good = self._good_enough(memory, flow)
                self._act = (lambda chosen: self._deliver(chosen[0], flow)) if good else self._discard
            return (memory,)
        if not self._interval:
            joined = self._partner_of(ready)
            if joined is not None:
                self._act = self._swap.begin
                return joined
        self._waiting[memory] = None
        return None

    def _use(self, memories: tuple[Memory, ...]) -> None:
        for memory in memories:
            self._waiting.pop(memory, None)
        self._act(memories)

    def _complete(self, ready: Ready) -> Flow | None:
        """The flow between whose two ends a pair is; of several both ends take the same."""
        memory = ready.memory
        partner = memory.partner
        assert partner is not None
        ends = {self._node, partner.node}
        found = [
            number
            for number in ready.leads
            if {self.flows[number].request.initiator, self.flows[number].request.responder} == ends
        ]
        return self.flows[sorted(found)[memory.pair_id % len(found)]] if found else None

    def _good_enough(self, memory: Memory, flow: Flow) -> bool:
        pair, target = memory.pair, flow.request.fidelity
        return target <= 0 or pair is None or pair.confirmed_fidelity() >= target

    def _partner_of(self, ready: Ready) -> tuple[Memory, Memory] | None:
        """The half to join one with, the oldest that goes with it; the one that leads upstream first."""
        best: tuple[int, Memory, bool] | None = None
        for other in list(self._waiting):
            if other.state is not _ENTANGLED:
                del self._waiting[other]
            elif other is not ready.memory and (best is None or other.heralded_id < best[0]):
                towards = _fit(ready, self._ready(other))
                if towards is not None:
                    best = other.heralded_id, other, towards
        if best is None:
            return None
        _, other, towards = best
        return (other, ready.memory) if towards else (ready.memory, other)

    def _match_all(self) -> None:
        """Join as many of the halves that are ready as can be, the oldest before others."""
        import networkx as nx

        ready = [self._ready(memory) for memory in self.memories if memory.state is _ENTANGLED]
        graph = nx.Graph()
        for place, one in enumerate(ready):
            for further in range(place + 1, len(ready)):
                towards = _fit(one, ready[further])
                if towards is not None:
                    age = -one.memory.heralded_id - ready[further].memory.heralded_id
                    graph.add_edge(place, further, weight=age, towards=towards)
        for pair in sorted(map(sorted, nx.max_weight_matching(graph, maxcardinality=True))):
            first, second = (ready[place].memory for place in pair)
            chosen = (second, first) if graph.edges[tuple(pair)]["towards"] else (first, second)
            self._act = self._swap.begin
            self._use(chosen)
        self._sim.post(self._interval, self._match_all)

    def has_used(self, memory: Memory, pair_id: int) -> bool:
        return self._used.get(memory, 0) >= pair_id

    def used_elsewhere(self, memory: Memory, flow: int) -> None:
        known, partner = self.flows.get(flow), memory.partner
        if memory.state in _HANDED_OVER or partner is None:
            return
        if (
            known is not None
            and memory.state is _ENTANGLED
            and {self._node, partner.node} == {known.request.initiator, known.request.responder}
            and self._good_enough(memory, known)
        ):
            self._waiting.pop(memory, None)
            self._hand_over(memory, known)
        else:
            self._stack.give_up(memory)

    def _deliver(self, memory: Memory, flow: Flow) -> None:
        """Give a half to the application of a flow, and let the other end know."""
        partner, number = memory.partner, memory.pair_id
        assert partner is not None
        if self._hand_over(memory, flow):
            said = SwapResult(partner, number, False, 0, partner, None, used=flow.id)
            self._node.send(partner.node, said)

    def _hand_over(self, memory: Memory, flow: Flow) -> bool:
        """Give a half to the application of a flow, if it comes out of its memory."""
        if memory.retrieval is not None and not memory.comes_out():
            self._stack.discard(memory)
            return False
        self._used[memory] = memory.pair_id
        pair = memory.pair
        if pair is not None and pair.measured is None and pair.first.node is not flow.request.initiator:
            pair.turn()
        flow.owner.deliver(flow, memory)
        if memory.state in _HANDED_OVER:
            self._delivered[memory] = flow
        return True

    def _discard(self, memories: tuple[Memory, ...]) -> None:
        self._stack.discard(memories[0])


def _true(memory: Memory) -> bool:
    """Whether the other half is where the node takes it to be.

    Its holder may have used it for another flow before it heard of this one. The two applications would find
    out as they compare what they have; here such a half is not handed to them in the first place.
    """
    pair, partner = memory.pair, memory.partner
    if pair is None or partner is None:
        return memory.group is not None
    other = pair.second if pair.first is memory else pair.first
    return other.node is partner.node and (pair.taken is not None or pair.intact)


def _fit(one: Ready, other: Ready) -> bool | None:
    """Whether two halves lead opposite ways for some flow, and then where the first leads; None if not."""
    for flow, towards in one.leads.items():
        if other.leads.get(flow, towards) is not towards:
            return towards
    return None


def _itself(memory: Memory) -> tuple[Memory, ...]:
    return (memory,)


def shares_of(
    links: Sequence[Link], node: QuantumNode, memories: int | None
) -> Iterator[tuple[Link, list[Memory]]]:
    """The memories of a node that serve each of its links: so many, or an even share of their bank."""
    here = [link for link in links if node in (link.first, link.second)]
    taken: dict[range, int] = {}
    for link in here:
        bank = link.places[node]
        sharing = sum(other.places[node] == bank for other in here)
        count = len(bank) // sharing if memories is None else memories
        begin = bank.start + taken.get(bank, 0)
        taken[bank] = taken.get(bank, 0) + count
        yield link, node.memories[begin : begin + count]
