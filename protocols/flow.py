"""Requests and the flows that serve them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any, Protocol

from qsim.units import to_ps, to_s

if TYPE_CHECKING:
    from hardware.classical import Node
    from hardware.link import Link
    from hardware.memory import Memory
    from hardware.node import QuantumNode
    from hardware.outages import Element
    from qsim.quantum.state import PairState


@dataclass(frozen=True, slots=True)
class Request:
    """What an application asks of the network.

    Attributes:
        initiator, responder: the two ends.
        start, end: the window in which entanglement is wanted, ps.
        memories: memories wanted at each end; routers on the way give twice as many.
        fidelity: least fidelity of a delivered pair.
        pairs: how many pairs are wanted; None for as many as the window gives.
        issued: when the application first asked, ps.
        to_the_end: whether the window is meant to last as long as the run.
        routing: the routing policy that this request goes by; None for that of the network.
        wanted_from: when the application would have had the window begin, ps; None for as soon as it asked.
        avoid: links and nodes that its path keeps away from.
        patience: until when it is asked for while nothing serves it, ps; None for as long as it makes sense.
    """

    initiator: QuantumNode
    responder: QuantumNode
    start: int
    end: int
    memories: int
    fidelity: float
    pairs: int | None
    issued: int
    to_the_end: bool = False
    routing: Any = None
    wanted_from: int | None = None
    avoid: frozenset[Hashable] = frozenset()
    patience: int | None = None

    @property
    def wanted(self) -> int:
        """From when on the request waits, ps: when it was asked for, or wanted if that is later."""
        return self.issued if self.wanted_from is None else max(self.issued, self.wanted_from)


@dataclass(frozen=True, slots=True)
class Fault:
    """What a node takes to be at fault on the path of a flow.

    Attributes:
        what: in words.
        avoid: links and nodes that a path without it keeps away from.
        why: what a refusal because of it says, where that is not that it is at fault.
        outage: of what it is an outage, where that is known.
    """

    what: str
    avoid: frozenset[Hashable] = frozenset()
    why: str = ""
    outage: Element | None = None

    @property
    def until(self) -> int | None:
        """When it is known to be over, ps; None where nobody knows."""
        return None if self.outage is None else self.outage.until

    def lasts(self, time: int) -> bool:
        """Whether it is known to be there, and not known to be over by a time in ps."""
        until = self.until
        return self.outage is not None and self.outage.down and (until is None or until > time)

    @property
    def reason(self) -> str:
        """Why a request is refused because of it, in words."""
        why = self.why or f"{self.what} is at fault"
        if self.until is not None:
            return f"{why} until {to_s(self.until):g} s"
        return f"{why}, and nobody knows until when" if self.outage is not None and self.outage.down else why

    def __str__(self) -> str:
        return self.what


class Session(Protocol):
    """One link at work for one flow.

    Attributes:
        link: the link.
        working: whether any attempt is under way.
    """

    link: Link

    @property
    def working(self) -> bool: ...

    def offer(self, memory: Memory) -> None:
        """Put a free memory of either end to work."""
        ...

    def withdraw(self, memory: Memory) -> None:
        """Take back a memory that was offered and make it free; its partner waits for another."""
        ...

    def close(self) -> None:
        """Begin no more attempts; those under way end when their memories are withdrawn."""
        ...

    def reopen(self) -> None:
        """Begin attempts again, with memories that are offered from now on."""
        ...

    def attempts_under_way(self) -> int:
        """Attempts made so far by the memories at work, which `Link.attempts` does not count yet."""
        ...


class FlowOwner(Protocol):
    """The application behind a request."""

    def accepted(self, flow: Flow) -> None:
        """The network will serve the request."""
        ...

    def refused(self, request: Request, at: QuantumNode) -> None:
        """A node could not give the memories."""
        ...

    def deliver(self, flow: Flow, memory: Memory) -> None:
        """One end of the flow holds its half of an end-to-end pair; called at either end when that end knows.

        The application owns the memory from here on and must let go of it through the node's resource
        manager.
        """
        ...

    def lost(self, flow: Flow, memory: Memory) -> None:
        """A pair that was delivered here and is still held is about to be given up because of its age."""
        ...

    def ended(self, flow: Flow) -> None:
        """The flow is over at the initiator."""
        ...

    def broken(self, flow: Flow, fault: Fault) -> None:
        """The initiator has learnt that something on the path is at fault; `ended` or `refused` follows.

        Where the request is made again, `resumed` follows instead, if it is served again.
        """
        ...

    def resumed(self, flow: Flow) -> None:
        """After a fault another flow serves the request, which asks for the pairs that are missing."""
        ...


class ErrorSums:
    """Sums over pairs of how often bits measured at both ends in one basis differ.

    Attributes:
        z, x: in Z and in X.
    """

    __slots__ = ("x", "z")

    def __init__(self) -> None:
        self.z = self.x = 0.0

    def add(self, state: PairState) -> None:
        """Count a pair in the state that its uses saw."""
        _, phi_minus, psi_plus, psi_minus = state.probabilities()
        self.z += psi_plus + psi_minus
        self.x += phi_minus + psi_minus


@dataclass(eq=False, repr=False)
class Flow:
    """One request on its path, and what has been delivered.

    Attributes:
        id: number, unique in a simulation.
        request: what was asked.
        owner: the application.
        path: nodes with memories from initiator to responder.
        links: the links between them.
        route: all nodes that messages along the path pass, those that its light crosses included.
        places: for each node of the route, what each link takes its memories or station from.
        ranks: order of swapping, by position on the path; empty until a node needs it.
        sessions: generation session of each link of the path that is being served, by the position of its
            upstream node.
        pairs: pairs of which both ends have used their halves.
        fidelity_sum: sum of their fidelities, each as the two uses saw it.
        errors: what bits measured on them would be, where the run is to tell it.
        last_delivery: when the later end used its half of the last one, ps; None before the first.
        complete_at: the end at which the last of the pairs wanted was counted, which the other end does not
            know before it is told; None before.
        closed: when it was over at the initiator, ps; None while it is open.
        stall: why it cannot progress, when that is so.
        parts: the flows on several paths that serve it together; none where it goes by one.
        fault: what has ended it before its time.
        passing: what was at fault on a path that was refused because of it, and may be over when the window
            begins.
    """

    id: int
    request: Request
    owner: FlowOwner
    path: tuple[QuantumNode, ...] = ()
    links: tuple[Link, ...] = ()
    route: tuple[QuantumNode, ...] = ()
    places: dict[QuantumNode, list[range]] = field(default_factory=dict)
    ranks: list[int] = field(default_factory=list)
    sessions: dict[int, Session] = field(default_factory=dict)
    pairs: int = 0
    fidelity_sum: float = 0.0
    errors: ErrorSums | None = None
    last_delivery: int | None = None
    complete_at: Node | None = None
    closed: int | None = None
    stall: str | None = None
    parts: tuple[Flow, ...] = ()
    fault: Fault | None = None
    passing: Fault | None = None

    def __post_init__(self) -> None:
        self.path = self.route = (self.request.initiator,)

    def take(self, path: Sequence[QuantumNode], links: tuple[Link, ...]) -> None:
        """Set out on a path with these links between its nodes."""
        self.path = tuple(path)
        self.links = links
        self.route = route_of(path, links)
        self.places = {}
        for link in links:
            for node, places in link.places.items():
                self.places.setdefault(node, []).append(places)

    def turned_down(self, fault: Fault | None) -> None:
        """One of its paths has been refused, because of something at fault or for want of memories."""
        if fault is not None and not fault.lasts(self.request.start):
            self.passing = fault

    @cached_property
    def switching_ps(self) -> int:
        """From the start of the window until light can cross all nodes on the route, ps."""
        crossings = (node.spec.crossing() for node in self.route)
        return max((to_ps(known.switching_time) for known in crossings if known), default=0)

    @property
    def satisfied(self) -> bool:
        """Whether as many pairs as wanted have been used at both ends."""
        wanted = self.request.pairs
        return wanted is not None and self.pairs >= wanted

    @cached_property
    def message_horizon(self) -> int:
        """A bound on the time for which a swap result on the complete path can be under way, ps.

        Twice the time that a message takes along the path and back, by channels of their own and with all
        the repetitions that losses may call for.
        """
        end, hops = self.path[-1], len(self.route)
        there = sum(near.delay_to(far) for near, far in pairwise(self.route))
        # A repetition comes a round trip later or more; no direct way is longer than that along the path.
        again = 2 * end.repetitions * there * hops
        return 4 * (there + again + hops * end.latest_ps) + 1

    @property
    def stalled(self) -> bool:
        """Whether it cannot progress, on any of its paths."""
        return self.stall is not None or (bool(self.parts) and all(part.stalled for part in self.parts))

    def over(self, now: int) -> bool:
        """Whether the flow has been served to its end by a time in picoseconds."""
        if self.closed is not None:
            return True
        return self.request.to_the_end and self.request.end <= now and not self.stalled

    def count(self, fidelity: float, now: int, at: Node) -> bool:
        """Count a pair, of which the later end, `at`, has used its half now.

        Returns:
            Whether it counts; no more do than are wanted.
        """
        wanted = self.request.pairs
        if wanted is not None and self.pairs >= wanted:
            return False
        self.pairs += 1
        self.fidelity_sum += fidelity
        self.last_delivery = now
        if self.pairs == wanted:
            self.complete_at = at
        return True

    def __repr__(self) -> str:
        request = self.request
        return (
            f"<Flow {self.id} {request.initiator.name}-{request.responder.name} "
            f"[{to_s(request.start):g}, {to_s(request.end):g}] s>"
        )


def route_of(path: Sequence[QuantumNode], links: Sequence[Link]) -> tuple[QuantumNode, ...]:
    """All nodes along a path, those that its links cross included."""
    ways = (link.way(near) for near, link in zip(path, links, strict=False))
    return (path[0], *chain.from_iterable(ways))
