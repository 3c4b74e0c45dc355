"""Pairs for programs: a standing request between two roles, whose halves wait for them at both ends.

Both ends must speak of the same pair when each takes its next half. With one memory at each end that goes
without saying, unless a half may be given up while it waits; otherwise the initiator's order counts, and it
tells the responder which pair it has taken.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hardware.memory import MemoryState
from protocols.apps.base import App
from protocols.apps.request import RequestApp
from protocols.local.qubit import Qubit, QubitGivenUp
from qsim.errors import NetworkError
from qsim.kernel import Mailbox, Wait, Waitable, any_of
from qsim.units import to_ps, to_s

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.memory import Memory
    from hardware.node import QuantumNode
    from protocols.apps.base import Network
    from protocols.flow import Fault, Flow, Request
    from protocols.local.local_operations import LocalOperations
    from qsim.quantum.pair import EntangledPair


@dataclass(slots=True)
class Taken:
    """The initiator's program has taken its half of this pair."""

    key: PairSupply
    pair_id: int


class PairsRefused(NetworkError):
    """The network makes no pairs between two roles."""


class PairSupply(App):
    """The pairs between two roles.

    Args:
        network: the network.
        parameters: the request.
        local: the operations at a node.

    Attributes:
        flow: the flow, once it is accepted.
        failure: why there will be no pairs, if so.
    """

    def __init__(
        self, network: Network, parameters: RequestApp, local: Callable[[Node], LocalOperations]
    ) -> None:
        super().__init__(network)
        self.parameters = parameters
        self.flow: Flow | None = None
        self.failure: str | None = None
        self._local = local
        self._ordered = parameters.memories > 1 or bool(network.context.deadlines)
        self._closing = False
        self._fault: Fault | None = None
        self._initiator = network.node(parameters.initiator)
        self._responder = network.node(parameters.responder)
        self._ready: dict[Node, Mailbox[Qubit | None]] = {
            node: Mailbox(self.sim) for node in (self._initiator, self._responder)
        }
        self._order: Mailbox[Qubit | None] = Mailbox(self.sim)
        self._early: dict[int, Qubit] = {}
        self._gone: set[int] = set()
        self._named: list[int] = []
        # The round in which one end has taken a pair that the other has not, and pairs taken in vain.
        self._alone: dict[int, tuple[Node, int]] = {}
        self._void: dict[Node, set[int]] = {self._initiator: set(), self._responder: set()}
        # Words to the responder of pairs taken that are on their way.
        self._told = 0
        # Pairs that one end has heard of, with the other end's memory.
        self._pairs: dict[int, tuple[EntangledPair, Memory]] = {}
        self._responder.on(Taken, self._on_taken, key=self)
        self._issued = self.sim.now
        self._ask()

    def take(self, node: Node, timeout: int | None) -> Wait[Qubit]:
        """The next half at one of the two nodes.

        Args:
            node: the node.
            timeout: ps to wait at most; None for ever.

        Raises:
            TimeoutExpired: there was none in time.
            PairsRefused: the network refuses the request.
            QubitGivenUp: the half of the pair that the initiator has taken was given up here.
        """
        until = None if timeout is None else self.sim.now + timeout
        qubit = self.at_hand(node)
        while qubit is None:
            left = None if until is None else until - self.sim.now
            qubit = self.accept(node, (yield from self._news(node).receive(left)))
        return qubit

    def arrival(self, node: Node) -> Waitable[Qubit | None]:
        """The next news at one of the two nodes, for `any_of`; `accept` says what it comes to."""
        return self._news(node).arrival()

    def accept(self, node: Node, news: Qubit | None) -> Qubit | None:
        """The half that news at a node bring, if they do; raises what `take` does."""
        if self._named_at(node):
            return self.at_hand(node)
        if news is None:
            raise self._refusal(node)
        # One that was given up while it waited is none, nor is one whose other half was taken in vain.
        if not news.held or self._is_void(node, news):
            return None
        if node is self._initiator and self._ordered:
            self._told += 1
            node.send(self._responder, Taken(self, news.pair_id))
        return news

    def at_hand(self, node: Node) -> Qubit | None:
        """The half that a node can take without news: the responder's of a pair that it knows by number."""
        if not self._named_at(node):
            return None
        if self.failure is not None:
            raise self._refusal(node)
        while self._named and self._named[0] in self._void[node]:
            self._void[node].remove(self._named.pop(0))
        if not self._named:
            return None
        wanted = self._named[0]
        if wanted in self._gone:
            self._gone.remove(self._named.pop(0))
            raise QubitGivenUp(f"the half of pair {wanted} at {self._responder.name} was given up")
        if wanted not in self._early:
            pair, half = self._pairs.get(wanted, (None, None))
            if half is not None and half.pair is not pair and half.group is None:
                del self._named[0], self._pairs[wanted]
                raise QubitGivenUp(f"the half of pair {wanted} at {self._responder.name} was given up")
            return None
        del self._named[0]
        return self._early.pop(wanted)

    def took(self, node: Node, number: int, pair_id: int) -> None:
        """The program at a node has taken its half of a pair in a round."""
        if self._alone.pop(pair_id, None) is None:
            self._alone[pair_id] = node, number

    def taken_alone(self, node: Node, number: int) -> frozenset[int]:
        """The pairs that a node has taken in a round, and the other end has not; they are forgotten."""
        found = frozenset(pair for pair, taken in self._alone.items() if taken == (node, number))
        for pair in found:
            del self._alone[pair]
        return found

    def void(self, node: Node, pairs: frozenset[int]) -> None:
        """The other end has taken these pairs in vain: a node takes no half of them."""
        for pair in pairs:
            self._gone.discard(pair)
            early = self._early.pop(pair, None)
            if early is not None:
                self._local(node).release(early)
        self._void[node] |= pairs

    def coming(self, node: QuantumNode) -> bool:
        """Whether a half may still come to the program at a node, though programs keep all that they hold."""
        if self._told and self._named_at(node):
            return True
        for pair, half in self._pairs.values():
            if half.node is node and (half.pair is pair or half.group is not None):
                # The other end has heard of it, and this one has not yet.
                return True
        flow = self.flow
        if flow is None:
            return self.failure is None
        if flow.closed is not None or flow.stall is not None:
            return False
        ends = [self.network.stacks[node].agents.get(flow.id) for node in (self._initiator, self._responder)]
        return all(
            agent is None or any(memory.state is not MemoryState.LOCAL for memory in agent.memories)
            for agent in ends
        )

    def close(self) -> None:
        """Want no more pairs."""
        self._closing = True
        if self.flow is not None and self.flow.closed is None:
            self.network.finish(self.flow)

    @property
    def done(self) -> bool:
        return self.failure is not None or (self.flow is not None and self.flow.closed is not None)

    def accepted(self, flow: Flow) -> None:
        self.flow = flow
        if self._closing:
            self.network.finish(flow)

    def broken(self, flow: Flow, fault: Fault) -> None:
        self._fault = fault

    def resumed(self, flow: Flow) -> None:
        self.accepted(flow)

    def refused(self, request: Request, at: QuantumNode) -> None:
        if self.parameters.retry is not None:
            self.sim.post(to_ps(self.parameters.retry), self._ask)
            return
        why = "too few free memories" if self._fault is None else self._fault.reason
        self._fail(f"{at.name} refused the request for pairs: {why} (see `retry`)")

    def deliver(self, flow: Flow, memory: Memory) -> None:
        number = memory.pair_id
        known = self._pairs.pop(number, None)
        if known is not None:
            pair = known[0]
        else:
            # The other end may hear of it when a program here has made a group of it.
            assert memory.pair is not None
            assert memory.partner is not None
            pair = memory.pair
            self._pairs[number] = pair, memory.partner
            if len(self._pairs) > 4 * self.parameters.memories:
                # The oldest was given up before the other end heard of it.
                del self._pairs[next(iter(self._pairs))]
        if pair.taken is not None or pair.intact:
            self.used(flow, memory, pair)
        memory.move(MemoryState.HELD)
        qubit = self._local(memory.node).adopt(memory)
        if self._named_at(memory.node):
            if self._is_void(memory.node, qubit):
                return
            self._early[number] = qubit
            self._order.put(None)
        else:
            self._ready[memory.node].put(qubit)

    def lost(self, flow: Flow, memory: Memory) -> None:
        if self._named_at(memory.node) and self._early.pop(memory.pair_id, None) is not None:
            self._gone.add(memory.pair_id)

    def _ask(self) -> None:
        request = self.parameters.request(self.network, self._issued)
        if request.end <= request.start:
            self._fail(f"the path confirms by {to_s(request.start):g} s, after the end of the run")
            return
        self._fault = None
        self.network.submit(request, self)

    def _fail(self, why: str) -> None:
        self.failure = why
        for box in self._ready.values():
            box.put(None)
        self._order.put(None)

    def _refusal(self, node: Node) -> PairsRefused:
        self._ready[node].put(None)
        ends = f"{self.parameters.initiator} and {self.parameters.responder}"
        return PairsRefused(f"there are no pairs between {ends}: {self.failure}")

    def _is_void(self, node: Node, qubit: Qubit) -> bool:
        """Whether the other half of a pair was taken in vain; the qubit is let go then."""
        if qubit.pair_id not in self._void[node]:
            return False
        if not self._named_at(node):
            self._void[node].remove(qubit.pair_id)
        self._local(node).release(qubit)
        return True

    def _named_at(self, node: Node) -> bool:
        """Whether a node takes the halves in the order that the other end names."""
        return node is self._responder and self._ordered

    def _news(self, node: Node) -> Mailbox[Qubit | None]:
        return self._order if self._named_at(node) else self._ready[node]

    def _on_taken(self, _source: Node, message: Taken) -> None:
        self._told -= 1
        self._named.append(message.pair_id)
        self._order.put(None)


def first_half(node: QuantumNode, supplies: Sequence[PairSupply]) -> Wait[tuple[int, Qubit]]:
    """The first half that comes at a node from one of several supplies.

    Returns:
        Which supply it is of, and the half.
    """
    for place, supply in enumerate(supplies):
        qubit = supply.at_hand(node)
        if qubit is not None:
            return place, qubit
    while True:
        place, news = yield from any_of(*(supply.arrival(node) for supply in supplies))
        qubit = supplies[place].accept(node, news)
        if qubit is not None:
            return place, qubit
